//! Where made-up investors sit (投资来源): places drawn from the national divisions, addresses as people write them.

use std::collections::HashMap;
use std::sync::LazyLock;

use serde::Serialize;

use crate::draw::{Draw, apportion};

/// The divisions of the repository, for their public names and codes only.
const DIVISIONS: &str = include_str!("../../../data/codes/divisions.csv");

/// Kind of source (来源类别), as seen from 淮北.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SourceKind {
    Local,
    InProvince,
    Outside,
    Abroad,
}

/// One place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    pub kind: SourceKind,
    /// `320000`; `810000` for Hong Kong; empty for foreign countries.
    pub province_code: &'static str,
    /// `320500`; the province's own code for the four municipalities; empty outside the mainland.
    pub city_code: &'static str,
    /// The county's code, or the city's where it has none; what a credit code carries.
    pub division: &'static str,
    /// ISO 3166, empty on the mainland and for Hong Kong.
    pub country: &'static str,
    pub province: &'static str,
    pub city: &'static str,
    pub county: &'static str,
    /// A zone whose name stands for the city: `苏州工业园区`.
    pub zone: &'static str,
}

impl Place {
    /// Province code or country code: the region of the truth's cells.
    pub fn region(&self) -> &'static str {
        if self.country.is_empty() { self.province_code } else { self.country }
    }

    /// `苏州`, as company names begin.
    pub fn short_city(&self) -> &'static str {
        let name = if self.city.is_empty() { self.province } else { self.city };
        name.trim_end_matches('市')
    }

    /// `江苏`, as company names begin.
    pub fn short_province(&self) -> &'static str {
        self.province.trim_end_matches(['省', '市'])
    }

    /// True when the county is a city of its own whose name says enough: `昆山市`.
    pub fn county_stands_alone(&self) -> bool {
        self.county.ends_with('市') && ATLAS.bearers.get(self.county) == Some(&1)
    }
}

struct Division {
    code: &'static str,
    name: &'static str,
}

struct Atlas {
    /// In the order of their codes.
    divisions: Vec<Division>,
    /// How many divisions bear a name.
    bearers: HashMap<&'static str, u32>,
}

static ATLAS: LazyLock<Atlas> = LazyLock::new(Atlas::read);

impl Atlas {
    fn read() -> Self {
        let mut divisions = Vec::new();
        for line in DIVISIONS.lines().skip(1) {
            let mut cells = line.split(',');
            if let (Some(code), Some(name)) = (cells.next(), cells.next()) {
                divisions.push(Division { code, name });
            }
        }
        divisions.sort_by_key(|division: &Division| division.code);
        let mut bearers = HashMap::new();
        for division in &divisions {
            *bearers.entry(division.name).or_default() += 1;
        }
        Self { divisions, bearers }
    }

    fn find(&self, code: &str) -> Option<&Division> {
        let at = self.divisions.binary_search_by_key(&code, |division| division.code).ok()?;
        self.divisions.get(at)
    }

    /// The divisions whose codes begin so.
    fn within(&self, prefix: &str) -> &[Division] {
        let first = self.divisions.partition_point(|division| division.code < prefix);
        let count = self.divisions[first..].partition_point(|division| division.code.starts_with(prefix));
        &self.divisions[first..first + count]
    }

    fn place(&self, code: &str, kind: SourceKind) -> Option<Place> {
        let here = self.find(code)?;
        let province = self.find(&format!("{}0000", &code[..2]))?;
        let municipal = MUNICIPALITIES.contains(&province.code);
        let city = if municipal { None } else { Some(self.find(&format!("{}00", &code[..4]))?) };
        let is_city = code.ends_with("00");
        Some(Place {
            kind,
            province_code: province.code,
            city_code: city.map_or(province.code, |city| city.code),
            division: here.code,
            country: "",
            province: province.name,
            city: city.map_or("", |city| city.name),
            county: if is_city { "" } else { here.name },
            zone: "",
        })
    }
}

const MUNICIPALITIES: [&str; 4] = ["110000", "120000", "310000", "500000"];

/// Zones that people write without their city's 市: name, city, province.
const ZONES: [(&str, &str); 12] = [
    ("苏州工业园区", "320500"),
    ("苏州高新区", "320500"),
    ("无锡高新区", "320200"),
    ("南京江北新区", "320100"),
    ("杭州高新区", "330100"),
    ("宁波高新区", "330200"),
    ("合肥高新区", "340100"),
    ("合肥经开区", "340100"),
    ("成都高新区", "510100"),
    ("武汉东湖高新区", "420100"),
    ("广州开发区", "440100"),
    ("中国（上海）自由贸易试验区", "310000"),
];

/// Cities of the Pearl river delta (珠三角).
const PEARL_DELTA: [&str; 9] = ["4401", "4403", "4404", "4406", "4407", "4412", "4413", "4419", "4420"];

/// A group of sources with its share per thousand of signings.
struct Source {
    kind: SourceKind,
    /// Leading digits of division codes, or ISO country codes.
    within: &'static [&'static str],
    per_thousand: u64,
}

