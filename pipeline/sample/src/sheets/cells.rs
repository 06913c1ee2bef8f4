//! What stands in one cell: a project's facts in a carrier's spelling, with the oddities planned for it.

use chrono::{Datelike, Days, Months, NaiveDate};

use super::book::{Action, Line, Shape, Workbook};
use super::table::Cell;
use crate::draw::Draw;
use crate::plan::{CellOddity, Plan, Project, SheetKind};
use crate::styles::{AmountUnit, Column, DateForm, PromiseForm, STYLES, Style};

/// Everything that the cells of one row depend on.
pub(super) struct RowWriter<'a> {
    pub plan: &'a Plan,
    pub workbook: &'a Workbook,
    pub kind: SheetKind,
    pub line: &'a Line,
    pub project: &'a Project,
    pub oddities: Vec<CellOddity>,
}

impl<'a> RowWriter<'a> {
    pub fn new(plan: &'a Plan, workbook: &'a Workbook, kind: SheetKind, line: &'a Line, project: &'a Project) -> Self {
        // What is corrected or revoked is written with care.
        let oddities = if line.action == Action::Report { plan.oddities.of(project.number, kind).collect() } else { Vec::new() };
        Self { plan, workbook, kind, line, project, oddities }
    }

    fn style(&self) -> &'static Style {
        &STYLES[self.workbook.carrier]
    }

    fn has(&self, oddity: CellOddity) -> bool {
        self.oddities.contains(&oddity)
    }

    /// The cell of a column; `position` is the row's running number.
    pub fn cell(&self, column: Column, position: usize) -> Cell {
        let work = self.plan.work_on(self.project.number, self.workbook.reported_on);
        let investor = &self.project.investor;
        match column {
            Column::Seq => Cell::Number(position as f64),
            Column::Carrier => Cell::text("杜集区"),
            Column::Name if self.line.shape == Shape::Nameless => Cell::Empty,
            Column::Name if self.has(CellOddity::FullWidth) => Cell::text(full_width(&work.name)),
            Column::Name => Cell::text(work.name.as_str()),
            Column::PreviousName => Cell::text(self.line.previous_name.clone().unwrap_or_default()),
            Column::Investor => Cell::text(investor.name()),
            Column::InvestorAddress => Cell::text(investor.address.as_str()),
            Column::CreditCode if self.has(CellOddity::WrongCreditCode) => Cell::text(spoiled(&investor.credit_code)),
            Column::CreditCode => Cell::text(investor.credit_code.as_str()),
            Column::Region => Cell::text(investor.region_text.as_str()),
            Column::Content if self.has(CellOddity::PhoneInContent) => {
                Cell::text(format!("{}联系人示例员{}", work.content, phone(self.project.number)))
            }
            Column::Content => Cell::text(work.content.as_str()),
            Column::IndustryCode => Cell::text(work.industry_code.as_str()),
            Column::Chain => Cell::text(work.chain_text),
            Column::Agreed => self.agreed(),
            Column::PlannedFixed => self.planned(),
            Column::Fixed => self.amount(self.line.fixed_wan.unwrap_or(0) * 10_000),
            Column::SignedOn | Column::StartedOn | Column::CompletedOn => self.milestone(column),
            Column::InProductionOn => self.production(),
            Column::PlannedStart | Column::PlannedCompletion => self.promise(column),
            Column::RecognisedOn => self.line.recognised.map_or(Cell::Empty, |day| self.date(day)),
            Column::Action => self.action(),
            Column::Remark => self.remark(),
            Column::Unknown => Cell::Number((self.project.agreed_yuan / 100_000_000 * 7 + 12) as f64),
        }
    }

    fn agreed(&self) -> Cell {
        let yuan = self.plan.agreed_on(self.project.number, self.workbook.reported_on);
        if let Some(wan) = self.project.dollars_wan {
            let words = if self.project.number.is_multiple_of(2) { format!("USD {wan}万") } else { format!("{wan}万美元") };
            return Cell::text(words);
        }
        if self.has(CellOddity::About) {
            return Cell::text(format!("约{}亿元", yuan / 100_000_000));
        }
        if self.has(CellOddity::UnitChanged) {
            return Cell::text(format!("{}亿元", yuan / 100_000_000));
        }
        if self.has(CellOddity::FullWidth) {
            return Cell::text(full_width(&typed(yuan, self.style().unit)));
        }
        self.amount(yuan)
    }

    fn planned(&self) -> Cell {
        let yuan = self.project.planned_fixed_yuan;
        if self.has(CellOddity::PlannedInWords) {
            return Cell::text("五千万");
        }
        if self.has(CellOddity::PlannedRange) {
            let unit = self.style().unit;
            let high = yuan * 6 / 5 / 1_000_000 * 1_000_000;
            return Cell::text(format!("{}-{}", typed(yuan, unit), typed(high, unit)));
        }
        if self.has(CellOddity::PlannedFormulaError) {
            return Cell::text("#REF!");
        }
        if yuan == 0 { Cell::Empty } else { self.amount(yuan) }
    }

    fn amount(&self, yuan: i64) -> Cell {
        let unit = self.style().unit_of(self.kind);
        if self.style().thousands {
            return Cell::text(with_separators(&typed(yuan, unit)));
        }
        Cell::Number(yuan as f64 / unit.yuan() as f64)
    }

    fn milestone(&self, column: Column) -> Cell {
        let number = self.project.number;
        let headline = crate::plan::headline(self.kind) == column;
        if headline && self.line.shape == Shape::WithoutDate {
            return Cell::Empty;
        }
        let day = match column {
            Column::SignedOn => self.plan.signed_on(number, self.workbook.reported_on),
            Column::StartedOn => self.plan.started_on(number),
            _ => self.project.completed.map(|completed| completed.happened),
        };
        // The day of signing beside a start is copied from the row of the signing, month-only or not.
        let copied = column == Column::SignedOn && !headline;
        let signed_month_only = || self.plan.oddities.of(number, SheetKind::Signed).any(|oddity| oddity == CellOddity::MonthOnly);
        let month_only = if copied { signed_month_only() } else { headline && self.has(CellOddity::MonthOnly) };
        match day {
            None => Cell::text("/"),
            Some(day) if month_only => Cell::text(format!("{}.{}", day.year(), day.month())),
            Some(day) if headline && self.has(CellOddity::ChineseDate) => Cell::text(spelled(day, DateForm::Chinese)),
            Some(day) => self.date(day),
        }
    }

    fn production(&self) -> Cell {
        let completed = self.project.completed.map_or(self.workbook.reported_on, |completed| completed.happened);
        if self.has(CellOddity::FutureProduction) {
            return self.date(completed + Days::new(3_652));
        }
        if self.has(CellOddity::ProductionNoSuchDay) {
            return Cell::text(format!("{}-02-30", completed.year()));
        }
        if self.has(CellOddity::ProductionInWords) {
            return Cell::text("试生产中");
        }
        if self.has(CellOddity::ProductionSentinel) {
            return Cell::text("1900-01-01");
        }
        self.project.in_production.map_or(Cell::Empty, |day| self.date(day))
    }

    fn promise(&self, column: Column) -> Cell {
        let promise = self.plan.promise_of(self.project.number);
        let (start, completion) = promise.stated_in(self.workbook.month);
        if column == Column::PlannedCompletion {
            let stated = if self.kind == SheetKind::Started { promise.completion_at_start } else { completion };
            return stated.map_or(Cell::Empty, |day| self.planned_day(day));
        }
        if self.has(CellOddity::PromiseInWords) {
            return Cell::text("尽快开工");
        }
        if self.has(CellOddity::PromiseBeforeSigning) {
            let signed = self.project.signed.map_or(self.workbook.reported_on, |signed| signed.happened);
            return self.planned_day(signed - Months::new(120));
        }
        start.map_or(Cell::Empty, |day| self.planned_day(day))
    }

    fn planned_day(&self, day: NaiveDate) -> Cell {
        match self.style().promises {
            PromiseForm::None => Cell::Empty,
            PromiseForm::Day => self.date(day),
            PromiseForm::Month => Cell::text(day.format("%Y年%-m月").to_string()),
            PromiseForm::DottedMonth => Cell::text(day.format("%Y.%m").to_string()),
            PromiseForm::ByMonthsEnd => Cell::text(day.format("%Y年%-m月底前").to_string()),
        }
    }

    fn date(&self, day: NaiveDate) -> Cell {
        match self.style().dates {
            DateForm::Cell => Cell::Date(day),
            form => Cell::text(spelled(day, form)),
        }
    }

    fn action(&self) -> Cell {
        match self.line.action {
            Action::Report => Cell::Empty,
            Action::Correct => Cell::text("更正"),
            Action::Revoke => Cell::text("撤销"),
        }
    }

    fn remark(&self) -> Cell {
        match self.line.action {
            Action::Correct => return Cell::text("核对后更正（示例）"),
            Action::Revoke => return Cell::text("协议未履行（示例）"),
            Action::Report => {}
        }
        let mut draw = Draw::of(self.plan.seed, "remark", [self.project.number as u64, self.kind as u64]);
        match draw.below(14) {
            0 => Cell::text("手续办理中"),
            1 => Cell::text("示例"),
            _ => Cell::Empty,
        }
    }
}

