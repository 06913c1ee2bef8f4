//! Trips and visits in SQLite.

use qunlian_domain::audit::AuditAction;
use qunlian_domain::trip::Trip as Plan;
use rusqlite::{Connection, Params, Row, Transaction, params};
use serde_json::json;

use super::claim_rows::{day, json as from_json, known_row, optional_day, rows, to_json};
use super::job_reads::time;
use super::steps::log;
use super::{SqliteStore, Trouble};
use crate::text::moment;
use crate::{Doer, NewTrip, NewVisit, RegistryError, Trip, TripBooks, Visit, VisitsOf};

macro_rules! trip_sql {
    ($rest:literal) => {
        concat!(
            "select id, destination, from_day, until_day, leaders, firms, filings, note, planned_by, planned_at, called_off_on, version
             from trips ",
            $rest
        )
    };
}

const VISIT_SQL: &str = "select id, trip, filing, firm, on_day, result, next_step, by, at from visits ";
/// Characters of a note, a result or a next step.
const MOST: usize = 2_000;

impl TripBooks for SqliteStore {
    fn plan_trip(&self, new: &NewTrip, by: &Doer) -> Result<Trip, RegistryError> {
        check_plan(new)?;
        let (new, by) = (new.clone(), by.clone());
        self.write("plan a trip", move |transaction| {
            let sql = "insert into trips (destination, from_day, until_day, leaders, firms, filings, note, planned_by, planned_at)
                       values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";
            let plan = &new.plan;
            let row = params![
                plan.destination,
                plan.from.to_string(),
                plan.until.to_string(),
                to_json(&plan.leaders)?,
                to_json(&plan.firms)?,
                to_json(&new.filings)?,
                new.note,
                by.name,
                moment(by.now)
            ];
            transaction.execute(sql, row)?;
            let id = transaction.last_insert_rowid();
            trace(transaction, id, "planned", &by)?;
            known(transaction, id)
        })
    }

    fn change_trip(&self, id: i64, version: i64, new: &NewTrip, by: &Doer) -> Result<Trip, RegistryError> {
        check_plan(new)?;
        let (new, by) = (new.clone(), by.clone());
        self.write("change a trip", move |transaction| {
            let sql = "update trips set destination = ?3, from_day = ?4, until_day = ?5, leaders = ?6, firms = ?7, filings = ?8, note = ?9,
                           version = version + 1
                       where id = ?1 and version = ?2 and called_off_on is null";
            let plan = &new.plan;
            let row = params![
                id,
                version,
                plan.destination,
                plan.from.to_string(),
                plan.until.to_string(),
                to_json(&plan.leaders)?,
                to_json(&plan.firms)?,
                to_json(&new.filings)?,
                new.note
            ];
            changed(transaction.execute(sql, row)?)?;
            trace(transaction, id, "changed", &by)?;
            known(transaction, id)
        })
    }

    fn call_off_trip(&self, id: i64, version: i64, by: &Doer) -> Result<Trip, RegistryError> {
        let by = by.clone();
        self.write("call a trip off", move |transaction| {
            let sql = "update trips set called_off_on = ?3, version = version + 1 where id = ?1 and version = ?2 and called_off_on is null";
            changed(transaction.execute(sql, params![id, version, by.today.to_string()])?)?;
            trace(transaction, id, "called off", &by)?;
            known(transaction, id)
        })
    }

    fn trip(&self, id: i64) -> Result<Option<Trip>, RegistryError> {
        self.read("read a trip", |connection| Ok(trips(connection, trip_sql!("where id = ?1"), [id])?.pop()))
    }

