//! Saved queries in SQLite: who may see and change one is asked of the domain, inside the transaction.

use qunlian_domain::audit::AuditAction;
use qunlian_domain::saved_query::{AsOfRule, Audience, MOST_SAVED, Viewer, check};
use rusqlite::{Connection, Params, Row, Transaction, params};
use serde_json::json;

use super::claim_rows::{json as read_json, rows, to_json};
use super::job_reads::{time, word};
use super::steps::log;
use super::{SqliteStore, Trouble};
use crate::saved_queries::query_hash;
use crate::text::moment;
use crate::{Doer, QueryDraft, RegistryError, SavedQuery, SavedQueryBooks};

/// Columns of a saved query with its owner's name, for [`saved_of`] at position 0.
macro_rules! saved_sql {
    ($rest:literal) => {
        concat!(
            "select saved_queries.id, saved_queries.owner, accounts.person, saved_queries.title, saved_queries.note, saved_queries.sql,
             saved_queries.as_of, saved_queries.parameters, saved_queries.chart, saved_queries.audience, saved_queries.made_at,
             saved_queries.changed_at, saved_queries.hash
             from saved_queries join accounts on accounts.id = saved_queries.owner ",
            $rest
        )
    };
}

impl SavedQueryBooks for SqliteStore {
    fn save_query(&self, viewer: &Viewer, draft: &QueryDraft, by: &Doer) -> Result<SavedQuery, RegistryError> {
        let (viewer, draft, by) = (viewer.clone(), draft.clone(), by.clone());
        self.write("save a query", move |transaction| save(transaction, &viewer, &draft, &by))
    }

    fn change_query(&self, viewer: &Viewer, id: i64, draft: &QueryDraft, by: &Doer) -> Result<SavedQuery, RegistryError> {
        let (viewer, draft, by) = (viewer.clone(), draft.clone(), by.clone());
        self.write("change a saved query", move |transaction| change(transaction, &viewer, id, &draft, &by))
    }

    fn share_query(&self, viewer: &Viewer, id: i64, audience: &Audience, by: &Doer) -> Result<SavedQuery, RegistryError> {
        let (viewer, audience, by) = (viewer.clone(), audience.clone(), by.clone());
        self.write("share a saved query", move |transaction| share(transaction, &viewer, id, &audience, &by))
    }

    fn delete_query(&self, viewer: &Viewer, id: i64, by: &Doer) -> Result<(), RegistryError> {
        let (viewer, by) = (viewer.clone(), by.clone());
        self.write("delete a saved query", move |transaction| {
            let found = own(transaction, &viewer, id)?;
            transaction.execute("delete from saved_queries where id = ?1", [id])?;
            note(transaction, AuditAction::QueryDeleted, &found, &by)
        })
    }

    fn saved_query(&self, viewer: &Viewer, id: i64) -> Result<Option<SavedQuery>, RegistryError> {
        self.read("read a saved query", |connection| find(connection, viewer, id))
    }

    fn saved_queries(&self, viewer: &Viewer) -> Result<Vec<SavedQuery>, RegistryError> {
        let sql = saved_sql!(
            "where saved_queries.owner = ?1 or saved_queries.audience <> ''
             order by saved_queries.changed_at desc, saved_queries.id desc"
        );
        self.read("read the saved queries", |connection| seen(connection, viewer, sql, [viewer.account]))
    }

    fn query_of_hash(&self, viewer: &Viewer, hash: &str) -> Result<Option<SavedQuery>, RegistryError> {
        let sql = saved_sql!("where saved_queries.hash = ?1 order by saved_queries.owner <> ?2, saved_queries.id");
        let found = |connection: &Connection| seen(connection, viewer, sql, params![hash, viewer.account]);
        self.read("read a saved query", |connection| Ok(found(connection)?.into_iter().next()))
    }
}

fn save(transaction: &Transaction<'_>, viewer: &Viewer, draft: &QueryDraft, by: &Doer) -> Result<SavedQuery, Trouble> {
    if !viewer.may_change(viewer.account) {
        return Err(refused("only those who ask SQL save queries").into());
    }
    bounded(draft)?;
    let sql = "select count(*) from saved_queries where owner = ?1";
    let kept: i64 = transaction.query_row(sql, [viewer.account], |row| row.get(0))?;
    if kept >= MOST_SAVED as i64 {
        return Err(refused("too many are kept").into());
    }
    only_of_its_title(transaction, viewer, draft, None)?;
    let sql = "insert into saved_queries (owner, title, note, sql, as_of, parameters, chart, audience, made_at, changed_at, hash)
               values (?1, ?2, ?3, ?4, ?5, ?6, ?7, '', ?8, ?8, ?9)";
    let (parameters, chart) = (to_json(&draft.parameters)?, draft.chart.as_ref().map(to_json).transpose()?);
    let hash = query_hash(&draft.sql, &draft.parameters);
    let now = moment(by.now);
    let row = params![viewer.account, draft.title, draft.note, draft.sql, draft.as_of.id(), parameters, chart, now, hash];
    transaction.execute(sql, row)?;
    let saved = own(transaction, viewer, transaction.last_insert_rowid())?;
    note(transaction, AuditAction::QuerySaved, &saved, by)?;
    Ok(saved)
}

