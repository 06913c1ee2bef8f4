//! Where the year will end (年底预测): how likely which figure is, from this year's pace, last year's seasons and what waits.

pub mod conversion;

mod draw;
mod gamma_function;
mod level;
mod month;
mod paths;
mod pipeline;
mod refusal;
mod rules;
mod season;
mod summary;
mod words;

use chrono::{Datelike, NaiveDate};

use crate::target::Metric;
pub use conversion::{CohortLine, ConversionCurve, ConversionStep, Fate, Passage};
pub use month::MonthNumber;
pub use refusal::Refusal;
pub use rules::{Behaviour, Enough, ForecastRules, Growth, Pipeline, Seasons};
pub use words::ChanceTold;

/// What is asked: one metric of the city or of one carrier as of a day (预测的问题).
#[derive(Debug, Clone, Copy)]
pub struct Question<'q> {
    pub metric: Metric,
    /// Facts up to the end of this day are known; its year is the year forecast.
    pub as_of: NaiveDate,
    /// Projects or yuan; `None` when no target was set.
    pub target: Option<i64>,
    /// The asked metric of the asked carrier, or of the city.
    pub flow: YearFlow,
    /// The same metric of the whole city when a carrier is asked: few projects lean on its seasons and its growth.
    pub city: Option<YearFlow>,
    /// How the metric's projects came from the stage before (signed to started, started to completed).
    /// Empty for metrics without such a stage: signed and fixed assets.
    pub passages: &'q [Passage],
    /// The same seed gives the same answer, to the last yuan.
    pub seed: u64,
}

/// Month by month, January first, projects or yuan of each month alone (逐月数).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct YearFlow {
    /// The month of the as-of day holds what is known of it; later months are not read.
    pub this_year: [i64; 12],
    /// All twelve months of the year before; `None` when it was not recorded.
    pub last_year: Option<[i64; 12]>,
}

/// The year's end as it looks on the as-of day (预测结果).
#[derive(Debug, Clone, PartialEq)]
pub struct Forecast {
    /// Reached by the as-of day, projects or yuan.
    pub done: i64,
    pub year_end: Quantiles,
    /// Mean of the year-end figure, unrounded.
    pub mean: f64,
    /// Chance in percent that the target is reached, unrounded; `None` without a target.
    pub chance: Option<f64>,
    /// Months left after the as-of day, day-exact.
    pub months_left: f64,
    /// Per month that is left, what reaching the target takes; 0 once it is reached, `None` without a target.
    pub needed_per_month: Option<f64>,
    /// Per month so far this year.
    pub so_far_per_month: f64,
    /// The cumulative figure at the end of each month that is left, the current one included when it is not over.
    pub band: Vec<BandPoint>,
    pub basis: Basis,
    /// What to say about it: where it will end, and what it takes.
    pub sentences: [String; 2],
}

/// Quantiles of the year-end figure (分位数), projects or yuan, never falling from first to last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quantiles {
    pub p10: i64,
    pub p25: i64,
    pub p50: i64,
    pub p75: i64,
    pub p90: i64,
}

/// The cumulative figure at a month's end (预测带): 10 %, 50 % and 90 % quantile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BandPoint {
    /// 1 to 12.
    pub month: u32,
    pub low: i64,
    pub middle: i64,
    pub high: i64,
}

/// What a forecast rests on (推算依据).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Basis {
    /// This year's pace and last year's seasons.
    Flow,
    /// And the projects that wait in the stage before.
    FlowAndPipeline,
}

/// Forecasts the year-end figure (年底预测).
///
/// Method: the year's level follows a gamma–Poisson filter over this year's months, whose prior is last year's total
/// (and the city's growth); the seasons are last year's months shrunk towards the city's or a flat year, each month as sure
/// as it is known, and a month of unsure season teaches the level less. How much the months scatter, how much the level moves,
/// how far the seasons are from flat and how alike two years are is weighed by how well each setting would have foretold the
/// months known so far. For started and completed projects the expected rest is pooled with what the waiting projects will
/// yield by their conversion curve, the surer of the two counting more.
///
/// # Errors
/// [`Refusal`] when too little is known, or nothing is left to forecast.
pub fn forecast(question: &Question<'_>, rules: &ForecastRules) -> Result<Forecast, Refusal> {
    let calendar = Calendar::of(question.as_of);
    let last_year = refusal::usable_last_year(question, &calendar, &rules.enough)?;
    let done: i64 = question.flow.this_year[..=calendar.month0].iter().sum();
    let year = level::Year::new(question, &last_year, &calendar, rules);
    let settings = level::weigh_settings(&year);
    let mut draw = draw::Draw::of(question.seed);
    let mut paths = paths::expected_paths(&year, &settings, &mut draw, rules.draws);
    let waiting = pipeline::expected_rest(question, &year, rules, &mut draw);
    let basis = if waiting.is_some() { Basis::FlowAndPipeline } else { Basis::Flow };
    if let Some(waiting) = waiting {
        let error = rules.pipeline.error * calendar.months_left().sqrt();
        paths::pool(&mut paths, &waiting, error, &mut draw);
    }
    let ends = paths::realised(&paths, question.metric, &mut draw);
    Ok(summary::summarise(question, &calendar, done, ends, basis))
}

/// Where the as-of day stands in its year.
#[derive(Debug, Clone, Copy)]
struct Calendar {
    year: i32,
    /// 0 to 11.
    month0: usize,
    /// Share of the as-of month that is over, above 0, at most 1.
    month_over: f64,
}

impl Calendar {
    fn of(as_of: NaiveDate) -> Self {
        let days = crate::period::end_of_month(as_of).day();
        Self { year: as_of.year(), month0: as_of.month0() as usize, month_over: f64::from(as_of.day()) / f64::from(days) }
    }

    fn months_over(&self) -> f64 {
        self.month0 as f64 + self.month_over
    }

    fn months_left(&self) -> f64 {
        12.0 - self.months_over()
    }

    /// First month of which something is left.
    fn first_left(&self) -> usize {
        if self.month_over < 1.0 { self.month0 } else { self.month0 + 1 }
    }

    /// Share of a month that is over.
    fn share_over(&self, month0: usize) -> f64 {
        match month0.cmp(&self.month0) {
            std::cmp::Ordering::Less => 1.0,
            std::cmp::Ordering::Equal => self.month_over,
            std::cmp::Ordering::Greater => 0.0,
        }
    }
}
