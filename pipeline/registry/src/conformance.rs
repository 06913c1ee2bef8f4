//! What every implementation of [`Store`] must do, as one suite that runs unchanged on any of them.

mod audit;
mod bulletins;
mod credit;
mod filings;
mod saved_queries;
mod score_figures;
mod scores;
mod scram;
mod shared;
mod statement_history;
mod subscriptions;
mod targets;
mod trips;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use serde_json::json;

use qunlian_domain::access::Role;
use qunlian_domain::access::lockout::LoginLimits;
use qunlian_domain::access::token::TokenScope;
use qunlian_domain::audit::AuditAction;

use crate::{
    Account, AuditFilter, Beat, Cause, Claimed, End, Ending, FirstAccount, Grant, Import, ImportOutcome, Lease, NewAccount, NewOverride,
    NewToken, Order, Origin, OverrideField, Progress, Recorded, RunOutcome, Slot, SlotClaim, SlotOutcome, SlotState, Store,
};

/// Runs the whole suite; `make` gives fresh, empty books each time, `again` opens the same books once more, as
/// another process would.
pub fn store_suite<S: Store + Sync>(make: impl Fn() -> S, again: impl Fn(&S) -> S) {
    a_slot_runs_once(&make());
    a_job_never_runs_twice_at_once(&make());
    many_bidders_have_one_winner(&make());
    a_failed_run_is_retried_and_both_attempts_stay(&make());
    a_dead_holder_is_expired_only_while_it_is_dead(&make());
    a_late_holder_records_nothing(&make());
    missed_slots_get_one_outcome(&make());
    orders_coalesce_until_they_begin(&make());
    waiting_slots_are_absorbed(&make());
    jobs_that_follow_one_another_leave_no_gap(&make());
    history_is_newest_first_and_forgets_the_old(&make());
    imports_are_recorded_once(&make());
    overrides_are_kept_and_revoked(&make());
    accounts_are_opened_once_and_closed(&make());
    the_first_accounts_are_opened_together(&make());
    roles_that_must_stay_apart_are_refused(&make());
    wrong_tries_are_all_counted(&make());
    sessions_end_with_what_they_stand_on(&make());
    tokens_open_until_they_end(&make());
    settings_keep_the_first_word(&make());
    audit::audit_suite(&make);
    shared::shared_suite(&make, &again);
    filings::suite(&make);
    credit::suite(&make);
    trips::suite(&make);
    scores::suite(&make);
    bulletins::suite(&make);
    subscriptions::suite(&make);
    targets::suite(&make);
    score_figures::suite(&make);
    saved_queries::suite(&make);
    statement_history::suite(&make);
    scram::suite(&make);
    assert!(make().check().unwrap().is_empty());
}

const JOB: &str = "build_lake";

fn at(minutes: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_654_000_000, 0).unwrap() + TimeDelta::minutes(minutes)
}

fn bid(slot: i64, holder: &str, now: i64) -> SlotClaim {
    SlotClaim { job: JOB.into(), slot: at(slot), origin: Origin::Schedule, holder: holder.into(), now: at(now), lease_until: at(now + 1) }
}

fn win(store: &impl Store, claim: SlotClaim) -> Lease {
    match store.claim(&claim).unwrap() {
        Claimed::Won(lease) => lease,
        other => panic!("expected to win, got {other:?}"),
    }
}

fn end(ending: Ending, now: i64) -> End {
    let done = ending == Ending::Done;
    End {
        now: at(now),
        ending,
        cause: if done { None } else { Some(Cause::Killed) },
        message: if done { String::new() } else { "signal 9".into() },
        progress: None,
        result: done.then(|| json!({ "generation": 7 })),
    }
}

fn slot(store: &impl Store, minutes: i64) -> Slot {
    store.slot(JOB, at(minutes)).unwrap().unwrap()
}

