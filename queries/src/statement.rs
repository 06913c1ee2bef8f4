//! The port to free SQL (自助查询): who asks, what comes back, and why a statement got no answer.
//!
//! Pages, REST, the PostgreSQL and the Flight doors all ask here; the one implementation runs each statement in a
//! fenced child process.

use std::time::Duration;

use chrono::NaiveDate;
use qunlian_domain::access::RowScope;

use crate::{About, Answer, AnswerColumn, BoxFuture, Format, Params};

/// The way in (入口).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Door {
    Page,
    Rest,
    Postgres,
    Flight,
}

impl Door {
    /// The name in `system.queries` and in the audit log.
    pub fn id(self) -> &'static str {
        match self {
            Self::Page => "page",
            Self::Rest => "rest",
            Self::Postgres => "postgres",
            Self::Flight => "flight",
        }
    }
}

/// Who asks (提问人). Statements run over tables that hold nothing beyond `scope`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Asker {
    /// Login name.
    pub name: String,
    pub scope: RowScope,
    pub door: Door,
    /// May see and stop other people's statements (系统管理员).
    pub oversees: bool,
}

/// One statement and how it is to be run.
#[derive(Debug, Clone, PartialEq)]
pub struct Statement {
    pub sql: String,
    /// Every table shows only what was known and in force on that day; `$as_of` takes it too.
    pub as_of: Option<NaiveDate>,
    /// Values for `$name`: bound, never spliced.
    pub params: Params,
    /// Rows after which the answer is cut; `None` gives all.
    pub most: Option<usize>,
    /// A name chosen by whoever asks, unique among their running statements, by which it can be followed and stopped.
    pub ticket: String,
}

/// Why a statement got no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FailureKind {
    /// Nothing to run, or several statements.
    NotOne,
    Syntax,
    /// Anything but reading.
    NotReadOnly,
    UnknownTable,
    UnknownColumn,
    /// A wrong type, function, parameter; or a fault in a value while running.
    Refused,
    /// Longer, deeper or wider than allowed.
    TooLarge,
    Deadline,
    Memory,
    /// Too many statements wait; come back later.
    Busy,
    /// Stopped by its owner or an administrator.
    Stopped,
    /// Nothing is published, or the generation is no longer kept.
    NoData,
    Internal,
}

impl FailureKind {
    /// Every kind, in the order of their numbers between processes.
    pub const ALL: [Self; 13] = [
        Self::NotOne,
        Self::Syntax,
        Self::NotReadOnly,
        Self::UnknownTable,
        Self::UnknownColumn,
        Self::Refused,
        Self::TooLarge,
        Self::Deadline,
        Self::Memory,
        Self::Busy,
        Self::Stopped,
        Self::NoData,
        Self::Internal,
    ];

    /// The name in JSON answers.
    pub fn id(self) -> &'static str {
        match self {
            Self::NotOne => "not_one",
            Self::Syntax => "syntax",
            Self::NotReadOnly => "not_read_only",
            Self::UnknownTable => "unknown_table",
            Self::UnknownColumn => "unknown_column",
            Self::Refused => "refused",
            Self::TooLarge => "too_large",
            Self::Deadline => "deadline",
            Self::Memory => "memory",
            Self::Busy => "busy",
            Self::Stopped => "stopped",
            Self::NoData => "no_data",
            Self::Internal => "internal",
        }
    }
}

/// A position in the statement, both counted from 1; columns are characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Place {
    pub line: u32,
    pub column: u32,
}

/// Why a statement gave no table; the texts are shown to the analyst as they are.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{error}")]
pub struct SqlFailure {
    pub kind: FailureKind,
    /// In English, for programs and logs.
    pub error: String,
    /// The same for people, in Chinese.
    pub said: String,
    /// What can be done about it, in Chinese; may be empty.
    pub hint: String,
    pub place: Option<Place>,
    /// Seconds after which to try again, when the desk is busy.
    pub retry_after: Option<u32>,
}

impl SqlFailure {
    /// A failure without a place; `said` is `error` in Chinese.
    pub fn new(kind: FailureKind, error: impl Into<String>, said: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { kind, error: error.into(), said: said.into(), hint: hint.into(), place: None, retry_after: None }
    }
}

