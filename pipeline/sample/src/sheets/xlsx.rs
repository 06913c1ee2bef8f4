//! Writes a draft as an xlsx workbook; the creation date is fixed, so equal drafts give equal bytes.

use chrono::{Datelike, NaiveDate};
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Formula, Workbook, Worksheet, XlsxError};

use super::Draft;
use super::table::{Cell, Table};
use crate::error::SampleError;

/// The bytes of the workbook.
pub(super) fn compose(draft: &Draft) -> Result<Vec<u8>, SampleError> {
    let fault = |source: XlsxError| SampleError::Workbook { file: draft.name.clone(), source };
    let mut workbook = Workbook::new();
    let created = ExcelDateTime::from_ymd(2022, 1, 1).map_err(fault)?;
    let properties = DocProperties::new()
        .set_title("示例数据（虚构）")
        .set_subject("synthetic sample, no real firm, project or person")
        .set_author("群链 qunlian sample")
        .set_creation_datetime(&created);
    workbook.set_properties(&properties);
    let formats = Formats::new();
    for (_, table) in &draft.tables {
        let sheet = workbook.add_worksheet();
        write_table(sheet, table, &formats).map_err(fault)?;
    }
    workbook.save_to_buffer().map_err(fault)
}

struct Formats {
    title: Format,
    header: Format,
    text: Format,
    date: Format,
}

impl Formats {
    fn new() -> Self {
        let boxed = Format::new().set_border(FormatBorder::Thin).set_align(FormatAlign::VerticalCenter);
        Self {
            title: Format::new().set_bold().set_font_size(14).set_align(FormatAlign::Center),
            header: boxed.clone().set_bold().set_align(FormatAlign::Center).set_text_wrap(),
            date: boxed.clone().set_num_format("yyyy-mm-dd"),
            text: boxed,
        }
    }
}

fn write_table(sheet: &mut Worksheet, table: &Table, formats: &Formats) -> Result<(), XlsxError> {
    sheet.set_name(&table.name)?;
    for (column, width) in table.widths.iter().enumerate() {
        sheet.set_column_width(column as u16, *width)?;
    }
    for (index, row) in table.rows.iter().enumerate() {
        let format = if table.title_rows.contains(&index) {
            &formats.title
        } else if table.header_rows.contains(&index) {
            &formats.header
        } else {
            &formats.text
        };
        for (column, cell) in row.iter().enumerate() {
            write_cell(sheet, index as u32, column as u16, cell, format, &formats.date)?;
        }
    }
    for merge in &table.merges {
        let shown = table.rows.get(merge.top).and_then(|row| row.get(merge.left)).map(Cell::shown).unwrap_or_default();
        let format = if table.title_rows.contains(&merge.top) { &formats.title } else { &formats.header };
        sheet.merge_range(merge.top as u32, merge.left as u16, merge.bottom as u32, merge.right as u16, &shown, format)?;
    }
    for row in &table.hidden_rows {
        sheet.set_row_hidden(*row as u32)?;
    }
    Ok(())
}

fn write_cell(sheet: &mut Worksheet, row: u32, column: u16, cell: &Cell, format: &Format, date: &Format) -> Result<(), XlsxError> {
    match cell {
        Cell::Empty => {}
        Cell::Text(text) => {
            sheet.write_string_with_format(row, column, text, format)?;
        }
        Cell::Number(number) => {
            sheet.write_number_with_format(row, column, *number, format)?;
        }
        Cell::Date(day) => {
            sheet.write_date_with_format(row, column, excel_date(*day)?, date)?;
        }
        Cell::Formula(formula, result) => {
            let formula = Formula::new(format!("={formula}")).set_result(result.to_string());
            sheet.write_formula_with_format(row, column, formula, format)?;
        }
    }
    Ok(())
}

fn excel_date(day: NaiveDate) -> Result<ExcelDateTime, XlsxError> {
    ExcelDateTime::from_ymd(day.year() as u16, day.month() as u8, day.day() as u8)
}
