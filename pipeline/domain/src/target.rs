//! Targets (目标任务): what was set for whom, by whom, and since when it is known.

mod entered;
mod entry;
#[cfg(test)]
pub(crate) mod fixture;
mod issuers;
mod sums;

use chrono::{Datelike, NaiveDate};

use crate::figures;
use crate::pace::MonthlyCurve;

pub use entered::{IssuedTarget, TargetSource, ends, joined, leading_of};
pub use entry::{TargetFault, TypedTarget, bearers};
pub use issuers::{leading, revisions, side_by_side, target_by};
pub use sums::{SumDifference, sum_differences};

/// What is counted or summed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Metric {
    /// 新签约项目
    Signed,
    /// 新开工项目
    Started,
    /// 新竣工项目
    Completed,
    /// 固定资产投资
    FixedAssets,
}

impl Metric {
    pub const ALL: [Metric; 4] = [Metric::Signed, Metric::Started, Metric::Completed, Metric::FixedAssets];

    /// `signed`, `started`, `completed` or `fixed_assets`.
    pub fn id(self) -> &'static str {
        match self {
            Metric::Signed => "signed",
            Metric::Started => "started",
            Metric::Completed => "completed",
            Metric::FixedAssets => "fixed_assets",
        }
    }

    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|metric| metric.id() == id)
    }

    /// The name on cards and in bulletins.
    pub fn name(self) -> &'static str {
        match self {
            Metric::Signed => "新签约项目",
            Metric::Started => "新开工项目",
            Metric::Completed => "新竣工项目",
            Metric::FixedAssets => "固定资产投资",
        }
    }
}

/// Whom a target binds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    City,
    Carrier,
    Chain,
    /// The team that serves a chain (产业链专班); its id is the chain's.
    Team,
}

impl Scope {
    pub const ALL: [Scope; 4] = [Scope::City, Scope::Carrier, Scope::Chain, Scope::Team];

    /// `city`, `carrier`, `chain` or `team`.
    pub fn id(self) -> &'static str {
        match self {
            Scope::City => "city",
            Scope::Carrier => "carrier",
            Scope::Chain => "chain",
            Scope::Team => "team",
        }
    }

    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.id() == id)
    }
}

/// What the value of a target means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TargetKind {
    /// Number of projects (个).
    Count,
    /// Yuan (元).
    Amount,
    /// Growth on the year before, in basis points: 6000 is 60 %.
    Growth,
}

impl TargetKind {
    /// `count`, `amount` or `growth`.
    pub fn id(self) -> &'static str {
        match self {
            TargetKind::Count => "count",
            TargetKind::Amount => "amount",
            TargetKind::Growth => "growth",
        }
    }

    pub fn from_id(id: &str) -> Option<Self> {
        [TargetKind::Count, TargetKind::Amount, TargetKind::Growth].into_iter().find(|kind| kind.id() == id)
    }

    /// Projects are counted, fixed assets are an amount, and either may be asked to grow.
    pub fn suits(self, metric: Metric) -> bool {
        match self {
            TargetKind::Count => metric != Metric::FixedAssets,
            TargetKind::Amount => metric == Metric::FixedAssets,
            TargetKind::Growth => true,
        }
    }
}

/// One target as it was known in a span of time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    pub year: i32,
    pub metric: Metric,
    /// The nested scale band it is set for; `None` for all sizes.
    pub band: Option<String>,
    pub scope: Scope,
    /// City, carrier or chain id; a team's is its chain's.
    pub scope_id: String,
    pub kind: TargetKind,
    /// In projects, yuan or basis points by `kind`; `None` is the "-" of a table: no target was set,
    /// which is neither zero nor ranked.
    pub value: Option<i64>,
    pub issuer: String,
    /// First day on which it is known.
    pub known_from: NaiveDate,
    /// First day on which it is known no more.
    pub known_until: Option<NaiveDate>,
    /// False for figures that are invented or assumed.
    pub documented: bool,
    pub note: String,
    /// Why it replaced an earlier one (调整原因); empty for a first one.
    pub reason: String,
    /// By when how much of it should be reached (序时进度).
    pub curve: MonthlyCurve,
}

impl Target {
    /// True when the target is known on `day`: known_from <= day < known_until.
    pub fn known_on(&self, day: NaiveDate) -> bool {
        self.known_from <= day && self.known_until.is_none_or(|until| day < until)
    }

    /// What it is a target for, whoever set it.
    pub fn key(&self) -> TargetKey<'_> {
        TargetKey {
            year: self.year,
            metric: self.metric,
            band: self.band.as_deref(),
            scope: self.scope,
            scope_id: &self.scope_id,
            kind: self.kind,
        }
    }

    /// Pace (序时进度) of this target at the end of `day` in percent, unrounded, by its own curve.
    pub fn pace_on(&self, day: NaiveDate) -> f64 {
        self.curve.on(day, self.year)
    }

    /// What should be done by the end of `day` (序时应完成), in projects or yuan, unrounded.
    /// `None` without a value, and for growth: a rate is not planned by the month.
    pub fn planned_on(&self, day: NaiveDate) -> Option<f64> {
        (self.kind != TargetKind::Growth).then_some(self.value).flatten().map(|value| figures::planned(value, self.pace_on(day)))
    }
}

