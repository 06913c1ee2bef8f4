//! What a project is called and what it builds (项目名称, 建设内容): chain first, then words that follow from it.

use std::collections::BTreeSet;

use crate::draw::Draw;
use crate::products::{CHAINS, Product};

/// Name, content and codes of a project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Work {
    /// Position in `products::CHAINS`.
    pub chain: usize,
    pub product: &'static str,
    pub name: String,
    pub content: String,
    /// As the clerk wrote it: `3252`, `C3252` or empty.
    pub industry_code: String,
    /// As the clerk wrote it, often empty.
    pub chain_text: &'static str,
}

impl Work {
    /// A new project of a chain, with a name that no other bears.
    pub fn draw(draw: &mut Draw, chain: usize, names: &mut BTreeSet<String>) -> Self {
        let vocabulary = &CHAINS[chain];
        let product = &draw.pick(vocabulary.products);
        let (output, name) = loop {
            let output = output(draw, product);
            let name = name(draw, product, &output);
            if names.insert(name.clone()) {
                break (output, name);
            }
        };
        let content = content(draw, chain, product, &output);
        let industry_code = industry_code(draw, product);
        let chain_text = if draw.percent(65) { draw.pick(vocabulary.written_as) } else { "" };
        Self { chain, product: product.term, name, content, industry_code, chain_text }
    }
}

fn output(draw: &mut Draw, product: &Product) -> String {
    let drawn = draw.between(i64::from(product.least), i64::from(product.most));
    let step = match product.most {
        0..=60 => 1,
        61..=600 => 5,
        601..=6_000 => 50,
        _ => 500,
    };
    let rounded = (drawn / step * step).max(i64::from(product.least));
    let half = if product.most <= 20 && draw.percent(25) { ".5" } else { "" };
    format!("{rounded}{half}{}", product.unit)
}

fn name(draw: &mut Draw, product: &Product, output: &str) -> String {
    let term = product.term;
    match draw.below(10) {
        0..=4 => format!("年产{output}{term}项目"),
        5 => format!("年产{output}{term}项目（一期）"),
        6 => format!("{term}生产基地项目（年产{output}）"),
        7 => format!("年产{output}{term}生产线项目"),
        8 => format!("{output}{term}项目"),
        _ => format!("年产{output}{term}扩建项目"),
    }
}

fn content(draw: &mut Draw, chain: usize, product: &Product, output: &str) -> String {
    let term = product.term;
    let area = draw.between(6, 160) * 500;
    let lines = draw.between(1, 12);
    let process = draw.pick(CHAINS[chain].processes);
    match draw.below(4) {
        0 => format!("新建标准化厂房{area}平方米，建设{lines}条{term}生产线，购置{process}等设备，达产后年产{output}{term}。"),
        1 => format!("租用厂房{area}平方米，分两期建设{term}生产线，主要工序为{process}，年产{output}。"),
        2 => format!("项目占地{}亩，建设生产车间、仓库及办公楼，形成年产{output}{term}的能力。", area / 400 + 10),
        _ => format!("建设{term}生产线{lines}条及配套设施，采用{process}工艺，达产后年产{output}{term}。"),
    }
}

fn industry_code(draw: &mut Draw, product: &Product) -> String {
    if product.industry_code.is_empty() || draw.percent(45) {
        return String::new();
    }
    let manufacturing = product.industry_code < "44";
    if manufacturing && draw.percent(25) { format!("C{}", product.industry_code) } else { product.industry_code.to_owned() }
}
