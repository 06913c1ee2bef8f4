//! The published sentences word by word, and every edge of the wording.

mod laws;
mod templates;

use chrono::NaiveDate;

use super::*;
use crate::pace::linear_on;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn bulletin(on: &str, sections: Vec<Section>) -> Bulletin {
    Bulletin {
        head: Head { on: day(on), basis: "亿元以上工业项目，按认定日期".into(), source: "市投资促进中心".into() },
        whole: "全市".into(),
        project_word: "工业项目".into(),
        words: LightWords {
            green: "正常".into(), slightly_behind: "略低于序时".into(), yellow: "黄灯".into(), red: "红灯".into()
        },
        sections,
    }
}

fn section(metric: Metric, figures: Figures) -> Section {
    Section { metric, band: None, figures, carriers: Vec::new(), chains: Vec::new(), regions: Vec::new() }
}

fn figures(on: &str, done: i64, target: Option<i64>, before: Option<i64>) -> Figures {
    Figures { done, target, pace: linear_on(day(on), 2022), before }
}

fn progress(on: &str, metric: Metric, done: i64, target: Option<i64>, before: Option<i64>) -> String {
    let told = bulletin(on, vec![section(metric, figures(on, done, target, before))]);
    let sentences = told.sentences();
    assert_eq!(sentences.len(), 1);
    sentences[0].text.clone()
}

/// 淮北日报 2022-07-06.
#[test]
fn the_published_sentences() {
    let check = |metric, done, target, before, expect: &str| {
        assert_eq!(progress("2022-05-31", metric, done, Some(target), Some(before)), expect);
    };
    let signed = "1—5月，全市新签约工业项目188个，完成年度目标任务310个的60.6%，高于序时进度19.0个百分点；同比增长208.2%。";
    check(Metric::Signed, 188, 310, 61, signed);
    let started = "1—5月，全市新开工工业项目92个，完成年度目标任务225个的40.9%，低于序时进度0.8个百分点；同比增长135.9%。";
    check(Metric::Started, 92, 225, 39, started);
    let completed = "1—5月，全市新竣工工业项目98个，完成年度目标任务175个的56.0%，高于序时进度14.3个百分点；同比增长250.0%。";
    check(Metric::Completed, 98, 175, 28, completed);
    // 63.4 of 165 is 38.42 %, 3.24 points behind; 63.4 of 60 is 5.67 % more.
    let fixed = "1—5月，全市完成固定资产投资63.4亿元，完成年度目标任务165亿元的38.4%，低于序时进度3.2个百分点；同比增长5.7%。";
    check(Metric::FixedAssets, 6_340_000_000, 16_500_000_000, 6_000_000_000, fixed);
}

#[test]
fn periods_are_named_as_people_do() {
    let check = |on: &str, expect: &str| assert_eq!(Period::year_until(day(on)).words(), expect, "{on}");
    check("2022-01-31", "1月");
    check("2022-02-28", "1—2月");
    check("2024-02-28", "1月1日至2月28日");
    check("2022-12-31", "全年");
    check("2022-12-30", "1月1日至12月30日");
    check("2022-01-13", "1月1日至13日");
    check("2022-01-01", "1月1日");
    let year_before = Period::year_until(day("2024-02-29")).year_earlier();
    assert_eq!((year_before.from, year_before.to), (day("2023-01-01"), day("2023-02-28")));
}

