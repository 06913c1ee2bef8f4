//! Figures that people type, what the books count and what joint checks take out: where each row comes from, and that
//! every derivation names who, when and why.

use std::collections::HashMap;

use super::*;

fn made(by: &str, on: &str, evidence: &str) -> Made {
    Made { by: by.into(), on: day(on), evidence: evidence.into() }
}

/// The county itself beside town `a`: signed by ratio, leads by ratio, fixed assets by ratio, a bonus by band.
fn county_and_town() -> Scoring {
    let ratio = |id: &str, name: &str, weight: f64| indicator(id, name, weight, &format!("kind = \"ratio\", input = \"{id}\""));
    let rest = ratio("signed", "签约", 40.0)
        + &ratio("leads", "线索", 20.0)
        + &ratio("fixed_assets", "固投", 40.0)
        + "[[level.bonus]]\nid = \"big\"\nname = \"大项目线索\"\nshape = { kind = \"each\", input = \"leads.ge10\", each = 2 }\n";
    let mut scoring = rules(100.0, &rest);
    scoring.levels[0].groups.truncate(1);
    scoring.levels[0].groups[0].members = vec!["county".into(), "a".into()];
    scoring
}

fn typed(unit: &str, input: &str, done: Option<i64>, target: Option<i64>) -> TypedFigure {
    let made = made("审核员", "2022-07-04", "月报第6期");
    TypedFigure { carrier_id: unit.into(), input: input.into(), done, target, made }
}

fn check(on: &str, refused_yuan: i64) -> CheckedInvestment {
    let made = made("审核员", "2022-06-22", "核查表第2号");
    CheckedInvestment {
        carrier_id: "county".into(), project: "某项目".into(), on: day(on), refused_yuan, why: "未经联合核查".into(), made
    }
}

const HALF: Period = Period { year: 2022, quarter: Some(Quarter::Second) };

fn rows_of(scoring: &Scoring, typed: &[TypedFigure], checks: &[CheckedInvestment]) -> Vec<FigureRow> {
    let (carriers, bands) = (carriers(), bands());
    let supply =
        Supply { level: &scoring.levels[0], period: HALF, known_on: day("2022-06-30"), carriers: &carriers, bands: &bands, targets: &[] };
    let published = HashMap::from([(("county", "signed", ""), 7), (("county", "fixed_assets", ""), 5 * YI), (("county", "leads", ""), 99)]);
    let lead = |size_yuan: Option<i64>| Counted { metric: "leads", carrier_id: "county".into(), size_yuan };
    let trip = Counted { metric: "trips", carrier_id: "county".into(), size_yuan: None };
    supply.rows(&published, &[lead(Some(12 * YI)), lead(None), lead(Some(10 * YI)), trip], typed, checks)
}

#[test]
fn each_row_has_its_source_and_typing_never_replaces_what_is_counted() {
    let typed = [
        typed("county", "signed", Some(1), Some(1)),
        typed("county", "leads", Some(1), Some(4)),
        typed("a", "signed", Some(4), Some(5)),
        typed("a", "fixed_assets", None, Some(YI)),
    ];
    let rows = rows_of(&county_and_town(), &typed, &[]);
    let found: Vec<_> = rows
        .iter()
        .map(|row| (row.carrier_id.as_str(), row.input.as_str(), row.done, row.target, row.made.is_some(), row.target_made.is_some()))
        .collect();
    // Leads come from the books, 3 of them, 2 of ≥ 10亿元; their target is typed, since no catalogue of targets holds leads.
    // a's fixed assets have a target and no figure: there is no row.
    let expect = [
        ("county", "fixed_assets", 5 * YI, None, false, false),
        ("county", "leads", 3, Some(4), false, true),
        ("county", "leads.ge10", 2, None, false, false),
        ("county", "signed", 7, None, false, false),
        ("a", "signed", 4, Some(5), true, true),
    ];
    assert_eq!(found, expect);
}

#[test]
fn what_nobody_supplied_is_named_and_scores_nothing() {
    let scoring = county_and_town();
    let rows = rows_of(&scoring, &[typed("a", "signed", Some(4), Some(5))], &[]);
    let sheet = scoring.sheet("l", HALF, &with_rows(rows)).unwrap();
    let complaints: Vec<(&str, &str, &str)> =
        sheet.complaints.iter().map(|one| (one.carrier_id.as_str(), one.item.as_str(), one.problem.as_str())).collect();
    let expect = [("a", "fixed_assets", "“固投”缺数据"), ("a", "leads", "“线索”缺数据"), ("a", "leads.ge10", "“大项目线索”缺数据")];
    assert_eq!(complaints, expect);
    assert_eq!((points(&sheet, "a", "big"), text(&sheet, "a", "big")), (None, "大项目线索 缺数据，不计"));
    assert!(Record::close(&sheet, 1, day("2022-07-05")).is_err());
    let mut typed: Vec<TypedFigure> =
        ["signed", "leads", "fixed_assets", "leads.ge10"].map(|input| typed("a", input, Some(0), Some(5))).into();
    let sheet = scoring.sheet("l", HALF, &with_rows(rows_of(&scoring, &typed, &[]))).unwrap();
    assert_eq!(sheet.complaints, [], "a typed 0 is a figure");
    assert_eq!(points(&sheet, "a", "signed"), Some(0.0));
    typed.pop();
    let sheet = scoring.sheet("l", HALF, &with_rows(rows_of(&scoring, &typed, &[]))).unwrap();
    assert_eq!(sheet.complaints.len(), 1);
}

