//! The SQLite books: copies, damage, durability across kills, several processes on one file.

#![allow(clippy::unwrap_used)]

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};

use chrono::{DateTime, Utc};
use qunlian_registry::{Claimed, JobBooks, Origin, RegistryError, Settings, SlotClaim, SqliteStore, Store};

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_654_000_000, 0).unwrap()
}

#[test]
fn a_copy_taken_while_open_is_whole() {
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(&folder.path().join("books.sqlite")).unwrap();
    store.put_setting("city", "huaibei", now()).unwrap();
    let copy = folder.path().join("copy.sqlite");
    store.backup(&copy).unwrap();
    assert!(store.backup(&copy).is_err(), "a copy is never overwritten");
    let restored = SqliteStore::open(&copy).unwrap();
    assert_eq!(restored.setting("city").unwrap().as_deref(), Some("huaibei"));
}

#[test]
fn damaged_pages_are_found() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("books.sqlite");
    let store = SqliteStore::open(&path).unwrap();
    for index in 0..2_000 {
        store.put_setting(&format!("name {index}"), &"x".repeat(50), now()).unwrap();
    }
    drop(store);
    assert!(SqliteStore::open(&path).unwrap().check().unwrap().is_empty());
    let mut bytes = fs::read(&path).unwrap();
    let middle = bytes.len() / 2 / 4096 * 4096;
    bytes[middle..middle + 600].fill(0xEE);
    fs::write(&path, bytes).unwrap();
    // Whichever table the page belongs to: opening meets it, or the check does.
    match SqliteStore::open(&path) {
        Err(RegistryError::Damaged { .. }) => {}
        opened => assert!(!opened.unwrap().check().unwrap().is_empty()),
    }
}

/// Not a test of its own: a process that writes until it is killed, saying what was answered.
#[test]
fn writing_child() {
    let Ok(path) = std::env::var("QUNLIAN_TEST_BOOKS") else { return };
    let store = SqliteStore::open(Path::new(&path)).unwrap();
    let name = std::env::var("QUNLIAN_TEST_NAME").unwrap();
    let mut out = std::io::stderr().lock();
    for index in 0..1_000_000 {
        store.put_setting(&format!("{name} {index}"), "answered", now()).unwrap();
        // one write per line, so that a kill cannot cut a line in two
        out.write_all(format!("answered {name} {index}\n").as_bytes()).unwrap();
        // SQLite's locks are not fair: a loop without a pause would starve the other process
        std::thread::sleep(std::time::Duration::from_millis(2));
    }
}

#[test]
fn answered_writes_of_several_killed_processes_survive() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("books.sqlite");
    let spawn = |name: &str| {
        Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "writing_child", "--test-threads=1", "--nocapture"])
            .env("QUNLIAN_TEST_BOOKS", &path)
            .env("QUNLIAN_TEST_NAME", name)
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap()
    };
    let mut children = ["one", "two"].map(spawn);
    let mut said: Vec<_> = children.iter_mut().map(|child| BufReader::new(child.stderr.take().unwrap()).lines()).collect();
    let mut answered = Vec::new();
    let answer = |line: std::io::Result<String>| line.unwrap().strip_prefix("answered ").map(str::to_owned);
    for lines in &mut said {
        answered.extend(lines.by_ref().filter_map(answer).take(10));
    }
    for child in &mut children {
        child.kill().unwrap();
        child.wait().unwrap();
    }
    for lines in said {
        answered.extend(lines.filter_map(answer));
    }
    let store = SqliteStore::open(&path).unwrap();
    assert!(answered.len() >= 20);
    for name in &answered {
        assert_eq!(store.setting(name).unwrap().as_deref(), Some("answered"), "{name} was lost");
    }
    assert!(store.check().unwrap().is_empty());
}

#[test]
fn two_stores_on_one_file_have_one_winner_per_slot() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("books.sqlite");
    let stores = [SqliteStore::open(&path).unwrap(), SqliteStore::open(&path).unwrap()];
    for round in 0..20 {
        let slot = now() + chrono::TimeDelta::hours(round);
        let job = format!("job {round}");
        let bid = |holder: &str| SlotClaim {
            job: job.clone(),
            slot,
            origin: Origin::Schedule,
            holder: holder.into(),
            now: slot,
            lease_until: slot,
        };
        let claimed: Vec<Claimed> = std::thread::scope(|scope| {
            let bids = stores.iter().zip(["a", "b"]);
            let threads: Vec<_> = bids.map(|(store, holder)| scope.spawn(move || store.claim(&bid(holder)).unwrap())).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        let won = claimed.iter().filter(|claimed| matches!(claimed, Claimed::Won(_))).count();
        assert_eq!(won, 1, "{claimed:?}");
    }
}
