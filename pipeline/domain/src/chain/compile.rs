//! Compiling a catalogue's rules of one day: automaton, industry-code table, names.

use std::collections::HashMap;

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind, StartKind};
use chrono::NaiveDate;

use super::ClassifierError;
use super::catalogue::{Chain, ChainCatalogue, CodeRule};
use super::period::{
    ChainSlot, ClusterSlot, Effect, NO_SEGMENT, Named, Openings, Period, SegmentSlot, Term, TermKind, code_key, filter_form,
};
use crate::catalogue::dates::span_holds;
use crate::text::fold;

impl Period {
    /// Compiles the rules valid on `day`.
    pub fn build(catalogue: &ChainCatalogue, day: NaiveDate) -> Result<Self, ClassifierError> {
        let chains: Vec<&Chain> = catalogue.chains_on(day).collect();
        let remainder = chains.iter().position(|chain| chain.remainder).ok_or(ClassifierError::NoRemainder { day })? as u16;
        let mut draft = Draft::default();
        for (index, chain) in chains.iter().enumerate() {
            draft.add_chain(index as u16, chain, day);
        }
        draft.add_steering(&catalogue.reading.company_words, TermKind::Company);
        draft.add_steering(&catalogue.reading.usage_words, TermKind::Usage);
        let (terms, effects) = draft.flatten();
        let (patterns, pattern_terms) = spellings(&terms);
        let mut openings = Openings::new();
        for pattern in &patterns {
            let mut heads = pattern.chars().map(|c| filter_form(c as u32));
            if let (Some(first), Some(second)) = (heads.next(), heads.next()) {
                openings.add(first, second);
            }
        }
        let automaton = AhoCorasick::builder()
            .match_kind(MatchKind::LeftmostLongest)
            .start_kind(StartKind::Anchored)
            .kind(Some(AhoCorasickKind::ContiguousNFA))
            .ascii_case_insensitive(true)
            .build(&patterns)?;
        let (code_slots, code_ranges, code_effects) = compile_codes(&chains, &mut draft);
        let clusters = cluster_slots(catalogue, &chains, day);
        Ok(Self {
            from: day,
            scoring: catalogue.scoring.clone(),
            joiners: catalogue.reading.joiners.chars().collect(),
            sentence_ends: catalogue.reading.sentence_ends.chars().collect(),
            names: chain_names(catalogue, &chains, &clusters),
            segment_names: segment_names(&chains, &draft.segments),
            supplied_suffixes: longest_first(&catalogue.reading.supplied_suffixes),
            chains: draft.chains,
            segments: draft.segments,
            clusters,
            remainder,
            terms,
            effects,
            rule_ids: draft.rule_ids,
            automaton,
            pattern_terms,
            openings,
            code_slots,
            code_ranges,
            code_effects,
        })
    }
}

/// Rules as they are gathered from the chains.
#[derive(Default)]
struct Draft {
    chains: Vec<ChainSlot>,
    segments: Vec<SegmentSlot>,
    rule_ids: Vec<Box<str>>,
    /// In order of appearance.
    terms: Vec<(Box<str>, TermKind, Vec<Effect>)>,
    by_text: HashMap<String, usize>,
}

impl Draft {
    fn add_chain(&mut self, index: u16, chain: &Chain, day: NaiveDate) {
        let first = self.segments.len() as u16;
        for segment in &chain.segments {
            self.segments.push(SegmentSlot { id: segment.id.as_str().into(), chain: index });
        }
        let segments = (first, self.segments.len() as u16);
        self.chains.push(ChainSlot { id: chain.id.as_str().into(), segments });
        for rule in &chain.rules {
            if !span_holds(rule.valid_from.unwrap_or(chain.valid_from), rule.valid_until, day) {
                continue;
            }
            let effect = Effect { chain: index, segment: self.segment(&rule.segment), weight: rule.weight, rule: self.rule(&rule.id) };
            for term in &rule.terms {
                self.term(term, TermKind::Clue).push(effect);
            }
        }
    }

    fn add_steering(&mut self, words: &[String], kind: TermKind) {
        for word in words {
            self.term(word, kind);
        }
    }

    fn term(&mut self, text: &str, kind: TermKind) -> &mut Vec<Effect> {
        let next = self.terms.len();
        let index = *self.by_text.entry(text.to_ascii_lowercase()).or_insert(next);
        if index == next {
            self.terms.push((text.into(), kind, Vec::new()));
        }
        &mut self.terms[index].2
    }

    fn rule(&mut self, id: &str) -> u32 {
        self.rule_ids.push(id.into());
        (self.rule_ids.len() - 1) as u32
    }

    fn segment(&self, id: &str) -> u16 {
        self.segments.iter().position(|segment| segment.id.as_ref() == id).map_or(NO_SEGMENT, |index| index as u16)
    }

    fn flatten(&mut self) -> (Vec<Term>, Vec<Effect>) {
        let mut effects = Vec::new();
        let mut terms = Vec::with_capacity(self.terms.len());
        for (text, kind, of_term) in self.terms.drain(..) {
            let start = effects.len() as u32;
            effects.extend(of_term);
            terms.push(Term { text, kind, effects: (start, effects.len() as u32) });
        }
        (terms, effects)
    }
}

