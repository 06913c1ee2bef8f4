//! Pdf: opened again by its table of references, pages and their texts read back.

use qunlian_documents::{Block, Document, pdf};

use crate::reading::{Pdf, value};
use crate::samples::{HOSTILE, PLAIN, chart, document, fonts, long_table, paragraph};

fn open(document: &Document) -> Pdf {
    Pdf::open(&pdf(document, &fonts()).unwrap())
}

fn texts(pdf: &Pdf) -> Vec<String> {
    pdf.pages().into_iter().map(|page| pdf.text(page)).collect()
}

#[test]
fn everything_that_was_said_can_be_read_back() {
    let document = document(vec![
        Block::Heading { level: 1, text: "一、总体情况".into() },
        paragraph("1—5月，全市新签约188个，完成60.6%。"),
        Block::Table(long_table(2)),
        Block::Chart(chart("图中字")),
    ]);
    let pages = texts(&open(&document));
    assert_eq!(pages.len(), 2);
    let all = pages.concat();
    for text in [
        "淮招商〔2022〕6号",
        "关于全市招商引资情况的通报",
        "截至日期：",
        "2022年5月31日",
        "一、总体情况",
        "1—5月，全市新签约188个，完成60.6%。",
        "表1 明细",
        "投资额",
        "（亿元）",
        "项目0002",
        "6.37",
        "注：合同总额。",
        "图1 条",
        "附件：",
        "2. ",
        "目标表",
        "淮北市投资促进中心",
        "2022年6月10日",
        "— 1 —",
        "— 2 —",
    ] {
        assert!(all.contains(text), "{text} not in {all}");
    }
    // Letters in a drawing are placed one by one.
    assert!(all.replace('\n', "").contains("图中字"), "{all}");
}

#[test]
fn the_paper_is_a4_and_the_fonts_are_inside() {
    let pdf = open(&document(vec![paragraph("正文")]));
    for page in pdf.pages() {
        let mut edges = value(&pdf.objects[&page].dictionary, "/MediaBox").unwrap().trim_start_matches('[').split([' ', ']']);
        let (width, height): (f32, f32) = (edges.nth(2).unwrap().parse().unwrap(), edges.next().unwrap().parse().unwrap());
        // 210 x 297 mm
        assert!((width - 595.276).abs() < 0.01 && (height - 841.89).abs() < 0.01, "{width} {height}");
    }
    let fonts = pdf.font_descriptors();
    assert!(!fonts.is_empty());
    assert!(fonts.iter().all(|font| font.contains("/FontFile") && font.contains("Qunlian")), "{fonts:?}");
}

#[test]
fn a_table_of_200_rows_has_its_head_on_every_page_it_takes() {
    let pages = texts(&open(&document(vec![Block::Table(long_table(200))])));
    let rows = |page: &String| page.matches("项目0").count();
    assert_eq!(pages.iter().map(rows).sum::<usize>(), 200);
    let with_rows: Vec<&String> = pages.iter().filter(|page| rows(page) > 0).collect();
    assert!(with_rows.len() >= 7, "{}", with_rows.len());
    assert!(with_rows.iter().all(|page| page.matches("投资额").count() == 1 && page.contains("（亿元）")));
}

#[test]
fn texts_are_data() {
    let mut hostile = document(vec![paragraph(HOSTILE)]);
    hostile.title = HOSTILE.into();
    let all = texts(&open(&hostile)).concat().replace(['\n', ' '], "");
    assert_eq!(all.matches(&PLAIN.replace(' ', "")).count(), 2, "{all}");
}

#[test]
fn a_chart_is_drawn_in_lines_and_described() {
    let pdf = open(&document(vec![Block::Chart(chart("甲"))]));
    assert!(!pdf.objects.values().any(|object| object.dictionary.contains("/Subtype/Image")));
    // A blue of #1f5fa8 as thirds of one: 31/255, 95/255, 168/255.
    let page = &pdf.objects[&pdf.pages()[0]].dictionary;
    assert!(page.contains("/StructParents"), "{page}");
    let figure = pdf.objects.values().find(|object| object.dictionary.contains("/S/Figure")).unwrap();
    assert!(figure.dictionary.contains("/Alt"), "{}", figure.dictionary);
}

#[test]
fn a_character_without_a_glyph_is_printed_as_the_mark_for_it_and_still_found() {
    let document = document(vec![paragraph("甲ก乙")]);
    assert_eq!(fonts().missing(&document), ['ก']);
    assert!(texts(&open(&document))[0].contains("甲ก乙"));
}

#[test]
fn the_same_document_gives_the_same_bytes() {
    let document = document(vec![paragraph("甲"), Block::Chart(chart("乙")), Block::Table(long_table(60))]);
    let bytes = pdf(&document, &fonts()).unwrap();
    assert!(bytes == pdf(&document, &fonts()).unwrap());
    let text = String::from_utf8_lossy(&bytes);
    assert!(!text.contains("CreationDate") && !text.contains("ModDate"));
}
