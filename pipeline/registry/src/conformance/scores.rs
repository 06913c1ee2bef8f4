//! Entries, ratings and closed sheets, as any books must keep them.

use chrono::{DateTime, NaiveDate, Utc};
use qunlian_domain::audit::{AuditAction, Via};
use qunlian_domain::score::{Period, Quarter, Record};

use crate::{AuditFilter, Doer, NewScoreEntry, NewScoreRating, RegistryError, Store};

pub(super) fn suite<S: Store>(make: &impl Fn() -> S) {
    entries_are_superseded_and_never_changed(&make());
    the_last_rating_stands(&make());
    a_period_is_closed_once(&make());
}

const FIRST: Period = Period { year: 2022, quarter: Some(Quarter::First) };

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn doer() -> Doer {
    let now: DateTime<Utc> = "2022-05-31T02:00:00Z".parse().unwrap();
    Doer { account: Some(3), name: "reviewer-1".to_owned(), via: Via::Web, now, today: day("2022-05-31") }
}

fn entry(quantity: i64, supersedes: Option<i64>) -> NewScoreEntry {
    NewScoreEntry {
        level: "city".into(),
        carrier_id: "duji".into(),
        item: "late_reports".into(),
        quantity,
        reason: "2月报表迟报1天".into(),
        evidence: "通报第3号".into(),
        on: day("2022-02-18"),
        supersedes,
    }
}

fn written(store: &impl Store, action: AuditAction) -> usize {
    store.audit_page(&AuditFilter { action: Some(action), ..AuditFilter::default() }, None, 50).unwrap().len()
}

fn entries_are_superseded_and_never_changed(store: &impl Store) {
    let first = store.enter_score(&entry(2, None), &doer()).unwrap();
    let second = store.enter_score(&entry(1, Some(first.id)), &doer()).unwrap();
    assert!(matches!(store.enter_score(&entry(3, Some(first.id)), &doer()), Err(RegistryError::Conflict { .. })));
    let all = store.score_entries("city", 2022).unwrap();
    assert_eq!(all.iter().map(|entry| (entry.quantity, entry.superseded_by)).collect::<Vec<_>>(), [(2, Some(second.id)), (1, None)]);
    let made = all[1].standing().unwrap().made.unwrap();
    assert_eq!((made.by.as_str(), made.on, made.evidence.as_str()), ("reviewer-1", day("2022-05-31"), "通报第3号"));
    let standing: Vec<i64> = all.iter().filter_map(|entry| entry.standing()).map(|entry| entry.quantity).collect();
    assert_eq!(standing, [1]);
    store.enter_score(&entry(0, Some(second.id)), &doer()).unwrap();
    assert!(store.score_entries("city", 2022).unwrap().iter().all(|entry| entry.standing().is_none()), "withdrawn");
    assert_eq!(store.score_entries("city", 2021).unwrap(), []);
    assert_eq!(store.score_entries("suixi", 2022).unwrap(), []);
    let third = store.enter_score(&entry(1, None), &doer()).unwrap();
    let wrong = [
        entry(0, None),
        entry(-1, None),
        entry(1, Some(9_999)),
        NewScoreEntry { reason: " ".into(), ..entry(1, None) },
        NewScoreEntry { reason: "两\n行".into(), ..entry(1, None) },
        NewScoreEntry { evidence: "两\n行".into(), ..entry(1, None) },
        NewScoreEntry { on: day("2022-06-01"), ..entry(1, None) },
        NewScoreEntry { carrier_id: "suixi".into(), ..entry(1, Some(third.id)) },
        NewScoreEntry { on: day("2021-12-31"), ..entry(1, Some(third.id)) },
    ];
    for wrong in wrong {
        assert!(store.enter_score(&wrong, &doer()).is_err(), "{wrong:?}");
    }
    assert_eq!(written(store, AuditAction::ScoreEntered), 4);
}

fn the_last_rating_stands(store: &impl Store) {
    let rating = |rater: &str, points: f64| NewScoreRating {
        level: "suixi".into(),
        period: FIRST,
        item: "peers".into(),
        rater_id: rater.into(),
        carrier_id: "linhuan-zhen".into(),
        points,
        reason: "互评表第3号".into(),
    };
    store.rate(&rating("suixi-jkq", 80.0), &doer()).unwrap();
    store.rate(&rating("baishan-zhen", 70.0), &doer()).unwrap();
    assert!(!store.rate(&rating("suixi-jkq", 87.5), &doer()).unwrap().superseded);
    assert!(store.rate(&rating("suixi-jkq", -1.0), &doer()).is_err() && store.rate(&rating("suixi-jkq", f64::NAN), &doer()).is_err());
    let all = store.score_ratings("suixi", FIRST).unwrap();
    assert_eq!(all.len(), 3);
    let standing: Vec<f64> = all.iter().filter_map(|rating| rating.standing()).map(|rating| rating.points).collect();
    assert_eq!(standing, [70.0, 87.5]);
    assert_eq!(store.score_ratings("suixi", Period { quarter: None, ..FIRST }).unwrap(), []);
    assert_eq!(written(store, AuditAction::ScoreEntered), 3);
}

fn a_period_is_closed_once(store: &impl Store) {
    let record = |generation: u64| Record {
        format: 1,
        level_id: "city".into(),
        level_name: "县区、园区".into(),
        year: 2022,
        quarter: Some(1),
        period_name: "2022年第一季度".into(),
        rule_version: "2022-示例-1".into(),
        generation,
        closed_on: "2022-05-31".into(),
        rows: Vec::new(),
        evidence: Vec::new(),
    };
    assert_eq!(store.closed_sheet("city", FIRST).unwrap(), None);
    let closed = store.close_sheet(&record(7), &doer()).unwrap();
    assert_eq!((closed.record.clone(), closed.closed_by.as_str(), closed.closed_on), (record(7), "reviewer-1", day("2022-05-31")));
    assert!(matches!(store.close_sheet(&record(8), &doer()), Err(RegistryError::Conflict { .. })));
    assert_eq!(store.closed_sheet("city", FIRST).unwrap(), Some(closed));
    assert_eq!(store.closed_sheet("suixi", FIRST).unwrap(), None);
    assert_eq!(store.closed_sheet("city", Period { quarter: None, ..FIRST }).unwrap(), None);
    assert_eq!(written(store, AuditAction::SheetClosed), 1, "a refusal leaves no trace of a closing");
}
