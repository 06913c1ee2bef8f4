//! The answer to a question: typed columns with Chinese titles and units, and rows of plain values.

use chrono::NaiveDate;
use qunlian_domain::contract::ColumnType;

/// One cell of an answer.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    Null,
    Int(i64),
    Decimal(f64),
    Text(String),
    Date(NaiveDate),
    Bool(bool),
}

/// One column of an answer.
#[derive(Debug, Clone, PartialEq)]
pub struct AnswerColumn {
    pub name: String,
    pub kind: ColumnType,
    /// Chinese title; the name itself when none is declared.
    pub title: String,
    /// Unit: 个, 元, %, 个百分点, or empty.
    pub unit: String,
}

/// A whole answer, in memory, from exactly one generation.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    pub columns: Vec<AnswerColumn>,
    pub rows: Vec<Vec<Value>>,
    /// The generation that was read.
    pub generation: u64,
    /// The day the figures are "as known on" (截至日期), when the question has one.
    pub as_of: Option<NaiveDate>,
    /// True when rows beyond a cap were left out.
    pub truncated: bool,
}

impl Answer {
    /// Position of a column.
    pub fn position(&self, column: &str) -> Option<usize> {
        self.columns.iter().position(|c| c.name == column)
    }

    /// A cell; `Value::Null` when the row or column does not exist.
    pub fn get(&self, row: usize, column: &str) -> &Value {
        self.position(column).and_then(|at| self.rows.get(row)?.get(at)).unwrap_or(&Value::Null)
    }

    /// The rows whose text column equals `wanted`, by index.
    pub fn rows_where<'a>(&'a self, column: &str, wanted: &'a str) -> impl Iterator<Item = usize> + 'a {
        let at = self.position(column);
        self.rows
            .iter()
            .enumerate()
            .filter(move |(_, row)| at.and_then(|at| row.get(at)).and_then(Value::text) == Some(wanted))
            .map(|(index, _)| index)
    }
}

impl Value {
    /// The text, if it is one.
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The whole number, if it is one.
    pub fn int(&self) -> Option<i64> {
        match self {
            Self::Int(number) => Some(*number),
            _ => None,
        }
    }

    /// The number, whole or not.
    pub fn number(&self) -> Option<f64> {
        match self {
            Self::Int(number) => Some(*number as f64),
            Self::Decimal(number) => Some(*number),
            _ => None,
        }
    }

    /// The date, if it is one.
    pub fn date(&self) -> Option<NaiveDate> {
        match self {
            Self::Date(date) => Some(*date),
            _ => None,
        }
    }

    /// True only for a true.
    pub fn is_true(&self) -> bool {
        matches!(self, Self::Bool(true))
    }
}
