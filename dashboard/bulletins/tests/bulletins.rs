//! Bulletins composed from answers written by hand: parts, tables, rows behind figures, and all three files.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may fail loudly")]

use std::sync::Arc;

use chrono::NaiveDate;
use qunlian_bulletins::{Composed, Issue, Kind, Part, Sources, TableOf};
use qunlian_documents::{FontFiles, Fonts};
use qunlian_domain::bulletin::Template;
use qunlian_domain::contract::ColumnType;
use qunlian_domain::light::{Bounds, LightRule, LightWords, Measure};
use qunlian_queries::{Answer, AnswerColumn, Value};

const TEMPLATE: &str = r#"
name = "月度通报"
title = "关于{year}年{period}\n招商引资情况的通报"
addressees = "各县区："
basis = "按认定日期"
project_word = "项目"
whole = "全市"
attachments = ["明细"]

[[block]]
kind = "heading"
text = "一、签约"

[[block]]
kind = "sentences"
metric = "signed"

[[block]]
kind = "chart"
chart = "cumulative"
metric = "signed"

[[block]]
kind = "chart"
chart = "carriers"
metric = "signed"

[[block]]
kind = "table"
table = "city"

[[block]]
kind = "table"
table = "carriers"
metric = "signed"

[[block]]
kind = "table"
table = "chains"
metric = "signed"

[[block]]
kind = "table"
table = "regions"
metric = "signed"

[[block]]
kind = "table"
table = "warnings"
note = "到{month}月末。"

[[block]]
kind = "text"
text = "特此通报。"
"#;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn text(text: &str) -> Value {
    Value::Text(text.into())
}

fn int(value: i64) -> Value {
    Value::Int(value)
}

fn rate(value: f64) -> Value {
    Value::Decimal(value)
}

fn answer(columns: &str, rows: Vec<Vec<Value>>) -> Arc<Answer> {
    let column = |name: &str| AnswerColumn { name: name.into(), kind: ColumnType::Text, title: name.into(), unit: String::new() };
    Arc::new(Answer { columns: columns.split(' ').map(column).collect(), rows, generation: 7, as_of: None, truncated: false })
}

/// Two carriers, two chains and one group; the published signing figures of May 2022.
fn answers(query: &str) -> Arc<Answer> {
    match query {
        "city_progress" => answer(
            "metric done target completion pace gap_points last_year growth light",
            vec![
                vec![text("signed"), int(188), int(310), rate(60.645), rate(41.667), rate(18.978), int(61), rate(208.2), text("green")],
                vec![
                    text("fixed_assets"),
                    int(6_340_000_000),
                    int(16_500_000_000),
                    rate(38.42),
                    rate(41.667),
                    rate(-3.24),
                    int(0),
                    Value::Null,
                    text("green"),
                ],
            ],
        ),
        "band_counts" => answer(
            "band_id band done target completion pace gap_points last_year growth in_targets",
            vec![vec![
                text("1b"),
                text("10亿元以上"),
                int(12),
                int(24),
                rate(50.0),
                rate(41.667),
                rate(8.333),
                int(4),
                rate(200.0),
                Value::Bool(true),
            ]],
        ),
        "carrier_progress" => answer(
            "carrier_id carrier metric done target completion pace gap_points last_year growth light place sort",
            vec![
                vec![
                    text("duji"),
                    text("=杜集区"),
                    text("signed"),
                    int(10),
                    int(60),
                    rate(16.667),
                    rate(41.667),
                    rate(-25.0),
                    int(0),
                    Value::Null,
                    text("yellow"),
                    int(2),
                    int(1),
                ],
                vec![
                    text("suixi"),
                    text("濉溪县"),
                    text("signed"),
                    int(46),
                    int(75),
                    rate(61.333),
                    rate(41.667),
                    rate(19.667),
                    int(20),
                    rate(130.0),
                    text("green"),
                    int(1),
                    int(2),
                ],
            ],
        ),
        "chain_progress" => answer(
            "chain_id chain metric done target share last_year growth sort",
            vec![
                vec![text("none"), text("未归类"), text("signed"), int(100), Value::Null, rate(53.191), int(30), rate(233.333), int(9)],
                vec![
                    text("lv-ji"),
                    text("铝基高端金属材料"),
                    text("signed"),
                    int(88),
                    Value::Null,
                    rate(46.809),
                    int(31),
                    rate(183.871),
                    int(1),
                ],
            ],
        ),
        "region_groups" => answer(
            "group_id group_name signed share last_year growth",
            vec![vec![text("hsz"), text("沪苏浙"), int(94), rate(50.0), int(30), rate(213.333)]],
        ),
        "warning_list" => answer(
            "scope scope_id name metric done target gap_points light escalated missing months_behind",
            vec![vec![
                text("carrier"),
                text("duji"),
                text("=杜集区"),
                text("signed"),
                int(10),
                int(60),
                rate(-25.0),
                text("yellow"),
                text("red"),
                int(15),
                int(3),
            ]],
        ),
        "monthly_cumulative" => answer(
            "metric month done cumulative last_year_cumulative plan target",
            (1..=12)
                .map(|month| {
                    let known = |value: i64| if month <= 5 { int(value) } else { Value::Null };
                    vec![
                        text("signed"),
                        int(month),
                        known(37),
                        known(37 * month),
                        int(12 * month),
                        rate(310.0 * month as f64 / 12.0),
                        int(310),
                    ]
                })
                .collect(),
        ),
        other => panic!("{other}"),
    }
}

