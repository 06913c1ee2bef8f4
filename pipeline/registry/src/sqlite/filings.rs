//! Filings and their claims in SQLite.

use chrono::{DateTime, Datelike, NaiveDate, Utc};
use qunlian_domain::claim::{Action, State};
use qunlian_domain::filing::{Matter, Values};
use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension, Transaction, params, params_from_iter};

use super::claim_rows::{
    ATTACHMENT_SQL, EVENT_SQL, attachment_of, change_of, claim_sql, claims, event_of, filing_sql, filings, known_claim, known_filing, rows,
    scope_condition, to_json,
};
use super::steps::{Said, advance, log_changes, record};
use super::{SqliteStore, Trouble};
use crate::text::moment;
use crate::{
    Attachment, Change, Claim, ClaimEvent, ClaimFilter, ClaimOrder, Doer, Filing, FilingBooks, FilingFilter, NewAttachment, NewClaim,
    NewFiling, Opened, RegistryError, Step, Typed,
};

/// Typed texts of one claim, as JSON.
const MOST_TYPED: usize = 64 << 10;

impl FilingBooks for SqliteStore {
    fn open_filing(&self, new: &NewFiling) -> Result<Opened, RegistryError> {
        let new = new.clone();
        self.write("open a filing", move |transaction| {
            if let Some((key, body)) = &new.once
                && let Some(known) = opened_before(transaction, &new.by, key, body)?
            {
                return Ok(known);
            }
            let filing = insert_filing(transaction, &new)?;
            let claim = insert_claim(transaction, &filing, Matter::Project, new.stage, &new.typed, &new.by)?;
            if let Some((key, body)) = &new.once {
                let sql = "insert into once_keys (account, key, body, filing, claim, at) values (?1, ?2, ?3, ?4, ?5, ?6)";
                let account = new.by.account.unwrap_or_default();
                transaction.execute(sql, params![account, key, body, filing.id, claim.id, moment(new.by.now)])?;
            }
            Ok(Opened { filing, claim, again: false })
        })
    }

    fn filing(&self, id: i64) -> Result<Option<Filing>, RegistryError> {
        self.read("read a filing", |connection| Ok(filings(connection, filing_sql!("where id = ?1"), [id])?.pop()))
    }

    fn filing_numbered(&self, number: &str) -> Result<Option<Filing>, RegistryError> {
        self.read("read a filing", |connection| Ok(filings(connection, filing_sql!("where number = ?1"), [number])?.pop()))
    }

    fn filings(&self, filter: &FilingFilter) -> Result<Vec<Filing>, RegistryError> {
        let (condition, mut values) = filing_condition(filter);
        values.extend([Value::from(bounded(filter.limit)), Value::from(bounded(filter.offset))]);
        let sql = format!("{} where {condition} order by id desc limit ? offset ?", filing_sql!(""));
        self.read("read the filings", |connection| filings(connection, &sql, params_from_iter(values)))
    }

    fn count_filings(&self, filter: &FilingFilter) -> Result<usize, RegistryError> {
        let (condition, values) = filing_condition(filter);
        let sql = format!("select count(*) from filings where {condition}");
        self.read("count the filings", |connection| count(connection, &sql, values))
    }

    fn open_claim(&self, new: &NewClaim) -> Result<Claim, RegistryError> {
        let new = new.clone();
        self.write("open a claim", move |transaction| {
            let filing = known_filing(transaction, new.filing)?;
            if filing.deleted_on.is_some() {
                return Err(refused("the filing is deleted").into());
            }
            if new.matter != Matter::Project && filing.facts.is_empty() {
                return Err(refused("the filing itself has not passed its review").into());
            }
            let same = "select count(*) from claims where filing = ?1 and matter = ?2
                        and (state not in ('recognised', 'revoked', 'withdrawn')
                             or (state = 'recognised' and (matter = 'project' or matter like 'milestone:%')))";
            let standing: i64 = transaction.query_row(same, params![filing.id, new.matter.id()], |row| row.get(0))?;
            if standing > 0 {
                return Err(refused("a claim of this matter is under way or counts already").into());
            }
            let stage = new.matter.stage().unwrap_or(filing.stage);
            insert_claim(transaction, &filing, new.matter, stage, &new.typed, &new.by)
        })
    }

