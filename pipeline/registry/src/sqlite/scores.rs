//! Entries, ratings and closed sheets of the assessment in SQLite.

use chrono::{DateTime, Datelike, NaiveDate, TimeDelta, Utc};
use qunlian_domain::audit::AuditAction;
use qunlian_domain::score::{Period, Quarter, Record};
use rusqlite::{Connection, Row, Transaction, params};
use serde_json::json;

use super::claim_rows::{day, known_row, rows};
use super::job_reads::time;
use super::steps::log;
use super::{SqliteStore, Trouble};
use crate::text::moment;
use crate::{ClosedSheet, Doer, NewScoreEntry, NewScoreRating, RegistryError, ScoreBooks, ScoreEntry, ScoreRating};

const ENTRY_SQL: &str = "select here.id, here.level, here.carrier, here.item, here.quantity, here.reason, here.on_day, here.supersedes,
     later.id, here.by, here.at, here.evidence, here.made_on from score_entries here left join score_entries later on later.supersedes = here.id ";
const RATING_SQL: &str = "select id, item, rater, carrier, points, reason,
     id < max(id) over (partition by item, rater, carrier), by, at, made_on from score_ratings ";
const CLOSED_SQL: &str = "select id, record, closed_by, closed_on, closed_at from closed_sheets ";
/// China's clocks, all year.
const AHEAD_OF_UTC: TimeDelta = TimeDelta::hours(8);
/// Characters of a reason.
const LONGEST_REASON: usize = 200;

impl ScoreBooks for SqliteStore {
    fn enter_score(&self, new: &NewScoreEntry, by: &Doer) -> Result<ScoreEntry, RegistryError> {
        check_reason(&new.reason)?;
        if !new.evidence.is_empty() {
            check_reason(&new.evidence)?;
        }
        if new.on > by.today {
            return Err(refused("an entry is made after what it tells of"));
        }
        if new.quantity < 0 || (new.quantity == 0 && new.supersedes.is_none()) {
            return Err(refused("an entry counts once or more"));
        }
        let (new, by) = (new.clone(), by.clone());
        self.write("keep an entry of the assessment", move |transaction| enter(transaction, &new, &by))
    }

    fn score_entries(&self, level: &str, year: i32) -> Result<Vec<ScoreEntry>, RegistryError> {
        let sql = format!("{ENTRY_SQL} where here.level = ?1 and here.year = ?2 order by here.id");
        self.read("read the entries of the assessment", |connection| rows(connection, &sql, params![level, year], entry_of))
    }

    fn rate(&self, new: &NewScoreRating, by: &Doer) -> Result<ScoreRating, RegistryError> {
        check_reason(&new.reason)?;
        if !(new.points.is_finite() && new.points >= 0.0) {
            return Err(refused("points are 0 or more"));
        }
        let (new, by) = (new.clone(), by.clone());
        self.write("keep a rating of the assessment", move |transaction| rate(transaction, &new, &by))
    }

    fn score_ratings(&self, level: &str, period: Period) -> Result<Vec<ScoreRating>, RegistryError> {
        self.read("read the ratings of the assessment", |connection| ratings(connection, level, period))
    }

    fn close_sheet(&self, record: &Record, by: &Doer) -> Result<ClosedSheet, RegistryError> {
        let (record, by) = (record.clone(), by.clone());
        self.write("close a period of the assessment", move |transaction| close(transaction, &record, &by))
    }

    fn closed_sheet(&self, level: &str, period: Period) -> Result<Option<ClosedSheet>, RegistryError> {
        self.read("read a closed sheet", |connection| closed(connection, level, period.year, quarter_number(period)))
    }
}

