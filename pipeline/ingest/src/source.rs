//! Rows from files: one trait over csv and workbooks, so that everything above sees rows only.

mod delimited;
mod workbook;

pub use delimited::{Delimited, find_delimiter};
pub use workbook::{Sheet, Workbook};

use crate::refusal::Refusal;
use crate::row::Row;

/// A table's rows from top to bottom.
pub trait Rows {
    /// Reads the next row into a buffer; `false` at the end. Rows without cells may be passed over.
    fn next_row(&mut self, row: &mut Row) -> Result<bool, Refusal>;

    /// Bytes of the file read so far; 0 where that is not known.
    fn bytes(&self) -> u64 {
        0
    }
}

/// Merged cells (合并单元格), zero-based and inclusive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Merge {
    pub top: u32,
    pub left: u32,
    pub bottom: u32,
    pub right: u32,
}

impl Merge {
    /// True when a cell lies inside.
    pub fn covers(&self, row: u32, column: u32) -> bool {
        (self.top..=self.bottom).contains(&row) && (self.left..=self.right).contains(&column)
    }
}

/// Counts cells against the limit over the whole file.
#[derive(Debug, Clone, Copy)]
pub struct CellCount {
    pub read: u64,
    pub allowed: u64,
}

impl CellCount {
    /// Adds cells; an error beyond the limit.
    pub fn add(&mut self, cells: u64) -> Result<(), Refusal> {
        self.read += cells;
        if self.read > self.allowed {
            return Err(Refusal::TooLarge { limit: "cells", found: self.read, allowed: self.allowed });
        }
        Ok(())
    }
}
