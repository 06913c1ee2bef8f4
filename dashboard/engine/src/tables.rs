//! Parquet parts as tables: explicit schema from the contract, small ones in memory, large ones on disk.

use std::collections::BTreeSet;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use datafusion::arrow::array::{Array, AsArray, RecordBatch};
use datafusion::arrow::compute::concat_batches;
use datafusion::arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use datafusion::catalog::TableProvider;
use datafusion::datasource::MemTable;
use datafusion::datasource::file_format::parquet::ParquetFormat;
use datafusion::datasource::listing::{ListingOptions, ListingTable, ListingTableConfig, ListingTableUrl};
use datafusion::functions::expr_fn::{concat, right};
use datafusion::logical_expr::{Expr, col, lit, when};
use datafusion::parquet::arrow::arrow_reader::{ArrowReaderOptions, ParquetRecordBatchReaderBuilder};
use datafusion::prelude::{DataFrame, SessionContext};
use qunlian_domain::contract::{Column, ColumnType, Contract, Table};

use crate::cut;
use crate::error::EngineError;
use crate::files::{TableFiles, file_address};

/// Tables whose parts are smaller than this together are held in memory: a few milliseconds to load, and
/// every later question is spared opening files. Parquet grows about sixfold in memory.
const IN_MEMORY_BYTES: u64 = 4 << 20;

/// Registers every published table of a generation under its name. `projects` is the masked view:
/// what is confidential (涉密) is code-named before any SQL can see it.
pub(crate) async fn register(context: &SessionContext, contract: &Contract, files: &TableFiles) -> Result<(), EngineError> {
    add(context, published_tables(context, contract, files).await?)
}

/// Registers every table as it lies in the files, for checks.
pub(crate) fn register_unmasked(context: &SessionContext, contract: &Contract, files: &TableFiles) -> Result<(), EngineError> {
    add(context, stored_tables(contract, files)?)
}

/// Every published table, code-named.
pub(crate) async fn published_tables(
    context: &SessionContext,
    contract: &Contract,
    files: &TableFiles,
) -> Result<Vec<Opened>, EngineError> {
    let secrets = secrets(context, contract, files).await?;
    let mut tables = Vec::with_capacity(contract.tables.len());
    for table in &contract.tables {
        // The table that the ids are from says it row by row.
        let others = if table.name == PROJECTS { &Secrets::new() } else { &secrets };
        tables.push((table.name.clone(), published(context, table, files.parts(&table.name), others).await?));
    }
    Ok(tables)
}

/// The projects (项目编号) that are confidential in a generation: whatever else tells of them is code-named too.
pub(crate) type Secrets = BTreeSet<String>;

/// The table that says which projects are confidential.
pub(crate) const PROJECTS: &str = "projects";
const PROJECT: &str = "project_id";

/// Reads which projects of a generation are confidential.
pub(crate) async fn secrets(context: &SessionContext, contract: &Contract, files: &TableFiles) -> Result<Secrets, EngineError> {
    let parts = files.parts(PROJECTS);
    let Some(table) = contract.table(PROJECTS).filter(|_| !parts.is_empty()) else { return Ok(Secrets::new()) };
    let stored = on_disk(table, parts)?;
    let read = async {
        let rows = context.read_table(stored)?;
        rows.filter(col(CONFIDENTIAL).is_true())?.select_columns(&[PROJECT])?.collect().await
    };
    let batches = read.await.map_err(|fault| EngineError::table(PROJECTS, &fault))?;
    let ids = batches.iter().filter_map(|batch| batch.column(0).as_string_view_opt());
    Ok(ids.flat_map(|ids| ids.iter().flatten().map(str::to_owned)).collect())
}

/// Every table as it lies in the files.
pub(crate) fn stored_tables(contract: &Contract, files: &TableFiles) -> Result<Vec<Opened>, EngineError> {
    contract.tables.iter().map(|table| Ok((table.name.clone(), stored(table, files.parts(&table.name))?))).collect()
}

/// A table's name and its rows.
pub(crate) type Opened = (String, Arc<dyn TableProvider>);

fn add(context: &SessionContext, tables: Vec<Opened>) -> Result<(), EngineError> {
    for (name, provider) in tables {
        context.register_table(name.as_str(), provider).map_err(|fault| EngineError::table(&name, &fault))?;
    }
    Ok(())
}

async fn published(
    context: &SessionContext,
    table: &Table,
    parts: &[PathBuf],
    secrets: &Secrets,
) -> Result<Arc<dyn TableProvider>, EngineError> {
    let stored = stored(table, parts)?;
    if table.column(CONFIDENTIAL).is_none() {
        return Ok(stored);
    }
    let masked = context
        .read_table(Arc::clone(&stored))
        .and_then(|rows| mask(rows, table, secrets))
        .map_err(|fault| EngineError::table(&table.name, &fault))?;
    if !is_small(table, parts)? {
        return Ok(masked.into_view());
    }
    let batches = masked.collect().await.map_err(|fault| EngineError::table(&table.name, &fault))?;
    in_memory(table, &batches)
}

fn stored(table: &Table, parts: &[PathBuf]) -> Result<Arc<dyn TableProvider>, EngineError> {
    if is_small(table, parts)? {
        let mut batches = Vec::new();
        for part in parts {
            read_part(table, part, &mut batches)?;
        }
        return in_memory(table, &batches);
    }
    on_disk(table, parts)
}

fn is_small(table: &Table, parts: &[PathBuf]) -> Result<bool, EngineError> {
    let mut bytes = 0;
    for part in parts {
        bytes += std::fs::metadata(part).map_err(|fault| file_fault(table, part, &fault))?.len();
    }
    Ok(bytes <= IN_MEMORY_BYTES)
}

