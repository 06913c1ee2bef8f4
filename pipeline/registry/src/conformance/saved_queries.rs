//! Saved queries and personal boards, as any books must keep them.

use chrono::{DateTime, Utc};
use qunlian_domain::access::{Role, Roles};
use qunlian_domain::audit::{AuditAction, Via};
use qunlian_domain::contract::ColumnType;
use qunlian_domain::saved_query::{AsOfRule, Audience, ChartChoice, ChartKind, MOST_PINNED, MOST_SAVED, Parameter, Viewer};

use super::{at, open_account};
use crate::{AuditFilter, Doer, Move, PinSize, QueryDraft, RegistryError, SavedQuery, Store, query_hash};

pub(super) fn suite<S: Store>(make: &impl Fn() -> S) {
    a_query_is_kept_whole_and_changed_by_its_owner(&make());
    texts_are_shared_with_roles_and_no_further(&make());
    short_links_respect_who_may_see(&make());
    what_is_kept_has_bounds(&make());
    a_board_is_put_in_order(&make());
    a_board_shows_what_its_owner_may_see(&make());
}

fn doer(viewer: &Viewer, now: DateTime<Utc>) -> Doer {
    Doer { account: Some(viewer.account), name: "analyst".to_owned(), via: Via::Web, now, today: now.date_naive() }
}

fn viewer(store: &impl Store, name: &str, roles: &[Role]) -> Viewer {
    Viewer { account: open_account(store, name).id, roles: Roles::new(roles.iter().copied()).unwrap() }
}

fn draft(title: &str) -> QueryDraft {
    QueryDraft {
        title: title.to_owned(),
        note: "每周一看".to_owned(),
        sql: "select carrier_id, count(*) as n from projects where year = $year group by 1".to_owned(),
        as_of: AsOfRule::MonthEnd,
        parameters: vec![Parameter { name: "year".into(), kind: ColumnType::Int, value: "2022".into() }],
        chart: Some(ChartChoice::new(ChartKind::Bar, "carrier_id", ["n".to_owned()], "各载体项目数").unwrap()),
    }
}

fn saved(store: &impl Store, owner: &Viewer, title: &str, now: i64) -> SavedQuery {
    store.save_query(owner, &draft(title), &doer(owner, at(now))).unwrap()
}

fn written(store: &impl Store, action: AuditAction) -> Vec<(String, String)> {
    let filter = AuditFilter { action: Some(action), ..AuditFilter::default() };
    store.audit_page(&filter, None, 50).unwrap().into_iter().map(|record| (record.subject, record.detail)).collect()
}

fn a_query_is_kept_whole_and_changed_by_its_owner(store: &impl Store) {
    let owner = viewer(store, "zhang", &[Role::Analyst]);
    let other = viewer(store, "li", &[Role::Analyst]);
    let first = saved(store, &owner, "各载体项目", 0);
    assert_eq!((&first.draft, first.owner, first.made_at, first.changed_at), (&draft("各载体项目"), owner.account, at(0), at(0)));
    assert_eq!((first.hash.len(), first.hash == query_hash(&draft("x").sql, &draft("x").parameters)), (16, true));
    assert!(first.audience.is_nobody());
    assert_eq!(store.saved_query(&owner, first.id).unwrap(), Some(first.clone()));
    let twice = store.save_query(&owner, &draft("各载体项目"), &doer(&owner, at(1)));
    assert!(matches!(twice, Err(RegistryError::Conflict { .. })), "one title, one query");
    let theirs = saved(store, &other, "各载体项目", 1);
    assert_eq!(theirs.hash, first.hash, "the name says what is asked, not who asks");
    let plain = QueryDraft { parameters: Vec::new(), chart: None, as_of: AsOfRule::Newest, ..draft("改名") };
    let changed = store.change_query(&owner, first.id, &plain, &doer(&owner, at(2))).unwrap();
    assert_eq!((&changed.draft, changed.made_at, changed.changed_at), (&plain, at(0), at(2)));
    assert_ne!(changed.hash, first.hash, "parameters are part of the name");
    let by = doer(&other, at(3));
    assert!(matches!(store.change_query(&other, first.id, &plain, &by), Err(RegistryError::Unknown { .. })));
    assert!(matches!(store.share_query(&other, first.id, &Audience::default(), &by), Err(RegistryError::Unknown { .. })));
    assert!(matches!(store.delete_query(&other, first.id, &by), Err(RegistryError::Unknown { .. })));
    assert_eq!(store.saved_query(&owner, first.id).unwrap(), Some(changed));
    store.delete_query(&owner, first.id, &doer(&owner, at(4))).unwrap();
    assert_eq!(store.saved_query(&owner, first.id).unwrap(), None);
    assert_eq!((written(store, AuditAction::QuerySaved).len(), written(store, AuditAction::QueryDeleted).len()), (3, 1));
    let told = written(store, AuditAction::QueryDeleted).remove(0);
    assert!(told.0 == "改名" && told.1.contains("select carrier_id"), "{told:?}");
}

