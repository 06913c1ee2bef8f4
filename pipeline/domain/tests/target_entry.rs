//! Targets set on the page: what is typed is read with its unit, or each field says what is wrong.
#![allow(clippy::unwrap_used)]

use std::path::Path;

use chrono::NaiveDate;
use qunlian_domain::catalogue::City;
use qunlian_domain::target::{Metric, Scope, Target, TargetKind, TypedTarget};

fn city() -> City {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data");
    City::load(&|path| std::fs::read_to_string(data.join(path)), "cities/huaibei").unwrap()
}

fn today() -> NaiveDate {
    "2022-05-31".parse().unwrap()
}

const GOOD: TypedTarget<'static> = TypedTarget {
    year: "2022",
    metric: "started",
    whom: "city:huaibei",
    band: "",
    kind: "count",
    value: "240",
    issuer: "淮北市人民政府",
    curve: "linear",
    shares: [""; 12],
    reason: "年中调整",
    from: "2022-06-01",
};
const QUARTERS: [&str; 12] = ["5", "5", "5", "10", "10", "10", "10", "10", "10", "9", "8", "8"];

fn read(city: &City, typed: TypedTarget<'_>) -> Target {
    typed.read(city, today()).unwrap()
}

#[test]
fn what_is_typed_is_read_with_its_unit() {
    let city = city();
    let target = read(&city, GOOD);
    assert_eq!((target.year, target.metric, target.scope, target.scope_id.as_str()), (2022, Metric::Started, Scope::City, "huaibei"));
    assert_eq!((target.kind, target.value, target.curve.is_linear()), (TargetKind::Count, Some(240), true));
    assert_eq!((target.known_from.to_string(), target.reason.as_str()), ("2022-06-01".to_owned(), "年中调整"));
    assert_eq!(read(&city, TypedTarget { value: "１,200 个", ..GOOD }).value, Some(1_200), "full width, thousands");
    assert_eq!(read(&city, TypedTarget { value: "—", ..GOOD }).value, None);
    let fixed = TypedTarget { metric: "fixed_assets", kind: "amount", value: "165", ..GOOD };
    assert_eq!(read(&city, fixed).value, Some(16_500_000_000));
    assert_eq!(read(&city, TypedTarget { value: "1650000万元", ..fixed }).value, Some(16_500_000_000), "a unit in the cell wins");
    let growth = TypedTarget { kind: "growth", value: "60.5%", ..GOOD };
    assert_eq!(read(&city, growth).value, Some(6_050));
    let own = read(&city, TypedTarget { curve: "own", shares: QUARTERS, ..GOOD });
    assert_eq!(own.pace_on("2022-06-30".parse().unwrap()), 45.0);
    let team = read(&city, TypedTarget { whom: "team:lv-ji", ..GOOD });
    assert_eq!((team.scope, team.scope_id.as_str()), (Scope::Team, "lv-ji"));
    let band = read(&city, TypedTarget { metric: "signed", band: "ge10", ..GOOD });
    assert_eq!(band.band.as_deref(), Some("ge10"));
}

#[test]
fn each_field_says_what_is_wrong() {
    let city = city();
    let check = |typed: TypedTarget<'_>, field: &str, words: &str| {
        let faults = typed.read(&city, today()).unwrap_err();
        assert_eq!(faults.len(), 1, "{field}: {faults:?}");
        assert!(faults[0].field == field && faults[0].problem.contains(words), "{field} {words}: {faults:?}");
    };
    check(TypedTarget { year: "2021", ..GOOD }, "year", "2022年、2023年");
    check(TypedTarget { metric: "visits", ..GOOD }, "metric", "请选择");
    check(TypedTarget { whom: "carrier:nowhere", ..GOOD }, "whom", "请选择");
    check(TypedTarget { whom: "team:other", ..GOOD }, "whom", "请选择");
    check(TypedTarget { band: "ge10", ..GOOD }, "band", "只用于新签约");
    check(TypedTarget { kind: "amount", value: "3", ..GOOD }, "kind", "按金额下达");
    check(TypedTarget { value: "", ..GOOD }, "value", "请填写目标值");
    check(TypedTarget { value: "12.5", ..GOOD }, "value", "整数");
    check(TypedTarget { value: "-3", ..GOOD }, "value", "整数");
    check(TypedTarget { metric: "fixed_assets", kind: "amount", value: "约165", ..GOOD }, "value", "确定的");
    check(TypedTarget { kind: "growth", value: "六成", ..GOOD }, "value", "单位%");
    check(TypedTarget { issuer: " ", ..GOOD }, "issuer", "请填写下达单位");
    check(TypedTarget { curve: "own", ..GOOD }, "curve", "请填写1月的份额");
    let mut short = QUARTERS;
    short[11] = "7.5";
    check(TypedTarget { curve: "own", shares: short, ..GOOD }, "curve", "合计为99.5，应为100");
    short[11] = "-8";
    check(TypedTarget { curve: "own", shares: short, ..GOOD }, "curve", "12月的份额应为0或以上");
    check(TypedTarget { shares: QUARTERS, ..GOOD }, "curve", "已选按月均衡");
    check(TypedTarget { kind: "growth", value: "60", curve: "own", shares: QUARTERS, ..GOOD }, "curve", "没有月度计划");
    check(TypedTarget { reason: "", ..GOOD }, "reason", "请填写调整原因");
    check(TypedTarget { reason: "两\n行", ..GOOD }, "reason", "一行");
    check(TypedTarget { from: "2022-05-30", ..GOOD }, "from", "不能早于今天");
    check(TypedTarget { from: "2023-01-01", ..GOOD }, "from", "不能晚于2022年年末");
    check(TypedTarget { from: "6月1日", ..GOOD }, "from", "请填写日期");
    let all = TypedTarget::default().read(&city, today()).unwrap_err();
    let fields: Vec<&str> = all.iter().map(|fault| fault.field).collect();
    assert_eq!(fields, ["year", "metric", "kind", "from", "whom", "curve", "issuer", "reason"]);
}
