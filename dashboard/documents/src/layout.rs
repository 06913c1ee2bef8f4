//! Laying out (排版): a document becomes pages of placed letters, rules and drawings, in points.

mod breaks;
mod closing;
mod flow;
mod lines;
mod opening;
pub(crate) mod table;
#[cfg(test)]
mod tests;

use crate::drawing::Drawing;
use crate::fonts::Hand;
use crate::{Block, Document, DocumentError, Fonts};
use flow::Flow;
pub(crate) use lines::Letter;

/// A document's pages and its structure for readers that do not see it.
#[derive(Debug, Default)]
pub(crate) struct Layout {
    pub pages: Vec<Page>,
    /// In reading order; items name them by index.
    pub parts: Vec<Part>,
}

#[derive(Debug, Default)]
pub(crate) struct Page {
    pub items: Vec<Item>,
}

/// Something on a page; `part` is none for what belongs to the paper: rules, page numbers, repeated heads.
#[derive(Debug)]
pub(crate) struct Item {
    pub part: Option<usize>,
    pub shape: Shape,
}

#[derive(Debug)]
pub(crate) enum Shape {
    Line(PlacedLine),
    Rule { from: (f32, f32), to: (f32, f32), width: f32, ink: Ink },
    Drawing { at: (f32, f32), size: (f32, f32), drawing: Box<Drawing> },
}

/// Letters on one baseline, each with its own place.
#[derive(Debug)]
pub(crate) struct PlacedLine {
    pub baseline: f32,
    pub letters: Vec<(f32, Letter)>,
    pub style: Style,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ink {
    Black,
    /// The rule under the document number.
    Red,
}

/// How a text is set: sizes in points, weight as the width of an added stroke in em.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Style {
    pub hand: Hand,
    pub size: f32,
    /// Added after each letter.
    pub tracking: f32,
    /// Stroke in em whatever the font, for bold 仿宋.
    pub weight: f32,
    /// Stroke in em where the embedded serif stands in for a heavier hand.
    pub stand_in_weight: f32,
}

impl Style {
    pub(crate) const fn new(hand: Hand, size: f32) -> Style {
        Style { hand, size, tracking: 0.0, weight: 0.0, stand_in_weight: 0.0 }
    }
}

/// What an item is part of.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Part {
    Title(String),
    Heading(u8, String),
    Paragraph,
    Caption,
    /// With what it shows.
    Figure(String),
    /// A cell of the `table`-th table; row 0 is the head.
    Cell {
        table: usize,
        row: usize,
    },
}

/// Sets a document: opening, body, attachments, signature, and the number at the foot of each page.
pub(crate) fn lay_out(document: &Document, fonts: &Fonts) -> Result<Layout, DocumentError> {
    let mut flow = Flow::new(fonts);
    opening::set(&mut flow, document);
    let last_text = document.body.iter().rposition(|block| !matches!(block, Block::PageBreak));
    for (index, block) in document.body.iter().enumerate() {
        let reserve = if Some(index) == last_text { closing::lines(document) } else { 0 };
        flow.block(block, document.body.get(index + 1), reserve)?;
    }
    // A break is for a following block; the closing stays with its text.
    flow.forget_break();
    closing::set(&mut flow, document);
    Ok(flow.finish())
}

/// Width of a text in points.
pub(crate) fn width(text: &str, style: Style, fonts: &Fonts) -> f32 {
    lines::width_of(&lines::letters(text, style, fonts))
}
