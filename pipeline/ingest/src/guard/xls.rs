//! Old workbooks (.xls): walks the records as the reader will, adding up the rectangles it will allocate.

use std::io::{Read, Seek};

use crate::guard::compound::Compound;
use crate::limits::Limits;
use crate::refusal::Refusal;

const FILEPASS: u16 = 0x002F;
const BOUNDSHEET: u16 = 0x0085;
const BOF: u16 = 0x0809;
const END: u16 = 0x000A;
const DIMENSIONS: u16 = 0x0200;
const MULRK: u16 = 0x00BD;
/// Records that open with row and column: NUMBER LABEL RSTRING BOOLERR RK LABELSST FORMULA.
const CELLS: [u16; 7] = [0x0203, 0x0204, 0x00D6, 0x0205, 0x027E, 0x00FD, 0x0006];

/// Refuses encrypted workbooks and those whose sheets would not fit in memory as rectangles.
pub fn check<F: Read + Seek>(file: &mut F, limits: &Limits) -> Result<(), Refusal> {
    let compound = Compound::open(file, limits)?;
    let stream = match compound.stream("Workbook")? {
        Some(stream) => Some(stream),
        None => compound.stream("Book")?,
    };
    drop(compound);
    check_records(&stream.unwrap_or_default(), limits)
}

fn check_records(stream: &[u8], limits: &Limits) -> Result<(), Refusal> {
    let mut sheets: Vec<usize> = Vec::new();
    for record in Records(stream) {
        match record.kind {
            FILEPASS if record.data.iter().any(|byte| *byte != 0) => return Err(Refusal::Encrypted),
            BOUNDSHEET => sheets.push(word(record.data, 0) as usize),
            END => break,
            _ => (),
        }
    }
    let found = sheets.len() as u64;
    if found > limits.sheets {
        return Err(Refusal::TooLarge { limit: "sheets", found, allowed: limits.sheets });
    }
    let mut dense = 0u64;
    let mut cells = 0u64;
    for start in sheets {
        let sheet = measure(stream.get(start..).unwrap_or(&[]))?;
        dense = dense.saturating_add(sheet.rectangle.max(sheet.declared));
        cells = cells.saturating_add(sheet.cells);
        if dense > limits.dense_cells {
            return Err(Refusal::TooLarge { limit: "cells in the rectangle of a sheet", found: dense, allowed: limits.dense_cells });
        }
        if cells > limits.cells {
            return Err(Refusal::TooLarge { limit: "cells", found: cells, allowed: limits.cells });
        }
    }
    Ok(())
}

#[derive(Debug, Default, PartialEq)]
struct Measured {
    /// Cells of the rectangle around the cells that are there.
    rectangle: u64,
    /// Cells of the rectangle that the sheet declares; the reader reserves room for it.
    declared: u64,
    cells: u64,
}

fn measure(stream: &[u8]) -> Result<Measured, Refusal> {
    let mut measured = Measured::default();
    let (mut top, mut bottom, mut left, mut right) = (u64::MAX, 0, u64::MAX, 0);
    let mut depth = 0usize;
    let mut opened = false;
    for record in Records(stream) {
        match record.kind {
            BOF if opened => depth += 1,
            BOF => opened = true,
            END if depth > 0 => depth -= 1,
            END => break,
            _ if depth > 0 => (),
            DIMENSIONS => measured.declared = measured.declared.saturating_add(declared(record.data)?),
            kind if (CELLS.contains(&kind) || kind == MULRK) && record.data.len() >= 4 => {
                let row = u64::from(half(record.data, 0));
                let first = u64::from(half(record.data, 2));
                let last = if kind == MULRK { u64::from(half(record.data, record.data.len() - 2)) } else { first };
                (top, bottom) = (top.min(row), bottom.max(row));
                (left, right) = (left.min(first), right.max(first).max(last));
                measured.cells += last.saturating_sub(first) + 1;
            }
            _ => (),
        }
    }
    if measured.cells > 0 {
        measured.rectangle = (bottom - top + 1).saturating_mul(right.saturating_sub(left) + 1);
    }
    Ok(measured)
}

