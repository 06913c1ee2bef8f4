//! What the assessment counts from the books: leads filed in the period, and trips on which somebody was visited.

use std::path::Path;
use std::sync::Arc;

use axum::http::StatusCode;
use qunlian_domain::audit::Via;
use qunlian_domain::filing::Values;
use qunlian_domain::rules::Rules;
use qunlian_domain::trip::Trip;
use qunlian_registry::{Doer, NewFiling, NewTrip, NewVisit, Step, Store, Typed};
use qunlian_web::Mode;

use super::post;
use super::roles::staffed;
use super::score_forms::{REVIEWER, page};

const COUNTY: &str = "level=suixi&year=2022&quarter=1";

fn clerk(on: &str) -> Doer {
    let today = on.parse::<chrono::NaiveDate>().unwrap();
    Doer { account: Some(1), name: "clerk".into(), via: Via::Web, now: today.and_hms_opt(1, 0, 0).unwrap().and_utc(), today }
}

/// Files and sends a project of the park on a day.
fn file(books: &dyn Store, rules: &Rules, name: &str, on: &str) -> i64 {
    let typed: Typed =
        [("name", name), ("investor", "样例铝业")].into_iter().map(|(key, text)| (key.to_owned(), text.to_owned())).collect();
    let new = NewFiling { carrier_id: "suixi-jkq".into(), stage: 1, typed: typed.clone(), once: None, by: clerk(on) };
    let opened = books.open_filing(&new).unwrap();
    let values: Values = typed.clone().into_iter().collect();
    let way = rules.city.procedure.way(opened.claim.matter, false);
    books.step(opened.claim.id, &Step::Submit { typed, values, way }, &clerk(on)).unwrap();
    opened.filing.id
}

/// The shipped rules, asking for trips where they ask for leads.
fn rules_of_trips() -> Arc<Rules> {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data");
    let read = |path: &str| std::fs::read_to_string(data.join(path)).map(|text| text.replace("input = \"leads\"", "input = \"trips\""));
    Arc::new(Rules::load(&read, "cities/huaibei").unwrap())
}

#[tokio::test]
async fn leads_and_trips_are_counted_from_the_books() {
    let parts = staffed(Mode::Serve);
    let books: Arc<dyn Store> = Arc::clone(&parts.books);
    let rules = Arc::clone(&parts.rules);
    let site = qunlian_web::router(parts).unwrap();
    let filing = file(books.as_ref(), &rules, "铝箔项目", "2022-02-10");
    file(books.as_ref(), &rules, "铝板项目", "2022-03-31");
    file(books.as_ref(), &rules, "后来的项目", "2022-04-01");
    let opened = NewFiling { carrier_id: "suixi-jkq".into(), stage: 1, typed: Typed::new(), once: None, by: clerk("2022-03-01") };
    books.open_filing(&opened).unwrap();
    let target = "unit=suixi-jkq&evidence=任务书&target-leads=2";
    assert_eq!(post(&site, &format!("/scores/figures?{COUNTY}"), target, &REVIEWER).await.status, StatusCode::SEE_OTHER);
    // Two were sent by 31 March; the draft and the one of April are none.
    assert!(page(&site, &format!("/scores?{COUNTY}")).await.contains("有效招商线索 2/2 → 100.0%，达到100%档 = 15.00分"));
    let trip = |from: &str| NewTrip {
        plan: Trip {
            destination: "江苏省苏州市".into(),
            from: from.parse().unwrap(),
            until: from.parse().unwrap(),
            leaders: vec!["示例领导".into()],
            firms: vec!["样例铝业".into()],
        },
        filings: vec![Some(filing)],
        note: String::new(),
    };
    for (from, visited) in [("2022-03-01", true), ("2022-03-08", false), ("2022-04-05", true)] {
        let kept = books.plan_trip(&trip(from), &clerk("2022-04-30")).unwrap();
        if visited {
            let on = from.parse().unwrap();
            let (firm, result) = ("样例铝业".to_owned(), "已洽谈".to_owned());
            let visit = NewVisit { trip: Some(kept.id), filing: Some(filing), firm, on, result, next_step: String::new() };
            books.record_visit(&visit, &clerk("2022-04-30")).unwrap();
        }
    }
    let mut parts = staffed(Mode::Serve);
    (parts.rules, parts.books) = (rules_of_trips(), Arc::clone(&books));
    let site = qunlian_web::router(parts).unwrap();
    let sheet = page(&site, &format!("/scores?{COUNTY}")).await;
    // One trip of the quarter on which somebody was visited; the target of leads is none of trips.
    assert!(sheet.contains("有效招商线索 1/- → 未下达目标"), "{sheet}");
}
