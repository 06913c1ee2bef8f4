//! What a reader of some carriers gets: their rows and no others, on every question, and the city's sums whole.

use std::collections::BTreeSet;
use std::sync::Arc;

use qunlian_domain::access::RowScope;
use qunlian_engine::Serving;
use qunlian_queries::{Answer, Answers, Params, Query, Scope, Value};

use crate::fixture::{self, Tables};
use crate::golden::day;

const CARRIERS: [&str; 4] = ["suixi", "tielu", "xiangshan", "gaoxin"];

/// Scopes to try: each carrier, a county with its park, one that has nothing, none.
fn scopes() -> Vec<RowScope> {
    let mut all: Vec<RowScope> = CARRIERS.iter().map(|id| of(&[id])).collect();
    all.extend([of(&["suixi", "tielu"]), of(&["nowhere"]), of(&[]), RowScope::Nothing]);
    all
}

fn of(carriers: &[&str]) -> RowScope {
    RowScope::Carriers(carriers.iter().map(|id| (*id).to_owned()).collect())
}

/// A question asked as widely as it can be, on a day when everything is known.
fn widely(query: &Query, project: &str) -> Params {
    let chain = if query.about.name == "chain_segments" { "alu" } else { "" };
    let as_of = day("2022-12-31");
    Params::new().with("year", 0).with("as_of", as_of).with("project_id", project).with("chain", chain).with("limit", 1_000)
}

fn rows_questions(serving: &Serving) -> impl Iterator<Item = &Query> {
    serving.library().iter().filter(|query| query.folder != "checks" && query.about.scope == Scope::Rows)
}

/// Texts that stand in rows of other carriers only: projects' numbers, names, investors, content, files.
fn secrets(tables: &Tables, scope: &RowScope) -> BTreeSet<String> {
    let telling = ["project_id", "name", "investor", "content", "file", "file_name", "value"];
    let texts = |own: bool| {
        let rows = ["projects", "milestones", "investments", "complaints", "sources"].iter().flat_map(|table| &tables.0[*table]);
        let rows = rows.filter(move |row| scope.holds(&row["carrier_id"]) == own);
        rows.flat_map(|row| telling.iter().filter_map(move |column| row.get(*column))).filter(|text| !text.is_empty()).cloned()
    };
    let own: BTreeSet<String> = texts(true).collect();
    texts(false).filter(|text| !own.contains(text)).collect()
}

fn check_rows(query: &str, scope: &RowScope, secrets: &BTreeSet<String>, answer: &Answer) {
    if let Some(at) = answer.position("carrier_id") {
        for row in &answer.rows {
            assert!(row[at].text().is_some_and(|id| scope.holds(id)), "{query} as {scope:?}: {row:?}");
        }
    }
    // The number of the file that an own project was read from is the project's, whoever sent it.
    let texts = answer.columns.iter().enumerate().filter(|(_, column)| !matches!(column.name.as_str(), "file" | "source"));
    for (at, _) in texts {
        for text in answer.rows.iter().filter_map(|row| row[at].text()) {
            let leak = secrets.iter().find(|secret| text.contains(secret.as_str()));
            assert!(leak.is_none(), "{query} as {scope:?}: {leak:?} in {text:?}");
        }
    }
}

#[tokio::test]
async fn rows_are_the_readers_own_on_every_question() {
    let tables = fixture::tables();
    let written = fixture::write(&tables, 7);
    let serving = fixture::serving(&written).await;
    let mut seen = 0;
    for scope in scopes() {
        let secrets = secrets(&tables, &scope);
        assert!(secrets.len() > 20, "{scope:?} hides little: {secrets:?}");
        for query in rows_questions(&serving) {
            for project in ["p01", "p04", "p06", "p10", "p12"] {
                let answer = serving.ask(&query.about.name, widely(query, project), &scope).await.unwrap();
                check_rows(&query.about.name, &scope, &secrets, &answer);
                assert_eq!(answer.columns, query.about.columns, "{}", query.about.name);
                assert!(scope != RowScope::Nothing || answer.rows.is_empty(), "{}", query.about.name);
                seen += answer.rows.len();
            }
        }
    }
    assert!(seen > 400, "only {seen} rows were looked at");
}

