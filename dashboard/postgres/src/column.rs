//! Columns of an answer as clients are told of them (列类型): name and PostgreSQL's type.

use qunlian_domain::contract::ColumnType;
use qunlian_queries::{AnswerColumn, OutlineColumn, Value};

use crate::rows::oid;

/// A type that clients meet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Text,
    Int,
    Decimal,
    Date,
    Bool,
    /// Free SQL makes them, as `date_trunc('month', …)`; their values are texts until they are written.
    Timestamp,
    TimestampTz,
}

/// A column as clients are told of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Column {
    pub name: String,
    pub kind: Kind,
}

impl From<ColumnType> for Kind {
    fn from(kind: ColumnType) -> Self {
        match kind {
            ColumnType::Text => Self::Text,
            ColumnType::Int => Self::Int,
            ColumnType::Decimal => Self::Decimal,
            ColumnType::Date => Self::Date,
            ColumnType::Bool => Self::Bool,
        }
    }
}

impl From<&AnswerColumn> for Column {
    fn from(column: &AnswerColumn) -> Self {
        Self { name: column.name.clone(), kind: column.kind.into() }
    }
}

impl From<&OutlineColumn> for Column {
    /// By the engine's name of the type, as the answer's columns come from the types themselves.
    fn from(column: &OutlineColumn) -> Self {
        let kind = column.kind.as_str();
        let is_number = |names: &[&str]| names.iter().any(|name| kind.starts_with(name));
        let kind = match kind {
            "Boolean" => Kind::Bool,
            "Date32" | "Date64" => Kind::Date,
            _ if is_number(&["Int", "UInt"]) && !kind.starts_with("Interval") => Kind::Int,
            _ if is_number(&["Float", "Decimal"]) => Kind::Decimal,
            _ => Kind::of_time(kind).unwrap_or(Kind::Text),
        };
        Self { name: column.name.clone(), kind }
    }
}

impl Kind {
    /// The kind of a time by the engine's name of its type; none for what is no time.
    pub(crate) fn of_time(engine: &str) -> Option<Self> {
        let inner = engine.strip_prefix("Timestamp(")?;
        // `Timestamp(ns)`, `Timestamp(ns, "+00:00")`, `Timestamp(Nanosecond, None)`
        Some(if inner.contains(',') && !inner.contains("None") { Self::TimestampTz } else { Self::Timestamp })
    }

    /// True for a moment.
    pub(crate) fn is_time(self) -> bool {
        matches!(self, Self::Timestamp | Self::TimestampTz)
    }

    /// Object number and bytes of the type.
    pub(crate) fn oid_and_size(self) -> (u32, i16) {
        match self {
            Self::Text => (oid::TEXT, -1),
            Self::Int => (oid::INT8, 8),
            Self::Decimal => (oid::FLOAT8, 8),
            Self::Date => (oid::DATE, 4),
            Self::Bool => (oid::BOOL, 1),
            Self::Timestamp => (oid::TIMESTAMP, 8),
            Self::TimestampTz => (oid::TIMESTAMPTZ, 8),
        }
    }

    /// A value as PostgreSQL writes it: of times the engine prints `2022-05-31T08:30:00Z`.
    pub(crate) fn spelt(self, value: Value) -> Value {
        match (self, value) {
            (Self::Timestamp, Value::Text(text)) => Value::Text(text.replacen('T', " ", 1)),
            (Self::TimestampTz, Value::Text(text)) => {
                let spaced = text.replacen('T', " ", 1);
                Value::Text(spaced.strip_suffix('Z').map_or_else(|| spaced.clone(), |utc| format!("{utc}+00")))
            }
            (_, value) => value,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outlines_name_the_same_types_as_answers() {
        let check = |kind: &str, expect: Kind| {
            let column = OutlineColumn { name: "a".into(), kind: kind.into() };
            assert_eq!(Column::from(&column).kind, expect, "{kind}");
        };
        check("Int64", Kind::Int);
        check("UInt8", Kind::Int);
        check("Interval(MonthDayNano)", Kind::Text);
        check("Float64", Kind::Decimal);
        check("Decimal128(38, 2)", Kind::Decimal);
        check("Utf8View", Kind::Text);
        check("Date32", Kind::Date);
        check("Boolean", Kind::Bool);
        check("Timestamp(ns)", Kind::Timestamp);
        check("Timestamp(Nanosecond, None)", Kind::Timestamp);
        check("Timestamp(ms, \"+08:00\")", Kind::TimestampTz);
        check("List(Int64)", Kind::Text);
    }

    #[test]
    fn times_are_spelt_as_postgres_spells_them() {
        let check = |kind: Kind, text: &str, expect: &str| assert_eq!(kind.spelt(text.into()), Value::from(expect), "{text}");
        check(Kind::Timestamp, "2022-05-31T08:30:00.5", "2022-05-31 08:30:00.5");
        check(Kind::TimestampTz, "2022-05-31T08:30:00Z", "2022-05-31 08:30:00+00");
        check(Kind::TimestampTz, "2022-05-31T08:30:00+08:00", "2022-05-31 08:30:00+08:00");
        check(Kind::Text, "2022-05-31T08:30:00", "2022-05-31T08:30:00");
    }
}
