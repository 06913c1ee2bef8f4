//! The runner (任务运行器): at each ring it asks the books what is due, and runs it in child processes.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use qunlian_registry::{Lease, Origin, Run, Slot, SlotOutcome, SlotState, Store};
use serde_json::Value;
use tokio::sync::{Notify, watch as signal};

use crate::bell::Bell;
use crate::evaluate::Core;
use crate::watch::{Ended, watch};
use crate::{Clock, Job, JobsError, Spawner};

/// How often a waiting caller of [`Runner::run_to_end`] looks again.
const LOOK_AGAIN: Duration = Duration::from_millis(100);

/// What a runner needs.
#[derive(Debug, Clone)]
pub struct RunnerConfig {
    pub store: Arc<dyn Store>,
    pub clock: Arc<dyn Clock>,
    pub spawner: Arc<dyn Spawner>,
    pub jobs: Vec<Job>,
    /// A holder that does not renew for so long is taken for dead.
    pub lease: Duration,
    /// How often progress is recorded and memory measured.
    pub beat: Duration,
    /// The bell's own schedule, with seconds.
    pub bell: String,
}

impl RunnerConfig {
    /// The usual: all jobs of the pipeline, leases of 60 s, a beat each second, a bell every 20 s.
    pub fn new(store: Arc<dyn Store>, clock: Arc<dyn Clock>, spawner: Arc<dyn Spawner>) -> Self {
        let lease = Duration::from_secs(60);
        let beat = Duration::from_secs(1);
        Self { store, clock, spawner, jobs: crate::all(), lease, beat, bell: "*/20 * * * * *".to_owned() }
    }
}

/// Runs jobs. Cheap to clone; all clones are one runner. Needs a tokio runtime.
#[derive(Debug, Clone)]
pub struct Runner {
    pub(crate) inner: Arc<Inner>,
}

#[derive(Debug)]
pub(crate) struct Inner {
    pub core: Arc<Core>,
    pub wake: Arc<Notify>,
    spawner: Arc<dyn Spawner>,
    beat: Duration,
    rings: String,
    stop: signal::Sender<bool>,
    runs: signal::Sender<usize>,
    bell: Mutex<Option<Bell>>,
    /// Held while the business day moves on.
    pub moving: tokio::sync::Mutex<()>,
}

/// A slot that was run to its end, with its last attempt.
#[derive(Debug, Clone, PartialEq)]
pub struct Finished {
    pub slot: Slot,
    pub run: Option<Run>,
}

impl Finished {
    /// True when the slot is done.
    pub fn is_done(&self) -> bool {
        self.slot.outcome == Some(SlotOutcome::Done)
    }

    /// What the child said it achieved.
    pub fn result(&self) -> Option<&Value> {
        self.run.as_ref().and_then(|run| run.result.as_ref())
    }
}

