//! Two published tables without a slip, each single altered digit found, and slips of each kind by example.

use proptest::prelude::*;

use super::*;
use crate::figures::print;
use crate::pace::linear_months;

fn table(headings: &[&str], rows: &[(&str, &[&str])]) -> PublishedTable {
    let row = |(label, cells): &(&str, &[&str])| PublishedRow {
        label: (*label).to_owned(),
        figures: headings.iter().zip(*cells).map(|(heading, cell)| ((*heading).to_owned(), (*cell).to_owned())).collect(),
    };
    PublishedTable { rows: rows.iter().map(row).collect() }
}

/// 淮北日报 2022-07-06, January to May 2022: rates and growth as printed, the counts they follow from, and the gaps to
/// the pace of 41.7 %.
fn huaibei() -> PublishedTable {
    let headings = ["目标任务数", "完成数", "完成率（%）", "去年同期", "同比（%）", "与序时差距（个百分点）"];
    table(
        &headings,
        &[
            ("新签约项目", &["310", "188", "60.6", "61", "208.2", "19.0"]),
            ("新开工项目", &["225", "92", "40.9", "39", "135.9", "-0.8"]),
            ("新竣工项目", &["175", "98", "56", "28", "250", "14.3"]),
        ],
    )
}

/// 六安市, January to September 2022: signed of three bands, started of those signed, and the start rate.
fn luan() -> PublishedTable {
    let headings = ["亿元以上签约数", "5亿元以上签约数", "10亿元以上签约数", "亿元以上开工数", "开工率（%）", "招商活动次数"];
    table(
        &headings,
        &[
            ("全市", &["344", "88", "36", "285", "", "161"]),
            ("金安区", &["46", "11", "6", "43", "93.5", "28"]),
            ("叶集区", &["19", "5", "4", "17", "89.5", "23"]),
            ("市开发区", &["39", "14", "6", "34", "87.2", "23"]),
            ("霍邱县", &["52", "11", "4", "45", "86.5", "14"]),
            ("裕安区", &["44", "10", "3", "37", "84.1", "13"]),
            ("金寨县", &["47", "10", "4", "36", "76.6", "19"]),
            ("霍山县", &["45", "13", "4", "34", "75.6", "17"]),
            ("舒城县", &["52", "14", "5", "39", "75.0", "24"]),
        ],
    )
}

fn huaibei_checks() -> Vec<Check> {
    detect(&huaibei(), Some(linear_months(5)))
}

fn luan_checks() -> Vec<Check> {
    let mut checks = detect(&luan(), None);
    checks
        .push(Check::Rate { part: "亿元以上开工数".into(), whole: "亿元以上签约数".into(), rate: "开工率（%）".into() });
    checks
}

#[test]
fn the_published_tables_have_no_slips() {
    assert_eq!(huaibei_checks().len(), 3, "a rate, a growth and a gap");
    assert_eq!(recheck(&huaibei(), &huaibei_checks()), Ok(Vec::new()));
    let sums = luan_checks().iter().filter(|check| matches!(check, Check::Sum { .. })).count();
    assert_eq!(sums, 5, "all columns but the rate");
    assert_eq!(recheck(&luan(), &luan_checks()), Ok(Vec::new()));
}

/// Every way to alter one digit of one cell.
fn alterations(table: &PublishedTable) -> Vec<(usize, usize, String)> {
    let mut all = Vec::new();
    for (row, cells) in table.rows.iter().enumerate() {
        for (column, (_, text)) in cells.figures.iter().enumerate() {
            for (at, digit) in text.char_indices().filter(|(_, c)| c.is_ascii_digit()) {
                for other in ('0'..='9').filter(|other| *other != digit) {
                    let altered = format!("{}{other}{}", &text[..at], &text[at + 1..]);
                    all.push((row, column, altered));
                }
            }
        }
    }
    all
}

