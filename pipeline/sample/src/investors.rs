//! Made-up investors (投资方): names that no firm bears, addresses, and well-formed credit codes that nobody was given.

use std::collections::BTreeSet;

use qunlian_domain::credit_code::CreditCode;

use crate::addresses::{address, region_text};
use crate::draw::Draw;
use crate::places::{Place, SourceKind};
use crate::products::ChainVocabulary;

/// What of its evidence an investor shows (来源依据): most show everything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Evidence {
    /// Address, name and code agree.
    Full,
    /// No address was filled in; the name begins with the city.
    NameOnly,
    /// Neither address nor city in the name: only the code's digits 3–8 speak.
    CodeOnly,
    /// The name begins with another city than the address: the address is right.
    NameElsewhere,
}

/// An investor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Investor {
    /// Parts of the name, so that another trade can be put in: `苏州示例甲子`, `铝业`, `有限公司`.
    stem: String,
    trade: &'static str,
    form: &'static str,
    pub place: Place,
    pub evidence: Evidence,
    /// As the clerk wrote it; empty when left out.
    pub address: String,
    /// 18 characters; empty for firms from abroad.
    pub credit_code: String,
    pub region_text: String,
}

impl Investor {
    /// The whole name: `苏州示例甲子铝业有限公司`.
    pub fn name(&self) -> String {
        format!("{}{}{}", self.stem, self.trade, self.form)
    }

    /// The same firm with a name from another chain's trades.
    pub fn retraded(&self, draw: &mut Draw, chain: &ChainVocabulary) -> Self {
        let mut other = self.clone();
        if self.place.kind != SourceKind::Abroad {
            other.trade = draw.pick(chain.trades);
        }
        other
    }
}

/// Makes investors whose names never repeat.
#[derive(Debug, Default)]
pub struct Registry {
    stems: BTreeSet<String>,
    codes: u32,
}

impl Registry {
    /// A new investor at a place, of a chain's trade.
    pub fn draw(&mut self, draw: &mut Draw, place: Place, chain: &ChainVocabulary) -> Investor {
        let evidence = match draw.below(100) {
            _ if place.kind == SourceKind::Abroad => Evidence::Full,
            0..=4 if place.zone.is_empty() => Evidence::NameOnly,
            5 if place.zone.is_empty() => Evidence::CodeOnly,
            6..=7 => Evidence::NameElsewhere,
            _ => Evidence::Full,
        };
        let stem = self.new_stem(draw, &place, evidence);
        let form = if place.kind == SourceKind::Abroad { "" } else { draw.pick(&FORMS) };
        let trade = if place.kind == SourceKind::Abroad { "" } else { draw.pick(chain.trades) };
        let shows_address = !matches!(evidence, Evidence::NameOnly | Evidence::CodeOnly);
        Investor {
            stem,
            trade,
            form,
            evidence,
            address: if shows_address { address(draw, &place) } else { String::new() },
            credit_code: self.new_code(draw, &place, evidence),
            region_text: region_text(draw, &place),
            place,
        }
    }

    fn new_stem(&mut self, draw: &mut Draw, place: &Place, evidence: Evidence) -> String {
        loop {
            let mark = format!("{}{}", draw.pick(&STEMS), draw.pick(&BRANCHES));
            let stem = match (place.kind, place.country) {
                (SourceKind::Abroad, "DE") => format!("Beispiel {} Werke GmbH", latin(draw)),
                (SourceKind::Abroad, "US") => format!("Sample {} Holdings LLC", latin(draw)),
                (SourceKind::Abroad, "SG") => format!("Sample {} Pte. Ltd.", latin(draw)),
                (SourceKind::Abroad, "JP") => format!("日本示例{mark}株式会社"),
                (SourceKind::Abroad, "KR") => format!("韩国示例{mark}株式会社"),
                (SourceKind::Abroad, _) => format!("香港示例{mark}控股有限公司"),
                _ => format!("{}示例{mark}", prefix(draw, place, evidence)),
            };
            if self.stems.insert(stem.clone()) {
                return stem;
            }
        }
    }

    fn new_code(&mut self, draw: &mut Draw, place: &Place, evidence: Evidence) -> String {
        if place.kind == SourceKind::Abroad {
            return String::new();
        }
        self.codes += 1;
        // A firm that moved keeps the code of its first registrar: one in thirty.
        let moved = evidence == Evidence::Full && draw.percent(3);
        let division = if moved { "440305" } else { place.division };
        credit_code(division, self.codes)
    }
}

/// The n-th code of the sample for a division. Organisation codes beginning `MAY` have not been given out.
pub fn credit_code(division: &str, number: u32) -> String {
    let mut body = *b"MAY00000";
    let mut rest = number;
    for digit in body[3..].iter_mut().rev() {
        *digit = b'0' + (rest % 10) as u8;
        rest /= 10;
    }
    CreditCode::from_parts('9', '1', division, &body).map(|code| code.to_string()).unwrap_or_default()
}

fn prefix(draw: &mut Draw, place: &Place, evidence: Evidence) -> String {
    match evidence {
        Evidence::CodeOnly => String::new(),
        Evidence::NameOnly => place.short_city().to_owned(),
        Evidence::NameElsewhere if place.province_code == "310000" => "浙江".to_owned(),
        Evidence::NameElsewhere => "上海".to_owned(),
        Evidence::Full => match draw.below(10) {
            0..=1 => place.short_province().to_owned(),
            2..=3 if place.county_stands_alone() => place.county.trim_end_matches('市').to_owned(),
            _ => place.short_city().to_owned(),
        },
    }
}

fn latin(draw: &mut Draw) -> String {
    let first = draw.pick(&["Alba", "Bero", "Cano", "Delo", "Elmo", "Fano", "Gero", "Hilo", "Iveo", "Juno"]);
    let second = draw.pick(&["mar", "tek", "lin", "vor", "sal", "dun", "rex", "min"]);
    format!("{first}{second}")
}

const FORMS: [&str; 4] = ["有限公司", "有限公司", "股份有限公司", "集团有限公司"];
/// 天干地支: sixty and more two-character marks that no one takes for a brand.
const STEMS: [&str; 10] = ["甲", "乙", "丙", "丁", "戊", "己", "庚", "辛", "壬", "癸"];
const BRANCHES: [&str; 12] = ["子", "丑", "寅", "卯", "辰", "巳", "午", "未", "申", "酉", "戌", "亥"];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::products::CHAINS;

    #[test]
    fn names_are_marked_and_codes_hold() {
        let mut registry = Registry::default();
        let mut draw = Draw::of(3, "investors", [0, 0]);
        let mut names = BTreeSet::new();
        for place in crate::places::draw_places(&mut draw, 500) {
            let investor = registry.draw(&mut draw, place, &CHAINS[1]);
            let name = investor.name();
            assert!(["示例", "Sample", "Beispiel"].iter().any(|mark| name.contains(mark)), "{name}");
            assert!(names.insert(name));
            if !investor.credit_code.is_empty() {
                assert!(CreditCode::parse(&investor.credit_code).unwrap().organisation_check_holds());
            }
        }
    }
}
