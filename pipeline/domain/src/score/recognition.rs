//! Recognised fixed-asset investment (固定资产投资认定): what of a claim counts, and why the rest does not.

mod parts;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

pub use parts::{Part, Proof};

use crate::catalogue::DeskFault;
use crate::figures::print_count;
use crate::notice::scale_text;

/// The `[recognition]` table of `scoring-<year>.toml`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecognitionRule {
    /// False while it is an example.
    pub documented: bool,
    /// Claims whose countable part reaches this, in yuan, need a joint check (联合核查).
    pub joint_check_from: i64,
    /// Offices that must have taken part in one.
    pub joint_check_offices: usize,
    #[serde(rename = "part")]
    pub parts: Vec<PartRule>,
}

/// Whether a part counts, and what must be shown for it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PartRule {
    pub part: Part,
    pub counts: bool,
    /// All of them are needed.
    #[serde(default)]
    pub proofs: Vec<Proof>,
}

/// One part of what is claimed. Amounts are yuan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClaimedPart {
    pub part: Part,
    pub yuan: i64,
    /// What of it is fiscal money (财政资金), which never counts (domain rule 14).
    pub fiscal_yuan: i64,
    pub proofs: Vec<Proof>,
}

/// What a carrier claims for a project (申报).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct InvestmentClaim {
    pub parts: Vec<ClaimedPart>,
    pub joint_check: Option<JointCheck>,
}

/// The record of a joint check on the spot (联合核查).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JointCheck {
    pub on: NaiveDate,
    /// Offices that took part, each once: 统计局, 发改委.
    pub offices: Vec<String>,
    /// The most that they confirmed, in yuan.
    pub confirmed_yuan: i64,
}

/// What is recognised. `recognised_yuan` and all that is left out add up to `claimed_yuan`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recognition {
    pub claimed_yuan: i64,
    pub recognised_yuan: i64,
    pub left_out: Vec<LeftOut>,
}

/// An amount that does not count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftOut {
    /// `None`: of the claim as a whole.
    pub part: Option<Part>,
    pub yuan: i64,
    pub reason: Reason,
}

/// Why an amount does not count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    PartNotCounted,
    FiscalMoney,
    ProofMissing(Vec<Proof>),
    /// A check is needed; so many offices took part, none when there was no check.
    JointCheckMissing {
        offices: usize,
        needed: usize,
    },
    /// More than the joint check confirmed.
    AboveJointCheck {
        on: NaiveDate,
    },
}

/// A claim that makes no sense.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ClaimError {
    #[error("{0:?} has a negative amount\nhint: write 0 or more yuan")]
    Negative(Part),
    #[error("{0:?} has more fiscal money than money\nhint: fiscal money is a part of the amount")]
    FiscalAboveWhole(Part),
    #[error("the joint check confirmed a negative amount\nhint: write 0 or more yuan")]
    NegativeCheck,
    #[error("the amounts are too large to be added\nhint: check the unit: yuan, not 万元")]
    TooLarge,
}

impl Recognition {
    /// What was claimed and does not count, in yuan.
    pub fn refused_yuan(&self) -> i64 {
        self.claimed_yuan - self.recognised_yuan
    }

    /// Every reason in one line; empty when all counts.
    pub fn why(&self) -> String {
        self.left_out.iter().map(LeftOut::text).collect::<Vec<String>>().join("；")
    }
}

impl LeftOut {
    /// `土地价款3000万元：不计入固定资产投资`
    pub fn text(&self) -> String {
        let what = self.part.map_or("申报额中", Part::name);
        let why = match &self.reason {
            Reason::PartNotCounted => "不计入固定资产投资".to_owned(),
            Reason::FiscalMoney => "为财政资金，不计入".to_owned(),
            Reason::ProofMissing(proofs) => {
                let names: Vec<&str> = proofs.iter().map(|proof| proof.name()).collect();
                format!("缺少{}", names.join("、"))
            }
            Reason::JointCheckMissing { offices: 0, .. } => "未经联合核查".to_owned(),
            Reason::JointCheckMissing { offices, needed } => format!("联合核查仅{offices}个部门参加，应有{needed}个"),
            Reason::AboveJointCheck { on } => format!("超出{on}联合核查确认数"),
        };
        format!("{what}{}（{}元）：{why}", scale_text(self.yuan), print_count(self.yuan))
    }
}

