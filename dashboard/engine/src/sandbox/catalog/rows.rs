//! Rows of the catalogs (目录内容): the published tables, their columns with types and Chinese titles, and what PostgreSQL always has.

mod columns;
mod information;
mod keywords;
mod types;

use ColumnType::{Bool, Int};
use qunlian_domain::contract::{Column, ColumnType, Contract, Table};
use qunlian_queries::Value;

use super::{DATABASE, FIRST_TABLE, INFORMATION, PG, PUBLIC, Told, empty};
use columns::{AM, ATTRIBUTE, CLASS, DATABASES, DESCRIPTIONS, LANGUAGES, NAMESPACE, PG_TABLES, ROLES, SETTINGS, SPACES, TYPE, USERS};
use types::{type_oid, type_row};

pub(super) use information::information;
pub(super) use types::TYPES;

/// Numbers of schemas and of the owner.
const PG_OID: i64 = 11;
const PUBLIC_OID: i64 = 2_200;
const OWNER: i64 = 10;
/// The number of `pg_class`, by which descriptions of tables are filed.
const PG_CLASS: i64 = 1_259;

pub(super) const PG_NAMES: &[&str] = &[
    "pg_namespace",
    "pg_class",
    "pg_attribute",
    "pg_type",
    "pg_database",
    "pg_roles",
    "pg_authid",
    "pg_user",
    "pg_description",
    "pg_am",
    "pg_settings",
    "pg_tables",
    "pg_tablespace",
    "pg_language",
    super::rewrite::KEYWORDS,
];
pub(super) const INFORMATION_NAMES: &[&str] = &["tables", "columns", "schemata"];

/// Numbers of the catalogs' own tables.
pub(super) const OWN_TABLES: &[(&str, i64)] = &[
    ("pg_type", 1_247),
    ("pg_attribute", 1_249),
    ("pg_proc", 1_255),
    ("pg_class", PG_CLASS),
    ("pg_database", 1_262),
    ("pg_constraint", 2_606),
    ("pg_namespace", 2_615),
];

/// Parameters that clients look up in `pg_settings`.
const SET: &[(&str, &str)] = &[
    ("max_identifier_length", "63"),
    ("max_index_keys", "32"),
    ("search_path", "\"$user\", public"),
    ("server_encoding", "UTF8"),
    ("server_version", "15.0"),
    ("server_version_num", "150000"),
    ("standard_conforming_strings", "on"),
    ("TimeZone", "Asia/Shanghai"),
];

/// The published tables with their numbers.
pub(super) fn numbered(contract: &Contract) -> impl Iterator<Item = (i64, &Table)> {
    (FIRST_TABLE..).zip(&contract.tables)
}

