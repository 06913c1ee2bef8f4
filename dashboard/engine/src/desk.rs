//! A set of tables to ask, with a plan for each question once it has been asked.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::NaiveDate;
use datafusion::error::DataFusionError;
use datafusion::physical_plan::execute_stream;
use datafusion::prelude::SessionContext;
use futures::StreamExt;
use qunlian_domain::contract::ColumnType;
use qunlian_queries::{Answer, AskError, Library, Params, Query, Value};
use tokio::sync::OnceCell;

use crate::error::{EngineError, words};
use crate::plan::{Prepared, prepare};
use crate::rows;

/// Tables and plans. They never change.
pub(crate) struct Desk {
    pub context: SessionContext,
    plans: HashMap<String, OnceCell<Arc<Prepared>>>,
}

/// A named question's answer may not be longer; exports of more go through the SQL command.
const MOST_ROWS: usize = 500_000;

impl Desk {
    /// A desk for these questions, each planned when first asked.
    pub(crate) fn new<'q>(context: SessionContext, questions: impl Iterator<Item = &'q str>) -> Self {
        Self { context, plans: questions.map(|name| (name.to_owned(), OnceCell::new())).collect() }
    }

    /// The names of its questions.
    pub(crate) fn questions(&self) -> impl Iterator<Item = &str> {
        self.plans.keys().map(String::as_str)
    }

    /// Answers a question whose parameters are complete.
    pub(crate) async fn answer(&self, query: &Query, params: &Params, generation: u64) -> Result<Answer, AskError> {
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
        Ok(Answer { columns: prepared.columns.clone(), rows, generation, as_of: as_of(params), truncated: false })
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

/// The answer to whoever may see no row: the columns and nothing below them.
pub(crate) fn nothing(query: &Query, params: &Params, generation: u64) -> Answer {
    Answer { columns: query.about.columns.clone(), rows: Vec::new(), generation, as_of: as_of(params), truncated: false }
}

fn as_of(params: &Params) -> Option<NaiveDate> {
    params.get("as_of").and_then(Value::date)
}
