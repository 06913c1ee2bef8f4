//! The tables as their readers may have them (数据范围落盘), written once per generation and scope.
//!
//! A filter in a view leaks: errors in a value, EXPLAIN and statistics of files tell of rows that it hides. So free SQL
//! runs over files that hold nothing else. Parts that hold only rows for the scope, none of them confidential, are the
//! published ones by another name (hard links); the others are copied, row by row cut and code-named.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::NaiveDate;
use datafusion::execution::context::SessionContext;
use datafusion::parquet::arrow::ArrowWriter;
use datafusion::parquet::arrow::arrow_reader::ArrowReaderMetadata;
use datafusion::parquet::basic::Compression;
use datafusion::parquet::file::metadata::{ParquetMetaData, RowGroupMetaData};
use datafusion::parquet::file::properties::WriterProperties;
use datafusion::parquet::file::statistics::Statistics;
use futures::StreamExt;
use qunlian_domain::access::RowScope;
use qunlian_domain::contract::{Contract, RowsOf, Table};
use qunlian_queries::Generation;
use serde_json::{Value, json};

use crate::cut;
use crate::error::EngineError;
use crate::files::TableFiles;
use crate::rules::Rules;
use crate::session::{Bounds, context};
use crate::tables::{self, CONFIDENTIAL, Secrets, file_fault};

/// The list of a folder's tables.
const LIST: &str = "tables.json";
/// Rows of a row group, as in published parts.
const GROUP_ROWS: usize = 131_072;
/// Bytes that one copy may use.
const MEMORY: usize = 512 << 20;

/// Writes the tables of a generation into an empty folder, for readers of `scope`. What is confidential `today`, in the
/// generation being served, is code-named in an earlier one too.
///
/// # Errors
/// A part that cannot be read, or a file that cannot be written.
pub async fn write_scope(
    files: &TableFiles,
    today: &TableFiles,
    contract: &Contract,
    rules: &Rules,
    scope: &RowScope,
    folder: &Path,
) -> Result<TableFiles, EngineError> {
    let session = context(&Arc::new(rules.clone()), Bounds { partitions: 1, memory: MEMORY, spill: 0 })?;
    let then = tables::secrets(&session, contract, files).await?;
    let now =
        if today.generation.number == files.generation.number { then.clone() } else { tables::secrets(&session, contract, today).await? };
    let unflagged: Secrets = now.difference(&then).cloned().collect();
    let mut written = TableFiles { tables: Vec::new(), ..files.clone() };
    written.generation.rows.clear();
    for table in &contract.tables {
        let readers = Readers { scope, secrets: if table.name == tables::PROJECTS { &unflagged } else { &now } };
        let own = folder.join(&table.name);
        fs::create_dir_all(&own).map_err(|fault| file_fault(table, &own, &fault))?;
        let mut parts = Vec::new();
        let mut rows = 0;
        for part in files.parts(&table.name) {
            let to = own.join(part_name(parts.len()));
            let kept = bring(&session, table, part, &readers, &to).await?;
            rows += kept;
            // Without rows nothing was made, and the name is free for the next.
            if kept > 0 {
                parts.push(to);
            }
        }
        written.generation.rows.push((table.name.clone(), rows));
        written.tables.push((table.name.clone(), parts));
    }
    let list = folder.join(LIST);
    fs::write(&list, listed(&written).to_string()).map_err(|fault| EngineError::Start(format!("write {}: {fault}", list.display())))?;
    Ok(written)
}

/// Reads what [`write_scope`] wrote, wherever the folder lies now.
///
/// # Errors
/// The list is missing or not ours.
pub fn read_scope(folder: &Path) -> Result<TableFiles, EngineError> {
    let list = folder.join(LIST);
    let text = fs::read_to_string(&list).map_err(|fault| EngineError::Start(format!("read {}: {fault}", list.display())))?;
    let value: Value = serde_json::from_str(&text).map_err(|fault| EngineError::Start(format!("{}: {fault}", list.display())))?;
    unlisted(&value, folder).ok_or_else(|| EngineError::Start(format!("{}: not a list of tables", list.display())))
}

