//! Docx: an archive of well-formed parts.

use std::io::{Cursor, Read};

use qunlian_documents::{Block, Table, docx};
use resvg::usvg::roxmltree::{Document as Xml, Node};
use zip::ZipArchive;

use crate::samples::{HOSTILE, PLAIN, chart, document, fonts, long_table, paragraph};

const W: &str = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";

fn parts(bytes: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).unwrap();
    let read = |index: usize| {
        let mut file = archive.by_index(index).unwrap();
        let mut content = Vec::new();
        file.read_to_end(&mut content).unwrap();
        (file.name().unwrap().into_owned(), content)
    };
    (0..ZipArchive::new(Cursor::new(bytes)).unwrap().len()).map(read).collect()
}

fn part(bytes: &[u8], name: &str) -> String {
    String::from_utf8(parts(bytes).into_iter().find(|(found, _)| found == name).unwrap().1).unwrap()
}

fn named<'a>(xml: &'a Xml<'a>, name: &'static str) -> Vec<Node<'a, 'a>> {
    xml.descendants().filter(|node| node.has_tag_name((W, name))).collect()
}

fn text(node: Node<'_, '_>) -> String {
    node.descendants().filter(|inner| inner.has_tag_name((W, "t"))).filter_map(|inner| inner.text()).collect()
}

#[test]
fn every_part_is_well_formed_and_every_relation_leads_somewhere() {
    let bytes = docx(&document(vec![Block::Chart(chart("甲")), Block::Chart(chart("乙"))]), &fonts()).unwrap();
    let parts = parts(&bytes);
    for (name, content) in parts.iter().filter(|(name, _)| !name.ends_with(".png")) {
        let content = std::str::from_utf8(content).unwrap();
        assert!(Xml::parse(content).is_ok(), "{name}");
    }
    let relations = part(&bytes, "word/_rels/document.xml.rels");
    let relations = Xml::parse(&relations).unwrap();
    let targets: Vec<&str> = relations.descendants().filter_map(|node| node.attribute("Target")).collect();
    assert_eq!(targets, ["styles.xml", "settings.xml", "footer1.xml", "footer2.xml", "media/chart1.png", "media/chart2.png"]);
    for target in targets {
        assert!(parts.iter().any(|(name, _)| *name == format!("word/{target}")), "{target}");
    }
}

#[test]
fn the_paper_is_a4_with_the_margins_of_the_standard() {
    let xml = part(&docx(&document(Vec::new()), &fonts()).unwrap(), "word/document.xml");
    let xml = Xml::parse(&xml).unwrap();
    let margins = named(&xml, "pgMar")[0];
    // 37, 26, 35 and 28 mm at 56.693 twentieths of a point a millimetre, rounded.
    for (side, twentieths) in [("top", "2098"), ("right", "1474"), ("bottom", "1984"), ("left", "1587")] {
        assert_eq!(margins.attribute((W, side)), Some(twentieths), "{side}");
    }
    let size = named(&xml, "pgSz")[0];
    assert_eq!((size.attribute((W, "w")), size.attribute((W, "h"))), (Some("11906"), Some("16838")));
}

#[test]
fn the_first_row_of_each_table_is_a_head_and_no_row_is_cut() {
    let xml =
        part(&docx(&document(vec![Block::Table(long_table(3)), Block::Table(long_table(1))]), &fonts()).unwrap(), "word/document.xml");
    let xml = Xml::parse(&xml).unwrap();
    let heads: Vec<bool> =
        named(&xml, "tr").into_iter().map(|row| row.descendants().any(|node| node.has_tag_name((W, "tblHeader")))).collect();
    assert_eq!(heads, [true, false, false, false, true, false]);
    assert_eq!(named(&xml, "cantSplit").len(), 6);
    // The columns are together as wide as the text: 156 mm = 8844 twentieths of a point.
    let widths: Vec<u32> = named(&xml, "gridCol").iter().take(3).map(|node| node.attribute((W, "w")).unwrap().parse().unwrap()).collect();
    assert!(widths.iter().sum::<u32>().abs_diff(8844) <= 2, "{widths:?}");
    // Two tables that touch would be joined.
    let body = named(&xml, "body")[0];
    let names: Vec<&str> = body.children().map(|node| node.tag_name().name()).collect();
    assert!(!names.windows(2).any(|pair| pair == ["tbl", "tbl"]));
    let number = named(&xml, "tc").into_iter().find(|cell| text(*cell) == "3.37").unwrap();
    assert!(number.descendants().any(|node| node.has_tag_name((W, "jc")) && node.attribute((W, "val")) == Some("right")));
}

