//! Where the figures of a sheet come from (数据来源): counted by the product where it can, typed by the center where it cannot.

use std::collections::HashMap;

use chrono::NaiveDate;

use super::figures::{FigureRow, Less, Made};
use super::inputs::{Input, Source};
use super::period::Period;
use super::rules::Level;
use crate::carriers::Carriers;
use crate::scale::Bands;
use crate::target::{Metric, Target};

/// Something that the books count for a carrier (簿册计数): a lead, a reserve project, a trip.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counted {
    /// `leads`, `reserve` or `trips`.
    pub metric: &'static str,
    pub carrier_id: String,
    /// By which it falls into bands, in yuan; `None` is in none.
    pub size_yuan: Option<i64>,
}

/// A figure or a target that the center typed for a unit, cumulative from 1 January (填报数).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TypedFigure {
    pub carrier_id: String,
    pub input: String,
    /// Things or yuan, 0 or more.
    pub done: Option<i64>,
    pub target: Option<i64>,
    pub made: Made,
}

/// What a joint check left of an investment that was counted (联合核查).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckedInvestment {
    pub carrier_id: String,
    /// Name of the project.
    pub project: String,
    /// Counts in the periods that hold this day.
    pub on: NaiveDate,
    /// What was claimed and is not recognised, in yuan, 0 or more.
    pub refused_yuan: i64,
    /// Why, in Chinese.
    pub why: String,
    pub made: Made,
}

/// Everything that figures are made from but the figures.
#[derive(Debug, Clone, Copy)]
pub struct Supply<'s> {
    pub level: &'s Level,
    pub period: Period,
    /// The day on which the figures were known.
    pub known_on: NaiveDate,
    pub carriers: &'s Carriers,
    pub bands: &'s Bands,
    pub targets: &'s [Target],
}

impl Supply<'_> {
    /// Where a unit's figure comes from. Units that are no carriers have none in the product: theirs are typed.
    pub fn source(&self, unit: &str, input: &Input<'_>) -> Source {
        if self.is_carrier(unit) { input.metric.source } else { Source::Typed }
    }

    /// True where the product keeps no target, so that it is typed.
    pub fn types_target(&self, unit: &str, input: &Input<'_>) -> bool {
        let derived = input.metric.id == "started_of_signed";
        !self.is_carrier(unit) || !(derived || Metric::from_id(input.metric.id).is_some())
    }

    /// A row for every unit and input that has a figure; where none was counted or typed there is no row, and the sheet
    /// names it. `published` holds what the tables count, by unit, metric and band ("" for all sizes).
    pub fn rows(
        &self,
        published: &HashMap<(&str, &str, &str), i64>,
        counted: &[Counted],
        typed: &[TypedFigure],
        checks: &[CheckedInvestment],
    ) -> Vec<FigureRow> {
        let mut rows = Vec::new();
        for unit in self.level.members() {
            for id in self.level.inputs() {
                let Some(input) = Input::parse(id) else { continue };
                let own = typed.iter().find(|typed| typed.carrier_id == unit && typed.input == id);
                let key = |metric: &str| published.get(&(unit, metric, input.band.unwrap_or_default())).copied();
                let source = self.source(unit, &input);
                let done = match source {
                    Source::Published => key(input.metric.id),
                    Source::Books => Some(self.count(unit, &input, counted)),
                    Source::Typed => own.and_then(|typed| typed.done),
                };
                let Some(done) = done else { continue };
                let mut row = FigureRow { carrier_id: unit.to_owned(), input: id.to_owned(), done, ..FigureRow::default() };
                row.made = own.filter(|_| source == Source::Typed).map(|typed| typed.made.clone());
                if self.types_target(unit, &input) {
                    row.target = own.and_then(|typed| typed.target);
                    row.target_made = own.filter(|typed| typed.target.is_some()).map(|typed| typed.made.clone());
                } else if input.metric.id == "started_of_signed" {
                    row.target = key("signed");
                } else {
                    row.target = self.period.due(self.targets, unit, id, self.known_on);
                }
                if id == "fixed_assets" && source == Source::Published {
                    self.take_out(&mut row, checks);
                }
                rows.push(row);
            }
        }
        rows
    }

    fn is_carrier(&self, unit: &str) -> bool {
        let at = |day: NaiveDate| self.carriers.get(unit, day).is_some();
        at(self.period.last_day()) || at(self.period.first_day())
    }

    /// Of the unit and all that lies in it.
    fn count(&self, unit: &str, input: &Input<'_>, counted: &[Counted]) -> i64 {
        let least = input.band.and_then(|band| self.bands.get(band)).map(|band| band.least);
        let fits = |one: &&Counted| {
            one.metric == input.metric.id
                && self.carriers.within(&one.carrier_id, unit, self.known_on)
                && least.is_none_or(|least| one.size_yuan.is_some_and(|size| size >= least))
        };
        i64::try_from(counted.iter().filter(fits).count()).unwrap_or(i64::MAX)
    }

    /// What joint checks did not confirm leaves the figure, and the derivation says so; no figure falls below 0.
    fn take_out(&self, row: &mut FigureRow, checks: &[CheckedInvestment]) {
        let own = checks.iter().filter(|check| self.period.holds(check.on) && check.on <= self.known_on && check.refused_yuan > 0);
        for check in own.filter(|check| self.carriers.within(&check.carrier_id, &row.carrier_id, self.known_on)) {
            let amount = check.refused_yuan.min(row.done);
            if amount > 0 {
                row.done -= amount;
                let why = format!("{} {} {}", check.on, check.project, check.why);
                row.less.push(Less { amount, why, made: check.made.clone() });
            }
        }
    }
}
