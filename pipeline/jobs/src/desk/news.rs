//! News for subscribers (推送内容入箱): each gets a message of the rows that they may read, once.

use chrono::{DateTime, NaiveDate, Utc};
use qunlian_domain::access::scope::row_scope;
use qunlian_domain::access::{Roles, RowScope};
use qunlian_domain::light::{LightFact, LightRule, LightWords, told_lights, turned_letter, turns, weekly_letter};
use qunlian_domain::notice::Week;
use qunlian_domain::rules::Rules;
use qunlian_domain::subscription::{Letter, MessageRows, Readership, Topic};
use qunlian_domain::target::Scope;
use qunlian_domain::text::key_of;
use qunlian_registry::{NewMessage, RegistryError, Store, Subscription};

/// What is told to every subscriber of a topic who may read it, such as a bulletin (通报).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issue {
    pub topic: Topic,
    /// Names the issue, once per topic: `2022-05`, `2022-Q2`. Letters, digits, `.`, `-` and `_`.
    pub key: String,
    /// [`MessageRows::Sums`] for what holds sums of the city only; what names projects goes to those who see the city's.
    pub rows: MessageRows,
    pub letter: Letter,
    /// Paths below the data folder. They go along by mail; robots' messages say that they lie in the system.
    pub attachments: Vec<String>,
}

/// The figures of lights that are told of.
#[derive(Debug, Clone, PartialEq)]
pub struct Lights {
    /// The board's year and day.
    pub year: i32,
    pub as_of: NaiveDate,
    pub generation: u64,
    /// City, carriers and chains.
    pub facts: Vec<LightFact>,
}

/// Puts an issue into the outbox, for every live subscriber of its topic whose account may read it on the business day.
/// Called again with the same key it queues nothing twice. Gives how many messages are new; with any, run `deliver`.
///
/// # Errors
/// When the books cannot be read or written, or a key or path is not of its form.
pub fn publish(books: &dyn Store, rules: &Rules, issue: &Issue, today: NaiveDate, now: DateTime<Utc>) -> Result<usize, RegistryError> {
    let mut messages = Vec::new();
    for subscription in books.subscribers(issue.topic)? {
        if !readership(books, rules, subscription.owner, today)?.may_read(&issue.rows) {
            continue;
        }
        messages.push(NewMessage {
            subscription: subscription.id,
            key: format!("{}.{}", issue.topic.id(), issue.key),
            rows: issue.rows.clone(),
            letter: issue.letter.clone(),
            attachments: issue.attachments.clone(),
        });
    }
    books.queue_messages(&messages, now)
}

/// What an account may read on a day; nothing once it is closed.
///
/// # Errors
/// When the books cannot be read.
pub fn readership(books: &dyn Store, rules: &Rules, account: i64, today: NaiveDate) -> Result<Readership, RegistryError> {
    let Some(account) = books.account(account)?.filter(|account| account.disabled_at.is_none()) else { return Ok(Readership::default()) };
    let roles = Roles::new(account.grants.iter().map(|grant| grant.role)).unwrap_or_default();
    let grants = account.grants.iter().map(|grant| (grant.role, grant.carrier_id.as_deref()));
    let scope = row_scope(grants, &rules.city.carriers, today);
    Ok(Readership::of(&roles, scope))
}

/// True when anybody waits for news of lights that turn. Whoever waits for nothing is not compared with: the first
/// subscriber begins with the lights of that moment.
///
/// # Errors
/// When the books cannot be read or written.
pub fn wants_turns(books: &dyn Store, now: DateTime<Utc>) -> Result<bool, RegistryError> {
    let wanted = !books.subscribers(Topic::LightTurns)?.is_empty();
    if !wanted && !books.told_lights()?.is_empty() {
        books.tell_lights(&[], &[], now)?;
    }
    Ok(wanted)
}

/// Compares the carriers' lights with those told last, tells each subscriber of the turns of their carriers, and
/// remembers, all in one. Gives how many lights turned and how many messages are new.
///
/// # Errors
/// When the books cannot be read or written.
pub fn tell_turns(
    books: &dyn Store,
    rules: &Rules,
    lights: &Lights,
    today: NaiveDate,
    now: DateTime<Utc>,
) -> Result<(usize, usize), RegistryError> {
    let told = books.told_lights()?;
    let mut messages = Vec::new();
    for subscription in books.subscribers(Topic::LightTurns)? {
        let reader = readership(books, rules, subscription.owner, today)?;
        let facts = seen_by(&reader, &lights.facts);
        let turned = turns(&told, lights.year, &facts);
        let Ok(letter) = turned_letter(&whom(rules, &reader), lights.as_of, &turned, words(rules)) else { continue };
        // The same lights of the same generation and day are the same news.
        let digest = key_of(letter.text().as_bytes());
        let key = format!("{}.{}.g{}.{digest:016x}", Topic::LightTurns.id(), lights.as_of, lights.generation);
        messages.extend(message(&subscription, key, reader, letter));
    }
    let turned = turns(&told, lights.year, &lights.facts).len();
    let queued = books.tell_lights(&told_lights(lights.year, &lights.facts), &messages, now)?;
    Ok((turned, queued))
}

/// Tells every subscriber of the weekly list what is yellow or red of theirs, once a week.
///
/// # Errors
/// When the books cannot be read or written.
pub fn tell_weekly(
    books: &dyn Store,
    rules: &Rules,
    lights: &Lights,
    today: NaiveDate,
    now: DateTime<Utc>,
) -> Result<usize, RegistryError> {
    let mut messages = Vec::new();
    for subscription in books.subscribers(Topic::WeeklyLights)? {
        let reader = readership(books, rules, subscription.owner, today)?;
        let facts = seen_by(&reader, &lights.facts);
        let Ok(letter) = weekly_letter(&whom(rules, &reader), lights.as_of, &facts, words(rules)) else { continue };
        let key = format!("{}.{}", Topic::WeeklyLights.id(), Week::of(today));
        messages.extend(message(&subscription, key, reader, letter));
    }
    books.queue_messages(&messages, now)
}

fn message(subscription: &Subscription, key: String, reader: Readership, letter: Letter) -> Option<NewMessage> {
    let rows = MessageRows::Within(reader.scope.clone());
    reader.may_read(&rows).then(|| NewMessage { subscription: subscription.id, key, rows, letter, attachments: Vec::new() })
}

/// All of it for those who see the city; for others the lights of their carriers.
fn seen_by(reader: &Readership, facts: &[LightFact]) -> Vec<LightFact> {
    let seen = |fact: &&LightFact| match &reader.scope {
        RowScope::City => true,
        scope => fact.scope == Scope::Carrier && scope.holds(&fact.id),
    };
    facts.iter().filter(seen).cloned().collect()
}

fn whom(rules: &Rules, reader: &Readership) -> String {
    if reader.scope == RowScope::City { rules.city.profile.name.clone() } else { "所属载体单位".to_owned() }
}

fn words(rules: &Rules) -> &LightWords {
    let rule: &LightRule = &rules.city.light;
    &rule.words
}
