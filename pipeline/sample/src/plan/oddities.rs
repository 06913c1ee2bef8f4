//! What goes wrong in the workbooks (差错): which row, which cell, and what a careful reader should say about it.

use serde::Serialize;

use super::extras::{Extra, extras};
use super::signings::reserved;
use super::{Makers, Plan, Project, SheetKind};
use crate::draw::Draw;
use crate::styles::{Column, FileFormat, STYLES};

/// What happens to the cell or row, in the words of `complaints.severity`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    RowLeftOut,
    CellLeftOut,
    Questioned,
}

/// An oddity of one cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum CellOddity {
    /// `2022.3` for a day.
    MonthOnly,
    /// `2022年3月5日` among other forms.
    ChineseDate,
    /// Full-width digits.
    FullWidth,
    /// `约3亿元`
    About,
    /// Ten thousand times too much: typed in 万元 under a header of 亿元.
    UnitSlip,
    /// The same number with 亿元 behind it (`Change::Unit`).
    UnitChanged,
    /// A telephone number in the text of the content.
    PhoneInContent,
    WrongCreditCode,
    /// Production ten years from now.
    FutureProduction,
    /// A start before the signing of the same row.
    StartBeforeSigning,
    /// `五千万` for a number.
    PlannedInWords,
    /// `8000-9000`
    PlannedRange,
    /// `#REF!`
    PlannedFormulaError,
    /// 30 February.
    ProductionNoSuchDay,
    /// `试生产中`
    ProductionInWords,
    /// 1900-01-01 for "not yet".
    ProductionSentinel,
    /// `尽快开工` for a planned day.
    PromiseInWords,
    /// A planned start ten years before the signing: a slip of the year.
    PromiseBeforeSigning,
    /// A planned completion before the planned start.
    PromiseOrder,
}

impl CellOddity {
    /// The column that it stands in, given the sheet's headline date.
    pub fn column(self, kind: SheetKind) -> Column {
        match self {
            Self::MonthOnly | Self::ChineseDate | Self::StartBeforeSigning => headline(kind),
            Self::FullWidth => Column::Name,
            Self::About | Self::UnitSlip | Self::UnitChanged => Column::Agreed,
            Self::PhoneInContent => Column::Content,
            Self::WrongCreditCode => Column::CreditCode,
            Self::PlannedInWords | Self::PlannedRange | Self::PlannedFormulaError => Column::PlannedFixed,
            Self::FutureProduction | Self::ProductionNoSuchDay | Self::ProductionInWords | Self::ProductionSentinel => {
                Column::InProductionOn
            }
            Self::PromiseInWords | Self::PromiseBeforeSigning => Column::PlannedStart,
            Self::PromiseOrder => Column::PlannedCompletion,
        }
    }

