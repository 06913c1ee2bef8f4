//! How long the year-end forecasts of a whole city take on one core: every metric of the city and of each carrier.
#![allow(clippy::print_stdout, clippy::disallowed_macros, reason = "an example speaks on the terminal")]

use std::collections::BTreeMap;
use std::hint::black_box;
use std::time::Instant;

use chrono::{Datelike, NaiveDate};
use qunlian_domain::forecast::{Fate, ForecastRules, MonthNumber, Passage, Question, YearFlow, forecast};
use qunlian_domain::target::Metric;

/// By scope (empty for the city) and metric; passages by scope and step.
#[derive(Default)]
struct Rows {
    flows: BTreeMap<(String, &'static str), YearFlow>,
    passages: BTreeMap<(String, String), Vec<Passage>>,
}

/// `forecast_speed [YYYY-MM-DD FLOW_MONTHS.CSV STAGE_PASSAGES.CSV]`: a city's real rows, as `/api/queries/` answers them;
/// without files, thirty made-up carriers.
fn main() -> Result<(), Box<dyn std::error::Error>> {
    let rules: ForecastRules = toml::from_str(include_str!("../../../data/cities/huaibei/forecast.toml"))?;
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (as_of, rows) = match arguments.as_slice() {
        [day, flows, passages] => {
            let as_of: NaiveDate = day.parse()?;
            (as_of, read(as_of, &std::fs::read_to_string(flows)?, &std::fs::read_to_string(passages)?)?)
        }
        _ => (NaiveDate::from_ymd_opt(2022, 5, 31).unwrap_or_default(), made_up()),
    };
    let mut times = Vec::new();
    let (mut given, mut refused) = (0, 0);
    for _ in 0..5 {
        let start = Instant::now();
        (given, refused) = forecast_all(&rules, as_of, &rows);
        times.push(start.elapsed().as_secs_f64());
    }
    let best = times.into_iter().fold(f64::INFINITY, f64::min);
    let floor = draw_as_many((given * rules.draws * 12) as u64);
    println!("{given} forecasts, {refused} refused, in {best:.3} s (best of 5), {:.2} ms each", best * 1e3 / given.max(1) as f64);
    println!(
        "yardstick, a plain random number for each month of each course: {floor:.4} s; forecasts take {:.1} times as long",
        best / floor
    );
    Ok(())
}

fn forecast_all(rules: &ForecastRules, as_of: NaiveDate, rows: &Rows) -> (usize, usize) {
    let (mut given, mut refused) = (0, 0);
    for ((scope, metric), flow) in &rows.flows {
        let Some(metric) = Metric::from_id(metric) else { continue };
        let step = match metric {
            Metric::Started => "signed_started",
            Metric::Completed => "started_completed",
            Metric::Signed | Metric::FixedAssets => "",
        };
        let question = Question {
            metric,
            as_of,
            target: flow.last_year.map(|months| months.iter().sum::<i64>() * 2),
            flow: *flow,
            city: if scope.is_empty() { None } else { rows.flows.get(&(String::new(), metric.id())).copied() },
            passages: rows.passages.get(&(scope.clone(), step.to_owned())).map_or(&[], Vec::as_slice),
            seed: 7,
        };
        match black_box(forecast(black_box(&question), rules)) {
            Ok(_) => given += 1,
            Err(_) => refused += 1,
        }
    }
    (given, refused)
}

/// Seconds for so many numbers of the kind that courses are drawn with (SplitMix64).
fn draw_as_many(count: u64) -> f64 {
    let start = Instant::now();
    let mut state = 7u64;
    let mut sum = 0.0;
    for _ in 0..count {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        sum += ((bits ^ (bits >> 31)) >> 11) as f64 / (1u64 << 53) as f64;
    }
    black_box(sum);
    start.elapsed().as_secs_f64()
}

/// The columns are those of `flow_months` and `stage_passages`; no cell of theirs holds a comma.
fn read(as_of: NaiveDate, flows: &str, passages: &str) -> Result<Rows, Box<dyn std::error::Error>> {
    let mut rows = Rows::default();
    for line in flows.lines().skip(1) {
        let [_, scope, metric, year, month, done] = cells(line)?;
        let Some(metric) = Metric::from_id(metric) else { continue };
        let flow = rows.flows.entry((scope.to_owned(), metric.id())).or_insert(YearFlow { this_year: [0; 12], last_year: None });
        let months = if year.parse() == Ok(as_of.year()) { &mut flow.this_year } else { flow.last_year.get_or_insert([0; 12]) };
        *months.get_mut(month.parse::<usize>()?.wrapping_sub(1)).ok_or("a month is not 1 to 12")? += done.parse::<i64>()?;
    }
    for line in passages.lines().skip(1) {
        let [kind, scope, _, step, cohort, reached, died, projects] = cells(line)?;
        if !matches!(kind, "city" | "carrier") {
            continue;
        }
        let month = |cell: &str| cell.parse::<NaiveDate>().ok().map(MonthNumber::of);
        let fate = match (month(reached), month(died)) {
            (Some(month), _) => Fate::Reached(month),
            (None, Some(month)) => Fate::Died(month),
            (None, None) => Fate::Waiting,
        };
        let passage = Passage { cohort: month(cohort).ok_or("a cohort has no month")?, fate, projects: projects.parse()? };
        rows.passages.entry((scope.to_owned(), step.to_owned())).or_default().push(passage);
    }
    Ok(rows)
}

fn cells<const N: usize>(line: &str) -> Result<[&str; N], String> {
    let cells: Vec<&str> = line.split(',').map(|cell| cell.trim_matches('"')).collect();
    cells.try_into().map_err(|cells: Vec<&str>| format!("{} cells instead of {N}: {line}", cells.len()))
}

/// The city and thirty carriers; every third project passed on after two to six months.
fn made_up() -> Rows {
    const LAST_YEAR: [i64; 12] = [3, 2, 5, 4, 5, 6, 4, 4, 6, 5, 6, 9];
    const THIS_YEAR: [i64; 12] = [4, 3, 7, 6, 8, 0, 0, 0, 0, 0, 0, 0];
    let mut rows = Rows::default();
    let now = MonthNumber::new(2022, 5);
    for number in 0..=30 {
        let (scope, times) = if number == 0 { (String::new(), 30) } else { (format!("c{number}"), 1) };
        for metric in Metric::ALL {
            let scale = if metric == Metric::FixedAssets { times * 23_000_000 } else { times };
            let flow = YearFlow { this_year: THIS_YEAR.map(|count| count * scale), last_year: Some(LAST_YEAR.map(|count| count * scale)) };
            rows.flows.insert((scope.clone(), metric.id()), flow);
        }
        for step in ["signed_started", "started_completed"] {
            let passages = rows.passages.entry((scope.clone(), step.to_owned())).or_default();
            for (at, count) in LAST_YEAR.iter().chain(THIS_YEAR.iter().take(5)).enumerate() {
                let cohort = MonthNumber::new(2021, 1).later(at as i32);
                for project in 0..*count * times {
                    let reached = cohort.later(2 + project as i32 % 5);
                    let fate = if project % 3 != 1 && reached <= now { Fate::Reached(reached) } else { Fate::Waiting };
                    passages.push(Passage { cohort, fate, projects: 1 });
                }
            }
        }
    }
    rows
}
