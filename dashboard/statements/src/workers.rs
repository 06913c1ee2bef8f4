//! Workers that wait for statements (常备进程): kept by the folders they work over.

use std::io;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::folders::Folder;
use crate::process::{Launch, Worker};

/// Started workers without a statement, the longest idle first.
pub(crate) struct Workers {
    launch: Launch,
    most: usize,
    idle: Mutex<Vec<Worker>>,
    started: AtomicU64,
}

impl Workers {
    /// Keeps at most `most` workers idle.
    pub(crate) fn new(launch: Launch, most: usize) -> Self {
        Self { launch, most, idle: Mutex::new(Vec::new()), started: AtomicU64::new(0) }
    }

    /// A worker over these folders: one that waits, or a new one.
    pub(crate) async fn take(&self, folders: &[Arc<Folder>]) -> io::Result<Worker> {
        match self.waiting(folders) {
            Some(worker) => Ok(worker),
            None => self.start(folders).await,
        }
    }

    /// A new worker.
    pub(crate) async fn start(&self, folders: &[Arc<Folder>]) -> io::Result<Worker> {
        let number = self.started.fetch_add(1, Ordering::Relaxed);
        Worker::start(&self.launch, folders.to_vec(), number).await
    }

    /// Keeps a worker for later, unless it has worked long enough.
    pub(crate) fn put(&self, worker: Worker) {
        if worker.is_worn() {
            return;
        }
        let gone = {
            let mut idle = self.lock();
            idle.push(worker);
            let over = idle.len().saturating_sub(self.most);
            idle.drain(..over).collect::<Vec<_>>()
        };
        drop(gone);
    }

    /// True when one waits over these folders.
    pub(crate) fn has(&self, folders: &[Arc<Folder>]) -> bool {
        self.lock().iter().any(|worker| worker.is_over(folders))
    }

    /// Ends the workers that work over none of these folders: an older generation is asked for rarely.
    pub(crate) fn keep_only(&self, served: &[Arc<Folder>]) {
        let gone: Vec<Worker> = self.lock().extract_if(.., |worker| !worker.is_over(served)).collect();
        drop(gone);
    }

    fn waiting(&self, folders: &[Arc<Folder>]) -> Option<Worker> {
        let mut idle = self.lock();
        let at = idle.iter().rposition(|worker| worker.is_over(folders))?;
        Some(idle.remove(at))
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Worker>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
