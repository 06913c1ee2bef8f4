//! A bulletin as a workbook (通报表格): one sheet per table, the text on a sheet of its own, and what the figures are.

use qunlian_domain::text::{looks_like_formula, tidy};
use rust_xlsxwriter::{Format, FormatAlign, FormatBorder, Workbook, Worksheet, XlsxError};

use crate::BulletinError;
use crate::compose::{Composed, Part};
use crate::tables::TableOf;

/// A cell holds at most so many characters.
const LONGEST_TEXT: usize = 32_767;
/// Characters of a sheet's name.
const LONGEST_NAME: usize = 31;

pub(crate) fn write(bulletin: &Composed) -> Result<Vec<u8>, BulletinError> {
    let mut workbook = Workbook::new();
    let mut names: Vec<String> = Vec::new();
    for part in &bulletin.parts {
        if let Part::Table(table) = part {
            let name = free_name(&table.sheet, &names);
            table_sheet(workbook.add_worksheet(), table, &name)?;
            names.push(name);
        }
    }
    text_sheet(workbook.add_worksheet(), bulletin, &free_name("正文", &names))?;
    about_sheet(workbook.add_worksheet(), bulletin, &free_name("说明", &names))?;
    Ok(workbook.save_to_buffer()?)
}

/// What Excel refuses in names is left out; a second sheet of one name gets a number.
fn free_name(wanted: &str, taken: &[String]) -> String {
    let kept: String = wanted.chars().filter(|c| !r"[]:*?/\'".contains(*c) && !c.is_control()).take(LONGEST_NAME - 3).collect();
    let is_free = |name: &str| !taken.iter().any(|other| other.to_lowercase() == name.to_lowercase());
    let numbered = (2..).map(|number| format!("{kept} {number}"));
    std::iter::once(kept.clone()).chain(numbered).find(|name| !name.is_empty() && is_free(name)).unwrap_or(kept)
}

fn table_sheet(sheet: &mut Worksheet, table: &TableOf, name: &str) -> Result<(), XlsxError> {
    sheet.set_name(name)?;
    let head = Format::new().set_bold().set_align(FormatAlign::Center).set_border_bottom(FormatBorder::Thin).set_text_wrap();
    let title = Format::new().set_bold();
    write_text(sheet, 0, 0, &table.caption, Some(&title))?;
    for (at, column) in (0u16..).zip(&table.columns) {
        let unit = column.unit.map(|unit| format!("（{unit}）")).unwrap_or_default();
        write_text(sheet, 1, at, &format!("{}{unit}", column.title), Some(&head))?;
        sheet.set_column_width(at, if column.is_number { 12.0 } else { 20.0 })?;
    }
    let (whole, decimal) = (Format::new().set_num_format("#,##0"), Format::new().set_num_format("#,##0.0"));
    for (row, cells) in (2u32..).zip(&table.rows) {
        for (at, cell) in (0u16..).zip(cells) {
            match cell.number.filter(|number| number.is_finite()) {
                Some(number) => {
                    let look = if cell.text.contains('.') { &decimal } else { &whole };
                    sheet.write_number_with_format(row, at, number, look)?;
                }
                None => write_text(sheet, row, at, &cell.text, None)?,
            }
        }
    }
    if let Some(note) = &table.note {
        let below = u32::try_from(table.rows.len()).unwrap_or(u32::MAX - 3) + 2;
        write_text(sheet, below, 0, &format!("注：{note}"), None)?;
    }
    sheet.set_freeze_panes(2, 0)?;
    sheet.set_landscape().set_paper_size(9).set_repeat_rows(0, 1)?;
    Ok(())
}

fn text_sheet(sheet: &mut Worksheet, bulletin: &Composed, name: &str) -> Result<(), XlsxError> {
    sheet.set_name(name)?;
    sheet.set_column_width(0, 110.0)?;
    let wrapped = Format::new().set_text_wrap().set_align(FormatAlign::Top);
    write_text(sheet, 0, 0, &bulletin.title_line(), Some(&Format::new().set_bold()))?;
    for (row, line) in (1u32..).zip(bulletin.text().lines()) {
        write_text(sheet, row, 0, line, Some(&wrapped))?;
    }
    Ok(())
}

fn about_sheet(sheet: &mut Worksheet, bulletin: &Composed, name: &str) -> Result<(), XlsxError> {
    sheet.set_name(name)?;
    sheet.set_column_width(0, 12.0)?;
    sheet.set_column_width(1, 90.0)?;
    let bold = Format::new().set_bold();
    let closing = [("发布单位", bulletin.issuer.clone()), ("成文日期", bulletin.date_line.clone())];
    for (row, (label, text)) in (0u32..).zip(bulletin.head.iter().cloned().chain(closing)) {
        write_text(sheet, row, 0, label, Some(&bold))?;
        write_text(sheet, row, 1, &text, None)?;
    }
    Ok(())
}

/// A text cell; what a spreadsheet might take for a formula is marked as text (promise 16).
fn write_text(sheet: &mut Worksheet, row: u32, column: u16, text: &str, look: Option<&Format>) -> Result<(), XlsxError> {
    let text: String = tidy(text).chars().take(LONGEST_TEXT).collect();
    let look = look.cloned().unwrap_or_default();
    let look = if looks_like_formula(&text) { look.set_quote_prefix() } else { look };
    sheet.write_string_with_format(row, column, text, &look)?;
    Ok(())
}
