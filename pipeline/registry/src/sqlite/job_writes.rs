//! Recording slots, leases and runs.

use chrono::{DateTime, SubsecRound, TimeDelta, Utc};
use rusqlite::{Connection, Transaction, params};

use super::job_reads::{Named, find_queued, find_running, find_slot, progress_text};
use super::{SqliteStore, Trouble};
use crate::RegistryError;
use crate::jobs::{Beat, Claim, Claimed, End, Ending, JobBooks, Lease, Order, Origin, Run, RunOutcome, Slot, SlotOutcome, SlotState};
use crate::text::moment;

impl JobBooks for SqliteStore {
    fn close_missed(
        &self,
        job: &str,
        slots: &[DateTime<Utc>],
        outcome: SlotOutcome,
        message: &str,
        now: DateTime<Utc>,
    ) -> Result<usize, RegistryError> {
        let (job, message, slots) = (job.to_owned(), message.to_owned(), slots.to_vec());
        self.write("record missed slots", move |transaction| {
            let sql = "insert into job_slot (job, slot, origin, state, attempt, outcome, message, finished)
                       values (?1, ?2, 'schedule', 'closed', 0, ?3, ?4, ?5) on conflict do nothing";
            let mut insert = transaction.prepare_cached(sql)?;
            let mut new = 0;
            for slot in slots {
                new += insert.execute(params![job, moment(slot), outcome.id(), message, moment(now)])?;
            }
            Ok(new)
        })
    }

    fn enqueue(&self, order: &Order) -> Result<Slot, RegistryError> {
        let order = order.clone();
        self.write("ask for a run", move |transaction| {
            if let Some(queued) = find_queued(transaction, &order.job)? {
                return Ok(queued);
            }
            let slot = free_slot(transaction, &order)?;
            let sql = "insert into job_slot (job, slot, origin, asked_by, state, attempt, not_before)
                       values (?1, ?2, ?3, ?4, 'waiting', 0, ?5)";
            let row = params![order.job, moment(slot), order.origin.id(), order.by, moment(order.now)];
            transaction.execute(sql, row)?;
            required(find_slot(transaction, &order.job, slot)?)
        })
    }

    fn claim(&self, claim: &Claim) -> Result<Claimed, RegistryError> {
        let claim = claim.clone();
        self.write("claim a slot", move |transaction| {
            if let Some(running) = find_running(transaction, &claim.job)? {
                return Ok(Claimed::Busy(Box::new(running)));
            }
            let known = find_slot(transaction, &claim.job, claim.slot)?;
            if let Some(outcome) = known.as_ref().and_then(|slot| slot.outcome) {
                return Ok(Claimed::Closed(outcome));
            }
            let lease = Lease {
                job: claim.job.clone(),
                slot: claim.slot.trunc_subsecs(3),
                attempt: known.as_ref().map_or(0, |slot| slot.attempt) + 1,
                holder: claim.holder.clone(),
            };
            begin_run(transaction, &claim, &lease, known.map_or(claim.origin, |slot| slot.origin))?;
            Ok(Claimed::Won(lease))
        })
    }

    fn renew(&self, lease: &Lease, beat: &Beat) -> Result<bool, RegistryError> {
        let (lease, beat) = (lease.clone(), beat.clone());
        self.write("renew a lease", move |transaction| {
            let progress = progress_text(beat.progress.as_ref());
            let sql = "update job_slot set lease_until = :until, progress = coalesce(:progress, progress)
                       where job = :job and slot = :slot and attempt = :attempt and holder = :holder
                         and state = 'running'";
            let until = moment(beat.lease_until);
            let row: &[Named<'_>] = &[(":until", &until), (":progress", &progress)];
            if with_lease(transaction, sql, &lease, row)? == 0 {
                return Ok(false);
            }
            let sql = "update runs set pid = coalesce(:pid, pid), progress = coalesce(:progress, progress)
                       where job = :job and slot = :slot and attempt = :attempt and holder = :holder";
            with_lease(transaction, sql, &lease, &[(":pid", &beat.pid), (":progress", &progress)])?;
            Ok(true)
        })
    }

    fn finish(&self, lease: &Lease, end: &End) -> Result<bool, RegistryError> {
        let (lease, end) = (lease.clone(), end.clone());
        self.write("record the end of a run", move |transaction| end_run(transaction, &lease, &end, None))
    }

    fn expire(&self, seen: &Slot, end: &End) -> Result<bool, RegistryError> {
        let (Some(lease), Some(until)) = (seen.lease(), seen.lease_until) else { return Ok(false) };
        let end = end.clone();
        self.write("end a dead run", move |transaction| end_run(transaction, &lease, &end, Some(until)))
    }

    fn absorb(&self, job: &str, into: DateTime<Utc>, now: DateTime<Utc>) -> Result<usize, RegistryError> {
        let row = [job.to_owned(), moment(into), moment(now)];
        self.write("close waiting slots", move |transaction| {
            let sql = "update job_slot set state = 'closed', outcome = 'superseded', finished = ?3,
                           not_before = null
                       where job = ?1 and state = 'waiting' and slot <> ?2";
            Ok(transaction.execute(sql, row)?)
        })
    }

    fn running(&self) -> Result<Vec<Slot>, RegistryError> {
        self.read_running()
    }

    fn waiting(&self, job: &str) -> Result<Vec<Slot>, RegistryError> {
        self.read_waiting(job)
    }

    fn open(&self) -> Result<Vec<Slot>, RegistryError> {
        self.read_open()
    }

    fn last_scheduled(&self, job: &str, until: DateTime<Utc>) -> Result<Option<DateTime<Utc>>, RegistryError> {
        self.read_last_scheduled(job, until)
    }

    fn slot(&self, job: &str, slot: DateTime<Utc>) -> Result<Option<Slot>, RegistryError> {
        self.read_slot(job, slot)
    }

    fn slots(&self, job: Option<&str>, limit: usize) -> Result<Vec<Slot>, RegistryError> {
        self.read_slots(job, limit)
    }

    fn runs(&self, job: Option<&str>, limit: usize) -> Result<Vec<Run>, RegistryError> {
        self.read_runs(job, limit)
    }

    fn forget_before(&self, day: DateTime<Utc>) -> Result<usize, RegistryError> {
        let day = moment(day);
        self.write("forget old runs", move |transaction| {
            let runs = "delete from runs where started < ?1 and finished is not null";
            let slots = "delete from job_slot as old where slot < ?1 and state = 'closed' and exists (
                             select 1 from job_slot as newer
                             where newer.job = old.job and newer.slot > old.slot and newer.origin = 'schedule')";
            Ok(transaction.execute(runs, [&day])? + transaction.execute(slots, [&day])?)
        })
    }
}

