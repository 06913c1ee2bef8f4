//! The extended protocol (扩展协议): statements prepared, bound, described and run in steps of some rows.

use std::collections::VecDeque;

use pgwire::messages::data::{NoData, ParameterDescription};
use pgwire::messages::extendedquery::{BindComplete, CloseComplete, ParseComplete, PortalSuspended};
use pgwire::messages::response::EmptyQueryResponse;
use qunlian_queries::{Params, Statement, Value};

use crate::answer::{Answer, waited};
use crate::cancel::Cancel;
use crate::command::{self, Work};
use crate::fault::Fault;
use crate::frontend::{Bind, Message, Target};
use crate::local;
use crate::reader::{asker, record_statement};
use crate::rows::{Column, Formats, description, oid, write_row};
use crate::scan::{parameters, parts};
use crate::session::{Session, Status, recorded};
use crate::values;

/// Prepared statements of a connection, and bytes of their texts.
const STATEMENTS: usize = 512;
const TEXTS: usize = 4 << 20;
/// Portals of a connection.
const PORTALS: usize = 64;
/// Parameters of a statement.
const PARAMETERS: usize = 1_000;

/// A prepared statement.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Prepared {
    /// None for an empty text.
    work: Option<Work>,
    size: usize,
    /// Types of its parameters; 0 where the client named none.
    types: Vec<u32>,
    /// Once they were asked for.
    columns: Option<Vec<Column>>,
}

/// A prepared statement with its values.
pub(crate) struct Portal {
    work: Option<Work>,
    params: Params,
    results: Vec<i16>,
    state: State,
}

enum State {
    Bound,
    Streams(Box<Answer>),
    Holds { columns: Vec<Column>, rows: VecDeque<Vec<Value>>, tag: String },
    Over(String),
}

impl Session {
    /// One message of the extended protocol.
    pub(crate) async fn extended(&mut self, cancel: &Cancel, message: Message) -> Result<(), Fault> {
        if matches!(message, Message::Sync) {
            self.skips = false;
            if self.status == Status::Idle {
                self.portals.clear();
            }
            return self.ready();
        }
        if self.skips {
            return Ok(());
        }
        let done = match message {
            Message::Parse { name, sql, types } => self.parse(name, &sql, types),
            Message::Bind(bind) => self.bind(bind),
            Message::Describe(Target::Statement(name)) => self.describe_statement(cancel, &name).await,
            Message::Describe(Target::Portal(name)) => self.describe_portal(cancel, &name).await,
            Message::Execute { portal, most } => self.execute(cancel, &portal, most).await,
            Message::Close(target) => self.close(&target),
            // Whatever waits is sent before the next message is read.
            Message::Flush | Message::Copy => Ok(()),
            _ => Err(Fault::fatal("08P01", "此时不应收到这条消息")),
        };
        match done {
            Ok(()) => Ok(()),
            Err(fault) => {
                self.skips = true;
                self.failed(fault)
            }
        }
    }

