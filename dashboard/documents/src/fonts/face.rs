//! One font file: its characters, their widths, its name.

use std::collections::HashMap;
use std::sync::Arc;

use ttf_parser::{PlatformId, name_id};

use crate::DocumentError;

pub(crate) type Bytes = Arc<dyn AsRef<[u8]> + Send + Sync>;

pub(crate) struct Face {
    bytes: Bytes,
    font: krilla::text::Font,
    family: String,
    /// Glyph and width in em.
    glyphs: HashMap<char, (u16, f32)>,
}

impl Face {
    /// The first face of a file; `name` is for the error.
    pub(crate) fn parse(name: &str, bytes: Bytes) -> Result<Face, DocumentError> {
        let broken = || DocumentError::Font { name: name.to_owned() };
        let parsed = ttf_parser::Face::parse((*bytes).as_ref(), 0).map_err(|_| broken())?;
        let glyphs = characters(&parsed);
        let has_outlines = parsed.tables().glyf.is_some() || parsed.tables().cff.is_some();
        if glyphs.is_empty() || !has_outlines {
            return Err(broken());
        }
        let family = family(&parsed).unwrap_or_else(|| name.to_owned());
        let font = krilla::text::Font::new(bytes.clone().into(), 0).ok_or_else(broken)?;
        Ok(Face { bytes, font, family, glyphs })
    }

    pub(crate) fn glyph(&self, character: char) -> Option<(u16, f32)> {
        self.glyphs.get(&character).copied()
    }

    pub(crate) fn family(&self) -> &str {
        &self.family
    }

    pub(crate) fn font(&self) -> krilla::text::Font {
        self.font.clone()
    }

    pub(crate) fn bytes(&self) -> Bytes {
        self.bytes.clone()
    }
}

impl std::fmt::Debug for Face {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Face").field("family", &self.family).field("characters", &self.glyphs.len()).finish()
    }
}

fn characters(face: &ttf_parser::Face<'_>) -> HashMap<char, (u16, f32)> {
    let em = f32::from(face.units_per_em());
    let mut glyphs = HashMap::new();
    let Some(map) = face.tables().cmap else { return glyphs };
    for subtable in map.subtables.into_iter().filter(|subtable| subtable.is_unicode()) {
        subtable.codepoints(|point| {
            let Some(character) = char::from_u32(point) else { return };
            let Some(glyph) = subtable.glyph_index(point).filter(|glyph| glyph.0 != 0) else { return };
            let width = face.glyph_hor_advance(glyph).map_or(1.0, |units| f32::from(units) / em);
            glyphs.insert(character, (glyph.0, width));
        });
    }
    glyphs
}

/// The Chinese name if there is one: it is what Chinese versions of Word list.
fn family(face: &ttf_parser::Face<'_>) -> Option<String> {
    const CHINESE: u16 = 0x0804;
    let names = || face.names().into_iter().filter(|name| name.name_id == name_id::FAMILY && name.is_unicode());
    let chinese = names().find(|name| name.platform_id == PlatformId::Windows && name.language_id == CHINESE);
    chinese.or_else(|| names().next())?.to_string()
}
