//! Every shape of an indicator at its edges, and the mistakes that its rules refuse.

use super::*;

/// Points and line of `a` with one figure.
fn scored(shape: &str, input: &str, done: i64, target: Option<i64>) -> (Option<f64>, String) {
    let sheet = sheet(&one_indicator(shape), &with_rows(vec![row("a", input, done, target)]));
    (points(&sheet, "a", "x"), text(&sheet, "a", "x").to_owned())
}

#[test]
fn ratio_with_and_without_a_cap() {
    let check = |cap: &str, done: i64, expect: f64| {
        let shape = format!("kind = \"ratio\", input = \"signed\"{cap}");
        assert_eq!(scored(&shape, "signed", done, Some(50)).0, Some(expect), "{cap} {done}");
    };
    check("", 0, 0.0);
    check("", 100, 60.0);
    check(", cap_percent = 100", 49, 29.4);
    check(", cap_percent = 100", 50, 30.0);
    check(", cap_percent = 100", 51, 30.0);
    check(", cap_percent = 120", 60, 36.0);
    check(", cap_percent = 120", 61, 36.0);
    let (_, line) = scored("kind = \"ratio\", input = \"signed\", cap_percent = 120", "signed", 61, Some(50));
    assert_eq!(line, "指标 61/50 → 122.0%，封顶120% × 30分 = 36.00分");
}

#[test]
fn floor_then_pro_rata() {
    let shape = "kind = \"floor_ratio\", input = \"signed\", floor_percent = 60, cap_percent = 100";
    let check = |done: i64, expect: f64| assert_eq!(scored(shape, "signed", done, Some(50)).0, Some(expect), "{done}");
    check(29, 0.0);
    check(30, 18.0);
    check(31, 18.6);
    check(70, 30.0);
    assert_eq!(scored(shape, "signed", 29, Some(50)).1, "指标 29/50 → 58.0%，低于60%不得分 = 0.00分");
    // 70 of 100 in percent is 70.00000000000001 or 69.99999999999999 by the order of operations: on the bound all the same.
    let shape = "kind = \"floor_ratio\", input = \"signed\", floor_percent = 28.999999999999996";
    assert_eq!(scored(shape, "signed", 29, Some(100)).0, Some(8.7));
}

#[test]
fn steps_by_rate_and_by_count() {
    let rows = "rows = [{ from = 50, points = 10 }, { from = 80, points = 20 }, { from = 100, points = 30 }]";
    let by_rate = format!("kind = \"steps\", input = \"signed\", measure = \"rate\", {rows}");
    let check = |done: i64, expect: f64| assert_eq!(scored(&by_rate, "signed", done, Some(200)).0, Some(expect), "{done}");
    check(99, 0.0);
    check(100, 10.0);
    check(159, 10.0);
    check(160, 20.0);
    check(200, 30.0);
    check(900, 30.0);
    assert_eq!(scored(&by_rate, "signed", 170, Some(200)).1, "指标 170/200 → 85.0%，达到80%档 = 20.00分");
    assert_eq!(scored(&by_rate, "signed", 17, Some(200)).1, "指标 17/200 → 8.5%，未达最低档 = 0.00分");
    let by_done = format!("kind = \"steps\", input = \"trips\", measure = \"done\", {rows}");
    // What counts things needs no target.
    assert_eq!(scored(&by_done, "trips", 81, None), (Some(20.0), "指标 81，达到80档 = 20.00分".to_owned()));
}

#[test]
fn efficacy_by_rate_leaves_out_who_has_no_target() {
    let scoring = one_indicator("kind = \"efficacy\", input = \"signed\", measure = \"rate\", base = 60, span = 40");
    let rows = vec![
        row("a", "signed", 4, Some(10)),
        row("b", "signed", 9, Some(10)),
        row("c", "signed", 99, None),
        row("d", "signed", 8, Some(10)),
        row("p", "signed", 1, Some(10)),
        row("q", "signed", 1, None),
    ];
    let sheet = sheet(&scoring, &with_rows(rows));
    // 40 %, 90 %, 80 %: (80 − 40) ÷ 50 × 40 + 60 = 92; × 30 % = 27.6
    let found = ["a", "b", "c", "d"].map(|carrier| points(&sheet, carrier, "x"));
    assert_eq!(found, [Some(18.0), Some(30.0), None, Some(27.6)]);
    assert_eq!(points(&sheet, "p", "x"), Some(30.0), "alone among peers");
    assert_eq!(points(&sheet, "q", "x"), None);
    assert_eq!(text(&sheet, "c", "x"), "指标 99/- → 未下达目标，不计分不排名（30分由其余指标折算）");
    let line = "指标 80.0%（8/10），组内最低40.0%、最高90.0% → （本值−最低）÷（最高−最低）×40+60 = 92.00 × 30% = 27.60分";
    assert_eq!(text(&sheet, "d", "x"), line);
}

