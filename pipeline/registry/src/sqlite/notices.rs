//! Notices, objections and recognition in SQLite.

use chrono::NaiveDate;
use qunlian_domain::audit::AuditAction;
use qunlian_domain::claim::{Action, State};
use rusqlite::{Connection, Row, Transaction, params};
use serde_json::json;

use super::claim_rows::{claim_sql, claims, day, json as from_json, known_claim, known_row, optional_day, rows, to_json};
use super::job_reads::{time, word};
use super::steps::{Said, advance, log};
use super::{SqliteStore, Trouble};
use crate::text::moment;
use crate::{Claim, Doer, Judgement, NewNotice, NewObjection, Notice, NoticeBooks, NoticeItem, Objection, ObjectionState, RegistryError};

const NOTICE_SQL: &str = "select id, from_day, until_day, slot, published_on, published_at, objections_until, late from notices ";
const OBJECTION_SQL: &str =
    "select id, notice, claim, reason, objector, contact_masked, at, on_day, state, judged_by, judged_on, judgement from objections ";

impl NoticeBooks for SqliteStore {
    fn publish_notice(&self, new: &NewNotice, by: &Doer) -> Result<Option<Notice>, RegistryError> {
        let (new, by) = (new.clone(), by.clone());
        self.write("publish a notice", move |transaction| {
            if let Some(stands) = find_notice(transaction, &new.id)? {
                return Ok(Some(stands));
            }
            let span = params![new.from.to_string(), new.until.to_string()];
            let sql = claim_sql!("where state = 'approved' and decided_on between ?1 and ?2 order by decided_on, claims.id");
            let due: Vec<Claim> = claims(transaction, sql, span)?.into_iter().filter(|claim| new.faces.contains_key(&claim.id)).collect();
            if due.is_empty() {
                return Ok(None);
            }
            publish(transaction, &new, &due, &by)?;
            find_notice(transaction, &new.id)
        })
    }

    fn notice(&self, id: &str) -> Result<Option<Notice>, RegistryError> {
        self.read("read a notice", |connection| find_notice(connection, id))
    }

    fn notices(&self, limit: usize) -> Result<Vec<Notice>, RegistryError> {
        let sql = format!("{NOTICE_SQL} order by slot desc limit ?1");
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        self.read("read the notices", |connection| rows(connection, &sql, [limit], notice_of))
    }

    fn object(&self, new: &NewObjection, by: &Doer) -> Result<Objection, RegistryError> {
        let (new, by) = (new.clone(), by.clone());
        self.write("record an objection", move |transaction| {
            let claim = known_claim(transaction, new.claim)?;
            if claim.notice.as_deref() != Some(&new.notice) {
                return Err(RegistryError::Unknown { what: "claim in this notice" }.into());
            }
            advance(transaction, &claim, &Action::Object { on: by.today }, &new.way, &Said::default(), &by)?;
            let sql =
                "insert into objections (notice, claim, reason, objector, contact_masked, at, on_day) values (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
            let row = params![new.notice, new.claim, new.reason, new.objector, new.contact_masked, moment(by.now), by.today.to_string()];
            transaction.execute(sql, row)?;
            known_objection(transaction, transaction.last_insert_rowid())
        })
    }

    fn objection(&self, id: i64) -> Result<Option<Objection>, RegistryError> {
        let sql = format!("{OBJECTION_SQL} where id = ?1");
        self.read("read an objection", |connection| Ok(rows(connection, &sql, [id], objection_of)?.pop()))
    }

    fn objections(&self, claim: Option<i64>) -> Result<Vec<Objection>, RegistryError> {
        let sql = format!("{OBJECTION_SQL} where ?1 is null or claim = ?1 order by state <> 'open', id");
        self.read("read the objections", |connection| rows(connection, &sql, [claim], objection_of))
    }

    fn judge(&self, judgement: &Judgement, by: &Doer) -> Result<Objection, RegistryError> {
        let (judgement, by) = (judgement.clone(), by.clone());
        if judgement.reason.trim().is_empty() {
            return Err(RegistryError::Refused { what: "a judgement", problem: "it needs a reason".to_owned() });
        }
        self.write("judge an objection", move |transaction| {
            let objection = known_objection(transaction, judgement.objection)?;
            if objection.state != ObjectionState::Open {
                return Err(RegistryError::Conflict { what: "the objection" }.into());
            }
            let claim = known_claim(transaction, objection.claim)?;
            let action = if judgement.upheld { Action::Uphold { by: by.name.clone() } } else { Action::Dismiss { by: by.name.clone() } };
            advance(transaction, &claim, &action, &judgement.way, &Said::whole(&judgement.reason), &by)?;
            let state = if judgement.upheld { ObjectionState::Upheld } else { ObjectionState::Dismissed };
            // What is upheld ends the claim, and with it every other objection to it.
            let whose = if judgement.upheld { "claim = ?6 and state = 'open'" } else { "id = ?1" };
            let sql = format!(
                "update objections set state = case when id = ?1 then ?2 else 'upheld' end, judged_by = ?3, judged_on = ?4, judgement = ?5
                 where {whose} and ?6 = ?6"
            );
            let row = params![objection.id, state.id(), by.name, by.today.to_string(), judgement.reason.trim(), objection.claim];
            transaction.execute(&sql, row)?;
            known_objection(transaction, objection.id)
        })
    }

