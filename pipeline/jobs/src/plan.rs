//! What to do about a job's due and waiting slots (补办策略): a pure decision.

use chrono::{DateTime, TimeDelta, Utc};
use qunlian_registry::{CatchUp, Origin, Slot, SlotOutcome};

/// A job that does not catch up still runs a slot that is no later than this: the bell rings every 20 s, and a
/// busy machine may take its time.
const GRACE: TimeDelta = TimeDelta::minutes(10);

/// What is known when the bell rings.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Situation<'a> {
    pub catch_up: CatchUp,
    /// Slots of the schedule without any record, oldest first.
    pub due: &'a [DateTime<Utc>],
    /// False when more are due than were listed.
    pub due_is_all: bool,
    /// Recorded slots that wait for their first run or a retry, oldest first.
    pub waiting: &'a [Slot],
    /// The clock of the job's slots.
    pub slot_now: DateTime<Utc>,
    /// The system clock, for retries.
    pub now: DateTime<Utc>,
    /// No retry waits longer.
    pub longest_wait: TimeDelta,
}

/// What to record and what to run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Plan {
    /// Slots that will not run.
    pub missed: Vec<DateTime<Utc>>,
    pub outcome: SlotOutcome,
    pub run: Option<(DateTime<Utc>, Origin)>,
    /// The run does the work of every waiting slot too.
    pub absorbs: bool,
}

/// Decides. Never called while a slot of the job is running.
pub(crate) fn plan(situation: &Situation<'_>) -> Plan {
    match situation.catch_up {
        CatchUp::RunOnceLatest => run_once_latest(situation),
        CatchUp::RunAll => run_all(situation),
        CatchUp::Skip => skip(situation),
    }
}

/// True when a waiting slot may begin. A time further off than any wait can be is left over from before the clock
/// was set back.
pub(crate) fn is_ready(slot: &Slot, now: DateTime<Utc>, longest_wait: TimeDelta) -> bool {
    slot.not_before.is_none_or(|time| time <= now || time > now + longest_wait)
}

fn run_once_latest(situation: &Situation<'_>) -> Plan {
    let (missed, run) = match situation.due.split_last() {
        None => (&[][..], newest_ready(situation)),
        Some(_) if !situation.due_is_all => (situation.due, None),
        Some((latest, earlier)) => (earlier, Some((*latest, Origin::Schedule))),
    };
    Plan { missed: missed.to_vec(), outcome: SlotOutcome::Superseded, run, absorbs: true }
}

/// Oldest first; a retry that still waits keeps later slots of the schedule waiting, but not a person's order.
fn run_all(situation: &Situation<'_>) -> Plan {
    let scheduled = situation.waiting.iter().find(|slot| slot.origin == Origin::Schedule);
    let next = match (scheduled, situation.due.first()) {
        (Some(slot), _) if ready(slot, situation) => Some((slot.slot, slot.origin)),
        (Some(_), _) | (None, None) => newest_ready(situation),
        (None, Some(slot)) => Some((*slot, Origin::Schedule)),
    };
    Plan { missed: Vec::new(), outcome: SlotOutcome::Superseded, run: next, absorbs: false }
}

fn skip(situation: &Situation<'_>) -> Plan {
    let is_late = |slot: &&DateTime<Utc>| situation.slot_now - **slot > GRACE;
    let missed: Vec<DateTime<Utc>> = situation.due.iter().filter(is_late).copied().collect();
    let current = situation.due.get(missed.len()).map(|slot| (*slot, Origin::Schedule));
    let run = if situation.due_is_all { current.or_else(|| newest_ready(situation)) } else { None };
    Plan { missed, outcome: SlotOutcome::SkippedByPolicy, run, absorbs: false }
}

fn newest_ready(situation: &Situation<'_>) -> Option<(DateTime<Utc>, Origin)> {
    let newest = situation.waiting.iter().rev().find(|slot| ready(slot, situation))?;
    Some((newest.slot, newest.origin))
}

fn ready(slot: &Slot, situation: &Situation<'_>) -> bool {
    is_ready(slot, situation.now, situation.longest_wait)
}

#[cfg(test)]
mod tests {
    use qunlian_registry::SlotState;

    use super::*;

    fn at(minutes: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_654_000_000, 0).unwrap() + TimeDelta::minutes(minutes)
    }

    fn waiting(minutes: i64, origin: Origin, not_before: i64) -> Slot {
        Slot {
            job: "job".into(),
            slot: at(minutes),
            origin,
            asked_by: None,
            state: SlotState::Waiting,
            attempt: 0,
            holder: None,
            lease_until: None,
            not_before: Some(at(not_before)),
            outcome: None,
            message: String::new(),
            progress: None,
            started: None,
            finished: None,
        }
    }

    /// At minute 100: due slots, waiting slots → missed slots and the one to run.
    fn check(catch_up: CatchUp, due: &[i64], waiting: &[Slot], missed: &[i64], run: Option<i64>) {
        let due: Vec<_> = due.iter().copied().map(at).collect();
        let situation = Situation {
            catch_up,
            due: &due,
            due_is_all: true,
            waiting,
            slot_now: at(100),
            now: at(100),
            longest_wait: TimeDelta::minutes(15),
        };
        let found = plan(&situation);
        assert_eq!(found.missed, missed.iter().copied().map(at).collect::<Vec<_>>());
        assert_eq!(found.run.map(|(slot, _)| slot), run.map(at));
    }

    use CatchUp::{RunAll, RunOnceLatest, Skip};

    #[test]
    fn nothing_due_nothing_done() {
        for catch_up in CatchUp::ALL {
            check(*catch_up, &[], &[], &[], None);
        }
    }

    #[test]
    fn missed_slots_by_policy() {
        check(RunOnceLatest, &[10, 50, 95], &[], &[10, 50], Some(95));
        check(RunOnceLatest, &[10], &[], &[], Some(10));
        check(RunAll, &[10, 50, 95], &[], &[], Some(10));
        check(Skip, &[10, 50, 95], &[], &[10, 50], Some(95));
        check(Skip, &[10, 50], &[], &[10, 50], None);
    }

    #[test]
    fn retries_and_orders() {
        let later = waiting(10, Origin::Schedule, 110);
        let ready = waiting(10, Origin::Schedule, 99);
        let order = waiting(20, Origin::Manual, 20);
        let stranded = waiting(10, Origin::Schedule, 5_000);
        check(RunOnceLatest, &[], std::slice::from_ref(&later), &[], None);
        check(RunOnceLatest, &[], &[ready.clone(), order.clone()], &[], Some(20));
        check(RunOnceLatest, &[95], std::slice::from_ref(&later), &[], Some(95));
        check(RunOnceLatest, &[], &[stranded], &[], Some(10));
        check(RunAll, &[95], std::slice::from_ref(&later), &[], None);
        check(RunAll, &[95], &[later, order.clone()], &[], Some(20));
        check(RunAll, &[95], std::slice::from_ref(&ready), &[], Some(10));
        check(Skip, &[50], &[ready], &[50], Some(10));
        check(Skip, &[50], &[order], &[50], Some(20));
    }

    #[test]
    fn an_unfinished_list_runs_nothing_yet() {
        let due = [at(1), at(2)];
        let situation = Situation {
            catch_up: RunOnceLatest,
            due: &due,
            due_is_all: false,
            waiting: &[],
            slot_now: at(100),
            now: at(100),
            longest_wait: TimeDelta::minutes(15),
        };
        assert_eq!((plan(&situation).missed.len(), plan(&situation).run), (2, None));
    }
}
