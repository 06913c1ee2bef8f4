//! Workbooks: real numbers and dates, frozen heading, widths, and a sheet that says what the figures are.

use std::io::{Seek, Write};

use chrono::{Datelike, NaiveDate};
use qunlian_domain::contract::ColumnType;
use qunlian_domain::text::looks_like_formula;
use qunlian_queries::{About, AnswerColumn, AskError, Value};
use rust_xlsxwriter::{ExcelDateTime, Format, FormatAlign, FormatBorder, Workbook, Worksheet, XlsxError};

use super::{FileHead, display_width, failed, heading};

/// A worksheet holds 1,048,576 rows, one of which is the heading. More are refused: a table in parts is no table to work with.
pub(super) const MOST_ROWS: usize = 1_048_575;
/// Widths are measured on the first rows only.
const MEASURED_ROWS: usize = 200;
const WIDEST: usize = 60;
/// A cell holds at most so many characters.
const LONGEST_TEXT: usize = 32_767;

/// Rows as they come, kept on disk until the workbook is whole.
pub(super) struct WorkbookRows {
    workbook: Workbook,
    head: FileHead,
    about: About,
    looks: Looks,
    /// The first rows, by which widths are measured before anything is written.
    first: Vec<Vec<Value>>,
    widths: Option<Vec<f64>>,
    /// Written below the heading.
    rows: usize,
    /// Taken, written or not.
    taken: usize,
}

struct Looks {
    head: Format,
    whole: Format,
    decimal: Format,
    date: Format,
    quoted: Format,
}

impl WorkbookRows {
    pub(super) fn new(head: FileHead, about: About) -> Self {
        let looks = Looks {
            head: Format::new().set_bold().set_align(FormatAlign::Center).set_border_bottom(FormatBorder::Thin),
            whole: Format::new().set_num_format("#,##0"),
            decimal: Format::new().set_num_format("#,##0.0###"),
            date: Format::new().set_num_format("yyyy-mm-dd"),
            quoted: Format::new().set_quote_prefix(),
        };
        Self { workbook: Workbook::new(), head, about, looks, first: Vec::new(), widths: None, rows: 0, taken: 0 }
    }

    /// Takes the next rows.
    ///
    /// # Errors
    /// [`AskError::TooManyRows`] when they are more than a worksheet holds.
    pub(super) fn push(&mut self, rows: Vec<Vec<Value>>) -> Result<(), AskError> {
        self.taken += rows.len();
        if self.taken > MOST_ROWS {
            return Err(AskError::TooManyRows { limit: MOST_ROWS });
        }
        if self.widths.is_some() {
            return self.write(&rows).map_err(|fault| failed(&fault));
        }
        self.first.extend(rows);
        if self.first.len() >= MEASURED_ROWS { self.begin().map_err(|fault| failed(&fault)) } else { Ok(()) }
    }

    /// The workbook with its sheet 说明.
    pub(super) fn finish(mut self, truncated: bool, to: impl Write + Seek + Send) -> Result<(), AskError> {
        if self.widths.is_none() {
            self.begin().map_err(|fault| failed(&fault))?;
        }
        notes_sheet(self.workbook.add_worksheet(), &self.head, &self.about, self.rows, truncated).map_err(|fault| failed(&fault))?;
        self.workbook.save_to_writer(to).map_err(|fault| failed(&fault))
    }

    fn begin(&mut self) -> Result<(), XlsxError> {
        let first = std::mem::take(&mut self.first);
        let columns = self.head.columns.iter().enumerate();
        self.widths = Some(columns.map(|(at, column)| width(&first, at, column)).collect());
        self.sheet()?;
        self.write(&first)
    }

    fn sheet(&mut self) -> Result<(), XlsxError> {
        let name = sheet_name(&self.about.title);
        let sheet = self.workbook.add_worksheet_with_constant_memory()?;
        sheet.set_name(name)?;
        sheet.set_freeze_panes(1, 0)?;
        for (at, width) in self.widths.iter().flatten().enumerate() {
            sheet.set_column_width(column_number(at), *width)?;
        }
        for (at, column) in self.head.columns.iter().enumerate() {
            sheet.write_string_with_format(0, column_number(at), heading(column), &self.looks.head)?;
        }
        Ok(())
    }

