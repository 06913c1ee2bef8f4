//! Reading the rows of an answer by column name (取数).

use crate::{Answer, Value};
use chrono::NaiveDate;

/// One row of an answer.
#[derive(Clone, Copy)]
pub struct Row<'a> {
    answer: &'a Answer,
    at: usize,
}

/// All rows, in order.
pub fn rows(answer: &Answer) -> impl Iterator<Item = Row<'_>> {
    (0..answer.rows.len()).map(move |at| Row { answer, at })
}

/// The first row.
pub fn first(answer: &Answer) -> Option<Row<'_>> {
    rows(answer).next()
}

/// The rows whose text column is `wanted`.
pub fn rows_where<'a>(answer: &'a Answer, column: &'a str, wanted: &'a str) -> impl Iterator<Item = Row<'a>> {
    rows(answer).filter(move |row| row.text(column) == wanted)
}

/// The rows of a metric that have a target or something done (排名): best completion first, those without a target last, and
/// the catalogue's order among equals. For answers with the columns metric, target, done, completion and sort.
pub fn ranked<'a>(answer: &'a Answer, metric: &'a str) -> Vec<Row<'a>> {
    let mut ranked: Vec<Row<'_>> = rows_where(answer, "metric", metric).collect();
    ranked.retain(|row| row.int("target").is_some() || row.count("done") != 0);
    let completion = |row: &Row<'_>| row.number("completion").unwrap_or(f64::NEG_INFINITY);
    ranked.sort_by(|one, other| completion(other).total_cmp(&completion(one)).then_with(|| one.count("sort").cmp(&other.count("sort"))));
    ranked
}

impl<'a> Row<'a> {
    /// The text; empty when there is none.
    pub fn text(self, column: &str) -> &'a str {
        self.answer.get(self.at, column).text().unwrap_or("")
    }

    pub fn int(self, column: &str) -> Option<i64> {
        self.answer.get(self.at, column).int()
    }

    /// The whole number; 0 when there is none.
    pub fn count(self, column: &str) -> i64 {
        self.int(column).unwrap_or(0)
    }

    pub fn number(self, column: &str) -> Option<f64> {
        self.answer.get(self.at, column).number()
    }

    pub fn date(self, column: &str) -> Option<NaiveDate> {
        self.answer.get(self.at, column).date()
    }

    pub fn is_true(self, column: &str) -> bool {
        self.answer.get(self.at, column).is_true()
    }

    pub fn value(self, column: &str) -> &'a Value {
        self.answer.get(self.at, column)
    }
}
