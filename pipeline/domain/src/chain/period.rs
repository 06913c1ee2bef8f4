//! The rules of one span of days, compiled: an automaton over all terms, a table of industry codes, names.

use std::collections::HashMap;

use aho_corasick::{AhoCorasick, Anchored, Input};
use chrono::NaiveDate;

use super::catalogue::Scoring;
use crate::text::fold_into;

/// What a term does when it is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TermKind {
    /// Adds its effects.
    Clue,
    /// Ends a company's name.
    Company,
    /// Begins a telling of uses.
    Usage,
}

#[derive(Debug)]
pub(super) struct Term {
    pub text: Box<str>,
    pub kind: TermKind,
    /// Range in [`Period::effects`].
    pub effects: (u32, u32),
}

/// What one rule adds to one chain.
#[derive(Debug, Clone, Copy)]
pub(super) struct Effect {
    pub chain: u16,
    /// Index in [`Period::segments`], or [`NO_SEGMENT`].
    pub segment: u16,
    pub weight: i32,
    /// Index in [`Period::rule_ids`].
    pub rule: u32,
}

pub(super) const NO_SEGMENT: u16 = u16::MAX;

#[derive(Debug)]
pub(super) struct ChainSlot {
    pub id: Box<str>,
    /// Range of its segments in [`Period::segments`].
    pub segments: (u16, u16),
}

#[derive(Debug)]
pub(super) struct SegmentSlot {
    pub id: Box<str>,
    pub chain: u16,
}

/// What a filer's text names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Named {
    Chain(u16),
    /// Index in [`Period::clusters`].
    Cluster(u16),
}

#[derive(Debug)]
pub(super) struct ClusterSlot {
    pub id: Box<str>,
    pub chains: Vec<u16>,
}

/// The compiled rules from one day on until the next period.
#[derive(Debug)]
pub(super) struct Period {
    pub from: NaiveDate,
    pub scoring: Scoring,
    pub joiners: Box<[char]>,
    pub sentence_ends: Box<[char]>,
    pub chains: Vec<ChainSlot>,
    pub segments: Vec<SegmentSlot>,
    pub clusters: Vec<ClusterSlot>,
    pub remainder: u16,
    pub terms: Vec<Term>,
    pub effects: Vec<Effect>,
    pub rule_ids: Vec<Box<str>>,
    /// Filers' names of chains and clusters, as written in the catalogue and folded.
    pub names: HashMap<Box<str>, Named>,
    pub segment_names: HashMap<Box<str>, Vec<u16>>,
    pub supplied_suffixes: Vec<Box<str>>,
    pub automaton: AhoCorasick,
    /// Automaton pattern to index in `terms`: full-width spellings share their term.
    pub pattern_terms: Vec<u32>,
    pub openings: Openings,
    /// `1` before the digits of a code, as a number, to a range in `code_effects`; 0 for none.
    pub code_slots: Vec<u16>,
    pub code_ranges: Vec<(u32, u32)>,
    pub code_effects: Vec<Effect>,
}

/// Which pairs of characters begin a term: a one-sided filter that skips most of a text for the price of a bit test.
#[derive(Debug)]
pub(super) struct Openings {
    bits: Box<[u64]>,
}

const OPENING_BITS: usize = 1 << 16;

impl Openings {
    pub fn new() -> Self {
        Self { bits: vec![0; OPENING_BITS / 64].into_boxed_slice() }
    }

    fn slot(first: u32, second: u32) -> usize {
        (first.wrapping_mul(0x9e37).wrapping_add(second.wrapping_mul(0x6d2b)) >> 3) as usize & (OPENING_BITS - 1)
    }

    pub fn add(&mut self, first: u32, second: u32) {
        let slot = Self::slot(first, second);
        self.bits[slot / 64] |= 1 << (slot % 64);
    }

    #[inline]
    pub fn may_open(&self, first: u32, second: u32) -> bool {
        let slot = Self::slot(first, second);
        self.bits[slot / 64] >> (slot % 64) & 1 == 1
    }
}

/// A character as the filter sees it: letters of either case are one.
#[inline]
pub(super) fn filter_form(c: u32) -> u32 {
    if (0x41..=0x5a).contains(&c) { c | 0x20 } else { c }
}

impl Period {
    #[inline]
    pub fn openings(&self) -> &Openings {
        &self.openings
    }

    /// The longest term that begins at byte `start`: its index in `terms` and its end.
    /// Latin letters are not cut: PE is not found in PET or SUPER.
    pub fn term_at(&self, text: &str, start: usize) -> Option<(u32, usize)> {
        let input = Input::new(text).range(start..).anchored(Anchored::Yes);
        let found = self.automaton.try_find(input).ok()??;
        let bytes = text.as_bytes();
        let letter = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_alphabetic);
        let cut_before = start > 0 && letter(start - 1) && letter(start);
        let cut_after = letter(found.end() - 1) && letter(found.end());
        if cut_before || cut_after {
            return None;
        }
        Some((self.pattern_terms[found.pattern().as_usize()], found.end()))
    }

    /// The effects of a term.
    pub fn effects_of(&self, term: u32) -> &[Effect] {
        let (start, end) = self.terms[term as usize].effects;
        &self.effects[start as usize..end as usize]
    }

    /// The effects of an industry code's digits.
    pub fn code_effects_of(&self, digits: &str) -> &[Effect] {
        if digits.is_empty() {
            return &[];
        }
        let slot = self.code_slots.get(code_key(digits)).copied().unwrap_or(0);
        let (start, end) = self.code_ranges[slot as usize];
        &self.code_effects[start as usize..end as usize]
    }

    /// The chain or cluster that a filer's text names exactly. `buffer` is overwritten.
    pub fn named(&self, text: &str, buffer: &mut String) -> Option<Named> {
        if let Some(named) = self.names.get(text) {
            return Some(*named);
        }
        buffer.clear();
        fold_into(text, buffer);
        let mut rest: &str = buffer;
        loop {
            if let Some(named) = self.names.get(rest) {
                return Some(*named);
            }
            rest = self.supplied_suffixes.iter().find_map(|suffix| rest.strip_suffix(suffix.as_ref()))?;
        }
    }

    /// The segments that a filer's text names exactly, of whatever chain. `buffer` is overwritten.
    pub fn segments_named(&self, text: &str, buffer: &mut String) -> &[u16] {
        if let Some(found) = self.segment_names.get(text) {
            return found;
        }
        buffer.clear();
        fold_into(text, buffer);
        self.segment_names.get(buffer.as_str()).map_or(&[], Vec::as_slice)
    }
}

/// `3252` as 13252, `32` as 132: codes of different length never meet.
pub(super) fn code_key(digits: &str) -> usize {
    digits.bytes().fold(1, |key, byte| key * 10 + usize::from(byte - b'0'))
}