impl Runner {
    /// Prepares a runner; nothing runs before [`Runner::start`], [`Runner::tick`] or [`Runner::run_to_end`].
    pub fn new(config: RunnerConfig) -> Result<Self, JobsError> {
        let core = Core::new(config.store, config.clock, config.jobs, config.lease)?;
        let inner = Inner {
            core: Arc::new(core),
            wake: Arc::new(Notify::new()),
            spawner: config.spawner,
            beat: config.beat,
            rings: config.bell,
            stop: signal::Sender::new(false),
            runs: signal::Sender::new(0),
            bell: Mutex::new(None),
            moving: tokio::sync::Mutex::new(()),
        };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// Hangs up the bell: from now on due slots run by themselves, until [`Runner::stop`].
    pub async fn start(&self) -> Result<(), JobsError> {
        let bell = Bell::hang_up(self, &self.inner.rings).await?;
        *self.inner.bell.lock().unwrap_or_else(PoisonError::into_inner) = Some(bell);
        Ok(())
    }

    /// One ring: records what was missed, starts what is due. Returns how many runs were started.
    pub async fn tick(&self) -> Result<usize, JobsError> {
        if *self.inner.stop.borrow() {
            return Ok(0);
        }
        let core = self.inner.core.clone();
        let evaluation = blocking(move || core.evaluate()).await?;
        if evaluation.more {
            self.inner.wake.notify_one();
        }
        let started = evaluation.won.len();
        for lease in evaluation.won {
            self.launch(lease);
        }
        Ok(started)
    }

    /// Waits until no run of this runner is alive.
    pub async fn settle(&self) {
        let mut runs = self.inner.runs.subscribe();
        let _ = runs.wait_for(|runs| *runs == 0).await;
    }

    /// Takes the bell down and kills running children; their slots are retried by the next runner.
    pub async fn stop(&self) {
        self.inner.stop.send_replace(true);
        let bell = self.inner.bell.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(bell) = bell {
            bell.take_down().await;
        }
        self.settle().await;
    }

    /// Runs a job now and waits for its end, retries included, then for whatever it asked for in turn. Works
    /// beside a running server: whichever process takes the slot, `listen` hears its progress several times a
    /// second. The answers are in the order in which the slots ended.
    pub async fn run_to_end(&self, job: &str, by: &str, mut listen: impl FnMut(&Slot)) -> Result<Vec<Finished>, JobsError> {
        let mut ended = Vec::new();
        let mut next = Some((job.to_owned(), Origin::Manual, by.to_owned()));
        while let Some((job, origin, by)) = next.take() {
            let core = self.inner.core.clone();
            let name = job.clone();
            let slot = blocking(move || core.order(&name, origin, &by)).await?;
            let finished = self.follow(slot, &mut listen).await?;
            let follow_up = self.inner.core.entry(&job)?.job.follow_up;
            if let Some(follow_up) = follow_up.filter(|follow_up| finished.result().is_some_and(follow_up.wanted)) {
                next = Some((follow_up.job.to_owned(), Origin::FollowUp, job));
            }
            ended.push(finished);
        }
        Ok(ended)
    }

    /// Follows one slot until it is closed, running it here whenever it is free. A slot that a later one has
    /// superseded is followed there.
    async fn follow(&self, mut slot: Slot, listen: &mut impl FnMut(&Slot)) -> Result<Finished, JobsError> {
        loop {
            if *self.inner.stop.borrow() {
                return Err(JobsError::Stopped);
            }
            let core = self.inner.core.clone();
            let (seen, lease) = blocking(move || look(&core, slot)).await?;
            if let Some(lease) = lease {
                self.launch(lease);
            }
            listen(&seen);
            if seen.state == SlotState::Closed {
                let core = self.inner.core.clone();
                return blocking(move || finished(&core, seen)).await;
            }
            slot = seen;
            tokio::time::sleep(LOOK_AGAIN).await;
        }
    }

    fn launch(&self, lease: Lease) {
        let alive = Alive::new(self.inner.clone(), lease.clone());
        let runner = self.clone();
        tokio::spawn(async move {
            runner.run(&lease).await;
            drop(alive);
        });
    }

    async fn run(&self, lease: &Lease) {
        let inner = &self.inner;
        let Ok(entry) = inner.core.entry(&lease.job) else { return };
        tracing::info!(job = lease.job, slot = %lease.slot, attempt = lease.attempt, "run begins");
        let limits = entry.job.limits;
        let (core, spawner) = (inner.core.clone(), inner.spawner.clone());
        let ended = watch(core, spawner, lease, limits, inner.beat, inner.stop.subscribe()).await;
        log_end(lease, &ended);
        let (core, lease) = (inner.core.clone(), lease.clone());
        match blocking(move || core.conclude(&lease, ended)).await {
            Ok(true) => {}
            Ok(false) => tracing::warn!("the lease was lost, another process goes on with the slot"),
            Err(error) => tracing::error!(%error, "the end of a run could not be recorded; it will be retried"),
        }
    }
}

/// Counts a run as alive for as long as its task exists, whatever happens inside.
struct Alive {
    inner: Arc<Inner>,
    lease: Lease,
}

impl Alive {
    fn new(inner: Arc<Inner>, lease: Lease) -> Self {
        inner.runs.send_modify(|runs| *runs += 1);
        Self { inner, lease }
    }
}

impl Drop for Alive {
    fn drop(&mut self) {
        self.inner.core.let_go(&self.lease);
        self.inner.runs.send_modify(|runs| *runs = runs.saturating_sub(1));
        self.inner.wake.notify_one();
    }
}

/// The slot as it stands now, and a lease if it was free to begin.
fn look(core: &Core, slot: Slot) -> Result<(Slot, Option<Lease>), JobsError> {
    let mut seen = core.store.slot(&slot.job, slot.slot)?.unwrap_or(slot);
    if seen.outcome == Some(SlotOutcome::Superseded) {
        // It was absorbed by a run that had begun just before.
        let others = core.store.slots(Some(&seen.job), 50)?.into_iter();
        let began = others.filter(|other| other.outcome != Some(SlotOutcome::Superseded));
        seen = began.filter(|other| other.started.is_some()).max_by_key(|other| other.started).unwrap_or(seen);
    }
    let lease = if seen.state == SlotState::Waiting { core.claim_waiting(&seen)? } else { None };
    Ok((core.with_live_progress(seen), lease))
}

fn finished(core: &Core, slot: Slot) -> Result<Finished, JobsError> {
    let runs = core.store.runs(Some(&slot.job), 50)?;
    let run = runs.into_iter().find(|run| run.slot == slot.slot && run.attempt == slot.attempt);
    Ok(Finished { slot, run })
}

fn log_end(lease: &Lease, ended: &Ended) {
    let (job, attempt) = (&lease.job, lease.attempt);
    match ended.cause {
        None => tracing::info!(job, attempt, "run done"),
        Some(cause) => tracing::warn!(job, attempt, cause = cause.id(), message = ended.message, "run failed"),
    }
}

/// Runs what blocks (the books) off the async threads.
pub(crate) async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T, JobsError> + Send + 'static) -> Result<T, JobsError> {
    tokio::task::spawn_blocking(work).await.map_err(|_| JobsError::Stopped)?
}