#[test]
fn edges_of_progress() {
    let check = |on: &str, done, target, before, expect: &str| {
        assert_eq!(progress(on, Metric::Signed, done, target, before), expect);
    };
    check("2022-05-31", 5, None, None, "1—5月，全市新签约工业项目5个。");
    check("2022-05-31", 5, Some(0), Some(0), "1—5月，全市新签约工业项目5个，去年同期无。");
    check("2022-05-31", 5, None, Some(5), "1—5月，全市新签约工业项目5个，与去年同期持平。");
    check("2022-01-31", 1, Some(12), Some(2), "1月，全市新签约工业项目1个，完成年度目标任务12个的8.3%，与序时进度持平；同比下降50.0%。");
    check("2022-12-31", 12, Some(10), None, "全年，全市新签约工业项目12个，完成年度目标任务10个的120.0%，高于序时进度20.0个百分点。");
    check("2022-05-31", 10_001, None, Some(10_000), "1—5月，全市新签约工业项目10,001个，与去年同期基本持平。");
    let amount = |done| progress("2022-05-31", Metric::FixedAssets, done, None, None);
    assert_eq!(amount(345_600_000), "1—5月，全市完成固定资产投资3.46亿元。");
    assert_eq!(amount(500_000), "1—5月，全市完成固定资产投资50万元。");
    let band = BandName { id: "ge10".into(), name: "10亿元以上".into() };
    let large = Section { band: Some(band), ..section(Metric::Signed, figures("2022-05-31", 12, None, None)) };
    let sentence = bulletin("2022-05-31", vec![large]).sentences().remove(0);
    assert_eq!(sentence.text, "1—5月，全市新签约10亿元以上工业项目12个。");
    assert_eq!(sentence.links[0].to.band.as_deref(), Some("ge10"));
}

fn carrier(name: &str, done: i64, target: Option<i64>, light: Option<Light>) -> CarrierFigures {
    CarrierFigures { id: format!("id-{name}"), name: name.into(), figures: figures("2022-05-31", done, target, None), light }
}

fn with_carriers(carriers: Vec<CarrierFigures>) -> Vec<Sentence> {
    let whole = section(Metric::Signed, figures("2022-05-31", 188, None, None));
    bulletin("2022-05-31", vec![Section { carriers, ..whole }]).sentences()
}

#[test]
fn ranks_name_ties_together_and_nobody_twice() {
    let rank = |rows: &[(&str, i64, Option<i64>)]| {
        let carriers = rows.iter().map(|(name, done, target)| carrier(name, *done, *target, None)).collect();
        with_carriers(carriers).get(1).map(|sentence| sentence.text.clone())
    };
    // 52/78 = 66.7, 26/52 = 50, 23/46 = 50, 10/46 = 21.7, 42/56 = 75, 16/32 = 50: three share the third place.
    let six = [
        ("濉溪县", 52, Some(78)),
        ("相山区", 26, Some(52)),
        ("杜集区", 23, Some(46)),
        ("烈山区", 10, Some(46)),
        ("市高新区", 42, Some(56)),
        ("煤化工基地", 16, Some(32)),
        ("未下达", 9, None),
    ];
    let expect = "新签约工业项目完成率排名前三位的是市高新区（75.0%）、濉溪县（66.7%）、相山区、杜集区、煤化工基地（并列，50.0%）；最后一位的是烈山区（21.7%）。";
    assert_eq!(rank(&six).as_deref(), Some(expect));
    let four = [("甲", 1, Some(3)), ("乙", 3, Some(3)), ("丙", 2, Some(3)), ("丁", 0, Some(3))];
    let expect = "新签约工业项目完成率排名前两位的是乙（100.0%）、丙（66.7%）；后两位的是甲（33.3%）、丁（0.0%）。";
    assert_eq!(rank(&four).as_deref(), Some(expect));
    let expect = "新签约工业项目完成率排名第一位的是乙（100.0%）；最后一位的是甲（33.3%）。";
    assert_eq!(rank(&four[..2]).as_deref(), Some(expect));
    assert_eq!(rank(&four[..3]).as_deref(), Some(expect), "the one in the middle is neither");
    assert_eq!(rank(&four[..1]), None);
    let even = [("甲", 1, Some(3)), ("乙", 2, Some(6))];
    assert_eq!(rank(&even).as_deref(), Some("新签约工业项目完成率各单位均为33.3%。"));
}

