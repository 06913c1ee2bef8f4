//! Odd cells and rows: each ends as the right complaint, and the rest of the row goes on.

use proptest::prelude::*;

use crate::fixture::{Parsed, code, table, try_bytes};

/// One row under a full header; the sheet is 濉溪县, March 2022, signed projects.
fn one(cells: [&str; 8]) -> Parsed {
    rows(&[cells])
}

fn rows(rows: &[[&str; 8]]) -> Parsed {
    let mut lines = vec![
        "濉溪县2022年3月新签约项目统计表".to_owned(),
        "序号|项目名称|投资方|统一社会信用代码|协议投资额（万元）|固定资产投资额（万元）|签约时间|备注".to_owned(),
    ];
    lines.extend(rows.iter().map(|cells| cells.join("|")));
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    table("a.csv", &lines)
}

#[test]
fn a_bad_cell_is_left_out_and_its_row_goes_on() {
    let code = code(1);
    let check = |column: usize, value: &str, problem: &str, header: &str| {
        let mut cells = ["1", "铝箔", "甲公司", code.as_str(), "3000", "2000", "2022-03-05", ""];
        cells[column] = value;
        let parsed = one(cells);
        assert_eq!(parsed.problems(), [format!("3 {problem} {header}")], "{value}");
        assert_eq!(parsed.rows.len(), 1, "{value}");
    };
    check(4, "2-3亿", "amount_range", "协议投资额（万元）");
    check(4, "三亿", "amount_not_a_number", "协议投资额（万元）");
    check(4, "12%", "amount_not_a_number", "协议投资额（万元）");
    check(4, "-5", "amount_negative", "协议投资额（万元）");
    check(4, "13900000000", "amount_too_large", "协议投资额（万元）");
    check(4, "#REF!", "formula_error", "协议投资额（万元）");
    check(4, "1", "unit_slip", "协议投资额（万元）");
    check(3, "91340600MA2N00001", "credit_code_wrong", "统一社会信用代码");
    check(7, "联系13900001234", "phone_in_text", "备注");
    check(7, "#N/A", "formula_error", "备注");
}

#[test]
fn a_bad_date_costs_the_milestone_and_says_so() {
    let check = |value: &str, problem: &str| {
        let parsed = one(["1", "铝箔", "甲公司", "", "3000", "2000", value, ""]);
        assert_eq!(parsed.problems(), [format!("3 {problem} 签约时间"), "3 milestone_date_missing 签约时间".to_owned()], "{value}");
        assert_eq!(parsed.column("signed_on"), [""]);
    };
    check("2022-02-30", "no_such_day");
    check("三月", "date_not_a_date");
    check("1900-01-01", "sentinel_date");
    check("1822-03-05", "year_out_of_range");
    let parsed = one(["1", "铝箔", "甲公司", "", "3000", "2000", "2022-04-05", ""]);
    assert_eq!(parsed.problems(), ["3 date_in_future 签约时间"]);
    assert_eq!(parsed.column("signed_on"), ["2022-04-05"]);
}

#[test]
fn complaints_speak_chinese_and_hide_phones() {
    let parsed = one(["1", "铝箔（联系人13900001234）", "甲公司", "", "13900001234", "", "2022-03-05", ""]);
    for line in &parsed.complaints {
        assert!(!line.values().any(|value| value.contains("13900001234")), "{line:?}");
        assert!(line["message"].chars().any(|c| ('一'..='龥').contains(&c)), "{line:?}");
        assert_eq!((line["sheet"].as_str(), line["sheet_name"].as_str(), line["carrier_id"].as_str()), ("1", "a", "suixi"));
    }
    assert_eq!(parsed.column("name"), ["铝箔（联系人139****1234）"]);
}

#[test]
fn rows_without_a_name_or_twice_are_left_out() {
    let parsed = rows(&[
        ["1", "", "甲公司", "", "3000", "2000", "2022-03-05", ""],
        ["2", "钢构", "乙公司", "", "3000", "2000", "2022-03-06", ""],
        ["3", "钢构", "乙公司", "", "3000", "2000", "2022-03-06", ""],
        ["4", "钢构", "乙公司", "", "3000", "2000", "2022-03-07", ""],
        ["5", "只有名称", "", "", "", "", "", ""],
    ]);
    assert_eq!(parsed.problems(), ["3 name_missing 项目名称", "5 repeated_row 项目名称", "7 row_nearly_empty 项目名称"]);
    assert_eq!(parsed.column("row"), ["4", "6"]);
    assert!(parsed.complaints.iter().all(|line| line["severity"] == "row_left_out"));
}