const SOURCES: [Source; 11] = [
    Source { kind: SourceKind::Outside, within: &["31"], per_thousand: 140 },
    Source { kind: SourceKind::Outside, within: &["32"], per_thousand: 250 },
    Source { kind: SourceKind::Outside, within: &["33"], per_thousand: 185 },
    Source { kind: SourceKind::Outside, within: &PEARL_DELTA, per_thousand: 90 },
    Source { kind: SourceKind::Outside, within: &["11", "12", "13"], per_thousand: 60 },
    Source { kind: SourceKind::Outside, within: &["37", "41", "35"], per_thousand: 70 },
    Source { kind: SourceKind::Outside, within: &["42", "43", "36", "51", "50", "61"], per_thousand: 50 },
    Source { kind: SourceKind::InProvince, within: &["34"], per_thousand: 90 },
    Source { kind: SourceKind::Local, within: &["3406"], per_thousand: 35 },
    Source { kind: SourceKind::Abroad, within: &["HK"], per_thousand: 13 },
    Source { kind: SourceKind::Abroad, within: &["DE", "US", "JP", "SG", "KR"], per_thousand: 17 },
];

/// Draws so many places, with the shares of [`SOURCES`] kept exactly, in random order.
pub fn draw_places(draw: &mut Draw, count: usize) -> Vec<Place> {
    let weights: Vec<u64> = SOURCES.iter().map(|source| source.per_thousand).collect();
    let mut places = Vec::with_capacity(count);
    for (source, share) in SOURCES.iter().zip(apportion(count as u64, &weights)) {
        for _ in 0..share {
            places.push(draw_within(draw, source));
        }
    }
    draw.shuffle(&mut places);
    places
}

fn draw_within(draw: &mut Draw, source: &Source) -> Place {
    let within = draw.pick(source.within);
    if within == "HK" {
        return Place { province_code: "810000", province: "香港", ..beyond("") };
    }
    if source.kind == SourceKind::Abroad {
        return beyond(within);
    }
    if draw.percent(7)
        && let Some(zone) = draw_zone(draw, within, source.kind)
    {
        return zone;
    }
    let counties: Vec<&Division> = ATLAS.within(within).iter().filter(|division| eligible(division.code, source.kind)).collect();
    let code = if counties.is_empty() { "310115" } else { draw.pick(&counties).code };
    ATLAS.place(code, source.kind).unwrap_or_else(|| beyond("SG"))
}

/// Counties; the city itself where it has none (东莞, 中山). Own city's counties are never "in the province".
fn eligible(code: &str, kind: SourceKind) -> bool {
    if kind == SourceKind::InProvince && code.starts_with("3406") {
        return false;
    }
    let childless = matches!(code, "441900" | "442000");
    // Third and fourth digit 90: counties run by the province, without a prefecture to name.
    (childless || !code.ends_with("00")) && &code[2..4] != "90"
}

fn draw_zone(draw: &mut Draw, within: &str, kind: SourceKind) -> Option<Place> {
    let zones: Vec<&(&str, &str)> = ZONES.iter().filter(|zone| zone.1.starts_with(within)).collect();
    if zones.is_empty() {
        return None;
    }
    let (zone, city) = *draw.pick(&zones);
    Some(Place { zone, county: "", ..ATLAS.place(city, kind)? })
}

fn beyond(country: &'static str) -> Place {
    Place {
        kind: SourceKind::Abroad,
        province_code: "",
        city_code: "",
        division: "",
        country,
        province: "",
        city: "",
        county: "",
        zone: "",
    }
}

/// Every prefecture and municipality: code, name without 市, a county's code in it. For the scaled-up file.
pub fn prefectures() -> Vec<(&'static str, &'static str, &'static str)> {
    let mut cities: Vec<(&str, &str, &str)> = Vec::new();
    for division in &ATLAS.divisions {
        let municipal = MUNICIPALITIES.contains(&division.code);
        let prefecture = division.code.ends_with("00") && !division.code.ends_with("0000") && division.name.ends_with('市');
        if !municipal && !prefecture {
            continue;
        }
        let prefix = if municipal { &division.code[..2] } else { &division.code[..4] };
        let county = ATLAS.within(prefix).iter().find(|other| !other.code.ends_with("00"));
        cities.push((division.code, division.name, county.map_or(division.code, |county| county.code)));
    }
    cities
}

/// The name of a division; empty when unknown.
pub fn name_of(code: &str) -> &'static str {
    ATLAS.find(code).map_or("", |division| division.name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_exact_and_every_place_is_whole() {
        for seed in 0..20 {
            let mut draw = Draw::of(seed, "places", [0, 0]);
            let places = draw_places(&mut draw, 188);
            assert_eq!(places.len(), 188);
            let delta = places.iter().filter(|place| ["310000", "320000", "330000"].contains(&place.province_code)).count();
            assert!((104..=112).contains(&delta), "{delta} of 188 from the delta");
            for place in &places {
                assert!(!place.region().is_empty(), "{place:?}");
                let written = crate::addresses::address(&mut draw, place);
                assert!(written.contains("示例"), "{written}");
                if place.kind == SourceKind::InProvince {
                    assert_ne!(place.city_code, "340600");
                }
            }
        }
    }

    #[test]
    fn zones_name_real_cities() {
        for (zone, city) in ZONES {
            let name = name_of(city).trim_end_matches('市');
            assert!(!name.is_empty() && zone.contains(name), "{zone} {city}");
        }
    }

    #[test]
    fn there_are_about_three_hundred_cities() {
        let cities = prefectures();
        assert!((280..=320).contains(&cities.len()), "{}", cities.len());
        assert!(cities.contains(&("320500", "苏州市", "320505")));
    }
}
