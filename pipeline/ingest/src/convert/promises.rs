//! The promised days of a row (计划日期): read with their last day, and left out where they cannot be meant.

use qunlian_domain::promise::{Doubt, PlannedDay, Promised};

use super::Converter;
use super::typed::Typed;
use crate::body::dates;
use crate::field::Field;
use crate::problem::Problem;
use crate::row::{Cell, Row};
use crate::table::Table;

impl Converter<'_> {
    /// Reads both, and looks at them beside the signing.
    pub(super) fn promises(&mut self, row: &Row, table: &Table, typed: &mut Typed) {
        for (index, field) in Field::PROMISED.into_iter().enumerate() {
            typed.promised[index] = self.planned(row, table, field, &mut typed.odd);
        }
        // A month of signing may be any of its days: the last is the one that doubts least.
        let signed = typed.dates[0].map(|date| date.last());
        for (promised, field) in Promised::ALL.into_iter().zip(Field::PROMISED) {
            let start = typed.promised[Promised::Start as usize].map(|planned| planned.on);
            let Some(planned) = typed.promised[promised as usize] else { continue };
            match promised.doubt(planned.on, start, signed) {
                None => {}
                Some(Doubt::CompletionBeforeStart) => self.complain_of(Problem::PromiseOrder, row, table, field, ""),
                Some(Doubt::LongAfterSigning) => self.complain_of(Problem::PromiseFarAhead, row, table, field, ""),
                Some(Doubt::LongBeforeSigning) => {
                    self.complain_of(Problem::PromiseBeforeSigning, row, table, field, "");
                    typed.promised[promised as usize] = None;
                }
            }
        }
    }

    fn planned(&mut self, row: &Row, table: &Table, field: Field, odd: &mut usize) -> Option<PlannedDay> {
        let cell = self.cell(row, table, field);
        if cell.is_blank() {
            return None;
        }
        match dates::read_planned(cell, self.order()) {
            Ok(planned) => {
                *odd += usize::from(planned.is_some() && !dates::is_written_out(cell));
                planned
            }
            Err(problem) => {
                *odd += usize::from(!is_in_words(cell));
                self.complain_of(problem, row, table, field, "");
                None
            }
        }
    }
}

/// 尽快, 签约后6个月内: a poor promise, but no cell that slipped here from another column.
pub(crate) fn is_in_words(cell: Cell<'_>) -> bool {
    cell.text.chars().any(|c| !c.is_ascii() && c.is_alphabetic())
}
