//! Checking a published table (复核公布数字): every printed rate, growth, share, gap and sum is computed again from the
//! printed figures it comes from, and those that differ are listed, and no others.

mod figure;
mod headings;

use crate::figures::{gap_points, growth, ratio_percent};

pub use figure::PrintedFigure;
pub use headings::{Heading, detect, is_total};

/// A table as it was published (公布的表).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PublishedTable {
    pub rows: Vec<PublishedRow>,
}

/// One row: its label, and its figures by the heading of their column, in the table's order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublishedRow {
    pub label: String,
    pub figures: Vec<(String, String)>,
}

/// What is computed again, by the headings of the columns (复核关系). Applied to each row that prints all of it.
#[derive(Debug, Clone, PartialEq)]
pub enum Check {
    /// `rate` is `part ÷ whole` in percent: a completion rate (完成率) or any share within the row (开工率).
    Rate { part: String, whole: String, rate: String },
    /// `growth` is `now ÷ before − 1` in percent (同比).
    Growth { now: String, before: String, growth: String },
    /// `share` is the row's `part` in the total row's `part`, in percent (占比).
    ShareOfTotal { part: String, share: String },
    /// `gap` is the rate minus the pace, in percentage points (与序时差距).
    Gap { rate: RateSource, pace: PaceSource, gap: String },
    /// The total row's figure is the sum of the rows (合计).
    Sum { column: String },
}

/// Where the rate of a gap comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RateSource {
    /// Unrounded, from two columns.
    Counts { part: String, whole: String },
    /// As printed: known only to its last decimal.
    Printed(String),
}

/// Where the pace of a gap comes from.
#[derive(Debug, Clone, PartialEq)]
pub enum PaceSource {
    /// In percent, unrounded: 41.666… for May.
    Percent(f64),
    /// A column, known only to its last decimal.
    Printed(String),
}

/// A printed figure that does not follow from the others (差错).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slip {
    pub label: String,
    pub column: String,
    /// As in the table: `60.5%`.
    pub printed: String,
    /// What it should be, with as many decimals: `60.6`; `—` when nothing can be said there, as growth on a base of
    /// zero; `60.5—60.7` when its sources are rounded themselves.
    pub recomputed: String,
    /// The figures it was computed from.
    pub from: Vec<Cell>,
}

/// A figure of the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cell {
    pub label: String,
    pub column: String,
    pub printed: String,
}

/// A printed figure that was computed again (已核).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Examined {
    /// Place of its row in the table, from 0.
    pub row: usize,
    pub column: String,
    /// Nothing when it is right.
    pub slip: Option<Slip>,
}

/// A check that cannot be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RecheckError {
    #[error("no row has a column {0:?}\nhint: name columns as the table's headings do")]
    NoColumn(String),
    #[error("there is no row 合计, 全市 or 总计 to check {0:?} by\nhint: leave the check out, or add the total row")]
    NoTotal(String),
}

/// Computes `checks` again and lists every slip, by check and row. A cell that prints nothing is not checked, nor one
/// whose sources print nothing. The printed number of decimals is honoured: 56 % is right for 56.0 and for 55.6.
pub fn recheck(table: &PublishedTable, checks: &[Check]) -> Result<Vec<Slip>, RecheckError> {
    Ok(examine(table, checks)?.into_iter().filter_map(|examined| examined.slip).collect())
}

/// As [`recheck`], with the figures that are right as well: one entry for each computation, by check and row.
pub fn examine(table: &PublishedTable, checks: &[Check]) -> Result<Vec<Examined>, RecheckError> {
    let mut all = Vec::new();
    for check in checks {
        for column in check.columns() {
            if !table.rows.iter().any(|row| row.text(column).is_some()) {
                return Err(RecheckError::NoColumn(column.to_owned()));
            }
        }
        match check {
            Check::Sum { column } => all.extend(table.sums(column)?),
            Check::ShareOfTotal { part, share } => all.extend(table.shares(part, share)?),
            _ => all.extend(table.rows.iter().enumerate().filter_map(|(at, row)| row.examine(at, check))),
        }
    }
    Ok(all)
}

impl Check {
    /// Headings of all columns that the check looks at.
    pub fn columns(&self) -> Vec<&str> {
        match self {
            Self::Rate { part, whole, rate } => vec![part, whole, rate],
            Self::Growth { now, before, growth } => vec![now, before, growth],
            Self::ShareOfTotal { part, share } => vec![part, share],
            Self::Sum { column } => vec![column],
            Self::Gap { rate, pace, gap } => {
                let mut columns: Vec<&str> = match rate {
                    RateSource::Counts { part, whole } => vec![part, whole],
                    RateSource::Printed(column) => vec![column],
                };
                if let PaceSource::Printed(column) = pace {
                    columns.push(column);
                }
                columns.push(gap);
                columns
            }
        }
    }
}

/// What the unrounded value may be, least and most; equal when its sources are exact. `None`: there is no such value.
type Bounds = Option<(f64, f64)>;

