//! Whole tables: titles, merged headers, totals, groups, repeats, second tables, several sheets.

use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};

use crate::fixture::{code, table, try_bytes};

const TITLE: &str = "淮北市濉溪县2022年3月新签约项目情况统计表";

#[test]
fn a_carrier_s_monthly_table_lands() {
    let code = code(12);
    let row = format!("1|年产5万吨铝箔项目|示例铝业有限公司|{code}|30000|2022年3月5日|");
    let parsed = table(
        "上报.csv",
        &[
            TITLE,
            "填报单位：濉溪县|||||截至日期：2022年3月31日",
            "",
            "序号|项目名称|投资方|统一社会信用代码|协议投资额（万元）|签约时间|备注",
            &row,
            "合计||||30000||",
        ],
    );
    assert_eq!(parsed.problems(), Vec::<String>::new());
    let row = &parsed.rows[0];
    for (column, expect) in [
        ("row", "5"),
        ("carrier_id", "suixi"),
        ("month", "2022-03-01"),
        ("reported_on", "2022-03-31"),
        ("recognised_on", ""),
        ("action", "report"),
        ("name", "年产5万吨铝箔项目"),
        ("investor", "示例铝业有限公司"),
        ("credit_code", code.as_str()),
        ("agreed_yuan", "300000000"),
        ("signed_on", "2022-03-05"),
        ("inexact", ""),
        ("confidential", "0"),
        ("units", "agreed_yuan=万元"),
        ("sheet", "1"),
    ] {
        assert_eq!(row[column], expect, "{column}");
    }
    assert_eq!(row["file"], parsed.report.blake3[..12]);
    assert_ne!(row["code_key"], "");
    let sheet = &parsed.report.sheets[0];
    assert_eq!((sheet.kind.as_str(), sheet.header_row, sheet.rows_seen, sheet.rows_in, sheet.rows_skipped), ("signed", 4, 2, 1, 1));
    assert_eq!(parsed.report.carriers["suixi"], 1);
}

#[test]
fn totals_groups_notes_and_repeated_headers_are_passed_over() {
    let header = "序号|项目名称|投资方|总投资（亿元）|签约日期";
    let parsed = table(
        "相山区2022年4月签约.csv",
        &[
            header,
            "合 计|||5.5|",
            "一、工业项目||||",
            "1|铝箔|甲公司|3|2022.4.5",
            "小计||甲公司|3|",
            "（二）服务业||||",
            header,
            "2|物流|乙公司|2.5|2022.4.6",
            "||||",
            "填报人：张某|||审核人：李某|",
            "注：金额以合同为准||||",
        ],
    );
    assert_eq!(parsed.column("name"), ["铝箔", "物流"]);
    assert_eq!(parsed.column("agreed_yuan"), ["300000000", "250000000"]);
    assert_eq!(parsed.column("row"), ["4", "8"]);
    assert_eq!(parsed.problems(), Vec::<String>::new());
    assert_eq!(parsed.report.sheets[0].rows_left_out, 0);
}

#[test]
fn the_unit_line_and_the_group_s_unit_hold() {
    let lines = ["杜集区2022年3月开工项目|||", "单位：亿元|||", "项目名称|投资方|总投资|开工时间", "铝箔|甲|1.5|2022.3.1"];
    assert_eq!(table("a.csv", &lines).column("agreed_yuan"), ["150000000"]);
    let lines = [
        "杜集区2022年3月开工项目||||",
        "项目名称|投资方|投资额（万元）||开工时间",
        "||协议投资额|其中：固定资产投资|",
        "铝箔|甲|1500|1200|2022.3.1",
    ];
    let parsed = table("a.csv", &lines);
    assert_eq!((parsed.column("agreed_yuan"), parsed.column("planned_fixed_yuan")), (vec!["15000000"], vec!["12000000"]));
    assert_eq!(parsed.column("units"), ["agreed_yuan=万元;planned_fixed_yuan=万元"]);
}

#[test]
fn a_second_table_below_has_its_own_header() {
    let parsed = table(
        "烈山区2022年3月.csv",
        &[
            "新签约项目||||",
            "项目名称|投资方|总投资（万元）|签约时间|",
            "铝箔|甲|1500|2022.3.1|",
            "",
            "新开工项目||||",
            "序号|项目名称|投资方|开工时间|总投资（亿元）",
            "1|钢构|乙|2022.3.2|3",
        ],
    );
    assert_eq!(parsed.column("name"), ["铝箔", "钢构"]);
    assert_eq!(parsed.column("signed_on"), ["2022-03-01", ""]);
    assert_eq!(parsed.column("started_on"), ["", "2022-03-02"]);
    assert_eq!(parsed.column("agreed_yuan"), ["15000000", "300000000"]);
}

#[test]
fn the_command_line_s_carrier_beats_the_title_s() {
    let text = "濉溪县2022年3月\n项目名称\t投资方\t签约时间\t载体单位\n铝箔\t甲\t2022.3.1\t\n钢构\t乙\t2022.3.2\t濉溪县\n";
    let parsed = try_bytes("a.csv", text.as_bytes(), None, Some("相山区")).unwrap();
    assert_eq!(parsed.column("carrier_id"), ["xiangshan", "xiangshan"]);
    assert_eq!(parsed.problems(), [" carrier_differs ", "4 carrier_differs 载体单位"]);
}

