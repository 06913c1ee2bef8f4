//! Answers as files: JSON, CSV, workbook, Parquet, Arrow stream; and as a text table for the terminal.

mod columnar;
mod csv_file;
mod json;
mod text;
mod workbook;

use qunlian_queries::{About, Answer, AnswerColumn, AskError, Format};

pub use text::text_table;

/// Writes an answer in a format. `about` goes on the cover sheet of a workbook.
///
/// # Errors
/// The answer has more rows than a worksheet holds, or a writer fails.
pub fn encode(answer: &Answer, format: Format, about: &About) -> Result<Vec<u8>, AskError> {
    match format {
        Format::Json => Ok(json::write(answer)),
        Format::Csv => csv_file::write(answer),
        Format::Xlsx => workbook::write(answer, about),
        Format::Parquet => columnar::write_parquet(answer),
        Format::Arrow => columnar::write_stream(answer),
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
