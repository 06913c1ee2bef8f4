//! Every board question over the fixture against its golden table. `UPDATE_GOLDEN=1` writes them anew.

use std::path::{Path, PathBuf};

use qunlian_domain::access::RowScope;
use qunlian_engine::text_table;
use qunlian_queries::{Answers, Params};

use crate::fixture;

fn golden(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(format!("{name}.txt"))
}

#[tokio::test]
async fn answers_are_the_golden_ones() {
    let written = fixture::write(&fixture::tables(), 7);
    let serving = fixture::serving(&written).await;
    let params = Params::new().with("year", 2022).with("as_of", day("2022-05-31")).with("project_id", "p01").with("chain", "alu");
    let mut wrong = Vec::new();
    for query in serving.library().iter().filter(|query| query.folder != "checks") {
        let name = &query.about.name;
        let asks_for_one_chain = name == "chain_segments";
        let params = if asks_for_one_chain { params.clone() } else { params.clone().with("chain", "") };
        let answer = serving.ask(name, params, &RowScope::City).await.unwrap_or_else(|fault| panic!("{name}: {fault}"));
        let table = text_table(&answer);
        if std::env::var_os("UPDATE_GOLDEN").is_some() {
            std::fs::write(golden(name), &table).unwrap();
        } else if std::fs::read_to_string(golden(name)).unwrap_or_default() != table {
            wrong.push(format!("{name}:\n{table}"));
        }
    }
    assert!(wrong.is_empty(), "these answers changed:\n{}", wrong.join("\n"));
}

/// The same figures again by hand, so that a wrong golden file cannot be waved through.
#[tokio::test]
async fn figures_counted_by_hand() {
    let written = fixture::write(&fixture::tables(), 7);
    let serving = fixture::serving(&written).await;
    let check = |as_of: &'static str, metric: &'static str, done: i64, last_year: i64| {
        let serving = &serving;
        async move {
            let answer =
                serving.ask("city_progress", Params::new().with("year", 2022).with("as_of", day(as_of)), &RowScope::City).await.unwrap();
            let row = answer.rows_where("metric", metric).next().unwrap();
            assert_eq!(
                (answer.get(row, "done").int(), answer.get(row, "last_year").int()),
                (Some(done), Some(last_year)),
                "{metric} {as_of}"
            );
        }
    };
    check("2022-01-31", "signed", 3, 0).await;
    check("2022-03-31", "signed", 10, 1).await;
    // p13 is revoked on 20 May; p14, recognised in April, becomes known in June.
    check("2022-05-19", "signed", 12, 2).await;
    check("2022-05-31", "signed", 13, 3).await;
    check("2022-06-01", "signed", 14, 3).await;
    check("2022-05-31", "started", 5, 1).await;
    check("2022-05-31", "completed", 3, 0).await;
    // 12000 + 8000 + 20000 + 3000 万元 in April; p01's April amount is corrected from 8000 to 9000 on 15 May.
    check("2022-04-30", "fixed_assets", 430_000_000, 0).await;
    check("2022-05-15", "fixed_assets", 440_000_000, 0).await;
    check("2022-05-31", "fixed_assets", 490_000_000, 70_000_000).await;
}

pub fn day(text: &str) -> chrono::NaiveDate {
    text.parse().unwrap()
}
