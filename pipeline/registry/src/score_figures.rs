//! Figures of the assessment that no table holds (填报数), and joint checks of fixed-asset investment (联合核查).

use chrono::{DateTime, NaiveDate, Utc};
use qunlian_domain::score::recognition::{ClaimedPart, InvestmentClaim, JointCheck, Recognition};
use qunlian_domain::score::{CheckedInvestment, Period, TypedFigure};

use crate::scores::made;
use crate::{Doer, RegistryError};

/// What people add where the product cannot count. Nothing of it is ever changed or removed.
pub trait ScoreFigureBooks: Send + Sync {
    /// Keeps figures of one unit, all of them or none; each supersedes the unit's last for the same input and period.
    /// Refused without rows or evidence; a conflict when the period is closed.
    fn type_figures(&self, new: &NewFigures, by: &Doer) -> Result<(), RegistryError>;

    /// All typed figures of a level and period, superseded ones too, in the order in which they were made.
    fn typed_figures(&self, level: &str, period: Period) -> Result<Vec<TypedRow>, RegistryError>;

    /// Keeps a joint check. Refused for a day to come, without evidence, and where what it supersedes is another
    /// carrier's or project's; a conflict when that was superseded already.
    fn keep_check(&self, new: &NewInvestmentCheck, by: &Doer) -> Result<InvestmentCheck, RegistryError>;

    /// All joint checks of a year, superseded and withdrawn ones too, in the order in which they were made.
    fn investment_checks(&self, year: i32) -> Result<Vec<InvestmentCheck>, RegistryError>;
}

/// Figures to keep: of one unit, for one period, on one piece of evidence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewFigures {
    pub level: String,
    pub period: Period,
    /// Id of the assessed unit.
    pub unit: String,
    /// Input, what was done, and the target, in things or yuan from 1 January; neither withdraws.
    pub rows: Vec<(String, Option<i64>, Option<i64>)>,
    pub evidence: String,
}

/// A typed figure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TypedRow {
    pub id: i64,
    pub unit: String,
    pub input: String,
    pub done: Option<i64>,
    pub target: Option<i64>,
    pub evidence: String,
    pub superseded: bool,
    pub by: String,
    /// The business day on which it was entered.
    pub made_on: NaiveDate,
    pub at: DateTime<Utc>,
}

/// A joint check to keep.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewInvestmentCheck {
    pub carrier_id: String,
    /// As the published tables number it.
    pub project_id: String,
    pub project: String,
    /// The day of the check, of which its period follows; the check itself may not have taken place.
    pub on: NaiveDate,
    pub claim: InvestmentClaim,
    /// What the rules of that version made of the claim.
    pub recognition: Recognition,
    pub rule_version: String,
    pub evidence: String,
    /// The check that this one corrects.
    pub supersedes: Option<i64>,
    /// Takes away what is superseded.
    pub withdrawn: bool,
}

/// A joint check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvestmentCheck {
    pub id: i64,
    pub carrier_id: String,
    pub project_id: String,
    pub project: String,
    pub on: NaiveDate,
    pub parts: Vec<ClaimedPart>,
    pub joint_check: Option<JointCheck>,
    /// In yuan.
    pub claimed_yuan: i64,
    pub recognised_yuan: i64,
    /// Why the rest does not count, in Chinese.
    pub why: String,
    pub rule_version: String,
    pub evidence: String,
    pub supersedes: Option<i64>,
    /// The check that stands in its place.
    pub superseded_by: Option<i64>,
    pub withdrawn: bool,
    pub by: String,
    /// The business day on which it was entered.
    pub made_on: NaiveDate,
    pub at: DateTime<Utc>,
}

impl TypedRow {
    /// What a sheet counts, with the login name of who typed it; `None` for what was superseded or withdrawn.
    pub fn standing(&self) -> Option<TypedFigure> {
        (!self.superseded && (self.done.is_some() || self.target.is_some())).then(|| TypedFigure {
            carrier_id: self.unit.clone(),
            input: self.input.clone(),
            done: self.done,
            target: self.target,
            made: made(&self.by, self.made_on, &self.evidence),
        })
    }
}

impl InvestmentCheck {
    /// What a sheet takes out, with the login name of who entered it; `None` for what was superseded or withdrawn.
    pub fn standing(&self) -> Option<CheckedInvestment> {
        (self.superseded_by.is_none() && !self.withdrawn).then(|| CheckedInvestment {
            carrier_id: self.carrier_id.clone(),
            project: self.project.clone(),
            on: self.on,
            refused_yuan: self.claimed_yuan - self.recognised_yuan,
            why: self.why.clone(),
            made: made(&self.by, self.made_on, &self.evidence),
        })
    }
}
