//! Cumulative lines of a year against pace, target and last year (累计与序时进度).

mod drawing;

use serde::{Deserialize, Serialize};

use crate::scale::checked;
use crate::{ChartError, Head, Link, Size};

const CHART: &str = "cumulative lines";

/// Months of one year: cumulative this year, pace, target, last year, forecast (累计曲线).
///
/// All values share one unit. The horizontal position is counted in months since 1 January:
/// 5.0 is the end of May, 4.5 mid-May; curves start at (0, 0) by themselves.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct CumulativeLines {
    pub head: Head,
    /// Written over the axis, e.g. `单位:个`.
    pub unit: String,
    /// Twelve labels under the axis, e.g. `1月` … `12月`; on phones every third is kept.
    pub months: Vec<String>,
    pub this_year: Curve,
    pub last_year: Option<Curve>,
    /// Dashed line of the pace; each point is what the pace asks for by then.
    pub pace: Option<Curve>,
    pub target: Option<TargetLine>,
    pub forecast: Option<Forecast>,
    /// The month that is looked at.
    pub as_of: Option<AsOf>,
}

/// One line (曲线).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Curve {
    /// Written at the line's end, e.g. `2022年 188`.
    pub label: String,
    /// In rising order of `month`.
    pub points: Vec<CurvePoint>,
}

/// One point of a line (点). Points of this year and last year are marks, points of the pace are not.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct CurvePoint {
    /// 0.0–12.0 months since 1 January.
    pub month: f64,
    pub value: f64,
    pub link: Option<Link>,
}

/// Horizontal line of the year's target (年度目标线).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct TargetLine {
    pub value: f64,
    /// e.g. `目标 310`.
    pub label: String,
}

/// Forecast band from the as-of month to the year's end (预测带).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Forecast {
    /// e.g. `预测 402`.
    pub label: String,
    /// In rising order of `month`.
    pub points: Vec<ForecastPoint>,
}

/// Low, middle and high value of a forecast (预测区间).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ForecastPoint {
    pub month: f64,
    pub low: f64,
    pub middle: f64,
    pub high: f64,
}

/// The day that is looked at (截至日).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct AsOf {
    pub month: f64,
    /// e.g. `截至 5月31日`.
    pub label: String,
}

impl CumulativeLines {
    /// Draws the year. Without this year's and last year's points and without a target only the
    /// sentence of [`Head::empty`] is shown.
    ///
    /// # Errors
    /// [`ChartError::Value`] when a number is not finite, [`ChartError::Shape`] when months lie
    /// outside 0–12 or do not rise.
    pub fn svg(&self, size: Size) -> Result<String, ChartError> {
        self.check()?;
        drawing::svg(self, size)
    }

    /// Every curve that was given, with its name for messages.
    fn curves(&self) -> Vec<(&'static str, &Curve)> {
        let mut curves = vec![("this year", &self.this_year)];
        curves.extend(self.last_year.iter().map(|curve| ("last year", curve)));
        curves.extend(self.pace.iter().map(|curve| ("pace", curve)));
        curves
    }

    /// Every value on the vertical axis.
    fn values(&self) -> Vec<f64> {
        let mut values: Vec<f64> = self.curves().iter().flat_map(|(_, curve)| curve.points.iter().map(|point| point.value)).collect();
        values.extend(self.target.iter().map(|target| target.value));
        for point in self.forecast.iter().flat_map(|forecast| &forecast.points) {
            values.extend([point.low, point.middle, point.high]);
        }
        values
    }

    fn check(&self) -> Result<(), ChartError> {
        for value in self.values() {
            checked(CHART, "value axis", value)?;
        }
        for (name, curve) in self.curves() {
            check_months(name, curve.points.iter().map(|point| point.month))?;
        }
        if let Some(forecast) = &self.forecast {
            check_months("forecast", forecast.points.iter().map(|point| point.month))?;
        }
        check_months("as of", self.as_of.iter().map(|as_of| as_of.month))
    }
}

fn check_months(name: &str, months: impl Iterator<Item = f64>) -> Result<(), ChartError> {
    let mut before = 0.0;
    for month in months {
        if !(before..=12.0).contains(&month) {
            let problem = format!("{name}: month {month} after {before} is not in rising order within 0 to 12");
            return Err(ChartError::Shape { chart: CHART, problem, hint: "count months since 1 January: the end of May is 5.0" });
        }
        before = month;
    }
    Ok(())
}
