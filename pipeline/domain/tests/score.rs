//! The shipped example of scoring rules, filled as a page fills it: targets of the catalogue by quarter, figures by carrier.
#![allow(clippy::unwrap_used)]

use std::path::{Path, PathBuf};

use qunlian_domain::catalogue::City;
use qunlian_domain::score::{Entry, FigureRow, Figures, Period, Quarter, Record, Scoring, Sheet};

fn data() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data")
}

fn city() -> City {
    City::load(&|path| std::fs::read_to_string(data().join(path)), "cities/huaibei").unwrap()
}

/// A carrier's target for an input, as due by the end of the period.
fn target(city: &City, carrier: &str, input: &str, period: Period) -> Option<i64> {
    period.due(&city.targets, carrier, input, period.last_day())
}

/// Everybody did 4 of everything that is counted and 4亿元 of everything in yuan.
fn scored(city: &City, scoring: &Scoring, level: &str, period: Period) -> Sheet {
    let rules = scoring.level(level).unwrap();
    let mut figures = Figures::default();
    for carrier in rules.members() {
        for input in rules.inputs() {
            let in_yuan = ["fixed_assets", "paid_in"].contains(&input);
            let done = if in_yuan { 400_000_000 } else { 4 };
            let target = target(city, carrier, input, period);
            figures.rows.push(FigureRow { carrier_id: carrier.into(), input: input.into(), done, target, ..FigureRow::default() });
        }
    }
    let on = "2022-02-18".parse().unwrap();
    figures.entries.push(Entry {
        carrier_id: "duji".into(),
        item: "late_reports".into(),
        quantity: 1,
        reason: "2月报表迟报1天".into(),
        on,
        made: None,
    });
    scoring.sheet(level, period, &figures).unwrap()
}

#[test]
fn the_shipped_rules_are_an_example_and_score_every_carrier() {
    let city = city();
    let scoring = city.scoring_of(2022).unwrap();
    assert!(!scoring.documented && !scoring.recognition.as_ref().unwrap().documented);
    assert!(city.scoring_of(2021).is_none());
    let first = Period { year: 2022, quarter: Some(Quarter::First) };
    let sheet = scored(&city, scoring, "city", first);
    assert_eq!(sheet.complaints, []);
    let names: Vec<(&str, Vec<&str>)> = sheet
        .groups
        .iter()
        .map(|group| {
            let mut names: Vec<&str> = group.carriers.iter().map(|score| score.carrier_name.as_str()).collect();
            names.sort_unstable();
            (group.name.as_str(), names)
        })
        .collect();
    assert_eq!(names, [("县区组", vec!["杜集", "濉溪", "烈山", "相山"]), ("园区组", vec!["煤化工基地", "高新区"])]);
    let lines: Vec<&str> = sheet.of("duji").unwrap().lines.iter().map(|line| line.text.as_str()).collect();
    // A quarter of 46, 34, 26, 3 and 22亿: 11.5 → 12, 8.5 → 9, 6.5 → 7, 0.75 → 1, 5.5亿.
    let expect = [
        "新签约项目 4/12 → 33.3% × 25分 = 8.33分",
        "新开工项目 4/9 → 44.4% × 20分 = 8.89分",
        "新竣工项目 4/7 → 57.1% × 15分 = 8.57分",
        "大项目 10亿元以上 4/1、50亿元以上 4/- → 10分 − 0分 = 10.00分",
        "固定资产投资 4亿元/5.5亿元 → 72.7% × 20分 = 14.55分",
        "到位资金 4亿元，组内最低4亿元、最高4亿元 → 组内相同，取最高 = 100.00 × 10% = 10.00分",
        "主要领导外出招商 0次 × 0.5分 = 加0.00分",
        "超任务签约项目 4/12 超0 × 2分 = 加0.00分",
        "签约重大项目 50亿元以上4个 × 8分，最多加12分 = 加12.00分",
        "报送不及时或数据有误 1次（2022-02-18 2月报表迟报1天） × 0.5分 = 扣0.50分",
        "公示异议成立 0次 × 1分 = 扣0.00分",
    ];
    assert_eq!(lines, expect);
    // 8.3333 + 8.8889 + 8.5714 + 10 + 14.5455 + 10 = 60.3391; + 12 − 0.5 = 71.8391; 一般 and one up by ≥ 100亿元.
    let summary = &sheet.of("duji").unwrap().summary;
    assert_eq!(summary[1], "总分 60.34 + 加分12.00（合计最多20分） − 扣分0.50（合计最多10分） = 71.84分");
    assert_eq!(summary[2], "升档：签约100亿元以上项目 4 → 一般升为良好");
    let closed = Record::close(&sheet, 3, "2022-04-11".parse().unwrap()).unwrap();
    assert!(closed.print().contains("评分规则2022-示例-1，数据第3版"));
}

#[test]
fn a_county_scores_its_park_and_towns_by_rules_of_its_own() {
    let city = city();
    let scoring = city.scoring_of(2022).unwrap();
    let county = scoring.level("suixi").unwrap();
    assert_eq!(county.inputs(), ["fixed_assets", "leads", "signed", "signed.ge10", "signed.ge50", "started"]);
    assert_eq!((county.name_of("suixi-jkq"), county.name_of("linhuan-zhen")), ("濉溪经开区", "临涣镇"));
    for level in &scoring.levels {
        let sum: f64 = level.indicators.iter().map(|indicator| indicator.weight).sum();
        assert_eq!(sum, level.full, "{}", level.id);
    }
}
