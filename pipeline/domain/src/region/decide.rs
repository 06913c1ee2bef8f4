//! Weighs the clues against each other: who is believed, who fills a gap, who contradicts.

use super::finding::{Finding, Rivals};
use super::supplied;
use super::table::{NONE, Place};
use super::{Clue, Disagreement, RegionClassifier, RegionKind, SourceRegion};

type Findings<'a> = [(Clue, Option<Finding<'a>>); 4];

/// A company name that opens with a county's short name (永安药业) may be a brand: below this
/// confidence a name gives way to a later clue and accuses no other.
const FIRM_NAME: u8 = 55;

impl RegionClassifier {
    pub(super) fn decide<'a>(&'a self, findings: &Findings<'a>, supplied: &'a str) -> SourceRegion<'a> {
        let Some((believed, best)) = self.believe(findings) else {
            return self.supplied_kind(supplied);
        };
        let mut region = self.region(&best);
        region.disagreement =
            self.contradiction(believed, &best, findings).or_else(|| self.kind_contradiction(believed, &best, &region, supplied));
        if region.disagreement.is_some() {
            region.confidence = region.confidence.saturating_sub(10);
        }
        region
    }

    /// The first clue that names a place, completed by those after it.
    fn believe<'a>(&self, findings: &Findings<'a>) -> Option<(Clue, Finding<'a>)> {
        for (position, (clue, finding)) in findings.iter().enumerate() {
            let Some(mut best) = *finding else { continue };
            if is_weak(*clue, &best) && Self::is_gainsaid(&best, findings, position) {
                continue;
            }
            for (later, other) in findings.iter().skip(position + 1) {
                if let Some(other) = other {
                    settle_rivals(&mut best, other);
                    fill_gap(&mut best, *clue, *later, other);
                }
            }
            self.prefer_home(&mut best);
            if !best.place.is_nowhere() {
                return Some((*clue, best));
            }
        }
        None
    }

    /// A name that several cities share, one of them the home city, and no clue settles it: people
    /// write their own city's districts and zones without the city.
    fn prefer_home(&self, best: &mut Finding<'_>) {
        let mut at_home = best.rivals.all().iter().filter(|rival| self.kind_of(**rival) == RegionKind::Local);
        if let (Some(place), None) = (at_home.next().copied(), at_home.next()) {
            *best = Finding { place, rule: "addr-home", confidence: 55, rivals: Rivals::NONE, ..*best };
        }
    }

    /// Whether a later clue names another place.
    fn is_gainsaid(weak: &Finding<'_>, findings: &Findings<'_>, position: usize) -> bool {
        let later = findings.iter().skip(position + 1);
        later.filter_map(|(_, finding)| finding.as_ref()).any(|finding| finding.place.contradicts(weak.place))
    }

    /// 境外, 省外, 省内市外 or 本市 for a place, seen from the home city.
    pub(super) fn kind_of(&self, place: Place) -> RegionKind {
        if place.is_nowhere() {
            return RegionKind::Unknown;
        }
        let offshore = self.tables.division(place.province).is_some_and(|province| province.offshore);
        if place.country != NONE || offshore {
            return RegionKind::Abroad;
        }
        if place.province != self.home.province {
            return RegionKind::OutsideProvince;
        }
        if place.is_within(self.home) {
            return RegionKind::Local;
        }
        RegionKind::InProvince
    }

    fn region<'a>(&'a self, finding: &Finding<'a>) -> SourceRegion<'a> {
        let place = finding.place;
        let kind = self.kind_of(place);
        let (country_code, country) = self.tables.country(place.country).map_or(("", ""), |it| (it.code.as_str(), it.name.as_str()));
        let (province_code, province) = self.code_and_name(place.province);
        let (city_code, city) = self.code_and_name(place.city);
        let (county_code, county) = self.code_and_name(place.county);
        // The home province without a city may well be the home city.
        let undecided = kind == RegionKind::InProvince && place.city == NONE;
        SourceRegion {
            kind,
            country_code,
            country,
            province_code,
            province,
            city_code,
            city,
            county_code,
            county,
            evidence: finding.evidence,
            rule: if kind == RegionKind::Abroad && by_name(finding.rule) { "abroad" } else { finding.rule },
            confidence: if undecided { finding.confidence.min(40) } else { finding.confidence },
            disagreement: None,
        }
    }

    fn code_and_name(&self, division: u16) -> (&str, &str) {
        self.tables.division(division).map_or(("", ""), |it| (it.code.as_str(), it.name.as_str()))
    }

    fn contradiction<'a>(&'a self, believed: Clue, best: &Finding<'_>, findings: &Findings<'_>) -> Option<Disagreement<'a>> {
        for (clue, finding) in findings {
            let Some(finding) = finding.filter(|_| *clue != believed) else {
                continue;
            };
            let contradicts = if *clue == Clue::CreditCode {
                // Where a firm first registered says little about its city of today.
                finding.place.province != best.place.province && best.place.country == NONE
            } else {
                finding.place.contradicts(best.place)
            };
            if contradicts && !is_weak(*clue, &finding) {
                return Some(Disagreement {
                    believed,
                    believed_place: self.label(best.place, finding.place),
                    contradicting: *clue,
                    contradicting_place: self.label(finding.place, best.place),
                });
            }
        }
        None
    }

    /// The filer ticked 省外, the address lies in the city.
    fn kind_contradiction<'a>(
        &'a self,
        believed: Clue,
        best: &Finding<'_>,
        region: &SourceRegion<'_>,
        supplied: &str,
    ) -> Option<Disagreement<'a>> {
        let ticked = supplied::kind(supplied)?;
        let within_province = ticked == RegionKind::InProvince && region.kind == RegionKind::Local && !supplied.contains("市外");
        if ticked == region.kind || within_province {
            return None;
        }
        Some(Disagreement {
            believed,
            believed_place: self.label(best.place, Place::NOWHERE),
            contradicting: Clue::Supplied,
            contradicting_place: ticked.title(),
        })
    }

    /// What to call a place beside another: the country or province, or the city within one province.
    fn label(&self, place: Place, beside: Place) -> &str {
        if let Some(country) = self.tables.country(place.country) {
            return country.name.as_str();
        }
        let city_matters = beside.is_nowhere() || place.province == beside.province;
        let index = if city_matters && place.city != NONE { place.city } else { place.province };
        self.code_and_name(index).1
    }

    fn supplied_kind<'a>(&self, supplied: &'a str) -> SourceRegion<'a> {
        let ticked = supplied::kind(supplied);
        let (rule, confidence, evidence) = match ticked {
            Some(_) => ("supplied-kind", 30, supplied.trim()),
            None => ("none", 0, ""),
        };
        SourceRegion {
            kind: ticked.unwrap_or(RegionKind::Unknown),
            country_code: "",
            country: "",
            province_code: "",
            province: "",
            city_code: "",
            city: "",
            county_code: "",
            county: "",
            evidence,
            rule,
            confidence,
            disagreement: None,
        }
    }
}