#[test]
fn encodings_and_delimiters_are_found() {
    let text = "濉溪县2022年3月签约\n项目名称,投资方,签约时间,投资额（万元）\n铝箔,甲,2022.3.1,\"1,500\"\n";
    for (bytes, encoding) in [
        (text.as_bytes().to_vec(), "UTF-8"),
        ([b"\xEF\xBB\xBF", text.as_bytes()].concat(), "UTF-8"),
        (encoding_rs::GB18030.encode(text).0.into_owned(), "gb18030"),
        (text.replace(',', ";").replace("\"1;500\"", "1500").into_bytes(), "UTF-8"),
        ([vec![0xFF, 0xFE], text.encode_utf16().flat_map(u16::to_le_bytes).collect()].concat(), "UTF-16LE"),
    ] {
        let parsed = try_bytes("a.csv", &bytes, None, None).unwrap();
        assert_eq!(parsed.report.encoding, encoding);
        assert_eq!(parsed.column("agreed_yuan"), ["15000000"], "{encoding}");
    }
}

#[test]
fn a_workbook_of_several_sheets_lands_sheet_by_sheet() {
    let mut book = Workbook::new();
    let day = Format::new().set_num_format("yyyy/m/d");
    let centre = Format::new();
    let sheet = book.add_worksheet().set_name("新签约项目").unwrap();
    sheet.merge_range(0, 0, 0, 6, "濉溪县2022年3月招商引资项目情况表", &centre).unwrap();
    sheet.write(1, 0, "填报单位：濉溪县").unwrap();
    for (column, text) in [(0, "序号"), (1, "县区"), (2, "项目名称"), (3, "投资方"), (6, "签约时间")] {
        sheet.merge_range(2, column, 3, column, text, &centre).unwrap();
    }
    sheet.merge_range(2, 4, 2, 5, "投资额（万元）", &centre).unwrap();
    sheet.write(3, 4, "协议投资额").unwrap();
    sheet.write(3, 5, "固定资产投资额").unwrap();
    sheet.merge_range(4, 1, 5, 1, "濉溪经济开发区", &centre).unwrap();
    for (row, name) in [(4, "铝箔"), (5, "钢构")] {
        sheet.write(row, 0, row - 3).unwrap();
        sheet.write(row, 2, name).unwrap();
        sheet.write(row, 3, "甲公司").unwrap();
        sheet.write(row, 4, 3000.1).unwrap();
        sheet.write(row, 5, 2000).unwrap();
        sheet.write_with_format(row, 6, ExcelDateTime::from_ymd(2022, 3, 5).unwrap(), &day).unwrap();
    }
    sheet.merge_range(6, 0, 6, 3, "合计", &centre).unwrap();
    sheet.write_formula(6, 4, "=SUM(E5:E6)").unwrap();
    let sheet = book.add_worksheet().set_name("新开工项目").unwrap();
    for (column, text) in ["项目名称", "投资方", "开工时间", "项目总投资（亿元）"].into_iter().enumerate() {
        sheet.write(0, column as u16, text).unwrap();
    }
    sheet.write(1, 0, "物流园").unwrap();
    sheet.write(1, 1, "乙公司").unwrap();
    sheet.write(1, 2, "2022年3月").unwrap();
    sheet.write(1, 3, "约3").unwrap();
    book.add_worksheet().set_name("填表说明").unwrap().write(0, 0, "请按月填写").unwrap();
    let sheet = book.add_worksheet().set_name("旧表").unwrap();
    sheet.set_hidden(true);
    sheet.write(0, 0, "项目名称").unwrap();
    book.add_worksheet().set_name("Sheet5").unwrap();
    let parsed = try_bytes("濉溪县2022年3月.xlsx", &book.save_to_buffer().unwrap(), None, None).unwrap();
    assert_eq!(parsed.column("name"), ["铝箔", "钢构", "物流园"]);
    assert_eq!(parsed.column("carrier_id"), ["suixi-jkq", "suixi-jkq", "suixi"]);
    assert_eq!(parsed.column("agreed_yuan"), ["30001000", "30001000", "300000000"]);
    assert_eq!(parsed.column("planned_fixed_yuan"), ["20000000", "20000000", ""]);
    assert_eq!(parsed.column("signed_on"), ["2022-03-05", "2022-03-05", ""]);
    assert_eq!(parsed.column("inexact"), ["", "", "started_on=month;agreed_yuan=about"]);
    assert_eq!(parsed.column("reported_on"), ["2022-03-31"; 3]);
    let kinds: Vec<_> = parsed.report.sheets.iter().map(|sheet| (sheet.kind.as_str(), sheet.not_read.is_empty())).collect();
    assert_eq!(kinds, [("signed", true), ("started", true), ("", false), ("", false), ("", false)]);
    assert_eq!(parsed.problems(), [" sheet_not_read ", " sheet_hidden "]);
}

#[test]
fn a_table_without_its_name_date_or_carrier_is_refused_by_column() {
    let refused = |name: &str, text: &str| match try_bytes(name, text.as_bytes(), None, None) {
        Ok(_) => "accepted".to_owned(),
        Err(refusal) => refusal.to_string(),
    };
    let got = refused("名单.csv", "序号,学校名称,主管部门,所在地区,备注\n1,某大学,某部,某市,\n");
    assert_eq!(got, "sheet 名单: the header in row 1 is not a known layout; missing: 项目名称; unknown columns: 学校名称, 主管部门");
    let got = refused("签约.csv", "项目名称,投资方,签约时间\n铝箔,甲,2022.3.1\n");
    assert_eq!(got, "sheet 签约: the header in row 1 is not a known layout; missing: 载体单位, 截至日期; unknown columns: ");
    let got = refused("x.csv", "a,b,c\n1,2,3\n");
    assert_eq!(got, "sheet x: no header row found; the nearest is row 1: a | b | c");
}