#[test]
fn a_row_off_by_one_column_is_moved_back_when_its_types_prove_it() {
    let code = code(7);
    let straight = one(["1", "铝箔", "甲公司", &code, "3000", "2000", "2022-03-05", "无"]);
    for cells in [
        // A blank cell slipped in: all behind it stand one to the right.
        vec!["1", "铝箔", "甲公司", "", &code, "3000", "2000", "2022-03-05", "无"],
        // A cell was lost: all behind it stand one to the left.
        vec!["1", "铝箔", "甲公司", "3000", "2000", "2022-03-05", "无", ""],
    ] {
        let lines = [
            "濉溪县2022年3月新签约项目统计表".to_owned(),
            "序号|项目名称|投资方|统一社会信用代码|协议投资额（万元）|固定资产投资额（万元）|签约时间|备注".to_owned(),
            cells.join("|"),
        ];
        let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
        let parsed = table("a.csv", &lines);
        assert_eq!(parsed.problems(), ["3 column_shifted "], "{cells:?}");
        assert_eq!(parsed.complaints[0]["severity"], "questioned");
        for column in ["name", "agreed_yuan", "planned_fixed_yuan", "signed_on", "remark"] {
            assert_eq!(parsed.column(column), straight.column(column), "{cells:?} {column}");
        }
    }
}

/// `2022.11` is how months are promised, and might be 2022.11万元: it spoke against the columns in which it stands rightly.
#[test]
fn a_promised_month_that_looks_like_an_amount_hides_no_shifted_row() {
    let code = code(7);
    let promising = |cells: &[&str]| {
        let header =
            "序号|项目名称|投资方|统一社会信用代码|协议投资额（万元）|固定资产投资额（万元）|签约时间|计划开工时间|拟竣工日期|备注";
        table("a.csv", &["濉溪县2022年3月新签约项目统计表", header, &cells.join("|")])
    };
    let straight = promising(&["1", "铝箔", "甲公司", &code, "3000", "2000", "2022-03-05", "2022.11", "2023.12", "无"]);
    assert_eq!(straight.problems(), Vec::<String>::new());
    for cells in [
        vec!["1", "铝箔", "甲公司", "", &code, "3000", "2000", "2022-03-05", "2022.11", "2023.12", "无"],
        vec!["1", "铝箔", "甲公司", "3000", "2000", "2022-03-05", "2022.11", "2023.12", "无", ""],
    ] {
        let parsed = promising(&cells);
        assert_eq!(parsed.problems(), ["3 column_shifted "], "{cells:?}");
        for column in ["name", "agreed_yuan", "planned_fixed_yuan", "signed_on", "planned_start_on", "planned_completion_on"] {
            assert_eq!(parsed.column(column), straight.column(column), "{cells:?} {column}");
        }
    }
    assert_eq!(straight.column("planned_start_on"), ["2022-11-30"]);
    assert_eq!(straight.column("planned_completion_on"), ["2023-12-31"]);
}

#[test]
fn a_row_off_its_columns_in_an_unclear_way_is_left_out() {
    // Two blank cells could be the one that slipped in.
    let lines = [
        "濉溪县2022年3月新签约项目统计表",
        "序号|项目名称|投资方|注册地址|建设内容|协议投资额（万元）|签约时间|开工时间|备注",
        "1|铝箔|甲公司||市区||3000|2022-03-05|2022-03-06|",
    ];
    let parsed = table("a.csv", &lines);
    assert_eq!(parsed.problems(), ["3 column_shifted "]);
    assert_eq!(parsed.complaints[0]["severity"], "row_left_out");
    assert!(parsed.rows.is_empty());
}

#[test]
fn unit_slips_are_questioned_and_kept() {
    let names: Vec<String> = (0..9).map(|index| format!("项目{index}")).collect();
    let mut all: Vec<[&str; 8]> = names.iter().map(|name| ["1", name.as_str(), "甲公司", "", "30000", "", "2022-03-05", ""]).collect();
    all[4][4] = "3";
    let parsed = rows(&all);
    assert_eq!(parsed.problems(), ["7 unit_slip 协议投资额（万元）"]);
    assert_eq!(parsed.column("agreed_yuan")[4], "30000");
    assert_eq!(parsed.report.sheets[0].rows_questioned, 1);
}

