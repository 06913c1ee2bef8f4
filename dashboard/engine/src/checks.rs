//! The gate before publishing: the files are what the contract says, and no check query finds a row.

use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use datafusion::arrow::datatypes::{DataType, Schema};
use datafusion::error::DataFusionError;
use datafusion::parquet::arrow::parquet_to_arrow_schema;
use datafusion::parquet::file::reader::{FileReader, SerializedFileReader};
use datafusion::physical_plan::execute_stream;
use datafusion::prelude::SessionContext;
use futures::StreamExt;
use qunlian_domain::contract::{ColumnType, Contract, Table};
use qunlian_queries::{Library, Params, Query, Value};

use crate::error::{EngineError, words};
use crate::files::TableFiles;
use crate::plan::prepare;
use crate::rows;
use crate::rules::Rules;
use crate::session::{Bounds, context, sorting};
use crate::tables::register_unmasked;

/// What a check found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckOutcome {
    /// The file's name under `queries/checks`, or `contract`.
    pub name: String,
    /// Chinese title.
    pub title: String,
    pub passed: bool,
    /// The first rows that should not be there, as `column=value` lines.
    pub rows: Vec<String>,
    /// What was found, or why the check could not be run; empty when it passed.
    pub detail: String,
}

/// Rows of a failed check that are kept for its report.
const SHOWN_ROWS: usize = 5;
/// Working memory of the checks; more is spilled to temporary files.
const MEMORY: usize = 1 << 30;
const SPILL: u64 = 8 << 30;

/// Checks a staged generation: the contract first, then every query of `queries/checks`, one after another.
/// When the files break the contract, the queries are not run.
///
/// # Errors
/// Only when the engine itself cannot start; a check that fails or cannot be run is an outcome.
pub async fn check(files: &TableFiles, contract: &Contract, rules: &Rules, library: &Library) -> Result<Vec<CheckOutcome>, EngineError> {
    let mut outcomes = vec![check_contract(files, contract)];
    if !outcomes.iter().all(|outcome| outcome.passed) {
        return Ok(outcomes);
    }
    let partitions = std::thread::available_parallelism().map_or(2, std::num::NonZeroUsize::get).min(8);
    let bench = Bench::new(&Arc::new(rules.clone()), Bounds { partitions, memory: MEMORY, spill: SPILL })?;
    for session in [&bench.usual, &bench.sorting] {
        register_unmasked(session, contract, files)?;
    }
    for query in library.folder("checks") {
        let start = std::time::Instant::now();
        outcomes.push(bench.run(query).await);
        tracing::debug!(check = query.about.name, milliseconds = start.elapsed().as_millis() as u64, "checked");
    }
    Ok(outcomes)
}

/// Two sessions over the same tables: a hash join holds one side whole, a join by sorting can spill.
struct Bench {
    usual: SessionContext,
    sorting: SessionContext,
}

impl Bench {
    fn new(rules: &Arc<Rules>, bounds: Bounds) -> Result<Self, EngineError> {
        Ok(Self { usual: context(rules, bounds)?, sorting: sorting(rules, bounds)? })
    }

    async fn run(&self, query: &Query) -> CheckOutcome {
        let about = &query.about;
        let outcome = |passed: bool, rows: Vec<String>, detail: String| CheckOutcome {
            name: about.name.clone(),
            title: about.title.clone(),
            passed,
            rows,
            detail,
        };
        match self.violations(query).await {
            Ok(rows) if rows.is_empty() => outcome(true, rows, String::new()),
            Ok(rows) => {
                let detail =
                    format!("{}；发现 {}{} 行", about.definition, rows.len(), if rows.len() == SHOWN_ROWS { " 或更多" } else { "" });
                outcome(false, rows, detail)
            }
            Err(fault) => outcome(false, Vec::new(), format!("未能运行：{}", words(&fault))),
        }
    }

    /// What exceeds the memory is checked again, by sorting.
    async fn violations(&self, query: &Query) -> datafusion::error::Result<Vec<String>> {
        match violations(&self.usual, query).await {
            Err(fault) if matches!(fault.find_root(), DataFusionError::ResourcesExhausted(_)) => {
                tracing::debug!(check = query.about.name, "checked again, by sorting");
                violations(&self.sorting, query).await
            }
            answered => answered,
        }
    }
}

async fn violations(context: &SessionContext, query: &Query) -> datafusion::error::Result<Vec<String>> {
    let prepared = prepare(context, query).await?;
    let physical = prepared.bind(context, &Params::new()).await?;
    let mut stream = execute_stream(physical, context.task_ctx())?;
    let kinds: Vec<ColumnType> = prepared.columns.iter().map(|column| column.kind).collect();
    let mut cells = Vec::new();
    while cells.len() < SHOWN_ROWS {
        let Some(batch) = stream.next().await else { break };
        rows::append(&batch?, &kinds, &mut cells)?;
    }
    cells.truncate(SHOWN_ROWS);
    let line = |row: &Vec<Value>| {
        let words: Vec<String> =
            prepared.columns.iter().zip(row).map(|(column, cell)| format!("{}={}", column.title, print(cell))).collect();
        words.join(" ")
    };
    Ok(cells.iter().map(line).collect())
}

fn print(cell: &Value) -> String {
    match cell {
        Value::Null => "空".to_owned(),
        Value::Int(number) => number.to_string(),
        Value::Decimal(number) => number.to_string(),
        Value::Text(text) => text.clone(),
        Value::Date(day) => day.to_string(),
        Value::Bool(truth) => truth.to_string(),
    }
}

