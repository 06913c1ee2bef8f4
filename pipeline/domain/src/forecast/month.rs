//! Months counted through the years (月份序号), so that a cohort's age is a difference.

use chrono::{Datelike, NaiveDate};

/// A month counted through the years (月份序号): equal steps across December and January.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MonthNumber(i32);

impl MonthNumber {
    /// Month 1 to 12 of a year; in SQL `year * 12 + month - 1`.
    pub fn new(year: i32, month: u32) -> Self {
        Self(year * 12 + month as i32 - 1)
    }

    /// The month a day lies in.
    pub fn of(day: NaiveDate) -> Self {
        Self::new(day.year(), day.month())
    }

    pub fn year(self) -> i32 {
        self.0.div_euclid(12)
    }

    /// 1 to 12.
    pub fn month(self) -> u32 {
        self.0.rem_euclid(12) as u32 + 1
    }

    /// The month so many months later; earlier when negative.
    pub fn later(self, months: i32) -> Self {
        Self(self.0 + months)
    }

    /// Months from another month to this one; negative when this one is earlier.
    pub fn since(self, earlier: Self) -> i32 {
        self.0 - earlier.0
    }
}
