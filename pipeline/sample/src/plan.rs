//! What the sample is going to say (计划): every project's life and every oddity, before a single cell is written.

mod amounts;
mod changes;
mod extras;
mod fixed_assets;
mod lives;
mod oddities;
mod promises;
mod signings;
mod work;

use std::collections::BTreeSet;

use chrono::{Days, NaiveDate};

use crate::calendar::Month;
use crate::change::Change;
use crate::error::SampleError;
use crate::investors::{Investor, Registry};
use crate::places::Place;

pub use extras::Extra;
pub use oddities::{CellOddity, Oddities, Severity, headline};
pub use work::Work;

/// What a sheet is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SheetKind {
    Signed,
    Started,
    Completed,
    FixedAssets,
}

/// A milestone as first reported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fact {
    /// The month in whose workbook it stands.
    pub month: Month,
    pub happened: NaiveDate,
    /// The row's own 认定日期, or the workbook's last day.
    pub recognised: NaiveDate,
    /// The month whose workbook revokes it.
    pub revoked_in: Option<Month>,
}

impl Fact {
    /// The day from which it counts no more.
    pub fn revoked_on(&self) -> Option<NaiveDate> {
        self.revoked_in.map(Month::last)
    }
}

/// A project as first reported; corrections stand apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Project {
    /// Position in [`Plan::projects`].
    pub number: usize,
    /// Position in `carriers::CARRIERS`.
    pub carrier: usize,
    pub work: Work,
    pub investor: Investor,
    /// Agreed investment (协议投资额), yuan. For an amount in dollars, at a nominal rate, for its band only.
    pub agreed_yuan: i64,
    /// Ten thousands of US dollars, when the contract is in dollars.
    pub dollars_wan: Option<i64>,
    pub planned_fixed_yuan: i64,
    /// None for projects signed before 2021, which the sample first meets when they start or build.
    pub signed: Option<Fact>,
    pub started: Option<Fact>,
    pub completed: Option<Fact>,
    /// 投产时间 in the row of completion.
    pub in_production: Option<NaiveDate>,
    /// Taken by a correction, revocation or oddity that wants a project without later rows.
    pub reserved: bool,
    /// Began building before 2021.
    pub building_since_before: bool,
}

/// Recognised fixed assets of one project and month, as first reported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FixedAmount {
    pub project: usize,
    pub month: Month,
    /// 万元
    pub wan: i64,
}

/// How a correction reaches the city.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bearer {
    /// A row of a later month's workbook.
    Workbook(Month),
    /// A file of its own with its own 截至日期.
    OwnFile(NaiveDate),
}

impl Bearer {
    /// The day from which it is known.
    pub fn known_from(self) -> NaiveDate {
        match self {
            Self::Workbook(month) => month.last(),
            Self::OwnFile(day) => day,
        }
    }
}

/// What a correction puts right; the value is the one after.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Corrected {
    /// Yuan.
    Agreed(i64),
    SignedOn(NaiveDate),
    /// New name and content; the row names the old one (原项目名称).
    Renamed(Box<Work>),
    /// 万元 of a month.
    Fixed(Month, i64),
}

/// A row with 更正类型 = 更正.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Correction {
    pub project: usize,
    pub bearer: Bearer,
    pub corrected: Corrected,
}

/// Everything that will be written.
#[derive(Debug, Clone, Default)]
pub struct Plan {
    pub seed: u64,
    pub projects: Vec<Project>,
    pub fixed: Vec<FixedAmount>,
    pub corrections: Vec<Correction>,
    pub oddities: Oddities,
    /// Signings that count on 2022-05-31, recognised January to May 2022: what `Change` counts by.
    pub signings_2022: Vec<usize>,
}

impl Plan {
    /// The plan of a seed, with changes applied one after the other.
    pub fn new(seed: u64, changes: &[Change]) -> Result<Self, SampleError> {
        let mut makers = Makers::default();
        let mut plan = Self { seed, ..Self::default() };
        signings::add(&mut plan, &mut makers);
        signings::reserve(&mut plan);
        lives::add(&mut plan, &mut makers);
        amounts::set(&mut plan);
        fixed_assets::add(&mut plan);
        oddities::add(&mut plan, &mut makers);
        promises::add_oddities(&mut plan);
        plan.signings_2022 = plan.counting_signings_of_2022();
        for change in changes {
            changes::apply(&mut plan, &mut makers, change)?;
        }
        Ok(plan)
    }

    /// The name, content and codes of a project as the carrier writes them on a day.
    pub fn work_on(&self, project: usize, day: NaiveDate) -> &Work {
        let renamed = self.corrections_of(project, day).filter_map(|correction| match &correction.corrected {
            Corrected::Renamed(work) => Some(work.as_ref()),
            _ => None,
        });
        renamed.last().unwrap_or(&self.projects[project].work)
    }

    /// The agreed investment as known on a day, yuan.
    pub fn agreed_on(&self, project: usize, day: NaiveDate) -> i64 {
        let corrected = self.corrections_of(project, day).filter_map(|correction| match correction.corrected {
            Corrected::Agreed(yuan) => Some(yuan),
            _ => None,
        });
        corrected.last().unwrap_or(self.projects[project].agreed_yuan)
    }

    /// The day of signing as known on a day.
    pub fn signed_on(&self, project: usize, day: NaiveDate) -> Option<NaiveDate> {
        let signed = self.projects[project].signed?;
        let corrected = self.corrections_of(project, day).filter_map(|correction| match correction.corrected {
            Corrected::SignedOn(happened) => Some(happened),
            _ => None,
        });
        corrected.last().or(Some(signed.happened))
    }

    /// The day of the start as the row states it: before the signing where that oddity was planned.
    pub fn started_on(&self, project: usize) -> Option<NaiveDate> {
        let started = self.projects[project].started?;
        let early = self.oddities.of(project, SheetKind::Started).any(|oddity| oddity == CellOddity::StartBeforeSigning);
        let signed = self.projects[project].signed.filter(|_| early);
        Some(signed.map_or(started.happened, |signed| signed.happened - Days::new(40)))
    }

    /// A month's fixed assets as known on a day, 万元.
    pub fn fixed_on(&self, amount: &FixedAmount, day: NaiveDate) -> i64 {
        let corrected = self.corrections_of(amount.project, day).filter_map(|correction| match correction.corrected {
            Corrected::Fixed(month, wan) if month == amount.month => Some(wan),
            _ => None,
        });
        corrected.last().unwrap_or(amount.wan)
    }

    fn corrections_of(&self, project: usize, day: NaiveDate) -> impl Iterator<Item = &Correction> {
        self.corrections.iter().filter(move |correction| correction.project == project && correction.bearer.known_from() <= day)
    }

    fn counting_signings_of_2022(&self) -> Vec<usize> {
        let counts =
            |project: &&Project| project.signed.is_some_and(|signed| signed.month >= Month::FIRST_OF_2022 && signed.revoked_in.is_none());
        self.projects.iter().filter(counts).map(|project| project.number).collect()
    }
}

/// What keeps names and codes from repeating while the plan is made.
#[derive(Debug, Default)]
pub(crate) struct Makers {
    pub registry: Registry,
    pub names: BTreeSet<String>,
    /// Places waiting for older projects.
    pub places: Vec<Place>,
}

#[cfg(test)]
mod tests;
