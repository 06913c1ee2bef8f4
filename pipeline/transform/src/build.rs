//! The build (build_lake): keys, then the parts of every touched home, then the small tables.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::sync_channel;

use chrono::NaiveDate;
use polars::prelude::*;

use crate::classify;
use crate::error::{InStep, TransformError};
use crate::input::{BuildInput, Progress};
use crate::keys::{self, Keys};
use crate::marts::{self, Homes, RowCounts};
use crate::{landing, write};

/// One part of the new generation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    pub table: String,
    /// The home carrier's id, or `all`.
    pub key: String,
    /// Equal fingerprints mean equal content.
    pub fingerprint: String,
    /// `None`: unchanged, take the part of the generation before. Else the rows written.
    pub rows: Option<u64>,
}

/// What a build made.
#[derive(Debug, Clone)]
pub struct BuildReport {
    pub parts: Vec<Part>,
    /// The newest 截至日期 among the sources.
    pub data_date: Option<NaiveDate>,
    /// Landing rows that were read again.
    pub rows_read: u64,
}

/// Where new parts are to be written: whoever publishes them decides.
pub trait Parts {
    /// The path of a new part, or a sentence on why there is none.
    fn new_part(&mut self, table: &str, key: &str, fingerprint: &str) -> Result<PathBuf, String>;
}

/// The tables whose parts are one per home carrier.
pub(crate) const BY_HOME: [&str; 4] = ["projects", "milestones", "investments", "complaints"];

/// Batches of about a thousand rows that may wait for being written: enough that neither side idles.
const WAITING_BATCHES: usize = 128;
/// Rows between two words on progress.
const STRIDE: u64 = 100_000;

/// Builds all parts where `out` says. Parts whose fingerprint stands in `input.previous` are not made again.
pub fn build(input: &BuildInput, out: &mut dyn Parts, progress: &mut (dyn FnMut(Progress) + Send)) -> Result<BuildReport, TransformError> {
    progress(Progress { label: "识别同一项目", done: 0, total: 0 });
    let keys = Arc::new(keys::read(&input.sources)?);
    let plan = Plan::new(input, &keys);
    let built = build_homes(input, &keys, &plan, out, progress)?;
    let mut parts = plan.parts(&built);
    progress(Progress { label: "生成目录表", done: 0, total: 0 });
    for table in marts::reference::all(input)? {
        parts.push(whole_part(input, out, table, "all")?);
    }
    for (carrier, table) in marts::books::all(input, &keys)? {
        parts.push(whole_part(input, out, table, carrier)?);
    }
    let data_date = input.sources.iter().flat_map(|source| &source.sheets).filter_map(|sheet| sheet.reported_on).max();
    Ok(BuildReport { parts, data_date, rows_read: built.rows_read })
}

/// A part whose rows are known already; it is written unless the generation before has it.
fn whole_part(input: &BuildInput, out: &mut dyn Parts, table: marts::reference::ReferenceTable, key: &str) -> Result<Part, TransformError> {
    let unchanged = input.previous.get(&format!("{}/{key}", table.name)) == Some(&table.fingerprint);
    let mut rows = None;
    if !unchanged {
        let mut writer = open_part(input, out, table.name, key, &table.fingerprint)?;
        writer.push(table.rows)?;
        rows = Some(writer.finish()?);
    }
    Ok(Part { table: table.name.to_owned(), key: key.to_owned(), fingerprint: table.fingerprint, rows })
}

/// Opens a new part of a table.
pub(crate) fn open_part(
    input: &BuildInput,
    out: &mut dyn Parts,
    table: &str,
    key: &str,
    fingerprint: &str,
) -> Result<write::PartWriter, TransformError> {
    let contract = contract_table(input, table)?;
    let path = out.new_part(table, key, fingerprint).map_err(|problem| TransformError::Internal { table: table.to_owned(), problem })?;
    write::PartWriter::create(path, contract)
}

pub(crate) fn contract_table<'a>(input: &'a BuildInput, table: &str) -> Result<&'a qunlian_domain::contract::Table, TransformError> {
    input.rules.contract.table(table).ok_or_else(|| TransformError::Contract { table: table.to_owned(), column: "*".to_owned() })
}

