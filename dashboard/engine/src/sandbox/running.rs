//! A statement under way: its rows as Arrow IPC bytes or as values, and what it used.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

use chrono::NaiveDate;
use datafusion::arrow::array::{ArrayRef, AsArray, RecordBatch, StringArray};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use datafusion::arrow::ipc::writer::StreamEncoder;
use datafusion::error::Result;
use datafusion::execution::SendableRecordBatchStream;
use datafusion::execution::memory_pool::MemoryPool;
use datafusion::logical_expr::LogicalPlan;
use datafusion::physical_plan::execute_stream;
use futures::StreamExt;
use qunlian_domain::contract::{ColumnType, Contract};
use qunlian_queries::{Answer, AnswerColumn};

use super::error::{Measure, SqlError};
use super::measure::at_most;
use super::physical::Physical;
use crate::plan::column_type;
use crate::rows;

/// Batches wait here until they are asked for; dropping it ends the statement where it yields.
pub struct Running {
    columns: Vec<AnswerColumn>,
    schema: SchemaRef,
    stream: SendableRecordBatchStream,
    encoder: Option<StreamEncoder>,
    contract: Contract,
    memory: Arc<dyn MemoryPool>,
    paths: Paths,
    hides_paths: bool,
    most: usize,
    rows: usize,
    truncated: bool,
}

/// Bytes of rows that leave the engine at once. Whoever reads them holds them in memory: a few cells of a hundred MiB each
/// must not become somebody else's trouble.
const PART_BYTES: usize = 32 << 20;

/// Looks at the memory of a statement that runs.
#[derive(Clone)]
pub struct Meter(Arc<dyn MemoryPool>);

impl Meter {
    /// Bytes of working memory now.
    pub fn memory(&self) -> u64 {
        self.0.reserved() as u64
    }
}

impl Running {
    pub(super) fn start(
        Physical { state, logical, plan }: Physical,
        memory: Arc<dyn MemoryPool>,
        most: usize,
        contract: &Contract,
        paths: Paths,
    ) -> Result<Self> {
        let hides_paths = matches!(logical, LogicalPlan::Explain(_) | LogicalPlan::Analyze(_));
        let columns = columns(&plan.schema(), contract);
        let schema = plain_schema(&plan.schema(), &columns);
        let encoder = Some(StreamEncoder::try_new(&schema)?);
        let stream = execute_stream(plan, state.task_ctx())?;
        Ok(Self {
            columns,
            schema,
            stream,
            encoder,
            contract: contract.clone(),
            memory,
            paths,
            hides_paths,
            most,
            rows: 0,
            truncated: false,
        })
    }

    /// The columns, with titles and units where a column kept its published name.
    pub fn columns(&self) -> &[AnswerColumn] {
        &self.columns
    }

    /// Rows given so far.
    pub fn rows(&self) -> u64 {
        self.rows as u64
    }

    /// True when rows beyond the cap were left out.
    pub fn truncated(&self) -> bool {
        self.truncated
    }

    /// What it uses, to be looked at while it runs.
    pub fn meter(&self) -> Meter {
        Meter(Arc::clone(&self.memory))
    }

    /// The next bytes of one Arrow IPC stream; `None` after its end mark.
    pub async fn next(&mut self) -> Option<std::result::Result<Vec<u8>, SqlError>> {
        let mut encoder = self.encoder.take()?;
        let buffers = match self.batch().await {
            None => encoder.finish(),
            Some(Err(fault)) => return Some(Err(fault)),
            Some(Ok(batch)) => {
                let encoded = plain(&batch, &self.schema).and_then(|batch| encoder.encode(&batch));
                self.encoder = Some(encoder);
                encoded
            }
        };
        let bytes = buffers.map(|buffers| {
            buffers.iter().fold(Vec::new(), |mut bytes, buffer| {
                bytes.extend_from_slice(buffer.as_slice());
                bytes
            })
        });
        let bytes = bytes.map_err(|fault| SqlError::of(&fault.into(), &self.contract));
        Some(bytes.and_then(|bytes| at_most(Measure::Part, bytes.len(), PART_BYTES).map(|()| bytes)))
    }