/// A key for a slot outside the schedule: now, or the next free millisecond. Whole minutes belong to schedules.
fn free_slot(connection: &Connection, order: &Order) -> Result<DateTime<Utc>, Trouble> {
    let mut slot = order.now.trunc_subsecs(3);
    while slot.timestamp_millis() % 1000 == 0 || find_slot(connection, &order.job, slot)?.is_some() {
        slot += TimeDelta::milliseconds(1);
    }
    Ok(slot)
}

fn begin_run(transaction: &Transaction<'_>, claim: &Claim, lease: &Lease, origin: Origin) -> Result<(), Trouble> {
    let (slot, now) = (moment(lease.slot), moment(claim.now));
    let sql = "insert into job_slot (job, slot, origin, state, attempt, holder, lease_until, started)
               values (?1, ?2, ?3, 'running', ?4, ?5, ?6, ?7)
               on conflict (job, slot) do update set state = 'running', attempt = excluded.attempt,
                   holder = excluded.holder, lease_until = excluded.lease_until, not_before = null,
                   progress = null, started = coalesce(started, excluded.started)";
    let until = moment(claim.lease_until);
    transaction.execute(sql, params![lease.job, slot, origin.id(), lease.attempt, lease.holder, until, now])?;
    let sql = "insert into runs (job, slot, attempt, origin, holder, started) values (?1, ?2, ?3, ?4, ?5, ?6)";
    transaction.execute(sql, params![lease.job, slot, lease.attempt, origin.id(), lease.holder, now])?;
    Ok(())
}

/// Ends the run if the lease still stands (and, for a dead holder, has not been renewed since it was seen).
fn end_run(transaction: &Transaction<'_>, lease: &Lease, end: &End, seen_until: Option<DateTime<Utc>>) -> Result<bool, Trouble> {
    let (state, slot_outcome, run_outcome, not_before) = match end.ending {
        Ending::Done => (SlotState::Closed, Some(SlotOutcome::Done), RunOutcome::Done, None),
        Ending::Failed => (SlotState::Closed, Some(SlotOutcome::Failed), RunOutcome::Failed, None),
        Ending::Retry { not_before } => (SlotState::Waiting, None, RunOutcome::Retried, Some(moment(not_before))),
    };
    let now = moment(end.now);
    let finished = slot_outcome.map(|_| now.clone());
    let slot_word = slot_outcome.map(SlotOutcome::id);
    let progress = progress_text(end.progress.as_ref());
    let seen_until = seen_until.map(moment);
    let sql = "update job_slot set state = :state, outcome = :outcome, not_before = :not_before,
                   lease_until = null, message = :message, progress = coalesce(:progress, progress),
                   finished = :finished
               where job = :job and slot = :slot and attempt = :attempt and holder = :holder
                 and state = 'running' and (:seen is null or lease_until = :seen)";
    let row: &[Named<'_>] = &[
        (":state", &state.id()),
        (":outcome", &slot_word),
        (":not_before", &not_before),
        (":message", &end.message),
        (":progress", &progress),
        (":finished", &finished),
        (":seen", &seen_until),
    ];
    if with_lease(transaction, sql, lease, row)? == 0 {
        return Ok(false);
    }
    let result = end.result.as_ref().map(ToString::to_string);
    let cause = end.cause.map(|cause| cause.id());
    let sql = "update runs set finished = :now, outcome = :outcome, cause = :cause, message = :message,
                   progress = coalesce(:progress, progress), result = :result
               where job = :job and slot = :slot and attempt = :attempt and holder = :holder";
    let row: &[Named<'_>] = &[
        (":now", &now),
        (":outcome", &run_outcome.id()),
        (":cause", &cause),
        (":message", &end.message),
        (":progress", &progress),
        (":result", &result),
    ];
    with_lease(transaction, sql, lease, row)?;
    Ok(true)
}

fn with_lease(transaction: &Transaction<'_>, sql: &str, lease: &Lease, further: &[Named<'_>]) -> Result<usize, Trouble> {
    let slot = moment(lease.slot);
    let mut row: Vec<Named<'_>> = vec![(":job", &lease.job), (":slot", &slot), (":attempt", &lease.attempt), (":holder", &lease.holder)];
    row.extend_from_slice(further);
    Ok(transaction.prepare_cached(sql)?.execute(row.as_slice())?)
}

fn required(slot: Option<Slot>) -> Result<Slot, Trouble> {
    slot.ok_or_else(|| Trouble::from(rusqlite::Error::QueryReturnedNoRows))
}
