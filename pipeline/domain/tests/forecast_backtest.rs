//! Year-end forecasts against simulated cities whose year is known: coverage, tails, errors, and laws that hold for any city.
//!
//! The forecast sees monthly counts, amounts and passages, never what the simulator drew them from. Its assumptions
//! (`forecast.toml`) were chosen on the kinds [`truth::TUNED`] with seeds below 1000. What is asserted here are other kinds
//! ([`truth::HELD_OUT`]) with seeds from 5000 on, first run after the last assumption was chosen.
#![allow(clippy::unwrap_used)]
#![allow(dead_code, reason = "the example forecast_coverage reads more of what is recorded")]

#[path = "forecast_backtest/chance.rs"]
mod chance;
#[path = "forecast_backtest/city.rs"]
mod city;
#[path = "forecast_backtest/laws.rs"]
mod laws;
#[path = "forecast_backtest/record.rs"]
mod record;
#[path = "forecast_backtest/truth.rs"]
mod truth;

use std::sync::OnceLock;

use qunlian_domain::target::Metric;
use record::{MONTHS, Record, Tally, backtest, shipped, tally};
use truth::HELD_OUT;

const SEEDS: std::ops::Range<u64> = 5000..5040;

/// Cities are drawn whole, so figures of few of them scatter by a few points: `forecast_coverage` prints them for many.
/// Each is looked at from the ends of two months, all months equally often; two halves of the seeds side by side.
fn records() -> &'static [Record] {
    static RECORDS: OnceLock<Vec<Record>> = OnceLock::new();
    RECORDS.get_or_init(|| {
        let rules = shipped();
        let run = |rest: u64| -> Vec<Record> {
            let cities = SEEDS.filter(|seed| seed % 2 == rest).flat_map(|seed| HELD_OUT.map(|kind| (kind, seed)));
            let months = |seed: u64| MONTHS.filter(move |month| u64::from(*month) % 5 == seed / 2 % 5);
            cities.flat_map(|(kind, seed)| backtest(&rules, kind, seed, months(seed))).collect()
        };
        std::thread::scope(|scope| {
            let other = scope.spawn(|| run(1));
            let mut records = run(0);
            records.extend(other.join().unwrap());
            records
        })
    })
}

#[test]
fn four_of_five_outcomes_lie_in_the_band() {
    let check =
        |name: &str, choose: &dyn Fn(&Record) -> bool, covered: std::ops::RangeInclusive<f64>, tails: std::ops::RangeInclusive<f64>| {
            let sum = tally(records(), choose);
            assert!(sum.count >= 300, "{name}: {sum:?}");
            assert!(covered.contains(&sum.covered) && tails.contains(&sum.below) && tails.contains(&sum.above), "{name}: {sum:?}");
        };
    check("all", &|_| true, 75.0..=85.0, 5.0..=15.0);
    check("whole cities", &|record| record.whole_city, 72.0..=88.0, 3.0..=18.0);
    check("carriers", &|record| !record.whole_city, 75.0..=85.0, 5.0..=15.0);
    // Completions follow from what is being built: their band is wider than it would have to be.
    check("completed", &|record| record.metric == Metric::Completed, 75.0..=92.0, 1.0..=15.0);
    for metric in [Metric::Signed, Metric::Started, Metric::FixedAssets] {
        check(metric.id(), &|record| record.metric == metric, 73.0..=87.0, 3.0..=18.0);
    }
    for month in MONTHS {
        check(&format!("month {month}"), &|record| record.month == month, 73.0..=87.0, 3.0..=18.0);
    }
}

#[test]
fn errors_are_below_both_rules_of_thumb() {
    let check = |name: &str, choose: &dyn Fn(&Record) -> bool, most: f64| {
        let sum: Tally = tally(records(), choose);
        assert!(sum.error < most * sum.straight_line_error && sum.error < most * sum.last_year_error, "{name}: {sum:?}");
    };
    check("all", &|_| true, 0.9);
    check("whole cities", &|record| record.whole_city, 0.9);
    check("carriers", &|record| !record.whole_city, 0.9);
    for metric in [Metric::Started, Metric::Completed, Metric::FixedAssets] {
        check(metric.id(), &|record| record.metric == metric, 0.95);
    }
    // Ceremonies and rushes that move every year mislead whoever believes last year's seasons: of signings alone, with nothing
    // in hand to go by, the straight line errs a little less there. On the kinds with seasons that last it errs a fifth more.
    let signed = tally(records(), |record| record.metric == Metric::Signed);
    assert!(signed.error < 1.2 * signed.straight_line_error && signed.error < signed.last_year_error, "{signed:?}");
    for month in MONTHS {
        check(&format!("month {month}"), &|record| record.month == month, 1.0);
    }
}

/// A forecaster who always says how often targets are reached has a Brier score of share x (1 − share).
#[test]
fn chances_tell_more_than_the_average() {
    let reached = records().iter().filter(|record| record.target_reached).count() as f64 / records().len() as f64;
    let brier = tally(records(), |_| true).brier;
    assert!(brier < 0.6 * reached * (1.0 - reached), "{brier} against {}", reached * (1.0 - reached));
    // Said to be likely (70–95 %), targets are reached about as often.
    let likely: Vec<&Record> = records().iter().filter(|record| (0.70..0.95).contains(&record.chance)).collect();
    let kept = likely.iter().filter(|record| record.target_reached).count() as f64 / likely.len() as f64;
    assert!(likely.len() > 100 && (0.72..0.97).contains(&kept), "{kept} of {}", likely.len());
}