fn enter(transaction: &Transaction<'_>, new: &NewScoreEntry, by: &Doer) -> Result<ScoreEntry, Trouble> {
    if let Some(earlier) = new.supersedes {
        let found = entry(transaction, earlier)?;
        if found.superseded_by.is_some() {
            return Err(RegistryError::Conflict { what: "the entry" }.into());
        }
        let key = |level: &str, carrier: &str, item: &str| [level, carrier, item].map(str::to_owned);
        if key(&found.level, &found.carrier_id, &found.item) != key(&new.level, &new.carrier_id, &new.item)
            || found.on.year() != new.on.year()
        {
            return Err(refused("a correction keeps level, year, carrier and item").into());
        }
    }
    let sql =
        "insert into score_entries (level, year, carrier, item, quantity, reason, on_day, supersedes, by, account, at, evidence, made_on)
               values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)";
    let (reason, evidence) = (new.reason.trim(), new.evidence.trim());
    let row = params![
        new.level,
        new.on.year(),
        new.carrier_id,
        new.item,
        new.quantity,
        reason,
        new.on.to_string(),
        new.supersedes,
        by.name,
        by.account,
        moment(by.now),
        evidence,
        by.today.to_string()
    ];
    transaction.execute(sql, row)?;
    let id = transaction.last_insert_rowid();
    let detail = json!({"entry": id, "level": new.level, "item": new.item, "quantity": new.quantity, "on": new.on.to_string(),
        "supersedes": new.supersedes, "reason": reason, "evidence": evidence});
    log(transaction, AuditAction::ScoreEntered, &new.carrier_id, detail, by)?;
    entry(transaction, id)
}

fn rate(transaction: &Transaction<'_>, new: &NewScoreRating, by: &Doer) -> Result<ScoreRating, Trouble> {
    stay_open(transaction, &new.level, new.period)?;
    let sql = "insert into score_ratings (level, year, quarter, item, rater, carrier, points, reason, by, account, at, made_on)
               values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)";
    let (reason, quarter) = (new.reason.trim(), quarter_number(new.period));
    let row = params![
        new.level,
        new.period.year,
        quarter,
        new.item,
        new.rater_id,
        new.carrier_id,
        new.points,
        reason,
        by.name,
        by.account,
        moment(by.now),
        by.today.to_string()
    ];
    transaction.execute(sql, row)?;
    let id = transaction.last_insert_rowid();
    let detail = json!({"rating": id, "level": new.level, "year": new.period.year, "quarter": quarter, "item": new.item,
        "rater": new.rater_id, "points": new.points, "reason": reason});
    log(transaction, AuditAction::ScoreEntered, &new.carrier_id, detail, by)?;
    let found = ratings(transaction, &new.level, new.period)?.into_iter().find(|rating| rating.id == id);
    found.ok_or_else(|| RegistryError::Unknown { what: "rating" }.into())
}

fn close(transaction: &Transaction<'_>, record: &Record, by: &Doer) -> Result<ClosedSheet, Trouble> {
    let quarter = record.quarter.map_or(0, i64::from);
    if closed(transaction, &record.level_id, record.year, quarter)?.is_some() {
        return Err(RegistryError::Conflict { what: "the period" }.into());
    }
    let text = record.to_text().map_err(|error| refused(&error.to_string()))?;
    let sql = "insert into closed_sheets (level, year, quarter, rule_version, generation, record, closed_by, account, closed_on, closed_at)
               values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)";
    let generation = i64::try_from(record.generation).unwrap_or(i64::MAX);
    let row = params![
        record.level_id,
        record.year,
        quarter,
        record.rule_version,
        generation,
        text,
        by.name,
        by.account,
        by.today.to_string(),
        moment(by.now)
    ];
    transaction.execute(sql, row)?;
    let detail = json!({"level": record.level_id, "year": record.year, "quarter": quarter, "rules": record.rule_version,
        "generation": record.generation, "blake3": blake3::hash(text.as_bytes()).to_hex().to_string()});
    log(transaction, AuditAction::SheetClosed, &format!("{} {}", record.level_name, record.period_name), detail, by)?;
    let kept = closed(transaction, &record.level_id, record.year, quarter)?;
    kept.ok_or_else(|| RegistryError::Unknown { what: "closed sheet" }.into())
}

