//! Writes `sheet-<n>.csv` (落地文件): typed rows in the exact columns of `domain::landing`, and their keys beside it.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use chrono::{Datelike, NaiveDate};
use csv::ByteRecord;
use qunlian_domain::landing::COLUMNS;
use qunlian_domain::landing::keys::{self, RowKeys};

use crate::complaints::write_error;
use crate::refusal::Refusal;

/// The landing files of one sheet; they come into being with its first row.
pub struct LandingFile {
    folder: PathBuf,
    sheet: u32,
    open: Option<Open>,
}

struct Open {
    rows: csv::Writer<File>,
    keys: BufWriter<File>,
    carriers: Vec<String>,
    count: u64,
}

impl LandingFile {
    /// The files for a sheet in `out`.
    pub fn new(out: &Path, sheet: u32) -> Self {
        Self { folder: out.to_owned(), sheet, open: None }
    }

    /// Appends a row. `keys` need not name the carrier's position: that is kept here.
    pub fn write(&mut self, record: &ByteRecord, keys: RowKeys, carrier: &str) -> Result<(), Refusal> {
        let open = match &mut self.open {
            Some(open) => open,
            None => self.open.insert(Open::create(&self.folder, self.sheet)?),
        };
        open.rows.write_byte_record(record).map_err(write_error)?;
        let position = open.position(carrier);
        open.keys.write_all(&RowKeys { carrier: position, ..keys }.to_bytes()).map_err(Refusal::Write)?;
        open.count += 1;
        Ok(())
    }

    /// Flushes and syncs.
    pub fn finish(self) -> Result<(), Refusal> {
        self.open.map_or(Ok(()), Open::finish)
    }
}

impl Open {
    fn create(folder: &Path, sheet: u32) -> Result<Self, Refusal> {
        let create = |name: String| File::create(folder.join(name)).map_err(Refusal::Write);
        let mut rows = csv::WriterBuilder::new().buffer_capacity(512 << 10).from_writer(create(format!("sheet-{sheet}.csv"))?);
        rows.write_record(COLUMNS.map(|(name, _)| name)).map_err(write_error)?;
        let keys = BufWriter::with_capacity(128 << 10, create(format!("keys-{sheet}.bin"))?);
        Ok(Self { rows, keys, carriers: Vec::new(), count: 0 })
    }

    fn position(&mut self, carrier: &str) -> u32 {
        let at = self.carriers.iter().position(|known| known == carrier).unwrap_or_else(|| {
            self.carriers.push(carrier.to_owned());
            self.carriers.len() - 1
        });
        at as u32
    }

    fn finish(mut self) -> Result<(), Refusal> {
        self.keys.write_all(&keys::trailer(&self.carriers, self.count)).map_err(Refusal::Write)?;
        let keys = self.keys.into_inner().map_err(|error| Refusal::Write(error.into_error()))?;
        keys.sync_all().map_err(Refusal::Write)?;
        let rows = self.rows.into_inner().map_err(|error| Refusal::Write(error.into_error()))?;
        rows.sync_all().map_err(Refusal::Write)
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
