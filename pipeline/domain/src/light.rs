//! Traffic lights (黄灯/红灯): how far behind the plan is too far, and for how many months in a row.

mod history;
mod missing;
mod news;
mod turn;

pub use history::{MonthLight, MonthStand};
pub use missing::{Missing, MissingUnit, Standing, missing_by, missing_by_next_month};
pub use news::{turned_letter, weekly_letter};
pub use turn::{LightFact, ToldLight, Turn, told_lights, turns};

use crate::figures::round_half_up;

/// A light. Never shown by colour alone: print [`LightRule::word`] beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Light {
    Green,
    Yellow,
    Red,
}

impl Light {
    /// `green`, `yellow` or `red`, as stored in the lake.
    pub fn id(self) -> &'static str {
        match self {
            Light::Green => "green",
            Light::Yellow => "yellow",
            Light::Red => "red",
        }
    }

    pub fn from_id(id: &str) -> Option<Self> {
        [Light::Green, Light::Yellow, Light::Red].into_iter().find(|light| light.id() == id)
    }
}

/// What the distance is measured in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Measure {
    /// Percentage points (个百分点) behind pace.
    Points,
    /// Percent of the plan of the day that is missing (欠进度占计划的比例).
    Shortfall,
}

/// A bound on one measure. The yellow bound belongs to yellow, the red bound still to yellow
/// (落后10—30个百分点为黄灯, 30个以上为红灯).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bounds {
    /// Yellow from here on, in points or percent behind.
    pub yellow_from: f64,
    /// Red above this.
    pub red_above: f64,
    /// False when standing exactly on `yellow_from` is still green.
    pub yellow_inclusive: bool,
}

/// What the lights are called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LightWords {
    /// 正常
    pub green: String,
    /// Behind pace, but less than yellow: 略低于序时.
    pub slightly_behind: String,
    /// 黄灯
    pub yellow: String,
    /// 红灯
    pub red: String,
}

impl LightWords {
    /// The word of a light whose gap to pace, in points, prints as below zero or not: green yet behind has its own.
    pub fn of(&self, light: Light, gap: Option<f64>) -> &str {
        match light {
            Light::Green if gap.is_some_and(|gap| round_half_up(gap, 1) < 0.0) => &self.slightly_behind,
            Light::Green => &self.green,
            Light::Yellow => &self.yellow,
            Light::Red => &self.red,
        }
    }
}

/// The city's rule. Source: domain rule 16; the figures are configuration.
#[derive(Debug, Clone, PartialEq)]
pub struct LightRule {
    /// The measure in force.
    pub measure: Measure,
    pub points: Bounds,
    pub shortfall: Bounds,
    /// So many yellow months in a row become red; 0 switches escalation off.
    pub escalate_months: usize,
    pub words: LightWords,
}

/// Unrounded figures that should stand exactly on a bound may miss it by a few ulps.
const ROUNDING_SLACK: f64 = 1e-9;

impl LightRule {
    /// The light of a gap in percentage points, completion minus pace: −12.5 is 12.5 points behind.
    /// `None` when there is no target to be behind of.
    pub fn light(&self, gap_points: Option<f64>) -> Option<Light> {
        self.points.light(-gap_points.filter(|gap| gap.is_finite())?)
    }

    /// The light of `done` against what was planned for the day, both in the same unit.
    /// `None` when nothing was planned.
    pub fn light_of_shortfall(&self, done: f64, planned: f64) -> Option<Light> {
        if !(done.is_finite() && planned.is_finite() && planned > 0.0) {
            return None;
        }
        self.shortfall.light((planned - done) / planned * 100.0)
    }

    /// The light by the measure in force, from the completion rate and the pace, both in percent of the
    /// year's target (the plan of the day is the pace).
    pub fn light_by_rule(&self, completion: Option<f64>, pace: f64) -> Option<Light> {
        match self.measure {
            Measure::Points => self.light(completion.map(|rate| rate - pace)),
            Measure::Shortfall => self.light_of_shortfall(completion?, pace),
        }
    }

    /// The light after escalation. `months` are the plain lights of the months so far, this month last;
    /// a yellow that closes a run of [`LightRule::escalate_months`] months of yellow or red is shown red.
    pub fn escalated(&self, months: &[Option<Light>]) -> Option<Light> {
        let now = (*months.last()?)?;
        if now != Light::Yellow || self.escalate_months == 0 {
            return Some(now);
        }
        let run = months.iter().rev().take_while(|light| light.is_some_and(|light| light >= Light::Yellow)).count();
        Some(if run >= self.escalate_months { Light::Red } else { now })
    }

    /// The word printed beside a light.
    pub fn word(&self, light: Light) -> &str {
        match light {
            Light::Green => &self.words.green,
            Light::Yellow => &self.words.yellow,
            Light::Red => &self.words.red,
        }
    }

