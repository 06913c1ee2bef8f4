//! Stacked bars (堆叠条形图): disjoint scale bands of each carrier or chain.

mod drawing;

use serde::{Deserialize, Serialize};

use crate::scale::checked;
use crate::tone::SHADES;
use crate::{ChartError, Head, Link, Size};

const CHART: &str = "stacked bars";

/// Horizontal bars cut into the same layers (堆叠条形图), e.g. scale bands 规模档 by carrier.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Stacked {
    pub head: Head,
    /// One to six, from the lightest to the darkest shade.
    pub layers: Vec<Layer>,
    pub rows: Vec<StackedRow>,
}

/// One layer (层), e.g. `10—50亿元`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Layer {
    pub label: String,
}

/// One bar (行).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct StackedRow {
    pub name: String,
    /// Sum as the caller prints it, e.g. `46 个`.
    pub total_text: String,
    /// One per layer, in the order of the layers; zero parts draw no mark.
    pub parts: Vec<StackedPart>,
    /// Link of the row's name.
    pub link: Option<Link>,
}

/// One part of a bar (段).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct StackedPart {
    /// Zero or more.
    pub value: f64,
    /// Written inside where it fits, e.g. `12`.
    pub text: String,
    pub link: Option<Link>,
}

impl Stacked {
    /// Draws one bar a row; narrow sizes take two lines a row.
    ///
    /// # Errors
    /// [`ChartError::Value`] when a number is not finite, [`ChartError::Shape`] when a part is
    /// negative, a row has more parts than there are layers, or there are more than six layers.
    pub fn svg(&self, size: Size) -> Result<String, ChartError> {
        self.check()?;
        drawing::svg(self, size)
    }

    fn check(&self) -> Result<(), ChartError> {
        let shape = |problem: String, hint: &'static str| Err(ChartError::Shape { chart: CHART, problem, hint });
        if self.layers.len() > SHADES.len() {
            return shape(format!("{} layers", self.layers.len()), "join bands, six shades are as many as eyes can tell apart");
        }
        for row in &self.rows {
            if row.parts.len() > self.layers.len() {
                return shape(format!("{}: {} parts", row.name, row.parts.len()), "give one layer per part");
            }
            for part in &row.parts {
                if checked(CHART, &row.name, part.value)? < 0.0 {
                    return shape(format!("{}: part {} is negative", row.name, part.value), "parts count things");
                }
            }
        }
        Ok(())
    }
}
