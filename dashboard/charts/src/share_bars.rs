//! Shares of a whole (占比图): source regions as rows or as one strip.

mod rows;
mod strip;

use serde::{Deserialize, Serialize};

use crate::scale::checked;
use crate::tone::SHADES;
use crate::{ChartError, Emphasis, Head, Link, Size, sheet};

const CHART: &str = "share bars";
const KIND: &str = "shares";

/// Parts of one whole (占比).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ShareBars {
    pub head: Head,
    pub form: ShareForm,
    pub rows: Vec<ShareRow>,
}

/// Shape of the shares (占比图样式).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ShareForm {
    /// One bar per row; rows may overlap (沪苏浙 and 五省市), so shares need not sum to 100 %.
    #[default]
    Rows,
    /// One strip cut into at most six parts that sum to the whole, with a key below.
    Strip,
}

/// One part (部分).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ShareRow {
    pub name: String,
    /// Share of the whole, 0.0–1.0.
    pub share: f64,
    /// e.g. `60.1%`.
    pub share_text: String,
    /// e.g. `113 个`; may be empty.
    pub value_text: String,
    pub emphasis: Emphasis,
    pub link: Option<Link>,
}

impl ShareBars {
    /// Draws the shares as rows or as a strip.
    ///
    /// # Errors
    /// [`ChartError::Value`] when a share is not finite, [`ChartError::Shape`] when a share is
    /// negative or a strip has more than six parts.
    pub fn svg(&self, size: Size) -> Result<String, ChartError> {
        let width = f64::from(size.width());
        for row in &self.rows {
            if checked(CHART, &row.name, row.share)? < 0.0 {
                let problem = format!("{}: share {} is negative", row.name, row.share);
                return Err(ChartError::Shape { chart: CHART, problem, hint: "shares lie between 0 and 1" });
            }
        }
        let nothing = self.rows.iter().all(|row| row.share == 0.0);
        match self.form {
            _ if self.rows.is_empty() => sheet::empty(KIND, &self.head, width, 120.0),
            ShareForm::Rows => rows::svg(self, size),
            ShareForm::Strip if self.rows.len() > SHADES.len() => Err(ChartError::Shape {
                chart: CHART,
                problem: format!("{} parts in one strip", self.rows.len()),
                hint: "join the smallest parts, six shades are as many as eyes can tell apart",
            }),
            ShareForm::Strip if nothing => sheet::empty(KIND, &self.head, width, 120.0),
            ShareForm::Strip => strip::svg(self, size),
        }
    }
}
