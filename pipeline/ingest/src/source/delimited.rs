//! Separated text (csv, tsv): records stream through one buffer; the file is never held.

use std::cell::Cell as Counter;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::rc::Rc;

use csv::{ByteRecord, ErrorKind};
use encoding_rs::Encoding;

use crate::encoding::{Budget, Decoding, RECORD_TOO_LONG};
use crate::limits::Limits;
use crate::refusal::Refusal;
use crate::row::Row;
use crate::source::{CellCount, Rows};

/// Bytes that the csv reader takes at a time.
const BUFFER: usize = 128 << 10;

/// The records of a csv as rows.
pub struct Delimited {
    reader: csv::Reader<Decoding<Counted>>,
    record: ByteRecord,
    budget: Budget,
    record_bytes: u64,
    columns: u64,
    cells: CellCount,
    read: Rc<Counter<u64>>,
    /// The last record's row.
    number: u64,
}

impl Delimited {
    /// Opens a text file of a known encoding and delimiter.
    pub fn open(path: &Path, encoding: &'static Encoding, valid_utf8: bool, delimiter: u8, limits: &Limits) -> Result<Self, Refusal> {
        let read = Rc::new(Counter::new(0));
        let file = Counted { file: File::open(path).map_err(Refusal::Unreadable)?, read: Rc::clone(&read) };
        let budget = Budget::new(limits.record_bytes + BUFFER as u64);
        let decoding = Decoding::new(file, encoding, valid_utf8, budget.clone());
        let reader =
            csv::ReaderBuilder::new().has_headers(false).flexible(true).delimiter(delimiter).buffer_capacity(BUFFER).from_reader(decoding);
        let cells = CellCount { read: 0, allowed: limits.cells };
        Ok(Self {
            reader,
            record: ByteRecord::new(),
            budget,
            record_bytes: limits.record_bytes,
            columns: limits.columns,
            cells,
            read,
            number: 0,
        })
    }
}

impl Rows for Delimited {
    fn next_row(&mut self, row: &mut Row) -> Result<bool, Refusal> {
        let before = self.reader.position().line();
        match self.reader.read_byte_record(&mut self.record) {
            Ok(true) => (),
            Ok(false) => return Ok(false),
            Err(error) => return Err(refusal(error, self.record_bytes)),
        }
        self.budget.renew();
        let width = self.record.len();
        if width as u64 > self.columns {
            return Err(Refusal::TooLarge { limit: "columns", found: width as u64, allowed: self.columns });
        }
        self.cells.add(width as u64)?;
        self.number += 1 + self.blank_lines(before);
        row.start(self.number);
        let ends = (0..width).map(|index| self.record.range(index).map_or(0, |range| range.end));
        // The decoder gives UTF-8 only, so that one check of the whole record serves all its fields.
        let text = std::str::from_utf8(self.record.as_slice()).map_err(|error| Refusal::Damaged { detail: error.to_string() })?;
        row.fill(text, ends);
        Ok(true)
    }

    fn bytes(&self) -> u64 {
        self.read.get()
    }
}

impl Delimited {
    /// Blank lines between the last record and this one: the reader passes over them, but a spreadsheet
    /// program gives each a row, and a clerk looks for the row there.
    fn blank_lines(&self, before: u64) -> u64 {
        let lines = self.reader.position().line() - before;
        if lines <= 1 {
            return 0;
        }
        let inside = self.record.as_slice().iter().filter(|byte| **byte == b'\n').count() as u64;
        lines.saturating_sub(1 + inside)
    }
}

fn refusal(error: csv::Error, record_bytes: u64) -> Refusal {
    match error.into_kind() {
        ErrorKind::Io(error) if error.to_string() == RECORD_TOO_LONG => {
            Refusal::TooLarge { limit: "bytes in one record", found: record_bytes + 1, allowed: record_bytes }
        }
        ErrorKind::Io(error) => Refusal::from(error),
        other => Refusal::Damaged { detail: format!("{other:?}") },
    }
}

/// A file that counts what was read of it.
struct Counted {
    file: File,
    read: Rc<Counter<u64>>,
}

impl Read for Counted {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let length = self.file.read(out)?;
        self.read.set(self.read.get() + length as u64);
        Ok(length)
    }
}

