//! Every mark of every board against the rows behind it, on many days: the counts must be equal.

use std::collections::BTreeMap;

use qunlian_domain::access::RowScope;
use qunlian_domain::figures::ratio_percent;
use qunlian_engine::Serving;
use qunlian_queries::{Answer, Answers, Params, Value};

use crate::fixture;
use crate::golden::day;

const DAYS: [&str; 4] = ["2022-03-31", "2022-05-19", "2022-05-31", "2022-12-31"];

fn asked(as_of: &str) -> Params {
    Params::new().with("year", 2022).with("as_of", day(as_of))
}

async fn rows_behind(serving: &Serving, params: Params) -> (i64, i64) {
    let list = serving.ask("projects_list", params.clone().with("limit", 1_000), &RowScope::City).await.unwrap();
    let count = serving.ask("projects_count", params.clone(), &RowScope::City).await.unwrap();
    let listed = i64::try_from(list.rows.len()).unwrap();
    assert_eq!(count.get(0, "total").int(), Some(listed));
    assert!(list.rows.is_empty() || list.get(0, "total").int() == Some(listed));
    // One day is enough for the facets: they share the filters' text with the list.
    if params.get("as_of") == Some(&Value::Date(day("2022-05-31"))) {
        let facets = serving.ask("projects_facets", params, &RowScope::City).await.unwrap();
        let by_stage: i64 = facets.rows_where("facet", "stage").filter_map(|row| facets.get(row, "count").int()).sum();
        assert_eq!(by_stage, listed);
    }
    (listed, count.get(0, "amount_yuan").int().unwrap())
}

