//! Columns by month (柱状图): one to three series side by side.

mod drawing;

use serde::{Deserialize, Serialize};

use crate::scale::checked;
use crate::{ChartError, Head, Link, Size, Tone};

const CHART: &str = "columns";

/// Vertical bars over shared categories (柱状图).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Columns {
    pub head: Head,
    /// Written over the axis, e.g. `单位:亿元`.
    pub unit: String,
    /// Labels under the axis, e.g. `1月` …; thinned out when they do not fit.
    pub categories: Vec<String>,
    /// One to three.
    pub series: Vec<ColumnSeries>,
}

/// One series (系列).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ColumnSeries {
    /// e.g. `2022年`; the key is shown when there are two series or more.
    pub label: String,
    pub tone: Tone,
    /// One per category, in order; None where there is no value yet. May be shorter.
    pub values: Vec<Option<Column>>,
}

/// One column (柱).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Column {
    pub value: f64,
    /// Written above the column where there is room, e.g. `52`.
    pub text: String,
    pub link: Option<Link>,
}

impl Columns {
    /// Draws the columns; heights stay the same for any number of categories.
    ///
    /// # Errors
    /// [`ChartError::Value`] when a number is not finite, [`ChartError::Shape`] when there are more
    /// than three series or a series is longer than the categories.
    pub fn svg(&self, size: Size) -> Result<String, ChartError> {
        self.check()?;
        drawing::svg(self, size)
    }

    /// Every column with its series and category.
    fn columns(&self) -> impl Iterator<Item = (usize, usize, &Column)> {
        self.series.iter().enumerate().flat_map(|(series_place, series)| {
            let known = series.values.iter().enumerate();
            known.filter_map(move |(category, value)| value.as_ref().map(|column| (series_place, category, column)))
        })
    }

    fn check(&self) -> Result<(), ChartError> {
        let shape = |problem: String, hint: &'static str| Err(ChartError::Shape { chart: CHART, problem, hint });
        if self.series.len() > 3 {
            return shape(format!("{} series", self.series.len()), "three side by side are as many as one can read");
        }
        for series in &self.series {
            if series.values.len() > self.categories.len() {
                let problem = format!("{}: {} values", series.label, series.values.len());
                return shape(problem, "give one category per value");
            }
        }
        for (series, category, column) in self.columns() {
            checked(CHART, &format!("series {}, {}", series + 1, self.categories[category]), column.value)?;
        }
        Ok(())
    }
}