    fn parse(&mut self, name: String, sql: &str, mut types: Vec<u32>) -> Result<(), Fault> {
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

    fn prepared(&self, name: &str) -> Result<&Prepared, Fault> {
        self.statements.get(name).ok_or_else(|| Fault::error("26000", format!("没有预备语句 {name:?}")))
    }

    fn bind(&mut self, bind: Bind) -> Result<(), Fault> {
        let prepared = self.prepared(&bind.statement)?;
        let formats = Formats::read(bind.formats, bind.values.len())?;
        let params = values::params(&bind.values, &prepared.types, &formats)?;
        let portal = Portal { work: prepared.work.clone(), params, results: bind.results, state: State::Bound };
        if !bind.portal.is_empty() && self.portals.contains_key(&bind.portal) {
            return Err(Fault::error("42P03", format!("游标 {:?} 已存在", bind.portal)));
        }
        if self.portals.len() >= PORTALS {
            return Err(Fault::error("54000", "打开的游标过多"));
        }
        self.portals.insert(bind.portal, portal);
        self.wire.put(&BindComplete::new())
    }

    async fn describe_statement(&mut self, cancel: &Cancel, name: &str) -> Result<(), Fault> {
        let prepared = self.prepared(name)?.clone();
        let types = prepared.types.iter().map(|kind| if *kind == 0 { oid::TEXT } else { *kind }).collect();
        self.wire.put(&ParameterDescription::new(types))?;
        let columns = match (&prepared.work, prepared.columns) {
            (_, Some(columns)) => Some(columns),
            (Some(Work::Query(sql)), None) => Some(self.outlined(cancel, sql, &prepared.types).await?),
            (Some(work), None) => local::columns(work),
            (None, None) => None,
        };
        if let Some(prepared) = self.statements.get_mut(name) {
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
        cancel.forget().await;
        let outline = waited(&mut self.wire, cancel, None, door.sql.outline(&asker, statement)).await?;
        let outline = outline.map_err(|failure| Fault::of(&failure, sql, 0))?;
        Ok(outline.columns.iter().map(Column::from).collect())
    }

    fn told_columns(&mut self, columns: Option<&[Column]>, formats: &Formats) -> Result<(), Fault> {
        match columns {
            Some(columns) => self.wire.put(&description(columns, formats)),
            None => self.wire.put(&NoData::new()),
        }
    }

    /// Takes a portal out, so that it can be worked on beside the connection.
    fn taken(&mut self, name: &str) -> Result<Portal, Fault> {
        self.portals.remove(name).ok_or_else(|| Fault::error("34000", format!("没有游标 {name:?}")))
    }

    async fn describe_portal(&mut self, cancel: &Cancel, name: &str) -> Result<(), Fault> {
        let mut portal = self.taken(name)?;
        let columns = match &portal.work {
            Some(Work::Query(_)) => {
                self.begin(cancel, &mut portal).await?;
                portal.columns().map(<[Column]>::to_vec)
            }
            Some(work) => local::columns(work),
            None => None,
        };
        let formats = Formats::read(portal.results.clone(), columns.as_ref().map_or(0, Vec::len))?;
        self.portals.insert(name.to_owned(), portal);
        self.told_columns(columns.as_deref(), &formats)
    }

    /// Has the engine begin, if it has not.
    async fn begin(&mut self, cancel: &Cancel, portal: &mut Portal) -> Result<(), Fault> {
        let (State::Bound, Some(work)) = (&portal.state, &portal.work) else { return Ok(()) };
        self.may_go_on(work)?;
        portal.state = match work {
            Work::Query(sql) => State::Streams(Box::new(self.ask(cancel, sql, 0, portal.params.clone()).await?)),
            Work::Copy { .. } => return Ok(()),
            work => {
                let done = self.local(cancel, work)?;
                match done.rows {
                    Some((columns, rows)) => State::Holds { columns, rows: rows.into(), tag: done.tag },
                    None => State::Over(done.tag),
                }
            }
        };
        Ok(())
    }

    async fn execute(&mut self, cancel: &Cancel, name: &str, most: usize) -> Result<(), Fault> {
        let mut portal = self.taken(name)?;
        if portal.work.is_none() {
            self.portals.insert(name.to_owned(), portal);
            return self.wire.put(&EmptyQueryResponse::new());
        }
        if let (State::Bound, Some(Work::Copy { sql, format })) = (&portal.state, &portal.work) {
            return self.copy_out(cancel, sql, format, portal.params.clone()).await;
        }
        self.begin(cancel, &mut portal).await?;
        let formats = Formats::read(portal.results.clone(), portal.columns().map_or(0, <[Column]>::len))?;
        let mut rows = 0;
        let tag = loop {
            if most > 0 && rows == most {
                break None;
            }
            let row = match &mut portal.state {
                State::Streams(answer) => match answer.next(&mut self.wire, cancel).await? {
                    Some(row) => row,
                    None => break Some(format!("SELECT {rows}")),
                },
                State::Holds { rows, tag, .. } => match rows.pop_front() {
                    Some(row) => row,
                    None => break Some(tag.clone()),
                },
                State::Bound => break Some("SELECT 0".to_owned()),
                State::Over(tag) => break Some(tag.clone()),
            };
            write_row(&row, &formats, self.wire.output())?;
            self.wire.relieve().await?;
            rows += 1;
        };
        match tag {
            None => {
                self.portals.insert(name.to_owned(), portal);
                self.wire.put(&PortalSuspended::new())
            }
            Some(tag) => {
                // The end of a transaction has closed all portals.
                if !matches!(portal.work, Some(Work::Commit | Work::Rollback | Work::DiscardAll)) {
                    portal.state = State::Over("SELECT 0".to_owned());
                    self.portals.insert(name.to_owned(), portal);
                }
                self.complete(&tag)
            }
        }
    }

    fn close(&mut self, target: &Target) -> Result<(), Fault> {
        match target {
            Target::Statement(name) => drop(self.statements.remove(name)),
            Target::Portal(name) => drop(self.portals.remove(name)),
        }
        self.wire.put(&CloseComplete::new())
    }
}

impl Portal {
    fn columns(&self) -> Option<&[Column]> {
        match &self.state {
            State::Streams(answer) => Some(&answer.columns),
            State::Holds { columns, .. } => Some(columns),
            State::Bound | State::Over(_) => None,
        }
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
