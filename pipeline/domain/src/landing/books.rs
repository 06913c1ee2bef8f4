//! The books' own tables between export and transform (登记簿表): one csv per table beside the books' landing rows.
//!
//! Columns are those of the contract. `name_key` stands where `project_id` is published: only the build knows which
//! rows are one project. What can be computed from others is computed there, too.

use super::LandingType::{self, Date, Flag, Int, Key, Text};

/// A table's columns: name and type.
pub type Columns = &'static [(&'static str, LandingType)];

/// `<table>.csv` for each of these.
pub const TABLES: [(&str, Columns); 5] =
    [("filings", FILINGS), ("claims", CLAIMS), ("notices", NOTICES), ("objections", OBJECTIONS), ("changes", CHANGES)];

const FILINGS: Columns = &[
    ("number", Text),
    ("name_key", Key),
    ("carrier_id", Text),
    ("name", Text),
    ("investor", Text),
    ("agreed_yuan", Int),
    ("stage", Text),
    ("status", Text),
    ("state", Text),
    ("first_submitted_on", Date),
    ("recognised_on", Date),
    ("revoked_on", Date),
    ("deleted_on", Date),
    ("confidential", Flag),
];

const CLAIMS: Columns = &[
    ("claim", Int),
    ("number", Text),
    ("name_key", Key),
    ("carrier_id", Text),
    ("matter", Text),
    ("milestones", Text),
    ("amount_kind", Text),
    ("month", Date),
    ("amount_yuan", Int),
    ("state", Text),
    ("first_submitted_on", Date),
    ("submitted_on", Date),
    ("reviewed_on", Date),
    ("returns", Int),
    ("decided_on", Date),
    ("noticed_on", Date),
    ("notice", Text),
    ("recognised_on", Date),
    ("revoked_on", Date),
];

const NOTICES: Columns = &[
    ("notice", Text),
    ("claim", Int),
    ("number", Text),
    ("name_key", Key),
    ("carrier_id", Text),
    ("name", Text),
    ("matter", Text),
    ("scale", Text),
    ("chain", Text),
    ("published_on", Date),
    ("objections_until", Date),
    ("late", Flag),
    ("state", Text),
    ("confidential", Flag),
];

const OBJECTIONS: Columns = &[
    ("objection", Int),
    ("notice", Text),
    ("claim", Int),
    ("number", Text),
    ("name_key", Key),
    ("carrier_id", Text),
    ("raised_on", Date),
    ("state", Text),
    ("judged_on", Date),
    ("judgement", Text),
    ("confidential", Flag),
];

const CHANGES: Columns = &[
    ("change", Int),
    ("number", Text),
    ("name_key", Key),
    ("carrier_id", Text),
    ("claim", Int),
    ("field", Text),
    ("title", Text),
    ("before", Text),
    ("after", Text),
    ("changed_on", Date),
    ("confidential", Flag),
];

/// Columns that the build adds to a table.
pub const COMPUTED: [(&str, &str); 1] = [("claims", "review_days")];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::{ColumnType, Contract};

    #[test]
    fn the_columns_are_those_of_the_contract() {
        let data = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data");
        let contract = Contract::load(&|path| std::fs::read_to_string(data.join(path))).unwrap();
        for (table, columns) in TABLES {
            let published = contract.table(table).unwrap();
            assert!(published.by_carrier, "{table}");
            let agreed: Vec<(&str, ColumnType)> = published
                .columns
                .iter()
                .map(|column| (column.name.as_str(), column.kind))
                .filter(|(column, _)| !COMPUTED.contains(&(table, column)))
                .collect();
            let landed: Vec<(&str, ColumnType)> = columns.iter().map(|(name, kind)| published_as(name, *kind)).collect();
            assert_eq!(landed, agreed, "{table}");
        }
    }

    fn published_as(name: &'static str, kind: LandingType) -> (&'static str, ColumnType) {
        match kind {
            Key => ("project_id", ColumnType::Text),
            Text => (name, ColumnType::Text),
            Int => (name, ColumnType::Int),
            Date => (name, ColumnType::Date),
            Flag => (name, ColumnType::Bool),
        }
    }
}
