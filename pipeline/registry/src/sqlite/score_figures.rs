//! Typed figures and joint checks of the assessment in SQLite.

use chrono::Datelike;
use qunlian_domain::audit::AuditAction;
use qunlian_domain::score::Period;
use qunlian_domain::score::recognition::JointCheck;
use rusqlite::{Connection, Row, Transaction, params};
use serde_json::json;

use super::claim_rows::{day, json as from_json, known_row, rows, to_json};
use super::job_reads::time;
use super::scores::{check_reason, quarter_number, refused, stay_open};
use super::steps::log;
use super::{SqliteStore, Trouble};
use crate::text::moment;
use crate::{Doer, InvestmentCheck, NewFigures, NewInvestmentCheck, RegistryError, ScoreFigureBooks, TypedRow};

const TYPED_SQL: &str = "select id, unit, input, done, target, evidence, id < max(id) over (partition by unit, input), by, at, made_on
     from score_figures where level = ?1 and year = ?2 and quarter = ?3 order by id";
const CHECK_SQL: &str = "select here.id, here.carrier, here.project_id, here.project, here.on_day, here.parts, here.offices, here.confirmed_yuan,
     here.claimed_yuan, here.recognised_yuan, here.why, here.rule_version, here.evidence, here.supersedes, later.id, here.withdrawn, here.by,
     here.at, here.made_on from investment_checks here left join investment_checks later on later.supersedes = here.id ";
/// Rows of one form.
const MOST_ROWS: usize = 200;

impl ScoreFigureBooks for SqliteStore {
    fn type_figures(&self, new: &NewFigures, by: &Doer) -> Result<(), RegistryError> {
        check_reason(&new.evidence)?;
        if new.rows.is_empty() || new.rows.len() > MOST_ROWS {
            return Err(refused("there are no figures, or too many"));
        }
        if new.rows.iter().any(|(_, done, target)| [done, target].into_iter().flatten().any(|value| *value < 0)) {
            return Err(refused("figures are 0 or more"));
        }
        let (new, by) = (new.clone(), by.clone());
        self.write("keep figures of the assessment", move |transaction| type_figures(transaction, &new, &by))
    }

    fn typed_figures(&self, level: &str, period: Period) -> Result<Vec<TypedRow>, RegistryError> {
        let key = params![level, period.year, quarter_number(period)];
        self.read("read the figures of the assessment", |connection| rows(connection, TYPED_SQL, key, typed_of))
    }

    fn keep_check(&self, new: &NewInvestmentCheck, by: &Doer) -> Result<InvestmentCheck, RegistryError> {
        check_reason(&new.evidence)?;
        if new.on > by.today || new.claim.joint_check.as_ref().is_some_and(|check| check.on != new.on) {
            return Err(refused("a check is entered after it was made, under its own day"));
        }
        if new.withdrawn && new.supersedes.is_none() {
            return Err(refused("a withdrawal names what it withdraws"));
        }
        let (new, by) = (new.clone(), by.clone());
        self.write("keep a joint check", move |transaction| keep_check(transaction, &new, &by))
    }

    fn investment_checks(&self, year: i32) -> Result<Vec<InvestmentCheck>, RegistryError> {
        let sql = format!("{CHECK_SQL} where here.year = ?1 order by here.id");
        self.read("read the joint checks", |connection| rows(connection, &sql, [year], check_of))
    }
}

fn type_figures(transaction: &Transaction<'_>, new: &NewFigures, by: &Doer) -> Result<(), Trouble> {
    stay_open(transaction, &new.level, new.period)?;
    let sql = "insert into score_figures (level, year, quarter, unit, input, done, target, evidence, by, account, at, made_on)
               values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)";
    let (evidence, quarter) = (new.evidence.trim(), quarter_number(new.period));
    let today = by.today.to_string();
    let mut insert = transaction.prepare_cached(sql)?;
    for (input, done, target) in &new.rows {
        let row = params![
            new.level,
            new.period.year,
            quarter,
            new.unit,
            input,
            done,
            target,
            evidence,
            by.name,
            by.account,
            moment(by.now),
            today
        ];
        insert.execute(row)?;
    }
    let detail = json!({"level": new.level, "year": new.period.year, "quarter": quarter, "figures": new.rows, "evidence": evidence});
    log(transaction, AuditAction::ScoreEntered, &new.unit, detail, by)
}