/// A number of the unit, without separators: `3.25`, `32500`.
fn typed(yuan: i64, unit: AmountUnit) -> String {
    (yuan as f64 / unit.yuan() as f64).to_string()
}

/// `12500` becomes `12,500`.
pub(super) fn with_separators(digits: &str) -> String {
    let whole = digits.split('.').next().unwrap_or(digits);
    let mut out = String::new();
    for (position, digit) in whole.chars().enumerate() {
        if position > 0 && (whole.len() - position).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out.push_str(&digits[whole.len()..]);
    out
}

fn spelled(day: NaiveDate, form: DateForm) -> String {
    let pattern = match form {
        DateForm::Chinese => "%Y年%-m月%-d日",
        DateForm::Dotted => "%Y.%-m.%-d",
        DateForm::Slashed => "%Y/%-m/%-d",
        DateForm::Iso | DateForm::Cell => "%Y-%m-%d",
    };
    day.format(pattern).to_string()
}

fn full_width(text: &str) -> String {
    let wide = |c: char| if c.is_ascii_digit() || c == '.' { char::from_u32(c as u32 + 0xfee0).unwrap_or(c) } else { c };
    text.chars().map(wide).collect()
}

/// The code with its last character wrong.
fn spoiled(code: &str) -> String {
    let mut wrong = code.to_owned();
    let last = wrong.pop();
    wrong.push(if last == Some('8') { '3' } else { '8' });
    wrong
}

/// A number of a range that is nobody's: 1390000 and four digits.
fn phone(number: usize) -> String {
    format!("1390000{:04}", number % 10_000)
}

#[cfg(test)]
mod tests {
    use super::*;
    use qunlian_domain::credit_code::CreditCode;

    #[test]
    fn spellings() {
        assert_eq!(with_separators("12500"), "12,500");
        assert_eq!(with_separators("1234567.5"), "1,234,567.5");
        assert_eq!(with_separators("250"), "250");
        assert_eq!(typed(325_000_000, AmountUnit::Yi), "3.25");
        assert_eq!(typed(325_000_000, AmountUnit::Wan), "32500");
        assert_eq!(full_width("年产5.5万吨"), "年产５．５万吨");
        assert_eq!(phone(7), "13900000007");
    }

    #[test]
    fn a_spoiled_code_is_wrong() {
        for number in 0..50 {
            let code = crate::investors::credit_code("340600", number);
            assert!(CreditCode::parse(&code).is_ok());
            assert!(CreditCode::parse(&spoiled(&code)).is_err());
        }
    }
}
