//! Working days (工作日) by the State Council's calendar: holidays and make-up days (调休).

use chrono::{Datelike, Days, NaiveDate, Weekday};
use std::collections::{BTreeMap, BTreeSet};

/// A day of the calendar and why it is off or on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DayKind {
    /// True when offices work on this day.
    pub works: bool,
    /// The holiday (节假日) that moved this day, if any.
    pub holiday: Option<String>,
    /// False when the year's notice is not known: the answer is then the weekday rule only (日历不完整).
    pub announced: bool,
}

/// The calendar of exceptions to "Monday to Friday".
#[derive(Debug, Clone, Default)]
pub struct WorkCalendar {
    exceptions: BTreeMap<NaiveDate, (bool, String)>,
    announced_years: BTreeSet<i32>,
}

/// A calendar file that cannot be read.
#[derive(Debug, thiserror::Error, PartialEq)]
pub enum CalendarError {
    #[error("line {line} of the calendar: expected `date,kind,holiday`, got {text:?}")]
    Columns { line: usize, text: String },
    #[error("line {line} of the calendar: not a date: {text:?}")]
    Date { line: usize, text: String },
    #[error("line {line} of the calendar: kind is {text:?}; write off or work")]
    Kind { line: usize, text: String },
}

impl WorkCalendar {
    /// Reads `date,kind,holiday` lines (kind: `off` or `work`), header line first.
    pub fn from_csv(text: &str) -> Result<Self, CalendarError> {
        let mut calendar = Self::default();
        for (index, row) in text.lines().enumerate().skip(1).filter(|(_, row)| !row.trim().is_empty()) {
            let line = index + 1;
            let mut cells = row.trim().splitn(3, ',');
            let (Some(date), Some(kind), Some(holiday)) = (cells.next(), cells.next(), cells.next()) else {
                return Err(CalendarError::Columns { line, text: row.to_owned() });
            };
            let date: NaiveDate = date.parse().map_err(|_| CalendarError::Date { line, text: date.to_owned() })?;
            let works = match kind {
                "work" => true,
                "off" => false,
                other => return Err(CalendarError::Kind { line, text: other.to_owned() }),
            };
            calendar.announced_years.insert(date.year());
            calendar.exceptions.insert(date, (works, holiday.to_owned()));
        }
        Ok(calendar)
    }

    /// What kind of day this is.
    pub fn kind_of(&self, day: NaiveDate) -> DayKind {
        let announced = self.announced_years.contains(&day.year());
        if let Some((works, holiday)) = self.exceptions.get(&day) {
            return DayKind { works: *works, holiday: Some(holiday.clone()), announced };
        }
        let works = !matches!(day.weekday(), Weekday::Sat | Weekday::Sun);
        DayKind { works, holiday: None, announced }
    }

    /// True when offices work on this day.
    pub fn works(&self, day: NaiveDate) -> bool {
        match self.exceptions.get(&day) {
            Some((works, _)) => *works,
            None => !matches!(day.weekday(), Weekday::Sat | Weekday::Sun),
        }
    }

    /// The years whose holiday notice is known, in order.
    pub fn announced_years(&self) -> impl Iterator<Item = i32> + '_ {
        self.announced_years.iter().copied()
    }

    /// Working days after `from`, up to and including `to`; negative when `to` is earlier.
    pub fn between(&self, from: NaiveDate, to: NaiveDate) -> i64 {
        if to < from {
            return -self.between(to, from);
        }
        from.iter_days().skip(1).take_while(|day| *day <= to).filter(|day| self.works(*day)).count() as i64
    }

    /// The day by which something submitted on `from` is due after `days` working days
    /// (review 审核: three). `None` only at the end of representable time.
    pub fn due(&self, from: NaiveDate, days: u32) -> Option<NaiveDate> {
        let mut day = from;
        let mut left = days;
        while left > 0 {
            day = day.checked_add_days(Days::new(1))?;
            if self.works(day) {
                left -= 1;
            }
        }
        Some(day)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CALENDAR: &str = "date,kind,holiday\n2022-04-30,off,劳动节\n2022-05-01,off,劳动节\n2022-05-02,off,劳动节\n2022-05-03,off,劳动节\n2022-05-04,off,劳动节\n2022-05-07,work,劳动节\n";

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn labour_day_2022() {
        let calendar = WorkCalendar::from_csv(CALENDAR).unwrap();
        assert!(!calendar.works(day("2022-05-04")), "a Wednesday off");
        assert!(calendar.works(day("2022-05-07")), "a Saturday made up");
        assert_eq!(calendar.due(day("2022-04-29"), 3), Some(day("2022-05-07")));
        assert_eq!(calendar.between(day("2022-04-29"), day("2022-05-09")), 4);
        assert_eq!(calendar.between(day("2022-05-09"), day("2022-04-29")), -4);
        assert_eq!(calendar.between(day("2022-05-09"), day("2022-05-09")), 0);
    }

    #[test]
    fn an_unannounced_year_says_so() {
        let calendar = WorkCalendar::from_csv(CALENDAR).unwrap();
        assert!(calendar.kind_of(day("2022-06-01")).announced);
        assert!(!calendar.kind_of(day("2027-06-01")).announced);
    }

    #[test]
    fn faults_name_their_line() {
        assert!(matches!(WorkCalendar::from_csv("h\n2022-13-01,off,x"), Err(CalendarError::Date { line: 2, .. })));
        assert!(matches!(WorkCalendar::from_csv("h\n2022-01-01,free,x"), Err(CalendarError::Kind { line: 2, .. })));
        assert!(matches!(WorkCalendar::from_csv("h\n2022-01-01"), Err(CalendarError::Columns { line: 2, .. })));
    }
}
