//! What happens at each ring, all of it computed from the books: dead runs end, missed slots are recorded, due
//! slots are claimed. Blocking; the runner calls it off the async threads.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use qunlian_registry::{Cause, Claimed, End, Ending, Lease, Order, Origin, Progress, RegistryError, Slot, SlotClaim, Store};

use crate::holder::is_surely_dead;
use crate::plan::{Situation, is_ready, plan};
use crate::watch::Ended;
use crate::{Clock, Job, JobsError, Schedule};

/// More due slots than this are recorded over several rings: 5-minute slots of 17 days.
const MOST_DUE: usize = 5_000;
/// Rows per transaction, so that none takes longer than 50 ms.
const CHUNK: usize = 500;

/// The runner's state and everything it does to the books.
#[derive(Debug)]
pub(crate) struct Core {
    pub store: Arc<dyn Store>,
    pub clock: Arc<dyn Clock>,
    pub jobs: Vec<Entry>,
    pub holder: String,
    pub lease: Duration,
    /// Held while claiming and while judging who is dead, so that a fresh claim is never taken for a dead one.
    judging: Mutex<Observed>,
    live: Mutex<HashMap<Lease, Option<Progress>>>,
}

#[derive(Debug)]
pub(crate) struct Entry {
    pub job: Job,
    pub schedule: Schedule,
}

/// Since when (steady clock) each foreign lease has not been renewed.
type Observed = HashMap<Lease, (DateTime<Utc>, Duration)>;

/// What a ring led to.
#[derive(Debug, Default)]
pub(crate) struct Evaluation {
    pub won: Vec<Lease>,
    /// More slots are due than one ring records.
    pub more: bool,
}

impl Core {
    pub(crate) fn new(store: Arc<dyn Store>, clock: Arc<dyn Clock>, jobs: Vec<Job>, lease: Duration) -> Result<Self, JobsError> {
        let entry = |job: Job| Ok(Entry { schedule: Schedule::parse(job.name, job.cron)?, job });
        let jobs = jobs.into_iter().map(entry).collect::<Result<Vec<_>, JobsError>>()?;
        let holder = crate::holder::new_holder();
        Ok(Self { store, clock, jobs, holder, lease, judging: Mutex::default(), live: Mutex::default() })
    }

    pub(crate) fn entry(&self, name: &str) -> Result<&Entry, JobsError> {
        let found = self.jobs.iter().find(|entry| entry.job.name == name);
        found.ok_or_else(|| JobsError::UnknownJob(name.to_owned()))
    }

    /// One ring. The leases won are to be run by the caller.
    pub(crate) fn evaluate(&self) -> Result<Evaluation, JobsError> {
        let mut judging = lock(&self.judging);
        self.expire_dead(&mut judging)?;
        let running = self.store.running()?;
        let mut evaluation = Evaluation::default();
        for entry in &self.jobs {
            if running.iter().all(|slot| slot.job != entry.job.name) {
                self.evaluate_job(entry, &mut evaluation)?;
            }
        }
        Ok(evaluation)
    }

    /// Claims a waiting slot outside a ring, if it may begin and the job is free.
    pub(crate) fn claim_waiting(&self, slot: &Slot) -> Result<Option<Lease>, JobsError> {
        let mut judging = lock(&self.judging);
        self.expire_dead(&mut judging)?;
        let longest_wait = self.entry(&slot.job)?.job.retries.longest_wait;
        if !is_ready(slot, self.clock.now(), longest_wait) {
            return Ok(None);
        }
        Ok(self.claim(&slot.job, slot.slot, slot.origin)?)
    }

    pub(crate) fn order(&self, job: &str, origin: Origin, by: &str) -> Result<Slot, JobsError> {
        let entry = self.entry(job)?;
        let order = Order { job: entry.job.name.to_owned(), origin, by: by.to_owned(), now: self.clock.now() };
        Ok(self.store.enqueue(&order)?)
    }

    /// Records how a run ended and asks for its follow-up. Returns false when the lease was lost meanwhile.
    pub(crate) fn conclude(&self, lease: &Lease, ended: Ended) -> Result<bool, JobsError> {
        let job = &self.entry(&lease.job)?.job;
        if let (None, Some(follow_up)) = (ended.cause, job.follow_up)
            && ended.result.as_ref().is_some_and(follow_up.wanted)
        {
            // Before the end is recorded: a crash in between costs a needless build, not a missing one.
            self.order(follow_up.job, Origin::FollowUp, job.name)?;
        }
        let now = self.clock.now();
        let ending = ending_of(job, lease.attempt, ended.cause, now);
        let Ended { cause, message, progress, result } = ended;
        Ok(self.store.finish(lease, &End { now, ending, cause, message, progress, result })?)
    }

    /// A slot as it stands, with the progress this process knows better than the books.
    pub(crate) fn with_live_progress(&self, mut slot: Slot) -> Slot {
        let live = lock(&self.live);
        if let Some(progress) = slot.lease().and_then(|lease| live.get(&lease).cloned().flatten()) {
            slot.progress = Some(progress);
        }
        slot
    }

    pub(crate) fn show_progress(&self, lease: &Lease, progress: Progress) {
        if let Some(shown) = lock(&self.live).get_mut(lease) {
            *shown = Some(progress);
        }
    }

    /// The run's task is over, however it went.
    pub(crate) fn let_go(&self, lease: &Lease) {
        lock(&self.live).remove(lease);
    }

