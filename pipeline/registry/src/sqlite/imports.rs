//! The import ledger in SQLite.

use chrono::{DateTime, Utc};
use rusqlite::{Connection, OptionalExtension, Params, Row, params};

use super::job_reads::{json, time, word};
use super::{SqliteStore, Trouble};
use crate::text::moment;
use crate::{Import, ImportBooks, ImportOutcome, Recorded, RegistryError};

macro_rules! import_sql {
    ($rest:literal) => {
        concat!(
            "select blake3, file_name, received_at, read_at, bytes, outcome, refusal, hint, rows, complaints,
             report from imports ",
            $rest
        )
    };
}

impl ImportBooks for SqliteStore {
    fn record_import(&self, import: &Import) -> Result<Recorded, RegistryError> {
        let import = import.clone();
        self.write("record an import", move |transaction| {
            if let Some(known) = find(transaction, &import.blake3)? {
                let sql = "insert into import_sightings (blake3, file_name, seen_at) values (?1, ?2, ?3)";
                let row = params![import.blake3, import.file_name, moment(import.received_at)];
                transaction.execute(sql, row)?;
                return Ok(Recorded::Known(Box::new(known)));
            }
            let sql = "insert into imports (blake3, file_name, received_at, read_at, bytes, outcome, refusal,
                           hint, rows, complaints, report)
                       values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)";
            transaction.execute(
                sql,
                params![
                    import.blake3,
                    import.file_name,
                    moment(import.received_at),
                    moment(import.read_at),
                    import.bytes as i64,
                    import.outcome.id(),
                    import.refusal,
                    import.hint,
                    import.rows as i64,
                    import.complaints as i64,
                    import.report.to_string(),
                ],
            )?;
            Ok(Recorded::New)
        })
    }

    fn record_reading(&self, import: &Import) -> Result<(), RegistryError> {
        let import = import.clone();
        self.write("record a new reading", move |transaction| {
            let sql = "update imports set read_at = ?2, outcome = ?3, refusal = ?4, hint = ?5, rows = ?6,
                           complaints = ?7, report = ?8 where blake3 = ?1";
            let row = params![
                import.blake3,
                moment(import.read_at),
                import.outcome.id(),
                import.refusal,
                import.hint,
                import.rows as i64,
                import.complaints as i64,
                import.report.to_string(),
            ];
            match transaction.execute(sql, row)? {
                0 => {
                    let problem = format!("no file {} was recorded before", import.blake3);
                    Err(RegistryError::Refused { what: "a new reading", problem }.into())
                }
                _ => Ok(()),
            }
        })
    }

    fn import(&self, blake3: &str) -> Result<Option<Import>, RegistryError> {
        self.read("read an import", |connection| find(connection, blake3))
    }

    fn imports(&self, outcome: Option<ImportOutcome>, limit: usize) -> Result<Vec<Import>, RegistryError> {
        let limit = limit as i64;
        self.read("read the imports", |connection| match outcome {
            Some(outcome) => {
                let sql = import_sql!("where outcome = ?1 order by received_at desc, blake3 limit ?2");
                all(connection, sql, (outcome.id(), limit))
            }
            None => all(connection, import_sql!("order by received_at desc, blake3 limit ?1"), [limit]),
        })
    }

    fn sightings(&self, blake3: &str) -> Result<Vec<(String, DateTime<Utc>)>, RegistryError> {
        self.read("read the sightings", |connection| {
            let sql = "select file_name, seen_at from import_sightings where blake3 = ?1 order by id";
            let mut ask = connection.prepare_cached(sql)?;
            let mut rows = ask.query([blake3])?;
            let mut found = Vec::new();
            while let Some(row) = rows.next()? {
                found.push((row.get(0)?, time(row, 1, "import_sightings.seen_at")?));
            }
            Ok(found)
        })
    }
}

fn find(connection: &Connection, blake3: &str) -> Result<Option<Import>, Trouble> {
    let sql = import_sql!("where blake3 = ?1");
    let mut ask = connection.prepare_cached(sql)?;
    let found = ask.query_row([blake3], |row| Ok(import_of(row))).optional()?;
    found.transpose()
}

fn all<P: Params>(connection: &Connection, sql: &str, params: P) -> Result<Vec<Import>, Trouble> {
    let mut ask = connection.prepare_cached(sql)?;
    let mut rows = ask.query(params)?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(import_of(row)?);
    }
    Ok(found)
}

fn import_of(row: &Row<'_>) -> Result<Import, Trouble> {
    let count = |index| row.get::<_, i64>(index).map(|value| u64::try_from(value).unwrap_or(0));
    Ok(Import {
        blake3: row.get(0)?,
        file_name: row.get(1)?,
        received_at: time(row, 2, "imports.received_at")?,
        read_at: time(row, 3, "imports.read_at")?,
        bytes: count(4)?,
        outcome: word(row.get(5)?, "imports.outcome", ImportOutcome::from_id)?,
        refusal: row.get(6)?,
        hint: row.get(7)?,
        rows: count(8)?,
        complaints: count(9)?,
        report: json(row.get(10)?, "imports.report")?,
    })
}
