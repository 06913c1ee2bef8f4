//! What can be asked about (数据字典): tables, columns, functions, for the desk's side bar, completion and hover notes.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use chrono::NaiveDate;
use qunlian_domain::contract::{Column, Table};
use qunlian_domain::rules::Rules;
use qunlian_queries::FunctionDoc;
use serde::Serialize;

use crate::Shared;
use crate::query_string::link;
use crate::visit::Visit;
use crate::words::Words;

/// Sample values of a column.
const SAMPLES: usize = 5;

#[derive(Serialize)]
pub(crate) struct SchemaTable {
    pub name: String,
    pub title: String,
    pub grain: String,
    pub columns: Vec<SchemaColumn>,
    /// The desk with the table's first rows as its statement.
    pub example_href: String,
}

#[derive(Serialize)]
pub(crate) struct SchemaColumn {
    pub name: String,
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// The same for people.
    pub kind_word: &'static str,
    pub title: String,
    pub unit: String,
    pub meaning: String,
    /// Out of the city's catalogues, never out of rows.
    pub samples: Vec<String>,
}

#[derive(Serialize)]
pub(crate) struct SchemaFunction {
    pub name: String,
    pub syntax: String,
    pub description: String,
}

#[derive(Serialize)]
struct Schema {
    tables: Vec<SchemaTable>,
    functions: Vec<SchemaFunction>,
}

/// `GET /sql/schema.json`
pub(crate) async fn show(State(desk): State<Shared>, visit: Visit) -> Response {
    Json(Schema { tables: tables(&desk, visit.words()), functions: functions(&desk) }).into_response()
}

/// The published tables in the order of the contract.
pub(crate) fn tables(desk: &Shared, words: Words) -> Vec<SchemaTable> {
    let (rules, today) = (&desk.app.rules, desk.today());
    let table = |table: &Table| SchemaTable {
        name: table.name.clone(),
        title: table.title.clone(),
        grain: table.grain.clone(),
        columns: table.columns.iter().map(|column| of_column(words, rules, column, today)).collect(),
        example_href: link("/sql", &[("sql", &format!("select *\nfrom {}\nlimit 20", table.name))]),
    };
    rules.contract.tables.iter().map(table).collect()
}

/// The functions that are ours.
pub(crate) fn functions(desk: &Shared) -> Vec<SchemaFunction> {
    let function = |doc: FunctionDoc| SchemaFunction { name: doc.name, syntax: doc.syntax, description: doc.description };
    desk.app.sql.functions().into_iter().map(function).collect()
}

fn of_column(words: Words, rules: &Arc<Rules>, column: &Column, today: NaiveDate) -> SchemaColumn {
    use qunlian_domain::contract::ColumnType::{Bool, Date, Decimal, Int, Text};
    SchemaColumn {
        name: column.name.clone(),
        kind: column.kind.id(),
        kind_word: words.t(match column.kind {
            Text => "sql.type.text",
            Int => "sql.type.int",
            Decimal => "sql.type.decimal",
            Date => "sql.type.date",
            Bool => "sql.type.bool",
        }),
        title: column.title.clone(),
        unit: column.unit.clone(),
        meaning: column.meaning.clone(),
        samples: samples(rules, &column.name, today),
    }
}

/// The first values of the catalogue that a column's name tells of.
fn samples(rules: &Rules, column: &str, today: NaiveDate) -> Vec<String> {
    let city = &rules.city;
    let carriers = city.carriers.on(today);
    let segments = || city.chains.chains.iter().flat_map(|chain| &chain.segments);
    let values: Vec<&str> = match column {
        "carrier_id" | "unit_id" => carriers.map(|carrier| carrier.id.as_str()).collect(),
        "carrier" => carriers.map(|carrier| carrier.name.as_str()).collect(),
        "chain_id" => city.chains.chains.iter().map(|chain| chain.id.as_str()).collect(),
        "chain" => city.chains.chains.iter().map(|chain| chain.name.as_str()).collect(),
        "cluster_id" => city.chains.clusters.iter().map(|cluster| cluster.id.as_str()).collect(),
        "cluster" => city.chains.clusters.iter().map(|cluster| cluster.name.as_str()).collect(),
        "segment_id" => segments().map(|segment| segment.id.as_str()).collect(),
        "segment" => segments().map(|segment| segment.name.as_str()).collect(),
        "band_id" => city.bands.nested().iter().map(|band| band.id.as_str()).collect(),
        "band" => city.bands.nested().iter().map(|band| band.name.as_str()).collect(),
        "group_id" => city.region_groups.all().iter().map(|group| group.id.as_str()).collect(),
        "group_name" => city.region_groups.all().iter().map(|group| group.name.as_str()).collect(),
        _ => Vec::new(),
    };
    let mut samples: Vec<String> = values.into_iter().map(str::to_owned).collect();
    samples.dedup();
    samples.truncate(SAMPLES);
    samples
}