    fn write(&mut self, rows: &[Vec<Value>]) -> Result<(), XlsxError> {
        let sheet = self.workbook.worksheet_from_index(0)?;
        for cells in rows {
            self.rows += 1;
            let row = u32::try_from(self.rows).unwrap_or(u32::MAX);
            for (at, cell) in cells.iter().enumerate() {
                write_cell(sheet, row, column_number(at), cell, &self.looks)?;
            }
        }
        Ok(())
    }
}

fn write_cell(sheet: &mut Worksheet, row: u32, column: u16, cell: &Value, looks: &Looks) -> Result<(), XlsxError> {
    match cell {
        Value::Null => {}
        Value::Int(number) => {
            sheet.write_number_with_format(row, column, *number as f64, &looks.whole)?;
        }
        Value::Decimal(number) if number.is_finite() => {
            sheet.write_number_with_format(row, column, *number, &looks.decimal)?;
        }
        Value::Decimal(_) => {}
        Value::Text(text) if looks_like_formula(text) => {
            sheet.write_string_with_format(row, column, shortened(text), &looks.quoted)?;
        }
        Value::Text(text) => {
            sheet.write_string(row, column, shortened(text))?;
        }
        Value::Date(day) => match excel_date(*day) {
            Some(date) => {
                sheet.write_datetime_with_format(row, column, date, &looks.date)?;
            }
            None => {
                sheet.write_string(row, column, day.to_string())?;
            }
        },
        Value::Bool(truth) => {
            sheet.write_string(row, column, if *truth { "是" } else { "否" })?;
        }
    }
    Ok(())
}

fn notes_sheet(sheet: &mut Worksheet, head: &FileHead, about: &About, rows: usize, truncated: bool) -> Result<(), XlsxError> {
    sheet.set_name("说明")?;
    let bold = Format::new().set_bold().set_align(FormatAlign::Top);
    let wrapped = Format::new().set_text_wrap().set_align(FormatAlign::Top);
    let units: Vec<String> =
        head.columns.iter().filter(|column| !column.unit.is_empty()).map(|column| format!("{}：{}", column.title, column.unit)).collect();
    let lines = [
        ("标题", about.title.clone()),
        ("截至日期", head.as_of.map_or_else(|| "—".to_owned(), |day| day.to_string())),
        ("口径", about.definition.clone()),
        ("单位", if units.is_empty() { "—".to_owned() } else { units.join("；") }),
        ("数据来源", about.source.clone()),
        ("数据代次", format!("第{}代", head.generation)),
        ("行数", format!("{rows}{}", if truncated { "（已截断，不是全部）" } else { "" })),
    ];
    for (row, (name, text)) in lines.iter().enumerate() {
        let row = u32::try_from(row).unwrap_or(u32::MAX);
        sheet.write_string_with_format(row, 0, *name, &bold)?;
        sheet.write_string_with_format(row, 1, shortened(text), &wrapped)?;
    }
    sheet.set_column_width(0, 12)?;
    sheet.set_column_width(1, 80)?;
    Ok(())
}

/// At most 31 characters, none of those Excel forbids, never empty and never the name of the other sheet.
fn sheet_name(title: &str) -> String {
    let name: String = title.chars().filter(|c| !"[]:*?/\\'".contains(*c) && !c.is_control()).take(27).collect();
    match name.trim() {
        "" | "说明" => "数据".to_owned(),
        name => name.to_owned(),
    }
}

fn width(first: &[Vec<Value>], at: usize, column: &AnswerColumn) -> f64 {
    let mut widest = display_width(&heading(column));
    for row in first.iter().take(MEASURED_ROWS) {
        let cell = match row.get(at) {
            Some(Value::Text(text)) => display_width(text),
            Some(Value::Int(number)) => number.to_string().len() * 4 / 3 + 1,
            Some(Value::Date(_)) => 10,
            _ => 0,
        };
        widest = widest.max(cell);
    }
    if column.kind == ColumnType::Decimal {
        widest = widest.max(10);
    }
    (widest.min(WIDEST) + 2) as f64
}

fn shortened(text: &str) -> String {
    text.chars().take(LONGEST_TEXT).collect()
}

fn excel_date(day: NaiveDate) -> Option<ExcelDateTime> {
    let year = u16::try_from(day.year()).ok()?;
    let (month, date) = (u8::try_from(day.month()).ok()?, u8::try_from(day.day()).ok()?);
    ExcelDateTime::from_ymd(year, month, date).ok()
}

fn column_number(at: usize) -> u16 {
    u16::try_from(at).unwrap_or(u16::MAX)
}
