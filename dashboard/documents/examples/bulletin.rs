//! A specimen bulletin of about five pages (样张): `cargo run --example bulletin -- <folder>` writes pdf, docx and png.
//!
//! The city's totals are the published ones of January to May 2022; carriers and projects are invented.

use std::error::Error;
use std::path::PathBuf;

use qunlian_charts::{
    AsOf, CumulativeLines, Curve, CurvePoint, Emphasis, Head, Lamp, Light, Measure, PaceMark, RankedBars, RankedRow, Size, TargetLine,
};
use qunlian_documents::{Align, Block, Chart, Column, Document, FontFiles, Fonts, Table, docx, pdf, png};

fn main() -> Result<(), Box<dyn Error>> {
    let folder = PathBuf::from(std::env::args().nth(1).ok_or("usage: bulletin <folder>")?);
    std::fs::create_dir_all(&folder)?;
    let fonts = Fonts::load(&FontFiles::default())?;
    let (document, chart) = specimen()?;
    let missing = fonts.missing(&document);
    if !missing.is_empty() {
        return Err(format!("no font has {missing:?}").into());
    }
    std::fs::write(folder.join("bulletin.pdf"), pdf(&document, &fonts)?)?;
    std::fs::write(folder.join("bulletin.docx"), docx(&document, &fonts)?)?;
    std::fs::write(folder.join("chart.png"), png(&chart, 2.0, &fonts)?)?;
    Ok(())
}

fn specimen() -> Result<(Document, Chart), Box<dyn Error>> {
    let ranked = Chart {
        svg: ranked().svg(Size::DESK)?,
        caption: "图1  各载体单位新签约完成率".into(),
        description: "六个载体单位按新签约完成率排列：濉溪县最高，淮北煤化工基地尚无签约；虚线为序时进度41.7%。".into(),
    };
    let lines = Chart {
        svg: lines().svg(Size::DESK)?,
        caption: "图2  新签约项目累计与序时进度".into(),
        description: "今年前五月累计188个，高于序时进度，也高于上年同期的61个。".into(),
    };
    let head = [
        ("截至日期", "2022年5月31日"),
        ("口径", "按认定日期计入；完成率为认定数与年度目标之比，序时进度按月数折算"),
        ("单位", "项目数为个，金额为亿元"),
        ("数据来源", "各载体单位备案并经审核、公示的项目"),
    ];
    let document = Document {
        number: Some("淮招商〔2022〕6号".into()),
        title: "关于2022年1—5月全市招商引资\n工业项目签约、开工和竣工情况的通报".into(),
        head: head.map(|(label, text)| (label.to_owned(), text.to_owned())).into(),
        addressees: Some("各县区人民政府，市高新区、淮北煤化工基地管委会，市直有关单位：".into()),
        body: body(ranked.clone(), lines),
        attachments: vec![
            "2022年1—5月新签约工业项目明细表".into(),
            "各载体单位目标任务分解表（含“五群十链”归属、投资来源区域及审核意见）".into(),
        ],
        issuer: Some("淮北市投资促进中心".into()),
        date_line: Some("2022年6月10日".into()),
    };
    Ok((document, ranked))
}

fn body(ranked: Chart, lines: Chart) -> Vec<Block> {
    let heading = |level: u8, text: &str| Block::Heading { level, text: text.into() };
    let paragraph = |text: &str| Block::Paragraph(text.into());
    vec![
        paragraph(
            "今年以来，全市上下围绕“五群十链”产业布局，聚焦陶铝新材料、先进高分子结构材料、绿色食品等重点产业链，扎实推进招商引资工作。\
             现将1—5月工业项目签约、开工、竣工情况通报如下。",
        ),
        heading(1, "一、总体情况"),
        heading(2, "（一）新签约项目"),
        paragraph(
            "1—5月，全市新签约工业项目188个，完成年度目标任务310个的60.6%，高于序时进度19.0个百分点；同比增加127个。\
             其中，协议投资额10亿元以上项目24个，50亿元以上项目3个。",
        ),
        heading(2, "（二）新开工项目"),
        paragraph("新开工项目92个，完成年度目标任务225个的40.9%，低于序时进度0.8个百分点；同比增加53个。"),
        heading(2, "（三）新竣工项目"),
        paragraph("新竣工项目98个，完成年度目标任务175个的56.0%，高于序时进度14.3个百分点；同比增长250.0%。"),
        Block::Table(totals()),
        heading(1, "二、载体单位情况"),
        paragraph("六个载体单位中，三个高于序时进度，三个低于序时进度，差距最大的为淮北煤化工基地。具体见图1、表2。"),
        Block::Chart(ranked),
        Block::Chart(lines),
        heading(1, "三、项目明细"),
        heading(3, "1. 协议投资额1亿元以上的新签约项目"),
        paragraph("以下项目均已公示且无异议；涉密项目以代号列示，金额按认定时的协议文本填列。"),
        Block::Table(projects()),
        heading(1, "四、下步要求"),
        paragraph(
            "一要紧盯开工。对已签约未开工项目逐一建立台账，明确责任人和时间表，每周调度一次；对超过六个月未开工的，提请市招商引资工作领导小组研究。\
             二要严格认定。只有永久性工程开始施工方可认定为开工，场地平整、临时道路和奠基仪式不作为开工依据。三要提高质量。\
             任何单位不得以财政奖补金额作为考核和排名依据，确保公平竞争审查制度落到实处。",
        ),
    ]
}

