//! Files made to hurt: each is refused by name, quickly and in little memory.

use std::io::{Cursor, Write};

use qunlian_ingest::{Limits, Refusal};
use rust_xlsxwriter::Workbook;
use zip::write::SimpleFileOptions;

use crate::fixture::{try_bytes, try_limited};

fn refusal(bytes: &[u8]) -> Refusal {
    match try_bytes("a.xlsx", bytes, None, None) {
        Ok(_) => panic!("accepted"),
        Err(refusal) => refusal,
    }
}

fn workbook(rows: u32) -> Vec<u8> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (column, text) in ["项目名称", "载体单位", "签约时间", "截至日期"].into_iter().enumerate() {
        sheet.write(0, column as u16, text).unwrap();
    }
    for row in 1..=rows {
        sheet.write(row, 0, format!("项目{row}")).unwrap();
        sheet.write(row, 1, "濉溪县").unwrap();
        sheet.write(row, 2, "2022-03-05").unwrap();
        sheet.write(row, 3, "2022-03-31").unwrap();
    }
    book.save_to_buffer().unwrap()
}

fn repacked(bytes: &[u8], name: &str, replace: impl Fn(&str) -> String) -> Vec<u8> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for index in 0..archive.len() {
        let mut entry = archive.by_index(index).unwrap();
        let own = String::from_utf8_lossy(entry.name_raw()).into_owned();
        let mut content = Vec::new();
        std::io::Read::read_to_end(&mut entry, &mut content).unwrap();
        if own == name {
            content = replace(&String::from_utf8(content).unwrap()).into_bytes();
        }
        writer.start_file(own, SimpleFileOptions::default()).unwrap();
        writer.write_all(&content).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// A compound file whose directory lists the given names.
fn compound(names: &[&str]) -> Vec<u8> {
    let mut bytes = vec![0u8; 512 * 3];
    bytes[..8].copy_from_slice(b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1");
    bytes[26..28].copy_from_slice(&3u16.to_le_bytes());
    bytes[30..32].copy_from_slice(&9u16.to_le_bytes());
    bytes[32..34].copy_from_slice(&6u16.to_le_bytes());
    bytes[44..48].copy_from_slice(&1u32.to_le_bytes());
    bytes[48..52].copy_from_slice(&1u32.to_le_bytes());
    bytes[68..72].copy_from_slice(&0xFFFF_FFFEu32.to_le_bytes());
    bytes[76..512].fill(0xFF);
    bytes[76..80].copy_from_slice(&0u32.to_le_bytes());
    bytes[512..1024].fill(0xFF);
    bytes[512..516].copy_from_slice(&0xFFFF_FFFDu32.to_le_bytes());
    bytes[516..520].copy_from_slice(&0xFFFF_FFFEu32.to_le_bytes());
    for (index, name) in names.iter().enumerate() {
        let entry = 1024 + index * 128;
        for (at, unit) in name.encode_utf16().enumerate() {
            bytes[entry + at * 2..entry + at * 2 + 2].copy_from_slice(&unit.to_le_bytes());
        }
        bytes[entry + 116..entry + 120].copy_from_slice(&0xFFFF_FFFEu32.to_le_bytes());
    }
    bytes
}

#[test]
fn cut_off_workbooks_are_refused() {
    let whole = workbook(50);
    assert!(try_bytes("a.xlsx", &whole, None, None).is_ok());
    for length in [whole.len() - 1, whole.len() / 2, 600, 30, 5] {
        let refusal = refusal(&whole[..length]);
        assert!(matches!(refusal.id(), "truncated" | "damaged"), "{length}: {refusal}");
        assert!(!refusal.hint().is_empty());
    }
}

#[test]
fn encrypted_workbooks_are_named_so() {
    assert_eq!(refusal(&compound(&["Root Entry", "EncryptedPackage", "EncryptionInfo"])).id(), "encrypted");
    let word = refusal(&compound(&["Root Entry", "WordDocument"]));
    assert_eq!(word.to_string(), "not a table: this is Word 文档");
    assert!(matches!(refusal(&compound(&["Root Entry", "Workbook"])).id(), "damaged" | "truncated" | "empty"));
}

#[test]
fn a_bomb_never_inflates_whole() {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    writer.start_file("xl/workbook.xml", SimpleFileOptions::default()).unwrap();
    let zeros = vec![0u8; 1 << 20];
    for _ in 0..300 {
        writer.write_all(&zeros).unwrap();
    }
    let bytes = writer.finish().unwrap().into_inner();
    assert!(bytes.len() < 1 << 20);
    assert_eq!(refusal(&bytes).id(), "bomb");
}

#[test]
fn lies_about_sizes_do_not_allocate() {
    let bytes = repacked(&workbook(5), "xl/sharedStrings.xml", |text| text.replace("uniqueCount=\"", "uniqueCount=\"99999999"));
    assert_eq!(refusal(&bytes).id(), "too_large");
    // A declared dimension is not believed at all.
    let bytes = repacked(&workbook(5), "xl/worksheets/sheet1.xml", |text| text.replace("ref=\"A1:D6\"", "ref=\"A1:XFD1048576\""));
    assert_eq!(try_bytes("a.xlsx", &bytes, None, None).unwrap().rows.len(), 5);
}

#[test]
fn every_limit_is_named() {
    let check = |limits: Limits, bytes: &[u8], expect: &str| {
        let refusal = match try_limited("a.xlsx", bytes, None, None, limits) {
            Ok(_) => panic!("accepted: {expect}"),
            Err(refusal) => refusal,
        };
        assert!(matches!(&refusal, Refusal::TooLarge { limit, .. } if *limit == expect), "{refusal}");
        assert!(refusal.hint().contains("上限"));
    };
    let usual = Limits::uploads();
    let book = workbook(50);
    check(Limits { file_bytes: 100, ..usual }, &book, "bytes");
    check(Limits { zip_entries: 2, ..usual }, &book, "zip entries");
    check(Limits { inflated_bytes: 1000, ..usual }, &book, "bytes inflated");
    check(Limits { cells: 100, ..usual }, &book, "cells");
    check(Limits { columns: 3, ..usual }, &book, "columns");
    check(Limits { sheets: 0, ..usual }, &book, "sheets");
    let text = "濉溪县2022年3月\n项目名称,投资方,签约时间,投资额\n".to_owned() + &"甲,乙,丙,丁\n".repeat(50);
    check(Limits { complaints: 20, ..usual }, text.as_bytes(), "complaints");
    check(Limits { cells: 100, ..usual }, text.as_bytes(), "cells");
}

#[test]
fn other_files_are_named() {
    let check = |bytes: &[u8], expect: &str| assert_eq!(refusal(bytes).to_string(), format!("not a table: this is {expect}"));
    check(b"%PDF-1.7 ...", "PDF 文档");
    check("<html><table><tr><td>项目名称</td></tr></table>".as_bytes(), "网页，仅后缀改成了表格");
    check(b"\x89PNG\r\n\x1a\n", "图片");
    assert_eq!(refusal(b"").id(), "empty");
    assert_eq!(refusal(b"\n\n\n").id(), "empty");
}
