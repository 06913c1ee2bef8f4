//! The `system` schema (系统表): tables and columns with their meaning, statements, generations and jobs.

use std::sync::Arc;

use datafusion::datasource::MemTable;
use qunlian_domain::contract::{ColumnType, Contract};
use qunlian_queries::{Answer, AnswerColumn, Value};

use crate::error::EngineError;
use crate::rows;
use crate::tables::Opened;

/// The schema's name.
pub(super) const SYSTEM: &str = "system";

pub(super) type ColumnSpec = (&'static str, ColumnType, &'static str, &'static str);

use ColumnType::{Int, Text};

const TABLES: [ColumnSpec; 4] =
    [("name", Text, "表名", ""), ("title", Text, "中文名", ""), ("grain", Text, "一行是什么", ""), ("columns", Int, "列数", "个")];
const COLUMNS: [ColumnSpec; 7] = [
    ("table_name", Text, "表名", ""),
    ("name", Text, "列名", ""),
    ("position", Int, "次序", ""),
    ("type", Text, "类型", ""),
    ("title", Text, "中文名", ""),
    ("unit", Text, "单位", ""),
    ("meaning", Text, "含义", ""),
];
const QUERIES: [ColumnSpec; 14] = [
    ("id", Int, "编号", ""),
    ("asker", Text, "提问人", ""),
    ("door", Text, "入口", ""),
    ("sql", Text, "语句", ""),
    ("asked_at", Text, "提交时间", ""),
    ("state", Text, "状态", ""),
    ("waited_ms", Int, "排队", "毫秒"),
    ("planned_ms", Int, "计划", "毫秒"),
    ("ran_ms", Int, "执行", "毫秒"),
    ("rows", Int, "行数", "行"),
    ("bytes", Int, "结果大小", "字节"),
    ("memory", Int, "内存", "字节"),
    ("generation", Int, "数据代次", ""),
    ("error", Text, "失败原因", ""),
];
const GENERATIONS: [ColumnSpec; 5] = [
    ("number", Int, "代次", ""),
    ("data_date", Text, "数据截至", ""),
    ("published_at", Text, "发布时间", ""),
    ("rule_version", Text, "规则版本", ""),
    ("rows", Int, "行数", "行"),
];
const JOBS: [ColumnSpec; 6] = [
    ("job", Text, "作业", ""),
    ("slot", Text, "时段", ""),
    ("outcome", Text, "结果", ""),
    ("started_at", Text, "开始", ""),
    ("ended_at", Text, "结束", ""),
    ("message", Text, "说明", ""),
];

/// Tables of which only the server knows the rows, in the order of the schema.
const FROM_SERVER: [(&str, &str, &[ColumnSpec]); 3] =
    [("queries", "查询记录", &QUERIES), ("generations", "数据代次", &GENERATIONS), ("jobs", "作业运行", &JOBS)];

/// The columns of `system.<name>` that the server must fill; `None` for other names.
pub fn system_columns(name: &str) -> Option<Vec<AnswerColumn>> {
    FROM_SERVER.iter().find(|(known, ..)| *known == name).map(|(_, _, specs)| columns(specs))
}

/// True for a table of the schema.
pub(super) fn is_known(name: &str) -> bool {
    name == "tables" || name == "columns" || FROM_SERVER.iter().any(|(known, ..)| *known == name)
}

/// All tables of the schema; those of the server that it did not fill are empty.
pub(super) fn tables(contract: &Contract, given: &[(String, Answer)]) -> Result<Vec<Opened>, EngineError> {
    let mut tables = vec![
        table("tables", answer(&TABLES, described_tables(contract)))?,
        table("columns", answer(&COLUMNS, described_columns(contract)))?,
    ];
    for (name, _, specs) in FROM_SERVER {
        let rows = given.iter().find(|(given, _)| given == name).map_or_else(Vec::new, |(_, answer)| answer.rows.clone());
        tables.push(table(name, answer(specs, rows))?);
    }
    Ok(tables)
}

fn columns(specs: &[ColumnSpec]) -> Vec<AnswerColumn> {
    let column = |(name, kind, title, unit): &ColumnSpec| AnswerColumn {
        name: (*name).to_owned(),
        kind: *kind,
        title: (*title).to_owned(),
        unit: (*unit).to_owned(),
    };
    specs.iter().map(column).collect()
}

pub(super) fn answer(specs: &[ColumnSpec], rows: Vec<Vec<Value>>) -> Answer {
    Answer { columns: columns(specs), rows, generation: 0, as_of: None, truncated: false }
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
    let own = [("tables", "可查询的表", TABLES.len()), ("columns", "可查询的列", COLUMNS.len())].into_iter();
    let own = own.chain(FROM_SERVER.iter().map(|(name, title, specs)| (*name, *title, specs.len())));
    let own = own.map(|(name, title, columns)| vec![text(&format!("{SYSTEM}.{name}")), text(title), text(""), Value::Int(columns as i64)]);
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
    let own: [(&str, &[ColumnSpec]); 2] = [("tables", &TABLES), ("columns", &COLUMNS)];
    for (name, specs) in own.into_iter().chain(FROM_SERVER.iter().map(|(name, _, specs)| (*name, *specs))) {
        for (at, (column, kind, title, unit)) in specs.iter().enumerate() {
            let table = format!("{SYSTEM}.{name}");
            rows.push(vec![text(&table), text(column), Value::Int(at as i64 + 1), text(kind.id()), text(title), text(unit), text("")]);
        }
    }
    rows
}
