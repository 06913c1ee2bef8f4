//! Fonts (字体): the customer's files for the five hands of a bulletin, else two embedded open fonts.

mod face;

use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use crate::clean::clean;
use crate::{Block, Document, DocumentError, drawing};
pub(crate) use face::Face;

static SERIF: &[u8] = include_bytes!("../assets/qunlian-serif.otf");
static SANS: &[u8] = include_bytes!("../assets/qunlian-sans.otf");

/// Printed for a character that no font has: the printers' own mark for a missing sort.
const GETA: char = '〓';

/// Where the customer's licensed fonts lie (字体路径); what is left out is set in the embedded fonts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FontFiles {
    /// 仿宋: the body.
    pub fang_song: Option<PathBuf>,
    /// 小标宋: the title.
    pub xiao_biao_song: Option<PathBuf>,
    /// 楷体: second headings.
    pub kai_ti: Option<PathBuf>,
    /// 黑体: first headings, heads of tables, charts.
    pub hei_ti: Option<PathBuf>,
    /// 宋体: page numbers and tables.
    pub song_ti: Option<PathBuf>,
}

/// The fonts of all documents; loaded once, shared by clones.
#[derive(Debug, Clone)]
pub struct Fonts {
    /// The two embedded faces first.
    faces: Vec<Arc<Face>>,
    configured: [Option<usize>; 5],
}

/// A hand of writing; the embedded serif stands in for all but 黑体.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Hand {
    FangSong,
    XiaoBiaoSong,
    KaiTi,
    HeiTi,
    SongTi,
}

/// A character in a face: its glyph and width in em.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Sort {
    pub face: usize,
    pub glyph: u16,
    pub width: f32,
    pub missing: bool,
}

impl Fonts {
    /// Reads the configured files. A file that is no font is an error: nobody should find out from a printed bulletin.
    pub fn load(files: &FontFiles) -> Result<Fonts, DocumentError> {
        let mut fonts = Fonts { faces: embedded()?, configured: [None; 5] };
        let paths = [&files.fang_song, &files.xiao_biao_song, &files.kai_ti, &files.hei_ti, &files.song_ti];
        for (slot, path) in paths.into_iter().enumerate() {
            let Some(path) = path else { continue };
            let bytes = std::fs::read(path).map_err(|source| DocumentError::FontFile { path: path.clone(), source })?;
            fonts.configured[slot] = Some(fonts.faces.len());
            fonts.faces.push(Arc::new(Face::parse(&path.display().to_string(), Arc::new(bytes))?));
        }
        Ok(fonts)
    }

    /// Characters of a document, charts included, that no font has, in order and once each. They are printed as 〓.
    pub fn missing(&self, document: &Document) -> Vec<char> {
        let mut texts: Vec<String> = document.texts().into_iter().map(clean).collect();
        for block in &document.body {
            if let Block::Chart(chart) = block {
                texts.push(clean(&drawing::texts(&chart.svg)));
            }
        }
        let mut missing: Vec<char> = texts.iter().flat_map(|text| text.chars()).filter(|c| self.sort(Hand::FangSong, *c).missing).collect();
        missing.sort_unstable();
        missing.dedup();
        missing
    }

    pub(crate) fn sort(&self, hand: Hand, character: char) -> Sort {
        let found = |face: usize| {
            let (glyph, width) = self.faces[face].glyph(character)?;
            Some(Sort { face, glyph, width, missing: false })
        };
        if let Some(sort) = self.chain(hand).find_map(found) {
            return sort;
        }
        let (glyph, width) = self.faces[0].glyph(GETA).unwrap_or((0, 1.0));
        Sort { face: 0, glyph, width, missing: true }
    }

    pub(crate) fn face(&self, index: usize) -> &Face {
        &self.faces[index]
    }

    pub(crate) fn faces(&self) -> &[Arc<Face>] {
        &self.faces
    }

    /// The face that most characters of a hand come from.
    pub(crate) fn first(&self, hand: Hand) -> usize {
        self.configured[hand as usize].unwrap_or(usize::from(hand == Hand::HeiTi))
    }

    /// The family name of the customer's file for a hand, for documents that only name their fonts.
    pub(crate) fn family(&self, hand: Hand) -> Option<&str> {
        self.configured[hand as usize].map(|face| self.faces[face].family())
    }

    /// The hand's own file, its embedded stand-in, then whatever else is there.
    fn chain(&self, hand: Hand) -> impl Iterator<Item = usize> {
        let stand_in = usize::from(hand == Hand::HeiTi);
        self.configured[hand as usize].into_iter().chain([stand_in, 1 - stand_in]).chain(self.configured.into_iter().flatten())
    }
}

/// The embedded faces are parsed once per process.
fn embedded() -> Result<Vec<Arc<Face>>, DocumentError> {
    static FACES: OnceLock<Vec<Arc<Face>>> = OnceLock::new();
    if let Some(faces) = FACES.get() {
        return Ok(faces.clone());
    }
    let serif = Face::parse("embedded serif", Arc::new(SERIF))?;
    let sans = Face::parse("embedded sans", Arc::new(SANS))?;
    Ok(FACES.get_or_init(|| vec![Arc::new(serif), Arc::new(sans)]).clone())
}
