//! Rows of the catalogs (目录内容): the published tables, their columns with types and Chinese titles, and what PostgreSQL always has.

use ColumnType::{Bool, Int, Text};
use qunlian_domain::contract::{Column, ColumnType, Contract, Table};
use qunlian_queries::Value;

use super::super::system::ColumnSpec;
use super::{DATABASE, FIRST_TABLE, INFORMATION, PG, PUBLIC, Told};

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
];
pub(super) const INFORMATION_NAMES: &[&str] = &["tables", "columns", "schemata"];

/// Name, number, bytes, category and full name of the types that clients may meet.
pub(super) const TYPES: &[(&str, i64, i64, &str, &str)] = &[
    ("bool", 16, 1, "B", "boolean"),
    ("bytea", 17, -1, "U", "bytea"),
    ("char", 18, 1, "Z", "\"char\""),
    ("name", 19, 64, "S", "name"),
    ("int8", 20, 8, "N", "bigint"),
    ("int2", 21, 2, "N", "smallint"),
    ("int4", 23, 4, "N", "integer"),
    ("text", 25, -1, "S", "text"),
    ("oid", 26, 4, "N", "oid"),
    ("json", 114, -1, "U", "json"),
    ("float4", 700, 4, "N", "real"),
    ("float8", 701, 8, "N", "double precision"),
    ("unknown", 705, -2, "X", "unknown"),
    ("bpchar", 1_042, -1, "S", "character"),
    ("varchar", 1_043, -1, "S", "character varying"),
    ("date", 1_082, 4, "D", "date"),
    ("time", 1_083, 8, "D", "time without time zone"),
    ("timestamp", 1_114, 8, "D", "timestamp without time zone"),
    ("timestamptz", 1_184, 8, "D", "timestamp with time zone"),
    ("interval", 1_186, 16, "T", "interval"),
    ("numeric", 1_700, -1, "N", "numeric"),
    ("uuid", 2_950, 16, "U", "uuid"),
];

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

/// The number of a published column's type.
fn type_oid(kind: ColumnType) -> i64 {
    match kind {
        ColumnType::Bool => 16,
        ColumnType::Int => 20,
        ColumnType::Text => 25,
        ColumnType::Decimal => 701,
        ColumnType::Date => 1_082,
    }
}

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
fn row(specs: &[ColumnSpec], given: &[(&str, Value)]) -> Vec<Value> {
    let cell = |(name, kind, ..): &ColumnSpec| match given.iter().find(|(known, _)| known == name) {
        Some((_, value)) => value.clone(),
        None => match kind {
            Int => Value::Int(0),
            Bool => Value::Bool(false),
            _ => Value::Null,
        },
    };
    specs.iter().map(cell).collect()
}

