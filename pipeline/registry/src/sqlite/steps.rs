//! Moving a claim (办理): one step of the domain's way with all that follows from it, inside a transaction.

use std::collections::BTreeMap;

use qunlian_domain::audit::AuditAction;
use qunlian_domain::claim::{Action, Claim as OnItsWay, State, Way};
use qunlian_domain::filing::catalogue::is_milestone_date;
use qunlian_domain::filing::{Matter, Values};
use qunlian_domain::project::Milestone;
use rusqlite::{Transaction, params};
use serde_json::json;

use super::Trouble;
use super::audit::append_in;
use super::claim_rows::{known_claim, known_filing, to_json};
use crate::text::moment;
use crate::{AuditEntry, Claim, Doer, RegistryError};

/// What a step says besides moving the claim.
#[derive(Default)]
pub(super) struct Said {
    /// By field; the empty key is about the whole.
    pub remarks: BTreeMap<String, String>,
    pub contact: String,
}

impl Said {
    pub(super) fn whole(text: &str) -> Self {
        let mut said = Self::default();
        if !text.trim().is_empty() {
            said.remarks.insert(String::new(), text.trim().to_owned());
        }
        said
    }
}

/// Moves a claim by the rules of its way, records the event and the audit entry, and applies what follows.
pub(super) fn advance(
    transaction: &Transaction<'_>,
    claim: &Claim,
    action: &Action,
    way: &Way,
    said: &Said,
    by: &Doer,
) -> Result<Claim, Trouble> {
    let before = OnItsWay::restore(claim.standing.clone());
    let after = before.after(action, way).map_err(|why| RegistryError::NotNow { what: "the claim", why })?;
    let standing = after.standing();
    let today = by.today.to_string();
    let counted_from = standing.recognised_on.or(claim.counted_from).map(|day| day.to_string());
    let revoked_on = (standing.state == State::Revoked && claim.counted_from.is_some()).then_some(&today);
    let decides = matches!(
        action,
        Action::Approve { .. } | Action::Return { .. } | Action::Dismiss { .. } | Action::Uphold { .. } | Action::Revoke { .. }
    );
    let sql = "update claims set state = ?2, approvers = ?3, noticed_on = ?4, recognised_on = ?5, open_objections = ?6, counted_from = ?7,
                   revoked_on = ?8, decided_on = case when ?9 then ?10 else decided_on end,
                   holder = case when ?9 then null else holder end, held_since = case when ?9 then null else held_since end,
                   version = version + 1, changed_at = ?11
               where id = ?1 and version = ?12";
    let day = |day: Option<chrono::NaiveDate>| day.map(|day| day.to_string());
    let row = params![
        claim.id,
        standing.state.id(),
        to_json(&standing.approvers)?,
        day(standing.noticed_on),
        day(standing.recognised_on),
        standing.open_objections,
        counted_from,
        revoked_on,
        decides,
        today,
        moment(by.now),
        claim.version,
    ];
    if transaction.prepare_cached(sql)?.execute(row)? == 0 {
        return Err(RegistryError::Conflict { what: "the claim" }.into());
    }
    record(transaction, claim, action_word(action), standing.state, said, by)?;
    let mut moved = known_claim(transaction, claim.id)?;
    if matches!(action, Action::Approve { .. }) && moved.standing.state == State::Approved {
        accept(transaction, &moved, by)?;
        if way.notice_days.is_none() {
            return advance(transaction, &moved, &Action::Recognise { on: by.today }, way, &Said::default(), by);
        }
    }
    if moved.standing.state == State::Revoked {
        take_back(transaction, &moved, by)?;
        if moved.matter == Matter::Project {
            end_others(transaction, &moved, "项目备案不予认定", by)?;
        }
    }
    if moved.standing.state == State::Recognised && moved.matter == Matter::Deletion {
        transaction.execute("update filings set deleted_on = ?2 where id = ?1", params![moved.filing, by.today.to_string()])?;
        end_others(transaction, &moved, "项目已按删除申请撤销", by)?;
    }
    moved = known_claim(transaction, claim.id)?;
    Ok(moved)
}