/// What is said of a column: its title, unit and meaning.
pub(super) fn words(column: &Column) -> String {
    let unit = if column.unit.is_empty() { String::new() } else { format!("（{}）", column.unit) };
    let meaning = if column.meaning.is_empty() { String::new() } else { format!("：{}", column.meaning) };
    format!("{}{unit}{meaning}", column.title)
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

/// A row in which every column has what `given` says, or nothing, zero or no by its type.
fn row(columns: &'static str, given: &[(&str, Value)]) -> Vec<Value> {
    let cell = |(name, kind, ..): qunlian_queries::system::SystemColumn| match given.iter().find(|(known, _)| *known == name) {
        Some((_, value)) => value.clone(),
        None => match kind {
            Int => Value::Int(0),
            Bool => Value::Bool(false),
            _ => Value::Null,
        },
    };
    empty::specs(columns).into_iter().map(cell).collect()
}

/// `pg_catalog`, for whoever asks.
pub(super) fn pg(contract: &Contract, reader: &str) -> Vec<Told> {
    let schemas = [(PG_OID, PG), (PUBLIC_OID, PUBLIC), (13_000, INFORMATION)];
    let schemas =
        schemas.map(|(oid, name)| row(NAMESPACE, &[("oid", Value::Int(oid)), ("nspname", text(name)), ("nspowner", Value::Int(OWNER))]));
    let database = row(
        DATABASES,
        &[
            ("oid", Value::Int(1)),
            ("datname", text(DATABASE)),
            ("datdba", Value::Int(OWNER)),
            ("encoding", Value::Int(6)),
            ("datlocprovider", text("c")),
            ("datallowconn", Value::Bool(true)),
            ("datconnlimit", Value::Int(-1)),
            ("dattablespace", Value::Int(1_663)),
            ("datcollate", text("C.UTF-8")),
            ("datctype", text("C.UTF-8")),
        ],
    );
    let role = |oid: i64, name: &str| {
        row(
            ROLES,
            &[
                ("oid", Value::Int(oid)),
                ("rolname", text(name)),
                ("rolinherit", Value::Bool(true)),
                ("rolcanlogin", Value::Bool(oid != OWNER)),
                ("rolconnlimit", Value::Int(-1)),
            ],
        )
    };
    let roles = vec![role(OWNER, DATABASE), role(FIRST_TABLE - 1, reader)];
    vec![
        ("pg_namespace", NAMESPACE, schemas.into()),
        ("pg_class", CLASS, classes(contract)),
        ("pg_attribute", ATTRIBUTE, attributes(contract)),
        ("pg_type", TYPE, TYPES.iter().map(type_row).collect()),
        ("pg_database", DATABASES, vec![database]),
        ("pg_roles", ROLES, roles.clone()),
        ("pg_authid", ROLES, roles),
        ("pg_user", USERS, vec![row(USERS, &[("usename", text(reader)), ("usesysid", Value::Int(FIRST_TABLE - 1))])]),
        ("pg_description", DESCRIPTIONS, descriptions(contract)),
        ("pg_am", AM, vec![row(AM, &[("oid", Value::Int(2)), ("amname", text("heap")), ("amtype", text("t"))])]),
        ("pg_settings", SETTINGS, SET.iter().map(setting).collect()),
        (super::rewrite::KEYWORDS, columns::KEYWORDS, keywords::rows()),
        ("pg_tables", PG_TABLES, pg_tables(contract)),
        (
            "pg_tablespace",
            SPACES,
            vec![row(SPACES, &[("oid", Value::Int(1_663)), ("spcname", text("pg_default")), ("spcowner", Value::Int(OWNER))])],
        ),
        (
            "pg_language",
            LANGUAGES,
            vec![row(LANGUAGES, &[("oid", Value::Int(14)), ("lanname", text("sql")), ("lanowner", Value::Int(OWNER))])],
        ),
    ]
}

fn setting((name, value): &(&str, &str)) -> Vec<Value> {
    row(
        SETTINGS,
        &[
            ("name", text(name)),
            ("setting", text(value)),
            ("context", text("internal")),
            ("vartype", text("string")),
            ("boot_val", text(value)),
            ("reset_val", text(value)),
        ],
    )
}

fn classes(contract: &Contract) -> Vec<Vec<Value>> {
    let class = |(oid, table): (i64, &Table)| {
        row(
            CLASS,
            &[
                ("oid", Value::Int(oid)),
                ("relname", text(&table.name)),
                ("relnamespace", Value::Int(PUBLIC_OID)),
                ("relowner", Value::Int(OWNER)),
                ("relam", Value::Int(2)),
                ("reltuples", Value::Int(-1)),
                ("relpersistence", text("p")),
                ("relkind", text("r")),
                ("relnatts", Value::Int(table.columns.len() as i64)),
                ("relispopulated", Value::Bool(true)),
                ("relreplident", text("d")),
            ],
        )
    };
    numbered(contract).map(class).collect()
}

fn attributes(contract: &Contract) -> Vec<Vec<Value>> {
    let mut rows = Vec::new();
    for (oid, table) in numbered(contract) {
        for (number, column) in (1..).zip(&table.columns) {
            let kind = type_oid(column.kind);
            let length = TYPES.iter().find(|(_, known, ..)| *known == kind).map_or(-1, |(_, _, length, ..)| *length);
            rows.push(row(
                ATTRIBUTE,
                &[
                    ("attrelid", Value::Int(oid)),
                    ("attname", text(&column.name)),
                    ("atttypid", Value::Int(kind)),
                    ("attstattarget", Value::Int(-1)),
                    ("attlen", Value::Int(length)),
                    ("attnum", Value::Int(number)),
                    ("atttypmod", Value::Int(-1)),
                    ("attbyval", Value::Bool(length > 0)),
                    ("attstorage", text(if length > 0 { "p" } else { "x" })),
                    ("attidentity", text("")),
                    ("attgenerated", text("")),
                    ("attcompression", text("")),
                    ("attislocal", Value::Bool(true)),
                ],
            ));
        }
    }
    rows
}

fn descriptions(contract: &Contract) -> Vec<Vec<Value>> {
    let mut rows = Vec::new();
    for (oid, table) in numbered(contract) {
        let said = |number: i64, words: &str| vec![Value::Int(oid), Value::Int(PG_CLASS), Value::Int(number), text(words)];
        rows.push(said(0, &table.title));
        rows.extend((1..).zip(&table.columns).map(|(number, column)| said(number, &words(column))));
    }
    rows
}

fn pg_tables(contract: &Contract) -> Vec<Vec<Value>> {
    let table =
        |table: &Table| row(PG_TABLES, &[("schemaname", text(PUBLIC)), ("tablename", text(&table.name)), ("tableowner", text(DATABASE))]);
    contract.tables.iter().map(table).collect()
}
