//! A scoring sheet (考核得分表): everyone's points, places and grades, each with what it follows from.

use chrono::NaiveDate;

use super::figures::{Complaint, Entry, FigureRow, Rating};
use super::inputs::Input;
use super::period::Period;
use super::words;

/// The sheet of one level and period.
#[derive(Debug, Clone, PartialEq)]
pub struct Sheet {
    pub level_id: String,
    pub level_name: String,
    pub period: Period,
    /// Of the rules it was computed by.
    pub rule_version: String,
    /// Decimals of printed points.
    pub decimals: usize,
    /// In the order of the rules.
    pub groups: Vec<GroupSheet>,
    /// Rows that could not be used. A sheet with any cannot be closed.
    pub complaints: Vec<Complaint>,
}

/// One group of peers.
#[derive(Debug, Clone, PartialEq)]
pub struct GroupSheet {
    pub id: String,
    pub name: String,
    /// Best first; those without a place last; equals in the order of the rules.
    pub carriers: Vec<CarrierScore>,
}

/// One carrier's score.
#[derive(Debug, Clone, PartialEq)]
pub struct CarrierScore {
    pub carrier_id: String,
    pub carrier_name: String,
    /// Indicators, then bonuses, then deductions, in the order of the rules.
    pub lines: Vec<ScoreLine>,
    /// Points of the indicators, rescaled where the rules say so, unrounded. `None`: nothing could be scored.
    pub base: Option<f64>,
    /// Under its cap.
    pub bonus: f64,
    /// What is taken away, 0 or more, under its cap.
    pub deduction: f64,
    /// Unrounded. `None`: nothing could be scored.
    pub total: Option<f64>,
    /// Within the group; who prints alike shares it.
    pub place: Option<usize>,
    /// Name of the grade (等次).
    pub grade: Option<String>,
    /// How the total, and the grade, came about, line by line.
    pub summary: Vec<String>,
    /// Vetoes that fell, with the entries behind them.
    pub vetoes: Vec<FallenVeto>,
}

/// A veto that fell on a carrier.
#[derive(Debug, Clone, PartialEq)]
pub struct FallenVeto {
    pub id: String,
    pub name: String,
    pub evidence: Vec<Evidence>,
}

/// What a line belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LineKind {
    Indicator,
    Bonus,
    Deduction,
}

impl LineKind {
    /// `indicator`, `bonus` or `deduction`.
    pub fn id(self) -> &'static str {
        match self {
            Self::Indicator => "indicator",
            Self::Bonus => "bonus",
            Self::Deduction => "deduction",
        }
    }
}

/// Points for one item and how they came about (得分推导).
#[derive(Debug, Clone, PartialEq)]
pub struct ScoreLine {
    pub kind: LineKind,
    pub id: String,
    pub name: String,
    /// The indicator's weight, or the most that the bonus gives or the deduction takes.
    pub most: Option<f64>,
    /// Unrounded, of deductions too 0 or more. `None`: no target was set, or data are missing; not scored.
    pub points: Option<f64>,
    /// Within the group, for indicators only.
    pub place: Option<usize>,
    /// The derivation: `新签约项目 188/310 → 60.6% × 30分 = 18.19分`.
    pub text: String,
    /// What it was computed from.
    pub evidence: Vec<Evidence>,
}

/// A figure, entry or rating that points were computed from.
#[derive(Debug, Clone, PartialEq)]
pub enum Evidence {
    /// A carrier's figure; of efficacy also the two peers at the ends of the group.
    Figure {
        done: i64,
        target: Option<i64>,
        list: RowList,
        /// True where a person typed what was done: no rows stand behind it.
        typed: bool,
        /// Who typed it or its target, and what was taken out of it; empty for what is simply counted.
        grounds: String,
    },
    Entry {
        on: NaiveDate,
        quantity: i64,
        reason: String,
    },
    Rating {
        rater_id: String,
        points: f64,
        /// Who entered it and on what grounds; empty when that is not known.
        grounds: String,
    },
}

/// Which rows a figure counts: where a page leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowList {
    /// `signed`, one of [`super::METERED`].
    pub metric: String,
    pub band: Option<String>,
    pub carrier_id: String,
    /// First and last day of recognition, both included.
    pub from: NaiveDate,
    pub until: NaiveDate,
}

impl Evidence {
    pub(super) fn of_row(row: &FigureRow, period: Period) -> Self {
        let (metric, band) = match Input::parse(&row.input) {
            Some(input) => (input.metric.id.to_owned(), input.band.map(str::to_owned)),
            None => (row.input.clone(), None),
        };
        let list = RowList { metric, band, carrier_id: row.carrier_id.clone(), from: period.first_day(), until: period.last_day() };
        Self::Figure { done: row.done, target: row.target, list, typed: row.made.is_some(), grounds: words::grounds(row) }
    }

    pub(super) fn of_entry(entry: &Entry) -> Self {
        let reason = format!("{}{}", entry.reason, words::made(entry.made.as_ref()));
        Self::Entry { on: entry.on, quantity: entry.quantity, reason }
    }

    pub(super) fn of_rating(rating: &Rating) -> Self {
        Self::Rating { rater_id: rating.rater_id.clone(), points: rating.points, grounds: words::made(rating.made.as_ref()) }
    }
}

impl Sheet {
    /// Every carrier with its group, in the sheet's order.
    pub fn carriers(&self) -> impl Iterator<Item = (&GroupSheet, &CarrierScore)> {
        self.groups.iter().flat_map(|group| group.carriers.iter().map(move |carrier| (group, carrier)))
    }

    /// The score of one carrier.
    pub fn of(&self, carrier: &str) -> Option<&CarrierScore> {
        self.carriers().map(|(_, score)| score).find(|score| score.carrier_id == carrier)
    }
}
