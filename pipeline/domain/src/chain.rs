//! Which industrial chain (产业链) and segment (环节) a project strengthens, and why: pure, explained, dated.
//!
//! Four kinds of clue are read: the chain the filer named, the segment the filer named, the industry code
//! (GB/T 4754 prefixes) and the words of name and content (weighted terms, leftmost-longest, negative terms).
//! A chain that the filer named wins; when the text strongly speaks against it, the result says so.
//! All words, weights and thresholds are the city's `chains.toml`.

pub mod catalogue;
mod check;
mod compile;
mod decide;
mod explain;
mod period;
mod scan;

use chrono::NaiveDate;

pub use catalogue::{Chain, ChainCatalogue, Cluster, CodeRule, Crosswalk, CrosswalkGroup, Position, Reading, Scoring, Segment, TermRule};
pub use check::ChainFault;
pub use decide::ChainScratch;
pub use explain::{ChainExplanation, ChainHit, ChainScore, Field};
use period::Period;

/// What is known about a project when its chain is asked for; unknown texts are empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChainClues<'a> {
    /// Project name (项目名称).
    pub name: &'a str,
    /// Construction content (建设内容).
    pub content: &'a str,
    /// The chain as the filer wrote it (所属产业链).
    pub chain_given: &'a str,
    /// The segment as the filer wrote it (产业链环节).
    pub segment_given: &'a str,
    /// Industry code as written: `3252`, `C3252`, `3252 铝压延加工`.
    pub industry_code: &'a str,
    /// The day whose catalogue applies. Days before the first catalogue use the first.
    pub on: NaiveDate,
}

/// The chain of a project and the reason for it. Source: domain rule 18.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChainResult<'a> {
    /// Chain id; the catalogue's remainder (其他) when no clue speaks for a chain.
    pub chain: &'a str,
    /// Segment id, empty when no clue names one.
    pub segment: &'a str,
    /// What decided: `supplied`, `cluster`, `segment`, `code`, `term` or `none`.
    pub rule: &'static str,
    /// Id of the catalogue rule with the largest part in it (`lv-ji-07`); empty unless `rule` is `code` or `term`.
    pub rule_id: &'a str,
    /// The term, code or supplied text that fired it.
    pub evidence: &'a str,
    /// 0–100.
    pub confidence: u8,
    /// The next likely chain, empty when no other clue was found.
    pub runner_up: &'a str,
    /// True when strong clues disagree: filer against text, or industry code against text.
    pub contradicts: bool,
}

/// The matcher of a catalogue: one automaton for each span of days with the same rules, built once.
#[derive(Debug)]
pub struct ChainClassifier {
    /// In order of time; never empty.
    periods: Vec<Period>,
}

/// A catalogue from which no matcher can be built.
#[derive(Debug, thiserror::Error)]
pub enum ClassifierError {
    #[error("the catalogue has no chain marked `remainder = true` on {day}; mark the one for all other projects")]
    NoRemainder { day: NaiveDate },
    #[error("the catalogue has no chains")]
    Empty,
    #[error("the terms cannot be built into a matcher: {0}")]
    Matcher(#[from] aho_corasick::BuildError),
}

impl ChainClassifier {
    /// Builds the matchers of a (checked) catalogue.
    pub fn new(catalogue: &ChainCatalogue) -> Result<Self, ClassifierError> {
        let days = catalogue.change_days();
        if days.is_empty() {
            return Err(ClassifierError::Empty);
        }
        let mut periods = Vec::with_capacity(days.len());
        for day in days {
            periods.push(Period::build(catalogue, day)?);
        }
        Ok(Self { periods })
    }

    /// The chain of a project. Allocates nothing once `scratch` has grown to its size.
    pub fn classify<'a>(&'a self, clues: &ChainClues<'a>, scratch: &mut ChainScratch) -> ChainResult<'a> {
        decide::classify(self.period_of(clues.on), clues, scratch)
    }

    /// The same result with every hit, its weight and the scores of all chains, for the project's page.
    pub fn explain<'a>(&'a self, clues: &ChainClues<'a>, scratch: &mut ChainScratch) -> ChainExplanation<'a> {
        explain::explain(self.period_of(clues.on), clues, scratch)
    }

    fn period_of(&self, day: NaiveDate) -> &Period {
        let started = self.periods.partition_point(|period| period.from <= day);
        &self.periods[started.saturating_sub(1)]
    }
}
