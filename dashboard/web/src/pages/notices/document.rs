//! A notice as a Word document (公示文件): A4, heading, table with a repeated head, signature of the center.

use std::io::Cursor;

use docx_rs::{
    AlignmentType, Docx, Footer, LineSpacing, LineSpacingType, PageMargin, PageNum, Paragraph, Run, RunFonts, Shading, SpecialIndentType,
    Table, TableAlignmentType, TableCell, TableLayoutType, TableRow, WidthType,
};
use qunlian_domain::text::tidy;

use super::read::Shown;
use super::{long_day, title};
use crate::Shared;
use crate::fault::Fault;
use crate::words::{Lang, Words};

pub(super) const TYPE: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";

/// A4 in twentieths of a point, and margins of about 2.5 cm.
const PAGE: (u32, u32) = (11_906, 16_838);
const MARGINS: PageMargin = PageMargin { top: 1_440, left: 1_304, bottom: 1_440, right: 1_304, header: 851, footer: 992, gutter: 0 };
/// Heading and width of each column; together as wide as the text.
const COLUMNS: [(&str, usize); 6] =
    [("序号", 650), ("载体单位", 1_500), ("项目名称", 3_048), ("公示事项", 1_400), ("投资规模", 1_200), ("产业链", 1_500)];
/// Half points: 小二, 小四, 五号.
const HEADING: usize = 36;
const BODY: usize = 24;
const CELL: usize = 21;

/// Chinese, whatever language the page is read in: it is a document of the city.
pub(super) fn write(desk: &Shared, shown: &Shown) -> Result<Vec<u8>, Fault> {
    let words = Words::of(Lang::Chinese);
    let notice = &shown.notice;
    let contact = &desk.app.rules.city.procedure.contact;
    let day = |day| long_day(words, day);
    let late = if notice.late { format!("（{}）", words.t("notices.late")) } else { String::new() };
    let heading = Paragraph::new().align(AlignmentType::Center).outline_lvl(0).add_run(text(&title(words, notice), HEADING).bold());
    let lead = format!(
        "按照招商引资项目备案办法，现将{}至{}审核通过的事项予以公示{late}。公示期为{}至{}。",
        day(notice.from),
        day(notice.until),
        day(notice.published_on),
        day(notice.objections_until),
    );
    let objections = format!(
        "公示期内，任何单位和个人对公示内容有异议的，可向{}提出（电话：{}，{}），或在公示网页上提交。异议应当说明理由。",
        contact.office, contact.phone, contact.hours,
    );
    let mut document = Docx::new()
        .page_size(PAGE.0, PAGE.1)
        .page_margin(MARGINS)
        .default_fonts(RunFonts::new().ascii("Times New Roman").hi_ansi("Times New Roman").east_asia("仿宋"))
        .default_size(BODY)
        .footer(Footer::new().add_paragraph(Paragraph::new().align(AlignmentType::Center).add_page_num(PageNum::new())))
        .add_paragraph(heading)
        .add_paragraph(body(&lead))
        .add_table(table(shown))
        .add_paragraph(Paragraph::new())
        .add_paragraph(body(&objections))
        .add_paragraph(Paragraph::new());
    for line in [desk.app.city.center.clone(), day(notice.published_on)] {
        document = document.add_paragraph(Paragraph::new().align(AlignmentType::Right).add_run(text(&line, BODY)));
    }
    let mut parts = document.build();
    parts.document = mended(parts.document);
    let mut bytes = Cursor::new(Vec::new());
    parts.pack(&mut bytes).map_err(|error| Fault::Internal(format!("the notice's document: {error}")))?;
    Ok(bytes.into_inner())
}

/// What the library cannot say or says in another order than the format's: the first row of the only table is a head
/// that is repeated, and a section names its footer before its paper.
fn mended(document: Vec<u8>) -> Vec<u8> {
    let mut xml = match String::from_utf8(document) {
        Ok(xml) => xml.replacen("<w:trPr />", "<w:trPr><w:tblHeader /></w:trPr>", 1),
        Err(error) => return error.into_bytes(),
    };
    let footer = xml.find("<w:footerReference").and_then(|from| Some(from..from + xml[from..].find("/>")? + 2));
    if let (Some(footer), Some(section)) = (footer, xml.rfind("<w:sectPr>")) {
        let reference = xml[footer.clone()].to_owned();
        xml.replace_range(footer, "");
        xml.insert_str(section + "<w:sectPr>".len(), &reference);
    }
    xml.into_bytes()
}

fn table(shown: &Shown) -> Table {
    let heads = COLUMNS.map(|(name, width)| {
        let head = Paragraph::new().align(AlignmentType::Center).add_run(text(name, CELL).bold());
        TableCell::new().width(width, WidthType::Dxa).shading(Shading::new().fill("EDEFF2")).add_paragraph(head)
    });
    let mut rows = vec![TableRow::new(heads.into())];
    for line in &shown.lines {
        let face = &line.face;
        let number = line.number.to_string();
        let texts = [&number, &face.carrier, &face.project, &face.matter, &face.scale, &face.chain];
        let cells = COLUMNS.iter().zip(texts).map(|((_, width), cell)| {
            TableCell::new().width(*width, WidthType::Dxa).add_paragraph(Paragraph::new().add_run(text(cell, CELL)))
        });
        rows.push(TableRow::new(cells.collect()).cant_split());
    }
    let widths: Vec<usize> = COLUMNS.iter().map(|(_, width)| *width).collect();
    Table::new(rows).set_grid(widths).layout(TableLayoutType::Fixed).align(TableAlignmentType::Center)
}

fn body(line: &str) -> Paragraph {
    let spacing = LineSpacing::new().line_rule(LineSpacingType::Auto).line(360);
    let first_line = Some(SpecialIndentType::FirstLine(480));
    Paragraph::new().indent(None, first_line, None, None).line_spacing(spacing).add_run(text(line, BODY))
}

/// One line without what XML cannot hold.
fn text(raw: &str, half_points: usize) -> Run {
    let clean: String = tidy(raw).chars().filter(|c| !matches!(c, '\u{fffe}' | '\u{ffff}')).take(1_000).collect();
    Run::new().size(half_points).add_text(clean)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_columns_fill_the_text() {
        let width = PAGE.0 as i32 - MARGINS.left - MARGINS.right;
        assert_eq!(COLUMNS.iter().map(|(_, width)| *width as i32).sum::<i32>(), width);
    }

    #[test]
    fn the_first_row_becomes_a_head_and_the_footer_comes_first() {
        let mended = |xml: &str| String::from_utf8(mended(xml.into())).unwrap();
        let rows = "<w:tr><w:trPr /></w:tr><w:tr><w:trPr /></w:tr>";
        assert_eq!(mended(rows), "<w:tr><w:trPr><w:tblHeader /></w:trPr></w:tr><w:tr><w:trPr /></w:tr>");
        let section = r#"<w:sectPr><w:pgSz w:w="1" /><w:footerReference r:id="a" /></w:sectPr>"#;
        assert_eq!(mended(section), r#"<w:sectPr><w:footerReference r:id="a" /><w:pgSz w:w="1" /></w:sectPr>"#);
        assert_eq!(mended("<w:sectPr></w:sectPr>"), "<w:sectPr></w:sectPr>");
    }
}
