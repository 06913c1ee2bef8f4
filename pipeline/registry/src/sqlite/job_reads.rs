//! Reading slots and runs back.

use chrono::{DateTime, Utc};
use rusqlite::{Connection, OptionalExtension, Params, Row, ToSql};
use serde_json::Value;

use super::{SqliteStore, Trouble};
use crate::RegistryError;
use crate::jobs::{Cause, Origin, Progress, Run, RunOutcome, Slot, SlotOutcome, SlotState};
use crate::text::{moment, parse_moment};

macro_rules! slot_sql {
    ($rest:literal) => {
        concat!(
            "select job, slot, origin, asked_by, state, attempt, holder, lease_until, not_before, outcome,
             message, progress, started, finished from job_slot ",
            $rest
        )
    };
}

macro_rules! run_sql {
    ($rest:literal) => {
        concat!(
            "select job, slot, attempt, origin, holder, pid, started, finished, outcome, cause, message,
             progress, result from runs ",
            $rest
        )
    };
}

impl SqliteStore {
    pub(super) fn read_running(&self) -> Result<Vec<Slot>, RegistryError> {
        let sql = slot_sql!("where state = 'running' order by job");
        self.read("read what is running", |connection| slots(connection, sql, []))
    }

    pub(super) fn read_waiting(&self, job: &str) -> Result<Vec<Slot>, RegistryError> {
        let sql = slot_sql!("where job = ?1 and state = 'waiting' order by slot");
        self.read("read what is waiting", |connection| slots(connection, sql, [job]))
    }

    pub(super) fn read_open(&self) -> Result<Vec<Slot>, RegistryError> {
        let sql = slot_sql!("where state <> 'closed' order by job, slot");
        self.read("read what is running or waiting", |connection| slots(connection, sql, []))
    }

    pub(super) fn read_last_scheduled(&self, job: &str, until: DateTime<Utc>) -> Result<Option<DateTime<Utc>>, RegistryError> {
        self.read("read the last slot", |connection| {
            let sql = "select slot from job_slot where job = ?1 and slot <= ?2 and origin = 'schedule'
                       order by slot desc limit 1";
            let row = [job.to_owned(), moment(until)];
            let found: Option<String> = connection.query_row(sql, row, |row| row.get(0)).optional()?;
            Ok(found.map(|text| parse_moment("job_slot.slot", &text)).transpose()?)
        })
    }

    pub(super) fn read_slot(&self, job: &str, slot: DateTime<Utc>) -> Result<Option<Slot>, RegistryError> {
        self.read("read a slot", |connection| find_slot(connection, job, slot))
    }

    pub(super) fn read_slots(&self, job: Option<&str>, limit: usize) -> Result<Vec<Slot>, RegistryError> {
        let limit = limit as i64;
        self.read("read the slots", |connection| match job {
            Some(job) => {
                let sql = slot_sql!("where job = ?1 order by slot desc limit ?2");
                slots(connection, sql, (job, limit))
            }
            None => slots(connection, slot_sql!("order by slot desc, job limit ?1"), [limit]),
        })
    }

    pub(super) fn read_runs(&self, job: Option<&str>, limit: usize) -> Result<Vec<Run>, RegistryError> {
        let limit = limit as i64;
        self.read("read the runs", |connection| match job {
            Some(job) => {
                let sql = run_sql!("where job = ?1 order by started desc, id desc limit ?2");
                runs(connection, sql, (job, limit))
            }
            None => runs(connection, run_sql!("order by started desc, id desc limit ?1"), [limit]),
        })
    }
}

/// The slot by its key.
pub(super) fn find_slot(connection: &Connection, job: &str, slot: DateTime<Utc>) -> Result<Option<Slot>, Trouble> {
    let sql = slot_sql!("where job = ?1 and slot = ?2");
    Ok(slots(connection, sql, [job, &moment(slot)])?.pop())
}

/// The slot of a job that is running now.
pub(super) fn find_running(connection: &Connection, job: &str) -> Result<Option<Slot>, Trouble> {
    Ok(slots(connection, slot_sql!("where job = ?1 and state = 'running'"), [job])?.pop())
}

