//! How many of each there are (占用计数): places that are given back when they are dropped.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Connections to one door at once, of everybody.
pub const CONNECTIONS: usize = 64;
/// Connections to one door from one address.
pub const OF_AN_ADDRESS: usize = 32;
/// Connections to one door of one account.
pub const OF_AN_ACCOUNT: usize = 16;
/// Connections to one door that have not shown who they are.
pub const HANDSHAKES: usize = 32;
/// Whoever has not shown that by then is not served.
pub const HANDSHAKE: Duration = Duration::from_secs(10);

/// How many of each there are.
#[derive(Debug)]
pub struct Counts<K: Hash + Eq + Copy>(Arc<Mutex<HashMap<K, usize>>>);

/// One of them.
#[derive(Debug)]
pub struct Count<K: Hash + Eq + Copy> {
    all: Arc<Mutex<HashMap<K, usize>>>,
    key: K,
}

impl<K: Hash + Eq + Copy> Default for Counts<K> {
    fn default() -> Self {
        Self(Arc::default())
    }
}

fn lock<T>(kept: &Mutex<T>) -> MutexGuard<'_, T> {
    kept.lock().unwrap_or_else(PoisonError::into_inner)
}

impl<K: Hash + Eq + Copy> Counts<K> {
    /// One more of `key`; none when there are `most` already.
    pub fn one_more(&self, key: K, most: usize) -> Option<Count<K>> {
        let mut all = lock(&self.0);
        let count = all.entry(key).or_default();
        if *count >= most {
            return None;
        }
        *count += 1;
        Some(Count { all: Arc::clone(&self.0), key })
    }
}

impl<K: Hash + Eq + Copy> Drop for Count<K> {
    fn drop(&mut self) {
        let mut all = lock(&self.all);
        if let Some(count) = all.get_mut(&self.key) {
            *count -= 1;
            if *count == 0 {
                all.remove(&self.key);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_counted_and_given_back() {
        let counts = Counts::default();
        let first = counts.one_more(7, 2).unwrap();
        let _second = counts.one_more(7, 2).unwrap();
        assert!(counts.one_more(7, 2).is_none() && counts.one_more(8, 2).is_some());
        drop(first);
        assert!(counts.one_more(7, 2).is_some());
        assert_eq!(lock(&counts.0).len(), 1, "what is not there is not remembered");
    }
}
