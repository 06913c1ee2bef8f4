//! The strip of monthly lights: by hand, against the rule of the domain, and against the red and yellow list.

use qunlian_domain::access::RowScope;
use qunlian_domain::light::{Light, MonthStand};
use qunlian_queries::{Answer, Answers, Params};

use crate::fixture;
use crate::golden::day;

const DAYS: [&str; 5] = ["2022-01-15", "2022-03-31", "2022-05-19", "2022-05-31", "2022-12-31"];

/// Rows of one scope and metric, in the order of the months.
fn strip(answer: &Answer, scope: &str, id: &str, metric: &str) -> Vec<usize> {
    let fits = |row: &usize| {
        [("scope", scope), ("scope_id", id), ("metric", metric)]
            .iter()
            .all(|(column, value)| answer.get(*row, column).text() == Some(value))
    };
    (0..answer.rows.len()).filter(fits).collect()
}

fn asked(as_of: &str) -> Params {
    Params::new().with("year", 2022).with("as_of", day(as_of))
}

/// The chain `other` has 2 of 5 signed by April and nothing after: 40 % against 41.7, 50, 58.3, 66.7 and 75 %, that is
/// −1.7, −10, −18.3, −26.7 and −35 points. August is the third yellow month in a row and shown red, September is red.
/// The carrier `gaoxin` has started nothing: −8.3, −16.7, −25, −33.3 points of January to April.
#[tokio::test]
async fn lights_counted_by_hand() {
    let written = fixture::write(&fixture::tables(), 7);
    let serving = fixture::serving(&written).await;
    let answer = serving.ask("pace_months", asked("2022-12-31"), &RowScope::City).await.unwrap();
    let check = |scope: &str, id: &str, metric: &str, months: std::ops::Range<usize>, expect: &[(i64, &str, i64, &str)]| {
        let rows = strip(&answer, scope, id, metric);
        assert_eq!(rows.len(), 12, "{scope} {id} {metric}");
        let found: Vec<_> = rows[months]
            .iter()
            .map(|row| {
                let text = |column: &str| answer.get(*row, column).text().unwrap_or("-");
                let int = |column: &str| answer.get(*row, column).int().unwrap_or(-1);
                (int("done"), text("light"), int("months_lit"), text("escalated"))
            })
            .collect();
        assert_eq!(found, expect, "{scope} {id} {metric}");
    };
    let fading =
        [(2, "green", 0, "green"), (2, "yellow", 1, "yellow"), (2, "yellow", 2, "yellow"), (2, "yellow", 3, "red"), (2, "red", 4, "red")];
    check("chain", "other", "signed", 4..9, &fading);
    check(
        "carrier",
        "gaoxin",
        "started",
        0..4,
        &[(0, "green", 0, "green"), (0, "yellow", 1, "yellow"), (0, "yellow", 2, "yellow"), (0, "red", 3, "red")],
    );
    // Without a target nothing is lit.
    check("carrier", "gaoxin", "completed", 0..2, &[(0, "-", 0, "-"), (0, "-", 0, "-")]);
    // p01; p02; p03 and p12 (p13 was revoked); p05 of the park, which is suixi's from April on.
    let done: Vec<_> = strip(&answer, "carrier", "suixi", "signed").iter().map(|row| answer.get(*row, "done").int().unwrap()).collect();
    assert_eq!(done[..5], [1, 2, 4, 5, 5]);
}

