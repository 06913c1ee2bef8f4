//! Published rows of projects with several landing rows, corrections or human decisions: folded one by one.

use std::collections::HashMap;

use chrono::{Datelike, NaiveDate};
use polars::prelude::*;
use qunlian_domain::chain::ChainScratch;
use qunlian_domain::classify::{Decided, classify};
use qunlian_domain::history::{Action, Conflict, ConflictKind, Decision, History, Rank, Recognised, Report, TextFact, Version};
use qunlian_domain::landing::CONFIDENTIAL;
use qunlian_domain::landing::Severity;
use qunlian_domain::project::{project_id, stage_after};
use qunlian_domain::promise::Promise;
use qunlian_domain::rules::Rules;

use crate::classify::{Landed, append, days};
use crate::error::{InStep, TransformError};
use crate::input::{BuildInput, DecisionRow};
use crate::marts::stacked;

/// Rows for the four tables of one home.
pub(super) struct Folded {
    pub projects: DataFrame,
    pub milestones: DataFrame,
    pub investments: DataFrame,
    pub complaints: DataFrame,
}

/// Names of files and sheets by the numbers that rows carry, and who speaks in them.
pub(crate) struct SourceNames {
    files: HashMap<String, File>,
}

struct File {
    name: String,
    rank: Rank,
    sheets: HashMap<i64, String>,
}

impl SourceNames {
    pub(super) fn of(input: &BuildInput) -> Self {
        let file = |source: &crate::input::Source| File {
            name: source.name.clone(),
            rank: source.rank,
            sheets: source.sheets.iter().map(|sheet| (sheet.position, sheet.name.clone())).collect(),
        };
        Self { files: input.sources.iter().map(|source| (source.number.clone(), file(source))).collect() }
    }
}

/// Folds all rows of one home. `batches` are in landing order.
pub(super) fn fold(
    rules: &Rules,
    names: &SourceNames,
    batches: Vec<DataFrame>,
    decisions: &[DecisionRow],
) -> Result<Folded, TransformError> {
    let rows = stacked(batches).in_step("gather histories")?.unwrap_or_default();
    fold_rows(rules, names, &rows, decisions).in_step("fold histories")
}

fn fold_rows(rules: &Rules, names: &SourceNames, rows: &DataFrame, decisions: &[DecisionRow]) -> PolarsResult<Folded> {
    let mut out = Builders::default();
    if rows.height() == 0 {
        return out.finish();
    }
    let landed = Landed::new(rows)?;
    let projects = rows.column("_project")?.u64()?;
    let mut order: Vec<(u64, u32)> = (0..rows.height()).map(|at| (projects.get(at).unwrap_or(0), at as u32)).collect();
    // Stable by landing order within a project; projects by their key: the same input gives the same file.
    order.sort_unstable();
    let mut scratch = ChainScratch::default();
    for run in order.chunk_by(|a, b| a.0 == b.0) {
        let id = project_id(run[0].0);
        let reports = run.iter().map(|(_, at)| report(names, &landed, *at as usize)).collect();
        let decided: Vec<Decision> = decisions.iter().filter(|row| row.project_id == id).map(|row| row.decision.clone()).collect();
        let history = qunlian_domain::history::fold(reports, decided);
        out.take(rules, names, &id, &history, &mut scratch);
    }
    out.finish()
}

fn report<'a>(names: &SourceNames, landed: &Landed<'a>, at: usize) -> Report<'a> {
    let mut source = String::new();
    landed.source_into(at, &mut source);
    let file = source.split(':').next().unwrap_or_default();
    Report {
        action: Action::from_id(landed.action.get(at).unwrap_or("")),
        rank: names.files.get(file).map(|file| file.rank).unwrap_or_default(),
        month: landed.month(at),
        reported_on: landed.reported_on(at),
        recognised_on: landed.recognised_on(at),
        facts: landed.facts(at),
        happened: landed.happened(at),
        fixed: landed.fixed.get(at),
        paid_in: landed.paid_in.get(at),
        order: at as u64,
        source,
    }
}

/// Growing columns of the four tables.
#[derive(Default)]
struct Builders {
    projects: Rows,
    milestones: Rows,
    investments: Rows,
    complaints: Rows,
}

/// A table being made row by row: each cell names its column, so that order cannot be mixed up.
#[derive(Default)]
struct Rows {
    height: usize,
    columns: Vec<(&'static str, Cells)>,
}

enum Cells {
    Text(Vec<Option<String>>),
    Int(Vec<Option<i64>>),
    Bool(Vec<bool>),
    Date(Vec<Option<i32>>),
}

enum Cell<'a> {
    Text(&'a str),
    Int(Option<i64>),
    Bool(bool),
    Date(Option<NaiveDate>),
}

impl Rows {
    fn push(&mut self, row: &[(&'static str, Cell<'_>)]) {
        if self.columns.is_empty() {
            self.columns = row.iter().map(|(name, cell)| (*name, cell.column())).collect();
        }
        for ((_, cells), (_, cell)) in self.columns.iter_mut().zip(row) {
            cells.push(cell);
        }
        self.height += 1;
    }

