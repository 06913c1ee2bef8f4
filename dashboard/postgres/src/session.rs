//! A connection after its login (会话): messages in, answers out, until it ends.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Duration;

use pgwire::messages::response::{CommandComplete, EmptyQueryResponse, ReadyForQuery, TransactionStatus};
use pgwire::messages::startup::{BackendKeyData, NegotiateProtocolVersion, ParameterStatus, SecretKey};
use qunlian_doors::Visitor;
use qunlian_queries::{Params, Value};

use crate::answer::{Answer, Asked};
use crate::cancel::Cancel;
use crate::command::{self, Work};
use crate::door::{Door, Places};
use crate::fault::Fault;
use crate::frontend::Message;
use crate::portal::Portal;
use crate::prepared::Prepared;
use crate::reader::{asker, record_statement};
use crate::rows::{Formats, description, text_of, write_row};
use crate::scan::{Part, parameters, parts};
use crate::settings::{REPORTED, Settings};
use crate::wire::Wire;

/// A connection that says nothing for so long ends.
const IDLE: Duration = Duration::from_secs(30 * 60);
/// Characters of a value that the audit log keeps.
const RECORDED: usize = 500;

/// A transaction in name only: each statement reads the generation that is served when it begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Status {
    Idle,
    Open,
    Failed,
}

/// One connection.
pub(crate) struct Session {
    pub(crate) wire: Wire,
    pub(crate) door: Arc<Door>,
    pub(crate) reader: Visitor,
    pub(crate) settings: Settings,
    pub(crate) status: Status,
    pub(crate) statements: HashMap<String, Prepared>,
    pub(crate) portals: HashMap<String, Portal>,
    /// After a fault in the extended protocol nothing is done until the next Sync.
    pub(crate) skips: bool,
    /// The client has been told that the next statement may come, and none has.
    is_ready: bool,
    start: (u16, BTreeMap<String, String>),
    _places: Places,
}

impl Session {
    /// A connection that has logged in; `minor` and `params` are those of the start-up message.
    pub(crate) fn new(wire: Wire, door: Arc<Door>, reader: Visitor, places: Places, minor: u16, params: BTreeMap<String, String>) -> Self {
        let settings = Settings::new(&reader.name, door.statement_limit);
        Self {
            wire,
            settings,
            reader,
            door,
            status: Status::Idle,
            statements: HashMap::new(),
            portals: HashMap::new(),
            skips: false,
            is_ready: false,
            start: (minor, params),
            _places: places,
        }
    }

    /// Serves until the client leaves or must leave.
    pub(crate) async fn run(mut self) {
        self.wire.is_logged_in();
        let ended = match self.door.cancels.open() {
            Ok(cancel) => self.serve(&cancel).await,
            Err(fault) => Err(fault),
        };
        if let Err(fault) = ended {
            // Nobody may be left to read it.
            self.wire.part_with(&fault).await;
        }
    }

    async fn serve(&mut self, cancel: &Cancel) -> Result<(), Fault> {
        self.greet(cancel)?;
        loop {
            self.wire.flush().await?;
            let message = tokio::time::timeout(IDLE, self.wire.message()).await;
            let message = message.map_err(|_| Fault::fatal("57P05", "空闲时间过长，连接已关闭"))?;
            // A word to stop is for what runs: what came before this begins was for what is done.
            if std::mem::take(&mut self.is_ready) {
                cancel.forget().await;
            }
            let done = match message {
                Ok(Message::Terminate) => return Ok(()),
                Ok(Message::Query(text)) => {
                    self.skips = false;
                    self.simple(cancel, &text).await
                }
                Ok(message) => self.extended(cancel, message).await,
                Err(fault) => self.failed(fault).map(|()| self.skips = true),
            };
            done?;
        }
    }

    fn greet(&mut self, cancel: &Cancel) -> Result<(), Fault> {
        let (minor, params) = std::mem::take(&mut self.start);
        let unknown: Vec<String> = params.keys().filter(|name| name.starts_with("_pq_.")).cloned().collect();
        if minor > 0 || !unknown.is_empty() {
            self.wire.put(&NegotiateProtocolVersion::new(0, unknown))?;
        }
        for (name, value) in &params {
            match name.as_str() {
                "user" | "database" | "replication" => {}
                "options" => self.options(value)?,
                name if name.starts_with("_pq_.") => {}
                name => {
                    self.settings.set(name, value).map_err(|fault| Fault { ends: true, ..fault })?;
                }
            }
        }
        for name in REPORTED {
            self.report(name)?;
        }
        self.wire.put(&BackendKeyData::new(cancel.pid, SecretKey::I32(cancel.secret)))?;
        self.ready()
    }

    /// `-c name=value`, as libpq sends them.
    fn options(&mut self, text: &str) -> Result<(), Fault> {
        let words: Vec<&str> = text.split_whitespace().collect();
        let mut rest = words.as_slice();
        while let Some((first, after)) = rest.split_first() {
            let (pair, after) = match (first.strip_prefix("-c").or_else(|| first.strip_prefix("--")), after) {
                (Some(""), [pair, after @ ..]) => (*pair, after),
                (Some(pair), after) => (pair, after),
                (None, _) => return Err(Fault::fatal("42601", "启动选项只支持 -c 名称=取值")),
            };
            let (name, value) = pair.split_once('=').ok_or_else(|| Fault::fatal("42601", "启动选项只支持 -c 名称=取值"))?;
            self.settings.set(name, value).map_err(|fault| Fault { ends: true, ..fault })?;
            rest = after;
        }
        Ok(())
    }

