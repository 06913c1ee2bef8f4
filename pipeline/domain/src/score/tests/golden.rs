//! Published rules, worked by hand: a county's quarterly table, a city's efficacy coefficient, and Huaibei's own ratios.

use super::*;

/// A county's quarterly table: (done ÷ target so far) × weight, full when reached, weights 30, 20, 20, 15, 15; ratings of parks
/// count 70 %, of townships 30 %; bonuses with caps.
fn county_table() -> Scoring {
    let mut rest = String::from("");
    for (id, name, weight, input) in [
        ("new", "新引进项目", 30.0, "signed"),
        ("started", "新开工项目", 20.0, "started"),
        ("completed", "新竣工项目", 20.0, "completed"),
        ("fixed", "固定资产投资", 15.0, "fixed_assets"),
    ] {
        rest += &indicator(id, name, weight, &format!("kind = \"ratio\", input = \"{input}\", cap_percent = 100"));
    }
    let raters = "raters = [{ group = \"parks\", percent = 70 }, { group = \"towns\", percent = 30 }]";
    rest += &indicator("peers", "互评", 15.0, &format!("kind = \"peer_rating\", full = 100, {raters}"));
    rest += r#"
[[level.bonus]]
id = "visits"
name = "领导外出招商"
most = 3
shape = { kind = "entries", each = 0.5 }
[[level.bonus]]
id = "over"
name = "超任务项目"
most = 6
shape = { kind = "over_target", input = "signed", each = 2 }
[[level.bonus]]
id = "big"
name = "重大项目"
[level.bonus.shape]
kind = "tiers"
counting = "each"
rows = [
    { input = "signed.ge10", name = "10亿元以上", points = 4 },
    { input = "signed.ge50", name = "50亿元以上", points = 8 },
]
"#;
    rules(100.0, &rest)
}

fn county_figures() -> Figures {
    let mut rows = vec![
        row("a", "signed", 6, Some(8)),
        row("a", "started", 5, Some(4)),
        row("a", "completed", 3, Some(9)),
        row("a", "fixed_assets", 120_000_000, Some(200_000_000)),
        row("a", "signed.ge10", 2, None),
        row("a", "signed.ge50", 1, None),
    ];
    for carrier in ["b", "c", "d", "p", "q"] {
        rows.push(row(carrier, "signed", 12, Some(8)));
        rows.extend(["signed.ge10", "signed.ge50"].map(|input| row(carrier, input, 0, None)));
        rows.extend(["started", "completed", "fixed_assets"].map(|input| row(carrier, input, 1, Some(1))));
    }
    let others = ["b", "c", "d", "p"].map(|carrier| rating("q", carrier, 90.0));
    let mut ratings =
        vec![rating("p", "a", 88.0), rating("p", "q", 90.0), rating("q", "a", 92.0), rating("b", "a", 80.0), rating("c", "a", 85.0)];
    ratings.extend(others);
    let entries = vec![entry("a", "visits", 7, "2022-02-10"), entry("a", "visits", 1, "2022-03-31"), entry("a", "visits", 9, "2022-04-01")];
    Figures { rows, entries, ratings }
}