    fn finish(self) -> PolarsResult<DataFrame> {
        let columns = self.columns.into_iter().map(|(name, cells)| cells.finish(name)).collect();
        DataFrame::new(self.height, columns)
    }
}

impl Cell<'_> {
    fn column(&self) -> Cells {
        match self {
            Self::Text(_) => Cells::Text(Vec::new()),
            Self::Int(_) => Cells::Int(Vec::new()),
            Self::Bool(_) => Cells::Bool(Vec::new()),
            Self::Date(_) => Cells::Date(Vec::new()),
        }
    }
}

impl Cells {
    fn push(&mut self, cell: &Cell<'_>) {
        match (self, cell) {
            (Self::Text(cells), Cell::Text(text)) => cells.push((!text.is_empty()).then(|| (*text).to_owned())),
            (Self::Int(cells), Cell::Int(number)) => cells.push(*number),
            (Self::Bool(cells), Cell::Bool(flag)) => cells.push(*flag),
            (Self::Date(cells), Cell::Date(day)) => cells.push(day.map(days)),
            // Every row of a table is pushed by one function, with one type for each name.
            _ => {}
        }
    }

    fn finish(self, name: &str) -> Column {
        match self {
            Self::Text(cells) => {
                let mut builder = StringChunkedBuilder::new(name.into(), cells.len());
                cells.iter().for_each(|cell| append(&mut builder, cell.as_deref().unwrap_or("")));
                builder.finish().into_column()
            }
            Self::Int(cells) => Column::new(name.into(), cells),
            Self::Bool(cells) => Column::new(name.into(), cells),
            Self::Date(cells) => Int32Chunked::from_slice_options(name.into(), &cells).into_date().into_column(),
        }
    }
}

impl Builders {
    fn take(&mut self, rules: &Rules, names: &SourceNames, id: &str, history: &History<'_>, scratch: &mut ChainScratch) {
        for (number, version) in (1..).zip(&history.versions) {
            self.take_version(rules, id, number, version, scratch);
        }
        for entry in &history.milestones {
            let what = ("happened_on", Cell::Date(Some(entry.what.on)));
            self.milestones.push(&recognised_row(id, entry, ("milestone", Cell::Text(entry.what.milestone.id())), what, None));
        }
        for entry in &history.investments {
            let amount = ("amount_yuan", Cell::Int(Some(entry.what.yuan)));
            let month = Some(("month", Cell::Date(Some(entry.month))));
            self.investments.push(&recognised_row(id, entry, ("kind", Cell::Text(entry.what.kind.id())), amount, month));
        }
        for conflict in &history.conflicts {
            self.take_conflict(names, history, conflict);
        }
    }

    fn take_version(&mut self, rules: &Rules, id: &str, number: i64, version: &Version<'_>, scratch: &mut ChainScratch) {
        let facts = &version.facts;
        let decided = Decided { chain: version.decided_chain.as_deref(), region: version.decided_region.as_deref() };
        let class = classify(rules, facts, decided, version.known_from, scratch);
        let text = |fact: TextFact| Cell::Text(facts.text(fact));
        let status = facts.text(TextFact::Status);
        let [start, completion] = &version.promises;
        self.projects.push(&[
            ("project_id", Cell::Text(id)),
            ("version", Cell::Int(Some(number))),
            ("carrier_id", Cell::Text(facts.carrier)),
            ("name", text(TextFact::Name)),
            ("content", text(TextFact::Content)),
            ("address", text(TextFact::Address)),
            ("industry_code", text(TextFact::IndustryCode)),
            ("investor", text(TextFact::Investor)),
            ("investor_address", text(TextFact::InvestorAddress)),
            ("credit_code", text(TextFact::CreditCode)),
            ("chain_id", Cell::Text(class.chain)),
            ("segment_id", Cell::Text(class.segment)),
            ("chain_rule", Cell::Text(class.chain_rule)),
            ("chain_evidence", Cell::Text(class.chain_evidence)),
            ("chain_confidence", Cell::Int(Some(class.chain_confidence.into()))),
            ("chain_overridden", Cell::Bool(class.chain_overridden)),
            ("region_kind", Cell::Text(class.region_kind)),
            ("country", Cell::Text(class.country)),
            ("province_code", Cell::Text(class.province_code)),
            ("province", Cell::Text(class.province)),
            ("city_code", Cell::Text(class.city_code)),
            ("city", Cell::Text(class.city)),
            ("region_rule", Cell::Text(class.region_rule)),
            ("region_evidence", Cell::Text(class.region_evidence)),
            ("region_confidence", Cell::Int(Some(class.region_confidence.into()))),
            ("region_conflict", Cell::Text(&class.region_conflict)),
            ("region_overridden", Cell::Bool(class.region_overridden)),
            ("agreed_yuan", Cell::Int(facts.agreed)),
            ("planned_fixed_yuan", Cell::Int(facts.planned_fixed)),
            ("first_planned_start_on", Cell::Date(start.first)),
            ("planned_start_on", Cell::Date(start.now)),
            ("planned_start_moved", moved(start)),
            ("first_planned_completion_on", Cell::Date(completion.first)),
            ("planned_completion_on", Cell::Date(completion.now)),
            ("planned_completion_moved", moved(completion)),
            ("currency", text(TextFact::Currency)),
            ("stage", Cell::Text(stage_after(version.stage).0)),
            ("status", Cell::Text(if status.is_empty() { "ongoing" } else { status })),
            ("confidential", Cell::Bool(facts.confidential)),
            ("inexact", text(TextFact::Inexact)),
            ("known_from", Cell::Date(Some(version.known_from))),
            ("known_until", Cell::Date(version.known_until)),
            ("source", Cell::Text(&version.source)),
        ]);
    }