fn light() -> LightRule {
    let bounds = Bounds { yellow_from: 10.0, red_above: 30.0, yellow_inclusive: true };
    let words =
        LightWords { green: "正常".into(), slightly_behind: "略低于序时".into(), yellow: "黄灯".into(), red: "红灯".into() };
    LightRule { measure: Measure::Points, points: bounds, shortfall: bounds, escalate_months: 3, words }
}

fn composed() -> Composed {
    let ready = |query| std::future::ready(Ok::<_, std::convert::Infallible>(answers(query)));
    let sources = futures::executor::block_on(Sources::ask(ready)).unwrap();
    assert_eq!(sources.generation(), Some(7));
    let template: Template = toml::from_str(TEMPLATE).unwrap();
    template.check().unwrap();
    let light = light();
    let issue =
        Issue {
            year: 2022, as_of: day("2022-05-31"), dated: day("2022-06-05"), city: "淮北市", center: "市投资促进中心", light: &light
        };
    sources.compose(&template, &issue).unwrap()
}

fn tables(composed: &Composed) -> Vec<&TableOf> {
    composed.parts.iter().filter_map(|part| if let Part::Table(table) = part { Some(table) } else { None }).collect()
}

fn printed(table: &TableOf) -> Vec<String> {
    table.rows.iter().map(|row| row.iter().map(|cell| cell.text.as_str()).collect::<Vec<_>>().join(" ")).collect()
}

#[test]
fn the_template_decides_what_stands_where() {
    let composed = composed();
    assert_eq!(composed.title_line(), "关于2022年1—5月招商引资情况的通报");
    assert_eq!(composed.head[0], ("截至日期", "2022年5月31日".to_owned()));
    assert_eq!(composed.file_stem("淮北市"), "淮北市_月度通报_2022-05-31");
    assert_eq!((composed.date_line.as_str(), composed.issuer.as_str()), ("2022年6月5日", "市投资促进中心"));
    let text = composed.text();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines[0], "一、签约");
    assert_eq!(lines[1], "1—5月，全市新签约项目188个，完成年度目标任务310个的60.6%，高于序时进度19.0个百分点；同比增长208.2%。");
    assert_eq!(lines.last(), Some(&"特此通报。"));
    // By the heading, five sentences of signing and one of the band, two charts, five tables, the closing text.
    let charts: Vec<&str> = composed
        .parts
        .iter()
        .filter_map(|part| if let Part::Chart(chart) = part { Some(chart.print.caption.as_str()) } else { None })
        .collect();
    assert_eq!(charts, ["图1  新签约项目累计与序时进度", "图2  各载体单位新签约项目完成率"]);
    let captions: Vec<&str> = tables(&composed).iter().map(|table| table.caption.as_str()).collect();
    assert_eq!(
        captions,
        [
            "表1  全市目标完成情况",
            "表2  各载体单位新签约项目完成情况",
            "表3  各产业链新签约项目情况",
            "表4  新签约项目来源区域情况",
            "表5  红黄清单"
        ]
    );
}