/// Which target is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TargetKey<'k> {
    pub year: i32,
    pub metric: Metric,
    pub band: Option<&'k str>,
    pub scope: Scope,
    pub scope_id: &'k str,
    pub kind: TargetKind,
}

impl TargetKey<'_> {
    /// True when a target answers this key, whenever it was known.
    pub fn fits(&self, target: &Target) -> bool {
        target.year == self.year
            && target.metric == self.metric
            && target.band.as_deref() == self.band
            && target.scope == self.scope
            && target.scope_id == self.scope_id
            && target.kind == self.kind
    }
}

/// The target that answers `key` as known on `day`. `None`: no row at all; a row whose value is `None`: "-".
///
/// Where several issuers set one, the first in the order of `targets` with a value wins: a city's catalogue
/// keeps them in its issuers' order. [`target_by`] asks one issuer by name.
pub fn target_on<'t>(targets: &'t [Target], key: &TargetKey<'_>, day: NaiveDate) -> Option<&'t Target> {
    let mut known = side_by_side(targets, key, day);
    let first = known.next()?;
    Some(if first.value.is_some() { first } else { known.find(|target| target.value.is_some()).unwrap_or(first) })
}

/// The value of a target as known on `day`; `None` when none was set.
pub fn value_on(targets: &[Target], key: &TargetKey<'_>, day: NaiveDate) -> Option<i64> {
    target_on(targets, key, day)?.value
}

/// The year and day a board shows when nobody chose: the latest year with targets that has begun, and the
/// earlier of today and that year's end. Without any such year it is today's own.
pub fn board_day(target_years: &[i32], today: NaiveDate) -> (i32, NaiveDate) {
    let year = target_years.iter().copied().filter(|year| *year <= today.year()).max().unwrap_or(today.year());
    let end = NaiveDate::from_ymd_opt(year, 12, 31).unwrap_or(today);
    (year, today.min(end))
}

#[cfg(test)]
mod tests {
    use super::fixture::{KEY, day};
    use super::*;

    fn target(value: Option<i64>, from: &str, until: Option<&str>) -> Target {
        fixture::by("", value, day(from), until.map(day))
    }

    /// 45 % of 310 by the end of June is 139.5; nothing is planned of a growth or of "-".
    #[test]
    fn a_target_goes_by_its_own_curve() {
        let quarters = [5.0, 5.0, 5.0, 10.0, 10.0, 10.0, 10.0, 10.0, 10.0, 9.0, 8.0, 8.0];
        let own = Target { curve: MonthlyCurve::from_shares(&quarters).unwrap(), ..target(Some(310), "2022-01-01", None) };
        assert_eq!(own.pace_on(day("2022-06-30")), 45.0);
        assert_eq!(own.planned_on(day("2022-06-30")), Some(139.5));
        let by_twelfths = target(Some(310), "2022-01-01", None).planned_on(day("2022-06-30"));
        assert_eq!(by_twelfths.map(|planned| figures::round_half_up(planned, 6)), Some(155.0));
        assert_eq!(target(None, "2022-01-01", None).planned_on(day("2022-06-30")), None);
        assert_eq!(Target { kind: TargetKind::Growth, ..own }.planned_on(day("2022-06-30")), None);
    }

    #[test]
    fn a_change_counts_from_its_day_on() {
        let targets = [target(Some(300), "2022-01-10", Some("2022-07-01")), target(Some(310), "2022-07-01", None)];
        let check = |on: &str, expect: Option<i64>| assert_eq!(value_on(&targets, &KEY, day(on)), expect, "{on}");
        check("2022-01-09", None);
        check("2022-01-10", Some(300));
        check("2022-06-30", Some(300));
        check("2022-07-01", Some(310));
        check("2030-01-01", Some(310));
        let other_band = TargetKey { band: Some("ge10"), ..KEY };
        assert_eq!(target_on(&targets, &other_band, day("2022-05-31")), None);
    }

    #[test]
    fn ids_round_trip() {
        for metric in Metric::ALL {
            assert_eq!(Metric::from_id(metric.id()), Some(metric));
        }
        assert_eq!(TargetKind::from_id("growth"), Some(TargetKind::Growth));
        for scope in Scope::ALL {
            assert_eq!(Scope::from_id(scope.id()), Some(scope));
        }
        assert_eq!((Metric::from_id("visits"), Scope::from_id("")), (None, None));
    }
}
