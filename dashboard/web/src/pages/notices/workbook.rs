//! A notice as a workbook (公示表): what the page shows, and a sheet that says what it is.

use qunlian_domain::text::{looks_like_formula, tidy};
use rust_xlsxwriter::{Format, FormatAlign, FormatBorder, Workbook, Worksheet, XlsxError};

use super::read::Shown;
use super::{period, state_words, title};
use crate::Shared;
use crate::fault::Fault;
use crate::words::{Lang, Words};

pub(super) const TYPE: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// Heading and width of each column.
const COLUMNS: [(&str, f64); 7] =
    [("序号", 6.0), ("载体单位", 20.0), ("项目名称", 48.0), ("公示事项", 20.0), ("投资规模", 14.0), ("产业链", 24.0), ("办理情况", 28.0)];

/// Chinese, whatever language the page is read in: it is a document of the city.
pub(super) fn write(desk: &Shared, shown: &Shown) -> Result<Vec<u8>, Fault> {
    let mut workbook = Workbook::new();
    let failed = |error: XlsxError| Fault::Internal(format!("the notice's workbook: {error}"));
    lines_sheet(workbook.add_worksheet(), desk, shown).map_err(failed)?;
    about_sheet(workbook.add_worksheet(), desk, shown).map_err(failed)?;
    workbook.save_to_buffer().map_err(failed)
}

fn lines_sheet(sheet: &mut Worksheet, desk: &Shared, shown: &Shown) -> Result<(), XlsxError> {
    let words = Words::of(Lang::Chinese);
    sheet.set_name("公示")?;
    let head = Format::new().set_bold().set_align(FormatAlign::Center).set_border_bottom(FormatBorder::Thin);
    for (column, (name, width)) in (0u16..).zip(COLUMNS) {
        sheet.write_string_with_format(0, column, name, &head)?;
        sheet.set_column_width(column, width)?;
    }
    for (row, line) in (1u32..).zip(&shown.lines) {
        let face = &line.face;
        let state = state_words(words, desk.today(), &shown.notice, line);
        sheet.write_number(row, 0, line.number as f64)?;
        let texts = [&face.carrier, &face.project, &face.matter, &face.scale, &face.chain, &state];
        for (column, text) in (1u16..).zip(texts) {
            write_text(sheet, row, column, text)?;
        }
    }
    sheet.set_freeze_panes(1, 0)?;
    sheet.set_landscape().set_paper_size(9).set_repeat_rows(0, 0)?;
    Ok(())
}

fn about_sheet(sheet: &mut Worksheet, desk: &Shared, shown: &Shown) -> Result<(), XlsxError> {
    let words = Words::of(Lang::Chinese);
    let contact = &desk.app.rules.city.procedure.contact;
    let late = if shown.notice.late { words.t("notices.late") } else { "—" };
    sheet.set_name("说明")?;
    let bold = Format::new().set_bold();
    let lines = [
        ("标题", title(words, &shown.notice)),
        ("公示期", period(words, &shown.notice)),
        ("补发", late.to_owned()),
        ("受理单位", contact.office.clone()),
        ("联系电话", contact.phone.clone()),
        ("受理时间", contact.hours.clone()),
        ("发布单位", desk.app.city.center.clone()),
    ];
    for (row, (name, text)) in (0u32..).zip(lines) {
        sheet.write_string_with_format(row, 0, name, &bold)?;
        write_text(sheet, row, 1, &text)?;
    }
    sheet.set_column_width(0, 12)?;
    sheet.set_column_width(1, 60)?;
    Ok(())
}

/// A text cell; what a spreadsheet might take for a formula is marked as text (promise 16).
fn write_text(sheet: &mut Worksheet, row: u32, column: u16, text: &str) -> Result<(), XlsxError> {
    let text: String = tidy(text).chars().take(1_000).collect();
    if looks_like_formula(&text) {
        sheet.write_string_with_format(row, column, text, &Format::new().set_quote_prefix())?;
    } else {
        sheet.write_string(row, column, text)?;
    }
    Ok(())
}
