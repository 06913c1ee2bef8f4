//! The seventeen months that the sample covers: 2021-01 to 2022-05.

use chrono::{Datelike, Days, Months, NaiveDate, Weekday};

use crate::draw::Draw;

/// A month of the sample (报送月份), 2021-01 being the first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Month(u8);

impl Month {
    /// How many months there are.
    pub const COUNT: u8 = 17;
    /// 2022-01, the first of the demonstration year.
    pub const FIRST_OF_2022: Self = Self(12);
    /// 2022-05.
    pub const LAST: Self = Self(16);

    /// Every month in order.
    pub fn all() -> impl Iterator<Item = Self> {
        (0..Self::COUNT).map(Self)
    }

    /// A month by year and number; `None` outside the sample.
    pub fn of(year: i32, number: u32) -> Option<Self> {
        Self::all().find(|month| month.year() == year && month.number() == number)
    }

    /// The month that a day lies in; `None` outside the sample.
    pub fn containing(day: NaiveDate) -> Option<Self> {
        Self::of(day.year(), day.month())
    }

    /// Position, 0 being 2021-01.
    pub fn position(self) -> usize {
        usize::from(self.0)
    }

    pub fn year(self) -> i32 {
        2021 + i32::from(self.0 / 12)
    }

    /// 1 to 12.
    pub fn number(self) -> u32 {
        u32::from(self.0 % 12) + 1
    }

    pub fn first(self) -> NaiveDate {
        day(self.year(), self.number(), 1)
    }

    /// Its last day, on which its workbooks close (截至日期).
    pub fn last(self) -> NaiveDate {
        (self.first() + Months::new(1)) - Days::new(1)
    }

    /// So many months later; `None` outside the sample.
    pub fn after(self, months: u8) -> Option<Self> {
        let later = self.0 + months;
        (later < Self::COUNT).then_some(Self(later))
    }

    /// `2022-03`, as in file names.
    pub fn label(self) -> String {
        format!("{}-{:02}", self.year(), self.number())
    }

    /// `2022年3月`, as in titles.
    pub fn chinese(self) -> String {
        format!("{}年{}月", self.year(), self.number())
    }
}

/// A day that the program itself names.
pub fn day(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).unwrap_or_default()
}

/// A weekday drawn from `first..=last`; `last` when there is none between.
pub fn weekday_between(draw: &mut Draw, first: NaiveDate, last: NaiveDate) -> NaiveDate {
    let span = (last - first).num_days().max(0);
    for _ in 0..16 {
        let candidate = first + Days::new(draw.below(span as u64 + 1));
        if !matches!(candidate.weekday(), Weekday::Sat | Weekday::Sun) {
            return candidate;
        }
    }
    last
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_run_from_january_2021_to_may_2022() {
        let labels: Vec<String> = Month::all().map(Month::label).collect();
        assert_eq!(labels.len(), 17);
        assert_eq!((labels[0].as_str(), labels[16].as_str()), ("2021-01", "2022-05"));
        assert_eq!(Month::LAST.last(), day(2022, 5, 31));
        assert_eq!(Month::FIRST_OF_2022.chinese(), "2022年1月");
        assert_eq!(Month::containing(day(2021, 2, 28)), Month::of(2021, 2));
        assert_eq!(Month::containing(day(2020, 12, 31)), None);
        assert_eq!(Month::LAST.after(1), None);
    }
}
