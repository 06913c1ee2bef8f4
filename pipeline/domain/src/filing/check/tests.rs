//! Typed texts of a form, one by one and together.

use super::*;
use crate::project::stage_order;

fn city() -> &'static City {
    static CITY: std::sync::LazyLock<City> = std::sync::LazyLock::new(|| {
        let data = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data");
        City::load(&|path| std::fs::read_to_string(data.join(path)), "cities/huaibei").unwrap()
    });
    &CITY
}

fn asked(matter: Matter, stage: &str, known: &'static Values) -> Asked<'static> {
    Asked {
        city: city(),
        matter,
        stage: stage_order(stage).unwrap(),
        known,
        files: 1,
        today: NaiveDate::from_ymd_opt(2022, 5, 31).unwrap(),
    }
}

fn nothing() -> &'static Values {
    static NOTHING: std::sync::LazyLock<Values> = std::sync::LazyLock::new(Values::default);
    &NOTHING
}

fn typed(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs.iter().map(|(field, text)| ((*field).to_owned(), (*text).to_owned())).collect()
}

const TALKS: [(&str, &str); 6] = [
    ("name", " 年产3万吨双零铝箔项目 "),
    ("content", "购置箔轧机6台\r\n年产铝箔3万吨"),
    ("class", "工业"),
    ("investor", "样例铝业有限公司"),
    ("lead_person", "某主任"),
    ("lead_phone", "0561-3000000"),
];

fn signed() -> BTreeMap<String, String> {
    let mut all = typed(&TALKS);
    all.extend(typed(&[
        ("address", "濉溪经济开发区"),
        ("investor_address", "江苏省江阴市"),
        ("agreed_yuan", "12亿元"),
        ("planned_fixed_yuan", "90000"),
        ("signed_on", "2022年5月18日"),
        ("contract_number", "样例〔2022〕18号"),
        ("planned_start_on", "2022-09-30"),
    ]));
    all
}

/// Faults of the signed form when one field is typed otherwise.
fn faults_with(field: &str, text: &str) -> Vec<(&'static str, String)> {
    let mut all = signed();
    all.insert(field.to_owned(), text.to_owned());
    let checked = check(&asked(Matter::Project, "signed", nothing()), &all);
    checked.faults.into_iter().map(|fault| (fault.field, fault.problem)).collect()
}

#[test]
fn a_good_form_becomes_canonical() {
    let checked = check(&asked(Matter::Project, "signed", nothing()), &signed());
    assert_eq!(checked.faults, []);
    let value = |field: &str| checked.values.text(field).to_owned();
    assert_eq!(value("name"), "年产3万吨双零铝箔项目");
    assert_eq!(value("content"), "购置箔轧机6台\n年产铝箔3万吨");
    assert_eq!((value("class").as_str(), value("agreed_yuan").as_str()), ("industry", "1200000000"));
    assert_eq!((value("planned_fixed_yuan").as_str(), value("signed_on").as_str()), ("900000000", "2022-05-18"));
    assert_eq!(value("lead_phone"), "05613000000");
}

#[test]
fn what_is_missing_is_asked_for_by_stage() {
    let at = |stage: &str| -> Vec<_> {
        check(&asked(Matter::Project, stage, nothing()), &typed(&TALKS)).faults.into_iter().map(|fault| fault.field).collect()
    };
    assert_eq!(at("negotiating"), Vec::<&str>::new());
    assert_eq!(
        at("signed"),
        ["address", "investor_address", "agreed_yuan", "planned_fixed_yuan", "signed_on", "contract_number", "planned_start_on"]
    );
    assert!(at("started").contains(&"works_begun"));
}

