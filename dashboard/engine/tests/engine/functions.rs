//! SQL functions against the domain functions they stand for, nulls included.

use qunlian_domain::{figures, pace};
use qunlian_engine::{Classifiers, Rules, SqlRequest, function_docs, run_sql};
use qunlian_queries::Value;

use crate::fixture;
use crate::golden::day;

async fn one(sql: &str) -> Value {
    let written = fixture::write(&fixture::tables(), 9);
    let request = SqlRequest::new(sql);
    run_sql(&written.files, &fixture::contract(), &fixture::rules(), request).await.unwrap_or_else(|fault| panic!("{sql}: {fault}")).rows[0]
        [0]
    .clone()
}

fn decimal(value: Option<f64>) -> Value {
    value.map_or(Value::Null, Value::Decimal)
}

#[tokio::test(flavor = "multi_thread")]
async fn functions_are_the_domains() {
    let text = |word: &str| Value::Text(word.to_owned());
    let date = |word: &str| Value::Date(day(word));
    for (sql, expect) in [
        ("select completion_rate(188, 310)", decimal(figures::completion_rate(188, Some(310)))),
        ("select completion_rate(188, null)", Value::Null),
        ("select completion_rate(188, 0)", Value::Null),
        ("select completion_rate(null, 310)", Value::Null),
        ("select growth(98, 28)", decimal(figures::growth(98, Some(28)))),
        ("select growth(98, 0)", Value::Null),
        ("select share(1, 3)", decimal(figures::ratio_percent(1, 3))),
        ("select share(1, 0)", Value::Null),
        ("select pace(date '2022-05-31', 2022)", Value::Decimal(pace::linear_on(day("2022-05-31"), 2022))),
        ("select pace(date '2022-05-13', 2022)", Value::Decimal(pace::linear_on(day("2022-05-13"), 2022))),
        ("select pace(date '2023-05-13', 2022)", Value::Decimal(100.0)),
        ("select pace(null, 2022)", Value::Null),
        // By quarters 15, 30, 30, 25: 45 % by half a year; 15 of April's 30 days are 15 + 10 / 2.
        ("select pace(date '2022-06-30', 2022, '5,5,5,10,10,10,10,10,10,9,8,8')", Value::Decimal(45.0)),
        ("select pace(date '2022-04-15', 2022, '5,5,5,10,10,10,10,10,10,9,8,8')", Value::Decimal(20.0)),
        ("select pace(date '2022-05-31', 2022, '')", Value::Decimal(pace::linear_on(day("2022-05-31"), 2022))),
        ("select pace(date '2022-05-31', 2022, null)", Value::Decimal(pace::linear_on(day("2022-05-31"), 2022))),
        ("select pace(date '2022-05-31', 2022, '50,50')", Value::Null),
        ("select gap_points(60.0, 41.0)", Value::Decimal(19.0)),
        ("select gap_points(null, 41.0)", Value::Null),
        ("select light(-9.9)", text("green")),
        ("select light(-10.0)", text("yellow")),
        ("select light(-30.0)", text("yellow")),
        ("select light(-30.1)", text("red")),
        ("select light(null)", Value::Null),
        ("select light(20.0, 41.0)", text("yellow")),
        ("select escalated('yellow', 2)", text("yellow")),
        ("select escalated('yellow', 3)", text("red")),
        ("select escalated('green', 9)", text("green")),
        ("select band_of(1000000000)", text("ge10")),
        ("select band_of(999999999)", text("ge1")),
        ("select band_of(1)", Value::Null),
        ("select in_band(6000000000, 'ge10')", Value::Bool(true)),
        ("select in_band(null, 'ge10')", Value::Bool(false)),
        ("select slice_of(6000000000)", text("only-ge50")),
        ("select slice_of(1)", text("lt-ge1")),
        ("select slice_name(1000000000)", text("10亿—50亿元")),
        ("select promise_kept(date '2022-03-31', date '2022-04-01', date '2022-05-31')", text("late")),
        ("select promise_kept(date '2022-03-31', date '2022-03-01', date '2022-05-31')", text("on_time")),
        ("select promise_kept(date '2022-03-31', date '2022-06-01', date '2022-05-31')", text("overdue")),
        ("select promise_kept(date '2022-05-31', null, date '2022-05-31')", text("not_due")),
        ("select promise_kept(null, date '2022-05-31', date '2022-05-31')", Value::Null),
        ("select promise_days(date '2022-03-31', date '2022-02-28', date '2022-05-31')", Value::Int(-31)),
        ("select promise_months(date '2022-03-31', null, date '2022-05-01')", Value::Int(2)),
        ("select promise_months(null, null, date '2022-05-01')", Value::Null),
        ("select kept_name('early')", text("提前")),
        ("select slip_band(4)", text("late6")),
        ("select slip_band(null)", Value::Null),
        ("select slip_order(-5)", Value::Int(0)),
        ("select slip_name('later')", text("逾期1年以上")),
        ("select year_earlier(date '2024-02-29')", date("2023-02-28")),
        ("select month_earlier(date '2022-05-31')", date("2022-04-30")),
        ("select month_end(2024, 2)", date("2024-02-29")),
        ("select month_end(2024, 13)", Value::Null),
        ("select month_start(date '2024-02-29')", date("2024-02-01")),
        ("select days_between(date '2022-05-01', date '2022-05-31')", Value::Int(30)),
        ("select working_days(date '2022-04-29', date '2022-05-09')", Value::Int(4)),
        ("select valid_credit_code('123')", Value::Bool(false)),
        ("select yi(150000000)", Value::Decimal(1.5)),
        ("select wan(15000)", Value::Decimal(1.5)),
        ("select round(2.675, 2)", Value::Decimal(2.68)),
        ("select round(-0.5)", Value::Decimal(-1.0)),
        ("select round(1254999, -4)", Value::Decimal(1_250_000.0)),
        ("select abs(-3)", Value::Decimal(3.0)),
        ("select stage_name('started')", text("开工")),
        ("select stage_order('negotiating')", Value::Int(0)),
        ("select status_name('lost')", text("流失")),
        ("select listed('a', 'b,a')", Value::Bool(true)),
        ("select listed(null, 'none')", Value::Bool(true)),
        ("select shortfall(92, 225, pace(date '2022-05-31', 2022))", Value::Int(2)),
        ("select count(distinct completion_rate(version, 3)) from projects", Value::Int(2)),
    ] {
        assert_eq!(one(sql).await, expect, "{sql}");
    }
}

