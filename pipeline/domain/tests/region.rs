//! The source region (投资来源区域) of addresses, company names, credit codes and filers' words, case by case.
#![allow(clippy::unwrap_used, reason = "a test may stop")]

use chrono::NaiveDate;
use proptest::prelude::*;
use qunlian_domain::credit_code::{CreditCode, CreditCodeError};
use qunlian_domain::region::{Clue, RULE_IDS, RegionClassifier, RegionClues, RegionDataError, RegionGroups, RegionKind, SourceRegion};
use std::sync::LazyLock;

const DIVISIONS: &str = include_str!("../../../data/codes/divisions.csv");
const HISTORY: &str = include_str!("../../../data/codes/divisions-history.csv");
const COUNTRIES: &str = include_str!("../../../data/codes/countries.csv");

static HUAIBEI: LazyLock<RegionClassifier> = LazyLock::new(|| home("340600"));

fn home(code: &str) -> RegionClassifier {
    RegionClassifier::new(DIVISIONS, HISTORY, COUNTRIES, code).unwrap()
}

fn address(text: &str) -> SourceRegion<'_> {
    HUAIBEI.classify(&RegionClues { address: text, ..RegionClues::default() })
}

fn company(text: &str) -> SourceRegion<'_> {
    HUAIBEI.classify(&RegionClues { company: text, ..RegionClues::default() })
}

/// Country or province, city, county joined by "/", empty parts left out, and the rule.
fn written(region: &SourceRegion<'_>) -> String {
    let mut parts = vec![region.country, region.province];
    if region.city != region.province {
        parts.push(region.city);
    }
    parts.push(region.county);
    parts.retain(|part| !part.is_empty());
    format!("{} {}", parts.join("/"), region.rule)
}