/// What a statement would do (执行前估算): nothing has been run.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Outline {
    pub columns: Vec<OutlineColumn>,
    /// The logical plan as an indented text.
    pub plan: String,
    /// Parquet files, row groups and bytes that are left to read after pruning.
    pub files: u64,
    pub row_groups: u64,
    pub bytes: u64,
    pub generation: u64,
}

/// A column of an [`Outline`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutlineColumn {
    pub name: String,
    /// As the engine names it: `Int64`, `Utf8View`.
    pub kind: String,
}

/// A statement that runs or has run (查询记录).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// Unique since the server started.
    pub id: u64,
    pub ticket: String,
    pub asker: String,
    pub door: Door,
    pub sql: String,
    /// RFC 3339.
    pub asked_at: String,
    /// `waiting`, `running`, `done`, `failed`, `stopped`.
    pub state: &'static str,
    /// Milliseconds spent waiting for a worker, planning, and running.
    pub waited_ms: u64,
    pub planned_ms: u64,
    pub ran_ms: u64,
    /// Rows read of tables so far.
    pub read: u64,
    /// Rows given so far.
    pub rows: u64,
    /// Bytes of the answer so far.
    pub bytes: u64,
    /// Bytes of working memory at most.
    pub memory: u64,
    pub generation: u64,
    /// Why it failed, in English; empty otherwise.
    pub error: String,
}

/// A function of ours that statements may use (业务函数).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FunctionDoc {
    pub name: String,
    /// `completion_rate(done, target)`
    pub syntax: String,
    /// In Chinese.
    pub description: String,
}

/// Columns of an answer and its parts as they come.
pub struct Stream {
    pub generation: u64,
    pub columns: Vec<AnswerColumn>,
    /// Parts of one Arrow IPC stream: the schema comes first. Dropping it stops the statement.
    pub parts: Box<dyn Parts>,
}

/// The rest of an answer.
pub trait Parts: Send {
    /// The next bytes; `None` when the answer is whole.
    fn next(&mut self) -> BoxFuture<'_, Option<Result<Vec<u8>, SqlFailure>>>;
}

/// A request is served before long statements for so long. Most pages are done by then. What is not asks the data itself, and a short
/// statement counts as somebody, too; what a long statement's own asker waits for must not halt it.
pub const ATTENDED: Duration = Duration::from_millis(50);

/// Runs read-only statements over the published generation, each in a fenced process.
pub trait Statements: Send + Sync + 'static {
    /// Runs a statement and gives its rows as values, `statement.most` of them.
    fn show<'a>(&'a self, asker: &'a Asker, statement: Statement) -> BoxFuture<'a, Result<Answer, SqlFailure>>;

    /// Runs a statement and gives its answer as a file, part by part.
    fn file<'a>(
        &'a self,
        asker: &'a Asker,
        statement: Statement,
        format: Format,
        about: About,
    ) -> BoxFuture<'a, Result<Box<dyn Parts>, SqlFailure>>;

    /// Runs a statement and gives its answer as an Arrow IPC stream.
    fn stream<'a>(&'a self, asker: &'a Asker, statement: Statement) -> BoxFuture<'a, Result<Stream, SqlFailure>>;

    /// What the statement would do, without running it.
    fn outline<'a>(&'a self, asker: &'a Asker, statement: Statement) -> BoxFuture<'a, Result<Outline, SqlFailure>>;

    /// Running and past statements, newest first: one's own, or everybody's for an overseer.
    fn runs(&self, asker: &Asker) -> Vec<Run>;

    /// Stops a running statement of one's own, or of anybody's for an overseer; false when there is none.
    fn stop(&self, asker: &Asker, id: u64) -> bool;

    /// How many statements wait before this waiting one; `None` when it does not wait or nobody counts.
    fn ahead(&self, _asker: &Asker, _id: u64) -> Option<u32> {
        None
    }

    /// Somebody is being served, for [`ATTENDED`] at most, for as long as what this gives lives (有人在等): long statements are halted meanwhile.
    #[must_use]
    fn attend(&self) -> Box<dyn Send> {
        Box::new(())
    }

    /// The functions beyond those of the engine, for completion and reference.
    fn functions(&self) -> Vec<FunctionDoc>;
}
