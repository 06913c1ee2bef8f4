//! Arbitration and shares of credit, as any books must keep them.

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, Utc};
use qunlian_domain::allocation::{Allocation, Shares};
use qunlian_domain::audit::{AuditAction, Via};

use crate::credit::credit_on;
use crate::{AuditFilter, Doer, NewArbitration, NewFiling, NewShare, OtherSide, RegistryError, Ruling, Store, Typed};

pub(super) fn suite<S: Store + Sync>(make: &impl Fn() -> S) {
    a_dispute_is_decided_once_and_for_both_sides(&make());
    arbitrations_without_substance_are_refused(&make());
    later_shares_close_the_ones_before(&make());
    every_agreement_is_in_the_list_for_the_lake(&make());
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn doer() -> Doer {
    let now: DateTime<Utc> = "2022-05-31T01:00:00Z".parse().unwrap();
    Doer { account: Some(9), name: "reviewer-1".into(), via: Via::Web, now, today: day("2022-05-31") }
}

fn filing(store: &impl Store, carrier: &str) -> i64 {
    let typed = Typed::from([("name".to_owned(), "铝箔项目".to_owned())]);
    let new = NewFiling { carrier_id: carrier.into(), stage: 0, typed, once: None, by: doer() };
    store.open_filing(&new).unwrap().filing.id
}

fn dispute(filing: i64, other: OtherSide) -> NewArbitration {
    let parties = BTreeSet::from(["duji".to_owned(), "suixi".to_owned()]);
    NewArbitration { filing, other, parties, ruling: Ruling::FirstHere, reason: "洽谈记录在先".into() }
}

fn agreed(filing: i64, parts: &[(&str, u32)], from: &str, until: Option<&str>) -> NewShare {
    let shares = Shares::new(parts.iter().map(|(carrier, points)| ((*carrier).to_owned(), *points)).collect()).unwrap();
    NewShare { filing, allocation: Allocation::new(shares, day(from), until.map(day)).unwrap(), reason: "跨区域流转".into() }
}

fn audited(store: &impl Store, action: AuditAction) -> Vec<String> {
    let filter = AuditFilter { action: Some(action), ..AuditFilter::default() };
    store.audit_page(&filter, None, 50).unwrap().into_iter().map(|record| record.subject).collect()
}

fn a_dispute_is_decided_once_and_for_both_sides(store: &impl Store) {
    let (here, there) = (filing(store, "suixi"), filing(store, "duji"));
    let made = store.arbitrate(&dispute(here, OtherSide::Filing(there)), &doer()).unwrap();
    assert_eq!((made.number.as_str(), made.other_number.as_str(), made.ruling), ("2022-00001", "2022-00002", Ruling::FirstHere));
    assert_eq!((made.by.as_str(), made.on, made.parties.len()), ("reviewer-1", day("2022-05-31"), 2));
    assert_eq!(store.arbitrations_of(here).unwrap(), std::slice::from_ref(&made));
    assert_eq!(store.arbitrations_of(there).unwrap(), [made], "the other side finds it too");
    let outside = store.arbitrate(&dispute(there, OtherSide::Outside("外市某园区来函".into())), &doer()).unwrap();
    assert_eq!((outside.other, outside.other_number.as_str()), (OtherSide::Outside("外市某园区来函".into()), ""));
    assert_eq!(store.arbitrations_of(there).unwrap().len(), 2);
    assert_eq!(audited(store, AuditAction::Arbitration), ["2022-00002", "2022-00001"]);
}

fn arbitrations_without_substance_are_refused(store: &impl Store) {
    let here = filing(store, "suixi");
    let refused = |new: NewArbitration| matches!(store.arbitrate(&new, &doer()), Err(RegistryError::Refused { .. }));
    assert!(refused(dispute(here, OtherSide::Filing(here))));
    assert!(refused(dispute(here, OtherSide::Outside(" ".into()))));
    let outside = || OtherSide::Outside("外市某园区".into());
    assert!(refused(NewArbitration { reason: " ".into(), ..dispute(here, outside()) }));
    assert!(refused(NewArbitration { parties: BTreeSet::new(), ..dispute(here, outside()) }));
    let unknown = store.arbitrate(&dispute(here, OtherSide::Filing(here + 7)), &doer());
    assert!(matches!(unknown, Err(RegistryError::Unknown { .. })));
    assert!(audited(store, AuditAction::Arbitration).is_empty(), "what is refused leaves nothing");
}

fn later_shares_close_the_ones_before(store: &impl Store) {
    let here = filing(store, "suixi");
    let on = |text: &str| credit_on(&store.shares_of(here).unwrap(), "suixi", day(text)).of("suixi");
    assert_eq!(on("2022-05-31"), 10_000, "nothing is agreed: the whole is its own carrier's");
    let halves = [("suixi", 5_000), ("duji", 5_000)];
    store.share_credit(&agreed(here, &halves, "2022-01-01", Some("2027-01-01")), &doer()).unwrap();
    let second = store.share_credit(&agreed(here, &[("suixi", 7_000), ("duji", 3_000)], "2023-01-01", None), &doer()).unwrap();
    assert_eq!((second.allocation.until, second.by.as_str()), (None, "reviewer-1"));
    assert_eq!((on("2021-12-31"), on("2022-12-31"), on("2023-01-01")), (10_000, 5_000, 7_000));
    let stand = store.shares_of(here).unwrap();
    assert_eq!(stand.iter().map(|share| share.allocation.until).collect::<Vec<_>>(), [Some(day("2023-01-01")), None]);
    for from in ["2023-01-01", "2022-06-01"] {
        let late = store.share_credit(&agreed(here, &halves, from, None), &doer());
        assert!(matches!(late, Err(RegistryError::Refused { .. })), "{from} does not overrule what begins later");
    }
    let silent = NewShare { reason: " ".into(), ..agreed(here, &halves, "2024-01-01", None) };
    assert!(matches!(store.share_credit(&silent, &doer()), Err(RegistryError::Refused { .. })));
    assert_eq!(audited(store, AuditAction::CreditShared).len(), 2);
}

fn every_agreement_is_in_the_list_for_the_lake(store: &impl Store) {
    let (here, there) = (filing(store, "suixi"), filing(store, "duji"));
    store.share_credit(&agreed(there, &[("duji", 10_000)], "2022-03-01", None), &doer()).unwrap();
    store.share_credit(&agreed(here, &[("suixi", 10_000)], "2022-01-01", None), &doer()).unwrap();
    store.share_credit(&agreed(here, &[("duji", 10_000)], "2022-02-01", None), &doer()).unwrap();
    let all = store.all_shares().unwrap();
    let spans: Vec<_> = all.iter().map(|share| (share.filing, share.allocation.from, share.allocation.until)).collect();
    let expect = [(here, "2022-01-01", Some("2022-02-01")), (here, "2022-02-01", None), (there, "2022-03-01", None)];
    assert_eq!(spans, expect.map(|(filing, from, until)| (filing, day(from), until.map(day))));
}
