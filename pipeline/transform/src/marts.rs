//! The published tables: rows of single-row projects by column, of all others by folding their history.

pub(crate) mod books;
pub(crate) mod history;
pub(crate) mod reference;
mod singles;
mod targets;

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use polars::prelude::*;
use qunlian_domain::rules::Rules;

use crate::build::{BY_HOME, Parts, contract_table, open_part};
use crate::error::{InStep, TransformError};
use crate::input::{BuildInput, DecisionRow};
use crate::write::{GROUP_ROWS, PartWriter};

const SPLIT: &str = "split by home";

/// Rows written, by table and home.
pub(crate) type RowCounts = BTreeMap<(&'static str, u16), u64>;

/// The parts being written, one set for each touched home.
pub(crate) struct Homes {
    rules: Arc<Rules>,
    /// File number → name, sheet position → sheet name, for complaints.
    names: history::SourceNames,
    homes: BTreeMap<u16, Home>,
    /// Columns of the projects with one row.
    needed: Vec<PlSmallStr>,
}

struct Home {
    projects: PartWriter,
    milestones: PartWriter,
    investments: PartWriter,
    complaints: PartWriter,
    /// Rows of projects with one row, until they fill a row group.
    waiting: Vec<DataFrame>,
    waiting_rows: usize,
    /// Rows of projects with a history, kept until all are read.
    repeated: Vec<DataFrame>,
}

impl Home {
    fn write_waiting(&mut self) -> Result<(), TransformError> {
        self.waiting_rows = 0;
        let Some(rows) = stacked(std::mem::take(&mut self.waiting)).in_step(SPLIT)? else { return Ok(()) };
        self.projects.push(singles::projects(&rows).in_step("projects")?)?;
        self.milestones.push(singles::milestones(&rows).in_step("milestones")?)?;
        self.investments.push(singles::investments(&rows).in_step("investments")?)
    }
}

/// Rows of one home and kind that stand together.
struct Run {
    home: u16,
    repeated: bool,
    rows: Range<usize>,
}

fn runs(rows: &DataFrame) -> PolarsResult<Vec<Run>> {
    let mut runs: Vec<Run> = Vec::new();
    let (homes, repeated) = (rows.column("_home")?.u32()?, rows.column("_repeated")?.bool()?);
    for (at, (home, repeated)) in homes.iter().zip(repeated.iter()).enumerate() {
        // Rows without a home are of no touched home either.
        let home = home.and_then(|home| u16::try_from(home).ok()).unwrap_or(u16::MAX);
        let repeated = repeated.unwrap_or(false);
        match runs.last_mut() {
            Some(run) if run.home == home && run.repeated == repeated => run.rows.end = at + 1,
            _ => runs.push(Run { home, repeated, rows: at..at + 1 }),
        }
    }
    Ok(runs)
}

/// A few rows on their own: a slice would keep all its neighbours in memory.
fn copied(rows: &DataFrame, which: Range<usize>) -> PolarsResult<DataFrame> {
    let places: Vec<IdxSize> = which.map(|at| at as IdxSize).collect();
    let columns = rows.columns().iter().map(|column| column.take_slice(&places)).collect::<PolarsResult<_>>()?;
    DataFrame::new(places.len(), columns)
}

/// All rows in one chunk; `None` when there are none.
pub(crate) fn stacked(pieces: Vec<DataFrame>) -> PolarsResult<Option<DataFrame>> {
    let mut pieces = pieces.into_iter();
    let Some(mut all) = pieces.next() else { return Ok(None) };
    for piece in pieces {
        all.vstack_mut_owned(piece)?;
    }
    all.rechunk_mut_par();
    Ok(Some(all))
}

impl Homes {
    /// Opens the parts of every touched home: its number, its carrier's id, its fingerprint.
    pub(crate) fn create<'a>(
        input: &BuildInput,
        touched: impl Iterator<Item = (u16, &'a str, &'a str)>,
        out: &mut dyn Parts,
    ) -> Result<Self, TransformError> {
        let mut homes = BTreeMap::new();
        for (home, carrier, fingerprint) in touched {
            let mut part = |table: &str| open_part(input, out, table, carrier, fingerprint);
            let [projects, milestones, investments, complaints] = BY_HOME;
            homes.insert(
                home,
                Home {
                    projects: part(projects)?,
                    milestones: part(milestones)?,
                    investments: part(investments)?,
                    complaints: part(complaints)?,
                    waiting: Vec::new(),
                    waiting_rows: 0,
                    repeated: Vec::new(),
                },
            );
        }
        let needed = singles::needed(contract_table(input, BY_HOME[0])?);
        Ok(Self { rules: Arc::clone(&input.rules), names: history::SourceNames::of(input), homes, needed })
    }

    /// Takes classified landing rows, which stand together by home and kind as [`classify::add`] leaves them.
    /// Rows of untouched homes are passed over.
    pub(crate) fn take(&mut self, rows: &DataFrame) -> Result<(), TransformError> {
        let narrow = rows.select(self.needed.iter().cloned()).in_step(SPLIT)?;
        for run in runs(rows).in_step(SPLIT)? {
            let Some(home) = self.homes.get_mut(&run.home) else { continue };
            if run.repeated {
                home.repeated.push(copied(rows, run.rows).in_step(SPLIT)?);
            } else {
                home.waiting_rows += run.rows.len();
                home.waiting.push(narrow.slice(run.rows.start as i64, run.rows.len()));
                if home.waiting_rows >= GROUP_ROWS {
                    home.write_waiting()?;
                }
            }
        }
        Ok(())
    }

    /// Folds the histories, writes what is left, closes every part.
    pub(crate) fn finish(self, decisions: &[DecisionRow]) -> Result<RowCounts, TransformError> {
        let mut counts = RowCounts::new();
        let [projects, milestones, investments, complaints] = BY_HOME;
        for (number, mut home) in self.homes {
            home.write_waiting()?;
            let rows = history::fold(&self.rules, &self.names, std::mem::take(&mut home.repeated), decisions)?;
            home.projects.push(rows.projects)?;
            home.milestones.push(rows.milestones)?;
            home.investments.push(rows.investments)?;
            home.complaints.push(rows.complaints)?;
            for (table, writer) in
                [(projects, home.projects), (milestones, home.milestones), (investments, home.investments), (complaints, home.complaints)]
            {
                counts.insert((table, number), writer.finish()?);
            }
        }
        Ok(counts)
    }
}