fn a_slot_runs_once(store: &impl Store) {
    let lease = win(store, bid(0, "a", 1));
    assert_eq!((lease.attempt, lease.slot), (1, at(0)));
    let progress = Progress { done: 3, total: 10, label: "读取 濉溪县".into() };
    let beat = Beat { lease_until: at(5), pid: Some(42), progress: Some(progress.clone()) };
    assert!(store.renew(&lease, &beat).unwrap());
    let running = store.running().unwrap();
    assert_eq!(running.len(), 1);
    assert_eq!(running[0].progress, Some(progress));
    assert_eq!(running[0].lease_until, Some(at(5)));
    assert_eq!(running[0].lease(), Some(lease.clone()));
    assert!(store.renew(&lease, &Beat { progress: None, pid: None, ..beat }).unwrap());
    assert!(store.finish(&lease, &end(Ending::Done, 6)).unwrap());
    let closed = slot(store, 0);
    assert_eq!((closed.state, closed.outcome), (SlotState::Closed, Some(SlotOutcome::Done)));
    assert_eq!((closed.started, closed.finished), (Some(at(1)), Some(at(6))));
    let runs = store.runs(Some(JOB), 10).unwrap();
    assert_eq!(runs.len(), 1);
    assert_eq!((runs[0].outcome, runs[0].pid), (Some(RunOutcome::Done), Some(42)));
    assert_eq!(runs[0].result, Some(json!({ "generation": 7 })));
    assert_eq!(store.claim(&bid(0, "a", 7)).unwrap(), Claimed::Closed(SlotOutcome::Done));
    assert_eq!(store.claim(&bid(0, "b", 7)).unwrap(), Claimed::Closed(SlotOutcome::Done));
    assert!(store.running().unwrap().is_empty());
}

fn a_job_never_runs_twice_at_once(store: &impl Store) {
    let lease = win(store, bid(0, "a", 0));
    for claim in [bid(0, "b", 0), bid(60, "b", 0), bid(60, "a", 0), bid(0, "a", 999)] {
        match store.claim(&claim).unwrap() {
            Claimed::Busy(running) => assert_eq!(running.lease(), Some(lease.clone())),
            other => panic!("expected busy, got {other:?}"),
        }
    }
    let other = SlotClaim { job: "ingest_inbox".into(), ..bid(0, "b", 0) };
    assert!(matches!(store.claim(&other).unwrap(), Claimed::Won(_)));
    assert_eq!(store.running().unwrap().len(), 2);
    assert!(store.slot(JOB, at(60)).unwrap().is_none(), "a lost bid leaves no trace");
}

fn many_bidders_have_one_winner(store: &(impl Store + Sync)) {
    let won = std::sync::atomic::AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for bidder in 0..8 {
            let won = &won;
            scope.spawn(move || {
                let claim = bid(0, &format!("bidder {bidder}"), 0);
                if matches!(store.claim(&claim).unwrap(), Claimed::Won(_)) {
                    won.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
                }
            });
        }
    });
    assert_eq!(won.into_inner(), 1);
}

fn a_failed_run_is_retried_and_both_attempts_stay(store: &impl Store) {
    let first = win(store, bid(0, "a", 0));
    assert!(store.finish(&first, &end(Ending::Retry { not_before: at(3) }, 1)).unwrap());
    let waiting = store.waiting(JOB).unwrap();
    assert_eq!(waiting.len(), 1);
    assert_eq!((waiting[0].not_before, waiting[0].attempt), (Some(at(3)), 1));
    assert_eq!((waiting[0].outcome, waiting[0].finished), (None, None));
    let second = win(store, bid(0, "b", 3));
    assert_eq!(second.attempt, 2);
    assert!(store.finish(&second, &end(Ending::Failed, 4)).unwrap());
    let closed = slot(store, 0);
    assert_eq!((closed.outcome, closed.attempt), (Some(SlotOutcome::Failed), 2));
    assert_eq!(closed.message, "signal 9");
    let outcomes: Vec<_> = store.runs(Some(JOB), 10).unwrap().iter().map(|run| (run.attempt, run.outcome)).collect();
    assert_eq!(outcomes, [(2, Some(RunOutcome::Failed)), (1, Some(RunOutcome::Retried))]);
}

