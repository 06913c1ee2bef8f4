//! The `system` schema (系统表): tables and columns with their meaning, statements, generations and jobs.

use std::sync::Arc;

use datafusion::datasource::MemTable;
use qunlian_domain::contract::Contract;
use qunlian_queries::system::{SYSTEM, SYSTEM_TABLES, SystemColumn, SystemTable, answer_columns};
use qunlian_queries::{Answer, Value};

use crate::error::EngineError;
use crate::rows;
use crate::tables::Opened;

/// True for a table of the schema.
pub(super) fn is_known(name: &str) -> bool {
    SystemTable::named(name).is_some()
}

/// All tables of the schema; those of the server that it did not fill are empty.
pub(super) fn tables(contract: &Contract, given: &[(String, Answer)]) -> Result<Vec<Opened>, EngineError> {
    let rows_of = |table: &SystemTable| match table.name {
        "tables" => described_tables(contract),
        "columns" => described_columns(contract),
        name => given.iter().find(|(given, _)| given == name).map_or_else(Vec::new, |(_, answer)| answer.rows.clone()),
    };
    SYSTEM_TABLES.iter().map(|of| table(of.name, answer(of.columns, rows_of(of)))).collect()
}

pub(super) fn answer(columns: &[SystemColumn], rows: Vec<Vec<Value>>) -> Answer {
    Answer { columns: answer_columns(columns), rows, generation: 0, as_of: None, truncated: false }
}

pub(super) fn table(name: &str, answer: Answer) -> Result<Opened, EngineError> {
    let fault = |fault: datafusion::error::DataFusionError| EngineError::table(name, &fault);
    let batch = rows::batch(&answer).map_err(|error| fault(error.into()))?;
    let provider = MemTable::try_new(batch.schema(), vec![vec![batch]]).map_err(fault)?;
    Ok((name.to_owned(), Arc::new(provider)))
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

fn described_tables(contract: &Contract) -> Vec<Vec<Value>> {
    let published = contract
        .tables
        .iter()
        .map(|table| vec![text(&table.name), text(&table.title), text(&table.grain), Value::Int(table.columns.len() as i64)]);
    let own = SYSTEM_TABLES
        .iter()
        .map(|table| vec![text(&format!("{SYSTEM}.{}", table.name)), text(table.title), text(""), Value::Int(table.columns.len() as i64)]);
    published.chain(own).collect()
}

fn described_columns(contract: &Contract) -> Vec<Vec<Value>> {
    let mut rows = Vec::new();
    for table in &contract.tables {
        for (at, column) in table.columns.iter().enumerate() {
            let position = Value::Int(at as i64 + 1);
            rows.push(vec![
                text(&table.name),
                text(&column.name),
                position,
                text(column.kind.id()),
                text(&column.title),
                text(&column.unit),
                text(&column.meaning),
            ]);
        }
    }
    for system in SYSTEM_TABLES {
        let table = format!("{SYSTEM}.{}", system.name);
        for (at, (column, kind, title, unit)) in system.columns.iter().enumerate() {
            rows.push(vec![text(&table), text(column), Value::Int(at as i64 + 1), text(kind.id()), text(title), text(unit), text("")]);
        }
    }
    rows
}
