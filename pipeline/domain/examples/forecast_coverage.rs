//! How well year-end forecasts cover what came in simulated cities: prints coverage and errors by kind, metric and month.
#![allow(clippy::print_stdout, clippy::disallowed_macros, dead_code, reason = "an example speaks on the terminal")]

#[path = "../tests/forecast_backtest/city.rs"]
mod city;
#[path = "../tests/forecast_backtest/record.rs"]
mod record;

use city::{HELD_OUT, TUNED};
use qunlian_domain::target::Metric;
use record::{MONTHS, Record, backtest, tally};

/// `forecast_coverage [FIRST SEED] [SEEDS]`; the asserted back-test uses 2000 to 2005.
fn main() {
    let argument = |place: usize, otherwise: u64| std::env::args().nth(place).and_then(|text| text.parse().ok()).unwrap_or(otherwise);
    let (first, seeds) = (argument(1, 2000), argument(2, 6));
    let mut records: Vec<Record> = Vec::new();
    for kind in TUNED.into_iter().chain(HELD_OUT) {
        (first..first + seeds).for_each(|seed| records.extend(backtest(kind, seed, MONTHS)));
    }
    println!(
        "{:<18}{:>7}{:>9}{:>7}{:>7}{:>7}{:>8}{:>10}{:>10}{:>8}",
        "", "count", "covered", "fairly", "below", "above", "error", "straight", "last year", "brier"
    );
    line(&records, "all", |_| true);
    line(&records, "whole cities", |record| record.whole_city);
    line(&records, "carriers", |record| !record.whole_city);
    line(&records, "held-out kinds", |record| HELD_OUT.contains(&record.kind));
    for metric in Metric::ALL {
        line(&records, metric.id(), |record| record.metric == metric);
    }
    for month in MONTHS {
        line(&records, &format!("end of month {month}"), |record| record.month == month);
    }
    for kind in TUNED.into_iter().chain(HELD_OUT) {
        line(&records, &format!("{kind:?}"), |record| record.kind == kind);
    }
}

fn line(records: &[Record], title: &str, choose: impl Fn(&Record) -> bool) {
    let sum = tally(records, choose);
    println!(
        "{title:<18}{:>7}{:>9.1}{:>7.1}{:>7.1}{:>7.1}{:>8.1}{:>10.1}{:>10.1}{:>8.3}",
        sum.count,
        sum.covered,
        sum.covered_fairly,
        sum.below,
        sum.above,
        sum.error,
        sum.straight_line_error,
        sum.last_year_error,
        sum.brier
    );
}
