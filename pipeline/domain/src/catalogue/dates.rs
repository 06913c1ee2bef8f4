//! Dates in the catalogue files: `"2022-01-01"` strings, and spans that end before their last date.

use chrono::NaiveDate;
use serde::{Deserialize, Deserializer, de::Error};

/// True when a span holds a day: from <= day < until.
pub fn span_holds(from: NaiveDate, until: Option<NaiveDate>, day: NaiveDate) -> bool {
    from <= day && until.is_none_or(|until| day < until)
}

/// Reads a date string; for `#[serde(deserialize_with)]`.
pub fn day<'de, D: Deserializer<'de>>(from: D) -> Result<NaiveDate, D::Error> {
    let text = String::deserialize(from)?;
    parse(&text).map_err(D::Error::custom)
}

/// Reads a date string that may be left out; needs `#[serde(default)]` beside it.
pub fn optional_day<'de, D: Deserializer<'de>>(from: D) -> Result<Option<NaiveDate>, D::Error> {
    day(from).map(Some)
}

fn parse(text: &str) -> Result<NaiveDate, String> {
    text.parse().map_err(|_| format!("not a date: {text:?}; write \"2022-01-31\""))
}
