//! Which carrier a row belongs to (载体单位): its own cell, the sheet's, or the one the file was handed in for.

use std::collections::HashMap;

use chrono::NaiveDate;
use qunlian_domain::carriers::Carriers;

use crate::problem::Problem;

/// Names remembered; a column of more different names is no column of carriers.
const REMEMBERED: usize = 2_048;

/// Finds carriers by name, remembering what it found.
pub struct Finder<'c> {
    carriers: &'c Carriers,
    day: Option<NaiveDate>,
    known: HashMap<Box<str>, Option<u32>>,
    ids: Vec<String>,
}

/// A carrier by its place in [`Finder::id`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Known(u32);

/// A row's carrier and what is odd about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resolved {
    Sure(Known),
    Questioned(Known, Problem),
    None(Problem),
}

/// Where a row's carrier may come from beside its own cell.
#[derive(Debug, Clone, Copy, Default)]
pub struct Defaults {
    /// The file was handed in for this carrier: rows may only name units inside it.
    pub forced: Option<Known>,
    /// The sheet says it is from this carrier.
    pub sheet: Option<Known>,
    /// The row above.
    pub above: Option<Known>,
}

impl<'c> Finder<'c> {
    pub fn new(carriers: &'c Carriers) -> Self {
        Self { carriers, day: None, known: HashMap::new(), ids: Vec::new() }
    }

    /// The carrier of a name on a day.
    pub fn find(&mut self, name: &str, day: NaiveDate) -> Option<Known> {
        if self.day != Some(day) {
            self.known.clear();
            self.day = Some(day);
        }
        if let Some(found) = self.known.get(name) {
            return found.map(Known);
        }
        let carriers = self.carriers;
        let found = carriers.find(name, day).map(|carrier| self.intern(&carrier.id));
        if self.known.len() < REMEMBERED {
            self.known.insert(name.into(), found.map(|known| known.0));
        }
        found
    }

    /// The id of a carrier found before.
    pub fn id(&self, known: Known) -> &str {
        self.ids.get(known.0 as usize).map_or("", String::as_str)
    }

    /// Decides a row's carrier.
    pub fn resolve(&mut self, cell: &str, day: NaiveDate, defaults: Defaults) -> Resolved {
        let own = if cell.is_empty() { None } else { self.find(cell, day) };
        if let Some(forced) = defaults.forced {
            return match own {
                Some(own) if self.is_within(own, forced, day) => Resolved::Sure(own),
                None if cell.is_empty() => Resolved::Sure(forced),
                _ => Resolved::Questioned(forced, Problem::CarrierDiffers),
            };
        }
        match (own, defaults.sheet) {
            (Some(own), Some(sheet)) if !self.is_within(own, sheet, day) => Resolved::Questioned(own, Problem::CarrierDiffers),
            (Some(own), _) => Resolved::Sure(own),
            (None, Some(sheet)) if cell.is_empty() => Resolved::Sure(sheet),
            (None, Some(sheet)) => Resolved::Questioned(sheet, Problem::CarrierUnknown),
            (None, None) if !cell.is_empty() => Resolved::None(Problem::CarrierUnknown),
            (None, None) => defaults
                .above
                .map_or(Resolved::None(Problem::CarrierMissing), |above| Resolved::Questioned(above, Problem::CarrierCarriedDown)),
        }
    }

    /// True when one carrier is the other or lies inside it.
    pub fn is_within(&self, own: Known, other: Known, day: NaiveDate) -> bool {
        own == other || self.carriers.within(self.id(own), self.id(other), day)
    }

    fn intern(&mut self, id: &str) -> Known {
        if let Some(place) = self.ids.iter().position(|known| known == id) {
            return Known(place as u32);
        }
        self.ids.push(id.to_owned());
        Known(self.ids.len() as u32 - 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cell_sheet_and_override() {
        let city = crate::testing::city();
        let day: NaiveDate = "2022-03-31".parse().unwrap();
        let mut finder = Finder::new(&city.carriers);
        let suixi = finder.find("濉溪县", day);
        let mut check = |cell: &str, defaults: Defaults, expect: (&str, Option<Problem>)| {
            let got = match finder.resolve(cell, day, defaults) {
                Resolved::Sure(known) => (finder.id(known).to_owned(), None),
                Resolved::Questioned(known, problem) => (finder.id(known).to_owned(), Some(problem)),
                Resolved::None(problem) => (String::new(), Some(problem)),
            };
            assert_eq!(got, (expect.0.to_owned(), expect.1), "{cell}");
        };
        let none = Defaults::default();
        let sheet = Defaults { sheet: suixi, ..none };
        let forced = Defaults { forced: suixi, ..none };
        let above = Defaults { above: suixi, ..none };
        check("相山区", none, ("xiangshan", None));
        check("相山区", sheet, ("xiangshan", Some(Problem::CarrierDiffers)));
        check("濉溪经济开发区", sheet, ("suixi-jkq", None));
        check("", sheet, ("suixi", None));
        check("某局", sheet, ("suixi", Some(Problem::CarrierUnknown)));
        check("相山区", forced, ("suixi", Some(Problem::CarrierDiffers)));
        check("濉溪经济开发区", forced, ("suixi-jkq", None));
        check("", above, ("suixi", Some(Problem::CarrierCarriedDown)));
        check("某局", above, ("", Some(Problem::CarrierUnknown)));
        check("", none, ("", Some(Problem::CarrierMissing)));
    }
}
