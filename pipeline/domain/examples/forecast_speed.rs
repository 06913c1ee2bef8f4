//! How long the year-end forecasts of a whole city take: four metrics of thirty carriers, on one core.
#![allow(clippy::print_stdout, clippy::disallowed_macros, reason = "an example speaks on the terminal")]

use std::hint::black_box;
use std::time::Instant;

use chrono::NaiveDate;
use qunlian_domain::forecast::{Fate, MonthNumber, Passage, Question, YearFlow, forecast};
use qunlian_domain::target::Metric;

const CARRIERS: u64 = 30;
const LAST_YEAR: [i64; 12] = [3, 2, 5, 4, 5, 6, 4, 4, 6, 5, 6, 9];
const THIS_YEAR: [i64; 12] = [4, 3, 7, 6, 8, 0, 0, 0, 0, 0, 0, 0];

fn main() {
    let passages = passages();
    let city = flow(30);
    let start = Instant::now();
    let mut given = 0;
    for carrier in 0..CARRIERS {
        for metric in Metric::ALL {
            let money = metric == Metric::FixedAssets;
            let scale = if money { 23_000_000 } else { 1 };
            let staged = matches!(metric, Metric::Started | Metric::Completed);
            let question = Question {
                metric,
                as_of: NaiveDate::from_ymd_opt(2022, 5, 31).unwrap_or_default(),
                target: Some(60 * scale),
                flow: flow(scale),
                city: Some(if money { flow(30 * scale) } else { city }),
                passages: if staged { &passages } else { &[] },
                seed: carrier,
            };
            given += usize::from(black_box(forecast(&question)).is_ok());
        }
    }
    let seconds = start.elapsed().as_secs_f64();
    println!("{given} forecasts in {:.0} ms, {:.2} ms each", seconds * 1e3, seconds * 1e3 / given as f64);
}

fn flow(scale: i64) -> YearFlow {
    YearFlow { this_year: THIS_YEAR.map(|count| count * scale), last_year: Some(LAST_YEAR.map(|count| count * scale)) }
}

/// Every third project passed on after two to six months; they are told one by one, as a page would from its rows.
fn passages() -> Vec<Passage> {
    let now = MonthNumber::new(2022, 5);
    let entered = LAST_YEAR.iter().enumerate().map(|(month, count)| (2021, month, *count));
    let entered = entered.chain(THIS_YEAR.iter().take(5).enumerate().map(|(month, count)| (2022, month, *count)));
    let mut passages = Vec::new();
    for (year, month, count) in entered {
        let cohort = MonthNumber::new(year, month as u32 + 1);
        for number in 0..count {
            let reached = cohort.later(2 + number as i32 % 5);
            let fate = if number % 3 != 1 && reached <= now { Fate::Reached(reached) } else { Fate::Waiting };
            passages.push(Passage { cohort, fate, projects: 1 });
        }
    }
    passages
}
