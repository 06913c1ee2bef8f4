//! What stands before the body (版头): number, title, and what the figures are about.

use super::flow::Flow;
use super::lines::{self, Fit};
use super::{Ink, Part, Style};
use crate::Document;
use crate::clean::clean;
use crate::fonts::Hand;
use crate::paper::{CHARACTER, LEFT, LINE, SIZE_2, SIZE_4, TEXT_WIDTH};

use super::flow::BODY;

const TITLE: Style = Style { stand_in_weight: 0.035, ..Style::new(Hand::XiaoBiaoSong, SIZE_2) };
const TITLE_LINE: f32 = 34.0;
const HEAD: Style = Style { stand_in_weight: 0.0, ..Style::new(Hand::KaiTi, SIZE_4) };
const HEAD_LINE: f32 = 22.0;
/// 0.35 mm, as the standard's separating rule.
const SEPARATOR: f32 = 1.0;

pub(super) fn set(flow: &mut Flow<'_>, document: &Document) {
    if let Some(number) = &document.number {
        let part = flow.part(Part::Paragraph);
        let letters = lines::letters(&clean(number), BODY, flow.fonts);
        for line in lines::balanced(&letters, TEXT_WIDTH) {
            flow.line(&line, BODY, Fit::Center, (LEFT, TEXT_WIDTH), LINE, part);
        }
        flow.skip(4.0);
        flow.rule(SEPARATOR, Ink::Red);
        flow.skip(LINE);
    }
    let part = flow.part(Part::Title(document.title_line()));
    // Kept off the edges, so that a long title is set in more lines rather than in full ones.
    let inset = 2.0 * CHARACTER;
    for piece in document.title.lines().map(clean) {
        for line in lines::balanced(&lines::letters(&piece, TITLE, flow.fonts), TEXT_WIDTH - 2.0 * inset) {
            flow.line(&line, TITLE, Fit::Center, (LEFT, TEXT_WIDTH), TITLE_LINE, part);
        }
    }
    flow.skip(LINE / 2.0);
    head(flow, document);
    if let Some(addressees) = &document.addressees {
        let part = flow.part(Part::Paragraph);
        for line in lines::broken(&lines::letters(&clean(addressees), BODY, flow.fonts), 0.0, TEXT_WIDTH) {
            flow.line(&line, BODY, Fit::Justified, (LEFT, TEXT_WIDTH), LINE, part);
        }
    }
}

/// One entry a line, texts on a common left edge.
fn head(flow: &mut Flow<'_>, document: &Document) {
    if document.head.is_empty() {
        return;
    }
    let label = |entry: &(String, String)| lines::letters(&format!("{}：", clean(&entry.0)), HEAD, flow.fonts);
    let labels: Vec<_> = document.head.iter().map(label).collect();
    let widest = labels.iter().map(|letters| lines::width_of(letters)).fold(0.0, f32::max).min(TEXT_WIDTH / 3.0);
    for (label, (_, text)) in labels.into_iter().zip(&document.head) {
        let part = flow.part(Part::Paragraph);
        let letters = lines::letters(&clean(text), HEAD, flow.fonts);
        flow.need(HEAD_LINE);
        flow.beside(&label, HEAD, 0.0, HEAD_LINE, part);
        for line in lines::broken(&letters, 0.0, TEXT_WIDTH - widest) {
            flow.line(&line, HEAD, Fit::Justified, (LEFT + widest, TEXT_WIDTH - widest), HEAD_LINE, part);
        }
    }
    flow.skip(LINE / 2.0);
}