/// What is made for one period only is of no use once that is closed.
pub(super) fn stay_open(connection: &Connection, level: &str, period: Period) -> Result<(), Trouble> {
    match closed(connection, level, period.year, quarter_number(period))? {
        Some(_) => Err(RegistryError::Conflict { what: "the period" }.into()),
        None => Ok(()),
    }
}

pub(super) fn quarter_number(period: Period) -> i64 {
    period.quarter.map_or(0, |quarter: Quarter| i64::from(quarter.number()))
}

pub(super) fn refused(problem: &str) -> RegistryError {
    RegistryError::Refused { what: "the assessment", problem: problem.to_owned() }
}

pub(super) fn check_reason(reason: &str) -> Result<(), RegistryError> {
    let reason = reason.trim();
    if reason.is_empty() || reason.chars().count() > LONGEST_REASON || reason.chars().any(char::is_control) {
        return Err(refused("the reason is one line of at most 200 characters"));
    }
    Ok(())
}

fn entry(connection: &Connection, id: i64) -> Result<ScoreEntry, Trouble> {
    known_row(connection, &format!("{ENTRY_SQL} where here.id = ?1"), [id], entry_of, "entry")
}

fn ratings(connection: &Connection, level: &str, period: Period) -> Result<Vec<ScoreRating>, Trouble> {
    let sql = format!("{RATING_SQL} where level = ?1 and year = ?2 and quarter = ?3 order by id");
    rows(connection, &sql, params![level, period.year, quarter_number(period)], rating_of)
}

fn closed(connection: &Connection, level: &str, year: i32, quarter: i64) -> Result<Option<ClosedSheet>, Trouble> {
    let sql = format!("{CLOSED_SQL} where level = ?1 and year = ?2 and quarter = ?3");
    Ok(rows(connection, &sql, params![level, year, quarter], closed_of)?.pop())
}

fn entry_of(row: &Row<'_>) -> Result<ScoreEntry, Trouble> {
    Ok(ScoreEntry {
        id: row.get(0)?,
        level: row.get(1)?,
        carrier_id: row.get(2)?,
        item: row.get(3)?,
        quantity: row.get(4)?,
        reason: row.get(5)?,
        on: day(row, 6, "score_entries.on_day")?,
        supersedes: row.get(7)?,
        superseded_by: row.get(8)?,
        by: row.get(9)?,
        at: time(row, 10, "score_entries.at")?,
        evidence: row.get(11)?,
        made_on: made_on(row, 12, time(row, 10, "score_entries.at")?)?,
    })
}

/// The business day of a row; of one older than the column the day in China on which it was made.
fn made_on(row: &Row<'_>, at: usize, made_at: DateTime<Utc>) -> Result<NaiveDate, Trouble> {
    match row.get::<_, String>(at)?.as_str() {
        "" => Ok((made_at + AHEAD_OF_UTC).date_naive()),
        _ => day(row, at, "score_entries.made_on"),
    }
}

fn rating_of(row: &Row<'_>) -> Result<ScoreRating, Trouble> {
    Ok(ScoreRating {
        id: row.get(0)?,
        item: row.get(1)?,
        rater_id: row.get(2)?,
        carrier_id: row.get(3)?,
        points: row.get(4)?,
        reason: row.get(5)?,
        superseded: row.get(6)?,
        by: row.get(7)?,
        at: time(row, 8, "score_ratings.at")?,
        made_on: made_on(row, 9, time(row, 8, "score_ratings.at")?)?,
    })
}

fn closed_of(row: &Row<'_>) -> Result<ClosedSheet, Trouble> {
    let text: String = row.get(1)?;
    let unreadable =
        |_| RegistryError::Value { column: "closed_sheets.record", value: text.chars().take(40).collect(), expected: "closed sheet" };
    Ok(ClosedSheet {
        id: row.get(0)?,
        record: Record::from_text(&text).map_err(unreadable)?,
        closed_by: row.get(2)?,
        closed_on: day(row, 3, "closed_sheets.closed_on")?,
        closed_at: time(row, 4, "closed_sheets.closed_at")?,
    })
}
