//! Charts (插图): an SVG is read once, then drawn as vectors into a pdf or as pixels into a png.

use std::sync::Arc;

use resvg::tiny_skia::{Color, Pixmap, Transform};
use resvg::usvg;
use usvg::fontdb;

use crate::fonts::{Face, Hand};
use crate::paper::{TEXT_HEIGHT, TEXT_WIDTH};
use crate::{Chart, DocumentError, Fonts};

/// CSS pixels to points.
const POINTS: f32 = 0.75;
/// Pixels a side; a larger picture would take more than 256 MB while it is drawn.
const MOST_PIXELS: u32 = 8_000;

#[derive(Debug, Clone)]
pub(crate) struct Drawing {
    tree: usvg::Tree,
}

impl Drawing {
    pub(crate) fn parse(chart: &Chart, fonts: &Fonts) -> Result<Drawing, DocumentError> {
        let tree = usvg::Tree::from_str(&chart.svg, &options(fonts))
            .map_err(|error| DocumentError::Chart { caption: chart.caption.clone(), reason: error.to_string() })?;
        Ok(Drawing { tree })
    }

    pub(crate) fn tree(&self) -> &usvg::Tree {
        &self.tree
    }

    /// In points.
    pub(crate) fn size(&self) -> (f32, f32) {
        (self.tree.size().width() * POINTS, self.tree.size().height() * POINTS)
    }

    /// On white, `scale` pixels a CSS pixel; with the picture's width and height in pixels.
    pub(crate) fn png(&self, caption: &str, scale: f32) -> Result<Vec<u8>, DocumentError> {
        let (width, height) = ((self.tree.size().width() * scale).ceil(), (self.tree.size().height() * scale).ceil());
        let too_large = || DocumentError::ChartTooLarge { caption: caption.to_owned(), width, height, limit: MOST_PIXELS };
        if width.max(height) > MOST_PIXELS as f32 {
            return Err(too_large());
        }
        let mut pixels = Pixmap::new(width as u32, height as u32).ok_or_else(too_large)?;
        pixels.fill(Color::WHITE);
        resvg::render(&self.tree, Transform::from_scale(scale, scale), &mut pixels.as_mut());
        let broken = |reason: String| DocumentError::Chart { caption: caption.to_owned(), reason };
        pixels.encode_png().map_err(|error| broken(error.to_string()))
    }
}

/// The size in which a drawing is printed: as wide as the text, and at most two thirds of a page high.
pub(crate) fn fitted((width, height): (f32, f32)) -> (f32, f32) {
    let factor = (TEXT_WIDTH / width).min(TEXT_HEIGHT * 0.66 / height);
    (width * factor, height * factor)
}

/// The labels of a chart, for the search for missing characters; nothing if it is no SVG, which drawing it reports.
pub(crate) fn texts(svg: &str) -> String {
    let Ok(tree) = usvg::roxmltree::Document::parse(svg) else { return String::new() };
    let is_label = |node: &usvg::roxmltree::Node<'_, '_>| node.is_text() && node.ancestors().any(|above| above.has_tag_name((SVG, "text")));
    tree.descendants().filter(is_label).filter_map(|node| node.text()).collect()
}

const SVG: &str = "http://www.w3.org/2000/svg";

/// 黑体 for all labels, whatever family they ask for; nothing is read from the host, no picture is followed.
fn options(fonts: &Fonts) -> usvg::Options<'_> {
    let mut database = fontdb::Database::new();
    // A customer's font without a name is not taken into the database: the embedded sans stands in.
    let mut load = |face: &Arc<Face>| database.load_font_source(fontdb::Source::Binary(face.bytes())).first().copied();
    let ids: Vec<Option<fontdb::ID>> = fonts.faces().iter().map(&mut load).collect();
    let first = ids[fonts.first(Hand::HeiTi)].or(ids[1]);
    let select = move |_: &usvg::Font, _: &mut Arc<fontdb::Database>| first;
    let fallback = move |character: char, tried: &[fontdb::ID], _: &mut Arc<fontdb::Database>| {
        ids[fonts.sort(Hand::HeiTi, character).face].filter(|id| !tried.contains(id))
    };
    usvg::Options {
        fontdb: Arc::new(database),
        font_resolver: usvg::FontResolver { select_font: Box::new(select), select_fallback: Box::new(fallback) },
        image_href_resolver: usvg::ImageHrefResolver { resolve_data: Box::new(|_, _, _| None), resolve_string: Box::new(|_, _| None) },
        ..usvg::Options::default()
    }
}
