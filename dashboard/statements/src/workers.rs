//! Workers that wait for statements (常备进程): kept by the folders they work over.

use std::collections::BTreeSet;
use std::io;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::aside::Others;
use crate::folders::Folder;
use crate::process::{Launch, Worker};

/// Most statements have given their worker back by then.
const SOON: Duration = Duration::from_millis(200);

/// Started workers without a statement.
pub(crate) struct Workers {
    launch: Launch,
    idle: Mutex<Idle<Worker>>,
    /// The folders over which one is being started to wait.
    coming: Mutex<BTreeSet<Vec<PathBuf>>>,
    started: AtomicU64,
}

/// Whoever waits, the longest idle first: bounded over all folders together, because each takes memory.
struct Idle<W> {
    most: usize,
    waiting: Vec<W>,
}

impl<W> Idle<W> {
    /// Has one wait; gives those that go for it.
    fn put(&mut self, one: W) -> Vec<W> {
        self.waiting.push(one);
        let over = self.waiting.len().saturating_sub(self.most);
        self.waiting.drain(..over).collect()
    }

    /// The one that fits and has waited for the shortest time.
    fn take(&mut self, fits: impl Fn(&W) -> bool) -> Option<W> {
        let at = self.waiting.iter().rposition(fits)?;
        Some(self.waiting.remove(at))
    }

    /// Gives those that do not fit.
    fn sort_out(&mut self, fits: impl Fn(&W) -> bool) -> Vec<W> {
        self.waiting.extract_if(.., |one| !fits(one)).collect()
    }
}

impl Workers {
    /// Keeps at most `most` workers idle, whatever folders they work over.
    pub(crate) fn new(launch: Launch, most: usize) -> Self {
        Self { launch, idle: Mutex::new(Idle { most, waiting: Vec::new() }), coming: Mutex::default(), started: AtomicU64::new(0) }
    }

    /// A worker over these folders: one that waits, or a new one.
    pub(crate) async fn take(&self, folders: &[Arc<Folder>]) -> io::Result<Worker> {
        loop {
            let waiting = lock(&self.idle).take(|worker| worker.is_over(folders));
            let Some(mut worker) = waiting else { return self.start(folders, None).await };
            // The kernel may have ended one while it waited.
            if worker.is_alive() {
                return Ok(worker);
            }
        }
    }

    /// Has one wait over these folders, so that the next statement need not wait for a process to start. One on its way is
    /// enough: a hundred quick statements must not start a hundred processes; and none is needed where a quick one soon gives its
    /// own back, which would only be slowed down by the start.
    pub(crate) async fn keep_spare(&self, folders: &[Arc<Folder>], others: Others) {
        let names: Vec<PathBuf> = folders.iter().map(|folder| folder.path().to_path_buf()).collect();
        if self.has(folders) || !lock(&self.coming).insert(names.clone()) {
            return;
        }
        tokio::time::sleep(SOON).await;
        let started = if self.has(folders) { None } else { Some(self.start(folders, Some(others)).await) };
        lock(&self.coming).remove(&names);
        match started {
            None => {}
            Some(Ok(worker)) => self.put(worker),
            Some(Err(error)) => tracing::warn!(%error, "no worker waits for the next statement"),
        }
    }

    /// A worker of its own for one statement: whoever probably spoils it leaves those that wait to the others.
    pub(crate) async fn take_own(&self, folders: &[Arc<Folder>], others: Others) -> io::Result<Worker> {
        let mut worker = self.start(folders, Some(others)).await?;
        worker.wear_out();
        Ok(worker)
    }

    /// A new worker, which begins aside for the `others`.
    async fn start(&self, folders: &[Arc<Folder>], others: Option<Others>) -> io::Result<Worker> {
        let number = self.started.fetch_add(1, Ordering::Relaxed);
        Worker::start(&self.launch, folders.to_vec(), number, others).await
    }

    /// Keeps a worker for later, unless it has worked long enough.
    pub(crate) fn put(&self, worker: Worker) {
        if worker.is_worn() {
            return;
        }
        let gone = lock(&self.idle).put(worker);
        drop(gone);
    }

    /// True when one waits over these folders.
    fn has(&self, folders: &[Arc<Folder>]) -> bool {
        lock(&self.idle).waiting.iter().any(|worker| worker.is_over(folders))
    }

    #[cfg(test)]
    pub(crate) fn idle(&self) -> usize {
        lock(&self.idle).waiting.len()
    }

    #[cfg(test)]
    pub(crate) fn is_starting(&self) -> bool {
        !lock(&self.coming).is_empty()
    }

    /// Ends the workers that work over none of these folders: an older generation is asked for rarely.
    pub(crate) fn keep_only(&self, served: &[Arc<Folder>]) {
        let gone = lock(&self.idle).sort_out(|worker| worker.is_over(served));
        drop(gone);
    }
}

fn lock<T>(of: &Mutex<T>) -> MutexGuard<'_, T> {
    of.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_folders_together_keep_so_many_idle() {
        // Folder and number of a worker.
        let mut idle = Idle { most: 2, waiting: Vec::new() };
        assert_eq!(idle.put(("city", 1)), []);
        assert_eq!(idle.put(("suixi", 2)), []);
        assert_eq!(idle.put(("suixi", 3)), [("city", 1)], "the longest idle goes, whatever it is over");
        assert_eq!(idle.take(|(folder, _)| *folder == "city"), None);
        assert_eq!(idle.take(|(folder, _)| *folder == "suixi"), Some(("suixi", 3)), "the warmest comes first");
        assert_eq!(idle.put(("city", 4)), []);
        assert_eq!(idle.sort_out(|(folder, _)| *folder == "city"), [("suixi", 2)]);
        assert_eq!(idle.waiting, [("city", 4)]);
    }
}
