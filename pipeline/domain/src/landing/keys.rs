//! The keys of a landing file's rows (行键), beside it as `keys-<n>.bin`: what the build must know of every row
//! before it classifies the first one, in a fortieth of the csv's bytes.
//!
//! One record of [`RECORD`] bytes per row, in the csv's order, little-endian; then the carriers' ids, one per
//! line; then the number of rows (8 bytes).

use chrono::{Datelike, NaiveDate};

/// Bytes of one record.
pub const RECORD: usize = 32;

/// The keys of one landing row. 0 stands for "none" in the two optional keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RowKeys {
    /// `domain::project::keys`, as in the column of that name.
    pub name_key: u64,
    pub code_key: u64,
    pub previous_key: u64,
    /// 截至日期
    pub reported_on: NaiveDate,
    /// Position in the file's list of carriers.
    pub carrier: u32,
}

impl RowKeys {
    /// The record as it is stored.
    pub fn to_bytes(self) -> [u8; RECORD] {
        let mut bytes = [0; RECORD];
        bytes[..8].copy_from_slice(&self.name_key.to_le_bytes());
        bytes[8..16].copy_from_slice(&self.code_key.to_le_bytes());
        bytes[16..24].copy_from_slice(&self.previous_key.to_le_bytes());
        bytes[24..28].copy_from_slice(&self.reported_on.num_days_from_ce().to_le_bytes());
        bytes[28..].copy_from_slice(&self.carrier.to_le_bytes());
        bytes
    }

    fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let long = |at: usize| bytes.get(at..at + 8)?.try_into().ok().map(u64::from_le_bytes);
        let short = |at: usize| bytes.get(at..at + 4)?.try_into().ok().map(u32::from_le_bytes);
        Some(Self {
            name_key: long(0)?,
            code_key: long(8)?,
            previous_key: long(16)?,
            reported_on: NaiveDate::from_num_days_from_ce_opt(short(24)?.cast_signed())?,
            carrier: short(28)?,
        })
    }
}

/// What stands behind the records: the carriers' ids by position, and the number of rows.
pub fn trailer(carriers: &[String], rows: u64) -> Vec<u8> {
    let mut bytes = carriers.join("\n").into_bytes();
    bytes.extend(rows.to_le_bytes());
    bytes
}

/// A whole key file.
#[derive(Debug)]
pub struct KeyFile<'a> {
    /// Ids by position.
    pub carriers: Vec<&'a str>,
    records: &'a [u8],
}

impl<'a> KeyFile<'a> {
    /// Reads a file's bytes; `None` when they are not what [`trailer`] closed.
    pub fn parse(bytes: &'a [u8]) -> Option<Self> {
        let (rest, count) = bytes.split_last_chunk::<8>()?;
        let length = usize::try_from(u64::from_le_bytes(*count)).ok()?.checked_mul(RECORD)?;
        let (records, names) = rest.split_at_checked(length)?;
        let names = std::str::from_utf8(names).ok()?;
        Some(Self { carriers: names.lines().collect(), records })
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        self.records.len() / RECORD
    }

    /// True for a file of no rows.
    pub fn is_empty(&self) -> bool {
        self.records.is_empty()
    }

    /// The rows in the csv's order; `None` stands for a record that holds no date.
    pub fn rows(&self) -> impl Iterator<Item = Option<RowKeys>> + '_ {
        self.records.chunks_exact(RECORD).map(RowKeys::from_bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(key: u64, carrier: u32) -> RowKeys {
        RowKeys { name_key: key, code_key: key ^ 7, previous_key: 0, reported_on: NaiveDate::from_ymd_opt(2022, 3, 31).unwrap(), carrier }
    }

    #[test]
    fn a_file_reads_as_it_was_written() {
        let rows = [row(1, 0), row(u64::MAX, 1), row(3, 0)];
        let mut bytes: Vec<u8> = rows.iter().flat_map(|row| row.to_bytes()).collect();
        bytes.extend(trailer(&["suixi".to_owned(), "duji".to_owned()], 3));
        let file = KeyFile::parse(&bytes).unwrap();
        assert_eq!(file.carriers, ["suixi", "duji"]);
        assert_eq!(file.rows().map(Option::unwrap).collect::<Vec<_>>(), rows);
        assert_eq!(file.len(), 3);
    }

    #[test]
    fn a_cut_or_foreign_file_is_none_of_ours() {
        let mut bytes: Vec<u8> = row(1, 0).to_bytes().to_vec();
        bytes.extend(trailer(&["suixi".to_owned()], 1));
        assert!(KeyFile::parse(&bytes).is_some());
        for cut in [1, 8, 20, bytes.len()] {
            assert!(KeyFile::parse(&bytes[..bytes.len() - cut]).is_none(), "{cut} bytes short");
        }
        assert!(KeyFile::parse(b"row,name_key,code_key").is_none());
        assert!(KeyFile::parse(&trailer(&[], 0)).unwrap().is_empty());
    }
}
