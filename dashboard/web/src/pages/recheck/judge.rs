//! The checks that a table's headings ask for, made (复核): all of it the domain's rules.

use std::collections::BTreeMap;

use qunlian_domain::pace::linear_months;
use qunlian_domain::recheck::{Check, Examined, Heading, PrintedFigure, PublishedRow, PublishedTable, RecheckError, detect, examine};
use qunlian_domain::text::fold;

use super::grid::{self, Grid};
use super::sent::{Refused, Sent};

/// A table that was computed again.
#[derive(Debug)]
pub(super) struct Judged {
    pub grid: Grid,
    /// Every computation, by check and row.
    pub examined: Vec<Examined>,
    /// By row and column: what its computations say.
    pub marks: BTreeMap<(usize, usize), Mark>,
    /// Percent, unrounded; nothing when no month was found.
    pub pace: Option<f64>,
    /// Columns of rates that no word explains, by place.
    pub open: Vec<usize>,
}

/// What is said of a printed figure. Figures that no computation ends in are not checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Mark {
    Right,
    /// What it should be.
    Slip(String),
}

/// Computes the table again.
pub(super) fn judge(sent: &Sent) -> Result<Judged, Refused> {
    let levels = sent.headings.parse().ok();
    let grid = grid::read(&sent.table, levels)?;
    let table = table_of(&grid);
    let pace = pace(sent, &grid)?;
    let mut checks = detect(&table, pace);
    let open = open_rates(&grid, &checks);
    checks.extend(declared(sent, &grid));
    let examined = examine(&table, &checks).map_err(|error| match error {
        RecheckError::NoColumn(column) | RecheckError::NoTotal(column) => Refused::with("recheck.bad.check", column),
    })?;
    let mut marks = BTreeMap::new();
    for one in &examined {
        let Some(column) = grid.headings.iter().position(|heading| *heading == one.column) else { continue };
        let mark = one.slip.as_ref().map_or(Mark::Right, |slip| Mark::Slip(slip.recomputed.clone()));
        // A figure that fails one of its computations is a slip.
        let known = marks.entry((one.row, column)).or_insert(Mark::Right);
        if *known == Mark::Right {
            *known = mark;
        }
    }
    Ok(Judged { grid, examined, marks, pace, open })
}

fn table_of(grid: &Grid) -> PublishedTable {
    let row = |cells: &Vec<String>| {
        let figures = grid.headings.iter().zip(cells).enumerate().filter(|(at, _)| *at != grid.label);
        PublishedRow {
            label: cells.get(grid.label).cloned().unwrap_or_default(),
            figures: figures.map(|(_, (heading, cell))| (heading.clone(), cell.clone())).collect(),
        }
    };
    PublishedTable { rows: grid.rows.iter().map(row).collect() }
}

/// The pace that was typed, or the month's that was chosen or stands in the title.
fn pace(sent: &Sent, grid: &Grid) -> Result<Option<f64>, Refused> {
    let typed = fold(&sent.pace);
    if !typed.is_empty() {
        let percent = typed.trim_end_matches('%').parse::<f64>().ok().filter(|percent| (0.0..=100.0).contains(percent));
        return percent.map(Some).ok_or_else(|| Refused::with("recheck.bad.pace", &sent.pace));
    }
    let chosen = sent.month.parse::<u32>().ok().filter(|month| (1..=12).contains(month));
    Ok(chosen.or_else(|| grid.titles.iter().find_map(|title| month_of(title))).map(linear_months))
}

/// The last month that a title names: 5 of 1—5月, 9 of 前9个月, 6 of 上半年.
fn month_of(title: &str) -> Option<u32> {
    let folded = fold(title).replace("个月", "月");
    let mut numbered = folded.match_indices('月').filter_map(|(at, _)| {
        let before = folded.get(..at)?;
        let digits = before.len() - before.trim_end_matches(|c: char| c.is_ascii_digit()).len();
        before.get(before.len() - digits..)?.parse::<u32>().ok().filter(|month| (1..=12).contains(month))
    });
    let words = [("一季度", 3), ("上半年", 6), ("二季度", 6), ("三季度", 9), ("全年", 12)];
    numbered.next_back().or_else(|| words.iter().find(|(word, _)| folded.contains(word)).map(|(_, month)| *month))
}

/// Rates and shares whose sources no heading tells.
fn open_rates(grid: &Grid, checks: &[Check]) -> Vec<usize> {
    let is_target = |heading: &str| checks.iter().any(|check| check.columns().last() == Some(&heading));
    let is_open = |(at, heading): &(usize, &String)| {
        let is_rate = matches!(Heading::of(heading).0, Heading::Rate | Heading::OtherRate | Heading::Share);
        let has_figures = grid.rows.iter().any(|row| row.get(*at).is_some_and(|cell| PrintedFigure::read(cell, heading).is_some()));
        *at != grid.label && is_rate && has_figures && !is_target(heading)
    };
    grid.headings.iter().enumerate().filter(is_open).map(|(at, _)| at).collect()
}

/// The rates that somebody explained; columns that are not there are passed over.
fn declared(sent: &Sent, grid: &Grid) -> Vec<Check> {
    let heading = |at: usize| grid.headings.get(at).filter(|_| at != grid.label).cloned();
    let check = |(rate, part, whole): &(usize, usize, usize)| {
        Some(Check::Rate { part: heading(*part)?, whole: heading(*whole)?, rate: heading(*rate)? })
    };
    sent.rates.iter().filter_map(check).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_tell_the_month() {
        let check = |title: &str, month: Option<u32>| assert_eq!(month_of(title), month, "{title}");
        check("淮北市2022年1—5月招商引资进度表", Some(5));
        check("2022年1-12月", Some(12));
        check("前9个月", Some(9));
        check("2022年上半年", Some(6));
        check("2022年13月", None);
        check("招商引资进度表", None);
    }

    #[test]
    fn a_typed_pace_goes_before_the_month() {
        let of = |pace_text: &str, month: &str| {
            let sent = Sent { pace: pace_text.into(), month: month.into(), ..Sent::default() };
            pace(&sent, &Grid { titles: vec!["1—3月".into()], ..Grid::default() })
        };
        assert_eq!(of("41.7%", "6"), Ok(Some(41.7)));
        assert_eq!(of("", "6"), Ok(Some(50.0)));
        assert_eq!(of("", ""), Ok(Some(25.0)));
        assert_eq!(of("四成", ""), Err(Refused::with("recheck.bad.pace", "四成")));
        assert!(of("101", "").is_err() && of("NaN", "").is_err());
    }
}
