//! 300 kills of a process with 8 concurrent writers: what was answered is there once, and the audit chain verifies.

#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};

use chrono::{DateTime, Utc};
use qunlian_domain::access::RowScope;
use qunlian_domain::audit::{AuditAction, Via};
use qunlian_domain::claim::{State, Way};
use qunlian_domain::filing::Values;
use qunlian_registry::{
    AuditBooks, AuditEntry, AuditFilter, ClaimFilter, Doer, FilingBooks, FilingFilter, NewFiling, Settings, SqliteStore, Step, Store, Typed,
};
use serde_json::json;

const ROUNDS: u64 = 300;
const WRITERS: u64 = 8;

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_654_000_000, 0).unwrap()
}

/// Not a test of its own: a process whose 8 threads write until it is killed, saying what was answered.
#[test]
fn killed_writer() {
    let Ok(path) = std::env::var("QUNLIAN_TEST_KILLED_BOOKS") else { return };
    let round = std::env::var("QUNLIAN_TEST_ROUND").unwrap();
    let store = SqliteStore::open(Path::new(&path)).unwrap();
    let next = AtomicU64::new(0);
    std::thread::scope(|scope| {
        for writer in 0..WRITERS {
            let (store, next, round) = (&store, &next, &round);
            scope.spawn(move || {
                loop {
                    let name = format!("{round}-{writer}-{}", next.fetch_add(1, Ordering::Relaxed));
                    write(store, writer, &name);
                    // One write per line, so that a kill cannot cut a line in two.
                    std::io::stderr().lock().write_all(format!("answered {name}\n").as_bytes()).unwrap();
                }
            });
        }
    });
}

/// Three writers add to the log, whose records hang on each other; three file and submit, each step of which is many
/// rows and a record of the log; the others write what has no order.
fn write(store: &SqliteStore, writer: u64, name: &str) {
    match writer {
        0..=2 => {
            let (actor, subject) = (format!("writer-{writer}"), name.to_owned());
            let detail = json!({ "writer": writer });
            let entry = AuditEntry { at: now(), account: None, actor, via: Via::Job, action: AuditAction::Approved, subject, detail };
            store.append(&entry).unwrap();
        }
        3..=5 => file_and_submit(store, name),
        _ => store.put_setting(&format!("write {name}"), "answered", now()).unwrap(),
    }
}

fn new_filing(name: &str) -> NewFiling {
    let typed = Typed::from([("name".to_owned(), name.to_owned()), ("investor".to_owned(), "样例铝业".to_owned())]);
    let by = Doer { account: Some(7), name: "clerk".into(), via: Via::Api, now: now(), today: now().date_naive() };
    NewFiling { carrier_id: "suixi".into(), stage: 0, typed, once: Some((name.to_owned(), "0".repeat(64))), by }
}

fn file_and_submit(store: &SqliteStore, name: &str) {
    let new = new_filing(name);
    let claim = store.open_filing(&new).unwrap().claim;
    let values: Values = new.typed.clone().into_iter().collect();
    let way = Way { two_reviews: false, notice_days: Some(5) };
    store.step(claim.id, &Step::Submit { typed: new.typed, values, way }, &new.by).unwrap();
}

fn start(path: &Path, round: u64) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "killed_writer", "--test-threads=1", "--nocapture"])
        .env("QUNLIAN_TEST_KILLED_BOOKS", path)
        .env("QUNLIAN_TEST_ROUND", round.to_string())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

/// Lets a writer answer a while, kills it, and gives all that it answered.
fn answered_until_killed(path: &Path, round: u64) -> Vec<String> {
    let mut child = start(path, round);
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    let name = |line: std::io::Result<String>| line.unwrap().strip_prefix("answered ").map(str::to_owned);
    // From one answer to several: kills meet the first write, a checkpoint, a crowd of waiting writers.
    let enough = 1 + (round * 7 % 23) as usize;
    let mut answered: Vec<String> = lines.by_ref().filter_map(name).take(enough).collect();
    child.kill().unwrap();
    child.wait().unwrap();
    answered.extend(lines.filter_map(name));
    answered
}

#[test]
fn answered_writes_are_there_once_after_300_kills() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("books.sqlite");
    let mut answered: Vec<String> = Vec::new();
    for round in 0..ROUNDS {
        let of_round = answered_until_killed(&path, round);
        assert!(!of_round.is_empty(), "round {round} ended without an answer");
        answered.extend(of_round);
        if round % 50 == 0 {
            let verdict = SqliteStore::open(&path).unwrap().verify_audit().unwrap();
            assert_eq!(verdict.fault, None, "after round {round}");
        }
    }
    let store = SqliteStore::open(&path).unwrap();
    assert!(store.check().unwrap().is_empty());
    let verdict = store.verify_audit().unwrap();
    assert_eq!(verdict.fault, None);
    let there = Books::read(&store);
    assert_eq!(there.records.values().sum::<u64>() + there.steps, verdict.records, "every record is of a writer or of a step");
    for name in &answered {
        let writer: u64 = name.split('-').nth(1).unwrap().parse().unwrap();
        let count = match writer {
            0..=2 => there.records.get(name).copied().unwrap_or(0),
            3..=5 => there.submitted.get(name).copied().unwrap_or(0),
            _ => u64::from(store.setting(&format!("write {name}")).unwrap().as_deref() == Some("answered")),
        };
        assert_eq!(count, 1, "{name} was answered and is there {count} times");
    }
    let once = |times: &BTreeMap<String, u64>| times.values().all(|count| *count == 1);
    assert!(once(&there.records) && once(&there.filings), "nothing is there twice, answered or not");
    let filed = answered.iter().find(|name| name.split('-').nth(1) == Some("3")).unwrap();
    assert!(store.open_filing(&new_filing(filed)).unwrap().again, "whoever asks again is given what was made");
    assert!(answered.len() as u64 > ROUNDS);
}

/// What the books hold, by the names that writers gave.
struct Books {
    records: BTreeMap<String, u64>,
    /// Records of steps of claims.
    steps: u64,
    filings: BTreeMap<String, u64>,
    submitted: BTreeMap<String, u64>,
}

impl Books {
    fn read(store: &SqliteStore) -> Self {
        let mut books = Self { records: BTreeMap::new(), steps: 0, filings: BTreeMap::new(), submitted: BTreeMap::new() };
        for record in store.audit_page(&AuditFilter::default(), None, usize::MAX >> 1).unwrap() {
            if record.actor.starts_with("writer-") {
                *books.records.entry(record.subject).or_default() += 1;
            } else {
                books.steps += 1;
            }
        }
        let all = FilingFilter { scope: RowScope::City, limit: usize::MAX >> 1, ..FilingFilter::default() };
        for filing in store.filings(&all).unwrap() {
            *books.filings.entry(filing.name).or_default() += 1;
        }
        let states = vec![State::Submitted];
        let submitted = ClaimFilter { scope: RowScope::City, states, limit: usize::MAX >> 1, ..ClaimFilter::default() };
        for claim in store.claims(&submitted).unwrap() {
            *books.submitted.entry(claim.project_name).or_default() += 1;
        }
        books
    }
}
