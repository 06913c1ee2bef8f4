//! The dated catalogue of clusters (产业集群), chains (产业链), segments (环节) and the rules that find them.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use serde::Deserialize;

use crate::catalogue::dates::{self, span_holds};

/// Everything in `chains.toml`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChainCatalogue {
    pub scoring: Scoring,
    pub reading: Reading,
    #[serde(rename = "cluster")]
    pub clusters: Vec<Cluster>,
    #[serde(rename = "chain")]
    pub chains: Vec<Chain>,
    #[serde(rename = "crosswalk", default)]
    pub crosswalks: Vec<Crosswalk>,
}

/// How clues are weighed. Percentages multiply a rule's weight.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scoring {
    /// A term in the project's name.
    pub name_percent: i32,
    /// The last term of the name's first product: the head of a Chinese noun phrase (锂电池用**铝箔**).
    pub head_percent: i32,
    /// A term in the content.
    pub content_percent: i32,
    /// A term that is part of a company's name.
    pub firm_percent: i32,
    /// A term that only says what the product is used for.
    pub use_percent: i32,
    /// A term in a chain text of the filer that names no chain exactly.
    pub supplied_percent: i32,
    /// Points for a segment that the filer named exactly.
    pub segment_points: i32,
    /// Fewer points than this decide nothing.
    pub least_points: i32,
    /// From so many points on, another chain contradicts.
    pub contradict_points: i32,
    /// Points at which more evidence adds no confidence.
    pub full_points: i32,
}

/// Words that steer how a text is read.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reading {
    /// Ends of company names: terms before them in the name describe the firm, not the project.
    pub company_words: Vec<String>,
    /// Words after which a sentence tells uses, not products (用于).
    pub usage_words: Vec<String>,
    /// Characters that join equal products (及、和): the head is looked for in the first of them.
    pub joiners: String,
    /// Characters that end a sentence.
    pub sentence_ends: String,
    /// What filers add to a chain's name (产业链, 产业).
    pub supplied_suffixes: Vec<String>,
}

/// A cluster of chains.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cluster {
    pub id: String,
    pub name: String,
    #[serde(default)]
    pub aliases: Vec<String>,
    #[serde(deserialize_with = "dates::day")]
    pub valid_from: NaiveDate,
    #[serde(default, deserialize_with = "dates::optional_day")]
    pub valid_until: Option<NaiveDate>,
    #[serde(default = "yes")]
    pub documented: bool,
    #[serde(default)]
    pub note: String,
}

/// One chain, or the remainder (其他).
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Chain {
    pub id: String,
    pub name: String,
    /// The name on charts and cards.
    pub short_name: String,
    /// Cluster id, empty for chains outside the clusters.
    #[serde(default)]
    pub cluster: String,
    /// True for the one that takes every project of no other chain.
    #[serde(default)]
    pub remainder: bool,
    #[serde(default)]
    pub aliases: Vec<String>,
    #[serde(deserialize_with = "dates::day")]
    pub valid_from: NaiveDate,
    #[serde(default, deserialize_with = "dates::optional_day")]
    pub valid_until: Option<NaiveDate>,
    #[serde(default = "yes")]
    pub documented: bool,
    #[serde(default)]
    pub note: String,
    #[serde(rename = "segment", default)]
    pub segments: Vec<Segment>,
    #[serde(rename = "rule", default)]
    pub rules: Vec<TermRule>,
    #[serde(rename = "code", default)]
    pub codes: Vec<CodeRule>,
}

/// Where in a chain a segment stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Position {
    /// 上游
    Upstream,
    /// 中游
    Mid,
    /// 下游
    Downstream,
}

impl Position {
    /// `upstream`, `mid` or `downstream`.
    pub fn id(self) -> &'static str {
        match self {
            Position::Upstream => "upstream",
            Position::Mid => "mid",
            Position::Downstream => "downstream",
        }
    }

    /// 上游, 中游 or 下游.
    pub fn name(self) -> &'static str {
        match self {
            Position::Upstream => "上游",
            Position::Mid => "中游",
            Position::Downstream => "下游",
        }
    }
}

/// A segment of a chain; ids are unique in the whole catalogue.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Segment {
    pub id: String,
    pub name: String,
    pub position: Position,
    #[serde(default)]
    pub aliases: Vec<String>,
}

