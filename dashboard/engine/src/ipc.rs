//! Arrow IPC streams read back as they come: what a statement's process wrote.

use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::buffer::Buffer;
use datafusion::arrow::ipc::reader::StreamDecoder;
use qunlian_domain::contract::ColumnType;
use qunlian_queries::{AnswerColumn, AskError, Value};

use crate::rows;

/// Rows that are values at once while a file is written.
const FEW: usize = 512;

/// Reads one stream, part by part.
pub struct IpcReader {
    decoder: StreamDecoder,
    kinds: Vec<ColumnType>,
}

impl IpcReader {
    /// A reader of rows with these columns.
    pub fn new(columns: &[AnswerColumn]) -> Self {
        Self { decoder: StreamDecoder::new(), kinds: columns.iter().map(|column| column.kind).collect() }
    }

    /// The rows that these bytes complete.
    ///
    /// # Errors
    /// The stream is broken.
    pub fn rows(&mut self, part: Vec<u8>) -> Result<Vec<Vec<Value>>, AskError> {
        let mut rows = Vec::new();
        for batch in self.batches(part)? {
            rows::append(&batch, &self.kinds, &mut rows).map_err(|fault| broken(&fault))?;
        }
        Ok(rows)
    }

    /// Hands on the rows that these bytes complete, few at a time: as values they take several times the memory of their batch.
    ///
    /// # Errors
    /// The stream is broken, or what `take` says.
    pub(crate) fn few_rows(
        &mut self,
        part: Vec<u8>,
        mut take: impl FnMut(Vec<Vec<Value>>) -> Result<(), AskError>,
    ) -> Result<(), AskError> {
        for batch in self.batches(part)? {
            for begin in (0..batch.num_rows()).step_by(FEW) {
                let mut rows = Vec::new();
                let few = batch.slice(begin, FEW.min(batch.num_rows() - begin));
                rows::append(&few, &self.kinds, &mut rows).map_err(|fault| broken(&fault))?;
                take(rows)?;
            }
        }
        Ok(())
    }

    /// The types of the columns by their names, as outlines tell them; none before the stream's head was read.
    pub fn types(&self) -> Option<Vec<String>> {
        let schema = self.decoder.schema()?;
        Some(schema.fields().iter().map(|field| field.data_type().to_string()).collect())
    }

    /// The batches that these bytes complete.
    pub(crate) fn batches(&mut self, part: Vec<u8>) -> Result<Vec<RecordBatch>, AskError> {
        let mut buffer = Buffer::from_vec(part);
        let mut batches = Vec::new();
        while !buffer.is_empty() {
            match self.decoder.decode(&mut buffer).map_err(|fault| broken(&fault))? {
                Some(batch) => batches.push(batch),
                None => break,
            }
        }
        Ok(batches)
    }
}

fn broken(fault: &dyn std::fmt::Display) -> AskError {
    AskError::Engine(format!("the answer cannot be read: {fault}"))
}
