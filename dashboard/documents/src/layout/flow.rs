//! The flow of blocks down the pages (分页).

use super::lines::{self, Fit, Letter, Line};
use super::{Ink, Item, Layout, Page, Part, PlacedLine, Shape, Style, table};
use crate::clean::clean;
use crate::drawing::{self, Drawing};
use crate::fonts::Hand;
use crate::paper::{
    BOTTOM, CHARACTER, HEIGHT, LEFT, LINE, LINES, PAGE_NUMBER, RIGHT, SIZE_3, SIZE_4, SIZE_4_SMALL, TEXT_HEIGHT, TEXT_WIDTH, TOP,
};
use crate::{Block, Chart, DocumentError, Fonts};

/// Where the baseline stands in a line of `height`: Han glyphs fill 0.88 em above it and 0.12 em below.
pub(crate) fn baseline_in(height: f32, size: f32) -> f32 {
    (height - size) / 2.0 + 0.88 * size
}

pub(super) const BODY: Style = Style { tracking: CHARACTER - SIZE_3, ..Style::new(Hand::FangSong, SIZE_3) };
const CAPTION: Style = Style::new(Hand::HeiTi, SIZE_4_SMALL);
const CAPTION_LINE: f32 = 20.0;
const FIGURE_CAPTION: Style = Style { stand_in_weight: 0.01, ..Style::new(Hand::KaiTi, SIZE_4_SMALL) };
/// White above and below tables and drawings.
const AIR: f32 = 8.0;
const NUMBER: Style = Style::new(Hand::SongTi, SIZE_4);

pub(crate) struct Flow<'a> {
    pub(super) fonts: &'a Fonts,
    layout: Layout,
    y: f32,
    tables: usize,
    /// A break is made only when something follows it, so no page is empty.
    break_before_next: bool,
}

