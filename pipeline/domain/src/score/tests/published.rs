//! A published table ranked by a rate: 六安市 January to September 2022, started of what was signed this year.

use super::*;

/// Carrier, signed and started of ≥ 1亿元, the printed rate, and the place that the table gives it.
const LUAN: [(&str, i64, i64, &str, usize); 8] = [
    ("金安区", 46, 43, "93.5%", 1),
    ("叶集区", 19, 17, "89.5%", 2),
    ("市开发区", 39, 34, "87.2%", 3),
    ("霍邱县", 52, 45, "86.5%", 4),
    ("裕安区", 44, 37, "84.1%", 5),
    ("金寨县", 47, 36, "76.6%", 6),
    ("霍山县", 45, 34, "75.6%", 7),
    ("舒城县", 52, 39, "75.0%", 8),
];

/// Rules of one group of eight, scored by the rate alone.
fn by_start_rate() -> Scoring {
    let mut scoring = rules(100.0, &indicator("rate", "当年签约项目开工率", 100.0, "kind = \"ratio\", input = \"started_of_signed\""));
    let level = &mut scoring.levels[0];
    level.units = LUAN.iter().map(|(name, ..)| Unit { id: (*name).into(), name: (*name).into() }).collect();
    level.groups.truncate(1);
    level.groups[0].members = LUAN.iter().map(|(name, ..)| (*name).to_owned()).collect();
    scoring
}

#[test]
fn luans_start_rates_and_their_order() {
    let rows = LUAN.iter().map(|(name, signed, started, ..)| row(name, "started_of_signed", *started, Some(*signed))).collect();
    let sheet = sheet(&by_start_rate(), &with_rows(rows));
    assert_eq!(sheet.complaints, []);
    for (name, signed, started, rate, place) in LUAN {
        let score = sheet.of(name).unwrap();
        assert_eq!(score.place, Some(place), "{name}");
        let line = &score.lines[0].text;
        assert!(line.starts_with(&format!("当年签约项目开工率 {started}/{signed} → {rate} × 100分 = ")), "{line}");
    }
    // 43 ÷ 46 × 100 = 93.478…
    assert_eq!(points(&sheet, "金安区", "rate"), Some(93.478261));
}

#[test]
fn huaibeis_quarterly_targets_are_the_curves_share() {
    // 310, 225, 175 of the year: a quarter is 77.5 → 78, 56.25 → 56, 43.75 → 44; a half 155, 112.5 → 113, 87.5 → 88.
    let curve = crate::pace::MonthlyCurve::linear();
    let due = |quarter: Quarter| [310, 225, 175].map(|annual| Period { year: 2022, quarter: Some(quarter) }.target(annual, &curve));
    assert_eq!((due(Quarter::First), due(Quarter::Second)), ([78, 56, 44], [155, 113, 88]));
}
