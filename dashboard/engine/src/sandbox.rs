//! Analysts' own SQL: one read-only statement over published tables, within limits.
//!
//! DataFusion's settings alone cannot bound a statement (a cross join may never yield), so the caller runs
//! this in a child process that can be killed; what is refused here is refused with a clear word.

mod catalog;
mod error;
mod in_chinese;
mod limits;
mod measure;
mod names;
mod near;
mod outline;
mod physical;
mod running;
mod schemas;
mod statement;
mod system;
mod views;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use chrono::NaiveDate;
use datafusion::catalog::TableProvider;
use datafusion::common::TableReference;
use datafusion::execution::cache::cache_manager::CacheManagerConfig;
use datafusion::execution::context::SQLOptions;
use datafusion::execution::memory_pool::{GreedyMemoryPool, MemoryPool};
use datafusion::logical_expr::LogicalPlan;
use datafusion::prelude::SessionContext;
use qunlian_domain::contract::Contract;
use qunlian_queries::{Answer, Outline, Params};

use crate::error::EngineError;
use crate::files::TableFiles;
use crate::plan::{type_of, type_parameters, values};
use crate::rules::Rules;
use crate::session::{self, Bounds, Spill};
use crate::tables;
use crate::workers::Workers;

use physical::{FewValues, Physical, physical};

pub use error::SqlError;
pub use limits::SqlLimits;
pub use names::{Names, names};
pub use running::{Meter, Running};

/// One statement and how it is to be run.
#[derive(Debug, Clone)]
pub struct SqlRequest<'a> {
    pub sql: &'a str,
    /// Every table shows only what was known and in force on that day; `$as_of` takes it too.
    pub as_of: Option<NaiveDate>,
    /// Values for `$name` in the statement: bound, never spliced.
    pub params: Params,
    pub limits: SqlLimits,
    /// Rows of `system.<name>` that only the server knows.
    pub system: Vec<(String, Answer)>,
    /// Who asks by the protocol of PostgreSQL: its catalogs are there, if the statement names them.
    pub catalog: Option<String>,
}

impl<'a> SqlRequest<'a> {
    /// A statement within the usual limits.
    pub fn new(sql: &'a str) -> Self {
        Self { sql, as_of: None, params: Params::new(), limits: SqlLimits::default(), system: Vec::new(), catalog: None }
    }
}

/// Whether confidential rows (涉密) must still be code-named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Masking {
    /// The files hold what was recorded: views code-name it.
    Here,
    /// The files were written for their readers ([`crate::write_scope`]).
    Done,
}

/// Opened tables, ready for one statement after another.
pub struct Sandbox {
    contract: Contract,
    rules: Arc<Rules>,
    served: Opened,
    /// Earlier generations, as `generation_42.projects`.
    earlier: BTreeMap<u64, Opened>,
    /// Footers and statistics of files, which never change.
    caches: CacheManagerConfig,
    spill: Spill,
}

/// The tables of one generation.
struct Opened {
    files: TableFiles,
    tables: Vec<(String, Arc<dyn TableProvider>)>,
    few_values: FewValues,
}

impl Sandbox {
    /// Opens the served generation and any earlier ones; temporary files go to `spill`.
    ///
    /// # Errors
    /// A file that cannot be read.
    pub async fn open(
        contract: &Contract,
        rules: Rules,
        served: TableFiles,
        earlier: Vec<TableFiles>,
        masking: Masking,
        spill: Spill,
    ) -> Result<Self, EngineError> {
        let rules = Arc::new(rules);
        let served = Opened::of(contract, &rules, served, masking).await?;
        let mut others = BTreeMap::new();
        for files in earlier {
            others.insert(files.generation.number, Opened::of(contract, &rules, files, masking).await?);
        }
        Ok(Self { contract: contract.clone(), rules, served, earlier: others, caches: session::shared_caches()?, spill })
    }

    /// The generation that tables without a schema are of.
    pub fn generation(&self) -> u64 {
        self.served.files.generation.number
    }

    /// Plans a statement and starts it.
    ///
    /// # Errors
    /// What is wrong with the statement, in words and with a hint.
    pub async fn start(&self, request: &SqlRequest<'_>) -> Result<Running, SqlError> {
        let (plan, memory) = self.plan(request).await?;
        let started = Running::start(plan, memory, request.limits.rows, &self.contract, self.paths());
        started.map_err(|fault| SqlError::of(&fault, &self.contract))
    }

    /// What a statement would do, without running it.
    ///
    /// # Errors
    /// As [`Sandbox::start`].
    pub async fn outline(&self, request: &SqlRequest<'_>) -> Result<Outline, SqlError> {
        let (plan, _) = self.plan(request).await?;
        let outlined = outline::outline(&plan, |table| self.parts(table));
        let outline = outlined.map_err(|fault| SqlError::of(&fault, &self.contract))?;
        Ok(Outline { generation: self.generation(), plan: self.paths().hide(&outline.plan), ..outline })
    }

