//! Arrow IPC streams read back as they come: what a statement's process wrote.

use std::collections::VecDeque;

use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::buffer::Buffer;
use datafusion::arrow::ipc::reader::StreamDecoder;
use qunlian_domain::contract::ColumnType;
use qunlian_queries::{AnswerColumn, AskError, Value};

use crate::rows;

/// Rows that are values at once.
const FEW: usize = 512;

/// Reads one stream, part by part.
pub struct IpcReader {
    decoder: StreamDecoder,
    kinds: Vec<ColumnType>,
    /// What has come and is not taken, and how many rows of the first of them are.
    waiting: VecDeque<RecordBatch>,
    taken: usize,
}

impl IpcReader {
    /// A reader of rows with these columns.
    pub fn new(columns: &[AnswerColumn]) -> Self {
        let kinds = columns.iter().map(|column| column.kind).collect();
        Self { decoder: StreamDecoder::new(), kinds, waiting: VecDeque::new(), taken: 0 }
    }

    /// Takes in bytes, whose rows are given by [`IpcReader::few`].
    ///
    /// # Errors
    /// The stream is broken.
    pub fn put(&mut self, part: Vec<u8>) -> Result<(), AskError> {
        let batches = self.batches(part)?;
        self.waiting.extend(batches);
        Ok(())
    }

    /// The next rows, few at a time: as values they take several times the memory of their batch. None when more bytes are
    /// needed.
    ///
    /// # Errors
    /// A value cannot be shown.
    pub fn few(&mut self) -> Result<Option<Vec<Vec<Value>>>, AskError> {
        let Some(batch) = self.waiting.front() else { return Ok(None) };
        let few = batch.slice(self.taken, FEW.min(batch.num_rows() - self.taken));
        self.taken += few.num_rows();
        if self.taken == batch.num_rows() {
            self.waiting.pop_front();
            self.taken = 0;
        }
        let mut rows = Vec::new();
        rows::append(&few, &self.kinds, &mut rows).map_err(|fault| broken(&fault))?;
        Ok(Some(rows))
    }

    /// All rows that these bytes complete.
    ///
    /// # Errors
    /// The stream is broken, or a value cannot be shown.
    pub fn rows(&mut self, part: Vec<u8>) -> Result<Vec<Vec<Value>>, AskError> {
        let mut rows = Vec::new();
        self.few_rows(part, |few| {
            rows.extend(few);
            Ok(())
        })?;
        Ok(rows)
    }

    /// Hands on the rows that these bytes complete, few at a time.
    ///
    /// # Errors
    /// The stream is broken, or what `take` says.
    pub(crate) fn few_rows(
        &mut self,
        part: Vec<u8>,
        mut take: impl FnMut(Vec<Vec<Value>>) -> Result<(), AskError>,
    ) -> Result<(), AskError> {
        self.put(part)?;
        while let Some(few) = self.few()? {
            take(few)?;
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
