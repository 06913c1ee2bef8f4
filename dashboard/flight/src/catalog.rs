//! What there is to ask about (目录): tables and columns as the reader may see them, in the shapes of the Flight SQL specification.

use std::sync::Arc;

use arrow_array::RecordBatch;
use arrow_flight::FlightData;
use arrow_flight::sql::metadata::{GetCatalogsBuilder, GetDbSchemasBuilder, GetTablesBuilder};
use arrow_flight::sql::{Command, CommandGetDbSchemas, CommandGetTables};
use arrow_flight::utils::batches_to_flight_data;
use arrow_schema::{DataType, Field, Schema, SchemaRef};
use qunlian_queries::{Answer, Statement};
use tonic::Status;

use crate::columns::published;
use crate::door::Door;
use crate::fault;
use crate::guard::Reader;
use crate::info;

/// Tables are named without a catalog, and published ones without a schema: names made of these parts can be asked as they are.
const NO_CATALOG: &str = "";
const NO_SCHEMA: &str = "";
const SYSTEM: &str = "system";
const TABLE: &str = "TABLE";
const SYSTEM_TABLE: &str = "SYSTEM TABLE";
/// Columns of every table that may be asked, in order.
const COLUMNS: &str = "select table_name, name, type, title, unit from system.columns order by table_name, position";

/// The columns of what the catalogs tell; none for other commands.
pub(crate) fn schema(command: &Command) -> Option<SchemaRef> {
    Some(match command {
        Command::CommandGetCatalogs(_) => GetCatalogsBuilder::new().schema(),
        Command::CommandGetDbSchemas(asked) => asked.clone().into_builder().schema(),
        Command::CommandGetTables(asked) => asked.clone().into_builder().schema(),
        Command::CommandGetTableTypes(asked) => asked.into_builder().schema(),
        Command::CommandGetSqlInfo(_) => info::sql_schema(),
        Command::CommandGetXdbcTypeInfo(_) => info::types_schema(),
        Command::CommandGetPrimaryKeys(_) => Arc::new(primary_keys()),
        Command::CommandGetExportedKeys(_) | Command::CommandGetImportedKeys(_) | Command::CommandGetCrossReference(_) => {
            Arc::new(foreign_keys())
        }
        _ => return None,
    })
}

/// What the catalogs tell, as it leaves.
///
/// # Errors
/// The tables cannot be listed now.
pub(crate) async fn frames(door: &Door, reader: &Reader, command: Command) -> Result<Vec<FlightData>, Status> {
    let Some(schema) = schema(&command) else { return Err(fault::unreadable("请求")) };
    let batch = match command {
        Command::CommandGetTables(asked) => tables(asked, &described(door, reader).await?),
        command => told(command, &schema),
    };
    let batch = batch.map_err(|error| fault::internal(&error))?;
    batches_to_flight_data(&schema, vec![batch]).map_err(|error| fault::internal(&error))
}

fn told(command: Command, schema: &SchemaRef) -> arrow_flight::error::Result<RecordBatch> {
    match command {
        Command::CommandGetCatalogs(asked) => {
            let mut builder = asked.into_builder();
            builder.append(NO_CATALOG);
            builder.build()
        }
        Command::CommandGetDbSchemas(asked) => schemas(asked),
        Command::CommandGetTableTypes(asked) => {
            let mut builder = asked.into_builder();
            builder.append(TABLE);
            builder.append(SYSTEM_TABLE);
            builder.build()
        }
        Command::CommandGetSqlInfo(asked) => info::sql(&asked.info),
        Command::CommandGetXdbcTypeInfo(asked) => info::types(asked.data_type),
        // Published tables declare no keys.
        _ => Ok(RecordBatch::new_empty(Arc::clone(schema))),
    }
}

fn schemas(asked: CommandGetDbSchemas) -> arrow_flight::error::Result<RecordBatch> {
    let mut builder: GetDbSchemasBuilder = asked.into_builder();
    builder.append(NO_CATALOG, NO_SCHEMA);
    builder.append(NO_CATALOG, SYSTEM);
    builder.build()
}

/// A table and its columns.
struct Described {
    schema: &'static str,
    name: String,
    fields: Vec<Field>,
}

/// Asked like any statement, so that nobody is told of what may not be asked.
async fn described(door: &Door, reader: &Reader) -> Result<Vec<Described>, Status> {
    let handle = crate::handle::Handle::default().named()?;
    let statement = Statement { sql: COLUMNS.to_owned(), as_of: None, params: handle.params(), most: None, ticket: handle.ticket() };
    let answer = door.sql.show(&reader.asker, statement).await.map_err(|failure| fault::of(&failure))?;
    Ok(grouped(&answer))
}

fn grouped(answer: &Answer) -> Vec<Described> {
    let mut tables: Vec<Described> = Vec::new();
    let text = |row: usize, column: &str| answer.get(row, column).text().unwrap_or_default().to_owned();
    for row in 0..answer.rows.len() {
        let whole = text(row, "table_name");
        let (schema, name) = whole.strip_prefix("system.").map_or((NO_SCHEMA, whole.as_str()), |name| (SYSTEM, name));
        let field = published(&text(row, "name"), &text(row, "type"), &text(row, "title"), &text(row, "unit"));
        match tables.last_mut().filter(|table| table.schema == schema && table.name == name) {
            Some(table) => table.fields.push(field),
            None => tables.push(Described { schema, name: name.to_owned(), fields: vec![field] }),
        }
    }
    tables
}

