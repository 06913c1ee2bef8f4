//! Parquet files and Arrow streams for analysts' own tools.

use std::io::Write;
use std::sync::{Arc, Mutex, PoisonError};

use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::arrow::ipc::writer::StreamWriter;
use datafusion::parquet::arrow::ArrowWriter;
use datafusion::parquet::basic::Compression;
use datafusion::parquet::file::properties::WriterProperties;
use qunlian_queries::{Answer, AskError};

use super::failed;
use crate::rows::batch;

/// Rows of a row group of a file that is made while it is sent: so much is held in memory.
const GROUP_ROWS: usize = 65_536;

pub(super) fn write_parquet(answer: &Answer) -> Result<Vec<u8>, AskError> {
    let batch = batch(answer).map_err(|fault| failed(&fault))?;
    let mut rows = ParquetRows::new(batch.schema())?;
    rows.push(&batch)?;
    rows.finish()
}

pub(super) fn write_stream(answer: &Answer) -> Result<Vec<u8>, AskError> {
    let batch = batch(answer).map_err(|fault| failed(&fault))?;
    let mut writer = StreamWriter::try_new(Vec::new(), &batch.schema()).map_err(|fault| failed(&fault))?;
    writer.write(&batch).map_err(|fault| failed(&fault))?;
    writer.into_inner().map_err(|fault| failed(&fault))
}

/// Batches as they come, in row groups.
pub(super) struct ParquetRows {
    writer: ArrowWriter<Drain>,
    drain: Drain,
}

impl ParquetRows {
    pub(super) fn new(schema: SchemaRef) -> Result<Self, AskError> {
        let drain = Drain::default();
        let properties =
            WriterProperties::builder().set_compression(Compression::SNAPPY).set_max_row_group_row_count(Some(GROUP_ROWS)).build();
        let writer = ArrowWriter::try_new(drain.clone(), schema, Some(properties)).map_err(|fault| failed(&fault))?;
        Ok(Self { writer, drain })
    }

    pub(super) fn push(&mut self, batch: &RecordBatch) -> Result<(), AskError> {
        self.writer.write(batch).map_err(|fault| failed(&fault))
    }

    /// What has been written since the last call.
    pub(super) fn take(&self) -> Vec<u8> {
        self.drain.take()
    }

    /// The rest of the file.
    pub(super) fn finish(self) -> Result<Vec<u8>, AskError> {
        self.writer.close().map_err(|fault| failed(&fault))?;
        Ok(self.drain.take())
    }
}

/// A writer whose bytes are taken out as they come.
#[derive(Clone, Default)]
struct Drain(Arc<Mutex<Vec<u8>>>);

impl Drain {
    fn take(&self) -> Vec<u8> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Write for Drain {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