#[test]
fn minimum_per_band() {
    let rows = "rows = [{ input = \"signed.ge10\", name = \"10亿以上\", each = 4 }, { input = \"signed.ge50\", name = \"50亿以上\", each = 8, least = 2 }]";
    let scoring = one_indicator(&format!("kind = \"minimum_per_band\", {rows}"));
    let found = |ten: (i64, Option<i64>), fifty: i64| {
        let figures = with_rows(vec![row("a", "signed.ge10", ten.0, ten.1), row("a", "signed.ge50", fifty, None)]);
        let sheet = sheet(&scoring, &figures);
        (points(&sheet, "a", "x"), text(&sheet, "a", "x").to_owned())
    };
    assert_eq!(found((3, Some(3)), 2).0, Some(30.0));
    // 2 missing × 4 + 1 missing × 8 = 16
    let line = "指标 10亿以上 1/3缺2扣8分、50亿以上 1/2缺1扣8分 → 30分 − 16分 = 14.00分";
    assert_eq!(found((1, Some(3)), 1), (Some(14.0), line.to_owned()));
    // 8 × 4 + 2 × 8 = 48 of 30
    let line = "指标 10亿以上 0/8缺8扣32分、50亿以上 0/2缺2扣16分 → 30分 − 48分，扣完为止 = 0.00分";
    assert_eq!(found((0, Some(8)), 0), (Some(0.0), line.to_owned()));
    // "-" asks for nothing.
    assert_eq!(found((0, None), 2).0, Some(30.0));
    let own = one_indicator("kind = \"minimum_per_band\", rows = [{ input = \"signed.ge10\", name = \"10亿以上\", each = 4 }]");
    let sheet = sheet(&own, &with_rows(vec![row("a", "signed.ge10", 1, None)]));
    assert_eq!((points(&sheet, "a", "x"), total(&sheet, "a"), sheet.of("a").unwrap().place), (None, None, None));
}

#[test]
fn peers_rate_each_other_and_never_themselves() {
    let raters = "raters = [{ group = \"parks\", percent = 70 }, { group = \"towns\", percent = 30 }]";
    let scoring = rules(30.0, &indicator("peers", "互评", 30.0, &format!("kind = \"peer_rating\", full = 100, {raters}")));
    let ratings = vec![
        rating("p", "a", 90.0),
        rating("a", "a", 100.0),
        rating("b", "a", 101.0),
        rating("c", "a", f64::NAN),
        rating("x", "a", 50.0),
        rating("d", "b", 80.0),
        rating("d", "b", 81.0),
        rating("a", "z", 81.0),
        Rating { item: "x".into(), ..rating("a", "b", 1.0) },
    ];
    let sheet = sheet(&scoring, &Figures { ratings, ..Figures::default() });
    // Only the park rated a: its 70 % count for all.
    assert_eq!(points(&sheet, "a", "peers"), Some(27.0));
    assert_eq!(text(&sheet, "a", "peers"), "互评 园区均分90.00 × 70%，乡镇未评分，其权重由其余折算 = 90.00 → 90.00/100 × 30分 = 27.00分");
    assert_eq!(points(&sheet, "b", "peers"), Some(24.0));
    assert_eq!((points(&sheet, "c", "peers"), text(&sheet, "c", "peers")), (None, "互评 无评分，不计分不排名（30分由其余指标折算）"));
    let problems: Vec<&str> = sheet.complaints.iter().map(|complaint| complaint.problem.as_str()).collect();
    let expect = [
        "b的评分101不在0—100之间",
        "c的评分NaN不在0—100之间",
        "x不是该指标的评分单位",
        "不能给本单位评分",
        "d评了两次",
        "没有这个互评指标",
        "不在本层级的任何考核分组内",
        // c, d and both parks were rated by nobody.
        "“互评”无评分",
        "“互评”无评分",
        "“互评”无评分",
        "“互评”无评分",
    ];
    let sorted = |words: &[&str]| {
        let mut words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
        words.sort();
        words
    };
    assert_eq!(sorted(&problems), sorted(&expect));
}

