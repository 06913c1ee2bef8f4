//! What a `targets-<year>.toml` may say, as it is written.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::Deserialize;

use super::super::dates;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::catalogue) struct TargetsFile {
    pub(super) year: i32,
    /// Of rows that name none.
    pub(super) issuer: String,
    /// All issuers, the one whose targets lead first; left out where there is only one.
    #[serde(default)]
    pub(super) issuers: Vec<String>,
    #[serde(deserialize_with = "dates::day")]
    pub(super) known_from: NaiveDate,
    /// Metric to its twelve monthly shares in percent; a metric left out goes by twelfths.
    #[serde(default)]
    pub(super) pace: BTreeMap<String, Vec<f64>>,
    #[serde(default)]
    pub(super) city: Vec<CityRow>,
    #[serde(default)]
    pub(super) carriers: Vec<SharesRow>,
    #[serde(default)]
    pub(super) chains: Vec<SharesRow>,
    /// Teams of chains (产业链专班), each by its chain's id.
    #[serde(default)]
    pub(super) teams: Vec<SharesRow>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CityRow {
    metric: String,
    #[serde(default)]
    band: Option<String>,
    kind: String,
    pub(super) value: Value,
    #[serde(default)]
    issuer: Option<String>,
    #[serde(default)]
    pace: Option<Vec<f64>>,
    #[serde(default, deserialize_with = "dates::optional_day")]
    known_from: Option<NaiveDate>,
    #[serde(default, deserialize_with = "dates::optional_day")]
    known_until: Option<NaiveDate>,
    #[serde(default)]
    reason: String,
    #[serde(default = "yes")]
    documented: bool,
    #[serde(default)]
    note: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SharesRow {
    metric: String,
    #[serde(default)]
    band: Option<String>,
    kind: String,
    /// Carrier or chain id to its value.
    pub(super) values: BTreeMap<String, Value>,
    #[serde(default)]
    issuer: Option<String>,
    #[serde(default)]
    pace: Option<Vec<f64>>,
    #[serde(default, deserialize_with = "dates::optional_day")]
    known_from: Option<NaiveDate>,
    #[serde(default, deserialize_with = "dates::optional_day")]
    known_until: Option<NaiveDate>,
    #[serde(default)]
    reason: String,
    #[serde(default = "yes")]
    documented: bool,
    #[serde(default)]
    note: String,
}

/// A number, or "-" for a target that was not set.
#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum Value {
    Number(i64),
    Mark(String),
}

fn yes() -> bool {
    true
}

/// What city rows and rows of shares have in common.
pub(super) struct Heading<'f> {
    pub(super) metric: &'f str,
    pub(super) band: Option<&'f str>,
    pub(super) kind: &'f str,
    pub(super) issuer: Option<&'f str>,
    pub(super) pace: Option<&'f [f64]>,
    pub(super) known_from: Option<NaiveDate>,
    pub(super) known_until: Option<NaiveDate>,
    pub(super) reason: &'f str,
    pub(super) documented: bool,
    pub(super) note: &'f str,
}

/// serde refuses unknown keys only of rows that are written out, so the two kinds of rows repeat them.
macro_rules! heading_of {
    ($row:ident) => {
        impl $row {
            pub(super) fn heading(&self) -> Heading<'_> {
                Heading {
                    metric: &self.metric,
                    band: self.band.as_deref(),
                    kind: &self.kind,
                    issuer: self.issuer.as_deref(),
                    pace: self.pace.as_deref(),
                    known_from: self.known_from,
                    known_until: self.known_until,
                    reason: self.reason.trim(),
                    documented: self.documented,
                    note: &self.note,
                }
            }
        }
    };
}

heading_of!(CityRow);
heading_of!(SharesRow);
