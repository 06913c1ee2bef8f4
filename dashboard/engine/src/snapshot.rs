//! One generation, ready to be asked: its tables, and a plan for each question once it has been asked.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::NaiveDate;
use datafusion::error::DataFusionError;
use datafusion::physical_plan::execute_stream;
use datafusion::prelude::SessionContext;
use futures::StreamExt;
use qunlian_domain::contract::{ColumnType, Contract};
use qunlian_queries::{Answer, AskError, Generation, Library, Params, Query, Value};
use tokio::sync::OnceCell;

use crate::error::{EngineError, words};
use crate::files::TableFiles;
use crate::plan::{Prepared, prepare};
use crate::rows;
use crate::rules::Rules;
use crate::session::{Bounds, context};
use crate::tables;

/// The published tables of one generation. It never changes.
pub(crate) struct Snapshot {
    pub generation: Arc<Generation>,
    context: SessionContext,
    plans: HashMap<String, OnceCell<Arc<Prepared>>>,
}

/// A named question's answer may not be longer; exports of more go through the SQL command.
const MOST_ROWS: usize = 500_000;
/// Working memory of all questions at one time.
const MEMORY: usize = 1 << 30;

impl Snapshot {
    /// Opens the tables of a generation. Questions are planned when first asked.
    pub(crate) async fn open(files: &TableFiles, contract: &Contract, rules: &Arc<Rules>, library: &Library) -> Result<Self, EngineError> {
        let context = context(rules, Bounds { partitions: partitions(files), memory: MEMORY, spill: 0 })?;
        tables::register(&context, contract, files).await?;
        let plans = library.iter().map(|query| (query.about.name.clone(), OnceCell::new())).collect();
        Ok(Self { generation: Arc::new(files.generation.clone()), context, plans })
    }

    /// Answers a question whose parameters are complete.
    pub(crate) async fn answer(&self, query: &Query, params: &Params) -> Result<Answer, AskError> {
        let name = &query.about.name;
        let cell = self.plans.get(name).ok_or_else(|| AskError::UnknownQuery(name.clone()))?;
        let engine = |fault: DataFusionError| AskError::Engine(EngineError::query(name, &fault).to_string());
        let prepared = cell.get_or_try_init(|| async { prepare(&self.context, query).await.map(Arc::new) }).await.map_err(engine)?;
        let physical = prepared.bind(&self.context, params).await.map_err(engine)?;
        let mut stream = execute_stream(physical, self.context.task_ctx()).map_err(engine)?;
        let kinds: Vec<ColumnType> = prepared.columns.iter().map(|column| column.kind).collect();
        let mut rows = Vec::new();
        while let Some(batch) = stream.next().await {
            let batch = batch.map_err(engine)?;
            if rows.len() + batch.num_rows() > MOST_ROWS {
                return Err(AskError::TooManyRows { limit: MOST_ROWS });
            }
            rows::append(&batch, &kinds, &mut rows).map_err(|fault| engine(fault.into()))?;
        }
        Ok(Answer { columns: prepared.columns.clone(), rows, generation: self.generation.number, as_of: as_of(params), truncated: false })
    }

    /// Plans every question of the library, so that a broken .sql file is found before it is asked.
    pub(crate) async fn plan_all(&self, library: &Library) -> Result<(), EngineError> {
        for query in library.iter() {
            prepare(&self.context, query)
                .await
                .map_err(|fault| EngineError::Query { query: query.about.name.clone(), fault: words(&fault) })?;
        }
        Ok(())
    }
}

/// Rows a single thread works through in less time than it takes to hand them to another.
const ONE_THREAD_ROWS: u64 = 200_000;

fn partitions(files: &TableFiles) -> usize {
    let rows: u64 = files.generation.rows.iter().map(|(_, rows)| *rows).max().unwrap_or(0);
    if rows <= ONE_THREAD_ROWS { 1 } else { std::thread::available_parallelism().map_or(2, std::num::NonZeroUsize::get).min(8) }
}

fn as_of(params: &Params) -> Option<NaiveDate> {
    params.get("as_of").and_then(Value::date)
}
