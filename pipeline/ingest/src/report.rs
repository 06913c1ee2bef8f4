//! What a parse found (解析报告): one entry per sheet, written as `source.json` beside the landing files.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// The outcome for one file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// The name the file was handed in under.
    pub original_name: String,
    /// BLAKE3 of the file, 64 hex digits.
    pub blake3: String,
    pub bytes: u64,
    /// `xlsx`, `xls`, `xlsb`, `ods` or `csv`.
    pub format: String,
    /// Of a csv, `UTF-8`, `GB18030`, ...; empty for workbooks.
    pub encoding: String,
    /// Of a csv; empty for workbooks.
    pub delimiter: String,
    pub sheets: Vec<SheetReport>,
    /// Landed rows by carrier id.
    pub carriers: BTreeMap<String, u64>,
    pub complaints: u64,
    /// Version of the landing columns.
    pub landing_version: u32,
}

impl Report {
    /// Landed rows of all sheets.
    pub fn rows_in(&self) -> u64 {
        self.sheets.iter().map(|sheet| sheet.rows_in).sum()
    }

    /// Rows of all sheets that were left out with a complaint.
    pub fn rows_left_out(&self) -> u64 {
        self.sheets.iter().map(|sheet| sheet.rows_left_out).sum()
    }
}

/// The outcome for one sheet. rows_seen = rows_in + rows_left_out + rows_skipped.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct SheetReport {
    /// 1-based position in the workbook.
    pub sheet: u32,
    pub name: String,
    /// 1-based row of the header's last line; 0 when the sheet was not read.
    pub header_row: u64,
    /// `signed`, `started`, `completed`, `fixed_assets`, `ledger`, or empty when nothing says so.
    pub kind: String,
    /// The carrier the whole sheet is from; empty when its rows say it.
    pub carrier_id: String,
    /// First day of the month it reports.
    #[serde(with = "iso")]
    pub month: Option<NaiveDate>,
    /// Its data date (截至日期).
    #[serde(with = "iso")]
    pub reported_on: Option<NaiveDate>,
    /// Rows below the header.
    pub rows_seen: u64,
    /// Rows that went on to landing.
    pub rows_in: u64,
    /// Rows among them that carry a question.
    pub rows_questioned: u64,
    /// Rows with a complaint that kept them out.
    pub rows_left_out: u64,
    /// Totals, group titles, repeated headers, notes and blank rows.
    pub rows_skipped: u64,
    pub columns: Vec<ColumnReport>,
    pub unknown_columns: Vec<String>,
    /// Why it was not read; empty when it was.
    pub not_read: String,
}

/// A recognised column.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ColumnReport {
    /// 1-based column in the sheet.
    pub column: u32,
    pub header: String,
    /// A field of the vocabulary.
    pub field: String,
    /// `万元`, `万美元`, ...; empty for columns without amounts.
    pub unit: String,
}

/// How far a parse is, reported every few thousand rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    pub sheet: u32,
    /// Rows read so far in the whole file.
    pub rows: u64,
    /// Bytes of a csv read so far; 0 for workbooks.
    pub bytes: u64,
    /// Size of the file.
    pub total_bytes: u64,
}

/// Days as `YYYY-MM-DD` or null.
mod iso {
    use chrono::NaiveDate;
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub fn serialize<S: Serializer>(day: &Option<NaiveDate>, serializer: S) -> Result<S::Ok, S::Error> {
        match day {
            Some(day) => serializer.collect_str(day),
            None => serializer.serialize_none(),
        }
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<NaiveDate>, D::Error> {
        let text: Option<String> = Option::deserialize(deserializer)?;
        text.map(|text| text.parse().map_err(D::Error::custom)).transpose()
    }
}
