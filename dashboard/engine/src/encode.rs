//! Answers as files: JSON, CSV, workbook, Parquet, Arrow stream; and as a text table for the terminal.

mod columnar;
mod csv_file;
mod json;
mod text;
mod workbook;

use std::io::{Cursor, Read, Seek};

use chrono::NaiveDate;
use qunlian_queries::{About, Answer, AnswerColumn, AskError, Format};

use crate::ipc::IpcReader;

pub use text::text_table;

/// What a file says of its rows.
#[derive(Debug, Clone, PartialEq)]
pub struct FileHead {
    pub columns: Vec<AnswerColumn>,
    pub generation: u64,
    pub as_of: Option<NaiveDate>,
}

/// Writes an answer in a format. `about` goes on the cover sheet of a workbook.
///
/// # Errors
/// A writer fails.
pub fn encode(answer: &Answer, format: Format, about: &About) -> Result<Vec<u8>, AskError> {
    let head = || FileHead { columns: answer.columns.clone(), generation: answer.generation, as_of: answer.as_of };
    match format {
        Format::Json => {
            let mut rows = json::JsonRows::new(&head());
            rows.push(&answer.rows);
            Ok(rows.finish(answer.truncated))
        }
        Format::Csv => {
            let mut rows = csv_file::CsvRows::new(&answer.columns)?;
            rows.push(&answer.rows)?;
            rows.take()
        }
        Format::Xlsx => {
            let mut rows = workbook::WorkbookRows::new(head(), about.clone());
            rows.push(answer.rows.clone())?;
            let mut bytes = Cursor::new(Vec::new());
            rows.finish(answer.truncated, &mut bytes)?;
            Ok(bytes.into_inner())
        }
        Format::Parquet => columnar::write_parquet(answer),
        Format::Arrow => columnar::write_stream(answer),
    }
}

/// A file made from an Arrow IPC stream while it comes, in bounded memory.
pub struct FileStream {
    reader: IpcReader,
    rows: Rows,
    head: FileHead,
}

enum Rows {
    Json(json::JsonRows),
    Csv(csv_file::CsvRows),
    Xlsx(Box<workbook::WorkbookRows>),
    /// Begun by the first batch, which knows the types.
    Parquet(Option<columnar::ParquetRows>),
    Arrow,
}

impl FileStream {
    /// Begins a file.
    ///
    /// # Errors
    /// A writer fails.
    pub fn new(format: Format, head: FileHead, about: About) -> Result<Self, AskError> {
        let rows = match format {
            Format::Json => Rows::Json(json::JsonRows::new(&head)),
            Format::Csv => Rows::Csv(csv_file::CsvRows::new(&head.columns)?),
            Format::Xlsx => Rows::Xlsx(Box::new(workbook::WorkbookRows::new(head.clone(), about))),
            Format::Parquet => Rows::Parquet(None),
            Format::Arrow => Rows::Arrow,
        };
        Ok(Self { reader: IpcReader::new(&head.columns), rows, head })
    }

    /// Takes bytes of the stream; gives bytes of the file, perhaps none yet.
    ///
    /// # Errors
    /// The stream is broken, or a writer fails.
    pub fn push(&mut self, part: Vec<u8>) -> Result<Vec<u8>, AskError> {
        match &mut self.rows {
            Rows::Arrow => Ok(part),
            Rows::Json(rows) => {
                self.reader.few_rows(part, |few| {
                    rows.push(&few);
                    Ok(())
                })?;
                Ok(rows.take())
            }
            Rows::Csv(rows) => {
                self.reader.few_rows(part, |few| rows.push(&few))?;
                rows.take()
            }
            Rows::Xlsx(rows) => {
                self.reader.few_rows(part, |few| rows.push(few))?;
                Ok(Vec::new())
            }
            Rows::Parquet(rows) => {
                for batch in self.reader.batches(part)? {
                    let rows = match rows {
                        Some(rows) => rows,
                        None => rows.insert(columnar::ParquetRows::new(batch.schema())?),
                    };
                    rows.push(&batch)?;
                }
                Ok(rows.as_ref().map_or_else(Vec::new, columnar::ParquetRows::take))
            }
        }
    }

    /// Ends the file; what is left of it is read from the result.
    ///
    /// # Errors
    /// A writer fails.
    pub fn finish(self, truncated: bool) -> Result<Box<dyn Read + Send>, AskError> {
        let bytes = match self.rows {
            Rows::Arrow => Vec::new(),
            Rows::Json(rows) => rows.finish(truncated),
            Rows::Csv(mut rows) => rows.take()?,
            Rows::Parquet(Some(rows)) => rows.finish()?,
            Rows::Parquet(None) => {
                let empty = Answer { columns: self.head.columns, rows: Vec::new(), generation: 0, as_of: None, truncated: false };
                columnar::write_parquet(&empty)?
            }
            Rows::Xlsx(rows) => {
                let mut file = tempfile::tempfile().map_err(|fault| failed(&fault))?;
                rows.finish(truncated, &mut file)?;
                file.rewind().map_err(|fault| failed(&fault))?;
                return Ok(Box::new(file) as Box<dyn Read + Send>);
            }
        };
        Ok(Box::new(Cursor::new(bytes)))
    }
}

/// A column's heading for people: `协议投资额（元）`.
fn heading(column: &AnswerColumn) -> String {
    if column.unit.is_empty() { column.title.clone() } else { format!("{}（{}）", column.title, column.unit) }
}

/// How many terminal or spreadsheet columns a text takes: Chinese characters take two.
fn display_width(text: &str) -> usize {
    text.chars().map(|c| if is_wide(c) { 2 } else { 1 }).sum()
}

fn is_wide(c: char) -> bool {
    matches!(c, '\u{1100}'..='\u{115f}' | '\u{2e80}'..='\u{a4cf}' | '\u{ac00}'..='\u{d7a3}' | '\u{f900}'..='\u{faff}'
        | '\u{fe30}'..='\u{fe4f}' | '\u{ff00}'..='\u{ff60}' | '\u{ffe0}'..='\u{ffe6}' | '\u{20000}'..='\u{3fffd}')
}

fn failed(fault: &dyn std::fmt::Display) -> AskError {
    AskError::Engine(format!("the answer cannot be written: {fault}"))
}

#[cfg(test)]
mod tests;
