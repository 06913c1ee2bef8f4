//! The rules of a year's scoring (评分办法) as `scoring-<year>.toml` holds them: levels, groups, indicators and their shapes.

mod extras;

use serde::Deserialize;

use super::recognition::RecognitionRule;
pub use extras::{Bonus, BonusShape, Counting, Deduction, DeductionShape, Grade, Promotion, PromotionMeasure, Tier, Veto, VetoEffect};

/// `scoring-<year>.toml`: how a year is scored. Points, weights and percents may have decimals; amounts are yuan.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scoring {
    pub year: i32,
    /// Names these rules on every sheet and in every closed record; raise it with every change.
    pub version: String,
    /// False while the file holds an example.
    pub documented: bool,
    /// Decimals of printed scores. Places are given by scores as printed, so that who prints alike shares a place.
    pub decimals: usize,
    #[serde(rename = "level")]
    pub levels: Vec<Level>,
    /// What counts as fixed-asset investment; absent where a city recognises none by itself.
    #[serde(default)]
    pub recognition: Option<RecognitionRule>,
}

/// One level of assessment (考核层级): the city over its carriers, or a carrier over its towns and parks.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Level {
    pub id: String,
    pub name: String,
    /// Who assesses: the city's id, or a carrier's.
    pub of: String,
    /// What the indicators' weights add up to (满分).
    pub full: f64,
    pub no_target: NoTarget,
    /// Bonuses together give no more (加分上限).
    #[serde(default)]
    pub bonus_most: Option<f64>,
    /// Deductions together take no more (扣分上限).
    #[serde(default)]
    pub deduction_most: Option<f64>,
    /// No total is lower.
    #[serde(default)]
    pub least_total: f64,
    /// Assessed units that `carriers.toml` does not hold, such as towns. Loading adds the names of the others.
    #[serde(default, rename = "unit")]
    pub units: Vec<Unit>,
    /// Peers that are compared and ranked with each other only.
    #[serde(rename = "group")]
    pub groups: Vec<Group>,
    #[serde(rename = "indicator")]
    pub indicators: Vec<Indicator>,
    #[serde(default, rename = "bonus")]
    pub bonuses: Vec<Bonus>,
    #[serde(default, rename = "deduction")]
    pub deductions: Vec<Deduction>,
    #[serde(default, rename = "veto")]
    pub vetoes: Vec<Veto>,
    #[serde(default, rename = "promotion")]
    pub promotions: Vec<Promotion>,
    /// Best first; the last takes all the rest.
    #[serde(default, rename = "grade")]
    pub grades: Vec<Grade>,
}

/// What becomes of an indicator's weight for a carrier that has no target for it ("-").
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NoTarget {
    /// The other weights are rescaled to the full score (其余指标折算).
    Skip,
    /// It earns nothing (按0分计).
    Zero,
}

/// An assessed unit outside the catalogue of carriers (乡镇、街道).
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Unit {
    pub id: String,
    pub name: String,
}

/// A group of peers (考核分组).
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Group {
    pub id: String,
    pub name: String,
    /// Ids of carriers, or of the level's units.
    pub members: Vec<String>,
}

/// An indicator (考核指标).
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Indicator {
    pub id: String,
    pub name: String,
    /// Points that full achievement earns (分值).
    pub weight: f64,
    pub shape: Shape,
}

/// How an indicator turns figures into points. Source: domain rule 6.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Shape {
    /// Completion rate × weight; the rate counts up to `cap_percent`, where there is one (按完成率).
    Ratio { input: String, cap_percent: Option<f64> },
    /// Nothing below the floor, from it on the completion rate × weight (保底后按比例).
    FloorRatio { input: String, floor_percent: f64, cap_percent: Option<f64> },
    /// The highest step that is reached (分档计分).
    Steps { input: String, measure: Measured, rows: Vec<Step> },
    /// (x − min) ÷ (max − min) × span + base, in percent of the weight; min and max are the group's (功效系数).
    /// When all are equal everyone stands at max.
    Efficacy { input: String, measure: Measured, base: f64, span: f64 },
    /// The weight less `each` for everything that is missing from a band's minimum, not below 0 (分档保底扣分).
    MinimumPerBand { rows: Vec<Minimum> },
    /// What peers gave (互评): the mean of each class of raters × its share.
    PeerRating { full: f64, raters: Vec<RaterClass> },
}

/// What is measured on a figure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Measured {
    /// What was done; needs no target.
    Done,
    /// The completion rate in percent.
    Rate,
}

/// A step: from here on, inclusive, so many points.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// In percent for a rate, else in the metric's unit.
    pub from: f64,
    pub points: f64,
}

/// The minimum of one band.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Minimum {
    pub input: String,
    pub name: String,
    /// The same for every carrier and period; left out: each carrier's own target.
    #[serde(default)]
    pub least: Option<i64>,
    /// Points lost for each that is missing.
    pub each: f64,
}

/// A class of raters: the members of a group of this level.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RaterClass {
    /// Id of the group.
    pub group: String,
    /// Share of the class's mean; the shares add up to 100.
    pub percent: f64,
}

impl Scoring {
    /// The level with this id.
    pub fn level(&self, id: &str) -> Option<&Level> {
        self.levels.iter().find(|level| level.id == id)
    }
}

impl Level {
    /// The name of an assessed unit; its id when it has none.
    pub fn name_of<'l>(&'l self, id: &'l str) -> &'l str {
        self.units.iter().find(|unit| unit.id == id).map_or(id, |unit| unit.name.as_str())
    }

    /// Ids of all assessed units, group by group.
    pub fn members(&self) -> impl Iterator<Item = &str> {
        self.groups.iter().flat_map(|group| group.members.iter().map(String::as_str))
    }

    /// Every item with each input that it reads, in the order of the rules: name of the item, input.
    pub fn needs(&self) -> Vec<(&str, &str)> {
        let mut needs: Vec<(&str, &str)> = Vec::new();
        for indicator in &self.indicators {
            needs.extend(indicator.shape.inputs().into_iter().map(|input| (indicator.name.as_str(), input)));
        }
        for bonus in &self.bonuses {
            needs.extend(bonus.shape.inputs().into_iter().map(|input| (bonus.name.as_str(), input)));
        }
        for deduction in &self.deductions {
            if let DeductionShape::Missing { input, .. } = &deduction.shape {
                needs.push((&deduction.name, input));
            }
        }
        needs.extend(self.promotions.iter().map(|promotion| (promotion.name.as_str(), promotion.input.as_str())));
        needs
    }

    /// Every input that the level's rules read, each once, sorted: what a caller has to supply.
    pub fn inputs(&self) -> Vec<&str> {
        let mut inputs: Vec<&str> = self.needs().into_iter().map(|(_, input)| input).collect();
        inputs.sort_unstable();
        inputs.dedup();
        inputs
    }
}

impl Shape {
    /// The inputs it reads; none for ratings.
    pub fn inputs(&self) -> Vec<&str> {
        match self {
            Self::Ratio { input, .. } | Self::FloorRatio { input, .. } | Self::Steps { input, .. } | Self::Efficacy { input, .. } => {
                vec![input.as_str()]
            }
            Self::MinimumPerBand { rows } => rows.iter().map(|row| row.input.as_str()).collect(),
            Self::PeerRating { .. } => Vec::new(),
        }
    }
}
