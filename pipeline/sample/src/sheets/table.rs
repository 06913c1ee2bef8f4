//! A table before it becomes a file: cells, merges, hidden rows, and marks where something is odd.

use chrono::NaiveDate;

use crate::plan::CellOddity;

/// One cell.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    Empty,
    Text(String),
    Number(f64),
    Date(NaiveDate),
    /// A formula with its result.
    Formula(String, f64),
}

impl Cell {
    pub fn text(text: impl Into<String>) -> Self {
        let text = text.into();
        if text.is_empty() { Self::Empty } else { Self::Text(text) }
    }

    /// The cell as a person reads it.
    pub fn shown(&self) -> String {
        match self {
            Self::Empty => String::new(),
            Self::Text(text) => text.clone(),
            Self::Number(number) | Self::Formula(_, number) => number.to_string(),
            Self::Date(date) => date.to_string(),
        }
    }
}

/// A merged rectangle, 0-based, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Merge {
    pub top: usize,
    pub left: usize,
    pub bottom: usize,
    pub right: usize,
}

/// What is odd about a place of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Odd {
    Cell(CellOddity),
    /// A unit was changed where no other amount of the row shows it.
    UnitUnseen,
    RepeatedRow,
    RepeatedNextMonth,
    Postponed,
    Shifted,
    Nameless,
    NameOnly,
    WithoutDate,
    UnknownColumn,
    Instructions,
    RepeatedHeader,
    HiddenEmptyRow,
    TotalRow,
    GroupRow,
    Corrected,
    Revoked,
}

/// The place of an oddity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// 1-based row of the sheet; 0 for the whole sheet.
    pub row: usize,
    /// 1-based column of the sheet; 0 for the whole row.
    pub column: usize,
    /// The header over it.
    pub header: String,
    /// What stands there.
    pub value: String,
    pub odd: Odd,
}

/// A sheet.
#[derive(Debug, Clone, Default)]
pub struct Table {
    pub name: String,
    pub rows: Vec<Vec<Cell>>,
    pub merges: Vec<Merge>,
    /// 0-based.
    pub hidden_rows: Vec<usize>,
    /// 0-based rows of titles, and of the header.
    pub title_rows: std::ops::Range<usize>,
    pub header_rows: std::ops::Range<usize>,
    /// Width of each column in characters.
    pub widths: Vec<f64>,
    /// Rows that report a project once: what a reader should land, repeats and broken rows not counted.
    pub good_rows: usize,
    pub marks: Vec<Mark>,
}

impl Table {
    /// Appends a row and gives its 0-based position.
    pub fn push(&mut self, row: Vec<Cell>) -> usize {
        self.rows.push(row);
        self.rows.len() - 1
    }
}