fn altered_digits_are_found(table: &PublishedTable, checks: &[Check]) -> usize {
    let all = alterations(table);
    for (row, column, text) in &all {
        let mut altered = table.clone();
        altered.rows[*row].figures[*column].1.clone_from(text);
        let slips = recheck(&altered, checks).unwrap();
        let (label, name) = (&table.rows[*row].label, &table.rows[*row].figures[*column].0);
        assert!(!slips.is_empty(), "{label} {name} {text} is not found");
        for slip in &slips {
            let is_it = slip.label == *label && slip.column == *name;
            let comes_from_it = slip.from.iter().any(|cell| cell.label == *label && cell.column == *name);
            assert!(is_it || comes_from_it, "{label} {name} {text} gives {slip:?}");
        }
    }
    all.len()
}

/// Not one of them hides behind rounding: 174 for 175 keeps the 56 % but not the 14.3 points.
#[test]
fn each_altered_digit_is_found_and_nothing_else() {
    // 9 others for each of the 18 + 16 + 15 digits of the rows.
    assert_eq!(altered_digits_are_found(&huaibei(), &huaibei_checks()), 9 * (18 + 16 + 15));
    // 13 of the total, 11 of 叶集区 and 12 of each of the other seven.
    assert_eq!(altered_digits_are_found(&luan(), &luan_checks()), 9 * (13 + 11 + 7 * 12));
}

#[test]
fn slips_say_what_they_come_from() {
    let mut wrong = huaibei();
    wrong.rows[1].figures[2].1 = "50.9".into();
    let slips = recheck(&wrong, &huaibei_checks()).unwrap();
    let cell = |column: &str, printed: &str| Cell { label: "新开工项目".into(), column: column.into(), printed: printed.into() };
    let expect = Slip {
        label: "新开工项目".into(),
        column: "完成率（%）".into(),
        printed: "50.9".into(),
        recomputed: "40.9".into(),
        from: vec![cell("完成数", "92"), cell("目标任务数", "225")],
    };
    assert_eq!(slips, [expect]);
}

/// Huaibei: three rows of a rate, a growth and a gap. Lu'an: five sums and eight start rates, the city's own is blank.
#[test]
fn every_computation_is_told_with_its_place() {
    let places = |table: &PublishedTable, checks: &[Check]| {
        let all = examine(table, checks).unwrap();
        assert!(all.iter().all(|examined| examined.slip.is_none()));
        all.into_iter().map(|examined| (examined.row, examined.column)).collect::<Vec<_>>()
    };
    let nine = places(&huaibei(), &huaibei_checks());
    assert_eq!(nine.len(), 9);
    assert_eq!(nine[1], (1, "完成率（%）".to_owned()));
    assert_eq!(places(&luan(), &luan_checks()).len(), 5 + 8);
    let mut wrong = huaibei();
    wrong.rows[1].figures[2].1 = "50.9".into();
    let slips: Vec<usize> =
        examine(&wrong, &huaibei_checks()).unwrap().iter().filter(|one| one.slip.is_some()).map(|one| one.row).collect();
    assert_eq!(slips, [1]);
}

fn slips(headings: &[&str], rows: &[(&str, &[&str])]) -> Vec<(String, String, String)> {
    let table = table(headings, rows);
    let slips = recheck(&table, &detect(&table, None)).unwrap();
    slips.into_iter().map(|slip| (slip.label, slip.column, slip.recomputed)).collect()
}

fn slip(label: &str, column: &str, recomputed: &str) -> (String, String, String) {
    (label.into(), column.into(), recomputed.into())
}

