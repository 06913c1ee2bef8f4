//! Duplicates by invented pairs: what must be found, what must not, how often each goes wrong, and laws of the index.
#![allow(clippy::unwrap_used)]

use chrono::NaiveDate;
use proptest::prelude::*;
use qunlian_domain::catalogue::City;
use qunlian_domain::credit_code::CreditCode;
use qunlian_domain::duplicate::{Candidate, DuplicateIndex, Finding, Known, Noise, Verdict};
use qunlian_domain::procedure::DuplicateLimits;

fn city() -> City {
    let data = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data");
    City::load(&|path| std::fs::read_to_string(data.join(path)), "cities/huaibei").unwrap()
}

/// What a pair is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Truth {
    /// The same project, typed twice.
    Same,
    Duplicate,
    Different,
    OtherPhase,
}

/// Name, investor, number of the firm (0: no code), agreed 万元 (0: none).
type Side = (&'static str, &'static str, u32, i64);

use Truth::{Different, Duplicate, OtherPhase, Same};

#[rustfmt::skip]
const PAIRS: &[(Truth, Side, Side)] = &[
    // Typed anew: width, spaces, brackets.
    (Same, ("年产5万吨铝箔坯料项目", "安徽示例铝业有限公司", 1, 50_000), ("年产５万吨 铝箔坯料项目", "安徽示例铝业有限公司 ", 1, 50_000)),
    (Same, ("智能仓储装备项目（一期）", "上海甲乙智能科技有限公司", 2, 12_000), ("智能仓储装备项目(一期)", "上海甲乙智能科技有限公司", 0, 0)),
    (Same, ("中药饮片加工项目", "亳州丙丁药业有限公司", 3, 8_000), ("中药饮片加工项目", "丙丁药业淮北子公司", 3, 9_000)),
    (Same, ("装配式建筑构件项目", "", 0, 20_000), ("装配式建筑构件项目", "", 0, 0)),
    (Same, ("高端轴承项目（二期）", "宁波戊己轴承有限公司", 4, 30_000), ("高端轴承项目（二期）", "宁波戊己轴承有限公司", 4, 30_000)),
    // The same project in other words.
    (Duplicate, ("年产3万吨高精度电子铝箔项目", "江苏庚辛铝业股份有限公司", 11, 100_000), ("高精度电子铝箔生产线建设项目", "江苏庚辛铝业股份有限公司", 11, 100_000)),
    (Duplicate, ("淮北市濉溪县新型墙体材料项目", "徐州壬癸建材有限公司", 0, 15_000), ("新型墙体材料生产项目", "徐州壬癸建材有限公司", 0, 15_000)),
    (Duplicate, ("年产10万吨再生铝合金锭项目", "浙江子丑金属有限公司", 13, 60_000), ("年产12万吨再生铝合金锭项目", "浙江子丑金属有限公司", 13, 66_000)),
    (Duplicate, ("锂电池铝塑膜项目", "深圳寅卯新材料有限公司", 14, 80_000), ("锂电池铝塑膜生产基地项目", "寅卯新材料（淮北）有限公司", 0, 80_000)),
    (Duplicate, ("新能源汽车轻量化底盘零部件项目", "重庆辰巳汽车部件有限公司", 15, 52_000), ("新能源汽车底盘轻量化零部件项目", "重庆辰巳汽车部件有限公司", 15, 52_000)),
    (Duplicate, ("可降解塑料制品项目", "广东午未环保科技有限公司", 16, 31_000), ("年产2万吨可降解塑料制品生产项目", "广东午未环保科技有限公司", 16, 30_000)),
    (Duplicate, ("烈山区休闲食品产业园项目", "福建申酉食品集团有限公司", 17, 120_000), ("申酉休闲食品产业园", "福建申酉食品集团有限公司", 17, 120_000)),
    (Duplicate, ("医用防护用品项目", "苏州戌亥医疗器械有限公司", 18, 11_000), ("医用防护用品生产项目（一期）", "苏州戌亥医疗器械有限公司", 18, 11_000)),
    (Duplicate, ("高性能碳纤维复合材料项目", "上海天干材料科技有限公司", 19, 150_000), ("高性能碳纤维复合材料制品项目", "上海天干材料科技有限公司", 19, 145_000)),
    (Duplicate, ("智能手机盖板玻璃项目", "东莞地支光电有限公司", 20, 70_000), ("手机盖板玻璃项目", "东莞地支光电有限公司", 20, 70_000)),
    (Duplicate, ("年产500万件铝合金压铸件项目", "宁波甲子压铸有限公司", 21, 22_000), ("铝合金压铸件项目", "宁波甲子压铸有限公司", 0, 0)),
    (Duplicate, ("年产五万吨生物基尼龙项目", "山东乙丑化工有限公司", 22, 98_000), ("5万吨/年生物基尼龙项目", "山东乙丑化工有限公司", 22, 98_000)),
    (Duplicate, ("光伏组件项目", "无锡丙寅新能源有限公司", 23, 300_000), ("3GW光伏组件项目", "无锡丙寅新能源有限公司", 23, 300_000)),
    (Duplicate, ("冷链物流中心项目", "丁卯供应链管理（上海）有限公司", 24, 26_000), ("冷链物流中心工程", "丁卯供应链管理(上海)有限公司", 24, 26_000)),
    (Duplicate, ("杜集区纺织服装项目", "江苏戊辰纺织有限公司", 25, 18_000), ("纺织服装项目", "江苏戊辰纺织有限公司", 25, 18_000)),
    (Duplicate, ("矿山智能装备制造项目", "郑州己巳机械股份有限公司", 26, 45_000), ("矿山智能化装备制造项目", "郑州己巳机械股份有限公司", 26, 45_000)),
    (Duplicate, ("芳烃新材料项目", "南京庚午化工有限公司", 27, 210_000), ("淮北芳烃新材料一体化项目", "南京庚午化工有限公司", 27, 210_000)),
    (Duplicate, ("预制菜加工项目", "合肥辛未食品有限公司", 28, 12_500), ("预制菜中央厨房加工项目", "合肥辛未食品有限公司", 28, 12_500)),
    (Duplicate, ("半导体封装测试项目", "壬申微电子（苏州）有限公司", 29, 160_000), ("半导体封装测试项目", "安徽壬申微电子有限公司", 0, 160_000)),
    (Duplicate, ("陶铝活塞项目", "上海癸酉新材料科技有限公司", 30, 56_000), ("年产200万只陶铝活塞项目", "上海癸酉新材料科技有限公司", 0, 56_000)),
    (Duplicate, ("数据线缆项目", "东莞甲戌线缆有限公司", 31, 9_800), ("高速数据线缆项目", "东莞甲戌线缆有限公司", 31, 9_800)),
    (Duplicate, ("玄武岩纤维项目", "四川乙亥纤维有限公司", 32, 34_000), ("玄武岩连续纤维及制品项目", "四川乙亥纤维有限公司", 32, 34_000)),
    (Duplicate, ("铝板带箔深加工", "河南丙子铝材有限公司", 33, 88_000), ("高精铝板带箔深加工项目", "河南丙子铝材有限公司", 33, 88_000)),
    (Duplicate, ("氢能装备项目", "北京丁丑氢能科技有限公司", 0, 110_000), ("氢能装备制造项目", "北京丁丑氢能科技有限公司", 0, 110_000)),
    (Duplicate, ("绿色包装项目", "戊寅包装股份有限公司", 35, 27_000), ("绿色包装智能工厂项目", "戊寅包装集团股份有限公司", 35, 27_000)),
    (Duplicate, ("年产30万吨甲醇制烯烃项目", "陕西己卯能源化工有限公司", 36, 520_000), ("甲醇制烯烃项目", "陕西己卯能源化工有限公司", 36, 500_000)),
    (Duplicate, ("食品级二氧化碳项目", "杭州庚辰气体有限公司", 37, 10_200), ("10万吨食品级液体二氧化碳项目", "杭州庚辰气体有限公司", 37, 10_200)),
    (Duplicate, ("汽车内饰件项目", "长春辛巳汽车内饰有限公司", 38, 19_000), ("安徽辛巳汽车内饰件项目", "长春辛巳汽车内饰有限公司", 38, 19_000)),
    // One investor, different works.
    (Different, ("年产5万吨铝型材项目", "佛山壬午铝业有限公司", 51, 40_000), ("职工公寓及配套服务项目", "佛山壬午铝业有限公司", 51, 12_000)),
    (Different, ("方便面生产线项目", "福建癸未食品有限公司", 52, 25_000), ("调味品加工项目", "福建癸未食品有限公司", 52, 13_000)),
    (Different, ("锂电池隔膜项目", "深圳甲申新能源有限公司", 53, 150_000), ("储能电站项目", "深圳甲申新能源有限公司", 53, 60_000)),
    (Different, ("中药提取物项目", "亳州乙酉药业有限公司", 54, 18_000), ("医药冷链仓储项目", "亳州乙酉药业有限公司", 54, 11_000)),
    (Different, ("石膏板项目", "北京丙戌建材有限公司", 55, 33_000), ("岩棉保温板项目", "北京丙戌建材有限公司", 55, 21_000)),
    (Different, ("聚乳酸项目", "上海丁亥生物科技有限公司", 56, 90_000), ("生物酶制剂项目", "上海丁亥生物科技有限公司", 56, 15_000)),
    (Different, ("智能机器人本体项目", "沈阳戊子机器人有限公司", 57, 70_000), ("减速器项目", "沈阳戊子机器人有限公司", 57, 30_000)),
    // One product, different investors.
    (Different, ("年产5万吨铝箔项目", "安徽己丑铝业有限公司", 61, 50_000), ("年产5万吨铝箔项目", "江苏庚寅金属有限公司", 62, 80_000)),
    (Different, ("新能源汽车零部件项目", "上海辛卯汽车零部件有限公司", 63, 35_000), ("新能源汽车零部件项目", "重庆壬辰机械有限公司", 64, 90_000)),
    (Different, ("铝合金门窗项目", "山东癸巳门窗有限公司", 65, 12_000), ("铝合金门窗项目", "广东甲午幕墙有限公司", 0, 30_000)),
    (Different, ("面粉加工项目", "河南乙未面业有限公司", 66, 11_000), ("面粉加工项目", "河北丙申粮油有限公司", 67, 26_000)),
    (Different, ("服装加工项目", "常熟丁酉服饰有限公司", 68, 10_000), ("服装加工项目", "石狮戊戌服装有限公司", 69, 22_000)),
    (Different, ("装备制造产业园项目", "南京己亥实业有限公司", 70, 100_000), ("装备制造产业园项目", "杭州庚子控股集团有限公司", 71, 210_000)),
    (Different, ("碳素新材料项目", "华锐辛丑碳素有限公司", 72, 44_000), ("碳素新材料项目", "华新壬寅碳素有限公司", 73, 15_000)),
    (Different, ("汽车线束项目", "昆山癸卯电子有限公司", 74, 16_000), ("汽车线束项目", "苏州甲辰汽车电子有限公司", 75, 35_000)),
    (Different, ("改性塑料项目", "东莞乙巳塑胶有限公司", 76, 21_000), ("改性塑料项目", "宁波丙午高分子材料有限公司", 77, 65_000)),
    // Neither.
    (Different, ("肉鸭养殖加工项目", "山东丁未农牧有限公司", 78, 13_000), ("鸭绒制品项目", "六安戊申羽绒有限公司", 79, 12_000)),
    (Different, ("铝灰综合利用项目", "河南己酉环保有限公司", 80, 17_000), ("铝箔综合利用项目", "安徽庚戌再生资源有限公司", 81, 14_000)),
    (Different, ("电子信息产业园", "深圳辛亥投资有限公司", 82, 200_000), ("电子信息材料项目", "合肥壬子电子材料有限公司", 83, 60_000)),
    (Different, ("白酒酿造项目", "安徽癸丑酒业有限公司", 84, 30_000), ("白酒包装项目", "四川甲寅包装有限公司", 85, 11_000)),
    (Different, ("5G智能终端项目", "深圳乙卯通信有限公司", 86, 50_000), ("5G基站配套项目", "南京丙辰通信技术有限公司", 87, 28_000)),
    (Different, ("医药中间体项目", "台州丁巳医药有限公司", 88, 42_000), ("农药中间体项目", "盐城戊午农化有限公司", 89, 38_000)),
    (Different, ("煤矸石制砖项目", "淮北己未建材有限公司", 90, 10_500), ("煤矸石发电项目", "北京庚申电力有限公司", 91, 120_000)),
    (Different, ("示范养老服务中心项目", "上海辛酉养老服务有限公司", 92, 18_000), ("智慧养老产品项目", "广州壬戌科技有限公司", 93, 11_000)),
    // Other phases of one contract.
    (OtherPhase, ("铝基新材料项目（一期）", "浙江癸亥铝业有限公司", 101, 100_000), ("铝基新材料项目（二期）", "浙江癸亥铝业有限公司", 101, 60_000)),
    (OtherPhase, ("年产3万吨包装纸项目", "山东一甲纸业有限公司", 102, 40_000), ("年产5万吨包装纸二期项目", "山东一甲纸业有限公司", 102, 55_000)),
    (OtherPhase, ("精密铸件项目", "江苏二乙铸造有限公司", 103, 30_000), ("精密铸件项目第三期", "江苏二乙铸造有限公司", 103, 20_000)),
    (OtherPhase, ("电池结构件项目", "深圳三丙精密股份有限公司", 104, 80_000), ("电池结构件项目（Ⅱ期）", "深圳三丙精密股份有限公司", 0, 90_000)),
    (OtherPhase, ("生物质能源项目", "武汉四丁能源有限公司", 105, 25_000), ("生物质能源扩建项目", "武汉四丁能源有限公司", 105, 10_000)),
    (OtherPhase, ("特种玻璃项目(二期)", "湖北五戊玻璃有限公司", 106, 37_000), ("特种玻璃项目(三期)", "湖北五戊玻璃有限公司", 106, 39_000)),
    (OtherPhase, ("饮料灌装项目", "杭州六己饮品有限公司", 107, 28_000), ("饮料灌装生产线技改项目", "杭州六己饮品有限公司", 107, 12_000)),
    (OtherPhase, ("环保滤材项目（一）", "厦门七庚滤材有限公司", 108, 16_000), ("环保滤材项目（二）", "厦门七庚滤材有限公司", 108, 16_000)),
    // Hard ones, of which some are judged wrongly: other words for one thing, one firm's neighbouring products.
    (Duplicate, ("新能源电池铝壳项目", "宁德十癸精工有限公司", 120, 50_000), ("动力电池壳体项目", "宁德十癸精工有限公司", 120, 50_000)),
    (Duplicate, ("智慧冷链园项目", "上海百子供应链有限公司", 0, 30_000), ("智慧冷链物流园项目", "上海百子供应链有限公司", 0, 32_000)),
    (Duplicate, ("高端铝合金轮毂项目", "秦皇岛千丑轮毂有限公司", 122, 66_000), ("千丑轮毂项目", "安徽千丑轮毂有限公司", 0, 66_000)),
    (Duplicate, ("农产品精深加工项目", "山东兆寅农业有限公司", 124, 21_000), ("果蔬精深加工项目", "山东兆寅农业有限公司", 124, 21_000)),
    (Different, ("动力电池支架项目", "宁波万寅精密有限公司", 123, 30_000), ("动力电池托盘项目", "宁波万寅精密有限公司", 123, 28_000)),
    (Different, ("再生铝项目", "河南亿卯金属有限公司", 125, 60_000), ("再生铜项目", "河南亿卯金属有限公司", 125, 45_000)),
    (Different, ("聚酯薄膜项目", "绍兴京辰薄膜有限公司", 126, 80_000), ("聚丙烯薄膜项目", "绍兴京巳薄膜有限公司", 127, 75_000)),
    // A second phase of somebody else's works is nothing to us.
    (Different, ("铝制家具项目", "佛山八辛家具有限公司", 109, 14_000), ("铝制家具项目二期", "成都九壬家居有限公司", 110, 23_000)),
];

