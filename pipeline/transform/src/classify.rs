//! Adds the classification to each landing row, inside the streaming scan, on all cores.
//!
//! Rows of projects with a longer history only get their key and home here: their facts must be merged first.

use std::sync::Arc;

use chrono::NaiveDate;
use polars::prelude::*;
use qunlian_domain::chain::ChainScratch;
use qunlian_domain::classify::{Classified, Decided, classify};
use qunlian_domain::history::{Facts, TextFact, recognised_on};
use qunlian_domain::project::{Milestone, project_id_into};
use qunlian_domain::promise::Promised;
use qunlian_domain::rules::Rules;

use crate::keys::Keys;
use crate::landing;

/// Names and types of the columns that are added, in order.
const ADDED: [(&str, DataType); 22] = [
    ("_project", DataType::UInt64),
    ("_home", DataType::UInt32),
    ("_repeated", DataType::Boolean),
    ("project_id", DataType::String),
    ("chain_id", DataType::String),
    ("segment_id", DataType::String),
    ("chain_rule", DataType::String),
    ("chain_evidence", DataType::String),
    ("chain_confidence", DataType::Int64),
    ("region_kind", DataType::String),
    ("country", DataType::String),
    ("province_code", DataType::String),
    ("province", DataType::String),
    ("city_code", DataType::String),
    ("city", DataType::String),
    ("region_rule", DataType::String),
    ("region_evidence", DataType::String),
    ("region_confidence", DataType::Int64),
    ("region_conflict", DataType::String),
    ("stage", DataType::String),
    ("_recognised", DataType::Date),
    ("source", DataType::String),
];

/// Rows of projects for which a person decided something are folded too.
pub(crate) type DecidedProjects = std::collections::HashSet<String>;

/// The scan with the classification of every single-row project. Within each batch, rows of one home and kind stand together.
pub(crate) fn add(scan: LazyFrame, rules: Arc<Rules>, keys: Arc<Keys>, decided: Arc<DecidedProjects>) -> LazyFrame {
    let schema = Arc::new(schema());
    let out: Arc<dyn UdfSchema> = Arc::new(move |_: &Schema| Ok(Arc::clone(&schema)));
    scan.map(move |rows| add_to(rows, &rules, &keys, &decided), OptFlags::STREAMING, Some(out), Some("classify"))
}

/// The columns of classified rows.
pub(crate) fn schema() -> Schema {
    let mut schema = landing::read_schema();
    for (name, dtype) in &ADDED {
        schema.with_column((*name).into(), dtype.clone());
    }
    schema
}

fn add_to(mut rows: DataFrame, rules: &Rules, keys: &Keys, decided: &DecidedProjects) -> PolarsResult<DataFrame> {
    rows.rechunk_mut();
    let landed = Landed::new(&rows)?;
    let mut out = Added::new(rows.height());
    let mut scratch = ChainScratch::default();
    let mut id = String::with_capacity(13);
    let mut source = String::with_capacity(32);
    for at in 0..rows.height() {
        let name_key = landed.name_key.get(at).unwrap_or(0);
        let project = keys.project(name_key);
        let carrier = landed.carrier.get(at).unwrap_or("");
        let home = keys.carrier(carrier).map(|number| keys.home(project, number));
        id.clear();
        project_id_into(project, &mut id);
        landed.source_into(at, &mut source);
        let reported_on = landed.reported_on(at);
        let recognised = recognised_on(landed.recognised_on(at), reported_on);
        let plain = landed.action.get(at).is_none_or(|action| action == "report");
        let repeated = !plain || keys.is_repeated(project) || decided.contains(&id);
        out.project.push(project);
        out.home.push(home.map_or(u32::MAX, u32::from));
        out.repeated.push(repeated);
        out.id.append_value(&id);
        out.source.append_value(&source);
        out.recognised.push(days(recognised));
        if repeated {
            out.nothing();
            continue;
        }
        let facts = landed.facts(at);
        let classified = classify(rules, &facts, Decided::default(), recognised, &mut scratch);
        let last = Milestone::ALL.into_iter().rev().find(|milestone| landed.happened[*milestone as usize].get(at).is_some());
        out.classified(&classified, qunlian_domain::project::stage_after(last).0);
    }
    let order = out.order();
    rows.hstack_mut(&out.into_columns())?;
    let Some(order) = order else { return Ok(rows) };
    let columns = rows.columns().iter().map(|column| column.take_slice(&order)).collect::<PolarsResult<_>>()?;
    DataFrame::new(order.len(), columns)
}