#[test]
fn a_countys_quarterly_table() {
    let first = Period { year: 2022, quarter: Some(Quarter::First) };
    let sheet = county_table().sheet("l", first, &county_figures()).unwrap();
    assert_eq!(sheet.complaints, []);
    let check = |item: &str, expect: f64, line: &str| {
        assert_eq!(points(&sheet, "a", item), Some(expect), "{item}");
        assert_eq!(text(&sheet, "a", item), line);
    };
    // 6 ÷ 8 × 30 = 22.5
    check("new", 22.5, "新引进项目 6/8 → 75.0% × 30分 = 22.50分");
    // 5 ÷ 4 = 125 %, full when reached
    check("started", 20.0, "新开工项目 5/4 → 125.0%，封顶100% × 20分 = 20.00分");
    // 3 ÷ 9 × 20 = 6.666…
    check("completed", 6.666667, "新竣工项目 3/9 → 33.3% × 20分 = 6.67分");
    // 1.2亿 ÷ 2亿 × 15 = 9
    check("fixed", 9.0, "固定资产投资 1.2亿元/2亿元 → 60.0% × 15分 = 9.00分");
    // (88 + 92) ÷ 2 × 70 % + (80 + 85) ÷ 2 × 30 % = 63 + 24.75 = 87.75; × 15 ÷ 100 = 13.1625
    check("peers", 13.1625, "互评 园区均分90.00 × 70% + 乡镇均分82.50 × 30% = 87.75 → 87.75/100 × 15分 = 13.16分");
    // 8 visits up to 31 March × 0.5 = 4, at most 3
    check("visits", 3.0, "领导外出招商 8次（2022-02-10 事由 ×7；2022-03-31 事由） × 0.5分，最多加3分 = 加3.00分");
    check("over", 0.0, "超任务项目 6/8 超0 × 2分 = 加0.00分");
    // 2 of ≥ 10亿 hold 1 of ≥ 50亿: 8 + (2 − 1) × 4 = 12, not 8 + 2 × 4
    check("big", 12.0, "重大项目 50亿元以上1个 × 8分 + 10亿元以上1个 × 4分 = 加12.00分");
    // 22.5 + 20 + 6.666… + 9 + 13.1625 = 71.329166…; + 15
    assert_eq!(total(&sheet, "a"), Some(86.329167));
    let expect = ["指标得分合计 71.33分（满分100分）", "总分 71.33 + 加分15.00 − 扣分0.00 = 86.33分"];
    assert_eq!(sheet.of("a").unwrap().summary, expect);
    // 12 of 8 is 4 over: 4 × 2 = 8, at most 6.
    assert_eq!(points(&sheet, "b", "over"), Some(6.0));
    assert_eq!(text(&sheet, "b", "over"), "超任务项目 12/8 超4 × 2分，最多加6分 = 加6.00分");
}

