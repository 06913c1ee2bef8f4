//! History of free SQL in SQLite: what is too old or too much leaves with the statement that comes.

use chrono::Days;
use qunlian_domain::saved_query::{HISTORY_DAYS, HISTORY_ROWS};
use rusqlite::{Row, Transaction, params};

use super::claim_rows::{json, optional_day, rows, to_json};
use super::job_reads::{time, word};
use super::{SqliteStore, Trouble};
use crate::text::moment;
use crate::{HistoryFilter, PastStatement, RanStatement, RegistryError, StatementBooks, StatementOutcome};

macro_rules! history_sql {
    ($rest:literal) => {
        concat!(
            "select id, account, door, sql, parameters, as_of, asked_at, outcome, waited_ms, planned_ms, ran_ms, rows, bytes, generation,
             error from statement_history ",
            $rest
        )
    };
}

impl StatementBooks for SqliteStore {
    fn record_statement(&self, ran: &RanStatement) -> Result<(), RegistryError> {
        let ran = ran.clone();
        self.write("record a statement", move |transaction| {
            insert(transaction, &ran)?;
            forget(transaction, &ran)
        })
    }

    fn statement_history(
        &self,
        account: i64,
        filter: &HistoryFilter,
        before: Option<i64>,
        limit: usize,
    ) -> Result<Vec<PastStatement>, RegistryError> {
        let sql = history_sql!(
            "where account = ?1 and (?2 is null or outcome = ?2) and (?3 = '' or instr(lower(sql), lower(?3)) > 0)
               and (?4 is null or id < ?4)
             order by id desc limit ?5"
        );
        let row = params![account, filter.outcome.map(StatementOutcome::id), filter.text, before, limit as i64];
        self.read("read the history", |connection| rows(connection, sql, row, past_of))
    }

    fn past_statement(&self, account: i64, id: i64) -> Result<Option<PastStatement>, RegistryError> {
        let sql = history_sql!("where account = ?1 and id = ?2");
        self.read("read the history", |connection| Ok(rows(connection, sql, [account, id], past_of)?.pop()))
    }
}

fn insert(transaction: &Transaction<'_>, ran: &RanStatement) -> Result<(), Trouble> {
    let sql = "insert into statement_history (account, door, sql, parameters, as_of, asked_at, outcome, waited_ms, planned_ms, ran_ms,
                   rows, bytes, generation, error)
               values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)";
    transaction.execute(
        sql,
        params![
            ran.account,
            ran.door,
            ran.sql,
            to_json(&ran.parameters)?,
            ran.as_of.map(|day| day.to_string()),
            moment(ran.asked_at),
            ran.outcome.id(),
            whole(ran.waited_ms),
            whole(ran.planned_ms),
            whole(ran.ran_ms),
            whole(ran.rows),
            whole(ran.bytes),
            whole(ran.generation),
            ran.error,
        ],
    )?;
    Ok(())
}

fn forget(transaction: &Transaction<'_>, ran: &RanStatement) -> Result<(), Trouble> {
    if let Some(oldest) = ran.asked_at.checked_sub_days(Days::new(HISTORY_DAYS)) {
        let sql = "delete from statement_history where account = ?1 and asked_at < ?2";
        transaction.execute(sql, params![ran.account, moment(oldest)])?;
    }
    let sql = "delete from statement_history where account = ?1
               and id <= (select id from statement_history where account = ?1 order by id desc limit 1 offset ?2)";
    transaction.execute(sql, params![ran.account, HISTORY_ROWS as i64])?;
    Ok(())
}

/// SQLite's numbers end at `i64::MAX`.
fn whole(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn past_of(row: &Row<'_>) -> Result<PastStatement, Trouble> {
    let number = |at: usize| -> Result<u64, Trouble> { Ok(row.get::<_, i64>(at)?.unsigned_abs()) };
    let ran = RanStatement {
        account: row.get(1)?,
        door: row.get(2)?,
        sql: row.get(3)?,
        parameters: json(&row.get::<_, String>(4)?, "statement_history.parameters")?,
        as_of: optional_day(row, 5, "statement_history.as_of")?,
        asked_at: time(row, 6, "statement_history.asked_at")?,
        outcome: word(row.get(7)?, "statement_history.outcome", StatementOutcome::from_id)?,
        waited_ms: number(8)?,
        planned_ms: number(9)?,
        ran_ms: number(10)?,
        rows: number(11)?,
        bytes: number(12)?,
        generation: number(13)?,
        error: row.get(14)?,
    };
    Ok(PastStatement { id: row.get(0)?, ran })
}
