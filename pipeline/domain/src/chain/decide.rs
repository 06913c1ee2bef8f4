//! Weighing the hits and deciding: one chain, one segment, a reason and how sure it is.

use super::period::{Effect, NO_SEGMENT, Named, Period};
use super::scan::{self, Hit, Place};
use super::{ChainClues, ChainResult};
use crate::industry::code_digits;

/// Buffers that one thread reuses from project to project.
#[derive(Debug, Default)]
pub struct ChainScratch {
    pub(super) hits: Vec<Hit>,
    pub(super) tallies: Vec<Tally>,
    segments: Vec<i32>,
    /// By term: the round in which it was last seen, and its hit then.
    seen: Vec<(u32, u32)>,
    round: u32,
    folded: String,
}

impl ChainScratch {
    pub fn new() -> Self {
        Self::default()
    }

    fn begin(&mut self, period: &Period) {
        self.hits.clear();
        self.tallies.clear();
        self.tallies.resize(period.chains.len(), Tally::default());
        self.segments.clear();
        self.segments.resize(period.segments.len(), 0);
        if self.seen.len() < period.terms.len() {
            self.seen.resize(period.terms.len(), (0, 0));
        }
        self.round = self.round.wrapping_add(1);
        if self.round == 0 {
            self.seen.fill((0, 0));
            self.round = 1;
        }
    }
}

/// What speaks for one chain.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Tally {
    /// Points of terms and of a named segment.
    pub text: i32,
    /// Points of the industry code.
    pub code: i32,
    best: i32,
    reason: Reason,
}

impl Tally {
    pub fn total(&self) -> i32 {
        self.text + self.code
    }
}

#[derive(Debug, Clone, Copy, Default)]
enum Reason {
    #[default]
    None,
    Term {
        rule: u32,
        term: u32,
    },
    Code {
        rule: u32,
    },
    Segment,
}

/// Collects and weighs everything, then decides.
pub(super) fn classify<'a>(period: &'a Period, clues: &ChainClues<'a>, scratch: &mut ChainScratch) -> ChainResult<'a> {
    scratch.begin(period);
    let given = clues.chain_given.trim();
    let named = if given.is_empty() { None } else { period.named(given, &mut scratch.folded) };
    scan::read_name(period, clues.name, &mut scratch.hits);
    scan::read_content(period, clues.content, &mut scratch.hits);
    if named.is_none() && !given.is_empty() {
        scan::read_supplied(period, clues, &mut scratch.hits);
    }
    drop_repeats(scratch);
    weigh_terms(period, scratch);
    weigh_code(period, code_digits(clues.industry_code), scratch);
    let given_segments = weigh_segment(period, clues.segment_given.trim(), scratch);
    let choice = choose(period, named, &scratch.tallies);
    let segment = segment_of(period, choice.chain, given_segments, &scratch.segments);
    result_of(period, clues, named, choice, segment, &scratch.tallies)
}

/// A term counts once, where it counts most.
fn drop_repeats(scratch: &mut ChainScratch) {
    let mut kept = 0;
    for index in 0..scratch.hits.len() {
        let hit = scratch.hits[index];
        let (round, earlier) = scratch.seen[hit.term as usize];
        if round != scratch.round {
            scratch.seen[hit.term as usize] = (scratch.round, kept as u32);
            scratch.hits[kept] = hit;
            kept += 1;
        } else if scratch.hits[earlier as usize].percent < hit.percent {
            scratch.hits[earlier as usize] = hit;
        }
    }
    scratch.hits.truncate(kept);
}

/// The points of an effect at a place.
pub(super) fn points(effect: &Effect, percent: i32) -> i32 {
    effect.weight * percent / 100
}

