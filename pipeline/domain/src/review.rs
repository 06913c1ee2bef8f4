//! Terms of review (审核时限): when a filing is due in working days, how it stands, and how fast the office turns filings around.
//!
//! How days are counted. A filing that comes on a working day (工作日) is counted from that day, day 0; one that comes
//! on a day off is counted as if it came on the next working day. It is due at the end of the Nth working day after
//! day 0, three by the published promise (domain rule 3). Make-up Saturdays (调休) count, holidays do not. A year whose
//! holidays are not announced is counted Monday to Friday, and the answer says so (日历不完整).

mod rounds;

use chrono::{Datelike, Days, NaiveDate};

use crate::figures::ratio_percent;
use crate::workdays::WorkCalendar;

pub use rounds::{Move, Round, Said, rounds};

/// A calendar and the number of working days a review may take.
#[derive(Debug, Clone, Copy)]
pub struct ReviewTerm<'c> {
    calendar: &'c WorkCalendar,
    days: u32,
}

/// The last day of a review.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Due {
    /// In time until the end of this day; always a working day.
    pub on: NaiveDate,
    /// False when a year that was counted through has no announced holidays: `on` may still move.
    pub announced: bool,
}

/// How an undecided filing stands today.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    pub due: Due,
    /// Working days gone since day 0, today included; 0 on day 0 and before it.
    pub used: i64,
    /// Working days left, today not included; negative when as many have passed too much.
    pub left: i64,
    /// True from the day after `due.on`, be it a day off or not.
    pub overdue: bool,
    /// True when a year between the filing and the later of today and the due day has no announced holidays.
    pub calendar_incomplete: bool,
}

/// How fast decided filings were turned around (办理时效).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Turnaround {
    /// Filings decided.
    pub count: usize,
    /// Of these, decided by their due day.
    pub in_time: usize,
    /// Middle of the working days used, unrounded (2.5 between 2 and 3); `None` without filings.
    pub median_days: Option<f64>,
}

impl Turnaround {
    /// Share decided in time in percent, unrounded; `None` without filings.
    pub fn in_time_percent(&self) -> Option<f64> {
        ratio_percent(i64::try_from(self.in_time).ok()?, i64::try_from(self.count).ok()?)
    }
}

impl<'c> ReviewTerm<'c> {
    /// `days` are working days, [`crate::procedure::Procedure::review_days`].
    pub fn new(calendar: &'c WorkCalendar, days: u32) -> Self {
        Self { calendar, days }
    }

    /// Day 0: the day of filing, or the next working day when it is a day off.
    pub fn counts_from(&self, submitted_on: NaiveDate) -> NaiveDate {
        let mut day = submitted_on;
        while !self.calendar.works(day) {
            let Some(next) = day.checked_add_days(Days::new(1)) else { break };
            day = next;
        }
        day
    }

    /// When a filing of this day is due.
    pub fn due(&self, submitted_on: NaiveDate) -> Due {
        let on = self.calendar.due(self.counts_from(submitted_on), self.days).unwrap_or(NaiveDate::MAX);
        Due { on, announced: self.announced(submitted_on, on) }
    }

    /// How a filing of `submitted_on`, not yet decided, stands on `today`.
    pub fn standing(&self, submitted_on: NaiveDate, today: NaiveDate) -> Standing {
        let due = self.due(submitted_on);
        let used = self.used(submitted_on, today);
        Standing {
            due,
            used,
            left: i64::from(self.days) - used,
            overdue: today > due.on,
            calendar_incomplete: !self.announced(submitted_on, today.max(due.on)),
        }
    }

    /// Working days that a review took or has taken by `until`; 0 when decided on day 0 or before it.
    pub fn used(&self, submitted_on: NaiveDate, until: NaiveDate) -> i64 {
        self.calendar.between(self.counts_from(submitted_on), until).max(0)
    }

    /// How fast filings were decided: pairs of the days of filing and of decision. A filing that was returned
    /// and came again is two pairs: the filer's own time does not count.
    pub fn turnaround(&self, decided: &[(NaiveDate, NaiveDate)]) -> Turnaround {
        let mut days: Vec<i64> = decided.iter().map(|(submitted, decided)| self.used(*submitted, *decided)).collect();
        days.sort_unstable();
        let in_time = decided.iter().filter(|(submitted, decided)| *decided <= self.due(*submitted).on).count();
        Turnaround { count: days.len(), in_time, median_days: median(&days) }
    }

    /// True when the holidays of every year from `from` to `to` are announced.
    fn announced(&self, from: NaiveDate, to: NaiveDate) -> bool {
        (from.year()..=to.year()).all(|year| self.calendar.announced_years().any(|known| known == year))
    }
}