#[test]
fn actions_secrecy_and_states_are_read() {
    let parsed = table(
        "濉溪县2022年3月.csv",
        &[
            "项目名称|投资方|签约时间|更正类型|是否涉密|项目状态|联系人|联系电话|原项目名称",
            "甲|A公司|2022.3.1|撤销|是|停滞|张某|13900001234|",
            "乙|B公司|2022.3.1|更正|否|正常推进|||老乙",
            "丙|C公司|2022.3.1|奇怪||？||0561-3000123|",
        ],
    );
    assert_eq!(parsed.column("action"), ["revoke", "correct", "report"]);
    assert_eq!(parsed.column("confidential"), ["1", "0", "0"]);
    assert_eq!(parsed.column("status"), ["dormant", "ongoing", ""]);
    assert_eq!(parsed.column("previous_name"), ["", "老乙", ""]);
    assert_eq!(parsed.problems(), ["4 action_unknown 更正类型", "4 status_unknown 项目状态"]);
    assert!(!parsed.rows.iter().any(|row| row.values().any(|value| value.contains("1234") || value.contains("张某"))));
}

#[test]
fn complaints_quote_nothing_of_confidential_projects() {
    let parsed = table(
        "濉溪县2022年3月.csv",
        &[
            "项目名称|投资方|签约时间|更正类型|是否涉密",
            "甲工程|A公司|某日|奇怪|是",
            "乙工程|B公司|某日|奇怪|否",
            "丙工程|C公司|某日|奇怪|机密",
            "甲工程|A公司|某日|奇怪|是",
            "||2022.3.1||绝密|丁工程",
        ],
    );
    let quoted = |row: &str| -> Vec<&str> {
        parsed.complaints.iter().filter(|line| line["row"] == row).map(|line| line["value"].as_str()).collect()
    };
    for row in ["2", "4", "5", "6"] {
        assert!(!quoted(row).is_empty() && quoted(row).iter().all(|value| ["", "涉密"].contains(value)), "{row}: {:?}", parsed.complaints);
    }
    assert!(quoted("3").contains(&"某日") && quoted("3").contains(&"奇怪"), "{:?}", parsed.complaints);
    assert!(
        !parsed
            .complaints
            .iter()
            .any(|line| line.values().any(|value| ["甲工程", "丙工程", "丁工程"].iter().any(|name| value.contains(name))))
    );
}

#[test]
fn foreign_money_is_converted_and_named() {
    let parsed = one(["1", "铝箔", "甲公司", "", "USD 3000万", "", "2022-03-05", ""]);
    assert_eq!(parsed.column("currency"), ["USD"]);
    let yuan: i64 = parsed.column("agreed_yuan")[0].parse().unwrap();
    assert!((180_000_000..230_000_000).contains(&yuan), "{yuan}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn random_cells_never_panic_and_no_row_is_lost(cells in proptest::collection::vec(proptest::collection::vec("(\\PC|[0-9.,:/年月日万亿元%-]){0,14}", 8), 1..8)) {
        let mut text = String::from("濉溪县2022年3月\n序号\t项目名称\t投资方\t统一社会信用代码\t协议投资额\t签约时间\t开工时间\t备注\n");
        for row in &cells {
            let row: Vec<String> = row.iter().map(|cell| cell.replace(['\t', '"'], " ")).collect();
            text.push_str(&row.join("\t"));
            text.push('\n');
        }
        // Every row is landed, left out with a complaint, or skipped: the fixture checks the sums.
        let parsed = try_bytes("a.csv", text.as_bytes(), None, None).unwrap();
        let left_out = parsed.complaints.iter().filter(|line| line["severity"] == "row_left_out").count() as u64;
        prop_assert_eq!(left_out, parsed.report.rows_left_out());
    }

    #[test]
    fn random_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400), opening in 0usize..4) {
        let opening: &[u8] = [b"".as_slice(), b"PK\x03\x04", b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", b"\xFF\xFE"][opening];
        let _ = try_bytes("a.bin", &[opening, &bytes].concat(), None, None);
    }
}
