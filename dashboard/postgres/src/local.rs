//! What is done without the engine (本地语句): session parameters, transactions in name only, answers about the connection.

use pgwire::messages::copy::{CopyData, CopyDone, CopyOutResponse};
use qunlian_queries::{Params, Value};

use crate::cancel::Cancel;
use crate::column::{Column, Kind};
use crate::command::Work;
use crate::copy::CopyFormat;
use crate::fault::Fault;
use crate::known::{Item, Told};
use crate::session::{Session, Status};
use crate::settings::canonical;

/// What such a statement gives.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Done {
    pub tag: String,
    pub rows: Option<(Vec<Column>, Vec<Vec<Value>>)>,
}

impl Done {
    fn of(tag: &str) -> Self {
        Self { tag: tag.to_owned(), rows: None }
    }
}

/// The columns that such a statement will give, before it is done.
pub(crate) fn columns(work: &Work) -> Option<Vec<Column>> {
    let text = |name: &str| Column { name: name.to_owned(), kind: Kind::Text };
    match work {
        Work::Told(Told(items)) => Some(items.iter().map(|(name, item)| Column { name: name.clone(), kind: item.kind().into() }).collect()),
        Work::Show(Some(name)) => Some(vec![text(canonical(name))]),
        Work::Show(None) => Some(vec![text("name"), text("setting"), text("description")]),
        _ => None,
    }
}

impl Session {
    /// Does a statement that needs no engine.
    pub(crate) fn local(&mut self, cancel: &Cancel, work: &Work) -> Result<Done, Fault> {
        Ok(match work {
            Work::Told(Told(items)) => {
                for (_, item) in items {
                    if let Item::Sets(name, value) = item {
                        self.set(name, value)?;
                    }
                }
                let values = items.iter().map(|(_, item)| item.value(&self.settings, &self.reader.name, cancel.pid));
                let row = values.collect::<Result<Vec<Value>, Fault>>()?;
                Done { tag: "SELECT 1".to_owned(), rows: columns(work).map(|columns| (columns, vec![row])) }
            }
            Work::Set { name, value } => {
                self.set(name, value)?;
                Done::of("SET")
            }
            Work::Reset(Some(name)) => {
                let known = self.settings.reset(name)?;
                self.report(known)?;
                Done::of("RESET")
            }
            Work::Reset(None) => {
                self.settings.reset_all();
                Done::of("RESET")
            }
            Work::Show(Some(name)) => {
                let value = self.settings.get(name)?.1;
                Done { tag: "SHOW".to_owned(), rows: columns(work).map(|columns| (columns, vec![vec![Value::Text(value)]])) }
            }
            Work::Show(None) => {
                let row = |(name, value): (&str, String)| vec![name.into(), value.into(), "".into()];
                let rows = self.settings.all().into_iter().map(row).collect();
                Done { tag: "SHOW".to_owned(), rows: columns(work).map(|columns| (columns, rows)) }
            }
            Work::Begin => {
                self.status = Status::Open;
                Done::of("BEGIN")
            }
            Work::Commit => {
                let tag = if self.status == Status::Failed { "ROLLBACK" } else { "COMMIT" };
                self.end_transaction();
                Done::of(tag)
            }
            Work::Rollback => {
                self.end_transaction();
                Done::of("ROLLBACK")
            }
            Work::Nothing(tag) => {
                if *tag == "ROLLBACK" && self.status == Status::Failed {
                    self.status = Status::Open;
                }
                Done::of(tag)
            }
            Work::DiscardAll => {
                self.end_transaction();
                self.portals.clear();
                self.statements.clear();
                self.settings.reset_all();
                Done::of("DISCARD ALL")
            }
            Work::Deallocate(Some(name)) => {
                self.statements.remove(name);
                Done::of("DEALLOCATE")
            }
            Work::Deallocate(None) => {
                self.statements.clear();
                Done::of("DEALLOCATE ALL")
            }
            Work::Close(name) => {
                self.close_cursor(name.as_deref())?;
                Done::of(if name.is_some() { "CLOSE CURSOR" } else { "CLOSE CURSOR ALL" })
            }
            Work::Query(_) | Work::Copy { .. } | Work::Declare(_) | Work::Fetch(_) => {
                return Err(Fault::internal(&"a query was taken for a local statement"));
            }
        })
    }

    fn set(&mut self, name: &str, value: &str) -> Result<(), Fault> {
        let known = self.settings.set(name, value)?;
        self.report(known)
    }

    fn end_transaction(&mut self) {
        let failed = std::mem::replace(&mut self.status, Status::Idle) == Status::Failed;
        if failed { self.portals.clear() } else { self.forget_portals() }
    }

    /// Sends a query's rows as lines of a file.
    pub(crate) async fn copy_out(&mut self, cancel: &Cancel, sql: &str, format: &CopyFormat, params: Params) -> Result<(), Fault> {
        let mut answer = self.ask(cancel, sql, 0, params).await?;
        let count = i16::try_from(answer.columns.len()).map_err(|_| Fault::error("54011", "列数过多"))?;
        self.wire.put(&CopyOutResponse::new(0, count, vec![0; answer.columns.len()]))?;
        if format.has_header {
            let names: Vec<Value> = answer.columns.iter().map(|column| column.name.as_str().into()).collect();
            self.wire.put(&CopyData::new(format.line(&names).freeze()))?;
        }
        let mut rows = 0u64;
        while let Some(row) = answer.next(&mut self.wire, cancel).await? {
            self.wire.put(&CopyData::new(format.line(&row).freeze()))?;
            self.wire.relieve().await?;
            rows += 1;
        }
        self.wire.put(&CopyDone::new())?;
        self.complete(&format!("COPY {rows}"))
    }
}
