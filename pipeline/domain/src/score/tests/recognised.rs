//! Recognised investment: every yuan of a claim counts or is left out with a reason.

use proptest::prelude::*;

use super::super::recognition::{ClaimError, ClaimedPart, InvestmentClaim, JointCheck, Part, PartRule, Proof, Reason, RecognitionRule};
use super::{YI, day};

const WAN: i64 = 10_000;

fn rule() -> RecognitionRule {
    let part = |part: Part, counts: bool, proofs: &[Proof]| PartRule { part, counts, proofs: proofs.to_vec() };
    RecognitionRule {
        documented: false,
        joint_check_from: YI,
        joint_check_offices: 2,
        parts: vec![
            part(Part::Works, true, &[Proof::Contract, Proof::Progress]),
            part(Part::Equipment, true, &[Proof::Invoice]),
            part(Part::Land, false, &[]),
            part(Part::Other, false, &[]),
        ],
    }
}

fn claimed(part: Part, yuan: i64, fiscal_yuan: i64, proofs: &[Proof]) -> ClaimedPart {
    ClaimedPart { part, yuan, fiscal_yuan, proofs: proofs.to_vec() }
}

fn check_of(offices: &[&str], confirmed_yuan: i64) -> Option<JointCheck> {
    Some(JointCheck { on: day("2022-06-20"), offices: offices.iter().map(|office| (*office).to_owned()).collect(), confirmed_yuan })
}

fn full_claim(joint_check: Option<JointCheck>) -> InvestmentClaim {
    let parts = vec![
        claimed(Part::Land, 3_000 * WAN, 0, &[]),
        claimed(Part::Works, 8_000 * WAN, 1_000 * WAN, &[Proof::Contract, Proof::Progress]),
        claimed(Part::Equipment, 5_000 * WAN, 0, &[Proof::Invoice]),
        claimed(Part::Equipment, 400 * WAN, 0, &[Proof::Contract]),
        claimed(Part::Other, 600 * WAN, 0, &[]),
    ];
    InvestmentClaim { parts, joint_check }
}

#[test]
fn what_counts_and_why_the_rest_does_not() {
    // 8000 − 1000 fiscal + 5000 = 12000万元, of which the check confirmed 11500.
    let found = rule().recognise(&full_claim(check_of(&["统计局", "发改委"], 11_500 * WAN))).unwrap();
    assert_eq!((found.claimed_yuan, found.recognised_yuan), (17_000 * WAN, 11_500 * WAN));
    let reasons: Vec<String> = found.left_out.iter().map(|left| left.text()).collect();
    let expect = [
        "土地价款3000万元（30,000,000元）：不计入固定资产投资",
        "永久性工程1000万元（10,000,000元）：为财政资金，不计入",
        "设备购置400万元（4,000,000元）：缺少发票",
        "其他费用600万元（6,000,000元）：不计入固定资产投资",
        "申报额中500万元（5,000,000元）：超出2022-06-20联合核查确认数",
    ];
    assert_eq!(reasons, expect);
    let more = rule().recognise(&full_claim(check_of(&["统计局", "发改委", "住建局"], 2 * YI))).unwrap();
    assert_eq!(more.recognised_yuan, 12_000 * WAN, "a check confirms no more than was claimed");
}

#[test]
fn large_claims_need_a_joint_check() {
    let check = |joint: Option<JointCheck>, offices: usize| {
        let found = rule().recognise(&full_claim(joint)).unwrap();
        assert_eq!(found.recognised_yuan, 0);
        let last = found.left_out.last().unwrap();
        assert_eq!((last.yuan, &last.reason), (12_000 * WAN, &Reason::JointCheckMissing { offices, needed: 2 }));
        last.text()
    };
    assert!(check(None, 0).ends_with("：未经联合核查"));
    assert!(check(check_of(&["统计局", "统计局", " "], 2 * YI), 1).ends_with("：联合核查仅1个部门参加，应有2个"));
    let works =
        |yuan: i64| InvestmentClaim { parts: vec![claimed(Part::Works, yuan, 0, &[Proof::Contract, Proof::Progress])], joint_check: None };
    assert_eq!(rule().recognise(&works(YI - 1)).unwrap().recognised_yuan, YI - 1);
    assert_eq!(rule().recognise(&works(YI)).unwrap().recognised_yuan, 0, "the bound belongs to the check");
}

#[test]
fn claims_that_make_no_sense_are_refused() {
    let check = |parts: Vec<ClaimedPart>, joint_check: Option<JointCheck>, expect: ClaimError| {
        assert_eq!(rule().recognise(&InvestmentClaim { parts, joint_check }), Err(expect));
    };
    check(vec![claimed(Part::Works, -1, 0, &[])], None, ClaimError::Negative(Part::Works));
    check(vec![claimed(Part::Land, 1, -1, &[])], None, ClaimError::Negative(Part::Land));
    check(vec![claimed(Part::Works, 1, 2, &[])], None, ClaimError::FiscalAboveWhole(Part::Works));
    check(Vec::new(), check_of(&[], -1), ClaimError::NegativeCheck);
    check(vec![claimed(Part::Works, i64::MAX, 0, &[]), claimed(Part::Works, 1, 0, &[])], None, ClaimError::TooLarge);
}

#[test]
fn rules_that_contradict_themselves_are_refused() {
    let check = |change: &dyn Fn(&mut RecognitionRule), problem: &str| {
        let mut wrong = rule();
        change(&mut wrong);
        let fault = wrong.check().unwrap_err();
        assert!(fault.problem.contains(problem), "{fault:?}");
    };
    assert_eq!(rule().check(), Ok(()));
    check(&|rule| rule.parts[2].counts = true, "price of land counts");
    check(&|rule| drop(rule.parts.pop()), "其他费用 is there 0 times");
    check(&|rule| rule.parts[1].part = Part::Works, "永久性工程 is there 2 times");
    check(&|rule| rule.joint_check_offices = 0, "joint check");
}

fn any_part() -> impl Strategy<Value = ClaimedPart> {
    let proofs = proptest::sample::subsequence(vec![Proof::Contract, Proof::Progress, Proof::Invoice], 0..=3);
    (0usize..4, 0..3 * YI, 0..=100i64, proofs).prop_map(|(part, yuan, fiscal_percent, proofs)| ClaimedPart {
        part: Part::ALL[part],
        yuan,
        fiscal_yuan: yuan * fiscal_percent / 100,
        proofs,
    })
}

proptest! {
    #[test]
    fn every_yuan_counts_or_has_a_reason(
        parts in proptest::collection::vec(any_part(), 0..6),
        confirmed in proptest::option::of((0..5 * YI, 0usize..4)),
    ) {
        let offices = ["统计局", "发改委", "住建局"];
        let joint_check = confirmed.and_then(|(yuan, count)| check_of(&offices[..count], yuan));
        let bound = joint_check.as_ref().filter(|check| check.offices.len() >= 2).map(|check| check.confirmed_yuan);
        let claim = InvestmentClaim { parts, joint_check };
        let found = rule().recognise(&claim).unwrap();
        let left: i64 = found.left_out.iter().map(|left| left.yuan).sum();
        prop_assert_eq!(found.recognised_yuan + left, found.claimed_yuan);
        prop_assert!(found.recognised_yuan >= 0 && found.left_out.iter().all(|left| left.yuan > 0));
        prop_assert!(bound.is_none_or(|bound| found.recognised_yuan <= bound));
        let land: i64 = claim.parts.iter().filter(|part| part.part == Part::Land).map(|part| part.yuan).sum();
        prop_assert!(found.recognised_yuan <= found.claimed_yuan - land, "land never counts");
    }
}
