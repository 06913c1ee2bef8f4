//! The fields of a filing (备案字段): their ids and what may stand in them.

/// What may stand in a field, and its canonical text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldKind {
    /// One line of at most so many characters.
    Text { most: usize },
    /// Several lines of at most so many characters.
    LongText { most: usize },
    /// An amount, typed in 万元 unless it names its unit; canonical: integer yuan (元).
    Money,
    /// A number of at least 0 with at most four decimals, in the unit named.
    Number { unit: &'static str },
    /// A day; canonical: ISO.
    Day,
    /// 统一社会信用代码; canonical: 18 upper-case characters.
    CreditCode,
    /// GB/T 4754 code; canonical: the code.
    Industry,
    /// One of these ids, each with its name.
    Choice(&'static [(&'static str, &'static str)]),
    /// A chain of the city's catalogue; canonical: its id.
    Chain,
    /// A segment of a chain; canonical: its id.
    Segment,
    /// ISO 4217 code of a currency.
    Currency,
    /// A telephone number: never leaves the books unmasked.
    Phone,
    /// A person's name: never leaves the books.
    Person,
    /// `116.79,33.95`: longitude and latitude in degrees (GCJ-02 as the maps of the country use).
    Coordinates,
    /// Ticked or not; canonical: `1`, or nothing.
    Flag,
}

/// 产业类别
const CLASSES: &[(&str, &str)] = &[("industry", "工业"), ("service", "服务业"), ("agriculture", "农业"), ("other", "其他")];
/// 项目状态; ids of [`crate::project::Status`].
const STATUSES: &[(&str, &str)] = &[("ongoing", "正常"), ("delayed", "滞后"), ("dormant", "停滞"), ("lost", "流失"), ("abandoned", "终止")];
/// 建设性质
const BUILDS: &[(&str, &str)] = &[("new", "新建"), ("expansion", "扩建（增资）"), ("rebuild", "技改"), ("second_phase", "同一合同二期")];

const LINE: FieldKind = FieldKind::Text { most: 100 };
const LONG_LINE: FieldKind = FieldKind::Text { most: 200 };

/// Every field a city's catalogue must describe, with its kind. Dates of milestones are `<milestone>_on`.
pub const FIELDS: [(&str, FieldKind); 57] = [
    ("name", LINE),
    ("content", FieldKind::LongText { most: 2000 }),
    ("class", FieldKind::Choice(CLASSES)),
    ("build", FieldKind::Choice(BUILDS)),
    ("industry_code", FieldKind::Industry),
    ("chain_given", FieldKind::Chain),
    ("segment_given", FieldKind::Segment),
    ("address", LONG_LINE),
    ("coordinates", FieldKind::Coordinates),
    ("confidential", FieldKind::Flag),
    ("investor", LINE),
    ("investor_address", LONG_LINE),
    ("credit_code", FieldKind::CreditCode),
    ("country_given", LINE),
    ("foreign_side", LINE),
    ("registered_capital_yuan", FieldKind::Money),
    ("agreed_yuan", FieldKind::Money),
    ("planned_fixed_yuan", FieldKind::Money),
    ("equipment_yuan", FieldKind::Money),
    ("land_price_yuan", FieldKind::Money),
    ("foreign_amount", FieldKind::Number { unit: "万" }),
    ("currency", FieldKind::Currency),
    ("rate_date", FieldKind::Day),
    ("expected_output_yuan", FieldKind::Money),
    ("expected_tax_yuan", FieldKind::Money),
    ("land_mu", FieldKind::Number { unit: "亩" }),
    ("floor_area", FieldKind::Number { unit: "平方米" }),
    ("signed_on", FieldKind::Day),
    ("contract_number", LINE),
    ("planned_start_on", FieldKind::Day),
    ("planned_completion_on", FieldKind::Day),
    ("planned_production_on", FieldKind::Day),
    ("registered_on", FieldKind::Day),
    ("project_company", LINE),
    ("approval_project", LINE),
    ("approval_environment", LINE),
    ("approval_planning", LINE),
    ("approval_land", LINE),
    ("started_on", FieldKind::Day),
    ("works_begun", LONG_LINE),
    ("in_library_on", FieldKind::Day),
    ("library_number", LINE),
    ("completed_on", FieldKind::Day),
    ("acceptance", LONG_LINE),
    ("in_production_on", FieldKind::Day),
    ("at_capacity_on", FieldKind::Day),
    ("introducer", LINE),
    ("first_report_on", FieldKind::Day),
    ("activity", LINE),
    ("fund", LINE),
    ("association", LINE),
    ("lead_person", FieldKind::Person),
    ("lead_phone", FieldKind::Phone),
    ("firm_contact", FieldKind::Person),
    ("firm_phone", FieldKind::Phone),
    ("needs", FieldKind::LongText { most: 500 }),
    ("remark", FieldKind::LongText { most: 500 }),
];

/// Fields of claims that are no part of the project's own form.
pub const CLAIM_FIELDS: [(&str, FieldKind); 6] = [
    // Monthly investment (月度投资): the month's amount.
    ("yuan", FieldKind::Money),
    // Change of status (状态变更).
    ("status", FieldKind::Choice(STATUSES)),
    ("status_reason", FieldKind::LongText { most: 500 }),
    // Where a lost project went (流向).
    ("gone_to", LINE),
    // Why a filing shall be deleted, or a field changed.
    ("reason", FieldKind::LongText { most: 500 }),
    ("evidence_note", FieldKind::LongText { most: 500 }),
];

/// The kind of a field; `None` for an id that does not exist.
pub fn kind_of(id: &str) -> Option<FieldKind> {
    FIELDS.iter().chain(&CLAIM_FIELDS).find(|(known, _)| *known == id).map(|(_, kind)| *kind)
}

/// The id in its static form, so that it can be kept without copying.
pub fn static_id(id: &str) -> Option<&'static str> {
    FIELDS.iter().chain(&CLAIM_FIELDS).find(|(known, _)| *known == id).map(|(known, _)| *known)
}

impl FieldKind {
    /// What names or reaches a person: masked wherever it is shown, and not in the lake.
    pub fn is_personal(self) -> bool {
        matches!(self, Self::Phone | Self::Person)
    }

    /// The unit to print behind the field; empty when it has none.
    pub fn unit(self) -> &'static str {
        match self {
            Self::Money => "万元",
            Self::Number { unit } => unit,
            _ => "",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::project::{Milestone, Status};

    #[test]
    fn ids_are_unique_and_every_milestone_has_its_date() {
        let ids: std::collections::BTreeSet<_> = FIELDS.iter().chain(&CLAIM_FIELDS).map(|(id, _)| id).collect();
        assert_eq!(ids.len(), FIELDS.len() + CLAIM_FIELDS.len());
        for milestone in Milestone::ALL {
            assert_eq!(kind_of(&format!("{}_on", milestone.id())), Some(FieldKind::Day));
        }
    }

    #[test]
    fn statuses_are_those_of_the_project() {
        let ids: Vec<_> = STATUSES.iter().map(|(id, name)| (*id, *name)).collect();
        assert_eq!(ids, Status::ALL.map(|status| (status.id(), status.name())));
    }
}