/// For whom a table is written.
struct Readers<'r> {
    scope: &'r RowScope,
    /// Confidential projects whose rows need not say so.
    secrets: &'r Secrets,
}

/// What becomes of a part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Whole,
    Nothing,
    Copy,
}

/// Brings a part's rows for the scope to `to`; returns how many there are.
async fn bring(session: &SessionContext, table: &Table, part: &Path, readers: &Readers<'_>, to: &Path) -> Result<u64, EngineError> {
    let file = File::open(part).map_err(|fault| file_fault(table, part, &fault))?;
    let meta = ArrowReaderMetadata::load(&file, Default::default()).map_err(|fault| file_fault(table, part, &fault))?;
    match verdict(table, meta.metadata(), readers) {
        Verdict::Nothing => Ok(0),
        Verdict::Whole => {
            let rows = u64::try_from(meta.metadata().file_metadata().num_rows()).unwrap_or(0);
            if rows > 0 {
                share(part, to).map_err(|fault| file_fault(table, to, &fault))?;
            }
            Ok(rows)
        }
        Verdict::Copy => copy(session, table, part, readers, to).await,
    }
}

/// The published part by another name; on another disk, which has no hard links to this one, a copy. A name that is taken
/// is never written to: it may be a published part.
fn share(part: &Path, to: &Path) -> std::io::Result<()> {
    match fs::hard_link(part, to) {
        Err(fault) if fault.kind() == std::io::ErrorKind::CrossesDevices => {
            std::io::copy(&mut File::open(part)?, &mut File::create_new(to)?).map(drop)
        }
        linked => linked,
    }
}

fn part_name(number: usize) -> String {
    format!("part-{number}.parquet")
}

fn verdict(table: &Table, meta: &ParquetMetaData, readers: &Readers<'_>) -> Verdict {
    let rows = match (table.rows_of(), readers.scope) {
        (RowsOf::Everybody, _) | (_, RowScope::City) => Verdict::Whole,
        (_, RowScope::Nothing) | (RowsOf::City, RowScope::Carriers(_)) => Verdict::Nothing,
        (RowsOf::Carriers, RowScope::Carriers(carriers)) => by_carrier(meta, carriers),
    };
    let never = || readers.secrets.is_empty() && meta.row_groups().iter().all(|group| is_never_true(group, CONFIDENTIAL));
    let plain = table.column(CONFIDENTIAL).is_none() || never();
    if rows == Verdict::Whole && !plain { Verdict::Copy } else { rows }
}

/// Parts are by home carrier, so most hold rows of one carrier only; what the statistics do not settle is looked at row by row.
fn by_carrier(meta: &ParquetMetaData, carriers: &BTreeSet<String>) -> Verdict {
    let only: Option<BTreeSet<String>> = meta.row_groups().iter().map(|group| only_text(group, Table::CARRIER)).collect();
    match only {
        Some(only) if only.iter().all(|carrier| carriers.contains(carrier)) => Verdict::Whole,
        Some(only) if only.is_disjoint(carriers) => Verdict::Nothing,
        _ => Verdict::Copy,
    }
}

fn statistics<'g>(group: &'g RowGroupMetaData, column: &str) -> Option<&'g Statistics> {
    group.columns().iter().find(|chunk| chunk.column_descr().name() == column)?.statistics()
}

/// The one text that a column holds in every row of a group. A shortened maximum is larger than its minimum, so equal ones are whole.
fn only_text(group: &RowGroupMetaData, column: &str) -> Option<String> {
    let statistics = statistics(group, column)?;
    let (least, most) = (statistics.min_bytes_opt()?, statistics.max_bytes_opt()?);
    let whole = least == most && statistics.null_count_opt() == Some(0);
    whole.then(|| String::from_utf8(least.to_vec()).ok()).flatten()
}

