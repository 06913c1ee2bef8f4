//! How alike two projects are (相似度): names, investors, codes and amounts in one score, with its reasons.

use std::collections::BTreeSet;

use crate::figures;
use crate::notice::scale_text;

use super::essence::Phase;

/// Two neighbouring characters of an essence; a text of one character pairs it with nothing.
pub(super) type Bigram = (char, char);

/// The distinct bigrams of a text.
pub(super) fn bigrams(text: &str) -> BTreeSet<Bigram> {
    let characters: Vec<char> = text.chars().collect();
    match characters.as_slice() {
        [] => BTreeSet::new(),
        [only] => BTreeSet::from([(*only, '\0')]),
        many => many.windows(2).map(|pair| (pair[0], pair[1])).collect(),
    }
}

/// Dice's coefficient of two sets of bigrams, 0 to 1, from their sizes and what they share.
pub(super) fn dice(shared: usize, left: usize, right: usize) -> f64 {
    if left + right == 0 { 0.0 } else { 2.0 * shared as f64 / (left + right) as f64 }
}

/// Likeness of project names from their bigrams: Dice, or nearly as much when one name is the other and more.
pub(super) fn name_likeness(shared: usize, left: usize, right: usize) -> f64 {
    let smaller = left.min(right);
    // A name of one or two pairs (铝箔) is inside many others: that says little.
    let contained = if smaller >= CONTAINED_FROM { CONTAINED_WORTH * shared as f64 / smaller as f64 } else { 0.0 };
    dice(shared, left, right).max(contained)
}

/// Likeness of investors' names: bigrams for what they hold, Jaro-Winkler for how they begin, where the trade name
/// (字号) stands.
pub(super) fn investor_likeness(left: &str, right: &str, shared: usize, left_pairs: usize, right_pairs: usize) -> f64 {
    if left == right {
        return 1.0;
    }
    (dice(shared, left_pairs, right_pairs) + strsim::jaro_winkler(left, right)) / 2.0
}

const CONTAINED_FROM: usize = 3;
const CONTAINED_WORTH: f64 = 0.9;
/// Weights of the name and of the investor; they add up to 1.
const NAME_WEIGHT: f64 = 0.6;
const INVESTOR_WEIGHT: f64 = 0.4;
/// Investors less alike than this say nothing: 华锐铝业 and 华新铝业 share half of their letters.
const INVESTOR_FLOOR: f64 = 0.5;
/// With an investor unknown, the name stands for both, at a discount.
const NAME_ALONE: f64 = 0.85;
const SAME_CODE: f64 = 0.05;
const DIFFERENT_CODES: f64 = -0.03;
/// The whole name agrees, with its quantities.
const SAME_NAME: f64 = 0.1;
const SAME_AMOUNT: f64 = 0.08;
const NEAR_AMOUNT: f64 = 0.04;
const FAR_AMOUNT: f64 = -0.08;
/// One investor files the same sum twice under two names.
const SAME_AMOUNT_OF_ONE_INVESTOR: f64 = 0.12;
const OTHER_PHASE: f64 = -0.15;
/// From here on two names are taken for one project's, if the investor is the same.
const SAME_WORKS: f64 = 0.6;
/// From here on two investors are taken for one.
const SAME_INVESTOR: f64 = 0.9;

/// How two amounts stand to each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Amounts {
    Unknown,
    Same,
    /// Within a tenth.
    Near,
    Between,
    /// One is more than twice the other.
    Far,
}

impl Amounts {
    pub fn of(left: Option<i64>, right: Option<i64>) -> Self {
        let (Some(left), Some(right)) = (left.filter(|yuan| *yuan > 0), right.filter(|yuan| *yuan > 0)) else {
            return Self::Unknown;
        };
        let (low, high) = (i128::from(left.min(right)), i128::from(left.max(right)));
        match high - low {
            0 => Self::Same,
            gap if gap * 10 <= high => Self::Near,
            _ if high > low * 2 => Self::Far,
            _ => Self::Between,
        }
    }
}

/// What two projects have in common.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pair {
    /// 0 to 1.
    pub name: f64,
    /// 0 to 1; `None` when one side does not say.
    pub investor: Option<f64>,
    pub same_folded_name: bool,
    pub same_folded_investor: bool,
    /// `None` when one side has no valid code.
    pub same_code: Option<bool>,
    pub amounts: Amounts,
    pub phases: (Phase, Phase),
    /// In yuan; for the reasons.
    pub yuan: (Option<i64>, Option<i64>),
}

impl Pair {
    fn one_investor(&self) -> bool {
        self.same_code == Some(true) || self.investor.is_some_and(|likeness| likeness >= SAME_INVESTOR)
    }

    /// True for two phases of one investor's works.
    pub fn other_phase(&self) -> bool {
        self.phases.0 != self.phases.1 && self.name >= SAME_WORKS && self.one_investor()
    }

    /// 0 to 1, the same whichever side is asked.
    pub fn score(&self) -> f64 {
        let investor = if self.same_code == Some(true) { Some(1.0) } else { self.investor };
        let mut score = match investor {
            None => NAME_ALONE * self.name,
            Some(likeness) => {
                let above = ((likeness - INVESTOR_FLOOR) / (1.0 - INVESTOR_FLOOR)).max(0.0);
                NAME_WEIGHT * self.name + INVESTOR_WEIGHT * above
            }
        };
        score += match self.same_code {
            Some(true) => SAME_CODE,
            Some(false) => DIFFERENT_CODES,
            None => 0.0,
        };
        score += match self.amounts {
            Amounts::Same if self.one_investor() => SAME_AMOUNT_OF_ONE_INVESTOR,
            Amounts::Same => SAME_AMOUNT,
            Amounts::Near => NEAR_AMOUNT,
            Amounts::Far => FAR_AMOUNT,
            Amounts::Between | Amounts::Unknown => 0.0,
        };
        if self.same_folded_name {
            score += SAME_NAME;
        }
        if self.phases.0 != self.phases.1 && !self.one_investor() {
            score += OTHER_PHASE;
        }
        score.clamp(0.0, 1.0)
    }

    /// Why, strongest first.
    pub fn reasons(&self) -> Vec<String> {
        let mut reasons = Vec::new();
        if self.same_code == Some(true) {
            reasons.push("统一社会信用代码相同".to_owned());
        }
        reasons.push(match (self.same_folded_name, self.name) {
            (true, _) => "项目名称相同".to_owned(),
            (false, likeness) if likeness >= 1.0 => "项目名称去掉地名、规模和期次后相同".to_owned(),
            (false, likeness) => format!("项目名称相似度 {}", two_decimals(likeness)),
        });
        match self.investor {
            _ if self.same_folded_investor => reasons.push("投资方相同".to_owned()),
            Some(likeness) if likeness > INVESTOR_FLOOR => reasons.push(format!("投资方名称相似度 {}", two_decimals(likeness))),
            _ => {}
        }
        if let (Some(left), Some(_)) = self.yuan {
            match self.amounts {
                Amounts::Same => reasons.push(format!("协议投资额相同（{}）", scale_text(left))),
                // The other amount is not said: it may be another carrier's.
                Amounts::Near => reasons.push("协议投资额相近".to_owned()),
                _ => {}
            }
        }
        if self.phases.0 != self.phases.1 {
            reasons.push(format!("期次不同（{}与{}）", self.phases.0.name(), self.phases.1.name()));
        }
        reasons
    }
}

fn two_decimals(value: f64) -> String {
    figures::print(Some(value), 2)
}
