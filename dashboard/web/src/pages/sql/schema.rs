//! What can be asked about (数据字典): tables, columns, functions, for the desk's side bar, completion and hover notes.

mod functions;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use chrono::NaiveDate;
use qunlian_domain::contract::{Column, ColumnType, Contract, Table};
use qunlian_domain::rules::Rules;
use qunlian_domain::saved_query::AsOfRule;
use qunlian_queries::FunctionDoc;
use qunlian_queries::system::{SYSTEM, SYSTEM_TABLES, SystemColumn};
use serde::Serialize;

use crate::Shared;
use crate::query_string::link;
use crate::visit::Visit;
use crate::words::{Lang, Words};

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
    /// The coded values, or some out of the city's catalogues; never out of rows.
    pub samples: Vec<String>,
    /// The coded values with their words.
    pub values: Vec<CodedValue>,
}

/// `signed`, 签约
#[derive(Serialize)]
pub(crate) struct CodedValue {
    pub value: String,
    pub word: String,
}

#[derive(Serialize)]
pub(crate) struct SchemaFunction {
    pub name: String,
    pub syntax: String,
    pub description: String,
}

/// What may stand before a table's name.
#[derive(Serialize)]
struct Prefix {
    name: String,
    title: String,
}

#[derive(Serialize)]
struct Schema {
    prefixes: Vec<Prefix>,
    tables: Vec<SchemaTable>,
    functions: Vec<SchemaFunction>,
}

/// `GET /sql/schema.json`: also what the side bar leaves out, the engine's own functions.
pub(crate) async fn show(State(desk): State<Shared>, visit: Visit) -> Response {
    let words = visit.words();
    let functions = functions(&desk).into_iter().chain(functions::usual(words));
    Json(Schema { prefixes: prefixes(&desk, words), tables: tables(&desk, words), functions: functions.collect() }).into_response()
}

/// The published tables in the order of the contract, then those of the schema `system`.
pub(crate) fn tables(desk: &Shared, words: Words) -> Vec<SchemaTable> {
    let (rules, today) = (&desk.app.rules, desk.today());
    let table = |table: &Table| SchemaTable {
        name: table.name.clone(),
        title: table.title.clone(),
        grain: if words.lang() == Lang::English { &table.grain_en } else { &table.grain }.clone(),
        columns: table.columns.iter().map(|column| of_column(words, rules, column, today)).collect(),
        example_href: first_rows(&table.name),
    };
    rules.contract.tables.iter().map(table).chain(system_tables(words)).collect()
}

/// The tables of the schema `system`, with its name before theirs.
fn system_tables(words: Words) -> impl Iterator<Item = SchemaTable> {
    let column = move |(name, kind, title, unit): &SystemColumn| SchemaColumn {
        name: (*name).to_owned(),
        kind: kind.id(),
        kind_word: type_word(words, *kind),
        title: (*title).to_owned(),
        unit: (*unit).to_owned(),
        meaning: String::new(),
        samples: Vec::new(),
        values: Vec::new(),
    };
    SYSTEM_TABLES.into_iter().map(move |table| {
        let name = format!("{SYSTEM}.{}", table.name);
        SchemaTable {
            example_href: first_rows(&name),
            name,
            title: table.title.to_owned(),
            grain: String::new(),
            columns: table.columns.iter().map(column).collect(),
        }
    })
}

fn first_rows(table: &str) -> String {
    link("/sql", &[("sql", &format!("select *\nfrom {table}\nlimit 20"))])
}

/// `asof_20220331` and `generation_42` with a day and a number that are there, and `system`.
fn prefixes(desk: &Shared, words: Words) -> Vec<Prefix> {
    let as_of = AsOfRule::MonthEnd.day(desk.today()).map(|day| Prefix {
        name: day.format("asof_%Y%m%d").to_string(),
        title: words.fill("sql.prefix.as_of", &[("day", &day.to_string())]),
    });
    let generation = desk.app.answers.generation().map(|generation| Prefix {
        name: format!("generation_{}", generation.number),
        title: words.fill("sql.prefix.generation", &[("n", &generation.number.to_string())]),
    });
    let system = Prefix { name: SYSTEM.to_owned(), title: words.t("sql.prefix.system").to_owned() };
    as_of.into_iter().chain(generation).chain([system]).collect()
}

