//! The audit log's part of the suite.

use qunlian_domain::access::Role;
use qunlian_domain::audit::{AuditAction, DETAIL_BYTES, Via};
use serde_json::{Value, json};

use super::at;
use crate::{AuditEntry, AuditFilter, AuditHead, AuditRecord, Grant, NewAccount, Store};

/// All of it.
pub(super) fn audit_suite<S: Store + Sync>(make: &impl Fn() -> S) {
    records_form_a_chain(&make());
    many_writers_make_one_chain(&make());
    pages_are_newest_first_and_filtered(&make());
    what_people_typed_is_kept_harmless_and_bounded(&make());
    accounts_and_roles_leave_their_records(&make());
}

pub(super) fn entry(action: AuditAction, actor: &str, subject: &str, minutes: i64) -> AuditEntry {
    AuditEntry {
        at: at(minutes),
        account: None,
        actor: actor.into(),
        via: Via::Web,
        action,
        subject: subject.into(),
        detail: json!({ "minutes": minutes }),
    }
}

fn all(store: &impl Store) -> Vec<AuditRecord> {
    store.audit_page(&AuditFilter::default(), None, 10_000).unwrap()
}

fn records_form_a_chain(store: &impl Store) {
    let empty = store.verify_audit().unwrap();
    assert_eq!((empty.records, empty.head.clone(), empty.is_whole()), (0, None, true));
    assert_eq!(store.audit_head().unwrap(), None);
    let first = store.append(&AuditEntry { account: Some(7), ..entry(AuditAction::Login, "chen.jia", "会话", 1) }).unwrap();
    let second = store.append(&entry(AuditAction::Export, "chen.jia", "/projects.csv", 0)).unwrap();
    assert_eq!((first.seq, second.seq, first.account, second.account), (1, 2, Some(7), None));
    assert_eq!((first.previous.as_str(), &second.previous), ("0".repeat(64).as_str(), &first.hash));
    assert_eq!((first.time(), first.action_name(), first.via_name()), (Some(at(1)), "登录", "网页"));
    assert_eq!(store.audit_record(1).unwrap(), Some(first.clone()));
    assert_eq!(store.audit_record(3).unwrap(), None);
    assert_eq!(all(store), [second.clone(), first]);
    let verdict = store.verify_audit().unwrap();
    assert_eq!((verdict.records, verdict.head, verdict.fault), (2, Some(second.head()), None));
    assert_eq!(store.audit_head().unwrap(), Some(second.head()));
}

fn many_writers_make_one_chain(store: &(impl Store + Sync)) {
    std::thread::scope(|scope| {
        for writer in 0..8 {
            scope.spawn(move || {
                for round in 0..5 {
                    store.append(&entry(AuditAction::Approved, &format!("writer-{writer}"), &round.to_string(), round)).unwrap();
                }
            });
        }
    });
    let verdict = store.verify_audit().unwrap();
    assert_eq!((verdict.records, verdict.fault), (40, None));
    let mut said: Vec<(String, String)> = all(store).into_iter().map(|record| (record.actor, record.subject)).collect();
    said.sort();
    said.dedup();
    assert_eq!(said.len(), 40, "each once");
}