    /// Its name in the truth.
    pub fn id(self) -> &'static str {
        match self {
            Self::MonthOnly => "month_only",
            Self::ChineseDate => "chinese_date",
            Self::FullWidth => "full_width",
            Self::About => "about_amount",
            Self::UnitSlip => "unit_slip",
            Self::UnitChanged => "unit_changed",
            Self::PhoneInContent => "phone_in_text",
            Self::WrongCreditCode => "wrong_credit_code",
            Self::FutureProduction => "future_date",
            Self::StartBeforeSigning => "start_before_signing",
            Self::PlannedInWords => "amount_in_words",
            Self::PlannedRange => "amount_range",
            Self::PlannedFormulaError => "formula_error",
            Self::ProductionNoSuchDay => "no_such_day",
            Self::ProductionInWords => "date_in_words",
            Self::ProductionSentinel => "sentinel_date",
            Self::PromiseInWords => "promise_in_words",
            Self::PromiseBeforeSigning => "promise_before_signing",
            Self::PromiseOrder => "promise_order",
        }
    }

    /// The complaint it calls for; `None` for what is merely written differently.
    pub fn problem(self) -> Option<(&'static str, Severity)> {
        match self {
            Self::MonthOnly | Self::ChineseDate | Self::FullWidth | Self::About => None,
            Self::UnitSlip | Self::UnitChanged => Some(("unit_slip", Severity::Questioned)),
            Self::PhoneInContent => Some(("phone_in_text", Severity::Questioned)),
            Self::WrongCreditCode => Some(("credit_code_wrong", Severity::CellLeftOut)),
            Self::FutureProduction => Some(("date_in_future", Severity::Questioned)),
            Self::StartBeforeSigning => Some(("order_of_dates", Severity::Questioned)),
            Self::PlannedInWords => Some(("amount_not_a_number", Severity::CellLeftOut)),
            Self::PlannedRange => Some(("amount_range", Severity::CellLeftOut)),
            Self::PlannedFormulaError => Some(("formula_error", Severity::CellLeftOut)),
            Self::ProductionNoSuchDay => Some(("no_such_day", Severity::CellLeftOut)),
            Self::ProductionInWords => Some(("date_not_a_date", Severity::CellLeftOut)),
            Self::ProductionSentinel => Some(("sentinel_date", Severity::CellLeftOut)),
            Self::PromiseInWords => Some(("date_not_a_date", Severity::CellLeftOut)),
            Self::PromiseBeforeSigning => Some(("promise_before_signing", Severity::CellLeftOut)),
            Self::PromiseOrder => Some(("promise_order", Severity::Questioned)),
        }
    }
}

/// All of them.
#[derive(Debug, Clone, Default)]
pub struct Oddities {
    pub cells: Vec<(usize, SheetKind, CellOddity)>,
    pub extras: Vec<Extra>,
}

impl Oddities {
    /// The oddities of one row.
    pub fn of(&self, project: usize, kind: SheetKind) -> impl Iterator<Item = CellOddity> {
        self.cells.iter().filter(move |cell| cell.0 == project && cell.1 == kind).map(|cell| cell.2)
    }

    /// Forgets what was planned for a project's row in a sheet.
    pub fn forget(&mut self, project: usize, kind: SheetKind) {
        self.cells.retain(|cell| !(cell.0 == project && cell.1 == kind));
    }
}

/// The date that a sheet is about.
pub fn headline(kind: SheetKind) -> Column {
    match kind {
        SheetKind::Signed => Column::SignedOn,
        SheetKind::Started => Column::StartedOn,
        SheetKind::Completed => Column::CompletedOn,
        SheetKind::FixedAssets => Column::Fixed,
    }
}

/// Plans the oddities of every kind.
pub(super) fn add(plan: &mut Plan, makers: &mut Makers) {
    let mut draw = Draw::of(plan.seed, "oddities", [0, 0]);
    let mut cells = Vec::new();
    write_differently(plan, &mut draw, &mut cells);
    let mut taken: Vec<usize> = Vec::new();
    for (oddity, kind, count) in WANTED {
        for project in choose(plan, &mut draw, &mut taken, kind, count, |project| fits(oddity, project)) {
            cells.push((project, kind, oddity));
        }
    }
    round_stated_amounts(plan, &cells);
    if let Some(project) = reserved(plan, "gaoxin", 7) {
        cells.push((project, SheetKind::Signed, CellOddity::UnitSlip));
    }
    plan.oddities.cells = cells;
    // A spoiled or repeated row is odd enough without another spelling in it.
    taken.extend(plan.oddities.cells.iter().filter(|cell| cell.1 == SheetKind::Signed).map(|cell| cell.0));
    plan.oddities.extras = extras(plan, makers, &mut draw, &mut taken);
}