fn a_dead_holder_is_expired_only_while_it_is_dead(store: &impl Store) {
    let lease = win(store, bid(0, "a", 0));
    let seen = slot(store, 0);
    let renewal = Beat { lease_until: at(9), pid: None, progress: None };
    assert!(store.renew(&lease, &renewal).unwrap());
    let retry = end(Ending::Retry { not_before: at(10) }, 10);
    assert!(!store.expire(&seen, &retry).unwrap(), "it has renewed since");
    let seen = slot(store, 0);
    assert!(store.expire(&seen, &retry).unwrap());
    assert!(!store.expire(&seen, &retry).unwrap(), "only once");
    assert!(!store.renew(&lease, &renewal).unwrap(), "the old holder learns that it lost");
    assert_eq!(slot(store, 0).state, SlotState::Waiting);
    assert_eq!(store.runs(None, 1).unwrap()[0].cause, Some(Cause::Killed));
}

fn a_late_holder_records_nothing(store: &impl Store) {
    let late = win(store, bid(0, "a", 0));
    let retry = end(Ending::Retry { not_before: at(5) }, 5);
    assert!(store.expire(&slot(store, 0), &retry).unwrap());
    let current = win(store, bid(0, "b", 5));
    assert!(!store.finish(&late, &end(Ending::Done, 6)).unwrap());
    assert_eq!(slot(store, 0).state, SlotState::Running);
    assert!(store.finish(&current, &end(Ending::Done, 7)).unwrap());
    assert!(!store.finish(&late, &end(Ending::Failed, 8)).unwrap());
    assert_eq!(slot(store, 0).outcome, Some(SlotOutcome::Done));
}

fn missed_slots_get_one_outcome(store: &impl Store) {
    let lease = win(store, bid(60, "a", 60));
    assert!(store.finish(&lease, &end(Ending::Done, 61)).unwrap());
    let slots: Vec<_> = [0, 60, 120].map(at).to_vec();
    assert_eq!(store.close_missed(JOB, &slots, SlotOutcome::Superseded, "后一次", at(180)).unwrap(), 2);
    assert_eq!(store.close_missed(JOB, &slots, SlotOutcome::SkippedByPolicy, "", at(181)).unwrap(), 0);
    assert_eq!(slot(store, 0).outcome, Some(SlotOutcome::Superseded));
    assert_eq!(slot(store, 60).outcome, Some(SlotOutcome::Done), "a recorded outcome stays");
    assert_eq!(store.last_scheduled(JOB, at(500)).unwrap(), Some(at(120)));
    assert_eq!(store.last_scheduled(JOB, at(119)).unwrap(), Some(at(60)));
    assert_eq!(store.last_scheduled(JOB, at(-1)).unwrap(), None);
    assert_eq!(store.last_scheduled("other", at(500)).unwrap(), None);
    assert_eq!(store.claim(&bid(120, "a", 180)).unwrap(), Claimed::Closed(SlotOutcome::Superseded));
}

fn orders_coalesce_until_they_begin(store: &impl Store) {
    let order = |by: &str, now| Order { job: JOB.into(), origin: Origin::Manual, by: by.into(), now: at(now) };
    let first = store.enqueue(&order("分析员", 0)).unwrap();
    assert_eq!((first.state, first.attempt, first.asked_by.as_deref()), (SlotState::Waiting, 0, Some("分析员")));
    assert_ne!(first.slot, at(0), "whole seconds belong to schedules");
    assert_eq!(store.enqueue(&order("另一人", 1)).unwrap(), first);
    let claim = SlotClaim { slot: first.slot, ..bid(0, "a", 1) };
    let lease = win(store, claim);
    assert_eq!(store.runs(None, 1).unwrap()[0].origin, Origin::Manual);
    let second = store.enqueue(&order("另一人", 0)).unwrap();
    assert_ne!(second.slot, first.slot, "a run that has begun may have missed what the order is about");
    assert!(store.finish(&lease, &end(Ending::Done, 2)).unwrap());
    assert_eq!(store.waiting(JOB).unwrap(), [second]);
    assert_eq!(store.last_scheduled(JOB, at(500)).unwrap(), None, "orders are not slots of the schedule");
}