#[test]
fn decimals_are_honoured_and_dashes_are_not_checked() {
    let headings = ["目标", "完成", "完成率", "去年同期", "同比增长"];
    assert_eq!(slips(&headings, &[("甲", &["175", "98", "56%", "28", "250%"]), ("乙", &["175", "98", "56.0%", "28", "增长250.0%"])]), []);
    assert_eq!(slips(&headings, &[("甲", &["-", "5", "-", "0", "—"]), ("乙", &["0", "5", "", "", "/"])]), []);
    let off = slips(&headings, &[("甲", &["175", "98", "56.1%", "112", "增长12.5%"]), ("乙", &["10", "5", "50%", "0", "100%"])]);
    // 98 of 112 is 12.5 % less, not more; and there is no growth on nothing.
    assert_eq!(off, [slip("甲", "完成率", "56.0"), slip("甲", "同比增长", "-12.5"), slip("乙", "同比增长", "—")]);
    assert_eq!(slips(&headings, &[("甲", &["8", "4", "50%", "5", "下降20.0%"]), ("乙", &["8", "4", "50%", "4", "持平"])]), []);
}

#[test]
fn shares_and_sums_go_by_the_total_row() {
    let headings = ["项目数", "占比（%）", "协议投资额（亿元）"];
    let rows: [(&str, &[&str]); 5] = [
        ("沪苏浙", &["120", "63.8", "80.2"]),
        ("其中：上海", &["20", "10.6", "9.9"]),
        ("珠三角", &["40", "21.3", "30.4"]),
        ("其他", &["28", "14.9", "5.1"]),
        ("合计", &["188", "100", "115.8"]),
    ];
    // 115.7 is the sum of the rounded amounts; three halves of a decimal leave room for 115.8, not for 116.0.
    assert_eq!(slips(&headings, &rows), []);
    let mut off = rows;
    off[2].1 = &["40", "21.4", "30.4"];
    off[4].1 = &["189", "100", "116.0"];
    let found = slips(&headings, &off);
    // 120/189 = 63.49, 40/189 = 21.16, 28/189 = 14.81, 20/189 = 10.58.
    let expect = [
        slip("沪苏浙", "占比（%）", "63.5"),
        slip("珠三角", "占比（%）", "21.2"),
        slip("其他", "占比（%）", "14.8"),
        slip("合计", "项目数", "188"),
        slip("合计", "协议投资额（亿元）", "115.6—115.9"),
    ];
    assert_eq!(found, expect);
}

#[test]
fn columns_about_different_things_stay_apart() {
    let headings = ["新签约目标", "新签约完成数", "新签约完成率", "新开工目标", "新开工完成数", "新开工完成率", "排名"];
    assert_eq!(slips(&headings, &[("甲", &["310", "188", "60.6", "225", "92", "40.9", "3"])]), []);
    let found = slips(&headings, &[("甲", &["310", "188", "60.6", "225", "92", "60.6", "3"])]);
    assert_eq!(found, [slip("甲", "新开工完成率", "40.9")]);
    let plain = ["目标", "完成", "完成率", "目标", "完成", "完成率"];
    assert_eq!(detect(&table(&plain[..3], &[("甲", &["1", "1", "100"])]), None).len(), 1);
}

#[test]
fn a_gap_between_printed_rates_is_known_to_their_decimals() {
    let headings = ["完成率", "序时进度", "与序时差距"];
    // 60.65 − 41.65 = 19.0 is possible, 19.1 is not.
    assert_eq!(slips(&headings, &[("甲", &["60.6", "41.7", "19.0"])]), []);
    assert_eq!(slips(&headings, &[("甲", &["60.6", "41.7", "19.2"])]), [slip("甲", "与序时差距", "18.8—19.0")]);
}

#[test]
fn amounts_are_rounded_figures() {
    let headings = ["目标（亿元）", "完成（亿元）", "完成率"];
    // 63.35 to 63.45 of 164.5 to 165.5: 38.3 to 38.6.
    assert_eq!(slips(&headings, &[("甲", &["165", "63.4", "38.5"])]), []);
    assert_eq!(slips(&headings, &[("甲", &["165", "63.4", "38.7"])]), [slip("甲", "完成率", "38.3—38.6")]);
    let in_cells = ["目标", "完成", "完成率"];
    assert_eq!(slips(&in_cells, &[("甲", &["165亿元", "63.4亿元", "38.4%"])]), []);
    let sums = slips(&["完成"], &[("甲", &["63.4亿元"]), ("乙", &["3,000万元"]), ("合计", &["64.7亿元"])]);
    // 63.35亿 + 2,999.5万 to 63.45亿 + 3,000.5万.
    assert_eq!(sums, [slip("合计", "完成", "63.6—63.8")]);
}