#[tokio::test]
async fn lights_in_sql_are_those_of_the_domain() {
    let written = fixture::write(&fixture::tables(), 7);
    let serving = fixture::serving(&written).await;
    let rule = fixture::rules().light;
    let mut lit = 0;
    for as_of in DAYS {
        let answer = serving.ask("pace_months", asked(as_of), &RowScope::City).await.unwrap();
        let mut scopes: Vec<_> = (0..answer.rows.len())
            .map(|row| ["scope", "scope_id", "metric"].map(|column| answer.get(row, column).text().unwrap().to_owned()))
            .collect();
        scopes.dedup();
        assert_eq!(scopes.len(), 16, "4 of the city, 9 of carriers, 3 of chains");
        for [scope, id, metric] in &scopes {
            let rows = strip(&answer, scope, id, metric);
            let stand = |row: &usize| MonthStand {
                on: answer.get(*row, "on_day").date().unwrap(),
                done: answer.get(*row, "done").int().unwrap(),
                target: answer.get(*row, "target").int(),
                pace: answer.get(*row, "pace").number().unwrap(),
            };
            let lamps = rule.strip(&rows.iter().map(stand).collect::<Vec<_>>());
            for (row, lamp) in rows.iter().zip(lamps) {
                let place = format!("{as_of} {scope} {id} {metric} {}", lamp.on);
                assert_eq!(answer.get(*row, "light").text(), lamp.plain.map(Light::id), "{place}");
                assert_eq!(answer.get(*row, "escalated").text(), lamp.shown.map(Light::id), "{place}");
                assert_eq!(answer.get(*row, "months_lit").int(), i64::try_from(lamp.months_lit).ok(), "{place}");
                assert_eq!(answer.get(*row, "completion").number(), lamp.completion, "{place}");
                assert_eq!(answer.get(*row, "gap_points").number(), lamp.gap, "{place}");
                lit += lamp.months_lit.min(1);
            }
        }
    }
    assert!(lit > 40, "only {lit} months are lit");
}

#[tokio::test]
async fn the_list_is_the_last_month_of_the_strips() {
    let written = fixture::write(&fixture::tables(), 7);
    let serving = fixture::serving(&written).await;
    let columns = ["scope", "scope_id", "metric", "light", "escalated"];
    for as_of in DAYS {
        let strips = serving.ask("pace_months", asked(as_of), &RowScope::City).await.unwrap();
        let list = serving.ask("warning_list", asked(as_of), &RowScope::City).await.unwrap();
        let last = (0..strips.rows.len()).filter_map(|row| strips.get(row, "month").int()).max().unwrap();
        let line = |answer: &Answer, row: usize, months: &str| {
            let mut texts = columns.map(|column| answer.get(row, column).text().unwrap_or("").to_owned()).to_vec();
            texts.push(answer.get(row, months).int().unwrap().to_string());
            texts
        };
        let now = |row: &usize| {
            strips.get(*row, "month").int() == Some(last) && matches!(strips.get(*row, "light").text(), Some("yellow" | "red"))
        };
        let mut expect: Vec<_> = (0..strips.rows.len()).filter(now).map(|row| line(&strips, row, "months_lit")).collect();
        let mut found: Vec<_> = (0..list.rows.len()).map(|row| line(&list, row, "months_behind")).collect();
        expect.sort();
        found.sort();
        assert_eq!(found, expect, "{as_of}");
    }
}

/// Each cell of a strip leads to the projects from January to its month.
#[tokio::test]
async fn cells_equal_their_rows() {
    let written = fixture::write(&fixture::tables(), 7);
    let serving = fixture::serving(&written).await;
    for as_of in ["2022-03-31", "2022-05-31"] {
        let answer = serving.ask("pace_months", asked(as_of), &RowScope::City).await.unwrap();
        for row in 0..answer.rows.len() {
            let text = |column: &str| answer.get(row, column).text().unwrap_or("").to_owned();
            let (scope, metric) = (text("scope"), text("metric"));
            let month = answer.get(row, "month").int().unwrap();
            let mut params = asked(as_of).with("milestone", metric.as_str()).with("through", month);
            if scope != "city" {
                params = params.with(&scope, text("scope_id"));
            }
            let count = serving.ask("projects_count", params, &RowScope::City).await.unwrap();
            let column = if metric == "fixed_assets" { "amount_yuan" } else { "total" };
            assert_eq!(count.get(0, column), answer.get(row, "done"), "{as_of} {scope} {} {metric} {month}", text("scope_id"));
        }
    }
}