/// Whether a rule read a place out of an address or a company's name.
fn by_name(rule: &str) -> bool {
    !rule.starts_with("code") && !rule.starts_with("supplied")
}

fn is_weak(clue: Clue, finding: &Finding<'_>) -> bool {
    clue == Clue::Company && finding.confidence < FIRM_NAME
}

/// 鼓楼区 and a company name from 南京: the district of Nanjing.
fn settle_rivals(best: &mut Finding<'_>, other: &Finding<'_>) {
    let mut fitting = best.rivals.all().iter().filter(|rival| other.place.province != NONE && !rival.contradicts(other.place));
    if let (Some(place), None) = (fitting.next().copied(), fitting.next()) {
        best.place = place;
        best.rule = "addr-county";
        best.confidence = best.confidence.max(other.confidence.min(80));
        best.rivals = Rivals::NONE;
    }
}

/// The province is known, the city is not: a later clue in the same province names it.
fn fill_gap<'a>(best: &mut Finding<'a>, clue: Clue, later: Clue, other: &Finding<'a>) {
    let open = best.place.country == NONE && best.place.province != NONE && best.place.city == NONE;
    let fits = other.place.province == best.place.province && other.place.city != NONE;
    if !open || !fits {
        return;
    }
    best.place = other.place;
    best.confidence = best.confidence.min(other.confidence);
    best.evidence = other.evidence;
    best.rule = match (clue, later) {
        (Clue::Address, Clue::Company) => "addr-name",
        (Clue::Address, Clue::CreditCode) => "addr-code",
        (Clue::Address, _) => "addr-supplied",
        (Clue::Company, Clue::CreditCode) => "name-code",
        (Clue::Company, _) => "name-supplied",
        _ => "code-supplied",
    };
}