fn texts_are_shared_with_roles_and_no_further(store: &impl Store) {
    let owner = viewer(store, "zhang", &[Role::Analyst]);
    let analyst = viewer(store, "li", &[Role::Analyst]);
    let reviewer = viewer(store, "wang", &[Role::Analyst, Role::Reviewer]);
    let leader = viewer(store, "zhao", &[Role::Leader]);
    let query = saved(store, &owner, "各载体项目", 0);
    let sees = |who: &Viewer| (store.saved_query(who, query.id).unwrap().is_some(), store.saved_queries(who).unwrap().len());
    assert_eq!((sees(&owner), sees(&analyst), sees(&reviewer)), ((true, 1), (false, 0), (false, 0)));
    let reviewers = Audience::of([Role::Reviewer, Role::Leader]);
    let shared = store.share_query(&owner, query.id, &reviewers, &doer(&owner, at(1))).unwrap();
    assert_eq!((&shared.audience, shared.changed_at), (&reviewers, at(0)));
    assert_eq!((sees(&analyst), sees(&reviewer), sees(&leader)), ((false, 0), (true, 1), (false, 0)), "leaders ask no SQL");
    assert_eq!(store.saved_query(&reviewer, query.id).unwrap().unwrap().owner_name, "示例甲");
    let theirs = saved(store, &reviewer, "我的", 2);
    let listed: Vec<i64> = store.saved_queries(&reviewer).unwrap().iter().map(|saved| saved.id).collect();
    assert_eq!(listed, [theirs.id, query.id], "changed last first");
    store.share_query(&owner, query.id, &Audience::default(), &doer(&owner, at(3))).unwrap();
    assert_eq!(sees(&reviewer), (false, 1));
    let told: Vec<bool> =
        written(store, AuditAction::QueryShared).iter().map(|(_, detail)| detail.contains("\"audience\":\"leader,reviewer\"")).collect();
    assert_eq!(told, [false, true], "newest first");
}

fn short_links_respect_who_may_see(store: &impl Store) {
    let owner = viewer(store, "zhang", &[Role::Analyst]);
    let other = viewer(store, "li", &[Role::Analyst]);
    let query = saved(store, &owner, "各载体项目", 0);
    let find = |who: &Viewer| store.query_of_hash(who, &query.hash).unwrap().map(|found| found.id);
    assert_eq!((find(&owner), find(&other)), (Some(query.id), None));
    store.share_query(&owner, query.id, &Audience::of([Role::Analyst]), &doer(&owner, at(1))).unwrap();
    assert_eq!(find(&other), Some(query.id));
    let own = saved(store, &other, "我的", 2);
    assert_eq!((find(&owner), find(&other)), (Some(query.id), Some(own.id)), "one's own first");
    assert_eq!(store.query_of_hash(&owner, "0000000000000000").unwrap(), None);
}

