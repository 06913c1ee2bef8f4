//! The extended protocol (扩展协议): statements prepared, bound, described and run in steps of some rows.

use pgwire::messages::data::NoData;
use pgwire::messages::extendedquery::{BindComplete, CloseComplete, PortalSuspended};
use pgwire::messages::response::EmptyQueryResponse;

use crate::answer::same_rights;
use crate::cancel::Cancel;
use crate::column::Column;
use crate::command::Work;
use crate::fault::Fault;
use crate::frontend::{Bind, Message, Target};
use crate::local;
use crate::portal::{Portal, State, Step};
use crate::reader::asker;
use crate::rows::{Formats, description, write_row};
use crate::session::{Session, Status};
use crate::values;

/// Portals of a connection.
const PORTALS: usize = 64;

impl Session {
    /// One message of the extended protocol.
    pub(crate) async fn extended(&mut self, cancel: &Cancel, message: Message) -> Result<(), Fault> {
        if matches!(message, Message::Sync) {
            self.skips = false;
            if self.status == Status::Idle {
                self.forget_portals();
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

    fn bind(&mut self, bind: Bind) -> Result<(), Fault> {
        let prepared = self.prepared(&bind.statement)?;
        let formats = Formats::read(bind.formats, bind.values.len())?;
        let params = values::params(&bind.values, &prepared.types, &formats)?;
        let portal = Portal::new(prepared.work.clone(), params, bind.results);
        self.has_room_for(&bind.portal)?;
        self.portals.insert(bind.portal, portal);
        self.wire.put(&BindComplete::new())
    }

    /// Refuses a cursor too many, or one of a name that is taken.
    pub(crate) fn has_room_for(&self, name: &str) -> Result<(), Fault> {
        if !name.is_empty() && self.portals.contains_key(name) {
            return Err(Fault::error("42P03", format!("游标 {name:?} 已存在")));
        }
        if self.portals.len() >= PORTALS {
            return Err(Fault::error("54000", "打开的游标过多"));
        }
        Ok(())
    }

    /// Forgets what ends with the transaction.
    pub(crate) fn forget_portals(&mut self) {
        self.portals.retain(|_, portal| portal.outlives);
    }

    /// The columns of what needs no engine, before it is done.
    pub(crate) fn columns_before(&self, work: &Work) -> Result<Option<Vec<Column>>, Fault> {
        match work {
            Work::Fetch(wanted) if !wanted.skips => self.columns_of(&wanted.name).map(Some),
            work => Ok(local::columns(work)),
        }
    }

    pub(crate) fn told_columns(&mut self, columns: Option<&[Column]>, formats: &Formats) -> Result<(), Fault> {
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
            Some(work) => self.columns_before(work)?,
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
            Work::Copy { .. } | Work::Declare(_) | Work::Fetch(_) => return Ok(()),
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
        let begins = portal.work.clone().filter(|_| matches!(portal.state, State::Bound));
        let before = portal.asker().cloned();
        if let Some(work) = begins {
            self.may_go_on(&work)?;
            match work {
                Work::Copy { sql, format } => return self.copy_out(cancel, &sql, &format, portal.params).await,
                Work::Declare(declared) => return self.declare(cancel, &declared, portal.params).await,
                Work::Fetch(wanted) => {
                    let formats = Formats::read(portal.results.clone(), self.columns_of(&wanted.name)?.len())?;
                    return self.fetch(cancel, &wanted, &formats, (most > 0).then_some(most)).await;
                }
                _ => self.begin(cancel, &mut portal).await?,
            }
        } else if let Some(before) = before {
            same_rights(&before, &asker(&self.door, &self.reader).await?)?;
        }
        let formats = Formats::read(portal.results.clone(), portal.columns().map_or(0, <[Column]>::len))?;
        let mut rows = 0;
        let tag = loop {
            if most > 0 && rows == most {
                break None;
            }
            let row = match portal.next(&mut self.wire, cancel).await? {
                Step::Row(row) => row,
                Step::End(tag) => break Some(tag.unwrap_or_else(|| format!("SELECT {rows}"))),
            };
            write_row(&row, portal.columns().unwrap_or_default(), &formats, self.wire.output())?;
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
