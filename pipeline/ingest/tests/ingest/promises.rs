//! Promised days in workbooks: as they are typed, under which headers, and which cannot be meant.

use crate::fixture::{Parsed, table};

const HEADER: &str = "项目名称|投资方|协议投资额（万元）|签约时间|计划开工时间|拟竣工日期";

fn promising(rows: &[&str]) -> Parsed {
    let mut lines = vec!["濉溪县2022年3月新签约项目统计表", HEADER];
    lines.extend(rows);
    table("a.csv", &lines)
}

#[test]
fn a_month_a_quarter_and_a_year_mean_their_last_day_and_say_so() {
    let parsed = promising(&[
        "铝箔|甲公司|3000|2022-03-02|2022年6月|2022.12",
        "钢构|乙公司|3000|2022-03-02|2022-06-15|2023年上半年",
        "药材|丙公司|3000|2022-03-02|2022年三季度|2023年底前",
        "电子|丁公司|3000|2022-03-02|2022年4月中旬|待定",
        "面粉|戊公司|3000|2022-03-02||-",
    ]);
    assert_eq!(parsed.column("planned_start_on"), ["2022-06-30", "2022-06-15", "2022-09-30", "2022-04-20", ""]);
    assert_eq!(parsed.column("planned_completion_on"), ["2022-12-31", "2023-06-30", "2023-12-31", "", ""]);
    assert_eq!(
        parsed.column("inexact"),
        [
            "planned_start_on=month;planned_completion_on=month",
            "planned_completion_on=half_year",
            "planned_start_on=quarter;planned_completion_on=year",
            "planned_start_on=ten_days",
            ""
        ]
    );
    // A promise lies ahead: that is no fault of it.
    assert_eq!(parsed.problems(), Vec::<String>::new());
}

#[test]
fn hopes_are_no_days_and_lose_no_row() {
    let parsed = promising(&["铝箔|甲公司|3000|2022-03-02|尽快|签约后6个月内", "钢构|乙公司|3000|2022-03-02|6月底前|2022-06-31"]);
    assert_eq!(parsed.column("name"), ["铝箔", "钢构"]);
    assert_eq!(parsed.column("planned_start_on"), ["", ""]);
    assert_eq!(
        parsed.problems(),
        ["3 date_not_a_date 计划开工时间", "3 date_not_a_date 拟竣工日期", "4 date_not_a_date 计划开工时间", "4 no_such_day 拟竣工日期"]
    );
}

#[test]
fn impossible_promises_are_questioned_and_years_before_the_signing_left_out() {
    let parsed = promising(&[
        "铝箔|甲公司|3000|2022-03-02|2022年9月|2022年6月",
        "钢构|乙公司|3000|2022-03-02|2012年9月|2023年6月",
        "药材|丙公司|3000|2022-03-02|2022年9月|2033年6月",
        // Works begun two months ahead of the contract happen.
        "电子|丁公司|3000|2022-03-02|2022年1月|2022年10月",
    ]);
    assert_eq!(parsed.column("planned_start_on"), ["2022-09-30", "", "2022-09-30", "2022-01-31"]);
    assert_eq!(parsed.column("planned_completion_on"), ["2022-06-30", "2023-06-30", "2033-06-30", "2022-10-31"]);
    assert_eq!(
        parsed.problems(),
        ["3 promise_order 拟竣工日期", "4 promise_before_signing 计划开工时间", "5 promise_far_ahead 拟竣工日期"]
    );
    let severities: Vec<&str> = parsed.complaints.iter().map(|line| line["severity"].as_str()).collect();
    assert_eq!(severities, ["questioned", "cell_left_out", "questioned"]);
}

#[test]
fn plans_under_a_group_are_promises_and_the_facts_beside_them_stay_facts() {
    let lines = [
        "濉溪县2022年3月项目台账",
        "项目名称|投资方|协议投资额（万元）|计划||实际|",
        "|||开工时间|竣工时间|开工时间|竣工时间",
        "铝箔|甲公司|3000|2022年2月|2022年12月|2022-03-05|",
    ];
    let parsed = table("a.csv", &lines);
    assert_eq!((parsed.column("planned_start_on"), parsed.column("started_on")), (vec!["2022-02-28"], vec!["2022-03-05"]));
    assert_eq!((parsed.column("planned_completion_on"), parsed.column("completed_on")), (vec!["2022-12-31"], vec![""]));
}
