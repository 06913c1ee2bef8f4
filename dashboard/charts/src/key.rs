//! Key of a chart (图例): swatches with words, wrapped into lines.

use crate::sheet::{Block, Sheet, Type};
use crate::text::{self, LABEL, Weight};
use crate::{ChartError, Tone};

const SWATCH: f64 = 11.0;
const AFTER_SWATCH: f64 = 6.0;
const BETWEEN: f64 = 16.0;
/// Height of one line of the key.
pub(crate) const KEY_LINE: f64 = 20.0;

/// Where each entry starts, and on which line.
pub(crate) struct Key<'a> {
    entries: Vec<(Tone, &'a str, f64, usize)>,
    lines: usize,
}

impl<'a> Key<'a> {
    /// Lays entries out from `left`, at most `room` px a line.
    pub(crate) fn flow(entries: impl Iterator<Item = (Tone, &'a str)>, left: f64, room: f64) -> Result<Key<'a>, ChartError> {
        let mut placed = Vec::new();
        let (mut x, mut line) = (left, 0);
        for (tone, label) in entries {
            let width = SWATCH + AFTER_SWATCH + text::width(label, LABEL, Weight::Regular)?;
            if x > left && x + width > left + room {
                x = left;
                line += 1;
            }
            placed.push((tone, label, x, line));
            x += width + BETWEEN;
        }
        let lines = if placed.is_empty() { 0 } else { line + 1 };
        Ok(Key { entries: placed, lines })
    }

    pub(crate) fn height(&self) -> f64 {
        KEY_LINE * self.lines as f64
    }

    pub(crate) fn draw(&self, sheet: &mut Sheet, top: f64, right: f64) -> Result<(), ChartError> {
        for (tone, label, x, line) in &self.entries {
            let middle = top + KEY_LINE * *line as f64 + KEY_LINE / 2.0;
            let swatch = Block { x: *x, y: middle - SWATCH / 2.0, width: SWATCH, height: SWATCH };
            sheet.block(swatch, 2.0, *tone);
            let start = x + SWATCH + AFTER_SWATCH;
            sheet.fitted(start, middle, label, Type::SOFT.tone(Tone::Ink), right - start)?;
        }
        Ok(())
    }
}
