//! One's history of free SQL (查询历史): written when a statement has ended, for the eyes of whoever asked.

use std::time::Instant;

use chrono::{DateTime, Utc};
use qunlian_domain::contract::ColumnType;
use qunlian_domain::saved_query::Parameter;
use qunlian_queries::{Answer, Asker, FailureKind, Params, SqlFailure, Statement, Value};
use qunlian_registry::{RanStatement, StatementOutcome};

use crate::Shared;
use crate::pages::filings::books::with_books;
use crate::pages::query;
use crate::who::Who;

/// A statement that is about to run.
pub(crate) struct Begun {
    asker: Asker,
    statement: Statement,
    asked_at: DateTime<Utc>,
    since: Instant,
}

/// What a statement gave.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Given {
    pub rows: u64,
    /// 0 when it is not known.
    pub generation: u64,
}

impl Given {
    pub(crate) fn of(answer: &Answer) -> Self {
        Self { rows: answer.rows.len() as u64, generation: answer.generation }
    }
}

/// Remembers what is asked and when.
pub(crate) fn begin(desk: &Shared, asker: &Asker, statement: &Statement) -> Begun {
    Begun { asker: asker.clone(), statement: statement.clone(), asked_at: desk.now(), since: Instant::now() }
}

/// Writes the history of a statement that has ended. Whoever has no account has none. What cannot be written is a line in
/// the log of the server and no fault: the audit log has the text already.
pub(crate) async fn record_run(desk: &Shared, who: &Who, begun: Begun, outcome: Result<Given, &SqlFailure>) {
    let Some(account) = who.account else { return };
    let ran = ran(desk, account, begun, outcome);
    if let Err(fault) = with_books(desk, move |books| Ok(books.record_statement(&ran)?)).await {
        tracing::warn!(?fault, "a statement is missing from its asker's history");
    }
}

fn ran(desk: &Shared, account: i64, begun: Begun, outcome: Result<Given, &SqlFailure>) -> RanStatement {
    let Begun { asker, statement, asked_at, since } = begun;
    let took = u64::try_from(since.elapsed().as_millis()).unwrap_or(u64::MAX);
    // The desk knows how long the phases took; by a ticket only, which nobody else's statement has.
    let runs = if statement.ticket.is_empty() { Vec::new() } else { desk.app.sql.runs(&asker) };
    let known = runs.into_iter().find(|run| run.ticket == statement.ticket && run.asker == asker.name);
    let (waited_ms, planned_ms, ran_ms) = known.as_ref().map_or((0, 0, took), |run| (run.waited_ms, run.planned_ms, run.ran_ms));
    let given = outcome.unwrap_or_default();
    RanStatement {
        account,
        door: asker.door.id().to_owned(),
        parameters: parameters(&statement.params),
        sql: statement.sql,
        as_of: statement.as_of,
        asked_at,
        outcome: outcome.map_or_else(|failure| became(failure.kind), |_| StatementOutcome::Done),
        waited_ms,
        planned_ms,
        ran_ms,
        rows: known.as_ref().map_or(given.rows, |run| run.rows.max(given.rows)),
        bytes: known.as_ref().map_or(0, |run| run.bytes),
        generation: known.as_ref().map_or(given.generation, |run| run.generation.max(given.generation)),
        error: outcome.err().map(|failure| failure.said.clone()).unwrap_or_default(),
    }
}

fn became(kind: FailureKind) -> StatementOutcome {
    match kind {
        FailureKind::Stopped => StatementOutcome::Stopped,
        FailureKind::Deadline => StatementOutcome::TimedOut,
        _ => StatementOutcome::Failed,
    }
}

/// Bound values as the books keep them.
pub(crate) fn parameters(params: &Params) -> Vec<Parameter> {
    let kind = |value: &Value| match value {
        Value::Int(_) => ColumnType::Int,
        Value::Decimal(_) => ColumnType::Decimal,
        Value::Date(_) => ColumnType::Date,
        Value::Bool(_) => ColumnType::Bool,
        Value::Text(_) | Value::Null => ColumnType::Text,
    };
    params.iter().map(|(name, value)| Parameter { name: name.to_owned(), kind: kind(value), value: query::text(value) }).collect()
}
