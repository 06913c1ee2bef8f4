//! What comes out (版本与事实): versions of a project and its recognised facts, each known from–until.

use chrono::NaiveDate;

use super::{Facts, Rank};
use crate::project::Milestone;
use crate::promise::Promise;

/// One version of a project.
#[derive(Debug, Clone, PartialEq)]
pub struct Version<'a> {
    pub facts: Facts<'a>,
    pub stage: Option<Milestone>,
    /// What was promised first, what is promised now, how often it was moved; by [`crate::promise::Promised::ALL`].
    pub promises: [Promise; 2],
    pub decided_chain: Option<String>,
    pub decided_region: Option<String>,
    pub known_from: NaiveDate,
    pub known_until: Option<NaiveDate>,
    pub source: String,
}

/// One version of a milestone or an investment of a month.
#[derive(Debug, Clone, PartialEq)]
pub struct Recognised<'a, T> {
    pub what: T,
    pub carrier: &'a str,
    pub month: NaiveDate,
    pub recognised_on: NaiveDate,
    pub revoked_on: Option<NaiveDate>,
    pub known_from: NaiveDate,
    pub known_until: Option<NaiveDate>,
    /// Of whoever stated this version.
    pub rank: Rank,
    pub source: String,
}

/// A milestone and the day it happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Happened {
    pub milestone: Milestone,
    pub on: NaiveDate,
}

/// Kind of a monthly amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum InvestmentKind {
    /// 认定固定资产投资
    FixedAssets,
    /// 到位资金
    PaidIn,
}

impl InvestmentKind {
    /// The name in tables and SQL.
    pub fn id(self) -> &'static str {
        match self {
            Self::FixedAssets => "fixed_assets",
            Self::PaidIn => "paid_in",
        }
    }

    /// The name for people.
    pub fn name(self) -> &'static str {
        match self {
            Self::FixedAssets => "固定资产投资",
            Self::PaidIn => "到位资金",
        }
    }

    /// Reads [`InvestmentKind::id`].
    pub fn from_id(id: &str) -> Option<Self> {
        [Self::FixedAssets, Self::PaidIn].into_iter().find(|kind| kind.id() == id)
    }
}

/// A monthly amount in yuan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Invested {
    pub kind: InvestmentKind,
    pub yuan: i64,
}

/// A row that could not take effect; it becomes a complaint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConflictKind {
    /// A later report states another date or carrier for a milestone that counts already: the first counts (首报).
    LaterReport,
    /// A correction of something never reported: taken as a report.
    NothingToCorrect,
    /// A revocation of something never reported: left out.
    NothingToRevoke,
    /// A workbook contradicts what the books state since an earlier day: the books stand.
    OutrankedByBooks,
}

/// A conflict and the row that caused it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conflict {
    pub kind: ConflictKind,
    pub milestone: Option<Milestone>,
    pub source: String,
}

/// Everything known of one project, with its times.
#[derive(Debug, Clone, Default)]
pub struct History<'a> {
    pub versions: Vec<Version<'a>>,
    pub milestones: Vec<Recognised<'a, Happened>>,
    pub investments: Vec<Recognised<'a, Invested>>,
    pub conflicts: Vec<Conflict>,
}
