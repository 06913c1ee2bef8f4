//! An upgrade killed at any instant: the old version stays usable, and the next start upgrades.

#![allow(clippy::unwrap_used)]

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use qunlian_registry::{AuditBooks, Settings, SqliteStore, Store};
use rusqlite::Connection;

const FIRST: &str = include_str!("../migrations/0001_books.sql");
const ROWS: i64 = 20_000;

/// Not a test of its own: a process that only opens the books, which upgrades them.
#[test]
fn upgrading_child() {
    let Ok(path) = std::env::var("QUNLIAN_TEST_UPGRADE") else { return };
    drop(SqliteStore::open(Path::new(&path)).unwrap());
}

fn upgrade(path: &Path) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "upgrading_child", "--test-threads=1"])
        .env("QUNLIAN_TEST_UPGRADE", path)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// Books as the first version made them, with enough in them that copying takes a while.
fn first_version(path: &Path) {
    let mut connection = Connection::open(path).unwrap();
    connection.pragma_update(None, "journal_mode", "wal").unwrap();
    connection.execute_batch(FIRST).unwrap();
    connection.pragma_update(None, "user_version", 1).unwrap();
    let transaction = connection.transaction().unwrap();
    for number in 0..ROWS {
        let row = (format!("name {number}"), "x".repeat(200), "2022-05-31T00:00:00.000Z");
        transaction.execute("insert into settings (name, value, changed_at) values (?1, ?2, ?3)", row).unwrap();
    }
    transaction.commit().unwrap();
}

fn version(path: &Path) -> i64 {
    Connection::open(path).unwrap().pragma_query_value(None, "user_version", |row| row.get(0)).unwrap()
}

/// What a program of the first version does with its books.
fn first_version_works(path: &Path) {
    let connection = Connection::open(path).unwrap();
    let count: i64 = connection.query_row("select count(*) from settings", [], |row| row.get(0)).unwrap();
    assert_eq!(count, ROWS);
    let tables: i64 = connection.query_row("select count(*) from sqlite_schema where name = 'audit_log'", [], |row| row.get(0)).unwrap();
    assert_eq!(tables, 0, "nothing of the new version is there");
    let whole: String = connection.query_row("pragma integrity_check", [], |row| row.get(0)).unwrap();
    assert_eq!(whole, "ok");
    connection.execute("update settings set value = 'written after the kill' where name = 'name 7'", []).unwrap();
}

fn copy_of(path: &Path) -> PathBuf {
    PathBuf::from(format!("{}.v1", path.display()))
}

#[test]
fn a_killed_upgrade_leaves_the_old_version_usable() {
    let folder = tempfile::tempdir().unwrap();
    let pristine = folder.path().join("pristine.sqlite");
    first_version(&pristine);
    let (mut old, mut new) = (0, 0);
    for round in 0..24_u64 {
        let path = folder.path().join(format!("books-{round}.sqlite"));
        std::fs::copy(&pristine, &path).unwrap();
        let mut child = upgrade(&path);
        // The copy that is put aside is the first thing an upgrade does.
        while !copy_of(&path).exists() && child.try_wait().unwrap().is_none() {
            std::thread::sleep(Duration::from_micros(200));
        }
        std::thread::sleep(Duration::from_millis(round * round / 4));
        child.kill().unwrap();
        child.wait().unwrap();
        if version(&path) == 1 {
            old += 1;
            first_version_works(&path);
        } else {
            new += 1;
        }
        let store = SqliteStore::open(&path).unwrap();
        assert!(store.check().unwrap().is_empty(), "round {round}");
        assert!(store.setting("name 9").unwrap().is_some() && store.verify_audit().unwrap().is_whole());
        assert_eq!(version(&copy_of(&path)), 1, "the copy of the old version is whole, too");
        drop(store);
        std::fs::remove_file(&path).unwrap();
    }
    assert!(old > 0, "no kill came before the end of an upgrade: {new} ended");
}
