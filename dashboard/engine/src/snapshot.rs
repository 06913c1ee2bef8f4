//! One generation, ready to be asked: its tables whole, and cut to the carriers of those who ask.

use std::collections::BTreeSet;
use std::sync::Arc;

use moka::future::Cache;
use qunlian_domain::access::RowScope;
use qunlian_domain::contract::Contract;
use qunlian_queries::{Answer, AskError, Generation, Library, Params, Query};

use crate::cut;
use crate::desk::{Desk, nothing};
use crate::error::EngineError;
use crate::files::TableFiles;
use crate::rules::Rules;
use crate::session::{Bounds, beside, context};
use crate::tables;

/// The published tables of one generation. They never change.
pub(crate) struct Snapshot {
    pub generation: Arc<Generation>,
    contract: Contract,
    rules: Arc<Rules>,
    whole: Desk,
    /// The desks of those who see some carriers only, by the carriers.
    cut: Cache<BTreeSet<String>, Arc<Desk>>,
}

/// Working memory of all questions at one time.
const MEMORY: usize = 1 << 30;
/// Scopes whose desks are kept; a city has some ten carriers, and one more is made in milliseconds.
const SCOPES: u64 = 64;

impl Snapshot {
    /// Opens the tables of a generation. Questions are planned when first asked.
    pub(crate) async fn open(files: &TableFiles, contract: &Contract, rules: &Arc<Rules>, library: &Library) -> Result<Self, EngineError> {
        let context = context(rules, Bounds { partitions: partitions(files), memory: MEMORY, spill: 0 })?;
        tables::register(&context, contract, files).await?;
        Ok(Self {
            generation: Arc::new(files.generation.clone()),
            contract: contract.clone(),
            rules: Arc::clone(rules),
            whole: Desk::new(context, library.iter().map(|query| query.about.name.as_str())),
            cut: Cache::new(SCOPES),
        })
    }

    /// Answers a question whose parameters are complete, from the rows that `scope` reaches.
    pub(crate) async fn answer(&self, query: &Query, params: &Params, scope: &RowScope) -> Result<Answer, AskError> {
        let number = self.generation.number;
        match query.about.reach(scope) {
            RowScope::City => self.whole.answer(query, params, number).await,
            RowScope::Carriers(carriers) => self.cut_to(carriers).await?.answer(query, params, number).await,
            RowScope::Nothing => Ok(nothing(query, params, number)),
        }
    }

    async fn cut_to(&self, carriers: &BTreeSet<String>) -> Result<Arc<Desk>, AskError> {
        let make = async {
            let context = beside(&self.rules, &self.whole.context);
            cut::register(&context, &self.whole.context, &self.contract, carriers).await?;
            Ok::<_, EngineError>(Arc::new(Desk::new(context, self.whole.questions())))
        };
        let made = self.cut.try_get_with_by_ref(carriers, make).await;
        made.map_err(|fault: Arc<EngineError>| AskError::Engine(fault.to_string()))
    }

    /// Plans every question of the library, so that a broken .sql file is found before it is asked.
    pub(crate) async fn plan_all(&self, library: &Library) -> Result<(), EngineError> {
        self.whole.plan_all(library).await
    }
}

/// Rows a single thread works through in less time than it takes to hand them to another.
const ONE_THREAD_ROWS: u64 = 200_000;

fn partitions(files: &TableFiles) -> usize {
    let rows: u64 = files.generation.rows.iter().map(|(_, rows)| *rows).max().unwrap_or(0);
    if rows <= ONE_THREAD_ROWS { 1 } else { std::thread::available_parallelism().map_or(2, std::num::NonZeroUsize::get).min(8) }
}