/// The functions that are ours.
pub(crate) fn functions(desk: &Shared) -> Vec<SchemaFunction> {
    let function = |doc: FunctionDoc| SchemaFunction { name: doc.name, syntax: doc.syntax, description: doc.description };
    desk.app.sql.functions().into_iter().map(function).collect()
}

fn of_column(words: Words, rules: &Rules, column: &Column, today: NaiveDate) -> SchemaColumn {
    let values = coded_values(&rules.contract, &column.meaning);
    let coded = values.iter().map(|coded| coded.value.clone()).collect();
    SchemaColumn {
        name: column.name.clone(),
        kind: column.kind.id(),
        kind_word: type_word(words, column.kind),
        title: column.title.clone(),
        unit: column.unit.clone(),
        meaning: column.meaning.clone(),
        samples: if values.is_empty() { samples(rules, &column.name, today) } else { coded },
        values,
    }
}

/// A type for people.
pub(crate) fn type_word(words: Words, kind: ColumnType) -> &'static str {
    words.t(match kind {
        ColumnType::Text => "sql.type.text",
        ColumnType::Int => "sql.type.int",
        ColumnType::Decimal => "sql.type.decimal",
        ColumnType::Date => "sql.type.date",
        ColumnType::Bool => "sql.type.bool",
    })
}

/// The same for a type as the engine names it: `Utf8View`, `Decimal128(20, 2)`. Times, lists and the like are handed out as
/// text.
pub(crate) fn engine_type_word(words: Words, kind: &str) -> &'static str {
    let kind = match kind.split('(').next().unwrap_or("") {
        "Int8" | "Int16" | "Int32" | "Int64" | "UInt8" | "UInt16" | "UInt32" | "UInt64" => ColumnType::Int,
        "Float16" | "Float32" | "Float64" | "Decimal32" | "Decimal64" | "Decimal128" | "Decimal256" => ColumnType::Decimal,
        "Date32" | "Date64" => ColumnType::Date,
        "Boolean" => ColumnType::Bool,
        _ => ColumnType::Text,
    };
    type_word(words, kind)
}

/// What a meaning lists: `signed 签约 · started 开工`, also behind `月度投资：`, or in another column, `取值同 filings.state`.
fn coded_values(contract: &Contract, meaning: &str) -> Vec<CodedValue> {
    let same = meaning.strip_prefix("取值同 ").and_then(|other| other.split_once('.'));
    let same = same.and_then(|(table, column)| contract.table(table)?.column(column));
    let meaning = same.map_or(meaning, |column| column.meaning.as_str());
    let listed = meaning.split_once('：').map_or(meaning, |(_, listed)| listed);
    let coded = |piece: &str| {
        let (value, word) = piece.split_once(' ')?;
        let is_code = value.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
        is_code.then(|| CodedValue { value: value.to_owned(), word: word.to_owned() })
    };
    let values: Option<Vec<CodedValue>> = listed.split(" · ").map(coded).collect();
    values.filter(|values| values.len() > 1).unwrap_or_default()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn coded_values_are_read_from_meanings() {
        let contract = Contract { tables: Vec::new() };
        let read = |meaning: &str| {
            let values = coded_values(&contract, meaning);
            values.into_iter().map(|coded| format!("{}={}", coded.value, coded.word)).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(read("local 本市 · in_province 省内市外"), "local=本市 in_province=省内市外");
        assert_eq!(read("count 个数 · amount 金额（元）"), "count=个数 amount=金额（元）");
        assert_eq!(read("月度投资：fixed_assets 认定固定资产投资 · paid_in 到位资金"), "fixed_assets=认定固定资产投资 paid_in=到位资金");
        for other in ["", "空为仍有效", "编号以逗号分隔，如 signed,started；可用 listed(编号, milestones) 判断", "否：该年放假安排未公布"]
        {
            assert_eq!(read(other), "", "{other}");
        }
    }

    #[test]
    fn types_are_told_in_words() {
        let check = |kind: &str, expect: &str| assert_eq!(engine_type_word(Words::of(Lang::Chinese), kind), expect, "{kind}");
        check("Utf8View", "文本");
        check("UInt64", "整数");
        check("Decimal128(20, 2)", "小数");
        check("Date32", "日期");
        check("Boolean", "是否");
        check("Interval(MonthDayNano)", "文本");
        check("List(Int64)", "文本");
    }
}