/// Days since 1970-01-01, as both engines store a date.
pub(crate) fn days(day: NaiveDate) -> i32 {
    (day - NaiveDate::default()).num_days() as i32
}

/// The date of a number of days since 1970-01-01.
pub(crate) fn date(days: i32) -> NaiveDate {
    NaiveDate::default() + chrono::TimeDelta::days(i64::from(days))
}

/// A column's one array: reading a cell through the column would look for its chunk each time.
type Array<T> = <T as PolarsDataType>::Array;
type Texts = Array<StringType>;
type Ints = Array<Int64Type>;
/// Days since 1970-01-01.
type Days = Array<Int32Type>;

/// Typed columns of a batch of landing rows.
pub(crate) struct Landed<'a> {
    name_key: &'a Array<UInt64Type>,
    carrier: &'a Texts,
    pub(crate) action: &'a Texts,
    month: &'a Days,
    reported: &'a Days,
    recognised: &'a Days,
    texts: Vec<&'a Texts>,
    agreed: &'a Ints,
    planned: &'a Ints,
    promised: Vec<&'a Days>,
    pub(crate) paid_in: &'a Ints,
    pub(crate) fixed: &'a Ints,
    confidential: &'a Ints,
    happened: Vec<&'a Days>,
    file: &'a Texts,
    sheet: &'a Ints,
    row: &'a Ints,
}

impl<'a> Landed<'a> {
    /// The batch must be in one chunk.
    pub(crate) fn new(rows: &'a DataFrame) -> PolarsResult<Self> {
        let text = |name: &str| rows.column(name).and_then(|column| column.str()).and_then(only);
        let int = |name: &str| rows.column(name).and_then(|column| column.i64()).and_then(only);
        let date = |name: &str| rows.column(name).and_then(|column| column.date()).and_then(|dates| only(dates.physical()));
        Ok(Self {
            name_key: only(rows.column("name_key")?.u64()?)?,
            carrier: text("carrier_id")?,
            action: text("action")?,
            month: date("month")?,
            reported: date("reported_on")?,
            recognised: date("recognised_on")?,
            texts: TextFact::COLUMNS.iter().map(|name| text(name)).collect::<PolarsResult<_>>()?,
            agreed: int("agreed_yuan")?,
            planned: int("planned_fixed_yuan")?,
            promised: Promised::ALL.iter().map(|promised| date(promised.column())).collect::<PolarsResult<_>>()?,
            paid_in: int("paid_in_yuan")?,
            fixed: int("fixed_yuan")?,
            confidential: int("confidential")?,
            happened: Milestone::ALL.iter().map(|m| date(&format!("{}_on", m.id()))).collect::<PolarsResult<_>>()?,
            file: text("file")?,
            sheet: int("sheet")?,
            row: int("row")?,
        })
    }

    pub(crate) fn facts(&self, at: usize) -> Facts<'a> {
        let mut texts = [""; 14];
        for (text, column) in texts.iter_mut().zip(&self.texts) {
            *text = column.get(at).unwrap_or("");
        }
        let mut promised = [None; 2];
        for (day, column) in promised.iter_mut().zip(&self.promised) {
            *day = column.get(at).map(date);
        }
        Facts {
            carrier: self.carrier.get(at).unwrap_or(""),
            texts,
            agreed: self.agreed.get(at),
            planned_fixed: self.planned.get(at),
            promised,
            confidential: self.confidential.get(at) == Some(1),
        }
    }

    /// 截至日期; ingest never leaves it empty.
    pub(crate) fn reported_on(&self, at: usize) -> NaiveDate {
        self.reported.get(at).map(date).unwrap_or_default()
    }

    pub(crate) fn recognised_on(&self, at: usize) -> Option<NaiveDate> {
        self.recognised.get(at).map(date)
    }

    pub(crate) fn month(&self, at: usize) -> NaiveDate {
        self.month.get(at).map_or_else(|| qunlian_domain::period::start_of_month(self.reported_on(at)), date)
    }

    pub(crate) fn happened(&self, at: usize) -> [Option<NaiveDate>; 7] {
        let mut happened = [None; 7];
        for (day, column) in happened.iter_mut().zip(&self.happened) {
            *day = column.get(at).map(date);
        }
        happened
    }

    /// `file:sheet:row`, replacing what the buffer held.
    pub(crate) fn source_into(&self, at: usize, out: &mut String) {
        use std::fmt::Write;
        out.clear();
        out.push_str(self.file.get(at).unwrap_or(""));
        // Writing to a String cannot fail.
        let _ = write!(out, ":{}:{}", self.sheet.get(at).unwrap_or(0), self.row.get(at).unwrap_or(0));
    }
}

