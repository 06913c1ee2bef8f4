//! First report and credit (首报与成果分配): how disputes were decided, and who is credited with how much, from when until when.
//!
//! Nothing here touches the raw facts: they stay with the carrier that filed, and so does the city's total.

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, Utc};
use qunlian_domain::allocation::{Allocation, Shares};

use crate::text::vocabulary;
use crate::{Doer, RegistryError};

/// Records of arbitration and agreements on credit; both are only added to, each with its audit entry in the same
/// transaction.
pub trait CreditBooks: Send + Sync {
    /// Records how a dispute over the first report was decided.
    fn arbitrate(&self, new: &NewArbitration, by: &Doer) -> Result<Arbitration, RegistryError>;

    /// Those in which a filing is the one or the other side, oldest first.
    fn arbitrations_of(&self, filing: i64) -> Result<Vec<Arbitration>, RegistryError>;

    /// Agrees on shares; they close the agreement before them. Refused when one begins on that day or later.
    fn share_credit(&self, new: &NewShare, by: &Doer) -> Result<CreditShare, RegistryError>;

    /// Every agreement of a filing with the end that it has by now, earliest first.
    fn shares_of(&self, filing: i64) -> Result<Vec<CreditShare>, RegistryError>;

    /// Every agreement of all filings, by filing: for the lake.
    fn all_shares(&self) -> Result<Vec<CreditShare>, RegistryError>;
}

vocabulary! {
    /// How a dispute was decided (裁定结果).
    Ruling {
        /// This filing was first.
        FirstHere = "first_here", "首报归本备案";
        /// The other side was first.
        FirstElsewhere = "first_elsewhere", "首报归对方";
        /// Two projects after all.
        Separate = "separate", "两个不同项目";
        /// Both are credited; the shares are agreed apart.
        Shared = "shared", "共同引进，成果分成";
    }
}

/// Whom a filing is disputed with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OtherSide {
    /// Another filing.
    Filing(i64),
    /// A claim that is not in the books, in words.
    Outside(String),
}

/// A decision to record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewArbitration {
    pub filing: i64,
    pub other: OtherSide,
    /// Ids of the carriers concerned.
    pub parties: BTreeSet<String>,
    pub ruling: Ruling,
    pub reason: String,
}

/// A recorded decision (仲裁记录).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arbitration {
    pub id: i64,
    pub filing: i64,
    /// The filing's public number.
    pub number: String,
    pub other: OtherSide,
    /// The other filing's public number; empty for an outside claim.
    pub other_number: String,
    pub parties: BTreeSet<String>,
    /// As seen from [`Arbitration::filing`].
    pub ruling: Ruling,
    pub reason: String,
    pub by: String,
    pub on: NaiveDate,
    pub at: DateTime<Utc>,
}

/// Shares to agree on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewShare {
    pub filing: i64,
    pub allocation: Allocation,
    pub reason: String,
}

/// An agreement on credit (成果分配方案).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CreditShare {
    pub id: i64,
    pub filing: i64,
    /// Its end is the agreed one, or the beginning of the agreement that closed it.
    pub allocation: Allocation,
    pub reason: String,
    pub by: String,
    /// The business day from which it is known.
    pub on: NaiveDate,
    pub at: DateTime<Utc>,
}

/// The shares that hold on a day; the whole to the filing's own carrier while nothing is agreed.
pub fn credit_on(shares: &[CreditShare], carrier_id: &str, day: NaiveDate) -> Shares {
    let holds = shares.iter().find(|share| share.allocation.holds_on(day));
    holds.map_or_else(|| Shares::sole(carrier_id), |share| share.allocation.shares.clone())
}