#[track_caller]
fn check(table: &[(&str, &str)], read: fn(&str) -> SourceRegion<'_>) {
    let mut wrong = Vec::new();
    for (text, expected) in table {
        let region = read(text);
        assert!(RULE_IDS.contains(&region.rule), "{}", region.rule);
        if written(&region) != *expected {
            wrong.push(format!("{text}: {:?}, expected {expected:?}", written(&region)));
        }
        if !region.evidence.is_empty() {
            assert!(text.contains(region.evidence), "{text}: {:?}", region.evidence);
        }
    }
    assert!(wrong.is_empty(), "{} wrong\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn whole_addresses() {
    check(
        &[
            ("安徽省淮北市相山区人民中路18号", "安徽省/淮北市/相山区 addr-full"),
            ("安徽省淮北市濉溪县临涣镇工业大道2号", "安徽省/淮北市/濉溪县 addr-full"),
            ("广东省深圳市南山区科苑路8号", "广东省/深圳市/南山区 addr-full"),
            ("广东省东莞市松山湖园区新竹路4号", "广东省/东莞市 addr-full"),
            ("上海市浦东新区银城中路68号", "上海市/浦东新区 addr-full"),
            ("上海市漕宝路103号", "上海市 addr-full"),
            ("北京市朝阳区建国路93号", "北京市/朝阳区 addr-full"),
            ("重庆市彭水苗族土家族自治县绍庆街道", "重庆市/彭水苗族土家族自治县 addr-full"),
            ("吉林省吉林市昌邑区解放北路5号", "吉林省/吉林市/昌邑区 addr-full"),
            ("湖北省荆州市沙市区北京西路12号", "湖北省/荆州市/沙市区 addr-full"),
            ("辽宁省朝阳市朝阳县柳城街道", "辽宁省/朝阳市/朝阳县 addr-full"),
            ("湖南省长沙市长沙县星沙街道", "湖南省/长沙市/长沙县 addr-full"),
            ("山西省阳泉市城区南大街1号", "山西省/阳泉市/城区 addr-full"),
            ("四川省攀枝花市东区炳草岗", "四川省/攀枝花市/东区 addr-full"),
            ("延边朝鲜族自治州延吉市爱丹路7号", "吉林省/延边朝鲜族自治州/延吉市 addr-city"),
            ("安徽 合肥", "安徽省/合肥市 addr-full"),
            (" 安徽省　合肥市 蜀山区 ", "安徽省/合肥市/蜀山区 addr-full"),
            ("安徽省-芜湖市-鸠江区", "安徽省/芜湖市/鸠江区 addr-full"),
            ("230031 安徽省合肥市长江西路669号", "安徽省/合肥市 addr-full"),
            ("中国江苏省南京市建邺区江东中路", "江苏省/南京市/建邺区 addr-full"),
            ("中华人民共和国浙江省杭州市西湖区文三路", "浙江省/杭州市/西湖区 addr-full"),
            ("广东省（广州市）天河区珠江东路", "广东省/广州市/天河区 addr-full"),
        ],
        address,
    );
}

#[test]
fn names_cut_short() {
    check(
        &[
            ("江苏江阴市澄江街道", "江苏省/无锡市/江阴市 addr-county"),
            ("安徽合肥包河区徽州大道", "安徽省/合肥市/包河区 addr-full"),
            ("广东深圳宝安区新安街道", "广东省/深圳市/宝安区 addr-full"),
            ("上海浦东张江高科技园区", "上海市/浦东新区 addr-full"),
            ("内蒙古包头市昆都仑区", "内蒙古自治区/包头市/昆都仑区 addr-full"),
            ("内蒙古呼和浩特市新城区", "内蒙古自治区/呼和浩特市/新城区 addr-full"),
            ("广西南宁青秀区民族大道", "广西壮族自治区/南宁市/青秀区 addr-full"),
            ("新疆库尔勒市石化大道", "新疆维吾尔自治区/巴音郭楞蒙古自治州/库尔勒市 addr-county"),
            ("宁夏自治区银川市金凤区", "宁夏回族自治区/银川市/金凤区 addr-full"),
            ("湖北恩施州利川市", "湖北省/恩施土家族苗族自治州/利川市 addr-full"),
            ("恩施州恩施市施州大道", "湖北省/恩施土家族苗族自治州/恩施市 addr-city"),
            ("延边敦化市胜利街道", "吉林省/延边朝鲜族自治州/敦化市 addr-city"),
            ("湖南湘西自治州吉首市", "湖南省/湘西土家族苗族自治州/吉首市 addr-full"),
            ("广东顺德北滘工业大道", "广东省/佛山市/顺德区 addr-county"),
            ("内蒙古包头市昆区钢铁大街", "内蒙古自治区/包头市/昆都仑区 addr-full"),
            ("河北雄安新区容城县", "河北省/保定市/容城县 zone"),
            ("青海省互助县威远镇", "青海省/海东市/互助土族自治县 addr-county"),
            ("湖南张家界南庄坪", "湖南省/张家界市 addr-full"),
            ("广东东莞道滘镇", "广东省/东莞市 addr-full"),
            ("江苏南京山西路8号", "江苏省/南京市 addr-full"),
            ("浙江省江山市鹿溪北路", "浙江省/衢州市/江山市 addr-county"),
            ("新疆生产建设兵团第八师石河子市东三路", "新疆维吾尔自治区/石河子市 addr-scan"),
        ],
        address,
    );
}

#[test]
fn addresses_without_prefecture_or_province() {
    check(
        &[
            ("江苏省江阴市周庄镇", "江苏省/无锡市/江阴市 addr-county"),
            ("浙江省义乌市稠城街道", "浙江省/金华市/义乌市 addr-county"),
            ("贵州省仁怀市茅台镇", "贵州省/遵义市/仁怀市 addr-county"),
            ("云南省个旧市金湖西路", "云南省/红河哈尼族彝族自治州/个旧市 addr-county"),
            ("四川省峨眉山市名山路", "四川省/乐山市/峨眉山市 addr-county"),
            ("合肥市庐阳区阜南路", "安徽省/合肥市/庐阳区 addr-city"),
            ("吉林市龙潭区遵义东路", "吉林省/吉林市/龙潭区 addr-city"),
            ("中山市古镇镇", "广东省/中山市 addr-city"),
            ("中山区人民路", "辽宁省/大连市/中山区 addr-county"),
            ("浦东新区世纪大道", "上海市/浦东新区 addr-county"),
            ("海淀区中关村南大街", "北京市/海淀区 addr-county"),
            ("河北区中山路", "天津市/河北区 addr-county"),
            ("濉溪县百善镇", "安徽省/淮北市/濉溪县 addr-county"),
            ("北京市市辖区东城区", "北京市/东城区 addr-full"),
            ("湖北省省直辖县级行政区划天门市", "湖北省/天门市 addr-full"),
            ("河南省济源市沁园街道", "河南省/济源市 addr-full"),
            ("湖北省仙桃市干河街道", "湖北省/仙桃市 addr-full"),
            ("石河子市北三路", "新疆维吾尔自治区/石河子市 addr-city"),
            ("海南省澄迈县老城镇", "海南省/澄迈县 addr-full"),
        ],
        address,
    );
}

#[test]
fn zones() {
    check(
        &[
            ("成都高新区天府大道北段", "四川省/成都市 zone"),
            ("四川省成都高新区锦城大道", "四川省/成都市 zone"),
            ("张家港保税区长江路", "江苏省/苏州市/张家港市 zone"),
            ("濉溪经济开发区白杨路", "安徽省/淮北市/濉溪县 zone"),
            ("相山经济开发区", "安徽省/淮北市/相山区 addr-home"),
            ("龙湖高新区", " none"),
            ("昆山开发区前进东路", "江苏省/苏州市/昆山市 zone"),
            ("苏州工业园区星湖街", "江苏省/苏州市 zone"),
            ("江苏省苏州工业园区金鸡湖大道", "江苏省/苏州市 zone"),
            ("浙江省乐清经济开发区", "浙江省/温州市/乐清市 zone"),
            ("湖南省岳阳城陵矶综合保税区", "湖南省/岳阳市/岳阳楼区 zone"),
            ("福建省平潭综合实验区金井湾", "福建省/福州市/平潭县 zone"),
            ("湖北省武汉东湖新技术开发区高新大道", "湖北省/武汉市 zone"),
            ("吉林经济技术开发区九站街", "吉林省/吉林市 zone"),
            ("吉林长春经济技术开发区", "吉林省/长春市 zone"),
            ("广东省佛山市顺德高新区", "广东省/佛山市/顺德区 addr-full"),
            ("天津空港经济区中心大道", "天津市 addr-full"),
            ("四川省天府新区兴隆街道", "四川省/成都市 zone"),
            ("珠海市横琴新区环岛东路", "广东省/珠海市/香洲区 addr-city"),
            ("浙江省杭州湾上虞经济技术开发区", "浙江省/绍兴市/上虞区 zone"),
            ("安徽淮北高新技术产业开发区", "安徽省/淮北市 zone"),
            ("山西省太原不锈钢产业园区", "山西省/太原市 zone"),
            ("江苏省太仓港经济技术开发区", "江苏省/苏州市/太仓市 zone"),
        ],
        address,
    );
}

#[test]
fn free_trade_zones() {
    check(
        &[
            ("中国（四川）自由贸易试验区成都高新区交子大道", "四川省/成都市 ftz"),
            ("中国(上海)自由贸易试验区临港新片区环湖西路", "上海市/浦东新区 ftz"),
            ("中国（江苏）自由贸易试验区苏州片区苏州工业园区", "江苏省/苏州市 ftz"),
            ("中国 (广东) 自由贸易试验区广州市南沙区", "广东省/广州市/南沙区 ftz"),
            ("中国（河北）自由贸易试验区", "河北省 ftz"),
            ("（天津）自贸试验区东疆", "天津市/滨海新区 ftz"),
            ("中国（安徽）自由贸易试验区蚌埠片区", "安徽省/蚌埠市 ftz"),
        ],
        address,
    );
}

#[test]
fn former_names() {
    check(
        &[
            ("安徽省无为县高沟镇", "安徽省/芜湖市/无为市 history"),
            ("安徽省芜湖市无为县", "安徽省/芜湖市/无为市 history"),
            ("山东省莱芜市莱城区", "山东省/济南市/莱芜区 history"),
            ("上海市闸北区天目西路", "上海市/静安区 history"),
            ("北京市宣武区广安门", "北京市/西城区 history"),
            ("湖北省襄樊市樊城区", "湖北省/襄阳市/樊城区 history"),
            ("江苏省通州市金沙镇", "江苏省/南通市/通州区 history"),
            ("浙江省富阳市富春街道", "浙江省/杭州市/富阳区 history"),
            ("浙江省杭州市江干区", "浙江省/杭州市/上城区 history"),
            ("安徽省巢湖市含山县环峰镇", "安徽省/马鞍山市/含山县 addr-county"),
            ("安徽省宿县地区灵璧县", "安徽省/宿州市/灵璧县 history"),
            ("天津市塘沽区新港路", "天津市/滨海新区 history"),
        ],
        address,
    );
}

#[test]
fn street_names_are_no_places() {
    check(
        &[
            ("江苏省南京市鼓楼区上海路82号", "江苏省/南京市/鼓楼区 addr-full"),
            ("安徽省合肥市阜阳北路948号", "安徽省/合肥市 addr-full"),
            ("新疆乌鲁木齐市上海路107号", "新疆维吾尔自治区/乌鲁木齐市 addr-full"),
            ("青岛市香港中路12号", "山东省/青岛市 addr-city"),
            ("上海路5号", " none"),
            ("北京西路18号", " none"),
            ("南京东路100号", " none"),
            ("广州大道中路", " none"),
            ("深圳路66号", " none"),
            ("台湾路9号", " none"),
            ("长安街1号", " none"),
            ("成都道20号", " none"),
            ("上海市南京东路300号", "上海市 addr-full"),
            ("天津市和平区重庆道", "天津市/和平区 addr-full"),
            ("上海市场路3号", " none"),
            ("长安镇振安东路", " none"),
            ("科技路1号安徽大厦", " none"),
        ],
        address,
    );
}

#[test]
fn abroad() {
    check(
        &[
            ("美国特拉华州威尔明顿市", "美国 abroad"),
            ("德国慕尼黑", "德国 abroad"),
            ("日本东京都千代田区", "日本 abroad"),
            ("新加坡莱佛士坊1号", "新加坡 abroad"),
            ("英属维尔京群岛托尔托拉岛", "英属维尔京群岛 abroad"),
            ("香港九龙观塘道", "香港特别行政区 abroad"),
            ("中国香港湾仔轩尼诗道", "香港特别行政区 abroad"),
            ("台湾省台北市信义区", "台湾省 abroad"),
            ("臺灣新竹市", "台湾省 abroad"),
            ("澳门特别行政区", "澳门特别行政区 abroad"),
            ("1 Raffles Place, Singapore 048616", "新加坡 abroad"),
            ("1209 Orange Street, Wilmington, Delaware, U.S.A.", "美国 abroad"),
            ("12 Jordan Road, Kowloon, Hong Kong", "香港特别行政区 abroad"),
            ("Room 801, Singapore Road, Qingdao, Shandong, P.R. China", "山东省/青岛市 addr-latin"),
            ("Xi'an, Shaanxi Province, China", "陕西省/西安市 addr-latin"),
            ("Suzhou, Anhui, China", "安徽省/宿州市 addr-latin"),
            ("Suzhou, Jiangsu", "江苏省/苏州市 addr-latin"),
            ("PO Box 309, Grand Cayman, Cayman Islands", "开曼群岛 abroad"),
            ("8 Marina View, SINGAPORE", "新加坡 abroad"),
        ],
        address,
    );
}

#[test]
fn company_names() {
    check(
        &[
            ("上海某某路桥建设有限公司", "上海市 name-prefix"),
            ("上海路桥工程有限公司", "上海市 name-prefix"),
            ("北京路步行街商业管理有限公司", " none"),
            ("太平洋精工有限公司", " none"),
            ("中国高岭土有限公司", " none"),
            ("深圳市云帆智造有限公司", "广东省/深圳市 name-prefix"),
            ("江苏南通海工装备有限公司", "江苏省/南通市 name-prefix"),
            ("江阴新澄金属有限公司", "江苏省/无锡市/江阴市 name-prefix"),
            ("苏州工业园区云图科技有限公司", "江苏省/苏州市 name-prefix"),
            ("瑞丰科技（上海）有限公司", "上海市 name-paren"),
            ("上海瑞丰（安徽淮北）新材料有限公司", "安徽省/淮北市 name-paren"),
            ("汇成（集团）股份有限公司", " none"),
            ("海蓝（中国）投资有限公司", " none"),
            ("远景控股（香港）有限公司", "香港特别行政区 abroad"),
            ("远景(新加坡)私人有限公司", "新加坡 abroad"),
            ("美国蓝石资本有限公司", "美国 abroad"),
            ("国网安徽省电力有限公司", "安徽省 name-inside"),
            ("大唐能源集团安徽有限公司", "安徽省 name-inside"),
            ("东方精密股份有限公司", " none"),
            ("朝阳实业集团有限公司", " none"),
            ("罗马装饰工程有限公司", " none"),
            ("中山大学科技园有限公司", " none"),
            ("中原内饰有限公司", " none"),
            ("Bluestone Technology Pte. Ltd.", "新加坡 abroad"),
            ("Feinwerk Maschinenbau GmbH", "德国 abroad"),
            ("Shenzhen Bluestone Co., Ltd.", "广东省/深圳市 name-latin"),
        ],
        company,
    );
}

#[test]
fn kinds_depend_on_the_home_city() {
    let cases = [
        ("340600", "安徽省淮北市杜集区", RegionKind::Local),
        ("340600", "安徽省合肥市", RegionKind::InProvince),
        ("340600", "安徽省", RegionKind::InProvince),
        ("340600", "江苏省徐州市", RegionKind::OutsideProvince),
        ("340600", "香港中环", RegionKind::Abroad),
        ("340600", "荷兰鹿特丹", RegionKind::Abroad),
        ("340600", "", RegionKind::Unknown),
        ("340100", "安徽省淮北市杜集区", RegionKind::InProvince),
        ("310000", "上海市嘉定区", RegionKind::Local),
        ("419001", "河南省济源市", RegionKind::Local),
        ("340621", "安徽省淮北市濉溪县", RegionKind::Local),
        ("340621", "安徽省淮北市相山区", RegionKind::InProvince),
    ];
    for (code, text, kind) in cases {
        let classifier = home(code);
        let region = classifier.classify(&RegionClues { address: text, ..RegionClues::default() });
        assert_eq!(region.kind, kind, "{text} seen from {code}");
    }
    assert!(address("安徽省").confidence <= 40, "may still be the home city");
    assert!(address("香港中环").is_hong_kong_macao_taiwan());
    assert!(!address("日本大阪").is_hong_kong_macao_taiwan());
    assert_eq!(address("日本大阪").country_code, "JP");
    assert_eq!(address("香港中环").country, "", "a part of China");
}

#[test]
fn later_clues_fill_gaps_and_settle_names() {
    let both = |address, company| HUAIBEI.classify(&RegionClues { address, company, ..RegionClues::default() });
    let region = both("鼓楼区湖南路1号", "南京云帆软件有限公司");
    assert_eq!(written(&region), "江苏省/南京市/鼓楼区 addr-county");
    let region = both("鼓楼区湖南路1号", "");
    assert_eq!((region.kind, region.confidence), (RegionKind::Unknown, 0));
    let region = both("龙湖高新区", "汕头云帆软件有限公司");
    assert_eq!(written(&region), "广东省/汕头市/龙湖区 addr-county");
    let xuzhou = home("320300");
    let region = xuzhou.classify(&RegionClues { address: "鼓楼区中山北路", ..RegionClues::default() });
    assert_eq!(written(&region), "江苏省/徐州市/鼓楼区 addr-home");
    let region = both("江苏省鼓楼区中山北路", "");
    assert_eq!(written(&region), "江苏省 addr-ambiguous");
    let region = both("江苏省高新大道1号", "徐州云帆软件有限公司");
    assert_eq!(written(&region), "江苏省/徐州市 addr-name");
    let code = credit_code("440300");
    let region = HUAIBEI.classify(&RegionClues { address: "广东省科技路1号", credit_code: &code, ..RegionClues::default() });
    assert_eq!(written(&region), "广东省/深圳市 addr-code");
}

fn credit_code(division: &str) -> String {
    let code = CreditCode::from_parts('9', '1', division, b"MA5ABCD1").unwrap();
    code.to_string()
}

#[test]
fn clues_in_order_with_disagreement() {
    let code = credit_code("320500");
    let clues =
        RegionClues {
            address: "安徽省合肥市高新区望江西路", company: "上海云帆科技有限公司", credit_code: &code, supplied: "省外"
        };
    let region = HUAIBEI.classify(&clues);
    assert_eq!(region.city, "合肥市");
    let disagreement = region.disagreement.unwrap();
    assert_eq!(disagreement.believed, Clue::Address);
    assert_eq!(disagreement.believed_place, "安徽省");
    assert_eq!(disagreement.contradicting, Clue::Company);
    assert_eq!(disagreement.contradicting_place, "上海市");

    let without_address = HUAIBEI.classify(&RegionClues { address: "", ..clues });
    assert_eq!(written(&without_address), "上海市 name-prefix");
    let by_code = HUAIBEI.classify(&RegionClues { credit_code: &code, ..RegionClues::default() });
    assert_eq!(written(&by_code), "江苏省/苏州市 code");
    let agreeing =
        HUAIBEI.classify(&RegionClues {
            address: "江苏省昆山市", company: "苏州云帆科技有限公司", credit_code: &code, supplied: "江苏"
        });
    assert_eq!(agreeing.disagreement, None);
    let brand = HUAIBEI.classify(&RegionClues { company: "永安药物研究有限公司", credit_code: &code, ..RegionClues::default() });
    assert_eq!(brand.city, "苏州市", "a county's short name may be a brand");
}

#[test]
fn the_filers_word() {
    let supplied = |text| HUAIBEI.classify(&RegionClues { supplied: text, ..RegionClues::default() });
    assert_eq!(written(&supplied("上海")), "上海市 supplied");
    assert_eq!(written(&supplied("江苏省苏州市")), "江苏省/苏州市 supplied");
    assert_eq!(written(&supplied("330200")), "浙江省/宁波市 supplied");
    assert_eq!(written(&supplied("JP")), "日本 supplied");
    assert_eq!(written(&supplied("HK")), "香港特别行政区 supplied");
    assert_eq!(supplied("CN").kind, RegionKind::Unknown);
    assert_eq!(supplied("境外").kind, RegionKind::Abroad);
    assert_eq!(supplied("安徽省外").kind, RegionKind::OutsideProvince);
    assert_eq!(supplied("省内市外").kind, RegionKind::InProvince);
    assert_eq!(supplied("本市").kind, RegionKind::Local);
    assert_eq!(supplied("待定").kind, RegionKind::Unknown);
    let ticked = HUAIBEI.classify(&RegionClues { address: "安徽省淮北市烈山区", supplied: "省外", ..RegionClues::default() });
    let disagreement = ticked.disagreement.unwrap();
    assert_eq!(disagreement.contradicting_place, "省外");
    assert_eq!(disagreement.believed_place, "淮北市");
}

const GROUPS: &str = r#"
[[group]]
id = "hsz"
name = "沪苏浙"
members = ["310000", "320000", "330000"]

[[group]]
id = "csj"
name = "长三角"
members = ["310000", "320000", "330000", "340000"]
valid_from = "2019-12-01"

[[group]]
id = "zsj"
name = "珠三角"
members = ["440100", "440300"]

[[group]]
id = "gat"
name = "港澳台"
members = ["710000", "810000", "820000"]

[[group]]
id = "rh"
name = "日韩"
members = ["JP", "KR"]
valid_from = "2020-01-01"
valid_until = "2022-01-01"
note = "试行"

[[group]]
id = "jw"
name = "境外"
members = ["abroad"]
"#;

#[test]
fn groups_overlap_and_are_dated() {
    let groups = RegionGroups::from_toml(GROUPS).unwrap();
    let on = |text, year, month| {
        let day = NaiveDate::from_ymd_opt(year, month, 1).unwrap();
        let region = address(text);
        groups.groups_of(&region, day).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(on("上海市青浦区", 2022, 5), "hsz csj");
    assert_eq!(on("上海市青浦区", 2019, 11), "hsz");
    assert_eq!(on("安徽省合肥市", 2022, 5), "csj");
    assert_eq!(on("广东省深圳市福田区", 2022, 5), "zsj");
    assert_eq!(on("广东省汕头市", 2022, 5), "");
    assert_eq!(on("香港九龙", 2022, 5), "gat jw");
    assert_eq!(on("日本东京", 2021, 12), "rh jw");
    assert_eq!(on("日本东京", 2022, 1), "jw", "the last day is not part of it");
    assert_eq!(on("", 2022, 5), "");
    assert_eq!(groups.all().len(), 6);
}

#[test]
fn groups_are_checked() {
    let error = |text: &str| RegionGroups::from_toml(text).unwrap_err().to_string();
    let group = |rest: &str| format!("[[group]]\nid = \"a\"\nname = \"甲\"\nmembers = [\"310000\"]\n{rest}\n");
    assert!(error(&group("colour = \"red\"")).contains("unknown field"));
    assert!(error(&group("valid_from = \"2022.1\"")).contains("valid_from is not a date: \"2022.1\""));
    assert!(error(&group("valid_from = \"2022-01-02\"\nvalid_until = \"2022-01-02\"")).contains("is not after"));
    assert!(error(&group("").replace("310000", "31")).contains("unknown member \"31\""));
    assert!(error(&(group("") + &group(""))).contains("overlaps"));
    let successive = group("valid_until = \"2022-01-01\"") + &group("valid_from = \"2022-01-01\"");
    assert_eq!(RegionGroups::from_toml(&successive).unwrap().all().len(), 2);
    assert_eq!(RegionGroups::from_toml("").unwrap(), RegionGroups::default());
}

#[test]
fn credit_codes() {
    let good = "91350100M000100Y43";
    for spelling in [good, "91350100m000100y43", "９１３５０１００Ｍ０００１００Ｙ４３", " 91350100 M000100Y4-3 "] {
        let code = CreditCode::parse(spelling).unwrap();
        assert_eq!(code.as_str(), good);
        assert_eq!(code.division(), "350100");
        assert_eq!(code.organisation(), "M000100Y4");
        assert!(code.organisation_check_holds());
    }
    let cases = [
        ("", CreditCodeError::Length { found: 0 }),
        ("91350100M000100Y4", CreditCodeError::Length { found: 17 }),
        ("91350100M000100Y433", CreditCodeError::Length { found: 19 }),
        ("91350100M000100Y44", CreditCodeError::CheckDigit { expected: '3', found: '4' }),
    ];
    for (text, error) in cases {
        assert_eq!(CreditCode::parse(text), Err(error), "{text}");
    }
    for (text, position, found) in
        [("9135O100M000100Y43", 5, 'O'), ("91350100I000100Y43", 9, 'I'), ("省1350100M000100Y43", 1, '省'), ("913A0100M000100Y43", 4, 'A')]
    {
        let error = CreditCode::parse(text).unwrap_err();
        assert!(
            matches!(error, CreditCodeError::Character { position: p, found: f, .. } if p == position && f == found),
            "{text}: {error}"
        );
    }
    assert_eq!(CreditCode::parse("91350100M000100Y44").unwrap_err().to_string(), "credit code ends in '4', its check digit should be '3'");
}

#[test]
fn credit_codes_are_composed() {
    let code = CreditCode::from_parts('9', '1', "350100", b"M000100Y").unwrap();
    assert_eq!(code.as_str(), "91350100M000100Y43");
    assert!(CreditCode::from_parts('9', '1', "35010", b"M000100Y").is_err());
    assert!(CreditCode::from_parts('I', '1', "350100", b"M000100Y").is_err());
    assert!(CreditCode::from_parts('9', '1', "350100", b"M000100V").is_err());
}

#[test]
fn tables_are_checked() {
    let build = |divisions: &str, history: &str, home: &str| {
        let built = RegionClassifier::new(divisions, history, COUNTRIES, home);
        built.err().map(|error| error.to_string())
    };
    assert_eq!(build(DIVISIONS, HISTORY, "340600"), None);
    assert_eq!(
        RegionClassifier::new(DIVISIONS, HISTORY, COUNTRIES, "349999").err(),
        Some(RegionDataError::HomeCity { code: "349999".to_owned() })
    );
    let few = "code,name,short,english\n340000,安徽省,安徽,Anhui\n340600,淮北市,淮北,Huaibei\n";
    let none = "name,code,kind,until\n";
    assert_eq!(build(few, none, "340600"), None);
    for (divisions, history, message) in [
        ("code,name\n", none, "table divisions, line 1: header"),
        ("code,name,short,english\n34,安徽省,安徽,Anhui\n", none, "line 2: code is six digits"),
        ("code,name,short,english\n340602,杜集区,杜集,\n", none, "line 2: its province comes before it"),
        (few, "name,code,kind,until\n无为县,340225,former,2019-04\n", "line 2: no division has the code"),
        (few, "name,code,kind,until\n淮北地区,340600,old,\n", "line 2: kind is former, zone or place"),
    ] {
        let error = build(divisions, history, "340600").unwrap();
        assert!(error.contains(message), "{error}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn any_text_is_survived(address in "\\PC{0,60}", company in ".{0,60}", code in ".{0,24}", supplied in ".{0,12}") {
        let region = HUAIBEI.classify(&RegionClues {
            address: &address,
            company: &company,
            credit_code: &code,
            supplied: &supplied,
        });
        prop_assert!(region.confidence <= 100);
        prop_assert_eq!(region.kind == RegionKind::Unknown, region.province.is_empty() && region.country.is_empty() && region.rule != "supplied-kind");
    }

    #[test]
    fn pieces_of_addresses_are_survived(parts in prop::collection::vec(prop::sample::select(vec![
        "中国", "（", ")", "安徽", "安徽省", "吉林", "吉林市", "路", "开发区", "市", "朝阳", "朝阳区", "鼓楼区", " ", "，",
        "自由贸易试验区", "美国", "Singapore", "Hong Kong", "'", "1号", "县", "襄樊", "巢湖市", "含山县", "工业园", "\u{200b}", "😀",
    ]), 0..40)) {
        let text = parts.concat();
        for clues in [
            RegionClues { address: &text, ..RegionClues::default() },
            RegionClues { company: &text, ..RegionClues::default() },
            RegionClues { supplied: &text, ..RegionClues::default() },
        ] {
            let region = HUAIBEI.classify(&clues);
            prop_assert!(text.contains(region.evidence));
        }
    }

    #[test]
    fn a_division_never_changes_the_verdict_on_itself(street in "[路号街科技园0-9]{0,12}", index in 0usize..3_000) {
        let rows: Vec<&str> = DIVISIONS.lines().skip(1).collect();
        let row = rows[index % rows.len()];
        let mut cells = row.split(',');
        let code = cells.next().unwrap();
        let outer: Vec<&str> = ["0000", "00"].iter().filter_map(|zeros| {
            let whole = format!("{}{zeros}", &code[..6 - zeros.len()]);
            if whole == code { None } else { HUAIBEI.division_name(&whole) }
        }).collect();
        let name = cells.next().unwrap();
        let text = format!("{}{name}，{street}", outer.concat());
        let region = address(&text);
        prop_assert!([region.province_code, region.city_code, region.county_code].contains(&code), "{text}: {}", written(&region));
    }

    #[test]
    fn composed_credit_codes_parse(division in "[0-9]{6}", body in "[0-9A-HJ-NPQRTUWXY]{8}") {
        let body: [u8; 8] = body.as_bytes().try_into().unwrap();
        let code = CreditCode::from_parts('9', '1', &division, &body).unwrap();
        prop_assert_eq!(CreditCode::parse(code.as_str()), Ok(code));
        prop_assert!(code.organisation_check_holds());
    }

    #[test]
    fn one_changed_character_is_noticed(position in 0usize..18, digit in 0u8..10) {
        let good = "91350100M000100Y43";
        let mut bytes = good.as_bytes().to_vec();
        bytes[position] = b'0' + digit;
        let text = String::from_utf8(bytes).unwrap();
        prop_assert_eq!(CreditCode::parse(&text).is_ok(), text == good);
    }

    #[test]
    fn any_credit_code_text_is_survived(text in ".{0,40}") {
        let _ = CreditCode::parse(&text);
    }
}