const NAMESPACE: &[ColumnSpec] = &[("oid", Int, "", ""), ("nspname", Text, "", ""), ("nspowner", Int, "", ""), ("nspacl", Text, "", "")];
#[rustfmt::skip]
const CLASS: &[ColumnSpec] = &[
    ("oid", Int, "", ""), ("relname", Text, "", ""), ("relnamespace", Int, "", ""), ("reltype", Int, "", ""), ("reloftype", Int, "", ""),
    ("relowner", Int, "", ""), ("relam", Int, "", ""), ("relfilenode", Int, "", ""), ("reltablespace", Int, "", ""), ("relpages", Int, "", ""),
    ("reltuples", Int, "", ""), ("relallvisible", Int, "", ""), ("reltoastrelid", Int, "", ""), ("relhasindex", Bool, "", ""),
    ("relisshared", Bool, "", ""), ("relpersistence", Text, "", ""), ("relkind", Text, "", ""), ("relnatts", Int, "", ""),
    ("relchecks", Int, "", ""), ("relhasrules", Bool, "", ""), ("relhastriggers", Bool, "", ""), ("relhassubclass", Bool, "", ""),
    ("relrowsecurity", Bool, "", ""), ("relforcerowsecurity", Bool, "", ""), ("relispopulated", Bool, "", ""), ("relreplident", Text, "", ""),
    ("relispartition", Bool, "", ""), ("relrewrite", Int, "", ""), ("relacl", Text, "", ""), ("reloptions", Text, "", ""),
    ("relpartbound", Text, "", ""),
];
#[rustfmt::skip]
const ATTRIBUTE: &[ColumnSpec] = &[
    ("attrelid", Int, "", ""), ("attname", Text, "", ""), ("atttypid", Int, "", ""), ("attstattarget", Int, "", ""), ("attlen", Int, "", ""),
    ("attnum", Int, "", ""), ("attndims", Int, "", ""), ("atttypmod", Int, "", ""), ("attbyval", Bool, "", ""), ("attstorage", Text, "", ""),
    ("attalign", Text, "", ""), ("attnotnull", Bool, "", ""), ("atthasdef", Bool, "", ""), ("atthasmissing", Bool, "", ""),
    ("attidentity", Text, "", ""), ("attgenerated", Text, "", ""), ("attisdropped", Bool, "", ""), ("attislocal", Bool, "", ""),
    ("attinhcount", Int, "", ""), ("attcollation", Int, "", ""), ("attcompression", Text, "", ""), ("attacl", Text, "", ""),
    ("attoptions", Text, "", ""), ("attfdwoptions", Text, "", ""),
];
#[rustfmt::skip]
const TYPE: &[ColumnSpec] = &[
    ("oid", Int, "", ""), ("typname", Text, "", ""), ("typnamespace", Int, "", ""), ("typowner", Int, "", ""), ("typlen", Int, "", ""),
    ("typbyval", Bool, "", ""), ("typtype", Text, "", ""), ("typcategory", Text, "", ""), ("typispreferred", Bool, "", ""),
    ("typisdefined", Bool, "", ""), ("typdelim", Text, "", ""), ("typrelid", Int, "", ""), ("typelem", Int, "", ""), ("typarray", Int, "", ""),
    ("typinput", Text, "", ""), ("typoutput", Text, "", ""), ("typnotnull", Bool, "", ""), ("typbasetype", Int, "", ""),
    ("typtypmod", Int, "", ""), ("typndims", Int, "", ""), ("typcollation", Int, "", ""), ("typdefault", Text, "", ""),
];
#[rustfmt::skip]
const DATABASES: &[ColumnSpec] = &[
    ("oid", Int, "", ""), ("datname", Text, "", ""), ("datdba", Int, "", ""), ("encoding", Int, "", ""), ("datlocprovider", Text, "", ""),
    ("datistemplate", Bool, "", ""), ("datallowconn", Bool, "", ""), ("datconnlimit", Int, "", ""), ("dattablespace", Int, "", ""),
    ("datcollate", Text, "", ""), ("datctype", Text, "", ""), ("daticulocale", Text, "", ""), ("datcollversion", Text, "", ""), ("datacl", Text, "", ""),
];
#[rustfmt::skip]
const ROLES: &[ColumnSpec] = &[
    ("oid", Int, "", ""), ("rolname", Text, "", ""), ("rolsuper", Bool, "", ""), ("rolinherit", Bool, "", ""), ("rolcreaterole", Bool, "", ""),
    ("rolcreatedb", Bool, "", ""), ("rolcanlogin", Bool, "", ""), ("rolreplication", Bool, "", ""), ("rolbypassrls", Bool, "", ""),
    ("rolconnlimit", Int, "", ""), ("rolvaliduntil", Text, "", ""), ("rolconfig", Text, "", ""),
];
const USERS: &[ColumnSpec] = &[
    ("usename", Text, "", ""),
    ("usesysid", Int, "", ""),
    ("usecreatedb", Bool, "", ""),
    ("usesuper", Bool, "", ""),
    ("userepl", Bool, "", ""),
];
const DESCRIPTIONS: &[ColumnSpec] =
    &[("objoid", Int, "", ""), ("classoid", Int, "", ""), ("objsubid", Int, "", ""), ("description", Text, "", "")];
const AM: &[ColumnSpec] = &[("oid", Int, "", ""), ("amname", Text, "", ""), ("amhandler", Text, "", ""), ("amtype", Text, "", "")];
const SETTINGS: &[ColumnSpec] = &[("name", Text, "", ""), ("setting", Text, "", ""), ("unit", Text, "", ""), ("category", Text, "", "")];
#[rustfmt::skip]
const PG_TABLES: &[ColumnSpec] = &[
    ("schemaname", Text, "", ""), ("tablename", Text, "", ""), ("tableowner", Text, "", ""), ("tablespace", Text, "", ""),
    ("hasindexes", Bool, "", ""), ("hasrules", Bool, "", ""), ("hastriggers", Bool, "", ""), ("rowsecurity", Bool, "", ""),
];
const SPACES: &[ColumnSpec] =
    &[("oid", Int, "", ""), ("spcname", Text, "", ""), ("spcowner", Int, "", ""), ("spcacl", Text, "", ""), ("spcoptions", Text, "", "")];
