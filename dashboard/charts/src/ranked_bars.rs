//! Ranked bars (排名条形图): carriers or chains with done, target, place, change of place and light.

mod drawing;

use serde::{Deserialize, Serialize};

use crate::scale::checked;
use crate::{ChartError, Emphasis, Head, Lamp, Link, Size, sheet};

const CHART: &str = "ranked bars";
const KIND: &str = "ranked";

/// Horizontal bars in the caller's order (排名).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct RankedBars {
    pub head: Head,
    pub measure: Measure,
    /// Dashed line across all rows, only with [`Measure::Completion`].
    pub pace: Option<PaceMark>,
    pub rows: Vec<RankedRow>,
}

/// What the length of a bar means (条长口径).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Measure {
    /// `done / target`: all rows share 0–100 % and the pace line; a row without target has no bar.
    #[default]
    Completion,
    /// `done` on a common scale, with a tick at each row's own target.
    Amount,
}

/// Where the pace says everybody should be (序时线).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct PaceMark {
    /// Share of the year's target, 0.417 for 41.7 %.
    pub share: f64,
    /// e.g. `序时 41.7%`.
    pub label: String,
}

/// One row (行): a link to what is behind it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct RankedRow {
    pub name: String,
    /// Same unit as `target`.
    pub done: f64,
    /// None: no target was set (printed by the caller as `—`), which is not zero.
    pub target: Option<f64>,
    /// e.g. `46/75 个`.
    pub done_text: String,
    /// e.g. `61.3%`; `—` when no target was set.
    pub completion_text: String,
    /// Place in the ranking; ties share it; None for rows that are not ranked.
    pub place: Option<u32>,
    /// Places won (positive, ↑) or lost (negative, ↓) since the comparison; 0 is –; None is blank.
    pub moved: Option<i32>,
    pub lamp: Option<Lamp>,
    pub emphasis: Emphasis,
    pub link: Option<Link>,
}

impl RankedBars {
    /// Draws the rows; heights follow from their number, narrow sizes take two lines a row.
    ///
    /// # Errors
    /// [`ChartError::Value`] when a number is not finite.
    pub fn svg(&self, size: Size) -> Result<String, ChartError> {
        let width = f64::from(size.width());
        if self.rows.is_empty() {
            return sheet::empty(KIND, &self.head, width, 120.0);
        }
        for row in &self.rows {
            checked(CHART, &row.name, row.done)?;
            checked(CHART, &row.name, row.target.unwrap_or(0.0))?;
        }
        if let Some(pace) = &self.pace {
            checked(CHART, "pace", pace.share)?;
        }
        drawing::svg(self, size)
    }

    /// Length of a row's bar on the scale, None when it has none.
    fn length(&self, row: &RankedRow) -> Option<f64> {
        match self.measure {
            Measure::Amount => Some(row.done.max(0.0)),
            Measure::Completion => row.target.filter(|target| *target > 0.0).map(|target| (row.done / target).clamp(0.0, 1e6)),
        }
    }

    /// The pace, where it applies.
    fn pace_line(&self) -> Option<&PaceMark> {
        self.pace.as_ref().filter(|_| self.measure == Measure::Completion)
    }
}
