//! The span a bulletin is about, in words: `1—5月`, `1月`, `全年`, `1月1日至5月13日`.

use chrono::{Datelike, NaiveDate};

use crate::period::{end_of_month, year_earlier};

/// From the first day of a year to a day of it, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Period {
    pub from: NaiveDate,
    pub to: NaiveDate,
}

impl Period {
    /// 1 January to `on`.
    pub fn year_until(on: NaiveDate) -> Self {
        Self { from: NaiveDate::from_ymd_opt(on.year(), 1, 1).unwrap_or(on), to: on }
    }

    /// The same days of last year (去年同期).
    pub fn year_earlier(self) -> Self {
        Self::year_until(year_earlier(self.to))
    }

    /// Whole months are named as months, the whole year as such, anything else by its days.
    pub fn words(self) -> String {
        let (month, day) = (self.to.month(), self.to.day());
        match (self.to == end_of_month(self.to), month) {
            (true, 12) => "全年".to_owned(),
            (true, 1) => "1月".to_owned(),
            (true, _) => format!("1—{month}月"),
            (false, 1) if day == 1 => "1月1日".to_owned(),
            (false, 1) => format!("1月1日至{day}日"),
            (false, _) => format!("1月1日至{month}月{day}日"),
        }
    }
}