/// A city's table: (x − min) ÷ (max − min) × 40 + 60, weights 30, 30, 10, 5 and 5 of those that are published.
#[test]
fn a_citys_efficacy_coefficient() {
    let mut rest = String::new();
    for (id, name, weight, input) in [
        ("foreign", "实际利用外资", 30.0, "paid_in_foreign"),
        ("outside", "实际引进省外资金", 30.0, "paid_in_outside"),
        ("signed", "新签约亿元以上项目", 10.0, "signed.ge1"),
        ("online", "电子商务", 5.0, "online_trade"),
        ("trips", "外出招商", 5.0, "trips"),
    ] {
        rest +=
            &indicator(id, name, weight, &format!("kind = \"efficacy\", input = \"{input}\", measure = \"done\", base = 60, span = 40"));
    }
    let scoring = rules(80.0, &rest);
    // Three towns; d has the middle of each, so that it moves no end, and the parks are their own group.
    let values = [
        ("paid_in_foreign", [20_000_000, 35_000_000, 50_000_000, 35_000_000]),
        ("paid_in_outside", [YI, YI, YI, YI]),
        ("signed.ge1", [4, 10, 7, 7]),
        ("online_trade", [YI, 2 * YI, 4 * YI, 2 * YI]),
        ("trips", [5, 20, 8, 8]),
    ];
    let mut rows = Vec::new();
    for (input, values) in values {
        rows.extend(["a", "b", "c", "d"].iter().zip(values).map(|(carrier, value)| row(carrier, input, value, None)));
        rows.extend(["p", "q"].iter().map(|carrier| row(carrier, input, 1_000 * YI, None)));
    }
    let sheet = sheet(&scoring, &with_rows(rows));
    assert_eq!(sheet.complaints, []);
    let check = |carrier: &str, expect: [f64; 5], sum: f64| {
        let found = ["foreign", "outside", "signed", "online", "trips"].map(|item| points(&sheet, carrier, item));
        assert_eq!(found, expect.map(Some), "{carrier}");
        assert_eq!(total(&sheet, carrier), Some(sum), "{carrier}");
    };
    // a is lowest everywhere: 60 % of 30, 10, 5 and 5; all equal in the second: full.
    check("a", [18.0, 30.0, 6.0, 3.0, 3.0], 60.0);
    // foreign 1500 ÷ 3000 × 40 + 60 = 80 → 24; online 1 ÷ 3 × 40 + 60 = 73.33 → 3.67
    check("b", [24.0, 30.0, 10.0, 3.666667, 5.0], 72.666667);
    // signed 3 ÷ 6 × 40 + 60 = 80 → 8; trips 3 ÷ 15 × 40 + 60 = 68 → 3.4
    check("c", [30.0, 30.0, 8.0, 5.0, 3.4], 76.4);
    // Both parks are equal in everything: full, whatever the towns did.
    check("p", [30.0, 30.0, 10.0, 5.0, 5.0], 80.0);
    let line = "实际利用外资 3500万元，组内最低2000万元、最高5000万元 → （本值−最低）÷（最高−最低）×40+60 = 80.00 × 30% = 24.00分";
    assert_eq!(text(&sheet, "b", "foreign"), line);
    let order: Vec<(&str, Option<usize>)> = sheet.groups[0].carriers.iter().map(|score| (score.carrier_id.as_str(), score.place)).collect();
    // d: 24 + 30 + 8 + 3.67 + 3.4 = 69.07
    assert_eq!(order, [("c", Some(1)), ("b", Some(2)), ("d", Some(3)), ("a", Some(4))]);
    // The line leads to its own figure and to both ends.
    let evidence = &sheet.of("b").unwrap().lines[0].evidence;
    let of: Vec<&str> = evidence
        .iter()
        .map(|evidence| match evidence {
            Evidence::Figure { list, .. } => list.carrier_id.as_str(),
            _ => "",
        })
        .collect();
    assert_eq!(of, ["b", "a", "c"]);
}

/// 淮北日报 2022-07-06: January to May 2022, under a weight of 30.
#[test]
fn huaibeis_ratios() {
    let scoring = rules(
        90.0,
        &[("signed", "新签约项目"), ("started", "新开工项目"), ("completed", "新竣工项目")]
            .map(|(id, name)| indicator(id, name, 30.0, &format!("kind = \"ratio\", input = \"{id}\"")))
            .concat(),
    );
    let rows = vec![row("a", "signed", 188, Some(310)), row("a", "started", 92, Some(225)), row("a", "completed", 98, Some(175))];
    let sheet = sheet(&scoring, &with_rows(rows));
    let lines: Vec<&str> = sheet.of("a").unwrap().lines.iter().map(|line| line.text.as_str()).collect();
    // 188 ÷ 310 × 30 = 18.1935; 92 ÷ 225 × 30 = 12.2667; 98 ÷ 175 × 30 = 16.8
    let expect = [
        "新签约项目 188/310 → 60.6% × 30分 = 18.19分",
        "新开工项目 92/225 → 40.9% × 30分 = 12.27分",
        "新竣工项目 98/175 → 56.0% × 30分 = 16.80分",
    ];
    assert_eq!(lines, expect);
    // 47.2602: the sum of what is not rounded, 18.19 + 12.27 + 16.80 = 47.26 all the same.
    assert_eq!(total(&sheet, "a"), Some(47.260215));
    let list = RowList { metric: "signed".into(), band: None, carrier_id: "a".into(), from: day("2022-01-01"), until: day("2022-12-31") };
    assert_eq!(
        sheet.of("a").unwrap().lines[0].evidence,
        [Evidence::Figure { done: 188, target: Some(310), list, typed: false, grounds: String::new() }]
    );
}