#[test]
fn texts_are_data() {
    let mut hostile = document(vec![paragraph(HOSTILE), Block::Heading { level: 1, text: HOSTILE.into() }]);
    hostile.title = HOSTILE.into();
    hostile.body.push(Block::Table(Table { rows: vec![vec![HOSTILE.into()]], ..long_table(0) }));
    let bytes = docx(&hostile, &fonts()).unwrap();
    let xml = part(&bytes, "word/document.xml");
    let xml = Xml::parse(&xml).unwrap();
    assert_eq!(named(&xml, "p").into_iter().filter(|paragraph| text(*paragraph) == PLAIN).count(), 4);
    let core = part(&bytes, "docProps/core.xml");
    assert!(Xml::parse(&core).unwrap().descendants().any(|node| node.text() == Some(PLAIN)));
}

#[test]
fn a_picture_is_a_png_with_a_description_and_a_number_of_its_own() {
    let bytes = docx(&document(vec![Block::Chart(chart("甲")), Block::Chart(chart("乙"))]), &fonts()).unwrap();
    let xml = part(&bytes, "word/document.xml");
    let xml = Xml::parse(&xml).unwrap();
    let named: Vec<_> = xml.descendants().filter(|node| node.tag_name().name() == "docPr").collect();
    assert_eq!(named.iter().map(|node| node.attribute("id").unwrap()).collect::<Vec<_>>(), ["1", "2"]);
    assert_eq!(named[0].attribute("descr"), Some("一根蓝色的条 & 一行<字>"));
    // 156 mm wide at 36,000 units a millimetre; half as high, as the drawing.
    let extent = xml.descendants().find(|node| node.tag_name().name() == "extent").unwrap();
    let size: Vec<u32> = ["cx", "cy"].map(|side| extent.attribute(side).unwrap().parse().unwrap()).into();
    assert!(size[0].abs_diff(5_616_000) < 100 && size[1].abs_diff(2_808_000) < 100, "{size:?}");
    let picture = parts(&bytes).into_iter().find(|(name, _)| name == "word/media/chart1.png").unwrap().1;
    assert_eq!(picture[..8], [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n']);
    // The width stands in the first chunk: 400 px three times as large.
    assert_eq!(u32::from_be_bytes(picture[16..20].try_into().unwrap()), 1200);
}

#[test]
fn a_break_turns_the_page_only_before_something() {
    let turns = |body: Vec<Block>| {
        let mut document = document(body);
        (document.attachments, document.issuer, document.date_line) = (Vec::new(), None, None);
        let xml = part(&docx(&document, &fonts()).unwrap(), "word/document.xml");
        xml.matches("<w:pageBreakBefore/>").count()
    };
    assert_eq!(turns(vec![paragraph("甲"), Block::PageBreak, Block::PageBreak, Block::Table(long_table(1))]), 1);
    assert_eq!(turns(vec![paragraph("甲"), Block::PageBreak]), 0);
}

#[test]
fn the_same_document_gives_the_same_bytes() {
    let document = document(vec![paragraph("甲"), Block::Chart(chart("乙")), Block::Table(long_table(20))]);
    assert_eq!(docx(&document, &fonts()).unwrap(), docx(&document, &fonts()).unwrap());
}
