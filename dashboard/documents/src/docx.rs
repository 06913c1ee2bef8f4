//! Docx: the same bulletin for Word and WPS, written part by part: the same bytes for the same document.
//!
//! Written by hand rather than with `docx-rs`: that crate numbers footers and pictures by a counter of the process (so no
//! two files are alike), calls each picture `1`, and knows neither heads of tables, nor descriptions of pictures.

mod body;
mod parts;
mod xml;

use std::io::{Cursor, Write};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use crate::{Document, DocumentError, Fonts};

/// A document as docx. Fonts are named, not embedded: the family of a configured file, else 仿宋, 方正小标宋简体, 楷体,
/// 黑体, 宋体. Charts are pictures in print resolution.
pub fn docx(document: &Document, fonts: &Fonts) -> Result<Vec<u8>, DocumentError> {
    let body = body::write(document, fonts)?;
    let texts = [
        ("[Content_Types].xml", parts::CONTENT_TYPES.to_owned()),
        ("_rels/.rels", parts::PACKAGE_RELATIONS.to_owned()),
        ("docProps/core.xml", parts::core(document)),
        ("word/document.xml", body.xml),
        ("word/styles.xml", parts::styles(fonts)),
        ("word/settings.xml", parts::SETTINGS.to_owned()),
        ("word/footer1.xml", parts::footer("right")),
        ("word/footer2.xml", parts::footer("left")),
        ("word/_rels/document.xml.rels", parts::relations(body.pictures.len())),
    ];
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    let plain = SimpleFileOptions::default().last_modified_time(DateTime::default());
    for (name, text) in texts {
        archive.start_file(name, plain.compression_method(CompressionMethod::Deflated))?;
        archive.write_all(text.as_bytes())?;
    }
    for (index, picture) in body.pictures.iter().enumerate() {
        archive.start_file(parts::picture_path(index), plain.compression_method(CompressionMethod::Stored))?;
        archive.write_all(picture)?;
    }
    Ok(archive.finish()?.into_inner())
}