#[tokio::test]
async fn a_project_of_another_carrier_is_as_if_it_were_not_there() {
    let written = fixture::write(&fixture::tables(), 7);
    let serving = fixture::serving(&written).await;
    for name in ["project_card", "project_milestones", "project_investments", "project_versions", "project_sources"] {
        let query = serving.library().get(name).unwrap();
        let rows = async |project: &str, scope: RowScope| serving.ask(name, widely(query, project), &scope).await.unwrap().rows.clone();
        assert!(!rows("p06", of(&["xiangshan"])).await.is_empty(), "{name}");
        let foreign = rows("p06", of(&["suixi", "tielu", "gaoxin"])).await;
        assert_eq!(foreign, rows("p99", of(&["suixi"])).await, "{name}");
        assert!(foreign.is_empty(), "{name}");
    }
    // A word that stands in other carriers' projects only finds nothing and counts nothing.
    let words = Params::new().with("as_of", day("2022-12-31")).with("q", "面粉");
    for name in ["projects_list", "projects_facets"] {
        assert!(serving.ask(name, words.clone(), &of(&["suixi"])).await.unwrap().rows.is_empty(), "{name}");
    }
    let count = serving.ask("projects_count", words, &of(&["suixi"])).await.unwrap();
    assert_eq!((count.get(0, "total").int(), count.get(0, "agreed_yuan").int()), (Some(0), Some(0)));
}

#[tokio::test]
async fn the_parts_add_up_to_the_city() {
    let written = fixture::write(&fixture::tables(), 7);
    let serving = fixture::serving(&written).await;
    let asked = |as_of: &str| Params::new().with("as_of", day(as_of)).with("limit", 1_000);
    let total = async |name: &str, column: &str, params: &Params, scope: RowScope| {
        let answer = serving.ask(name, params.clone(), &scope).await.unwrap();
        if column == "rows" { answer.rows.len() as i64 } else { sum(&answer, column) }
    };
    // From 10 May on no fact is credited to another carrier than its project's.
    for as_of in ["2022-05-31", "2022-12-31"] {
        let milestones = ["", "signed", "started", "completed", "fixed_assets", "paid_in"];
        let mut questions: Vec<(&str, &str, Params)> = Vec::new();
        for milestone in milestones {
            let params = asked(as_of).with("milestone", milestone);
            questions.push(("projects_list", "rows", params.clone()));
            for column in ["total", "agreed_yuan", "fixed_yuan", "amount_yuan"] {
                questions.push(("projects_count", column, params.clone()));
            }
            questions.push(("projects_facets", "count", params));
        }
        for (name, column) in [
            ("signed_not_started", "rows"),
            ("started_not_producing", "rows"),
            ("complaints_list", "rows"),
            ("complaints_summary", "count"),
            ("sources_list", "rows_in"),
            ("complaints_by_file", "rows_questioned"),
            ("largest_projects", "rows"),
            ("unclassified_projects", "rows"),
        ] {
            questions.push((name, column, asked(as_of)));
        }
        for (name, column, params) in questions {
            let mut parts = 0;
            for carrier in CARRIERS {
                parts += total(name, column, &params, of(&[carrier])).await;
            }
            assert_eq!(parts, total(name, column, &params, RowScope::City).await, "{name}.{column} {params:?}");
            assert_eq!(parts, total(name, column, &params, of(&CARRIERS)).await, "{name}.{column} {params:?}");
        }
    }
}

fn sum(answer: &Answer, column: &str) -> i64 {
    let at = answer.position(column).unwrap();
    answer.rows.iter().filter_map(|row| row[at].int()).sum()
}

#[tokio::test]
async fn sums_of_the_city_are_one_answer_for_everybody() {
    let written = fixture::write(&fixture::tables(), 7);
    let serving = fixture::serving(&written).await;
    let library = serving.library();
    for query in library.iter().filter(|query| query.folder != "checks" && query.about.scope == Scope::City) {
        let params = widely(query, "p01").with("year", 2022);
        let whole = serving.ask(&query.about.name, params.clone(), &RowScope::City).await.unwrap();
        for scope in scopes() {
            let own = serving.ask(&query.about.name, params.clone(), &scope).await.unwrap();
            assert!(Arc::ptr_eq(&whole, &own), "{} as {scope:?}", query.about.name);
        }
    }
}

