//! The shipped catalogue loads whole; each kind of mistake in it is refused with file, place and hint.
#![allow(clippy::unwrap_used)]

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use chrono::NaiveDate;
use qunlian_domain::catalogue::{BandBasis, City, SheetAbout};
use qunlian_domain::light::Measure;
use qunlian_domain::target::{Metric, Scope, TargetKey, TargetKind, target_on, value_on};

fn data() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data")
}

fn city() -> City {
    City::load(&|path| std::fs::read_to_string(data().join(path)), "cities/huaibei").unwrap()
}

/// Loads the city with one piece of one file replaced; the piece must be there.
fn load_with(file: &str, from: &str, to: &str) -> Result<City, String> {
    let mut edits = HashMap::new();
    let path = if file.contains('/') { file.to_owned() } else { format!("cities/huaibei/{file}") };
    let text = std::fs::read_to_string(data().join(&path)).unwrap();
    assert!(text.contains(from), "{path} has no {from:?}");
    edits.insert(path, text.replacen(from, to, 1));
    let read = |path: &str| match edits.get(path) {
        Some(text) => Ok(text.clone()),
        None => std::fs::read_to_string(data().join(path)),
    };
    City::load(&read, "cities/huaibei").map_err(|error| error.to_string())
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

#[test]
fn huaibei_loads() {
    let city = city();
    assert_eq!((city.profile.name.as_str(), city.profile.division.as_str()), ("淮北市", "340600"));
    assert_eq!(city.profile.center, "淮北市投资促进中心");
    assert_eq!(city.profile.timezone, "Asia/Shanghai");
    assert_eq!(city.profile.band_basis, BandBasis::Agreed);
    assert_eq!(city.light.measure, Measure::Points);
    assert_eq!(city.industries.len(), 20 + 97 + 473 + 1381);
    assert_eq!(city.industries.resolve("C3252").unwrap().name.as_ref(), "铝压延加工");
    assert!(city.workdays.announced_years().eq(2018..=2026));
    let ids: Vec<&str> = city.bands.nested().iter().map(|band| band.id.as_str()).collect();
    assert_eq!(ids, ["ge1", "ge5", "ge10", "ge50", "ge100"]);
    assert!(city.sources.iter().any(|(path, _)| path == "cities/huaibei/chains.toml"));
    assert_eq!(city.sources.len(), 12);
}

#[test]
fn ten_chains_in_five_clusters() {
    let city = city();
    let chains: Vec<&str> = city.chains.chains_on(day("2022-05-31")).map(|chain| chain.id.as_str()).collect();
    let expect = [
        "tao-lv",
        "lv-ji",
        "gaofenzi",
        "jingxi-huagong",
        "lvse-shipin",
        "yiyao-jiankang",
        "gaoduan-zhuangbei",
        "xinxing-jiancai",
        "xin-nengyuan",
        "dianzi-xinxi",
        "other",
    ];
    assert_eq!(chains, expect);
    assert_eq!(city.chains.clusters.len(), 5);
    for chain in &city.chains.chains {
        let terms: usize = chain.rules.iter().map(|rule| rule.terms.len()).sum();
        assert!(terms >= 25, "{} has {terms} terms", chain.id);
        let undocumented = ["xin-nengyuan", "dianzi-xinxi", "other"].contains(&chain.id.as_str());
        assert_eq!(chain.documented, !undocumented, "{}", chain.id);
        assert!(chain.remainder || (chain.segments.len() >= 3 && !chain.codes.is_empty()), "{}", chain.id);
    }
}

#[test]
fn targets_of_2022_are_the_missions() {
    let city = city();
    let check = |metric: Metric, band: Option<&str>, kind: TargetKind, expect: Option<i64>| {
        let key = TargetKey { year: 2022, metric, band, scope: Scope::City, scope_id: "huaibei", kind };
        let target = target_on(&city.targets, &key, day("2022-05-31")).unwrap();
        assert_eq!((target.value, target.documented), (expect, true), "{key:?}");
    };
    check(Metric::Signed, None, TargetKind::Count, Some(310));
    check(Metric::Signed, Some("ge10"), TargetKind::Count, Some(24));
    check(Metric::Signed, Some("ge50"), TargetKind::Count, Some(3));
    check(Metric::Signed, Some("ge100"), TargetKind::Count, None);
    check(Metric::Started, None, TargetKind::Count, Some(225));
    check(Metric::Completed, None, TargetKind::Count, Some(175));
    check(Metric::FixedAssets, None, TargetKind::Amount, Some(16_500_000_000));
    for metric in [Metric::Signed, Metric::Started, Metric::Completed] {
        check(metric, None, TargetKind::Growth, Some(6000));
    }
    let before =
        TargetKey { year: 2022, metric: Metric::Signed, band: None, scope: Scope::City, scope_id: "huaibei", kind: TargetKind::Count };
    assert_eq!(value_on(&city.targets, &before, day("2021-12-31")), None);
}

#[test]
fn shares_add_up_to_the_city() {
    let city = city();
    let on = day("2022-05-31");
    for year in [2021, 2022] {
        for (metric, band, kind) in [
            (Metric::Signed, None, TargetKind::Count),
            (Metric::Signed, Some("ge10"), TargetKind::Count),
            (Metric::Started, None, TargetKind::Count),
            (Metric::Completed, None, TargetKind::Count),
            (Metric::FixedAssets, None, TargetKind::Amount),
        ] {
            let sum = |scope: Scope| -> i64 {
                let of_scope = city.targets.iter().filter(|target| {
                    target.year == year
                        && target.metric == metric
                        && target.band.as_deref() == band
                        && target.kind == kind
                        && target.scope == scope
                        && target.known_on(on)
                });
                of_scope.filter_map(|target| target.value).sum()
            };
            assert_eq!(sum(Scope::Carrier), sum(Scope::City), "{year} {metric:?} {band:?}");
            assert_eq!(sum(Scope::Chain), sum(Scope::City), "{year} {metric:?} {band:?}");
            assert!(sum(Scope::City) > 0);
        }
    }
    assert!(city.targets.iter().filter(|target| target.year == 2021).all(|target| !target.documented));
    assert!(city.targets.iter().filter(|target| target.scope != Scope::City).all(|target| !target.documented));
}

#[test]
fn carriers_are_found_as_people_write_them() {
    let city = city();
    let on = day("2022-05-31");
    let check = |text: &str, id: Option<&str>, assessed: Option<&str>| {
        let found = city.carriers.find(text, on);
        assert_eq!(found.map(|carrier| carrier.id.as_str()), id, "{text}");
        let unit = found.and_then(|carrier| city.carriers.assessed_of(&carrier.id, on));
        assert_eq!(unit.map(|carrier| carrier.id.as_str()), assessed, "{text}");
    };
    check("濉溪县", Some("suixi"), Some("suixi"));
    check("濉溪", Some("suixi"), Some("suixi"));
    check(" 濉 溪 县 ", Some("suixi"), Some("suixi"));
    check("淮北市濉溪县", Some("suixi"), Some("suixi"));
    check("安徽省淮北市濉溪县人民政府", Some("suixi"), Some("suixi"));
    check("相山区招商服务中心", Some("xiangshan"), Some("xiangshan"));
    check("杜集", Some("duji"), Some("duji"));
    check("烈山区投资促进局", Some("lieshan"), Some("lieshan"));
    check("高新区", Some("gaoxin"), Some("gaoxin"));
    check("淮北高新区", Some("gaoxin"), Some("gaoxin"));
    check("淮北市高新区管委会", Some("gaoxin"), Some("gaoxin"));
    check("淮北高新技术产业开发区管委会", Some("gaoxin"), Some("gaoxin"));
    check("煤化工基地", Some("meihuagong"), Some("meihuagong"));
    check("安徽(淮北)新型煤化工合成材料基地", Some("meihuagong"), Some("meihuagong"));
    check("濉溪经济开发区", Some("suixi-jkq"), Some("suixi"));
    check("濉溪经开区管委会", Some("suixi-jkq"), Some("suixi"));
    check("suixi", Some("suixi"), Some("suixi"));
    check("埇桥区", None, None);
    check("淮北市", None, None);
    check("管委会", None, None);
    check("", None, None);
    assert_eq!(city.carriers.assessed_on(on).count(), 6);
    assert!(city.carriers.within("suixi-jkq", "suixi", on) && city.carriers.within("suixi-jkq", "huaibei", on));
    assert!(!city.carriers.within("suixi-jkq", "gaoxin", on));
}

#[test]
fn carriers_move_on_their_day() {
    let moved = r#"
[[carrier]]
id = "suixi-jkq"
name = "濉溪经济开发区"
short_name = "濉溪经开区"
kind = "park"
parent = "huaibei"
assessed = true
sort = 11
valid_from = "2023-01-01"

# Parks inside"#;
    let end = (
        "安徽濉溪经济开发区\"]\nvalid_from = \"2000-01-01\"",
        "安徽濉溪经济开发区\"]\nvalid_from = \"2000-01-01\"\nvalid_until = \"2023-01-01\"",
    );
    let text = std::fs::read_to_string(data().join("cities/huaibei/carriers.toml")).unwrap();
    assert!(text.contains(end.0));
    let both = text.replacen(end.0, end.1, 1).replacen("\n# Parks inside", moved, 1);
    let targets = [2021, 2022].map(|year| std::fs::read_to_string(data().join(format!("cities/huaibei/targets-{year}.toml"))).unwrap());
    let read = |path: &str| match path {
        "cities/huaibei/carriers.toml" => Ok(both.clone()),
        "cities/huaibei/targets-2021.toml" => Ok(targets[0].clone()),
        other => std::fs::read_to_string(data().join(other)),
    };
    let city = City::load(&read, "cities/huaibei/").unwrap();
    let unit = |on: &str| city.carriers.assessed_of("suixi-jkq", day(on)).unwrap().id.clone();
    assert_eq!(unit("2022-12-31"), "suixi");
    assert_eq!(unit("2023-01-01"), "suixi-jkq");
    assert_eq!(city.carriers.assessed_on(day("2022-12-31")).count(), 6);
    assert_eq!(city.carriers.assessed_on(day("2023-01-01")).count(), 7);
    let below = |id: &str, on: &str| city.carriers.subtree(id, day(on)).into_iter().collect::<Vec<_>>();
    assert_eq!(below("suixi", "2022-12-31"), ["suixi", "suixi-jkq"]);
    assert_eq!(below("suixi", "2023-01-01"), ["suixi"], "a park that moved away is its own");
    assert_eq!(below("suixi-jkq", "2023-01-01"), ["suixi-jkq"]);
}

#[test]
fn headers_are_found_as_people_write_them() {
    let city = city();
    let check = |header: &str, field: Option<&str>| assert_eq!(city.sheets.field_of(header), field, "{header:?}");
    check("序号", Some("seq"));
    check("项目名称", Some("name"));
    check("项 目\n名 称", Some("name"));
    check("协议投资额（万元）", Some("agreed"));
    check("协议投资额\n（单位：亿元）", Some("agreed"));
    check("总投资(万美元)", Some("agreed"));
    check("总投资：万元", Some("agreed"));
    check("总投资/亿元", Some("agreed"));
    check("总投资万元", Some("agreed"));
    check("＊统一社会信用代码", Some("credit_code"));
    check("国别（地区）", Some("country"));
    check("其中：固定资产投资（亿元）", Some("planned_fixed"));
    check("本月完成固定资产投资（万元）", Some("fixed"));
    check("签约时间（年月日）", Some("signed_on"));
    check("县（市、区）", Some("carrier"));
    check("所属产业链", Some("chain"));
    check("GB/T4754", Some("industry_code"));
    check("更正类型（更正/撤销）", Some("action"));
    check("认定日期", Some("recognised_on"));
    check("负责人电话", Some("phone"));
    check("乙方", Some("investor"));
    check("万元", None);
    check("（万元）", None);
    check("", None);
    check("土地面积（亩）", None);
    for field in qunlian_domain::catalogue::FIELDS {
        assert!(city.sheets.synonyms_of(field).len() >= 6, "{field} has too few header names");
    }
}

#[test]
fn sheets_and_rows_are_told_apart() {
    let city = city();
    let sheets = &city.sheets;
    let check = |name: &str, about: Option<SheetAbout>| assert_eq!(sheets.about(name), about, "{name}");
    check("新签约项目", Some(SheetAbout::Signed));
    check("5月新开工", Some(SheetAbout::Started));
    check("淮北市2022年1—5月新竣工项目统计表", Some(SheetAbout::Completed));
    check("固定资产投资完成情况", Some(SheetAbout::FixedAssets));
    check("项目台账", Some(SheetAbout::Ledger));
    check("Sheet1", None);
    for total in ["合计", "合 计", "小计：", "濉溪县合计", "本月累计", "总 计"] {
        assert!(sheets.is_total(total), "{total}");
    }
    for project in ["年产5万吨铝箔项目", "合计科技园", ""] {
        assert!(!sheets.is_total(project), "{project}");
    }
    assert!(sheets.is_group("一、新签约项目") && sheets.is_group("（二）相山区") && sheets.is_group("(三) 杜集区"));
    assert!(!sheets.is_group("一期项目"));
    assert!(sheets.is_title("附件2：淮北市新开工项目统计表") && !sheets.is_title("铝箔项目"));
    assert!(sheets.is_note("填报单位：濉溪县") && !sheets.is_note("濉溪县"));
    assert!(sheets.is_revocation("撤销") && !sheets.is_correction("撤销"));
    assert!(sheets.is_correction("更正") && !sheets.is_revocation("更正") && !sheets.is_correction(""));
    assert!(sheets.is_yes("是") && sheets.is_yes(" √ ") && !sheets.is_yes("否") && !sheets.is_yes(""));
}

#[test]
fn mistakes_are_refused_with_place_and_hint() {
    let mut wrong = Vec::new();
    let mut check = |file: &str, from: &str, to: &str, expect: &[&str]| {
        let error = load_with(file, from, to).err().unwrap_or_else(|| "it was taken".to_owned());
        let in_full = [file, "\nhint: "].iter().chain(expect).all(|part| error.contains(part));
        if !in_full {
            wrong.push(format!("{file}: {from:?} → {to:?}: expected {expect:?}, got {error}"));
        }
    };
    // Unknown keys and broken files name their line.
    check("city.toml", "timezone =", "time_zone =", &["line 11", "unknown field `time_zone`"]);
    check("city.toml", "id = \"huaibei\"", "id = ", &["line 6"]);
    check("city.toml", "\"340600\"", "\"3406\"", &["division", "not a division code"]);
    check("city.toml", "[2021, 2022]", "[2022, 2021]", &["target_years", "not in order"]);
    // Carriers.
    check("carriers.toml", "parent = \"suixi\"", "parent = \"suixy\"", &["suixi-jkq", "parent suixy"]);
    check("carriers.toml", "kind = \"county\"", "kind = \"town\"", &["carrier suixi", "town"]);
    check("carriers.toml", "parent = \"suixi\"\nassessed = false", "parent = \"suixi\"\nassessed = true", &["suixi-jkq", "count twice"]);
    check(
        "carriers.toml",
        "parent = \"suixi\"\nassessed = false",
        "parent = \"huaibei\"\nassessed = false",
        &["suixi-jkq", "count nowhere"],
    );
    check("carriers.toml", "parent = \"suixi\"\n", "parent = \"suixi-jkq\"\n", &["suixi-jkq", "lead back to itself"]);
    check("carriers.toml", "\"濉县\"", "\"相山\"", &["相山", "also means"]);
    check("carriers.toml", "valid_from = \"2000-01-01\"", "valid_from = \"2000-01-32\"", &["not a date", "2000-01-32"]);
    check(
        "carriers.toml",
        "valid_from = \"2000-01-01\"",
        "valid_from = \"2000-01-01\"\nvalid_until = \"2000-01-01\"",
        &["suixi", "valid_until"],
    );
    // Chains.
    check("chains.toml", "cluster = \"c-lv\"", "cluster = \"c-al\"", &["chain tao-lv", "c-al"]);
    check("chains.toml", "segment = \"tao-lv-fenti\"", "segment = \"lv-ji-banbo\"", &["tao-lv-02", "lv-ji-banbo"]);
    check("chains.toml", "id = \"tao-lv-02\"", "id = \"tao-lv-01\"", &["tao-lv-01", "already taken"]);
    check("chains.toml", "prefixes = [\"3252\"]", "prefixes = [\"3256\"]", &["lv-ji-c1", "3256", "industry table"]);
    check("chains.toml", "weight = 100", "weight = 0", &["tao-lv-01", "weight is 0"]);
    check("chains.toml", "\"陶铝母合金\"", "\"陶铝\"", &["tao-lv-02", "also in rule tao-lv-01"]);
    check("chains.toml", "\"陶铝母合金\"", "\"铝\"", &["tao-lv-02", "too short"]);
    check("chains.toml", "\"陶铝母合金\"", "\"应用于\"", &["tao-lv-02", "[reading]"]);
    check("chains.toml", "remainder = true\n", "", &["0 chains", "remainder"]);
    check("chains.toml", "\"第一链\"", "\"第二链\"", &["第二链", "also means"]);
    check(
        "chains.toml",
        "chains = [\"tao-lv\", \"lv-ji\"]",
        "chains = [\"tao-lv\", \"gaofenzi\"]",
        &["leading-2025", "gaofenzi is in the groups"],
    );
    check("chains.toml", "name_percent = 200", "name_percent = 0", &["scoring", "name_percent"]);
    check("chains.toml", "position = \"upstream\"", "position = \"top\"", &["line ", "top"]);
    // Bands and lights.
    check("bands.toml", "least = 500_000_000", "least = 50_000_000", &["ge5", "not above"]);
    check("bands.toml", "id = \"ge5\"", "id = \"ge1\"", &["ge1 is there twice"]);
    check("light.toml", "measure = \"points\"", "measure = \"colour\"", &["measure", "colour"]);
    check("light.toml", "red_above = 30.0", "red_above = 5.0", &["points", "not in order"]);
    // Targets.
    check("targets-2022.toml", "suixi = 78", "suixi = 79", &["carrier signed", "311", "310"]);
    check("targets-2022.toml", "lv-ji = 58", "lv-ji = 57", &["chain signed", "309", "310"]);
    check("targets-2022.toml", "suixi = 78, ", "", &["carrier signed", "suixi is missing"]);
    check("targets-2022.toml", "suixi = 78", "suixi-jkq = 78", &["carrier signed", "suixi-jkq is no carrier that carries targets"]);
    check("targets-2022.toml", "value = 310", "value = \"many\"", &["city signed", "many"]);
    check("targets-2022.toml", "value = 310", "value = -310", &["city signed", "negative"]);
    check("targets-2022.toml", "band = \"ge10\"", "band = \"ge11\"", &["city signed ge11", "no band"]);
    check("targets-2022.toml", "metric = \"signed\"", "metric = \"visits\"", &["visits"]);
    check("targets-2022.toml", "kind = \"amount\"", "kind = \"count\"", &["fixed_assets cannot"]);
    check("targets-2022.toml", "year = 2022", "year = 2023", &["year", "2023"]);
    check(
        "targets-2022.toml",
        "metric = \"started\"\nkind = \"count\"",
        "metric = \"signed\"\nkind = \"count\"",
        &["two values on one day"],
    );
    // Region groups.
    check("regions.toml", "members = [\"310000\"", "member = [\"310000\"", &["member"]);
    // Sheets.
    check("sheets.toml", "seq = [", "sequence = [", &["fields.sequence", "no such field"]);
    check("sheets.toml", "\"项目曾用名\"", "\"项目名称\"", &["项目名称"]);
    // The desk's files.
    check("procedure.toml", "review_days = 3", "review_day = 3", &["line ", "review_day"]);
    check("procedure.toml", "phone = ", "mobile = ", &["line ", "unknown field `mobile`"]);
    check("procedure.toml", "review_days = 3", "review_days = 0", &["review_days", "0 is out of bounds", "from 1 to 30"]);
    check("procedure.toml", "two_reviews = false", "two_reviews = \"no\"", &["line ", "boolean"]);
    check("procedure.toml", "audit_days = 730", "audit_days = 182", &["retention.audit_days", "too few", "183"]);
    check("procedure.toml", "\"docx\"", "\"exe\"", &["line ", "exe"]);
    check("procedure.toml", "file_mib = 20", "file_mib = 200", &["attachments.file_mib", "from 1 to 20"]);
    check("reserve.toml", "most = 100", "mots = 100", &["line ", "mots"]);
    check("reserve.toml", "scale_percent = 40", "scale_percent = 50", &["maturity_percent", "do not add up to 100"]);
    check("reserve.toml", "id = \"signed\"", "id = \"singed\"", &["stage singed", "there is no stage"]);
    check("reserve.toml", "id = \"signed\"", "id = \"negotiating\"", &["stage negotiating", "is there twice"]);
    check("reserve.toml", "field = \"land_mu\"", "field = \"land_ha\"", &["stated land_ha", "filing.toml"]);
    check("reserve.toml", "id = \"dormant\"", "id = \"lost\"", &["status lost", "write delayed or dormant"]);
    check("reserve.toml", "least = 500_000_000\npoints = 40", "least = 50_000_000\npoints = 40", &["agreed from 50000000", "not above"]);
    check("reserve.toml", "within_days = 90", "within_days = 0", &["visits of 0 days", "counts nothing"]);
    check("reserve.toml", "points = -15", "points = 15", &["contact", "silence"]);
    check("reserve.toml", "\"dianzi-xinpian\"", "\"dianzi-chip\"", &["gap", "dianzi-chip", "chains.toml"]);
    check("reserve.toml", "points = 8\n", "points = 8000\n", &["stated approval_project", "8000 points are out of bounds"]);
    check("reserve.toml", "reason = \"在谈\"", "reason = \" \"", &["stage negotiating", "gives no reason"]);
    check("reserve.toml", "least_maturity = 0\nleast_scale = 0", "least_maturity = 0\nleast_scale = 5", &["grade", "all the rest"]);
    check(
        "reserve.toml",
        "least_maturity = 60\nleast_scale = 50",
        "least_maturity = 0\nleast_scale = 0",
        &["grade speed_up", "never be reached"],
    );
    check(
        "cities/huaibei/bulletins/index.toml",
        "monthly = \"monthly\"",
        "monthly = \"weekly\"",
        &["monthly", "\"weekly\" is not one of the templates"],
    );
    check("cities/huaibei/bulletins/index.toml", "day_of_month = 5", "day_of_month = 31", &["day_of_month", "31 is not in every month"]);
    check("cities/huaibei/bulletins/index.toml", "\"quarterly\"]", "\"../secret\"]", &["templates", "cannot be the name"]);
    check("cities/huaibei/bulletins/monthly.toml", "{year}年{period}", "{yaer}年{period}", &["title", "{yaer", "names nothing"]);
    check("cities/huaibei/bulletins/monthly.toml", "metric = \"signed\"", "metric = \"singed\"", &["line ", "there is no metric"]);
    check("cities/huaibei/bulletins/monthly.toml", "kind = \"sentences\"", "kind = \"sentence\"", &["line ", "unknown variant"]);
    check("cities/huaibei/bulletins/monthly.toml", "table = \"city\"", "table = \"carriers\"", &["block 12", "of one metric"]);
    check("cities/huaibei/bulletins/monthly.toml", "text = \"一、新签约\"", "text = \" \"", &["block 1", "the text is empty"]);
    check("forecast.toml", "draws = 2000", "drwas = 2000", &["line ", "unknown field `drwas`"]);
    check("forecast.toml", "within_city = ", "within_town = ", &["line ", "unknown field `within_town`"]);
    check("forecast.toml", "draws = 2000", "draws = 20", &["draws", "20 is out of bounds", "from 200 to 20000"]);
    check("forecast.toml", "scatters = [1.0", "scatters = [0.1", &["counts.scatters", "0.1 is out of bounds"]);
    check("forecast.toml", "projects = 12\n", "", &["line ", "missing field `projects`"]);
    let scoring = "scoring-2022.toml";
    check(scoring, "decimals = 2", "decimal = 2", &["line ", "unknown field `decimal`"]);
    check(scoring, "year = 2022", "year = 2021", &["year", "2021"]);
    check(scoring, "weight = 25", "weight = 24", &["level city", "add up to 99, not to 100"]);
    check(scoring, "cap_percent = 120", "cap = 120", &["line ", "unknown field `cap`"]);
    check(scoring, "kind = \"ratio\"", "kind = \"root\"", &["line ", "unknown variant `root`"]);
    check(scoring, "input = \"paid_in\"", "input = \"tax_refund\"", &["indicator paid_in", "tax refunds and subsidies"]);
    check(scoring, "input = \"paid_in\"", "input = \"subsidy\"", &["indicator paid_in", "tax refunds and subsidies"]);
    check(scoring, "name = \"到位资金\"", "name = \"财政补贴\"", &["indicator paid_in", "fair-competition"]);
    check(scoring, "input = \"paid_in\"", "input = \"paid\"", &["indicator paid_in", "no metric \"paid\""]);
    check(scoring, "{ input = \"signed.ge10\"", "{ input = \"signed.ge11\"", &["indicator large", "no band \"ge11\""]);
    check(scoring, "\"lieshan\"]", "\"lieshn\"]", &["group districts", "lieshn"]);
    check(scoring, ", \"lieshan\"]", "]", &["level city", "lieshan stands in no group"]);
    check(scoring, "[\"gaoxin\", ", "[\"gaoxin\", \"suixi\", ", &["group parks", "suixi stands in districts already"]);
    check(scoring, "of = \"suixi\"", "of = \"suxi\"", &["level suixi", "no carrier \"suxi\""]);
    check(scoring, "id = \"baishan-zhen\"", "id = \"gaoxin\"", &["level suixi", "unit gaoxin is known already"]);
    check(scoring, "percent = 30", "percent = 40", &["indicator peers", "add up to 110"]);
    check(scoring, "least = 90", "least = 70", &["grade good", "never be reached"]);
    check(scoring, "effect = \"zero\"", "effect = \"none\"", &["line ", "none"]);
    check(scoring, "version = \"2022-示例-1\"", "version = \" \"", &["version", "cannot be printed"]);
    check(scoring, "part = \"land\"\ncounts = false", "part = \"land\"\ncounts = true", &["recognition", "price of land counts"]);
    // Codes.
    check("codes/industries.csv", "C,1,", "C,one,", &["expected `code,level,name,parent`"]);
    check("codes/workdays.csv", ",off,", ",free,", &["free"]);
    check("codes/exchange-rates.csv", "CNY,6.7696", "CNY,zero", &["zero"]);
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn a_missing_file_is_named() {
    for missing in ["cities/huaibei/bands.toml", "cities/huaibei/forecast.toml"] {
        let read = |path: &str| {
            if path == missing {
                return Err(std::io::Error::from(std::io::ErrorKind::NotFound));
            }
            std::fs::read_to_string(data().join(path))
        };
        let error = City::load(&read, "cities/huaibei").unwrap_err();
        assert_eq!(error.file, missing);
        assert!(error.problem.contains("cannot be read"), "{error}");
    }
}

#[test]
fn a_year_without_scoring_rules_is_not_scored() {
    let load = |kind: std::io::ErrorKind| {
        let read = move |path: &str| match path {
            "cities/huaibei/scoring-2022.toml" => Err(std::io::Error::from(kind)),
            other => std::fs::read_to_string(data().join(other)),
        };
        City::load(&read, "cities/huaibei")
    };
    let city = load(std::io::ErrorKind::NotFound).unwrap();
    assert!(city.scorings.is_empty() && city.scoring_of(2022).is_none());
    let error = load(std::io::ErrorKind::PermissionDenied).unwrap_err();
    assert_eq!(error.file, "cities/huaibei/scoring-2022.toml", "a file that is there must be readable");
    let other = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/end_to_end/second_city");
    let read = |path: &str| match path.strip_prefix("cities/luan/") {
        Some(form) if ["sheets.toml", "filing.toml"].contains(&form) => std::fs::read_to_string(data().join("cities/huaibei").join(form)),
        Some(file) => std::fs::read_to_string(other.join(file)),
        None => std::fs::read_to_string(data().join(path)),
    };
    let second = City::load(&read, "cities/luan").unwrap();
    assert_eq!((second.profile.name.as_str(), second.scorings.len()), ("六安市", 0));
}

#[test]
fn the_fingerprint_follows_every_file_that_figures_depend_on() {
    let before = city().fingerprint();
    assert_eq!(before, city().fingerprint());
    let edited = load_with("light.toml", "red_above = 30.0", "red_above = 31.0").unwrap();
    assert_ne!(before, edited.fingerprint());
    let edited = load_with("regions.toml", "沪苏浙", "苏浙沪").unwrap();
    assert_ne!(before, edited.fingerprint());
    // What rules the desk changes no figure and builds nothing anew.
    let edited = load_with("procedure.toml", "0561-3000000", "0561-3000001").unwrap();
    assert_eq!(before, edited.fingerprint());
    assert_eq!(edited.procedure.contact.phone, "0561-3000001");
    let edited = load_with("forecast.toml", "draws = 2000", "draws = 3000").unwrap();
    assert_eq!((&before, edited.forecast.draws), (&edited.fingerprint(), 3000));
    let edited = load_with("scoring-2022.toml", "2022-示例-1", "2022-示例-2").unwrap();
    assert_eq!(before, edited.fingerprint());
    assert_eq!(edited.scorings[0].version, "2022-示例-2");
}