impl<'a> Flow<'a> {
    pub(super) fn new(fonts: &'a Fonts) -> Flow<'a> {
        let layout = Layout { pages: vec![Page::default()], parts: Vec::new() };
        Flow { fonts, layout, y: TOP, tables: 0, break_before_next: false }
    }

    /// One block; `reserve` lines of the closing follow the last one and must not stand on a page alone.
    pub(super) fn block(&mut self, block: &Block, next: Option<&Block>, reserve: usize) -> Result<(), DocumentError> {
        match block {
            Block::Heading { level, text } => self.heading(*level, &clean(text), next)?,
            Block::Paragraph(text) => {
                let lines = self.paragraph_lines(&clean(text));
                let part = self.part(Part::Paragraph);
                self.body_lines(&lines, BODY, part, reserve);
            }
            Block::Table(table) => {
                let set = table::Set::of(table, self.fonts)?;
                self.table(&set);
            }
            Block::Chart(chart) => self.chart(chart)?,
            Block::PageBreak => self.break_before_next = true,
        }
        Ok(())
    }

    pub(super) fn forget_break(&mut self) {
        self.break_before_next = false;
    }

    pub(super) fn finish(mut self) -> Layout {
        for (index, page) in self.layout.pages.iter_mut().enumerate() {
            let letters = lines::letters(&format!("— {} —", index + 1), NUMBER, self.fonts);
            let line = Line { width: lines::width_of(&letters), letters, is_last: true };
            // Odd pages right, even pages left, one character from the edge of the text.
            let fit = if index % 2 == 0 { Fit::Right } else { Fit::Left };
            let baseline = PAGE_NUMBER + 0.38 * NUMBER.size;
            let placed = lines::place(&line, NUMBER, fit, LEFT + SIZE_4, TEXT_WIDTH - 2.0 * SIZE_4, baseline);
            page.items.push(Item { part: None, shape: Shape::Line(placed) });
        }
        self.layout
    }

    pub(super) fn part(&mut self, part: Part) -> usize {
        self.layout.parts.push(part);
        self.layout.parts.len() - 1
    }

    /// Room for `height`, on a new page if this one has not enough. What is higher than a page starts where it is.
    pub(super) fn need(&mut self, height: f32) {
        let is_asked = std::mem::take(&mut self.break_before_next);
        let is_full = self.y + height > BOTTOM + 0.5;
        if self.y > TOP && (is_asked || is_full) {
            self.new_page();
        }
    }

    pub(super) fn skip(&mut self, height: f32) {
        if self.y > TOP {
            self.y = (self.y + height).min(BOTTOM);
        }
    }

    pub(super) fn rule(&mut self, width: f32, ink: Ink) {
        let shape = Shape::Rule { from: (LEFT, self.y), to: (RIGHT, self.y), width, ink };
        self.put(None, shape);
    }

    /// A line of its own height, between `left` and `left + width`.
    pub(super) fn line(&mut self, line: &Line, style: Style, fit: Fit, across: (f32, f32), height: f32, part: usize) {
        self.need(height);
        let placed = lines::place(line, style, fit, across.0, across.1, self.y + baseline_in(height, style.size));
        self.put(Some(part), Shape::Line(placed));
        self.y += height;
    }

    /// Letters at the left of the coming line, which is set by a later call.
    pub(super) fn beside(&mut self, letters: &[Letter], style: Style, indent: f32, height: f32, part: usize) {
        let line = Line { letters: letters.to_vec(), width: lines::width_of(letters), is_last: true };
        let baseline = self.y + baseline_in(height, style.size);
        let placed = lines::place(&line, style, Fit::Left, LEFT + indent, TEXT_WIDTH, baseline);
        self.put(Some(part), Shape::Line(placed));
    }

    pub(super) fn paragraph_lines(&self, text: &str) -> Vec<Line> {
        lines::broken(&lines::letters(text, BODY, self.fonts), 2.0 * CHARACTER, TEXT_WIDTH)
    }

    fn body_lines(&mut self, lines: &[Line], style: Style, part: usize, reserve: usize) {
        self.need(LINE);
        let rest_of_page = ((BOTTOM + 0.5 - self.y) / LINE) as usize;
        let overleaf = lines.len().saturating_sub(rest_of_page);
        // Lines on the paragraph's last page, and how many that page can hold.
        let (used, room) = if overleaf == 0 { (lines.len(), rest_of_page) } else { ((overleaf - 1) % LINES + 1, LINES) };
        // The signature takes two lines of text with it rather than stand alone.
        let is_alone = reserve > 0 && used + reserve > room;
        let turn = if is_alone { lines.len().saturating_sub(2) } else { usize::MAX };
        for (index, line) in lines.iter().enumerate() {
            if index == turn {
                self.break_before_next = true;
            }
            let indent = if index == 0 { 2.0 * CHARACTER } else { 0.0 };
            self.line(line, style, Fit::Justified, (LEFT + indent, TEXT_WIDTH - indent), LINE, part);
        }
    }

    fn heading(&mut self, level: u8, text: &str, next: Option<&Block>) -> Result<(), DocumentError> {
        let style = match level {
            0 | 1 => Style { hand: Hand::HeiTi, ..BODY },
            2 => Style { hand: Hand::KaiTi, stand_in_weight: 0.025, ..BODY },
            _ => Style { weight: 0.025, ..BODY },
        };
        let lines = lines::broken(&lines::letters(text, style, self.fonts), 2.0 * CHARACTER, TEXT_WIDTH);
        let follows = next.map_or(Ok(0.0), |block| self.opening_height(block))?;
        let together = lines.len() as f32 * LINE + follows;
        self.need(if together > TEXT_HEIGHT { LINE * 2.0 } else { together });
        let part = self.part(Part::Heading(level, text.to_owned()));
        self.body_lines(&lines, style, part, 0);
        Ok(())
    }

    /// What of a block must stand on the page of the heading before it.
    fn opening_height(&self, block: &Block) -> Result<f32, DocumentError> {
        Ok(match block {
            Block::Heading { .. } => 2.0 * LINE,
            Block::Paragraph(text) => self.paragraph_lines(&clean(text)).len().min(2) as f32 * LINE,
            Block::Table(table) => AIR + CAPTION_LINE + table::Set::of(table, self.fonts)?.opening_height(),
            Block::Chart(chart) => {
                let drawing = Drawing::parse(chart, self.fonts)?;
                2.0 * AIR + drawing::fitted(drawing.size()).1 + CAPTION_LINE
            }
            Block::PageBreak => 0.0,
        })
    }

    fn caption(&mut self, text: &str, style: Style) {
        let part = self.part(Part::Caption);
        for line in lines::balanced(&lines::letters(&clean(text), style, self.fonts), TEXT_WIDTH) {
            self.line(&line, style, Fit::Center, (LEFT, TEXT_WIDTH), CAPTION_LINE, part);
        }
    }

    fn chart(&mut self, chart: &Chart) -> Result<(), DocumentError> {
        let drawing = Drawing::parse(chart, self.fonts)?;
        let size = drawing::fitted(drawing.size());
        self.need(2.0 * AIR + size.1 + CAPTION_LINE);
        self.skip(AIR);
        let part = self.part(Part::Figure(clean(&chart.description)));
        let at = (LEFT + (TEXT_WIDTH - size.0) / 2.0, self.y);
        self.put(Some(part), Shape::Drawing { at, size, drawing: Box::new(drawing) });
        self.y += size.1;
        if !chart.caption.is_empty() {
            self.caption(&chart.caption, FIGURE_CAPTION);
        }
        self.skip(AIR);
        Ok(())
    }

    fn table(&mut self, set: &table::Set) {
        let caption_height = if set.caption.is_empty() { 0.0 } else { CAPTION_LINE };
        self.need(AIR + caption_height + set.opening_height());
        self.skip(AIR);
        if !set.caption.is_empty() {
            self.caption(&set.caption, CAPTION);
        }
        let table = self.tables;
        self.tables += 1;
        let mut top = self.y;
        self.row(set, &set.head, Some((table, 0)));
        for (index, row) in set.rows.iter().enumerate() {
            for slice in row.slices(TEXT_HEIGHT - set.head.height()) {
                if self.y + slice.height() > BOTTOM + 0.5 {
                    self.column_rules(set, top);
                    self.new_page();
                    top = self.y;
                    self.row(set, &set.head, None);
                }
                self.row(set, &slice, Some((table, index + 1)));
            }
        }
        self.column_rules(set, top);
        self.note(set);
        self.skip(AIR);
    }

    /// The cells of a row; without a part it is the repeated head.
    fn row(&mut self, set: &table::Set, row: &table::Row, part: Option<(usize, usize)>) {
        self.rule(table::RULE, Ink::Black);
        let mut left = LEFT;
        for (cell, width) in row.cells.iter().zip(&set.widths) {
            let part = part.map(|(table, row)| self.part(Part::Cell { table, row }));
            let above = (row.height() - cell.height()) / 2.0;
            for (line, y) in cell.lines.iter().zip(cell.tops()) {
                let inside = (left + table::PADDING, width - 2.0 * table::PADDING);
                let baseline = self.y + above + y + baseline_in(cell.line_height(), cell.style.size);
                let placed: PlacedLine = lines::place(line, cell.style, cell.fit, inside.0, inside.1, baseline);
                self.put(part, Shape::Line(placed));
            }
            left += width;
        }
        self.y += row.height();
    }

    /// The uprights from `top` to here, and the rule under the last row.
    fn column_rules(&mut self, set: &table::Set, top: f32) {
        self.rule(table::RULE, Ink::Black);
        let mut x = LEFT;
        for width in [0.0].iter().chain(&set.widths) {
            x += width;
            self.put(None, Shape::Rule { from: (x, top), to: (x, self.y), width: table::RULE, ink: Ink::Black });
        }
    }

    fn note(&mut self, set: &table::Set) {
        if set.note.is_empty() {
            return;
        }
        let letters = lines::letters(&set.note, table::NOTE, self.fonts);
        let part = self.part(Part::Paragraph);
        self.skip(3.0);
        for line in lines::broken(&letters, 0.0, TEXT_WIDTH) {
            self.line(&line, table::NOTE, Fit::Left, (LEFT, TEXT_WIDTH), 15.0, part);
        }
    }

    fn new_page(&mut self) {
        debug_assert!(self.y <= HEIGHT);
        self.layout.pages.push(Page::default());
        self.y = TOP;
    }

    fn put(&mut self, part: Option<usize>, shape: Shape) {
        if let Some(page) = self.layout.pages.last_mut() {
            page.items.push(Item { part, shape });
        }
    }
}