#[tokio::test]
async fn kept_answers_are_never_handed_to_another_scope() {
    let first = fixture::write(&fixture::tables(), 7);
    let serving = fixture::serving(&first).await;
    let params = Params::new().with("as_of", day("2022-12-31")).with("limit", 1_000);
    let ask = async |scope: &RowScope| serving.ask("projects_list", params.clone(), scope).await.unwrap();
    for scope in scopes().into_iter().chain([RowScope::City]).chain(scopes()) {
        let answer = ask(&scope).await;
        let at = answer.position("carrier_id").unwrap();
        assert!(answer.rows.iter().all(|row| scope.holds(row[at].text().unwrap())), "{scope:?}");
    }
    let again = ask(&of(&["tielu", "suixi"])).await;
    assert!(Arc::ptr_eq(&again, &ask(&of(&["suixi", "tielu"])).await), "the order of carriers does not matter");
    // The next generation is cut anew.
    let mut moved = fixture::tables();
    for table in ["projects", "milestones", "investments"] {
        for row in moved.0.get_mut(table).unwrap().iter_mut().filter(|row| row["project_id"] == "p01") {
            fixture::set(row, "carrier_id", "gaoxin");
        }
    }
    let second = fixture::write(&moved, 8);
    serving.swap(&second.files, None).await.unwrap();
    let after = ask(&of(&["suixi"])).await;
    assert_eq!((again.rows_where("project_id", "p01").count(), after.rows_where("project_id", "p01").count()), (1, 0));
    assert_eq!(ask(&of(&["gaoxin"])).await.rows_where("project_id", "p01").count(), 1);
}

/// A name with a quote is a value, and a carrier that is written in no row sees nothing.
#[tokio::test]
async fn carriers_are_values_and_not_sql() {
    let written = fixture::write(&fixture::tables(), 7);
    let serving = fixture::serving(&written).await;
    for hostile in ["' or 1=1 --", "suixi' or 'a'='a", "%", "SUIXI", " suixi", ""] {
        let query = serving.library().get("projects_list").unwrap();
        let answer = serving.ask("projects_list", widely(query, ""), &of(&[hostile])).await.unwrap();
        assert!(answer.rows.is_empty(), "{hostile:?}");
    }
}

/// Rows whose carrier is unknown belong to nobody, and faults say nothing of anybody's rows.
#[tokio::test]
async fn rows_of_nobody_and_faults_tell_nothing() {
    let mut tables = fixture::tables();
    for (table, column) in [("projects", "name"), ("complaints", "value"), ("sources", "file_name")] {
        let mut row = tables.0[table][0].clone();
        fixture::set(&mut row, "carrier_id", "");
        fixture::set(&mut row, "project_id", "p77");
        fixture::set(&mut row, column, "无主之物");
        tables.0.get_mut(table).unwrap().push(row);
    }
    let written = fixture::write(&tables, 7);
    let serving = fixture::serving(&written).await;
    let mut shown = 0;
    for query in rows_questions(&serving) {
        let name = &query.about.name;
        let has = |answer: &Answer| answer.rows.iter().flatten().filter_map(Value::text).any(|text| text.contains("无主之物"));
        let params = widely(query, "p77");
        shown += usize::from(has(serving.ask(name, params.clone(), &RowScope::City).await.unwrap().as_ref()));
        for scope in scopes() {
            assert!(!has(serving.ask(name, params.clone(), &scope).await.unwrap().as_ref()), "{name} as {scope:?}");
        }
        let fault = |scope: RowScope| {
            let serving = &serving;
            async move {
                serving
                    .ask(name, Params::new().with("as_of", "特种材料").with("limit", "面粉"), &scope)
                    .await
                    .err()
                    .map(|fault| fault.to_string())
            }
        };
        assert_eq!(fault(of(&["suixi"])).await, fault(RowScope::City).await, "{name}");
    }
    assert!(shown >= 4, "the city saw the rows of nobody on {shown} questions only");
}

/// Large tables lie on disk: there the cut is pushed into the files.
#[tokio::test]
async fn tables_on_disk_are_cut_too() {
    let written = fixture::write(&fixture::enlarged(2_000), 9);
    let serving = fixture::serving(&written).await.with_deadline(std::time::Duration::from_secs(60));
    let params = Params::new().with("as_of", day("2022-12-31")).with("limit", 1_000);
    let mut parts = 0;
    for carrier in CARRIERS {
        let scope = of(&[carrier]);
        let list = serving.ask("projects_list", params.clone(), &scope).await.unwrap();
        let at = list.position("carrier_id").unwrap();
        assert!(!list.rows.is_empty() && list.rows.iter().all(|row| row[at].text() == Some(carrier)), "{carrier}");
        parts += serving.ask("projects_count", params.clone(), &scope).await.unwrap().get(0, "total").int().unwrap();
    }
    let city = serving.ask("projects_count", params, &RowScope::City).await.unwrap();
    assert_eq!(city.get(0, "total").int(), Some(parts));
}
