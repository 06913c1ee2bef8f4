//! The span a sheet scores (考核期): a whole year, or the year up to the end of a quarter.

use chrono::NaiveDate;

use crate::figures::{planned, round_half_up};
use crate::pace::MonthlyCurve;

/// A quarter of the year (季度).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Quarter {
    First,
    Second,
    Third,
    Fourth,
}

impl Quarter {
    /// All four, in order.
    pub const ALL: [Self; 4] = [Self::First, Self::Second, Self::Third, Self::Fourth];

    /// 1 to 4.
    pub fn number(self) -> u8 {
        match self {
            Self::First => 1,
            Self::Second => 2,
            Self::Third => 3,
            Self::Fourth => 4,
        }
    }

    /// Reads [`Quarter::number`].
    pub fn from_number(number: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|quarter| quarter.number() == number)
    }
}

/// What a sheet scores (考核期). Always counted from 1 January: a quarter is the year up to its end, since
/// its targets are the pace's cumulative share.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Period {
    pub year: i32,
    /// `None`: the whole year.
    pub quarter: Option<Quarter>,
}

impl Period {
    /// 1 January.
    pub fn first_day(self) -> NaiveDate {
        NaiveDate::from_ymd_opt(self.year, 1, 1).unwrap_or(NaiveDate::MIN)
    }

    /// The quarter's last day, or 31 December.
    pub fn last_day(self) -> NaiveDate {
        let (month, day) = match self.quarter {
            Some(Quarter::First) => (3, 31),
            Some(Quarter::Second) => (6, 30),
            Some(Quarter::Third) => (9, 30),
            Some(Quarter::Fourth) | None => (12, 31),
        };
        NaiveDate::from_ymd_opt(self.year, month, day).unwrap_or(NaiveDate::MAX)
    }

    /// True when the day lies in the period, both ends included.
    pub fn holds(self, day: NaiveDate) -> bool {
        self.first_day() <= day && day <= self.last_day()
    }

    /// The part of a year's target that is due by the end of the period (序时目标任务), in the target's unit: the
    /// curve's cumulative share, rounded half up to whole projects or yuan. Source: domain rule 5.
    pub fn target(self, annual: i64, curve: &MonthlyCurve) -> i64 {
        let share = curve.on(self.last_day(), self.year);
        if share >= 100.0 {
            return annual;
        }
        round_half_up(planned(annual, share), 0) as i64
    }

    /// `2022年`, `2022年第一季度`.
    pub fn name(self) -> String {
        let quarter = match self.quarter {
            None => "",
            Some(Quarter::First) => "第一季度",
            Some(Quarter::Second) => "第二季度",
            Some(Quarter::Third) => "第三季度",
            Some(Quarter::Fourth) => "第四季度",
        };
        format!("{}年{quarter}", self.year)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quarter_is_the_year_up_to_its_end() {
        let second = Period { year: 2022, quarter: Some(Quarter::Second) };
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        assert!(second.holds(day("2022-01-01")) && second.holds(day("2022-06-30")));
        assert!(!second.holds(day("2022-07-01")) && !second.holds(day("2021-12-31")));
        assert_eq!(second.name(), "2022年第二季度");
        assert_eq!(Period { quarter: None, ..second }.name(), "2022年");
        for quarter in Quarter::ALL {
            assert_eq!(Quarter::from_number(quarter.number()), Some(quarter));
        }
        assert_eq!(Quarter::from_number(5), None);
    }

    #[test]
    fn targets_follow_the_curve() {
        let curve = MonthlyCurve::linear();
        let due = |annual: i64, quarter: Option<Quarter>| Period { year: 2022, quarter }.target(annual, &curve);
        // 310 × 25 % = 77.5, 310 × 75 % = 232.5: both round up.
        assert_eq!(due(310, Some(Quarter::First)), 78);
        assert_eq!(due(310, Some(Quarter::Second)), 155);
        assert_eq!(due(310, Some(Quarter::Third)), 233);
        assert_eq!(due(310, Some(Quarter::Fourth)), 310);
        assert_eq!(due(16_500_000_000, None), 16_500_000_000);
        // One project a year: a quarter asks for none yet, a half for the one.
        assert_eq!((due(1, Some(Quarter::First)), due(1, Some(Quarter::Second))), (0, 1));
    }
}