/// Terms of one weight that speak for a segment; a negative weight speaks against the chain.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TermRule {
    pub id: String,
    /// Segment id; empty for terms of the whole chain.
    #[serde(default)]
    pub segment: String,
    /// −100 to 100, not 0. 40 and more: names the chain by itself.
    pub weight: i32,
    pub terms: Vec<String>,
    /// Defaults to the chain's.
    #[serde(default, deserialize_with = "dates::optional_day")]
    pub valid_from: Option<NaiveDate>,
    #[serde(default, deserialize_with = "dates::optional_day")]
    pub valid_until: Option<NaiveDate>,
    #[serde(default)]
    pub note: String,
}

/// GB/T 4754 prefixes that speak for a segment; of several prefixes of one chain the longest counts.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CodeRule {
    pub id: String,
    #[serde(default)]
    pub segment: String,
    /// Points, 1 to 200; industry codes are not multiplied by a percentage.
    pub weight: i32,
    pub prefixes: Vec<String>,
}

/// Another grouping of the same chains from a day on (2025: four leading industries).
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Crosswalk {
    pub id: String,
    pub name: String,
    #[serde(deserialize_with = "dates::day")]
    pub valid_from: NaiveDate,
    #[serde(default, deserialize_with = "dates::optional_day")]
    pub valid_until: Option<NaiveDate>,
    #[serde(default = "yes")]
    pub documented: bool,
    #[serde(default)]
    pub note: String,
    #[serde(rename = "group")]
    pub groups: Vec<CrosswalkGroup>,
}

/// One group of a crosswalk.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CrosswalkGroup {
    pub id: String,
    pub name: String,
    /// Chain ids; a chain is in one group at most.
    pub chains: Vec<String>,
    /// Segments that belong here although their chain is elsewhere (汽车零部件).
    #[serde(default)]
    pub segments: Vec<String>,
    #[serde(default = "yes")]
    pub documented: bool,
    #[serde(default)]
    pub note: String,
}

fn yes() -> bool {
    true
}

impl Crosswalk {
    /// The group of a project: by its segment if a group claims that, else by its chain.
    pub fn group_of(&self, chain: &str, segment: &str) -> Option<&CrosswalkGroup> {
        let holds = |ids: &[String], id: &str| ids.iter().any(|known| known == id);
        let by_segment = self.groups.iter().find(|group| holds(&group.segments, segment));
        by_segment.or_else(|| self.groups.iter().find(|group| holds(&group.chains, chain)))
    }
}

impl ChainCatalogue {
    /// The chain of an id, whenever valid.
    pub fn chain(&self, id: &str) -> Option<&Chain> {
        self.chains.iter().find(|chain| chain.id == id)
    }

    /// The cluster of an id, whenever valid.
    pub fn cluster(&self, id: &str) -> Option<&Cluster> {
        self.clusters.iter().find(|cluster| cluster.id == id)
    }

    /// The segment of an id and its chain.
    pub fn segment(&self, id: &str) -> Option<(&Chain, &Segment)> {
        self.chains.iter().find_map(|chain| Some((chain, chain.segments.iter().find(|segment| segment.id == id)?)))
    }

    /// The chains valid on a day, in catalogue order.
    pub fn chains_on(&self, day: NaiveDate) -> impl Iterator<Item = &Chain> {
        self.chains.iter().filter(move |chain| span_holds(chain.valid_from, chain.valid_until, day))
    }

    /// The crosswalks valid on a day.
    pub fn crosswalks_on(&self, day: NaiveDate) -> impl Iterator<Item = &Crosswalk> {
        self.crosswalks.iter().filter(move |crosswalk| span_holds(crosswalk.valid_from, crosswalk.valid_until, day))
    }

    /// The days on which the set of valid chains or rules changes, earliest first.
    /// A day on which everything has ended begins no period.
    pub fn change_days(&self) -> BTreeSet<NaiveDate> {
        let mut days = BTreeSet::new();
        for chain in &self.chains {
            days.insert(chain.valid_from);
            days.extend(chain.valid_until);
            for rule in &chain.rules {
                days.extend(rule.valid_from);
                days.extend(rule.valid_until);
            }
        }
        days.retain(|day| self.chains_on(*day).next().is_some());
        days
    }
}
