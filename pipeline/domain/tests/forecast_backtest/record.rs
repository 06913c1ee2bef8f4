//! Forecasts against what came (回测): coverage and errors, beside two rules of thumb.

use chrono::NaiveDate;
use qunlian_domain::forecast::{ForecastRules, Passage, Question, YearFlow, forecast};
use qunlian_domain::period::end_of_month;
use qunlian_domain::target::Metric;

use super::city::{Carrier, YEAR, simulate, sum};
use super::truth::Kind;

/// Ends of February to November.
pub const MONTHS: std::ops::RangeInclusive<u32> = 2..=11;

/// One forecast and its outcome.
#[derive(Debug, Clone, Copy)]
pub struct Record {
    pub kind: Kind,
    pub metric: Metric,
    pub month: u32,
    pub whole_city: bool,
    /// Below the 10 % quantile.
    pub below: bool,
    /// Above the 90 % quantile.
    pub above: bool,
    /// Between the quartiles, both included.
    pub in_half: bool,
    /// Distance of the median from the outcome as a share of the middle of the outcome and last year's figure, so that an
    /// outcome of next to nothing does not count a thousandfold.
    pub error: f64,
    /// Of done ÷ share of the year that is over (按时间推算).
    pub straight_line_error: f64,
    /// Of done ÷ last year's share by the same day (按去年同期占比推算).
    pub last_year_error: f64,
    /// Of reaching last year's figure and a tenth more, 0 to 1.
    pub chance: f64,
    pub target_reached: bool,
}

/// The shipped assumptions.
pub fn shipped() -> ForecastRules {
    toml::from_str(include_str!("../../../../data/cities/huaibei/forecast.toml")).unwrap_or_else(|error| panic!("forecast.toml: {error}"))
}

/// Forecasts of the city and its two first carriers, all metrics, at the ends of some of [`MONTHS`].
pub fn backtest(rules: &ForecastRules, kind: Kind, seed: u64, months: impl Iterator<Item = u32>) -> Vec<Record> {
    let carriers = simulate(kind, seed);
    let city = sum(&carriers);
    let mut records = Vec::new();
    for month in months {
        for metric in Metric::ALL {
            records.extend(record(rules, kind, metric, month, &city, None, seed));
            for carrier in carriers.iter().take(2) {
                records.extend(record(rules, kind, metric, month, carrier, Some(&city), seed));
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

#[allow(clippy::too_many_arguments, reason = "what is forecast and by which rules")]
fn record(
    rules: &ForecastRules,
    kind: Kind,
    metric: Metric,
    month: u32,
    of: &Carrier,
    city: Option<&Carrier>,
    seed: u64,
) -> Option<Record> {
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
    let forecast = forecast(&question, rules).ok()?;
    let ends = forecast.year_end;
    let done = forecast.done as f64;
    let straight_line = done / (f64::from(month) / 12.0);
    let same_time: i64 = last_year[..month as usize].iter().sum();
    let by_last_year = if same_time > 0 { done * last_year.iter().sum::<i64>() as f64 / same_time as f64 } else { straight_line };
    let middle = (truth + last_year.iter().sum::<i64>()) as f64 / 2.0;
    let error = |guess: f64| (guess - truth as f64).abs() / middle.max(1.0);
    Some(Record {
        kind,
        metric,
        month,
        whole_city: city.is_none(),
        below: truth < ends.p10,
        above: truth > ends.p90,
        in_half: (ends.p25..=ends.p75).contains(&truth),
        error: error(ends.p50 as f64),
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
    pub below: f64,
    pub above: f64,
    pub in_half: f64,
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
    let (below, above) = (share(&|record| record.below), share(&|record| record.above));
    Tally {
        count: chosen.len(),
        covered: 100.0 - below - above,
        below,
        above,
        in_half: share(&|record| record.in_half),
        error: 100.0 * mean(&|record| record.error),
        straight_line_error: 100.0 * mean(&|record| record.straight_line_error),
        last_year_error: 100.0 * mean(&|record| record.last_year_error),
        brier: mean(&|record| (record.chance - f64::from(u8::from(record.target_reached))).powi(2)),
    }
}
