//! What the server says of itself (服务信息): its abilities and types, for clients that ask before they speak.

use std::sync::Arc;

use arrow_array::RecordBatch;
use arrow_array::cast::AsArray;
use arrow_array::types::UInt32Type;
use arrow_flight::error::Result;
use arrow_flight::sql::metadata::{SqlInfoDataBuilder, XdbcTypeInfo, XdbcTypeInfoDataBuilder};
use arrow_flight::sql::{
    Nullable, Searchable, SqlInfo, SqlNullOrdering, SqlSupportedCaseSensitivity, SqlSupportedTransaction, XdbcDataType,
};
use arrow_schema::SchemaRef;

/// Seconds after which a statement is stopped are the configuration's; clients are told that there is no fixed limit.
const NO_LIMIT: i32 = 0;

/// The columns of [`sql`].
pub(crate) fn sql_schema() -> SchemaRef {
    Arc::new(SqlInfoDataBuilder::schema().clone())
}

/// The abilities that were asked for; all when none was.
pub(crate) fn sql(asked: &[u32]) -> Result<RecordBatch> {
    let told = abilities().build()?;
    let all = told.record_batch([])?;
    if asked.is_empty() {
        return Ok(all);
    }
    // Each once, and only known ones: the list is the client's.
    let known = all.column(0).as_primitive::<UInt32Type>().values();
    let numbers: Vec<u32> = known.iter().copied().filter(|number| asked.contains(number)).collect();
    if numbers.is_empty() { Ok(all.slice(0, 0)) } else { told.record_batch(numbers) }
}

fn abilities() -> SqlInfoDataBuilder {
    let mut told = SqlInfoDataBuilder::new();
    told.append(SqlInfo::FlightSqlServerName, "Qunlian");
    told.append(SqlInfo::FlightSqlServerVersion, env!("CARGO_PKG_VERSION"));
    // The version of the columnar format, not of a library.
    told.append(SqlInfo::FlightSqlServerArrowVersion, "1.5");
    told.append(SqlInfo::FlightSqlServerReadOnly, true);
    told.append(SqlInfo::FlightSqlServerSql, true);
    told.append(SqlInfo::FlightSqlServerSubstrait, false);
    told.append(SqlInfo::FlightSqlServerTransaction, SqlSupportedTransaction::None as i32);
    told.append(SqlInfo::FlightSqlServerCancel, true);
    told.append(SqlInfo::FlightSqlServerStatementTimeout, NO_LIMIT);
    told.append(SqlInfo::SqlDdlCatalog, false);
    told.append(SqlInfo::SqlIdentifierCase, SqlSupportedCaseSensitivity::SqlCaseSensitivityLowercase as i32);
    told.append(SqlInfo::SqlIdentifierQuoteChar, "\"");
    told.append(SqlInfo::SqlQuotedIdentifierCase, SqlSupportedCaseSensitivity::SqlCaseSensitivityCaseInsensitive as i32);
    told.append(SqlInfo::SqlNullOrdering, SqlNullOrdering::SqlNullsSortedHigh as i32);
    told
}

/// The columns of [`types`].
pub(crate) fn types_schema() -> SchemaRef {
    XdbcTypeInfoDataBuilder::new().schema()
}

/// The types that columns may be declared with; one of them when it was asked for.
pub(crate) fn types(asked: Option<i32>) -> Result<RecordBatch> {
    let mut told = XdbcTypeInfoDataBuilder::new();
    let quoted = || Some("'".to_owned());
    let type_of = |name: &str, kind: XdbcDataType, size: i32| XdbcTypeInfo {
        type_name: name.to_owned(),
        data_type: kind,
        sql_data_type: kind,
        column_size: Some(size),
        nullable: Nullable::NullabilityNullable,
        searchable: Searchable::Full,
        local_type_name: Some(name.to_owned()),
        ..XdbcTypeInfo::default()
    };
    told.append(XdbcTypeInfo { num_prec_radix: Some(10), ..type_of("bigint", XdbcDataType::XdbcBigint, 19) });
    told.append(XdbcTypeInfo { num_prec_radix: Some(2), ..type_of("double", XdbcDataType::XdbcDouble, 53) });
    told.append(XdbcTypeInfo {
        literal_prefix: quoted(),
        literal_suffix: quoted(),
        case_sensitive: true,
        ..type_of("varchar", XdbcDataType::XdbcVarchar, i32::MAX)
    });
    told.append(XdbcTypeInfo {
        literal_prefix: Some("date '".to_owned()),
        literal_suffix: quoted(),
        ..type_of("date", XdbcDataType::XdbcDate, 10)
    });
    told.append(type_of("boolean", XdbcDataType::XdbcBit, 1));
    told.build()?.record_batch(asked)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn abilities_are_told_as_they_are_asked_for() {
        let numbers = |asked: &[u32]| sql(asked).unwrap().column(0).as_primitive::<UInt32Type>().values().to_vec();
        assert_eq!(numbers(&[]).len(), 14);
        assert_eq!(numbers(&[3, 0, 3, 99_999]), [0, 3]);
        assert_eq!(numbers(&[99_999]), [0u32; 0], "an unknown one is not all of them");
    }

    #[test]
    fn types_have_the_names_of_sql() {
        let names = |asked| types(asked).unwrap().column(0).as_string::<i32>().iter().flatten().map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(names(None).len(), 5);
        assert_eq!(names(Some(XdbcDataType::XdbcVarchar as i32)), ["varchar"]);
    }
}