fn weigh_terms(period: &Period, scratch: &mut ChainScratch) {
    for hit in &scratch.hits {
        for effect in period.effects_of(hit.term) {
            let points = points(effect, hit.percent);
            let tally = &mut scratch.tallies[effect.chain as usize];
            tally.text += points;
            if points > tally.best {
                tally.best = points;
                tally.reason = Reason::Term { rule: effect.rule, term: hit.term };
            }
            add_to_segment(&mut scratch.segments, effect.segment, points);
        }
    }
}

fn weigh_code(period: &Period, digits: &str, scratch: &mut ChainScratch) {
    for effect in period.code_effects_of(digits) {
        let tally = &mut scratch.tallies[effect.chain as usize];
        tally.code += effect.weight;
        if effect.weight > tally.best {
            tally.best = effect.weight;
            tally.reason = Reason::Code { rule: effect.rule };
        }
        add_to_segment(&mut scratch.segments, effect.segment, effect.weight);
    }
}

fn weigh_segment<'p>(period: &'p Period, given: &str, scratch: &mut ChainScratch) -> &'p [u16] {
    if given.is_empty() {
        return &[];
    }
    let named = period.segments_named(given, &mut scratch.folded);
    for segment in named {
        let tally = &mut scratch.tallies[period.segments[*segment as usize].chain as usize];
        let points = period.scoring.segment_points;
        tally.text += points;
        if points > tally.best {
            tally.best = points;
            tally.reason = Reason::Segment;
        }
    }
    named
}

fn add_to_segment(segments: &mut [i32], segment: u16, points: i32) {
    if segment != NO_SEGMENT {
        segments[segment as usize] += points;
    }
}

/// The chain that was chosen and what stands against it.
#[derive(Debug, Clone, Copy)]
struct Choice {
    chain: u16,
    points: i32,
    /// The best other chain with any points.
    other: Option<(u16, i32)>,
    contradicts: bool,
    /// False when nothing spoke for the chain.
    founded: bool,
}

fn choose(period: &Period, named: Option<Named>, tallies: &[Tally]) -> Choice {
    let least = period.scoring.least_points;
    let (chain, founded) = match named {
        Some(Named::Chain(chain)) => (chain, true),
        Some(Named::Cluster(cluster)) => best_in_cluster(&period.clusters[cluster as usize].chains, tallies, least),
        None => match best_of(tallies) {
            Some((chain, points)) if points >= least => (chain, true),
            _ => (period.remainder, false),
        },
    };
    let points = tallies[chain as usize].total();
    let other = best_except(tallies, chain);
    let contradicts = match named {
        Some(_) => other.is_some_and(|(_, against)| against >= period.scoring.contradict_points && points * 3 < against),
        None => code_and_text_disagree(tallies, period.scoring.contradict_points),
    };
    Choice { chain, points, other, contradicts, founded }
}

fn best_in_cluster(members: &[u16], tallies: &[Tally], least: i32) -> (u16, bool) {
    let mut best = (members[0], tallies[members[0] as usize].total());
    for member in &members[1..] {
        let points = tallies[*member as usize].total();
        if points > best.1 {
            best = (*member, points);
        }
    }
    (best.0, best.1 >= least)
}

/// The chain with the most points above 0; of equals the first in the catalogue.
fn best_of(tallies: &[Tally]) -> Option<(u16, i32)> {
    best_by(tallies, None, Tally::total)
}

fn best_except(tallies: &[Tally], chain: u16) -> Option<(u16, i32)> {
    best_by(tallies, Some(chain), Tally::total)
}

fn best_by(tallies: &[Tally], except: Option<u16>, figure: impl Fn(&Tally) -> i32) -> Option<(u16, i32)> {
    let mut best: Option<(u16, i32)> = None;
    for (index, tally) in tallies.iter().enumerate() {
        let points = figure(tally);
        if points > best.map_or(0, |(_, most)| most) && except != Some(index as u16) {
            best = Some((index as u16, points));
        }
    }
    best
}