/// Middle of sorted days.
fn median(sorted: &[i64]) -> Option<f64> {
    let upper = *sorted.get(sorted.len() / 2)?;
    if sorted.len() % 2 == 1 {
        return Some(upper as f64);
    }
    let lower = *sorted.get(sorted.len() / 2 - 1)?;
    Some((lower + upper) as f64 / 2.0)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn calendar() -> WorkCalendar {
        WorkCalendar::from_csv(include_str!("../../../data/codes/workdays.csv")).unwrap()
    }

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn due_days_by_the_real_calendar() {
        let calendar = calendar();
        let term = ReviewTerm::new(&calendar, 3);
        let check = |submitted: &str, zero: &str, due: &str| {
            let submitted = day(submitted);
            assert_eq!(term.counts_from(submitted), day(zero), "day 0 of {submitted}");
            assert_eq!(term.due(submitted), Due { on: day(due), announced: true }, "due day of {submitted}");
        };
        // Plain weeks: Monday to Thursday, Thursday to Tuesday, a weekend as the Monday after it.
        check("2022-06-13", "2022-06-13", "2022-06-16");
        check("2022-06-16", "2022-06-16", "2022-06-21");
        check("2022-06-18", "2022-06-20", "2022-06-23");
        check("2022-06-19", "2022-06-20", "2022-06-23");
        // Spring Festival 2022: off 31 January to 6 February, Saturday and Sunday before it worked.
        check("2022-01-28", "2022-01-28", "2022-02-07");
        check("2022-01-29", "2022-01-29", "2022-02-08");
        check("2022-01-31", "2022-02-07", "2022-02-10");
        check("2022-02-06", "2022-02-07", "2022-02-10");
        // Spring Festival 2023: off 21 to 27 January, the Saturday and Sunday after it worked.
        check("2023-01-20", "2023-01-20", "2023-01-30");
        check("2023-01-22", "2023-01-28", "2023-01-31");
        check("2023-01-28", "2023-01-28", "2023-01-31");
        // National Day 2022: off 1 to 7 October, 8 and 9 October worked.
        check("2022-09-30", "2022-09-30", "2022-10-10");
        check("2022-10-01", "2022-10-08", "2022-10-11");
        check("2022-10-08", "2022-10-08", "2022-10-11");
        // A Saturday made up for Labour Day is day 0 itself; the Sunday after it is not.
        check("2022-05-07", "2022-05-07", "2022-05-11");
        check("2022-05-08", "2022-05-09", "2022-05-12");
        // Year ends: New Year's Day is off, and both years are announced.
        check("2021-12-31", "2021-12-31", "2022-01-06");
        check("2022-12-30", "2022-12-30", "2023-01-05");
        check("2024-12-31", "2024-12-31", "2025-01-06");
    }

    #[test]
    fn a_year_without_a_calendar_is_counted_by_weekdays_and_says_so() {
        let calendar = calendar();
        let term = ReviewTerm::new(&calendar, 3);
        let check = |submitted: &str, due: &str, announced: bool| {
            assert_eq!(term.due(day(submitted)), Due { on: day(due), announced }, "{submitted}");
        };
        check("2026-12-25", "2026-12-30", true);
        check("2026-12-31", "2027-01-05", false);
        check("2027-01-01", "2027-01-06", false);
        check("2027-02-05", "2027-02-10", false);
        let standing = |today: &str| term.standing(day("2026-12-25"), day(today));
        assert!(!standing("2026-12-30").calendar_incomplete);
        assert!(standing("2027-01-04").calendar_incomplete, "the days it is overdue are a guess");
    }

    #[test]
    fn standings_from_day_to_day() {
        let calendar = calendar();
        let term = ReviewTerm::new(&calendar, 3);
        // Filed on the Friday before National Day 2022, due on Monday 10 October.
        let check = |today: &str, used: i64, left: i64, overdue: bool| {
            let standing = term.standing(day("2022-09-30"), day(today));
            assert_eq!((standing.used, standing.left, standing.overdue), (used, left, overdue), "{today}");
            assert!(!standing.calendar_incomplete);
        };
        check("2022-09-29", 0, 3, false);
        check("2022-09-30", 0, 3, false);
        check("2022-10-07", 0, 3, false);
        check("2022-10-08", 1, 2, false);
        check("2022-10-09", 2, 1, false);
        check("2022-10-10", 3, 0, false);
        check("2022-10-11", 4, -1, true);
        check("2022-10-17", 8, -5, true);
        // Due on a Friday: overdue from Saturday on, though no further working day has passed.
        let saturday = term.standing(day("2022-06-14"), day("2022-06-18"));
        assert_eq!((saturday.due.on, saturday.left, saturday.overdue), (day("2022-06-17"), 0, true));
    }

    #[test]
    fn turnaround_of_decided_filings() {
        let calendar = calendar();
        let term = ReviewTerm::new(&calendar, 3);
        let none = term.turnaround(&[]);
        assert_eq!((none.count, none.median_days, none.in_time_percent()), (0, None, None));
        let pair = |submitted: &str, decided: &str| (day(submitted), day(decided));
        let mut decided = vec![
            pair("2022-06-13", "2022-06-13"),
            pair("2022-06-13", "2022-06-15"),
            pair("2022-06-16", "2022-06-21"),
            pair("2022-06-16", "2022-06-22"),
        ];
        let four = term.turnaround(&decided);
        assert_eq!((four.count, four.in_time, four.median_days, four.in_time_percent()), (4, 3, Some(2.5), Some(75.0)));
        // Decided on the day off on which it came: no working day used.
        decided.push(pair("2022-10-01", "2022-10-03"));
        let five = term.turnaround(&decided);
        assert_eq!((five.median_days, five.in_time), (Some(2.0), 4));
    }

    proptest! {
        #[test]
        fn terms_hold_for_every_day(offset in 0u64..3_650, wait in 0u64..60, days in 1u32..=10) {
            let calendar = calendar();
            let term = ReviewTerm::new(&calendar, days);
            let submitted = day("2018-01-01") + Days::new(offset);
            let today = submitted + Days::new(wait);
            let due = term.due(submitted);
            prop_assert!(calendar.works(due.on) && calendar.works(term.counts_from(submitted)));
            prop_assert_eq!(term.used(submitted, due.on), i64::from(days));
            prop_assert!(due.on <= term.due(submitted + Days::new(1)).on, "who comes later is not due earlier");
            let standing = term.standing(submitted, today);
            prop_assert_eq!(standing.used + standing.left, i64::from(days));
            prop_assert_eq!(standing.overdue, today > due.on);
            prop_assert!(standing.left >= 0 || standing.overdue);
            prop_assert!(standing.left <= 0 || !standing.overdue);
            prop_assert_eq!(term.turnaround(&[(submitted, today)]).in_time == 1, !standing.overdue);
        }
    }
}
