//! Synthetic filings (示例备案): what the demonstration's carriers filed in spring 2022, and what became of it. All of it is made up.

/// One filing: who files it, for which stage, what is typed, and what happens on which day.
#[derive(Debug, Clone, Copy)]
pub struct SampleFiling {
    /// An assessed carrier's id.
    pub carrier: &'static str,
    /// Stage id the form is filled in for.
    pub stage: &'static str,
    /// Field and typed text.
    pub typed: &'static [(&'static str, &'static str)],
    /// In order of the days, ISO.
    pub moves: &'static [(&'static str, Move)],
}

/// What somebody does with a sample filing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Move {
    Submit,
    /// The first reviewer returns it with a remark on a field.
    Return {
        field: &'static str,
        remark: &'static str,
    },
    /// The first reviewer approves it.
    Approve,
    /// Somebody of the public objects.
    Object {
        reason: &'static str,
    },
}

use Move::{Approve, Object, Return, Submit};

/// What every form of the sample states alike.
pub const COMMON: [(&str, &str); 3] = [("class", "工业"), ("lead_person", "示范主任"), ("lead_phone", "0561-3000001")];

/// All sample filings, oldest first.
pub const FILINGS: [SampleFiling; 18] = [
    talks(
        "suixi",
        &[
            ("name", "年产5万吨新能源电池箔项目"),
            ("content", "新建电池铝箔生产线4条，配套铸轧、分切设备，年产电池铝箔5万吨"),
            ("investor", "江阴示例铝箔股份有限公司"),
            ("investor_address", "江苏省江阴市示例路8号"),
            ("agreed_yuan", "18亿元"),
            ("planned_fixed_yuan", "13亿元"),
            ("approval_project", "2204-340621-04-01-000101"),
            ("land_mu", "180"),
            ("introducer", "县干招商一组"),
            ("first_report_on", "2022-03-08"),
        ],
        &[("2022-04-12", Submit), ("2022-04-14", Approve)],
    ),
    talks(
        "duji",
        &[
            ("name", "高端数控机床关键部件项目"),
            ("content", "建设精密主轴、丝杠加工车间，年产数控机床关键部件2万套"),
            ("investor", "宁波示例精工有限公司"),
            ("investor_address", "浙江省宁波市北仑区示例街1号"),
            ("agreed_yuan", "6.5亿元"),
            ("planned_fixed_yuan", "4.8亿元"),
            ("introducer", "浙江商会联络处"),
            ("first_report_on", "2022-03-21"),
        ],
        &[("2022-04-13", Submit), ("2022-04-15", Approve)],
    ),
    talks(
        "lieshan",
        &[
            ("name", "陶铝复合材料轻量化部件项目"),
            ("content", "建设陶铝新材料锻压生产线，年产汽车轻量化部件30万件"),
            ("investor", "上海示例复材科技有限公司"),
            ("investor_address", "上海市嘉定区示例公路66号"),
            ("agreed_yuan", "32亿元"),
            ("planned_fixed_yuan", "25亿元"),
            ("approval_project", "2204-340604-04-01-000207"),
            ("approval_land", "供地方案已批"),
            ("land_mu", "260"),
            ("introducer", "双百先锋队"),
            ("first_report_on", "2022-02-24"),
        ],
        &[("2022-04-19", Submit), ("2022-04-21", Approve)],
    ),
    talks(
        "xiangshan",
        &[
            ("name", "中央厨房与冷链配送中心项目"),
            ("content", "建设中央厨房、冷链仓储，年加工预制菜3万吨"),
            ("investor", "合肥示例食品集团有限公司"),
            ("investor_address", "安徽省合肥市包河区示例大道9号"),
            ("agreed_yuan", "2.6亿元"),
            ("planned_fixed_yuan", "1.9亿元"),
        ],
        &[("2022-04-20", Submit), ("2022-04-22", Approve)],
    ),
    talks(
        "gaoxin",
        &[
            ("name", "锂电池正极材料项目"),
            ("content", "建设磷酸铁锂正极材料生产线，年产正极材料3万吨"),
            ("investor", "深圳示例新能源材料有限公司"),
            ("investor_address", "广东省深圳市坪山区示例路18号"),
            ("agreed_yuan", "55亿元"),
            ("planned_fixed_yuan", "42亿元"),
            ("introducer", "珠三角招商队"),
            ("first_report_on", "2022-04-02"),
        ],
        &[("2022-05-05", Submit), ("2022-05-09", Approve)],
    ),
    talks(
        "meihuagong",
        &[
            ("name", "聚碳酸酯改性材料项目"),
            ("content", "建设改性聚碳酸酯生产装置，年产先进高分子结构材料10万吨"),
            ("investor", "山东示例化工股份有限公司"),
            ("investor_address", "山东省淄博市临淄区示例路2号"),
            ("agreed_yuan", "21亿元"),
            ("planned_fixed_yuan", "17亿元"),
            ("needs", "年用蒸汽约40万吨"),
        ],
        &[("2022-05-10", Submit), ("2022-05-12", Approve)],
    ),
    signed(
        "suixi",
        &[
            ("name", "铝板带箔精深加工二厂项目"),
            ("content", "购置冷轧机、箔轧机，年产双零铝箔2万吨"),
            ("investor", "苏州示例金属材料有限公司"),
            ("investor_address", "江苏省苏州市昆山市示例路11号"),
            ("address", "濉溪经济开发区示例路"),
            ("agreed_yuan", "11.2亿元"),
            ("planned_fixed_yuan", "8.6亿元"),
            ("signed_on", "2022-05-17"),
            ("contract_number", "样例〔2022〕101号"),
            ("planned_start_on", "2022-09-30"),
            ("planned_completion_on", "2023-09-28"),
        ],
        &[
            ("2022-05-20", Submit),
            ("2022-05-24", Approve),
            ("2022-05-31", Object { reason: "该项目与去年公示的铝箔项目为同一投资方，请核实是否重复计算" }),
        ],
    ),
    signed(
        "duji",
        &[
            ("name", "汽车空调压缩机项目"),
            ("content", "建设压缩机装配线3条，年产汽车空调压缩机60万台"),
            ("investor", "杭州示例机电有限公司"),
            ("investor_address", "浙江省杭州市萧山区示例路5号"),
            ("address", "杜集经济开发区示例路"),
            ("agreed_yuan", "3.4亿元"),
            ("planned_fixed_yuan", "2.5亿元"),
            ("signed_on", "2022-05-19"),
            ("contract_number", "样例〔2022〕102号"),
            ("planned_start_on", "2022-10-15"),
            ("planned_completion_on", "2023-10-28"),
        ],
        &[("2022-05-23", Submit), ("2022-05-25", Approve)],
    ),
    signed(
        "gaoxin",
        &[
            ("name", "智能终端结构件项目"),
            ("content", "建设电子信息产品精密结构件车间，年产结构件2000万件"),
            ("investor", "东莞示例电子有限公司"),
            ("investor_address", "广东省东莞市长安镇示例路3号"),
            ("address", "市高新区示例路"),
            ("agreed_yuan", "5.2亿元"),
            ("planned_fixed_yuan", "3.9亿元"),
            ("signed_on", "2022-05-20"),
            ("contract_number", "样例〔2022〕103号"),
            ("planned_start_on", "2022-08-30"),
            ("planned_completion_on", "2023-08-28"),
        ],
        &[("2022-05-24", Submit), ("2022-05-27", Approve)],
    ),
    signed(
        "lieshan",
        &[
            ("name", "装配式建筑部品项目"),
            ("content", "建设预制构件生产线，年产新型建材部品20万立方米"),
            ("investor", "南京示例建材有限公司"),
            ("investor_address", "江苏省南京市江宁区示例路7号"),
            ("address", "烈山经济开发区示例路"),
            ("agreed_yuan", "4.1亿元"),
            ("planned_fixed_yuan", "3.0亿元"),
            ("signed_on", "2022-05-24"),
            ("contract_number", "样例〔2022〕104号"),
            ("planned_start_on", "2022-11-01"),
            ("planned_completion_on", "2023-11-28"),
        ],
        &[("2022-05-26", Submit), ("2022-05-30", Approve)],
    ),
    signed(
        "meihuagong",
        &[
            ("name", "电子级双氧水项目"),
            ("content", "建设电子级双氧水装置，年产精细化工产品6万吨"),
            ("investor", "上海示例精细化学品有限公司"),
            ("investor_address", "上海市金山区示例路21号"),
            ("address", "淮北煤化工基地示例路"),
            ("agreed_yuan", "7.8亿元"),
            ("planned_fixed_yuan", "6.2亿元"),
            ("signed_on", "2022-05-25"),
            ("contract_number", "样例〔2022〕105号"),
            ("planned_start_on", "2022-12-01"),
            ("planned_completion_on", "2023-12-28"),
        ],
        &[("2022-05-27", Submit), ("2022-05-31", Approve)],
    ),
    signed(
        "xiangshan",
        &[
            ("name", "医用耗材生产基地项目"),
            ("content", "建设十万级洁净车间，年产医用防护耗材5亿件"),
            ("investor", "合肥示例医疗科技有限公司"),
            ("investor_address", "安徽省合肥市高新区示例路6号"),
            ("address", "相山经济开发区示例路"),
            ("agreed_yuan", "2.2亿元"),
            ("planned_fixed_yuan", "1.6亿元"),
            ("signed_on", "2022-05-20"),
            ("contract_number", "样例〔2022〕106号"),
            ("planned_start_on", "2022-09-01"),
            ("planned_completion_on", "2023-09-28"),
        ],
        &[("2022-05-25", Submit)],
    ),
    signed(
        "suixi",
        &[
            ("name", "酿造白酒灌装基地项目"),
            ("content", "建设白酒灌装线8条，年灌装白酒2万千升"),
            ("investor", "北京示例酒业有限公司"),
            ("investor_address", "北京市大兴区示例街12号"),
            ("address", "濉溪县百善镇示例路"),
            ("agreed_yuan", "3.6亿元"),
            ("planned_fixed_yuan", "2.4亿元"),
            ("signed_on", "2022-05-23"),
            ("contract_number", "样例〔2022〕107号"),
            ("planned_start_on", "2022-10-01"),
            ("planned_completion_on", "2023-10-28"),
        ],
        &[("2022-05-26", Submit)],
    ),
    signed(
        "duji",
        &[
            ("name", "矿山智能装备项目"),
            ("content", "建设矿山机械总装车间，年产智能掘进装备120台套"),
            ("investor", "徐州示例重工有限公司"),
            ("investor_address", "江苏省徐州市鼓楼区示例路19号"),
            ("address", "杜集区示例路"),
            ("agreed_yuan", "6.1亿元"),
            ("planned_fixed_yuan", "4.4亿元"),
            ("signed_on", "2022-05-27"),
            ("contract_number", "样例〔2022〕108号"),
            ("planned_start_on", "2022-09-15"),
            ("planned_completion_on", "2023-09-28"),
        ],
        &[("2022-05-30", Submit)],
    ),
    signed(
        "gaoxin",
        &[
            ("name", "锂电池回收利用项目"),
            ("content", "建设废旧锂电池拆解与再生利用生产线，年处理5万吨"),
            ("investor", "长沙示例循环科技有限公司"),
            ("investor_address", "湖南省长沙市岳麓区示例路4号"),
            ("address", "市高新区示例路"),
            ("agreed_yuan", "9.5亿元"),
            ("planned_fixed_yuan", "7.1亿元"),
            ("signed_on", "2022-05-26"),
            ("contract_number", "样例〔2022〕109号"),
            ("planned_start_on", "2022-10-10"),
            ("planned_completion_on", "2023-10-28"),
        ],
        &[
            ("2022-05-27", Submit),
            (
                "2022-05-30",
                Return {
                    field: "planned_fixed_yuan", remark: "与合同附件二的固定资产投资不一致，请核对并上传附件"
                },
            ),
        ],
    ),
    signed(
        "lieshan",
        &[
            ("name", "石英砂提纯项目"),
            ("content", "建设高纯石英砂提纯生产线，年产10万吨"),
            ("investor", "蚌埠示例硅材料有限公司"),
            ("investor_address", "安徽省蚌埠市龙子湖区示例路8号"),
            ("address", "烈山区宋疃镇示例路"),
            ("agreed_yuan", "1.8亿元"),
            ("planned_fixed_yuan", "1.2亿元"),
            ("signed_on", "2022-05-30"),
            ("contract_number", "样例〔2022〕110号"),
            ("planned_start_on", "2022-11-20"),
            ("planned_completion_on", "2023-11-28"),
        ],
        &[("2022-05-31", Submit)],
    ),
    SampleFiling {
        carrier: "xiangshan",
        stage: "negotiating",
        typed: &[("name", "休闲食品产业园"), ("content", "建设烘焙、糖果生产线"), ("investor", "上海示例食品有限公司")],
        moves: &[],
    },
    SampleFiling {
        carrier: "suixi", stage: "signed", typed: &[("name", "光伏支架铝型材项目"), ("agreed_yuan", "约3亿")], moves: &[]
    },
];

