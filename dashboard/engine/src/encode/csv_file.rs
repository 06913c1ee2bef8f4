//! CSV for Excel: UTF-8 with byte order mark, Chinese headings, no cell that could run as a formula.

use csv::{Terminator, WriterBuilder};
use qunlian_domain::text::looks_like_formula;
use qunlian_queries::{AnswerColumn, AskError, Value};

use super::{failed, heading};

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// Rows as they come. Numbers stay numbers; a text that begins like a formula gets an apostrophe in front.
pub(super) struct CsvRows {
    writer: csv::Writer<Vec<u8>>,
}

impl CsvRows {
    /// The byte order mark and the headings stand already.
    pub(super) fn new(columns: &[AnswerColumn]) -> Result<Self, AskError> {
        let mut writer = WriterBuilder::new().terminator(Terminator::CRLF).from_writer(BYTE_ORDER_MARK.to_vec());
        writer.write_record(columns.iter().map(|column| harmless(&heading(column)))).map_err(|fault| failed(&fault))?;
        Ok(Self { writer })
    }

    pub(super) fn push(&mut self, rows: &[Vec<Value>]) -> Result<(), AskError> {
        rows.iter().try_for_each(|row| self.writer.write_record(row.iter().map(print)).map_err(|fault| failed(&fault)))
    }

    /// What has been written since the last call.
    pub(super) fn take(&mut self) -> Result<Vec<u8>, AskError> {
        let next = WriterBuilder::new().terminator(Terminator::CRLF).from_writer(Vec::new());
        std::mem::replace(&mut self.writer, next).into_inner().map_err(|fault| failed(&fault))
    }
}

fn print(cell: &Value) -> String {
    match cell {
        Value::Null => String::new(),
        Value::Int(number) => number.to_string(),
        Value::Decimal(number) if number.is_finite() => number.to_string(),
        Value::Decimal(_) => String::new(),
        Value::Text(text) => harmless(text),
        Value::Date(day) => day.to_string(),
        Value::Bool(truth) => if *truth { "是" } else { "否" }.to_owned(),
    }
}

fn harmless(text: &str) -> String {
    if looks_like_formula(text) { format!("'{text}") } else { text.to_owned() }
}