fn action_word(action: &Action) -> &'static str {
    match action {
        Action::Submit => "submit",
        Action::Withdraw => "withdraw",
        Action::Return { .. } => "return",
        Action::Approve { .. } => "approve",
        Action::Publish { .. } => "publish",
        Action::Object { .. } => "object",
        Action::Dismiss { .. } => "dismiss",
        Action::Uphold { .. } => "uphold",
        Action::Recognise { .. } => "recognise",
        Action::Revoke { .. } => "revoke",
    }
}

/// One entry of the thread, and one of the audit log.
pub(super) fn record(
    transaction: &Transaction<'_>,
    claim: &Claim,
    action: &str,
    state: State,
    said: &Said,
    by: &Doer,
) -> Result<(), Trouble> {
    let sql = "insert into claim_events (claim, action, state, by, account, at, on_day, remarks, contact)
               values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";
    let remarks = to_json(&said.remarks)?;
    let row = params![claim.id, action, state.id(), by.name, by.account, moment(by.now), by.today.to_string(), remarks, said.contact];
    transaction.prepare_cached(sql)?.execute(row)?;
    let Some(audited) = audited(action, claim.matter) else { return Ok(()) };
    let detail = json!({"claim": claim.id, "matter": claim.matter.id(), "state": state.id(), "remarks": said.remarks});
    log(transaction, audited, &claim.filing_number, detail, by)
}

/// What the audit log calls an event; drafts leave no trace there.
fn audited(action: &str, matter: Matter) -> Option<AuditAction> {
    Some(match action {
        "submit" if matter == Matter::Deletion => AuditAction::DeletionRequested,
        "submit" => AuditAction::FilingSubmitted,
        "withdraw" => AuditAction::FilingWithdrawn,
        "return" => AuditAction::Returned,
        "approve" => AuditAction::Approved,
        "publish" => AuditAction::Noticed,
        "object" => AuditAction::Objected,
        "dismiss" => AuditAction::ObjectionDismissed,
        "uphold" => AuditAction::ObjectionUpheld,
        "recognise" => AuditAction::Recognised,
        "revoke" => AuditAction::RecognitionRevoked,
        "delete" => AuditAction::DeletionApproved,
        _ => return None,
    })
}

/// An audit record inside the transaction that it tells of.
pub(super) fn log(
    transaction: &Transaction<'_>,
    action: AuditAction,
    subject: &str,
    detail: serde_json::Value,
    by: &Doer,
) -> Result<(), Trouble> {
    let entry =
        AuditEntry { at: by.now, account: by.account, actor: by.name.clone(), via: by.via, action, subject: subject.to_owned(), detail };
    append_in(transaction, &entry).map(|_| ())
}

/// After the last review the claim's values are the filing's facts: what differs is logged field by field.
fn accept(transaction: &Transaction<'_>, claim: &Claim, by: &Doer) -> Result<(), Trouble> {
    let filing = known_filing(transaction, claim.filing)?;
    let mut facts = filing.facts.clone();
    let stated: Vec<(&str, &str)> = match claim.matter {
        Matter::Project | Matter::Milestone(_) => claim.values.iter().collect(),
        Matter::Change => claim.values.iter().filter(|(field, _)| *field != "reason").collect(),
        Matter::Status => claim.values.iter().filter(|(field, _)| *field != "status").collect(),
        Matter::Investment(..) | Matter::Deletion => Vec::new(),
    };
    for (field, text) in stated {
        facts.set(field, text);
    }
    let stage = match claim.matter {
        Matter::Project => claim.stage,
        _ => claim.matter.stage().map_or(filing.stage, |stage| stage.max(filing.stage)),
    };
    let status = if claim.matter == Matter::Status { claim.values.text("status") } else { &filing.status };
    store_facts(transaction, claim, &filing.facts, &facts, stage, status, by)
}

