//! The bell (打铃): tokio-cron-scheduler rings every 20 s, and that is all it does.
//!
//! It knows no catch-up, allows overlaps, keeps a fixed UTC offset and its jobs can die of a panic; so its closure
//! only wakes the listener, and the listener looks by itself should the bell fall silent.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Notify;
use tokio::task::JoinHandle;
use tokio_cron_scheduler::{Job as Ring, JobScheduler, JobSchedulerError};

use crate::{JobsError, Runner};

/// A bell that has not rung for so long is not waited for.
const SILENCE: Duration = Duration::from_secs(60);

/// A hung-up bell.
pub(crate) struct Bell {
    scheduler: JobScheduler,
    listener: JoinHandle<()>,
}

impl std::fmt::Debug for Bell {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Bell").finish_non_exhaustive()
    }
}

impl Bell {
    /// Rings at once and then by `rings`, a cron expression with seconds.
    pub(crate) async fn hang_up(runner: &Runner, rings: &str) -> Result<Self, JobsError> {
        let wake = runner.inner.wake.clone();
        let scheduler = scheduler(wake.clone(), rings).await.map_err(|error| JobsError::Bell(error.to_string()))?;
        let runner = runner.clone();
        let listener = tokio::spawn(async move {
            loop {
                if let Err(error) = runner.tick().await {
                    tracing::error!(%error, hint = error.hint(), "the jobs that are due could not be started");
                }
                if tokio::time::timeout(SILENCE, wake.notified()).await.is_err() {
                    tracing::warn!("the bell is silent; looking at the clock instead");
                }
            }
        });
        Ok(Self { scheduler, listener })
    }

    pub(crate) async fn take_down(mut self) {
        self.listener.abort();
        let _ = self.listener.await;
        if let Err(error) = self.scheduler.shutdown().await {
            tracing::debug!(%error, "the bell did not come down cleanly");
        }
    }
}

async fn scheduler(wake: Arc<Notify>, rings: &str) -> Result<JobScheduler, JobSchedulerError> {
    let scheduler = JobScheduler::new().await?;
    let ring = Ring::new_async(rings, move |_, _| {
        let wake = wake.clone();
        Box::pin(async move { wake.notify_one() })
    })?;
    scheduler.add(ring).await?;
    scheduler.start().await?;
    Ok(scheduler)
}
