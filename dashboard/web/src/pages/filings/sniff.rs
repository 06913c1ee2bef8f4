//! What an upload really is (附件识别): told by its content, never by its name; macros and bombs are refused.

use std::io::{self, Cursor, Read};

use qunlian_domain::procedure::AttachmentKind;

/// Why a file is not taken. Each has its words: `file.<key>`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NotTaken {
    Empty,
    /// None of the kinds that a filing may carry.
    Unknown,
    /// It begins like one and does not end like one, or its parts are missing.
    Broken,
    Macros,
    /// Protected by a password: nobody could read it.
    Encrypted,
    /// It would swell beyond all bounds.
    Bomb,
}

impl NotTaken {
    pub(crate) fn key(self) -> &'static str {
        match self {
            Self::Empty => "file.empty",
            Self::Unknown => "file.unknown",
            Self::Broken => "file.broken",
            Self::Macros => "file.macros",
            Self::Encrypted => "file.encrypted",
            Self::Bomb => "file.bomb",
        }
    }
}

/// Entries of a document at most.
const ENTRIES: usize = 1_000;
/// Bytes of a document's parts together at most, counted while they are inflated.
const INFLATED: u64 = 128 << 20;
/// Times that a document may swell, once it is larger than [`FREE`].
const RATIO: u64 = 200;
const FREE: u64 = 1 << 20;
/// Pixels on a side.
const SIDE: u32 = 30_000;
/// The last bytes of a PDF, among which its end stands.
const PDF_TAIL: usize = 2_048;

