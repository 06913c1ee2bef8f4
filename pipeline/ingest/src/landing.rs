//! Writes `sheet-<n>.csv` (落地文件): typed rows in the exact columns of `domain::landing`.

use std::fs::File;
use std::path::{Path, PathBuf};

use chrono::{Datelike, NaiveDate};
use csv::ByteRecord;
use qunlian_domain::landing::COLUMNS;

use crate::complaints::write_error;
use crate::refusal::Refusal;

/// The landing file of one sheet; it comes into being with its first row.
pub struct LandingFile {
    path: PathBuf,
    writer: Option<csv::Writer<File>>,
}

impl LandingFile {
    /// The file for a sheet in `out`.
    pub fn new(out: &Path, sheet: u32) -> Self {
        Self { path: out.join(format!("sheet-{sheet}.csv")), writer: None }
    }

    /// Appends a row.
    pub fn write(&mut self, record: &ByteRecord) -> Result<(), Refusal> {
        let writer = match &mut self.writer {
            Some(writer) => writer,
            None => {
                let file = File::create(&self.path).map_err(Refusal::Write)?;
                let mut writer = csv::WriterBuilder::new().buffer_capacity(512 << 10).from_writer(file);
                writer.write_record(COLUMNS.map(|(name, _)| name)).map_err(write_error)?;
                self.writer.insert(writer)
            }
        };
        writer.write_byte_record(record).map_err(write_error)
    }

    /// Flushes and syncs.
    pub fn finish(self) -> Result<(), Refusal> {
        let Some(writer) = self.writer else { return Ok(()) };
        let file = writer.into_inner().map_err(|error| Refusal::Write(error.into_error()))?;
        file.sync_all().map_err(Refusal::Write)
    }
}

/// Appends fields to a record without allocating.
pub struct Fields<'r>(pub &'r mut ByteRecord);

impl Fields<'_> {
    pub fn text(&mut self, text: &str) {
        self.0.push_field(text.as_bytes());
    }

    pub fn unsigned(&mut self, value: u64) {
        let mut digits = [0u8; 20];
        let mut at = digits.len();
        let mut rest = value;
        loop {
            at -= 1;
            digits[at] = b'0' + (rest % 10) as u8;
            rest /= 10;
            if rest == 0 {
                break;
            }
        }
        self.0.push_field(&digits[at..]);
    }

    /// An amount; amounts are never negative here.
    pub fn yuan(&mut self, value: Option<i64>) {
        match value {
            Some(value) => self.unsigned(value.unsigned_abs()),
            None => self.text(""),
        }
    }

    /// `YYYY-MM-DD`; years are 1980–2100 by then.
    pub fn date(&mut self, day: Option<NaiveDate>) {
        let Some(day) = day else { return self.text("") };
        let digit = |value: u32| b'0' + (value % 10) as u8;
        let (year, month, date) = (day.year().unsigned_abs(), day.month(), day.day());
        self.0.push_field(&[
            digit(year / 1000),
            digit(year / 100),
            digit(year / 10),
            digit(year),
            b'-',
            digit(month / 10),
            digit(month),
            b'-',
            digit(date / 10),
            digit(date),
        ]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_print_as_the_schema_says() {
        let mut record = ByteRecord::new();
        let mut fields = Fields(&mut record);
        fields.unsigned(0);
        fields.unsigned(u64::MAX);
        fields.yuan(Some(300_000_000));
        fields.yuan(None);
        fields.date(Some("2022-03-05".parse().unwrap()));
        fields.date(None);
        let text: Vec<&str> = record.iter().map(|field| std::str::from_utf8(field).unwrap()).collect();
        assert_eq!(text, ["0", "18446744073709551615", "300000000", "", "2022-03-05", ""]);
    }
}