    /// All rows as values.
    pub(super) async fn collect(&mut self, as_of: Option<NaiveDate>) -> std::result::Result<Answer, SqlError> {
        let kinds: Vec<ColumnType> = self.columns.iter().map(|column| column.kind).collect();
        let mut rows = Vec::new();
        while let Some(batch) = self.batch().await {
            rows::append(&batch?, &kinds, &mut rows).map_err(|fault| SqlError::of(&fault.into(), &self.contract))?;
        }
        Ok(Answer { columns: self.columns.clone(), rows, generation: 0, as_of, truncated: self.truncated })
    }

    /// The next batch, within the rows that may be given.
    async fn batch(&mut self) -> Option<std::result::Result<RecordBatch, SqlError>> {
        if self.truncated {
            return None;
        }
        let batch = match self.stream.next().await? {
            Ok(batch) => batch,
            Err(fault) => return Some(Err(SqlError::of(&fault, &self.contract))),
        };
        let room = self.most - self.rows;
        self.truncated = batch.num_rows() > room;
        let batch = if self.truncated { batch.slice(0, room) } else { batch };
        self.rows += batch.num_rows();
        Some(Ok(if self.hides_paths { self.paths.hidden_in(&batch) } else { batch }))
    }
}

/// Titles and units come from the contract when a column kept its published name.
fn columns(schema: &Schema, contract: &Contract) -> Vec<AnswerColumn> {
    let column = |field: &Arc<Field>| {
        let kind = column_type(field.data_type()).unwrap_or(ColumnType::Text);
        let known = contract.tables.iter().find_map(|table| table.column(field.name()).filter(|column| column.kind == kind));
        AnswerColumn {
            name: field.name().clone(),
            kind,
            title: known.map_or_else(|| field.name().clone(), |column| column.title.clone()),
            unit: known.map_or_else(String::new, |column| column.unit.clone()),
        }
    };
    schema.fields().iter().map(column).collect()
}

/// The types that every tool reads: plain strings for string views. Titles and units go along as metadata.
fn plain_schema(schema: &Schema, columns: &[AnswerColumn]) -> SchemaRef {
    let field = |(field, column): (&Arc<Field>, &AnswerColumn)| {
        let kind = match field.data_type() {
            DataType::Utf8View => DataType::Utf8,
            DataType::BinaryView => DataType::Binary,
            other => other.clone(),
        };
        let words = [("title".to_owned(), column.title.clone()), ("unit".to_owned(), column.unit.clone())];
        Field::new(field.name(), kind, true).with_metadata(words.into())
    };
    Arc::new(Schema::new(schema.fields().iter().zip(columns).map(field).collect::<Vec<_>>()))
}

fn plain(batch: &RecordBatch, schema: &SchemaRef) -> std::result::Result<RecordBatch, datafusion::arrow::error::ArrowError> {
    let columns: std::result::Result<Vec<ArrayRef>, _> =
        batch.columns().iter().zip(schema.fields()).map(|(column, field)| cast(column, field.data_type())).collect();
    let options = datafusion::arrow::array::RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
    RecordBatch::try_new_with_options(Arc::clone(schema), columns?, &options)
}

/// Where files lie on the server, which EXPLAIN would name (路径隐藏).
#[derive(Debug, Clone, Default)]
pub(super) struct Paths {
    folders: Vec<String>,
}

impl Paths {
    pub(super) fn of<'p>(parts: impl Iterator<Item = &'p PathBuf>) -> Self {
        let folders = parts.filter_map(|part| part.parent()?.parent());
        let names: BTreeSet<String> = folders.map(|folder| folder.to_string_lossy().trim_start_matches('/').to_owned()).collect();
        Self { folders: names.into_iter().filter(|folder| !folder.is_empty()).collect() }
    }

    pub(super) fn hide(&self, text: &str) -> String {
        self.folders.iter().fold(text.to_owned(), |text, folder| text.replace(folder.as_str(), "…"))
    }

    fn hidden_in(&self, batch: &RecordBatch) -> RecordBatch {
        let columns = batch.columns().iter().map(|column| match column.data_type() {
            DataType::Utf8 => {
                let texts = column.as_string::<i32>().iter().map(|text| text.map(|text| self.hide(text)));
                Arc::new(texts.collect::<StringArray>()) as ArrayRef
            }
            _ => Arc::clone(column),
        });
        // The types are as before, so this cannot fail; were it to, nothing is shown rather than a path.
        RecordBatch::try_new(batch.schema(), columns.collect()).unwrap_or_else(|_| RecordBatch::new_empty(batch.schema()))
    }
}
