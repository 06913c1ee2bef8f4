//! Arbitration and shares of credit in SQLite.

use std::collections::BTreeSet;

use qunlian_domain::allocation::{Allocation, Allocations, Shares};
use qunlian_domain::audit::AuditAction;
use rusqlite::{Connection, Row, Transaction, params};
use serde_json::json;

use super::claim_rows::{day, json as from_json, known_filing, known_row, optional_day, rows, to_json};
use super::job_reads::{time, word};
use super::steps::log;
use super::{SqliteStore, Trouble};
use crate::text::moment;
use crate::{Arbitration, CreditBooks, CreditShare, Doer, NewArbitration, NewShare, OtherSide, RegistryError, Ruling};

const ARBITRATION_SQL: &str = "select arbitrations.id, filing, here.number, other_filing, outside, there.number, parties, decision, reason,
     decided_by, decided_on, decided_at from arbitrations join filings here on here.id = filing
     left join filings there on there.id = other_filing ";
const SHARE_SQL: &str = "select id, filing, from_day, until_day, shares, reason, by, on_day, at from allocations ";

impl CreditBooks for SqliteStore {
    fn arbitrate(&self, new: &NewArbitration, by: &Doer) -> Result<Arbitration, RegistryError> {
        let (new, by) = (new.clone(), by.clone());
        self.write("record an arbitration", move |transaction| arbitrate(transaction, &new, &by))
    }

    fn arbitrations_of(&self, filing: i64) -> Result<Vec<Arbitration>, RegistryError> {
        let sql = format!("{ARBITRATION_SQL} where filing = ?1 or other_filing = ?1 order by arbitrations.id");
        self.read("read the arbitrations of a filing", |connection| rows(connection, &sql, [filing], arbitration_of))
    }

    fn share_credit(&self, new: &NewShare, by: &Doer) -> Result<CreditShare, RegistryError> {
        let (new, by) = (new.clone(), by.clone());
        self.write("share the credit for a filing", move |transaction| share(transaction, &new, &by))
    }

    fn shares_of(&self, filing: i64) -> Result<Vec<CreditShare>, RegistryError> {
        self.read("read the shares of a filing", |connection| shares_of(connection, filing))
    }

    fn all_shares(&self) -> Result<Vec<CreditShare>, RegistryError> {
        let sql = format!("{SHARE_SQL} order by filing, from_day");
        self.read("read the shares of credit", |connection| Ok(closed(rows(connection, &sql, [], share_of)?)))
    }
}

fn arbitrate(transaction: &Transaction<'_>, new: &NewArbitration, by: &Doer) -> Result<Arbitration, Trouble> {
    let filing = known_filing(transaction, new.filing)?;
    let reason = new.reason.trim();
    if reason.is_empty() {
        return Err(refused("an arbitration", "it needs a reason").into());
    }
    if new.parties.is_empty() {
        return Err(refused("an arbitration", "it names no party").into());
    }
    let (other, outside) = match &new.other {
        OtherSide::Filing(other) if *other == filing.id => {
            return Err(refused("an arbitration", "a filing is not in dispute with itself").into());
        }
        OtherSide::Filing(other) => (Some(known_filing(transaction, *other)?), ""),
        OtherSide::Outside(words) if words.trim().is_empty() => {
            return Err(refused("an arbitration", "it names no other side").into());
        }
        OtherSide::Outside(words) => (None, words.trim()),
    };
    let sql =
        "insert into arbitrations (filing, other_filing, outside, parties, decision, reason, decided_by, account, decided_on, decided_at)
               values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)";
    let row = params![
        filing.id,
        other.as_ref().map(|other| other.id),
        outside,
        to_json(&new.parties)?,
        new.ruling.id(),
        reason,
        by.name,
        by.account,
        by.today.to_string(),
        moment(by.now),
    ];
    transaction.execute(sql, row)?;
    let id = transaction.last_insert_rowid();
    let against = other.map_or_else(|| outside.to_owned(), |other| other.number);
    let detail = json!({"arbitration": id, "against": against, "parties": new.parties, "ruling": new.ruling.id(), "reason": reason});
    log(transaction, AuditAction::Arbitration, &filing.number, detail, by)?;
    known_row(transaction, &format!("{ARBITRATION_SQL} where arbitrations.id = ?1"), [id], arbitration_of, "arbitration")
}

