//! PostgreSQL's types (目录类型): those of published columns, and those that clients look for.

use qunlian_domain::contract::ColumnType;
use qunlian_queries::Value;

use super::columns::TYPE;
use super::{OWNER, PG_OID, row, text};

/// Name, number, bytes, category and full name of the types that clients may meet.
pub(in crate::sandbox::catalog) const TYPES: &[(&str, i64, i64, &str, &str)] = &[
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

/// The number of a published column's type.
pub(super) fn type_oid(kind: ColumnType) -> i64 {
    match kind {
        ColumnType::Bool => 16,
        ColumnType::Int => 20,
        ColumnType::Text => 25,
        ColumnType::Decimal => 701,
        ColumnType::Date => 1_082,
    }
}

/// A type's row in `pg_type`.
pub(super) fn type_row((name, oid, length, category, _): &(&str, i64, i64, &str, &str)) -> Vec<Value> {
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
            ("typsend", text(&format!("{name}send"))),
            // Clients look for those of arrays.
            ("typalign", text(if *length == 8 { "d" } else { "i" })),
            ("typstorage", text(if *length > 0 { "p" } else { "x" })),
            ("typtypmod", Value::Int(-1)),
        ],
    )
}