fn waiting_slots_are_absorbed(store: &impl Store) {
    let order = Order { job: JOB.into(), origin: Origin::FollowUp, by: "ingest_inbox".into(), now: at(0) };
    let queued = store.enqueue(&order).unwrap();
    let retried = win(store, bid(10, "a", 10));
    assert!(store.finish(&retried, &end(Ending::Retry { not_before: at(11) }, 10)).unwrap());
    assert_eq!(store.absorb(JOB, at(60), at(60)).unwrap(), 2);
    assert!(store.waiting(JOB).unwrap().is_empty());
    let closed = store.slot(JOB, queued.slot).unwrap().unwrap();
    assert_eq!(closed.outcome, Some(SlotOutcome::Superseded));
    assert_eq!(store.absorb(JOB, at(60), at(60)).unwrap(), 0);
}

/// As the runner does it: the follow-up is ordered before the end is recorded, so whoever looks sees one or the other.
fn jobs_that_follow_one_another_leave_no_gap(store: &(impl Store + Sync)) {
    let order = |job: &str, minutes| Order { job: job.into(), origin: Origin::FollowUp, by: JOB.into(), now: at(minutes) };
    let mut slot = store.enqueue(&order(JOB, 0)).unwrap();
    assert_eq!(store.open().unwrap(), [slot.clone()]);
    let over = std::sync::atomic::AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            for turn in 1..100 {
                let claim = SlotClaim { job: slot.job.clone(), slot: slot.slot, origin: slot.origin, ..bid(0, "a", turn) };
                let lease = win(store, claim);
                slot = store.enqueue(&order(if turn % 2 == 0 { JOB } else { "light_turns" }, turn)).unwrap();
                assert!(store.finish(&lease, &end(Ending::Done, turn)).unwrap());
            }
            over.store(true, std::sync::atomic::Ordering::SeqCst);
        });
        while !over.load(std::sync::atomic::Ordering::SeqCst) {
            assert!(!store.open().unwrap().is_empty());
        }
    });
    assert_eq!(store.open().unwrap(), [slot]);
}

fn history_is_newest_first_and_forgets_the_old(store: &impl Store) {
    for minutes in [0, 60, 120] {
        let lease = win(store, bid(minutes, "a", minutes));
        assert!(store.finish(&lease, &end(Ending::Done, minutes + 1)).unwrap());
    }
    let slots: Vec<_> = store.slots(None, 2).unwrap().iter().map(|slot| slot.slot).collect();
    assert_eq!(slots, [at(120), at(60)]);
    assert_eq!(store.runs(Some(JOB), 9).unwrap().len(), 3);
    assert_eq!(store.runs(Some("other"), 9).unwrap().len(), 0);
    assert_eq!(store.forget_before(at(90)).unwrap(), 4);
    assert_eq!(store.forget_before(at(900)).unwrap(), 1, "the newest slot stays, its run may go");
    assert_eq!(store.last_scheduled(JOB, at(900)).unwrap(), Some(at(120)));
}

fn imports_are_recorded_once(store: &impl Store) {
    let import = Import {
        blake3: "a".repeat(64),
        file_name: "濉溪县2022年5月.xlsx".into(),
        received_at: at(0),
        read_at: at(0),
        bytes: 9_000,
        outcome: ImportOutcome::Accepted,
        refusal: None,
        hint: None,
        rows: 31,
        complaints: 2,
        report: json!({ "sheets": ["签约"] }),
    };
    assert_eq!(store.record_import(&import).unwrap(), Recorded::New);
    let again = Import { file_name: "副本.xlsx".into(), received_at: at(5), ..import.clone() };
    assert_eq!(store.record_import(&again).unwrap(), Recorded::Known(Box::new(import.clone())));
    assert_eq!(store.import(&import.blake3).unwrap(), Some(import.clone()));
    assert_eq!(store.sightings(&import.blake3).unwrap(), [("副本.xlsx".to_owned(), at(5))]);
    let refused = Import {
        blake3: "b".repeat(64),
        received_at: at(1),
        outcome: ImportOutcome::Refused,
        refusal: Some("文件已加密".into()),
        hint: Some("取消密码后重新上传".into()),
        ..import.clone()
    };
    assert_eq!(store.record_import(&refused).unwrap(), Recorded::New);
    assert_eq!(store.imports(None, 9).unwrap(), [refused.clone(), import.clone()]);
    assert_eq!(store.imports(Some(ImportOutcome::Refused), 9).unwrap(), std::slice::from_ref(&refused));
    let reread = Import { rows: 33, read_at: at(9), ..import.clone() };
    store.record_reading(&reread).unwrap();
    assert_eq!(store.import(&import.blake3).unwrap(), Some(reread));
    assert!(store.record_reading(&Import { blake3: "c".repeat(64), ..import.clone() }).is_err());
    assert!(store.record_import(&Import { blake3: "short".into(), ..import }).is_err());
}