/// The declared rectangle, computed as calamine does; what would make it subtract below zero is damage.
fn declared(data: &[u8]) -> Result<u64, Refusal> {
    let (first_row, end_row, mut first_column, end_column) = match data.len() {
        10 => (u64::from(half(data, 0)), u64::from(half(data, 2)), u64::from(half(data, 4)), u64::from(half(data, 6))),
        14 | 16 => (u64::from(word(data, 0)), u64::from(word(data, 4)), u64::from(half(data, 8)), u64::from(half(data, 10))),
        other => return Err(Refusal::Damaged { detail: format!("a DIMENSIONS record of {other} bytes") }),
    };
    if first_column > 0xFF || end_column < first_column {
        first_column = 0;
    }
    if end_row == 0 || end_column == 0 {
        return Ok(1);
    }
    if end_row <= first_row || end_column <= first_column {
        return Err(Refusal::Damaged { detail: "a sheet declares rows that end before they begin".into() });
    }
    Ok((end_row - first_row).saturating_mul(end_column - first_column))
}

struct Record<'s> {
    kind: u16,
    data: &'s [u8],
}

struct Records<'s>(&'s [u8]);

impl<'s> Iterator for Records<'s> {
    type Item = Record<'s>;

    fn next(&mut self) -> Option<Record<'s>> {
        let length = usize::from(half(self.0, 2));
        let data = self.0.get(4..4 + length)?;
        let kind = half(self.0, 0);
        self.0 = &self.0[4 + length..];
        Some(Record { kind, data })
    }
}

fn half(bytes: &[u8], at: usize) -> u16 {
    bytes.get(at..at + 2).map_or(0, |pair| u16::from_le_bytes([pair[0], pair[1]]))
}

fn word(bytes: &[u8], at: usize) -> u32 {
    bytes.get(at..at + 4).map_or(0, |word| u32::from_le_bytes([word[0], word[1], word[2], word[3]]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(kind: u16, data: &[u8]) -> Vec<u8> {
        let mut bytes = kind.to_le_bytes().to_vec();
        bytes.extend((data.len() as u16).to_le_bytes());
        bytes.extend(data);
        bytes
    }

    fn number(row: u16, column: u16) -> Vec<u8> {
        let mut data = row.to_le_bytes().to_vec();
        data.extend(column.to_le_bytes());
        data.extend([0; 10]);
        record(0x0203, &data)
    }

    /// A workbook stream of `copies` sheets that all begin at the same place.
    fn workbook(copies: usize, sheet: &[Vec<u8>]) -> Vec<u8> {
        let globals = record(BOF, &[0, 6, 5, 0]).len() + copies * record(BOUNDSHEET, &[0; 8]).len() + record(END, &[]).len();
        let mut stream = record(BOF, &[0, 6, 5, 0]);
        for _ in 0..copies {
            let mut data = (globals as u32).to_le_bytes().to_vec();
            data.extend([0; 4]);
            stream.extend(record(BOUNDSHEET, &data));
        }
        stream.extend(record(END, &[]));
        stream.extend(record(BOF, &[0, 6, 16, 0]));
        stream.extend(sheet.concat());
        stream.extend(record(END, &[]));
        stream
    }

    #[test]
    fn two_far_corners_are_a_large_rectangle() {
        let near = workbook(1, &[number(0, 0), number(9, 9)]);
        assert!(check_records(&near, &Limits::uploads()).is_ok());
        let far = workbook(1, &[number(0, 0), number(u16::MAX, 255)]);
        assert!(check_records(&far, &Limits::uploads()).unwrap_err().to_string().contains("rectangle"));
        let copies = workbook(10, &[number(0, 0), number(9_999, 99)]);
        assert!(check_records(&copies, &Limits::uploads()).unwrap_err().to_string().contains("rectangle"));
    }

    #[test]
    fn declared_sizes_and_passwords_are_seen() {
        let mut data = 0u32.to_le_bytes().to_vec();
        data.extend(u32::MAX.to_le_bytes());
        data.extend([0, 0, 0, 1, 0, 0]);
        let huge = workbook(1, &[record(DIMENSIONS, &data)]);
        assert!(check_records(&huge, &Limits::uploads()).is_err());
        let locked = [record(BOF, &[0, 6, 5, 0]), record(FILEPASS, &[1, 0])].concat();
        assert!(matches!(check_records(&locked, &Limits::uploads()), Err(Refusal::Encrypted)));
    }
}
