//! What forecasts assume (预测参数): how years, months and seasons usually behave, and how much must be known.

use serde::Deserialize;

use crate::catalogue::DeskFault;

/// `forecast.toml`: what the forecast of the year's end assumes. Nothing in it changes a figure of the lake.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ForecastRules {
    /// False while the file holds assumptions.
    pub documented: bool,
    /// Courses of the year that are drawn for one forecast (模拟次数).
    pub draws: usize,
    pub enough: Enough,
    pub growth: Growth,
    /// How numbers of projects behave from month to month.
    pub counts: Behaviour,
    /// How amounts behave from month to month.
    pub amounts: Behaviour,
    pub seasons: Seasons,
    pub pipeline: Pipeline,
}

/// What must be known before anything is forecast (最低数据要求).
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Enough {
    /// Months of the year that must be over.
    pub months_over: f64,
    /// Projects of last year and this year together.
    pub projects: i64,
    /// Months with an amount, of last year and this year together.
    pub months_with_amount: i64,
}

/// How far a year's total may lie from the last one's (年度增长): standard deviations of its logarithm.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Growth {
    /// Of a city, or of whatever has nothing else to lean on.
    pub alone: f64,
    /// Of a carrier, once its city's growth is known.
    pub within_city: f64,
}

/// Ways in which months may behave; the months known so far decide how credible each is.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Behaviour {
    /// Variance of a month as a multiple of its mean: of projects; of amounts as a multiple of last year's mean month.
    pub scatters: Vec<f64>,
    /// Share of what is known about the level that is still true a month later; 1 for a level that does not move.
    pub memories: Vec<f64>,
    /// Last year's months are pulled towards an even year, or the city's, as if so many effective events had followed it.
    pub pulls: Vec<f64>,
    /// However well last year is known, its seasons count as so many effective events at most: how alike two years are.
    pub year_to_year: Vec<f64>,
}

/// The city's seasons where carriers lean on them (季节分布).
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Seasons {
    /// The pull of an even year on the city's own seasons where carriers lean on them.
    pub city_pull: f64,
    /// So many projects the city's year counts as where carriers lean on it.
    pub city_projects: f64,
}

/// How projects in hand are followed (在手项目).
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pipeline {
    /// Passages that reached the next stage; with fewer there is no curve to go by.
    pub reached: u32,
    /// How far their expected yield of one month may be off, standard deviation of its logarithm; of more months its root as much.
    pub error: f64,
    /// Foretold and actual passages of this year are compared as if so many had been as foretold.
    pub year_pull: f64,
    /// And those of one month of last year.
    pub month_pull: f64,
    /// Monthly chances are pulled towards those of the months around, as if so many projects had followed these.
    pub chance_pull: f64,
    /// Months to either side that count as around.
    pub chance_window: usize,
    /// Courses drawn for the stage before; only their mean is used.
    pub draws: usize,
}

impl ForecastRules {
    /// Checks that every figure can be worked with.
    ///
    /// # Errors
    /// The first figure out of its bounds, with its key.
    pub fn check(&self) -> Result<(), DeskFault> {
        let within = |place: &str, value: f64, low: f64, high: f64| {
            let problem = || format!("{value} is out of bounds");
            (low..=high)
                .contains(&value)
                .then_some(())
                .ok_or_else(|| DeskFault::new(place, problem(), &format!("write from {low} to {high}")))
        };
        within("draws", self.draws as f64, 200.0, 20_000.0)?;
        within("enough.months_over", self.enough.months_over, 1.0, 11.0)?;
        within("enough.projects", self.enough.projects as f64, 1.0, 1_000.0)?;
        within("enough.months_with_amount", self.enough.months_with_amount as f64, 1.0, 24.0)?;
        within("growth.alone", self.growth.alone, 0.05, 2.0)?;
        within("growth.within_city", self.growth.within_city, 0.05, 2.0)?;
        let all = |place: &str, values: &[f64], low: f64, high: f64| {
            if values.is_empty() {
                return Err(DeskFault::new(place, "the list is empty".to_owned(), "write one value at least, like [1.0]"));
            }
            values.iter().try_for_each(|value| within(place, *value, low, high))
        };
        all("counts.scatters", &self.counts.scatters, 1.0, 100.0)?;
        all("amounts.scatters", &self.amounts.scatters, 0.001, 100.0)?;
        for (name, behaviour) in [("counts", &self.counts), ("amounts", &self.amounts)] {
            all(&format!("{name}.memories"), &behaviour.memories, 0.1, 1.0)?;
            all(&format!("{name}.pulls"), &behaviour.pulls, 0.5, 10_000.0)?;
            all(&format!("{name}.year_to_year"), &behaviour.year_to_year, 1.0, 10_000.0)?;
        }
        within("seasons.city_pull", self.seasons.city_pull, 0.5, 1_000.0)?;
        within("seasons.city_projects", self.seasons.city_projects, 1.0, 10_000.0)?;
        within("pipeline.reached", f64::from(self.pipeline.reached), 1.0, 1_000.0)?;
        within("pipeline.error", self.pipeline.error, 0.01, 2.0)?;
        within("pipeline.year_pull", self.pipeline.year_pull, 0.1, 1_000.0)?;
        within("pipeline.month_pull", self.pipeline.month_pull, 0.1, 1_000.0)?;
        within("pipeline.chance_pull", self.pipeline.chance_pull, 0.1, 1_000.0)?;
        within("pipeline.chance_window", self.pipeline.chance_window as f64, 1.0, 12.0)?;
        within("pipeline.draws", self.pipeline.draws as f64, 50.0, 20_000.0)
    }
}

/// The shipped file.
#[cfg(test)]
#[allow(clippy::unwrap_used)]
pub(super) fn shipped() -> ForecastRules {
    toml::from_str(include_str!("../../../../data/cities/huaibei/forecast.toml")).unwrap()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_file_is_within_its_bounds() {
        let rules = shipped();
        assert_eq!((rules.check(), rules.documented, rules.enough.projects), (Ok(()), false, 12));
    }

    #[test]
    fn figures_out_of_bounds_are_named() {
        let check = |change: &dyn Fn(&mut ForecastRules), place: &str, problem: &str| {
            let mut rules = shipped();
            change(&mut rules);
            let fault = rules.check().unwrap_err();
            assert_eq!((fault.place.as_str(), fault.problem.as_str()), (place, problem));
        };
        check(&|rules| rules.draws = 20, "draws", "20 is out of bounds");
        check(&|rules| rules.counts.scatters = vec![1.0, 0.9], "counts.scatters", "0.9 is out of bounds");
        check(&|rules| rules.amounts.memories.clear(), "amounts.memories", "the list is empty");
        check(&|rules| rules.pipeline.error = f64::NAN, "pipeline.error", "NaN is out of bounds");
        check(&|rules| rules.enough.months_over = 12.0, "enough.months_over", "12 is out of bounds");
    }
}
