//! How well year-end forecasts cover what came in simulated cities: prints coverage, tails and errors by kind, metric and month.
#![allow(clippy::print_stdout, clippy::disallowed_macros, clippy::panic, dead_code, reason = "an example speaks on the terminal")]

#[path = "../tests/forecast_backtest/chance.rs"]
mod chance;
#[path = "../tests/forecast_backtest/city.rs"]
mod city;
#[path = "../tests/forecast_backtest/record.rs"]
mod record;
#[path = "../tests/forecast_backtest/truth.rs"]
mod truth;

use qunlian_domain::forecast::ForecastRules;
use qunlian_domain::target::Metric;
use record::{MONTHS, Record, backtest, shipped, tally};
use truth::{HELD_OUT, Kind, TUNED};

/// `forecast_coverage [tuned|held-out] [FIRST SEED] [SEEDS] [FORECAST.TOML]`: the kinds the assumptions were chosen on, or
/// the others, which the asserted back-test judges by.
fn main() {
    let argument = |place: usize| std::env::args().nth(place);
    let number = |place: usize, otherwise: u64| argument(place).and_then(|text| text.parse().ok()).unwrap_or(otherwise);
    let kinds: &[Kind] = if argument(1).as_deref() == Some("tuned") { &TUNED } else { &HELD_OUT };
    let (first, seeds) = (number(2, 5000), number(3, 40));
    let rules = match argument(4) {
        Some(file) => read(&file),
        None => shipped(),
    };
    let records = run(&rules, kinds, first..first + seeds);
    println!(
        "{:<26}{:>7}{:>9}{:>7}{:>7}{:>7}{:>8}{:>10}{:>10}{:>8}",
        "", "count", "covered", "below", "above", "half", "error", "straight", "last year", "brier"
    );
    line(&records, "all", |_| true);
    line(&records, "whole cities", |record| record.whole_city);
    line(&records, "carriers", |record| !record.whole_city);
    for metric in Metric::ALL {
        line(&records, metric.id(), |record| record.metric == metric);
    }
    for month in MONTHS {
        line(&records, &format!("end of month {month}"), |record| record.month == month);
    }
    for kind in kinds {
        line(&records, &format!("{kind:?}"), |record| record.kind == *kind);
    }
    for metric in Metric::ALL {
        for month in MONTHS {
            line(&records, &format!("{} month {month}", metric.id()), |record| record.metric == metric && record.month == month);
        }
    }
}

fn read(file: &str) -> ForecastRules {
    let text = std::fs::read_to_string(file).unwrap_or_else(|error| panic!("{file}: {error}"));
    toml::from_str(&text).unwrap_or_else(|error| panic!("{file}: {error}"))
}

/// Half of the seeds beside the other.
fn run(rules: &ForecastRules, kinds: &[Kind], seeds: std::ops::Range<u64>) -> Vec<Record> {
    let half = |rest: u64| -> Vec<Record> {
        let chosen = seeds.clone().filter(|seed| seed % 2 == rest);
        chosen.flat_map(|seed| kinds.iter().flat_map(move |kind| backtest(rules, *kind, seed, MONTHS))).collect()
    };
    std::thread::scope(|scope| {
        let other = scope.spawn(|| half(1));
        let mut records = half(0);
        records.extend(other.join().unwrap_or_default());
        records
    })
}

fn line(records: &[Record], title: &str, choose: impl Fn(&Record) -> bool) {
    let sum = tally(records, choose);
    println!(
        "{title:<26}{:>7}{:>9.1}{:>7.1}{:>7.1}{:>7.1}{:>8.1}{:>10.1}{:>10.1}{:>8.3}",
        sum.count, sum.covered, sum.below, sum.above, sum.in_half, sum.error, sum.straight_line_error, sum.last_year_error, sum.brier
    );
}
