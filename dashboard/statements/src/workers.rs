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

/// For what a worker is wanted.
pub(crate) enum Need {
    /// The only statement of a person.
    First,
    /// One beside others of the same person: the last worker that waits is left to somebody else.
    Another,
    /// A long one: so it is, too, and while others ask its worker starts aside.
    Long(Others),
}

impl<W> Idle<W> {
    /// Has one wait; gives those that go for it.
    fn put(&mut self, one: W) -> Vec<W> {
        self.waiting.push(one);
        let over = self.waiting.len().saturating_sub(self.most);
        self.waiting.drain(..over).collect()
    }

    /// The one that fits and has waited for the shortest time, if so many that fit are left.
    fn take(&mut self, leaves: usize, fits: impl Fn(&W) -> bool) -> Option<W> {
        let fitting: Vec<usize> = (0..self.waiting.len()).filter(|at| fits(&self.waiting[*at])).collect();
        let at = fitting.last().filter(|_| fitting.len() > leaves)?;
        Some(self.waiting.remove(*at))
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
    pub(crate) async fn take(&self, folders: &[Arc<Folder>], need: Need) -> io::Result<Worker> {
        let (leaves, others) = match need {
            Need::First => (0, None),
            Need::Another => (1, None),
            Need::Long(others) => (1, Some(others)),
        };
        loop {
            let waiting = lock(&self.idle).take(leaves, |worker| worker.is_over(folders));
            let Some(mut worker) = waiting else { return self.start(folders, others).await };
            // The kernel may have ended one while it waited.
            if worker.is_alive() {
                return Ok(worker);
            }
        }
    }

    /// Has one more wait over these folders if fewer than `many` do, so that the next statement need not wait for a process to start.
    /// One on its way is enough: a hundred quick statements must not start a hundred processes; and none is needed where a quick one
    /// soon gives its own back, which would only be slowed down by the start.
    pub(crate) async fn keep_spare(&self, folders: &[Arc<Folder>], many: usize, others: Others) {
        let names: Vec<PathBuf> = folders.iter().map(|folder| folder.path().to_path_buf()).collect();
        if self.has(folders, many) || !lock(&self.coming).insert(names.clone()) {
            return;
        }
        tokio::time::sleep(SOON).await;
        let started = if self.has(folders, many) { None } else { Some(self.start(folders, Some(others)).await) };
        lock(&self.coming).remove(&names);
        match started {
            None => {}
            Some(Ok(worker)) => self.put(worker),
            Some(Err(error)) => tracing::warn!(%error, "no worker waits for the next statement"),
        }
    }

    /// A new worker, which begins aside for the `others`.
    async fn start(&self, folders: &[Arc<Folder>], others: Option<Others>) -> io::Result<Worker> {
        let number = self.started.fetch_add(1, Ordering::Relaxed);
        Worker::start(&self.launch, folders.to_vec(), number, others).await
    }

    /// Keeps a worker for later. An old one stays until another waits in its place.
    pub(crate) fn put(&self, worker: Worker) {
        if worker.is_spoilt() || (worker.is_old() && self.has(&worker.folders, 1)) {
            return;
        }
        let gone = lock(&self.idle).put(worker);
        drop(gone);
    }

    /// True when so many wait over these folders that are not old yet.
    fn has(&self, folders: &[Arc<Folder>], many: usize) -> bool {
        lock(&self.idle).waiting.iter().filter(|worker| !worker.is_old() && worker.is_over(folders)).count() >= many
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
        assert_eq!(idle.take(0, |(folder, _)| *folder == "city"), None);
        assert_eq!(idle.take(2, |(folder, _)| *folder == "suixi"), None, "some are left to others");
        assert_eq!(idle.take(1, |(folder, _)| *folder == "suixi"), Some(("suixi", 3)), "the warmest comes first");
        assert_eq!(idle.put(("city", 4)), []);
        assert_eq!(idle.sort_out(|(folder, _)| *folder == "city"), [("suixi", 2)]);
        assert_eq!(idle.waiting, [("city", 4)]);
    }
}