/// The rules of the default city with its classifiers, for a generation of 2022-05-31.
fn classifying() -> Rules {
    let data = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data");
    let rules = qunlian_domain::rules::Rules::load(&|path| std::fs::read_to_string(data.join(path)), "cities/huaibei").unwrap();
    let groups = rules.city.region_groups.clone().into();
    let classifiers = Classifiers { chains: rules.chains.into(), regions: rules.regions.into(), groups, on: day("2022-05-31") };
    Rules::of(&rules.city).with_classifiers(classifiers)
}

#[tokio::test(flavor = "multi_thread")]
async fn classifiers_are_those_of_the_filing_form() {
    let text = |word: &str| Value::Text(word.to_owned());
    let (written, rules) = (fixture::write(&fixture::tables(), 9), classifying());
    for (sql, expect) in [
        ("select chain_of('年产5万吨双零铝箔项目')", text("lv-ji")),
        ("select chain_of('年产5万吨双零铝箔项目', date '2022-05-31')", text("lv-ji")),
        ("select segment_of('年产5万吨双零铝箔项目')", text("lv-ji-banbo")),
        ("select segment_of('未写明内容的项目', date '2022-05-31')", Value::Null),
        ("select segment_of(null)", Value::Null),
        ("select chain_of('铝箔', null)", Value::Null),
        ("select region_of('江苏省无锡市新吴区长江路1号')", text("江苏省 无锡市")),
        ("select region_of(null)", Value::Null),
        ("select region_of(null, '宁波示例电器有限公司', null)", text("浙江省 宁波市")),
        ("select region_of('江苏省无锡市新吴区长江路1号', '某某有限公司', '')", text("江苏省 无锡市")),
        ("select region_of(null, null, null)", Value::Null),
        ("select region_group('江苏省', date '2022-05-31')", text("沪苏浙、长三角、五省市")),
        ("select region_group('江苏省 无锡市')", text("沪苏浙、长三角、五省市")),
        ("select region_group(region_of('浙江省宁波市'))", text("沪苏浙、长三角、五省市")),
        ("select region_group('浙江', date '2010-01-01')", text("沪苏浙、五省市")),
        ("select region_group('330000')", text("沪苏浙、长三角、五省市")),
        ("select region_group('香港')", text("粤港澳大湾区、港澳台、境外")),
        ("select region_group('德国')", text("境外")),
        ("select region_group('山东省')", Value::Null),
        ("select region_group('江苏省', null)", Value::Null),
    ] {
        let answer = run_sql(&written.files, &fixture::contract(), &rules, SqlRequest::new(sql)).await;
        assert_eq!(answer.unwrap_or_else(|fault| panic!("{sql}: {fault}")).rows[0][0], expect, "{sql}");
    }
}

#[test]
fn every_function_is_described() {
    let docs = function_docs(&classifying().into());
    assert!(docs.len() >= 29);
    for doc in docs {
        assert!(doc.syntax.starts_with(doc.name) && !doc.description.is_empty(), "{}", doc.name);
    }
}
