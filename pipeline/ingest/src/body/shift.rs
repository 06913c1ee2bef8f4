//! Rows that stand one column off their header (错位): proven by the types of the neighbours, or left out.

use qunlian_domain::text::fold;

use crate::body::carriers::Finder;
use crate::body::{amounts, dates};
use crate::convert::is_in_words;
use crate::field::{Field, Holds};
use crate::row::{Cell, Kind, Row};
use crate::table::{Surroundings, Table};

/// What the check came to.
#[derive(Debug, PartialEq)]
pub enum Alignment {
    /// As good as it can be where it stands.
    Straight,
    /// Moved by one column it fits, in one way only; the row as it should stand.
    Moved(Box<Row>),
    /// It is off, but there are several ways to mend it, or too little proves one.
    Unclear,
}

/// Typed cells that must fit after moving.
const PROOF: usize = 3;

/// What a cell says about its column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fit {
    Blank,
    /// Neither for nor against.
    Neutral,
    Fits,
    Odd,
}

/// Checks a row that has at least one odd cell.
pub fn check(row: &Row, table: &Table, finder: &mut Finder<'_>, around: &Surroundings<'_>) -> Alignment {
    let mut judge = Judge { table, finder, around };
    let straight = judge.count(row);
    if straight.odd < 2 {
        return Alignment::Straight;
    }
    let width = table.width.max(row.width());
    let mut moved: Vec<(Row, usize)> = Vec::new();
    for pivot in 0..width {
        for candidate in [closed_up(row, pivot, width), opened(row, pivot, width)].into_iter().flatten() {
            let count = judge.count(&candidate);
            if count.odd > 0 || table.text(&candidate, Field::Name).is_empty() {
                continue;
            }
            let proof = judge.moved_fits(row, &candidate) + judge.texts_freed(row, &candidate);
            let same = |(known, _): &(Row, usize)| {
                table.header.columns.iter().all(|column| known.text(column.index) == candidate.text(column.index))
            };
            match moved.iter().position(same) {
                Some(at) => moved[at].1 = moved[at].1.max(proof),
                None => moved.push((candidate, proof)),
            }
        }
    }
    match moved.len() {
        0 => Alignment::Straight,
        1 if moved[0].1 >= PROOF => Alignment::Moved(Box::new(moved.remove(0).0)),
        _ => Alignment::Unclear,
    }
}

/// The row with the blank cell at `pivot` taken out: cells behind it had slipped to the right.
fn closed_up(row: &Row, pivot: usize, width: usize) -> Option<Row> {
    let slipped = row.cell(pivot).is_blank() && (pivot + 1..width).any(|column| !row.cell(column).is_blank());
    slipped.then(|| row.rearranged(width, |column| Some(if column < pivot { column } else { column + 1 })))
}

/// The row with a blank cell put in at `pivot`: cells behind it had slipped to the left.
fn opened(row: &Row, pivot: usize, width: usize) -> Option<Row> {
    let room = row.cell(width - 1).is_blank() && !row.cell(pivot).is_blank();
    room.then(|| {
        row.rearranged(width, |column| match column.cmp(&pivot) {
            std::cmp::Ordering::Less => Some(column),
            std::cmp::Ordering::Equal => None,
            std::cmp::Ordering::Greater => Some(column - 1),
        })
    })
}

struct Count {
    odd: usize,
}

struct Judge<'j, 'c> {
    table: &'j Table,
    finder: &'j mut Finder<'c>,
    around: &'j Surroundings<'j>,
}

impl Judge<'_, '_> {
    fn count(&mut self, row: &Row) -> Count {
        let mut odd = 0;
        for field in Field::ALL {
            if let Some(place) = self.table.place(field) {
                odd += usize::from(self.fit(field, row.cell(place)) == Fit::Odd);
            }
        }
        if let Some(headline) = self.table.headline()
            && self.table.text(row, headline).is_empty()
        {
            odd += 1;
        }
        Count { odd }
    }

    /// Typed columns whose cell changed and now fits.
    fn moved_fits(&mut self, before: &Row, after: &Row) -> usize {
        let mut fits = 0;
        for field in Field::ALL {
            let Some(place) = self.table.place(field) else { continue };
            let changed = before.text(place) != after.text(place);
            fits += usize::from(changed && self.fit(field, after.cell(place)) == Fit::Fits);
        }
        fits
    }