const fn talks(
    carrier: &'static str,
    typed: &'static [(&'static str, &'static str)],
    moves: &'static [(&'static str, Move)],
) -> SampleFiling {
    SampleFiling { carrier, stage: "negotiating", typed, moves }
}

const fn signed(
    carrier: &'static str,
    typed: &'static [(&'static str, &'static str)],
    moves: &'static [(&'static str, Move)],
) -> SampleFiling {
    SampleFiling { carrier, stage: "signed", typed, moves }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use chrono::NaiveDate;
    use qunlian_domain::catalogue::City;
    use qunlian_domain::filing::{Asked, Values, check};
    use qunlian_domain::project::stage_order;

    use super::*;

    #[test]
    fn what_is_submitted_passes_the_checks() {
        let data = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data");
        let city = City::load(&|path| std::fs::read_to_string(data.join(path)), "cities/huaibei").unwrap();
        for filing in FILINGS {
            let days: Vec<NaiveDate> = filing.moves.iter().map(|(day, _)| day.parse().unwrap()).collect();
            assert!(days.is_sorted(), "{filing:?}");
            let Some(first) = days.first() else { continue };
            let nothing = Values::default();
            let asked = Asked::of_project(&city, stage_order(filing.stage).unwrap(), &nothing, *first);
            let typed: BTreeMap<String, String> =
                COMMON.iter().chain(filing.typed).map(|(field, text)| ((*field).to_owned(), (*text).to_owned())).collect();
            let faults = check(&asked, &typed).faults;
            assert_eq!(faults, [], "{:?}", filing.typed[0]);
            assert!(city.carriers.get(filing.carrier, *first).is_some_and(|carrier| carrier.assessed));
        }
    }
}
