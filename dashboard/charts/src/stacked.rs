//! Stacked bars (堆叠条形图): disjoint scale bands of each carrier or chain.

use serde::{Deserialize, Serialize};

use crate::{ChartError, Head, Link};

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