fn is_never_true(group: &RowGroupMetaData, column: &str) -> bool {
    match statistics(group, column) {
        Some(Statistics::Boolean(values)) => {
            values.max_opt() == Some(&false) || values.null_count_opt() == u64::try_from(group.num_rows()).ok()
        }
        _ => false,
    }
}

async fn copy(session: &SessionContext, table: &Table, part: &Path, readers: &Readers<'_>, to: &Path) -> Result<u64, EngineError> {
    let fault = |fault: datafusion::error::DataFusionError| EngineError::table(&table.name, &fault);
    let stored = tables::on_disk(table, &[part.to_path_buf()])?;
    let rows = session.read_table(stored).map_err(fault)?;
    let seen = match readers.scope {
        RowScope::City => rows,
        RowScope::Carriers(carriers) => rows.filter(cut::is_one_of(Table::CARRIER, carriers)).map_err(fault)?,
        RowScope::Nothing => return Ok(0),
    };
    let masked = if table.column(CONFIDENTIAL).is_some() { tables::mask(seen, table, readers.secrets).map_err(fault)? } else { seen };
    let mut stream = masked.execute_stream().await.map_err(fault)?;
    let mut writer: Option<ArrowWriter<File>> = None;
    let mut rows = 0;
    while let Some(batch) = stream.next().await {
        let batch = batch.map_err(fault)?;
        if batch.num_rows() == 0 {
            continue;
        }
        rows += batch.num_rows() as u64;
        let writer = match &mut writer {
            Some(writer) => writer,
            None => writer.insert(create(table, to, batch.schema())?),
        };
        writer.write(&batch).map_err(|error| fault(error.into()))?;
    }
    if let Some(writer) = writer {
        writer.close().map_err(|error| fault(error.into()))?;
    }
    Ok(rows)
}

fn create(table: &Table, to: &Path, schema: datafusion::arrow::datatypes::SchemaRef) -> Result<ArrowWriter<File>, EngineError> {
    let file = File::create_new(to).map_err(|fault| file_fault(table, to, &fault))?;
    let properties = WriterProperties::builder().set_compression(Compression::SNAPPY).set_max_row_group_row_count(Some(GROUP_ROWS)).build();
    ArrowWriter::try_new(file, schema, Some(properties)).map_err(|fault| file_fault(table, to, &fault))
}

fn listed(files: &TableFiles) -> Value {
    let generation = &files.generation;
    let tables = files.tables.iter().map(|(name, parts)| {
        let rows = files.promised_rows(name).unwrap_or(0);
        json!({ "name": name, "parts": parts.len(), "rows": rows })
    });
    json!({
        "number": generation.number,
        "data_date": generation.data_date.map(|day| day.to_string()),
        "published_at": generation.published_at,
        "rule_version": generation.rule_version,
        "tables": tables.collect::<Vec<_>>(),
    })
}

fn unlisted(value: &Value, folder: &Path) -> Option<TableFiles> {
    let text = |key: &str| value.get(key).and_then(Value::as_str).map(str::to_owned);
    let mut files = TableFiles {
        generation: Generation {
            number: value.get("number")?.as_u64()?,
            data_date: text("data_date").and_then(|day| day.parse::<NaiveDate>().ok()),
            published_at: text("published_at")?,
            rule_version: text("rule_version")?,
            rows: Vec::new(),
            checks: (0, 0),
            damage: None,
        },
        tables: Vec::new(),
    };
    for table in value.get("tables")?.as_array()? {
        let name = table.get("name")?.as_str()?;
        let parts = 0..table.get("parts")?.as_u64()?;
        files.generation.rows.push((name.to_owned(), table.get("rows")?.as_u64()?));
        let paths: Vec<PathBuf> =
            parts.map(|at| Some(folder.join(name).join(part_name(usize::try_from(at).ok()?)))).collect::<Option<_>>()?;
        files.tables.push((name.to_owned(), paths));
    }
    Some(files)
}