fn change(transaction: &Transaction<'_>, viewer: &Viewer, id: i64, draft: &QueryDraft, by: &Doer) -> Result<SavedQuery, Trouble> {
    own(transaction, viewer, id)?;
    bounded(draft)?;
    only_of_its_title(transaction, viewer, draft, Some(id))?;
    let sql =
        "update saved_queries set title = ?2, note = ?3, sql = ?4, as_of = ?5, parameters = ?6, chart = ?7, changed_at = ?8, hash = ?9
               where id = ?1";
    let (parameters, chart) = (to_json(&draft.parameters)?, draft.chart.as_ref().map(to_json).transpose()?);
    let hash = query_hash(&draft.sql, &draft.parameters);
    transaction.execute(sql, params![id, draft.title, draft.note, draft.sql, draft.as_of.id(), parameters, chart, moment(by.now), hash])?;
    let saved = own(transaction, viewer, id)?;
    note(transaction, AuditAction::QuerySaved, &saved, by)?;
    Ok(saved)
}

fn share(transaction: &Transaction<'_>, viewer: &Viewer, id: i64, audience: &Audience, by: &Doer) -> Result<SavedQuery, Trouble> {
    own(transaction, viewer, id)?;
    transaction.execute("update saved_queries set audience = ?2 where id = ?1", params![id, audience.ids()])?;
    let saved = own(transaction, viewer, id)?;
    note(transaction, AuditAction::QueryShared, &saved, by)?;
    Ok(saved)
}

fn bounded(draft: &QueryDraft) -> Result<(), RegistryError> {
    check(&draft.title, &draft.note, &draft.sql, &draft.parameters).map_err(|fault| refused(&fault.to_string()))?;
    draft.chart.iter().try_for_each(|chart| chart.check()).map_err(|fault| refused(&fault.to_string()))
}

fn only_of_its_title(transaction: &Transaction<'_>, viewer: &Viewer, draft: &QueryDraft, itself: Option<i64>) -> Result<(), Trouble> {
    let sql = "select count(*) from saved_queries where owner = ?1 and title = ?2 and id is not ?3";
    let same: i64 = transaction.query_row(sql, params![viewer.account, draft.title, itself], |row| row.get(0))?;
    if same > 0 { Err(RegistryError::Conflict { what: "the saved query" }.into()) } else { Ok(()) }
}

/// The statement goes into the log whole: what was shared must be found after its owner has deleted it.
fn note(transaction: &Transaction<'_>, action: AuditAction, saved: &SavedQuery, by: &Doer) -> Result<(), Trouble> {
    let detail = json!({
        "query": saved.id, "hash": saved.hash, "audience": saved.audience.ids(), "sql": saved.draft.sql,
    });
    log(transaction, action, &saved.draft.title, detail, by)
}

/// A query that the viewer may change; another's is not there.
fn own(connection: &Connection, viewer: &Viewer, id: i64) -> Result<SavedQuery, Trouble> {
    let found = find(connection, viewer, id)?.filter(|found| viewer.may_change(found.owner));
    found.ok_or_else(|| RegistryError::Unknown { what: "saved query" }.into())
}

/// A query that the viewer may see.
pub(super) fn find(connection: &Connection, viewer: &Viewer, id: i64) -> Result<Option<SavedQuery>, Trouble> {
    Ok(seen(connection, viewer, saved_sql!("where saved_queries.id = ?1"), [id])?.pop())
}

fn seen<P: Params>(connection: &Connection, viewer: &Viewer, sql: &str, params: P) -> Result<Vec<SavedQuery>, Trouble> {
    let mut found = rows(connection, sql, params, saved_of)?;
    found.retain(|saved| viewer.may_see(saved.owner, &saved.audience));
    Ok(found)
}

fn saved_of(row: &Row<'_>) -> Result<SavedQuery, Trouble> {
    let chart: Option<String> = row.get(8)?;
    let draft = QueryDraft {
        title: row.get(3)?,
        note: row.get(4)?,
        sql: row.get(5)?,
        as_of: word(row.get(6)?, "saved_queries.as_of", AsOfRule::from_id)?,
        parameters: read_json(&row.get::<_, String>(7)?, "saved_queries.parameters")?,
        chart: chart.map(|text| read_json(&text, "saved_queries.chart")).transpose()?,
    };
    Ok(SavedQuery {
        id: row.get(0)?,
        owner: row.get(1)?,
        owner_name: row.get(2)?,
        draft,
        audience: word(row.get(9)?, "saved_queries.audience", Audience::from_ids)?,
        made_at: time(row, 10, "saved_queries.made_at")?,
        changed_at: time(row, 11, "saved_queries.changed_at")?,
        hash: row.get(12)?,
    })
}

pub(super) fn refused(problem: &str) -> RegistryError {
    RegistryError::Refused { what: "the saved query", problem: problem.to_owned() }
}
