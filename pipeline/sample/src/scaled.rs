//! A scaled-up csv (放大样本) of so many projects, for measuring: one header line, UTF-8, written as a stream.

use std::fs::File;
use std::io::Write;
use std::path::Path;

use chrono::{Datelike, Days, NaiveDate};

use crate::calendar::day;
use crate::carriers::CARRIERS;
use crate::draw::Draw;
use crate::investors::credit_code;
use crate::places;
use crate::products::CHAINS;
use crate::{Progress, SampleError};

/// The columns, in the words of the workbooks; amounts in 万元. A row states up to three milestones; its
/// recognition date is that of the latest.
pub const HEADER: &str = "序号,载体单位,项目名称,投资方,投资方注册地址,统一社会信用代码,建设内容,行业代码,所属产业链,\
    协议投资额（万元）,固定资产投资额（万元）,签约日期,开工日期,竣工日期,认定日期,截至日期\n";

/// Rows between two reports of progress; also about the size of one write.
const STRIDE: u64 = 4096;

/// Writes `rows` projects to a file: six carriers, ten chains and the remainder, some 300 cities.
///
/// # Errors
/// The file cannot be written.
pub fn write_scaled(rows: u64, seed: u64, out: &Path, mut progress: impl FnMut(Progress)) -> Result<(), SampleError> {
    let fault = |source: std::io::Error| SampleError::Write { path: out.to_owned(), source };
    let mut file = File::create(out).map_err(fault)?;
    let vocabulary = Vocabulary::new(seed);
    let mut draw = Draw::of(seed, "scaled", [0, 0]);
    let mut buffer: Vec<u8> = Vec::with_capacity(4 << 20);
    buffer.extend_from_slice(HEADER.as_bytes());
    for row in 1..=rows {
        vocabulary.row(&mut draw, row, &mut buffer);
        if row.is_multiple_of(STRIDE) {
            file.write_all(&buffer).map_err(fault)?;
            buffer.clear();
            progress(Progress { done: row, total: rows });
        }
    }
    file.write_all(&buffer).map_err(fault)?;
    file.flush().map_err(fault)?;
    progress(Progress { done: rows, total: rows });
    Ok(())
}

/// A city with its spellings made once.
struct City {
    short: String,
    /// `江苏省苏州市虎丘区`
    full: String,
    /// `苏州市虎丘区`
    brief: String,
    /// Codes of firms registered there.
    codes: Vec<String>,
}

struct Vocabulary {
    cities: Vec<City>,
    /// Positions in `cities`, each as often as it is likely.
    likely: Vec<u16>,
    /// 2019-01-01 and the days after it, as text.
    days: Vec<String>,
    /// Last day of the month of each of `days`.
    closing: Vec<u16>,
}

const FIRST: (i32, u32, u32) = (2019, 1, 1);
/// Three years of signings, then two for what follows.
const SIGNING_DAYS: u64 = 1_000;
const DAYS: u64 = 1_800;
const NAMES: [&str; 6] = ["濉溪县", "相山区", "杜集区", "烈山区", "市高新区", "淮北煤化工基地"];
const MARKS: [&str; 12] = ["甲子", "乙丑", "丙寅", "丁卯", "戊辰", "己巳", "庚午", "辛未", "壬申", "癸酉", "甲戌", "乙亥"];
const FORMS: [&str; 3] = ["有限公司", "股份有限公司", "集团有限公司"];

impl Vocabulary {
    fn new(seed: u64) -> Self {
        let mut cities = Vec::new();
        let mut likely = Vec::new();
        for (position, (code, name, county)) in places::prefectures().into_iter().enumerate() {
            let province = format!("{}0000", &code[..2]);
            let weight = match &code[..2] {
                "31" => 140,
                "32" | "33" => 20,
                "44" => 8,
                "34" => 6,
                "11" | "12" => 20,
                _ => 2,
            };
            likely.extend(std::iter::repeat_n(position as u16, weight));
            cities.push(City::new(seed, code, name, &province, county));
        }
        let first = day(FIRST.0, FIRST.1, FIRST.2);
        let dates: Vec<NaiveDate> = (0..DAYS).map(|offset| first + Days::new(offset)).collect();
        let closing = dates.iter().map(|date| closing_offset(first, *date)).collect();
        Self { cities, likely, days: dates.iter().map(NaiveDate::to_string).collect(), closing }
    }

    fn row(&self, draw: &mut Draw, row: u64, out: &mut Vec<u8>) {
        let carrier = draw.position(CARRIERS.len());
        let chain = &CHAINS[draw.weighted(&CARRIERS[carrier].chain_weights)];
        let product = draw.pick(chain.products);
        let city = &self.cities[usize::from(draw.pick(&self.likely))];
        let output = draw.between(i64::from(product.least), i64::from(product.most)) as u64;
        push_number(out, row);
        push(out, &[",", NAMES[carrier], ",年产"]);
        push_number(out, output);
        push(out, &[product.unit, product.term, "项目（示例"]);
        push_number(out, row);
        push(out, &["号）,", &city.short, "示例", draw.pick(&MARKS), draw.pick(chain.trades), draw.pick(&FORMS), ","]);
        self.address_and_code(draw, city, out);
        push(out, &[",建设", product.term, "生产线，采用", draw.pick(chain.processes), "工艺，达产后年产"]);
        push_number(out, output);
        push(out, &[product.unit, product.term, "。,", if draw.percent(45) { product.industry_code } else { "" }, ","]);
        push(out, &[if draw.percent(40) { draw.pick(chain.written_as) } else { "" }, ","]);
        self.amounts_and_dates(draw, out);
        out.push(b'\n');
    }