/// The delimiter of a text file: of comma, tab, semicolon and bar the one that most lines of the
/// opening agree on; a comma when no line has any.
pub fn find_delimiter(path: &Path, encoding: &'static Encoding, valid_utf8: bool) -> Result<u8, Refusal> {
    let file = File::open(path).map_err(Refusal::Unreadable)?;
    let mut opening = Vec::new();
    Decoding::new(file, encoding, valid_utf8, Budget::new(u64::MAX)).take(64 << 10).read_to_end(&mut opening)?;
    Ok(delimiter_of(&opening))
}

fn delimiter_of(opening: &[u8]) -> u8 {
    const CANDIDATES: [u8; 4] = [b',', b'\t', b';', b'|'];
    let mut best = (0, b',');
    for candidate in CANDIDATES {
        let counts = counts_per_line(opening, candidate);
        let mut score = 0;
        for count in &counts {
            // Lines of one table have equally many; a title line has none.
            let agreeing = counts.iter().filter(|other| *other == count).count();
            if *count > 0 {
                score = score.max(agreeing * 8 + count.min(&40));
            }
        }
        if score > best.0 {
            best = (score, candidate);
        }
    }
    best.1
}

fn counts_per_line(opening: &[u8], delimiter: u8) -> Vec<usize> {
    let mut counts = Vec::new();
    let mut count = 0;
    let mut quoted = false;
    for byte in opening {
        match byte {
            b'"' => quoted = !quoted,
            b'\n' if !quoted => {
                counts.push(count);
                count = 0;
                if counts.len() == 40 {
                    return counts;
                }
            }
            byte if *byte == delimiter && !quoted => count += 1,
            _ => (),
        }
    }
    counts.push(count);
    counts
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn rows(bytes: &[u8], limits: &Limits) -> Result<Vec<(u64, Vec<String>)>, Refusal> {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(bytes).unwrap();
        let delimiter = find_delimiter(file.path(), encoding_rs::UTF_8, true)?;
        let mut source = Delimited::open(file.path(), encoding_rs::UTF_8, true, delimiter, limits)?;
        let mut row = Row::default();
        let mut all = Vec::new();
        while source.next_row(&mut row)? {
            all.push((row.number, (0..row.width()).map(|column| row.text(column).to_owned()).collect()));
        }
        assert_eq!(source.bytes(), bytes.len() as u64);
        Ok(all)
    }

    #[test]
    fn rows_are_numbered_as_a_spreadsheet_numbers_them() {
        let all = rows("标题\n\n序号,名称\n1,\"甲\n乙\"\n2,丙\n".as_bytes(), &Limits::uploads()).unwrap();
        let lines: Vec<u64> = all.iter().map(|(line, _)| *line).collect();
        assert_eq!(lines, [1, 3, 4, 5]);
        assert_eq!(all[2].1, ["1", "甲\n乙"]);
    }

    #[test]
    fn delimiters_are_found() {
        let check = |text: &str, expect: u8| assert_eq!(delimiter_of(text.as_bytes()), expect, "{text}");
        check("a,b,c\n1,2,3\n", b',');
        check("a\tb\tc\n1,5\t2\t3\n", b'\t');
        check("a;b;c\n1,5;2,5;3\n", b';');
        check("标题，没有\na|b|c\n1|2|3\n", b'|');
        check("一列\n", b',');
        check("\"a;b;c\",d\n\"1;2;3\",4\n", b',');
    }

    #[test]
    fn limits_hold_while_streaming() {
        let limits = Limits { cells: 5, ..Limits::uploads() };
        assert!(matches!(rows(b"a,b,c\n1,2,3\n", &limits), Err(Refusal::TooLarge { limit: "cells", .. })));
        let limits = Limits { columns: 2, ..Limits::uploads() };
        assert!(matches!(rows(b"a,b,c\n", &limits), Err(Refusal::TooLarge { limit: "columns", .. })));
        let unclosed = [b"a,\"".as_slice(), &vec![b'x'; 3 << 20]].concat();
        assert!(matches!(rows(&unclosed, &Limits::uploads()), Err(Refusal::TooLarge { limit: "bytes in one record", .. })));
    }
}
