//! Parquet files and Arrow streams for analysts' own tools.

use datafusion::arrow::ipc::writer::StreamWriter;
use datafusion::parquet::arrow::ArrowWriter;
use qunlian_queries::{Answer, AskError};

use super::failed;
use crate::rows::batch;

pub(super) fn write_parquet(answer: &Answer) -> Result<Vec<u8>, AskError> {
    let batch = batch(answer).map_err(|fault| failed(&fault))?;
    let mut writer = ArrowWriter::try_new(Vec::new(), batch.schema(), None).map_err(|fault| failed(&fault))?;
    writer.write(&batch).map_err(|fault| failed(&fault))?;
    writer.into_inner().map_err(|fault| failed(&fault))
}

pub(super) fn write_stream(answer: &Answer) -> Result<Vec<u8>, AskError> {
    let batch = batch(answer).map_err(|fault| failed(&fault))?;
    let mut writer = StreamWriter::try_new(Vec::new(), &batch.schema()).map_err(|fault| failed(&fault))?;
    writer.write(&batch).map_err(|fault| failed(&fault))?;
    writer.into_inner().map_err(|fault| failed(&fault))
}
