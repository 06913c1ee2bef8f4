//! Lines over any categories (折线图): months, days or names, one to six series.

mod drawing;

use serde::{Deserialize, Serialize};

use crate::scale::checked;
use crate::{ChartError, Head, Link, Size, Tone};

const CHART: &str = "trend lines";

/// Colours and dashes of the series in their order: neighbours differ in more than a shade.
const TONES: [Tone; 6] = [Tone::Accent, Tone::Muted, Tone::Pace, Tone::Shade5, Tone::Forecast, Tone::Shade1];

/// Lines over shared categories (折线图).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct TrendLines {
    pub head: Head,
    /// Written over the axis, e.g. `单位:亿元`.
    pub unit: String,
    /// Labels under the axis, in their order; thinned out when they do not fit.
    pub categories: Vec<String>,
    /// One to six; each is named at the right end of its line.
    pub series: Vec<TrendSeries>,
}

/// One line (系列).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct TrendSeries {
    pub label: String,
    /// One per category, in order; the line is broken where there is none. May be shorter.
    pub points: Vec<Option<TrendPoint>>,
}

/// One point (点).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct TrendPoint {
    pub value: f64,
    /// As its tooltip says it, e.g. `1,204`.
    pub text: String,
    pub link: Option<Link>,
}

impl TrendLines {
    /// Draws the lines.
    ///
    /// # Errors
    /// [`ChartError::Value`] when a number is not finite, [`ChartError::Shape`] when there are more than six series or a
    /// series is longer than the categories.
    pub fn svg(&self, size: Size) -> Result<String, ChartError> {
        self.check()?;
        drawing::svg(self, size)
    }

    /// Every known point with its series and category.
    fn points(&self) -> impl Iterator<Item = (usize, usize, &TrendPoint)> {
        self.series.iter().enumerate().flat_map(|(series, of)| {
            let known = of.points.iter().enumerate();
            known.filter_map(move |(category, point)| point.as_ref().map(|point| (series, category, point)))
        })
    }

    fn check(&self) -> Result<(), ChartError> {
        let shape = |problem: String, hint: &'static str| Err(ChartError::Shape { chart: CHART, problem, hint });
        if self.series.len() > TONES.len() {
            return shape(format!("{} series", self.series.len()), "six lines are as many as eyes can follow");
        }
        for series in &self.series {
            if series.points.len() > self.categories.len() {
                let problem = format!("{}: {} points", series.label, series.points.len());
                return shape(problem, "give one category per point");
            }
        }
        for (series, category, point) in self.points() {
            checked(CHART, &format!("series {}, {}", series + 1, self.categories[category]), point.value)?;
        }
        Ok(())
    }
}
