//! What the form sends (提交内容): a pasted text or a file, the month, the pace, and which rates are made of what.

use axum::extract::Multipart;

use crate::fault::Fault;
use crate::workbooks::{BookRefusal, CellSheet, WorkbookReader};

use super::super::filings::files::broken;

/// Largest file, in MiB: what the reader takes of uploads.
pub(super) const MOST_MIB: usize = 20;
/// Longest pasted text, in bytes.
const MOST_TEXT: usize = 1 << 20;
/// Bytes of a shorter field, and how many of them.
const SHORT: usize = 200;
const MOST_FIELDS: usize = 200;

/// Why a table is not checked: the key of a sentence, or the reader's own words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Refused {
    Key { key: &'static str, value: String },
    Reader(BookRefusal),
}

impl Refused {
    pub(super) fn key(key: &'static str) -> Self {
        Self::Key { key, value: String::new() }
    }

    pub(super) fn with(key: &'static str, value: impl ToString) -> Self {
        Self::Key { key, value: value.to_string() }
    }
}

#[derive(Debug, Clone, Default)]
pub(super) struct Sent {
    /// The table as text, tabs between its cells.
    pub table: String,
    /// `1` to `12`; empty: by the title.
    pub month: String,
    /// Percent; empty: by the month.
    pub pace: String,
    /// Lines of the heading; empty: found.
    pub headings: String,
    /// Name or 1-based position of a workbook's sheet; empty: the first.
    pub sheet: String,
    /// Rates that no word explains: place of the rate's column, its part and its whole.
    pub rates: Vec<(usize, usize, usize)>,
    pub file: Option<Vec<u8>>,
    /// The text was longer than allowed.
    pub too_long: bool,
}

impl Sent {
    /// Reads every part, of each no more than just beyond its limit.
    pub(super) async fn take(mut form: Multipart) -> Result<Self, Fault> {
        let (mut sent, mut pairs) = (Self::default(), Vec::new());
        while let Some(mut part) = form.next_field().await.map_err(broken)? {
            let name = part.name().unwrap_or_default().to_owned();
            let most = match name.as_str() {
                "file" => MOST_MIB << 20,
                "table" => MOST_TEXT,
                _ => SHORT,
            };
            let mut bytes = Vec::new();
            while let Some(chunk) = part.chunk().await.map_err(broken)? {
                if bytes.len() <= most {
                    bytes.extend_from_slice(&chunk);
                }
            }
            match name.as_str() {
                "file" => sent.file = (!bytes.is_empty()).then_some(bytes),
                "table" if bytes.len() > MOST_TEXT => sent.too_long = true,
                "table" => sent.table = String::from_utf8_lossy(&bytes).into_owned(),
                _ if pairs.len() < MOST_FIELDS && bytes.len() <= most => {
                    pairs.push((name, String::from_utf8_lossy(&bytes).trim().to_owned()));
                }
                _ => (),
            }
        }
        let text = |key: &str| pairs.iter().find(|(name, _)| name == key).map(|(_, text)| text.clone()).unwrap_or_default();
        sent.rates = rates(&pairs);
        Ok(Self { month: text("month"), pace: text("pace"), headings: text("headings"), sheet: text("sheet"), ..sent })
    }

    /// Puts the file's sheet in the place of the text, if there is a file.
    pub(super) async fn read_file(&mut self, reader: &dyn WorkbookReader) -> Result<(), Refused> {
        if self.too_long {
            return Err(Refused::key("recheck.bad.long"));
        }
        let Some(bytes) = self.file.take() else { return Ok(()) };
        if bytes.len() > MOST_MIB << 20 {
            return Err(Refused::with("recheck.bad.file", MOST_MIB));
        }
        let sheets = reader.cells(bytes).await.map_err(Refused::Reader)?;
        let table = text_of(self.sheet(&sheets)?);
        if table.len() > MOST_TEXT {
            return Err(Refused::key("recheck.bad.long"));
        }
        self.table = table;
        self.rates.clear();
        Ok(())
    }

    fn sheet<'s>(&self, sheets: &'s [CellSheet]) -> Result<&'s CellSheet, Refused> {
        let named = sheets.iter().find(|sheet| sheet.name == self.sheet);
        let placed = || self.sheet.parse::<usize>().ok().and_then(|place| sheets.get(place.checked_sub(1)?));
        let found = if self.sheet.is_empty() { sheets.first() } else { named.or_else(placed) };
        let names = || sheets.iter().map(|sheet| sheet.name.as_str()).collect::<Vec<_>>().join("、");
        found.ok_or_else(|| Refused::with("recheck.bad.sheet", names()))
    }
}

/// `part-4=2` and `whole-4=1`: column 4 is column 2 in column 1. Both count from 0.
fn rates(pairs: &[(String, String)]) -> Vec<(usize, usize, usize)> {
    let place = |key: &str| pairs.iter().find(|(name, _)| name == key).and_then(|(_, text)| text.parse::<usize>().ok());
    let columns = pairs.iter().filter_map(|(name, _)| name.strip_prefix("part-")?.parse::<usize>().ok());
    columns.filter_map(|rate| Some((rate, place(&format!("part-{rate}"))?, place(&format!("whole-{rate}"))?))).collect()
}

/// Cells between tabs: a cell's own tabs and lines become blanks.
fn text_of(sheet: &CellSheet) -> String {
    let line = |row: &Vec<String>| row.iter().map(|cell| cell.replace(['\t', '\n', '\r'], " ")).collect::<Vec<_>>().join("\t");
    sheet.rows.iter().map(line).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_need_both_sides() {
        let pairs = [("part-4", "2"), ("whole-4", "1"), ("part-7", "2"), ("part-x", "1"), ("part-8", ""), ("whole-8", "3")];
        let pairs: Vec<_> = pairs.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
        assert_eq!(rates(&pairs), [(4, 2, 1)]);
    }

    #[test]
    fn a_sheet_is_known_by_name_or_place() {
        let sheets = ["封面", "2"].map(|name| CellSheet { name: name.into(), rows: vec![vec![format!("{name}\t\n"), "1".into()]] });
        let check = |asked: &str, expect: Result<&str, Refused>| {
            let sent = Sent { sheet: asked.into(), ..Sent::default() };
            assert_eq!(sent.sheet(&sheets).map(|sheet| sheet.name.as_str()), expect, "{asked}");
        };
        check("", Ok("封面"));
        check("1", Ok("封面"));
        check("2", Ok("2"));
        check("0", Err(Refused::with("recheck.bad.sheet", "封面、2")));
        assert_eq!(text_of(&sheets[0]), "封面  \t1");
    }
}