fn open_account(store: &impl Store, name: &str) -> Account {
    let new = NewAccount { name: name.into(), person: "示例甲".into(), created_by: "setup".into(), now: at(0) };
    store.create_account(&new).unwrap()
}

fn the_first_accounts_are_opened_together(store: &impl Store) {
    open_account(store, "demo-leader");
    let first =
        |name: &str, role: Role| FirstAccount { name: name.into(), person: "管理员".into(), hash: "$argon2id$made-up".into(), role };
    let clash = [first("one", Role::SystemAdministrator), first("ONE", Role::SecurityAdministrator)];
    assert!(store.open_first_accounts(&clash, "setup", at(1)).is_err());
    assert!(store.account_named("one").unwrap().is_none(), "all or none");
    let three =
        [first("one", Role::SystemAdministrator), first("two", Role::SecurityAdministrator), first("three", Role::AuditAdministrator)];
    store.open_first_accounts(&three, "setup", at(2)).unwrap();
    let two = store.account_named("two").unwrap().unwrap();
    assert_eq!(two.grants, [Grant { role: Role::SecurityAdministrator, carrier_id: None }]);
    assert_eq!((two.must_change, two.password_set_at), (false, Some(at(2))));
    let later = [first("four", Role::SystemAdministrator)];
    assert!(store.open_first_accounts(&later, "setup", at(3)).is_err(), "somebody can log in already");
    store.rename_account(two.id, " 安全管理员甲 ").unwrap();
    assert_eq!(store.account(two.id).unwrap().unwrap().person, "安全管理员甲");
    assert!(store.rename_account(two.id, " ").is_err() && store.rename_account(9_999, "x").is_err());
}

fn accounts_are_opened_once_and_closed(store: &impl Store) {
    let account = open_account(store, "Chen.Jia");
    assert_eq!((account.password.clone(), account.must_change, account.grants.len()), (None, true, 0));
    assert_eq!(store.account_named("chen.jia").unwrap(), Some(account.clone()), "names are compared without regard to case");
    let taken = NewAccount { name: "CHEN.JIA".into(), person: "示例乙".into(), created_by: "setup".into(), now: at(1) };
    assert!(store.create_account(&taken).is_err());
    for bad in ["", "a", "a b", "<script>", "甲乙", "x'; drop table accounts"] {
        assert!(store.create_account(&NewAccount { name: bad.into(), ..taken.clone() }).is_err(), "{bad}");
    }
    store.set_password(account.id, "$argon2id$made-up", false, at(2)).unwrap();
    let now = store.account(account.id).unwrap().unwrap();
    assert_eq!((now.password.as_deref(), now.password_set_at, now.must_change), (Some("$argon2id$made-up"), Some(at(2)), false));
    store.set_disabled(account.id, true, at(3)).unwrap();
    assert_eq!(store.account(account.id).unwrap().unwrap().disabled_at, Some(at(3)));
    assert!(store.open_session(&"a".repeat(64), account.id, at(4)).is_err());
    store.set_disabled(account.id, false, at(5)).unwrap();
    store.open_session(&"a".repeat(64), account.id, at(6)).unwrap();
    assert!(store.set_password(account.id + 1, "x", false, at(7)).is_err(), "an unknown account");
    assert_eq!(store.accounts().unwrap().len(), 1);
}