/// Every spelling of every term: as written, and in full-width letters and digits when it has any ASCII.
fn spellings(terms: &[Term]) -> (Vec<String>, Vec<u32>) {
    let mut patterns = Vec::with_capacity(terms.len());
    let mut owners = Vec::with_capacity(terms.len());
    let mut add = |pattern: String, owner: usize| {
        patterns.push(pattern);
        owners.push(owner as u32);
    };
    for (index, term) in terms.iter().enumerate() {
        add(term.text.to_string(), index);
        if term.text.bytes().any(|byte| byte.is_ascii_graphic()) {
            add(full_width(&term.text.to_ascii_uppercase()), index);
            add(full_width(&term.text.to_ascii_lowercase()), index);
        }
    }
    (patterns, owners)
}

fn full_width(text: &str) -> String {
    let widen = |c: char| if c.is_ascii_graphic() { char::from_u32(c as u32 + 0xfee0).unwrap_or(c) } else { c };
    text.chars().map(widen).collect()
}

fn longest_first(words: &[String]) -> Vec<Box<str>> {
    let mut folded: Vec<Box<str>> = words.iter().map(|word| fold(word).into()).collect();
    folded.sort_by_key(|word| std::cmp::Reverse(word.len()));
    folded
}

fn cluster_slots(catalogue: &ChainCatalogue, chains: &[&Chain], day: NaiveDate) -> Vec<ClusterSlot> {
    let valid = catalogue.clusters.iter().filter(|cluster| span_holds(cluster.valid_from, cluster.valid_until, day));
    let mut slots = Vec::new();
    for cluster in valid {
        let of_cluster = chains.iter().enumerate().filter(|(_, chain)| chain.cluster == cluster.id);
        let members: Vec<u16> = of_cluster.map(|(index, _)| index as u16).collect();
        if !members.is_empty() {
            slots.push(ClusterSlot { id: cluster.id.as_str().into(), chains: members });
        }
    }
    slots
}

fn chain_names(catalogue: &ChainCatalogue, chains: &[&Chain], clusters: &[ClusterSlot]) -> HashMap<Box<str>, Named> {
    let mut names = HashMap::new();
    let mut add = |name: &str, named: Named| {
        for spelling in [name.to_owned(), fold(name)] {
            if !spelling.is_empty() {
                names.entry(spelling.into_boxed_str()).or_insert(named);
            }
        }
    };
    for (index, chain) in chains.iter().enumerate() {
        for name in [&chain.id, &chain.name, &chain.short_name].into_iter().chain(&chain.aliases) {
            add(name, Named::Chain(index as u16));
        }
    }
    for (index, slot) in clusters.iter().enumerate() {
        // A cluster of one chain names that chain.
        let named = if let [only] = slot.chains[..] { Named::Chain(only) } else { Named::Cluster(index as u16) };
        let Some(cluster) = catalogue.cluster(&slot.id) else { continue };
        for name in [&cluster.id, &cluster.name].into_iter().chain(&cluster.aliases) {
            add(name, named);
        }
    }
    names
}

fn segment_names(chains: &[&Chain], slots: &[SegmentSlot]) -> HashMap<Box<str>, Vec<u16>> {
    let mut names: HashMap<Box<str>, Vec<u16>> = HashMap::new();
    for segment in chains.iter().flat_map(|chain| &chain.segments) {
        let Some(index) = slots.iter().position(|slot| slot.id.as_ref() == segment.id) else { continue };
        for name in [&segment.id, &segment.name].into_iter().chain(&segment.aliases) {
            for spelling in [name.clone(), fold(name)] {
                let held = names.entry(spelling.into_boxed_str()).or_default();
                if !held.contains(&(index as u16)) {
                    held.push(index as u16);
                }
            }
        }
    }
    names
}

const CODE_KEYS: usize = 20_000;

type CodeTable = (Vec<u16>, Vec<(u32, u32)>, Vec<Effect>);

/// For every possible code the effects of its prefixes, the longest prefix of each chain only.
fn compile_codes(chains: &[&Chain], draft: &mut Draft) -> CodeTable {
    let mut by_prefix: HashMap<&str, Vec<Effect>> = HashMap::new();
    for (index, chain) in chains.iter().enumerate() {
        for code in &chain.codes {
            let effect = code_effect(index as u16, code, draft);
            for prefix in &code.prefixes {
                by_prefix.entry(prefix).or_default().push(effect);
            }
        }
    }
    let (mut slots, mut ranges, mut effects) = (vec![0u16; CODE_KEYS], vec![(0, 0)], Vec::new());
    for digits in (2..=4).flat_map(|width: usize| (0..10usize.pow(width as u32)).map(move |code| format!("{code:0width$}"))) {
        let start = effects.len();
        for length in (1..=digits.len()).rev() {
            for effect in by_prefix.get(&digits[..length]).into_iter().flatten() {
                if !effects[start..].iter().any(|longer: &Effect| longer.chain == effect.chain) {
                    effects.push(*effect);
                }
            }
        }
        if effects.len() > start {
            slots[code_key(&digits)] = ranges.len() as u16;
            ranges.push((start as u32, effects.len() as u32));
        }
    }
    (slots, ranges, effects)
}

fn code_effect(chain: u16, code: &CodeRule, draft: &mut Draft) -> Effect {
    Effect { chain, segment: draft.segment(&code.segment), weight: code.weight, rule: draft.rule(&code.id) }
}
