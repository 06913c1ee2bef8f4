//! Scoring (考核评分): from figures, entries and ratings to points, places and grades, each with its derivation.
//!
//! A caller takes the year's rules ([`Scoring`], from the catalogue), fills [`Figures`] with a row for every member of the
//! level and each of [`Level::inputs`] ([`Supply`] makes them), with targets as due by the end of the [`Period`]
//! ([`Period::due`]), and asks for [`Scoring::sheet`]. [`Record::close`] keeps a sheet so that it prints the same again; [`what_if`] tries changes beside it.

mod check;
mod due;
mod extras;
mod figures;
mod inputs;
mod period;
mod rank;
pub mod recognition;
mod record;
mod rules;
mod shapes;
mod sheet;
mod supply;
#[cfg(test)]
mod tests;
mod total;
mod what_if;
mod words;

pub use figures::{Complaint, Entry, FigureRow, Figures, Less, Made, Rating};
pub use inputs::{Input, InputUnit, METERED, Metered, Source};
pub use period::{Period, Quarter};
pub use record::{CloseError, Record, RecordError, RecordEvidence, RecordRow};
pub use rules::{
    Bonus, BonusShape, Counting, Deduction, DeductionShape, Grade, Group, Indicator, Level, Measured, Minimum, NoTarget, Promotion,
    PromotionMeasure, RaterClass, Scoring, Shape, Step, Tier, Unit, Veto, VetoEffect,
};
pub use sheet::{CarrierScore, Evidence, FallenVeto, GroupSheet, LineKind, RowList, ScoreLine, Sheet};
pub use supply::{CheckedInvestment, Counted, Supply, TypedFigure};
pub use what_if::{Change, Difference, Outcome, WhatIfError, what_if};

use std::collections::HashMap;

use figures::Index;
use shapes::{Desk, Spread};

/// A sheet that cannot be asked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ScoreError {
    #[error("there is no level {0:?} in the scoring rules\nhint: name one of its [[level]] entries")]
    NoLevel(String),
    #[error("the scoring rules of {rules} cannot score {asked}\nhint: use the rules in force that year")]
    OtherYear { rules: i32, asked: i32 },
}

impl Scoring {
    /// Scores one level in one period. Rows that cannot be used become complaints; nothing else is left out.
    pub fn sheet(&self, level: &str, period: Period, figures: &Figures) -> Result<Sheet, ScoreError> {
        if period.year != self.year {
            return Err(ScoreError::OtherYear { rules: self.year, asked: period.year });
        }
        let level = self.level(level).ok_or_else(|| ScoreError::NoLevel(level.to_owned()))?;
        let index = Index::new(level, period, figures);
        let desk = Desk { level, period, decimals: self.decimals, index: &index };
        let names: HashMap<&str, &str> = level.units.iter().map(|unit| (unit.id.as_str(), unit.name.as_str())).collect();
        let groups = level.groups.iter().map(|group| group_sheet(&desk, group, &names)).collect();
        Ok(Sheet {
            level_id: level.id.clone(),
            level_name: level.name.clone(),
            period,
            rule_version: self.version.clone(),
            decimals: self.decimals,
            groups,
            complaints: index.complaints.clone(),
        })
    }
}

/// Scores a group of peers; nothing outside it is looked at.
fn group_sheet(desk: &Desk<'_>, group: &Group, names: &HashMap<&str, &str>) -> GroupSheet {
    let spreads: Vec<Option<Spread<'_>>> = desk.level.indicators.iter().map(|indicator| Spread::of(indicator, group, desk.index)).collect();
    let mut carriers: Vec<CarrierScore> = Vec::with_capacity(group.members.len());
    for member in &group.members {
        let name = names.get(member.as_str()).copied().unwrap_or(member);
        carriers.push(desk.carrier(&spreads, member, name));
    }
    for at in 0..desk.level.indicators.len() {
        let points: Vec<Option<f64>> = carriers.iter().map(|carrier| carrier.lines[at].points).collect();
        for (carrier, place) in carriers.iter_mut().zip(rank::places(&points, desk.decimals)) {
            carrier.lines[at].place = place;
        }
    }
    let totals: Vec<Option<f64>> = carriers.iter().map(|carrier| carrier.total.filter(|_| desk.is_ranked(carrier))).collect();
    for (carrier, place) in carriers.iter_mut().zip(rank::places(&totals, desk.decimals)) {
        carrier.place = place;
    }
    carriers.sort_by_key(|carrier| carrier.place.unwrap_or(usize::MAX));
    GroupSheet { id: group.id.clone(), name: group.name.clone(), carriers }
}
