//! Rows read ahead of their turn: the header is looked for among them, then they are read as any other.

use std::collections::VecDeque;

use crate::refusal::Refusal;
use crate::row::Row;
use crate::source::Rows;

/// Rows read ahead of their turn.
pub struct Ahead<'r> {
    pub rows: &'r mut dyn Rows,
    pub waiting: VecDeque<Row>,
    /// Buffers to use again.
    spare: Vec<Row>,
}

impl<'r> Ahead<'r> {
    pub fn new(rows: &'r mut dyn Rows) -> Self {
        Self { rows, waiting: VecDeque::new(), spare: Vec::new() }
    }

    /// Reads until so many rows wait; blank ones are passed over.
    pub fn fill(&mut self, wanted: usize) -> Result<(), Refusal> {
        while self.waiting.len() < wanted {
            let mut row = self.spare.pop().unwrap_or_default();
            if !self.rows.next_row(&mut row)? {
                break;
            }
            if !row.is_blank() {
                self.waiting.push_back(row);
            }
        }
        Ok(())
    }

    /// The next row, waiting or not.
    pub fn next_row(&mut self, row: &mut Row) -> Result<bool, Refusal> {
        match self.waiting.pop_front() {
            Some(waiting) => {
                self.spare.push(std::mem::replace(row, waiting));
                Ok(true)
            }
            None => self.rows.next_row(row),
        }
    }

    /// Passes over rows that wait.
    pub fn drop_first(&mut self, count: usize) {
        self.waiting.drain(..count.min(self.waiting.len()));
    }
}