/// A waiting slot outside the schedule that has not begun yet.
pub(super) fn find_queued(connection: &Connection, job: &str) -> Result<Option<Slot>, Trouble> {
    let sql = slot_sql!("where job = ?1 and state = 'waiting' and attempt = 0 and origin <> 'schedule' order by slot limit 1");
    Ok(slots(connection, sql, [job])?.pop())
}

fn slots<P: Params>(connection: &Connection, sql: &str, params: P) -> Result<Vec<Slot>, Trouble> {
    let mut ask = connection.prepare_cached(sql)?;
    let mut rows = ask.query(params)?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(slot_of(row)?);
    }
    Ok(found)
}

fn runs<P: Params>(connection: &Connection, sql: &str, params: P) -> Result<Vec<Run>, Trouble> {
    let mut ask = connection.prepare_cached(sql)?;
    let mut rows = ask.query(params)?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(run_of(row)?);
    }
    Ok(found)
}

fn slot_of(row: &Row<'_>) -> Result<Slot, Trouble> {
    let outcome: Option<String> = row.get(9)?;
    Ok(Slot {
        job: row.get(0)?,
        slot: time(row, 1, "job_slot.slot")?,
        origin: word(row.get(2)?, "job_slot.origin", Origin::from_id)?,
        asked_by: row.get(3)?,
        state: word(row.get(4)?, "job_slot.state", SlotState::from_id)?,
        attempt: row.get(5)?,
        holder: row.get(6)?,
        lease_until: optional_time(row, 7, "job_slot.lease_until")?,
        not_before: optional_time(row, 8, "job_slot.not_before")?,
        outcome: outcome.map(|text| word(text, "job_slot.outcome", SlotOutcome::from_id)).transpose()?,
        message: row.get(10)?,
        progress: progress_of(row.get(11)?)?,
        started: optional_time(row, 12, "job_slot.started")?,
        finished: optional_time(row, 13, "job_slot.finished")?,
    })
}

fn run_of(row: &Row<'_>) -> Result<Run, Trouble> {
    let outcome: Option<String> = row.get(8)?;
    let cause: Option<String> = row.get(9)?;
    let result: Option<String> = row.get(12)?;
    Ok(Run {
        job: row.get(0)?,
        slot: time(row, 1, "runs.slot")?,
        attempt: row.get(2)?,
        origin: word(row.get(3)?, "runs.origin", Origin::from_id)?,
        holder: row.get(4)?,
        pid: row.get(5)?,
        started: time(row, 6, "runs.started")?,
        finished: optional_time(row, 7, "runs.finished")?,
        outcome: outcome.map(|text| word(text, "runs.outcome", RunOutcome::from_id)).transpose()?,
        cause: cause.map(|text| word(text, "runs.cause", Cause::from_id)).transpose()?,
        message: row.get(10)?,
        progress: progress_of(row.get(11)?)?,
        result: result.map(|text| json::<Value>(text, "runs.result")).transpose()?,
    })
}

pub(super) fn word<T>(text: String, column: &'static str, from_id: impl FnOnce(&str) -> Option<T>) -> Result<T, RegistryError> {
    match from_id(&text) {
        Some(value) => Ok(value),
        None => Err(RegistryError::Value { column, value: text, expected: "known word" }),
    }
}

pub(super) fn json<T: serde::de::DeserializeOwned>(text: String, column: &'static str) -> Result<T, RegistryError> {
    serde_json::from_str(&text).map_err(|_| RegistryError::Value { column, value: text, expected: "json" })
}

pub(super) fn time(row: &Row<'_>, index: usize, column: &'static str) -> Result<DateTime<Utc>, Trouble> {
    let text: String = row.get(index)?;
    Ok(parse_moment(column, &text)?)
}

pub(super) fn optional_time(row: &Row<'_>, index: usize, column: &'static str) -> Result<Option<DateTime<Utc>>, Trouble> {
    let text: Option<String> = row.get(index)?;
    Ok(text.map(|text| parse_moment(column, &text)).transpose()?)
}

pub(super) fn progress_text(progress: Option<&Progress>) -> Option<String> {
    progress.and_then(|progress| serde_json::to_string(progress).ok())
}

/// Named parameters without a type of their own.
pub(super) type Named<'a> = (&'a str, &'a dyn ToSql);

fn progress_of(text: Option<String>) -> Result<Option<Progress>, RegistryError> {
    text.map(|text| json(text, "progress")).transpose()
}
