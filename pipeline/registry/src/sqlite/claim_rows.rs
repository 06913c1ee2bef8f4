//! Rows of filings, claims, events and attachments, read into their types.

use chrono::NaiveDate;
use qunlian_domain::access::RowScope;
use qunlian_domain::claim::{Standing, State};
use qunlian_domain::filing::Matter;
use rusqlite::types::Value;
use rusqlite::{Connection, Params, Row};
use serde::de::DeserializeOwned;

use super::Trouble;
use super::job_reads::{optional_time, time, word};
use crate::{Attachment, Change, Claim, ClaimEvent, Filing, RegistryError};

macro_rules! filing_sql {
    ($rest:literal) => {
        concat!(
            "select id, number, carrier_id, stage, status, name, investor, confidential, facts, opened_by, opened_at, opened_on,
             first_submitted_at, deleted_on from filings ",
            $rest
        )
    };
}

macro_rules! claim_sql {
    ($rest:literal) => {
        concat!(
            "select claims.id, filing, filings.number, filings.carrier_id, filings.name, filings.investor, filings.confidential, matter,
             claims.stage, typed, claims.facts, state, approvers, noticed_on, recognised_on, open_objections, counted_from, revoked_on,
             notice, claims.opened_by, claims.first_submitted_at, submitted_at, submitted_on, decided_on, holder, held_since, version
             from claims join filings on filings.id = claims.filing ",
            $rest
        )
    };
}

pub(super) use {claim_sql, filing_sql};

pub(super) fn filings<P: Params>(connection: &Connection, sql: &str, params: P) -> Result<Vec<Filing>, Trouble> {
    rows(connection, sql, params, filing_of)
}

pub(super) fn claims<P: Params>(connection: &Connection, sql: &str, params: P) -> Result<Vec<Claim>, Trouble> {
    rows(connection, sql, params, claim_of)
}

pub(super) fn rows<T, P: Params>(
    connection: &Connection,
    sql: &str,
    params: P,
    read: impl Fn(&Row<'_>) -> Result<T, Trouble>,
) -> Result<Vec<T>, Trouble> {
    let mut ask = connection.prepare_cached(sql)?;
    let mut rows = ask.query(params)?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(read(row)?);
    }
    Ok(found)
}