/// The kind of a file by its content.
pub(crate) fn kind_of(bytes: &[u8]) -> Result<AttachmentKind, NotTaken> {
    match bytes {
        [] => Err(NotTaken::Empty),
        [b'%', b'P', b'D', b'F', b'-', ..] => pdf(bytes),
        [0xff, 0xd8, 0xff, ..] => jpg(bytes),
        [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => png(bytes),
        [b'P', b'K', 3, 4, ..] => document(bytes),
        // The container of old Office files, and of new ones behind a password.
        [0xd0, 0xcf, 0x11, 0xe0, ..] => Err(if holds(bytes, &utf16("EncryptedPackage")) { NotTaken::Encrypted } else { NotTaken::Unknown }),
        _ => Err(NotTaken::Unknown),
    }
}

fn holds(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

fn utf16(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

fn pdf(bytes: &[u8]) -> Result<AttachmentKind, NotTaken> {
    let version = bytes.get(5..8).is_some_and(|version| matches!(version, [b'1' | b'2', b'.', b'0'..=b'9']));
    let tail = &bytes[bytes.len().saturating_sub(PDF_TAIL)..];
    if version && holds(tail, b"%%EOF") { Ok(AttachmentKind::Pdf) } else { Err(NotTaken::Broken) }
}

fn png(bytes: &[u8]) -> Result<AttachmentKind, NotTaken> {
    let head = bytes.get(8..24).filter(|head| head.starts_with(&[0, 0, 0, 13, b'I', b'H', b'D', b'R'])).ok_or(NotTaken::Broken)?;
    let side = |at: usize| u32::from_be_bytes([head[at], head[at + 1], head[at + 2], head[at + 3]]);
    let ends = holds(&bytes[bytes.len().saturating_sub(64)..], b"IEND");
    if ends && fits(side(8)) && fits(side(12)) { Ok(AttachmentKind::Png) } else { Err(NotTaken::Broken) }
}

fn fits(side: u32) -> bool {
    (1..=SIDE).contains(&side)
}

/// Walks the segments to the frame header, which names the size.
fn jpg(bytes: &[u8]) -> Result<AttachmentKind, NotTaken> {
    let mut at = 2;
    while let Some([0xff, marker, rest @ ..]) = bytes.get(at..) {
        // Fill bytes, and markers without a length.
        if matches!(marker, 0xff | 0x01 | 0xd0..=0xd7) {
            at += if *marker == 0xff { 1 } else { 2 };
            continue;
        }
        let [high, low, body @ ..] = rest else { return Err(NotTaken::Broken) };
        let length = usize::from(u16::from_be_bytes([*high, *low]));
        if length < 2 {
            return Err(NotTaken::Broken);
        }
        if matches!(marker, 0xc0..=0xcf) && !matches!(marker, 0xc4 | 0xc8 | 0xcc) {
            let [_, h1, h2, w1, w2, ..] = body else { return Err(NotTaken::Broken) };
            let sides = [u16::from_be_bytes([*h1, *h2]), u16::from_be_bytes([*w1, *w2])];
            let whole = holds(&bytes[at..], &[0xff, 0xd9]);
            return if whole && sides.into_iter().all(|side| fits(side.into())) { Ok(AttachmentKind::Jpg) } else { Err(NotTaken::Broken) };
        }
        if matches!(marker, 0xd9 | 0xda) {
            break;
        }
        at += 2 + length;
    }
    Err(NotTaken::Broken)
}

/// A Word or Excel document: a zip with its parts, without macros, within bounds.
fn document(bytes: &[u8]) -> Result<AttachmentKind, NotTaken> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(|_| NotTaken::Broken)?;
    if archive.len() > ENTRIES {
        return Err(NotTaken::Bomb);
    }
    let packed = bytes.len() as u64;
    let most = INFLATED.min(packed.saturating_mul(RATIO).max(FREE));
    let (mut types, mut word, mut sheet, mut inflated) = (false, false, false, 0_u64);
    for at in 0..archive.len() {
        let mut entry = archive.by_index(at).map_err(|error| match error {
            zip::result::ZipError::UnsupportedArchive(_) | zip::result::ZipError::InvalidPassword => NotTaken::Encrypted,
            _ => NotTaken::Broken,
        })?;
        let name = String::from_utf8_lossy(entry.name_raw()).to_ascii_lowercase().replace('\\', "/");
        if name.ends_with("vbaproject.bin") || name.contains("/activex/") || name.contains("/macrosheets/") {
            return Err(NotTaken::Macros);
        }
        types |= name == "[content_types].xml";
        word |= name == "word/document.xml";
        sheet |= name == "xl/workbook.xml";
        let (lists, links) = (name == "[content_types].xml", name == "word/_rels/settings.xml.rels");
        let mut part = Counting { left: most - inflated, kept: Vec::new(), keeps: lists || links };
        io::copy(&mut (&mut entry).take(most - inflated + 1), &mut part).map_err(|_| NotTaken::Broken)?;
        if part.left == 0 {
            return Err(NotTaken::Bomb);
        }
        if part.kept.len() >= KEPT {
            return Err(NotTaken::Bomb);
        }
        let names_macros = lists && MACRO_WORDS.iter().any(|word| holds(&part.kept, word));
        if names_macros || (links && fetches_template(&part.kept)) {
            return Err(NotTaken::Macros);
        }
        inflated = most - part.left;
    }
    match (types, word, sheet) {
        (true, true, false) => Ok(AttachmentKind::Docx),
        (true, false, true) => Ok(AttachmentKind::Xlsx),
        (true, ..) => Err(NotTaken::Broken),
        _ => Err(NotTaken::Unknown),
    }
}

/// Counts what comes out, and of the parts that say what is in the document keeps the beginning, in small letters.
struct Counting {
    left: u64,
    kept: Vec<u8>,
    keeps: bool,
}

/// Bytes that are kept of one part: no honest list is longer.
const KEPT: usize = 1 << 20;
/// The list of parts names macro documents and macros so, whatever the parts are called.
const MACRO_WORDS: [&[u8]; 2] = [b"macroenabled", b"vbaproject"];

/// True when the document takes its template, and the macros in it, from another machine. Templates of the writer's own
/// machine are common and harmless.
fn fetches_template(links: &[u8]) -> bool {
    let text = String::from_utf8_lossy(links).replace('\'', "\"");
    let of_templates = text.split('<').filter(|link| link.contains("/attachedtemplate"));
    let mut targets = of_templates.filter_map(|link| link.split(" target=\"").nth(1)?.split('"').next());
    targets.any(|target| {
        let path = target.strip_prefix("file:///").unwrap_or(target);
        path.contains("://") || path.starts_with("\\\\") || path.starts_with("//")
    })
}

impl io::Write for Counting {
    fn write(&mut self, chunk: &[u8]) -> io::Result<usize> {
        self.left = self.left.saturating_sub(chunk.len() as u64);
        if self.keeps && self.kept.len() < KEPT {
            self.kept.extend(chunk.iter().map(u8::to_ascii_lowercase));
        }
        Ok(chunk.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn zipped(parts: &[(&str, &[u8])]) -> Vec<u8> {
        let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for (name, content) in parts {
            writer.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
            writer.write_all(content).unwrap();
        }
        writer.finish().unwrap().into_inner()
    }

    const TYPES: (&str, &[u8]) = ("[Content_Types].xml", b"<Types/>");

    fn png_of(width: u32, height: u32) -> Vec<u8> {
        let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR".to_vec();
        bytes.extend(width.to_be_bytes().into_iter().chain(height.to_be_bytes()));
        bytes.extend(b"\x08\x02\0\0\0\0\0\0\0\0\0\0\0IEND\xaeB`\x82");
        bytes
    }

    fn jpg_of(height: u16) -> Vec<u8> {
        let mut bytes = b"\xff\xd8\xff\xe0\0\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0\xff\xc0\0\x0b\x08".to_vec();
        bytes.extend(height.to_be_bytes());
        bytes.extend(b"\0\x10\x01\x01\x11\0\xff\xda\0\x08\x01\x01\0\0\x3f\0\x55\xff\xd9");
        bytes
    }

    #[test]
    fn kinds_are_told_by_content() {
        let check = |bytes: &[u8], expect: Result<AttachmentKind, NotTaken>| {
            assert_eq!(kind_of(bytes), expect, "{:?}", String::from_utf8_lossy(&bytes[..bytes.len().min(40)]));
        };
        check(b"%PDF-1.7\n...\nstartxref\n9\n%%EOF\n", Ok(AttachmentKind::Pdf));
        check(b"%PDF-1.7\n... cut off", Err(NotTaken::Broken));
        check(b"%PDF-x.7\n%%EOF", Err(NotTaken::Broken));
        check(&png_of(16, 9), Ok(AttachmentKind::Png));
        check(&png_of(0, 9), Err(NotTaken::Broken));
        check(&png_of(90_000, 9), Err(NotTaken::Broken));
        check(&png_of(16, 9)[..24], Err(NotTaken::Broken));
        check(&jpg_of(9), Ok(AttachmentKind::Jpg));
        check(&jpg_of(0), Err(NotTaken::Broken));
        check(b"\xff\xd8\xff\xe0\0\x10JFIF", Err(NotTaken::Broken));
        check(b"\xff\xd8\xff\xe0\0\0", Err(NotTaken::Broken));
        check(&zipped(&[TYPES, ("word/document.xml", b"<w/>")]), Ok(AttachmentKind::Docx));
        check(&zipped(&[TYPES, ("xl/workbook.xml", b"<x/>")]), Ok(AttachmentKind::Xlsx));
        check(&zipped(&[("a.txt", b"a")]), Err(NotTaken::Unknown));
        check(&zipped(&[TYPES, ("ppt/presentation.xml", b"<p/>")]), Err(NotTaken::Broken));
        check(b"", Err(NotTaken::Empty));
        check(b"MZ\x90", Err(NotTaken::Unknown));
        check(b"<html><script>", Err(NotTaken::Unknown));
        check(b"\xd0\xcf\x11\xe0 old", Err(NotTaken::Unknown));
        check(&[b"\xd0\xcf\x11\xe0".to_vec(), utf16("EncryptedPackage")].concat(), Err(NotTaken::Encrypted));
        check(b"PK\x03\x04 not a zip", Err(NotTaken::Broken));
    }

    #[test]
    fn macros_are_refused_however_they_are_named() {
        let word = ("word/document.xml", b"<w/>".as_slice());
        assert_eq!(kind_of(&zipped(&[TYPES, word, ("word/vbaProject.bin", b"x")])), Err(NotTaken::Macros));
        assert_eq!(kind_of(&zipped(&[TYPES, word, ("WORD/VBAPROJECT.BIN", b"x")])), Err(NotTaken::Macros));
        let types = ("[Content_Types].xml", b"<Override ContentType='application/vnd.ms-word.document.macroEnabled.main+xml'/>".as_slice());
        assert_eq!(kind_of(&zipped(&[types, word])), Err(NotTaken::Macros));
        let template = |target: &str| {
            let link = format!("<Relationship Type=\"http://x/attachedTemplate\" Target=\"{target}\" TargetMode=\"External\"/>");
            kind_of(&zipped(&[TYPES, word, ("word/_rels/settings.xml.rels", link.as_bytes())]))
        };
        for target in ["http://evil.example/t.dotm", "\\\\evil\\t.dotm", "file:///\\\\evil\\t.dotm", "//evil/t.dotm"] {
            assert_eq!(template(target), Err(NotTaken::Macros), "{target}");
        }
        assert_eq!(template("file:///C:\\Users\\a\\Templates\\Normal.dotm"), Ok(AttachmentKind::Docx));
    }

    #[test]
    fn what_swells_is_refused_while_it_swells() {
        let zeros = vec![0_u8; 40 << 20];
        assert_eq!(kind_of(&zipped(&[TYPES, ("word/document.xml", &zeros)])), Err(NotTaken::Bomb));
        let many: Vec<String> = (0..1_100).map(|n| format!("word/{n}.xml")).collect();
        let parts: Vec<(&str, &[u8])> = many.iter().map(|name| (name.as_str(), b"".as_slice())).collect();
        assert_eq!(kind_of(&zipped(&parts)), Err(NotTaken::Bomb));
    }
}
