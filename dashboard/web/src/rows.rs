//! Reading the rows of an answer by column name (取数).

use chrono::NaiveDate;
use qunlian_queries::{Answer, Value};

/// One row of an answer.
#[derive(Clone, Copy)]
pub(crate) struct Row<'a> {
    answer: &'a Answer,
    at: usize,
}

/// All rows, in order.
pub(crate) fn rows(answer: &Answer) -> impl Iterator<Item = Row<'_>> {
    (0..answer.rows.len()).map(move |at| Row { answer, at })
}

/// The first row.
pub(crate) fn first(answer: &Answer) -> Option<Row<'_>> {
    rows(answer).next()
}

/// The rows whose text column is `wanted`.
pub(crate) fn rows_where<'a>(answer: &'a Answer, column: &'a str, wanted: &'a str) -> impl Iterator<Item = Row<'a>> {
    rows(answer).filter(move |row| row.text(column) == wanted)
}

impl<'a> Row<'a> {
    /// The text; empty when there is none.
    pub(crate) fn text(self, column: &str) -> &'a str {
        self.answer.get(self.at, column).text().unwrap_or("")
    }

    pub(crate) fn int(self, column: &str) -> Option<i64> {
        self.answer.get(self.at, column).int()
    }

    /// The whole number; 0 when there is none.
    pub(crate) fn count(self, column: &str) -> i64 {
        self.int(column).unwrap_or(0)
    }

    pub(crate) fn number(self, column: &str) -> Option<f64> {
        self.answer.get(self.at, column).number()
    }

    pub(crate) fn date(self, column: &str) -> Option<NaiveDate> {
        self.answer.get(self.at, column).date()
    }

    pub(crate) fn is_true(self, column: &str) -> bool {
        self.answer.get(self.at, column).is_true()
    }

    pub(crate) fn value(self, column: &str) -> &'a Value {
        self.answer.get(self.at, column)
    }
}
