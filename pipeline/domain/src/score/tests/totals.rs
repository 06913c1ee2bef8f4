//! Totals: missing targets by rule, caps on sums, vetoes, grades, promotions, places and complaints.

use super::*;

fn two_ratios() -> String {
    let ratio = |id: &str, weight: f64| indicator(id, id, weight, &format!("kind = \"ratio\", input = \"{id}\""));
    ratio("signed", 60.0) + &ratio("started", 40.0)
}

/// `a` did 30 of 50 signed and has no target for starts.
fn one_target_missing() -> Figures {
    with_rows(vec![row("a", "signed", 30, Some(50)), row("a", "started", 7, None)])
}

#[test]
fn a_missing_target_is_skipped_or_zero_as_the_rules_say() {
    let skip = rules(100.0, &two_ratios());
    let found = sheet(&skip, &one_target_missing());
    // 60 % × 60 = 36; × 100 ÷ 60 = 60
    assert_eq!(total(&found, "a"), Some(60.0));
    let lines = &found.of("a").unwrap().summary;
    assert_eq!(lines[0], "指标得分合计 36.00分 × 100/60（40分未计分，由其余指标折算） = 60.00分");
    assert_eq!(text(&found, "a", "started"), "started 7/- → 未下达目标，不计分不排名（40分由其余指标折算）");
    let mut zero = skip.clone();
    zero.levels[0].no_target = NoTarget::Zero;
    let found = sheet(&zero, &one_target_missing());
    assert_eq!(total(&found, "a"), Some(36.0));
    assert_eq!(found.of("a").unwrap().summary[0], "指标得分合计 36.00分（满分100分，其中40分未计分，按0分）");
    assert_eq!(text(&found, "a", "started"), "started 7/- → 未下达目标，不排名（40分按0分计）");
    assert_eq!(found.of("a").unwrap().lines[1].place, None, "not ranked either way");
    for scoring in [skip, zero] {
        let none = with_rows(vec![row("a", "signed", 30, None), row("a", "started", 7, Some(0))]);
        let found = sheet(&scoring, &none);
        let score = found.of("a").unwrap();
        assert_eq!((score.total, score.place, score.grade.as_deref()), (None, None, None));
        assert_eq!(score.summary, ["没有可计分的指标，不计分不排名"]);
        assert!(text(&found, "a", "started").contains("7/0 → 本期目标为0"));
    }
}

const EXTRAS: &str = r#"
[[level.bonus]]
id = "visits"
name = "出访"
shape = { kind = "entries", each = 4 }
[[level.bonus]]
id = "library"
name = "纳统"
shape = { kind = "each", input = "in_library", each = 1.5 }
[[level.deduction]]
id = "late"
name = "迟报"
most = 3
shape = { kind = "entries", each = 0.5 }
[[level.deduction]]
id = "behind"
name = "未完成签约"
shape = { kind = "missing", input = "signed", each = 1 }
[[level.veto]]
id = "fraud"
name = "弄虚作假"
effect = "zero"
[[level.veto]]
id = "out"
name = "撤并"
effect = "unranked"
[[level.veto]]
id = "accident"
name = "事故"
effect = "no_award"
[[level.promotion]]
id = "giant"
name = "50亿项目"
input = "signed.ge50"
measure = "done"
least = 1
grades = 1
[[level.promotion]]
id = "double"
name = "超额5个"
input = "started"
measure = "over_target"
least = 5
grades = 2
[[level.grade]]
id = "g1"
name = "优秀"
least = 90
[[level.grade]]
id = "g2"
name = "良好"
least = 75
[[level.grade]]
id = "g3"
name = "一般"
least = 60
[[level.grade]]
id = "g4"
name = "较差"
least = 0
"#;

fn with_extras() -> Scoring {
    let mut scoring = rules(100.0, &(two_ratios() + EXTRAS));
    scoring.levels[0].bonus_most = Some(10.0);
    scoring.levels[0].deduction_most = Some(12.0);
    scoring
}

fn full_marks(carrier: &str) -> Vec<FigureRow> {
    vec![row(carrier, "signed", 10, Some(10)), row(carrier, "started", 10, Some(10))]
}

