//! `information_schema` (信息模式): the published tables and columns once more, as the standard tells them.

use qunlian_domain::contract::{Column, ColumnType, Contract, Table};
use qunlian_queries::Value;

use super::super::{DATABASE, INFORMATION, PG, PUBLIC, Told};
use super::columns::{COLUMNS, SCHEMATA, TABLES};
use super::types::{TYPES, type_oid};
use super::{row, text};

/// `information_schema`.
pub(in crate::sandbox::catalog) fn information(contract: &Contract) -> Vec<Told> {
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
                ("character_maximum_length", Value::Null),
                ("character_octet_length", if column.kind == ColumnType::Text { Value::Int(1 << 30) } else { Value::Null }),
                ("numeric_precision", precision(column.kind)),
                ("numeric_precision_radix", if precision(column.kind) == Value::Null { Value::Null } else { Value::Int(2) }),
                ("numeric_scale", if column.kind == ColumnType::Int { Value::Int(0) } else { Value::Null }),
                ("datetime_precision", if column.kind == ColumnType::Date { Value::Int(0) } else { Value::Null }),
                ("interval_precision", Value::Null),
                ("maximum_cardinality", Value::Null),
                ("dtd_identifier", text(&number.to_string())),
                ("is_self_referencing", text("NO")),
                ("identity_cycle", text("NO")),
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

/// Binary digits of a number, as PostgreSQL tells them.
fn precision(kind: ColumnType) -> Value {
    match kind {
        ColumnType::Int => Value::Int(64),
        ColumnType::Decimal => Value::Int(53),
        _ => Value::Null,
    }
}
