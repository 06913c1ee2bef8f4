//! What runs and has run (查询记录), for the page, for `system.queries` and for whoever may stop it.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use chrono::{SecondsFormat, Utc};
use qunlian_queries::{Asker, Run, SqlFailure, Statement};
use tokio::sync::Notify;

use crate::failures::stopped;
use crate::protocol::Used;

/// Ended statements that are remembered.
const REMEMBERED: usize = 1_000;

/// All statements since the server started, the newest last.
#[derive(Clone, Default)]
pub(crate) struct Ledger(Arc<Mutex<Lines>>);

#[derive(Default)]
struct Lines {
    next: u64,
    lines: VecDeque<Line>,
}

struct Line {
    run: Run,
    since: Instant,
    stop: Arc<Notify>,
    stopper: Stopper,
}

/// Who ends a statement early.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Stopper {
    /// Whoever asked.
    #[default]
    Owner,
    Administrator,
}

/// A statement's line, to be brought up to date by whoever runs it.
#[derive(Clone)]
pub(crate) struct Entry {
    ledger: Ledger,
    pub id: u64,
    /// Told when somebody stops it.
    pub stop: Arc<Notify>,
}

impl Ledger {
    /// Writes down that a statement waits.
    pub(crate) fn open(&self, asker: &Asker, statement: &Statement) -> Entry {
        let mut lines = self.lock();
        lines.next += 1;
        let id = lines.next;
        let stop = Arc::new(Notify::new());
        let run = Run {
            id,
            ticket: statement.ticket.clone(),
            asker: asker.name.clone(),
            door: asker.door,
            sql: statement.sql.clone(),
            asked_at: Utc::now().to_rfc3339_opts(SecondsFormat::Millis, true),
            state: "waiting",
            waited_ms: 0,
            planned_ms: 0,
            ran_ms: 0,
            read: 0,
            rows: 0,
            bytes: 0,
            memory: 0,
            generation: 0,
            error: String::new(),
        };
        lines.lines.push_back(Line { run, since: Instant::now(), stop: Arc::clone(&stop), stopper: Stopper::Owner });
        while lines.lines.len() > REMEMBERED && lines.forget_one() {}
        Entry { ledger: self.clone(), id, stop }
    }

    /// The lines that one may see, the newest first, with their times up to now.
    pub(crate) fn runs(&self, asker: &Asker) -> Vec<Run> {
        let lines = self.lock();
        let seen = lines.lines.iter().rev().filter(|line| asker.oversees || line.run.asker == asker.name);
        seen.map(|line| told(with_time(line), asker)).collect()
    }

    /// True when the statement is one's own or one oversees all, and still waits.
    pub(crate) fn is_waiting(&self, asker: &Asker, id: u64) -> bool {
        let lines = self.lock();
        let line = lines.lines.iter().rev().find(|line| line.run.id == id);
        line.is_some_and(|line| line.run.state == "waiting" && (asker.oversees || line.run.asker == asker.name))
    }

    /// Tells a running statement to stop; false when there is none that one may stop.
    pub(crate) fn stop(&self, asker: &Asker, id: u64) -> bool {
        let mut lines = self.lock();
        let mine = |line: &&mut Line| line.run.id == id && !has_ended(&line.run) && (asker.oversees || line.run.asker == asker.name);
        lines.lines.iter_mut().find(mine).is_some_and(|line| {
            if line.run.asker != asker.name {
                line.stopper = Stopper::Administrator;
            }
            line.stop.notify_one();
            true
        })
    }

    fn lock(&self) -> MutexGuard<'_, Lines> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Lines {
    /// Forgets the oldest ended statement of whoever has most of them: who asks without end does not take away what others
    /// asked. False when none has ended.
    fn forget_one(&mut self) -> bool {
        let mut ended = BTreeMap::<&str, usize>::new();
        for line in self.lines.iter().filter(|line| has_ended(&line.run)) {
            *ended.entry(&line.run.asker).or_default() += 1;
        }
        let Some((most, _)) = ended.into_iter().max_by_key(|(_, count)| *count) else { return false };
        let at = self.lines.iter().position(|line| has_ended(&line.run) && line.run.asker == most);
        at.and_then(|at| self.lines.remove(at)).is_some()
    }
}

impl Entry {
    /// It has a worker now.
    pub(crate) fn began(&self, generation: u64) {
        self.change(|line| {
            line.run.state = "running";
            line.run.generation = generation;
            line.run.waited_ms = milliseconds(line.since);
            line.since = Instant::now();
        });
    }

    pub(crate) fn used(&self, used: Used) {
        self.change(|line| {
            line.run.planned_ms = used.planned_ms;
            line.run.read = used.read;
            line.run.rows = line.run.rows.max(used.rows);
            line.run.memory = line.run.memory.max(used.memory);
        });
    }

    pub(crate) fn gave(&self, bytes: usize) {
        self.change(|line| line.run.bytes += bytes as u64);
    }

    /// What whoever asked is told when it is stopped.
    pub(crate) fn stopped(&self) -> SqlFailure {
        let lines = self.ledger.lock();
        let line = lines.lines.iter().rev().find(|line| line.run.id == self.id);
        stopped(line.map_or(Stopper::Owner, |line| line.stopper))
    }

