//! The door (登录关口): passwords are tried a few at a time, and nobody learns from it which names exist.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use qunlian_domain::access::lockout::{Failures, LoginLimits};
use qunlian_domain::audit::AuditAction;
use qunlian_registry::secret::{key_of, new_secret};
use qunlian_registry::{Account, RegistryError};
use serde_json::json;
use tokio::sync::Semaphore;

use crate::Shared;
use crate::audit::audit;
use crate::fault::Fault;
use crate::who::{Via, Who};

/// Passwords hashed at the same time: each keeps a core busy, and pages need cores too.
const AT_ONCE: usize = 2;
/// Those who may wait for it; more get 429.
const WAITING: usize = 64;
/// Wrong tries from one address within [`WINDOW`]; a whole office may share an address.
const TRIES_OF_AN_ADDRESS: u32 = 60;
const WINDOW: TimeDelta = TimeDelta::minutes(15);
/// Names and addresses that are remembered.
const REMEMBERED: usize = 10_000;
/// Login names are no longer than this.
const LONGEST_NAME: usize = 40;

/// What is remembered between tries.
pub(crate) struct Door {
    hashing: Arc<Semaphore>,
    waiting: Arc<Semaphore>,
    /// Wrong tries for names that are no account's: they lock like any other, so that a lock gives no name away.
    unknown: Mutex<HashMap<String, Failures>>,
    addresses: Mutex<HashMap<Option<IpAddr>, Tries>>,
}

#[derive(Debug, Clone, Copy)]
struct Tries {
    since: DateTime<Utc>,
    count: u32,
}

/// What came of a try.
pub(crate) enum Outcome {
    /// The secret of the new session.
    Opened { secret: String, who: Box<Who> },
    /// Wrong name, wrong password, locked, closed: nobody learns which.
    Refused,
    /// Too many wrong tries from this address.
    SlowDown,
}

/// A name and a password that somebody typed.
pub(crate) struct Try {
    pub name: String,
    pub password: String,
    pub address: Option<IpAddr>,
    /// The session that came with the request: it ends when another begins.
    pub previous: Option<String>,
}

impl Door {
    pub(crate) fn new() -> Self {
        Self {
            hashing: Arc::new(Semaphore::new(AT_ONCE)),
            waiting: Arc::new(Semaphore::new(WAITING)),
            unknown: Mutex::default(),
            addresses: Mutex::default(),
        }
    }

    fn is_slowed(&self, address: Option<IpAddr>, now: DateTime<Utc>) -> bool {
        let addresses = locked(&self.addresses);
        addresses.get(&address).is_some_and(|tries| tries.count >= TRIES_OF_AN_ADDRESS && now < tries.since + WINDOW)
    }

    fn note_address(&self, address: Option<IpAddr>, now: DateTime<Utc>) {
        let mut addresses = locked(&self.addresses);
        make_room(&mut addresses, |tries| now >= tries.since + WINDOW);
        let tries = addresses.entry(address).or_insert(Tries { since: now, count: 0 });
        if now >= tries.since + WINDOW {
            *tries = Tries { since: now, count: 0 };
        }
        tries.count = tries.count.saturating_add(1);
    }

    fn failures_of_unknown(&self, name: &str) -> Failures {
        locked(&self.unknown).get(&short(name)).copied().unwrap_or_default()
    }

    fn note_unknown(&self, name: &str, limits: &LoginLimits, now: DateTime<Utc>) -> Failures {
        let mut unknown = locked(&self.unknown);
        make_room(&mut unknown, |failures| failures.last.is_none_or(|last| last + limits.locked_for <= now));
        let failures = unknown.entry(short(name)).or_default();
        *failures = failures.failed(limits, now);
        *failures
    }
}

