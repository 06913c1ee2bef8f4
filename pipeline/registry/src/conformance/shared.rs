//! Books that several processes have open at once, and texts that try to break out of them: their part of the suite.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use qunlian_domain::access::Role;
use qunlian_domain::access::lockout::LoginLimits;
use qunlian_domain::audit::AuditAction;

use super::audit::entry;
use super::{JOB, at, bid, open_account, win};
use crate::{AuditFilter, Claimed, Grant, Import, ImportOutcome, NewOverride, OverrideField, RegistryError, Store};

/// All of it.
pub(super) fn shared_suite<S: Store + Sync>(make: &impl Fn() -> S, again: &impl Fn(&S) -> S) {
    let pair = || {
        let one = make();
        let other = again(&one);
        (one, other)
    };
    nothing_is_remembered_beside_the_books(&pair());
    two_doors_make_one_chain(&pair());
    two_doors_count_every_wrong_try(&pair());
    a_copy_is_of_one_moment(&pair());
    texts_come_back_as_they_were_given(&make());
    times_are_kept_to_the_millisecond(&make());
    a_refused_write_leaves_nothing(&make());
}

type Pair<S> = (S, S);

fn nothing_is_remembered_beside_the_books<S: Store>((one, other): &Pair<S>) {
    let account = open_account(one, "wang");
    assert_eq!(other.account_named("wang").unwrap(), Some(account.clone()));
    let key = "a".repeat(64);
    one.open_session(&key, account.id, at(0)).unwrap();
    assert!(other.session(&key).unwrap().is_some());
    other.grant_roles(account.id, &[Grant { role: Role::Leader, carrier_id: None }], "admin", at(1)).unwrap();
    assert_eq!(one.session(&key).unwrap(), None, "a session ended through the other door is ended");
    assert_eq!(one.account(account.id).unwrap().unwrap().grants.len(), 1);
    other.put_setting("city", "huaibei", at(1)).unwrap();
    assert_eq!(one.setting_or_put("city", "other", at(2)).unwrap(), "huaibei");
    let lease = win(one, bid(0, "a", 0));
    match other.claim(&bid(0, "b", 0)).unwrap() {
        Claimed::Busy(running) => assert_eq!(running.lease(), Some(lease)),
        taken => panic!("both doors won: {taken:?}"),
    }
    assert_eq!(other.slots(Some(JOB), 9).unwrap(), one.slots(Some(JOB), 9).unwrap());
}

fn two_doors_make_one_chain<S: Store + Sync>((one, other): &Pair<S>) {
    std::thread::scope(|scope| {
        for (door, store) in [one, other].into_iter().enumerate() {
            scope.spawn(move || {
                for round in 0..20 {
                    store.append(&entry(AuditAction::Login, &format!("door-{door}"), &round.to_string(), round)).unwrap();
                }
            });
        }
    });
    let verdict = one.verify_audit().unwrap();
    assert_eq!((verdict.records, verdict.fault), (40, None));
    assert_eq!(other.verify_audit().unwrap(), verdict);
    let said: BTreeSet<(String, String)> =
        other.audit_page(&AuditFilter::default(), None, 99).unwrap().into_iter().map(|record| (record.actor, record.subject)).collect();
    assert_eq!(said.len(), 40, "each once");
}

fn two_doors_count_every_wrong_try<S: Store + Sync>((one, other): &Pair<S>) {
    let limits = LoginLimits::default();
    let account = open_account(one, "zhou");
    std::thread::scope(|scope| {
        for store in [one, other, one, other] {
            scope.spawn(|| store.record_failure(account.id, &limits, at(1)).unwrap());
        }
    });
    assert_eq!(one.account(account.id).unwrap().unwrap().failures.count, 4);
}