    /// It is over: `done`, `failed` or `stopped`.
    pub(crate) fn ended(&self, state: &'static str, failure: Option<&SqlFailure>) {
        self.change(|line| {
            if has_ended(&line.run) {
                return;
            }
            line.run = with_time(line);
            line.run.state = state;
            line.run.error = failure.map_or_else(String::new, |failure| failure.error.clone());
        });
    }

    fn change(&self, change: impl FnOnce(&mut Line)) {
        if let Some(line) = self.ledger.lock().lines.iter_mut().rev().find(|line| line.run.id == self.id) {
            change(line);
        }
    }
}

/// An overseer learns how long others' statements take, not what they ask: that names projects, and so may a fault. Why one
/// was stopped are words of ours.
fn told(run: Run, asker: &Asker) -> Run {
    if run.asker == asker.name {
        return run;
    }
    let error = if run.state == "stopped" { run.error } else { String::new() };
    Run { sql: String::new(), error, ..run }
}

fn has_ended(run: &Run) -> bool {
    !matches!(run.state, "waiting" | "running")
}

fn with_time(line: &Line) -> Run {
    let mut run = line.run.clone();
    match run.state {
        "waiting" => run.waited_ms = milliseconds(line.since),
        "running" => run.ran_ms = milliseconds(line.since),
        _ => {}
    }
    run
}

fn milliseconds(since: Instant) -> u64 {
    u64::try_from(since.elapsed().as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use qunlian_domain::access::RowScope;
    use qunlian_queries::{Door, Params};

    use super::*;

    fn asker(name: &str, oversees: bool) -> Asker {
        Asker { name: name.into(), scope: RowScope::City, door: Door::Page, oversees }
    }

    fn statement() -> Statement {
        Statement { sql: "select 1".into(), as_of: None, params: Params::new(), most: None, ticket: "t".into() }
    }

    #[test]
    fn one_sees_and_stops_ones_own() {
        let ledger = Ledger::default();
        let entry = ledger.open(&asker("zhou", false), &statement());
        entry.began(7);
        entry.used(Used { planned_ms: 2, read: 50, rows: 5, memory: 9, truncated: false });
        assert_eq!(ledger.runs(&asker("wu", false)), []);
        let seen = ledger.runs(&asker("wu", true));
        assert_eq!((seen[0].state, seen[0].rows, seen[0].generation, seen[0].asker.as_str()), ("running", 5, 7, "zhou"));
        assert_eq!((seen[0].sql.as_str(), ledger.runs(&asker("zhou", false))[0].sql.as_str()), ("", "select 1"));
        assert!(!ledger.stop(&asker("wu", false), entry.id) && ledger.stop(&asker("zhou", false), entry.id));
        entry.ended("stopped", None);
        assert!(!ledger.stop(&asker("zhou", false), entry.id), "it is over");
        entry.ended("done", None);
        assert_eq!(ledger.runs(&asker("zhou", false))[0].state, "stopped");
    }

    #[test]
    fn one_is_told_that_an_administrator_stopped_it() {
        let ledger = Ledger::default();
        let own = ledger.open(&asker("wu", true), &statement());
        assert!(ledger.stop(&asker("wu", true), own.id));
        assert_eq!(own.stopped().said, "查询已停止", "an administrator's own is its owner's");
        let entry = ledger.open(&asker("zhou", false), &statement());
        assert!(ledger.stop(&asker("wu", true), entry.id));
        let failure = entry.stopped();
        assert_eq!((failure.error.as_str(), failure.said.as_str()), ("stopped by an administrator", "查询已被管理员停止"));
        entry.ended("stopped", Some(&failure));
        assert_eq!(ledger.runs(&asker("wu", true))[0].error, "stopped by an administrator");
        let failed = ledger.open(&asker("zhou", false), &statement());
        failed.ended("failed", Some(&SqlFailure::new(qunlian_queries::FailureKind::Refused, "cannot read 安徽示例", "", "")));
        assert_eq!(ledger.runs(&asker("wu", true))[0].error, "", "a fault may name what was asked");
    }

    #[test]
    fn the_past_is_bounded_and_the_present_is_not_forgotten() {
        let ledger = Ledger::default();
        let first = ledger.open(&asker("zhou", false), &statement());
        for _ in 0..REMEMBERED + 10 {
            ledger.open(&asker("zhou", false), &statement()).ended("done", None);
        }
        let runs = ledger.runs(&asker("zhou", false));
        assert_eq!(runs.len(), REMEMBERED);
        assert_eq!(runs.last().map(|run| run.id), Some(first.id));
    }

    #[test]
    fn who_asks_without_end_forgets_only_ones_own() {
        let ledger = Ledger::default();
        let other = ledger.open(&asker("wu", false), &statement());
        other.ended("done", None);
        for _ in 0..REMEMBERED + 5 {
            ledger.open(&asker("zhou", false), &statement()).ended("failed", None);
        }
        let (mine, all) = (ledger.runs(&asker("wu", false)), ledger.runs(&asker("li", true)));
        assert_eq!((mine.len(), all.len(), all[0].id), (1, REMEMBERED, other.id + REMEMBERED as u64 + 5));
        assert!(!ledger.is_waiting(&asker("wu", false), other.id));
        let waits = ledger.open(&asker("wu", false), &statement());
        let sees = |name: &str, oversees| ledger.is_waiting(&asker(name, oversees), waits.id);
        assert_eq!((sees("wu", false), sees("zhou", false), sees("zhou", true)), (true, false, true));
    }
}
