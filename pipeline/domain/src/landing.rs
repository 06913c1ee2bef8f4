//! The typed csv between ingest and transform (落地表): its columns, in order, with their types.
//!
//! One file per source sheet, `landing/<blake3>/sheet-<n>.csv`; integer yuan, ISO dates, empty = null.
//! Both sides read the list from here, so that they cannot drift apart. [`keys`] lie beside each file.

pub mod books;
pub mod keys;

/// Type of a landing column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LandingType {
    Text,
    Int,
    /// Unsigned 64-bit key.
    Key,
    Date,
    /// `0` or `1`.
    Flag,
}

/// The version of this list; part of the rule version, so a change rebuilds everything.
pub const VERSION: u32 = 5;

/// What a complaint quotes of a confidential project (涉密项目) in place of its cells.
pub const CONFIDENTIAL: &str = "涉密";

/// Every column of a landing csv: name and type.
pub const COLUMNS: [(&str, LandingType); 42] = [
    // Where the row came from: its 1-based row in the sheet.
    ("row", LandingType::Int),
    // domain::project::keys
    ("name_key", LandingType::Key),
    ("code_key", LandingType::Key),
    // Resolved carrier (载体单位); never empty: a row without one is a complaint.
    ("carrier_id", LandingType::Text),
    // First day of the month the sheet reports (报送月份).
    ("month", LandingType::Date),
    // The workbook's data date (截至日期), and the row's own recognition date (认定日期) if it has one.
    ("reported_on", LandingType::Date),
    ("recognised_on", LandingType::Date),
    // report | correct | revoke (上报 更正 撤销)
    ("action", LandingType::Text),
    ("name", LandingType::Text),
    ("content", LandingType::Text),
    ("address", LandingType::Text),
    ("chain_given", LandingType::Text),
    ("segment_given", LandingType::Text),
    ("industry_code", LandingType::Text),
    ("investor", LandingType::Text),
    ("investor_address", LandingType::Text),
    // Normalised and valid, else empty (the wrong one is in the complaints).
    ("credit_code", LandingType::Text),
    ("region_given", LandingType::Text),
    ("country_given", LandingType::Text),
    // Four amounts that never mix, in yuan.
    ("agreed_yuan", LandingType::Int),
    ("planned_fixed_yuan", LandingType::Int),
    ("paid_in_yuan", LandingType::Int),
    ("fixed_yuan", LandingType::Int),
    // Milestones that this row states.
    ("signed_on", LandingType::Date),
    ("registered_on", LandingType::Date),
    ("started_on", LandingType::Date),
    ("in_library_on", LandingType::Date),
    ("completed_on", LandingType::Date),
    ("in_production_on", LandingType::Date),
    ("at_capacity_on", LandingType::Date),
    // Days promised (计划开工 计划竣工): of a month, quarter or year its last day.
    ("planned_start_on", LandingType::Date),
    ("planned_completion_on", LandingType::Date),
    // Which of the above are partial or approximate: `signed_on=month;agreed_yuan=about`.
    ("inexact", LandingType::Text),
    // Original currency of the agreed amount when not CNY.
    ("currency", LandingType::Text),
    ("confidential", LandingType::Flag),
    ("status", LandingType::Text),
    ("remark", LandingType::Text),
    // The name the project bore before (原项目名称), for the record; `previous_key` joins its rows.
    ("previous_name", LandingType::Text),
    // Units the sheet was read with, for the record: `agreed_yuan=万元`.
    ("units", LandingType::Text),
    // Sheet's position (1-based) and the first 12 characters of the file's BLAKE3.
    ("sheet", LandingType::Int),
    ("file", LandingType::Text),
    // The name key that the project had under its previous name; empty when it was never renamed.
    ("previous_key", LandingType::Key),
];

/// Columns of `landing/<blake3>/complaints.csv`, all text (row may be empty when it concerns the whole sheet).
pub const COMPLAINT_COLUMNS: [&str; 10] =
    ["sheet", "sheet_name", "row", "column", "value", "problem", "message", "hint", "severity", "carrier_id"];

/// What happened to the cell or row that a complaint is about (处理).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Severity {
    /// The row was left out (整行未入库).
    RowLeftOut,
    /// The cell was left empty, the rest of the row went on (单元格未采用).
    CellLeftOut,
    /// Kept, but questioned (存疑).
    Questioned,
}

impl Severity {
    /// The name in tables and SQL.
    pub fn id(self) -> &'static str {
        match self {
            Self::RowLeftOut => "row_left_out",
            Self::CellLeftOut => "cell_left_out",
            Self::Questioned => "questioned",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_unique_and_cover_every_milestone() {
        let names: std::collections::BTreeSet<_> = COLUMNS.iter().map(|c| c.0).collect();
        assert_eq!(names.len(), COLUMNS.len());
        for milestone in crate::project::Milestone::ALL {
            assert!(names.contains(format!("{}_on", milestone.id()).as_str()), "{milestone:?}");
        }
    }
}