    fn save_draft(&self, claim: i64, version: i64, typed: &Typed, by: &Doer) -> Result<Claim, RegistryError> {
        let (typed, by) = (typed.clone(), by.clone());
        self.write("keep a draft", move |transaction| {
            let known = known_claim(transaction, claim)?;
            if !known.standing.state.is_open_to_filer() {
                return Err(RegistryError::NotNow { what: "the claim", why: qunlian_domain::claim::Refused::State }.into());
            }
            if known.version != version {
                return Err(RegistryError::Conflict { what: "the claim" }.into());
            }
            keep_typed(transaction, &known, &typed, &by)?;
            known_claim(transaction, claim)
        })
    }

    fn step(&self, claim: i64, step: &Step, by: &Doer) -> Result<Claim, RegistryError> {
        let (step, by) = (step.clone(), by.clone());
        self.write("move a claim", move |transaction| {
            let known = known_claim(transaction, claim)?;
            match &step {
                Step::Submit { typed, values, way } => {
                    keep_typed(transaction, &known, typed, &by)?;
                    submit(transaction, &known, values, &by)?;
                    let known = known_claim(transaction, claim)?;
                    advance(transaction, &known, &Action::Submit, way, &Said::default(), &by)
                }
                Step::Withdraw { reason } => {
                    let way = known.way(false, 1);
                    advance(transaction, &known, &Action::Withdraw, &way, &Said::whole(reason), &by)
                }
                Step::Return { remarks, contact, way } => {
                    if remarks.values().all(|remark| remark.trim().is_empty()) {
                        return Err(refused("a return needs at least one remark").into());
                    }
                    let said = Said { remarks: remarks.clone(), contact: contact.clone() };
                    advance(transaction, &known, &Action::Return { by: by.name.clone() }, way, &said, &by)
                }
                Step::Approve { remark, way } => {
                    advance(transaction, &known, &Action::Approve { by: by.name.clone() }, way, &Said::whole(remark), &by)
                }
                Step::Revoke { reason, way } => {
                    if reason.trim().is_empty() {
                        return Err(refused("taking a recognition back needs a reason").into());
                    }
                    if !known.matter.counts() {
                        return Err(refused("what adds nothing to the figures is changed by another claim").into());
                    }
                    advance(transaction, &known, &Action::Revoke { by: by.name.clone() }, way, &Said::whole(reason), &by)
                }
            }
        })
    }

    fn find_claim(&self, id: i64) -> Result<Option<Claim>, RegistryError> {
        self.read("read a claim", |connection| Ok(claims(connection, claim_sql!("where claims.id = ?1"), [id])?.pop()))
    }

    fn claims(&self, filter: &ClaimFilter) -> Result<Vec<Claim>, RegistryError> {
        let (condition, mut values) = claim_condition(filter);
        values.extend([Value::from(bounded(filter.limit)), Value::from(bounded(filter.offset))]);
        let order = match filter.order {
            ClaimOrder::FirstCome => "claims.first_submitted_at nulls last, claims.id",
            ClaimOrder::Newest => "claims.changed_at desc, claims.id desc",
        };
        let sql = format!("{} where {condition} order by {order} limit ? offset ?", claim_sql!(""));
        self.read("read the claims", |connection| claims(connection, &sql, params_from_iter(values)))
    }

    fn count_claims(&self, filter: &ClaimFilter) -> Result<usize, RegistryError> {
        let (condition, values) = claim_condition(filter);
        let sql = format!("select count(*) from claims join filings on filings.id = claims.filing where {condition}");
        self.read("count the claims", |connection| count(connection, &sql, values))
    }