#[test]
fn the_derivation_names_who_typed_what_and_why() {
    let scoring = county_and_town();
    let sheet = scoring.sheet("l", HALF, &with_rows(rows_of(&scoring, &[typed("a", "signed", Some(4), Some(5))], &[]))).unwrap();
    // 4 ÷ 5 × 40 = 32
    let expect = "签约 4/5 → 80.0% × 40分 = 32.00分 ｜ 完成数（审核员2022-07-04录入，依据：月报第6期）；目标数（审核员2022-07-04录入，依据：月报第6期）";
    assert_eq!(text(&sheet, "a", "signed"), expect);
    let record = Record::draft(&sheet, 1, day("2022-07-05"));
    let kinds: Vec<(&str, &str)> = record.evidence.iter().map(|one| (one.carrier_id.as_str(), one.kind.as_str())).collect();
    assert!(kinds.contains(&("a", "typed")) && kinds.contains(&("county", "figure")) && !kinds.contains(&("county", "typed")));
    assert_eq!(Record::from_text(&record.to_text().unwrap()).unwrap(), record);
}

#[test]
fn joint_checks_take_out_what_they_did_not_confirm() {
    let scoring = county_and_town();
    // 5亿 − 1.5亿 = 3.5亿; the one of July is of the next quarter, the one that refused nothing says nothing.
    let rows = rows_of(&scoring, &[], &[check("2022-06-20", 150_000_000), check("2022-07-01", YI), check("2022-05-01", 0)]);
    let fixed = rows.iter().find(|row| row.input == "fixed_assets").unwrap();
    assert_eq!((fixed.done, fixed.less.len()), (350_000_000, 1));
    let sheet = scoring.sheet("l", HALF, &with_rows(rows)).unwrap();
    let expect = "固投 3.5亿元/- → 未下达目标，不计分不排名（40分由其余指标折算） ｜ 核减1.5亿元：2022-06-20 某项目 未经联合核查（审核员2022-06-22录入，依据：核查表第2号）";
    assert_eq!(text(&sheet, "county", "fixed_assets"), expect);
    let all = rows_of(&scoring, &[], &[check("2022-06-20", 4 * YI), check("2022-06-21", 4 * YI)]);
    let fixed = all.iter().find(|row| row.input == "fixed_assets").unwrap();
    let taken: Vec<i64> = fixed.less.iter().map(|less| less.amount).collect();
    assert_eq!((fixed.done, taken), (0, vec![4 * YI, YI]), "no figure falls below nothing");
}

#[test]
fn entries_and_vetoes_name_who_made_them() {
    let rest = indicator("signed", "签约", 100.0, "kind = \"ratio\", input = \"signed\"")
        + "[[level.deduction]]\nid = \"late\"\nname = \"迟报\"\nshape = { kind = \"entries\", each = 0.5 }\n\
           [[level.veto]]\nid = \"fraud\"\nname = \"弄虚作假\"\neffect = \"zero\"\n";
    let made = Some(made("审核员", "2022-02-20", "通报第3号"));
    let entries =
        vec![Entry { made: made.clone(), ..entry("a", "late", 2, "2022-02-18") }, Entry { made, ..entry("b", "fraud", 1, "2022-03-01") }];
    let rows = ["a", "b", "c", "d", "p", "q"].map(|unit| row(unit, "signed", 1, Some(1))).into();
    let sheet = sheet(&rules(100.0, &rest), &Figures { rows, entries, ratings: Vec::new() });
    assert_eq!(text(&sheet, "a", "late"), "迟报 2次（2022-02-18 事由 ×2（审核员2022-02-20录入，依据：通报第3号）） × 0.5分 = 扣1.00分");
    let veto = "一票否决：弄虚作假（2022-03-01 事由（审核员2022-02-20录入，依据：通报第3号））→ 考核计0分";
    assert!(sheet.of("b").unwrap().summary.iter().any(|line| line == veto), "{:?}", sheet.of("b").unwrap().summary);
}