impl PublishedRow {
    fn text(&self, column: &str) -> Option<&str> {
        self.figures.iter().find(|(name, _)| name == column).map(|(_, text)| text.as_str())
    }

    fn figure(&self, column: &str) -> Option<PrintedFigure> {
        PrintedFigure::read(self.text(column)?, column)
    }

    fn cell(&self, column: &str) -> Cell {
        Cell { label: self.label.clone(), column: column.to_owned(), printed: self.text(column).unwrap_or_default().to_owned() }
    }

    fn examine(&self, at: usize, check: &Check) -> Option<Examined> {
        let columns = check.columns();
        let (target, sources) = columns.split_last()?;
        let bounds = match check {
            Check::Rate { part, whole, .. } => self.quotient(part, whole)?,
            Check::Growth { now, before, .. } => grown(self.figure(now)?, self.figure(before)?),
            Check::Gap { rate, pace, .. } => self.gap(rate, pace)?,
            Check::ShareOfTotal { .. } | Check::Sum { .. } => return None,
        };
        let from = sources.iter().map(|column| self.cell(column)).collect();
        self.compare(at, target, bounds, from)
    }

    fn quotient(&self, part: &str, whole: &str) -> Option<Bounds> {
        Some(quotient(self.figure(part)?, self.figure(whole)?))
    }

    fn gap(&self, rate: &RateSource, pace: &PaceSource) -> Option<Bounds> {
        let (rate_least, rate_most) = match rate {
            RateSource::Counts { part, whole } => self.quotient(part, whole)?,
            RateSource::Printed(column) => Some(self.figure(column)?.bounds()),
        }?;
        let (pace_least, pace_most) = match pace {
            PaceSource::Percent(percent) => (*percent, *percent),
            PaceSource::Printed(column) => self.figure(column)?.bounds(),
        };
        Some(gap_points(Some(rate_least), pace_most).zip(gap_points(Some(rate_most), pace_least)))
    }

    /// The row is the table's `at`th. `None` when the cell prints no figure.
    fn compare(&self, at: usize, column: &str, bounds: Bounds, from: Vec<Cell>) -> Option<Examined> {
        let printed = self.figure(column)?;
        if bounds.is_some_and(|(least, most)| printed.is_rounded_from(least, most)) {
            return Some(Examined { row: at, column: column.to_owned(), slip: None });
        }
        let recomputed = match bounds.map(|(least, most)| (printed.print_like(least), printed.print_like(most))) {
            None => "—".to_owned(),
            Some((least, most)) if least == most => least,
            Some((least, most)) => format!("{least}—{most}"),
        };
        let Cell { label, column, printed } = self.cell(column);
        let slip = Slip { label, column: column.clone(), printed, recomputed, from };
        Some(Examined { row: at, column, slip: Some(slip) })
    }
}

impl PublishedTable {
    fn total(&self, column: &str) -> Result<&PublishedRow, RecheckError> {
        let printing = |row: &&PublishedRow| is_total(&row.label) && row.text(column).is_some();
        self.rows.iter().find(printing).ok_or_else(|| RecheckError::NoTotal(column.to_owned()))
    }

    /// Rows that the total is made of: neither totals, subtotals nor parts of another row (其中).
    fn parts(&self) -> impl Iterator<Item = &PublishedRow> {
        self.rows.iter().filter(|row| !headings::is_aside(&row.label))
    }

    fn sums(&self, column: &str) -> Result<Vec<Examined>, RecheckError> {
        self.total(column)?;
        let figures: Vec<PrintedFigure> = self.parts().filter_map(|row| row.figure(column)).collect();
        if figures.is_empty() {
            return Ok(Vec::new());
        }
        let least = figures.iter().map(|figure| figure.bounds().0).sum();
        let most = figures.iter().map(|figure| figure.bounds().1).sum();
        let from: Vec<Cell> = self.parts().filter(|row| row.figure(column).is_some()).map(|row| row.cell(column)).collect();
        let totals = self.rows.iter().enumerate().filter(|(_, row)| is_total(&row.label));
        Ok(totals.filter_map(|(at, row)| row.compare(at, column, Some((least, most)), from.clone())).collect())
    }

    fn shares(&self, part: &str, share: &str) -> Result<Vec<Examined>, RecheckError> {
        let total = self.total(part)?;
        let Some(whole) = total.figure(part) else { return Ok(Vec::new()) };
        let examine = |(at, row): (usize, &PublishedRow)| {
            let bounds = quotient(row.figure(part)?, whole);
            row.compare(at, share, bounds, vec![row.cell(part), total.cell(part)])
        };
        Ok(self.rows.iter().enumerate().filter_map(examine).collect())
    }
}

fn quotient(part: PrintedFigure, whole: PrintedFigure) -> Bounds {
    ratio_percent(part.least(), whole.most()).zip(ratio_percent(part.most(), whole.least()))
}

fn grown(now: PrintedFigure, before: PrintedFigure) -> Bounds {
    growth(now.least(), Some(before.most())).zip(growth(now.most(), Some(before.least())))
}

#[cfg(test)]
mod tests;
