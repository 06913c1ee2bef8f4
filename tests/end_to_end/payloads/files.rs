//! Files that carry payloads: spreadsheets take none for a formula, documents stay well-formed, answers stay JSON.

use std::io::{Cursor, Read};

use super::pages::{Seen, xml_faults};
use crate::support::browser::{Browser, DESK};

/// What a spreadsheet might take for a formula or a command.
const STARTS: [char; 10] = ['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠'];

const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
const DOCX: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";

/// Looks into every file that was handed out.
pub fn check(seen: &Seen) {
    let browser = Browser::open(DESK);
    browser.visit("about:blank");
    let (mut csv, mut xlsx, mut docx, mut json) = (0, 0, 0, 0);
    for (_, address, answer) in seen.of_type("text/csv") {
        csv += usize::from(check_csv(address, &answer.text()));
    }
    for (_, address, answer) in seen.of_type(XLSX) {
        xlsx += usize::from(check_parts(&browser, address, &answer.body));
    }
    for (_, address, answer) in seen.of_type(DOCX) {
        docx += usize::from(check_parts(&browser, address, &answer.body));
    }
    for (_, address, answer) in seen.of_type("application/json") {
        let _: serde_json::Value = serde_json::from_slice(&answer.body).unwrap_or_else(|error| panic!("{address}: {error}"));
        json += usize::from(answer.text().contains("qz"));
    }
    assert!(csv > 1 && xlsx > 1 && docx > 0 && json > 0, "files with payloads: {csv} csv, {xlsx} xlsx, {docx} docx, {json} json");
}

/// Every cell of text is one that no spreadsheet runs; true when a payload is among them.
fn check_csv(address: &str, text: &str) -> bool {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    for record in reader.records() {
        for cell in &record.unwrap_or_else(|error| panic!("{address}: {error}")) {
            let runs = cell.starts_with(STARTS) && cell.parse::<f64>().is_err();
            assert!(!runs, "{address}: {cell:?}");
            assert!(!cell.chars().any(qunlian_domain::audit::is_bidi_control), "{address}: {cell:?}");
        }
    }
    text.contains("qz")
}

/// Every part of an office file is well-formed, holds no formula and no link to elsewhere; true when a payload is in it.
fn check_parts(browser: &Browser, address: &str, bytes: &[u8]) -> bool {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap_or_else(|error| panic!("{address}: {error}"));
    let mut found = false;
    for at in 0..archive.len() {
        let mut part = archive.by_index(at).unwrap();
        let name = String::from_utf8_lossy(part.name_raw()).into_owned();
        if !name.ends_with(".xml") && !name.ends_with(".rels") {
            continue;
        }
        let mut text = String::new();
        part.read_to_string(&mut text).unwrap();
        assert_eq!(xml_faults(browser, &text), Vec::<serde_json::Value>::new(), "{address} {name}");
        assert!(!text.contains("<f>") && !text.contains("<f "), "{address} {name} holds a formula");
        assert!(!text.contains("TargetMode=\"External\""), "{address} {name} links to elsewhere");
        found |= text.contains("qz");
    }
    found
}
