//! People's overrides in SQLite.

use chrono::{DateTime, NaiveDate, Utc};
use qunlian_domain::audit::{AuditAction, Via};
use rusqlite::{Connection, Params, Row, Transaction, params};
use serde_json::json;

use super::audit::append_in;
use super::job_reads::{optional_time, time, word};
use super::{SqliteStore, Trouble};
use crate::text::moment;
use crate::{AuditEntry, NewOverride, Override, OverrideBooks, OverrideField, RegistryError};

macro_rules! override_sql {
    ($rest:literal) => {
        concat!(
            "select id, project_id, field, value, reason, decided_by, decided_on, recorded_at, revoked_at,
             revoked_by from overrides ",
            $rest
        )
    };
}

impl OverrideBooks for SqliteStore {
    fn set_override(&self, new: &NewOverride) -> Result<Override, RegistryError> {
        for (what, text) in [("project", &new.project_id), ("value", &new.value), ("reason", &new.reason), ("person", &new.decided_by)] {
            if text.trim().is_empty() {
                return Err(RegistryError::Refused { what: "an override", problem: format!("no {what} is given") });
            }
        }
        let new = new.clone();
        self.write("record an override", move |transaction| {
            let sql = "update overrides set revoked_at = ?3, revoked_by = ?4
                       where project_id = ?1 and field = ?2 and revoked_at is null";
            let now = moment(new.now);
            transaction.execute(sql, params![new.project_id, new.field.id(), now, new.decided_by])?;
            let sql = "insert into overrides (project_id, field, value, reason, decided_by, decided_on,
                           recorded_at) values (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
            let day = new.decided_on.to_string();
            let row = params![new.project_id, new.field.id(), new.value, new.reason, new.decided_by, day, now];
            transaction.execute(sql, row)?;
            let id = transaction.last_insert_rowid();
            let detail = json!({"field": new.field.id(), "value": new.value, "reason": new.reason, "decision": id});
            log(transaction, &new.decided_by, new.now, &new.project_id, detail)?;
            all(transaction, override_sql!("where id = ?1"), [id])?.pop().ok_or_else(|| rusqlite::Error::QueryReturnedNoRows.into())
        })
    }

    fn revoke_override(&self, id: i64, by: &str, now: DateTime<Utc>) -> Result<bool, RegistryError> {
        let by = by.to_owned();
        self.write("revoke an override", move |transaction| {
            let sql = "update overrides set revoked_at = ?2, revoked_by = ?3 where id = ?1 and revoked_at is null";
            if transaction.execute(sql, params![id, moment(now), by])? == 0 {
                return Ok(false);
            }
            let project: String = transaction.query_row("select project_id from overrides where id = ?1", [id], |row| row.get(0))?;
            log(transaction, &by, now, &project, json!({"revoked": id}))?;
            Ok(true)
        })
    }

    fn overrides(&self) -> Result<Vec<Override>, RegistryError> {
        let sql = override_sql!("where revoked_at is null order by project_id, field");
        self.read("read the overrides", |connection| all(connection, sql, []))
    }

    fn overrides_of(&self, project_id: &str) -> Result<Vec<Override>, RegistryError> {
        let sql = override_sql!("where project_id = ?1 order by id");
        self.read("read the overrides", |connection| all(connection, sql, [project_id]))
    }
}

/// Decisions are made on the console, by whoever is named there.
fn log(transaction: &Transaction<'_>, by: &str, at: DateTime<Utc>, project: &str, detail: serde_json::Value) -> Result<(), Trouble> {
    let (actor, subject) = (by.to_owned(), project.to_owned());
    let entry = AuditEntry { at, account: None, actor, via: Via::Console, action: AuditAction::Classified, subject, detail };
    append_in(transaction, &entry).map(|_| ())
}

fn all<P: Params>(connection: &Connection, sql: &str, params: P) -> Result<Vec<Override>, Trouble> {
    let mut ask = connection.prepare_cached(sql)?;
    let mut rows = ask.query(params)?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(override_of(row)?);
    }
    Ok(found)
}

fn override_of(row: &Row<'_>) -> Result<Override, Trouble> {
    let day: String = row.get(6)?;
    let decided_on: NaiveDate = match day.parse() {
        Ok(day) => day,
        Err(_) => {
            let column = "overrides.decided_on";
            return Err(RegistryError::Value { column, value: day, expected: "date" }.into());
        }
    };
    Ok(Override {
        id: row.get(0)?,
        project_id: row.get(1)?,
        field: word(row.get(2)?, "overrides.field", OverrideField::from_id)?,
        value: row.get(3)?,
        reason: row.get(4)?,
        decided_by: row.get(5)?,
        decided_on,
        recorded_at: time(row, 7, "overrides.recorded_at")?,
        revoked_at: optional_time(row, 8, "overrides.revoked_at")?,
        revoked_by: row.get(9)?,
    })
}
