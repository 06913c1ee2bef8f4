//! A statement under way: its rows as Arrow IPC bytes or as values, and what it used.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

use chrono::NaiveDate;
use datafusion::arrow::array::{Array, ArrayRef, AsArray, RecordBatch, StringArray};
use datafusion::arrow::buffer::Buffer;
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use datafusion::arrow::error::ArrowError;
use datafusion::arrow::ipc::writer::StreamEncoder;
use datafusion::error::Result;
use datafusion::execution::SendableRecordBatchStream;
use datafusion::execution::memory_pool::MemoryPool;
use datafusion::logical_expr::LogicalPlan;
use datafusion::physical_plan::{ExecutionPlan, execute_stream};
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
    meter: Meter,
    paths: Paths,
    hides_paths: bool,
    most: usize,
    rows: usize,
    truncated: bool,
}

/// Bytes of rows that leave the engine at once. Whoever reads them holds them in memory: a few cells of a hundred MiB each
/// must not become somebody else's trouble.
const PART_BYTES: usize = 32 << 20;
/// Bytes of one batch as it leaves: clients over the network take no greater messages than some MiB (gRPC in Go 4, ADBC 16).
const BATCH_BYTES: usize = 2 << 20;

/// Looks at what a statement that runs has used.
#[derive(Clone)]
pub struct Meter {
    memory: Arc<dyn MemoryPool>,
    plan: Arc<dyn ExecutionPlan>,
}

impl Meter {
    /// Bytes of working memory now.
    pub fn memory(&self) -> u64 {
        self.memory.reserved() as u64
    }

    /// Rows that its tables have given so far, after the filters within the readers of files.
    pub fn read(&self) -> u64 {
        read(&self.plan)
    }
}

fn read(plan: &Arc<dyn ExecutionPlan>) -> u64 {
    let children = plan.children();
    if children.is_empty() {
        let rows = plan.metrics().and_then(|metrics| metrics.output_rows());
        return rows.map_or(0, |rows| rows as u64);
    }
    children.into_iter().map(read).sum()
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
        let stream = execute_stream(Arc::clone(&plan), state.task_ctx())?;
        Ok(Self {
            columns,
            schema,
            stream,
            encoder,
            contract: contract.clone(),
            meter: Meter { memory, plan },
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
        self.meter.clone()
    }

    /// The next bytes of one Arrow IPC stream; `None` after its end mark.
    pub async fn next(&mut self) -> Option<std::result::Result<Vec<u8>, SqlError>> {
        let mut encoder = self.encoder.take()?;
        let buffers = match self.batch().await {
            None => encoder.finish(),
            Some(Err(fault)) => return Some(Err(fault)),
            Some(Ok(batch)) => {
                let encoded = plain(&batch, &self.schema).and_then(|batch| encode(&mut encoder, &batch));
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
        let known = contract.column_like(field.name(), kind);
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

fn plain(batch: &RecordBatch, schema: &SchemaRef) -> std::result::Result<RecordBatch, ArrowError> {
    let columns: std::result::Result<Vec<ArrayRef>, _> =
        batch.columns().iter().zip(schema.fields()).map(|(column, field)| cast(column, field.data_type())).collect();
    let options = datafusion::arrow::array::RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
    RecordBatch::try_new_with_options(Arc::clone(schema), columns?, &options)
}

/// One batch as one or more messages.
fn encode(encoder: &mut StreamEncoder, batch: &RecordBatch) -> std::result::Result<Vec<Buffer>, ArrowError> {
    let mut buffers = Vec::new();
    for piece in pieces(batch, BATCH_BYTES) {
        buffers.extend(encoder.encode(&piece)?);
    }
    Ok(buffers)
}

/// Equal numbers of rows, so that each piece has about `most` bytes if the rows are alike.
fn pieces(batch: &RecordBatch, most: usize) -> Vec<RecordBatch> {
    let size = |column: &ArrayRef| column.to_data().get_slice_memory_size().unwrap_or_else(|_| column.get_buffer_memory_size());
    let bytes: usize = batch.columns().iter().map(size).sum();
    let rows = batch.num_rows();
    let step = rows.div_ceil(bytes.div_ceil(most).max(1)).max(1);
    (0..rows.max(1)).step_by(step).map(|from| batch.slice(from, step.min(rows - from))).collect()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn great_batches_leave_in_pieces() {
        let text = |rows: usize| -> ArrayRef { Arc::new(StringArray::from_iter_values((0..rows).map(|row| format!("{row:0>100}")))) };
        let batch = RecordBatch::try_from_iter([("text", text(1_000))]).unwrap();
        // 1,000 texts of 100 bytes and 1,001 offsets of 4: 104,004 bytes, in pieces of at most 20,000 are six of 167 rows.
        let rows = |batch: &RecordBatch, most| pieces(batch, most).iter().map(RecordBatch::num_rows).collect::<Vec<_>>();
        assert_eq!(rows(&batch, 20_000), [167, 167, 167, 167, 167, 165]);
        assert_eq!(rows(&batch, 1 << 20), [1_000]);
        assert_eq!(rows(&batch.slice(0, 10), 20_000), [10], "what a slice leaves out does not count");
        assert_eq!(rows(&batch.slice(0, 0), 20_000), [0], "an empty one still brings its columns");
        assert_eq!(rows(&batch.slice(0, 2), 1), [1, 1]);
    }
}
