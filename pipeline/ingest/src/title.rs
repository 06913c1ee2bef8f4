//! What the lines above a table, the sheet's name and the file's name say about all its rows (标题信息).

mod dates;

use chrono::{Datelike, NaiveDate};
use qunlian_domain::carriers::Carriers;
use qunlian_domain::catalogue::{City, SheetAbout};
use qunlian_domain::money::Denomination;
use qunlian_domain::period::{end_of_month, start_of_month};
use qunlian_domain::text::{fold, fold_char, tidy};

use dates::{Found, Label};

/// Facts that hold for a whole table, each with how surely it is known: a label beats a bare mention.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct TitleFacts {
    /// 截至日期, or the month's end of a labelled month.
    data_date: Option<NaiveDate>,
    /// 填报日期, or a date that stands alone.
    other_date: Option<NaiveDate>,
    month: Option<NaiveDate>,
    /// A month without a year, as sheets are named (3月), and a year without a month.
    bare_month: Option<u32>,
    bare_year: Option<i32>,
    /// Folded name behind 填报单位.
    named_carrier: Option<String>,
    mentioned_carrier: Option<String>,
    unit: Option<Denomination>,
    about: Option<SheetAbout>,
}

const CARRIER_LABELS: [&str; 9] =
    ["填报单位", "报送单位", "上报单位", "申报单位", "填表单位", "单位名称", "载体单位", "责任单位", "编报单位"];

/// Longest cell that is read for facts, in characters.
const LONGEST: usize = 300;

/// Reads titles; the carriers' names are prepared once.
pub struct Titles<'c> {
    city: &'c City,
    /// Folded names, the longest first, each with its carrier's id.
    names: Vec<(String, &'c str)>,
}

impl<'c> Titles<'c> {
    pub fn new(city: &'c City) -> Self {
        let mut names = Vec::new();
        for carrier in city.carriers.rows() {
            for name in [&carrier.name, &carrier.short_name].into_iter().chain(&carrier.aliases) {
                names.push((fold(name), carrier.id.as_str()));
            }
        }
        names.retain(|(name, _)| name.chars().count() >= 2);
        names.sort_by(|(left, _), (right, _)| (right.len(), left).cmp(&(left.len(), right)));
        Self { city, names }
    }

    /// Reads one cell or name.
    pub fn read(&self, text: &str) -> TitleFacts {
        let text = text.char_indices().nth(LONGEST).map_or(text, |(end, _)| &text[..end]);
        let folded = fold(text);
        let mut facts = TitleFacts {
            named_carrier: labelled_carrier(text),
            mentioned_carrier: self.names.iter().find(|(name, _)| folded.contains(name)).map(|(_, id)| (*id).to_owned()),
            unit: unit(text),
            about: self.city.sheets.about(text),
            ..TitleFacts::default()
        };
        for found in dates::find(&spaced(text)) {
            facts.take(found);
        }
        facts
    }
}

impl TitleFacts {
    fn take(&mut self, found: Found) {
        match found {
            Found::Day(day, Label::DataDate) => keep(&mut self.data_date, day),
            Found::Day(day, Label::Month) => keep(&mut self.month, start_of_month(day)),
            Found::Day(day, _) => keep(&mut self.other_date, day),
            Found::Month(first, Label::DataDate) => keep(&mut self.data_date, end_of_month(first)),
            Found::Month(first, Label::Filled) => keep(&mut self.other_date, end_of_month(first)),
            Found::Month(first, _) => keep(&mut self.month, first),
            Found::BareMonth(month) => keep(&mut self.bare_month, month),
            Found::Year(year) => keep(&mut self.bare_year, year),
        }
    }

    /// Fills what is not known here from a less telling place.
    pub fn or(self, other: Self) -> Self {
        let about = match (self.about, other.about) {
            // 项目台账 is the widest word: a narrower one elsewhere says more.
            (None | Some(SheetAbout::Ledger), Some(about)) => Some(about),
            (about, _) => about,
        };
        Self {
            data_date: self.data_date.or(other.data_date),
            other_date: self.other_date.or(other.other_date),
            month: self.month.or(other.month),
            bare_month: self.bare_month.or(other.bare_month),
            bare_year: self.bare_year.or(other.bare_year),
            named_carrier: self.named_carrier.or(other.named_carrier),
            mentioned_carrier: self.mentioned_carrier.or(other.mentioned_carrier),
            unit: self.unit.or(other.unit),
            about,
        }
    }

    /// First day of the month the table reports.
    pub fn month(&self) -> Option<NaiveDate> {
        let from_parts = || NaiveDate::from_ymd_opt(self.bare_year?, self.bare_month?, 1);
        self.month.or_else(from_parts).or(self.data_date.map(start_of_month)).or(self.other_date.map(start_of_month))
    }

    /// The data date (截至日期): stated, else the end of the stated month, else the day it was filled in.
    pub fn reported_on(&self) -> Option<NaiveDate> {
        let month = self.month.or_else(|| NaiveDate::from_ymd_opt(self.bare_year?, self.bare_month?, 1));
        self.data_date.or(month.map(end_of_month)).or(self.other_date)
    }

    /// The carrier that handed the table in, valid on a day.
    pub fn carrier(&self, carriers: &Carriers, on: NaiveDate) -> Option<String> {
        let named = self.named_carrier.as_deref().and_then(|name| carriers.find(name, on));
        let mentioned = || self.mentioned_carrier.as_deref().and_then(|id| carriers.get(id, on));
        named.or_else(mentioned).map(|carrier| carrier.id.clone())
    }