    /// Complaints are published as they are: what a confidential project is called stands in none.
    fn take_conflict(&mut self, names: &SourceNames, history: &History<'_>, conflict: &Conflict) {
        let mut place = conflict.source.split(':');
        let (file, sheet, row) = (place.next().unwrap_or(""), place.next().unwrap_or(""), place.next().unwrap_or(""));
        let known = names.files.get(file);
        let sheet_name = known.and_then(|file| file.sheets.get(&sheet.parse().ok()?)).map_or("", String::as_str);
        let latest = history.versions.last();
        let what = conflict.milestone.map_or("项目", |milestone| milestone.name());
        let (problem, message, hint, severity) = describe(conflict.kind, what);
        let name = match latest {
            Some(version) if version.facts.confidential => CONFIDENTIAL,
            Some(version) => version.facts.text(TextFact::Name),
            None => "",
        };
        self.complaints.push(&[
            ("file", Cell::Text(file)),
            ("file_name", Cell::Text(known.map_or("", |file| &file.name))),
            ("sheet", Cell::Text(sheet_name)),
            ("row", Cell::Int(row.parse().ok())),
            ("column", Cell::Text(what)),
            ("value", Cell::Text(name)),
            ("problem", Cell::Text(problem)),
            ("message", Cell::Text(&message)),
            ("hint", Cell::Text(hint)),
            ("severity", Cell::Text(severity.id())),
            ("carrier_id", Cell::Text(latest.map_or("", |version| version.facts.carrier))),
            ("reported_on", Cell::Date(latest.map(|version| version.known_from))),
        ]);
    }

    fn finish(self) -> PolarsResult<Folded> {
        Ok(Folded {
            projects: self.projects.finish()?,
            milestones: self.milestones.finish()?,
            investments: self.investments.finish()?,
            complaints: self.complaints.finish()?,
        })
    }
}

/// How often a promise was moved; nothing where none was made.
fn moved(promise: &Promise) -> Cell<'static> {
    Cell::Int(promise.first.map(|_| promise.moved.into()))
}

fn recognised_row<'a, T>(
    id: &'a str,
    entry: &'a Recognised<'_, T>,
    kind: (&'static str, Cell<'a>),
    what: (&'static str, Cell<'a>),
    month: Option<(&'static str, Cell<'a>)>,
) -> Vec<(&'static str, Cell<'a>)> {
    let mut row = vec![
        ("project_id", Cell::Text(id)),
        ("carrier_id", Cell::Text(entry.carrier)),
        kind,
        what,
        ("recognised_on", Cell::Date(Some(entry.recognised_on))),
        ("revoked_on", Cell::Date(entry.revoked_on)),
        ("known_from", Cell::Date(Some(entry.known_from))),
        ("known_until", Cell::Date(entry.known_until)),
        ("year", Cell::Int(Some(entry.recognised_on.year().into()))),
        ("source", Cell::Text(&entry.source)),
    ];
    row.extend(month);
    row
}

/// Problem id, message, hint and severity of a conflict.
fn describe(kind: ConflictKind, what: &str) -> (&'static str, String, &'static str, Severity) {
    match kind {
        ConflictKind::LaterReport => (
            "later_report",
            format!("{what}此前已有报送并计入，本行的日期或载体单位与之不同，未采用"),
            "如需改正，请在“更正类型”列填写“更正”后重新报送",
            Severity::CellLeftOut,
        ),
        ConflictKind::NothingToCorrect => (
            "nothing_to_correct",
            format!("更正的{what}此前没有报送过，已按首次报送入库"),
            "请核对项目名称、投资方与统一社会信用代码是否与原报送一致",
            Severity::Questioned,
        ),
        ConflictKind::OutrankedByBooks => (
            "outranked_by_books",
            format!("{what}已由备案登记簿认定或撤销，本行与之不同，未采用"),
            "登记簿认定的内容须在备案页面申报变更；请按登记簿改正工作簿",
            Severity::CellLeftOut,
        ),
        ConflictKind::NothingToRevoke => (
            "nothing_to_revoke",
            format!("撤销的{what}此前没有报送过，本行未采用"),
            "请核对项目名称、投资方与统一社会信用代码是否与原报送一致",
            Severity::RowLeftOut,
        ),
    }
}
