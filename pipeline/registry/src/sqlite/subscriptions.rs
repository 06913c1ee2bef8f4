//! Subscriptions in SQLite: addresses are whole in their column and nowhere else.

use chrono::TimeDelta;
use qunlian_domain::audit::AuditAction;
use qunlian_domain::subscription::{Address, Channel, Topic};
use rusqlite::{Connection, Row, Transaction, params};
use serde_json::json;

use super::claim_rows::rows;
use super::job_reads::{optional_time, time, word};
use super::steps::log;
use super::{SqliteStore, Trouble};
use crate::subscriptions::{MOST_A_DAY, MOST_LIVE};
use crate::text::moment;
use crate::{Doer, NewSubscription, RegistryError, SigningSecret, Subscription, SubscriptionBooks};

/// Columns of a subscription with its owner's name, for [`subscription_of`] at position 0.
macro_rules! subscription_columns {
    () => {
        "subscriptions.id, subscriptions.owner, accounts.name, subscriptions.channel, subscriptions.address, subscriptions.secret,
         subscriptions.topic, subscriptions.created_at, subscriptions.stopped_at"
    };
}
pub(super) use subscription_columns;

macro_rules! subscription_sql {
    ($rest:literal) => {
        concat!("select ", subscription_columns!(), " from subscriptions join accounts on accounts.id = subscriptions.owner ", $rest)
    };
}

/// Columns that [`subscription_of`] reads.
pub(super) const COLUMNS: usize = 9;

impl SubscriptionBooks for SqliteStore {
    fn subscribe(&self, new: &NewSubscription, by: &Doer) -> Result<Subscription, RegistryError> {
        let (new, by) = (new.clone(), by.clone());
        self.write("keep a subscription", move |transaction| subscribe(transaction, &new, &by))
    }

    fn stop_subscription(&self, id: i64, by: &Doer) -> Result<bool, RegistryError> {
        let by = by.clone();
        self.write("stop a subscription", move |transaction| stop(transaction, id, &by))
    }

    fn subscription(&self, id: i64) -> Result<Option<Subscription>, RegistryError> {
        self.read("read a subscription", |connection| find(connection, id))
    }

    fn subscriptions(&self, owner: Option<i64>) -> Result<Vec<Subscription>, RegistryError> {
        let sql = subscription_sql!(
            "where ?1 is null or subscriptions.owner = ?1 order by subscriptions.stopped_at is not null, subscriptions.id desc"
        );
        self.read("read the subscriptions", |connection| rows(connection, sql, [owner], |row| subscription_of(row, 0)))
    }

    fn subscribers(&self, topic: Topic) -> Result<Vec<Subscription>, RegistryError> {
        let sql = subscription_sql!("where subscriptions.topic = ?1 and subscriptions.stopped_at is null order by subscriptions.id");
        self.read("read the subscribers", |connection| rows(connection, sql, [topic.id()], |row| subscription_of(row, 0)))
    }
}

fn subscribe(transaction: &Transaction<'_>, new: &NewSubscription, by: &Doer) -> Result<Subscription, Trouble> {
    let day_before = moment(by.now - TimeDelta::days(1));
    let sql = "select count(*) filter (where stopped_at is null), count(*) filter (where created_at > ?2),
                   count(*) filter (where stopped_at is null and channel = ?3 and address = ?4 and topic = ?5)
               from subscriptions where owner = ?1";
    let channel = new.address.channel().id();
    let row = params![new.owner, day_before, channel, new.address.exposed(), new.topic.id()];
    let (live, made, same): (i64, i64, i64) = transaction.query_row(sql, row, |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    if same > 0 {
        return Err(RegistryError::Conflict { what: "the subscription" }.into());
    }
    if live >= MOST_LIVE as i64 || made >= MOST_A_DAY as i64 {
        return Err(refused("an account has a limited number of subscriptions").into());
    }
    let sql = "insert into subscriptions (owner, channel, address, secret, topic, created_at) values (?1, ?2, ?3, ?4, ?5, ?6)";
    let secret = new.secret.as_ref().map(SigningSecret::exposed);
    transaction.execute(sql, params![new.owner, channel, new.address.exposed(), secret, new.topic.id(), moment(by.now)])?;
    let id = transaction.last_insert_rowid();
    let detail = json!({"subscription": id, "channel": channel, "topic": new.topic.id(), "owner": new.owner});
    log(transaction, AuditAction::Subscribed, &new.address.masked(), detail, by)?;
    known(transaction, id)
}

fn stop(transaction: &Transaction<'_>, id: i64, by: &Doer) -> Result<bool, Trouble> {
    let found = known(transaction, id)?;
    if !found.is_live() {
        return Ok(false);
    }
    let masked = found.address.masked();
    let sql = "update subscriptions set stopped_at = ?2, stopped_by = ?3, address = ?4, secret = null where id = ?1";
    transaction.execute(sql, params![id, moment(by.now), by.name, masked])?;
    let sql = "update outbox set state = 'given_up', next_at = null, ended_at = ?2, error = '订阅已停止'
               where subscription = ?1 and state in ('queued', 'failed')";
    transaction.execute(sql, params![id, moment(by.now)])?;
    let detail = json!({"subscription": id, "channel": found.channel().id(), "topic": found.topic.id(), "owner": found.owner});
    log(transaction, AuditAction::SubscriptionStopped, &masked, detail, by)?;
    Ok(true)
}

fn find(connection: &Connection, id: i64) -> Result<Option<Subscription>, Trouble> {
    Ok(rows(connection, subscription_sql!("where subscriptions.id = ?1"), [id], |row| subscription_of(row, 0))?.pop())
}

/// The subscription of an id that must exist.
pub(super) fn known(connection: &Connection, id: i64) -> Result<Subscription, Trouble> {
    find(connection, id)?.ok_or_else(|| RegistryError::Unknown { what: "subscription" }.into())
}

/// Reads a subscription whose columns begin at a position.
pub(super) fn subscription_of(row: &Row<'_>, at: usize) -> Result<Subscription, Trouble> {
    let text: String = row.get(at + 4)?;
    let secret: Option<String> = row.get(at + 5)?;
    Ok(Subscription {
        id: row.get(at)?,
        owner: row.get(at + 1)?,
        owner_name: row.get(at + 2)?,
        address: Address::kept(word(row.get(at + 3)?, "subscriptions.channel", Channel::from_id)?, &text),
        secret: secret.as_deref().map(SigningSecret::new),
        topic: word(row.get(at + 6)?, "subscriptions.topic", Topic::from_id)?,
        created_at: time(row, at + 7, "subscriptions.created_at")?,
        stopped_at: optional_time(row, at + 8, "subscriptions.stopped_at")?,
    })
}

pub(super) fn refused(problem: &str) -> RegistryError {
    RegistryError::Refused { what: "the subscription", problem: problem.to_owned() }
}
