//! Targets with curves of their own, revised with reasons, by several issuers and for the teams of chains.
#![allow(clippy::unwrap_used)]

use std::path::Path;

use chrono::NaiveDate;
use qunlian_domain::catalogue::City;
use qunlian_domain::figures::round_half_up;
use qunlian_domain::target::{Metric, Scope, Target, TargetKey, TargetKind, revisions, side_by_side, target_by, target_on, value_on};

const FILE: &str = "cities/huaibei/targets-2022.toml";
const SIGNED: TargetKey<'static> =
    TargetKey { year: 2022, metric: Metric::Signed, band: None, scope: Scope::City, scope_id: "huaibei", kind: TargetKind::Count };
/// A plan by quarter: 15 % + 30 % + 30 % + 25 %.
const QUARTERS: &str = "[5, 5, 5, 10, 10, 10, 10, 10, 10, 9, 8, 8]";

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// Loads the shipped city with the targets of 2022 changed: `head` goes above the first row, `rows` to the end.
fn load(head: &str, rows: &str, edits: &[(&str, &str)]) -> Result<City, String> {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data");
    let read = |path: &str| {
        let mut text = std::fs::read_to_string(data.join(path))?;
        if path == FILE {
            for (from, to) in edits {
                assert!(text.contains(from), "no {from:?}");
                text = text.replacen(from, to, 1);
            }
            text = text.replacen("[[city]]", &format!("{head}\n[[city]]"), 1) + rows;
        }
        Ok(text)
    };
    City::load(&read, "cities/huaibei").map_err(|error| error.to_string())
}

fn city_target<'c>(city: &'c City, key: &TargetKey<'_>) -> &'c Target {
    target_on(&city.targets, key, day("2022-06-30")).unwrap()
}

#[test]
fn shipped_targets_go_by_twelfths_and_lead_alone() {
    let city = load("", "", &[]).unwrap();
    assert_eq!(city.targets, city.issued_targets);
    // The published pace of May 2022.
    assert_eq!(round_half_up(city_target(&city, &SIGNED).pace_on(day("2022-05-31")), 1), 41.7);
}

#[test]
fn a_metric_or_a_row_has_its_own_curve() {
    let head = format!("[pace]\nstarted = {QUARTERS}\n");
    let own = [("metric = \"completed\"\nkind = \"count\"", format!("metric = \"completed\"\nkind = \"count\"\npace = {QUARTERS}"))];
    let own: Vec<(&str, &str)> = own.iter().map(|(from, to)| (*from, to.as_str())).collect();
    let city = load(&head, "", &own).unwrap();
    let pace = |metric: Metric, scope: Scope, scope_id: &str, on: &str| {
        let key = TargetKey { metric, scope, scope_id, ..SIGNED };
        round_half_up(city_target(&city, &key).pace_on(day(on)), 6)
    };
    assert_eq!(pace(Metric::Started, Scope::City, "huaibei", "2022-06-30"), 45.0);
    assert_eq!(pace(Metric::Started, Scope::Carrier, "suixi", "2022-04-15"), 20.0, "15 of April's 30 days: 15 + 10 / 2");
    assert_eq!(pace(Metric::Completed, Scope::City, "huaibei", "2022-06-30"), 45.0);
    assert_eq!(pace(Metric::Completed, Scope::Carrier, "suixi", "2022-06-30"), 50.0, "the row of the city alone has the curve");
    assert_eq!(pace(Metric::Signed, Scope::City, "huaibei", "2022-06-30"), 50.0);
}

const REVISED: &str = "
[[city]]
metric = \"signed\"
band = \"ge1\"
kind = \"count\"
value = 200
known_until = \"2022-07-01\"

[[city]]
metric = \"signed\"
band = \"ge1\"
kind = \"count\"
value = 220
known_from = \"2022-07-01\"
reason = \"年中调整\"
";

#[test]
fn a_revision_says_why() {
    let city = load("", REVISED, &[]).unwrap();
    let key = TargetKey { band: Some("ge1"), ..SIGNED };
    assert_eq!(value_on(&city.targets, &key, day("2022-06-30")), Some(200));
    assert_eq!(value_on(&city.targets, &key, day("2022-07-01")), Some(220));
    let steps: Vec<_> = revisions(&city.issued_targets, &key, "淮北市人民政府").into_iter().map(|t| (t.value, t.reason.as_str())).collect();
    assert_eq!(steps, [(Some(200), ""), (Some(220), "年中调整")]);
    let silent = load("", &REVISED.replace("年中调整", " "), &[]).unwrap_err();
    assert!(silent.contains("city signed ge1") && silent.contains("huaibei is replaced on 2022-07-01 without a reason"), "{silent}");
}

