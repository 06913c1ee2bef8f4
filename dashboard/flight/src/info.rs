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

/// Answers in words.
const WORDS: [(SqlInfo, &str); 9] = [
    (SqlInfo::FlightSqlServerName, "Qunlian"),
    (SqlInfo::FlightSqlServerVersion, env!("CARGO_PKG_VERSION")),
    // The version of the columnar format, not of a library.
    (SqlInfo::FlightSqlServerArrowVersion, "1.5"),
    (SqlInfo::SqlIdentifierQuoteChar, "\""),
    (SqlInfo::SqlSearchStringEscape, "\\"),
    (SqlInfo::SqlExtraNameCharacters, ""),
    (SqlInfo::SqlSchemaTerm, "schema"),
    (SqlInfo::SqlCatalogTerm, "catalog"),
    (SqlInfo::SqlProcedureTerm, "procedure"),
];

/// Lists of words: none beyond those of the standard.
const LISTS: [SqlInfo; 5] = [
    SqlInfo::SqlKeywords,
    SqlInfo::SqlNumericFunctions,
    SqlInfo::SqlStringFunctions,
    SqlInfo::SqlSystemFunctions,
    SqlInfo::SqlDatetimeFunctions,
];

/// What it does, and what it does not.
const TRUTHS: [(SqlInfo, bool); 27] = [
    (SqlInfo::FlightSqlServerReadOnly, true),
    (SqlInfo::FlightSqlServerSql, true),
    (SqlInfo::FlightSqlServerCancel, true),
    (SqlInfo::SqlAllTablesAreSelectable, true),
    (SqlInfo::SqlSupportsColumnAliasing, true),
    (SqlInfo::SqlNullPlusNullIsNull, true),
    (SqlInfo::SqlSupportsTableCorrelationNames, true),
    (SqlInfo::SqlSupportsExpressionsInOrderBy, true),
    (SqlInfo::SqlSupportsOrderByUnrelated, true),
    (SqlInfo::SqlSupportsLikeEscapeClause, true),
    (SqlInfo::SqlCorrelatedSubqueriesSupported, true),
    (SqlInfo::FlightSqlServerSubstrait, false),
    (SqlInfo::FlightSqlServerBulkIngestion, false),
    (SqlInfo::FlightSqlServerIngestTransactionsSupported, false),
    (SqlInfo::SqlDdlCatalog, false),
    (SqlInfo::SqlDdlSchema, false),
    (SqlInfo::SqlDdlTable, false),
    (SqlInfo::SqlSupportsDifferentTableCorrelationNames, false),
    (SqlInfo::SqlSupportsNonNullableColumns, false),
    (SqlInfo::SqlSupportsIntegrityEnhancementFacility, false),
    (SqlInfo::SqlSelectForUpdateSupported, false),
    (SqlInfo::SqlStoredProceduresSupported, false),
    (SqlInfo::SqlTransactionsSupported, false),
    (SqlInfo::SqlDataDefinitionCausesTransactionCommit, false),
    (SqlInfo::SqlBatchUpdatesSupported, false),
    (SqlInfo::SqlSavepointsSupported, false),
    (SqlInfo::SqlNamedParametersSupported, false),
];

/// Limits on names and the like: there are none that a client must keep to.
const UNLIMITED: [SqlInfo; 10] = [
    SqlInfo::SqlMaxColumnNameLength,
    SqlInfo::SqlMaxColumnsInGroupBy,
    SqlInfo::SqlMaxColumnsInOrderBy,
    SqlInfo::SqlMaxColumnsInSelect,
    SqlInfo::SqlMaxColumnsInTable,
    SqlInfo::SqlDbSchemaNameLength,
    SqlInfo::SqlMaxCatalogNameLength,
    SqlInfo::SqlMaxRowSize,
    SqlInfo::SqlMaxTableNameLength,
    SqlInfo::SqlMaxConnections,
];

fn abilities() -> SqlInfoDataBuilder {
    let mut told = SqlInfoDataBuilder::new();
    WORDS.into_iter().for_each(|(ability, words)| told.append(ability, words));
    LISTS.into_iter().for_each(|ability| told.append(ability, Vec::<String>::new()));
    TRUTHS.into_iter().for_each(|(ability, truth)| told.append(ability, truth));
    UNLIMITED.into_iter().for_each(|ability| told.append(ability, 0i64));
    told.append(SqlInfo::FlightSqlServerTransaction, SqlSupportedTransaction::None as i32);
    told.append(SqlInfo::FlightSqlServerStatementTimeout, NO_LIMIT);
    told.append(SqlInfo::SqlIdentifierCase, SqlSupportedCaseSensitivity::SqlCaseSensitivityLowercase as i32);
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
        assert_eq!(numbers(&[]).len(), WORDS.len() + LISTS.len() + TRUTHS.len() + UNLIMITED.len() + 5, "each once");
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
