//! Year-to-date figures as known on a day (截至某日): domain rule 3 applied to the plan.

use chrono::{Datelike, NaiveDate};
use serde::Serialize;

use crate::plan::{Fact, Plan, Project, SheetKind};

/// The figures of a year's first months, as known on a day of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct KnownOn {
    #[serde(serialize_with = "super::iso::day")]
    pub day: NaiveDate,
    pub signed: u32,
    pub started: u32,
    pub completed: u32,
    pub fixed_yuan: i64,
    /// Of the signed ones, by agreed investment; the bands nest.
    pub bands: BandCounts,
    /// The same figures up to the same day a year earlier, as known on `day`.
    pub last_year: LastYear,
}

/// Signings of at least so much, 亿元.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct BandCounts {
    pub ge1: u32,
    pub ge5: u32,
    pub ge10: u32,
    pub ge50: u32,
    pub ge100: u32,
}

/// The same span of the year before.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct LastYear {
    pub signed: u32,
    pub started: u32,
    pub completed: u32,
    pub fixed_yuan: i64,
}

/// The figures of the year of `day` as known on it.
pub(super) fn known_on(plan: &Plan, day: NaiveDate) -> KnownOn {
    let year_ago = day.with_year(day.year() - 1).unwrap_or(day);
    let count = |kind: SheetKind, until: NaiveDate| plan.projects.iter().filter(|project| counts(project, kind, until, day)).count() as u32;
    KnownOn {
        day,
        signed: count(SheetKind::Signed, day),
        started: count(SheetKind::Started, day),
        completed: count(SheetKind::Completed, day),
        fixed_yuan: fixed(plan, day, day),
        bands: bands(plan, day),
        last_year: LastYear {
            signed: count(SheetKind::Signed, year_ago),
            started: count(SheetKind::Started, year_ago),
            completed: count(SheetKind::Completed, year_ago),
            fixed_yuan: fixed(plan, year_ago, day),
        },
    }
}

/// True when a milestone was recognised in the year of `until`, by `until`, and stands on `day`.
pub(super) fn counts(project: &Project, kind: SheetKind, until: NaiveDate, day: NaiveDate) -> bool {
    let Some(fact) = fact_of(project, kind) else { return false };
    let stands = fact.revoked_on().is_none_or(|revoked| revoked > day);
    fact.recognised.year() == until.year() && fact.recognised <= until && fact.recognised <= day && stands
}

pub(super) fn fact_of(project: &Project, kind: SheetKind) -> Option<Fact> {
    match kind {
        SheetKind::Signed => project.signed,
        SheetKind::Started => project.started,
        SheetKind::Completed => project.completed,
        SheetKind::FixedAssets => None,
    }
}

fn fixed(plan: &Plan, until: NaiveDate, day: NaiveDate) -> i64 {
    let within = |month: NaiveDate| month.year() == until.year() && month <= until && month <= day;
    plan.fixed.iter().filter(|amount| within(amount.month.last())).map(|amount| plan.fixed_on(amount, day) * 10_000).sum()
}

fn bands(plan: &Plan, day: NaiveDate) -> BandCounts {
    const YI: i64 = 100_000_000;
    let mut bands = BandCounts::default();
    for project in plan.projects.iter().filter(|project| counts(project, SheetKind::Signed, day, day)) {
        let yuan = plan.agreed_on(project.number, day);
        bands.ge1 += u32::from(yuan >= YI);
        bands.ge5 += u32::from(yuan >= 5 * YI);
        bands.ge10 += u32::from(yuan >= 10 * YI);
        bands.ge50 += u32::from(yuan >= 50 * YI);
        bands.ge100 += u32::from(yuan >= 100 * YI);
    }
    bands
}
