//! The choice of level, year and period over every page of the assessment (考核层级与考核期的选择).

use qunlian_domain::score::Quarter;
use serde::Serialize;

use super::Choice;
use super::asked::Asked;
use crate::reader::Reader;

/// What there is to choose from, and what is chosen.
#[derive(Serialize)]
pub(super) struct PeriodForm {
    /// Where the choice leads.
    path: &'static str,
    levels: Vec<Choice>,
    years: Vec<Choice>,
    quarters: Vec<Choice>,
    level: String,
    year: String,
    /// `1` to `4`, and `0` for the whole year.
    quarter: String,
    /// The day in the address; empty for today.
    as_of: String,
}

impl PeriodForm {
    /// The choice over the page at `path`.
    pub fn new(reader: &Reader, asked: &Asked, path: &'static str) -> Self {
        let (city, period) = (&reader.desk.app.rules.city, asked.period);
        let choice = |value: String, label: String, chosen: bool| Choice { value, label, chosen };
        let levels = city.scoring_of(period.year).map(|rules| rules.levels.as_slice()).unwrap_or_default();
        let chosen = period.quarter.map_or(0, Quarter::number);
        let quarter = |number: u8| {
            let label = reader.words.t(&format!("scores.quarter.{number}")).to_owned();
            choice(number.to_string(), label, number == chosen)
        };
        Self {
            path,
            levels: levels.iter().map(|level| choice(level.id.clone(), level.name.clone(), level.id == asked.level)).collect(),
            years: city.scorings.iter().map(|of| choice(of.year.to_string(), of.year.to_string(), of.year == period.year)).collect(),
            quarters: [1, 2, 3, 4, 0].map(quarter).into(),
            level: asked.level.clone(),
            year: period.year.to_string(),
            quarter: chosen.to_string(),
            as_of: reader.visit.query.get("as_of").unwrap_or_default().to_owned(),
        }
    }
}