/// The Arrow schema of a published table: text is a string view, money and counts are 64-bit integers.
pub(crate) fn schema_of(table: &Table) -> SchemaRef {
    let fields: Vec<Field> = table.columns.iter().map(|column| Field::new(&column.name, arrow_type(column.kind), true)).collect();
    Arc::new(Schema::new(fields))
}

/// The Arrow type of a column type.
pub(crate) fn arrow_type(kind: ColumnType) -> DataType {
    match kind {
        ColumnType::Text => DataType::Utf8View,
        ColumnType::Int => DataType::Int64,
        ColumnType::Decimal => DataType::Float64,
        ColumnType::Date => DataType::Date32,
        ColumnType::Bool => DataType::Boolean,
    }
}

fn read_part(table: &Table, part: &Path, batches: &mut Vec<RecordBatch>) -> Result<(), EngineError> {
    let file = File::open(part).map_err(|fault| file_fault(table, part, &fault))?;
    let options = ArrowReaderOptions::new().with_schema(schema_of(table));
    let builder = ParquetRecordBatchReaderBuilder::try_new_with_options(file, options).map_err(|fault| file_fault(table, part, &fault))?;
    let reader = builder.build().map_err(|fault| file_fault(table, part, &fault))?;
    for batch in reader {
        batches.push(batch.map_err(|fault| file_fault(table, part, &fault))?);
    }
    Ok(())
}

fn in_memory(table: &Table, batches: &[RecordBatch]) -> Result<Arc<dyn TableProvider>, EngineError> {
    let schema = schema_of(table);
    let fault = |fault: datafusion::error::DataFusionError| EngineError::table(&table.name, &fault);
    let whole = concat_batches(&schema, batches).map_err(|error| fault(error.into()))?;
    let compact = compacted(&whole).map_err(|error| fault(error.into()))?;
    let provider = MemTable::try_new(schema, vec![vec![compact]]).map_err(fault)?;
    Ok(Arc::new(provider))
}

/// String views keep whole Parquet pages alive; copying the strings together gives that memory back.
fn compacted(batch: &RecordBatch) -> Result<RecordBatch, datafusion::arrow::error::ArrowError> {
    let columns = batch.columns().iter().map(|column| match column.as_string_view_opt() {
        Some(texts) => Arc::new(texts.gc()) as Arc<dyn Array>,
        None => Arc::clone(column),
    });
    RecordBatch::try_new(batch.schema(), columns.collect())
}

pub(crate) fn on_disk(table: &Table, parts: &[PathBuf]) -> Result<Arc<dyn TableProvider>, EngineError> {
    let fault = |fault: datafusion::error::DataFusionError| EngineError::table(&table.name, &fault);
    let mut addresses = Vec::with_capacity(parts.len());
    for part in parts {
        let address = file_address(part).map_err(|error| file_fault(table, part, &error))?;
        addresses.push(ListingTableUrl::parse(address).map_err(fault)?);
    }
    // A published folder never changes, so DataFusion may remember footers and statistics for ever.
    let options = ListingOptions::new(Arc::new(ParquetFormat::default())).with_file_extension("");
    let config = ListingTableConfig::new_with_multi_paths(addresses).with_listing_options(options).with_schema(schema_of(table));
    Ok(Arc::new(ListingTable::try_new(config).map_err(fault)?))
}

pub(crate) fn file_fault(table: &Table, part: &Path, fault: &dyn std::fmt::Display) -> EngineError {
    let file = part.file_name().map_or_else(|| part.display().to_string(), |name| name.to_string_lossy().into_owned());
    EngineError::File { table: table.name.clone(), file, fault: fault.to_string() }
}

pub(crate) const CONFIDENTIAL: &str = "confidential";
/// What tells who or where a confidential project is. Its name becomes a code name.
const HIDDEN: [&str; 11] = [
    "content",
    "address",
    "investor",
    "investor_address",
    "credit_code",
    "chain_evidence",
    "region_evidence",
    "region_conflict",
    // What the books tell of a filing's changes and of the judgement on an objection.
    "before",
    "after",
    "judgement",
];

/// Code-names confidential projects (domain rule 20): those whose rows say so, and `secrets`.
pub(crate) fn mask(rows: DataFrame, table: &Table, secrets: &Secrets) -> datafusion::error::Result<DataFrame> {
    let flagged = col(CONFIDENTIAL).is_true();
    let secret = match table.column(PROJECT) {
        Some(_) if !secrets.is_empty() => flagged.or(cut::is_one_of(PROJECT, secrets)),
        _ => flagged,
    };
    let mut columns = Vec::with_capacity(table.columns.len());
    for column in &table.columns {
        columns.push(masked_column(column, &secret)?);
    }
    rows.select(columns)
}

fn masked_column(column: &Column, secret: &Expr) -> datafusion::error::Result<Expr> {
    let (plain, secret) = (col(column.name.as_str()), secret.clone());
    let shown = match column.name.as_str() {
        "name" => when(secret, concat(vec![lit("涉密项目"), right(col(PROJECT), lit(4i64))])).otherwise(plain)?,
        CONFIDENTIAL => return Ok(when(secret, lit(true)).otherwise(plain)?.alias(CONFIDENTIAL)),
        name if HIDDEN.contains(&name) => when(secret.and(plain.clone().is_not_null()), lit("涉密")).otherwise(plain)?,
        _ => return Ok(plain),
    };
    Ok(datafusion::logical_expr::cast(shown, DataType::Utf8View).alias(column.name.as_str()))
}
