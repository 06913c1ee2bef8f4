//! History of free SQL (查询历史): what one asked and what became of it, for one's own eyes and for a bounded time.

use chrono::{DateTime, NaiveDate, Utc};
use qunlian_domain::saved_query::Parameter;

use crate::RegistryError;
use crate::text::vocabulary;

/// One's own statements. Another's are never given out: every call names the account.
pub trait StatementBooks: Send + Sync {
    /// Records a statement that has ended, and forgets what is beyond `HISTORY_ROWS` and `HISTORY_DAYS` of its account.
    fn record_statement(&self, ran: &RanStatement) -> Result<(), RegistryError>;

    /// Newest first, at most `limit`; only those before that number, when one is given.
    fn statement_history(
        &self,
        account: i64,
        filter: &HistoryFilter,
        before: Option<i64>,
        limit: usize,
    ) -> Result<Vec<PastStatement>, RegistryError>;

    /// One of the account's statements.
    fn past_statement(&self, account: i64, id: i64) -> Result<Option<PastStatement>, RegistryError>;
}

/// A statement that has ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RanStatement {
    pub account: i64,
    /// `page`, `rest`, `postgres` or `flight`.
    pub door: String,
    pub sql: String,
    pub parameters: Vec<Parameter>,
    pub as_of: Option<NaiveDate>,
    pub asked_at: DateTime<Utc>,
    pub outcome: StatementOutcome,
    /// Milliseconds of waiting, planning and running.
    pub waited_ms: u64,
    pub planned_ms: u64,
    pub ran_ms: u64,
    pub rows: u64,
    pub bytes: u64,
    /// 0 when none was read.
    pub generation: u64,
    /// Why it failed; empty otherwise.
    pub error: String,
}

/// A line of one's history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PastStatement {
    pub id: i64,
    pub ran: RanStatement,
}

/// What is looked for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct HistoryFilter {
    pub outcome: Option<StatementOutcome>,
    /// Part of the statement, whatever its case; empty finds all.
    pub text: String,
}

vocabulary! {
    /// What became of a statement (执行结果).
    StatementOutcome {
        Done = "done", "完成";
        Failed = "failed", "失败";
        Stopped = "stopped", "已停止";
        TimedOut = "timed_out", "超时";
    }
}