/// Forgets what has passed when there is too much; if nothing has, forgets everything rather than grow.
fn make_room<K: std::hash::Hash + Eq, V>(map: &mut HashMap<K, V>, has_passed: impl Fn(&V) -> bool) {
    if map.len() < REMEMBERED {
        return;
    }
    map.retain(|_, value| !has_passed(value));
    if map.len() >= REMEMBERED {
        map.clear();
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn short(name: &str) -> String {
    name.chars().take(LONGEST_NAME).collect::<String>().to_lowercase()
}

/// Runs what hashes passwords beside the server's threads, a few at a time.
pub(crate) async fn hashing<T: Send + 'static>(
    desk: &Shared,
    work: impl FnOnce(&Shared) -> Result<T, Fault> + Send + 'static,
) -> Result<T, Fault> {
    let waiting = Arc::clone(&desk.door.waiting).try_acquire_owned().map_err(|_| Fault::Busy)?;
    let place = Arc::clone(&desk.door.hashing).acquire_owned().await.map_err(|_| Fault::Busy)?;
    let desk = Arc::clone(desk);
    // The places are given back when the work ends, not when its caller goes away.
    let work = move || {
        let _places = (waiting, place);
        work(&desk)
    };
    tokio::task::spawn_blocking(work).await.map_err(|error| Fault::Internal(error.to_string()))?
}

/// Tries a name and a password; opens a session when both are right.
pub(crate) async fn knock(desk: &Shared, tried: Try) -> Result<Outcome, Fault> {
    if desk.door.is_slowed(tried.address, desk.now()) {
        return Ok(Outcome::SlowDown);
    }
    hashing(desk, move |desk| {
        // Others of this address may have failed while this try waited.
        if desk.door.is_slowed(tried.address, desk.now()) {
            return Ok(Outcome::SlowDown);
        }
        let Some(account) = try_password(desk, &tried.name, &tried.password)? else {
            desk.door.note_address(tried.address, desk.now());
            return Ok(Outcome::Refused);
        };
        let books = &desk.app.books;
        if let Some(previous) = &tried.previous {
            books.end_session(&key_of(previous))?;
        }
        books.sweep_sessions(&desk.app.security.limits, desk.now())?;
        let (secret, who) = open_session(desk, &account)?;
        audit(desk, &who, AuditAction::Login, &account.name, json!({ "address": address_text(tried.address) }))?;
        Ok(Outcome::Opened { secret, who: Box::new(who) })
    })
    .await
}

/// A new session of an account: its secret, and who it makes of the browser.
pub(crate) fn open_session(desk: &Shared, account: &Account) -> Result<(String, Who), Fault> {
    let secret = new_secret().map_err(|error| Fault::Internal(error.to_string()))?;
    let key = key_of(&secret);
    desk.app.books.open_session(&key, account.id, desk.now())?;
    Ok((secret, crate::identity::of_account(desk, account, Via::Session { key })))
}

/// The account, when name and password are right. One verification for every name, known or not; none while locked.
fn try_password(desk: &Shared, name: &str, password: &str) -> Result<Option<Account>, Fault> {
    let (books, security, now) = (&desk.app.books, &desk.app.security, desk.now());
    let account = if name.len() <= LONGEST_NAME { books.account_named(name)? } else { None };
    let failures = account.as_ref().map_or_else(|| desk.door.failures_of_unknown(name), |account| account.failures);
    if failures.locked_until(&security.limits, now).is_some() {
        return Ok(None);
    }
    let open = account.as_ref().filter(|account| account.disabled_at.is_none());
    let is_right = security.passwords.verify(password, open.and_then(|account| account.password.as_deref()));
    if let (true, Some(open)) = (is_right, open) {
        if open.failures.count > 0 {
            books.forget_failures(open.id)?;
        }
        return Ok(account);
    }
    let failures = match &account {
        Some(account) => note_failure(desk, account)?,
        None => {
            // One write to the disk here as well: its time would tell the names apart.
            books.put_time("login_of_unknown", now, now)?;
            desk.door.note_unknown(name, &security.limits, now)
        }
    };
    let action = if failures.count == security.limits.tries { AuditAction::Locked } else { AuditAction::LoginFailed };
    let subject = if name.len() <= LONGEST_NAME { name } else { "" };
    audit(desk, &Who::default(), action, subject, json!({ "tries": failures.count, "known": account.is_some() }))?;
    Ok(None)
}

fn note_failure(desk: &Shared, account: &Account) -> Result<Failures, RegistryError> {
    desk.app.books.record_failure(account.id, &desk.app.security.limits, desk.now())
}

/// True when the password is the account's own. Wrong tries count as at the login, and lock as there.
pub(crate) fn is_own_password(desk: &Shared, account: &Account, password: &str) -> Result<bool, Fault> {
    if account.failures.locked_until(&desk.app.security.limits, desk.now()).is_some() {
        return Ok(false);
    }
    if desk.app.security.passwords.verify(password, account.password.as_deref()) {
        return Ok(true);
    }
    note_failure(desk, account)?;
    Ok(false)
}

fn address_text(address: Option<IpAddr>) -> String {
    address.map(|address| address.to_string()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minute: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::minutes(minute)
    }

    #[test]
    fn an_address_is_slowed_for_a_quarter_of_an_hour() {
        let door = Door::new();
        let one = Some(IpAddr::from([192, 0, 2, 1]));
        for _ in 0..TRIES_OF_AN_ADDRESS {
            assert!(!door.is_slowed(one, at(1)));
            door.note_address(one, at(0));
        }
        assert!(door.is_slowed(one, at(14)) && !door.is_slowed(one, at(15)));
        assert!(!door.is_slowed(Some(IpAddr::from([192, 0, 2, 2])), at(1)), "others go on");
    }

    #[test]
    fn what_is_remembered_stays_bounded() {
        let door = Door::new();
        for turn in 0..(REMEMBERED * 2 + 10) {
            door.note_unknown(&format!("name-{turn}"), &LoginLimits::default(), at(0));
        }
        assert!(locked(&door.unknown).len() <= REMEMBERED);
    }
}