/// Every table is there, with the contract's columns in order and the manifest's number of rows.
fn check_contract(files: &TableFiles, contract: &Contract) -> CheckOutcome {
    let mut faults = Vec::new();
    for (name, _) in &files.tables {
        if contract.table(name).is_none() {
            faults.push(format!("表 {name} 不在约定之中"));
        }
    }
    for table in &contract.tables {
        faults.extend(table_faults(files, table));
    }
    CheckOutcome {
        name: "contract".to_owned(),
        title: "发布表符合约定".to_owned(),
        passed: faults.is_empty(),
        detail: if faults.is_empty() {
            String::new()
        } else {
            format!("列、类型和行数须与约定和清单一致；发现 {} 处不符", faults.len())
        },
        rows: faults.into_iter().take(SHOWN_ROWS).collect(),
    }
}

fn table_faults(files: &TableFiles, table: &Table) -> Vec<String> {
    let mut faults = Vec::new();
    let mut rows = 0;
    for part in files.parts(&table.name) {
        match read_head(part) {
            Ok((schema, count)) => {
                rows += count;
                faults.extend(schema_fault(&schema, table).map(|fault| format!("表 {}，文件 {}：{fault}", table.name, part.display())));
            }
            Err(fault) => faults.push(format!("表 {}，文件 {}：{fault}", table.name, part.display())),
        }
    }
    if let Some(promised) = files.promised_rows(&table.name).filter(|promised| *promised != rows) {
        faults.push(format!("表 {}：文件共 {rows} 行，清单写 {promised} 行", table.name));
    }
    faults
}

fn read_head(part: &Path) -> Result<(Schema, u64), String> {
    let file = File::open(part).map_err(|fault| fault.to_string())?;
    let reader = SerializedFileReader::new(file).map_err(|fault| fault.to_string())?;
    let head = reader.metadata().file_metadata();
    let schema = parquet_to_arrow_schema(head.schema_descr(), head.key_value_metadata()).map_err(|fault| fault.to_string())?;
    Ok((schema, u64::try_from(head.num_rows()).unwrap_or(0)))
}

fn schema_fault(schema: &Schema, table: &Table) -> Option<String> {
    let found: Vec<&str> = schema.fields().iter().map(|field| field.name().as_str()).collect();
    let agreed: Vec<&str> = table.columns.iter().map(|column| column.name.as_str()).collect();
    if found != agreed {
        return Some(format!("列为 {found:?}，约定为 {agreed:?}"));
    }
    let wrong = schema.fields().iter().zip(&table.columns).find(|(field, column)| !fits(field.data_type(), column.kind));
    wrong.map(|(field, column)| format!("列 {} 的类型是 {}，约定为 {}", column.name, field.data_type(), column.kind.id()))
}

/// Text may be stored in any of Arrow's string layouts; everything else is exact.
fn fits(found: &DataType, agreed: ColumnType) -> bool {
    match agreed {
        ColumnType::Text => matches!(found, DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View),
        kind => *found == crate::tables::arrow_type(kind),
    }
}

#[cfg(test)]
mod tests {
    use datafusion::arrow::array::{ArrayRef, Date32Array, Int64Array, StringViewArray};
    use datafusion::arrow::record_batch::RecordBatch;
    use datafusion::datasource::MemTable;
    use qunlian_domain::catalogue::City;

    use super::*;

    /// `rows` rows of (project_id, known_from, version), in parts.
    fn table(rows: i64) -> Arc<MemTable> {
        let batches: Vec<RecordBatch> = (0..rows / 8_192)
            .map(|part| {
                let numbers = part * 8_192..(part + 1) * 8_192;
                let ids: StringViewArray = numbers.clone().map(|number| Some(format!("project-{number:010}"))).collect();
                let columns: [(&str, ArrayRef); 3] = [
                    ("project_id", Arc::new(ids)),
                    ("known_from", Arc::new(Date32Array::from_iter_values(numbers.clone().map(|_| 19_000)))),
                    ("version", Arc::new(Int64Array::from_iter_values(numbers.map(|_| 1)))),
                ];
                RecordBatch::try_from_iter(columns).unwrap()
            })
            .collect();
        Arc::new(MemTable::try_new(batches[0].schema(), vec![batches]).unwrap())
    }

    #[tokio::test]
    async fn a_check_beyond_the_memory_is_made_by_sorting() {
        let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data");
        let read = |path: &str| std::fs::read_to_string(data.join(path));
        let rules = Arc::new(Rules::of(&City::load(&read, "cities/huaibei").unwrap()));
        let library = Library::embedded().unwrap();
        let query = library.folder("checks").find(|query| query.about.name == "facts_have_their_project").unwrap();
        let bench = Bench::new(&rules, Bounds { partitions: 2, memory: 160 << 20, spill: 1 << 30 }).unwrap();
        for context in [&bench.usual, &bench.sorting] {
            context.register_table("projects", table(1 << 22)).unwrap();
            context.register_table("milestones", table(1 << 22)).unwrap();
            context.register_table("investments", table(8_192)).unwrap();
        }
        let first = violations(&bench.usual, query).await.unwrap_err();
        assert!(matches!(first.find_root(), DataFusionError::ResourcesExhausted(_)), "{first}");
        let outcome = bench.run(query).await;
        assert!(outcome.passed, "{outcome:?}");
    }
}