fn what_is_kept_has_bounds(store: &impl Store) {
    let owner = viewer(store, "zhang", &[Role::Analyst]);
    let by = doer(&owner, at(0));
    for bad in [
        QueryDraft { title: String::new(), ..draft("a") },
        QueryDraft { sql: " ".into(), ..draft("a") },
        QueryDraft { chart: Some(ChartChoice { kind: ChartKind::Line, x: "x".into(), y: Vec::new(), title: String::new() }), ..draft("a") },
    ] {
        assert!(matches!(store.save_query(&owner, &bad, &by), Err(RegistryError::Refused { .. })), "{bad:?}");
    }
    let leader = viewer(store, "zhao", &[Role::Leader]);
    assert!(store.save_query(&leader, &draft("a"), &by).is_err(), "leaders ask no SQL");
    for number in 0..MOST_SAVED {
        store.save_query(&owner, &draft(&number.to_string()), &by).unwrap();
    }
    assert!(matches!(store.save_query(&owner, &draft("more"), &by), Err(RegistryError::Refused { .. })));
    assert_eq!(store.saved_queries(&owner).unwrap().len(), MOST_SAVED);
}

fn a_board_is_put_in_order(store: &impl Store) {
    let owner = viewer(store, "zhang", &[Role::Analyst]);
    let queries: Vec<i64> = (0..=MOST_PINNED).map(|number| saved(store, &owner, &number.to_string(), 0).id).collect();
    let board = || store.pinned_charts(&owner).unwrap().iter().map(|pinned| pinned.query).collect::<Vec<_>>();
    for query in &queries[..3] {
        store.pin_chart(&owner, *query, PinSize::Half).unwrap();
    }
    let [a, b, c] = [queries[0], queries[1], queries[2]];
    store.move_chart(&owner, c, Move::Up).unwrap();
    assert_eq!(board(), [a, c, b]);
    store.move_chart(&owner, a, Move::Up).unwrap();
    store.move_chart(&owner, b, Move::Down).unwrap();
    assert_eq!(board(), [a, c, b], "ends are ends");
    store.move_chart(&owner, a, Move::Down).unwrap();
    assert_eq!(board(), [c, a, b]);
    store.pin_chart(&owner, c, PinSize::Full).unwrap();
    assert_eq!((board(), store.pinned_charts(&owner).unwrap()[0].size), (vec![c, a, b], PinSize::Full), "once, in its place");
    assert!(store.unpin_chart(&owner, a).unwrap() && !store.unpin_chart(&owner, a).unwrap());
    store.pin_chart(&owner, a, PinSize::Half).unwrap();
    assert_eq!(board(), [c, b, a]);
    assert!(store.move_chart(&owner, queries[5], Move::Up).is_err());
    for query in &queries[3..MOST_PINNED] {
        store.pin_chart(&owner, *query, PinSize::Half).unwrap();
    }
    assert!(matches!(store.pin_chart(&owner, queries[MOST_PINNED], PinSize::Half), Err(RegistryError::Refused { .. })));
    store.pin_chart(&owner, a, PinSize::Full).unwrap();
    store.delete_query(&owner, b, &doer(&owner, at(1))).unwrap();
    assert_eq!(board().len(), MOST_PINNED - 1, "what is deleted leaves the board");
}

fn a_board_shows_what_its_owner_may_see(store: &impl Store) {
    let owner = viewer(store, "zhang", &[Role::Analyst]);
    let other = viewer(store, "li", &[Role::Analyst]);
    let query = saved(store, &owner, "各载体项目", 0).id;
    assert!(matches!(store.pin_chart(&other, query, PinSize::Half), Err(RegistryError::Unknown { .. })));
    store.share_query(&owner, query, &Audience::of([Role::Analyst]), &doer(&owner, at(1))).unwrap();
    store.pin_chart(&other, query, PinSize::Half).unwrap();
    assert_eq!(store.pinned_charts(&owner).unwrap(), [], "a board is its owner's");
    assert_eq!(store.pinned_charts(&other).unwrap()[0].saved.as_ref().map(|saved| saved.id), Some(query));
    store.share_query(&owner, query, &Audience::default(), &doer(&owner, at(2))).unwrap();
    let left = store.pinned_charts(&other).unwrap();
    assert_eq!((left.len(), left[0].query, left[0].saved.is_none()), (1, query, true));
    assert!(store.unpin_chart(&other, query).unwrap());
}
