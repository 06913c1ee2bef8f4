//! The business day (业务日): the real one, fixed by `--today`, or moved on by hand in a demonstration. Clock, pages and
//! children share one.

use std::sync::atomic::{AtomicI32, Ordering};

use chrono::{DateTime, Datelike, NaiveDate, NaiveTime, TimeZone, Utc};
use chrono_tz::Asia::Shanghai;

/// The last second of a day.
const END_OF_DAY: Option<NaiveTime> = NaiveTime::from_hms_opt(23, 59, 59);

/// Which day it is for everything that belongs to a day.
#[derive(Debug)]
pub struct BusinessDay(Kind);

#[derive(Debug)]
enum Kind {
    Real,
    Fixed(NaiveDate),
    /// Days of the common era.
    MovedByHand(AtomicI32),
}

impl BusinessDay {
    /// The calendar's day in Shanghai.
    pub fn real() -> Self {
        Self(Kind::Real)
    }

    /// Always that day, at the present time of day; the real one without a day.
    pub fn fixed(day: Option<NaiveDate>) -> Self {
        Self(day.map_or(Kind::Real, Kind::Fixed))
    }

    /// That day until [`BusinessDay::move_to`] says another. Its slots are due as soon as the day is reached: nobody
    /// who presses "next day" wants to wait for 08:00.
    pub fn moved_by_hand(first: NaiveDate) -> Self {
        Self(Kind::MovedByHand(AtomicI32::new(first.num_days_from_ce())))
    }

    /// The day, when it is not the calendar's: for the command line of children.
    pub fn given(&self) -> Option<NaiveDate> {
        match &self.0 {
            Kind::Real => None,
            Kind::Fixed(day) => Some(*day),
            Kind::MovedByHand(days) => NaiveDate::from_num_days_from_ce_opt(days.load(Ordering::SeqCst)),
        }
    }

    /// The day at that moment.
    pub fn today(&self, now: DateTime<Utc>) -> NaiveDate {
        self.given().unwrap_or_else(|| now.with_timezone(&Shanghai).date_naive())
    }

    /// The time of the clock that business slots belong to.
    pub fn time(&self, now: DateTime<Utc>) -> DateTime<Utc> {
        let Some(day) = self.given() else { return now };
        let time = match &self.0 {
            Kind::MovedByHand(_) => END_OF_DAY.unwrap_or_default(),
            Kind::Real | Kind::Fixed(_) => now.with_timezone(&Shanghai).time(),
        };
        Shanghai.from_local_datetime(&day.and_time(time)).earliest().map_or(now, |at| at.to_utc())
    }

    /// Moves on, never back. False when the day is not one that is moved by hand, or not later.
    pub fn move_to(&self, day: NaiveDate) -> bool {
        match &self.0 {
            Kind::MovedByHand(days) => days.fetch_max(day.num_days_from_ce(), Ordering::SeqCst) < day.num_days_from_ce(),
            Kind::Real | Kind::Fixed(_) => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    /// 02:30 of 4 November 2026 in Shanghai.
    fn now() -> DateTime<Utc> {
        "2026-11-03T18:30:00Z".parse().unwrap()
    }

    #[test]
    fn a_fixed_day_keeps_the_time_of_day() {
        let fixed = BusinessDay::fixed(Some(day("2022-05-31")));
        assert_eq!(fixed.time(now()).to_rfc3339(), "2022-05-30T18:30:00+00:00");
        assert_eq!((fixed.today(now()), fixed.given()), (day("2022-05-31"), Some(day("2022-05-31"))));
        assert!(!fixed.move_to(day("2022-06-01")));
        for real in [BusinessDay::real(), BusinessDay::fixed(None)] {
            assert_eq!((real.time(now()), real.today(now()), real.given()), (now(), day("2026-11-04"), None));
        }
    }

    #[test]
    fn a_day_moved_by_hand_stands_at_its_end_and_never_goes_back() {
        let moved = BusinessDay::moved_by_hand(day("2022-05-31"));
        assert_eq!(moved.time(now()).to_rfc3339(), "2022-05-31T15:59:59+00:00");
        assert!(moved.move_to(day("2022-06-01")));
        assert!(!moved.move_to(day("2022-06-01")) && !moved.move_to(day("2022-05-01")));
        assert_eq!(moved.given(), Some(day("2022-06-01")));
    }
}
