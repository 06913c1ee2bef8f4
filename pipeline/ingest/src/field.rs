//! The fields that a column can mean (栏目), as an enum with what each holds.

use qunlian_domain::catalogue::FIELDS;

/// A field of the sheets' vocabulary, in the order of [`FIELDS`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Field {
    Seq,
    Carrier,
    Name,
    PreviousName,
    Content,
    Address,
    Chain,
    Segment,
    IndustryCode,
    Investor,
    InvestorAddress,
    CreditCode,
    Region,
    Country,
    Agreed,
    PlannedFixed,
    PaidIn,
    Fixed,
    SignedOn,
    RegisteredOn,
    StartedOn,
    InLibraryOn,
    CompletedOn,
    InProductionOn,
    AtCapacityOn,
    PlannedStartOn,
    PlannedCompletionOn,
    ReportedOn,
    RecognisedOn,
    Action,
    Confidential,
    Status,
    Contact,
    Phone,
    Remark,
}

/// What the cells of a field hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holds {
    Ordinal,
    Carrier,
    Text,
    IndustryCode,
    CreditCode,
    Amount,
    Date,
    /// A day in the future, of which the last day counts when it names a month or more.
    PlannedDate,
    YesNo,
    Status,
    /// Never landed: contacts and their phones stay out of the lake (domain rule 20).
    Private,
}

/// Number of fields.
pub const COUNT: usize = FIELDS.len();

impl Field {
    /// Every field, in the order of [`FIELDS`].
    pub const ALL: [Self; COUNT] = [
        Self::Seq,
        Self::Carrier,
        Self::Name,
        Self::PreviousName,
        Self::Content,
        Self::Address,
        Self::Chain,
        Self::Segment,
        Self::IndustryCode,
        Self::Investor,
        Self::InvestorAddress,
        Self::CreditCode,
        Self::Region,
        Self::Country,
        Self::Agreed,
        Self::PlannedFixed,
        Self::PaidIn,
        Self::Fixed,
        Self::SignedOn,
        Self::RegisteredOn,
        Self::StartedOn,
        Self::InLibraryOn,
        Self::CompletedOn,
        Self::InProductionOn,
        Self::AtCapacityOn,
        Self::PlannedStartOn,
        Self::PlannedCompletionOn,
        Self::ReportedOn,
        Self::RecognisedOn,
        Self::Action,
        Self::Confidential,
        Self::Status,
        Self::Contact,
        Self::Phone,
        Self::Remark,
    ];

    /// The four amounts, in the order of the landing columns.
    pub const AMOUNTS: [Self; 4] = [Self::Agreed, Self::PlannedFixed, Self::PaidIn, Self::Fixed];

    /// The seven milestones' dates, in the order of life.
    pub const MILESTONES: [Self; 7] = [
        Self::SignedOn,
        Self::RegisteredOn,
        Self::StartedOn,
        Self::InLibraryOn,
        Self::CompletedOn,
        Self::InProductionOn,
        Self::AtCapacityOn,
    ];

    /// The days promised, in the order of [`qunlian_domain::promise::Promised::ALL`].
    pub const PROMISED: [Self; 2] = [Self::PlannedStartOn, Self::PlannedCompletionOn];

    /// Reads a name of [`FIELDS`].
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|field| field.id() == id)
    }

    /// The name in [`FIELDS`].
    pub fn id(self) -> &'static str {
        FIELDS[self as usize]
    }

    /// The landing column of an amount or a date.
    pub fn landing_column(self) -> &'static str {
        match self {
            Self::Agreed => "agreed_yuan",
            Self::PlannedFixed => "planned_fixed_yuan",
            Self::PaidIn => "paid_in_yuan",
            Self::Fixed => "fixed_yuan",
            other => other.id(),
        }
    }

    /// What people call it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Seq => "序号",
            Self::Carrier => "载体单位",
            Self::Name => "项目名称",
            Self::PreviousName => "原项目名称",
            Self::Content => "建设内容",
            Self::Address => "建设地点",
            Self::Chain => "产业链",
            Self::Segment => "环节",
            Self::IndustryCode => "行业代码",
            Self::Investor => "投资方",
            Self::InvestorAddress => "投资方地址",
            Self::CreditCode => "统一社会信用代码",
            Self::Region => "投资来源地",
            Self::Country => "国别",
            Self::Agreed => "协议投资额",
            Self::PlannedFixed => "计划固定资产投资",
            Self::PaidIn => "到位资金",
            Self::Fixed => "固定资产投资",
            Self::SignedOn => "签约日期",
            Self::RegisteredOn => "注册日期",
            Self::StartedOn => "开工日期",
            Self::InLibraryOn => "纳统日期",
            Self::CompletedOn => "竣工日期",
            Self::InProductionOn => "投产日期",
            Self::AtCapacityOn => "达产日期",
            Self::PlannedStartOn => "计划开工日期",
            Self::PlannedCompletionOn => "计划竣工日期",
            Self::ReportedOn => "截至日期",
            Self::RecognisedOn => "认定日期",
            Self::Action => "操作",
            Self::Confidential => "是否涉密",
            Self::Status => "项目状态",
            Self::Contact => "联系人",
            Self::Phone => "联系电话",
            Self::Remark => "备注",
        }
    }

    /// What its cells hold.
    pub fn holds(self) -> Holds {
        match self {
            Self::Seq => Holds::Ordinal,
            Self::Carrier => Holds::Carrier,
            Self::IndustryCode => Holds::IndustryCode,
            Self::CreditCode => Holds::CreditCode,
            Self::Agreed | Self::PlannedFixed | Self::PaidIn | Self::Fixed => Holds::Amount,
            Self::SignedOn
            | Self::RegisteredOn
            | Self::StartedOn
            | Self::InLibraryOn
            | Self::CompletedOn
            | Self::InProductionOn
            | Self::AtCapacityOn
            | Self::ReportedOn
            | Self::RecognisedOn => Holds::Date,
            Self::PlannedStartOn | Self::PlannedCompletionOn => Holds::PlannedDate,
            Self::Confidential => Holds::YesNo,
            Self::Status => Holds::Status,
            Self::Contact | Self::Phone => Holds::Private,
            _ => Holds::Text,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_enum_follows_the_vocabulary() {
        for (index, field) in Field::ALL.into_iter().enumerate() {
            assert_eq!(field as usize, index);
            assert_eq!(Field::from_id(FIELDS[index]), Some(field));
        }
        assert_eq!(Field::Remark.id(), "remark");
        assert_eq!(Field::SignedOn.id(), "signed_on");
        assert_eq!(Field::from_id("month"), None);
    }

    #[test]
    fn landing_columns_exist() {
        let known = |name: &str| qunlian_domain::landing::COLUMNS.iter().any(|(column, _)| *column == name);
        for (field, promised) in Field::PROMISED.into_iter().zip(qunlian_domain::promise::Promised::ALL) {
            assert_eq!(field.landing_column(), promised.column());
        }
        for field in Field::AMOUNTS.into_iter().chain(Field::MILESTONES).chain(Field::PROMISED) {
            assert!(known(field.landing_column()), "{field:?}");
        }
    }
}