    /// Text columns that held a lone date, number or code and do no more.
    fn texts_freed(&mut self, before: &Row, after: &Row) -> usize {
        let mut freed = 0;
        for field in Field::ALL.into_iter().filter(|field| field.holds() == Holds::Text) {
            let Some(place) = self.table.place(field) else { continue };
            let odd_before = self.fit(field, before.cell(place)) == Fit::Odd;
            freed += usize::from(odd_before && self.fit(field, after.cell(place)) != Fit::Odd);
        }
        freed
    }

    fn fit(&mut self, field: Field, cell: Cell<'_>) -> Fit {
        if cell.is_blank() || cell.kind == Kind::Error || self.around.is_null(cell.text) {
            return Fit::Blank;
        }
        match field.holds() {
            Holds::Ordinal => {
                if cell.text.len() <= 6 && cell.text.bytes().all(|byte| byte.is_ascii_digit()) {
                    Fit::Fits
                } else {
                    Fit::Neutral
                }
            }
            Holds::Carrier => match self.finder.find(cell.text, self.around.day) {
                Some(_) => Fit::Fits,
                None if looks_like_a_fact(cell) => Fit::Odd,
                None => Fit::Neutral,
            },
            Holds::CreditCode => {
                if looks_like_a_code(cell.text) {
                    Fit::Fits
                } else {
                    Fit::Odd
                }
            }
            Holds::Amount => match amounts::read(cell, self.table.unit(field), self.around.day_year(), self.around.rates) {
                Ok(None) => Fit::Blank,
                Ok(Some(_)) => Fit::Fits,
                Err((crate::problem::Problem::AmountRange | crate::problem::Problem::AmountNegative, _)) if !is_date(cell, self.around) => {
                    Fit::Neutral
                }
                Err(_) => Fit::Odd,
            },
            Holds::Date => match dates::read(cell, self.around.order) {
                Ok(None) => Fit::Blank,
                Ok(Some(_)) if dates::is_written_out(cell) => Fit::Fits,
                _ => Fit::Odd,
            },
            Holds::PlannedDate => match dates::read_planned(cell, self.around.order) {
                Ok(None) => Fit::Blank,
                Ok(Some(_)) if dates::is_written_out(cell) => Fit::Fits,
                // `2021.11` is how months are promised, and might be an amount.
                Ok(Some(_)) => Fit::Neutral,
                Err(_) if is_in_words(cell) => Fit::Neutral,
                Err(_) => Fit::Odd,
            },
            Holds::IndustryCode => {
                if looks_like_an_industry(cell.text) {
                    Fit::Fits
                } else if looks_like_a_fact(cell) {
                    Fit::Odd
                } else {
                    Fit::Neutral
                }
            }
            Holds::YesNo | Holds::Status | Holds::Private => Fit::Neutral,
            Holds::Text => {
                if looks_like_a_fact(cell) {
                    Fit::Odd
                } else {
                    Fit::Neutral
                }
            }
        }
    }
}

/// A lone date, plain number or credit code: no text says only that.
fn looks_like_a_fact(cell: Cell<'_>) -> bool {
    if matches!(cell.kind, Kind::Date | Kind::Number) {
        return true;
    }
    let text = cell.text;
    let numeric = text.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b',' | b'-' | b'/'));
    let dated =
        text.len() <= 24 && text.contains(|c: char| c.is_ascii_digit()) && matches!(dates::read(cell, Default::default()), Ok(Some(_)));
    (numeric && text.len() >= 2) || dated || looks_like_a_code(text)
}

fn is_date(cell: Cell<'_>, around: &Surroundings<'_>) -> bool {
    matches!(dates::read(cell, around.order), Ok(Some(_)))
}

fn looks_like_a_code(text: &str) -> bool {
    let folded = fold(text);
    folded.len() == 18 && folded.bytes().all(|byte| byte.is_ascii_alphanumeric()) && folded.bytes().filter(u8::is_ascii_digit).count() >= 8
}

fn looks_like_an_industry(text: &str) -> bool {
    let digits = text.strip_prefix(|c: char| c.is_ascii_uppercase()).unwrap_or(text);
    (2..=4).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit())
}
