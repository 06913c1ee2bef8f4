//! Bulletins that were made, in SQLite.

use chrono::Datelike;
use qunlian_domain::audit::AuditAction;
use rusqlite::{Connection, Row, Transaction, params};
use serde_json::json;

use super::claim_rows::{day, rows};
use super::job_reads::time;
use super::steps::log;
use super::{SqliteStore, Trouble};
use crate::text::moment;
use crate::{BulletinBooks, BulletinFile, Doer, Kept, MadeBulletin, NewBulletin, RegistryError};

const SQL: &str =
    "select id, template, name, title, until_day, edition, generation, rule_version, made_by, made_on, made_at from bulletins ";

impl BulletinBooks for SqliteStore {
    fn keep_bulletin(&self, new: &NewBulletin, by: &Doer) -> Result<Kept, RegistryError> {
        if new.files.is_empty() || new.words.is_empty() {
            return Err(RegistryError::Refused { what: "a bulletin", problem: "it has no files".to_owned() });
        }
        let (new, by) = (new.clone(), by.clone());
        self.write("keep a bulletin", move |transaction| keep(transaction, &new, &by))
    }

    fn bulletins(&self, limit: u32) -> Result<Vec<MadeBulletin>, RegistryError> {
        let sql = format!("{SQL} order by until_day desc, id desc limit ?1");
        self.read("read the bulletins", |connection| with_files(connection, rows(connection, &sql, [limit], bulletin_of)?))
    }

    fn bulletin(&self, id: i64) -> Result<Option<MadeBulletin>, RegistryError> {
        self.read("read a bulletin", |connection| one(connection, id))
    }
}

fn keep(transaction: &Transaction<'_>, new: &NewBulletin, by: &Doer) -> Result<Kept, Trouble> {
    let until = new.until.to_string();
    let known = "select id from bulletins where template = ?1 and until_day = ?2 and words = ?3 order by edition desc limit 1";
    let found = rows(transaction, known, params![new.template, until, new.words], |row| Ok(row.get::<_, i64>(0)?))?.pop();
    if let Some(id) = found {
        return Ok(Kept::Known(expect(transaction, id)?));
    }
    let sql = "insert into bulletins (template, name, title, year, until_day, edition, generation, rule_version, words, made_by, account,
                   made_on, made_at)
               values (?1, ?2, ?3, ?4, ?5, 1 + (select coalesce(max(edition), 0) from bulletins where template = ?1 and until_day = ?5),
                   ?6, ?7, ?8, ?9, ?10, ?11, ?12)";
    let generation = i64::try_from(new.generation).unwrap_or(i64::MAX);
    let row = params![
        new.template,
        new.name,
        new.title,
        new.until.year(),
        until,
        generation,
        new.rule_version,
        new.words,
        by.name,
        by.account,
        by.today.to_string(),
        moment(by.now)
    ];
    transaction.execute(sql, row)?;
    let id = transaction.last_insert_rowid();
    for file in &new.files {
        let bytes = i64::try_from(file.bytes).unwrap_or(i64::MAX);
        let sql = "insert into bulletin_files (bulletin, kind, blake3, bytes) values (?1, ?2, ?3, ?4)";
        transaction.execute(sql, params![id, file.kind, file.blake3, bytes])?;
    }
    let made = expect(transaction, id)?;
    let detail = json!({"bulletin": id, "edition": made.edition, "generation": new.generation, "rules": new.rule_version,
        "files": new.files.iter().map(|file| json!({"kind": file.kind, "blake3": file.blake3})).collect::<Vec<_>>()});
    log(transaction, AuditAction::BulletinMade, &format!("{} {until}", new.template), detail, by)?;
    Ok(Kept::New(made))
}

fn one(connection: &Connection, id: i64) -> Result<Option<MadeBulletin>, Trouble> {
    let found = rows(connection, &format!("{SQL} where id = ?1"), [id], bulletin_of)?;
    Ok(with_files(connection, found)?.pop())
}

fn expect(connection: &Connection, id: i64) -> Result<MadeBulletin, Trouble> {
    one(connection, id)?.ok_or_else(|| RegistryError::Unknown { what: "bulletin" }.into())
}

fn with_files(connection: &Connection, mut found: Vec<MadeBulletin>) -> Result<Vec<MadeBulletin>, Trouble> {
    let sql = "select kind, blake3, bytes from bulletin_files where bulletin = ?1 order by kind";
    for bulletin in &mut found {
        bulletin.files = rows(connection, sql, [bulletin.id], |row| {
            Ok(BulletinFile { kind: row.get(0)?, blake3: row.get(1)?, bytes: row.get::<_, i64>(2)?.unsigned_abs() })
        })?;
    }
    Ok(found)
}

fn bulletin_of(row: &Row<'_>) -> Result<MadeBulletin, Trouble> {
    Ok(MadeBulletin {
        id: row.get(0)?,
        template: row.get(1)?,
        name: row.get(2)?,
        title: row.get(3)?,
        until: day(row, 4, "bulletins.until_day")?,
        edition: row.get(5)?,
        generation: row.get::<_, i64>(6)?.unsigned_abs(),
        rule_version: row.get(7)?,
        files: Vec::new(),
        made_by: row.get(8)?,
        made_on: day(row, 9, "bulletins.made_on")?,
        made_at: time(row, 10, "bulletins.made_at")?,
    })
}
