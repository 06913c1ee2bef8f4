//! The published tables: rows of single-row projects by column, of all others by folding their history.

pub(crate) mod history;
pub(crate) mod reference;
mod singles;

use std::collections::BTreeMap;
use std::sync::Arc;

use polars::prelude::*;
use qunlian_domain::rules::Rules;

use crate::build::{BY_HOME, Parts, open_part};
use crate::error::{InStep, TransformError};
use crate::input::{BuildInput, DecisionRow};
use crate::write::PartWriter;

/// Rows written, by table and home.
pub(crate) type RowCounts = BTreeMap<(&'static str, u16), u64>;

/// The parts being written, one set for each touched home.
pub(crate) struct Homes {
    rules: Arc<Rules>,
    /// File number → name, sheet position → sheet name, for complaints.
    names: history::SourceNames,
    homes: BTreeMap<u16, Home>,
}

struct Home {
    projects: PartWriter,
    milestones: PartWriter,
    investments: PartWriter,
    complaints: PartWriter,
    /// Rows of projects with a history, kept until all are read.
    repeated: Vec<DataFrame>,
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
                    repeated: Vec::new(),
                },
            );
        }
        Ok(Self { rules: Arc::clone(&input.rules), names: history::SourceNames::of(input), homes })
    }

    /// Takes a batch of classified landing rows; rows of untouched homes are passed over.
    pub(crate) fn take(&mut self, batch: &DataFrame) -> Result<(), TransformError> {
        let step = "split by home";
        let homes = batch.column("_home").and_then(|column| column.u32()).in_step(step)?;
        let repeated = batch.column("_repeated").and_then(|column| column.bool()).in_step(step)?;
        for (number, home) in &mut self.homes {
            let mine = homes.equal(u32::from(*number));
            if !mine.any() {
                continue;
            }
            let histories = &mine & repeated;
            if histories.any() {
                home.repeated.push(batch.filter(&histories).in_step(step)?);
            }
            let alone = &mine & &!repeated;
            if alone.any() {
                let single = if alone.all() { batch.clone() } else { batch.filter(&alone).in_step(step)? };
                home.projects.push(singles::projects(&single).in_step("projects")?)?;
                home.milestones.push(singles::milestones(&single).in_step("milestones")?)?;
                home.investments.push(singles::investments(&single).in_step("investments")?)?;
            }
        }
        Ok(())
    }

    /// Folds the histories, writes what is left, closes every part.
    pub(crate) fn finish(self, decisions: &[DecisionRow]) -> Result<RowCounts, TransformError> {
        let mut counts = RowCounts::new();
        let [projects, milestones, investments, complaints] = BY_HOME;
        for (number, mut home) in self.homes {
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