/// The row that must be there: `what` is unknown without it.
pub(super) fn known_row<T, P: Params>(
    connection: &Connection,
    sql: &str,
    params: P,
    read: impl Fn(&Row<'_>) -> Result<T, Trouble>,
    what: &'static str,
) -> Result<T, Trouble> {
    rows(connection, sql, params, read)?.pop().ok_or_else(|| RegistryError::Unknown { what }.into())
}

/// The filing of an id that must exist.
pub(super) fn known_filing(connection: &Connection, id: i64) -> Result<Filing, Trouble> {
    let found = filings(connection, filing_sql!("where id = ?1"), [id])?.pop();
    found.ok_or_else(|| RegistryError::Unknown { what: "filing" }.into())
}

/// The claim of an id that must exist.
pub(super) fn known_claim(connection: &Connection, id: i64) -> Result<Claim, Trouble> {
    let found = claims(connection, claim_sql!("where claims.id = ?1"), [id])?.pop();
    found.ok_or_else(|| RegistryError::Unknown { what: "claim" }.into())
}

/// The condition and its values by which a scope cuts `filings`.
pub(super) fn scope_condition(scope: &RowScope) -> (String, Vec<Value>) {
    match scope {
        RowScope::City => ("1".to_owned(), Vec::new()),
        RowScope::Nothing => ("0".to_owned(), Vec::new()),
        RowScope::Carriers(carriers) => {
            let places = vec!["?"; carriers.len()].join(", ");
            let values = carriers.iter().map(|carrier| Value::from(carrier.clone())).collect();
            (format!("filings.carrier_id in ({places})"), values)
        }
    }
}

pub(super) fn json<T: DeserializeOwned>(text: &str, column: &'static str) -> Result<T, Trouble> {
    serde_json::from_str(text).map_err(|_| RegistryError::Value { column, value: text.to_owned(), expected: "JSON text" }.into())
}

pub(super) fn to_json<T: serde::Serialize>(value: &T) -> Result<String, Trouble> {
    let unwritable = |error: serde_json::Error| RegistryError::Refused { what: "JSON", problem: error.to_string() };
    serde_json::to_string(value).map_err(|error| unwritable(error).into())
}

pub(super) fn day(row: &Row<'_>, at: usize, column: &'static str) -> Result<NaiveDate, Trouble> {
    let text: String = row.get(at)?;
    text.parse().map_err(|_| RegistryError::Value { column, value: text, expected: "date" }.into())
}

pub(super) fn optional_day(row: &Row<'_>, at: usize, column: &'static str) -> Result<Option<NaiveDate>, Trouble> {
    let text: Option<String> = row.get(at)?;
    match text {
        None => Ok(None),
        Some(text) => text.parse().map(Some).map_err(|_| RegistryError::Value { column, value: text, expected: "date" }.into()),
    }
}

fn stage(row: &Row<'_>, at: usize) -> Result<usize, Trouble> {
    let order: i64 = row.get(at)?;
    usize::try_from(order).map_err(|_| RegistryError::Value { column: "stage", value: order.to_string(), expected: "stage" }.into())
}

fn filing_of(row: &Row<'_>) -> Result<Filing, Trouble> {
    Ok(Filing {
        id: row.get(0)?,
        number: row.get(1)?,
        carrier_id: row.get(2)?,
        stage: stage(row, 3)?,
        status: row.get(4)?,
        name: row.get(5)?,
        investor: row.get(6)?,
        confidential: row.get(7)?,
        facts: json(&row.get::<_, String>(8)?, "filings.facts")?,
        opened_by: row.get(9)?,
        opened_at: time(row, 10, "filings.opened_at")?,
        opened_on: day(row, 11, "filings.opened_on")?,
        first_submitted_at: optional_time(row, 12, "filings.first_submitted_at")?,
        deleted_on: optional_day(row, 13, "filings.deleted_on")?,
    })
}

fn claim_of(row: &Row<'_>) -> Result<Claim, Trouble> {
    let standing = Standing {
        state: word(row.get(11)?, "claims.state", State::from_id)?,
        approvers: json(&row.get::<_, String>(12)?, "claims.approvers")?,
        noticed_on: optional_day(row, 13, "claims.noticed_on")?,
        recognised_on: optional_day(row, 14, "claims.recognised_on")?,
        open_objections: row.get(15)?,
    };
    Ok(Claim {
        id: row.get(0)?,
        filing: row.get(1)?,
        filing_number: row.get(2)?,
        carrier_id: row.get(3)?,
        project_name: row.get(4)?,
        investor: row.get(5)?,
        confidential: row.get(6)?,
        matter: word(row.get(7)?, "claims.matter", Matter::from_id)?,
        stage: stage(row, 8)?,
        typed: json(&row.get::<_, String>(9)?, "claims.typed")?,
        values: json(&row.get::<_, String>(10)?, "claims.facts")?,
        standing,
        counted_from: optional_day(row, 16, "claims.counted_from")?,
        revoked_on: optional_day(row, 17, "claims.revoked_on")?,
        notice: row.get(18)?,
        opened_by: row.get(19)?,
        first_submitted_at: optional_time(row, 20, "claims.first_submitted_at")?,
        submitted_at: optional_time(row, 21, "claims.submitted_at")?,
        submitted_on: optional_day(row, 22, "claims.submitted_on")?,
        decided_on: optional_day(row, 23, "claims.decided_on")?,
        holder: row.get(24)?,
        held_since: optional_time(row, 25, "claims.held_since")?,
        version: row.get(26)?,
    })
}

pub(super) const EVENT_SQL: &str = "select id, claim, action, state, by, account, at, on_day, remarks, contact from claim_events ";

pub(super) fn event_of(row: &Row<'_>) -> Result<ClaimEvent, Trouble> {
    Ok(ClaimEvent {
        id: row.get(0)?,
        claim: row.get(1)?,
        action: row.get(2)?,
        state: row.get(3)?,
        by: row.get(4)?,
        account: row.get(5)?,
        at: time(row, 6, "claim_events.at")?,
        on: day(row, 7, "claim_events.on_day")?,
        remarks: json(&row.get::<_, String>(8)?, "claim_events.remarks")?,
        contact: row.get(9)?,
    })
}

pub(super) fn change_of(row: &Row<'_>) -> Result<Change, Trouble> {
    Ok(Change {
        id: row.get(0)?,
        filing: row.get(1)?,
        claim: row.get(2)?,
        field: row.get(3)?,
        before: row.get(4)?,
        after: row.get(5)?,
        by: row.get(6)?,
        at: time(row, 7, "changes.at")?,
        on: day(row, 8, "changes.on_day")?,
    })
}

pub(super) const ATTACHMENT_SQL: &str = "select id, filing, claim, file_name, kind, bytes, blake3, by, at, removed_at from attachments ";

pub(super) fn attachment_of(row: &Row<'_>) -> Result<Attachment, Trouble> {
    Ok(Attachment {
        id: row.get(0)?,
        filing: row.get(1)?,
        claim: row.get(2)?,
        file_name: row.get(3)?,
        kind: row.get(4)?,
        bytes: row.get::<_, i64>(5)?.cast_unsigned(),
        blake3: row.get(6)?,
        by: row.get(7)?,
        at: time(row, 8, "attachments.at")?,
        removed_at: optional_time(row, 9, "attachments.removed_at")?,
    })
}
