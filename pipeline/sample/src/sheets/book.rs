//! Which rows stand in which workbook (月报): reports, repeats, corrections and revocations of every carrier and month.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use crate::calendar::Month;
use crate::carriers::CARRIERS;
use crate::plan::{Bearer, Corrected, Correction, Extra, Fact, Plan, Project, SheetKind};
use crate::styles::STYLES;

/// What a row does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    Report,
    Correct,
    Revoke,
}

/// How a row looks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shape {
    Whole,
    Repeated,
    RepeatedFromLastMonth,
    /// Listed again because its planned start is moved.
    Postponed,
    Shifted,
    Nameless,
    WithoutDate,
    NameOnly(String),
}

/// One row to be laid out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    pub project: Option<usize>,
    pub action: Action,
    pub shape: Shape,
    /// 认定日期, when the row states one.
    pub recognised: Option<NaiveDate>,
    /// Fixed assets, 万元.
    pub fixed_wan: Option<i64>,
    /// 原项目名称
    pub previous_name: Option<String>,
}

/// One sheet to be laid out.
#[derive(Debug, Clone)]
pub struct Sheet {
    pub kind: SheetKind,
    pub name: &'static str,
    pub lines: Vec<Line>,
    pub unknown_column: bool,
}

/// One workbook to be laid out.
#[derive(Debug, Clone)]
pub struct Workbook {
    pub carrier: usize,
    /// File name without sheet, mark and ending.
    pub stem: String,
    /// The month it reports (报送月份).
    pub month: Month,
    /// 截至日期
    pub reported_on: NaiveDate,
    /// A file of corrections only.
    pub corrects: bool,
    pub sheets: Vec<Sheet>,
    pub instructions: bool,
}

/// Every workbook: the months of each carrier, then the files of corrections.
pub fn workbooks(plan: &Plan) -> Vec<Workbook> {
    let mut books = Vec::new();
    for month in Month::all() {
        for carrier in 0..CARRIERS.len() {
            books.push(monthly(plan, carrier, month));
        }
    }
    books.extend(corrections(plan));
    books
}

fn monthly(plan: &Plan, carrier: usize, month: Month) -> Workbook {
    let mut sheets = Vec::new();
    for (kind, name) in STYLES[carrier].sheets {
        let mut lines = match kind {
            SheetKind::FixedAssets => fixed_lines(plan, carrier, month),
            _ => milestone_lines(plan, carrier, month, kind),
        };
        lines.extend(corrections_within(plan, carrier, month, kind));
        if lines.is_empty() {
            continue;
        }
        let unknown_column = kind == SheetKind::Signed && plan.oddities.extras.contains(&Extra::UnknownColumn { carrier, month });
        sheets.push(Sheet { kind, name, lines, unknown_column });
    }
    Workbook {
        carrier,
        stem: format!("{}_{}", CARRIERS[carrier].id, month.label()),
        month,
        reported_on: month.last(),
        corrects: false,
        sheets,
        instructions: plan.oddities.extras.contains(&Extra::Instructions { carrier, month }),
    }
}

fn milestone_lines(plan: &Plan, carrier: usize, month: Month, kind: SheetKind) -> Vec<Line> {
    let mut reports: Vec<&Project> =
        plan.projects.iter().filter(|project| project.carrier == carrier && reported_in(project, kind) == Some(month)).collect();
    if STYLES[carrier].grouped {
        reports.sort_by_key(|project| (project.work.chain, project.number));
    }
    let mut lines = Vec::new();
    let mut repeats = Vec::new();
    for project in reports {
        lines.push(line(project, kind, Shape::Whole));
        if kind != SheetKind::Signed {
            continue;
        }
        for extra in &plan.oddities.extras {
            match extra {
                Extra::ShiftedCopy { project: number } if *number == project.number => lines.push(line(project, kind, Shape::Shifted)),
                Extra::NamelessCopy { project: number } if *number == project.number => lines.push(line(project, kind, Shape::Nameless)),
                Extra::RepeatedInSheet { project: number } if *number == project.number => {
                    repeats.push(line(project, kind, Shape::Repeated))
                }
                _ => {}
            }
        }
    }
    lines.extend(repeats);
    if kind == SheetKind::Signed {
        lines.extend(strays(plan, carrier, month));
        let moved = plan.projects.iter().filter(|project| project.carrier == carrier && plan.moves_in(project.number, month));
        lines.extend(moved.map(|project| line(project, kind, Shape::Postponed)));
    }
    for project in plan.projects.iter().filter(|project| project.carrier == carrier) {
        if fact(project, kind).and_then(|fact| fact.revoked_in) == Some(month) {
            lines.push(Line { action: Action::Revoke, recognised: None, ..line(project, kind, Shape::Whole) });
        }
    }
    lines
}

