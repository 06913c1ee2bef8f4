//! How fast a new project is checked against 5,000 known ones: prints milliseconds per check.
#![allow(clippy::print_stdout, clippy::disallowed_macros, clippy::unwrap_used, reason = "an example speaks on the terminal")]

use std::hint::black_box;
use std::time::Instant;

use chrono::NaiveDate;
use qunlian_domain::duplicate::{Candidate, DuplicateIndex, Known, Noise};
use qunlian_domain::procedure::DuplicateLimits;

const PRODUCTS: [&str; 12] = [
    "高精度铝箔",
    "锂电池隔膜",
    "装配式建筑构件",
    "矿山机械",
    "休闲食品",
    "柔性电路板",
    "新能源汽车零部件",
    "石膏板",
    "中药饮片",
    "改性塑料",
    "光伏组件",
    "智能仓储装备",
];
const WORDS: [&str; 10] = ["甲", "乙", "丙", "丁", "戊", "己", "庚", "辛", "壬", "癸"];

fn known(at: usize) -> Known {
    let brand = [at % 10, at / 10 % 10, at / 100 % 10].map(|digit| WORDS[digit]).concat();
    let product = PRODUCTS[at % PRODUCTS.len()];
    Known {
        id: format!("p{at}"),
        name: format!("年产{}万吨{product}{}项目", at % 17 + 1, WORDS[at / 1000 % 10]),
        investor: format!("{brand}{product}科技有限公司"),
        credit_code: String::new(),
        agreed_yuan: Some((at as i64 + 1) * 10_000_000),
        carrier_id: "suixi".to_owned(),
        reported_on: NaiveDate::from_ymd_opt(2022, 1, 1).unwrap(),
    }
}

fn main() {
    let built = Instant::now();
    let index = DuplicateIndex::new(Noise::new(["淮北市", "淮北", "濉溪县"]), (0..5_000).map(known));
    println!("index of {} built in {:.1} ms", index.len(), built.elapsed().as_secs_f64() * 1e3);
    let limits = DuplicateLimits { likely_percent: 74, most_shown: 5 };
    let mut found = 0;
    let start = Instant::now();
    for at in 0..500 {
        let asked = known(at * 10);
        let candidate = Candidate { name: &asked.name, investor: &asked.investor, agreed_yuan: asked.agreed_yuan, ..Candidate::default() };
        found += black_box(index.find(black_box(&candidate), &limits)).len();
    }
    println!("{:.2} ms a check, {found} findings", start.elapsed().as_secs_f64() * 1e3 / 500.0);
}
