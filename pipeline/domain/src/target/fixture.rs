//! Targets that tests begin with (目标样例): the city's signings of 2022.

use chrono::NaiveDate;

use super::{Metric, Scope, Target, TargetKey, TargetKind};
use crate::pace::MonthlyCurve;

/// Of what all these targets are, unless a test says otherwise.
pub(crate) const KEY: TargetKey<'static> =
    TargetKey { year: 2022, metric: Metric::Signed, band: None, scope: Scope::City, scope_id: "huaibei", kind: TargetKind::Count };

pub(crate) fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// Known since the year began, set by nobody in particular, by twelfths.
pub(crate) fn target(value: Option<i64>) -> Target {
    Target {
        year: KEY.year,
        metric: KEY.metric,
        band: None,
        scope: KEY.scope,
        scope_id: KEY.scope_id.into(),
        kind: KEY.kind,
        value,
        issuer: String::new(),
        known_from: day("2022-01-01"),
        known_until: None,
        documented: true,
        note: String::new(),
        reason: String::new(),
        curve: MonthlyCurve::linear(),
    }
}

/// An issuer's, from one day to before another.
pub(crate) fn by(issuer: &str, value: Option<i64>, known_from: NaiveDate, known_until: Option<NaiveDate>) -> Target {
    Target { issuer: issuer.into(), known_from, known_until, ..target(value) }
}