fn pages_are_newest_first_and_filtered(store: &impl Store) {
    for minutes in 0..10 {
        let (action, actor) = if minutes % 2 == 0 { (AuditAction::Login, "Chen.Jia") } else { (AuditAction::Sql, "sun") };
        store.append(&entry(action, actor, &format!("F-2022-{minutes:03}"), minutes)).unwrap();
    }
    let numbers = |filter: &AuditFilter, before| -> Vec<i64> {
        store.audit_page(filter, before, 3).unwrap().iter().map(|record| record.seq).collect()
    };
    let any = AuditFilter::default();
    assert_eq!(numbers(&any, None), [10, 9, 8]);
    assert_eq!(numbers(&any, Some(8)), [7, 6, 5]);
    assert_eq!(numbers(&any, Some(1)), [0i64; 0]);
    assert_eq!(numbers(&AuditFilter { action: Some(AuditAction::Sql), ..any.clone() }, None), [10, 8, 6]);
    assert_eq!(numbers(&AuditFilter { actor: Some("chen".into()), ..any.clone() }, Some(9)), [7, 5, 3], "without regard to case");
    assert_eq!(numbers(&AuditFilter { subject: Some("-004".into()), ..any.clone() }, None), [5]);
    assert_eq!(numbers(&AuditFilter { subject: Some("%".into()), ..any.clone() }, None), [0i64; 0], "no wildcards");
    assert_eq!(numbers(&AuditFilter { from: Some(at(3)), until: Some(at(5)), ..any.clone() }, None), [5, 4]);
    let both = AuditFilter { action: Some(AuditAction::Login), actor: Some("sun".into()), ..any };
    assert_eq!(numbers(&both, None), [0i64; 0]);
}

fn what_people_typed_is_kept_harmless_and_bounded(store: &impl Store) {
    let odd = "x\r\nSet-Cookie: a=b\u{202e}\u{0}'; drop table audit_log; --<script>";
    let kept = store.append(&AuditEntry { detail: json!({ odd: odd }), ..entry(AuditAction::LoginFailed, odd, odd, 0) }).unwrap();
    assert_eq!(kept.actor, "x Set-Cookie: a=b'; drop table audit_log; --<script>");
    assert_eq!(kept.subject, kept.actor);
    assert!(kept.detail.chars().all(|c| !c.is_control() && c != '\u{202e}'), "{}", kept.detail);
    assert_eq!(serde_json::from_str::<Value>(&kept.detail).unwrap(), json!({ odd: odd }), "escaped, not lost");
    let long = "长".repeat(100_000);
    let flood = AuditEntry { detail: json!({ "sql": long }), ..entry(AuditAction::Sql, &long, &long, 1) };
    let kept = store.append(&flood).unwrap();
    assert!(kept.detail.len() <= DETAIL_BYTES && kept.actor.chars().count() <= 80 && kept.subject.chars().count() <= 240);
    assert_eq!(all(store), [kept.clone(), store.audit_record(1).unwrap().unwrap()]);
    assert_eq!(store.verify_audit().unwrap().head, Some(AuditHead { seq: 2, hash: kept.hash }));
}

fn accounts_and_roles_leave_their_records(store: &impl Store) {
    let new = NewAccount { name: "li".into(), person: "示例乙".into(), created_by: "admin".into(), now: at(1) };
    let account = store.create_account(&new).unwrap();
    assert!(store.create_account(&new).is_err());
    let clerk = [Grant { role: Role::Clerk, carrier_id: Some("suixi".into()) }];
    store.grant_roles(account.id, &clerk, "console", at(2)).unwrap();
    let both = [Role::SystemAdministrator, Role::AuditAdministrator].map(|role| Grant { role, carrier_id: None });
    assert!(store.grant_roles(account.id, &both, "admin", at(3)).is_err());
    let leader = [Grant { role: Role::Leader, carrier_id: None }];
    store.grant_roles(account.id, &leader, "admin", at(4)).unwrap();
    let said: Vec<(String, String, String, String)> =
        all(store).into_iter().map(|record| (record.action, record.actor, record.via, record.subject)).collect();
    let row = |action: &str, actor: &str, via: &str| (action.to_owned(), actor.to_owned(), via.to_owned(), "li".to_owned());
    let expect = [row("roles_granted", "admin", "web"), row("roles_granted", "console", "console"), row("account_opened", "admin", "web")];
    assert_eq!(said, expect, "what was refused leaves no record");
    let detail: Value = serde_json::from_str(&all(store)[0].detail).unwrap();
    assert_eq!((&detail["before"], &detail["after"]), (&json!(["clerk:suixi"]), &json!(["leader"])));
}