    fn address_and_code(&self, draw: &mut Draw, city: &City, out: &mut Vec<u8>) {
        let written = draw.below(100);
        if written < 92 {
            push(out, &[if written < 70 { &city.full } else { &city.brief }, "示例路"]);
            push_number(out, draw.below(288) + 1);
            push(out, &["号"]);
        }
        push(out, &[",", if draw.percent(80) { &city.codes[draw.position(city.codes.len())] } else { "" }]);
    }

    fn amounts_and_dates(&self, draw: &mut Draw, out: &mut Vec<u8>) {
        let agreed = match draw.below(100) {
            0..=14 => draw.below(9_000) + 1_000,
            15..=92 => draw.below(40_000) + 10_000,
            93..=98 => draw.below(50_000) + 50_000,
            _ => draw.below(500_000) + 100_000,
        };
        push_number(out, agreed);
        out.push(b',');
        push_number(out, agreed * (draw.below(30) + 55) / 100);
        let signed = draw.below(SIGNING_DAYS) as usize;
        let started = draw.percent(55).then(|| signed + 30 + draw.position(300));
        let completed = started.filter(|_| draw.percent(45)).map(|started| started + 120 + draw.position(300));
        let written = |offset: usize| self.days.get(offset).map_or("", String::as_str);
        let latest = completed.or(started).unwrap_or(signed);
        let closing = self.closing.get(latest).map_or("", |offset| written(usize::from(*offset)));
        push(out, &[",", written(signed), ",", started.map_or("", written), ",", completed.map_or("", written)]);
        push(out, &[",", written(latest), ",", closing]);
    }
}

impl City {
    fn new(seed: u64, code: &str, name: &str, province: &str, county: &str) -> Self {
        let mut draw = Draw::of(seed, "codes", [code.parse().unwrap_or(0), 0]);
        let county_name = if county == code { "" } else { places::name_of(county) };
        let province_name = if province == code { "" } else { places::name_of(province) };
        Self {
            short: name.trim_end_matches('市').to_owned(),
            full: format!("{province_name}{name}{county_name}"),
            brief: format!("{name}{county_name}"),
            codes: (0..64).map(|_| credit_code(county, draw.below(100_000) as u32)).collect(),
        }
    }
}

/// Offset of the last day of a date's month.
fn closing_offset(first: NaiveDate, date: NaiveDate) -> u16 {
    let next = if date.month() == 12 { day(date.year() + 1, 1, 1) } else { day(date.year(), date.month() + 1, 1) };
    ((next - first).num_days() - 1) as u16
}

fn push(out: &mut Vec<u8>, pieces: &[&str]) {
    for piece in pieces {
        out.extend_from_slice(piece.as_bytes());
    }
}

fn push_number(out: &mut Vec<u8>, number: u64) {
    let mut digits = [0u8; 20];
    let mut at = digits.len();
    let mut rest = number;
    loop {
        at -= 1;
        digits[at] = b'0' + (rest % 10) as u8;
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    out.extend_from_slice(&digits[at..]);
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn writes_rows_of_equal_shape_and_repeats_itself() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, seed: u64| {
            let path = folder.path().join(name);
            let mut last = None;
            write_scaled(10_000, seed, &path, |progress| last = Some(progress)).unwrap();
            assert_eq!(last, Some(Progress { done: 10_000, total: 10_000 }));
            std::fs::read(path).unwrap()
        };
        let bytes = write("a.csv", 1);
        assert_eq!(bytes, write("b.csv", 1));
        assert_ne!(bytes, write("c.csv", 2));
        let mut reader = csv::Reader::from_reader(bytes.as_slice());
        let headers = reader.headers().unwrap().clone();
        assert_eq!(headers.len(), 16);
        let (mut names, mut cities, mut started) = (BTreeSet::new(), BTreeSet::new(), 0);
        for record in reader.records() {
            let record = record.unwrap();
            assert!(names.insert(record[2].to_owned()), "a name twice: {}", &record[2]);
            cities.insert(record[3].split("示例").next().unwrap_or_default().to_owned());
            started += usize::from(!record[12].is_empty());
            let dates: Vec<NaiveDate> = [11, 12, 13].iter().filter_map(|column| record[*column].parse().ok()).collect();
            assert!(dates.is_sorted() && !dates.is_empty());
            assert_eq!(record[14].parse::<NaiveDate>().unwrap(), *dates.last().unwrap());
            assert!(record[15].parse::<NaiveDate>().unwrap() >= *dates.last().unwrap());
        }
        assert_eq!(names.len(), 10_000);
        assert!(cities.len() > 250, "{} cities", cities.len());
        assert!((5_000..6_000).contains(&started), "{started} started");
    }
}
