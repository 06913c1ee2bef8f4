//! The answers that a bulletin is written from (通报数据), and the domain's bulletin over them.

use std::sync::Arc;

use futures::try_join;
use qunlian_domain::bulletin::{
    BandName, Bulletin, CarrierFigures, ChainFigures, Figures, Head, PartBefore, RegionFigures, Section, Template,
};
use qunlian_domain::light::Light;
use qunlian_domain::target::Metric;
use qunlian_queries::Answer;
use qunlian_queries::rows::{Row, rows, rows_where};

use crate::Issue;

/// Answers of one generation for one year and day.
#[derive(Debug, Clone)]
pub struct Sources {
    pub(crate) progress: Arc<Answer>,
    pub(crate) bands: Arc<Answer>,
    pub(crate) carriers: Arc<Answer>,
    pub(crate) chains: Arc<Answer>,
    pub(crate) groups: Arc<Answer>,
    pub(crate) warnings: Arc<Answer>,
    pub(crate) months: Arc<Answer>,
}

impl Sources {
    /// Asks every question that templates may need, with year and day left to the caller.
    pub async fn ask<E, F>(ask: impl Fn(&'static str) -> F) -> Result<Self, E>
    where
        F: Future<Output = Result<Arc<Answer>, E>>,
    {
        let (progress, bands, carriers, chains, groups, warnings, months) = try_join!(
            ask("city_progress"),
            ask("band_counts"),
            ask("carrier_progress"),
            ask("chain_progress"),
            ask("region_groups"),
            ask("warning_list"),
            ask("monthly_cumulative")
        )?;
        Ok(Self { progress, bands, carriers, chains, groups, warnings, months })
    }

    /// The generation that was read; `None` when the questions were answered from several.
    pub fn generation(&self) -> Option<u64> {
        let all = [&self.bands, &self.carriers, &self.chains, &self.groups, &self.warnings, &self.months];
        let first = self.progress.generation;
        all.iter().all(|answer| answer.generation == first).then_some(first)
    }

    /// What the sentences are made of.
    pub(crate) fn bulletin(&self, template: &Template, issue: &Issue<'_>) -> Bulletin {
        let mut sections = Vec::new();
        for row in rows(&self.progress) {
            let Some(metric) = Metric::from_id(row.text("metric")) else { continue };
            sections.push(self.whole(metric, row));
            if metric == Metric::Signed {
                sections.extend(self.of_bands());
            }
        }
        Bulletin {
            head: Head { on: issue.on(), basis: issue.occasion().fill(&template.basis), source: issue.center.to_owned() },
            whole: issue.occasion().fill(&template.whole),
            project_word: issue.occasion().fill(&template.project_word),
            words: issue.light.words.clone(),
            sections,
        }
    }

    fn whole(&self, metric: Metric, row: Row<'_>) -> Section {
        let is_signed = metric == Metric::Signed;
        let signed_before = row.int("last_year").unwrap_or(0);
        let carriers = rows_where(&self.carriers, "metric", metric.id()).map(|row| {
            let (id, name) = (row.text("carrier_id").to_owned(), row.text("carrier").to_owned());
            CarrierFigures { light: self.light(metric, &id, row.text("light")), id, name, figures: figures(row) }
        });
        let chains = rows_where(&self.chains, "metric", metric.id()).filter(|row| is_signed && row.text("chain_id") != "none");
        let regions = rows(&self.groups).filter(|_| is_signed);
        Section {
            metric,
            band: None,
            figures: figures(row),
            carriers: carriers.collect(),
            chains: chains
                .map(|row| ChainFigures {
                    id: row.text("chain_id").to_owned(),
                    name: row.text("chain").to_owned(),
                    done: row.count("done"),
                })
                .collect(),
            regions: regions
                .map(|row| RegionFigures {
                    id: row.text("group_id").to_owned(),
                    name: row.text("group_name").to_owned(),
                    done: row.count("signed"),
                    before: Some(PartBefore { part: row.count("last_year"), whole: signed_before }),
                })
                .collect(),
        }
    }

    /// The light that is shown: months in a row may have turned a yellow red.
    pub(crate) fn light(&self, metric: Metric, carrier: &str, plain: &str) -> Option<Light> {
        let mut warned = rows_where(&self.warnings, "scope", "carrier");
        let escalated = warned.find(|row| row.text("scope_id") == carrier && row.text("metric") == metric.id());
        Light::from_id(escalated.map_or(plain, |row| row.text("escalated")))
    }

    fn of_bands(&self) -> impl Iterator<Item = Section> + '_ {
        rows(&self.bands).filter(|row| row.is_true("in_targets")).map(move |row| Section {
            metric: Metric::Signed,
            band: Some(BandName { id: row.text("band_id").to_owned(), name: row.text("band").to_owned() }),
            figures: figures(row),
            carriers: Vec::new(),
            chains: Vec::new(),
            regions: Vec::new(),
        })
    }
}

fn figures(row: Row<'_>) -> Figures {
    Figures { done: row.count("done"), target: row.int("target"), pace: row.number("pace").unwrap_or(0.0), before: row.int("last_year") }
}