fn share(transaction: &Transaction<'_>, new: &NewShare, by: &Doer) -> Result<CreditShare, Trouble> {
    let filing = known_filing(transaction, new.filing)?;
    let reason = new.reason.trim();
    if reason.is_empty() {
        return Err(refused("shares of credit", "they need a reason").into());
    }
    let stand = shares_of(transaction, filing.id)?;
    let spans = stand.iter().map(|share| share.allocation.clone()).collect();
    let agreed = Allocations::new(spans).map_err(|error| refused("shares of credit", &error.to_string()))?;
    agreed.then(new.allocation.clone()).map_err(|error| refused("shares of credit", &error.to_string()))?;
    let Allocation { shares, from, until } = &new.allocation;
    let sql = "insert into allocations (filing, from_day, until_day, shares, reason, by, account, on_day, at)
               values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";
    let row = params![
        filing.id,
        from.to_string(),
        until.map(|day| day.to_string()),
        to_json(&shares.parts())?,
        reason,
        by.name,
        by.account,
        by.today.to_string(),
        moment(by.now),
    ];
    transaction.execute(sql, row)?;
    let id = transaction.last_insert_rowid();
    let detail = json!({"allocation": id, "from": from.to_string(), "until": until.map(|day| day.to_string()),
        "shares": shares.parts(), "reason": reason});
    log(transaction, AuditAction::CreditShared, &filing.number, detail, by)?;
    let found = shares_of(transaction, filing.id)?.into_iter().find(|share| share.id == id);
    found.ok_or_else(|| RegistryError::Unknown { what: "allocation" }.into())
}

fn shares_of(connection: &Connection, filing: i64) -> Result<Vec<CreditShare>, Trouble> {
    Ok(closed(rows(connection, &format!("{SHARE_SQL} where filing = ?1 order by from_day"), [filing], share_of)?))
}

/// Ends each agreement where the next of the same filing begins, if it reaches so far. Given by filing and beginning.
fn closed(mut shares: Vec<CreditShare>) -> Vec<CreditShare> {
    for at in 1..shares.len() {
        let (filing, next) = (shares[at].filing, shares[at].allocation.from);
        let before = &mut shares[at - 1];
        if before.filing == filing && before.allocation.holds_on(next) {
            before.allocation.until = Some(next);
        }
    }
    shares
}

fn refused(what: &'static str, problem: &str) -> RegistryError {
    RegistryError::Refused { what, problem: problem.to_owned() }
}

fn arbitration_of(row: &Row<'_>) -> Result<Arbitration, Trouble> {
    let other = match row.get::<_, Option<i64>>(3)? {
        Some(other) => OtherSide::Filing(other),
        None => OtherSide::Outside(row.get(4)?),
    };
    Ok(Arbitration {
        id: row.get(0)?,
        filing: row.get(1)?,
        number: row.get(2)?,
        other,
        other_number: row.get::<_, Option<String>>(5)?.unwrap_or_default(),
        parties: from_json::<BTreeSet<String>>(&row.get::<_, String>(6)?, "arbitrations.parties")?,
        ruling: word(row.get(7)?, "arbitrations.decision", Ruling::from_id)?,
        reason: row.get(8)?,
        by: row.get(9)?,
        on: day(row, 10, "arbitrations.decided_on")?,
        at: time(row, 11, "arbitrations.decided_at")?,
    })
}

fn share_of(row: &Row<'_>) -> Result<CreditShare, Trouble> {
    let text: String = row.get(4)?;
    let parts: Vec<(String, u32)> = from_json(&text, "allocations.shares")?;
    let (from, until) = (day(row, 2, "allocations.from_day")?, optional_day(row, 3, "allocations.until_day")?);
    let allocation = Shares::new(parts).and_then(|shares| Allocation::new(shares, from, until));
    let allocation =
        allocation.map_err(|_| RegistryError::Value { column: "allocations.shares", value: text, expected: "shares of the whole" })?;
    Ok(CreditShare {
        id: row.get(0)?,
        filing: row.get(1)?,
        allocation,
        reason: row.get(5)?,
        by: row.get(6)?,
        on: day(row, 7, "allocations.on_day")?,
        at: time(row, 8, "allocations.at")?,
    })
}
