//! The audit log on SQLite: what a hand in the file can do, and what verifying finds of it.

#![allow(clippy::unwrap_used)]

use std::path::{Path, PathBuf};

use chrono::{DateTime, TimeDelta, Utc};
use qunlian_domain::audit::{AuditAction, Via};
use qunlian_registry::{AuditBooks, AuditEntry, AuditFault, AuditFlaw, Settings, SqliteStore};
use rusqlite::Connection;
use serde_json::json;

const COLUMNS: [&str; 10] = ["seq", "at", "account", "actor", "via", "action", "subject", "detail", "previous", "hash"];

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_654_000_000, 0).unwrap()
}

fn books_with(folder: &Path, records: i64) -> PathBuf {
    let path = folder.join("books.sqlite");
    let store = SqliteStore::open(&path).unwrap();
    for number in 1..=records {
        let at = now() + TimeDelta::minutes(number);
        let (actor, subject) = ("chen.jia".to_owned(), format!("F-{number}"));
        let detail = json!({ "number": number });
        let entry = AuditEntry { at, account: Some(number), actor, via: Via::Web, action: AuditAction::Approved, subject, detail };
        store.append(&entry).unwrap();
    }
    path
}

/// A hand in the file: the guards are removed first, as whoever can write the file can do.
fn tamper(path: &Path, sql: &str) {
    let connection = Connection::open(path).unwrap();
    let guards = "drop trigger audit_log_never_changes; drop trigger audit_log_never_shrinks; drop trigger audit_log_only_grows;";
    connection.execute_batch(guards).unwrap();
    connection.pragma_update(None, "ignore_check_constraints", "on").unwrap();
    connection.execute_batch(sql).unwrap();
}

fn fault_after(records: i64, sql: &str) -> Option<AuditFault> {
    let folder = tempfile::tempdir().unwrap();
    let path = books_with(folder.path(), records);
    tamper(&path, sql);
    SqliteStore::open(&path).unwrap().verify_audit().unwrap().fault
}

#[test]
fn one_changed_byte_in_any_column_of_any_record_is_found() {
    let folder = tempfile::tempdir().unwrap();
    let clean = books_with(folder.path(), 3);
    for seq in 1..=3 {
        for column in COLUMNS {
            let path = folder.path().join("copy.sqlite");
            std::fs::copy(&clean, &path).unwrap();
            let change = match column {
                "seq" => "seq = seq + 100".to_owned(),
                "account" => "account = account + 1".to_owned(),
                "detail" => "detail = replace(detail, 'n', 'm')".to_owned(),
                _ => format!("{column} = case substr({column}, 1, 1) when 'a' then 'b' else 'a' end || substr({column}, 2)"),
            };
            tamper(&path, &format!("update audit_log set {change} where seq = {seq}"));
            let store = SqliteStore::open(&path).unwrap();
            let fault = store.verify_audit().unwrap().fault.unwrap_or_else(|| panic!("{column} of record {seq} was changed unnoticed"));
            assert_eq!(fault.seq, seq, "{column}: {fault}");
            assert_eq!(store.audit_page(&Default::default(), None, 9).unwrap().len(), 3, "spoilt records can still be looked at");
            drop(store);
            std::fs::remove_file(&path).unwrap();
        }
    }
    assert!(SqliteStore::open(&clean).unwrap().verify_audit().unwrap().is_whole());
}

#[test]
fn removed_swapped_and_spoilt_records_are_found() {
    let check = |sql: &str, seq: i64, flaw: AuditFlaw| assert_eq!(fault_after(4, sql), Some(AuditFault { seq, flaw }), "{sql}");
    check("delete from audit_log where seq = 2", 2, AuditFlaw::Missing);
    check("delete from audit_log where seq = 1", 1, AuditFlaw::Missing);
    check("delete from audit_log where seq >= 3", 3, AuditFlaw::CutOff);
    check("delete from audit_log", 1, AuditFlaw::CutOff);
    check("delete from settings where name = 'audit_head'", 4, AuditFlaw::HeadLost);
    check("update settings set value = 'nonsense' where name = 'audit_head'", 4, AuditFlaw::HeadLost);
    check("update audit_log set account = null where seq = 3", 3, AuditFlaw::Changed);
    check("update audit_log set actor = cast(x'ff' as text) where seq = 3", 3, AuditFlaw::Changed);
    check(
        "update audit_log set seq = 9 where seq = 1; update audit_log set seq = 1 where seq = 2; update audit_log set seq = 2 where seq = 9",
        1,
        AuditFlaw::Changed,
    );
}

#[test]
fn a_cut_off_end_stays_visible_after_further_records() {
    let folder = tempfile::tempdir().unwrap();
    let path = books_with(folder.path(), 4);
    tamper(&path, "delete from audit_log where seq >= 3");
    let store = SqliteStore::open(&path).unwrap();
    let (at, actor, subject) = (now(), "job".to_owned(), String::new());
    let entry = AuditEntry { at, account: None, actor, via: Via::Job, action: AuditAction::Backup, subject, detail: json!({}) };
    assert_eq!(store.append(&entry).unwrap().seq, 5);
    assert_eq!(store.verify_audit().unwrap().fault, Some(AuditFault { seq: 3, flaw: AuditFlaw::Missing }));
}

#[test]
fn the_log_refuses_to_be_changed() {
    let folder = tempfile::tempdir().unwrap();
    let path = books_with(folder.path(), 2);
    let connection = Connection::open(&path).unwrap();
    let columns = COLUMNS.join(", ");
    for sql in [
        "update audit_log set actor = 'x'".to_owned(),
        "delete from audit_log".to_owned(),
        format!("replace into audit_log select {columns} from audit_log where seq = 1"),
        format!("insert into audit_log select 0, {} from audit_log where seq = 1", COLUMNS[1..].join(", ")),
    ] {
        let refused = connection.execute_batch(&sql).unwrap_err();
        assert!(refused.to_string().contains("the audit log"), "{sql}: {refused}");
    }
    drop(connection);
    let store = SqliteStore::open(&path).unwrap();
    let verdict = store.verify_audit().unwrap();
    assert_eq!((verdict.records, verdict.is_whole()), (2, true));
    assert_eq!(store.setting("audit_head").unwrap(), verdict.head.map(|head| head.to_string()));
}
