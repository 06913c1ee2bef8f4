//! Prepared statements (预备语句): read, counted, and described before they have values.

use pgwire::messages::data::ParameterDescription;
use pgwire::messages::extendedquery::ParseComplete;
use qunlian_queries::{Params, Statement, Value};

use crate::answer::waited;
use crate::cancel::Cancel;
use crate::column::Column;
use crate::command::{self, Work};
use crate::fault::Fault;
use crate::reader::{asker, record_statement};
use crate::rows::{Formats, oid};
use crate::scan::{parameters, parts};
use crate::session::{Session, recorded};

/// Prepared statements of a connection, and bytes of their texts.
const STATEMENTS: usize = 512;
const TEXTS: usize = 4 << 20;
/// Parameters of a statement.
const PARAMETERS: usize = 1_000;

/// A prepared statement.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Prepared {
    /// None for an empty text.
    pub work: Option<Work>,
    size: usize,
    /// Types of its parameters; 0 where the client named none.
    pub types: Vec<u32>,
    /// Once they were asked for.
    columns: Option<Vec<Column>>,
}

impl Session {
    /// Keeps a statement under a name.
    pub(crate) fn parse(&mut self, name: String, sql: &str, mut types: Vec<u32>) -> Result<(), Fault> {
        let mut parts = parts(sql);
        if parts.len() > 1 {
            return Err(Fault::error("42601", "一个预备语句只能含一条语句"));
        }
        let part = parts.pop();
        let count = part.as_ref().map_or(0, |part| parameters(&part.tokens));
        if count > PARAMETERS {
            return Err(Fault::error("54000", format!("参数过多，最多 {PARAMETERS} 个")));
        }
        let work = part.map(|part| command::work(&part)).transpose()?;
        types.resize(count, 0);
        if !name.is_empty() && self.statements.contains_key(&name) {
            return Err(Fault::error("42P05", format!("预备语句 {name:?} 已存在")));
        }
        self.statements.remove(&name);
        let held: usize = self.statements.values().map(|prepared| prepared.size).sum();
        if self.statements.len() >= STATEMENTS || held + sql.len() > TEXTS {
            return Err(Fault::error("54000", "预备语句过多").hint("请关闭不用的预备语句"));
        }
        self.statements.insert(name, Prepared { work, size: sql.len(), types, columns: None });
        self.wire.put(&ParseComplete::new())
    }

    pub(crate) fn prepared(&self, name: &str) -> Result<&Prepared, Fault> {
        self.statements.get(name).ok_or_else(|| Fault::error("26000", format!("没有预备语句 {name:?}")))
    }

    /// Tells the types of its parameters and its columns.
    pub(crate) async fn describe_statement(&mut self, cancel: &Cancel, name: &str) -> Result<(), Fault> {
        let prepared = self.prepared(name)?.clone();
        let types = prepared.types.iter().map(|kind| if *kind == 0 { oid::TEXT } else { *kind }).collect();
        self.wire.put(&ParameterDescription::new(types))?;
        let columns = match (&prepared.work, prepared.columns) {
            (_, Some(columns)) => Some(columns),
            (Some(Work::Query(sql)), None) => Some(self.outlined(cancel, sql, &prepared.types).await?),
            (Some(work), None) => self.columns_before(work)?,
            (None, None) => None,
        };
        // A cursor's columns are those of whoever declared it last.
        if let Some(prepared) = self.statements.get_mut(name).filter(|prepared| !matches!(prepared.work, Some(Work::Fetch(_)))) {
            prepared.columns.clone_from(&columns);
        }
        self.told_columns(columns.as_deref(), &Formats::default())
    }

    /// The columns of a statement that has no values yet: it is planned, not run.
    async fn outlined(&mut self, cancel: &Cancel, sql: &str, types: &[u32]) -> Result<Vec<Column>, Fault> {
        let asker = asker(&self.door, &self.reader).await?;
        let params = types.iter().enumerate().fold(Params::new(), |params, (at, kind)| params.with(&(at + 1).to_string(), sample(*kind)));
        record_statement(&self.door, &self.reader, sql, recorded(&Params::new())).await?;
        let statement = Statement { sql: sql.to_owned(), as_of: None, params, most: None, ticket: format!("postgres-{}", cancel.pid) };
        let door = std::sync::Arc::clone(&self.door);
        let outline = waited(&mut self.wire, cancel, None, door.sql.outline(&asker, statement)).await?;
        let outline = outline.map_err(|failure| Fault::of(&failure, sql, 0))?;
        Ok(outline.columns.iter().map(Column::from).collect())
    }
}

/// Any value of a type, so that a statement without values can be planned.
fn sample(kind: u32) -> Value {
    match kind {
        oid::INT2 | oid::INT4 | oid::INT8 | oid::OID => Value::Int(1),
        oid::FLOAT4 | oid::FLOAT8 | oid::NUMERIC => Value::Decimal(1.0),
        oid::BOOL => Value::Bool(true),
        oid::DATE => Value::Date(crate::rows::first_day()),
        _ => Value::Null,
    }
}
