//! Forecasts against what came (回测): coverage and errors, beside two rules of thumb.

use chrono::NaiveDate;
use qunlian_domain::forecast::{Passage, Question, YearFlow, forecast};
use qunlian_domain::period::end_of_month;
use qunlian_domain::target::Metric;

use super::city::{Carrier, Kind, YEAR, simulate, sum};

/// Ends of March to October.
pub const MONTHS: std::ops::RangeInclusive<u32> = 3..=10;

/// One forecast and its outcome.
#[derive(Debug, Clone, Copy)]
pub struct Record {
    pub kind: Kind,
    pub metric: Metric,
    pub month: u32,
    pub whole_city: bool,
    /// Within the 10 % and the 90 % quantile, both included.
    pub covered: bool,
    /// Half of what stands exactly on a bound: the fair count of a band of whole numbers.
    pub covered_fairly: f64,
    pub below: bool,
    pub above: bool,
    /// Distance of the median from the outcome as a share of the outcome.
    pub error: f64,
    /// Of done ÷ share of the year that is over (按时间推算).
    pub straight_line_error: f64,
    /// Of done ÷ last year's share by the same day (按去年同期占比推算).
    pub last_year_error: f64,
    /// Of reaching last year's figure and a tenth more, 0 to 1.
    pub chance: f64,
    pub target_reached: bool,
}

/// Forecasts of the city and its two first carriers, all metrics, at the ends of some of [`MONTHS`].
pub fn backtest(kind: Kind, seed: u64, months: impl Iterator<Item = u32>) -> Vec<Record> {
    let carriers = simulate(kind, seed);
    let city = sum(&carriers);
    let mut records = Vec::new();
    for month in months {
        for metric in Metric::ALL {
            records.extend(record(kind, metric, month, &city, None, seed));
            for carrier in carriers.iter().take(2) {
                records.extend(record(kind, metric, month, carrier, Some(&city), seed));
            }
        }
    }
    records
}

/// What the forecast may see at the end of a month.
pub fn known(of: &Carrier, metric: Metric, month: u32) -> (YearFlow, Vec<Passage>) {
    let mut this_year = flow_of(of, metric, YEAR);
    this_year[month as usize..].fill(0);
    let passages = match metric {
        Metric::Started => of.signed_to_started(month),
        Metric::Completed => of.started_to_completed(month),
        Metric::Signed | Metric::FixedAssets => Vec::new(),
    };
    (YearFlow { this_year, last_year: Some(flow_of(of, metric, YEAR - 1)) }, passages)
}

fn record(kind: Kind, metric: Metric, month: u32, of: &Carrier, city: Option<&Carrier>, seed: u64) -> Option<Record> {
    let truth: i64 = flow_of(of, metric, YEAR).iter().sum();
    let (flow, passages) = known(of, metric, month);
    let last_year = flow.last_year.unwrap_or_default();
    let target = last_year.iter().sum::<i64>() * 11 / 10;
    let question = Question {
        metric,
        as_of: end_of_month(NaiveDate::from_ymd_opt(YEAR, month, 1)?),
        target: Some(target),
        flow,
        city: city.map(|city| known(city, metric, month).0),
        passages: &passages,
        seed: seed ^ u64::from(month),
    };
    let forecast = forecast(&question).ok()?;
    let (low, high) = (forecast.year_end.p10, forecast.year_end.p90);
    let done = forecast.done as f64;
    let straight_line = done / (f64::from(month) / 12.0);
    let same_time: i64 = last_year[..month as usize].iter().sum();
    let by_last_year = if same_time > 0 { done * last_year.iter().sum::<i64>() as f64 / same_time as f64 } else { straight_line };
    let error = |guess: f64| (guess - truth as f64).abs() / (truth as f64).max(1.0);
    let on_bounds = f64::from(u8::from(truth == low)) + f64::from(u8::from(truth == high));
    let covered = (low..=high).contains(&truth);
    Some(Record {
        kind,
        metric,
        month,
        whole_city: city.is_none(),
        covered,
        covered_fairly: if covered { 1.0 - 0.5 * on_bounds.min(1.0) } else { 0.0 },
        below: truth < low,
        above: truth > high,
        error: error(forecast.year_end.p50 as f64),
        straight_line_error: error(straight_line),
        last_year_error: error(by_last_year),
        chance: forecast.chance? / 100.0,
        target_reached: truth >= target,
    })
}

fn flow_of(of: &Carrier, metric: Metric, year: i32) -> [i64; 12] {
    match metric {
        Metric::Signed => of.signed(year),
        Metric::Started => of.started(year),
        Metric::Completed => of.completed(year),
        Metric::FixedAssets => of.fixed_assets(year),
    }
}

/// Averages of many records.
#[derive(Debug, Clone, Copy, Default)]
pub struct Tally {
    pub count: usize,
    /// Percent, as are all but the last.
    pub covered: f64,
    pub covered_fairly: f64,
    pub below: f64,
    pub above: f64,
    pub error: f64,
    pub straight_line_error: f64,
    pub last_year_error: f64,
    /// Mean squared error of the chance (Brier score).
    pub brier: f64,
}

/// Averages of the records chosen.
pub fn tally(records: &[Record], choose: impl Fn(&Record) -> bool) -> Tally {
    let chosen: Vec<&Record> = records.iter().filter(|record| choose(record)).collect();
    let mean = |value: &dyn Fn(&Record) -> f64| chosen.iter().map(|record| value(record)).sum::<f64>() / chosen.len().max(1) as f64;
    let share = |value: &dyn Fn(&Record) -> bool| 100.0 * mean(&|record| f64::from(u8::from(value(record))));
    Tally {
        count: chosen.len(),
        covered: share(&|record| record.covered),
        covered_fairly: 100.0 * mean(&|record| record.covered_fairly),
        below: share(&|record| record.below),
        above: share(&|record| record.above),
        error: 100.0 * mean(&|record| record.error),
        straight_line_error: 100.0 * mean(&|record| record.straight_line_error),
        last_year_error: 100.0 * mean(&|record| record.last_year_error),
        brier: mean(&|record| (record.chance - f64::from(u8::from(record.target_reached))).powi(2)),
    }
}
