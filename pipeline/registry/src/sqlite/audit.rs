//! The audit log in SQLite.

use rusqlite::types::ValueRef;
use rusqlite::{Connection, OptionalExtension, Params, Row, Transaction, params};

use super::{SqliteStore, Trouble};
use crate::audit::{Sealed, Verifier};
use crate::text::moment;
use crate::{AuditBooks, AuditEntry, AuditFilter, AuditHead, AuditRecord, AuditVerdict, RegistryError};

const HEAD: &str = "select value from settings where name = 'audit_head'";

macro_rules! record_sql {
    ($rest:literal) => {
        concat!("select seq, at, account, actor, via, action, subject, detail, previous, hash from audit_log ", $rest)
    };
}

impl AuditBooks for SqliteStore {
    fn append(&self, entry: &AuditEntry) -> Result<AuditRecord, RegistryError> {
        let entry = entry.clone();
        self.write("record in the audit log", move |transaction| append_in(transaction, &entry))
    }

    fn audit_page(&self, filter: &AuditFilter, before: Option<i64>, limit: usize) -> Result<Vec<AuditRecord>, RegistryError> {
        let sql = record_sql!(
            "where (?1 is null or seq < ?1) and (?2 is null or action = ?2)
               and (?3 is null or instr(lower(actor), lower(?3)) > 0)
               and (?4 is null or instr(lower(subject), lower(?4)) > 0)
               and (?5 is null or at >= ?5) and (?6 is null or at < ?6)
             order by seq desc limit ?7"
        );
        let row = params![
            before,
            filter.action.map(|action| action.id()),
            filter.actor,
            filter.subject,
            filter.from.map(moment),
            filter.until.map(moment),
            limit as i64,
        ];
        self.read("read the audit log", |connection| records(connection, sql, row))
    }

    fn audit_record(&self, seq: i64) -> Result<Option<AuditRecord>, RegistryError> {
        self.read("read the audit log", |connection| Ok(records(connection, record_sql!("where seq = ?1"), [seq])?.pop()))
    }

    fn audit_head(&self) -> Result<Option<AuditHead>, RegistryError> {
        self.read("read the audit log", |connection| Ok(newest(connection)?))
    }

    fn verify_audit(&self) -> Result<AuditVerdict, RegistryError> {
        self.read("verify the audit log", |connection| {
            // One transaction, so that records and their head are of the same moment.
            let moment = connection.unchecked_transaction()?;
            let verdict = verify(&moment)?;
            moment.finish()?;
            Ok(verdict)
        })
    }
}

/// Adds a record inside the caller's transaction: what it tells of and the record stand or fall together.
pub(super) fn append_in(transaction: &Transaction<'_>, entry: &AuditEntry) -> Result<AuditRecord, Trouble> {
    let kept: Option<String> = transaction.prepare_cached(HEAD)?.query_row([], |row| row.get(0)).optional()?;
    let kept = kept.and_then(|text| text.parse::<AuditHead>().ok());
    // When the end was cut off, the chain goes on behind the head that was kept: the gap stays visible for ever.
    let head = match (kept, newest(transaction)?) {
        (Some(kept), Some(newest)) if kept.seq < newest.seq => Some(newest),
        (kept, newest) => kept.or(newest),
    };
    let record = AuditRecord::of(entry, head.as_ref());
    let sql = "insert into audit_log (seq, at, account, actor, via, action, subject, detail, previous, hash)
               values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)";
    transaction.prepare_cached(sql)?.execute(params![
        record.seq,
        record.at,
        record.account,
        record.actor,
        record.via,
        record.action,
        record.subject,
        record.detail,
        record.previous,
        record.hash,
    ])?;
    let sql = "insert into settings (name, value, changed_at) values ('audit_head', ?1, ?2)
               on conflict (name) do update set value = excluded.value, changed_at = excluded.changed_at";
    transaction.prepare_cached(sql)?.execute([record.head().to_string(), record.at.clone()])?;
    Ok(record)
}

fn newest(connection: &Connection) -> rusqlite::Result<Option<AuditHead>> {
    let mut ask = connection.prepare_cached("select seq, hash from audit_log order by seq desc limit 1")?;
    ask.query_row([], |row| Ok(AuditHead { seq: row.get(0)?, hash: row.get(1)? })).optional()
}

fn verify(connection: &Connection) -> Result<AuditVerdict, Trouble> {
    let kept: Option<String> = connection.query_row(HEAD, [], |row| row.get(0)).optional()?;
    let mut verifier = Verifier::default();
    let mut ask = connection.prepare(record_sql!("order by seq"))?;
    let mut rows = ask.query([])?;
    while let Some(row) = rows.next()? {
        let Some((record, hash)) = sealed(row)? else {
            verifier.unreadable();
            break;
        };
        if !verifier.follow(&record, hash) {
            break;
        }
    }
    Ok(verifier.end(kept.as_deref()))
}

/// A row as bytes; `None` when a column is not of its type.
fn sealed<'row>(row: &'row Row<'_>) -> rusqlite::Result<Option<(Sealed<'row>, &'row [u8])>> {
    let account = match row.get_ref(2)? {
        ValueRef::Null => None,
        ValueRef::Integer(account) => Some(account),
        _ => return Ok(None),
    };
    let mut texts = [&[][..]; 8];
    for (text, column) in texts.iter_mut().zip([1, 3, 4, 5, 6, 7, 8, 9]) {
        match row.get_ref(column)? {
            ValueRef::Text(bytes) => *text = bytes,
            _ => return Ok(None),
        }
    }
    let [at, actor, via, action, subject, detail, previous, hash] = texts;
    Ok(Some((Sealed { seq: row.get(0)?, account, texts: [at, actor, via, action, subject, detail, previous] }, hash)))
}

fn records<P: Params>(connection: &Connection, sql: &str, params: P) -> Result<Vec<AuditRecord>, Trouble> {
    let mut ask = connection.prepare_cached(sql)?;
    let mut rows = ask.query(params)?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(record_of(row)?);
    }
    Ok(found)
}

/// Reads even a spoilt row, so that people can look at it.
fn record_of(row: &Row<'_>) -> rusqlite::Result<AuditRecord> {
    let text = |column| -> rusqlite::Result<String> {
        Ok(match row.get_ref(column)? {
            ValueRef::Text(bytes) | ValueRef::Blob(bytes) => String::from_utf8_lossy(bytes).into_owned(),
            other => format!("{other:?}"),
        })
    };
    Ok(AuditRecord {
        seq: row.get(0)?,
        at: text(1)?,
        account: row.get(2)?,
        actor: text(3)?,
        via: text(4)?,
        action: text(5)?,
        subject: text(6)?,
        detail: text(7)?,
        previous: text(8)?,
        hash: text(9)?,
    })
}
