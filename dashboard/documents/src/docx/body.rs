//! The body of a docx: paragraphs, tables with repeated heads, pictures, and the paper they stand on.

use super::parts::{self, EVEN_FOOTER, ODD_FOOTER, W};
use super::xml::{escaped, run};
use crate::clean::clean;
use crate::drawing::{self, Drawing};
use crate::fonts::Hand;
use crate::layout::{self, Style, table};
use crate::paper::{CHARACTER, SIZE_3, SIZE_4};
use crate::{Align, Block, Chart, Document, DocumentError, Fonts, Table};

/// Pixels a CSS pixel: about 290 dpi when a chart of 640 px is as wide as the text.
const SCALE: f32 = 3.0;
/// English metric units a point.
const EMU: f32 = 12_700.0;
/// Inside a table's cell, in twentieths of a point.
const PADDING: u32 = 80;

pub(super) struct Body {
    pub xml: String,
    /// Png files, in the order of their relations.
    pub pictures: Vec<Vec<u8>>,
}

struct Writer<'a> {
    fonts: &'a Fonts,
    body: Body,
    break_before_next: bool,
}

pub(super) fn write(document: &Document, fonts: &Fonts) -> Result<Body, DocumentError> {
    let body = Body { xml: opening_tag(), pictures: Vec::new() };
    let mut writer = Writer { fonts, body, break_before_next: false };
    writer.opening(document);
    for block in &document.body {
        writer.block(block)?;
    }
    // A break is for a following block; the closing stays with its text.
    writer.break_before_next = false;
    writer.closing(document);
    writer.body.xml.push_str(&section());
    Ok(writer.body)
}