/// Which homes must be built again.
struct Plan {
    fingerprints: BTreeMap<u16, String>,
    touched: BTreeSet<u16>,
    carriers: Vec<String>,
}

impl Plan {
    fn new(input: &BuildInput, keys: &Keys) -> Self {
        let decisions = format!("{:?}", input.decisions);
        let mut fingerprints = BTreeMap::new();
        let mut touched = BTreeSet::new();
        for home in keys.all_homes() {
            let fingerprint = keys.fingerprint(home, &input.sources, &input.rule_version, &decisions);
            let carrier = &keys.carriers[usize::from(home)];
            let known = |table: &&str| input.previous.get(&format!("{table}/{carrier}")) == Some(&fingerprint);
            if !BY_HOME.iter().all(known) {
                touched.insert(home);
            }
            fingerprints.insert(home, fingerprint);
        }
        Self { fingerprints, touched, carriers: keys.carriers.clone() }
    }

    fn parts(&self, built: &Built) -> Vec<Part> {
        let mut parts = Vec::new();
        for (home, fingerprint) in &self.fingerprints {
            let carrier = &self.carriers[usize::from(*home)];
            for table in BY_HOME {
                let rows = built.rows.get(&(table, *home)).copied();
                parts.push(Part { table: table.to_owned(), key: carrier.clone(), fingerprint: fingerprint.clone(), rows });
            }
        }
        parts
    }
}

/// What was made for the touched homes.
#[derive(Default)]
pub(crate) struct Built {
    rows: RowCounts,
    rows_read: u64,
}

fn build_homes(
    input: &BuildInput,
    keys: &Arc<Keys>,
    plan: &Plan,
    out: &mut dyn Parts,
    progress: &mut (dyn FnMut(Progress) + Send),
) -> Result<Built, TransformError> {
    let mut built = Built::default();
    let wanted: BTreeSet<usize> = plan.touched.iter().flat_map(|home| keys.sources_of(*home)).collect();
    let sources: Vec<_> = wanted.iter().map(|at| &input.sources[*at]).collect();
    let total: u64 = sources.iter().flat_map(|source| &source.sheets).map(|sheet| sheet.rows_in.max(0) as u64).sum();
    let Some(scan) = landing::scan(sources)? else { return Ok(built) };
    let decided: classify::DecidedProjects = input.decisions.iter().map(|row| row.project_id.clone()).collect();
    let classified = classify::add(scan, Arc::clone(&input.rules), Arc::clone(keys), Arc::new(decided));
    let touched = plan.touched.iter().map(|home| (*home, plan.carriers[usize::from(*home)].as_str(), plan.fingerprints[home].as_str()));
    let mut homes = Homes::create(input, touched, out)?;
    // The scan goes on while this thread writes what it has handed over, but never far ahead.
    let (send, batches) = sync_channel::<DataFrame>(WAITING_BATCHES);
    // A closed channel means that writing failed: the scan need not go on.
    let hand_over = move |batch: DataFrame| Ok(send.send(batch).is_err());
    let scan = classified.sink_batches(PlanCallback::new(hand_over), true, None).in_step("plan")?;
    let scanning = std::thread::spawn(move || scan.collect_with_engine(Engine::Streaming).map(|_| ()));
    let mut written = Ok(());
    for batch in batches {
        written = homes.take(&batch);
        if written.is_err() {
            break;
        }
        let before = built.rows_read / STRIDE;
        built.rows_read += batch.height() as u64;
        if built.rows_read / STRIDE > before {
            progress(Progress { label: "分类入库", done: built.rows_read, total });
        }
    }
    progress(Progress { label: "分类入库", done: built.rows_read, total });
    scanning.join().map_err(|_| internal("the classifying thread panicked"))?.in_step("classify")?;
    written?;
    built.rows = homes.finish(&input.decisions)?;
    Ok(built)
}

fn internal(problem: &str) -> TransformError {
    TransformError::Internal { table: "projects".to_owned(), problem: problem.to_owned() }
}