fn code_and_text_disagree(tallies: &[Tally], from: i32) -> bool {
    let Some((code_chain, code)) = best_by(tallies, None, |tally| tally.code) else { return false };
    let Some((text_chain, text)) = best_by(tallies, None, |tally| tally.text) else { return false };
    // A code that several chains share agrees with each of them.
    let shared = tallies[text_chain as usize].code * 2 >= code;
    code_chain != text_chain && code >= from && text >= from && !shared
}

fn segment_of(period: &Period, chain: u16, given: &[u16], points: &[i32]) -> u16 {
    if let Some(named) = given.iter().find(|segment| period.segments[**segment as usize].chain == chain) {
        return *named;
    }
    let (first, end) = period.chains[chain as usize].segments;
    let mut best = (NO_SEGMENT, 0);
    for index in first..end {
        if points[index as usize] > best.1 {
            best = (index, points[index as usize]);
        }
    }
    best.0
}

fn result_of<'a>(
    period: &'a Period,
    clues: &ChainClues<'a>,
    named: Option<Named>,
    choice: Choice,
    segment: u16,
    tallies: &[Tally],
) -> ChainResult<'a> {
    let chain: &'a str = &period.chains[choice.chain as usize].id;
    let (rule, rule_id, evidence): (&'static str, &'a str, &'a str) = match named {
        Some(Named::Chain(_)) => ("supplied", "", clues.chain_given.trim()),
        Some(Named::Cluster(_)) if !choice.founded => ("cluster", "", clues.chain_given.trim()),
        _ if !choice.founded => ("none", "", ""),
        _ => reason_words(period, clues, tallies[choice.chain as usize].reason),
    };
    ChainResult {
        chain,
        segment: if segment == NO_SEGMENT { "" } else { &period.segments[segment as usize].id },
        rule,
        rule_id,
        evidence,
        confidence: confidence(period, named, &choice),
        runner_up: choice.other.map_or("", |(other, _)| &period.chains[other as usize].id),
        contradicts: choice.contradicts,
    }
}

fn reason_words<'a>(period: &'a Period, clues: &ChainClues<'a>, reason: Reason) -> (&'static str, &'a str, &'a str) {
    match reason {
        Reason::None => ("none", "", ""),
        Reason::Term { rule, term } => ("term", &period.rule_ids[rule as usize], &period.terms[term as usize].text),
        Reason::Code { rule } => ("code", &period.rule_ids[rule as usize], code_digits(clues.industry_code)),
        Reason::Segment => ("segment", "", clues.segment_given.trim()),
    }
}

/// How sure the result is, 0–100. By evidence alone: 20 to start with, up to 50 for its amount and up to 27
/// for its lead over the next chain, so that a lone passing mention stays under 55 and code plus name reach 97.
fn confidence(period: &Period, named: Option<Named>, choice: &Choice) -> u8 {
    let against = choice.other.map_or(0, |(_, points)| points);
    let by_evidence = evidence_confidence(choice.points, against, period.scoring.full_points);
    let figure = match named {
        Some(Named::Chain(_)) if choice.contradicts => 50,
        Some(Named::Chain(_)) if choice.points > against => 98,
        Some(Named::Chain(_)) => 90,
        Some(Named::Cluster(_)) if !choice.founded => 40,
        Some(Named::Cluster(_)) if choice.contradicts => 45,
        Some(Named::Cluster(_)) => (by_evidence + 10).min(97),
        None if !choice.founded => 25,
        None if choice.contradicts => (by_evidence - 15).max(20),
        None => by_evidence,
    };
    figure.clamp(0, 100) as u8
}

fn evidence_confidence(points: i32, against: i32, full: i32) -> i32 {
    if points <= 0 {
        return 20;
    }
    let amount = points.min(full) * 50 / full;
    let lead = (points - against).max(0) * 27 / points;
    20 + amount + lead
}

/// Where the points of a chain came from, for the explanation.
pub(super) fn field_place(place: Place) -> super::Field {
    match place {
        Place::Name => super::Field::Name,
        Place::Content => super::Field::Content,
        Place::Supplied => super::Field::ChainGiven,
    }
}