#[test]
fn lights_are_told_with_their_distance() {
    let lights = |carriers| with_carriers(carriers).last().map(|sentence| sentence.text.clone()).unwrap();
    // 10/46 = 21.7 is 19.9 behind 41.67; 3/46 = 6.5 is 35.1 behind; 1/4 = 25 is 16.7 behind.
    let said = lights(vec![
        carrier("相山区", 10, Some(46), Some(Light::Yellow)),
        carrier("烈山区", 3, Some(46), Some(Light::Red)),
        carrier("濉溪县", 78, Some(78), Some(Light::Green)),
        carrier("杜集区", 1, Some(4), Some(Light::Yellow)),
        carrier("未下达", 1, None, None),
    ]);
    let expect = "新签约工业项目进度：亮红灯的单位1个：烈山区（低于序时进度35.1个百分点）；亮黄灯的单位2个：相山区（低于序时进度19.9个百分点）、杜集区（低于序时进度16.7个百分点）。";
    assert_eq!(said, expect);
    let all_well = lights(vec![carrier("濉溪县", 78, Some(78), Some(Light::Green))]);
    assert_eq!(all_well, "新签约工业项目进度：各单位均未亮红灯、黄灯。");
    assert_eq!(with_carriers(vec![carrier("未下达", 1, None, None)]).len(), 1);
}

#[test]
fn chains_and_regions_have_shares() {
    let chain = |name: &str, done| ChainFigures { id: format!("id-{name}"), name: name.into(), done };
    let region = |name: &str, done, before: Option<(i64, i64)>| RegionFigures {
        id: format!("id-{name}"),
        name: name.into(),
        done,
        before: before.map(|(part, whole)| PartBefore { part, whole }),
    };
    let whole = section(Metric::Signed, figures("2022-05-31", 188, None, Some(61)));
    let told = |chains, regions| bulletin("2022-05-31", vec![Section { chains, regions, ..whole.clone() }]).sentences();
    // 35/188 = 18.6, 30/188 = 16.0; 120/188 = 63.83 against 35/61 = 57.38: 6.5 points; 20/188 = 10.64 against 24.59.
    let sentences = told(
        vec![chain("绿色食品", 30), chain("铝基", 35), chain("精细化工", 30), chain("新型建材", 1), chain("电子信息", 0)],
        vec![
            region("沪苏浙", 120, Some((35, 61))),
            region("珠三角", 20, Some((15, 61))),
            region("境外", 0, Some((0, 61))),
            region("京津冀", 2, None),
        ],
    );
    assert_eq!(sentences[1].text, "新签约工业项目按产业链分，居前三位的是铝基35个（占18.6%）、绿色食品、精细化工各30个（各占16.0%）。");
    let expect = "新签约工业项目中，来自沪苏浙的120个，占63.8%，比去年同期提高6.5个百分点；来自珠三角的20个，占10.6%，比去年同期回落14.0个百分点；来自境外的0个，占0.0%，与去年同期持平；来自京津冀的2个，占1.1%。";
    assert_eq!(sentences[2].text, expect);
    assert_eq!(sentences[2].links[0].to.region_group.as_deref(), Some("id-沪苏浙"));
    assert_eq!(told(vec![chain("电子信息", 0)], Vec::new()).len(), 1);
    assert_eq!(told(vec![chain("铝基", 2), chain("电子信息", 0)], Vec::new())[1].text, "新签约工业项目按产业链分，仅有铝基2个（占1.1%）。");
}

#[test]
fn heads_and_links() {
    let told = bulletin("2022-05-31", vec![section(Metric::Signed, figures("2022-05-31", 188, Some(310), Some(61)))]);
    let expect = [("截至日期", "2022年5月31日"), ("口径", "亿元以上工业项目，按认定日期"), ("单位", "个"), ("数据来源", "市投资促进中心")];
    assert_eq!(told.head_facts(), expect.map(|(label, text)| (label, text.to_owned())));
    assert_eq!(told.head.facts(&Metric::ALL)[2], ("单位", "个、亿元".to_owned()));
    let sentence = told.sentences().remove(0);
    let linked: Vec<_> = sentence.pieces().into_iter().filter_map(|(text, to)| Some((text, to?.period))).collect();
    let this_year = Period { from: day("2022-01-01"), to: day("2022-05-31") };
    assert_eq!(linked, [("188个", this_year), ("同比增长208.2%", this_year.year_earlier())]);
    let whole: String = sentence.pieces().into_iter().map(|(text, _)| text).collect();
    assert_eq!(whole, sentence.text);
}