fn columns(titles: &[(&str, Align, Option<&str>)]) -> Vec<Column> {
    let column = |(title, align, unit): &(&str, Align, Option<&str>)| Column {
        title: (*title).into(),
        align: *align,
        unit: unit.map(str::to_owned),
    };
    titles.iter().map(column).collect()
}

fn totals() -> Table {
    let rows = [
        ["新签约", "188", "310", "60.6%", "19.0", "61", "208.2%"],
        ["新开工", "92", "225", "40.9%", "-0.8", "39", "135.9%"],
        ["新竣工", "98", "175", "56.0%", "14.3", "28", "250.0%"],
    ];
    Table {
        caption: "表1  2022年1—5月工业项目目标完成情况".into(),
        columns: columns(&[
            ("指标", Align::Left, None),
            ("完成数", Align::Right, Some("个")),
            ("年度目标", Align::Right, Some("个")),
            ("完成率", Align::Right, None),
            ("与序时进度差", Align::Right, Some("个百分点")),
            ("上年同期", Align::Right, Some("个")),
            ("同比增长", Align::Right, None),
        ]),
        rows: rows.into_iter().map(|row| row.map(str::to_owned).into()).collect(),
        note: Some("注：序时进度为5÷12=41.7%。“-”为负值，表示低于序时进度。".into()),
    }
}

fn projects() -> Table {
    let names = [
        "年产10万吨再生铝合金圆铸锭",
        "锂离子电池负极材料",
        "智能矿山装备制造",
        "高性能聚烯烃薄膜",
        "预制菜中央厨房及冷链物流",
        "装配式建筑构件",
    ];
    let chains = ["铝基高端金属材料", "新能源（锂电）", "高端装备制造", "先进高分子结构材料", "绿色食品", "新型建材"];
    let carriers = ["濉溪县", "相山区", "杜集区", "烈山区", "市高新区", "淮北煤化工基地"];
    let sources = ["江苏省苏州市", "浙江省宁波市", "广东省深圳市", "上海市", "北京市", "安徽省合肥市"];
    let row = |index: usize| {
        let kind = index % 6;
        let amount = format!("{}.{:02}", 1 + index * 7 % 53, index * 37 % 100);
        let day = format!("2022-{:02}-{:02}", 1 + index % 5, 1 + index * 11 % 28);
        [
            (index + 1).to_string(),
            format!("{}项目（{}期）", names[kind], 1 + index / 6),
            carriers[index * 5 % 6].into(),
            chains[kind].into(),
        ]
        .into_iter()
        .chain([amount, sources[index * 7 % 6].into(), day])
        .collect()
    };
    Table {
        caption: "表2  新签约工业项目（协议投资额1亿元以上）".into(),
        columns: columns(&[
            ("序号", Align::Center, None),
            ("项目名称", Align::Left, None),
            ("载体单位", Align::Left, None),
            ("产业链", Align::Left, None),
            ("协议投资额", Align::Right, Some("亿元")),
            ("投资来源", Align::Left, None),
            ("认定日期", Align::Center, None),
        ]),
        rows: (0..20).map(row).collect(),
        note: Some("注：协议投资额为合同总额，不等于固定资产投资，也不等于到位资金。".into()),
    }
}

fn ranked() -> RankedBars {
    let row = |name: &str, done: f64, target: f64, place: u32, light: Light, word: &str| RankedRow {
        name: name.into(),
        done,
        target: Some(target),
        done_text: format!("{done}/{target} 个"),
        completion_text: format!("{:.1}%", done / target * 100.0),
        place: Some(place),
        moved: None,
        lamp: Some(Lamp { light, word: word.into() }),
        emphasis: Emphasis::Plain,
        link: None,
    };
    RankedBars {
        head: Head { id: "carriers".into(), title: "各载体单位新签约完成率".into(), ..Head::default() },
        measure: Measure::Completion,
        pace: Some(PaceMark { share: 0.417, label: "序时 41.7%".into() }),
        rows: vec![
            row("濉溪县", 83.0, 75.0, 1, Light::Ok, "正常"),
            row("市高新区", 44.0, 62.0, 2, Light::Ok, "正常"),
            row("相山区", 31.0, 55.0, 3, Light::Ok, "正常"),
            row("杜集区", 20.0, 50.0, 4, Light::None, "略低"),
            row("烈山区", 10.0, 45.0, 5, Light::Warn, "黄灯"),
            row("淮北煤化工基地", 0.0, 23.0, 6, Light::Bad, "红灯"),
        ],
    }
}

fn lines() -> CumulativeLines {
    let curve = |label: &str, values: &[f64]| Curve {
        label: label.into(),
        points: values.iter().zip(1..).map(|(value, month)| CurvePoint { month: f64::from(month), value: *value, link: None }).collect(),
    };
    let pace: Vec<f64> = (1..=12).map(|month| 310.0 * f64::from(month) / 12.0).collect();
    CumulativeLines {
        head: Head { id: "signed".into(), title: "新签约累计".into(), ..Head::default() },
        unit: "单位：个".into(),
        months: (1..=12).map(|month| format!("{month}月")).collect(),
        this_year: curve("2022年 188", &[21.0, 55.0, 96.0, 143.0, 188.0]),
        last_year: Some(curve("2021年 61", &[10.0, 19.0, 33.0, 47.0, 61.0])),
        pace: Some(curve("序时进度", &pace)),
        target: Some(TargetLine { value: 310.0, label: "目标 310".into() }),
        forecast: None,
        as_of: Some(AsOf { month: 5.0, label: "截至5月31日".into() }),
    }
}