const PROVINCE: &str = "
[[city]]
metric = \"signed\"
kind = \"count\"
value = 280
issuer = \"安徽省\"
documented = false
";
const TWO: &str = "issuers = [\"淮北市人民政府\", \"安徽省\"]";

#[test]
fn issuers_stand_side_by_side_and_one_leads() {
    let on = day("2022-05-31");
    let city = load(TWO, PROVINCE, &[]).unwrap();
    assert_eq!(value_on(&city.targets, &SIGNED, on), Some(310), "the first issuer of the file leads");
    assert_eq!(side_by_side(&city.targets, &SIGNED, on).count(), 1, "and alone where boards look");
    let both: Vec<_> = side_by_side(&city.issued_targets, &SIGNED, on).map(|t| (t.issuer.as_str(), t.value)).collect();
    assert_eq!(both, [("淮北市人民政府", Some(310)), ("安徽省", Some(280))]);
    assert_eq!(target_by(&city.issued_targets, &SIGNED, "安徽省", on).and_then(|target| target.value), Some(280));
    let turned = load("issuers = [\"安徽省\", \"淮北市人民政府\"]", PROVINCE, &[]).unwrap();
    assert_eq!(value_on(&turned.targets, &SIGNED, on), Some(280));
    let suixi = TargetKey { scope: Scope::Carrier, scope_id: "suixi", ..SIGNED };
    assert_eq!(value_on(&turned.targets, &suixi, on), Some(78), "the carriers' shares still add up to their own issuer's");
}

const TEAMS: &str = "
[[teams]]
metric = \"signed\"
kind = \"count\"
documented = false
[teams.values]
tao-lv = 30
lv-ji = 60
gaofenzi = 40
jingxi-huagong = 40
lvse-shipin = 40
yiyao-jiankang = 30
gaoduan-zhuangbei = 40
xinxing-jiancai = 30
xin-nengyuan = 20
dianzi-xinxi = \"-\"
";

#[test]
fn teams_are_set_more_than_the_whole() {
    let city = load("", TEAMS, &[]).unwrap();
    let of = |id| value_on(&city.targets, &TargetKey { scope: Scope::Team, scope_id: id, ..SIGNED }, day("2022-05-31"));
    // 30+60+40+40+40+30+40+30+20 = 330 > 310.
    assert_eq!((of("lv-ji"), of("dianzi-xinxi"), of("other")), (Some(60), None, None));
}

#[test]
fn mistakes_name_their_place() {
    let check = |head: &str, rows: &str, expect: &[&str]| {
        let error = load(head, rows, &[]).map(|_| ()).unwrap_err();
        for piece in expect {
            assert!(error.contains(piece), "{piece:?} is not in {error}");
        }
    };
    check("[pace]\nsigned = [50, 50]", "", &["pace signed", "needs 12 monthly shares, got 2"]);
    check("[pace]\nvisits = [50, 50]", "", &["pace visits", "no metric"]);
    check(&format!("[pace]\nsigned = {}", QUARTERS.replace("[5,", "[6,")), "", &["pace signed", "sum to 101, not to 100"]);
    check(&format!("[pace]\nsigned = {}", QUARTERS.replace("[5, 5,", "[-5, 15,")), "", &["share of month 1 is -5"]);
    check("", PROVINCE, &["city signed", "安徽省", "not among the issuers"]);
    check("issuers = [\"安徽省\"]", "", &["issuer", "淮北市人民政府", "not among the issuers"]);
    check("issuers = [\"安徽省\", \"安徽省\"]", "", &["issuers", "there twice"]);
    check(TWO, &format!("{PROVINCE}{PROVINCE}"), &["city signed", "two values on one day"]);
    check("", &TEAMS.replace("tao-lv = 30\n", ""), &["team signed", "tao-lv is missing"]);
    check("", &TEAMS.replace("tao-lv = 30", "tao-lv = 30\nother = 1"), &["team signed", "other is no team"]);
    check("", &REVISED.replace("reason", "why"), &["line ", "unknown field `why`"]);
}
