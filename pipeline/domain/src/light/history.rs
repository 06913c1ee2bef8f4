//! The strip of a year's lights (亮灯历史): each month's light as it stood, and as escalation shows it.

use chrono::NaiveDate;

use super::{Light, LightRule};
use crate::figures::{completion_rate, gap_points};
use crate::target::{Target, TargetKey, target_on};

/// What was done by the end of a month, and what of it was planned.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MonthStand {
    /// Last day of the month, or the day of the data in a month that still runs.
    pub on: NaiveDate,
    /// Since the year's first day, in projects or yuan.
    pub done: i64,
    /// The year's target as known on that day, in the same unit; `None` when none was set.
    pub target: Option<i64>,
    /// Pace in percent on that day, unrounded.
    pub pace: f64,
}

impl MonthStand {
    /// The stands of one thing: `done` by day against the target of `key` as known on each day, by its own curve.
    /// Without a target the pace is 0 and nothing is lit.
    pub fn of_target(targets: &[Target], key: &TargetKey<'_>, done: &[(NaiveDate, i64)]) -> Vec<Self> {
        let stand = |(on, done): &(NaiveDate, i64)| {
            let target = target_on(targets, key, *on);
            let pace = target.map_or(0.0, |target| target.pace_on(*on));
            Self { on: *on, done: *done, target: target.and_then(|target| target.value), pace }
        };
        done.iter().map(stand).collect()
    }
}

/// One lamp of the strip.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MonthLight {
    pub on: NaiveDate,
    /// Percent, unrounded; `None` without a target.
    pub completion: Option<f64>,
    /// Percentage points to the pace, unrounded.
    pub gap: Option<f64>,
    /// By the month alone.
    pub plain: Option<Light>,
    /// As shown: a yellow that has lasted too long is red.
    pub shown: Option<Light>,
    /// Months of yellow or red in a row up to this one (连续亮灯月数); 0 on green or without a light.
    pub months_lit: usize,
}

impl MonthLight {
    /// True when escalation alone made it red (连续黄灯升级).
    pub fn is_escalated(&self) -> bool {
        self.plain != self.shown
    }
}

impl LightRule {
    /// The lights of the months so far, in their order (亮灯历史). Source: domain rule 16.
    pub fn strip(&self, months: &[MonthStand]) -> Vec<MonthLight> {
        let plain: Vec<Option<Light>> =
            months.iter().map(|month| self.light_by_rule(completion_rate(month.done, month.target), month.pace)).collect();
        let lamp = |(index, month): (usize, &MonthStand)| {
            let so_far = &plain[..=index];
            let completion = completion_rate(month.done, month.target);
            MonthLight {
                on: month.on,
                completion,
                gap: completion.and_then(|_| gap_points(completion, month.pace)),
                plain: plain[index],
                shown: self.escalated(so_far),
                months_lit: so_far.iter().rev().take_while(|light| light.is_some_and(|light| light >= Light::Yellow)).count(),
            }
        };
        months.iter().enumerate().map(lamp).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::rule;
    use super::*;
    use crate::pace::linear_on;
    use crate::period::end_of_month;
    use crate::target::fixture::{by, day};
    use proptest::prelude::*;

    fn month_ends(count: u32) -> Vec<NaiveDate> {
        (1..=count).filter_map(|month| NaiveDate::from_ymd_opt(2022, month, 1)).map(end_of_month).collect()
    }

    /// 120 a year is 10 a month, 8.33 points each. Done 10, 5, 14, 20, 30, 60 of planned 10, 20, 30, 40, 50, 60:
    /// 0, −12.5, −13.3, −16.7, −16.7 and 0 points.
    #[test]
    fn the_third_yellow_month_is_shown_red() {
        use Light::{Green, Red, Yellow};
        let done = [10, 5, 14, 20, 30, 60];
        let months: Vec<MonthStand> = month_ends(6)
            .into_iter()
            .zip(done)
            .map(|(on, done)| MonthStand { on, done, target: Some(120), pace: linear_on(on, 2022) })
            .collect();
        let strip = rule().strip(&months);
        let shown: Vec<_> = strip.iter().map(|light| (light.plain, light.shown, light.months_lit)).collect();
        let expect = [
            (Some(Green), Some(Green), 0),
            (Some(Yellow), Some(Yellow), 1),
            (Some(Yellow), Some(Yellow), 2),
            (Some(Yellow), Some(Red), 3),
            (Some(Yellow), Some(Red), 4),
            (Some(Green), Some(Green), 0),
        ];
        assert_eq!(shown, expect);
        assert!(strip[3].is_escalated() && !strip[2].is_escalated());
        assert_eq!(strip[1].gap.map(|gap| crate::figures::round_half_up(gap, 1)), Some(-12.5));
    }

    /// 45 of 300 by March is 15 % of 25 %: yellow. The revised 100 makes the same 45 of April green; before
    /// February no target is known.
    #[test]
    fn a_closed_month_keeps_the_target_it_was_lit_by() {
        let target = |value, from: &str, until: Option<&str>| by("", Some(value), day(from), until.map(day));
        let targets = [target(300, "2022-02-01", Some("2022-04-01")), target(100, "2022-04-01", None)];
        let done: Vec<_> = month_ends(4).into_iter().zip([20, 40, 45, 45]).collect();
        let stands = MonthStand::of_target(&targets, &targets[0].key(), &done);
        let lights: Vec<_> = rule().strip(&stands).into_iter().map(|light| light.shown).collect();
        assert_eq!(lights, [None, Some(Light::Green), Some(Light::Yellow), Some(Light::Green)]);
    }

    proptest! {
        /// Escalation only ever turns yellow into red, and each lamp depends on nothing that came later.
        #[test]
        fn strips_grow_month_by_month(done in prop::collection::vec(0i64..120, 1..=12), target in prop::option::of(0i64..200)) {
            let months: Vec<MonthStand> = month_ends(12).into_iter().zip(done)
                .map(|(on, done)| MonthStand { on, done, target, pace: linear_on(on, 2022) }).collect();
            let whole = rule().strip(&months);
            for (count, lamp) in whole.iter().enumerate() {
                let so_far = rule().strip(&months[..=count]);
                prop_assert_eq!(so_far.last(), Some(lamp));
                let raised = lamp.plain == Some(Light::Yellow) && lamp.shown == Some(Light::Red);
                prop_assert!(lamp.plain == lamp.shown || raised);
                prop_assert_eq!(lamp.is_escalated(), raised);
                prop_assert_eq!(lamp.months_lit > 0, lamp.plain >= Some(Light::Yellow));
            }
        }
    }
}
