//! The assessment (考核): entries and ratings made by hand, and the sheets of closed periods.

use chrono::{DateTime, NaiveDate, Utc};
use qunlian_domain::score::{Entry, Made, Period, Rating, Record};

use crate::{Doer, RegistryError};

/// What people add to the figures of the assessment, and what was closed. Nothing of it is ever changed or removed.
pub trait ScoreBooks: Send + Sync {
    /// Keeps an entry. Refused without a reason, for a day to come, and where what it supersedes is another carrier's or
    /// item's; a conflict when that was superseded already.
    fn enter_score(&self, new: &NewScoreEntry, by: &Doer) -> Result<ScoreEntry, RegistryError>;

    /// All entries of a level and year, superseded ones too, in the order in which they were made.
    fn score_entries(&self, level: &str, year: i32) -> Result<Vec<ScoreEntry>, RegistryError>;

    /// Keeps a rating; it supersedes what the same rater gave the same carrier for the same item and period. A conflict
    /// when the period is closed.
    fn rate(&self, new: &NewScoreRating, by: &Doer) -> Result<ScoreRating, RegistryError>;

    /// All ratings of a level and period, superseded ones too, in the order in which they were made.
    fn score_ratings(&self, level: &str, period: Period) -> Result<Vec<ScoreRating>, RegistryError>;

    /// Closes a period (关账): its sheet is what the record says from now on. A conflict when it was closed already.
    fn close_sheet(&self, record: &Record, by: &Doer) -> Result<ClosedSheet, RegistryError>;

    /// The closed sheet of a level and period.
    fn closed_sheet(&self, level: &str, period: Period) -> Result<Option<ClosedSheet>, RegistryError>;
}

/// An entry to keep.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewScoreEntry {
    /// Id of the level of the scoring rules.
    pub level: String,
    pub carrier_id: String,
    /// Id of the bonus, deduction or veto.
    pub item: String,
    /// How often; 0 withdraws what is superseded.
    pub quantity: i64,
    pub reason: String,
    /// The paper behind it (依据); may be empty.
    pub evidence: String,
    /// Counts in the periods that hold this day.
    pub on: NaiveDate,
    /// The entry that this one corrects.
    pub supersedes: Option<i64>,
}

/// An entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScoreEntry {
    pub id: i64,
    pub level: String,
    pub carrier_id: String,
    pub item: String,
    pub quantity: i64,
    pub reason: String,
    pub evidence: String,
    pub on: NaiveDate,
    pub supersedes: Option<i64>,
    /// The entry that stands in its place.
    pub superseded_by: Option<i64>,
    pub by: String,
    /// The business day on which it was made.
    pub made_on: NaiveDate,
    pub at: DateTime<Utc>,
}

/// A rating to keep.
#[derive(Debug, Clone, PartialEq)]
pub struct NewScoreRating {
    pub level: String,
    pub period: Period,
    /// Id of the indicator.
    pub item: String,
    pub rater_id: String,
    pub carrier_id: String,
    /// 0 or more.
    pub points: f64,
    /// Where it comes from, such as the number of the paper.
    pub reason: String,
}

/// A rating.
#[derive(Debug, Clone, PartialEq)]
pub struct ScoreRating {
    pub id: i64,
    pub item: String,
    pub rater_id: String,
    pub carrier_id: String,
    pub points: f64,
    pub reason: String,
    pub superseded: bool,
    pub by: String,
    /// The business day on which it was entered.
    pub made_on: NaiveDate,
    pub at: DateTime<Utc>,
}

/// A closed sheet (考核封存).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClosedSheet {
    pub id: i64,
    /// What is printed.
    pub record: Record,
    pub closed_by: String,
    pub closed_on: NaiveDate,
    pub closed_at: DateTime<Utc>,
}

/// Who made something by that login name, on which business day.
pub(crate) fn made(by: &str, on: NaiveDate, evidence: &str) -> Made {
    Made { by: by.to_owned(), on, evidence: evidence.to_owned() }
}

impl ScoreEntry {
    /// What a sheet counts, with the login name of who made it; `None` for what was superseded or withdrawn.
    pub fn standing(&self) -> Option<Entry> {
        (self.superseded_by.is_none() && self.quantity > 0).then(|| Entry {
            carrier_id: self.carrier_id.clone(),
            item: self.item.clone(),
            quantity: self.quantity,
            reason: self.reason.clone(),
            on: self.on,
            made: Some(made(&self.by, self.made_on, &self.evidence)),
        })
    }
}

impl ScoreRating {
    /// What a sheet counts, with the login name of who entered it; `None` for what was superseded.
    pub fn standing(&self) -> Option<Rating> {
        (!self.superseded).then(|| Rating {
            item: self.item.clone(),
            rater_id: self.rater_id.clone(),
            carrier_id: self.carrier_id.clone(),
            points: self.points,
            made: Some(made(&self.by, self.made_on, &self.reason)),
        })
    }
}
