//! Sending what is due (推送): every try is counted before it is made, and a dead server keeps nobody else waiting.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use qunlian_domain::rules::Rules;
use qunlian_domain::subscription::{Address, Blame, Channel, Undelivered};
use qunlian_registry::{AttemptEnd, Message, MessageState, RegistryError, Store};
use serde_json::{Value, json};

use super::news::readership;
use crate::Retries;
use crate::list::deliver::NAME;

/// Tries of one message: 1, 4, 16, 64, 256, 360 and 360 minutes lie between them, about 18 hours in all.
const RETRIES: Retries = Retries { attempts: 8, first_wait: TimeDelta::minutes(1), longest_wait: TimeDelta::hours(6) };
/// After so many failures of one server in a run, its other messages wait for the next run, uncounted.
const PATIENCE_WITH_A_SERVER: u32 = 2;
/// Messages of one run.
const MOST: usize = 200;
/// No try begins later in a run: the rest waits for the next.
const LONGEST_RUN: TimeDelta = TimeDelta::minutes(5);

/// Whoever carries a message to its address.
pub trait Courier {
    /// Sends it once; `now` is the time of the try.
    fn carry(&self, message: &Message, now: DateTime<Utc>) -> Result<(), Undelivered>;
}

/// What a run came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Outcome {
    pub sent: usize,
    /// To be tried again.
    pub failed: usize,
    pub given_up: usize,
    /// Left for the next run without a try.
    pub left: usize,
}

/// Sends what is due. `clock` is looked at before and after each try.
///
/// # Errors
/// When the books cannot be read or written. A message that cannot be sent is no error: it is recorded.
pub fn run(
    books: &dyn Store,
    rules: &Rules,
    courier: &dyn Courier,
    today: NaiveDate,
    clock: &dyn Fn() -> DateTime<Utc>,
) -> Result<Outcome, RegistryError> {
    let begun = clock();
    let mut outcome = Outcome::default();
    let mut failures: BTreeMap<String, u32> = BTreeMap::new();
    for message in books.due_messages(begun, MOST)? {
        let server = server_of(&message.subscription.address);
        let is_dead = failures.get(&server).is_some_and(|count| *count >= PATIENCE_WITH_A_SERVER);
        if is_dead || clock() - begun > LONGEST_RUN {
            outcome.left += 1;
            continue;
        }
        let Some(attempts) = books.begin_attempt(message.id, clock() + RETRIES.wait_after(message.attempts + 1))? else { continue };
        let tried = attempt(books, rules, courier, &message, today, clock())?;
        match &tried {
            Err(failed) if failed.blame == Blame::Server => *failures.entry(server).or_default() += 1,
            _ => {
                failures.remove(&server);
            }
        }
        let end = end_of(tried, attempts, clock());
        let state = match &end {
            AttemptEnd::Sent => MessageState::Sent,
            AttemptEnd::Failed { .. } => MessageState::Failed,
            AttemptEnd::GivenUp { .. } => MessageState::GivenUp,
        };
        if books.end_attempt(message.id, &end, &super::doer(NAME, today, clock()))? {
            outcome.count(state);
        }
    }
    Ok(outcome)
}

/// Held against the rights of this moment, then carried.
fn attempt(
    books: &dyn Store,
    rules: &Rules,
    courier: &dyn Courier,
    message: &Message,
    today: NaiveDate,
    now: DateTime<Utc>,
) -> Result<Result<(), Undelivered>, RegistryError> {
    let may_read = readership(books, rules, message.subscription.owner, today)?.may_read(&message.rows);
    Ok(if may_read { courier.carry(message, now) } else { Err(Undelivered::new(Blame::ForGood, "订阅者已无权阅读该内容")) })
}

fn end_of(tried: Result<(), Undelivered>, attempts: u32, now: DateTime<Utc>) -> AttemptEnd {
    match tried {
        Ok(()) => AttemptEnd::Sent,
        Err(failed) if failed.blame == Blame::ForGood => AttemptEnd::GivenUp { error: failed.words },
        Err(failed) if attempts >= RETRIES.attempts => {
            AttemptEnd::GivenUp { error: format!("{}（已试 {attempts} 次）", failed.words) }
        }
        Err(failed) => AttemptEnd::Failed { error: failed.words, again: now + RETRIES.wait_after(attempts) },
    }
}

/// All mail goes by one server; a robot's server is its host.
fn server_of(address: &Address) -> String {
    if address.channel() == Channel::Mail { Channel::Mail.id().to_owned() } else { address.host().to_owned() }
}

impl Outcome {
    fn count(&mut self, state: MessageState) {
        match state {
            MessageState::Sent => self.sent += 1,
            MessageState::Failed | MessageState::Queued => self.failed += 1,
            MessageState::GivenUp => self.given_up += 1,
        }
    }
}

/// What the run says of itself; counts only.
pub fn report(outcome: &Outcome) -> Value {
    let Outcome { sent, failed, given_up, left } = *outcome;
    let quiet = *outcome == Outcome::default();
    let words = match quiet {
        true => "没有待发的消息".to_owned(),
        false => format!("送达 {sent} 条，失败待重试 {failed} 条，放弃 {given_up} 条，留待下次 {left} 条"),
    };
    json!({"message": words, "sent": sent, "failed": failed, "given_up": given_up, "left": left, "quiet": quiet})
}