fn tables(asked: CommandGetTables, described: &[Described]) -> arrow_flight::error::Result<RecordBatch> {
    // A client may repeat a type as often as it likes; each is compared with every table.
    let kinds = [TABLE, SYSTEM_TABLE].into_iter().filter(|kind| asked.table_types.iter().any(|asked| asked == kind));
    let kinds: Vec<String> = kinds.map(str::to_owned).collect();
    let is_other = kinds.is_empty() && !asked.table_types.is_empty();
    let mut builder: GetTablesBuilder = CommandGetTables { table_types: kinds, ..asked }.into_builder();
    for table in described.iter().filter(|_| !is_other) {
        let kind = if table.schema == SYSTEM { SYSTEM_TABLE } else { TABLE };
        builder.append(NO_CATALOG, table.schema, &table.name, kind, &Schema::new(table.fields.clone()))?;
    }
    builder.build()
}

fn text(name: &str, nullable: bool) -> Field {
    Field::new(name, DataType::Utf8, nullable)
}

/// Source: FlightSql.proto, CommandGetPrimaryKeys.
fn primary_keys() -> Schema {
    Schema::new(vec![
        text("catalog_name", true),
        text("db_schema_name", true),
        text("table_name", false),
        text("column_name", false),
        text("key_name", true),
        Field::new("key_sequence", DataType::Int32, false),
    ])
}

/// Source: FlightSql.proto, CommandGetExportedKeys.
fn foreign_keys() -> Schema {
    Schema::new(vec![
        text("pk_catalog_name", true),
        text("pk_db_schema_name", true),
        text("pk_table_name", false),
        text("pk_column_name", false),
        text("fk_catalog_name", true),
        text("fk_db_schema_name", true),
        text("fk_table_name", false),
        text("fk_column_name", false),
        Field::new("key_sequence", DataType::Int32, false),
        text("fk_key_name", true),
        text("pk_key_name", true),
        Field::new("update_rule", DataType::UInt8, false),
        Field::new("delete_rule", DataType::UInt8, false),
    ])
}

#[cfg(test)]
mod tests {
    use arrow_array::cast::AsArray;
    use arrow_flight::IpcMessage;
    use arrow_flight::sql::{CommandGetCatalogs, CommandGetPrimaryKeys, CommandGetTableTypes};
    use qunlian_domain::contract::ColumnType;
    use qunlian_queries::{AnswerColumn, Value};

    use super::*;

    fn described() -> Vec<Described> {
        let names = ["table_name", "name", "type", "title", "unit"];
        let column = |name: &str| AnswerColumn { name: name.into(), kind: ColumnType::Text, title: name.into(), unit: String::new() };
        let row = |cells: [&str; 5]| cells.iter().map(|cell| Value::from(*cell)).collect::<Vec<_>>();
        let rows = vec![
            row(["projects", "name", "text", "项目名称", ""]),
            row(["projects", "agreed_yuan", "int", "协议投资额", "元"]),
            row(["system.queries", "sql", "text", "语句", ""]),
        ];
        grouped(&Answer { columns: names.iter().map(|name| column(name)).collect(), rows, generation: 1, as_of: None, truncated: false })
    }

    fn names(asked: CommandGetTables) -> Vec<String> {
        let batch = tables(asked, &described()).unwrap();
        let (schemas, names) = (batch.column(1).as_string::<i32>(), batch.column(2).as_string::<i32>());
        schemas.iter().zip(names).map(|(schema, name)| format!("{}.{}", schema.unwrap(), name.unwrap())).collect()
    }

    #[test]
    fn tables_are_listed_by_name_and_kind() {
        assert_eq!(names(CommandGetTables::default()), [".projects", "system.queries"]);
        let of = |types: &[&str]| {
            names(CommandGetTables { table_types: types.iter().map(|kind| (*kind).into()).collect(), ..Default::default() })
        };
        assert_eq!(of(&["TABLE"]), [".projects"]);
        assert_eq!(of(&["SYSTEM TABLE", "TABLE", "TABLE"]).len(), 2);
        assert!(of(&["VIEW"]).is_empty());
        assert_eq!(names(CommandGetTables { table_name_filter_pattern: Some("proj%".into()), ..Default::default() }), [".projects"]);
        assert_eq!(names(CommandGetTables { db_schema_filter_pattern: Some("sys%".into()), ..Default::default() }), ["system.queries"]);
        assert!(names(CommandGetTables { catalog: Some("other".into()), ..Default::default() }).is_empty());
    }

    #[test]
    fn their_columns_come_along() {
        let batch = tables(CommandGetTables { include_schema: true, ..Default::default() }, &described()).unwrap();
        let message = IpcMessage(batch.column(4).as_binary::<i32>().value(0).to_vec().into());
        let schema = Schema::try_from(message).unwrap();
        assert_eq!(schema.field_with_name("agreed_yuan").unwrap().data_type(), &DataType::Int64);
        assert_eq!(schema.field(0).metadata()["title"], "项目名称");
    }

    #[test]
    fn what_is_told_has_the_columns_that_were_announced() {
        for command in [
            Command::CommandGetCatalogs(CommandGetCatalogs {}),
            Command::CommandGetDbSchemas(CommandGetDbSchemas::default()),
            Command::CommandGetTableTypes(CommandGetTableTypes {}),
            Command::CommandGetPrimaryKeys(CommandGetPrimaryKeys::default()),
            Command::CommandGetImportedKeys(Default::default()),
            Command::CommandGetSqlInfo(Default::default()),
            Command::CommandGetXdbcTypeInfo(Default::default()),
        ] {
            let announced = schema(&command).unwrap();
            assert_eq!(told(command, &announced).unwrap().schema(), announced);
        }
        assert!(schema(&Command::CommandStatementQuery(Default::default())).is_none());
    }
}
