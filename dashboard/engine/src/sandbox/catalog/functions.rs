//! Functions of PostgreSQL that need rows (目录函数): descriptions, names of types and tables.

use std::collections::BTreeMap;
use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, Int64Array, StringArray};
use datafusion::arrow::datatypes::{DataType, Int64Type};
use datafusion::logical_expr::{ColumnarValue, Volatility, create_udf};
use datafusion::prelude::SessionContext;
use qunlian_domain::contract::Contract;

use super::rows::{OWN_TABLES, TYPES, numbered, words};

/// The table's number as its name.
pub(super) const REGCLASS_NAME: &str = "pg_regclass_name";
/// The table's name as its number.
pub(super) const REGCLASS_NUMBER: &str = "to_regclass";
/// The type's name as its number.
pub(super) const REGTYPE_NUMBER: &str = "to_regtype";

/// Registers them.
pub(super) fn register(context: &SessionContext, contract: &Contract) {
    let names: BTreeMap<i64, String> = numbered(contract).map(|(oid, table)| (oid, table.name.clone())).collect();
    let mut numbers: BTreeMap<String, i64> = names.iter().map(|(oid, name)| (name.clone(), *oid)).collect();
    numbers.extend(OWN_TABLES.iter().map(|(name, oid)| ((*name).to_owned(), *oid)));
    let titles: BTreeMap<i64, String> = numbered(contract).map(|(oid, table)| (oid, table.title.clone())).collect();
    let mut columns = BTreeMap::new();
    for (oid, table) in numbered(contract) {
        columns.extend((1..).zip(&table.columns).map(|(number, column)| ((oid, number), words(column))));
    }
    texts(context, "obj_description", move |oid, _| titles.get(&oid).cloned());
    texts(context, "col_description", move |oid, number| columns.get(&(oid, number?)).cloned());
    texts(context, "format_type", |oid, _| {
        Some(TYPES.iter().find(|(_, known, ..)| *known == oid).map_or("???", |(.., full)| full).to_owned())
    });
    texts(context, REGCLASS_NAME, move |oid, _| Some(names.get(&oid).cloned().unwrap_or_else(|| oid.to_string())));
    numbers_of(context, REGCLASS_NUMBER, move |name| {
        let name = name.replace('"', "");
        numbers.get(name.trim_start_matches("public.").trim_start_matches("pg_catalog.")).copied()
    });
    numbers_of(context, REGTYPE_NUMBER, |name| {
        let name = name.trim_start_matches("pg_catalog.");
        TYPES.iter().find(|(known, .., full)| *known == name || *full == name).map(|(_, oid, ..)| *oid)
    });
}

/// A function of a number and a second one that may be missing.
fn texts(context: &SessionContext, name: &str, told: impl Fn(i64, Option<i64>) -> Option<String> + Send + Sync + 'static) {
    let body = move |arguments: &[ColumnarValue]| {
        let arrays = ColumnarValue::values_to_arrays(arguments)?;
        let [first, second] = arrays.as_slice() else { return datafusion::common::internal_err!("two arguments are needed") };
        let (first, second) = (first.as_primitive::<Int64Type>(), second.as_primitive::<Int64Type>());
        let number = |array: &Int64Array, at: usize| array.is_valid(at).then(|| array.value(at));
        let found: StringArray = (0..first.len()).map(|at| told(number(first, at)?, number(second, at))).collect();
        Ok(ColumnarValue::Array(Arc::new(found) as ArrayRef))
    };
    let takes = vec![DataType::Int64, DataType::Int64];
    context.register_udf(create_udf(name, takes, DataType::Utf8, Volatility::Immutable, Arc::new(body)));
}

/// A function from a name to a number.
fn numbers_of(context: &SessionContext, name: &str, told: impl Fn(&str) -> Option<i64> + Send + Sync + 'static) {
    let body = move |arguments: &[ColumnarValue]| {
        let arrays = ColumnarValue::values_to_arrays(arguments)?;
        let given = arrays.first().map(|array| array.as_string_view());
        let found: Int64Array = given.into_iter().flat_map(|given| given.iter().map(|name| told(name?.trim_matches('"')))).collect();
        Ok(ColumnarValue::Array(Arc::new(found) as ArrayRef))
    };
    context.register_udf(create_udf(name, vec![DataType::Utf8View], DataType::Int64, Volatility::Immutable, Arc::new(body)));
}