    fn claim_events(&self, claim: i64) -> Result<Vec<ClaimEvent>, RegistryError> {
        let sql = format!("{EVENT_SQL} where claim = ?1 order by id");
        self.read("read a claim's thread", |connection| rows(connection, &sql, [claim], event_of))
    }

    fn events_between(&self, from: NaiveDate, until: NaiveDate) -> Result<Vec<ClaimEvent>, RegistryError> {
        let sql = format!("{EVENT_SQL} where on_day between ?1 and ?2 order by id");
        let days = [from.to_string(), until.to_string()];
        self.read("read the events of claims", |connection| rows(connection, &sql, days, event_of))
    }

    fn changes_of(&self, filing: i64) -> Result<Vec<Change>, RegistryError> {
        let sql = "select id, filing, claim, field, before, after, by, at, on_day from changes where filing = ?1 order by id";
        self.read("read the changes of a filing", |connection| rows(connection, sql, [filing], change_of))
    }

    fn add_attachment(&self, new: &NewAttachment) -> Result<Attachment, RegistryError> {
        let new = new.clone();
        self.write("record an attachment", move |transaction| {
            let claim = known_claim(transaction, new.claim)?;
            if claim.filing != new.filing || !claim.standing.state.is_open_to_filer() {
                return Err(RegistryError::NotNow { what: "the claim", why: qunlian_domain::claim::Refused::State }.into());
            }
            let sql =
                "insert into attachments (filing, claim, file_name, kind, bytes, blake3, by, at) values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
            let bytes = new.bytes.cast_signed();
            let row = params![new.filing, new.claim, new.file_name, new.kind, bytes, new.blake3, new.by.name, moment(new.by.now)];
            transaction.execute(sql, row)?;
            let id = transaction.last_insert_rowid();
            one_attachment(transaction, id)?.ok_or_else(|| RegistryError::Unknown { what: "attachment" }.into())
        })
    }

    fn remove_attachment(&self, id: i64, by: &Doer) -> Result<bool, RegistryError> {
        let by = by.clone();
        self.write("take off an attachment", move |transaction| {
            let Some(attachment) = one_attachment(transaction, id)? else { return Ok(false) };
            if !known_claim(transaction, attachment.claim)?.standing.state.is_open_to_filer() {
                return Err(RegistryError::NotNow { what: "the claim", why: qunlian_domain::claim::Refused::State }.into());
            }
            let sql = "update attachments set removed_at = ?2, removed_by = ?3 where id = ?1 and removed_at is null";
            Ok(transaction.execute(sql, params![id, moment(by.now), by.name])? > 0)
        })
    }

    fn attachment(&self, id: i64) -> Result<Option<Attachment>, RegistryError> {
        self.read("read an attachment", |connection| one_attachment(connection, id))
    }

    fn attachments_of(&self, filing: i64) -> Result<Vec<Attachment>, RegistryError> {
        let sql = format!("{ATTACHMENT_SQL} where filing = ?1 and removed_at is null order by id");
        self.read("read the attachments of a filing", |connection| rows(connection, &sql, [filing], attachment_of))
    }

    fn hold(&self, claim: i64, holder: Option<&Doer>, now: DateTime<Utc>) -> Result<Claim, RegistryError> {
        let holder = holder.cloned();
        self.write("take up a claim", move |transaction| {
            let known = known_claim(transaction, claim)?;
            if !known.standing.state.waits_for_review() {
                return Err(RegistryError::NotNow { what: "the claim", why: qunlian_domain::claim::Refused::State }.into());
            }
            if let (Some(stands), Some(wants)) = (&known.holder, &holder)
                && *stands != wants.name
            {
                return Err(RegistryError::Conflict { what: "the claim" }.into());
            }
            let since = holder.as_ref().map(|_| known.held_since.map_or_else(|| moment(now), moment));
            let name = holder.as_ref().map(|holder| holder.name.clone());
            transaction.execute("update claims set holder = ?2, held_since = ?3 where id = ?1", params![claim, name, since])?;
            known_claim(transaction, claim)
        })
    }
}

