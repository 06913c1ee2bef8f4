//! Checking a year's scoring rules for what their file's shape cannot hold: sums, bounds, order, references.

mod level;
mod shape;

use chrono::NaiveDate;

use super::rules::{Scoring, Unit};
use crate::carriers::Carriers;
use crate::catalogue::DeskFault;
use crate::scale::Bands;

/// No weight, bonus or percent is larger.
const MOST: f64 = 1_000.0;

/// What the rules refer to.
pub(super) struct Known<'k> {
    pub carriers: &'k Carriers,
    pub bands: &'k Bands,
    pub first_day: NaiveDate,
    pub last_day: NaiveDate,
}

impl Scoring {
    /// Checks the rules of `year` and completes the names of units from the carriers' catalogue.
    pub fn complete(mut self, year: i32, carriers: &Carriers, bands: &Bands) -> Result<Self, DeskFault> {
        if self.year != year {
            return Err(DeskFault::new("year", format!("is {}", self.year), "write the year of the file's name"));
        }
        check_line("version", &self.version)?;
        if self.decimals > 4 {
            return Err(DeskFault::new("decimals", format!("{} is out of bounds", self.decimals), "write a number from 0 to 4"));
        }
        let period = super::Period { year, quarter: None };
        let known = Known { carriers, bands, first_day: period.first_day(), last_day: period.last_day() };
        if self.levels.is_empty() {
            return Err(DeskFault::new("level", "there is none".to_owned(), "write at least one [[level]]"));
        }
        for (at, level) in self.levels.iter().enumerate() {
            let place = format!("level {}", level.id);
            if self.levels[..at].iter().any(|earlier| earlier.id == level.id) {
                return Err(DeskFault::new(&place, "is there twice".to_owned(), "give each level its own id"));
            }
            level::check(&place, level, &known)?;
        }
        if let Some(recognition) = &self.recognition {
            recognition.check()?;
        }
        self.name_units(&known);
        Ok(self)
    }

    fn name_units(&mut self, known: &Known<'_>) {
        for level in &mut self.levels {
            let missing: Vec<Unit> = level
                .members()
                .filter(|id| level.units.iter().all(|unit| unit.id != *id))
                .filter_map(|id| known.carrier_name(id).map(|name| Unit { id: id.to_owned(), name: name.to_owned() }))
                .collect();
            level.units.extend(missing);
        }
    }
}

impl Known<'_> {
    /// The short name of a carrier that is there at the beginning or the end of the year.
    fn carrier_name(&self, id: &str) -> Option<&str> {
        let carrier = self.carriers.get(id, self.last_day).or_else(|| self.carriers.get(id, self.first_day));
        carrier.map(|carrier| carrier.short_name.as_str())
    }
}

fn check_line(place: &str, line: &str) -> Result<(), DeskFault> {
    if line.trim().is_empty() || line.chars().any(char::is_control) || line.chars().count() > 60 {
        return Err(DeskFault::new(place, format!("{line:?} cannot be printed"), "write one line of at most 60 characters"));
    }
    Ok(())
}

/// A number of 0 or more.
fn check_amount(place: &str, what: &str, value: f64) -> Result<(), DeskFault> {
    if (0.0..=MOST).contains(&value) {
        return Ok(());
    }
    Err(DeskFault::new(place, format!("{what} {value} is out of bounds"), "write a number from 0 to 1000"))
}

/// A number above 0.
fn check_positive(place: &str, what: &str, value: f64) -> Result<(), DeskFault> {
    if value > 0.0 && value <= MOST {
        return Ok(());
    }
    Err(DeskFault::new(place, format!("{what} {value} is out of bounds"), "write a number above 0 and up to 1000"))
}

fn check_optional(place: &str, what: &str, value: Option<f64>) -> Result<(), DeskFault> {
    value.map_or(Ok(()), |value| check_amount(place, what, value))
}
