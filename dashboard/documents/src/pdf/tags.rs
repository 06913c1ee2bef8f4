//! The structure of a pdf (标签): headings, paragraphs, tables and figures in reading order, and the bookmarks.

use std::num::NonZeroU16;

use krilla::destination::XyzDestination;
use krilla::geom::Point;
use krilla::outline::{Outline, OutlineNode};
use krilla::surface::Surface;
use krilla::tagging::{Artifact, ArtifactType, ContentTag, Identifier, TableHeaderScope, Tag, TagGroup, TagTree};

use crate::layout::{Item, Layout, Part, Shape};

/// Collects what was drawn for each part of a layout.
pub(super) struct Tags {
    drawn: Vec<Vec<Identifier>>,
    /// Page and height of each part's first line.
    places: Vec<Option<(usize, f32)>>,
}

impl Tags {
    pub(super) fn of(layout: &Layout) -> Tags {
        let parts = layout.parts.len();
        Tags { drawn: (0..parts).map(|_| Vec::new()).collect(), places: vec![None; parts] }
    }

    /// To be followed by the item's drawing and `end_tagged`.
    pub(super) fn start(&mut self, surface: &mut Surface<'_>, item: &Item, page: usize) {
        let Some(part) = item.part else {
            surface.start_tagged(ContentTag::Artifact(Artifact::with_kind(ArtifactType::Layout)));
            return;
        };
        self.drawn[part].push(surface.start_tagged(ContentTag::Other));
        let top = match &item.shape {
            Shape::Line(line) => line.baseline - line.style.size,
            Shape::Rule { from, .. } => from.1,
            Shape::Drawing { at, .. } => at.1,
        };
        self.places[part].get_or_insert((page, top));
    }

    pub(super) fn finish(self, layout: &Layout) -> (TagTree, Outline) {
        let mut tree = TagTree::new().with_lang(Some("zh-CN".into()));
        let mut outline = Outline::new();
        let mut table = OpenTable::default();
        for ((part, drawn), place) in layout.parts.iter().zip(self.drawn).zip(self.places) {
            if let Part::Cell { table: number, row } = part {
                if table.number.is_some_and(|open| open != *number) {
                    table.close(&mut tree);
                }
                table.cell(*number, *row, drawn);
                continue;
            }
            table.close(&mut tree);
            tree.push(group(part, drawn));
            if let (Part::Heading(_, text), Some((page, top))) = (part, place) {
                outline.push_child(OutlineNode::new(text.clone(), XyzDestination::new(page, Point::from_xy(0.0, top))));
            }
        }
        table.close(&mut tree);
        (tree, outline)
    }
}

/// Rows of the table whose cells are being read.
#[derive(Default)]
struct OpenTable {
    number: Option<usize>,
    row: usize,
    rows: Vec<TagGroup>,
}

impl OpenTable {
    fn cell(&mut self, number: usize, row: usize, drawn: Vec<Identifier>) {
        if self.number.is_none() || self.row != row {
            self.rows.push(TagGroup::new(Tag::TR));
        }
        (self.number, self.row) = (Some(number), row);
        let mut cell = if row == 0 { TagGroup::new(Tag::TH(TableHeaderScope::Column)) } else { TagGroup::new(Tag::TD) };
        drawn.into_iter().for_each(|identifier| cell.push(identifier));
        if let Some(open) = self.rows.last_mut() {
            open.push(cell);
        }
    }

    fn close(&mut self, tree: &mut TagTree) {
        if self.number.take().is_none() {
            return;
        }
        let mut table = TagGroup::new(Tag::Table);
        std::mem::take(&mut self.rows).into_iter().for_each(|row| table.push(row));
        tree.push(table);
    }
}

fn group(part: &Part, drawn: Vec<Identifier>) -> TagGroup {
    let mut group = match part {
        Part::Title(text) => TagGroup::new(Tag::Hn(NonZeroU16::MIN, Some(text.clone()))),
        Part::Heading(level, text) => {
            TagGroup::new(Tag::Hn(NonZeroU16::MIN.saturating_add((*level).clamp(1, 5).into()), Some(text.clone())))
        }
        Part::Caption => TagGroup::new(Tag::Caption),
        Part::Figure(description) => TagGroup::new(Tag::Figure(Some(description.clone()))),
        Part::Paragraph | Part::Cell { .. } => TagGroup::new(Tag::P),
    };
    drawn.into_iter().for_each(|identifier| group.push(identifier));
    group
}
