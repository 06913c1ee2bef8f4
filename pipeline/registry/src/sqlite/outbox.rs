//! The outbox in SQLite: each try is counted before it is made, and every end is written once.

use chrono::{DateTime, TimeDelta, Utc};
use qunlian_domain::audit::AuditAction;
use qunlian_domain::light::{Light, ToldLight};
use qunlian_domain::subscription::{Letter, MessageRows};
use qunlian_domain::target::Metric;
use rusqlite::{Connection, OptionalExtension, Params, Row, Transaction, params};
use serde_json::json;

use super::claim_rows::{json as from_json, rows, to_json};
use super::job_reads::{optional_time, time, word};
use super::steps::log;
use super::subscriptions::{COLUMNS, known, refused, subscription_columns, subscription_of};
use super::{SqliteStore, Trouble};
use crate::subscriptions::{MOST_TESTS_AN_HOUR, TEST_KEY};
use crate::text::moment;
use crate::{AttemptEnd, Doer, Message, MessageState, NewMessage, OutboxBooks, RegistryError};

macro_rules! message_sql {
    ($rest:literal) => {
        concat!(
            "select ",
            subscription_columns!(),
            ", outbox.id, outbox.key, outbox.rows, outbox.subject, outbox.body, outbox.attachments, outbox.state, outbox.attempts,
             outbox.created_at, outbox.next_at, outbox.ended_at, outbox.error
             from outbox join subscriptions on subscriptions.id = outbox.subscription join accounts on accounts.id = subscriptions.owner ",
            $rest
        )
    };
}

/// Bytes of a key.
const LONGEST_KEY: usize = 80;
/// Characters of an error that are kept.
const ERROR_CHARACTERS: usize = 300;
/// Files of one message.
const MOST_ATTACHMENTS: usize = 8;

impl OutboxBooks for SqliteStore {
    fn queue_messages(&self, messages: &[NewMessage], now: DateTime<Utc>) -> Result<usize, RegistryError> {
        messages.iter().try_for_each(check)?;
        let messages = messages.to_vec();
        self.write("queue messages", move |transaction| enqueue(transaction, &messages, now))
    }

    fn tell_lights(&self, told: &[ToldLight], messages: &[NewMessage], now: DateTime<Utc>) -> Result<usize, RegistryError> {
        messages.iter().try_for_each(check)?;
        let (told, messages) = (told.to_vec(), messages.to_vec());
        self.write("tell of lights", move |transaction| {
            transaction.execute("delete from told_lights", [])?;
            let sql = "insert into told_lights (year, carrier, metric, light, told_at) values (?1, ?2, ?3, ?4, ?5)";
            let mut insert = transaction.prepare_cached(sql)?;
            for light in &told {
                insert.execute(params![light.year, light.carrier_id, light.metric.id(), light.light.id(), moment(now)])?;
            }
            enqueue(transaction, &messages, now)
        })
    }

    fn told_lights(&self) -> Result<Vec<ToldLight>, RegistryError> {
        let sql = "select year, carrier, metric, light from told_lights order by year, carrier, metric";
        self.read("read the lights that were told", |connection| rows(connection, sql, [], told_of))
    }

    fn due_messages(&self, now: DateTime<Utc>, limit: usize) -> Result<Vec<Message>, RegistryError> {
        let sql = message_sql!("where outbox.next_at <= ?1 order by outbox.id limit ?2");
        self.read("read what is due", |connection| messages(connection, sql, params![moment(now), limit as i64]))
    }

    fn begin_attempt(&self, message: i64, again: DateTime<Utc>) -> Result<Option<u32>, RegistryError> {
        self.write("begin a try", move |transaction| {
            let sql = "update outbox set attempts = attempts + 1, state = 'failed', next_at = ?2
                       where id = ?1 and state in ('queued', 'failed') returning attempts";
            Ok(transaction.query_row(sql, params![message, moment(again)], |row| row.get(0)).optional()?)
        })
    }

    fn end_attempt(&self, message: i64, end: &AttemptEnd, by: &Doer) -> Result<bool, RegistryError> {
        let (end, by) = (end.clone(), by.clone());
        self.write("end a try", move |transaction| end_attempt(transaction, message, &end, &by))
    }

    fn messages(&self, owner: Option<i64>, limit: usize) -> Result<Vec<Message>, RegistryError> {
        let sql = message_sql!("where ?1 is null or subscriptions.owner = ?1 order by outbox.id desc limit ?2");
        self.read("read the messages", |connection| messages(connection, sql, params![owner, limit as i64]))
    }

    fn forget_messages_before(&self, before: DateTime<Utc>) -> Result<usize, RegistryError> {
        self.write("forget old messages", move |transaction| {
            Ok(transaction.execute("delete from outbox where ended_at < ?1", [moment(before)])?)
        })
    }
}

