//! Stopping a statement from another connection (取消查询): by the number and the secret given at the login.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use qunlian_registry::secret::new_secret;
use tokio::sync::Notify;

use crate::fault::Fault;

/// The connections that can be told to stop.
#[derive(Debug, Default, Clone)]
pub(crate) struct Cancels(Arc<Mutex<Known>>);

#[derive(Debug, Default)]
struct Known {
    last: i32,
    keys: HashMap<i32, ([u8; 4], Arc<Notify>)>,
}

/// What one connection is known by; forgotten when it is dropped.
#[derive(Debug)]
pub(crate) struct Cancel {
    all: Cancels,
    pub(crate) pid: i32,
    pub(crate) secret: i32,
    told: Arc<Notify>,
}

impl Cancels {
    /// A number and a secret for a connection.
    pub(crate) fn open(&self) -> Result<Cancel, Fault> {
        let drawn = new_secret().map_err(|error| Fault::internal(&error))?;
        let secret = u32::from_str_radix(drawn.get(..8).unwrap_or_default(), 16).map_err(|error| Fault::internal(&error))?;
        let told = Arc::new(Notify::new());
        let mut known = self.lock();
        known.last = known.last.checked_add(1).unwrap_or(1);
        let pid = known.last;
        known.keys.insert(pid, (secret.to_be_bytes(), Arc::clone(&told)));
        Ok(Cancel { all: self.clone(), pid, secret: i32::from_be_bytes(secret.to_be_bytes()), told })
    }

    /// Tells a connection to stop what it runs; nothing happens unless number and secret fit.
    pub(crate) fn cancel(&self, pid: i32, secret: &[u8]) {
        if let Some((known, told)) = self.lock().keys.get(&pid)
            && known.as_slice() == secret
        {
            told.notify_one();
        }
    }

    fn lock(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Cancel {
    /// Done when the connection is told to stop.
    pub(crate) async fn told(&self) {
        self.told.notified().await;
    }

    /// A word that came too late for the last statement is not for the next.
    pub(crate) async fn forget(&self) {
        let _ = tokio::time::timeout(std::time::Duration::ZERO, self.told.notified()).await;
    }
}

impl Drop for Cancel {
    fn drop(&mut self) {
        self.all.lock().keys.remove(&self.pid);
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[tokio::test]
    async fn only_the_secret_stops() {
        let cancels = Cancels::default();
        let (one, other) = (cancels.open().unwrap(), cancels.open().unwrap());
        assert_ne!(one.pid, other.pid);
        let is_told = async |cancel: &Cancel| tokio::time::timeout(Duration::ZERO, cancel.told()).await.is_ok();
        cancels.cancel(one.pid, &(one.secret ^ 1).to_be_bytes());
        cancels.cancel(other.pid, &[]);
        assert!(!is_told(&one).await && !is_told(&other).await);
        cancels.cancel(one.pid, &one.secret.to_be_bytes());
        assert!(is_told(&one).await && !is_told(&other).await);
        cancels.cancel(one.pid, &one.secret.to_be_bytes());
        one.forget().await;
        assert!(!is_told(&one).await);
        let pid = one.pid;
        drop(one);
        assert!(!cancels.lock().keys.contains_key(&pid));
    }
}