#[test]
fn tables_print_what_the_rules_say_and_lead_to_their_rows() {
    let composed = composed();
    let tables = tables(&composed);
    assert_eq!(
        printed(tables[0]),
        [
            "新签约项目 个 188 310 60.6 +19.0 61 +208.2",
            // 50.0 - 41.667.
            "其中：10亿元以上 个 12 24 50.0 +8.3 4 +200.0",
            // No growth on nothing.
            "固定资产投资 亿元 63.4 165 38.4 −3.2 0.0 —",
        ]
    );
    assert_eq!(
        printed(tables[1]),
        [
            "全市 — 188 310 60.6 +19.0 61 +208.2 正常",
            "濉溪县 1 46 75 61.3 +19.7 20 +130.0 正常",
            // Three months in a row: the yellow is shown red, as in the sentences.
            "=杜集区 2 10 60 16.7 −25.0 0 — 红灯",
        ]
    );
    assert_eq!(printed(tables[2]), ["铝基高端金属材料 88 46.8 31 +183.9", "未归类 100 53.2 30 +233.3", "合计 188 100.0 61 +208.2"]);
    assert_eq!(printed(tables[3]), ["沪苏浙 94 50.0 30 +213.3"]);
    assert_eq!(printed(tables[4]), ["红灯 =杜集区 新签约项目 10/60 −25.0 15个 3"]);
    assert_eq!(tables[4].note.as_deref(), Some("到5月末。"));
    for table in &tables {
        assert!(table.rows.iter().all(|row| row.len() == table.columns.len()), "{}", table.caption);
    }
    let done = tables[1].rows[2][2].to.as_ref().unwrap();
    assert_eq!((done.carrier.as_deref(), done.period.to, done.metric.id()), (Some("duji"), day("2022-05-31"), "signed"));
    let before = tables[1].rows[1][6].to.as_ref().unwrap();
    assert_eq!((before.carrier.as_deref(), before.period.to), (Some("suixi"), day("2021-05-31")));
    assert_eq!(tables[1].rows[2][6].to, None, "nothing leads to no rows");
    assert_eq!(tables[0].rows[1][2].to.as_ref().unwrap().band.as_deref(), Some("1b"));
}

#[test]
fn one_date_line_apart_two_prints_are_equal() {
    let one = composed();
    let other = Composed { date_line: "2022年6月6日".into(), ..composed() };
    assert_eq!(one.printed(), other.printed());
    assert!(one.printed().contains("图1  新签约项目累计与序时进度 截至5月31日，新签约项目185个"), "{}", one.printed());
    let mut changed = composed();
    let Some(Part::Table(table)) = changed.parts.iter_mut().rev().find(|part| matches!(part, Part::Table(_))) else { panic!() };
    table.rows[0][5].text = "16个".into();
    assert_ne!(one.printed(), changed.printed());
}

#[test]
fn all_three_files_are_written_and_no_character_is_missing() {
    let (composed, fonts) = (composed(), Fonts::load(&FontFiles::default()).unwrap());
    assert_eq!(fonts.missing(&composed.document()), []);
    let pdf = composed.file(Kind::Pdf, &fonts).unwrap();
    assert!(pdf.starts_with(b"%PDF-1.7"));
    assert_eq!(pdf, composed.file(Kind::Pdf, &fonts).unwrap());
    assert!(composed.file(Kind::Docx, &fonts).unwrap().starts_with(b"PK"));
    assert_eq!(Kind::ALL.map(|kind| Kind::from_suffix(kind.suffix())), Kind::ALL.map(Some));
}

#[test]
fn the_workbook_has_a_sheet_per_table_with_real_numbers() {
    use calamine::{Data, Reader};
    let bytes = composed().file(Kind::Xlsx, &Fonts::load(&FontFiles::default()).unwrap()).unwrap();
    let mut book: calamine::Xlsx<_> = calamine::open_workbook_from_rs(std::io::Cursor::new(bytes)).unwrap();
    let names = book.sheet_names().to_vec();
    assert_eq!(names, ["全市", "载体单位 新签约项目", "产业链 新签约项目", "来源区域", "红黄清单", "正文", "说明"]);
    let carriers = book.worksheet_range("载体单位 新签约项目").unwrap();
    assert_eq!(carriers.get_value((1, 2)), Some(&Data::String("完成（个）".into())));
    assert_eq!(carriers.get_value((3, 2)), Some(&Data::Float(46.0)));
    // Unrounded: 46 of 75.
    assert_eq!(carriers.get_value((3, 4)), Some(&Data::Float(61.333)));
    assert_eq!(carriers.get_value((4, 0)), Some(&Data::String("=杜集区".into())), "a text, not a formula");
    let about = book.worksheet_range("说明").unwrap();
    assert_eq!(about.get_value((0, 1)), Some(&Data::String("2022年5月31日".into())));
}
