//! Wrong tries that no account counts (失败次数): of names that are nobody's, and of addresses.

use std::collections::HashMap;
use std::hash::Hash;
use std::net::IpAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use qunlian_domain::access::lockout::{Failures, LoginLimits};

/// Wrong tries from one address within [`WINDOW`].
const OF_AN_ADDRESS: u32 = 60;
const WINDOW: TimeDelta = TimeDelta::minutes(15);
/// Names and addresses that are remembered.
const REMEMBERED: usize = 10_000;

/// What is remembered between tries.
#[derive(Debug, Default)]
pub struct Tries {
    names: Mutex<HashMap<String, Failures>>,
    addresses: Mutex<HashMap<IpAddr, Failures>>,
}

impl Tries {
    /// True when too many wrong tries came from there.
    pub fn is_slowed(&self, address: IpAddr, now: DateTime<Utc>) -> bool {
        let limits = of_addresses();
        lock(&self.addresses).get(&address).is_some_and(|failures| failures.locked_until(&limits, now).is_some())
    }

    /// Counts a wrong try from an address.
    pub fn note_address(&self, address: IpAddr, now: DateTime<Utc>) {
        note(&self.addresses, address, &of_addresses(), now);
    }

    /// The wrong tries for a name that is no account's: they lock like any other, so that a lock gives no name away.
    pub fn of_unknown(&self, name: &str) -> Failures {
        lock(&self.names).get(&name.to_lowercase()).copied().unwrap_or_default()
    }

    /// Counts one of them.
    pub fn note_unknown(&self, name: &str, limits: &LoginLimits, now: DateTime<Utc>) -> Failures {
        note(&self.names, name.to_lowercase(), limits, now)
    }
}

fn of_addresses() -> LoginLimits {
    LoginLimits { tries: OF_AN_ADDRESS, locked_for: WINDOW, ..LoginLimits::default() }
}

fn note<K: Hash + Eq>(kept: &Mutex<HashMap<K, Failures>>, key: K, limits: &LoginLimits, now: DateTime<Utc>) -> Failures {
    let mut kept = lock(kept);
    if kept.len() >= REMEMBERED {
        kept.retain(|_, failures| failures.last.is_some_and(|last| last + limits.locked_for > now));
    }
    if kept.len() >= REMEMBERED {
        // Better forget all than grow.
        kept.clear();
    }
    let failures = kept.entry(key).or_default();
    *failures = failures.failed(limits, now);
    *failures
}

fn lock<T>(kept: &Mutex<T>) -> MutexGuard<'_, T> {
    kept.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_slowed_and_names_locked() {
        let (tries, limits) = (Tries::default(), LoginLimits::default());
        let at = |minute: i64| DateTime::UNIX_EPOCH + TimeDelta::minutes(minute);
        let one = IpAddr::from([192, 0, 2, 1]);
        for _ in 0..OF_AN_ADDRESS {
            assert!(!tries.is_slowed(one, at(0)));
            tries.note_address(one, at(0));
        }
        assert!(tries.is_slowed(one, at(14)) && !tries.is_slowed(one, at(15)));
        assert!(!tries.is_slowed(IpAddr::from([192, 0, 2, 2]), at(1)), "others go on");
        for _ in 0..limits.tries {
            assert_eq!(tries.of_unknown("nobody").locked_until(&limits, at(1)), None);
            tries.note_unknown("Nobody", &limits, at(0));
        }
        assert_eq!(tries.of_unknown("nobody").locked_until(&limits, at(1)), Some(at(15)));
        for turn in 0..REMEMBERED * 2 {
            tries.note_unknown(&format!("name-{turn}"), &limits, at(0));
        }
        assert!(lock(&tries.names).len() <= REMEMBERED);
    }
}
