//! Is a new project one we already know (重复申报)? Same keys, a likeness of names and investors, other phases.
//!
//! Source: domain rules 12 and 14. The first report wins: unified social credit code and project are the key, and
//! beside it stands a fuzzy check that only warns. A later phase inside the same contract is no duplicate and no new
//! signing either: it is shown as what it is.

mod essence;
mod first_report;
mod index;
mod likeness;

use chrono::NaiveDate;

pub use essence::{Noise, Phase};
pub use first_report::{FirstReport, Report, first_report};
pub use index::DuplicateIndex;

/// A project that is already in the books.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// The books' id; unique in an index.
    pub id: String,
    pub name: String,
    /// 投资方; empty when unknown.
    pub investor: String,
    /// As typed; a wrong one counts as none.
    pub credit_code: String,
    /// 协议投资额, in yuan.
    pub agreed_yuan: Option<i64>,
    pub carrier_id: String,
    /// Day of its first report (首报).
    pub reported_on: NaiveDate,
}

/// A project that somebody is about to file.
#[derive(Debug, Clone, Copy, Default)]
pub struct Candidate<'c> {
    /// The id under which it is in the books already, so that it is not found as its own duplicate; else empty.
    pub own_id: &'c str,
    pub name: &'c str,
    pub investor: &'c str,
    /// As typed; a wrong one counts as none.
    pub credit_code: &'c str,
    /// In yuan.
    pub agreed_yuan: Option<i64>,
}

/// What a known project is to a candidate. Ordered by how pressing it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// 同一项目: the keys agree.
    Same,
    /// 疑似重复: only alike; a person decides.
    Likely,
    /// 同一合同的其他期次: neither a duplicate nor a new signing.
    OtherPhase,
}

impl Verdict {
    /// `same`, `likely` or `other_phase`.
    pub fn id(self) -> &'static str {
        match self {
            Self::Same => "same",
            Self::Likely => "likely",
            Self::OtherPhase => "other_phase",
        }
    }

    /// The words for people.
    pub fn name(self) -> &'static str {
        match self {
            Self::Same => "同一项目",
            Self::Likely => "疑似重复",
            Self::OtherPhase => "同一项目的其他期次",
        }
    }
}

/// A known project that a candidate should be compared with.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding<'k> {
    pub known: &'k Known,
    pub verdict: Verdict,
    /// Likeness, 0 to 1; 1 for [`Verdict::Same`].
    pub score: f64,
    /// Why, in Chinese, strongest first: 统一社会信用代码相同, 项目名称相似度 0.87.
    pub reasons: Vec<String>,
}