#[test]
fn every_slip_is_named_beside_its_field() {
    let check = |field: &'static str, text: &str, says: &str| {
        let faults = faults_with(field, text);
        assert!(faults.iter().any(|(at, problem)| *at == field && problem.contains(says)), "{field} {text:?}: {faults:?}");
    };
    check("agreed_yuan", "约3亿", "不是准数");
    check("agreed_yuan", "三个亿左右吧", "无法识别");
    check("agreed_yuan", "200000000", "一万亿");
    check("agreed_yuan", "0", "为 0");
    check("planned_fixed_yuan", "130000", "大于协议投资额");
    check("signed_on", "2022-06-01", "晚于今天");
    check("planned_completion_on", "2022-09-29", "早于计划开工日期");
    check("planned_start_on", "2012-09-30", "早于签约一年以上");
    check("planned_completion_on", "2040-09-30", "晚于签约十年以上");
    check("signed_on", "2022年5月", "只到年或月");
    check("signed_on", "2022-02-30", "无法识别");
    check("credit_code", "91340600MA2N00001", "17 位");
    check("credit_code", "9134O600MA2N000012", "第 5 位");
    check("lead_phone", "1390000123", "电话");
    check("content", "联系人 13900001234", "电话或身份证");
    check("remark", "340600199001011234", "电话或身份证");
    check("chain_given", "量子产业", "没有这条产业链");
    check("class", "制造", "没有这个选项");
    check("land_mu", "一百亩", "不是数");
    check("land_mu", "1.23456", "不是数");
    check("coordinates", "33.95,116.79", "坐标");
    check("name", &"长".repeat(101), "太长");
    assert!(faults_with("foreign_amount", "1000").iter().any(|(at, _)| *at == "currency"));
}

#[test]
fn texts_lose_what_can_deceive() {
    let mut all = signed();
    all.insert("name".to_owned(), "铝箔\u{202e}目项\u{0}\r\n\u{200b}<script>".to_owned());
    let checked = check(&asked(Matter::Project, "signed", nothing()), &all);
    assert_eq!(checked.values.text("name"), "铝箔目项 <script>", "markup is for the page to escape, not for the books to lose");
}

#[test]
fn a_milestone_must_follow_what_stands() {
    static KNOWN: std::sync::LazyLock<Values> =
        std::sync::LazyLock::new(|| [("signed_on".to_owned(), "2022-05-18".to_owned())].into_iter().collect());
    let started = Matter::Milestone(Milestone::Started);
    let early = check(&asked(started, "signed", &KNOWN), &typed(&[("started_on", "2022-05-01"), ("works_begun", "1号厂房基础")]));
    assert_eq!(early.faults.iter().map(|fault| fault.field).collect::<Vec<_>>(), ["started_on"]);
    let bare = check(&asked(started, "signed", &KNOWN), &typed(&[("started_on", "2022-05-20")]));
    assert_eq!(bare.faults.iter().map(|fault| fault.field).collect::<Vec<_>>(), ["works_begun"]);
    let good = check(&asked(started, "signed", &KNOWN), &typed(&[("started_on", "2022-05-20"), ("works_begun", "1号厂房基础")]));
    assert_eq!(good.faults, []);
    let unproven = check(
        &Asked { files: 0, ..asked(started, "signed", &KNOWN) },
        &typed(&[("started_on", "2022-05-20"), ("works_begun", "1号厂房基础")]),
    );
    assert_eq!(unproven.faults.len(), 1);
    assert_eq!((unproven.faults[0].field, unproven.faults[0].problem.as_str()), (MISSING_EVIDENCE, "开工申报缺少佐证材料"));
    assert!(unproven.faults[0].hint.contains("永久性工程"), "the hint says what proves a start");
    let status = check(&Asked { files: 0, ..asked(Matter::Status, "signed", &KNOWN) }, &typed(&[]));
    assert!(status.faults.iter().all(|fault| fault.field != MISSING_EVIDENCE), "a status is explained, not proven");
    assert_eq!(good.values.text("signed_on"), "", "what stood is not stated again");
}

#[test]
fn a_change_must_change_something() {
    static KNOWN: std::sync::LazyLock<Values> =
        std::sync::LazyLock::new(|| [("name".to_owned(), "铝箔项目".to_owned())].into_iter().collect());
    let faults = |name: &str| {
        let checked = check(&asked(Matter::Change, "negotiating", &KNOWN), &typed(&[("name", name), ("reason", "更名")]));
        checked.faults.len()
    };
    assert_eq!((faults("铝箔项目"), faults("双零铝箔项目")), (1, 0));
}

mod any_text {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// Whatever is typed: no panic, and what is accepted is accepted again as it is.
        #[test]
        fn canonical_texts_stay(texts in prop::collection::vec("\\PC{0,30}", crate::filing::field::FIELDS.len())) {
            let all: BTreeMap<String, String> =
                crate::filing::field::FIELDS.iter().map(|(id, _)| (*id).to_owned()).zip(texts).collect();
            let first = check(&asked(Matter::Project, "at_capacity", nothing()), &all);
            for (field, text) in first.values.iter() {
                prop_assert!(!text.chars().any(is_bidi_control), "{field}");
            }
        }
    }
}
