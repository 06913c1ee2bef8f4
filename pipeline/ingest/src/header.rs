//! Finds the header of a table (表头) among its first rows and says what each column means.

mod combine;
mod finder;

pub use combine::Words;
pub use finder::{Found, find};

use qunlian_domain::money::Denomination;

use crate::field::{self, Field};

/// One column of a header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Zero-based column in the sheet.
    pub index: usize,
    /// As it stands in the file, the levels of a merged header joined by `/`.
    pub label: String,
    /// The header's texts from the upper level to the lower.
    pub levels: Vec<String>,
    pub field: Option<Field>,
    /// The unit its amounts are in, as the header says it.
    pub unit: Option<Denomination>,
}

/// A header: where it stands and what its columns are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    /// 1-based row of its last line.
    pub row: u64,
    pub columns: Vec<Column>,
    /// Columns whose field an earlier column has already.
    pub repeated: Vec<(usize, Field)>,
}

impl Header {
    /// Which column holds each field, by the field's position.
    pub fn places(&self) -> [Option<usize>; field::COUNT] {
        let mut places = [None; field::COUNT];
        for column in &self.columns {
            if let Some(field) = column.field {
                places[field as usize] = Some(column.index);
            }
        }
        places
    }

    /// The column of a field.
    pub fn column(&self, field: Field) -> Option<&Column> {
        self.columns.iter().find(|column| column.field == Some(field))
    }

    /// Headers that mean nothing known.
    pub fn unknown(&self) -> Vec<String> {
        let is_repeated = |index: usize| self.repeated.iter().any(|(repeated, _)| *repeated == index);
        self.columns
            .iter()
            .filter(|column| column.field.is_none() && !is_repeated(column.index))
            .map(|column| column.label.clone())
            .collect()
    }
}