#[test]
fn mistakes_in_rules_are_refused() {
    let check = |full: f64, rest: &str, place: &str, problem: &str| {
        let fault = try_rules(full, rest).err().unwrap_or_else(|| panic!("it was taken: {rest}"));
        assert!(fault.place == place && fault.problem.contains(problem) && !fault.hint.is_empty(), "{fault:?}");
    };
    let one = |shape: &str| indicator("x", "指标", 30.0, shape);
    let ratio = one("kind = \"ratio\", input = \"signed\"");
    check(31.0, &ratio, "level l", "add up to 30, not to 31");
    check(60.0, &[ratio.as_str(), ratio.as_str()].concat(), "indicator x", "taken");
    check(30.0, &one("kind = \"ratio\", input = \"visits\""), "indicator x", "no metric \"visits\"");
    check(30.0, &one("kind = \"ratio\", input = \"signed.ge11\""), "indicator x", "no band \"ge11\"");
    check(30.0, &one("kind = \"ratio\", input = \"tax_refund\""), "indicator x", "tax refunds and subsidies");
    check(30.0, &indicator("x", "企业返税额", 30.0, "kind = \"ratio\", input = \"paid_in\""), "indicator x", "tax refunds and subsidies");
    check(30.0, &one("kind = \"ratio\", input = \"signed\", cap_percent = 0"), "indicator x", "cap_percent 0");
    check(
        30.0,
        &one("kind = \"floor_ratio\", input = \"signed\", floor_percent = 60, cap_percent = 60"),
        "indicator x",
        "not above the floor",
    );
    let steps = |rows: &str| one(&format!("kind = \"steps\", input = \"signed\", measure = \"rate\", rows = [{rows}]"));
    check(30.0, &steps(""), "indicator x", "no steps");
    check(30.0, &steps("{ from = 50, points = 31 }"), "indicator x", "out of bounds");
    check(30.0, &steps("{ from = 50, points = 20 }, { from = 60, points = 10 }"), "indicator x", "does not rise");
    let peers = |raters: &str| one(&format!("kind = \"peer_rating\", full = 100, raters = [{raters}]"));
    check(30.0, &peers("{ group = \"parks\", percent = 70 }"), "indicator x", "add up to 70");
    check(30.0, &peers("{ group = \"cities\", percent = 100 }"), "indicator x", "cities is not there");
    let bonus = |shape: &str| format!("{ratio}[[level.bonus]]\nid = \"y\"\nname = \"加分\"\nshape = {{ {shape} }}\n");
    let tiers = |rows: &str| bonus(&format!("kind = \"tiers\", counting = \"each\", rows = [{rows}]"));
    check(30.0, &tiers("{ input = \"signed\", name = \"n\", points = 4 }"), "bonus y", "of no band");
    let both = "{ input = \"signed.ge50\", name = \"n\", points = 8 }, { input = \"signed.ge10\", name = \"n\", points = 8 }";
    check(30.0, &tiers(both), "bonus y", "does not nest");
    check(30.0, &bonus("kind = \"each\", input = \"subsidy\", each = 1"), "bonus y", "tax refunds and subsidies");
    check(30.0, &bonus("kind = \"over_target\", input = \"fixed_assets\", each = 1"), "bonus y", "is in yuan");
    check(30.0, &bonus("kind = \"entries\", each = -1"), "bonus y", "each -1");
    let grades = |least: &str| format!("{ratio}[[level.grade]]\nid = \"g\"\nname = \"等次\"\nleast = {least}\n");
    check(30.0, &grades("60"), "grade g", "does not take all the rest");
    let again = "[[level.group]]\nid = \"more\"\nname = \"更多\"\nmembers = [\"a\"]\n";
    check(30.0, &[again, ratio.as_str()].concat(), "group more", "a stands in towns already");
    let stranger = "[[level.group]]\nid = \"more\"\nname = \"更多\"\nmembers = [\"z\"]\n";
    check(30.0, &[stranger, ratio.as_str()].concat(), "group more", "no carrier \"z\"");
}