fn enqueue(transaction: &Transaction<'_>, messages: &[NewMessage], now: DateTime<Utc>) -> Result<usize, Trouble> {
    let sql = "insert into outbox (subscription, key, rows, subject, body, attachments, state, created_at, next_at)
               select ?1, ?2, ?3, ?4, ?5, ?6, 'queued', ?7, ?7
               where exists (select 1 from subscriptions where id = ?1 and stopped_at is null)
               on conflict (subscription, key) do nothing";
    let mut new = 0;
    for message in messages {
        let owner = known(transaction, message.subscription)?.owner;
        if message.key.starts_with(TEST_KEY) && tests_of(transaction, owner, now)? >= MOST_TESTS_AN_HOUR as i64 {
            return Err(refused("too many test messages within an hour").into());
        }
        let row = params![
            message.subscription,
            message.key,
            message.rows.to_text(),
            message.letter.subject(),
            message.letter.text(),
            to_json(&message.attachments)?,
            moment(now)
        ];
        new += transaction.prepare_cached(sql)?.execute(row)?;
    }
    Ok(new)
}

fn tests_of(transaction: &Transaction<'_>, owner: i64, now: DateTime<Utc>) -> Result<i64, Trouble> {
    let sql = "select count(*) from outbox join subscriptions on subscriptions.id = outbox.subscription
               where subscriptions.owner = ?1 and outbox.created_at > ?2 and substr(outbox.key, 1, length(?3)) = ?3";
    Ok(transaction.query_row(sql, params![owner, moment(now - TimeDelta::hours(1)), TEST_KEY], |row| row.get(0))?)
}

fn end_attempt(transaction: &Transaction<'_>, id: i64, end: &AttemptEnd, by: &Doer) -> Result<bool, Trouble> {
    let (state, again, error) = match end {
        AttemptEnd::Sent => (MessageState::Sent, None, ""),
        AttemptEnd::Failed { error, again } => (MessageState::Failed, Some(*again), error.as_str()),
        AttemptEnd::GivenUp { error } => (MessageState::GivenUp, None, error.as_str()),
    };
    let error: String = error.chars().filter(|c| !c.is_control()).take(ERROR_CHARACTERS).collect();
    let ended = again.is_none().then(|| moment(by.now));
    let sql = "update outbox set state = ?2, next_at = ?3, ended_at = ?4, error = ?5 where id = ?1 and state in ('queued', 'failed')";
    if transaction.execute(sql, params![id, state.id(), again.map(moment), ended, error])? == 0 {
        return Ok(false);
    }
    if state == MessageState::Sent {
        let found = messages(transaction, message_sql!("where outbox.id = ?1"), [id])?.pop();
        let message = found.ok_or(RegistryError::Unknown { what: "message" })?;
        let of = &message.subscription;
        let detail = json!({"message": id, "subscription": of.id, "channel": of.channel().id(), "topic": of.topic.id(),
            "key": message.key, "rows": message.rows.to_text(), "attachments": message.attachments, "owner": of.owner});
        log(transaction, AuditAction::MessageSent, &of.masked(), detail, by)?;
    }
    Ok(true)
}

/// Keys stand in Message-IDs and attachments are opened below the data folder: neither may say more than it should.
fn check(message: &NewMessage) -> Result<(), RegistryError> {
    let sign = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_');
    if message.key.is_empty() || message.key.len() > LONGEST_KEY || !message.key.bytes().all(sign) {
        return Err(refused("a key is 1 to 80 letters, digits, dots, hyphens or underscores"));
    }
    let bad = |path: &String| {
        let odd = path.chars().any(char::is_control) || path.contains('\\');
        odd || path.is_empty() || path.split('/').any(|part| part.is_empty() || part == "." || part == "..")
    };
    if message.attachments.len() > MOST_ATTACHMENTS || message.attachments.iter().any(bad) {
        return Err(refused("attachments are at most 8 paths below the data folder"));
    }
    Ok(())
}

fn messages<P: Params>(connection: &Connection, sql: &str, params: P) -> Result<Vec<Message>, Trouble> {
    rows(connection, sql, params, message_of)
}

fn message_of(row: &Row<'_>) -> Result<Message, Trouble> {
    let at = |offset: usize| COLUMNS + offset;
    let text = |offset: usize| row.get::<_, String>(at(offset));
    let value = |column: &'static str, value: String, expected: &'static str| RegistryError::Value { column, value, expected };
    let kept = text(2)?;
    let letter = Letter::new(&text(3)?, &text(4)?);
    Ok(Message {
        subscription: subscription_of(row, 0)?,
        id: row.get(at(0))?,
        key: text(1)?,
        rows: MessageRows::from_text(&kept).ok_or_else(|| value("outbox.rows", kept, "rows"))?,
        letter: letter.map_err(|fault| value("outbox.subject", fault.to_string(), "message"))?,
        attachments: from_json(&text(5)?, "outbox.attachments")?,
        state: word(row.get(at(6))?, "outbox.state", MessageState::from_id)?,
        attempts: row.get(at(7))?,
        created_at: time(row, at(8), "outbox.created_at")?,
        next_at: optional_time(row, at(9), "outbox.next_at")?,
        ended_at: optional_time(row, at(10), "outbox.ended_at")?,
        error: text(11)?,
    })
}

fn told_of(row: &Row<'_>) -> Result<ToldLight, Trouble> {
    Ok(ToldLight {
        year: row.get(0)?,
        carrier_id: row.get(1)?,
        metric: word(row.get(2)?, "told_lights.metric", Metric::from_id)?,
        light: word(row.get(3)?, "told_lights.light", Light::from_id)?,
    })
}
