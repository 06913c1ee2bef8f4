//! The serving side: one generation at a time, swapped whole; answers cached by generation, parameters and scope.

use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwapOption;
use chrono::NaiveDate;
use moka::future::Cache;
use qunlian_domain::access::RowScope;
use qunlian_domain::contract::Contract;
use qunlian_queries::{About, Answer, Answers, AskError, BoxFuture, Format, Generation, Library, Params, Query, Value};

use crate::encode::encode;
use crate::error::EngineError;
use crate::files::TableFiles;
use crate::plan::complete;
use crate::rules::Rules;
use crate::snapshot::Snapshot;
use crate::workers::Workers;

/// Answers named questions over the published generation. Share it behind an `Arc`.
pub struct Serving {
    library: Library,
    contract: Contract,
    rules: Arc<Rules>,
    current: ArcSwapOption<Snapshot>,
    cache: Cache<Key, Arc<Answer>>,
    deadline: Duration,
    workers: Workers,
}

/// What the first screen will ask first, so that it can be asked before a generation is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FirstScreen {
    pub year: i32,
    pub as_of: NaiveDate,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Key {
    generation: u64,
    query: String,
    params: String,
    /// The whole city's for a question about the city, whoever asks: all share one answer.
    scope: RowScope,
}

/// The questions of the first screen.
const FIRST_SCREEN: [&str; 15] = [
    "city_progress",
    "band_counts",
    "monthly_cumulative",
    "carrier_progress",
    "chain_progress",
    "region_kinds",
    "region_progress",
    "region_groups",
    "signed_not_started",
    "started_not_producing",
    "warning_list",
    "flow_months",
    "stage_passages",
    "trust",
    "reconciliation",
];
/// Bytes of cached answers.
const CACHE_BYTES: u64 = 24 << 20;
/// A question that takes longer is given up.
const DEADLINE: Duration = Duration::from_secs(10);

impl Serving {
    /// An engine that serves nothing yet.
    ///
    /// # Errors
    /// The threads that answer cannot be started.
    pub fn new(library: Library, contract: Contract, rules: Rules) -> Result<Self, EngineError> {
        let cache = Cache::builder().max_capacity(CACHE_BYTES).weigher(|key: &Key, answer: &Arc<Answer>| weight(key, answer)).build();
        Ok(Self {
            library,
            contract,
            rules: Arc::new(rules),
            current: ArcSwapOption::empty(),
            cache,
            deadline: DEADLINE,
            workers: Workers::start()?,
        })
    }

    /// The same engine with another deadline for each question.
    pub fn with_deadline(mut self, deadline: Duration) -> Self {
        self.deadline = deadline;
        self
    }

    /// The city's rules behind the SQL functions.
    pub fn rules(&self) -> &Arc<Rules> {
        &self.rules
    }

    /// Opens a generation, asks it what the first screen will ask, then serves it instead of the one before.
    /// Answers already handed out stay what they are. With `None` it is served at once.
    ///
    /// # Errors
    /// A file cannot be read or does not fit the contract, or a first-screen question fails; the generation
    /// before goes on being served.
    pub async fn swap(&self, files: &TableFiles, warm: Option<FirstScreen>) -> Result<Arc<Generation>, EngineError> {
        let snapshot = Arc::new(Snapshot::open(files, &self.contract, &self.rules, &self.library).await?);
        if let Some(screen) = warm {
            self.warm(&snapshot, screen).await?;
        }
        let generation = Arc::clone(&snapshot.generation);
        self.current.store(Some(snapshot));
        Ok(generation)
    }

    /// Plans every question over the generation being served: a broken .sql file shows here.
    pub async fn plan_all(&self) -> Result<(), EngineError> {
        match self.current.load_full() {
            Some(snapshot) => snapshot.plan_all(&self.library).await,
            None => Ok(()),
        }
    }

    async fn warm(&self, snapshot: &Arc<Snapshot>, screen: FirstScreen) -> Result<(), EngineError> {
        let params = Params::new().with("year", screen.year).with("as_of", screen.as_of);
        let asked = FIRST_SCREEN.iter().map(|name| self.ask_snapshot(Arc::clone(snapshot), name, params.clone(), &RowScope::City));
        for (name, answer) in FIRST_SCREEN.iter().zip(futures::future::join_all(asked).await) {
            answer.map_err(|fault| EngineError::Query { query: (*name).to_owned(), fault: fault.to_string() })?;
        }
        Ok(())
    }

    async fn ask_snapshot(&self, snapshot: Arc<Snapshot>, name: &str, given: Params, scope: &RowScope) -> Result<Arc<Answer>, AskError> {
        let query = self.library.get(name).ok_or_else(|| AskError::UnknownQuery(name.to_owned()))?;
        let params = complete(&query.about.params, &given)?;
        let scope = query.about.reach(scope).clone();
        let key = Key { generation: snapshot.generation.number, query: name.to_owned(), params: params.key(), scope: scope.clone() };
        if let Some(answer) = self.cache.get(&key).await {
            return Ok(answer);
        }
        let work = self.run(snapshot, query.clone(), params, scope);
        self.cache.try_get_with(key, work).await.map_err(|fault: Arc<AskError>| AskError::clone(&fault))
    }

    /// Works on the engine's own threads: a heavy plan must not hold up the pages' event loop.
    async fn run(&self, snapshot: Arc<Snapshot>, query: Query, params: Params, scope: RowScope) -> Result<Arc<Answer>, AskError> {
        let work = self.workers.spawn(async move { snapshot.answer(&query, &params, &scope).await });
        match tokio::time::timeout(self.deadline, work).await {
            Ok(Ok(answer)) => answer.map(Arc::new),
            Ok(Err(fault)) => Err(AskError::Engine(fault)),
            Err(_) => Err(AskError::Deadline { seconds: self.deadline.as_secs() }),
        }
    }
}

impl Answers for Serving {
    fn library(&self) -> &Library {
        &self.library
    }

    fn generation(&self) -> Option<Arc<Generation>> {
        self.current.load().as_ref().map(|snapshot| Arc::clone(&snapshot.generation))
    }

    fn ask<'a>(&'a self, query: &'a str, params: Params, scope: &'a RowScope) -> BoxFuture<'a, Result<Arc<Answer>, AskError>> {
        Box::pin(async move {
            let snapshot = self.current.load_full().ok_or(AskError::NothingPublished)?;
            self.ask_snapshot(snapshot, query, params, scope).await
        })
    }

    fn encode(&self, answer: &Answer, format: Format, about: &About) -> Result<Vec<u8>, AskError> {
        encode(answer, format, about)
    }
}

fn weight(key: &Key, answer: &Answer) -> u32 {
    let cell = |value: &Value| std::mem::size_of::<Value>() + value.text().map_or(0, str::len);
    let cells: usize = answer.rows.iter().map(|row| 24 + row.iter().map(cell).sum::<usize>()).sum();
    let carriers = match &key.scope {
        RowScope::Carriers(carriers) => carriers.iter().map(|id| 48 + id.len()).sum(),
        RowScope::City | RowScope::Nothing => 0,
    };
    u32::try_from(cells + key.query.len() + key.params.len() + carriers + 512).unwrap_or(u32::MAX)
}
