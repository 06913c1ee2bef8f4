//! Layout: lines, pages and tables, seen as placed letters.

use proptest::prelude::*;

use super::lines::{Fit, balanced, broken, letters, place};
use super::*;
use crate::paper::{BOTTOM, CHARACTER, LEFT, RIGHT, SIZE_3, TEXT_WIDTH, TOP};
use crate::{Align, Column, FontFiles, Table};

const BODY: Style = Style { tracking: CHARACTER - SIZE_3, ..Style::new(Hand::FangSong, SIZE_3) };

fn fonts() -> Fonts {
    Fonts::load(&FontFiles::default()).unwrap()
}

fn texts(page: &Page) -> Vec<String> {
    let text = |item: &Item| match &item.shape {
        Shape::Line(line) => Some(line.letters.iter().map(|(_, letter)| letter.character).collect()),
        _ => None,
    };
    page.items.iter().filter_map(text).collect()
}

fn lines_of(text: &str) -> Vec<String> {
    let fonts = fonts();
    let lines = broken(&letters(text, BODY, &fonts), 0.0, TEXT_WIDTH);
    lines.iter().map(|line| line.letters.iter().map(|letter| letter.character).collect()).collect()
}

fn paragraph(characters: usize) -> Block {
    Block::Paragraph("字".repeat(characters))
}

fn signed(body: Vec<Block>) -> Document {
    Document { title: "题".into(), body, issuer: Some("中心".into()), date_line: Some("2022年6月10日".into()), ..Document::default() }
}

fn table(rows: usize) -> Table {
    let column = |title: &str, align| Column { title: title.into(), align, unit: None };
    let row = |index: usize| vec![format!("项目{index}"), format!("{index}.5")];
    Table {
        columns: vec![column("名称甲", Align::Left), column("数额乙", Align::Right)],
        rows: (1..=rows).map(row).collect(),
        ..Table::default()
    }
}

#[test]
fn a_line_holds_28_characters() {
    assert_eq!(lines_of(&"字".repeat(57)).iter().map(|line| line.chars().count()).collect::<Vec<_>>(), [28, 28, 1]);
}

#[test]
fn a_mark_that_does_not_fit_takes_the_character_before_it_along() {
    let text = format!("{}，完", "字".repeat(28));
    // 29 places are too many for the comma; it may not begin a line, so 字， go down together.
    assert_eq!(lines_of(&text), ["字".repeat(27), "字，完".to_owned()]);
    // As the 28th character its white half would not matter.
    assert_eq!(lines_of(&format!("{}，完", "字".repeat(27))), [format!("{}，", "字".repeat(27)), "完".to_owned()]);
}

#[test]
fn numbers_with_their_signs_and_dashes_stay_whole() {
    let text = format!("{}188.5%——是", "字".repeat(26));
    assert_eq!(lines_of(&text), ["字".repeat(26), "188.5%——是".to_owned()]);
    // A word longer than a line is torn, or it would run off the paper.
    assert!(lines_of(&"w".repeat(200)).len() > 2);
}

#[test]
fn a_justified_line_reaches_both_edges() {
    let fonts = fonts();
    let all = letters(&format!("{}188.5%是", "字".repeat(26)), BODY, &fonts);
    let lines = broken(&all, 0.0, TEXT_WIDTH);
    let placed = place(&lines[0], BODY, Fit::Justified, LEFT, TEXT_WIDTH, 0.0);
    let (x, last) = placed.letters.last().unwrap();
    assert!((placed.letters[0].0 - LEFT).abs() < 0.01 && (x + last.width - RIGHT).abs() < 0.1, "{x}");
}

#[test]
fn a_title_is_set_in_lines_of_like_length() {
    let fonts = fonts();
    let lengths: Vec<usize> =
        balanced(&letters(&"题".repeat(30), BODY, &fonts), TEXT_WIDTH).iter().map(|line| line.letters.len()).collect();
    assert_eq!(lengths, [15, 15]);
}

#[test]
fn a_page_holds_22_lines_and_its_number_stands_outside() {
    // Without a title's room: title 34 pt + half a line, so 20 lines fit the first page and 22 the second.
    let document = Document { title: "题".into(), body: vec![paragraph(28 * 60)], ..Document::default() };
    let layout = lay_out(&document, &fonts()).unwrap();
    let lines: Vec<usize> = layout.pages.iter().map(|page| texts(page).len()).collect();
    // 1,680 characters and two of indent make 61 lines; the title and the page's number are lines too.
    assert_eq!(lines, [1 + 20 + 1, 22 + 1, 19 + 1]);
    assert_eq!(texts(&layout.pages[1]).last().unwrap(), "— 2 —");
    let side = |page: &Page| match &page.items.last().unwrap().shape {
        Shape::Line(line) => (line.letters[0].0, line.baseline),
        _ => panic!("no page number"),
    };
    let (odd, even) = (side(&layout.pages[0]), side(&layout.pages[1]));
    assert!(odd.0 > RIGHT - 70.0 && (even.0 - LEFT - 14.0).abs() < 0.01 && odd.1 > BOTTOM, "{odd:?} {even:?}");
}

#[test]
fn each_page_of_a_long_table_begins_with_its_head() {
    let document = Document { title: "题".into(), body: vec![Block::Table(table(200))], ..Document::default() };
    let layout = lay_out(&document, &fonts()).unwrap();
    assert!(layout.pages.len() > 5, "{}", layout.pages.len());
    for (number, page) in layout.pages.iter().enumerate() {
        let texts = texts(page);
        let start = usize::from(number == 0);
        assert_eq!(texts[start..start + 2], ["名称甲", "数额乙"], "page {number}");
    }
    let all: Vec<String> = layout.pages.iter().flat_map(texts).filter(|text| text.starts_with("项目")).collect();
    assert_eq!(all, (1..=200).map(|index| format!("项目{index}")).collect::<Vec<_>>());
    // Only the first head belongs to the structure: a reader would hear the others as rows.
    let heads = layout.parts.iter().filter(|part| matches!(part, Part::Cell { row: 0, .. })).count();
    assert_eq!(heads, 2);
}

