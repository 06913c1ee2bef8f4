//! Swapping, caching, single flight, deadlines and refusals of the serving side.

use std::sync::Arc;
use std::time::Duration;

use qunlian_domain::access::RowScope;
use qunlian_engine::{FirstScreen, Serving};
use qunlian_queries::{Answers, AskError, Library, Params};

use crate::fixture;
use crate::golden::day;

fn asked() -> Params {
    Params::new().with("year", 2022).with("as_of", day("2022-05-31"))
}

#[tokio::test]
async fn nothing_is_answered_before_the_first_generation() {
    let serving = Serving::new(Library::embedded().unwrap(), fixture::contract(), fixture::rules()).unwrap();
    assert!(serving.generation().is_none());
    assert!(matches!(serving.ask("city_progress", asked(), &RowScope::City).await, Err(AskError::NothingPublished)));
}

#[tokio::test]
async fn a_swap_shows_the_next_generation_whole() {
    let first = fixture::write(&fixture::tables(), 1);
    let mut changed = fixture::tables();
    changed.0.get_mut("milestones").unwrap().retain(|row| !(row["project_id"] == "p01" && row["milestone"] == "signed"));
    let second = fixture::write(&changed, 2);
    let serving = fixture::serving(&first).await;
    let before = serving.ask("city_progress", asked(), &RowScope::City).await.unwrap();
    assert_eq!((before.generation, before.get(0, "done").int()), (1, Some(13)));
    let screen = FirstScreen { year: 2022, as_of: day("2022-05-31") };
    serving.swap(&second.files, Some(screen)).await.unwrap();
    let after = serving.ask("city_progress", asked(), &RowScope::City).await.unwrap();
    assert_eq!((after.generation, after.get(0, "done").int()), (2, Some(12)));
    assert_eq!(before.get(0, "done").int(), Some(13), "an answer in hand does not change");
}

#[tokio::test]
async fn a_broken_generation_leaves_the_last_one_in_place() {
    let first = fixture::write(&fixture::tables(), 1);
    let second = fixture::write(&fixture::tables(), 2);
    let serving = fixture::serving(&first).await;
    let victim = &second.files.parts("milestones")[0];
    std::fs::write(victim, b"PAR1 not a parquet file PAR1").unwrap();
    let fault = serving.swap(&second.files, None).await.unwrap_err().to_string();
    assert!(fault.contains("table milestones: file part-"), "{fault}");
    assert_eq!(serving.generation().unwrap().number, 1);
    assert!(serving.ask("city_progress", asked(), &RowScope::City).await.is_ok());
}

#[tokio::test]
async fn the_same_question_is_worked_out_once() {
    let written = fixture::write(&fixture::tables(), 7);
    let serving = Arc::new(fixture::serving(&written).await);
    let asks = (0..20).map(|_| {
        let serving = Arc::clone(&serving);
        tokio::spawn(async move { serving.ask("carrier_progress", asked(), &RowScope::City).await.unwrap() })
    });
    let answers = futures::future::join_all(asks).await;
    let first = answers[0].as_ref().unwrap();
    assert!(answers.iter().all(|answer| Arc::ptr_eq(answer.as_ref().unwrap(), first)));
    let other = serving.ask("carrier_progress", asked().with("stray", "x"), &RowScope::City).await.unwrap();
    assert!(Arc::ptr_eq(&other, first), "unknown parameters do not split the cache");
}

#[tokio::test]
async fn faults_are_told_apart() {
    let written = fixture::write(&fixture::tables(), 7);
    let serving = fixture::serving(&written).await;
    assert!(matches!(serving.ask("no_such_query", asked(), &RowScope::City).await, Err(AskError::UnknownQuery(_))));
    assert!(matches!(serving.ask("city_progress", Params::new(), &RowScope::City).await, Err(AskError::Param(_))));
    // Much work: its end must not come before the clock is first looked at.
    let large = fixture::write(&fixture::enlarged(2_000), 7);
    let hurried = fixture::serving(&large).await.with_deadline(Duration::ZERO);
    assert!(matches!(hurried.ask("projects_facets", asked(), &RowScope::City).await, Err(AskError::Deadline { .. })));
}

#[tokio::test]
async fn every_committed_question_plans() {
    let written = fixture::write(&fixture::tables(), 7);
    fixture::serving(&written).await.plan_all().await.unwrap();
}

#[tokio::test]
async fn an_empty_lake_answers_with_noughts() {
    let mut tables = fixture::tables();
    for table in ["projects", "milestones", "investments", "targets", "complaints", "sources"] {
        tables.0.insert(table.to_owned(), Vec::new());
    }
    let written = fixture::write(&tables, 1);
    let serving = fixture::serving(&written).await;
    for query in serving.library().iter().filter(|query| query.folder == "boards") {
        let params = asked().with("project_id", "p01").with("chain", "alu");
        serving.ask(&query.about.name, params, &RowScope::City).await.unwrap_or_else(|fault| panic!("{}: {fault}", query.about.name));
    }
}
