//! What comes in (上报与决定): the reported rows of a project, and what people decided.

use chrono::NaiveDate;

/// What a row does to what is already known (更正类型).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// 上报
    Report,
    /// 更正
    Correct,
    /// 撤销
    Revoke,
}

impl Action {
    /// The name in the landing csv.
    pub fn id(self) -> &'static str {
        match self {
            Self::Report => "report",
            Self::Correct => "correct",
            Self::Revoke => "revoke",
        }
    }

    /// Reads [`Action::id`]; anything else is a plain report.
    pub fn from_id(id: &str) -> Self {
        match id {
            "correct" => Self::Correct,
            "revoke" => Self::Revoke,
            _ => Self::Report,
        }
    }
}

/// Who speaks (效力层级): what the books recognised outranks a workbook's row, from its day on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Rank {
    /// A workbook of the center (导入工作簿): its own statement, recognised already.
    #[default]
    Workbook,
    /// The books (备案登记簿): filed, reviewed, noticed and recognised.
    Books,
}

/// Texts of a project that may change from version to version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(usize)]
pub enum TextFact {
    Name,
    Content,
    Address,
    ChainGiven,
    SegmentGiven,
    IndustryCode,
    Investor,
    InvestorAddress,
    CreditCode,
    RegionGiven,
    CountryGiven,
    Currency,
    Inexact,
    Status,
}

impl TextFact {
    /// Landing columns in the order of the variants.
    pub const COLUMNS: [&'static str; 14] = [
        "name",
        "content",
        "address",
        "chain_given",
        "segment_given",
        "industry_code",
        "investor",
        "investor_address",
        "credit_code",
        "region_given",
        "country_given",
        "currency",
        "inexact",
        "status",
    ];
}

/// The facts of a project at one time; an empty text or `None` means not stated.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Facts<'a> {
    pub carrier: &'a str,
    pub texts: [&'a str; 14],
    /// 协议投资额, yuan.
    pub agreed: Option<i64>,
    /// 计划固定资产投资, yuan.
    pub planned_fixed: Option<i64>,
    /// 计划开工 and 计划竣工, by [`crate::promise::Promised::ALL`].
    pub promised: [Option<NaiveDate>; 2],
    /// 涉密
    pub confidential: bool,
}

impl<'a> Facts<'a> {
    /// One of the texts.
    pub fn text(&self, fact: TextFact) -> &'a str {
        self.texts[fact as usize]
    }
}

/// One reported row.
#[derive(Debug, Clone)]
pub struct Report<'a> {
    pub action: Action,
    pub rank: Rank,
    /// First day of the month reported (报送月份).
    pub month: NaiveDate,
    /// 截至日期 of the workbook.
    pub reported_on: NaiveDate,
    /// 认定日期 of the row, if it has one.
    pub recognised_on: Option<NaiveDate>,
    pub facts: Facts<'a>,
    /// By [`crate::project::Milestone::ALL`].
    pub happened: [Option<NaiveDate>; 7],
    /// 认定固定资产投资 of the month, yuan.
    pub fixed: Option<i64>,
    /// 到位资金 of the month, yuan.
    pub paid_in: Option<i64>,
    /// Position among all rows by import, sheet and row: the tie-breaker.
    pub order: u64,
    /// Where the row stands: `file:sheet:row`.
    pub source: String,
}

/// A human decision on classification (人工指定): wins over every rule, from its day on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    pub on: NaiveDate,
    pub field: DecidedField,
    /// Chain id, `chain/segment`, or division code.
    pub value: String,
}

/// What a person decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DecidedField {
    Chain,
    Region,
}
