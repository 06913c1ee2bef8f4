//! What is added to and taken from the indicators' points: bonuses, deductions, vetoes, promotions, grades (加减分).

use serde::Deserialize;

/// Points on top (加分项).
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bonus {
    pub id: String,
    pub name: String,
    #[serde(default)]
    pub most: Option<f64>,
    pub shape: BonusShape,
}

/// What a bonus is given for.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum BonusShape {
    /// For each entry somebody made under the bonus's id: a leader's visit.
    Entries { each: f64 },
    /// For each thing done.
    Each { input: String, each: f64 },
    /// For each thing done above the target (超任务项目).
    OverTarget { input: String, each: f64 },
    /// By nested bands, lowest first; what reaches a higher band counts there and not again below.
    Tiers { counting: Counting, rows: Vec<Tier> },
}

/// How often a tier's points are given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Counting {
    /// For each project, by its highest band.
    Each,
    /// Once, for the highest band that any project reaches.
    Once,
}

/// One nested band of a bonus.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tier {
    pub input: String,
    pub name: String,
    pub points: f64,
}

/// Points lost (扣分项), never more than `most`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Deduction {
    pub id: String,
    pub name: String,
    #[serde(default)]
    pub most: Option<f64>,
    pub shape: DeductionShape,
}

/// What a deduction is made for.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum DeductionShape {
    /// For each entry somebody made under the deduction's id, with its reason and date.
    Entries { each: f64 },
    /// For each thing missing from the target.
    Missing { input: String, each: f64 },
}

/// A veto (一票否决): one entry under its id is enough.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Veto {
    pub id: String,
    pub name: String,
    pub effect: VetoEffect,
}

/// What a veto does. Under each of them the grade is not the best one and nothing promotes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VetoEffect {
    /// The total is 0, the grade the last (考核计0分).
    Zero,
    /// The total stands without a place and without a grade (不参加排名).
    Unranked,
    /// Score and place stand, the best grade is barred (取消评优).
    NoAward,
}

/// A promotion (升档): the grade moves up when enough was done. Score and place stay.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Promotion {
    pub id: String,
    pub name: String,
    pub input: String,
    pub measure: PromotionMeasure,
    pub least: i64,
    /// Grades to move up.
    pub grades: usize,
}

/// What a promotion looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PromotionMeasure {
    /// What was done.
    Done,
    /// What was done above the target; without a target nothing is.
    OverTarget,
}

/// A grade (考核等次).
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Grade {
    pub id: String,
    pub name: String,
    /// Least total as printed, inclusive.
    pub least: f64,
}

impl BonusShape {
    /// The inputs it reads; none for entries.
    pub fn inputs(&self) -> Vec<&str> {
        match self {
            Self::Entries { .. } => Vec::new(),
            Self::Each { input, .. } | Self::OverTarget { input, .. } => vec![input.as_str()],
            Self::Tiers { rows, .. } => rows.iter().map(|row| row.input.as_str()).collect(),
        }
    }
}