    /// The word for a gap: a green that is nevertheless behind pace is not called normal.
    pub fn word_for(&self, gap_points: Option<f64>) -> Option<&str> {
        let light = self.light(gap_points)?;
        if light == Light::Green && gap_points.is_some_and(|gap| gap < -ROUNDING_SLACK) {
            return Some(&self.words.slightly_behind);
        }
        Some(self.word(light))
    }
}

impl Bounds {
    fn light(&self, behind: f64) -> Option<Light> {
        if behind > self.red_above + ROUNDING_SLACK {
            return Some(Light::Red);
        }
        let edge = if self.yellow_inclusive { -ROUNDING_SLACK } else { ROUNDING_SLACK };
        Some(if behind > self.yellow_from + edge { Light::Yellow } else { Light::Green })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    pub(super) fn rule() -> LightRule {
        LightRule {
            measure: Measure::Points,
            points: Bounds { yellow_from: 10.0, red_above: 30.0, yellow_inclusive: true },
            shortfall: Bounds { yellow_from: 0.0, red_above: 50.0, yellow_inclusive: false },
            escalate_months: 3,
            words: LightWords {
                green: "正常".into(), slightly_behind: "略低于序时".into(), yellow: "黄灯".into(), red: "红灯".into()
            },
        }
    }

    #[test]
    fn points_behind_pace() {
        let rule = rule();
        let check = |gap: Option<f64>, light: Option<Light>, word: Option<&str>| {
            assert_eq!(rule.light(gap), light, "{gap:?}");
            assert_eq!(rule.word_for(gap), word, "{gap:?}");
        };
        check(Some(19.0), Some(Light::Green), Some("正常"));
        check(Some(0.0), Some(Light::Green), Some("正常"));
        // The published case: started 92 of 225 in May 2022 stood 0.8 points behind pace.
        check(Some(92.0 / 225.0 * 100.0 - 500.0 / 12.0), Some(Light::Green), Some("略低于序时"));
        check(Some(-9.99), Some(Light::Green), Some("略低于序时"));
        check(Some(-10.0), Some(Light::Yellow), Some("黄灯"));
        check(Some(31.7 - 41.7), Some(Light::Yellow), Some("黄灯"));
        check(Some(-30.0), Some(Light::Yellow), Some("黄灯"));
        check(Some(-30.01), Some(Light::Red), Some("红灯"));
        check(None, None, None);
        check(Some(f64::NAN), None, None);
    }

    #[test]
    fn shortfall_of_plan() {
        let rule = rule();
        let check = |done: f64, planned: f64, expect: Option<Light>| {
            assert_eq!(rule.light_of_shortfall(done, planned), expect, "{done} of {planned}");
        };
        check(41.7, 41.7, Some(Light::Green));
        check(60.0, 41.7, Some(Light::Green));
        check(40.9, 41.7, Some(Light::Yellow));
        check(20.0, 40.0, Some(Light::Yellow));
        check(19.9, 40.0, Some(Light::Red));
        check(0.0, 0.0, None);
        let by_shortfall = LightRule { measure: Measure::Shortfall, ..rule };
        assert_eq!(by_shortfall.light_by_rule(Some(40.9), 41.7), Some(Light::Yellow));
        assert_eq!(by_shortfall.light_by_rule(None, 41.7), None);
    }

    #[test]
    fn months_in_a_row_escalate() {
        use Light::{Green, Red, Yellow};
        let rule = rule();
        let check = |months: &[Option<Light>], expect: Option<Light>| assert_eq!(rule.escalated(months), expect, "{months:?}");
        check(&[], None);
        check(&[Some(Yellow)], Some(Yellow));
        check(&[Some(Yellow), Some(Yellow)], Some(Yellow));
        check(&[Some(Yellow), Some(Yellow), Some(Yellow)], Some(Red));
        check(&[Some(Red), Some(Yellow), Some(Yellow)], Some(Red));
        check(&[Some(Yellow), Some(Green), Some(Yellow), Some(Yellow)], Some(Yellow));
        check(&[Some(Yellow), None, Some(Yellow), Some(Yellow)], Some(Yellow));
        check(&[Some(Yellow), Some(Yellow), Some(Yellow), Some(Green)], Some(Green));
        check(&[Some(Yellow), None], None);
        let never = LightRule { escalate_months: 0, ..rule };
        assert_eq!(never.escalated(&[Some(Yellow); 9]), Some(Yellow));
    }

    #[test]
    fn ids_round_trip() {
        for light in [Light::Green, Light::Yellow, Light::Red] {
            assert_eq!(Light::from_id(light.id()), Some(light));
        }
        assert_eq!(Light::from_id("amber"), None);
    }
}
