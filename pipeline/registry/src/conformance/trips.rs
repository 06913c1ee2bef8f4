//! Trips and visits, as any books must keep them.

use chrono::{DateTime, NaiveDate, Utc};
use qunlian_domain::audit::Via;
use qunlian_domain::trip::Trip as Plan;

use crate::{Doer, NewTrip, NewVisit, RegistryError, Store, VisitsOf};

pub(super) fn suite<S: Store>(make: &impl Fn() -> S) {
    trips_are_planned_changed_and_called_off(&make());
    visits_are_recorded(&make());
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn doer() -> Doer {
    let now: DateTime<Utc> = "2022-05-31T02:00:00Z".parse().unwrap();
    Doer { account: Some(3), name: "team".to_owned(), via: Via::Web, now, today: day("2022-05-31") }
}

fn plan(firms: &[&str]) -> NewTrip {
    let plan = Plan {
        destination: "江苏省苏州市".into(),
        from: day("2022-06-07"),
        until: day("2022-06-09"),
        leaders: vec!["分管副市长".into()],
        firms: firms.iter().map(|firm| (*firm).to_owned()).collect(),
    };
    NewTrip { plan, filings: vec![None; firms.len()], note: String::new() }
}

fn trips_are_planned_changed_and_called_off(store: &impl Store) {
    let trip = store.plan_trip(&plan(&["样例铝业"]), &doer()).unwrap();
    assert_eq!(store.trip(trip.id).unwrap(), Some(trip.clone()));
    assert!(store.plan_trip(&plan(&[]), &doer()).is_err(), "nobody to visit");
    let changed = store.change_trip(trip.id, trip.version, &plan(&["样例铝业", "样例精工"]), &doer()).unwrap();
    assert_eq!(changed.plan.firms.len(), 2);
    let stale = store.change_trip(trip.id, trip.version, &plan(&["甲"]), &doer());
    assert!(matches!(stale, Err(RegistryError::Conflict { .. })));
    let off = store.call_off_trip(trip.id, changed.version, &doer()).unwrap();
    assert_eq!(off.called_off_on, Some(day("2022-05-31")));
    assert!(store.change_trip(trip.id, off.version, &plan(&["甲"]), &doer()).is_err());
    assert_eq!(store.trips(10).unwrap(), [off]);
}

fn visits_are_recorded(store: &impl Store) {
    let trip = store.plan_trip(&plan(&["样例铝业"]), &doer()).unwrap();
    let new = |on: &str, result: &str, trip: Option<i64>| NewVisit {
        trip,
        filing: None,
        firm: "样例铝业".into(),
        on: day(on),
        result: result.into(),
        next_step: "六月回访".into(),
    };
    let visit = store.record_visit(&new("2022-05-30", "有意增资", Some(trip.id)), &doer()).unwrap();
    store.record_visit(&new("2022-05-31", "签署保密协议", None), &doer()).unwrap();
    assert!(store.record_visit(&new("2022-06-01", "尚未发生", None), &doer()).is_err());
    assert!(store.record_visit(&new("2022-05-30", " ", None), &doer()).is_err());
    assert!(store.record_visit(&new("2022-05-30", "有意增资", Some(99)), &doer()).is_err());
    assert_eq!(store.visits(VisitsOf::Trip(trip.id), 10).unwrap(), [visit]);
    assert_eq!(store.visits(VisitsOf::All, 10).unwrap().len(), 2);
    assert_eq!(store.visits(VisitsOf::Filing(1), 10).unwrap(), []);
}
