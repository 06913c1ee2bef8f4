//! Which level and period of the assessment is asked for (考核层级与考核期).

use chrono::{Datelike, NaiveDate};
use qunlian_domain::catalogue::City;
use qunlian_domain::score::{Period, Quarter};

use crate::fault::Fault;
use crate::query_string::{QueryString, link};

/// A level and period, as seen on a day.
pub(super) struct Asked {
    pub level: String,
    pub period: Period,
    /// The day of the board.
    seen_on: NaiveDate,
}

impl Asked {
    /// Reads the address. The default is the last quarter that has ended, else the first.
    pub fn read(city: &City, query: &QueryString, today: NaiveDate) -> Result<Self, Fault> {
        let seen_on = match query.get("as_of") {
            None => today,
            Some(text) => {
                let day = text.parse().map_err(|_| Fault::bad("bad.as_of", text))?;
                if day > today { Err(Fault::bad("bad.future", text)) } else { Ok(day) }?
            }
        };
        let year = match query.get("year") {
            Some(text) => text.parse().map_err(|_| Fault::bad("bad.year", text))?,
            None => city.scorings.iter().map(|rules| rules.year).filter(|year| *year <= seen_on.year()).max().unwrap_or(seen_on.year()),
        };
        let rules = city.scoring_of(year).ok_or_else(|| Fault::bad("bad.score_year", &year.to_string()))?;
        let level = match query.get("level") {
            Some(id) => rules.level(id).ok_or_else(|| Fault::bad("bad.score_level", id))?,
            None => rules.levels.first().ok_or(Fault::NotFound)?,
        };
        let ended = |quarter: &Quarter| Period { year, quarter: Some(*quarter) }.last_day() <= seen_on;
        let quarter = match query.get("quarter") {
            Some("0") => None,
            Some(text) => {
                let quarter = text.parse().ok().and_then(Quarter::from_number);
                Some(quarter.ok_or_else(|| Fault::bad("bad.score_quarter", text))?)
            }
            None => Some(Quarter::ALL.into_iter().rfind(ended).unwrap_or(Quarter::First)),
        };
        let asked = Self { level: level.id.clone(), period: Period { year, quarter }, seen_on };
        let begins = quarter.map_or(1, |quarter| u32::from(quarter.number()) * 3 - 2);
        match NaiveDate::from_ymd_opt(year, begins, 1) {
            Some(begin) if begin <= seen_on => Ok(asked),
            _ => Err(Fault::bad("bad.score_future", &asked.period.name())),
        }
    }

    pub fn has_ended(&self) -> bool {
        self.period.last_day() <= self.seen_on
    }

    /// The day on which the figures were known: the period's last, or that of the board while it runs.
    pub fn known_on(&self) -> NaiveDate {
        self.period.last_day().min(self.seen_on)
    }

    /// The period before, as seen at its own end.
    pub fn before(&self) -> Option<Self> {
        let Period { year, quarter } = self.period;
        let period = match quarter {
            None => Period { year: year - 1, quarter: None },
            Some(Quarter::First) => Period { year: year - 1, quarter: Some(Quarter::Fourth) },
            Some(later) => Period { year, quarter: Quarter::from_number(later.number() - 1) },
        };
        Some(Self { level: self.level.clone(), period, seen_on: self.seen_on })
    }

    /// An address with level and period.
    pub fn link(&self, path: &str) -> String {
        self.link_with(path, &[])
    }

    /// An address with level, period and more.
    pub fn link_with(&self, path: &str, more: &[(&str, &str)]) -> String {
        let quarter = self.period.quarter.map_or(0, Quarter::number).to_string();
        let (year, seen_on) = (self.period.year.to_string(), self.seen_on.to_string());
        let mut all = vec![("level", self.level.as_str()), ("year", &year), ("quarter", &quarter), ("as_of", &seen_on)];
        all.extend_from_slice(more);
        link(path, &all)
    }

    /// An address of rows: year and day of the figures first.
    pub fn rows_link(&self, path: &str, pairs: &[(&str, &str)]) -> String {
        let (year, day) = (self.period.year.to_string(), self.known_on().to_string());
        let mut all = vec![("year", year.as_str()), ("as_of", day.as_str())];
        all.extend_from_slice(pairs);
        link(path, &all)
    }
}