fn code(firm: u32) -> String {
    if firm == 0 {
        return String::new();
    }
    let body: [u8; 8] = format!("MA2N{firm:04}").into_bytes().try_into().unwrap();
    CreditCode::from_parts('9', '1', "340600", &body).unwrap().to_string()
}

fn known(id: String, side: &Side) -> Known {
    Known {
        id,
        name: side.0.to_owned(),
        investor: side.1.to_owned(),
        credit_code: code(side.2),
        agreed_yuan: (side.3 > 0).then_some(side.3 * 10_000),
        carrier_id: "suixi".to_owned(),
        reported_on: NaiveDate::from_ymd_opt(2022, 3, 1).unwrap(),
    }
}

const LIMITS: DuplicateLimits = DuplicateLimits { likely_percent: 74, most_shown: 5 };

fn find<'k>(index: &'k DuplicateIndex, side: &Side, limits: &DuplicateLimits) -> Vec<Finding<'k>> {
    let credit_code = code(side.2);
    let agreed_yuan = (side.3 > 0).then_some(side.3 * 10_000);
    index.find(&Candidate { own_id: "", name: side.0, investor: side.1, credit_code: &credit_code, agreed_yuan }, limits)
}

fn index_of(pairs: &[(Truth, Side, Side)]) -> DuplicateIndex {
    let sides = pairs.iter().enumerate().map(|(at, (_, first, _))| known(format!("p{at}"), first));
    DuplicateIndex::new(Noise::of(&city()), sides)
}

