//! Pdf: pages of vectors and embedded fonts, tagged for readers, the same bytes for the same document.

mod tags;

use krilla::color::rgb;
use krilla::geom::{PathBuilder, Point, Size, Transform};
use krilla::metadata::Metadata;
use krilla::num::NormalizedF32;
use krilla::page::PageSettings;
use krilla::paint::{Fill, Stroke};
use krilla::surface::Surface;
use krilla::text::{GlyphId, KrillaGlyph};
use krilla::{Document as Pdf, SerializeSettings};
use krilla_svg::{SurfaceExt, SvgSettings};

use crate::clean::clean;
use crate::drawing::Drawing;
use crate::layout::{self, Ink, Letter, PlacedLine, Shape};
use crate::paper::{HEIGHT, WIDTH};
use crate::{Document, DocumentError, Fonts};

/// A document as pdf 1.7 with bookmarks of its headings. Text can be searched and copied; there is no time stamp in it.
pub fn pdf(document: &Document, fonts: &Fonts) -> Result<Vec<u8>, DocumentError> {
    let layout = layout::lay_out(document, fonts)?;
    let mut pdf = Pdf::new_with(SerializeSettings { enable_tagging: true, ..SerializeSettings::default() });
    let mut tags = tags::Tags::of(&layout);
    for (number, sheet) in layout.pages.iter().enumerate() {
        let size = PageSettings::from_wh(WIDTH, HEIGHT).ok_or_else(|| DocumentError::Pdf("a page without area".into()))?;
        let mut page = pdf.start_page_with(size);
        let mut surface = page.surface();
        for item in &sheet.items {
            tags.start(&mut surface, item, number);
            match &item.shape {
                Shape::Line(line) => draw_line(&mut surface, line, fonts),
                Shape::Rule { from, to, width, ink } => draw_rule(&mut surface, *from, *to, *width, *ink),
                Shape::Drawing { at, size, drawing } => draw_drawing(&mut surface, *at, *size, drawing),
            }
            surface.end_tagged();
        }
        surface.finish();
        page.finish();
    }
    let (tree, outline) = tags.finish(&layout);
    pdf.set_tag_tree(tree);
    pdf.set_outline(outline);
    pdf.set_metadata(metadata(document));
    pdf.finish().map_err(|error| DocumentError::Pdf(format!("{error:?}")))
}

fn metadata(document: &Document) -> Metadata {
    let metadata = Metadata::new().title(document.title_line()).language("zh-CN".into()).creator("群链".into());
    match &document.issuer {
        Some(issuer) => metadata.authors(vec![clean(issuer)]),
        None => metadata,
    }
}

/// Runs of letters of one face; each letter's advance leads to the next one's place.
fn draw_line(surface: &mut Surface<'_>, line: &PlacedLine, fonts: &Fonts) {
    let size = line.style.size;
    for run in line.letters.chunk_by(|(_, before), (_, after)| before.sort.face == after.sort.face) {
        let Some((left, first)) = run.first() else { continue };
        let mut text = String::new();
        let mut glyphs = Vec::with_capacity(run.len());
        for (index, (x, letter)) in run.iter().enumerate() {
            let start = text.len();
            text.push(letter.character);
            let advance = run.get(index + 1).map_or(letter.width, |(next, _)| next - x) / size;
            glyphs.push(KrillaGlyph::new(GlyphId::new(letter.sort.glyph.into()), advance, 0.0, 0.0, 0.0, start..text.len(), None));
        }
        surface.set_fill(Some(Fill { paint: colour(Ink::Black).into(), ..Fill::default() }));
        surface.set_stroke(weight(line, first, fonts).map(|em| stroke(em * size, Ink::Black)));
        surface.draw_glyphs(Point::from_xy(*left, line.baseline), &glyphs, fonts.face(first.sort.face).font(), &text, size, false);
    }
    surface.set_stroke(None);
}

/// The stroke that makes letters bolder, in em.
fn weight(line: &PlacedLine, letter: &Letter, fonts: &Fonts) -> Option<f32> {
    let is_stand_in = fonts.family(line.style.hand).is_none() || letter.sort.face < 2;
    let em = if is_stand_in { line.style.weight.max(line.style.stand_in_weight) } else { line.style.weight };
    (em > 0.0).then_some(em)
}

fn draw_drawing(surface: &mut Surface<'_>, at: (f32, f32), size: (f32, f32), drawing: &Drawing) {
    let Some(size) = Size::from_wh(size.0, size.1) else { return };
    surface.push_transform(&Transform::from_translate(at.0, at.1));
    surface.draw_svg(drawing.tree(), size, SvgSettings::default());
    surface.pop();
}

fn draw_rule(surface: &mut Surface<'_>, from: (f32, f32), to: (f32, f32), width: f32, ink: Ink) {
    let mut path = PathBuilder::new();
    path.move_to(from.0, from.1);
    path.line_to(to.0, to.1);
    let Some(path) = path.finish() else { return };
    surface.set_fill(None);
    surface.set_stroke(Some(stroke(width, ink)));
    surface.draw_path(&path);
    surface.set_stroke(None);
}

fn stroke(width: f32, ink: Ink) -> Stroke {
    Stroke { paint: colour(ink).into(), width, opacity: NormalizedF32::ONE, ..Stroke::default() }
}

fn colour(ink: Ink) -> rgb::Color {
    match ink {
        Ink::Black => rgb::Color::new(0, 0, 0),
        Ink::Red => rgb::Color::new(200, 22, 29),
    }
}
