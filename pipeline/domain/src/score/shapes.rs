//! From figures to points (指标计分): each shape of an indicator, with its derivation line.

mod compared;
mod minimum;
mod rated;

use super::figures::{FigureRow, Index};
use super::period::Period;
use super::rules::{Indicator, Level, Measured, Shape, Step};
use super::sheet::Evidence;
use super::words;
use crate::figures::completion_rate;

pub(super) use compared::Spread;

/// Figures that should stand exactly on a bound may miss it by a few ulps.
const ROUNDING_SLACK: f64 = 1e-9;

/// What is at hand while a sheet is computed.
pub(super) struct Desk<'d> {
    pub level: &'d Level,
    pub period: Period,
    pub decimals: usize,
    pub index: &'d Index<'d>,
}

/// Points for one item.
pub(super) struct Scored {
    /// `None`: not scored.
    pub points: Option<f64>,
    pub text: String,
    pub evidence: Vec<Evidence>,
}

impl Desk<'_> {
    /// Points of one carrier for one indicator. `spread` holds the ends of its group, for efficacy.
    pub fn indicator(&self, indicator: &Indicator, spread: Option<&Spread<'_>>, carrier: &str) -> Scored {
        match &indicator.shape {
            Shape::Ratio { input, cap_percent } => {
                self.by_rate(indicator, input, carrier, |rate| self.ratio(indicator, rate, *cap_percent))
            }
            Shape::FloorRatio { input, floor_percent, cap_percent } => self.by_rate(indicator, input, carrier, |rate| {
                if rate < floor_percent - ROUNDING_SLACK {
                    let words = format!("{}，低于{}%不得分", words::rate(rate), words::number(*floor_percent));
                    return (0.0, format!("{words} = {}", self.points(0.0)));
                }
                self.ratio(indicator, rate, *cap_percent)
            }),
            Shape::Steps { input, measure: Measured::Rate, rows } => self.by_rate(indicator, input, carrier, |rate| {
                let (points, reached) = self.step(rows, rate, |from| format!("{}%", words::number(from)));
                (points, format!("{}，{reached}", words::rate(rate)))
            }),
            Shape::Steps { input, measure: Measured::Done, rows } => self.by_done(indicator, input, carrier, |row| {
                let (points, reached) = self.step(rows, row.done as f64, |from| words::amount(input, from as i64));
                (points, format!("{}，{reached}", words::amount(input, row.done)))
            }),
            Shape::Efficacy { input, measure, base, span } => self.efficacy(indicator, (input, *measure), (*base, *span), spread, carrier),
            Shape::MinimumPerBand { rows } => self.minimum(indicator, rows, carrier),
            Shape::PeerRating { full, raters } => self.rated(indicator, *full, raters, carrier),
        }
    }

    fn points(&self, value: f64) -> String {
        words::points(value, self.decimals)
    }

    /// The rate up to its cap, times the weight.
    fn ratio(&self, indicator: &Indicator, rate: f64, cap: Option<f64>) -> (f64, String) {
        let counted = cap.map_or(rate, |cap| rate.min(cap));
        let points = counted / 100.0 * indicator.weight;
        let capped = if counted < rate { format!("，封顶{}%", words::number(counted)) } else { String::new() };
        (points, format!("{}{capped} × {}分 = {}", words::rate(rate), words::number(indicator.weight), self.points(points)))
    }

    fn step(&self, rows: &[Step], value: f64, name: impl Fn(f64) -> String) -> (f64, String) {
        match rows.iter().rev().find(|row| value >= row.from - ROUNDING_SLACK) {
            Some(row) => (row.points, format!("达到{}档 = {}", name(row.from), self.points(row.points))),
            None => (0.0, format!("未达最低档 = {}", self.points(0.0))),
        }
    }

    /// Scores by the completion rate, which needs a target.
    fn by_rate(&self, indicator: &Indicator, input: &str, carrier: &str, score: impl Fn(f64) -> (f64, String)) -> Scored {
        let Some(row) = self.index.row(carrier, input) else { return self.without_data(indicator) };
        let Some(rate) = completion_rate(row.done, row.target) else { return self.without_target(indicator, row) };
        let (points, words) = score(rate);
        let text = format!("{} {} → {words}", indicator.name, words::done_of_target(row));
        Scored { points: Some(points), text, evidence: vec![Evidence::of_row(row, self.period)] }
    }

    /// Scores by what was done, whether there is a target or not.
    fn by_done(&self, indicator: &Indicator, input: &str, carrier: &str, score: impl Fn(&FigureRow) -> (f64, String)) -> Scored {
        let Some(row) = self.index.row(carrier, input) else { return self.without_data(indicator) };
        let (points, words) = score(row);
        Scored { points: Some(points), text: format!("{} {words}", indicator.name), evidence: vec![Evidence::of_row(row, self.period)] }
    }

    /// "-" is neither zero nor ranked; a target of 0 has no rate either.
    fn without_target(&self, indicator: &Indicator, row: &FigureRow) -> Scored {
        let why = if row.target.is_none() { "未下达目标" } else { "本期目标为0" };
        let text = format!("{} {} → {why}，{}", indicator.name, words::done_of_target(row), self.unscored(indicator));
        Scored { points: None, text, evidence: vec![Evidence::of_row(row, self.period)] }
    }

    fn without_data(&self, indicator: &Indicator) -> Scored {
        Scored { points: None, text: format!("{} 缺数据，{}", indicator.name, self.unscored(indicator)), evidence: Vec::new() }
    }

    fn unscored(&self, indicator: &Indicator) -> String {
        use super::rules::NoTarget;
        let weight = words::number(indicator.weight);
        match self.level.no_target {
            NoTarget::Skip => format!("不计分不排名（{weight}分由其余指标折算）"),
            NoTarget::Zero => format!("不排名（{weight}分按0分计）"),
        }
    }
}
