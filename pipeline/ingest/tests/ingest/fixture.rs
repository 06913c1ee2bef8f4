//! Parses a text or workbook made in a test and hands back its rows and complaints by column name.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use chrono::NaiveDate;
use qunlian_domain::catalogue::City;
use qunlian_domain::landing::keys::KeyFile;
use qunlian_ingest::{Limits, Mapping, Refusal, Report, Request, parse};

pub type Line = BTreeMap<String, String>;

pub struct Parsed {
    pub report: Report,
    pub rows: Vec<Line>,
    pub complaints: Vec<Line>,
}

impl Parsed {
    /// The values of one landing column, top to bottom.
    pub fn column(&self, name: &str) -> Vec<&str> {
        self.rows.iter().map(|row| row[name].as_str()).collect()
    }

    /// `row problem column` of each complaint.
    pub fn problems(&self) -> Vec<String> {
        self.complaints.iter().map(|line| format!("{} {} {}", line["row"], line["problem"], line["column"])).collect()
    }
}

pub fn city() -> &'static City {
    static CITY: OnceLock<City> = OnceLock::new();
    CITY.get_or_init(|| {
        let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data");
        City::load(&|path| std::fs::read_to_string(data.join(path)), "cities/huaibei").unwrap()
    })
}

pub fn try_bytes(name: &str, bytes: &[u8], mapping: Option<&Mapping>, carrier: Option<&str>) -> Result<Parsed, Refusal> {
    try_limited(name, bytes, mapping, carrier, Limits::uploads())
}

pub fn try_limited(name: &str, bytes: &[u8], mapping: Option<&Mapping>, carrier: Option<&str>, limits: Limits) -> Result<Parsed, Refusal> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("upload");
    std::fs::write(&file, bytes).unwrap();
    let out = folder.path().join("landing");
    let today = NaiveDate::from_ymd_opt(2022, 5, 31).unwrap();
    let request = Request { file: &file, original_name: name, out: &out, city: city(), today, mapping, carrier, limits };
    let report = parse(&request, &mut |_| ())?;
    let mut rows = Vec::new();
    for sheet in &report.sheets {
        let landed = lines(&out.join(format!("sheet-{}.csv", sheet.sheet)));
        assert_keys(&out.join(format!("keys-{}.bin", sheet.sheet)), &landed);
        rows.extend(landed);
        assert_eq!(sheet.rows_seen, sheet.rows_in + sheet.rows_left_out + sheet.rows_skipped, "{sheet:?}");
    }
    assert_eq!(rows.len() as u64, report.rows_in());
    let complaints = lines(&out.join("complaints.csv"));
    assert_eq!(complaints.len() as u64, report.complaints);
    let written: Report = serde_json::from_slice(&std::fs::read(out.join("source.json")).unwrap()).unwrap();
    assert_eq!(written, report);
    Ok(Parsed { report, rows, complaints })
}

/// The key file says of each row what the csv says.
fn assert_keys(path: &Path, landed: &[Line]) {
    let Ok(bytes) = std::fs::read(path) else { return assert!(landed.is_empty()) };
    let file = KeyFile::parse(&bytes).unwrap();
    assert_eq!(file.len(), landed.len());
    let shown = |key: u64| if key == 0 { String::new() } else { key.to_string() };
    for (keys, row) in file.rows().zip(landed) {
        let keys = keys.unwrap();
        let found = [shown(keys.name_key), shown(keys.code_key), shown(keys.previous_key), keys.reported_on.to_string()];
        let said = ["name_key", "code_key", "previous_key", "reported_on"].map(|column| row[column].clone());
        assert_eq!(found, said);
        assert_eq!(file.carriers[keys.carrier as usize], row["carrier_id"]);
    }
}

fn lines(path: &PathBuf) -> Vec<Line> {
    let Ok(mut reader) = csv::Reader::from_path(path) else { return Vec::new() };
    let headers = reader.headers().unwrap().clone();
    if path.file_name().unwrap() == "complaints.csv" {
        assert_eq!(headers, csv::StringRecord::from(qunlian_domain::landing::COMPLAINT_COLUMNS.to_vec()));
    } else {
        assert_eq!(headers, csv::StringRecord::from(qunlian_domain::landing::COLUMNS.map(|(name, _)| name).to_vec()));
    }
    reader
        .records()
        .map(|record| headers.iter().zip(&record.unwrap()).map(|(name, value)| (name.to_owned(), value.to_owned())).collect())
        .collect()
}

/// Parses a csv given as lines with `|` between the cells; fails the test when it is refused.
pub fn table(name: &str, lines: &[&str]) -> Parsed {
    let text = lines.join("\n").replace('|', "\t");
    try_bytes(name, text.as_bytes(), None, None).unwrap_or_else(|refusal| panic!("{refusal}"))
}

/// A credit code whose check digit holds, made up from a number.
pub fn code(number: u32) -> String {
    let body: [u8; 8] = format!("MA{number:06}").into_bytes().try_into().unwrap();
    qunlian_domain::credit_code::CreditCode::from_parts('9', '1', "340600", &body).unwrap().to_string()
}
