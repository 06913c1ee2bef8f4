//! The shipped rules of the reserve list, point by point, and laws that hold for any facts.

use proptest::prelude::*;

use super::*;

fn rules() -> Reserve {
    toml::from_str(include_str!("../../../../data/cities/huaibei/reserve.toml")).unwrap()
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn nothing(_: &str) -> bool {
    false
}

fn bare() -> Facts<'static> {
    Facts {
        today: day("2022-06-13"),
        stage: "negotiating",
        status: Status::Ongoing,
        stated: &nothing,
        segment: "",
        agreed_yuan: None,
        paid_in_yuan: None,
        capital_yuan: None,
        visits: &[],
        last_contact: Some(day("2022-06-01")),
    }
}

/// Rules that fired and their points.
fn fired(score: &Score) -> Vec<(&str, i32)> {
    score.points.iter().map(|point| (point.rule.as_str(), point.points)).collect()
}

#[test]
fn a_ripe_and_large_project_shows_each_point() {
    let rules = rules();
    let stated = |field: &str| ["approval_project", "approval_land", "credit_code"].contains(&field);
    let visits = [day("2022-03-16"), day("2022-05-01"), day("2022-06-13"), day("2022-03-15"), day("2022-06-14")];
    let facts = Facts {
        stage: "signed",
        stated: &stated,
        segment: "xny-dianxin",
        agreed_yuan: Some(1_000_000_000),
        paid_in_yuan: Some(10_000_000),
        capital_yuan: Some(50_000_000),
        visits: &visits,
        ..bare()
    };
    let score = rules.score(&facts).unwrap();
    let expect = [
        ("stage.signed", 30),
        ("stated.approval_project", 8),
        ("stated.approval_land", 9),
        ("stated.credit_code", 3),
        ("paid_in", 10),
        ("visits", 8),
        ("agreed", 55),
        ("capital", 5),
        ("gap", 20),
    ];
    assert_eq!(fired(&score), expect);
    assert_eq!((score.maturity, score.scale, score.total), (68, 80, 73));
    assert_eq!(rules.grade(&score).map(|grade| grade.name.as_str()), Some("重点推进"));
    assert_eq!(rules.derivation(&score), "成熟度 68 × 60% + 规模价值 80 × 40% = 73");
    let reason = |rule: &str| score.points.iter().find(|point| point.rule == rule).map(|point| point.reason.as_str());
    assert_eq!(reason("visits"), Some("近90天走访对接3次以上（3次）"), "the 90th day back counts, the 91st and tomorrow do not");
    assert_eq!(reason("agreed"), Some("协议投资额10亿元以上（10亿元）"));
}

#[test]
fn silence_and_standstill_cost_points_and_never_below_zero() {
    let rules = rules();
    let of = |facts: Facts<'_>| rules.score(&facts).unwrap();
    assert_eq!(fired(&of(bare())), [("stage.negotiating", 10)]);
    let silent = of(Facts { last_contact: Some(day("2022-04-13")), ..bare() });
    assert_eq!(fired(&silent), [("stage.negotiating", 10), ("contact", -15), ("cap", 5)]);
    assert_eq!(silent.points[1].reason, "超过60天未联系（已61天）");
    assert_eq!((silent.maturity, silent.points[2].reason.as_str()), (0, "最低为0分"));
    let in_time = of(Facts { last_contact: Some(day("2022-04-14")), ..bare() });
    assert_eq!(fired(&in_time), [("stage.negotiating", 10)]);
    let unknown = of(Facts { last_contact: None, ..bare() });
    assert_eq!(fired(&unknown), [("stage.negotiating", 10), ("contact", -5)]);
    let dormant = of(Facts { stage: "registered", status: Status::Dormant, ..bare() });
    assert_eq!(fired(&dormant), [("stage.registered", 35), ("status.dormant", -30)]);
    assert_eq!(rules.grade(&dormant).map(|grade| grade.id.as_str()), Some("watch"));
}

#[test]
fn who_has_left_the_list_has_no_score() {
    let rules = rules();
    for stage in ["started", "completed", "nonsense", ""] {
        assert_eq!(rules.score(&Facts { stage, ..bare() }), None, "{stage}");
    }
    for status in [Status::Lost, Status::Abandoned] {
        assert_eq!(rules.score(&Facts { status, ..bare() }), None, "{status:?}");
    }
}

#[test]
fn bounds_include_themselves() {
    let rules = rules();
    let scale = |yuan: i64| rules.score(&Facts { agreed_yuan: Some(yuan), ..bare() }).unwrap().scale;
    assert_eq!([99_999_999, 100_000_000, 499_999_999, 500_000_000, 5_000_000_000].map(scale), [0, 25, 25, 40, 70]);
}

#[test]
fn the_second_citys_rules_read_too() {
    let other: Reserve = toml::from_str(include_str!("../../../../tests/end_to_end/second_city/reserve.toml")).unwrap();
    let score = other.score(&Facts { agreed_yuan: Some(200_000_000), segment: "cha-jg", ..bare() }).unwrap();
    assert_eq!((score.maturity, score.scale, score.total), (20, 40, 30));
}

proptest! {
    #[test]
    fn points_add_up_and_stay_in_bounds(
        stage in prop::sample::select(vec!["negotiating", "signed", "registered"]),
        status in prop::sample::select(vec![Status::Ongoing, Status::Delayed, Status::Dormant]),
        mask: u16,
        agreed in proptest::option::of(any::<i64>()),
        capital in proptest::option::of(any::<i64>()),
        paid_in in proptest::option::of(any::<i64>()),
        back in prop::collection::vec(0u64..400, 0..6),
        most in 1i32..200,
    ) {
        let rules = Reserve { most, ..rules() };
        let fields: Vec<&str> = rules.stated.iter().enumerate().filter(|(at, _)| mask >> (at % 16) & 1 == 1).map(|(_, rule)| rule.field.as_str()).collect();
        let stated = |field: &str| fields.contains(&field);
        let today = day("2022-06-13");
        let visits: Vec<NaiveDate> = back.iter().map(|days| today - Days::new(*days)).collect();
        let facts = Facts { stage, status, stated: &stated, agreed_yuan: agreed, capital_yuan: capital, paid_in_yuan: paid_in, visits: &visits, ..bare() };
        let score = rules.score(&facts).unwrap();
        let sum = |axis: Axis| score.points.iter().filter(|point| point.axis == axis).map(|point| point.points).sum::<i32>();
        prop_assert_eq!((sum(Axis::Maturity), sum(Axis::Scale)), (score.maturity, score.scale));
        for value in [score.maturity, score.scale, score.total] {
            prop_assert!((0..=most).contains(&value));
        }
        prop_assert!(score.points.iter().all(|point| !point.reason.is_empty()));
        // More on record never makes a project less ripe.
        let everything = |_: &str| true;
        let fuller = rules.score(&Facts { stated: &everything, ..facts }).unwrap();
        prop_assert!(fuller.maturity >= score.maturity && fuller.scale == score.scale);
    }
}