/// Every second side is asked of an index of all first sides, so each pair is also a trap for all others.
#[test]
fn invented_pairs_are_told_apart() {
    assert!(PAIRS.len() >= 60);
    let limits = city().procedure.duplicates;
    assert_eq!(limits, LIMITS, "the shipped limits are those measured here");
    let index = index_of(PAIRS);
    let (mut right, mut wrong, mut missed) = (0, Vec::new(), Vec::new());
    for (at, (truth, _, second)) in PAIRS.iter().enumerate() {
        let findings = find(&index, second, &limits);
        let own = findings.iter().find(|finding| finding.known.id == format!("p{at}"));
        for finding in &findings {
            let its_own = finding.known.id == format!("p{at}");
            if finding.verdict == Verdict::Likely && !(its_own && *truth == Duplicate) {
                wrong.push(format!("{} ~ {}: {:.2} {:?}", second.0, finding.known.name, finding.score, finding.reasons));
            }
        }
        match (truth, own.map(|finding| finding.verdict)) {
            (Duplicate, Some(Verdict::Likely)) => right += 1,
            (Duplicate, None) => missed.push(second.0),
            (Same, Some(Verdict::Same)) | (OtherPhase, Some(Verdict::OtherPhase)) | (Different, _) => {}
            (truth, verdict) => panic!("{} is {truth:?}, judged {verdict:?}", second.0),
        }
    }
    let precision = f64::from(right) / (f64::from(right) + wrong.len() as f64);
    let recall = f64::from(right) / (f64::from(right) + missed.len() as f64);
    assert!(precision >= 0.9, "precision {precision:.3}: {wrong:#?}");
    assert!(recall >= 0.9, "recall {recall:.3}: {missed:#?}");
}

