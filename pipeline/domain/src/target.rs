//! Targets (目标任务): what was set for whom, by whom, and since when it is known.

use chrono::{Datelike, NaiveDate};

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
}

impl Scope {
    /// `city`, `carrier` or `chain`.
    pub fn id(self) -> &'static str {
        match self {
            Scope::City => "city",
            Scope::Carrier => "carrier",
            Scope::Chain => "chain",
        }
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
}

/// One target as it was known in a span of time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    pub year: i32,
    pub metric: Metric,
    /// The nested scale band it is set for; `None` for all sizes.
    pub band: Option<String>,
    pub scope: Scope,
    /// City, carrier or chain id.
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
}

impl Target {
    /// True when the target is known on `day`: known_from <= day < known_until.
    pub fn known_on(&self, day: NaiveDate) -> bool {
        self.known_from <= day && self.known_until.is_none_or(|until| day < until)
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
pub fn target_on<'t>(targets: &'t [Target], key: &TargetKey<'_>, day: NaiveDate) -> Option<&'t Target> {
    targets.iter().find(|target| key.fits(target) && target.known_on(day))
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
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn target(value: Option<i64>, from: &str, until: Option<&str>) -> Target {
        Target {
            year: 2022,
            metric: Metric::Signed,
            band: None,
            scope: Scope::City,
            scope_id: "huaibei".into(),
            kind: TargetKind::Count,
            value,
            issuer: String::new(),
            known_from: day(from),
            known_until: until.map(day),
            documented: true,
            note: String::new(),
        }
    }

    #[test]
    fn a_change_counts_from_its_day_on() {
        let targets = [target(Some(300), "2022-01-10", Some("2022-07-01")), target(Some(310), "2022-07-01", None)];
        let key =
            TargetKey { year: 2022, metric: Metric::Signed, band: None, scope: Scope::City, scope_id: "huaibei", kind: TargetKind::Count };
        let check = |on: &str, expect: Option<i64>| assert_eq!(value_on(&targets, &key, day(on)), expect, "{on}");
        check("2022-01-09", None);
        check("2022-01-10", Some(300));
        check("2022-06-30", Some(300));
        check("2022-07-01", Some(310));
        check("2030-01-01", Some(310));
        let other_band = TargetKey { band: Some("ge10"), ..key };
        assert_eq!(target_on(&targets, &other_band, day("2022-05-31")), None);
    }

    #[test]
    fn ids_round_trip() {
        for metric in Metric::ALL {
            assert_eq!(Metric::from_id(metric.id()), Some(metric));
        }
        assert_eq!(TargetKind::from_id("growth"), Some(TargetKind::Growth));
        assert_eq!(Metric::from_id("visits"), None);
    }
}
