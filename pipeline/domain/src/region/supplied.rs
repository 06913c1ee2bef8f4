//! The filer's own word on the source region (填报来源地): a place, a division code, or just 省外.

use super::address::AddressReader;
use super::finding::{Finding, Rivals};
use super::latin::is_latin;
use super::table::Place;
use super::{RegionClassifier, RegionKind};

const CONFIDENCE: u8 = 40;

impl RegionClassifier {
    pub(super) fn read_supplied<'t>(&self, supplied: &'t str) -> Option<Finding<'t>> {
        let text = supplied.trim();
        if text.is_empty() {
            return None;
        }
        let found = if let Some(place) = self.coded(text) {
            Some(Finding { place, rule: "supplied", confidence: CONFIDENCE, evidence: text, rivals: Rivals::NONE })
        } else {
            let reader = AddressReader { names: &self.names };
            if is_latin(text) { reader.read_latin(text, self.china) } else { reader.read_chinese(text) }
        };
        let found = found?;
        // 安徽省外 names Anhui and means every other province.
        let contrary = kind(text).is_some_and(|kind| kind != self.kind_of(found.place));
        (!contrary).then_some(Finding { rule: "supplied", confidence: CONFIDENCE.min(found.confidence), ..found })
    }

    /// The place behind a six-digit division code or a two-letter country code.
    fn coded(&self, text: &str) -> Option<Place> {
        let division = match text {
            "HK" => "810000",
            "MO" => "820000",
            "TW" => "710000",
            _ => text,
        };
        if let Some(place) = self.tables.around_code(division) {
            return Some(place);
        }
        let position = self.tables.countries.iter().position(|country| country.code == text);
        let country = u16::try_from(position?).ok().filter(|country| *country != self.china)?;
        Some(Place { country, ..Place::NOWHERE })
    }
}

/// The kind of region the filer ticked instead of a place.
pub(super) fn kind(supplied: &str) -> Option<RegionKind> {
    const WORDS: [(&str, RegionKind); 14] = [
        ("境外", RegionKind::Abroad),
        ("国外", RegionKind::Abroad),
        ("海外", RegionKind::Abroad),
        ("港澳台", RegionKind::Abroad),
        ("省外", RegionKind::OutsideProvince),
        ("外省", RegionKind::OutsideProvince),
        ("市外", RegionKind::InProvince),
        ("省内", RegionKind::InProvince),
        ("本省", RegionKind::InProvince),
        ("本市", RegionKind::Local),
        ("市内", RegionKind::Local),
        ("本地", RegionKind::Local),
        ("本区", RegionKind::Local),
        ("本县", RegionKind::Local),
    ];
    let found = WORDS.iter().find(|(word, _)| supplied.contains(word));
    found.map(|(_, kind)| *kind)
}