fn refused(problem: &str) -> RegistryError {
    RegistryError::Refused { what: "a filing", problem: problem.to_owned() }
}

fn bounded(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

fn count(connection: &Connection, sql: &str, values: Vec<Value>) -> Result<usize, Trouble> {
    let number: i64 = connection.query_row(sql, params_from_iter(values), |row| row.get(0))?;
    Ok(usize::try_from(number).unwrap_or_default())
}

fn one_attachment(connection: &Connection, id: i64) -> Result<Option<Attachment>, Trouble> {
    Ok(rows(connection, &format!("{ATTACHMENT_SQL} where id = ?1"), [id], attachment_of)?.pop())
}

fn opened_before(transaction: &Transaction<'_>, by: &Doer, key: &str, body: &str) -> Result<Option<Opened>, Trouble> {
    let sql = "select body, filing, claim from once_keys where account = ?1 and key = ?2";
    let read = |row: &rusqlite::Row<'_>| Ok((row.get::<_, String>(0)?, row.get::<_, i64>(1)?, row.get::<_, i64>(2)?));
    let Some((stood, filing, claim)) = transaction.query_row(sql, params![by.account.unwrap_or_default(), key], read).optional()? else {
        return Ok(None);
    };
    if stood != body {
        return Err(RegistryError::Conflict { what: "the request of this idempotency key" }.into());
    }
    Ok(Some(Opened { filing: known_filing(transaction, filing)?, claim: known_claim(transaction, claim)?, again: true }))
}

fn insert_filing(transaction: &Transaction<'_>, new: &NewFiling) -> Result<Filing, Trouble> {
    let year = new.by.today.year();
    let last: Option<String> = transaction
        .query_row("select max(number) from filings where number like ?1", [format!("{year}-%")], |row| row.get(0))
        .optional()?
        .flatten();
    let next = last.and_then(|number| number.get(5..)?.parse::<u32>().ok()).unwrap_or(0) + 1;
    let text =
        |field: &str| qunlian_domain::text::tidy(new.typed.get(field).map_or("", String::as_str)).chars().take(100).collect::<String>();
    let sql = "insert into filings (number, carrier_id, stage, name, investor, opened_by, opened_at, opened_on)
               values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
    let number = format!("{year}-{next:05}");
    let account = new.by.account.unwrap_or_default();
    let row = params![
        number,
        new.carrier_id,
        bounded(new.stage),
        text("name"),
        text("investor"),
        account,
        moment(new.by.now),
        new.by.today.to_string()
    ];
    transaction.execute(sql, row)?;
    known_filing(transaction, transaction.last_insert_rowid())
}

fn insert_claim(
    transaction: &Transaction<'_>,
    filing: &Filing,
    matter: Matter,
    stage: usize,
    typed: &Typed,
    by: &Doer,
) -> Result<Claim, Trouble> {
    let typed = typed_text(typed)?;
    let sql = "insert into claims (filing, matter, stage, typed, state, opened_by, changed_at) values (?1, ?2, ?3, ?4, 'draft', ?5, ?6)";
    let row = params![filing.id, matter.id(), bounded(stage), typed, by.account.unwrap_or_default(), moment(by.now)];
    transaction.execute(sql, row)?;
    let claim = known_claim(transaction, transaction.last_insert_rowid())?;
    record(transaction, &claim, "opened", State::Draft, &Said::default(), by)?;
    Ok(claim)
}

fn typed_text(typed: &Typed) -> Result<String, Trouble> {
    let text = to_json(typed)?;
    if text.len() > MOST_TYPED {
        return Err(refused("the form holds more than 64 KiB").into());
    }
    Ok(text)
}

/// Keeps the typed texts; a project that never passed a review shows its typed name in lists.
fn keep_typed(transaction: &Transaction<'_>, claim: &Claim, typed: &Typed, by: &Doer) -> Result<(), Trouble> {
    let stage = typed.get("stage").and_then(|id| qunlian_domain::project::stage_order(id)).filter(|_| claim.matter == Matter::Project);
    let stage = stage.unwrap_or(claim.stage);
    let sql = "update claims set typed = ?2, stage = ?3, version = version + 1, changed_at = ?4 where id = ?1";
    transaction.execute(sql, params![claim.id, typed_text(typed)?, bounded(stage), moment(by.now)])?;
    if claim.matter != Matter::Project {
        return Ok(());
    }
    let text = |field: &str, stands: &str| {
        let text: String = qunlian_domain::text::tidy(typed.get(field).map_or("", String::as_str)).chars().take(100).collect();
        if text.is_empty() { stands.to_owned() } else { text }
    };
    let sql = "update filings set name = ?2, investor = ?3, stage = ?4 where id = ?1 and facts = '{}'";
    let row = params![claim.filing, text("name", &claim.project_name), text("investor", &claim.investor), bounded(stage)];
    transaction.execute(sql, row)?;
    Ok(())
}

/// Notes the canonical values and the times; what differs from the submission before is logged.
fn submit(transaction: &Transaction<'_>, claim: &Claim, values: &Values, by: &Doer) -> Result<(), Trouble> {
    if claim.first_submitted_at.is_some() {
        log_changes(transaction, claim.filing, Some(claim.id), &claim.values, values, by)?;
    }
    let sql = "update claims set facts = ?2, first_submitted_at = coalesce(first_submitted_at, ?3), submitted_at = ?3, submitted_on = ?4
               where id = ?1";
    transaction.execute(sql, params![claim.id, to_json(values)?, moment(by.now), by.today.to_string()])?;
    if claim.matter == Matter::Project {
        let sql = "update filings set first_submitted_at = coalesce(first_submitted_at, ?2), name = ?3, investor = ?4, confidential = ?5
                   where id = ?1";
        let row = params![claim.filing, moment(by.now), values.text("name"), values.text("investor"), values.flag("confidential")];
        transaction.execute(sql, row)?;
    }
    Ok(())
}

fn filing_condition(filter: &FilingFilter) -> (String, Vec<Value>) {
    let (scope, mut values) = scope_condition(&filter.scope);
    let mut condition = scope;
    if let Some(carrier) = &filter.carrier_id {
        condition.push_str(" and carrier_id = ?");
        values.push(Value::from(carrier.clone()));
    }
    if let Some(text) = filter.text.as_ref().filter(|text| !text.trim().is_empty()) {
        condition.push_str(" and (instr(name, ?) > 0 or instr(investor, ?) > 0 or number = ?)");
        values.extend(std::iter::repeat_n(Value::from(text.trim().to_owned()), 3));
    }
    if let Some(stage) = filter.stage {
        condition.push_str(" and stage = ?");
        values.push(Value::from(bounded(stage)));
    }
    if !filter.states.is_empty() {
        let words: Vec<String> = filter.states.iter().map(|state| format!("'{}'", state.id())).collect();
        let of = format!(" and exists (select 1 from claims where claims.filing = filings.id and claims.state in ({}))", words.join(", "));
        condition.push_str(&of);
    }
    if !filter.deleted {
        condition.push_str(" and deleted_on is null");
    }
    (condition, values)
}

fn claim_condition(filter: &ClaimFilter) -> (String, Vec<Value>) {
    let (scope, mut values) = scope_condition(&filter.scope);
    let mut condition = scope;
    if !filter.states.is_empty() {
        let words: Vec<String> = filter.states.iter().map(|state| format!("'{}'", state.id())).collect();
        condition.push_str(&format!(" and state in ({})", words.join(", ")));
    }
    if let Some(filing) = filter.filing {
        condition.push_str(" and filing = ?");
        values.push(Value::from(filing));
    }
    if let Some(carrier) = &filter.carrier_id {
        condition.push_str(" and filings.carrier_id = ?");
        values.push(Value::from(carrier.clone()));
    }
    if let Some(account) = filter.opened_by {
        condition.push_str(" and claims.opened_by = ?");
        values.push(Value::from(account));
    }
    (condition, values)
}
