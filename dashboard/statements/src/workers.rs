//! Workers that wait for statements (常备进程): kept by the folders they work over.

use std::collections::BTreeSet;
use std::io;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::folders::Folder;
use crate::process::{Launch, Worker};

/// Started workers without a statement, the longest idle first.
pub(crate) struct Workers {
    launch: Launch,
    most: usize,
    idle: Mutex<Vec<Worker>>,
    /// The folders over which one is being started to wait.
    coming: Mutex<BTreeSet<Vec<PathBuf>>>,
    started: AtomicU64,
}

impl Workers {
    /// Keeps at most `most` workers idle.
    pub(crate) fn new(launch: Launch, most: usize) -> Self {
        Self { launch, most, idle: Mutex::new(Vec::new()), coming: Mutex::default(), started: AtomicU64::new(0) }
    }

    /// A worker over these folders: one that waits, or a new one.
    pub(crate) async fn take(&self, folders: &[Arc<Folder>]) -> io::Result<Worker> {
        match self.waiting(folders) {
            Some(worker) => Ok(worker),
            None => self.start(folders).await,
        }
    }

    /// Has one wait over these folders, so that the next statement need not wait for a process to start. One on its way is
    /// enough: a hundred quick statements must not start a hundred processes.
    pub(crate) async fn keep_spare(&self, folders: &[Arc<Folder>]) {
        let names: Vec<PathBuf> = folders.iter().map(|folder| folder.path().to_path_buf()).collect();
        if self.has(folders) || !lock(&self.coming).insert(names.clone()) {
            return;
        }
        let started = self.start(folders).await;
        lock(&self.coming).remove(&names);
        match started {
            Ok(worker) => self.put(worker),
            Err(error) => tracing::warn!(%error, "no worker waits for the next statement"),
        }
    }

    /// A new worker.
    async fn start(&self, folders: &[Arc<Folder>]) -> io::Result<Worker> {
        let number = self.started.fetch_add(1, Ordering::Relaxed);
        Worker::start(&self.launch, folders.to_vec(), number).await
    }

    /// Keeps a worker for later, unless it has worked long enough.
    pub(crate) fn put(&self, worker: Worker) {
        if worker.is_worn() {
            return;
        }
        let gone = {
            let mut idle = lock(&self.idle);
            idle.push(worker);
            let over = idle.len().saturating_sub(self.most);
            idle.drain(..over).collect::<Vec<_>>()
        };
        drop(gone);
    }

    /// True when one waits over these folders.
    fn has(&self, folders: &[Arc<Folder>]) -> bool {
        lock(&self.idle).iter().any(|worker| worker.is_over(folders))
    }

    /// Ends the workers that work over none of these folders: an older generation is asked for rarely.
    pub(crate) fn keep_only(&self, served: &[Arc<Folder>]) {
        let gone: Vec<Worker> = lock(&self.idle).extract_if(.., |worker| !worker.is_over(served)).collect();
        drop(gone);
    }

    fn waiting(&self, folders: &[Arc<Folder>]) -> Option<Worker> {
        let mut idle = lock(&self.idle);
        let at = idle.iter().rposition(|worker| worker.is_over(folders))?;
        Some(idle.remove(at))
    }
}

fn lock<T>(of: &Mutex<T>) -> MutexGuard<'_, T> {
    of.lock().unwrap_or_else(PoisonError::into_inner)
}
