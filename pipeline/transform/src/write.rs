//! Writing one part of a published table: Parquet, in row groups, exactly by the contract.

use std::fs::File;
use std::io::BufWriter;
use std::path::PathBuf;

use polars::io::parquet::write::BatchedWriter;
use polars::prelude::*;
use qunlian_domain::contract::{ColumnType, Table};

use crate::error::{InStep, TransformError};
use crate::marts::stacked;

/// Rows of a row group: large enough to compress, small enough to skip.
pub(crate) const GROUP_ROWS: usize = 131_072;

/// The polars type of a published column.
pub(crate) fn dtype(kind: ColumnType) -> DataType {
    match kind {
        ColumnType::Text => DataType::String,
        ColumnType::Int => DataType::Int64,
        ColumnType::Decimal => DataType::Float64,
        ColumnType::Date => DataType::Date,
        ColumnType::Bool => DataType::Boolean,
    }
}

/// The polars schema of a published table.
pub(crate) fn schema(table: &Table) -> Schema {
    table.columns.iter().map(|column| Field::new(column.name.as_str().into(), dtype(column.kind))).collect()
}

/// A part being written. Rows are gathered into row groups.
pub(crate) struct PartWriter {
    table: Table,
    writer: BatchedWriter<BufWriter<File>>,
    pending: Vec<DataFrame>,
    pending_rows: usize,
    rows: u64,
}

impl PartWriter {
    /// Creates the part's file.
    pub(crate) fn create(path: PathBuf, table: &Table) -> Result<Self, TransformError> {
        let file = match File::create(&path) {
            Ok(file) => file,
            Err(source) => return Err(TransformError::Io { path, source }),
        };
        let writer = ParquetWriter::new(BufWriter::with_capacity(1 << 20, file))
            .with_compression(ParquetCompression::Snappy)
            .with_statistics(StatisticsOptions { distinct_count: false, ..StatisticsOptions::default() })
            .set_parallel(true)
            .batched(&schema(table))
            .in_step("open a part")?;
        Ok(Self { table: table.clone(), writer, pending: Vec::new(), pending_rows: 0, rows: 0 })
    }

    /// Adds rows; columns are put in the contract's order and must have its types.
    pub(crate) fn push(&mut self, rows: DataFrame) -> Result<(), TransformError> {
        if rows.height() == 0 {
            return Ok(());
        }
        let rows = self.by_contract(rows)?;
        self.pending_rows += rows.height();
        self.pending.push(rows);
        if self.pending_rows >= GROUP_ROWS {
            self.flush()?;
        }
        Ok(())
    }

    /// Writes the footer. Returns the part's rows.
    pub(crate) fn finish(mut self) -> Result<u64, TransformError> {
        self.flush()?;
        self.writer.finish().in_step("close a part")?;
        Ok(self.rows)
    }

    fn by_contract(&self, rows: DataFrame) -> Result<DataFrame, TransformError> {
        let fault = |column: &str| TransformError::Contract { table: self.table.name.clone(), column: column.to_owned() };
        let mut columns = Vec::with_capacity(self.table.columns.len());
        for wanted in &self.table.columns {
            let column = rows.column(&wanted.name).map_err(|_| fault(&wanted.name))?;
            if *column.dtype() != dtype(wanted.kind) {
                return Err(fault(&wanted.name));
            }
            columns.push(column.clone());
        }
        DataFrame::new(rows.height(), columns).in_step("order columns")
    }

    fn flush(&mut self) -> Result<(), TransformError> {
        let Some(group) = stacked(std::mem::take(&mut self.pending)).in_step("gather rows")? else { return Ok(()) };
        self.rows += group.height() as u64;
        self.pending_rows = 0;
        self.writer.write_batch(&group).in_step("write rows")
    }
}