    /// The unit of amounts whose header names none (单位：万元).
    pub fn unit(&self) -> Option<Denomination> {
        self.unit
    }

    /// What the rows are.
    pub fn about(&self) -> Option<SheetAbout> {
        self.about
    }
}

/// Folded, but a space between two digits stays: `09/22/2022 03:08` is no 202203, `2022 年 3 月` is a month.
fn spaced(text: &str) -> String {
    let line: Vec<char> = tidy(text).chars().map(fold_char).collect();
    let digit = |at: Option<usize>| at.and_then(|at| line.get(at)).is_some_and(char::is_ascii_digit);
    let mut out = String::with_capacity(text.len());
    for (at, c) in line.iter().enumerate() {
        if *c != ' ' || (digit(at.checked_sub(1)) && digit(Some(at + 1))) {
            out.extend(c.to_lowercase());
        }
    }
    out
}

fn keep<T>(place: &mut Option<T>, value: T) {
    if place.is_none() {
        *place = Some(value);
    }
}

/// The name behind 填报单位： in a line that may go on with other labels.
fn labelled_carrier(text: &str) -> Option<String> {
    let line: String = tidy(text).chars().map(fold_char).collect();
    for label in CARRIER_LABELS {
        let Some(at) = line.find(label) else { continue };
        let rest = line[at + label.len()..].trim_start_matches(['(', '盖', '公', '章', ')', ' ']).trim_start_matches([':', ' ']);
        let end = rest.find([' ', ',', ';']).unwrap_or(rest.len());
        let mut name = &rest[..end];
        for next in ["填报", "报送", "截至", "单位:", "联系"] {
            name = name.split(next).next().unwrap_or(name);
        }
        if !name.is_empty() {
            return Some(name.to_owned());
        }
    }
    None
}

/// A unit said for the whole table: `单位：万元`, `（金额单位：亿元）`.
fn unit(text: &str) -> Option<Denomination> {
    let line: String = tidy(text).chars().map(fold_char).collect();
    for (at, _) in line.match_indices("单位") {
        let rest = &line[at + "单位".len()..];
        if !rest.starts_with([':', ' ']) {
            continue;
        }
        let rest = rest.trim_start_matches([':', ' ']);
        let end = rest.find([' ', ')', ';']).unwrap_or(rest.len());
        if let Some(denomination) = Denomination::in_header(&format!("单位:{}", &rest[..end])) {
            return Some(denomination);
        }
    }
    None
}

/// True when a date could belong to a report of this product's time: files speak of other years too.
fn plausible(day: NaiveDate) -> bool {
    (1980..=2100).contains(&day.year())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(texts: &[&str]) -> TitleFacts {
        let city = crate::testing::city();
        let titles = Titles::new(&city);
        texts.iter().map(|text| titles.read(text)).fold(TitleFacts::default(), TitleFacts::or)
    }

    fn day(text: &str) -> Option<NaiveDate> {
        Some(text.parse().unwrap())
    }

    fn carrier(texts: &[&str]) -> Option<String> {
        let city = crate::testing::city();
        facts(texts).carrier(&city.carriers, "2022-03-31".parse().unwrap())
    }

    #[test]
    fn months_and_data_dates() {
        let check = |texts: &[&str], month: Option<NaiveDate>, reported_on: Option<NaiveDate>| {
            let facts = facts(texts);
            assert_eq!((facts.month(), facts.reported_on()), (month, reported_on), "{texts:?}");
        };
        check(&["2022年3月招商引资项目情况表"], day("2022-03-01"), day("2022-03-31"));
        check(&["截至2022年3月25日"], day("2022-03-01"), day("2022-03-25"));
        check(&["2022年3月情况表", "填报日期：2022年4月2日"], day("2022-03-01"), day("2022-03-31"));
        check(&["填报日期：2022年4月2日"], day("2022-04-01"), day("2022-04-02"));
        check(&["2022年情况表", "3月"], day("2022-03-01"), day("2022-03-31"));
        check(&["情况表"], None, None);
        check(&["data as of 09/22/2022 03:08:20 PM"], None, None);
        check(&["2022 年 3 月情况表"], day("2022-03-01"), day("2022-03-31"));
    }

    #[test]
    fn carriers_and_units() {
        assert_eq!(carrier(&["填报单位：濉溪县        单位：万元"]).as_deref(), Some("suixi"));
        assert_eq!(carrier(&["填报单位（盖章）： 淮北市相山区人民政府 "]).as_deref(), Some("xiangshan"));
        assert_eq!(carrier(&["淮北市濉溪县2022年3月招商引资项目情况表"]).as_deref(), Some("suixi"));
        assert_eq!(carrier(&["濉溪经济开发区签约项目"]).as_deref(), Some("suixi-jkq"));
        assert_eq!(carrier(&["招商引资项目情况表"]), None);
        let unit = |text: &str| facts(&[text]).unit().map(|unit| unit.unit.name());
        assert_eq!(unit("填报单位：濉溪县    单位：万元"), Some("万元"));
        assert_eq!(unit("（金额单位：亿元）"), Some("亿元"));
        assert_eq!(unit("单位：万元、个"), Some("万元"));
        assert_eq!(unit("填报单位：濉溪县"), None);
    }

    #[test]
    fn the_narrower_word_says_what_rows_are() {
        assert_eq!(facts(&["2022年招商项目台账", "新签约项目"]).about(), Some(SheetAbout::Signed));
        assert_eq!(facts(&["新开工项目", "新签约项目"]).about(), Some(SheetAbout::Started));
    }
}
