//! What a sheet is computed from (考核数据): figures by carrier and input, entries made by hand, and ratings by peers.

mod index;

use chrono::NaiveDate;

pub(super) use index::Index;

/// Who entered something, and on what grounds (录入留痕).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Made {
    /// As a sheet prints it: the person's or duty's name.
    pub by: String,
    pub on: NaiveDate,
    /// The paper behind it (依据); may be empty.
    pub evidence: String,
}

/// What was taken out of a figure (核减).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Less {
    /// In the figure's unit, above 0.
    pub amount: i64,
    /// Of what, when and why, in Chinese.
    pub why: String,
    pub made: Made,
}

/// What one carrier did for one input in the period of the sheet.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FigureRow {
    pub carrier_id: String,
    /// As the rules name it: `signed`, `signed.ge10`.
    pub input: String,
    /// Things or yuan, from 1 January to the period's end.
    pub done: i64,
    /// The target of the same span, already resolved for the period ([`super::Period::target`]); `None` is "-".
    pub target: Option<i64>,
    /// Who typed what was done; `None` where it was counted.
    pub made: Option<Made>,
    /// Who typed the target.
    pub target_made: Option<Made>,
    /// What `done` is already without.
    pub less: Vec<Less>,
}

/// Something a person entered (人工录入): a visit, a deduction, a veto.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    pub carrier_id: String,
    /// Id of the bonus, deduction or veto.
    pub item: String,
    /// How often; 1 or more.
    pub quantity: i64,
    /// Why, in the words of who entered it.
    pub reason: String,
    /// Counts in the periods that hold this day.
    pub on: NaiveDate,
    pub made: Option<Made>,
}

/// What one carrier gave another (互评).
#[derive(Debug, Clone, PartialEq)]
pub struct Rating {
    /// Id of the indicator.
    pub item: String,
    pub rater_id: String,
    pub carrier_id: String,
    /// From 0 to the indicator's `full`.
    pub points: f64,
    pub made: Option<Made>,
}

/// All that one sheet is computed from. The order of the rows does not matter.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Figures {
    pub rows: Vec<FigureRow>,
    /// Of the whole year, if one likes: the sheet takes those of its period.
    pub entries: Vec<Entry>,
    /// Of the period.
    pub ratings: Vec<Rating>,
}

/// A row that could not be used, or is not there (数据问题). The sheet is computed without it and cannot be closed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Complaint {
    pub carrier_id: String,
    /// The input, or the id of the item or indicator.
    pub item: String,
    /// For the person who keeps the sheet, in Chinese.
    pub problem: String,
}