#[test]
fn bonuses_and_deductions_add_up_under_their_caps() {
    let mut figures = with_rows(vec![row("a", "signed", 5, Some(25)), row("a", "started", 10, Some(10)), row("a", "in_library", 3, None)]);
    figures.entries = vec![entry("a", "visits", 2, "2022-05-01"), entry("a", "late", 9, "2022-06-01"), entry("a", "late", 1, "2021-12-31")];
    let found = sheet(&with_extras(), &figures);
    // 20 % × 60 + 40 = 52; bonus 8 + 4.5 = 12.5, at most 10; deduction 9 × 0.5 = 4.5, at most 3, + 20 missing = 23, at most 12
    assert_eq!(points(&found, "a", "library"), Some(4.5));
    assert_eq!(points(&found, "a", "late"), Some(3.0));
    assert_eq!(text(&found, "a", "late"), "迟报 9次（2022-06-01 事由 ×9） × 0.5分，最多扣3分 = 扣3.00分");
    assert_eq!(text(&found, "a", "behind"), "未完成签约 5/25 缺20 × 1分 = 扣20.00分");
    let score = found.of("a").unwrap();
    assert_eq!((score.base, score.bonus, score.deduction, score.total), (Some(52.0), 10.0, 12.0, Some(50.0)));
    assert_eq!(score.summary[1], "总分 52.00 + 加分10.00（合计最多10分） − 扣分12.00（合计最多12分） = 50.00分");
    let mut floor = with_extras();
    floor.levels[0].least_total = 51.5;
    let found = sheet(&floor, &figures);
    assert_eq!(total(&found, "a"), Some(51.5));
    assert!(found.of("a").unwrap().summary[1].ends_with("，不低于51.5分 = 51.50分"));
}

#[test]
fn vetoes_grades_and_promotions() {
    let check = |rows: &[FigureRow], entries: &[Entry], total: Option<f64>, place: Option<usize>, grade: Option<&str>, last: &str| {
        let mut figures = with_rows([full_marks("b"), rows.to_vec()].concat());
        figures.entries = entries.to_vec();
        let found = sheet(&with_extras(), &figures);
        let score = found.of("a").unwrap();
        assert_eq!((score.total, score.place, score.grade.as_deref()), (total, place, grade), "{entries:?}");
        assert!(score.summary.iter().any(|line| line == last), "{:?}", score.summary);
    };
    let full = full_marks("a");
    check(&full, &[], Some(100.0), Some(1), Some("优秀"), "等次 优秀");
    let veto = |item: &str| vec![entry("a", item, 1, "2022-05-01")];
    check(&full, &veto("fraud"), Some(0.0), Some(2), Some("较差"), "一票否决：弄虚作假（2022-05-01 事由）→ 考核计0分");
    check(&full, &veto("out"), Some(100.0), None, None, "一票否决：撤并（2022-05-01 事由）→ 不参加排名");
    check(&full, &veto("accident"), Some(100.0), Some(1), Some("良好"), "一票否决：事故（2022-05-01 事由）→ 取消评优");
    // 60 + 0: 一般, and one up by a project of 50亿元.
    let some = vec![row("a", "signed", 10, Some(10)), row("a", "started", 0, Some(10)), row("a", "signed.ge50", 1, None)];
    check(&some, &[], Some(60.0), Some(2), Some("良好"), "升档：50亿项目 1 → 一般升为良好");
    check(&some, &veto("accident"), Some(60.0), Some(2), Some("一般"), "等次 一般");
    let over = vec![row("a", "signed", 0, Some(10)), row("a", "started", 15, Some(10))];
    // 15 ÷ 10 × 40 = 60, less 10 missing: 50 is 较差, two up.
    check(&over, &[], Some(50.0), Some(2), Some("良好"), "升档：超额5个 15/10 → 较差升为良好");
    let best = [full.clone(), vec![row("a", "signed.ge50", 1, None)]].concat();
    check(&best, &[], Some(100.0), Some(1), Some("优秀"), "升档：50亿项目 1 → 已是最高等次");
}

#[test]
fn a_grade_is_earned_by_the_printed_total() {
    // 89.996 prints 90.00, which is what 优秀 asks for; 89.994 prints 89.99.
    let grade = |weight: f64| {
        let figures = with_rows(vec![row("a", "signed", 1, Some(1)), row("a", "started", 0, Some(1))]);
        let mut scoring = with_extras();
        scoring.levels[0].indicators[0].weight = weight;
        scoring.levels[0].indicators[1].weight = 100.0 - weight;
        sheet(&scoring, &figures).of("a").unwrap().grade.clone()
    };
    assert_eq!(grade(89.996).as_deref(), Some("优秀"));
    assert_eq!(grade(89.994).as_deref(), Some("良好"));
}

