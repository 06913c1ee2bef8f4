//! Promises against facts, counted by hand on the fixture, and every count against the rows behind it.

use qunlian_domain::access::RowScope;
use qunlian_engine::Serving;
use qunlian_queries::{Answer, Answers, Params};

use crate::fixture;
use crate::golden::day;

fn asked(as_of: &str) -> Params {
    Params::new().with("year", 2022).with("as_of", day(as_of))
}

/// `kept slip projects moved dead late_days` of one scope and kind of promise.
fn lines(answer: &Answer, scope: &str, id: &str, promised: &str) -> Vec<String> {
    let text = |at: usize, column: &str| answer.get(at, column).text().unwrap_or_default().to_owned();
    let wanted = |at: &usize| text(*at, "scope") == scope && text(*at, "scope_id") == id && text(*at, "promised") == promised;
    let line = |at: usize| {
        let numbers = ["projects", "moved", "dead", "late_days"].map(|column| answer.get(at, column).int().unwrap().to_string());
        format!("{} {} {}", text(at, "kept"), text(at, "slip"), numbers.join(" "))
    };
    (0..answer.rows.len()).filter(wanted).map(line).collect()
}

async fn serving() -> (fixture::Written, Serving) {
    let written = fixture::write(&fixture::tables(), 7);
    let serving = fixture::serving(&written).await;
    (written, serving)
}

/// Starts promised for a day of 2022 that has come by 31 May: p01 March, done on 5 March; p02 April, not done; p03 February,
/// done on 12 April; p04 May, done in April; p06 February, done in February; p08 March, not done; p11 15 May, lost. p05 is
/// promised for that very day and not due yet, p07 for December, p16 for the year before.
#[tokio::test]
async fn promises_counted_by_hand() {
    let (_written, serving) = serving().await;
    let answer = serving.ask("promise_outcomes", asked("2022-05-31"), &RowScope::City).await.unwrap();
    assert_eq!(
        lines(&answer, "city", "", "start"),
        [
            "early early1 1 0 0 0",
            "on_time on_time 2 0 0 0",
            // p02, moved to August: still April; p11, lost: 31 and 16 days.
            "overdue late1 2 1 1 47",
            // p03 is 43 days late, in the second month; p08 has been waiting 61 days.
            "late late3 1 0 0 43",
            "overdue late3 1 0 0 61",
        ]
    );
    // p06 was 15 days late, p31 38; p32 waits since 20 May. p03 was done in May and promised for June: not due yet.
    assert_eq!(lines(&answer, "city", "", "completion"), ["late late1 1 0 0 15", "overdue late1 1 0 0 11", "late late3 1 0 0 38"]);
    // The park (p04) belongs to suixi since April.
    assert_eq!(
        lines(&answer, "carrier", "suixi", "start"),
        ["early early1 1 0 0 0", "on_time on_time 1 0 0 0", "overdue late1 1 1 0 31", "late late3 1 0 0 43"]
    );
    let earlier = serving.ask("promise_outcomes", asked("2022-03-31"), &RowScope::City).await.unwrap();
    // By 31 March p01 and p06 are done in time, p03 is one month over; p08 is due on that day and not over it.
    assert_eq!(lines(&earlier, "city", "", "start"), ["on_time on_time 2 0 0 0", "overdue late1 1 0 0 31"]);
}

#[tokio::test]
async fn the_stuck_list_and_the_overdue_list_name_the_first_promise() {
    let (_written, serving) = serving().await;
    let stuck = serving.ask("signed_not_started", asked("2022-05-31").with("limit", 50), &RowScope::City).await.unwrap();
    let of = |project: &str| {
        let at = stuck.rows_where("project_id", project).next().unwrap();
        (stuck.get(at, "promised_on").date(), stuck.get(at, "promised_now").date(), stuck.get(at, "overdue_days").int())
    };
    assert_eq!(of("p02"), (Some(day("2022-04-30")), Some(day("2022-08-31")), Some(31)));
    assert_eq!(of("p05"), (Some(day("2022-05-31")), Some(day("2022-05-31")), None));
    assert_eq!(of("p09"), (None, None, None));
    let overdue = serving.ask("overdue_promises", asked("2022-05-31"), &RowScope::City).await.unwrap();
    let listed: Vec<_> = (0..overdue.rows.len())
        .map(|at| (overdue.get(at, "project_id").text().unwrap(), overdue.get(at, "overdue_days").int(), overdue.get(at, "moved").int()))
        .collect();
    // The lost p11 and the abandoned p16 are chased no more.
    assert_eq!(listed, [("p08", Some(61), Some(0)), ("p02", Some(31), Some(1))]);
}

#[tokio::test]
async fn a_projects_promises_are_told_as_of_a_day() {
    let (_written, serving) = serving().await;
    let told = async |as_of: &str| {
        let params = Params::new().with("project_id", "p02").with("as_of", day(as_of));
        let answer = serving.ask("project_promises", params, &RowScope::City).await.unwrap();
        let line = |at: usize| {
            let text = |column: &str| answer.get(at, column).date().map(|day| day.to_string()).unwrap_or_default();
            let (promised, kept) = (answer.get(at, "promised").text().unwrap(), answer.get(at, "kept").text().unwrap());
            format!("{promised} {} {} {kept} {}", text("said_on"), text("promised_on"), answer.get(at, "moved").int().unwrap())
        };
        (0..answer.rows.len()).map(line).collect::<Vec<_>>()
    };
    assert_eq!(told("2022-04-29").await, ["start 2021-01-31 2022-04-30 not_due 0", "completion 2021-01-31 2023-04-30 not_due 0"]);
    assert_eq!(
        told("2022-05-31").await,
        [
            "start 2021-01-31 2022-04-30 overdue 1",
            "start 2022-04-30 2022-08-31 overdue 1",
            "completion 2021-01-31 2023-04-30 not_due 1",
            "completion 2022-04-30 2023-08-31 not_due 1",
        ]
    );
}

#[tokio::test]
async fn every_count_of_promises_is_that_of_its_rows() {
    let (_written, serving) = serving().await;
    let mut followed = 0;
    for as_of in ["2022-03-31", "2022-05-19", "2022-05-31", "2022-12-31"] {
        let answer = serving.ask("promise_outcomes", asked(as_of), &RowScope::City).await.unwrap();
        for at in 0..answer.rows.len() {
            let text = |column: &str| answer.get(at, column).text().unwrap_or_default().to_owned();
            let mut params = Params::new().with("as_of", day(as_of)).with("due", 2022).with("promise", text("promised"));
            params = params.with("kept", text("kept")).with("slip", text("slip"));
            match text("scope").as_str() {
                "carrier" => params = params.with("carrier", text("scope_id")),
                "chain" => params = params.with("chain", text("scope_id")),
                "region" => params = params.with("region_kind", text("scope_id")),
                _ => {}
            }
            let count = serving.ask("projects_count", params, &RowScope::City).await.unwrap();
            assert_eq!(count.get(0, "total").int(), answer.get(at, "projects").int(), "{as_of} {at}");
            followed += 1;
        }
    }
    assert!(followed > 60, "{followed}");
}