    fn trips(&self, limit: usize) -> Result<Vec<Trip>, RegistryError> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        self.read("read the trips", |connection| trips(connection, trip_sql!("order by from_day desc, id desc limit ?1"), [limit]))
    }

    fn record_visit(&self, new: &NewVisit, by: &Doer) -> Result<Visit, RegistryError> {
        if new.firm.trim().is_empty() || new.result.trim().is_empty() {
            return Err(refused("a visit needs a firm and a result"));
        }
        if [&new.firm, &new.result, &new.next_step].into_iter().any(|text| text.chars().count() > MOST) {
            return Err(refused("a text is too long"));
        }
        if new.on > by.today {
            return Err(refused("a visit is recorded after it was made"));
        }
        let (new, by) = (new.clone(), by.clone());
        self.write("record a visit", move |transaction| {
            if let Some(trip) = new.trip {
                known(transaction, trip)?;
            }
            if let Some(filing) = new.filing {
                super::claim_rows::known_filing(transaction, filing)?;
            }
            let sql = "insert into visits (trip, filing, firm, on_day, result, next_step, by, at) values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
            let row = params![
                new.trip,
                new.filing,
                new.firm.trim(),
                new.on.to_string(),
                new.result.trim(),
                new.next_step.trim(),
                by.name,
                moment(by.now)
            ];
            transaction.execute(sql, row)?;
            let id = transaction.last_insert_rowid();
            let detail = json!({"visit": id, "trip": new.trip, "filing": new.filing});
            log(transaction, AuditAction::TripChanged, &new.firm, detail, &by)?;
            known_row(transaction, &format!("{VISIT_SQL} where id = ?1"), [id], visit_of, "visit")
        })
    }

    fn visits(&self, of: VisitsOf, limit: usize) -> Result<Vec<Visit>, RegistryError> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let (condition, id) = match of {
            VisitsOf::Trip(id) => ("trip = ?1", id),
            VisitsOf::Filing(id) => ("filing = ?1", id),
            VisitsOf::All => ("?1 = 0", 0),
        };
        let sql = format!("{VISIT_SQL} where {condition} order by on_day desc, id desc limit ?2");
        self.read("read the visits", |connection| rows(connection, &sql, [id, limit], visit_of))
    }
}

fn refused(problem: &str) -> RegistryError {
    RegistryError::Refused { what: "a trip", problem: problem.to_owned() }
}

fn check_plan(new: &NewTrip) -> Result<(), RegistryError> {
    if let Some(fault) = new.plan.faults().first() {
        return Err(refused(&fault.problem));
    }
    if new.filings.len() != new.plan.firms.len() || new.note.chars().count() > MOST {
        return Err(refused("filings stand beside firms one by one, and the note is short"));
    }
    Ok(())
}

fn changed(rows: usize) -> Result<(), Trouble> {
    if rows == 0 { Err(RegistryError::Conflict { what: "the trip" }.into()) } else { Ok(()) }
}

fn trace(transaction: &Transaction<'_>, id: i64, what: &str, by: &Doer) -> Result<(), Trouble> {
    log(transaction, AuditAction::TripChanged, &format!("trip {id}"), json!({"change": what}), by)
}

fn known(connection: &Connection, id: i64) -> Result<Trip, Trouble> {
    let found = trips(connection, trip_sql!("where id = ?1"), [id])?.pop();
    found.ok_or_else(|| RegistryError::Unknown { what: "trip" }.into())
}

fn trips<P: Params>(connection: &Connection, sql: &str, params: P) -> Result<Vec<Trip>, Trouble> {
    rows(connection, sql, params, trip_of)
}

fn trip_of(row: &Row<'_>) -> Result<Trip, Trouble> {
    Ok(Trip {
        id: row.get(0)?,
        plan: Plan {
            destination: row.get(1)?,
            from: day(row, 2, "trips.from_day")?,
            until: day(row, 3, "trips.until_day")?,
            leaders: from_json(&row.get::<_, String>(4)?, "trips.leaders")?,
            firms: from_json(&row.get::<_, String>(5)?, "trips.firms")?,
        },
        filings: from_json(&row.get::<_, String>(6)?, "trips.filings")?,
        note: row.get(7)?,
        planned_by: row.get(8)?,
        planned_at: time(row, 9, "trips.planned_at")?,
        called_off_on: optional_day(row, 10, "trips.called_off_on")?,
        version: row.get(11)?,
    })
}

fn visit_of(row: &Row<'_>) -> Result<Visit, Trouble> {
    Ok(Visit {
        id: row.get(0)?,
        trip: row.get(1)?,
        filing: row.get(2)?,
        firm: row.get(3)?,
        on: day(row, 4, "visits.on_day")?,
        result: row.get(5)?,
        next_step: row.get(6)?,
        by: row.get(7)?,
        at: time(row, 8, "visits.at")?,
    })
}
