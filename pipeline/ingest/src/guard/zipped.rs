//! Zip containers (xlsx, xlsb, ods): inflates every entry once, counting, before a reader may allocate by its claims.

use std::io::{Read, Seek};

use zip::ZipArchive;
use zip::result::ZipError;

use crate::guard::Format;
use crate::guard::tags::{Tags, local_name, number};
use crate::limits::Limits;
use crate::refusal::Refusal;

/// Inflated bytes before the ratio of an entry means anything: small parts of plain XML pack very well.
const RATIO_FROM: u64 = 1 << 20;

/// What the names of the entries say the file is.
pub fn format<F: Read + Seek>(file: &mut F, limits: &Limits) -> Result<Format, Refusal> {
    let archive = open(file, limits)?;
    let names: Vec<String> = archive.file_names_raw().map(|name| String::from_utf8_lossy(name).to_lowercase().replace('\\', "/")).collect();
    let any = |test: &dyn Fn(&str) -> bool| names.iter().any(|name| test(name));
    if any(&|name| name == "content.xml") && any(&|name| name == "mimetype") {
        return Ok(Format::Ods);
    }
    if any(&|name| name.ends_with("workbook.bin")) {
        return Ok(Format::Xlsb);
    }
    if any(&|name| name.ends_with("workbook.xml") || name.starts_with("xl/")) {
        return Ok(Format::Xlsx);
    }
    let found = if any(&|name| name.starts_with("word/")) {
        "Word 文档"
    } else if any(&|name| name.starts_with("ppt/")) {
        "PowerPoint 文档"
    } else if names.is_empty() {
        "空压缩包"
    } else {
        "ZIP 压缩包"
    };
    Err(Refusal::Unsupported { found })
}

/// Inflates everything within the limits and counts what readers would allocate for.
pub fn check<F: Read + Seek>(file: &mut F, format: Format, limits: &Limits) -> Result<(), Refusal> {
    let mut archive = open(file, limits)?;
    let mut inflated = 0;
    let mut buffer = vec![0u8; 64 << 10];
    for index in 0..archive.len() {
        let mut entry = match archive.by_index(index) {
            Err(ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED)) => return Err(Refusal::Encrypted),
            other => other.map_err(zip_refusal)?,
        };
        let name = String::from_utf8_lossy(entry.name_raw()).into_owned();
        let packed = entry.compressed_size().max(1);
        let mut own = 0u64;
        let mut census = Census::of(format, &name);
        loop {
            let read = match entry.read(&mut buffer) {
                Ok(0) => break,
                Ok(read) => read,
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
                // Entries that no reader of tables opens (pictures, printer settings) may be odd.
                Err(_) if census.is_none() => break,
                Err(error) => return Err(Refusal::from(error)),
            };
            own += read as u64;
            inflated += read as u64;
            if inflated > limits.inflated_bytes {
                return Err(Refusal::TooLarge { limit: "bytes inflated", found: inflated, allowed: limits.inflated_bytes });
            }
            if own > RATIO_FROM && own / packed > limits.ratio {
                return Err(Refusal::Bomb { entry: name, ratio: limits.ratio });
            }
            if let Some(census) = &mut census {
                census.feed(&buffer[..read], limits)?;
            }
        }
    }
    Ok(())
}

fn open<'f, F: Read + Seek>(file: &'f mut F, limits: &Limits) -> Result<ZipArchive<&'f mut F>, Refusal> {
    let archive = ZipArchive::new(file).map_err(zip_refusal)?;
    let entries = archive.len() as u64;
    if entries > limits.zip_entries {
        return Err(Refusal::TooLarge { limit: "zip entries", found: entries, allowed: limits.zip_entries });
    }
    Ok(archive)
}

fn zip_refusal(error: ZipError) -> Refusal {
    match error {
        ZipError::Io(error) => Refusal::from(error),
        // The directory stands at the end: a container without one has lost its end.
        ZipError::InvalidArchive(detail) if speaks_of_the_end(&detail) => Refusal::Truncated { detail: detail.into_owned() },
        ZipError::InvalidPassword => Refusal::Encrypted,
        other => Refusal::Damaged { detail: other.to_string() },
    }
}

