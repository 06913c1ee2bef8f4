//! Typed figures and joint checks of the assessment, as any books must keep them.

use chrono::{DateTime, NaiveDate, Utc};
use qunlian_domain::audit::{AuditAction, Via};
use qunlian_domain::score::recognition::{ClaimedPart, InvestmentClaim, JointCheck, Part, Proof, Recognition};
use qunlian_domain::score::{Period, Quarter, Record};

use crate::{AuditFilter, Doer, InvestmentCheck, NewFigures, NewInvestmentCheck, NewScoreRating, RegistryError, Store};

pub(super) fn suite<S: Store>(make: &impl Fn() -> S) {
    the_last_figure_of_a_unit_stands(&make());
    a_closed_period_takes_no_more(&make());
    checks_are_superseded_and_withdrawn(&make());
}

const HALF: Period = Period { year: 2022, quarter: Some(Quarter::Second) };
const WAN: i64 = 10_000;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn doer() -> Doer {
    let now: DateTime<Utc> = "2026-11-26T02:00:00Z".parse().unwrap();
    Doer { account: Some(3), name: "reviewer-1".to_owned(), via: Via::Web, now, today: day("2022-07-04") }
}

fn figures(rows: &[(&str, Option<i64>, Option<i64>)]) -> NewFigures {
    NewFigures {
        level: "suixi".into(),
        period: HALF,
        unit: "linhuan-zhen".into(),
        rows: rows.iter().map(|(input, done, target)| ((*input).to_owned(), *done, *target)).collect(),
        evidence: "镇月报第6期".into(),
    }
}

fn written(store: &impl Store) -> usize {
    store.audit_page(&AuditFilter { action: Some(AuditAction::ScoreEntered), ..AuditFilter::default() }, None, 50).unwrap().len()
}

fn the_last_figure_of_a_unit_stands(store: &impl Store) {
    store.type_figures(&figures(&[("signed", Some(3), Some(4)), ("leads", Some(9), None)]), &doer()).unwrap();
    store.type_figures(&figures(&[("signed", Some(2), Some(4))]), &doer()).unwrap();
    let all = store.typed_figures("suixi", HALF).unwrap();
    assert_eq!(all.iter().map(|row| (row.done, row.superseded)).collect::<Vec<_>>(), [(Some(3), true), (Some(9), false), (Some(2), false)]);
    let made = all[2].standing().unwrap().made;
    assert_eq!((made.by.as_str(), made.on, made.evidence.as_str()), ("reviewer-1", day("2022-07-04"), "镇月报第6期"));
    store.type_figures(&figures(&[("leads", None, None)]), &doer()).unwrap();
    let standing: Vec<String> =
        store.typed_figures("suixi", HALF).unwrap().iter().filter_map(|row| row.standing()).map(|row| row.input).collect();
    assert_eq!(standing, ["signed"], "withdrawn");
    assert_eq!(store.typed_figures("suixi", Period { quarter: None, ..HALF }).unwrap(), []);
    assert_eq!(store.typed_figures("city", HALF).unwrap(), []);
    let wrong = [
        figures(&[]),
        figures(&[("signed", Some(-1), None)]),
        figures(&[("signed", Some(1), Some(-1))]),
        NewFigures { evidence: " ".into(), ..figures(&[("signed", Some(1), None)]) },
    ];
    for wrong in wrong {
        assert!(store.type_figures(&wrong, &doer()).is_err(), "{wrong:?}");
    }
    assert!(store.type_figures(&figures(&[("signed", Some(8), None), ("", Some(1), None)]), &doer()).is_err());
    assert_eq!(store.typed_figures("suixi", HALF).unwrap().len(), 4, "all of a form or nothing");
    assert_eq!(written(store), 3);
}