    /// Tells the client what a parameter is now.
    pub(crate) fn report(&mut self, name: &str) -> Result<(), Fault> {
        let (name, value) = self.settings.get(name)?;
        if REPORTED.contains(&name) { self.wire.put(&ParameterStatus::new(name.to_owned(), value)) } else { Ok(()) }
    }

    pub(crate) fn ready(&mut self) -> Result<(), Fault> {
        self.is_ready = true;
        let status = match self.status {
            Status::Idle => TransactionStatus::Idle,
            Status::Open => TransactionStatus::Transaction,
            Status::Failed => TransactionStatus::Error,
        };
        self.wire.put(&ReadyForQuery::new(status))
    }

    /// Tells a fault; one that ends the connection is given back.
    pub(crate) fn failed(&mut self, fault: Fault) -> Result<(), Fault> {
        if fault.ends {
            return Err(fault);
        }
        if self.status == Status::Open {
            self.status = Status::Failed;
        }
        self.wire.put(&fault.response())
    }

    async fn simple(&mut self, cancel: &Cancel, text: &str) -> Result<(), Fault> {
        self.portals.remove("");
        let parts = parts(text);
        if parts.is_empty() {
            self.wire.put(&EmptyQueryResponse::new())?;
        }
        for part in &parts {
            if let Err(fault) = self.part(cancel, part).await {
                self.failed(fault)?;
                break;
            }
        }
        if self.status == Status::Idle {
            self.forget_portals();
        }
        self.ready()
    }

    async fn part(&mut self, cancel: &Cancel, part: &Part<'_>) -> Result<(), Fault> {
        let work = command::work(part)?;
        self.may_go_on(&work)?;
        match work {
            Work::Query(sql) => {
                if parameters(&part.tokens) > 0 {
                    return Err(Fault::error("42P02", "语句含有参数，但没有给出取值").hint("请用驱动的参数绑定"));
                }
                let mut answer = self.ask(cancel, &sql, part.before, Params::new()).await?;
                let formats = Formats::default();
                self.wire.put(&description(&answer.columns, &formats))?;
                let mut rows = 0u64;
                while let Some(row) = answer.next(&mut self.wire, cancel).await? {
                    write_row(&row, &answer.columns, &formats, self.wire.output())?;
                    self.wire.relieve().await?;
                    rows += 1;
                }
                self.complete(&format!("SELECT {rows}"))
            }
            Work::Copy { sql, format } => self.copy_out(cancel, &sql, &format, Params::new()).await,
            Work::Declare(declared) => self.declare(cancel, &declared, Params::new()).await,
            Work::Fetch(wanted) => self.fetch_simply(cancel, &wanted).await,
            work => {
                let done = self.local(cancel, &work)?;
                if let Some((columns, rows)) = done.rows {
                    self.wire.put(&description(&columns, &Formats::default()))?;
                    for row in &rows {
                        write_row(row, &columns, &Formats::default(), self.wire.output())?;
                    }
                }
                self.complete(&done.tag)
            }
        }
    }

    /// After a fault in a transaction only its end is done.
    pub(crate) fn may_go_on(&self, work: &Work) -> Result<(), Fault> {
        if self.status == Status::Failed && !matches!(work, Work::Commit | Work::Rollback | Work::Nothing("ROLLBACK")) {
            return Err(Fault::error("25P02", "当前事务已失败，请先 ROLLBACK"));
        }
        Ok(())
    }

    /// Has the engine answer, as the reader may now; the statement is recorded before it runs.
    pub(crate) async fn ask(&mut self, cancel: &Cancel, sql: &str, before: usize, params: Params) -> Result<Answer, Fault> {
        let asker = asker(&self.door, &self.reader).await?;
        record_statement(&self.door, &self.reader, sql, recorded(&params)).await?;
        let asked = Asked { sql: sql.to_owned(), before, params, limit: self.settings.statement_timeout() };
        Answer::begin(&mut self.wire, cancel, &self.door, &asker, asked).await
    }

    pub(crate) fn complete(&mut self, tag: &str) -> Result<(), Fault> {
        self.wire.put(&CommandComplete::new(tag.to_owned()))
    }
}

/// Values as the audit log keeps them, in the order of their numbers.
pub(crate) fn recorded(params: &Params) -> Vec<serde_json::Value> {
    let mut values: Vec<(usize, &Value)> = params.iter().filter_map(|(name, value)| Some((name.parse().ok()?, value))).collect();
    values.sort_by_key(|(number, _)| *number);
    let text = |value: &Value| text_of(value).map(|text| text.chars().take(RECORDED).collect::<String>());
    values.into_iter().map(|(_, value)| text(value).map_or(serde_json::Value::Null, serde_json::Value::String)).collect()
}