    async fn plan(&self, request: &SqlRequest<'_>) -> Result<(Physical, Arc<dyn MemoryPool>), SqlError> {
        let limits = &request.limits;
        let catalog = request.catalog.as_deref().filter(|_| catalog::is_named(request.sql));
        let vetted = statement::vet(request.sql, &self.contract, limits, request.catalog.as_deref())?;
        let memory: Arc<dyn MemoryPool> = Arc::new(GreedyMemoryPool::new(limits.memory_bytes));
        let bounds = Bounds { partitions: limits.partitions, memory: limits.memory_bytes, spill: limits.spill_bytes };
        let context = session::fenced(&self.rules, bounds, Arc::clone(&memory), &self.spill, &self.caches)?;
        self.register(&context, request, &vetted.schemas).await?;
        if let Some(reader) = catalog {
            catalog::register(&context, &self.contract, reader)?;
        }
        if request.catalog.is_some() {
            catalog::welcome(&context);
        }
        let params = with_as_of(request.params.clone(), request.as_of);
        let planned = async {
            let plan = logical(&context, vetted, &params).await?;
            physical(&context, &plan, &self.served.few_values).await
        };
        Ok((planned.await.map_err(|fault| SqlError::of(&fault, &self.contract))?, memory))
    }

    async fn register(&self, context: &SessionContext, request: &SqlRequest<'_>, named: &[schemas::Named]) -> Result<(), SqlError> {
        for (name, provider) in &self.served.tables {
            context.register_table(name.as_str(), Arc::clone(provider)).map_err(|fault| EngineError::table(name, &fault))?;
        }
        if let Some(day) = request.as_of {
            views::as_known_on(context, &self.contract, day).await?;
        }
        schemas::register(context, self, named, &request.system).await
    }

    /// The files of a table by the name that a plan has for it; none for a table without files, such as those of `system`.
    fn parts(&self, table: &TableReference) -> &[PathBuf] {
        let opened = match table.schema().and_then(schemas::Named::read) {
            Some(schemas::Named::Generation(number)) if number != self.generation() => self.earlier.get(&number),
            Some(schemas::Named::System) => None,
            _ => Some(&self.served),
        };
        opened.map_or(&[], |opened| opened.files.parts(table.table()))
    }

    fn paths(&self) -> running::Paths {
        let opened = std::iter::once(&self.served).chain(self.earlier.values());
        running::Paths::of(opened.flat_map(|opened| opened.files.tables.iter().flat_map(|(_, parts)| parts)))
    }
}

impl Opened {
    async fn of(contract: &Contract, rules: &Arc<Rules>, files: TableFiles, masking: Masking) -> Result<Self, EngineError> {
        let tables = match masking {
            Masking::Done => tables::stored_tables(contract, &files)?,
            Masking::Here => {
                let bounds = Bounds { partitions: 1, memory: 1 << 30, spill: 0 };
                tables::published_tables(&session::context(rules, bounds)?, contract, &files).await?
            }
        };
        Ok(Self { few_values: physical::columns_of_few_values(&files.tables), files, tables })
    }
}

/// Runs one read-only statement over a generation and collects its rows, for the command line and tests.
///
/// # Errors
/// What is wrong with the statement, in words and with a hint, or which limit it met.
pub async fn run_sql(files: &TableFiles, contract: &Contract, rules: &Rules, request: SqlRequest<'_>) -> Result<Answer, SqlError> {
    let sandbox = Sandbox::open(contract, rules.clone(), files.clone(), Vec::new(), Masking::Here, Spill::System).await?;
    let limits = request.limits;
    let as_of = request.as_of;
    // The statement outlives this call's borrow, on threads of its own: a plan that never yields must not keep the
    // deadline from being noticed.
    let owned = SqlRequest { sql: "", ..request.clone() };
    let sql = request.sql.to_owned();
    let work = async move {
        let mut running = sandbox.start(&SqlRequest { sql: &sql, ..owned }).await?;
        running.collect(as_of).await
    };
    let workers = Workers::start()?;
    match tokio::time::timeout(limits.deadline, workers.spawn(work)).await {
        Ok(Ok(answered)) => answered.map(|answer| Answer { generation: files.generation.number, ..answer }),
        Ok(Err(fault)) => Err(SqlError::Engine(fault)),
        Err(_) => Err(SqlError::Deadline { seconds: limits.deadline.as_secs() }),
    }
}

fn with_as_of(params: Params, as_of: Option<NaiveDate>) -> Params {
    match as_of {
        Some(day) if params.get("as_of").is_none() => params.with("as_of", day),
        _ => params,
    }
}

async fn logical(context: &SessionContext, vetted: statement::Vetted, params: &Params) -> datafusion::error::Result<LogicalPlan> {
    let mut parsed = vetted.statement;
    type_parameters(&mut parsed, &|name| params.get(name).map(type_of))?;
    let plan = context.state().statement_to_plan(parsed).await?.with_param_values(values(params))?;
    SQLOptions::new().with_allow_ddl(false).with_allow_dml(false).with_allow_statements(false).verify_plan(&plan)?;
    Ok(plan)
}
