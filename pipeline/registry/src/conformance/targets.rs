//! Targets of the center, as any books must keep them.

use chrono::{DateTime, NaiveDate, Utc};
use qunlian_domain::audit::{AuditAction, Via};
use qunlian_domain::pace::MonthlyCurve;
use qunlian_domain::target::{Metric, Scope, Target, TargetKind};

use crate::{AuditFilter, Doer, NewTarget, RegistryError, Store};

pub(super) fn suite<S: Store>(make: &impl Fn() -> S) {
    entries_are_only_added_to(&make());
    a_later_entry_that_was_not_seen_is_a_conflict(&make());
    what_cannot_be_a_target_is_refused(&make());
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn doer() -> Doer {
    let now: DateTime<Utc> = "2022-05-31T02:00:00Z".parse().unwrap();
    Doer { account: Some(3), name: "reviewer-1".to_owned(), via: Via::Web, now, today: day("2022-05-31") }
}

fn target(value: Option<i64>, from: &str) -> Target {
    Target {
        year: 2022,
        metric: Metric::Started,
        band: None,
        scope: Scope::City,
        scope_id: "huaibei".into(),
        kind: TargetKind::Count,
        value,
        issuer: "淮北市人民政府".into(),
        known_from: day(from),
        known_until: None,
        documented: true,
        note: String::new(),
        reason: "年中调整".into(),
        curve: MonthlyCurve::from_shares(&[5.0, 5.0, 5.0, 10.0, 10.0, 10.0, 10.0, 10.0, 10.0, 9.0, 8.0, 8.0]).unwrap(),
    }
}

fn written(store: &impl Store) -> usize {
    store.audit_page(&AuditFilter { action: Some(AuditAction::TargetChanged), ..AuditFilter::default() }, None, 50).unwrap().len()
}

fn entries_are_only_added_to(store: &impl Store) {
    assert_eq!(store.entered_targets().unwrap(), []);
    let first = store.enter_target(&NewTarget { target: target(Some(240), "2022-06-01"), seen: 0 }, &doer()).unwrap();
    assert_eq!((first.target.clone(), first.by.as_str(), first.on), (target(Some(240), "2022-06-01"), "reviewer-1", day("2022-05-31")));
    let dash = store.enter_target(&NewTarget { target: target(None, "2022-06-01"), seen: first.id }, &doer()).unwrap();
    let band = Target { band: Some("ge10".into()), metric: Metric::Signed, curve: MonthlyCurve::linear(), ..target(Some(9), "2022-05-31") };
    let band = store.enter_target(&NewTarget { target: band.clone(), seen: 0 }, &doer()).unwrap();
    assert_eq!((band.target.band.as_deref(), &band.target.curve), (Some("ge10"), &MonthlyCurve::linear()));
    assert_eq!(store.entered_targets().unwrap(), [first, dash, band]);
    assert_eq!(written(store), 3);
    let record = store.audit_page(&AuditFilter { action: Some(AuditAction::TargetChanged), ..AuditFilter::default() }, None, 1).unwrap();
    assert!(record[0].detail.contains(r#""band":"ge10""#), "{record:?}");
}

fn a_later_entry_that_was_not_seen_is_a_conflict(store: &impl Store) {
    let enter = |target: Target, seen: i64| store.enter_target(&NewTarget { target, seen }, &doer());
    let first = enter(target(Some(240), "2022-06-01"), 0).unwrap();
    assert!(matches!(enter(target(Some(250), "2022-06-01"), 0), Err(RegistryError::Conflict { .. })));
    // Another issuer's, another metric's: nothing of it was entered meanwhile.
    enter(Target { issuer: "安徽省".into(), ..target(Some(200), "2022-06-01") }, 0).unwrap();
    enter(Target { metric: Metric::Completed, ..target(Some(200), "2022-06-01") }, 0).unwrap();
    enter(target(Some(250), "2022-06-01"), first.id).unwrap();
    assert_eq!((store.entered_targets().unwrap().len(), written(store)), (4, 4), "a refusal leaves no trace");
}

fn what_cannot_be_a_target_is_refused(store: &impl Store) {
    let good = target(Some(240), "2022-06-01");
    let wrong = [
        Target { reason: " ".into(), ..good.clone() },
        Target { reason: "两\n行".into(), ..good.clone() },
        Target { issuer: String::new(), ..good.clone() },
        Target { value: Some(-1), ..good.clone() },
        Target { kind: TargetKind::Amount, ..good.clone() },
        Target { known_from: day("2022-05-30"), ..good.clone() },
        Target { known_from: day("2023-01-01"), ..good.clone() },
        Target { year: 2024, ..good.clone() },
        Target { scope_id: String::new(), ..good },
    ];
    for wrong in wrong {
        let refused = store.enter_target(&NewTarget { target: wrong.clone(), seen: 0 }, &doer());
        assert!(matches!(refused, Err(RegistryError::Refused { .. })), "{wrong:?}");
    }
    assert_eq!((store.entered_targets().unwrap().len(), written(store)), (0, 0));
}