    fn evaluate_job(&self, entry: &Entry, evaluation: &mut Evaluation) -> Result<(), JobsError> {
        let job = &entry.job;
        let now = self.clock.now();
        let slot_now = self.clock.of(job.clock);
        let after = self.recorded_until(job, slot_now, now)?;
        let due = entry.schedule.due(after, slot_now, MOST_DUE);
        let waiting = self.store.waiting(job.name)?;
        let due_is_all = due.len() < MOST_DUE;
        let plan = plan(&Situation {
            catch_up: job.catch_up,
            due: &due,
            due_is_all,
            waiting: &waiting,
            slot_now,
            now,
            longest_wait: job.retries.longest_wait,
        });
        for chunk in plan.missed.chunks(CHUNK) {
            self.store.close_missed(job.name, chunk, plan.outcome, "", now)?;
        }
        evaluation.more |= !due_is_all;
        let Some((slot, origin)) = plan.run else { return Ok(()) };
        let Some(lease) = self.claim(job.name, slot, origin)? else { return Ok(()) };
        if plan.absorbs {
            self.store.absorb(job.name, lease.slot, now)?;
        }
        evaluation.won.push(lease);
        Ok(())
    }

    /// Up to where the schedule's slots have a record. Before the first one: since the job was first seen here, so
    /// that nothing is caught up from before a folder's first start.
    fn recorded_until(&self, job: &Job, slot_now: DateTime<Utc>, now: DateTime<Utc>) -> Result<DateTime<Utc>, RegistryError> {
        if let Some(last) = self.store.last_scheduled(job.name, slot_now)? {
            return Ok(last);
        }
        let name = format!("jobs.first_seen.{}", job.name);
        let first = self.store.first_time(&name, slot_now, now)?;
        if first > slot_now {
            // The clock stood wrong at the first start and has been set back since.
            self.store.put_time(&name, slot_now, now)?;
        }
        Ok(first.min(slot_now))
    }

    fn claim(&self, job: &str, slot: DateTime<Utc>, origin: Origin) -> Result<Option<Lease>, RegistryError> {
        let now = self.clock.now();
        let claim = SlotClaim { job: job.to_owned(), slot, origin, holder: self.holder.clone(), now, lease_until: now + self.lease };
        match self.store.claim(&claim)? {
            Claimed::Won(lease) => {
                lock(&self.live).insert(lease.clone(), None);
                Ok(Some(lease))
            }
            Claimed::Busy(_) | Claimed::Closed(_) => Ok(None),
        }
    }

    /// Ends the runs whose holder no longer lives: retried while attempts are left, else failed.
    fn expire_dead(&self, observed: &mut Observed) -> Result<(), JobsError> {
        let running = self.store.running()?;
        observed.retain(|lease, _| running.iter().any(|slot| slot.lease().as_ref() == Some(lease)));
        for slot in running {
            if !self.is_dead(&slot, observed) {
                continue;
            }
            let now = self.clock.now();
            let cause = Some(Cause::HolderDied);
            let ending = match self.entry(&slot.job) {
                Ok(entry) => ending_of(&entry.job, slot.attempt, cause, now),
                Err(_) => Ending::Failed,
            };
            let message = String::new();
            let end = End { now, ending, cause, message, progress: slot.progress.clone(), result: None };
            if self.store.expire(&slot, &end)? {
                tracing::warn!(job = slot.job, slot = %slot.slot, "its holder is gone, the run has ended");
            }
        }
        Ok(())
    }

    /// A lease is dead when its holder certainly is, or when it was not renewed for its whole length by the steady
    /// clock. The wall clock is not asked: it may have jumped.
    fn is_dead(&self, slot: &Slot, observed: &mut Observed) -> bool {
        let (Some(lease), Some(until)) = (slot.lease(), slot.lease_until) else { return false };
        if lease.holder == self.holder {
            return !lock(&self.live).contains_key(&lease);
        }
        if is_surely_dead(&lease.holder) {
            return true;
        }
        let steady = self.clock.steady();
        let seen = observed.entry(lease).or_insert((until, steady));
        if seen.0 != until {
            *seen = (until, steady);
        }
        steady.saturating_sub(seen.1) >= self.lease
    }
}

/// What becomes of a slot after an attempt.
fn ending_of(job: &Job, attempt: u32, cause: Option<Cause>, now: DateTime<Utc>) -> Ending {
    match cause {
        None => Ending::Done,
        Some(Cause::Unusable) => Ending::Failed,
        // Neither is the job's fault, so no wait; a shutdown does not even use up an attempt.
        Some(Cause::Stopped) => Ending::Retry { not_before: now },
        Some(_) if attempt >= job.retries.attempts => Ending::Failed,
        Some(Cause::HolderDied) => Ending::Retry { not_before: now },
        Some(_) => Ending::Retry { not_before: now + job.retries.wait_after(attempt) },
    }
}

/// Renews a lease; none when the books could not be asked.
pub(crate) fn renew(core: &Core, lease: &Lease, pid: Option<u32>, progress: Option<Progress>) -> Option<bool> {
    let lease_until = core.clock.now() + TimeDelta::from_std(core.lease).unwrap_or(TimeDelta::minutes(1));
    let beat = qunlian_registry::Beat { lease_until, pid, progress };
    match core.store.renew(lease, &beat) {
        Ok(kept) => Some(kept),
        Err(error) => {
            tracing::warn!(job = lease.job, %error, "the lease could not be renewed");
            None
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
