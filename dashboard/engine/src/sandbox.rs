//! Analysts' own SQL: one read-only statement over the published tables, within limits.
//!
//! DataFusion's settings alone cannot bound a statement (a cross join may never yield), so the caller runs
//! this in a child process that can be killed; what is refused here is refused with a clear word.

mod error;
mod limits;
mod measure;
mod statement;
mod views;

use std::sync::Arc;

use chrono::NaiveDate;
use datafusion::error::Result;
use datafusion::execution::context::SQLOptions;
use datafusion::physical_plan::execute_stream;
use datafusion::prelude::SessionContext;
use futures::StreamExt;
use qunlian_domain::contract::{ColumnType, Contract};
use qunlian_queries::{Answer, AnswerColumn, ParamType, Params, Value};

use crate::files::TableFiles;
use crate::plan::{column_type, type_parameters, values};
use crate::rows;
use crate::rules::Rules;
use crate::session::{Bounds, context};
use crate::tables;
use crate::workers::Workers;

pub use error::SqlError;
pub use limits::SqlLimits;

/// One statement and how it is to be run.
#[derive(Debug, Clone)]
pub struct SqlRequest<'a> {
    pub sql: &'a str,
    /// Every table shows only what was known and in force on that day; `$as_of` takes it too.
    pub as_of: Option<NaiveDate>,
    /// Values for `$name` in the statement: bound, never spliced.
    pub params: Params,
    pub limits: SqlLimits,
}

/// Runs one read-only statement over a generation.
///
/// # Errors
/// What is wrong with the statement, in words and with a hint, or which limit it met.
pub async fn run_sql(
    files: &TableFiles,
    contract: &Contract,
    rules: &Rules,
    request: SqlRequest<'_>,
) -> std::result::Result<Answer, SqlError> {
    let vetted = statement::vet(request.sql, contract, &request.limits)?;
    let limits = request.limits;
    let bounds = Bounds { partitions: limits.partitions, memory: limits.memory_bytes, spill: limits.spill_bytes };
    let context = context(&Arc::new(rules.clone()), bounds)?;
    tables::register(&context, contract, files).await?;
    if let Some(day) = request.as_of {
        views::as_known_on(&context, contract, day).await?;
    }
    let params = with_as_of(request.params, request.as_of);
    let owned = contract.clone();
    let work = async move { answer(&context, &owned, vetted, &params, &limits).await.map_err(|fault| SqlError::of(&fault, &owned)) };
    // On threads of its own, so that a plan that never yields cannot keep the deadline from being noticed.
    let workers = Workers::start()?;
    match tokio::time::timeout(limits.deadline, workers.spawn(work)).await {
        Ok(Ok(answered)) => {
            answered.map(|answer| Answer { generation: files.generation.number, as_of: request.as_of, ..without_paths(answer, files) })
        }
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

async fn answer(
    context: &SessionContext,
    contract: &Contract,
    vetted: statement::Vetted,
    params: &Params,
    limits: &SqlLimits,
) -> Result<Answer> {
    let mut parsed = vetted.statement;
    type_parameters(&mut parsed, &|name| params.get(name).map(kind_of))?;
    let state = context.state();
    let plan = state.statement_to_plan(parsed).await?.with_param_values(values(params))?;
    SQLOptions::new().with_allow_ddl(false).with_allow_dml(false).with_allow_statements(false).verify_plan(&plan)?;
    let physical = state.create_physical_plan(&plan).await?;
    let columns = columns(&physical.schema(), contract);
    let kinds: Vec<ColumnType> = columns.iter().map(|column| column.kind).collect();
    let mut stream = execute_stream(physical, state.task_ctx())?;
    let mut rows = Vec::new();
    let mut truncated = false;
    while let Some(batch) = stream.next().await {
        let batch = batch?;
        let room = limits.rows - rows.len();
        if batch.num_rows() > room {
            rows::append(&batch.slice(0, room), &kinds, &mut rows)?;
            truncated = true;
            break;
        }
        rows::append(&batch, &kinds, &mut rows)?;
    }
    Ok(Answer { columns, rows, generation: 0, as_of: None, truncated })
}

/// Titles and units come from the contract when a column kept its published name.
fn columns(schema: &datafusion::arrow::datatypes::Schema, contract: &Contract) -> Vec<AnswerColumn> {
    let mut columns = Vec::with_capacity(schema.fields().len());
    for field in schema.fields() {
        let kind = column_type(field.data_type()).unwrap_or(ColumnType::Text);
        let known = contract.tables.iter().find_map(|table| table.column(field.name()).filter(|column| column.kind == kind));
        columns.push(AnswerColumn {
            name: field.name().clone(),
            kind,
            title: known.map_or_else(|| field.name().clone(), |column| column.title.clone()),
            unit: known.map_or_else(String::new, |column| column.unit.clone()),
        });
    }
    columns
}

fn kind_of(value: &Value) -> ParamType {
    match value {
        Value::Int(_) => ParamType::Int,
        Value::Date(_) => ParamType::Date,
        _ => ParamType::Text,
    }
}

/// EXPLAIN names the files it would read; where they lie on the server is nobody's business.
fn without_paths(mut answer: Answer, files: &TableFiles) -> Answer {
    let folders: Vec<String> = files
        .tables
        .iter()
        .flat_map(|(_, parts)| parts.iter().filter_map(|part| part.parent()?.parent()))
        .map(|folder| folder.to_string_lossy().trim_start_matches('/').to_owned())
        .filter(|folder| !folder.is_empty())
        .collect::<std::collections::BTreeSet<_>>()
        .into_iter()
        .collect();
    if !answer.columns.iter().any(|column| column.name == "plan") {
        return answer;
    }
    for cell in answer.rows.iter_mut().flatten() {
        if let Value::Text(text) = cell {
            for folder in &folders {
                *text = text.replace(folder.as_str(), "…");
            }
        }
    }
    answer
}