const WANTED: [(CellOddity, SheetKind, usize); 12] = [
    (CellOddity::About, SheetKind::Signed, 5),
    (CellOddity::PhoneInContent, SheetKind::Signed, 3),
    (CellOddity::WrongCreditCode, SheetKind::Signed, 6),
    (CellOddity::WrongCreditCode, SheetKind::Completed, 2),
    (CellOddity::PlannedInWords, SheetKind::Signed, 2),
    (CellOddity::PlannedRange, SheetKind::Signed, 1),
    (CellOddity::PlannedFormulaError, SheetKind::Signed, 1),
    (CellOddity::FutureProduction, SheetKind::Completed, 2),
    (CellOddity::ProductionNoSuchDay, SheetKind::Completed, 1),
    (CellOddity::ProductionInWords, SheetKind::Completed, 2),
    (CellOddity::ProductionSentinel, SheetKind::Completed, 2),
    (CellOddity::StartBeforeSigning, SheetKind::Started, 2),
];

fn fits(oddity: CellOddity, project: &Project) -> bool {
    let style = &STYLES[project.carrier];
    let has = |kind: SheetKind, column: Column| style.columns_of(kind).contains(&column);
    match oddity {
        CellOddity::About => project.dollars_wan.is_none() && (150_000_000..900_000_000).contains(&project.agreed_yuan),
        CellOddity::WrongCreditCode => {
            !project.investor.credit_code.is_empty() && !project.investor.address.is_empty() && has(SheetKind::Signed, Column::CreditCode)
        }
        CellOddity::PlannedInWords | CellOddity::PlannedRange => has(SheetKind::Signed, Column::PlannedFixed),
        CellOddity::PlannedFormulaError => has(SheetKind::Signed, Column::PlannedFixed) && style.format == FileFormat::Xlsx,
        CellOddity::StartBeforeSigning => has(SheetKind::Started, Column::SignedOn) && project.signed.is_some(),
        CellOddity::ProductionInWords | CellOddity::ProductionNoSuchDay | CellOddity::ProductionSentinel => project.in_production.is_none(),
        CellOddity::FutureProduction => project.in_production.is_none(),
        _ => true,
    }
}

/// Spellings that mean the same: month-only and Chinese dates, full-width digits.
fn write_differently(plan: &Plan, draw: &mut Draw, cells: &mut Vec<(usize, SheetKind, CellOddity)>) {
    for project in &plan.projects {
        for kind in [SheetKind::Signed, SheetKind::Started, SheetKind::Completed] {
            let chance = draw.below(100);
            if fact_of(project, kind).is_none() || project.reserved {
                continue;
            }
            match chance {
                0..=4 => cells.push((project.number, kind, CellOddity::MonthOnly)),
                5..=9 => cells.push((project.number, kind, CellOddity::ChineseDate)),
                10..=24 if STYLES[project.carrier].full_width => cells.push((project.number, kind, CellOddity::FullWidth)),
                _ => {}
            }
        }
    }
}

fn fact_of(project: &Project, kind: SheetKind) -> Option<super::Fact> {
    match kind {
        SheetKind::Signed => project.signed,
        SheetKind::Started => project.started,
        SheetKind::Completed => project.completed,
        SheetKind::FixedAssets => None,
    }
}

pub(super) fn choose(
    plan: &Plan,
    draw: &mut Draw,
    taken: &mut Vec<usize>,
    kind: SheetKind,
    count: usize,
    fits: impl Fn(&Project) -> bool,
) -> Vec<usize> {
    let mut free: Vec<usize> = plan
        .projects
        .iter()
        .filter(|project| !project.reserved && !taken.contains(&project.number))
        .filter(|project| fact_of(project, kind).is_some() && fits(project))
        .map(|project| project.number)
        .collect();
    draw.shuffle(&mut free);
    free.truncate(count);
    taken.extend(&free);
    free
}

/// `约3亿元` is a round figure; the plan's own amount follows what is written.
fn round_stated_amounts(plan: &mut Plan, cells: &[(usize, SheetKind, CellOddity)]) {
    const YI: i64 = 100_000_000;
    for (number, _, oddity) in cells {
        if *oddity == CellOddity::About {
            let project = &mut plan.projects[*number];
            project.agreed_yuan = (project.agreed_yuan + YI / 2) / YI * YI;
        }
    }
}