/// An upheld objection, and a recognition taken back, take the milestone's date out of the facts again; the log keeps it.
fn take_back(transaction: &Transaction<'_>, claim: &Claim, by: &Doer) -> Result<(), Trouble> {
    let filing = known_filing(transaction, claim.filing)?;
    let mut facts = filing.facts.clone();
    if matches!(claim.matter, Matter::Milestone(_)) {
        for (field, _) in claim.values.iter().filter(|(field, _)| is_milestone_date(field)) {
            facts.set(field, "");
        }
    }
    let reached = Milestone::ALL.into_iter().rev().find(|milestone| facts.day(&format!("{}_on", milestone.id())).is_some());
    let stage = match claim.matter {
        Matter::Milestone(_) => reached.and_then(|milestone| qunlian_domain::project::stage_order(milestone.id())).unwrap_or(0),
        _ => filing.stage,
    };
    store_facts(transaction, claim, &filing.facts, &facts, stage, &filing.status, by)
}

fn store_facts(
    transaction: &Transaction<'_>,
    claim: &Claim,
    before: &Values,
    after: &Values,
    stage: usize,
    status: &str,
    by: &Doer,
) -> Result<(), Trouble> {
    log_changes(transaction, claim.filing, Some(claim.id), before, after, by)?;
    let sql = "update filings set facts = ?2, stage = ?3, status = ?4, name = ?5, investor = ?6, confidential = ?7 where id = ?1";
    let name = if after.text("name").is_empty() { &claim.project_name } else { after.text("name") };
    let investor = if after.text("investor").is_empty() { &claim.investor } else { after.text("investor") };
    let row = params![claim.filing, to_json(after)?, stage as i64, status, name, investor, after.flag("confidential")];
    transaction.execute(sql, row)?;
    Ok(())
}

/// One line for each field that differs.
pub(super) fn log_changes(
    transaction: &Transaction<'_>,
    filing: i64,
    claim: Option<i64>,
    before: &Values,
    after: &Values,
    by: &Doer,
) -> Result<(), Trouble> {
    let sql = "insert into changes (filing, claim, field, before, after, by, at, on_day) values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
    let mut insert = transaction.prepare_cached(sql)?;
    for change in before.changes_to(after) {
        insert.execute(params![filing, claim, change.field, change.before, change.after, by.name, moment(by.now), by.today.to_string()])?;
    }
    Ok(())
}

/// Where the project itself falls (it is deleted, or its filing not recognised), everything else of it that counted is
/// revoked, and what is under way ends.
fn end_others(transaction: &Transaction<'_>, fallen: &Claim, why: &str, by: &Doer) -> Result<(), Trouble> {
    let others = super::claim_rows::claims(
        transaction,
        super::claim_rows::claim_sql!("where filing = ?1 and claims.id <> ?2 order by claims.id"),
        params![fallen.filing, fallen.id],
    )?;
    for claim in others {
        let (state, revoked) = match claim.standing.state {
            State::Recognised => (State::Revoked, Some(by.today.to_string())),
            State::Revoked | State::Withdrawn => continue,
            _ => (State::Withdrawn, None),
        };
        let sql = "update claims set state = ?2, recognised_on = null, open_objections = 0, revoked_on = coalesce(?3, revoked_on),
                       version = version + 1, changed_at = ?4 where id = ?1";
        transaction.execute(sql, params![claim.id, state.id(), revoked, moment(by.now)])?;
        let sql = "update objections set state = 'dismissed', judged_by = ?2, judged_on = ?3, judgement = ?4
                   where claim = ?1 and state = 'open'";
        transaction.execute(sql, params![claim.id, by.name, by.today.to_string(), why])?;
        record(transaction, &claim, "delete", state, &Said::default(), by)?;
    }
    Ok(())
}