fn a_closed_period_takes_no_more(store: &impl Store) {
    let record = Record {
        format: 1,
        level_id: "suixi".into(),
        level_name: "濉溪县园区、镇".into(),
        year: 2022,
        quarter: Some(2),
        period_name: "2022年第二季度".into(),
        rule_version: "2022-示例-1".into(),
        generation: 7,
        closed_on: "2022-07-04".into(),
        rows: Vec::new(),
        evidence: Vec::new(),
    };
    store.close_sheet(&record, &doer()).unwrap();
    let refused = store.type_figures(&figures(&[("signed", Some(3), None)]), &doer());
    assert!(matches!(refused, Err(RegistryError::Conflict { .. })), "{refused:?}");
    let rating = NewScoreRating {
        level: "suixi".into(),
        period: HALF,
        item: "peers".into(),
        rater_id: "suixi-jkq".into(),
        carrier_id: "linhuan-zhen".into(),
        points: 80.0,
        reason: "互评表第3号".into(),
    };
    assert!(matches!(store.rate(&rating, &doer()), Err(RegistryError::Conflict { .. })));
    store.rate(&NewScoreRating { period: Period { quarter: None, ..HALF }, ..rating }, &doer()).unwrap();
    assert_eq!(written(store), 1);
}

fn check(supersedes: Option<i64>) -> NewInvestmentCheck {
    let parts = vec![ClaimedPart { part: Part::Works, yuan: 12_000 * WAN, fiscal_yuan: 0, proofs: vec![Proof::Contract, Proof::Permit] }];
    let offices = vec!["统计局".to_owned(), "发改委".to_owned()];
    let joint_check = Some(JointCheck { on: day("2022-06-20"), offices, confirmed_yuan: 11_000 * WAN });
    NewInvestmentCheck {
        carrier_id: "suixi".into(),
        project_id: "p00017".into(),
        project: "某铝箔项目".into(),
        on: day("2022-06-20"),
        claim: InvestmentClaim { parts, joint_check },
        recognition: Recognition { claimed_yuan: 12_000 * WAN, recognised_yuan: 11_000 * WAN, left_out: Vec::new() },
        rule_version: "2022-示例-1".into(),
        evidence: "联合核查表第2号".into(),
        supersedes,
        withdrawn: false,
    }
}

fn checks_are_superseded_and_withdrawn(store: &impl Store) {
    let first = store.keep_check(&check(None), &doer()).unwrap();
    let new = check(None);
    assert_eq!((&first.parts, &first.joint_check), (&new.claim.parts, &new.claim.joint_check), "the claim is kept as it was made");
    let taken = |checks: &[InvestmentCheck]| -> Vec<i64> {
        checks.iter().filter_map(InvestmentCheck::standing).map(|standing| standing.refused_yuan).collect()
    };
    assert_eq!(taken(&store.investment_checks(2022).unwrap()), [1_000 * WAN]);
    let all_counts = Recognition { claimed_yuan: 12_000 * WAN, recognised_yuan: 12_000 * WAN, left_out: Vec::new() };
    let second = store.keep_check(&NewInvestmentCheck { recognition: all_counts, ..check(Some(first.id)) }, &doer()).unwrap();
    assert!(matches!(store.keep_check(&check(Some(first.id)), &doer()), Err(RegistryError::Conflict { .. })));
    let all = store.investment_checks(2022).unwrap();
    assert_eq!((all[0].superseded_by, taken(&all)), (Some(second.id), vec![0]));
    store.keep_check(&NewInvestmentCheck { withdrawn: true, ..check(Some(second.id)) }, &doer()).unwrap();
    assert_eq!(taken(&store.investment_checks(2022).unwrap()), Vec::<i64>::new());
    assert_eq!(store.investment_checks(2021).unwrap(), []);
    let third = store.keep_check(&check(None), &doer()).unwrap();
    let wrong = [
        NewInvestmentCheck { withdrawn: true, ..check(None) },
        NewInvestmentCheck { evidence: String::new(), ..check(None) },
        NewInvestmentCheck { on: day("2022-07-05"), ..check(None) },
        NewInvestmentCheck { on: day("2022-06-21"), ..check(None) },
        NewInvestmentCheck { project_id: "p00018".into(), ..check(Some(third.id)) },
        NewInvestmentCheck { carrier_id: "duji".into(), ..check(Some(third.id)) },
        check(Some(9_999)),
    ];
    for wrong in wrong {
        assert!(store.keep_check(&wrong, &doer()).is_err(), "{wrong:?}");
    }
    assert_eq!(written(store), 4);
}
