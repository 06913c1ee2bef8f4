//! Filings, claims, notices and objections, as any books must keep them.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use qunlian_domain::access::RowScope;
use qunlian_domain::audit::{AuditAction, Via};
use qunlian_domain::claim::{Refused, State, Way};
use qunlian_domain::filing::{Matter, Values};
use qunlian_domain::project::Milestone;

use crate::{
    AuditFilter, Claim, ClaimFilter, Doer, FilingFilter, Judgement, NewClaim, NewFiling, NewNotice, NewObjection, NoticeFace,
    ObjectionState, RegistryError, Step, Store, Typed,
};

const WAY: Way = Way { two_reviews: false, notice_days: Some(5) };
const AT_ONCE: Way = Way { two_reviews: false, notice_days: None };

pub(super) fn suite<S: Store + Sync>(make: &impl Fn() -> S) {
    a_claim_goes_its_whole_way(&make());
    a_notice_is_published_once(&make());
    an_upheld_objection_takes_the_fact_back(&make());
    a_recognition_is_taken_back(&make());
    drafts_do_not_overwrite_each_other(&make());
    a_key_opens_one_filing(&make());
    a_deletion_revokes_what_counted(&make());
    one_matter_is_under_way_once(&make());
    scopes_cut_lists(&make());
    numbers_are_given_once(&make());
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn doer(name: &str, today: &str) -> Doer {
    let today = day(today);
    let now: DateTime<Utc> = today.and_hms_opt(1, 0, 0).unwrap().and_utc() + TimeDelta::milliseconds(name.len() as i64);
    Doer { account: Some(7), name: name.to_owned(), via: Via::Web, now, today }
}

fn typed(pairs: &[(&str, &str)]) -> Typed {
    pairs.iter().map(|(field, text)| ((*field).to_owned(), (*text).to_owned())).collect()
}

fn values(pairs: &[(&str, &str)]) -> Values {
    typed(pairs).into_iter().collect()
}

const FORM: [(&str, &str); 3] = [("name", "铝箔项目"), ("investor", "样例铝业"), ("signed_on", "2022-05-18")];

fn open(store: &impl Store, carrier: &str) -> Claim {
    let new = NewFiling { carrier_id: carrier.to_owned(), stage: 1, typed: typed(&FORM), once: None, by: doer("clerk", "2022-05-30") };
    store.open_filing(&new).unwrap().claim
}

fn submit(store: &impl Store, claim: &Claim, way: Way, on: &str) -> Claim {
    let facts = if claim.values.is_empty() { claim.typed.clone().into_iter().collect() } else { claim.values.clone() };
    store.step(claim.id, &Step::Submit { typed: claim.typed.clone(), values: facts, way }, &doer("clerk", on)).unwrap()
}

fn approve(store: &impl Store, claim: &Claim, way: Way, on: &str) -> Claim {
    store.step(claim.id, &Step::Approve { remark: String::new(), way }, &doer("reviewer-1", on)).unwrap()
}

fn notice(store: &impl Store, claims: &[&Claim], on: &str) -> NewNotice {
    let face = |claim: &&Claim| {
        let project = claim.project_name.clone();
        (
            claim.id,
            NoticeFace {
                carrier: "濉溪县".into(), project, matter: "项目备案".into(), scale: "12亿元".into(), chain: "—".into()
            },
        )
    };
    let new = NewNotice {
        id: "2022-W22".into(),
        from: day("2022-05-30"),
        until: day("2022-06-05"),
        slot: day("2022-06-06"),
        notice_days: 5,
        faces: claims.iter().map(face).collect(),
    };
    store.publish_notice(&new, &doer("job:monday_notice", on)).unwrap();
    new
}

fn noticed(store: &impl Store) -> Claim {
    let claim = open(store, "suixi");
    let claim = submit(store, &claim, WAY, "2022-05-30");
    let claim = approve(store, &claim, WAY, "2022-06-01");
    notice(store, &[&claim], "2022-06-06");
    store.find_claim(claim.id).unwrap().unwrap()
}

fn objection(claim: &Claim) -> NewObjection {
    NewObjection {
        notice: "2022-W22".into(),
        claim: claim.id,
        reason: "与另一项目重复".into(),
        objector: "某先生".into(),
        contact_masked: "139****1234".into(),
        way: WAY,
    }
}

fn a_claim_goes_its_whole_way(store: &impl Store) {
    let claim = open(store, "suixi");
    assert_eq!((claim.standing.state, claim.filing_number.as_str()), (State::Draft, "2022-00001"));
    let claim = submit(store, &claim, WAY, "2022-05-30");
    let remarks = BTreeMap::from([("investor".to_owned(), "请写全称".to_owned())]);
    let step = Step::Return { remarks: remarks.clone(), contact: "0561-3000000".into(), way: WAY };
    let claim = store.step(claim.id, &step, &doer("reviewer-1", "2022-05-31")).unwrap();
    assert_eq!(claim.standing.state, State::Returned);
    let mended = [("name", "铝箔项目"), ("investor", "样例铝业有限公司"), ("signed_on", "2022-05-18")];
    let step = Step::Submit { typed: typed(&mended), values: values(&mended), way: WAY };
    let claim = store.step(claim.id, &step, &doer("clerk", "2022-06-01")).unwrap();
    let claim = approve(store, &claim, WAY, "2022-06-02");
    let filing = store.filing(claim.filing).unwrap().unwrap();
    assert_eq!((filing.facts.text("investor"), filing.name.as_str()), ("样例铝业有限公司", "铝箔项目"));
    notice(store, &[&claim], "2022-06-06");
    let objected = store.object(&objection(&claim), &doer("public", "2022-06-07")).unwrap();
    let judgement = |by: &str| {
        let judgement = Judgement { objection: objected.id, upheld: false, reason: "两项目产品不同".into(), way: WAY };
        store.judge(&judgement, &doer(by, "2022-06-08"))
    };
    assert!(matches!(judgement("reviewer-1"), Err(RegistryError::NotNow { .. })), "whoever approved does not judge");
    assert_eq!(store.recognise_due(5, &doer("job:recognise", "2022-06-20")).unwrap(), [], "an objection is open");
    assert_eq!(judgement("reviewer-2").unwrap().state, ObjectionState::Dismissed);
    assert_eq!(store.recognise_due(5, &doer("job:recognise", "2022-06-10")).unwrap(), [], "the notice still runs");
    let done = store.recognise_due(5, &doer("job:recognise", "2022-06-11")).unwrap();
    assert_eq!((done.len(), done[0].counted_from), (1, Some(day("2022-06-11"))));
    assert_eq!(store.recognise_due(5, &doer("job:recognise", "2022-06-12")).unwrap(), []);
    assert_eq!(store.recognised().unwrap(), done);
    let actions: Vec<String> = store.claim_events(claim.id).unwrap().into_iter().map(|event| event.action).collect();
    assert_eq!(actions, ["opened", "submit", "return", "submit", "approve", "publish", "object", "dismiss", "recognise"]);
    assert_eq!(store.claim_events(claim.id).unwrap()[2].remarks, remarks);
    let changes = store.changes_of(claim.filing).unwrap();
    let change = changes.iter().find(|change| change.field == "investor").unwrap();
    assert_eq!((change.before.as_str(), change.after.as_str(), change.by.as_str()), ("样例铝业", "样例铝业有限公司", "clerk"));
    assert_eq!(store.events_between(day("2022-06-02"), day("2022-06-06")).unwrap().len(), 2);
}

fn a_notice_is_published_once(store: &impl Store) {
    let claim = noticed(store);
    let new = notice(store, &[&claim], "2022-06-20");
    let stands = store.notice(&new.id).unwrap().unwrap();
    assert_eq!((stands.published_on, stands.late, stands.objections_until), (day("2022-06-06"), false, day("2022-06-10")));
    assert_eq!((stands.items.len(), stands.items[0].state), (1, State::Noticed));
    assert_eq!(store.notices(10).unwrap().len(), 1);
    let late = NewNotice { id: "2022-W23".into(), from: day("2022-06-06"), until: day("2022-06-12"), slot: day("2022-06-13"), ..new };
    assert_eq!(store.publish_notice(&late, &doer("job:monday_notice", "2022-06-14")).unwrap(), None, "nothing was approved");
}

fn a_recognition_is_taken_back(store: &impl Store) {
    let claim = noticed(store);
    store.recognise_due(5, &doer("job:recognise", "2022-06-11")).unwrap();
    let revoke = |reason: &str, by: &str| store.step(claim.id, &Step::Revoke { reason: reason.into(), way: WAY }, &doer(by, "2022-06-20"));
    let approver = store.find_claim(claim.id).unwrap().unwrap().standing.approvers[0].clone();
    assert!(matches!(revoke("查实不符", &approver), Err(RegistryError::NotNow { why: Refused::OwnApproval, .. })));
    assert!(revoke(" ", "reviewer-9").is_err(), "without a reason");
    let done = revoke("查实不符", "reviewer-9").unwrap();
    assert_eq!(
        (done.standing.state, done.revoked_on, done.counted_from),
        (State::Revoked, Some(day("2022-06-20")), Some(day("2022-06-11")))
    );
    let events = store.claim_events(claim.id).unwrap();
    let last = events.last().unwrap();
    assert_eq!((last.action.as_str(), last.remarks.get("").map(String::as_str)), ("revoke", Some("查实不符")));
    let newest = store.audit_page(&AuditFilter::default(), None, 1).unwrap();
    assert_eq!(newest[0].action, AuditAction::RecognitionRevoked.id());
    assert!(revoke("再次", "reviewer-9").is_err(), "it counts no more");
}

fn an_upheld_objection_takes_the_fact_back(store: &impl Store) {
    let claim = noticed(store);
    let first = store.object(&objection(&claim), &doer("public", "2022-06-10")).unwrap();
    let second = store.object(&objection(&claim), &doer("public", "2022-06-10")).unwrap();
    assert!(store.object(&objection(&claim), &doer("public", "2022-06-11")).is_err(), "the notice is over");
    let judgement = Judgement { objection: second.id, upheld: true, reason: "确属重复".into(), way: WAY };
    store.judge(&judgement, &doer("reviewer-2", "2022-06-12")).unwrap();
    let revoked = store.find_claim(claim.id).unwrap().unwrap();
    assert_eq!((revoked.standing.state, revoked.counted_from), (State::Revoked, None));
    assert_eq!(store.objection(first.id).unwrap().unwrap().state, ObjectionState::Upheld, "what it asked for has happened");
    assert_eq!(store.recognised().unwrap(), []);
    assert!(store.judge(&judgement, &doer("reviewer-2", "2022-06-12")).is_err());
}

fn drafts_do_not_overwrite_each_other(store: &impl Store) {
    let claim = open(store, "suixi");
    let saved = store.save_draft(claim.id, claim.version, &typed(&[("name", "甲")]), &doer("clerk", "2022-05-30")).unwrap();
    assert!(saved.version > claim.version && saved.project_name == "甲");
    let stale = store.save_draft(claim.id, claim.version, &typed(&[("name", "乙")]), &doer("clerk", "2022-05-30"));
    assert!(matches!(stale, Err(RegistryError::Conflict { .. })));
    let submitted = submit(store, &saved, WAY, "2022-05-30");
    let late = store.save_draft(claim.id, submitted.version, &typed(&[("name", "丙")]), &doer("clerk", "2022-05-30"));
    assert!(matches!(late, Err(RegistryError::NotNow { .. })));
}

fn a_key_opens_one_filing(store: &impl Store) {
    let new = |body: &str| NewFiling {
        carrier_id: "suixi".into(),
        stage: 1,
        typed: typed(&FORM),
        once: Some(("k1".into(), body.into())),
        by: doer("clerk", "2022-05-30"),
    };
    let first = store.open_filing(&new("b1")).unwrap();
    let again = store.open_filing(&new("b1")).unwrap();
    assert!(!first.again && again.again && first.filing == again.filing);
    assert!(matches!(store.open_filing(&new("b2")), Err(RegistryError::Conflict { .. })));
    assert_eq!(store.count_filings(&FilingFilter { scope: RowScope::City, ..FilingFilter::default() }).unwrap(), 1);
}

fn a_deletion_revokes_what_counted(store: &impl Store) {
    let claim = noticed(store);
    store.recognise_due(5, &doer("job:recognise", "2022-06-11")).unwrap();
    let new = |matter: Matter| NewClaim {
        filing: claim.filing,
        matter,
        typed: typed(&[("reason", "重复备案")]),
        by: doer("clerk", "2022-06-12"),
    };
    let started = store.open_claim(&new(Matter::Milestone(Milestone::Started))).unwrap();
    let deletion = store.open_claim(&new(Matter::Deletion)).unwrap();
    let deletion = submit(store, &deletion, AT_ONCE, "2022-06-12");
    let deletion = approve(store, &deletion, AT_ONCE, "2022-06-13");
    assert_eq!(deletion.standing.state, State::Recognised, "a deletion takes effect with its review");
    let state = |id: i64| store.find_claim(id).unwrap().unwrap();
    assert_eq!((state(claim.id).standing.state, state(claim.id).revoked_on), (State::Revoked, Some(day("2022-06-13"))));
    assert_eq!(state(claim.id).counted_from, Some(day("2022-06-11")), "as known before, it still counted");
    assert_eq!(state(started.id).standing.state, State::Withdrawn);
    assert!(store.open_claim(&new(Matter::Change)).is_err());
    assert_eq!(store.filing(claim.filing).unwrap().unwrap().deleted_on, Some(day("2022-06-13")));
}

fn one_matter_is_under_way_once(store: &impl Store) {
    let claim = open(store, "suixi");
    let new = |matter: Matter| NewClaim { filing: claim.filing, matter, typed: Typed::new(), by: doer("clerk", "2022-05-30") };
    assert!(store.open_claim(&new(Matter::Project)).is_err());
    assert!(store.open_claim(&new(Matter::Milestone(Milestone::Started))).is_err(), "the filing itself is not reviewed");
    let claim = approve(store, &submit(store, &claim, WAY, "2022-05-30"), WAY, "2022-05-31");
    let started = store.open_claim(&new(Matter::Milestone(Milestone::Started))).unwrap();
    assert!(store.open_claim(&new(Matter::Milestone(Milestone::Started))).is_err());
    let withdrawn = store.step(started.id, &Step::Withdraw { reason: "误报".into() }, &doer("clerk", "2022-05-31")).unwrap();
    assert_eq!(withdrawn.standing.state, State::Withdrawn);
    assert!(store.open_claim(&new(Matter::Milestone(Milestone::Started))).is_ok());
    let held = store.hold(claim.id, Some(&doer("reviewer-1", "2022-05-31")), doer("reviewer-1", "2022-05-31").now);
    assert!(held.is_err(), "nothing waits for a review");
}

fn scopes_cut_lists(store: &impl Store) {
    for carrier in ["suixi", "duji", "suixi"] {
        open(store, carrier);
    }
    let count = |scope: RowScope| {
        let claims = ClaimFilter { scope: scope.clone(), limit: 10, ..ClaimFilter::default() };
        let filings = FilingFilter { scope, limit: 10, ..FilingFilter::default() };
        assert_eq!(store.claims(&claims).unwrap().len(), store.count_claims(&claims).unwrap());
        assert_eq!(store.filings(&filings).unwrap().len(), store.count_claims(&claims).unwrap());
        store.filings(&filings).unwrap().len()
    };
    let carriers = |names: &[&str]| RowScope::Carriers(names.iter().map(|name| (*name).to_owned()).collect());
    assert_eq!(count(RowScope::City), 3);
    assert_eq!(count(carriers(&["suixi"])), 2);
    assert_eq!(count(carriers(&["suixi", "duji"])), 3);
    assert_eq!((count(carriers(&[])), count(RowScope::Nothing)), (0, 0));
}

fn numbers_are_given_once<S: Store + Sync>(store: &S) {
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| (0..5).for_each(|_| drop(open(store, "suixi"))));
        }
    });
    let all = store.filings(&FilingFilter { scope: RowScope::City, limit: 100, ..FilingFilter::default() }).unwrap();
    let numbers: BTreeSet<&str> = all.iter().map(|filing| filing.number.as_str()).collect();
    assert_eq!((numbers.len(), numbers.last().copied()), (40, Some("2022-00040")));
}