fn speaks_of_the_end(detail: &str) -> bool {
    let detail = detail.to_lowercase();
    ["eocd", "end of central", "central directory"].iter().any(|words| detail.contains(words))
}

/// Counts, in one entry, the things that a reader allocates for.
enum Census {
    SharedStrings(Tags, u64),
    Sheet(Tags, u64),
    Content(Tags, Rectangles),
}

impl Census {
    fn of(format: Format, name: &str) -> Option<Self> {
        let name = name.to_lowercase();
        match format {
            Format::Xlsx if name.ends_with("sharedstrings.xml") => Some(Self::SharedStrings(Tags::default(), 0)),
            Format::Xlsx if name.ends_with(".xml") => Some(Self::Sheet(Tags::default(), 0)),
            Format::Ods if name == "content.xml" => Some(Self::Content(Tags::default(), Rectangles::default())),
            Format::Ods if name.ends_with(".xml") => Some(Self::Sheet(Tags::default(), 0)),
            Format::Xlsb if name.ends_with(".bin") || name.ends_with(".xml") => Some(Self::Sheet(Tags::default(), 0)),
            _ => None,
        }
    }

    fn feed(&mut self, bytes: &[u8], limits: &Limits) -> Result<(), Refusal> {
        match self {
            Self::SharedStrings(tags, strings) => {
                // The reader reserves room for as many strings as the file claims: 24 bytes each.
                tags.feed(bytes, &mut |tag| match local_name(tag) {
                    b"si" if !tag.starts_with(b"/") => *strings += 1,
                    b"sst" => *strings = (*strings).max(number(tag, b"uniqueCount").unwrap_or(0)),
                    _ => (),
                });
                within(*strings, limits.cells, "cells")
            }
            Self::Sheet(tags, merges) => {
                tags.feed(bytes, &mut |tag| *merges += u64::from(local_name(tag) == b"mergeCell"));
                within(*merges, limits.cells, "cells")
            }
            Self::Content(tags, rectangles) => {
                tags.feed(bytes, &mut |tag| rectangles.see(tag));
                within(rectangles.cells(), limits.dense_cells, "cells in the rectangle of a sheet")
            }
        }
    }
}

fn within(found: u64, allowed: u64, limit: &'static str) -> Result<(), Refusal> {
    if found > allowed { Err(Refusal::TooLarge { limit, found, allowed }) } else { Ok(()) }
}

/// The cells that an ods reader expands repeated rows and columns to.
#[derive(Debug, Default)]
struct Rectangles {
    finished: u64,
    rows: u64,
    filled_rows: u64,
    width: u64,
    row_repeats: u64,
    row_width: u64,
    row_filled: u64,
    cells: u64,
    spaces: u64,
}

impl Rectangles {
    fn cells(&self) -> u64 {
        self.finished
            .saturating_add(self.filled_rows.saturating_mul(self.width))
            .saturating_add(self.cells)
            .saturating_add(self.spaces / 16)
    }

    fn see(&mut self, tag: &[u8]) {
        let closing = tag.starts_with(b"/");
        match local_name(tag) {
            b"table" => {
                self.finished = self.finished.saturating_add(self.filled_rows.saturating_mul(self.width));
                (self.rows, self.filled_rows, self.width) = (0, 0, 0);
            }
            b"table-row" if closing => self.end_row(),
            b"table-row" => {
                self.row_repeats = number(tag, b"number-rows-repeated").unwrap_or(1).min(1 << 20);
                (self.row_width, self.row_filled) = (0, 0);
                if tag.ends_with(b"/") {
                    self.end_row();
                }
            }
            b"table-cell" | b"covered-table-cell" if !closing => {
                let repeats = number(tag, b"number-columns-repeated").unwrap_or(1).min(1 << 14);
                self.row_width = self.row_width.saturating_add(repeats).min(1 << 14);
                let empty = tag.ends_with(b"/")
                    && !tag.windows(7).any(|window| window == b"office:")
                    && !tag.windows(7).any(|window| window == b"formula");
                if !empty {
                    self.row_filled = self.row_width;
                }
            }
            // `<text:s text:c="9"/>` is nine spaces.
            b"s" if !closing => self.spaces = self.spaces.saturating_add(number(tag, b"c").unwrap_or(1)),
            _ => (),
        }
    }