    fn recognise_due(&self, notice_days: u32, by: &Doer) -> Result<Vec<Claim>, RegistryError> {
        let by = by.clone();
        self.write("recognise claims", move |transaction| {
            let waiting = claims(transaction, claim_sql!("where state in ('noticed', 'approved') order by claims.id"), [])?;
            let mut done = Vec::new();
            for claim in waiting {
                // Two reviews or one: that was settled when it was approved.
                let way = claim.way(false, notice_days);
                match advance(transaction, &claim, &Action::Recognise { on: by.today }, &way, &Said::default(), &by) {
                    Ok(recognised) => done.push(recognised),
                    Err(Trouble::Registry(RegistryError::NotNow { .. })) => {}
                    Err(trouble) => return Err(trouble),
                }
            }
            Ok(done)
        })
    }

    fn recognised(&self) -> Result<Vec<Claim>, RegistryError> {
        let sql = claim_sql!("where counted_from is not null order by counted_from, claims.id");
        self.read("read what is recognised", |connection| claims(connection, sql, []))
    }
}

fn publish(transaction: &Transaction<'_>, new: &NewNotice, due: &[Claim], by: &Doer) -> Result<(), Trouble> {
    let last = by.today.checked_add_days(chrono::Days::new(u64::from(new.notice_days.max(1)) - 1)).unwrap_or(by.today);
    let sql = "insert into notices (id, from_day, until_day, slot, published_on, published_at, objections_until, late)
               values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
    let text = |day: NaiveDate| day.to_string();
    let late = by.today > new.slot;
    let row = params![new.id, text(new.from), text(new.until), text(new.slot), text(by.today), moment(by.now), text(last), late];
    transaction.execute(sql, row)?;
    for (position, claim) in due.iter().enumerate() {
        let Some(face) = new.faces.get(&claim.id) else { continue };
        let way = claim.way(false, new.notice_days);
        advance(transaction, claim, &Action::Publish { on: by.today }, &way, &Said::default(), by)?;
        transaction.execute("update claims set notice = ?2 where id = ?1", params![claim.id, new.id])?;
        let sql = "insert into notice_items (notice, position, claim, carrier_id, face) values (?1, ?2, ?3, ?4, ?5)";
        let position = i64::try_from(position).unwrap_or(i64::MAX);
        transaction.execute(sql, params![new.id, position, claim.id, claim.carrier_id, to_json(face)?])?;
    }
    let detail = json!({"items": due.len(), "late": late});
    log(transaction, AuditAction::Noticed, &new.id, detail, by)
}

fn find_notice(connection: &Connection, id: &str) -> Result<Option<Notice>, Trouble> {
    let Some(mut notice) = rows(connection, &format!("{NOTICE_SQL} where id = ?1"), [id], notice_of)?.pop() else { return Ok(None) };
    let sql = "select notice_items.claim, carrier_id, face, claims.state from notice_items join claims on claims.id = notice_items.claim
               where notice_items.notice = ?1 order by position";
    notice.items = rows(connection, sql, [id], |row| {
        Ok(NoticeItem {
            claim: row.get(0)?,
            carrier_id: row.get(1)?,
            face: from_json(&row.get::<_, String>(2)?, "notice_items.face")?,
            state: word(row.get(3)?, "claims.state", State::from_id)?,
        })
    })?;
    Ok(Some(notice))
}

fn notice_of(row: &Row<'_>) -> Result<Notice, Trouble> {
    Ok(Notice {
        id: row.get(0)?,
        from: day(row, 1, "notices.from_day")?,
        until: day(row, 2, "notices.until_day")?,
        slot: day(row, 3, "notices.slot")?,
        published_on: day(row, 4, "notices.published_on")?,
        published_at: time(row, 5, "notices.published_at")?,
        objections_until: day(row, 6, "notices.objections_until")?,
        late: row.get(7)?,
        items: Vec::new(),
    })
}

fn known_objection(connection: &Connection, id: i64) -> Result<Objection, Trouble> {
    known_row(connection, &format!("{OBJECTION_SQL} where id = ?1"), [id], objection_of, "objection")
}

fn objection_of(row: &Row<'_>) -> Result<Objection, Trouble> {
    Ok(Objection {
        id: row.get(0)?,
        notice: row.get(1)?,
        claim: row.get(2)?,
        reason: row.get(3)?,
        objector: row.get(4)?,
        contact_masked: row.get(5)?,
        at: time(row, 6, "objections.at")?,
        on: day(row, 7, "objections.on_day")?,
        state: word(row.get(8)?, "objections.state", ObjectionState::from_id)?,
        judged_by: row.get(9)?,
        judged_on: optional_day(row, 10, "objections.judged_on")?,
        judgement: row.get(11)?,
    })
}