impl Writer<'_> {
    /// `properties` in the order of the schema, after the style and the page break.
    fn paragraph(&mut self, style: &str, properties: &str, runs: &str) {
        let turn = if std::mem::take(&mut self.break_before_next) { "<w:pageBreakBefore/>" } else { "" };
        self.body.xml.push_str(&format!("<w:p><w:pPr><w:pStyle w:val=\"{style}\"/>{turn}{properties}</w:pPr>{runs}</w:p>"));
    }

    fn opening(&mut self, document: &Document) {
        if let Some(number) = &document.number {
            self.paragraph("Number", "", &run(number));
        }
        let title: Vec<String> = document.title.lines().map(run).collect();
        self.paragraph("Title", "", &title.join("<w:r><w:br/></w:r>"));
        let labels: Vec<String> = document.head.iter().map(|(label, _)| format!("{}：", clean(label))).collect();
        let widest = labels.iter().map(|label| label.chars().count()).max().unwrap_or(0);
        let indent = twentieths(widest as f32 * SIZE_4);
        for (index, (label, (_, text))) in labels.iter().zip(&document.head).enumerate() {
            let after = if index + 1 == labels.len() { "<w:spacing w:after=\"290\" w:line=\"440\" w:lineRule=\"exact\"/>" } else { "" };
            let hanging = format!("{after}<w:ind w:left=\"{indent}\" w:hanging=\"{indent}\"/>");
            self.paragraph("HeadEntry", &hanging, &format!("{}<w:r><w:tab/></w:r>{}", run(label), run(text)));
        }
        if let Some(addressees) = &document.addressees {
            self.paragraph("Plain", "", &run(addressees));
        }
    }

    fn block(&mut self, block: &Block) -> Result<(), DocumentError> {
        match block {
            Block::Heading { level, text } => {
                let style = format!("Heading{}", (*level).clamp(1, 3));
                self.paragraph(&style, "", &run(text));
            }
            Block::Paragraph(text) => self.paragraph("Body", "", &run(text)),
            Block::Table(table) => self.table(table)?,
            Block::Chart(chart) => self.chart(chart)?,
            Block::PageBreak => self.break_before_next = true,
        }
        Ok(())
    }

    fn table(&mut self, table: &Table) -> Result<(), DocumentError> {
        let set = table::Set::of(table, self.fonts)?;
        if set.caption.is_empty() {
            self.gap()
        } else {
            self.paragraph("Caption", "", &run(&table.caption))
        }
        let widths: Vec<u32> = set.widths.iter().map(|points| twentieths(*points)).collect();
        let size = (set.size * 2.0) as u32;
        let mut xml = table_head(&widths);
        let heads: Vec<Vec<String>> = table
            .columns
            .iter()
            .map(|column| [column.title.clone(), table::unit(column)].into_iter().filter(|text| !text.is_empty()).collect())
            .collect();
        let bold = format!("{}<w:sz w:val=\"{size}\"/>", parts::run_fonts(Hand::HeiTi, self.fonts));
        let cells: String = heads.iter().zip(&widths).map(|(texts, width)| cell(texts, *width, Align::Center, &bold)).collect();
        xml.push_str(&format!("<w:tr><w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>{cells}</w:tr>"));
        let plain = format!("<w:sz w:val=\"{size}\"/>");
        for row in &table.rows {
            let text = |index: usize| vec![row.get(index).cloned().unwrap_or_default()];
            let cells = table.columns.iter().zip(&widths).enumerate();
            let cells: String = cells.map(|(index, (column, width))| cell(&text(index), *width, column.align, &plain)).collect();
            xml.push_str(&format!("<w:tr><w:trPr><w:cantSplit/></w:trPr>{cells}</w:tr>"));
        }
        self.body.xml.push_str(&(xml + "</w:tbl>"));
        // Two tables without a paragraph between them would become one.
        if set.note.is_empty() {
            self.gap()
        } else {
            self.paragraph("Note", "", &run(&set.note))
        }
        Ok(())
    }

    fn gap(&mut self) {
        self.paragraph("Note", "<w:spacing w:after=\"0\" w:line=\"160\" w:lineRule=\"exact\"/>", "");
    }

    fn chart(&mut self, chart: &Chart) -> Result<(), DocumentError> {
        let drawing = Drawing::parse(chart, self.fonts)?;
        let index = self.body.pictures.len();
        self.body.pictures.push(drawing.png(&chart.caption, SCALE)?);
        let (width, height) = drawing::fitted(drawing.size());
        let picture = picture(index, (width * EMU) as u64, (height * EMU) as u64, &clean(&chart.description));
        self.paragraph("Picture", "", &picture);
        if chart.caption.is_empty() {
            self.gap()
        } else {
            self.paragraph("FigureCaption", "", &run(&chart.caption))
        }
        Ok(())
    }

    fn closing(&mut self, document: &Document) {
        if !document.attachments.is_empty() {
            self.paragraph("Plain", "", "");
        }
        // `附件：` begins two characters in and is three wide (and a little white), a number one and a half; the names hang at a common edge.
        let several = document.attachments.len() > 1;
        let (start, word) = (twentieths(2.0 * CHARACTER), twentieths(3.2 * CHARACTER));
        let number = if several { twentieths(1.5 * CHARACTER) } else { 0 };
        let (stop, left, hanging) = (start + word, start + word + number, word + number);
        let properties =
            format!("<w:tabs><w:tab w:val=\"left\" w:pos=\"{stop}\"/></w:tabs><w:ind w:left=\"{left}\" w:hanging=\"{hanging}\"/>");
        for (index, name) in document.attachments.iter().enumerate() {
            let tab = "<w:r><w:tab/></w:r>";
            let label = if index == 0 { run("附件：") } else { String::new() };
            let number = if several { run(&format!("{}.", index + 1)) + tab } else { String::new() };
            self.paragraph("Plain", &properties, &format!("{label}{tab}{number}{}", run(name)));
        }
        self.signature(document);
    }

    /// The date four characters from the right edge, the issuer centred above it.
    fn signature(&mut self, document: &Document) {
        let texts: Vec<&String> = [&document.issuer, &document.date_line].into_iter().flatten().collect();
        let Some(last) = texts.last() else { return };
        let width = |text: &str| layout::width(&clean(text), Style::new(Hand::FangSong, SIZE_3), self.fonts);
        let middle = 4.0 * CHARACTER + width(last) / 2.0;
        let indents: Vec<u32> = texts.iter().map(|text| twentieths((middle - width(text) / 2.0).max(0.0))).collect();
        for _ in 0..2 {
            self.paragraph("Plain", "<w:keepNext/>", "");
        }
        for (index, (text, indent)) in texts.iter().zip(indents).enumerate() {
            let together = if index + 1 < texts.len() { "<w:keepNext/>" } else { "" };
            let properties = format!("{together}<w:ind w:right=\"{indent}\"/><w:jc w:val=\"right\"/>");
            self.paragraph("Plain", &properties, &run(text));
        }
    }
}