fn text(answer: &Answer, row: usize, column: &str) -> String {
    answer.get(row, column).text().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn carriers_and_chains_equal_their_rows_and_sum_to_the_city() {
    let written = fixture::write(&fixture::tables(), 7);
    let serving = fixture::serving(&written).await;
    for as_of in DAYS {
        let city = serving.ask("city_progress", asked(as_of), &RowScope::City).await.unwrap();
        for (board, id, filter) in [("carrier_progress", "carrier_id", "carrier"), ("chain_progress", "chain_id", "chain")] {
            let answer = serving.ask(board, asked(as_of), &RowScope::City).await.unwrap();
            for metric in ["signed", "started", "completed", "fixed_assets"] {
                let mut sum = (0, 0);
                for row in answer.rows_where("metric", metric) {
                    let done = answer.get(row, "done").int().unwrap();
                    let (count, amount) =
                        rows_behind(&serving, asked(as_of).with("milestone", metric).with(filter, text(&answer, row, id))).await;
                    assert_eq!(
                        if metric == "fixed_assets" { amount } else { count },
                        done,
                        "{board} {metric} {} {as_of}",
                        text(&answer, row, id)
                    );
                    sum = (sum.0 + done, sum.1 + answer.get(row, "last_year").int().unwrap());
                }
                let whole = city.rows_where("metric", metric).next().unwrap();
                assert_eq!(
                    (Some(sum.0), Some(sum.1)),
                    (city.get(whole, "done").int(), city.get(whole, "last_year").int()),
                    "{board} {metric} {as_of}"
                );
            }
        }
    }
}

#[tokio::test]
async fn regions_bands_and_months_equal_their_rows() {
    let written = fixture::write(&fixture::tables(), 7);
    let serving = fixture::serving(&written).await;
    for as_of in DAYS {
        let signed = |params: Params| params.with("milestone", "signed");
        let regions = serving.ask("region_progress", asked(as_of), &RowScope::City).await.unwrap();
        for row in 0..regions.rows.len() {
            let params =
                signed(asked(as_of)).with("region_kind", text(&regions, row, "kind")).with("region", text(&regions, row, "region_code"));
            assert_eq!(
                Some(rows_behind(&serving, params).await.0),
                regions.get(row, "signed").int(),
                "{as_of} {}",
                text(&regions, row, "region")
            );
        }
        for (board, id, filter, done) in [
            ("region_kinds", "kind", "region_kind", "signed"),
            ("region_groups", "group_id", "region_group", "signed"),
            ("band_counts", "band_id", "band", "done"),
            ("band_shares", "slice_id", "band", "signed"),
        ] {
            let answer = serving.ask(board, asked(as_of), &RowScope::City).await.unwrap();
            for row in 0..answer.rows.len() {
                let params = signed(asked(as_of)).with(filter, text(&answer, row, id));
                assert_eq!(
                    Some(rows_behind(&serving, params).await.0),
                    answer.get(row, done).int(),
                    "{board} {as_of} {}",
                    text(&answer, row, id)
                );
            }
        }
        let months = serving.ask("monthly_cumulative", asked(as_of), &RowScope::City).await.unwrap();
        for row in 0..months.rows.len() {
            let metric = text(&months, row, "metric");
            let month = months.get(row, "month").int().unwrap();
            let Some(done) = months.get(row, "done").int() else { continue };
            let (count, amount) = rows_behind(&serving, asked(as_of).with("milestone", metric.clone()).with("month", month)).await;
            assert_eq!(if metric == "fixed_assets" { amount } else { count }, done, "{metric} {month} {as_of}");
        }
    }
}

#[tokio::test]
async fn matrices_segments_and_waiting_lists_equal_their_rows() {
    let written = fixture::write(&fixture::tables(), 7);
    let serving = fixture::serving(&written).await;
    for as_of in DAYS {
        let matrix = serving.ask("carrier_chains", asked(as_of), &RowScope::City).await.unwrap();
        for row in 0..matrix.rows.len() {
            let params = asked(as_of)
                .with("milestone", "signed")
                .with("carrier", text(&matrix, row, "carrier_id"))
                .with("chain", text(&matrix, row, "chain_id"));
            assert_eq!(Some(rows_behind(&serving, params).await.0), matrix.get(row, "signed").int(), "{as_of}");
        }
        let segments = serving.ask("chain_segments", asked(as_of).with("chain", "alu"), &RowScope::City).await.unwrap();
        for row in 0..segments.rows.len() {
            for metric in ["signed", "started", "completed"] {
                let params =
                    asked(as_of).with("milestone", metric).with("chain", "alu").with("segment", text(&segments, row, "segment_id"));
                assert_eq!(Some(rows_behind(&serving, params).await.0), segments.get(row, metric).int(), "{metric} {as_of}");
            }
        }
        for waiting in ["signed_not_started", "started_not_producing"] {
            let top = serving.ask(waiting, Params::new().with("as_of", day(as_of)).with("limit", 3), &RowScope::City).await.unwrap();
            let total = if top.rows.is_empty() { Some(0) } else { top.get(0, "total").int() };
            assert_eq!(
                Some(rows_behind(&serving, Params::new().with("as_of", day(as_of)).with("waiting", waiting)).await.0),
                total,
                "{waiting} {as_of}"
            );
            assert!(top.rows.len() <= 3);
        }
    }
}

#[tokio::test]
async fn reconciliation_agrees_on_every_day() {
    let written = fixture::write(&fixture::tables(), 7);
    let serving = fixture::serving(&written).await;
    for as_of in DAYS {
        let answer = serving.ask("reconciliation", asked(as_of), &RowScope::City).await.unwrap();
        assert!(answer.rows.len() >= 17, "{}", answer.rows.len());
        for row in 0..answer.rows.len() {
            assert!(answer.get(row, "ok").is_true(), "{as_of}: {} {:?}", text(&answer, row, "title"), answer.rows[row]);
        }
    }
}

#[tokio::test]
async fn hostile_parameters_are_only_values() {
    let written = fixture::write(&fixture::tables(), 7);
    let serving = fixture::serving(&written).await;
    let all = rows_behind(&serving, asked("2022-05-31")).await.0;
    assert_eq!(all, 20);
    for hostile in ["' or 1=1 --", "'; drop table projects; --", "%", "\\", "$year", "suixi' or 'a'='a", "铝箔\u{0}"] {
        for name in
            ["carrier", "chain", "segment", "region_kind", "region", "region_group", "band", "stage", "status", "q", "waiting", "milestone"]
        {
            let (count, _) = rows_behind(&serving, asked("2022-05-31").with(name, hostile)).await;
            assert_eq!(count, 0, "{name} = {hostile:?}");
        }
        let sorted = serving.ask("projects_list", asked("2022-05-31").with("sort", hostile), &RowScope::City).await.unwrap();
        assert_eq!(sorted.rows.len(), 20);
    }
    assert_eq!(rows_behind(&serving, asked("2022-05-31").with("q", "铝箔")).await.0, 2);
    assert_eq!(rows_behind(&serving, asked("2022-05-31").with("carrier", "suixi,gaoxin")).await.0, 15);
    let wrong = serving.ask("projects_list", Params::new().with("as_of", "31/5"), &RowScope::City).await.unwrap_err();
    assert!(wrong.to_string().contains("not a date"), "{wrong}");
}

#[tokio::test]
async fn lists_sort_and_page() {
    let written = fixture::write(&fixture::tables(), 7);
    let serving = fixture::serving(&written).await;
    let mut seen = Vec::new();
    for page in 0..5 {
        let params = Params::new().with("as_of", day("2022-05-31")).with("sort", "-agreed").with("limit", 5).with("offset", page * 5);
        let answer = serving.ask("projects_list", params, &RowScope::City).await.unwrap();
        seen.extend((0..answer.rows.len()).map(|row| answer.get(row, "agreed_yuan").clone()));
    }
    assert_eq!(seen.len(), 20);
    assert_eq!(seen[0], Value::Int(5_500_000_000));
    assert_eq!(seen.last(), Some(&Value::Null), "unknown amounts stand last");
    assert!(seen.windows(2).all(|pair| pair[0].int().unwrap_or(-1) >= pair[1].int().unwrap_or(-1)));
}

#[tokio::test]
async fn confidential_projects_are_code_named_everywhere() {
    let written = fixture::write(&fixture::tables(), 7);
    let serving = fixture::serving(&written).await;
    for query in serving.library().iter().filter(|query| query.folder != "checks") {
        let chain = if query.about.name == "chain_segments" { "alu" } else { "" };
        let params = asked("2022-12-31").with("project_id", "p10").with("chain", chain).with("limit", 1_000);
        let answer = serving.ask(&query.about.name, params, &RowScope::City).await.unwrap();
        for cell in answer.rows.iter().flatten().filter_map(Value::text) {
            assert!(!cell.contains("特种材料") && !cell.contains("p10投资"), "{}: {cell}", query.about.name);
        }
    }
    assert_eq!(rows_behind(&serving, asked("2022-12-31").with("q", "特种材料")).await.0, 0);
    let card = serving.ask("project_card", asked("2022-12-31").with("project_id", "p10"), &RowScope::City).await.unwrap();
    assert_eq!((card.get(0, "project").text(), card.get(0, "investor").text()), (Some("涉密项目p10"), Some("涉密")));
}

/// Forecasts and conversions stand on the same facts as the cards: nothing is counted twice or left out.
#[tokio::test]
async fn flows_and_passages_add_up_to_the_city() {
    let written = fixture::write(&fixture::tables(), 7);
    let serving = fixture::serving(&written).await;
    for as_of in ["2022-03-31", "2022-05-31", "2022-06-30"] {
        let params = Params::new().with("year", 2022).with("as_of", day(as_of));
        let progress = serving.ask("city_progress", params.clone(), &RowScope::City).await.unwrap();
        let flows = serving.ask("flow_months", params.clone(), &RowScope::City).await.unwrap();
        let passages = serving.ask("stage_passages", params, &RowScope::City).await.unwrap();
        for row in 0..progress.rows.len() {
            let metric = progress.get(row, "metric").text().unwrap();
            let done = progress.get(row, "done").int().unwrap();
            for scope in ["city", "carrier"] {
                let of_year = flows
                    .rows_where("scope", scope)
                    .filter(|at| flows.get(*at, "metric").text() == Some(metric) && flows.get(*at, "year").int() == Some(2022));
                let sum: i64 = of_year.map(|at| flows.get(at, "done").int().unwrap()).sum();
                assert_eq!(sum, done, "{metric} {scope} {as_of}");
            }
        }
        let signed = progress.rows_where("metric", "signed").next().and_then(|row| progress.get(row, "done").int()).unwrap();
        for scope in ["city", "carrier", "chain", "region"] {
            let of_year = passages.rows_where("scope", scope).filter(|at| {
                passages.get(*at, "step").text() == Some("signed_started")
                    && passages.get(*at, "cohort").date().is_some_and(|cohort| cohort >= day("2022-01-01"))
            });
            let sum: i64 = of_year.map(|at| passages.get(at, "projects").int().unwrap()).sum();
            assert_eq!(sum, signed, "{scope} {as_of}");
        }
    }
}

/// Rates of conversion are sums of the passages: every scope and step by plain loops, the year's cohorts apart.
#[tokio::test]
async fn rates_of_conversion_are_sums_of_the_passages() {
    let written = fixture::write(&fixture::tables(), 7);
    let serving = fixture::serving(&written).await;
    for as_of in ["2022-03-31", "2022-05-31", "2022-12-31"] {
        let params = Params::new().with("year", 2022).with("as_of", day(as_of));
        let rates = serving.ask("conversion_rates", params.clone(), &RowScope::City).await.unwrap();
        let passages = serving.ask("stage_passages", params, &RowScope::City).await.unwrap();
        let text = |answer: &Answer, at: usize, column: &str| answer.get(at, column).text().unwrap_or_default().to_owned();
        let mut sums: BTreeMap<[String; 3], [i64; 6]> = BTreeMap::new();
        for at in 0..passages.rows.len() {
            let key = ["scope", "scope_id", "step"].map(|column| text(&passages, at, column));
            let is = |column: &str| i64::from(passages.get(at, column).date().is_some());
            let of_year = i64::from(passages.get(at, "cohort").date().is_some_and(|cohort| cohort >= day("2022-01-01")));
            let projects = passages.get(at, "projects").int().unwrap();
            let (reached, died) = (is("reached"), is("died"));
            let counted = [1, reached, 1 - reached - died, died, of_year, of_year * reached].map(|times| times * projects);
            let sum = sums.entry(key).or_default();
            sum.iter_mut().zip(counted).for_each(|(sum, count)| *sum += count);
        }
        assert!(sums.len() > 10 && rates.rows.len() == sums.len(), "{as_of}: {} and {}", rates.rows.len(), sums.len());
        for at in 0..rates.rows.len() {
            let key = ["scope", "scope_id", "step"].map(|column| text(&rates, at, column));
            let columns = ["projects", "reached", "waiting", "died", "projects_of_year", "reached_of_year"];
            let counted = columns.map(|column| rates.get(at, column).int().unwrap());
            assert_eq!(Some(&counted), sums.get(&key), "{key:?} {as_of}");
            assert_eq!(rates.get(at, "share").number(), ratio_percent(counted[1], counted[0]), "{key:?} {as_of}");
            assert_eq!(rates.get(at, "share_of_year").number(), ratio_percent(counted[5], counted[4]), "{key:?} {as_of}");
        }
    }
}