const LANGUAGES: &[ColumnSpec] = &[
    ("oid", Int, "", ""),
    ("lanname", Text, "", ""),
    ("lanowner", Int, "", ""),
    ("lanispl", Bool, "", ""),
    ("lanpltrusted", Bool, "", ""),
    ("lanplcallfoid", Int, "", ""),
    ("laninline", Int, "", ""),
    ("lanvalidator", Int, "", ""),
    ("lanacl", Text, "", ""),
];
#[rustfmt::skip]
const TABLES: &[ColumnSpec] = &[
    ("table_catalog", Text, "", ""), ("table_schema", Text, "", ""), ("table_name", Text, "", ""), ("table_type", Text, "", ""),
    ("is_insertable_into", Text, "", ""), ("is_typed", Text, "", ""),
];
#[rustfmt::skip]
const COLUMNS: &[ColumnSpec] = &[
    ("table_catalog", Text, "", ""), ("table_schema", Text, "", ""), ("table_name", Text, "", ""), ("column_name", Text, "", ""),
    ("ordinal_position", Int, "", ""), ("column_default", Text, "", ""), ("is_nullable", Text, "", ""), ("data_type", Text, "", ""),
    ("character_maximum_length", Text, "", ""), ("numeric_precision", Text, "", ""), ("numeric_scale", Text, "", ""),
    ("datetime_precision", Text, "", ""), ("udt_catalog", Text, "", ""), ("udt_schema", Text, "", ""), ("udt_name", Text, "", ""),
    ("is_identity", Text, "", ""), ("is_generated", Text, "", ""), ("is_updatable", Text, "", ""),
];
const SCHEMATA: &[ColumnSpec] = &[("catalog_name", Text, "", ""), ("schema_name", Text, "", ""), ("schema_owner", Text, "", "")];

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
        ("pg_settings", SETTINGS, vec![row(SETTINGS, &[("name", text("standard_conforming_strings")), ("setting", text("on"))])]),
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

fn type_row((name, oid, length, category, _): &(&str, i64, i64, &str, &str)) -> Vec<Value> {
    row(
        TYPE,
        &[
            ("oid", Value::Int(*oid)),
            ("typname", text(name)),
            ("typnamespace", Value::Int(PG_OID)),
            ("typowner", Value::Int(OWNER)),
            ("typlen", Value::Int(*length)),
            ("typbyval", Value::Bool((1..=8).contains(length))),
            ("typtype", text("b")),
            ("typcategory", text(category)),
            ("typisdefined", Value::Bool(true)),
            ("typdelim", text(",")),
            ("typinput", text(&format!("{name}in"))),
            ("typoutput", text(&format!("{name}out"))),
            ("typtypmod", Value::Int(-1)),
        ],
    )
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

/// `information_schema`.
pub(super) fn information(contract: &Contract) -> Vec<Told> {
    let table = |table: &Table| {
        row(
            TABLES,
            &[
                ("table_catalog", text(DATABASE)),
                ("table_schema", text(PUBLIC)),
                ("table_name", text(&table.name)),
                ("table_type", text("BASE TABLE")),
                ("is_insertable_into", text("NO")),
                ("is_typed", text("NO")),
            ],
        )
    };
    let schema =
        |name: &str| row(SCHEMATA, &[("catalog_name", text(DATABASE)), ("schema_name", text(name)), ("schema_owner", text(DATABASE))]);
    vec![
        ("tables", TABLES, contract.tables.iter().map(table).collect()),
        ("columns", COLUMNS, contract.tables.iter().flat_map(columns).collect()),
        ("schemata", SCHEMATA, vec![schema(PG), schema(PUBLIC), schema(INFORMATION)]),
    ]
}

fn columns(table: &Table) -> Vec<Vec<Value>> {
    let column = |(number, column): (i64, &Column)| {
        let oid = type_oid(column.kind);
        let (udt, full) = TYPES.iter().find(|(_, known, ..)| *known == oid).map_or(("", ""), |(name, .., full)| (*name, *full));
        row(
            COLUMNS,
            &[
                ("table_catalog", text(DATABASE)),
                ("table_schema", text(PUBLIC)),
                ("table_name", text(&table.name)),
                ("column_name", text(&column.name)),
                ("ordinal_position", Value::Int(number)),
                ("is_nullable", text("YES")),
                ("data_type", text(full)),
                ("udt_catalog", text(DATABASE)),
                ("udt_schema", text(PG)),
                ("udt_name", text(udt)),
                ("is_identity", text("NO")),
                ("is_generated", text("NEVER")),
                ("is_updatable", text("NO")),
            ],
        )
    };
    (1..).zip(&table.columns).map(column).collect()
}