#[test]
fn reasons_are_words_for_people() {
    let index = index_of(PAIRS);
    let check = |at: usize, verdict: Verdict, expect: &[&str]| {
        let findings = find(&index, &PAIRS[at].2, &LIMITS);
        let reasons: Vec<&str> = findings[0].reasons.iter().map(String::as_str).collect();
        assert_eq!((findings[0].verdict, reasons.as_slice()), (verdict, expect), "{}", PAIRS[at].2.0);
    };
    check(0, Verdict::Same, &["统一社会信用代码相同", "项目名称相同", "投资方相同", "协议投资额相同（5亿元）", "已于2022年3月1日首报"]);
    check(
        7,
        Verdict::Likely,
        &["统一社会信用代码相同", "项目名称去掉地名、规模和期次后相同", "投资方相同", "协议投资额相近", "已于2022年3月1日首报"],
    );
    let phase = PAIRS.iter().position(|(truth, _, _)| *truth == OtherPhase).unwrap();
    check(
        phase,
        Verdict::OtherPhase,
        &[
            "统一社会信用代码相同",
            "项目名称去掉地名、规模和期次后相同",
            "投资方相同",
            "期次不同（二期与一期）",
            "同一合同内的后续期次不重复计算签约",
        ],
    );
    assert_eq!((Verdict::Likely.id(), Verdict::Likely.name()), ("likely", "疑似重复"));
}