#[test]
fn a_check_that_cannot_be_made_is_refused() {
    let unknown = Check::Sum { column: "税收".into() };
    assert_eq!(recheck(&luan(), &[unknown]), Err(RecheckError::NoColumn("税收".into())));
    let no_total = Check::Sum { column: "完成数".into() };
    assert_eq!(recheck(&huaibei(), &[no_total]), Err(RecheckError::NoTotal("完成数".into())));
}

#[test]
fn headings_are_understood() {
    let check = |column: &str, heading: Heading, stem: &str| assert_eq!(Heading::of(column), (heading, stem.to_owned()), "{column}");
    check("目标任务数", Heading::Target, "");
    check("新签约项目目标任务数（个）", Heading::Target, "新签约项目");
    check("完成数", Heading::Done, "");
    check("完成率（%）", Heading::Rate, "");
    check("去年同期", Heading::Before, "");
    check("同比（%）", Heading::Growth, "");
    check("比上年同期增长（%）", Heading::Growth, "");
    check("同比增减（个）", Heading::OtherRate, "同比增减");
    check("完成年度目标（%）", Heading::Rate, "");
    check("占比", Heading::Share, "");
    check("序时进度", Heading::Pace, "");
    check("与序时差距（个百分点）", Heading::Gap, "");
    check("排名", Heading::Place, "");
    check("平均投资强度（万元/亩）", Heading::Place, "投资强度");
    check("开工率", Heading::OtherRate, "开工率");
    check("亿元以上签约数", Heading::Plain, "亿元以上签约");
    for total in ["合计", "合 计", "全市", "总计：", "总计"] {
        assert!(is_total(total), "{total}");
    }
    assert!(!is_total("濉溪县") && !is_total("小计"));
}

proptest! {
    /// A table whose figures are all computed has no slip; a rate off by one printed step has exactly one.
    #[test]
    fn computed_tables_are_true(rows in prop::collection::vec((1i64..900, 1i64..900, 1i64..900), 1..8), decimals in 0usize..3, off in 0usize..8) {
        let print_rate = |value: Option<f64>| print(value, decimals);
        let mut printed: Vec<[String; 5]> = rows.iter().map(|(done, target, before)| [
            target.to_string(),
            done.to_string(),
            print_rate(ratio_percent(*done, *target)),
            before.to_string(),
            print_rate(growth(*done, Some(*before))),
        ]).collect();
        let build = |printed: &[[String; 5]]| {
            let headings = ["目标", "完成", "完成率", "去年同期", "同比"];
            PublishedTable { rows: printed.iter().enumerate().map(|(index, cells)| PublishedRow {
                label: format!("县{index}"),
                figures: headings.iter().zip(cells).map(|(heading, cell)| ((*heading).to_owned(), cell.clone())).collect(),
            }).collect() }
        };
        let table = build(&printed);
        let checks = detect(&table, None);
        prop_assert_eq!(checks.len(), 2);
        prop_assert_eq!(recheck(&table, &checks), Ok(Vec::new()));
        let off = off % rows.len();
        let step = 10f64.powi(-(decimals as i32));
        let right = ratio_percent(rows[off].0, rows[off].1).map(|rate| crate::figures::round_half_up(rate, decimals) + step);
        printed[off][2] = print_rate(right);
        let slips = recheck(&build(&printed), &checks).unwrap();
        prop_assert_eq!(slips.len(), 1);
        prop_assert_eq!(slips[0].label.clone(), format!("县{off}"));
    }
}