impl RecognitionRule {
    /// What of a claim counts, in yuan, with a reason for every yuan that does not. Source: domain rules 9, 13 and 14.
    pub fn recognise(&self, claim: &InvestmentClaim) -> Result<Recognition, ClaimError> {
        let claimed_yuan = checked_total(claim)?;
        let mut left_out = Vec::new();
        let mut countable = 0;
        for claimed in &claim.parts {
            let mut leave = |yuan: i64, reason: Reason| {
                if yuan > 0 {
                    left_out.push(LeftOut { part: Some(claimed.part), yuan, reason });
                }
            };
            let Some(rule) = self.parts.iter().find(|rule| rule.part == claimed.part && rule.counts) else {
                leave(claimed.yuan, Reason::PartNotCounted);
                continue;
            };
            leave(claimed.fiscal_yuan, Reason::FiscalMoney);
            let own = claimed.yuan - claimed.fiscal_yuan;
            let missing: Vec<Proof> = rule.proofs.iter().copied().filter(|proof| !claimed.proofs.contains(proof)).collect();
            if missing.is_empty() {
                countable += own;
            } else {
                leave(own, Reason::ProofMissing(missing));
            }
        }
        let (recognised_yuan, above) = self.checked_jointly(countable, claim.joint_check.as_ref());
        left_out.extend(above);
        Ok(Recognition { claimed_yuan, recognised_yuan, left_out })
    }

    /// Checks that every part is ruled once.
    pub(super) fn check(&self) -> Result<(), DeskFault> {
        if self.joint_check_from < 0 || self.joint_check_offices == 0 || self.joint_check_offices > 20 {
            let hint = "write 0 or more yuan, and 1 to 20 offices";
            return Err(DeskFault::new("recognition", "the joint check is out of bounds".to_owned(), hint));
        }
        for part in Part::ALL {
            let rules = self.parts.iter().filter(|rule| rule.part == part).count();
            if rules != 1 {
                let problem = format!("{} is there {rules} times", part.name());
                return Err(DeskFault::new("recognition", problem, "write land, works, equipment and other once each"));
            }
        }
        match self.parts.iter().find(|rule| rule.part == Part::Land && rule.counts) {
            Some(_) => Err(DeskFault::new("recognition", "the price of land counts".to_owned(), "write counts = false for land")),
            None => Ok(()),
        }
    }

    /// A check that was held bounds what counts, whether it was needed or not.
    fn checked_jointly(&self, countable: i64, check: Option<&JointCheck>) -> (i64, Option<LeftOut>) {
        let offices = check.map_or(0, |check| distinct(&check.offices));
        let sound = check.filter(|_| offices >= self.joint_check_offices);
        let (recognised, reason) = match sound {
            Some(check) => (countable.min(check.confirmed_yuan), Reason::AboveJointCheck { on: check.on }),
            None if countable >= self.joint_check_from => (0, Reason::JointCheckMissing { offices, needed: self.joint_check_offices }),
            None => return (countable, None),
        };
        let yuan = countable - recognised;
        (recognised, (yuan > 0).then_some(LeftOut { part: None, yuan, reason }))
    }
}

fn distinct(offices: &[String]) -> usize {
    offices.iter().enumerate().filter(|(at, office)| !office.trim().is_empty() && !offices[..*at].contains(office)).count()
}

fn checked_total(claim: &InvestmentClaim) -> Result<i64, ClaimError> {
    let mut total = 0i64;
    for claimed in &claim.parts {
        if claimed.yuan < 0 || claimed.fiscal_yuan < 0 {
            return Err(ClaimError::Negative(claimed.part));
        }
        if claimed.fiscal_yuan > claimed.yuan {
            return Err(ClaimError::FiscalAboveWhole(claimed.part));
        }
        total = total.checked_add(claimed.yuan).ok_or(ClaimError::TooLarge)?;
    }
    if claim.joint_check.as_ref().is_some_and(|check| check.confirmed_yuan < 0) {
        return Err(ClaimError::NegativeCheck);
    }
    Ok(total)
}
