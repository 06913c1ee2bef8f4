//! Columns as Arrow names them (列的类型): of a statement that is planned, of published tables, of parameters.

use std::collections::HashMap;

use arrow_flight::{IpcMessage, SchemaAsIpc};
use arrow_ipc::writer::IpcWriteOptions;
use arrow_schema::{DataType, Field, Schema};
use bytes::Bytes;
use qunlian_domain::contract::{ColumnType, Contract};
use qunlian_queries::{Outline, OutlineColumn};
use tonic::Status;

use crate::fault;

/// The columns of a planned statement as its answer will have them; none when a type cannot be told before it runs.
pub(crate) fn planned(outline: &Outline, contract: &Contract) -> Option<Schema> {
    let field = |column: &OutlineColumn| {
        let kind = match column.kind.parse().ok()? {
            // As the workers write them, for tools that know no views.
            DataType::Utf8View => DataType::Utf8,
            DataType::BinaryView => DataType::Binary,
            other => other,
        };
        let known = contract.column_like(&column.name, column_type(&kind));
        let (title, unit) = known.map_or((column.name.as_str(), ""), |column| (&column.title, &column.unit));
        let words = [("title".to_owned(), title.to_owned()), ("unit".to_owned(), unit.to_owned())];
        Some(Field::new(&column.name, kind, true).with_metadata(words.into()))
    };
    Some(Schema::new(outline.columns.iter().map(field).collect::<Option<Vec<_>>>()?))
}

fn column_type(kind: &DataType) -> ColumnType {
    match kind {
        DataType::Boolean => ColumnType::Bool,
        DataType::Date32 | DataType::Date64 => ColumnType::Date,
        whole if whole.is_integer() => ColumnType::Int,
        number if number.is_numeric() => ColumnType::Decimal,
        _ => ColumnType::Text,
    }
}

/// A published column; its title and unit are its remarks.
pub(crate) fn published(name: &str, kind: &str, title: &str, unit: &str) -> Field {
    let data = match kind {
        kind if kind == ColumnType::Int.id() => DataType::Int64,
        kind if kind == ColumnType::Decimal.id() => DataType::Float64,
        kind if kind == ColumnType::Date.id() => DataType::Date32,
        kind if kind == ColumnType::Bool.id() => DataType::Boolean,
        _ => DataType::Utf8,
    };
    let remarks = if unit.is_empty() { title.to_owned() } else { format!("{title}（{unit}）") };
    // Named by the Flight SQL specification.
    let words = [("ARROW:FLIGHT:SQL:REMARKS", remarks.as_str()), ("ARROW:FLIGHT:SQL:TYPE_NAME", kind), ("title", title), ("unit", unit)];
    let words: HashMap<String, String> = words.map(|(name, word)| (name.to_owned(), word.to_owned())).into();
    Field::new(name, data, true).with_metadata(words)
}

/// Parameters take values of any type; a text is what every driver can give.
pub(crate) fn parameters(count: usize) -> Schema {
    Schema::new((1..=count).map(|number| Field::new(number.to_string(), DataType::Utf8, true)).collect::<Vec<_>>())
}

/// A schema as a message by itself.
///
/// # Errors
/// It cannot be written.
pub(crate) fn message(schema: &Schema) -> Result<Bytes, Status> {
    let options = IpcWriteOptions::default();
    let IpcMessage(bytes) = SchemaAsIpc::new(schema, &options).try_into().map_err(|error| fault::internal(&error))?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contract() -> Contract {
        let data = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data");
        Contract::load(&|path| std::fs::read_to_string(data.join(path))).unwrap()
    }

    fn of(kinds: &[&str]) -> Option<Vec<DataType>> {
        let columns = kinds.iter().map(|kind| OutlineColumn { name: "c".to_owned(), kind: (*kind).to_owned() }).collect();
        let schema = planned(&Outline { columns, ..Outline::default() }, &contract())?;
        Some(schema.fields().iter().map(|field| field.data_type().clone()).collect())
    }

    #[test]
    fn planned_types_are_those_of_the_answer() {
        let expect = [DataType::Int64, DataType::Utf8, DataType::Utf8, DataType::Date32, DataType::Decimal128(10, 2), DataType::Null];
        assert_eq!(of(&["Int64", "Utf8View", "Utf8", "Date32", "Decimal128(10, 2)", "Null"]), Some(expect.to_vec()));
        let list = DataType::List(Field::new_list_field(DataType::Int64, true).into());
        assert_eq!(of(&[&list.to_string()]), Some(vec![list]));
        assert_eq!(of(&["Int64", "something new"]), None);
        assert_eq!(of(&[]), Some(vec![]));
    }

    #[test]
    fn columns_keep_their_titles() {
        let column = |name: &str, kind: &str| OutlineColumn { name: name.to_owned(), kind: kind.to_owned() };
        let columns = vec![column("carrier", "Utf8View"), column("carrier", "Int64"), column("agreed_yuan", "Int64")];
        let schema = planned(&Outline { columns, ..Outline::default() }, &contract()).unwrap();
        let words: Vec<_> =
            schema.fields().iter().map(|field| (field.metadata()["title"].as_str(), field.metadata()["unit"].as_str())).collect();
        assert_eq!(words, [("载体单位", ""), ("carrier", ""), ("协议投资额", "元")]);
    }

    #[test]
    fn published_columns_have_titles() {
        let field = published("agreed_yuan", "int", "协议投资额", "元");
        assert_eq!((field.data_type(), field.metadata()["ARROW:FLIGHT:SQL:REMARKS"].as_str()), (&DataType::Int64, "协议投资额（元）"));
        assert_eq!(published("day", "date", "日期", "").metadata()["ARROW:FLIGHT:SQL:REMARKS"], "日期");
        let kinds = ["text", "decimal", "date", "bool"].map(|kind| published("c", kind, "", "").data_type().clone());
        assert_eq!(kinds, [DataType::Utf8, DataType::Float64, DataType::Date32, DataType::Boolean]);
    }
}
