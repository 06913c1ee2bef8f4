//! Closed sheets: printed again as they were, whatever rules and figures do later.

use super::*;

fn two_groups() -> Scoring {
    let raters = "raters = [{ group = \"parks\", percent = 100 }]";
    let rest = indicator("signed", "新签约项目", 70.0, "kind = \"ratio\", input = \"signed\"")
        + &indicator("peers", "互评", 30.0, &format!("kind = \"peer_rating\", full = 100, {raters}"))
        + "[[level.bonus]]\nid = \"visits\"\nname = \"出访\"\nmost = 3\nshape = { kind = \"entries\", each = 0.5 }\n"
        + "[[level.veto]]\nid = \"fraud\"\nname = \"弄虚作假\"\neffect = \"unranked\"\n"
        + "[[level.grade]]\nid = \"g\"\nname = \"合格\"\nleast = 0\n";
    rules(100.0, &rest)
}

fn figures() -> Figures {
    let done = [("a", 188), ("b", 310), ("c", 188), ("d", 0), ("p", 7), ("q", 8)];
    Figures {
        rows: done.iter().map(|(carrier, done)| row(carrier, "signed", *done, Some(310))).collect(),
        entries: vec![entry("a", "visits", 3, "2022-03-01"), entry("d", "fraud", 1, "2022-02-02")],
        ratings: [("p", "a", 87.5), ("p", "b", 90.0), ("q", "c", 70.0), ("q", "d", 0.0), ("p", "q", 80.0), ("q", "p", 80.0)]
            .map(|(rater, carrier, points)| rating(rater, carrier, points))
            .into(),
    }
}

const SECOND: Period = Period { year: 2022, quarter: Some(Quarter::Second) };

#[test]
fn a_closed_sheet_prints_the_same_again() {
    let mut scoring = two_groups();
    let sheet = scoring.sheet("l", SECOND, &figures()).unwrap();
    let closed = Record::close(&sheet, 17, day("2022-07-11")).unwrap();
    let kept = closed.to_text().unwrap();
    let printed = closed.print();
    // Later the rules and the figures are others.
    scoring.version = "试行2".into();
    scoring.levels[0].indicators[0].weight = 60.0;
    scoring.levels[0].indicators[1].weight = 40.0;
    assert_ne!(scoring.sheet("l", SECOND, &figures()).unwrap(), sheet);
    let read = Record::from_text(&kept).unwrap();
    assert_eq!(read, closed);
    assert_eq!(read.print(), printed);
    assert_eq!(read.to_text().unwrap(), kept);
    assert_eq!((read.rule_version.as_str(), read.generation, read.quarter), ("试行1", 17, Some(2)));
    assert!(
        printed.starts_with("2022年第二季度乡镇考核得分\n评分规则试行1，数据第17版，2022-07-11封存\n\n乡镇\n第1名 b区 97.00 合格\n"),
        "{printed}"
    );
    // 188 ÷ 310 × 70 = 42.4516; 87.5 % × 30 = 26.25; + 1.5
    let of_a = "第2名 a区 70.20 合格
  新签约项目 188/310 → 60.6% × 70分 = 42.45分
  互评 园区均分87.50 × 100% = 87.50 → 87.50/100 × 30分 = 26.25分
  出访 3次（2022-03-01 事由 ×3） × 0.5分 = 加1.50分
  指标得分合计 68.70分（满分100分）
  总分 68.70 + 加分1.50 − 扣分0.00 = 70.20分
  等次 合格
";
    assert!(printed.contains(of_a), "{printed}");
    assert!(printed.contains("\n不排名 d区 0.00\n") && printed.contains("\n园区\n第1名 q区 "), "{printed}");
}

#[test]
fn a_closed_sheet_keeps_what_it_follows_from() {
    let sheet = two_groups().sheet("l", SECOND, &figures()).unwrap();
    let closed = Record::close(&sheet, 17, day("2022-07-11")).unwrap();
    let of_a: Vec<String> = closed
        .evidence
        .iter()
        .filter(|evidence| evidence.carrier_id == "a")
        .map(|evidence| {
            let RecordEvidence { item, kind, of, what, value, target, from, until, .. } = evidence;
            [item, kind, of, what, value, target, from, until].map(String::as_str).join("|")
        })
        .collect();
    let expect =
        ["signed|figure|a|signed|188|310|2022-01-01|2022-06-30", "peers|rating|p||87.5|||", "visits|entry|a|事由|3||2022-03-01|2022-03-01"];
    assert_eq!(of_a, expect);
    assert!(closed.evidence.iter().any(|evidence| evidence.carrier_id == "d" && evidence.item == "fraud"), "the veto's entry");
}

#[test]
fn what_cannot_be_closed_or_read_is_refused() {
    let mut doubtful = figures();
    doubtful.rows.push(row("a", "signed", 1, None));
    let sheet = two_groups().sheet("l", SECOND, &doubtful).unwrap();
    let error = Record::close(&sheet, 17, day("2022-07-11")).unwrap_err();
    assert_eq!((error.count, error.carrier.as_str(), error.item.as_str()), (1, "a", "signed"));
    let sound = Record::close(&two_groups().sheet("l", SECOND, &figures()).unwrap(), 17, day("2022-07-11")).unwrap();
    let kept = sound.to_text().unwrap();
    assert_eq!(Record::from_text(&kept.replacen("format = 1", "format = 2", 1)), Err(RecordError::Format(2)));
    let unknown = Record::from_text(&kept.replacen("format = 1", "format = 1\nsecret = 1", 1)).unwrap_err();
    assert!(unknown.to_string().contains("unknown field `secret`"), "{unknown}");
}
