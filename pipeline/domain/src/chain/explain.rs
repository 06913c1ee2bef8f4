//! The full derivation of a classification: every hit with its place and points, and each chain's score.

use super::decide::{self, ChainScratch};
use super::period::{Effect, NO_SEGMENT, Period};
use super::{ChainClues, ChainResult};
use crate::industry::code_digits;

/// The text in which a hit stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Field {
    /// 项目名称
    Name,
    /// 建设内容
    Content,
    /// 所填产业链
    ChainGiven,
    /// 所填环节
    SegmentGiven,
    /// 行业代码
    IndustryCode,
}

impl Field {
    /// The field's name on the project's page.
    pub fn name(self) -> &'static str {
        match self {
            Field::Name => "项目名称",
            Field::Content => "建设内容",
            Field::ChainGiven => "所填产业链",
            Field::SegmentGiven => "所填环节",
            Field::IndustryCode => "行业代码",
        }
    }
}

/// One rule that fired for one chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChainHit<'a> {
    pub field: Field,
    /// Byte range in that field's text.
    pub start: usize,
    pub end: usize,
    /// The catalogue's term, or the code.
    pub evidence: &'a str,
    /// Empty for a segment that the filer named.
    pub rule_id: &'a str,
    pub chain: &'a str,
    /// Empty for rules of the whole chain.
    pub segment: &'a str,
    /// The rule's weight; negative speaks against the chain.
    pub weight: i32,
    /// What the place multiplied it by.
    pub percent: i32,
    /// weight × percent ÷ 100
    pub points: i32,
}

/// The sum for one chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChainScore<'a> {
    pub chain: &'a str,
    /// From words and a named segment.
    pub text: i32,
    /// From the industry code.
    pub code: i32,
    pub total: i32,
}

/// A result with its derivation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChainExplanation<'a> {
    pub result: ChainResult<'a>,
    /// In the order of reading: name, content, filer's texts, industry code.
    pub hits: Vec<ChainHit<'a>>,
    /// Chains with any points, most points first.
    pub scores: Vec<ChainScore<'a>>,
}

pub(super) fn explain<'a>(period: &'a Period, clues: &ChainClues<'a>, scratch: &mut ChainScratch) -> ChainExplanation<'a> {
    let result = decide::classify(period, clues, scratch);
    let mut hits = Vec::new();
    for hit in &scratch.hits {
        for effect in period.effects_of(hit.term) {
            let mut explained = explained(period, effect, decide::field_place(hit.place), hit.percent);
            (explained.start, explained.end) = (hit.start as usize, hit.end as usize);
            explained.evidence = &period.terms[hit.term as usize].text;
            hits.push(explained);
        }
    }
    add_segment_hits(period, clues, &mut hits);
    let digits = code_digits(clues.industry_code);
    let start = clues.industry_code.find(digits).unwrap_or(0);
    for effect in period.code_effects_of(digits) {
        let mut explained = explained(period, effect, Field::IndustryCode, 100);
        (explained.start, explained.end) = (start, start + digits.len());
        explained.evidence = digits;
        hits.push(explained);
    }
    ChainExplanation { result, hits, scores: scores(period, scratch) }
}

fn explained<'a>(period: &'a Period, effect: &Effect, field: Field, percent: i32) -> ChainHit<'a> {
    ChainHit {
        field,
        start: 0,
        end: 0,
        evidence: "",
        rule_id: &period.rule_ids[effect.rule as usize],
        chain: &period.chains[effect.chain as usize].id,
        segment: if effect.segment == NO_SEGMENT { "" } else { &period.segments[effect.segment as usize].id },
        weight: effect.weight,
        percent,
        points: decide::points(effect, percent),
    }
}

fn add_segment_hits<'a>(period: &'a Period, clues: &ChainClues<'a>, hits: &mut Vec<ChainHit<'a>>) {
    let given = clues.segment_given.trim();
    if given.is_empty() {
        return;
    }
    let start = clues.segment_given.find(given).unwrap_or(0);
    for index in period.segments_named(given, &mut String::new()) {
        let slot = &period.segments[*index as usize];
        let points = period.scoring.segment_points;
        hits.push(ChainHit {
            field: Field::SegmentGiven,
            start,
            end: start + given.len(),
            evidence: given,
            rule_id: "",
            chain: &period.chains[slot.chain as usize].id,
            segment: &slot.id,
            weight: points,
            percent: 100,
            points,
        });
    }
}

fn scores<'a>(period: &'a Period, scratch: &ChainScratch) -> Vec<ChainScore<'a>> {
    let mut scores = Vec::new();
    for (slot, tally) in period.chains.iter().zip(&scratch.tallies) {
        if tally.text != 0 || tally.code != 0 {
            scores.push(ChainScore { chain: &slot.id, text: tally.text, code: tally.code, total: tally.total() });
        }
    }
    scores.sort_by_key(|score| std::cmp::Reverse(score.total));
    scores
}
