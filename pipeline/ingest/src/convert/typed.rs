//! The typed cells of a row (有类型的单元格): dates, amounts and the credit code, each with its complaint when odd.

use chrono::Datelike;
use qunlian_domain::credit_code::{CreditCode, CreditCodeError};
use qunlian_domain::period::PartialDate;
use qunlian_domain::promise::PlannedDay;

use super::Converter;
use crate::body::amounts::{self, Yuan};
use crate::body::dates;
use crate::field::Field;
use crate::problem::Problem;
use crate::row::Row;
use crate::table::Table;

/// The typed cells of a row.
#[derive(Default)]
pub(super) struct Typed {
    /// In the order of [`Field::MILESTONES`].
    pub dates: [Option<PartialDate>; 7],
    /// In the order of [`Field::PROMISED`].
    pub promised: [Option<PlannedDay>; 2],
    pub reported: Option<PartialDate>,
    pub recognised: Option<PartialDate>,
    pub amounts: [Option<Yuan>; 4],
    pub code: Option<CreditCode>,
    /// Cells that do not look like their column.
    pub odd: usize,
}

impl Converter<'_> {
    /// Reads them all; what is odd is complained about and left out.
    pub(super) fn typed(&mut self, row: &Row, table: &Table) -> Typed {
        let mut typed = Typed::default();
        for (index, field) in Field::MILESTONES.into_iter().enumerate() {
            typed.dates[index] = self.date(row, table, field, &mut typed.odd);
        }
        self.promises(row, table, &mut typed);
        typed.reported = self.date(row, table, Field::ReportedOn, &mut typed.odd);
        typed.recognised = self.date(row, table, Field::RecognisedOn, &mut typed.odd);
        let dated =
            typed.dates.iter().flatten().next().map(|date| date.first).or(typed.reported.map(|date| date.first)).or(table.reported_on);
        let year = dated.unwrap_or(self.today).year();
        for (index, field) in Field::AMOUNTS.into_iter().enumerate() {
            let cell = self.cell(row, table, field);
            if cell.is_blank() {
                continue;
            }
            match amounts::read(cell, table.unit(field), year, &self.city.exchange) {
                Ok(amount) => typed.amounts[index] = amount,
                Err((problem, detail)) => {
                    typed.odd += 1;
                    self.complain_of(problem, row, table, field, &detail);
                }
            }
        }
        self.credit_code(row, table, &mut typed);
        typed
    }

    fn date(&mut self, row: &Row, table: &Table, field: Field, odd: &mut usize) -> Option<PartialDate> {
        let cell = self.cell(row, table, field);
        if cell.is_blank() {
            return None;
        }
        match dates::read(cell, self.order()) {
            Ok(date) => {
                // A bare number may be an amount that slipped into this column.
                *odd += usize::from(date.is_some() && !dates::is_written_out(cell));
                date
            }
            Err(problem) => {
                *odd += 1;
                self.complain_of(problem, row, table, field, "");
                None
            }
        }
    }

    fn credit_code(&mut self, row: &Row, table: &Table, typed: &mut Typed) {
        let cell = self.cell(row, table, Field::CreditCode);
        if cell.is_blank() || matches!(cell.text, "-" | "/" | "无" | "—") {
            return;
        }
        match CreditCode::parse(cell.text) {
            Ok(code) => typed.code = Some(code),
            Err(error) => {
                typed.odd += usize::from(matches!(error, CreditCodeError::Length { .. }));
                self.complain_of(Problem::CreditCodeWrong, row, table, Field::CreditCode, &code_fault(&error));
            }
        }
    }
}

fn code_fault(error: &CreditCodeError) -> String {
    match error {
        CreditCodeError::Length { found } => format!("共 {found} 位，应为 18 位"),
        CreditCodeError::Character { position, found, .. } => format!("第 {position} 位“{found}”不是代码字符"),
        CreditCodeError::CheckDigit { expected, found } => format!("校验位为“{found}”，应为“{expected}”"),
    }
}
