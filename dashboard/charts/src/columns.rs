//! Columns by month (柱状图): one to three series side by side.

use serde::{Deserialize, Serialize};

use crate::{ChartError, Head, Link, Tone};

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