#[test]
fn an_index_keeps_up_with_the_books() {
    let mut index = index_of(&PAIRS[..3]);
    let asked = &PAIRS[0].2;
    assert_eq!((index.len(), find(&index, asked, &LIMITS).len()), (3, 1));
    // What is filed is not its own duplicate.
    let own = Candidate { own_id: "p0", name: asked.0, investor: asked.1, ..Candidate::default() };
    assert_eq!(index.find(&own, &LIMITS), []);
    let mut renamed = known("p0".to_owned(), &PAIRS[0].1);
    renamed.name = "冷却塔填料项目".to_owned();
    index.insert(renamed);
    assert_eq!((index.len(), find(&index, asked, &LIMITS).len()), (3, 0));
    index.remove("p1");
    index.remove("p1");
    assert_eq!(index.len(), 2);
    assert!(!index.is_empty() && DuplicateIndex::default().is_empty());
    assert_eq!(find(&index, &("", "", 0, 0), &LIMITS), []);
}

#[test]
fn the_most_pressing_come_first_and_few() {
    let mut pairs: Vec<Known> = (0..9).map(|at| known(format!("p{at}"), &PAIRS[5].1)).collect();
    pairs[7].reported_on = NaiveDate::from_ymd_opt(2022, 1, 1).unwrap();
    pairs[8].name = PAIRS[5].2.0.to_owned();
    let index = DuplicateIndex::new(Noise::of(&city()), pairs);
    let found: Vec<(Verdict, &str)> =
        find(&index, &PAIRS[5].2, &LIMITS).iter().map(|finding| (finding.verdict, finding.known.id.as_str())).collect();
    let likely = Verdict::Likely;
    assert_eq!(found, [(Verdict::Same, "p8"), (likely, "p7"), (likely, "p0"), (likely, "p1"), (likely, "p2")]);
}

