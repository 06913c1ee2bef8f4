//! Lights month by month (亮灯历史): one row per carrier, one cell per month, each with shape, colour and letter.

mod drawing;

use serde::{Deserialize, Serialize};

use crate::{ChartError, Emphasis, Head, Light, Link, Size};

const CHART: &str = "light strip";

/// The lights of a year, row by row (亮灯历史).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct LightStrip {
    pub head: Head,
    /// Labels under the cells, e.g. `1月` … `12月`; thinned out when they do not fit.
    pub months: Vec<String>,
    pub rows: Vec<StripRow>,
}

/// One strip (行).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct StripRow {
    pub name: String,
    pub emphasis: Emphasis,
    /// The first months, in order; months without a cell have not come yet.
    pub cells: Vec<StripCell>,
}

/// One lamp (灯).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct StripCell {
    pub light: Light,
    /// Stands beside the shape, e.g. `绿`, `黄`, `红`, `红↑` when escalated, `—` without a target.
    pub letter: String,
    pub link: Option<Link>,
}

impl LightStrip {
    /// Draws the strips; on a phone each name stands over its cells.
    ///
    /// # Errors
    /// [`ChartError::Shape`] when a row has more cells than there are months.
    pub fn svg(&self, size: Size) -> Result<String, ChartError> {
        for row in &self.rows {
            if row.cells.len() > self.months.len() {
                let problem = format!("{}: {} cells, {} months", row.name, row.cells.len(), self.months.len());
                return Err(ChartError::Shape { chart: CHART, problem, hint: "give one label per month" });
            }
        }
        drawing::svg(self, size)
    }
}