fn only<T: PolarsDataType>(column: &ChunkedArray<T>) -> PolarsResult<&T::Array> {
    let mut arrays = column.downcast_iter();
    match (arrays.next(), arrays.next()) {
        (Some(array), None) => Ok(array),
        _ => polars_bail!(ComputeError: "column {} is not in one chunk", column.name()),
    }
}

/// Builders of the added columns.
struct Added {
    project: Vec<u64>,
    home: Vec<u32>,
    repeated: Vec<bool>,
    id: StringChunkedBuilder,
    /// chain_id … chain_evidence
    chain: [StringChunkedBuilder; 4],
    chain_confidence: Vec<Option<i64>>,
    /// region_kind … region_evidence
    region: [StringChunkedBuilder; 8],
    region_confidence: Vec<Option<i64>>,
    conflict: StringChunkedBuilder,
    stage: StringChunkedBuilder,
    recognised: Vec<i32>,
    source: StringChunkedBuilder,
}

impl Added {
    fn new(rows: usize) -> Self {
        let text = |name: &str| StringChunkedBuilder::new(name.into(), rows);
        Self {
            project: Vec::with_capacity(rows),
            home: Vec::with_capacity(rows),
            repeated: Vec::with_capacity(rows),
            id: text("project_id"),
            chain: ["chain_id", "segment_id", "chain_rule", "chain_evidence"].map(text),
            chain_confidence: Vec::with_capacity(rows),
            region: ["region_kind", "country", "province_code", "province", "city_code", "city", "region_rule", "region_evidence"]
                .map(text),
            region_confidence: Vec::with_capacity(rows),
            conflict: text("region_conflict"),
            stage: text("stage"),
            recognised: Vec::with_capacity(rows),
            source: text("source"),
        }
    }

    /// The order in which rows of one home and kind stand together, each kind in its own order; `None` when they do.
    fn order(&self) -> Option<Vec<IdxSize>> {
        let kind = |at: usize| (self.home[at], self.repeated[at]);
        if (1..self.home.len()).all(|at| kind(at) == kind(0)) {
            return None;
        }
        let mut order: Vec<IdxSize> = (0..self.home.len() as IdxSize).collect();
        order.sort_by_key(|at| kind(*at as usize));
        Some(order)
    }

    fn nothing(&mut self) {
        self.chain.iter_mut().chain(self.region.iter_mut()).for_each(StringChunkedBuilder::append_null);
        self.conflict.append_null();
        self.stage.append_null();
        self.chain_confidence.push(None);
        self.region_confidence.push(None);
    }

    fn classified(&mut self, classified: &Classified<'_>, stage: &str) {
        let chain = [classified.chain, classified.segment, classified.chain_rule, classified.chain_evidence];
        let region = [
            classified.region_kind,
            classified.country,
            classified.province_code,
            classified.province,
            classified.city_code,
            classified.city,
            classified.region_rule,
            classified.region_evidence,
        ];
        for (column, text) in self.chain.iter_mut().zip(chain).chain(self.region.iter_mut().zip(region)) {
            append(column, text);
        }
        append(&mut self.conflict, &classified.region_conflict);
        self.stage.append_value(stage);
        self.chain_confidence.push(Some(i64::from(classified.chain_confidence)));
        self.region_confidence.push(Some(i64::from(classified.region_confidence)));
    }

    fn into_columns(self) -> Vec<Column> {
        let mut columns: Vec<Column> = Vec::with_capacity(ADDED.len());
        columns.push(Column::new("_project".into(), self.project));
        columns.push(Column::new("_home".into(), self.home));
        columns.push(Column::new("_repeated".into(), self.repeated));
        columns.push(self.id.finish().into_column());
        columns.extend(self.chain.into_iter().map(|builder| builder.finish().into_column()));
        columns.push(Column::new("chain_confidence".into(), self.chain_confidence));
        columns.extend(self.region.into_iter().map(|builder| builder.finish().into_column()));
        columns.push(Column::new("region_confidence".into(), self.region_confidence));
        columns.push(self.conflict.finish().into_column());
        columns.push(self.stage.finish().into_column());
        columns.push(Int32Chunked::from_vec("_recognised".into(), self.recognised).into_date().into_column());
        columns.push(self.source.finish().into_column());
        columns
    }
}

/// An empty text is published as null.
pub(crate) fn append(column: &mut StringChunkedBuilder, text: &str) {
    if text.is_empty() { column.append_null() } else { column.append_value(text) }
}
