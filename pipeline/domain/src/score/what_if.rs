//! What if (试算): the same sheet with other weights or caps, or with figures moved, beside the one that stands.

use std::collections::HashMap;

use super::figures::Figures;
use super::period::Period;
use super::rules::{Indicator, Level, Scoring, Shape};
use super::sheet::Sheet;
use super::{ScoreError, words};

/// One thing to try.
#[derive(Debug, Clone, PartialEq)]
pub enum Change {
    /// Another weight for an indicator. All weights must still add up to the full score.
    Weight { indicator: String, weight: f64 },
    /// Another cap: an indicator's in percent, a bonus's or deduction's in points; `None` lifts it.
    Cap { item: String, most: Option<f64> },
    /// What was done goes from one carrier to another; targets stay. A project of 12亿元 moves in `signed` and in
    /// `signed.ge10`: name all inputs that count it.
    Move { inputs: Vec<String>, from: String, to: String, done: i64 },
}

/// The sheet that would be, and who would notice.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    pub sheet: Sheet,
    /// Carriers whose total, place or grade differs, in the order of the rules.
    pub differences: Vec<Difference>,
}

/// What changes for one carrier.
#[derive(Debug, Clone, PartialEq)]
pub struct Difference {
    pub group_id: String,
    pub carrier_id: String,
    pub carrier_name: String,
    /// Before and after, unrounded.
    pub total: (Option<f64>, Option<f64>),
    pub place: (Option<usize>, Option<usize>),
    pub grade: (Option<String>, Option<String>),
}

/// A change that cannot be tried.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum WhatIfError {
    #[error(transparent)]
    Score(#[from] ScoreError),
    #[error("there is no indicator {0:?}\nhint: name one of the level's indicators")]
    NoIndicator(String),
    #[error("{0:?} has no cap to change\nhint: name an indicator by rate, a bonus or a deduction")]
    NoCap(String),
    #[error("{item}: {value} is out of bounds\nhint: write 0 or more")]
    OutOfBounds { item: String, value: f64 },
    #[error("the weights add up to {sum}, not to {full}\nhint: change another weight too")]
    Weights { sum: String, full: String },
    #[error("{carrier} has no figure for {input}\nhint: supply its row first")]
    NoRow { carrier: String, input: String },
    #[error("{carrier} has {has} for {input}, {asked} cannot be moved\nhint: move 1 or more, and no more than there is")]
    TooMuch { carrier: String, input: String, has: i64, asked: i64 },
}

/// Scores a level anew under changes, applied in order; rules and figures given stay as they are.
pub fn what_if(scoring: &Scoring, level: &str, period: Period, figures: &Figures, changes: &[Change]) -> Result<Outcome, WhatIfError> {
    let before = scoring.sheet(level, period, figures)?;
    let mut tried_rules = scoring.clone();
    let mut tried_figures = figures.clone();
    if let Some(level) = tried_rules.levels.iter_mut().find(|candidate| candidate.id == level) {
        for change in changes {
            apply(change, level, &mut tried_figures)?;
        }
        check_weights(level)?;
    }
    let sheet = tried_rules.sheet(level, period, &tried_figures)?;
    let differences = differences(scoring.level(level), &before, &sheet);
    Ok(Outcome { sheet, differences })
}

fn apply(change: &Change, level: &mut Level, figures: &mut Figures) -> Result<(), WhatIfError> {
    match change {
        Change::Weight { indicator, weight } => {
            check_bounds(indicator, *weight)?;
            let found = level.indicators.iter_mut().find(|candidate| candidate.id == *indicator);
            set_weight(found.ok_or_else(|| WhatIfError::NoIndicator(indicator.clone()))?, *weight);
        }
        Change::Cap { item, most } => {
            if let Some(most) = most {
                check_bounds(item, *most)?;
            }
            *cap_of(level, item).ok_or_else(|| WhatIfError::NoCap(item.clone()))? = *most;
        }
        Change::Move { inputs, from, to, done } => {
            for input in inputs {
                move_done(figures, input, from, to, *done)?;
            }
        }
    }
    Ok(())
}

/// Steps are written in points, so they grow with the weight; what a missing project costs does not.
fn set_weight(indicator: &mut Indicator, weight: f64) {
    if let Shape::Steps { rows, .. } = &mut indicator.shape
        && indicator.weight > 0.0
    {
        let factor = weight / indicator.weight;
        rows.iter_mut().for_each(|row| row.points *= factor);
    }
    indicator.weight = weight;
}

fn check_bounds(item: &str, value: f64) -> Result<(), WhatIfError> {
    if value.is_finite() && value >= 0.0 {
        return Ok(());
    }
    Err(WhatIfError::OutOfBounds { item: item.to_owned(), value })
}

fn cap_of<'l>(level: &'l mut Level, item: &str) -> Option<&'l mut Option<f64>> {
    if let Some(indicator) = level.indicators.iter_mut().find(|indicator| indicator.id == item) {
        return match &mut indicator.shape {
            Shape::Ratio { cap_percent, .. } | Shape::FloorRatio { cap_percent, .. } => Some(cap_percent),
            _ => None,
        };
    }
    if let Some(bonus) = level.bonuses.iter_mut().find(|bonus| bonus.id == item) {
        return Some(&mut bonus.most);
    }
    level.deductions.iter_mut().find(|deduction| deduction.id == item).map(|deduction| &mut deduction.most)
}

fn move_done(figures: &mut Figures, input: &str, from: &str, to: &str, done: i64) -> Result<(), WhatIfError> {
    let at = |carrier: &str| {
        let found = figures.rows.iter().position(|row| row.carrier_id == carrier && row.input == input);
        found.ok_or_else(|| WhatIfError::NoRow { carrier: carrier.to_owned(), input: input.to_owned() })
    };
    let (source, target) = (at(from)?, at(to)?);
    let has = figures.rows[source].done;
    let received = figures.rows[target].done.checked_add(done);
    match received {
        Some(received) if done >= 1 && done <= has => {
            if source != target {
                figures.rows[source].done = has - done;
                figures.rows[target].done = received;
            }
            Ok(())
        }
        _ => Err(WhatIfError::TooMuch { carrier: from.to_owned(), input: input.to_owned(), has, asked: done }),
    }
}

fn check_weights(level: &Level) -> Result<(), WhatIfError> {
    let sum: f64 = level.indicators.iter().map(|indicator| indicator.weight).sum();
    if (sum - level.full).abs() < 1e-6 {
        return Ok(());
    }
    Err(WhatIfError::Weights { sum: words::number(sum), full: words::number(level.full) })
}

fn differences(level: Option<&Level>, before: &Sheet, after: &Sheet) -> Vec<Difference> {
    let then: HashMap<&str, _> = before.carriers().map(|(_, score)| (score.carrier_id.as_str(), score)).collect();
    let now: HashMap<&str, _> = after.carriers().map(|(group, score)| (score.carrier_id.as_str(), (group, score))).collect();
    let mut differences = Vec::new();
    for id in level.into_iter().flat_map(Level::members) {
        let (Some(then), Some((group, now))) = (then.get(id), now.get(id)) else { continue };
        if then.total == now.total && then.place == now.place && then.grade == now.grade {
            continue;
        }
        differences.push(Difference {
            group_id: group.id.clone(),
            carrier_id: id.to_owned(),
            carrier_name: now.carrier_name.clone(),
            total: (then.total, now.total),
            place: (then.place, now.place),
            grade: (then.grade.clone(), now.grade.clone()),
        });
    }
    differences
}
