//! How fast projects are classified by chain, on one core: prints projects and bytes per second.
#![allow(clippy::print_stdout, clippy::disallowed_macros, clippy::unwrap_used, reason = "an example speaks on the terminal")]

use std::hint::black_box;
use std::path::Path;
use std::time::Instant;

use chrono::NaiveDate;
use qunlian_domain::catalogue::City;
use qunlian_domain::chain::{ChainClues, ChainScratch};

const PRODUCTS: [&str; 16] = [
    "铝箔",
    "锂电池隔膜",
    "PVC管材",
    "装配式建筑构件",
    "医用口罩",
    "矿山机械",
    "挂面",
    "陶铝活塞",
    "柔性电路板",
    "甲醇",
    "纺织面料",
    "新能源汽车零部件",
    "食品机械",
    "石膏板",
    "中药饮片",
    "改性塑料",
];
const SHAPES: [(&str, &str, &str); 6] = [
    ("年产5万吨", "项目", "新建厂房3万平方米，购置设备120台套，建成后年产值2亿元，可带动就业300人。"),
    ("", "生产线扩建项目", "利用现有厂房改造，新增自动化生产线4条。"),
    ("安徽某某科技有限公司高端", "智能工厂建设项目（一期）", "占地80亩，主要建设生产车间、仓库、办公楼及配套设施，产品用于长三角市场。"),
    ("濉溪县", "产业园", "分两期建设，一期建设标准化厂房10万平方米。"),
    ("绿色", "加工及配套项目", ""),
    ("", "研发制造基地", "建设研发中心和生产基地，引进国内先进工艺与检测设备，形成完整产业链条。"),
];

fn main() {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data");
    let city = City::load(&|path| std::fs::read_to_string(data.join(path)), "cities/huaibei").unwrap();
    let built = Instant::now();
    let classifier = city.classifier().unwrap();
    println!("matcher built in {:.1} ms", built.elapsed().as_secs_f64() * 1e3);
    let projects = projects();
    let bytes: usize = projects.iter().map(|(name, content)| name.len() + content.len()).sum();
    let on = NaiveDate::from_ymd_opt(2022, 5, 31).unwrap();
    println!("{} projects, {:.0} bytes each", projects.len(), bytes as f64 / projects.len() as f64);
    for (title, chain_given, industry_code) in
        [("name and content", "", ""), ("with industry code", "", "C3252"), ("with the filer's chain", "铝基高端金属材料", "3252")]
    {
        let mut scratch = ChainScratch::new();
        let mut best = f64::INFINITY;
        // Short rounds, the best of many: the figure holds on a machine that also does other work.
        for _ in 0..100 {
            let start = Instant::now();
            for (name, content) in &projects {
                let clues = ChainClues { name, content, chain_given, segment_given: "", industry_code, on };
                black_box(classifier.classify(black_box(&clues), &mut scratch));
            }
            best = best.min(start.elapsed().as_secs_f64());
        }
        let rate = projects.len() as f64 / best;
        println!("{title}: {:.2} million projects/s, {:.0} MB/s, {:.0} ns each", rate / 1e6, bytes as f64 / best / 1e6, 1e9 / rate);
    }
}

fn projects() -> Vec<(String, String)> {
    let mut all = Vec::with_capacity(20_000);
    for round in 0..20_000usize {
        let product = PRODUCTS[round % PRODUCTS.len()];
        let (before, after, content) = SHAPES[(round / PRODUCTS.len()) % SHAPES.len()];
        all.push((format!("{before}{product}{after}"), content.to_owned()));
    }
    all
}