#[test]
fn groups_are_ranked_apart_and_equals_share() {
    let scoring = rules(100.0, &two_ratios());
    let rows = [("a", 50), ("b", 80), ("c", 80), ("d", 10), ("p", 5), ("q", 1)];
    let rows = rows.iter().flat_map(|(carrier, done)| [row(carrier, "signed", *done, Some(100)), row(carrier, "started", 1, Some(1))]);
    let found = sheet(&scoring, &with_rows(rows.collect()));
    let places: Vec<Vec<(&str, Option<usize>)>> =
        found.groups.iter().map(|group| group.carriers.iter().map(|score| (score.carrier_id.as_str(), score.place)).collect()).collect();
    assert_eq!(places[0], [("b", Some(1)), ("c", Some(1)), ("a", Some(3)), ("d", Some(4))]);
    assert_eq!(places[1], [("p", Some(1)), ("q", Some(2))], "worse than every town, first of the parks");
    assert_eq!(found.of("a").unwrap().lines[0].place, Some(3));
    assert_eq!(found.of("a").unwrap().lines[1].place, Some(1), "all share the first place");
}

#[test]
fn rows_that_cannot_be_used_are_complaints() {
    let mut figures = with_rows(
        [
            full_marks("a"),
            full_marks("b"),
            vec![
                row("a", "signed", 99, Some(10)),
                row("z", "signed", 1, Some(1)),
                row("c", "signed", -1, Some(1)),
                row("c", "started", 1, Some(1)),
                row("d", "tax_refund", 1, Some(1)),
            ],
        ]
        .concat(),
    );
    figures.entries = vec![
        entry("a", "visit", 1, "2022-05-01"),
        entry("a", "visits", 0, "2022-05-01"),
        entry("y", "visits", 1, "2022-05-01"),
        Entry { reason: " ".into(), ..entry("a", "visits", 1, "2022-05-01") },
        entry("a", "library", 1, "2022-05-01"),
    ];
    let found = sheet(&with_extras(), &figures);
    // Nobody has rows for the bonus and the promotion either: six complaints each.
    let of_extras = |item: &str| matches!(item, "in_library" | "signed.ge50");
    assert_eq!(found.complaints.iter().filter(|complaint| of_extras(&complaint.item)).count(), 12);
    let others = found.complaints.iter().filter(|complaint| !of_extras(&complaint.item));
    let complaints: Vec<String> =
        others.map(|complaint| format!("{} {} {}", complaint.carrier_id, complaint.item, complaint.problem)).collect();
    let expect = [
        "a library 没有可以人工录入的这个加分、扣分或否决项",
        "a signed 同一单位同一指标有两行数据",
        "a visit 没有可以人工录入的这个加分、扣分或否决项",
        "a visits 事由应写一行文字",
        "a visits 次数为0，应为1以上",
        "c signed 完成数或目标数为负：-1/1",
        "d signed “signed”缺数据",
        "d started “started”缺数据",
        "d tax_refund 没有这项指标来源",
        "p signed “signed”缺数据",
        "p started “started”缺数据",
        "q signed “signed”缺数据",
        "q started “started”缺数据",
        "y visits 不在本层级的任何考核分组内",
        "z signed 不在本层级的任何考核分组内",
    ];
    assert_eq!(complaints, expect);
    assert_eq!(points(&found, "a", "signed"), Some(60.0), "the first of two rows stands");
    assert_eq!(text(&found, "d", "signed"), "signed 缺数据，不计分不排名（60分由其余指标折算）");
}

#[test]
fn other_levels_and_years_are_refused() {
    let scoring = rules(100.0, &two_ratios());
    let ask = |level: &str, year: i32| scoring.sheet(level, Period { year, quarter: None }, &Figures::default()).err();
    assert_eq!(ask("l", 2022), None);
    assert_eq!(ask("m", 2022), Some(ScoreError::NoLevel("m".into())));
    assert_eq!(ask("l", 2023), Some(ScoreError::OtherYear { rules: 2022, asked: 2023 }));
}
