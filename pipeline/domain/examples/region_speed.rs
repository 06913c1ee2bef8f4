//! Measures how many source regions a second one core classifies: `cargo run --profile dist --example region_speed [FILE]`.
//!
//! FILE holds one address a line; without it, addresses are made from the table of divisions in
//! the ways people write them. Prints one line per kind of clue.

use std::io::Write;
use std::time::Instant;

use qunlian_domain::region::{RegionClassifier, RegionClues};

const DIVISIONS: &str = include_str!("../../../data/codes/divisions.csv");
const HISTORY: &str = include_str!("../../../data/codes/divisions-history.csv");
const COUNTRIES: &str = include_str!("../../../data/codes/countries.csv");
const PASSES: usize = 20;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let started = Instant::now();
    let classifier = RegionClassifier::new(DIVISIONS, HISTORY, COUNTRIES, "340600")?;
    let built = started.elapsed();
    let addresses = match std::env::args().nth(1) {
        Some(file) => std::fs::read_to_string(file)?.lines().map(str::to_owned).collect(),
        None => made_addresses(),
    };
    let companies: Vec<String> = addresses
        .iter()
        .map(|address| {
            let head: String = address.chars().take(5).collect();
            format!("{head}汇源精密制造股份有限公司")
        })
        .collect();
    let mut out = std::io::stdout().lock();
    writeln!(out, "index built in {:.1} ms", built.as_secs_f64() * 1e3)?;
    let address_only = |index: usize| RegionClues { address: at(&addresses, index), ..RegionClues::default() };
    let every_clue = |index: usize| RegionClues {
        address: at(&addresses, index),
        company: at(&companies, index),
        credit_code: "91340600MA2MYKT30W",
        supplied: "省外",
    };
    report(&mut out, "address alone", &classifier, addresses.len(), address_only)?;
    report(&mut out, "all four clues", &classifier, addresses.len(), every_clue)?;
    Ok(())
}

fn report<'a>(
    out: &mut impl Write,
    title: &str,
    classifier: &'a RegionClassifier,
    count: usize,
    clues: impl Fn(usize) -> RegionClues<'a>,
) -> std::io::Result<()> {
    let mut best = f64::INFINITY;
    let mut with_city = 0;
    for _ in 0..PASSES {
        let started = Instant::now();
        with_city = 0;
        for index in 0..count {
            let region = classifier.classify(&clues(index));
            with_city += usize::from(!region.city.is_empty());
        }
        best = best.min(started.elapsed().as_secs_f64());
    }
    let rate = count as f64 / best;
    let share = 100.0 * with_city as f64 / count.max(1) as f64;
    writeln!(out, "{title}: {count} rows, {rate:.0} a second on one core, city known for {share:.1} %")
}

fn at(texts: &[String], index: usize) -> &str {
    texts.get(index).map_or("", String::as_str)
}

/// Every county of the table in one of eight habits of writing, 20 streets each.
fn made_addresses() -> Vec<String> {
    let mut province = "";
    let mut city = "";
    let mut addresses = Vec::new();
    for line in DIVISIONS.lines().skip(1) {
        let mut cells = line.split(',');
        let (Some(code), Some(name)) = (cells.next(), cells.next()) else {
            continue;
        };
        if code.ends_with("0000") {
            (province, city) = (name, "");
            continue;
        }
        if code.ends_with("00") {
            city = name;
            continue;
        }
        for number in 0..20 {
            addresses.push(match number % 8 {
                0 => format!("{province}{city}{name}科创路{number}号3幢"),
                1 => format!("{province}{name}工业大道{number}号"),
                2 => format!("{city}{name}人民中路{number}号2楼201室"),
                3 => format!("{province}{city}经济技术开发区黄山路{number}号"),
                4 => format!("{province} {city} {name} 长江东路 {number} 号"),
                5 => format!("中国{province}{city}{name}兴业街道创新社区{number}号"),
                6 => format!("{province}（{city}）{name}滨河路{number}号"),
                _ => format!("{province}{city}{name}高新技术产业园A{number}栋"),
            });
        }
    }
    addresses
}
