//! What stands after the body (附件、署名、成文日期).

use super::Part;
use super::flow::{BODY, Flow};
use super::lines::{self, Fit, Line};
use crate::Document;
use crate::clean::clean;
use crate::paper::{CHARACTER, LEFT, LINE, TEXT_WIDTH};

/// Lines of the signature with the white above it; none without one.
pub(super) fn lines(document: &Document) -> usize {
    let signature = usize::from(document.issuer.is_some()) + usize::from(document.date_line.is_some());
    let attachments = if document.attachments.is_empty() { 0 } else { document.attachments.len() + 1 };
    signature + if signature > 0 { 2 } else { 0 } + attachments
}

pub(super) fn set(flow: &mut Flow<'_>, document: &Document) {
    attachments(flow, document);
    signature(flow, document);
}

/// `附件：1. ...`, two characters in, the names on a common left edge.
fn attachments(flow: &mut Flow<'_>, document: &Document) {
    if document.attachments.is_empty() {
        return;
    }
    flow.skip(LINE);
    let several = document.attachments.len() > 1;
    let word = 3.0 * CHARACTER;
    for (index, name) in document.attachments.iter().enumerate() {
        let part = flow.part(Part::Paragraph);
        let label = if index == 0 { "附件：" } else { "" };
        let number = if several { format!("{}. ", index + 1) } else { String::new() };
        let label = lines::letters(label, BODY, flow.fonts);
        let number = lines::letters(&number, BODY, flow.fonts);
        let left = 2.0 * CHARACTER + word + lines::width_of(&number);
        let broken = lines::broken(&lines::letters(&clean(name), BODY, flow.fonts), 0.0, TEXT_WIDTH - left);
        for (place, line) in broken.iter().enumerate() {
            if place == 0 {
                flow.need(LINE);
                flow.beside(&label, BODY, 2.0 * CHARACTER, LINE, part);
                flow.beside(&number, BODY, 2.0 * CHARACTER + word, LINE, part);
            }
            flow.line(line, BODY, Fit::Justified, (LEFT + left, TEXT_WIDTH - left), LINE, part);
        }
    }
}

/// The date four characters from the right edge, the issuer centred above it; both on one page.
fn signature(flow: &mut Flow<'_>, document: &Document) {
    let texts: Vec<String> = [&document.issuer, &document.date_line].into_iter().flatten().map(|text| clean(text)).collect();
    if texts.is_empty() {
        return;
    }
    flow.skip(2.0 * LINE);
    flow.need(texts.len() as f32 * LINE);
    let set: Vec<Line> =
        texts.iter().flat_map(|text| lines::balanced(&lines::letters(text, BODY, flow.fonts), TEXT_WIDTH - 4.0 * CHARACTER)).collect();
    let date_width = set.last().map_or(0.0, |line| line.width);
    let middle = TEXT_WIDTH - 4.0 * CHARACTER - date_width / 2.0;
    for line in set {
        let part = flow.part(Part::Paragraph);
        let left = (middle - line.width / 2.0).min(TEXT_WIDTH - line.width).max(0.0);
        flow.line(&line, BODY, Fit::Left, (LEFT + left, TEXT_WIDTH - left), LINE, part);
    }
}