fn keep_check(transaction: &Transaction<'_>, new: &NewInvestmentCheck, by: &Doer) -> Result<InvestmentCheck, Trouble> {
    if let Some(earlier) = new.supersedes {
        let found = check(transaction, earlier)?;
        if found.superseded_by.is_some() {
            return Err(RegistryError::Conflict { what: "the check" }.into());
        }
        if (&found.carrier_id, &found.project_id, found.on.year()) != (&new.carrier_id, &new.project_id, new.on.year()) {
            return Err(refused("a correction keeps year, carrier and project").into());
        }
    }
    let sql = "insert into investment_checks (year, carrier, project_id, project, on_day, parts, offices, confirmed_yuan, claimed_yuan,
               recognised_yuan, why, rule_version, evidence, supersedes, withdrawn, by, account, at, made_on)
               values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19)";
    let held = new.claim.joint_check.as_ref();
    let row = params![
        new.on.year(),
        new.carrier_id,
        new.project_id,
        new.project,
        new.on.to_string(),
        to_json(&new.claim.parts)?,
        to_json(&held.map(|check| check.offices.clone()).unwrap_or_default())?,
        held.map(|check| check.confirmed_yuan),
        new.recognition.claimed_yuan,
        new.recognition.recognised_yuan,
        new.recognition.why(),
        new.rule_version,
        new.evidence.trim(),
        new.supersedes,
        new.withdrawn,
        by.name,
        by.account,
        moment(by.now),
        by.today.to_string()
    ];
    transaction.execute(sql, row)?;
    let id = transaction.last_insert_rowid();
    let detail = json!({"check": id, "project": new.project_id, "on": new.on.to_string(), "claimed": new.recognition.claimed_yuan,
        "recognised": new.recognition.recognised_yuan, "supersedes": new.supersedes, "withdrawn": new.withdrawn,
        "evidence": new.evidence.trim()});
    log(transaction, AuditAction::ScoreEntered, &new.carrier_id, detail, by)?;
    check(transaction, id)
}

fn check(connection: &Connection, id: i64) -> Result<InvestmentCheck, Trouble> {
    known_row(connection, &format!("{CHECK_SQL} where here.id = ?1"), [id], check_of, "check")
}

fn typed_of(row: &Row<'_>) -> Result<TypedRow, Trouble> {
    Ok(TypedRow {
        id: row.get(0)?,
        unit: row.get(1)?,
        input: row.get(2)?,
        done: row.get(3)?,
        target: row.get(4)?,
        evidence: row.get(5)?,
        superseded: row.get(6)?,
        by: row.get(7)?,
        at: time(row, 8, "score_figures.at")?,
        made_on: day(row, 9, "score_figures.made_on")?,
    })
}

fn check_of(row: &Row<'_>) -> Result<InvestmentCheck, Trouble> {
    let text = |at: usize| row.get::<_, String>(at);
    let on = day(row, 4, "investment_checks.on_day")?;
    let offices: Vec<String> = from_json(&text(6)?, "investment_checks.offices")?;
    let confirmed: Option<i64> = row.get(7)?;
    Ok(InvestmentCheck {
        id: row.get(0)?,
        carrier_id: row.get(1)?,
        project_id: row.get(2)?,
        project: row.get(3)?,
        on,
        parts: from_json(&text(5)?, "investment_checks.parts")?,
        joint_check: confirmed.map(|confirmed_yuan| JointCheck { on, offices, confirmed_yuan }),
        claimed_yuan: row.get(8)?,
        recognised_yuan: row.get(9)?,
        why: row.get(10)?,
        rule_version: row.get(11)?,
        evidence: row.get(12)?,
        supersedes: row.get(13)?,
        superseded_by: row.get(14)?,
        withdrawn: row.get(15)?,
        by: row.get(16)?,
        at: time(row, 17, "investment_checks.at")?,
        made_on: day(row, 18, "investment_checks.made_on")?,
    })
}