/// A copy taken while another door writes holds a whole chain, however far it got.
fn a_copy_is_of_one_moment<S: Store + Sync>((one, other): &Pair<S>) {
    let folder = tempfile_folder();
    std::thread::scope(|scope| {
        scope.spawn(|| {
            for round in 0..30 {
                one.append(&entry(AuditAction::Export, "sun", "/projects.csv", round)).unwrap();
            }
        });
        for copy in 0..3 {
            other.backup(&folder.join(format!("copy-{copy}"))).unwrap();
        }
    });
    assert!(other.backup(&folder.join("copy-0")).is_err(), "a copy is never overwritten");
    assert!(one.check().unwrap().is_empty());
    assert_eq!(one.verify_audit().unwrap().records, 30);
    std::fs::remove_dir_all(folder).unwrap();
}

fn tempfile_folder() -> std::path::PathBuf {
    let number = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_nanos();
    let folder = std::env::temp_dir().join(format!("qunlian-suite-{}-{number}", std::process::id()));
    std::fs::create_dir(&folder).unwrap();
    folder
}

/// What people may type: quotes, commands, other scripts, four-byte letters, control characters, nothing at all.
const ODD: [&str; 9] = [
    "'; drop table accounts; --",
    "\"$1\" ?1 :name @x %s",
    "<script>alert(1)</script>",
    "=cmd|' /C calc'!A0",
    "\u{202e}txt.exe",
    "行一\r\n行二\t\u{0}",
    "𠮷\u{1f600}é e\u{301}",
    " 前后空格 ",
    "",
];

fn texts_come_back_as_they_were_given(store: &impl Store) {
    for (number, text) in ODD.into_iter().enumerate() {
        store.put_setting(&format!("odd {number} {text}"), text, at(0)).unwrap();
        assert_eq!(store.setting(&format!("odd {number} {text}")).unwrap().as_deref(), Some(text), "{text:?}");
        let import = Import {
            blake3: format!("{number:064x}"),
            file_name: text.into(),
            received_at: at(0),
            read_at: at(0),
            bytes: 1,
            outcome: ImportOutcome::Refused,
            refusal: Some(text.into()),
            hint: Some(text.into()),
            rows: 0,
            complaints: 0,
            report: serde_json::json!({ text: text }),
        };
        store.record_import(&import).unwrap();
        assert_eq!(store.import(&import.blake3).unwrap(), Some(import));
        let decision = NewOverride {
            project_id: format!("P{number}"),
            field: OverrideField::Chain,
            value: "food".into(),
            reason: format!("x{text}"),
            decided_by: format!("y{text}"),
            decided_on: at(0).date_naive(),
            now: at(0),
        };
        let kept = store.set_override(&decision).unwrap();
        assert_eq!((kept.reason, kept.decided_by), (decision.reason, decision.decided_by));
    }
    assert_eq!(store.account_named("'; drop table accounts; --").unwrap(), None);
    assert_eq!(store.accounts().unwrap(), []);
}

fn times_are_kept_to_the_millisecond(store: &impl Store) {
    let precise = at(0) + TimeDelta::nanoseconds(123_987_654);
    let kept = store.first_time("precise", precise, precise).unwrap();
    assert_eq!(kept, at(0) + TimeDelta::milliseconds(123));
    assert_eq!(store.first_time("precise", at(9), at(9)).unwrap(), kept);
}

fn a_refused_write_leaves_nothing(store: &impl Store) {
    let account = open_account(store, "wu");
    let before = (store.account(account.id).unwrap(), store.audit_head().unwrap());
    let administrators = [Role::SystemAdministrator, Role::AuditAdministrator].map(|role| Grant { role, carrier_id: None });
    let refused = store.grant_roles(account.id, &administrators, "admin", at(1)).unwrap_err();
    assert!(matches!(refused, RegistryError::Refused { .. }), "{refused}");
    let nobody = store.grant_roles(account.id + 99, &[Grant { role: Role::Leader, carrier_id: None }], "admin", at(1));
    assert!(nobody.is_err());
    assert!(store.open_session("not a hash", account.id, at(1)).is_err());
    assert_eq!((store.account(account.id).unwrap(), store.audit_head().unwrap()), before);
    assert_eq!(store.end_sessions(account.id).unwrap(), 0);
}
