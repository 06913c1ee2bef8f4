//! Targets of the center in SQLite.

use qunlian_domain::audit::AuditAction;
use qunlian_domain::pace::MonthlyCurve;
use qunlian_domain::target::{Metric, Scope, Target, TargetKind};
use rusqlite::{Row, Transaction, params};
use serde_json::json;

use super::claim_rows::{day, known_row, rows};
use super::job_reads::{time, word};
use super::steps::log;
use super::{SqliteStore, Trouble};
use crate::text::moment;
use crate::{Doer, EnteredTarget, NewTarget, RegistryError, TargetBooks};

const TARGET_SQL: &str = "select id, year, metric, band, scope, scope_id, kind, value, issuer, from_day, curve, reason, by, on_day, at
     from target_entries ";

impl TargetBooks for SqliteStore {
    fn enter_target(&self, new: &NewTarget, by: &Doer) -> Result<EnteredTarget, RegistryError> {
        if let Some(fault) = new.target.entry_faults(by.today).into_iter().next() {
            return Err(RegistryError::Refused { what: "the target", problem: format!("{}: {}", fault.field, fault.problem) });
        }
        let (new, by) = (new.clone(), by.clone());
        self.write("keep a target", move |transaction| enter(transaction, &new, &by))
    }

    fn entered_targets(&self) -> Result<Vec<EnteredTarget>, RegistryError> {
        self.read("read the targets", |connection| rows(connection, &format!("{TARGET_SQL} order by id"), [], target_of))
    }
}

fn enter(transaction: &Transaction<'_>, new: &NewTarget, by: &Doer) -> Result<EnteredTarget, Trouble> {
    let target = &new.target;
    let band = target.band.as_deref().unwrap_or_default();
    let sql = "select coalesce(max(id), 0) from target_entries
               where year = ?1 and metric = ?2 and band = ?3 and scope = ?4 and scope_id = ?5 and kind = ?6 and issuer = ?7";
    let key = params![target.year, target.metric.id(), band, target.scope.id(), target.scope_id, target.kind.id(), target.issuer];
    let last: i64 = transaction.prepare_cached(sql)?.query_row(key, |row| row.get(0))?;
    if last > new.seen {
        return Err(RegistryError::Conflict { what: "the target" }.into());
    }
    let sql = "insert into target_entries (year, metric, band, scope, scope_id, kind, value, issuer, from_day, curve, reason, by, account,
                   on_day, at)
               values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)";
    let row = params![
        target.year,
        target.metric.id(),
        band,
        target.scope.id(),
        target.scope_id,
        target.kind.id(),
        target.value,
        target.issuer,
        target.known_from.to_string(),
        target.curve.to_text(),
        target.reason,
        by.name,
        by.account,
        by.today.to_string(),
        moment(by.now)
    ];
    transaction.execute(sql, row)?;
    let id = transaction.last_insert_rowid();
    let detail = json!({"entry": id, "year": target.year, "metric": target.metric.id(), "band": band, "scope": target.scope.id(),
        "id": target.scope_id, "kind": target.kind.id(), "value": target.value, "issuer": target.issuer,
        "from": target.known_from.to_string(), "curve": target.curve.to_text(), "reason": target.reason, "replaces": last});
    log(transaction, AuditAction::TargetChanged, &format!("{} {} {}", target.year, target.metric.name(), target.scope_id), detail, by)?;
    known_row(transaction, &format!("{TARGET_SQL} where id = ?1"), [id], target_of, "target")
}

fn target_of(row: &Row<'_>) -> Result<EnteredTarget, Trouble> {
    let band: String = row.get(3)?;
    let curve: String = row.get(10)?;
    let target = Target {
        year: row.get(1)?,
        metric: word(row.get(2)?, "target_entries.metric", Metric::from_id)?,
        band: (!band.is_empty()).then_some(band),
        scope: word(row.get(4)?, "target_entries.scope", Scope::from_id)?,
        scope_id: row.get(5)?,
        kind: word(row.get(6)?, "target_entries.kind", TargetKind::from_id)?,
        value: row.get(7)?,
        issuer: row.get(8)?,
        known_from: day(row, 9, "target_entries.from_day")?,
        known_until: None,
        documented: true,
        note: String::new(),
        reason: row.get(11)?,
        curve: word(curve, "target_entries.curve", |text| MonthlyCurve::from_text(text).ok())?,
    };
    Ok(EnteredTarget {
        id: row.get(0)?,
        target,
        by: row.get(12)?,
        on: day(row, 13, "target_entries.on_day")?,
        at: time(row, 14, "target_entries.at")?,
    })
}