    fn end_row(&mut self) {
        self.rows = self.rows.saturating_add(self.row_repeats).min(1 << 20);
        self.cells = self.cells.saturating_add(self.row_filled);
        if self.row_filled > 0 {
            self.filled_rows = self.rows;
            self.width = self.width.max(self.row_filled);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{Cursor, Write};
    use zip::write::SimpleFileOptions;

    fn pack(entries: &[(&str, &[u8])]) -> Cursor<Vec<u8>> {
        let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for (name, bytes) in entries {
            writer.start_file(*name, SimpleFileOptions::default()).unwrap();
            writer.write_all(bytes).unwrap();
        }
        writer.finish().unwrap()
    }

    fn refused(entries: &[(&str, &[u8])], format: Format, limits: Limits) -> String {
        match check(&mut pack(entries), format, &limits) {
            Ok(()) => "ok".into(),
            Err(refusal) => refusal.to_string(),
        }
    }

    #[test]
    fn a_bomb_is_refused_while_it_inflates() {
        let zeros = vec![b' '; 8 << 20];
        let text = refused(&[("xl/workbook.xml", &zeros)], Format::Xlsx, Limits::uploads());
        assert!(text.starts_with("looks like a decompression bomb: xl/workbook.xml"), "{text}");
        let limits = Limits { ratio: u64::MAX, inflated_bytes: 4 << 20, ..Limits::uploads() };
        let text = refused(&[("xl/workbook.xml", &zeros)], Format::Xlsx, limits);
        assert!(text.contains("bytes inflated"), "{text}");
    }

    #[test]
    fn claims_of_size_are_not_believed() {
        let strings = br#"<sst xmlns="x" count="1" uniqueCount="4000000000"><si/></sst>"#;
        assert!(refused(&[("xl/sharedStrings.xml", strings)], Format::Xlsx, Limits::uploads()).contains("cells"));
        let content = br#"<table:table><table:table-row table:number-rows-repeated="1000000"><table:table-cell office:value="1" table:number-columns-repeated="10000"/></table:table-row></table:table>"#;
        assert!(refused(&[("content.xml", content)], Format::Ods, Limits::uploads()).contains("rectangle"));
        // A million repeated empty rows behind the data are what every ods ends with.
        let usual = br#"<table:table><table:table-row><table:table-cell office:value="1"/></table:table-row><table:table-row table:number-rows-repeated="1048575"><table:table-cell table:number-columns-repeated="16384"/></table:table-row></table:table>"#;
        assert_eq!(refused(&[("content.xml", usual)], Format::Ods, Limits::uploads()), "ok");
    }

    #[test]
    fn many_entries_are_refused() {
        let entries: Vec<(String, Vec<u8>)> = (0..20).map(|index| (format!("e{index}"), Vec::new())).collect();
        let borrowed: Vec<(&str, &[u8])> = entries.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect();
        let limits = Limits { zip_entries: 10, ..Limits::uploads() };
        assert_eq!(refused(&borrowed, Format::Xlsx, limits), "too large: 20 zip entries, at most 10 are accepted");
    }

    #[test]
    fn names_tell_the_format() {
        let check = |names: &[&str], expect: &str| {
            let entries: Vec<(&str, &[u8])> = names.iter().map(|name| (*name, &b"x"[..])).collect();
            let got = match format(&mut pack(&entries), &Limits::uploads()) {
                Ok(format) => format.id().to_owned(),
                Err(Refusal::Unsupported { found }) => found.to_owned(),
                Err(other) => other.to_string(),
            };
            assert_eq!(got, expect);
        };
        check(&["[Content_Types].xml", "xl/workbook.xml"], "xlsx");
        check(&["xl/workbook.bin"], "xlsb");
        check(&["mimetype", "content.xml"], "ods");
        check(&["word/document.xml"], "Word 文档");
        check(&["photo.jpg"], "ZIP 压缩包");
    }
}
