//! Classification of one project (项目分类): chain, segment and source region, each with its evidence.
//!
//! The web form's preview, the polars job and the SQL functions all call this.

use chrono::NaiveDate;

use crate::chain::{ChainClues, ChainScratch};
use crate::filing::Values;
use crate::history::{Facts, TextFact};
use crate::region::{Disagreement, RegionClues, RegionKind};
use crate::rules::Rules;

/// Everything that is published about a project's classification. Empty texts are unknown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Classified<'a> {
    pub chain: &'a str,
    pub segment: &'a str,
    /// Catalogue rule such as `lv-ji-07`, or the kind of clue when no rule has an id.
    pub chain_rule: &'a str,
    pub chain_evidence: &'a str,
    pub chain_confidence: u8,
    pub chain_overridden: bool,
    pub region_kind: &'static str,
    /// Chinese name of the country or region abroad; empty within China's mainland.
    pub country: &'a str,
    pub province_code: &'a str,
    pub province: &'a str,
    pub city_code: &'a str,
    pub city: &'a str,
    pub region_rule: &'static str,
    pub region_evidence: &'a str,
    pub region_confidence: u8,
    /// Words on which clues contradict each other; empty when none do.
    pub region_conflict: String,
    pub region_overridden: bool,
}

/// What people decided for a project (人工指定); it wins over every rule.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Decided<'a> {
    /// `chain` or `chain/segment`.
    pub chain: Option<&'a str>,
    /// A division code or an ISO country code.
    pub region: Option<&'a str>,
}

/// Classifies the facts of a project by the catalogues in force on a day.
pub fn classify<'a>(
    rules: &'a Rules,
    facts: &Facts<'a>,
    decided: Decided<'a>,
    on: NaiveDate,
    scratch: &mut ChainScratch,
) -> Classified<'a> {
    let chain = rules.chains.classify(&chain_clues(facts, on), scratch);
    let region = rules.regions.classify(&region_clues(facts, decided.region));
    let mut classified = Classified {
        chain: chain.chain,
        segment: chain.segment,
        chain_rule: if chain.rule_id.is_empty() { chain.rule } else { chain.rule_id },
        chain_evidence: chain.evidence,
        chain_confidence: chain.confidence,
        chain_overridden: false,
        region_kind: region.kind.id(),
        country: region.country,
        province_code: region.province_code,
        province: region.province,
        city_code: region.city_code,
        city: region.city,
        region_rule: region.rule,
        region_evidence: region.evidence,
        region_confidence: region.confidence,
        region_conflict: region.disagreement.map(|conflict| describe(&conflict)).unwrap_or_default(),
        region_overridden: decided.region.is_some() && region.kind != RegionKind::Unknown,
    };
    if classified.region_overridden {
        classified.region_rule = "decided";
        classified.region_confidence = 100;
    }
    if let Some(choice) = decided.chain {
        let (chain, segment) = choice.split_once('/').unwrap_or((choice, ""));
        classified = Classified {
            chain,
            segment,
            chain_rule: "decided",
            chain_evidence: "",
            chain_confidence: 100,
            chain_overridden: true,
            ..classified
        };
    }
    classified
}

/// What the facts of a project say about its chain on a day.
pub fn chain_clues<'a>(facts: &Facts<'a>, on: NaiveDate) -> ChainClues<'a> {
    ChainClues {
        name: facts.text(TextFact::Name),
        content: facts.text(TextFact::Content),
        chain_given: facts.text(TextFact::ChainGiven),
        segment_given: facts.text(TextFact::SegmentGiven),
        industry_code: facts.text(TextFact::IndustryCode),
        on,
    }
}

/// Classifies what a filing states, by the catalogues in force on a day. Chain and segment are ids in a filing and names
/// for the rules, which read them from workbooks too.
pub fn classify_values<'a>(rules: &'a Rules, values: &'a Values, on: NaiveDate, scratch: &mut ChainScratch) -> Classified<'a> {
    let mut facts = Facts { agreed: values.yuan("agreed_yuan"), planned_fixed: values.yuan("planned_fixed_yuan"), ..Facts::default() };
    for (fact, field) in STATED {
        facts.texts[fact as usize] = values.text(field);
    }
    if let Some(chain) = rules.city.chains.chain(values.text("chain_given")) {
        facts.texts[TextFact::ChainGiven as usize] = &chain.name;
    }
    if let Some((_, segment)) = rules.city.chains.segment(values.text("segment_given")) {
        facts.texts[TextFact::SegmentGiven as usize] = &segment.name;
    }
    classify(rules, &facts, Decided::default(), on, scratch)
}

/// Which field of a filing states what a classification is made of.
const STATED: [(TextFact, &str); 9] = [
    (TextFact::Name, "name"),
    (TextFact::Content, "content"),
    (TextFact::ChainGiven, "chain_given"),
    (TextFact::SegmentGiven, "segment_given"),
    (TextFact::IndustryCode, "industry_code"),
    (TextFact::Investor, "investor"),
    (TextFact::InvestorAddress, "investor_address"),
    (TextFact::CreditCode, "credit_code"),
    (TextFact::CountryGiven, "country_given"),
];

/// A person's decision stands alone; else all clues are weighed.
fn region_clues<'a>(facts: &Facts<'a>, decided: Option<&'a str>) -> RegionClues<'a> {
    if let Some(place) = decided {
        return RegionClues { supplied: place, ..RegionClues::default() };
    }
    let supplied = facts.text(TextFact::RegionGiven);
    RegionClues {
        address: facts.text(TextFact::InvestorAddress),
        company: facts.text(TextFact::Investor),
        credit_code: facts.text(TextFact::CreditCode),
        supplied: if supplied.is_empty() { facts.text(TextFact::CountryGiven) } else { supplied },
    }
}

fn describe(conflict: &Disagreement<'_>) -> String {
    format!(
        "{}指向{}，{}指向{}",
        conflict.believed.title(),
        conflict.believed_place,
        conflict.contradicting.title(),
        conflict.contradicting_place
    )
}