fn roles_that_must_stay_apart_are_refused(store: &impl Store) {
    let account = open_account(store, "admin-1");
    let grant = |role: Role| Grant { role, carrier_id: None };
    store.grant_roles(account.id, &[grant(Role::SystemAdministrator)], "setup", at(1)).unwrap();
    for other in Role::ALL.into_iter().filter(|role| *role != Role::SystemAdministrator) {
        let both = [grant(Role::SystemAdministrator), Grant { role: other, carrier_id: Some("suixi".into()) }];
        assert!(store.grant_roles(account.id, &both, "setup", at(2)).is_err(), "{other:?}");
    }
    assert_eq!(store.account(account.id).unwrap().unwrap().grants, [grant(Role::SystemAdministrator)], "a refusal changes nothing");
    for role in Role::ALL {
        let alone = [Grant { role, carrier_id: role.needs_carrier().then(|| "suixi".into()) }];
        let holder = open_account(store, &format!("only-{}", role.id()));
        store.grant_roles(holder.id, &alone, "setup", at(2)).unwrap();
        assert_eq!(store.account(holder.id).unwrap().unwrap().grants, alone, "the books know every role");
    }
    let clerk = open_account(store, "clerk-1");
    assert!(store.grant_roles(clerk.id, &[grant(Role::Clerk)], "setup", at(3)).is_err(), "a clerk needs a carrier");
    let several = ["xiangshan", "suixi", "suixi"].map(|id| Grant { role: Role::Clerk, carrier_id: Some(id.into()) });
    store.grant_roles(clerk.id, &several, "setup", at(2)).unwrap();
    assert_eq!(store.account_named("clerk-1").unwrap().unwrap().grants, [several[1].clone(), several[0].clone()]);
    let bound = [Grant { role: Role::Clerk, carrier_id: Some("suixi".into()) }];
    store.grant_roles(clerk.id, &bound, "setup", at(4)).unwrap();
    assert_eq!(store.account_named("clerk-1").unwrap().unwrap().grants, bound);
}

fn wrong_tries_are_all_counted(store: &(impl Store + Sync)) {
    let limits = LoginLimits::default();
    let account = open_account(store, "zhao");
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| store.record_failure(account.id, &limits, at(1)).unwrap());
        }
    });
    let failures = store.account(account.id).unwrap().unwrap().failures;
    assert_eq!(failures.count, 8);
    assert_eq!(failures.locked_until(&limits, at(2)), Some(at(16)));
    store.forget_failures(account.id).unwrap();
    assert_eq!(store.account(account.id).unwrap().unwrap().failures.count, 0);
}

fn sessions_end_with_what_they_stand_on(store: &impl Store) {
    let limits = LoginLimits::default();
    let account = open_account(store, "qian");
    let key = |letter: &str| letter.repeat(64);
    let ends = |what: &str, end: &dyn Fn()| {
        store.open_session(&key("b"), account.id, at(0)).unwrap();
        assert!(store.session(&key("b")).unwrap().is_some());
        end();
        assert_eq!(store.session(&key("b")).unwrap(), None, "{what}");
    };
    ends("logging out", &|| store.end_session(&key("b")).unwrap());
    ends("a new password", &|| store.set_password(account.id, "x", false, at(1)).unwrap());
    ends("other roles", &|| store.grant_roles(account.id, &[Grant { role: Role::Leader, carrier_id: None }], "s", at(1)).unwrap());
    ends("an order", &|| assert_eq!(store.end_sessions(account.id).unwrap(), 1));
    ends("a closed account", &|| store.set_disabled(account.id, true, at(1)).unwrap());
    store.set_disabled(account.id, false, at(2)).unwrap();
    ends("idleness", &|| assert_eq!(store.sweep_sessions(&limits, at(30)).unwrap(), 1));
    store.open_session(&key("c"), account.id, at(0)).unwrap();
    assert!(store.touch_session(&key("c"), at(20)).unwrap());
    assert_eq!(store.sweep_sessions(&limits, at(40)).unwrap(), 0, "it was seen meanwhile");
    assert!(store.session(&key("c")).unwrap().unwrap().times.is_alive(&limits, at(49)));
    assert!(!store.touch_session(&key("d"), at(20)).unwrap(), "an unknown session");
    assert!(store.open_session("short", account.id, at(0)).is_err());
}