fn any_side() -> impl Strategy<Value = (String, String, Option<i64>)> {
    let word = prop::sample::select(vec![
        "铝箔",
        "年产5万吨",
        "二期",
        "（",
        "）",
        "项目",
        "电池",
        "三",
        "期",
        "濉溪县",
        "A1",
        "有限公司",
        "扩建",
        "ii期",
        "1.2.3",
    ]);
    let name = prop::collection::vec(word, 0..6).prop_map(|words| words.concat());
    (name.clone(), name, proptest::option::of(-5i64..i64::MAX))
}

proptest! {
    #[test]
    fn laws_hold_for_any_text(left in any_side(), right in any_side(), noise in "\\PC{0,30}") {
        let of = |side: &(String, String, Option<i64>)| {
            let mut one = known("p".to_owned(), &PAIRS[0].1);
            (one.name, one.investor, one.credit_code, one.agreed_yuan) = (side.0.clone(), side.1.clone(), String::new(), side.2);
            one
        };
        let limits = DuplicateLimits { likely_percent: 50, most_shown: 5 };
        let ask = |index: &DuplicateIndex, side: &(String, String, Option<i64>)| {
            let candidate = Candidate { name: &side.0, investor: &side.1, agreed_yuan: side.2, ..Candidate::default() };
            index.find(&candidate, &limits).first().map(|finding| (finding.verdict, finding.score))
        };
        let places = Noise::of(city_once());
        let first = DuplicateIndex::new(places.clone(), [of(&left)]);
        let second = DuplicateIndex::new(places, [of(&right)]);
        let itself = ask(&first, &left);
        prop_assert_eq!(itself, (!left.0.is_empty()).then_some((Verdict::Same, 1.0)));
        if !left.0.is_empty() && !right.0.is_empty() {
            prop_assert_eq!(ask(&first, &right), ask(&second, &left), "the same whichever came first");
        }
        let odd = Candidate { name: &noise, investor: &noise, ..Candidate::default() };
        for finding in first.find(&odd, &limits) {
            prop_assert!((0.0..=1.0).contains(&finding.score) && !finding.reasons.is_empty());
        }
    }
}

fn city_once() -> &'static City {
    static CITY: std::sync::OnceLock<City> = std::sync::OnceLock::new();
    CITY.get_or_init(city)
}