/// Rows of signings that stand in a month that is not theirs, and rows of no project at all.
fn strays(plan: &Plan, carrier: usize, month: Month) -> Vec<Line> {
    let mut lines = Vec::new();
    let of = |number: usize| Some(&plan.projects[number]).filter(|project| project.carrier == carrier);
    for extra in &plan.oddities.extras {
        match extra {
            Extra::RepeatedNextMonth { project } => {
                let due = of(*project).filter(|project| project.signed.and_then(|signed| signed.month.after(1)) == Some(month));
                lines.extend(due.map(|project| line(project, SheetKind::Signed, Shape::RepeatedFromLastMonth)));
            }
            Extra::WithoutDateBefore { project } => {
                let due = of(*project).filter(|project| project.signed.is_some_and(|signed| month.after(1) == Some(signed.month)));
                lines.extend(due.map(|project| Line { recognised: None, ..line(project, SheetKind::Signed, Shape::WithoutDate) }));
            }
            Extra::NameOnly { carrier: its, month: when, name } if (*its, *when) == (carrier, month) => {
                let shape = Shape::NameOnly(name.clone());
                lines.push(Line { project: None, action: Action::Report, shape, recognised: None, fixed_wan: None, previous_name: None });
            }
            _ => {}
        }
    }
    lines
}

fn fixed_lines(plan: &Plan, carrier: usize, month: Month) -> Vec<Line> {
    let mut lines = Vec::new();
    for amount in plan.fixed.iter().filter(|amount| amount.month == month) {
        let project = &plan.projects[amount.project];
        if project.carrier == carrier {
            lines.push(Line { fixed_wan: Some(amount.wan), ..line(project, SheetKind::FixedAssets, Shape::Whole) });
        }
    }
    lines
}

fn corrections_within(plan: &Plan, carrier: usize, month: Month, kind: SheetKind) -> Vec<Line> {
    let due = |correction: &&Correction| correction.bearer == Bearer::Workbook(month) && about(correction) == kind;
    let here = |correction: &&Correction| plan.projects[correction.project].carrier == carrier;
    plan.corrections.iter().filter(due).filter(here).map(|correction| correcting_line(plan, correction)).collect()
}

/// Files of corrections, one per carrier and day.
fn corrections(plan: &Plan) -> Vec<Workbook> {
    let mut by_file: BTreeMap<(usize, NaiveDate), Vec<&Correction>> = BTreeMap::new();
    for correction in &plan.corrections {
        if let Bearer::OwnFile(day) = correction.bearer {
            by_file.entry((plan.projects[correction.project].carrier, day)).or_default().push(correction);
        }
    }
    let mut books = Vec::new();
    for ((carrier, reported_on), corrections) in by_file {
        let mut sheets = Vec::new();
        for (kind, name) in STYLES[carrier].sheets {
            let lines: Vec<Line> = corrections
                .iter()
                .filter(|correction| about(correction) == kind)
                .map(|correction| correcting_line(plan, correction))
                .collect();
            if !lines.is_empty() {
                sheets.push(Sheet { kind, name, lines, unknown_column: false });
            }
        }
        // A correction of fixed assets names the month that it corrects.
        let corrected_month = corrections.iter().find_map(|correction| match correction.corrected {
            Corrected::Fixed(month, _) => Some(month),
            _ => None,
        });
        books.push(Workbook {
            carrier,
            stem: format!("{}_{reported_on}_更正", CARRIERS[carrier].id),
            month: corrected_month.or(Month::containing(reported_on)).unwrap_or(Month::LAST),
            reported_on,
            corrects: true,
            sheets,
            instructions: false,
        });
    }
    books
}

fn about(correction: &Correction) -> SheetKind {
    if matches!(correction.corrected, Corrected::Fixed(..)) { SheetKind::FixedAssets } else { SheetKind::Signed }
}

/// A row that corrects states the recognition date of what it corrects.
fn correcting_line(plan: &Plan, correction: &Correction) -> Line {
    let project = &plan.projects[correction.project];
    let kind = about(correction);
    let (recognised, fixed_wan, previous_name) = match &correction.corrected {
        Corrected::Fixed(month, wan) => (Some(month.last()), Some(*wan), None),
        Corrected::Renamed(_) => (project.signed.map(|signed| signed.recognised), None, Some(project.work.name.clone())),
        _ => (project.signed.map(|signed| signed.recognised), None, None),
    };
    Line { action: Action::Correct, recognised, fixed_wan, previous_name, ..line(project, kind, Shape::Whole) }
}

fn line(project: &Project, kind: SheetKind, shape: Shape) -> Line {
    let stated = STYLES[project.carrier].states_recognition();
    let recognised = fact(project, kind).filter(|_| stated).map(|fact| fact.recognised);
    Line { project: Some(project.number), action: Action::Report, shape, recognised, fixed_wan: None, previous_name: None }
}

fn reported_in(project: &Project, kind: SheetKind) -> Option<Month> {
    fact(project, kind).map(|fact| fact.month)
}

fn fact(project: &Project, kind: SheetKind) -> Option<Fact> {
    match kind {
        SheetKind::Signed => project.signed,
        SheetKind::Started => project.started,
        SheetKind::Completed => project.completed,
        SheetKind::FixedAssets => None,
    }
}
