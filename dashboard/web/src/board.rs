//! Year and day of a board (年度与截至日期): `?year=` and `?as_of=`, with their defaults and bounds.

use chrono::{Datelike, NaiveDate};
use qunlian_domain::target::board_day;
use qunlian_queries::Params;

use crate::fault::Fault;
use crate::query_string::{self, QueryString};

/// What a board looks at: one year, as known on one day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Board {
    pub year: i32,
    pub as_of: NaiveDate,
    /// The years that may be chosen, newest first.
    pub years: Vec<i32>,
    /// The latest day that may be chosen.
    pub today: NaiveDate,
}

impl Board {
    /// Reads the address. The year defaults to the latest with targets that had begun by the day asked for,
    /// the day to the earlier of today and that year's end.
    pub fn read(query: &QueryString, target_years: &[i32], today: NaiveDate) -> Result<Self, Fault> {
        let as_of = query.get("as_of").map(|text| day(text, today)).transpose()?;
        let year = query.get("year").map(year).transpose()?;
        let known = as_of.unwrap_or(today);
        let mut years: Vec<i32> = target_years.iter().copied().filter(|year| *year <= today.year()).collect();
        let year = year.unwrap_or_else(|| board_day(target_years, known).0);
        if !years.contains(&year) {
            years.push(year);
        }
        years.sort_unstable_by_key(|year| std::cmp::Reverse(*year));
        let first = NaiveDate::from_ymd_opt(year, 1, 1).ok_or_else(|| Fault::bad("bad.year", &year.to_string()))?;
        let last = NaiveDate::from_ymd_opt(year, 12, 31).ok_or_else(|| Fault::bad("bad.year", &year.to_string()))?;
        let as_of = as_of.unwrap_or(today.min(last));
        if as_of < first {
            return Err(Fault::bad("bad.before_year", &as_of.to_string()));
        }
        Ok(Self { year, as_of, years, today })
    }

    /// The parameters `year` and `as_of`.
    pub fn params(&self) -> Params {
        Params::new().with("year", self.year).with("as_of", self.as_of)
    }

    /// A link with year and day first, then `pairs`.
    pub fn link(&self, path: &str, pairs: &[(&str, &str)]) -> String {
        let (year, as_of) = (self.year.to_string(), self.as_of.to_string());
        let mut all = vec![("year", year.as_str()), ("as_of", as_of.as_str())];
        all.extend_from_slice(pairs);
        query_string::link(path, &all)
    }

    /// Months since 1 January at the end of `as_of`: 5.0 at the end of May; 12 after the year.
    pub fn months(&self) -> f64 {
        qunlian_domain::period::months_into(self.year, self.as_of)
    }

    /// The last day of the year that is told of: the day itself, or the year's end once that is over.
    pub fn closing_day(&self) -> NaiveDate {
        NaiveDate::from_ymd_opt(self.year, 12, 31).map_or(self.as_of, |end| self.as_of.min(end))
    }

    /// The last month that the day lies in, 1–12; 12 after the year.
    pub fn month(&self) -> u32 {
        if self.as_of.year() > self.year { 12 } else { self.as_of.month() }
    }

    /// True when the day closes a month, so that "1—5月" may be said.
    pub fn closes_month(&self) -> bool {
        self.as_of.year() > self.year || self.as_of == qunlian_domain::period::end_of_month(self.as_of)
    }
}

fn year(text: &str) -> Result<i32, Fault> {
    let number = text.parse().ok().filter(|year| (1990..=2100).contains(year) && text.len() == 4);
    number.ok_or_else(|| Fault::bad("bad.year", text))
}

fn day(text: &str, today: NaiveDate) -> Result<NaiveDate, Fault> {
    let day: NaiveDate = text.parse().map_err(|_| Fault::bad("bad.as_of", text))?;
    if !(1990..=2100).contains(&day.year()) {
        return Err(Fault::bad("bad.as_of", text));
    }
    if day > today { Err(Fault::bad("bad.future", text)) } else { Ok(day) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn read(query: &str, today: &str) -> Result<(i32, String), &'static str> {
        match Board::read(&QueryString::read(query), &[2021, 2022], date(today)) {
            Ok(board) => Ok((board.year, board.as_of.to_string())),
            Err(Fault::Bad { key, .. }) => Err(key),
            Err(_) => Err("other"),
        }
    }

    #[test]
    fn defaults_and_bounds() {
        let check = |query: &str, today: &str, expect: Result<(i32, &str), &'static str>| {
            assert_eq!(read(query, today), expect.map(|(year, day)| (year, day.to_owned())), "{query} on {today}");
        };
        check("", "2022-05-31", Ok((2022, "2022-05-31")));
        check("", "2026-11-22", Ok((2022, "2022-12-31")));
        check("", "2021-12-31", Ok((2021, "2021-12-31")));
        check("year=2021", "2022-05-31", Ok((2021, "2021-12-31")));
        check("as_of=2022-03-31", "2022-05-31", Ok((2022, "2022-03-31")));
        check("as_of=2021-06-30", "2022-05-31", Ok((2021, "2021-06-30")));
        check("year=2021&as_of=2022-03-31", "2022-05-31", Ok((2021, "2022-03-31")));
        check("year=&as_of=", "2022-05-31", Ok((2022, "2022-05-31")));
        check("year=twenty", "2022-05-31", Err("bad.year"));
        check("year=+2022", "2022-05-31", Ok((2022, "2022-05-31")));
        check("year=99999", "2022-05-31", Err("bad.year"));
        check("as_of=31.5.2022", "2022-05-31", Err("bad.as_of"));
        check("as_of=2022-02-30", "2022-05-31", Err("bad.as_of"));
        check("as_of=2022-06-01", "2022-05-31", Err("bad.future"));
        check("year=2022&as_of=2021-12-31", "2022-05-31", Err("bad.before_year"));
    }

    #[test]
    fn months_are_day_exact() {
        let board = |query: &str| Board::read(&QueryString::read(query), &[2021, 2022], date("2022-05-31")).unwrap();
        assert!((board("").months() - 5.0).abs() < 1e-9);
        assert!((board("as_of=2022-04-15").months() - 3.5).abs() < 1e-9);
        assert!((board("year=2021&as_of=2022-02-01").months() - 12.0).abs() < 1e-9);
        assert!(board("").closes_month() && !board("as_of=2022-05-30").closes_month());
    }
}
