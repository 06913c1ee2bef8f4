//! Which chain a project belongs to: the shipped catalogue of Huaibei against projects that we made up.
#![allow(clippy::unwrap_used)]

use std::path::Path;
use std::sync::OnceLock;

use chrono::NaiveDate;
use proptest::prelude::*;
use qunlian_domain::catalogue::City;
use qunlian_domain::chain::{ChainCatalogue, ChainClassifier, ChainClues, ChainScratch, Field};

fn city() -> City {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data");
    City::load(&|path| std::fs::read_to_string(data.join(path)), "cities/huaibei").unwrap()
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn clues<'a>(name: &'a str, content: &'a str) -> ChainClues<'a> {
    ChainClues { name, content, chain_given: "", segment_given: "", industry_code: "", on: day("2022-05-31") }
}

/// Name, content, expected chain, expected segment ("*" for any).
const PROJECTS: &[(&str, &str, &str, &str)] = &[
    // 陶铝新材料
    ("年产2万吨陶铝新材料项目", "", "tao-lv", "*"),
    ("陶铝活塞生产线", "建设陶铝活塞生产线4条", "tao-lv", "tao-lv-zhipin"),
    ("原位自生铝基复合材料产业化", "", "tao-lv", "tao-lv-cailiao"),
    ("纳米陶铝合金汽车轻量化零部件项目", "", "tao-lv", "*"),
    ("铝基复合材料刹车盘", "采用碳化硅铝基材料", "tao-lv", "*"),
    // 铝基高端金属材料
    ("年产5万吨铝箔项目", "", "lv-ji", "lv-ji-banbo"),
    ("高精度电池铝箔生产基地", "产品用于动力电池、储能电池", "lv-ji", "lv-ji-banbo"),
    ("锂电池用铝箔项目", "", "lv-ji", "lv-ji-banbo"),
    ("药用铝箔生产项目", "", "lv-ji", "lv-ji-banbo"),
    ("再生铝资源综合利用", "年处理废铝10万吨，生产铝合金锭", "lv-ji", "lv-ji-zaisheng"),
    ("工业铝型材挤压项目", "", "lv-ji", "lv-ji-xingcai"),
    ("铝合金轮毂智能工厂", "", "lv-ji", "lv-ji-zhipin"),
    ("新能源汽车铝合金压铸件项目", "", "lv-ji", "lv-ji-zhuzao"),
    ("光伏铝边框项目", "", "lv-ji", "lv-ji-xingcai"),
    ("年产3000吨高性能镁合金材料", "", "lv-ji", "lv-ji-qita"),
    // 先进高分子结构材料
    ("PVC管材生产线扩建", "", "gaofenzi", "gaofenzi-zhipin"),
    ("ＰＶＣ管材项目", "", "gaofenzi", "gaofenzi-zhipin"),
    ("年产10万吨改性工程塑料", "", "gaofenzi", "gaofenzi-gaixing"),
    ("BOPP薄膜项目", "", "gaofenzi", "gaofenzi-zhipin"),
    ("全生物降解塑料袋", "以PBAT、PLA为原料", "gaofenzi", "gaofenzi-jiangjie"),
    ("碳纤维复合材料制品", "", "gaofenzi", "gaofenzi-xianwei"),
    ("矿用橡胶输送带生产", "", "gaofenzi", "gaofenzi-xiangjiao"),
    ("食品塑料包装生产线", "", "gaofenzi", "gaofenzi-zhipin"),
    ("食品包装膜项目", "生产食品包装膜", "gaofenzi", "*"),
    // 精细化工
    ("焦炉煤气综合利用制甲醇", "", "jingxi-huagong", "jingxi-meihua"),
    ("医药中间体项目", "年产医药中间体500吨", "jingxi-huagong", "jingxi-zhongjianti"),
    ("农药中间体及助剂项目", "", "jingxi-huagong", "*"),
    ("电子化学品生产基地", "", "jingxi-huagong", "jingxi-zhuanyong"),
    ("水性涂料项目", "", "jingxi-huagong", "jingxi-tuliao"),
    ("聚合氯化铝净水剂项目", "", "jingxi-huagong", "*"),
    ("食品级二氧化碳回收项目", "", "jingxi-huagong", "jingxi-meihua"),
    // 绿色食品
    ("口子酒文旅产业园", "", "lvse-shipin", "shipin-jiuyin"),
    ("年产3万吨挂面生产线", "", "lvse-shipin", "shipin-mianzhi"),
    ("烘焙食品产业园", "", "lvse-shipin", "shipin-mianzhi"),
    ("预制菜中央厨房", "配套冷库", "lvse-shipin", "shipin-xiuxian"),
    ("宠物食品生产基地", "", "lvse-shipin", "shipin-yingyang"),
    ("石榴加工及果酒酿造", "", "lvse-shipin", "*"),
    ("面粉加工项目", "购置面粉机械20台套", "lvse-shipin", "shipin-yuanliao"),
    // 医药健康
    ("医用口罩生产线", "", "yiyao-jiankang", "yiyao-qixie"),
    ("中药饮片加工项目", "", "yiyao-jiankang", "yiyao-yuanliao"),
    ("体外诊断试剂盒产业化", "", "yiyao-jiankang", "yiyao-zhiji"),
    ("医疗器械产业园", "", "yiyao-jiankang", "yiyao-qixie"),
    ("固体制剂及原料药项目", "", "yiyao-jiankang", "*"),
    ("医药包装材料项目", "", "yiyao-jiankang", "yiyao-yuanliao"),
    // 高端装备制造
    ("矿山机械再制造", "", "gaoduan-zhuangbei", "zhuangbei-kuangshan"),
    ("新能源汽车零部件产业园", "", "gaoduan-zhuangbei", "zhuangbei-qiche"),
    ("食品机械制造项目", "主要生产食品加工机械，用于烘焙食品、饮料生产", "gaoduan-zhuangbei", "zhuangbei-zhuanyong"),
    ("智能液压支架生产线", "", "gaoduan-zhuangbei", "zhuangbei-kuangshan"),
    ("工业机器人及自动化设备", "", "gaoduan-zhuangbei", "zhuangbei-zhineng"),
    ("注塑机生产项目", "", "gaoduan-zhuangbei", "zhuangbei-zhuanyong"),
    ("全自动口罩机制造", "", "gaoduan-zhuangbei", "zhuangbei-zhuanyong"),
    ("锂电池设备制造", "", "gaoduan-zhuangbei", "zhuangbei-zhuanyong"),
    ("化工装备制造基地", "", "gaoduan-zhuangbei", "zhuangbei-zhuanyong"),
    ("电动三轮车整车项目", "", "gaoduan-zhuangbei", "zhuangbei-qiche"),
    ("塑料模具加工", "", "gaoduan-zhuangbei", "zhuangbei-jichu"),
    // 新型建材
    ("装配式建筑构件生产基地", "", "xinxing-jiancai", "jiancai-zhuangpei"),
    ("铝合金门窗加工", "采用铝型材生产系统门窗", "xinxing-jiancai", "jiancai-menchuang"),
    ("断桥铝门窗项目", "", "xinxing-jiancai", "jiancai-menchuang"),
    ("建筑陶瓷生产线", "", "xinxing-jiancai", "jiancai-taoci"),
    ("煤矸石综合利用制砖", "", "xinxing-jiancai", "jiancai-yuanliao"),
    ("商品混凝土搅拌站", "", "xinxing-jiancai", "jiancai-zhuangpei"),
    ("煅烧高岭土项目", "", "xinxing-jiancai", "jiancai-yuanliao"),
    ("外墙涂料与保温材料", "", "xinxing-jiancai", "*"),
    // 新能源（锂电）
    ("锂电池隔膜项目", "", "xin-nengyuan", "xny-cailiao"),
    ("动力电池PACK生产线", "", "xin-nengyuan", "xny-dianxin"),
    ("新能源汽车动力电池项目", "", "xin-nengyuan", "xny-dianxin"),
    ("100MW分布式光伏发电", "", "xin-nengyuan", "xny-guangfu"),
    ("共享储能电站", "", "xin-nengyuan", "xny-chuneng"),
    ("退役电池梯次利用", "", "xin-nengyuan", "xny-huishou"),
    ("磷酸铁锂正极材料", "", "xin-nengyuan", "xny-cailiao"),
    // 电子信息
    ("柔性电路板生产", "", "dianzi-xinxi", "dianzi-cailiao"),
    ("集成电路封装测试", "", "dianzi-xinxi", "dianzi-xinpian"),
    ("陶瓷电容器项目", "", "dianzi-xinxi", "dianzi-cailiao"),
    ("大数据中心", "", "dianzi-xinxi", "dianzi-ruanjian"),
    ("蓝牙耳机组装", "", "dianzi-xinxi", "dianzi-zhongduan"),
    // 其他
    ("电子商务产业园", "", "other", ""),
    ("皖北智慧物流园", "", "other", ""),
    ("高端服装智能制造", "", "other", ""),
    ("龙脊山旅游度假区", "", "other", ""),
    ("东部新城项目", "", "other", ""),
    ("", "", "other", ""),
    ("太阳能热水器", "", "other", ""),
];

#[test]
fn projects_find_their_chain() {
    let city = city();
    let classifier = city.classifier().unwrap();
    let mut scratch = ChainScratch::new();
    let mut wrong = Vec::new();
    for (name, content, chain, segment) in PROJECTS {
        let found = classifier.classify(&clues(name, content), &mut scratch);
        if found.chain != *chain || (*segment != "*" && found.segment != *segment) {
            let explained = classifier.explain(&clues(name, content), &mut scratch);
            wrong.push(format!("{name} | {content}: expected {chain} {segment}, got {found:?}\n    {:?}", explained.hits));
        }
    }
    assert!(wrong.is_empty(), "{} of {} wrong:\n{}", wrong.len(), PROJECTS.len(), wrong.join("\n"));
    assert!(PROJECTS.len() >= 60);
}

#[test]
fn what_the_firm_is_called_counts_less_than_what_it_builds() {
    let city = city();
    let classifier = city.classifier().unwrap();
    let check = |name: &str, content: &str, chain: &str| {
        let mut scratch = ChainScratch::new();
        let found = classifier.classify(&clues(name, content), &mut scratch);
        assert_eq!(found.chain, chain, "{name}: {:?}", classifier.explain(&clues(name, content), &mut scratch).hits);
    };
    check("安徽某某食品有限公司矿山机械制造项目", "", "gaoduan-zhuangbei");
    check("某某铝业股份有限公司锂电池项目", "", "xin-nengyuan");
    check("某某新能源科技有限公司年产2万吨挂面项目", "", "lvse-shipin");
    // Where nothing else is known, the firm's name is still a hint.
    check("安徽某某食品有限公司二期项目", "", "lvse-shipin");
    // Uses are not products.
    check("功能薄膜", "产品用于锂电池、食品、医药、电子元器件", "gaofenzi");
    check("环保新材料", "生产改性塑料。广泛应用于新能源汽车、光伏、锂电池、家电", "gaofenzi");
    // After the sentence that tells uses, products are products again.
    check("新建项目", "厂房用于仓储；建设锂电池电芯、电池组生产线", "xin-nengyuan");
}

#[test]
fn the_filers_chain_wins_and_contradiction_is_told() {
    let city = city();
    let classifier = city.classifier().unwrap();
    let check = |given: &str, name: &str, chain: &str, rule: &str, contradicts: bool, confidence: std::ops::RangeInclusive<u8>| {
        let mut scratch = ChainScratch::new();
        let with = ChainClues { chain_given: given, ..clues(name, "") };
        let found = classifier.classify(&with, &mut scratch);
        assert_eq!((found.chain, found.rule, found.contradicts), (chain, rule, contradicts), "{given} | {name}: {found:?}");
        assert!(confidence.contains(&found.confidence), "{given} | {name}: {found:?}");
    };
    check("铝基高端金属材料", "年产5万吨铝箔项目", "lv-ji", "supplied", false, 98..=98);
    check("铝基高端金属材料产业链", "二期扩建", "lv-ji", "supplied", false, 90..=90);
    check(" 新能源（锂电） ", "二期扩建", "xin-nengyuan", "supplied", false, 90..=90);
    check("新能源(锂电)产业链", "隔膜项目", "xin-nengyuan", "supplied", false, 98..=98);
    check("绿色食品", "锂电池隔膜项目", "lvse-shipin", "supplied", true, 50..=50);
    check("其他", "集成电路封装测试项目", "other", "supplied", true, 50..=50);
    // A cluster's name narrows the choice to its chains.
    check("陶铝和铝基高端金属材料", "铝板带箔项目", "lv-ji", "term", false, 85..=97);
    check("陶铝和铝基高端金属材料", "二期扩建", "tao-lv", "cluster", false, 40..=40);
    check("高端装备制造产业集群", "二期扩建", "gaoduan-zhuangbei", "supplied", false, 90..=90);
    // A text that names no chain is read like any other text.
    check("铝箔类", "二期扩建", "lv-ji", "term", false, 60..=90);
    check("/", "锂电池隔膜项目", "xin-nengyuan", "term", false, 80..=97);
    check("无", "二期扩建", "other", "none", false, 25..=25);
}

#[test]
fn industry_codes_speak_for_chains() {
    let city = city();
    let classifier = city.classifier().unwrap();
    let check = |code: &str, name: &str, chain: &str, segment: &str, rule: &str, contradicts: bool| {
        let mut scratch = ChainScratch::new();
        let with = ChainClues { industry_code: code, ..clues(name, "") };
        let found = classifier.classify(&with, &mut scratch);
        let got = (found.chain, found.segment, found.rule, found.contradicts);
        assert_eq!(got, (chain, segment, rule, contradicts), "{code} | {name}: {found:?}");
        if rule == "code" {
            assert!(code.contains(found.evidence) && !found.evidence.is_empty(), "{found:?}");
        }
    };
    check("3252", "一期项目", "lv-ji", "lv-ji-banbo", "code", false);
    check("C3252 铝压延加工", "一期项目", "lv-ji", "lv-ji-banbo", "code", false);
    check("32", "一期项目", "lv-ji", "lv-ji-qita", "code", false);
    check("3841", "一期项目", "xin-nengyuan", "xny-dianxin", "code", false);
    check("3841", "锂电池生产线", "xin-nengyuan", "xny-dianxin", "term", false);
    check("3511", "一期项目", "gaoduan-zhuangbei", "zhuangbei-kuangshan", "code", false);
    check("1419", "一期项目", "lvse-shipin", "shipin-mianzhi", "code", false);
    check("1391", "一期项目", "lvse-shipin", "shipin-yuanliao", "code", false);
    check("3312", "铝合金门窗", "xinxing-jiancai", "jiancai-menchuang", "term", false);
    check("7010", "一期项目", "other", "", "code", false);
    check("1711", "色纺纱项目", "other", "", "term", false);
    check("9999", "一期项目", "other", "", "none", false);
    check("铝压延", "一期项目", "other", "", "none", false);
    // Code and text disagree strongly: the stronger wins and the result says so.
    check("1512", "锂电池隔膜项目", "xin-nengyuan", "xny-cailiao", "term", true);
}

#[test]
fn a_named_segment_is_a_clue() {
    let city = city();
    let classifier = city.classifier().unwrap();
    let mut scratch = ChainScratch::new();
    let with = ChainClues { segment_given: "铝板带箔", ..clues("一期项目", "") };
    let found = classifier.classify(&with, &mut scratch);
    assert_eq!((found.chain, found.segment, found.rule, found.evidence), ("lv-ji", "lv-ji-banbo", "segment", "铝板带箔"));
    // A filer's segment of the chosen chain beats the one that the words suggest.
    let with = ChainClues { chain_given: "铝基高端金属材料", segment_given: "再生铝", ..clues("铝箔项目", "") };
    assert_eq!(classifier.classify(&with, &mut scratch).segment, "lv-ji-zaisheng");
    // One of another chain does not.
    let with = ChainClues { chain_given: "铝基高端金属材料", segment_given: "白酒", ..clues("铝箔项目", "") };
    let found = classifier.classify(&with, &mut scratch);
    assert_eq!((found.chain, found.segment, found.runner_up), ("lv-ji", "lv-ji-banbo", "lvse-shipin"));
}

#[test]
fn results_name_their_reason() {
    let city = city();
    let classifier = city.classifier().unwrap();
    let mut scratch = ChainScratch::new();
    let found = classifier.classify(&clues("年产5万吨铝箔项目", ""), &mut scratch);
    assert_eq!((found.rule, found.rule_id, found.evidence), ("term", "lv-ji-02", "铝箔"));
    assert!(found.confidence >= 80, "{found:?}");
    let passing = classifier.classify(&clues("综合项目", "另建冷库一座"), &mut scratch);
    assert!(passing.chain == "lvse-shipin" && passing.confidence < 60, "{passing:?}");
    let torn = classifier.classify(&clues("食品及锂电池项目", ""), &mut scratch);
    assert!(!torn.runner_up.is_empty() && torn.confidence < 85, "{torn:?}");
}

#[test]
fn explanations_add_up_and_point_into_the_text() {
    let city = city();
    let classifier = city.classifier().unwrap();
    let mut scratch = ChainScratch::new();
    let asked =
        ChainClues {
            industry_code: "C3252", segment_given: "铝箔", ..clues("锂电池用铝箔项目", "建设铝板带箔生产线，用于动力电池")
        };
    let explained = classifier.explain(&asked, &mut scratch);
    assert_eq!(explained.result, classifier.classify(&asked, &mut scratch));
    for score in &explained.scores {
        let hits: i32 = explained.hits.iter().filter(|hit| hit.chain == score.chain).map(|hit| hit.points).sum();
        assert_eq!(hits, score.total, "{}", score.chain);
        assert_eq!(score.text + score.code, score.total);
    }
    assert_eq!(explained.scores[0].chain, "lv-ji");
    for hit in &explained.hits {
        let text = match hit.field {
            Field::Name => asked.name,
            Field::Content => asked.content,
            Field::ChainGiven => asked.chain_given,
            Field::SegmentGiven => asked.segment_given,
            Field::IndustryCode => asked.industry_code,
        };
        assert_eq!(&text[hit.start..hit.end], hit.evidence, "{hit:?}");
    }
    let head = explained.hits.iter().find(|hit| hit.evidence == "铝箔" && hit.chain == "lv-ji").unwrap();
    assert_eq!(head.percent, city.chains.scoring.head_percent);
    let aside = explained.hits.iter().find(|hit| hit.evidence == "动力电池").unwrap();
    assert_eq!(aside.percent, city.chains.scoring.use_percent);
}

#[test]
fn latin_terms_are_not_cut_out_of_words() {
    let city = city();
    let classifier = city.classifier().unwrap();
    let check = |name: &str, chain: &str| {
        assert_eq!(classifier.classify(&clues(name, ""), &mut ChainScratch::new()).chain, chain, "{name}");
    };
    check("PLA项目", "gaofenzi");
    check("pla项目", "gaofenzi");
    check("PLAZA项目", "other");
    check("SPLA项目", "other");
}

/// The shipped catalogue with rules added that hold for a time only.
fn dated_catalogue() -> ChainCatalogue {
    let text = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data/cities/huaibei/chains.toml")).unwrap();
    let text = text.replacen(
        "[[chain.code]]\nid = \"tao-lv-c1\"",
        "[[chain.rule]]\nid = \"tao-lv-90\"\nweight = 45\nterms = [\"灵犀金属\"]\nvalid_until = \"2022-01-01\"\n\n\
         [[chain.code]]\nid = \"tao-lv-c1\"",
        1,
    );
    let text = text.replacen(
        "[[chain.code]]\nid = \"lv-ji-c1\"",
        "[[chain.rule]]\nid = \"lv-ji-90\"\nweight = 45\nterms = [\"灵犀金属\"]\nvalid_from = \"2022-01-01\"\n\n\
         [[chain.code]]\nid = \"lv-ji-c1\"",
        1,
    );
    toml::from_str(&text).unwrap()
}

#[test]
fn catalogues_are_dated() {
    let catalogue = dated_catalogue();
    let classifier = ChainClassifier::new(&catalogue).unwrap();
    let check = |on: &str, chain: &str| {
        let asked = ChainClues { on: day(on), ..clues("灵犀金属项目", "") };
        assert_eq!(classifier.classify(&asked, &mut ChainScratch::new()).chain, chain, "{on}");
    };
    check("2019-03-01", "tao-lv");
    check("2021-12-31", "tao-lv");
    check("2022-01-01", "lv-ji");
    check("2030-01-01", "lv-ji");
    assert_eq!(catalogue.change_days().len(), 2);
}

#[test]
fn the_grouping_of_2025_moves_segments() {
    let city = city();
    assert_eq!(city.chains.crosswalks_on(day("2024-12-31")).count(), 0);
    let crosswalk = city.chains.crosswalks_on(day("2025-06-01")).next().unwrap();
    let check = |chain: &str, segment: &str, group: Option<&str>| {
        assert_eq!(crosswalk.group_of(chain, segment).map(|group| group.id.as_str()), group, "{chain} {segment}");
    };
    check("lv-ji", "lv-ji-banbo", Some("lead-lv-qiche"));
    check("gaoduan-zhuangbei", "zhuangbei-qiche", Some("lead-lv-qiche"));
    check("gaoduan-zhuangbei", "zhuangbei-kuangshan", Some("lead-zhuangbei"));
    check("xinxing-jiancai", "jiancai-yuanliao", Some("lead-zhuangbei"));
    check("xinxing-jiancai", "jiancai-menchuang", None);
    check("other", "", None);
}

#[test]
fn scratch_carries_nothing_over() {
    let city = city();
    let classifier = city.classifier().unwrap();
    let mut shared = ChainScratch::new();
    for _ in 0..3 {
        for (name, content, ..) in PROJECTS {
            let reused = classifier.classify(&clues(name, content), &mut shared);
            let fresh = classifier.classify(&clues(name, content), &mut ChainScratch::new());
            assert_eq!(reused, fresh);
        }
    }
}

fn shared() -> &'static ChainClassifier {
    static CLASSIFIER: OnceLock<ChainClassifier> = OnceLock::new();
    CLASSIFIER.get_or_init(|| city().classifier().unwrap())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_classified(name in ".{0,60}", content in ".{0,120}", given in ".{0,20}", code in ".{0,12}") {
        let classifier = shared();
        let asked = ChainClues {
            name: &name, content: &content, chain_given: &given, segment_given: &given, industry_code: &code, on: day("2022-05-31"),
        };
        let mut scratch = ChainScratch::new();
        let found = classifier.classify(&asked, &mut scratch);
        let explained = classifier.explain(&asked, &mut scratch);
        assert!(found.confidence <= 100);
        assert!(!found.chain.is_empty());
        assert_eq!(explained.result, found);
    }

    #[test]
    fn mixed_terms_never_panic(picks in prop::collection::vec(0usize..PROJECTS.len(), 1..6), cut in 0usize..40) {
        let name: String = picks.iter().map(|pick| PROJECTS[*pick].0).collect();
        let name: String = name.chars().skip(cut).collect();
        let found = shared().classify(&clues(&name, &name), &mut ChainScratch::new());
        assert!(!found.chain.is_empty());
    }
}