fn tokens_open_until_they_end(store: &impl Store) {
    let account = open_account(store, "sun");
    let new = NewToken {
        account: account.id,
        title: "报表".into(),
        key: "e".repeat(64),
        scopes: vec![TokenScope::Read, TokenScope::File],
        now: at(0),
        expires_at: at(60),
    };
    let token = store.create_token(&new).unwrap();
    assert_eq!(token.scopes, new.scopes);
    assert!(store.create_token(&NewToken { key: "f".repeat(64), scopes: Vec::new(), ..new.clone() }).is_err());
    assert!(token.is_alive(at(59)) && !token.is_alive(at(60)));
    assert!(store.create_token(&new).is_err(), "a secret is used once");
    assert!(store.create_token(&NewToken { key: "f".repeat(64), expires_at: at(0), ..new.clone() }).is_err());
    assert_eq!(store.token(&new.key).unwrap(), Some(token.clone()));
    assert!(store.revoke_token(token.id, at(5)).unwrap() && !store.revoke_token(token.id, at(6)).unwrap());
    assert!(!store.token(&new.key).unwrap().unwrap().is_alive(at(7)));
    let second = store.create_token(&NewToken { key: "f".repeat(64), ..new }).unwrap();
    store.set_disabled(account.id, true, at(8)).unwrap();
    assert!(store.tokens_of(account.id).unwrap().iter().all(|token| !token.is_alive(at(9))), "{}", second.id);
}

fn overrides_are_kept_and_revoked(store: &impl Store) {
    let new = NewOverride {
        project_id: "P1".into(),
        field: OverrideField::Chain,
        value: "food".into(),
        reason: "主营为食品加工".into(),
        decided_by: "审核员".into(),
        decided_on: NaiveDate::from_ymd_opt(2022, 5, 31).unwrap(),
        now: at(0),
    };
    let first = store.set_override(&new).unwrap();
    let region = store.set_override(&NewOverride { field: OverrideField::Region, ..new.clone() }).unwrap();
    let second = store.set_override(&NewOverride { value: "medicine".into(), now: at(1), ..new.clone() }).unwrap();
    assert_eq!(store.overrides().unwrap(), [second.clone(), region.clone()]);
    let all = store.overrides_of("P1").unwrap();
    assert_eq!(all.len(), 3);
    assert_eq!((all[0].id, all[0].revoked_at), (first.id, Some(at(1))));
    assert!(store.revoke_override(second.id, "审核员", at(2)).unwrap());
    assert!(!store.revoke_override(second.id, "审核员", at(3)).unwrap());
    assert_eq!(store.overrides().unwrap(), [region]);
    let classified = AuditFilter { action: Some(AuditAction::Classified), ..AuditFilter::default() };
    let trail = store.audit_page(&classified, None, 10).unwrap();
    assert_eq!(trail.len(), 4, "three decisions and one revocation, each once");
    assert!(trail.iter().all(|record| record.actor == "审核员" && record.subject == "P1"), "{trail:?}");
    assert!(store.set_override(&NewOverride { reason: " ".into(), ..new }).is_err());
}

fn settings_keep_the_first_word(store: &impl Store) {
    assert_eq!(store.setting("city").unwrap(), None);
    assert_eq!(store.setting_or_put("city", "huaibei", at(0)).unwrap(), "huaibei");
    assert_eq!(store.setting_or_put("city", "other", at(1)).unwrap(), "huaibei");
    store.put_setting("city", "other", at(2)).unwrap();
    assert_eq!(store.setting("city").unwrap().as_deref(), Some("other"));
    assert_eq!(store.first_time("first_start", at(3), at(3)).unwrap(), at(3));
    assert_eq!(store.first_time("first_start", at(9), at(9)).unwrap(), at(3));
    store.put_time("first_start", at(1), at(9)).unwrap();
    assert_eq!(store.first_time("first_start", at(9), at(9)).unwrap(), at(1));
}