fn opening_tag() -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n<w:document xmlns:w=\"{W}\" \
         xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\" \
         xmlns:wp=\"http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing\"><w:body>"
    )
}

/// A4 and the margins of GB/T 9704: 37, 26, 35 and 28 mm clockwise from above, in twentieths of a point.
fn section() -> String {
    format!(
        "<w:sectPr><w:footerReference w:type=\"default\" r:id=\"{ODD_FOOTER}\"/><w:footerReference w:type=\"even\" r:id=\"{EVEN_FOOTER}\"/>\
         <w:pgSz w:w=\"11906\" w:h=\"16838\"/><w:pgMar w:top=\"2098\" w:right=\"1474\" w:bottom=\"1984\" w:left=\"1587\" \
         w:header=\"851\" w:footer=\"1247\" w:gutter=\"0\"/></w:sectPr></w:body></w:document>"
    )
}

fn table_head(widths: &[u32]) -> String {
    let side = |name: &str| format!("<w:{name} w:val=\"single\" w:sz=\"4\" w:space=\"0\" w:color=\"000000\"/>");
    let sides: String = ["top", "left", "bottom", "right", "insideH", "insideV"].into_iter().map(side).collect();
    let grid: String = widths.iter().map(|width| format!("<w:gridCol w:w=\"{width}\"/>")).collect();
    format!(
        "<w:tbl><w:tblPr><w:tblW w:w=\"{}\" w:type=\"dxa\"/><w:jc w:val=\"center\"/><w:tblBorders>{sides}</w:tblBorders>\
         <w:tblLayout w:type=\"fixed\"/><w:tblCellMar><w:left w:w=\"{PADDING}\" w:type=\"dxa\"/><w:right w:w=\"{PADDING}\" w:type=\"dxa\"/>\
         </w:tblCellMar></w:tblPr><w:tblGrid>{grid}</w:tblGrid>",
        widths.iter().sum::<u32>(),
    )
}

/// A cell of one paragraph a text.
fn cell(texts: &[String], width: u32, align: Align, letters: &str) -> String {
    let side = match align {
        Align::Left => "left",
        Align::Center => "center",
        Align::Right => "right",
    };
    let paragraph = |text: &String| {
        let run = run(text).replacen("<w:r>", &format!("<w:r><w:rPr>{letters}</w:rPr>"), 1);
        format!("<w:p><w:pPr><w:pStyle w:val=\"Cell\"/><w:jc w:val=\"{side}\"/></w:pPr>{run}</w:p>")
    };
    let paragraphs: String = if texts.is_empty() { paragraph(&String::new()) } else { texts.iter().map(paragraph).collect() };
    format!("<w:tc><w:tcPr><w:tcW w:w=\"{width}\" w:type=\"dxa\"/><w:vAlign w:val=\"center\"/></w:tcPr>{paragraphs}</w:tc>")
}

fn picture(index: usize, width: u64, height: u64, description: &str) -> String {
    let (number, id, description) = (index + 1, parts::picture_id(index), escaped(description));
    let a = "http://schemas.openxmlformats.org/drawingml/2006/main";
    let pic = "http://schemas.openxmlformats.org/drawingml/2006/picture";
    format!(
        "<w:r><w:drawing><wp:inline distT=\"0\" distB=\"0\" distL=\"0\" distR=\"0\"><wp:extent cx=\"{width}\" cy=\"{height}\"/>\
         <wp:docPr id=\"{number}\" name=\"chart{number}\" descr=\"{description}\"/><a:graphic xmlns:a=\"{a}\"><a:graphicData uri=\"{pic}\">\
         <pic:pic xmlns:pic=\"{pic}\"><pic:nvPicPr><pic:cNvPr id=\"{number}\" name=\"chart{number}.png\"/><pic:cNvPicPr/></pic:nvPicPr>\
         <pic:blipFill><a:blip r:embed=\"{id}\"/><a:stretch><a:fillRect/></a:stretch></pic:blipFill>\
         <pic:spPr><a:xfrm><a:off x=\"0\" y=\"0\"/><a:ext cx=\"{width}\" cy=\"{height}\"/></a:xfrm>\
         <a:prstGeom prst=\"rect\"><a:avLst/></a:prstGeom></pic:spPr></pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing></w:r>"
    )
}

fn twentieths(points: f32) -> u32 {
    (points * 20.0).round() as u32
}
