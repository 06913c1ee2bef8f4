//! The port to whoever reads a clerk's workbook (报表读取): the root spawns a limited child, nothing of it is kept.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use qunlian_queries::BoxFuture;

/// What stands in a workbook.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ReadBook {
    pub rows: Vec<ReadRow>,
    /// The first of them; `complaint_count` says how many there are.
    pub complaints: Vec<BookComplaint>,
    pub complaint_count: usize,
}

/// One row that could become a filing.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ReadRow {
    /// Name of its sheet; its position where the name is not known.
    pub sheet: String,
    /// 1-based row of the sheet.
    pub row: u64,
    /// The carrier that the row names, or else the one it was read for.
    pub carrier_id: String,
    /// By field id of a filing, as a clerk would type it.
    pub typed: BTreeMap<String, String>,
}

/// Something odd about a cell, a row or a sheet. Everything is text for people.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct BookComplaint {
    pub sheet: String,
    /// Empty when it concerns the whole sheet.
    pub row: String,
    pub column: String,
    pub value: String,
    /// What is wrong.
    pub problem: String,
    pub hint: String,
    /// `row_left_out`, `cell_left_out` or `questioned`.
    pub severity: String,
}

/// Why a workbook was not read at all. Both texts are shown to the clerk as they are.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{text}")]
pub struct BookRefusal {
    pub text: String,
    /// What can be done about it; may be empty.
    pub hint: String,
}

/// A sheet as it stands: the texts of its cells, row by row; rows without cells are passed over.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CellSheet {
    /// Empty for a csv.
    pub name: String,
    /// No more than 2,021 rows of 61 cells; a row ends with its last filled cell.
    pub rows: Vec<Vec<String>>,
}

/// Reads one workbook inside bounds of memory and time.
pub trait WorkbookReader: Send + Sync + 'static {
    /// `file_name` is what the clerk's machine called it, cleaned; `carrier_id` is whom the rows are for.
    fn read<'a>(
        &'a self,
        bytes: Vec<u8>,
        file_name: &'a str,
        carrier_id: &'a str,
        today: NaiveDate,
    ) -> BoxFuture<'a, Result<ReadBook, BookRefusal>>;

    /// The visible sheets that hold something, in order, with no meaning read into them; there is at least one.
    fn cells(&self, bytes: Vec<u8>) -> BoxFuture<'_, Result<Vec<CellSheet>, BookRefusal>>;
}
