//! What a file is, by its content and never by its name (类型识别).

use std::io::{Read, Seek, SeekFrom};

use crate::guard::compound::Compound;
use crate::guard::zipped;
use crate::limits::Limits;
use crate::refusal::Refusal;

/// A readable type of file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    Xlsx,
    Xlsb,
    Ods,
    Xls,
    /// Any text with separated columns.
    Csv,
}

impl Format {
    /// The name in reports.
    pub fn id(self) -> &'static str {
        match self {
            Self::Xlsx => "xlsx",
            Self::Xlsb => "xlsb",
            Self::Ods => "ods",
            Self::Xls => "xls",
            Self::Csv => "csv",
        }
    }
}

/// Names the format of a file from its first bytes and, for containers, from their directory.
pub fn sniff<F: Read + Seek>(file: &mut F, limits: &Limits) -> Result<Format, Refusal> {
    let mut head = Vec::with_capacity(4096);
    file.seek(SeekFrom::Start(0))?;
    file.by_ref().take(4096).read_to_end(&mut head)?;
    file.seek(SeekFrom::Start(0))?;
    if head.is_empty() {
        return Err(Refusal::Empty);
    }
    if head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06") || head.starts_with(b"PK\x07\x08") {
        return zipped::format(file, limits);
    }
    if head.starts_with(b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1") {
        return compound_format(file, limits);
    }
    match known_other(&head) {
        Some(found) => Err(Refusal::Unsupported { found }),
        None => Ok(Format::Csv),
    }
}

fn compound_format<F: Read + Seek>(file: &mut F, limits: &Limits) -> Result<Format, Refusal> {
    let compound = Compound::open(file, limits)?;
    if compound.has("EncryptedPackage") || compound.has("EncryptionInfo") {
        return Err(Refusal::Encrypted);
    }
    if compound.has("Workbook") || compound.has("Book") {
        return Ok(Format::Xls);
    }
    let found = if compound.has("WordDocument") {
        "Word 文档"
    } else if compound.has("PowerPoint Document") {
        "PowerPoint 文档"
    } else {
        "其他复合文档"
    };
    Err(Refusal::Unsupported { found })
}

/// Types that are surely no table; text is whatever remains.
fn known_other(head: &[u8]) -> Option<&'static str> {
    const MAGIC: [(&[u8], &str); 13] = [
        (b"%PDF", "PDF 文档"),
        (b"\x89PNG", "图片"),
        (b"\xFF\xD8\xFF", "图片"),
        (b"GIF8", "图片"),
        (b"BM\x00", "图片"),
        (b"Rar!", "RAR 压缩包"),
        (b"7z\xBC\xAF", "7z 压缩包"),
        (b"\x1F\x8B", "gzip 压缩包"),
        (b"{\\rtf", "RTF 文档"),
        (b"SQLite format 3", "数据库文件"),
        (b"PAR1", "Parquet 文件"),
        (b"\x7FELF", "程序"),
        (b"MZ\x90", "程序"),
    ];
    for (magic, found) in MAGIC {
        if head.starts_with(magic) {
            return Some(found);
        }
    }
    // BIFF 2–4 workbooks have no container around them.
    if head.len() > 4 && head[0] == 0x09 && matches!(head[1], 0x00 | 0x02 | 0x04) && head[3] == 0 && head[2] <= 0x10 {
        return Some("Excel 4.0 或更早的工作簿");
    }
    let text = head.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(head).trim_ascii_start();
    let opening: Vec<u8> = text.iter().take(512).map(u8::to_ascii_lowercase).collect();
    let has = |word: &[u8]| opening.windows(word.len()).any(|window| window == word);
    if opening.starts_with(b"<!doctype html")
        || opening.starts_with(b"<html")
        || opening.starts_with(b"<table")
        || has(b"urn:schemas-microsoft-com:office")
    {
        return Some("网页，仅后缀改成了表格");
    }
    if opening.starts_with(b"<?xml") {
        return Some("XML 文件");
    }
    // Zero bytes belong to no text but UTF-16, which alternates them or opens with a mark.
    let utf16 = head.starts_with(b"\xFF\xFE") || head.starts_with(b"\xFE\xFF") || crate::encoding::looks_like_utf16(head).is_some();
    (!utf16 && head.contains(&0)).then_some("二进制文件")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;

    #[test]
    fn content_decides() {
        let check = |bytes: &[u8], expect: &str| {
            let got = match sniff(&mut Cursor::new(bytes), &Limits::uploads()) {
                Ok(format) => format.id().to_owned(),
                Err(Refusal::Unsupported { found }) => found.to_owned(),
                Err(other) => other.id().to_owned(),
            };
            assert_eq!(got, expect);
        };
        check(b"", "empty");
        check("项目名称,投资额\n".as_bytes(), "csv");
        check(b"\xEF\xBB\xBFa,b\n", "csv");
        check(b"\xFF\xFEa\x00,\x00", "csv");
        check(b"%PDF-1.7", "PDF 文档");
        check(b"<html><table>", "网页，仅后缀改成了表格");
        check(b"a,b\x00c", "二进制文件");
        check(b"PK\x03\x04rubbish", "truncated");
        check(b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1short", "truncated");
    }
}
