//! The sentences of a bulletin (通报): progress, rank, lights, chains and source regions in words that are never wrong
//! about 增长, 下降 or 个百分点, each figure linked to the rows it comes from.

mod part;
mod period;
mod progress;
mod rank;
mod sentence;
mod template;

use chrono::NaiveDate;

use crate::light::{Light, LightWords};
use crate::target::Metric;

pub use period::Period;
pub use progress::standing_words;
pub use sentence::{Link, Reference, Sentence};
pub use template::{ChartKind, MetricId, Occasion, TableKind, Template, TemplateBlock, TemplateIndex, Templates};

/// What a bulletin is written from (通报内容).
#[derive(Debug, Clone, PartialEq)]
pub struct Bulletin {
    pub head: Head,
    /// Whom the totals are for: 全市.
    pub whole: String,
    /// What is counted: 工业项目.
    pub project_word: String,
    /// What the city calls its lights.
    pub words: LightWords,
    pub sections: Vec<Section>,
}

/// What stands above the sentences.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// 截至日期: the last day whose facts are counted, since 1 January of its year.
    pub on: NaiveDate,
    /// 口径: what counts, in words.
    pub basis: String,
    /// 数据来源
    pub source: String,
}

/// One metric, of all sizes or of one scale band.
#[derive(Debug, Clone, PartialEq)]
pub struct Section {
    pub metric: Metric,
    pub band: Option<BandName>,
    pub figures: Figures,
    /// Assessed units; empty for no sentence about them.
    pub carriers: Vec<CarrierFigures>,
    /// Chains without the remainder; empty for no sentence about them.
    pub chains: Vec<ChainFigures>,
    /// Groups of source regions in the order to be told; they may overlap.
    pub regions: Vec<RegionFigures>,
}

/// A scale band (规模档).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BandName {
    pub id: String,
    /// 10亿元以上
    pub name: String,
}

/// Done against target, pace and last year, in projects or yuan.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Figures {
    pub done: i64,
    /// The year's; `None` when none was set: nothing is said of completion.
    pub target: Option<i64>,
    /// In percent, unrounded, by the target's own curve.
    pub pace: f64,
    /// By the same day of last year; `None` when unknown: nothing is said of growth.
    pub before: Option<i64>,
}

/// A carrier (载体单位) under one metric.
#[derive(Debug, Clone, PartialEq)]
pub struct CarrierFigures {
    pub id: String,
    pub name: String,
    pub figures: Figures,
    /// As shown, after escalation; `None` without a target.
    pub light: Option<Light>,
}

/// A chain (产业链) under one metric, in projects or yuan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChainFigures {
    pub id: String,
    pub name: String,
    pub done: i64,
}

/// A group of source regions (投资来源区域) under one metric.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegionFigures {
    pub id: String,
    /// 沪苏浙
    pub name: String,
    /// In projects or yuan.
    pub done: i64,
    /// This group's and the whole's by the same day of last year; `None` when unknown.
    pub before: Option<PartBefore>,
}

/// Last year's part and whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PartBefore {
    pub part: i64,
    pub whole: i64,
}

impl Head {
    /// Label and text of 截至日期, 口径, 单位 and 数据来源, for what is told of these metrics.
    pub fn facts(&self, metrics: &[Metric]) -> Vec<(&'static str, String)> {
        let amounts = metrics.contains(&Metric::FixedAssets);
        let counts = metrics.iter().any(|metric| *metric != Metric::FixedAssets);
        let units = match (counts, amounts) {
            (true, true) => "个、亿元",
            (false, true) => "亿元",
            _ => "个",
        };
        vec![
            ("截至日期", self.on.format("%Y年%-m月%-d日").to_string()),
            ("口径", self.basis.clone()),
            ("单位", units.to_owned()),
            ("数据来源", self.source.clone()),
        ]
    }
}

impl Bulletin {
    /// The lines above the sentences.
    pub fn head_facts(&self) -> Vec<(&'static str, String)> {
        let metrics: Vec<Metric> = self.sections.iter().map(|section| section.metric).collect();
        self.head.facts(&metrics)
    }

    /// All sentences in their order: for each section progress, rank, lights, chains, source regions.
    pub fn sentences(&self) -> Vec<Sentence> {
        let of = |section| self.sentences_of(section);
        self.sections.iter().flat_map(of).collect()
    }

    /// Those about one metric, its scale bands included.
    pub fn sentences_about(&self, metric: Metric) -> Vec<Sentence> {
        let of = |section| self.sentences_of(section);
        self.sections.iter().filter(|section| section.metric == metric).flat_map(of).collect()
    }

    fn sentences_of(&self, section: &Section) -> Vec<Sentence> {
        let told = self.told(section);
        let optional = [told.rank(), told.lights(&self.words), told.chains(), told.regions()];
        std::iter::once(told.progress()).chain(optional.into_iter().flatten()).collect()
    }

    fn told<'b>(&'b self, section: &'b Section) -> Told<'b> {
        Told { section, whole: &self.whole, project_word: &self.project_word, period: Period::year_until(self.head.on) }
    }
}

/// A section with what its sentences need from the bulletin.
struct Told<'b> {
    section: &'b Section,
    whole: &'b str,
    project_word: &'b str,
    period: Period,
}

impl Told<'_> {
    /// `新签约10亿元以上工业项目`, `固定资产投资`.
    fn subject(&self) -> String {
        let (metric, band) = (self.section.metric, self.section.band.as_ref().map_or("", |band| band.name.as_str()));
        match metric {
            Metric::FixedAssets if band.is_empty() => metric.name().to_owned(),
            Metric::FixedAssets => format!("{band}{}{}", self.project_word, metric.name()),
            _ => format!("{}{band}{}", metric.name().trim_end_matches("项目"), self.project_word),
        }
    }

    /// The rows of the whole.
    fn reference(&self) -> Reference {
        Reference {
            metric: self.section.metric,
            band: self.section.band.as_ref().map(|band| band.id.clone()),
            carrier: None,
            chain: None,
            region_group: None,
            period: self.period,
        }
    }
}

#[cfg(test)]
mod tests;