#[test]
fn a_long_column_does_not_cost_more_lines_than_it_must() {
    let cell = |length: usize| "字".repeat(length);
    let column = || Column { title: "列".into(), ..Column::default() };
    // 18 + 9 + 9 + 9 characters and their white are 45 x 10.5 + 4 x 8.5 = 506 points, the text has 442: two lines.
    let wide =
        Table { columns: vec![column(), column(), column(), column()], rows: vec![[18, 9, 9, 9].map(cell).into()], ..Table::default() };
    let set = table::Set::of(&wide, &fonts()).unwrap();
    let lines: Vec<usize> = set.rows[0].cells.iter().map(|cell| cell.lines.len()).collect();
    assert_eq!((set.size, lines.into_iter().max()), (10.5, Some(2)));
}

#[test]
fn numbers_stand_at_the_right_edge_of_their_column() {
    let layout = lay_out(&Document { body: vec![Block::Table(table(2))], ..Document::default() }, &fonts()).unwrap();
    let end = |item: &Item| match &item.shape {
        Shape::Line(line) if line.letters.iter().any(|(_, letter)| letter.character == '.') => {
            line.letters.last().map(|(x, letter)| x + letter.width)
        }
        _ => None,
    };
    let ends: Vec<f32> = layout.pages[0].items.iter().filter_map(end).collect();
    assert_eq!(ends.len(), 2);
    assert!(ends.iter().all(|end| (end - (RIGHT - table::PADDING)).abs() < 0.01), "{ends:?}");
}

#[test]
fn a_row_higher_than_a_page_goes_on_overleaf() {
    let mut high = table(1);
    high.rows[0][0] = "长".repeat(6_000);
    let layout = lay_out(&Document { body: vec![Block::Table(high)], ..Document::default() }, &fonts()).unwrap();
    let count = |page: &Page| texts(page).concat().matches('长').count();
    assert_eq!(layout.pages.iter().map(count).sum::<usize>(), 6_000);
    let lowest = |item: &Item| match &item.shape {
        Shape::Line(line) if line.letters.iter().any(|(_, letter)| letter.character == '长') => line.baseline,
        _ => TOP,
    };
    assert!(layout.pages.iter().flat_map(|page| &page.items).all(|item| lowest(item) <= BOTTOM));
}

#[test]
fn a_row_too_long_for_its_table_is_an_error() {
    let mut wrong = table(2);
    wrong.caption = "表9".into();
    wrong.rows[1].push("多".into());
    let error = lay_out(&signed(vec![Block::Table(wrong)]), &fonts()).unwrap_err();
    assert_eq!(error.to_string(), "table \"表9\": row 2 has 3 cells for 2 columns");
}

#[test]
fn a_signature_never_stands_alone_and_no_page_is_empty() {
    for lines in 10..40 {
        let mut body = vec![paragraph(28 * lines), Block::PageBreak];
        body.insert(0, Block::PageBreak);
        let layout = lay_out(&signed(body), &fonts()).unwrap();
        let last = texts(layout.pages.last().unwrap());
        assert!(last.iter().any(|line| line.starts_with('字')), "{lines} lines: {last:?}");
        assert_eq!(last.iter().filter(|line| ["中心", "2022年6月10日"].contains(&line.as_str())).count(), 2);
        assert!(layout.pages.iter().all(|page| texts(page).len() > 1));
    }
}

#[test]
fn a_heading_goes_with_what_follows_it() {
    for lines in 10..24 {
        let heading = Block::Heading { level: 1, text: "一、标题".into() };
        let body = vec![paragraph(28 * lines - 2), heading, Block::Table(table(3))];
        let layout = lay_out(&Document { title: "题".into(), body, ..Document::default() }, &fonts()).unwrap();
        let page = layout.pages.iter().find(|page| texts(page).contains(&"一、标题".to_owned())).unwrap();
        assert!(texts(page).contains(&"项目1".to_owned()), "{lines} lines");
    }
}

proptest! {
    #[test]
    fn lines_keep_the_text_and_the_rules(text in "[字词，。（）“”《a1.%—…、 ]{0,120}") {
        let fonts = fonts();
        let text = crate::clean::clean(&text);
        let lines = broken(&letters(&text, BODY, &fonts), 2.0 * CHARACTER, TEXT_WIDTH);
        let joined: String = lines.iter().flat_map(|line| &line.letters).map(|letter| letter.character).filter(|c| *c != ' ').collect();
        prop_assert_eq!(joined, text.replace(' ', ""));
        for (index, line) in lines.iter().enumerate() {
            let limit = if index == 0 { TEXT_WIDTH - 2.0 * CHARACTER } else { TEXT_WIDTH };
            prop_assert!(line.width <= limit + 0.02 || line.letters.len() == 1);
        }
    }

    #[test]
    fn columns_are_together_as_wide_as_the_text(lengths in proptest::collection::vec(0_usize..60, 1..14)) {
        let table = Table {
            columns: lengths.iter().map(|_| Column { title: "列名".into(), ..Column::default() }).collect(),
            rows: vec![lengths.iter().map(|length| "字1".repeat(*length)).collect()],
            ..Table::default()
        };
        let (_, widths) = table::widths(&table, &fonts());
        prop_assert!((widths.iter().sum::<f32>() - TEXT_WIDTH).abs() < 0.1);
        prop_assert!(widths.iter().all(|width| *width > 2.0 * table::PADDING));
    }
}
