//! How a workbook's cell becomes the text that a person sees in it.

use std::fmt::Write;

use calamine::{CellErrorType, Data, DataRef, ExcelDateTime};

use crate::row::{Kind, Row};

/// Puts a cell of a stream into a row.
pub fn put_ref(row: &mut Row, column: usize, data: &DataRef<'_>, buffer: &mut String) {
    match data {
        DataRef::Int(value) => number(row, column, *value as f64, buffer),
        DataRef::Float(value) => number(row, column, *value, buffer),
        DataRef::String(text) => row.set(column, Kind::Text, text),
        DataRef::SharedString(text) => row.set(column, Kind::Text, text),
        DataRef::Bool(value) => row.set(column, Kind::Truth, truth(*value)),
        DataRef::DateTime(value) => date(row, column, value, buffer),
        DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => row.set(column, Kind::Date, text),
        DataRef::Error(error) => row.set(column, Kind::Error, error_text(error)),
        DataRef::Empty => (),
    }
}

/// Puts a cell of a rectangle into a row.
pub fn put(row: &mut Row, column: usize, data: &Data, buffer: &mut String) {
    match data {
        Data::Int(value) => number(row, column, *value as f64, buffer),
        Data::Float(value) => number(row, column, *value, buffer),
        Data::String(text) => row.set(column, Kind::Text, text),
        Data::Bool(value) => row.set(column, Kind::Truth, truth(*value)),
        Data::DateTime(value) => date(row, column, value, buffer),
        Data::DateTimeIso(text) | Data::DurationIso(text) => row.set(column, Kind::Date, text),
        Data::Error(error) => row.set(column, Kind::Error, error_text(error)),
        Data::Empty => (),
    }
}

fn number(row: &mut Row, column: usize, value: f64, buffer: &mut String) {
    buffer.clear();
    // Writing to a String cannot fail; f64's own form is the shortest decimal that reads back.
    let _ = write!(buffer, "{value}");
    row.set(column, Kind::Number, buffer);
}

fn date(row: &mut Row, column: usize, value: &ExcelDateTime, buffer: &mut String) {
    if value.is_duration() {
        return number(row, column, value.as_f64(), buffer);
    }
    let (year, month, day, ..) = value.to_ymd_hms_milli();
    buffer.clear();
    let _ = write!(buffer, "{year:04}-{month:02}-{day:02}");
    row.set(column, Kind::Date, buffer);
}

fn truth(value: bool) -> &'static str {
    if value { "是" } else { "否" }
}

fn error_text(error: &CellErrorType) -> &'static str {
    match error {
        CellErrorType::Div0 => "#DIV/0!",
        CellErrorType::NA => "#N/A",
        CellErrorType::Name => "#NAME?",
        CellErrorType::Null => "#NULL!",
        CellErrorType::Num => "#NUM!",
        CellErrorType::Ref => "#REF!",
        CellErrorType::Value => "#VALUE!",
        CellErrorType::GettingData => "#DATA!",
    }
}
