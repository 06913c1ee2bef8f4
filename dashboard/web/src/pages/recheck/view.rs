//! The page's contents (页面内容): the form as it was sent, and the table with its marks.

use qunlian_domain::figures::{print, print_count};
use qunlian_domain::recheck::{PrintedFigure, Slip};
use serde::Serialize;

use crate::words::Words;

use super::grid::{MOST_COLUMNS, MOST_ROWS};
use super::judge::{Judged, Mark};
use super::sent::{MOST_MIB, Refused, Sent};

/// Sources of a slip that are named; a sum has as many as rows.
const MOST_SOURCES: usize = 12;
/// Slips that are listed on the page; a file lists all.
const MOST_SLIPS: usize = 500;
/// Rates that can be explained.
const MOST_OPEN: usize = 12;

#[derive(Serialize)]
pub(super) struct RecheckView {
    table: String,
    months: Vec<Choice>,
    pace: String,
    levels: Vec<Choice>,
    sheet: String,
    limits: String,
    problem: String,
    hint: String,
    result: Option<ResultView>,
}

#[derive(Serialize)]
struct Choice {
    value: String,
    label: String,
    chosen: bool,
}

#[derive(Serialize)]
struct ResultView {
    checks: String,
    rights: String,
    slip_count: usize,
    unchecked: String,
    pace: String,
    /// The table's own title; empty without one.
    title: String,
    headings: Vec<String>,
    label: usize,
    rows: Vec<Vec<CellView>>,
    slips: Vec<SlipView>,
    /// More slips than are listed.
    more: bool,
    open: Vec<OpenView>,
    columns: Vec<Choice>,
}

#[derive(Serialize)]
struct CellView {
    text: String,
    /// `right`, `slip`, `none` for a figure that is not checked, or empty for words.
    mark: &'static str,
    /// What it should be.
    due: String,
}

#[derive(Serialize)]
pub(super) struct SlipView {
    pub row: String,
    pub column: String,
    pub printed: String,
    pub recomputed: String,
    pub from: String,
}

/// A rate that no word explains.
#[derive(Serialize)]
struct OpenView {
    at: usize,
    heading: String,
    part: Option<usize>,
    whole: Option<usize>,
}

pub(super) fn view(words: Words, sent: &Sent, judged: Result<Option<Judged>, Refused>) -> RecheckView {
    let (problem, hint) = match &judged {
        Err(Refused::Key { key, value }) => (words.fill(key, &[("value", value)]), words.t(&format!("{key}.hint")).to_owned()),
        Err(Refused::Reader(refusal)) => (refusal.text.clone(), refusal.hint.clone()),
        Ok(_) => Default::default(),
    };
    let choice = |value: String, label: String, chosen: &str| Choice { chosen: value == chosen, value, label };
    let automatic = |chosen: &str| choice(String::new(), words.t("recheck.automatic").to_owned(), chosen);
    let month = |month: u32| choice(month.to_string(), words.fill("recheck.month.value", &[("n", &month.to_string())]), &sent.month);
    let level = |lines: u32| choice(lines.to_string(), lines.to_string(), &sent.headings);
    let limits = [("mib", MOST_MIB.to_string()), ("rows", print_count(MOST_ROWS as i64)), ("columns", MOST_COLUMNS.to_string())];
    let limits: Vec<(&str, &str)> = limits.iter().map(|(name, value)| (*name, value.as_str())).collect();
    RecheckView {
        table: sent.table.clone(),
        months: std::iter::once(automatic(&sent.month)).chain((1..=12).map(month)).collect(),
        pace: sent.pace.clone(),
        levels: std::iter::once(automatic(&sent.headings)).chain((1..=3).map(level)).collect(),
        sheet: sent.sheet.clone(),
        limits: words.fill("recheck.limits", &limits),
        problem,
        hint,
        result: judged.ok().flatten().map(|judged| result(words, sent, &judged)),
    }
}

fn result(words: Words, sent: &Sent, judged: &Judged) -> ResultView {
    let grid = &judged.grid;
    let count = |n: usize| print_count(n as i64);
    let rows: Vec<Vec<CellView>> = grid
        .rows
        .iter()
        .enumerate()
        .map(|(at, row)| row.iter().enumerate().map(|(column, text)| cell(judged, at, column, text)).collect())
        .collect();
    let rights = judged.marks.values().filter(|mark| **mark == Mark::Right).count();
    let slips = slips(words, judged);
    let open = judged.open.iter().take(MOST_OPEN).map(|at| {
        let told = sent.rates.iter().find(|(rate, ..)| rate == at);
        OpenView { at: *at, heading: grid.headings[*at].clone(), part: told.map(|told| told.1), whole: told.map(|told| told.2) }
    });
    let columns = grid.headings.iter().enumerate().filter(|(at, _)| *at != grid.label);
    ResultView {
        checks: count(judged.examined.len()),
        rights: count(rights),
        slip_count: judged.marks.len() - rights,
        unchecked: count(rows.iter().flatten().filter(|cell| cell.mark == "none").count()),
        pace: judged.pace.map_or_else(|| words.t("recheck.pace.none").to_owned(), |pace| format!("{}%", print(Some(pace), 1))),
        title: grid.titles.first().cloned().unwrap_or_default(),
        headings: grid.headings.clone(),
        label: grid.label,
        more: slips.len() > MOST_SLIPS,
        slips: slips.into_iter().take(MOST_SLIPS).collect(),
        open: open.collect(),
        columns: columns.map(|(at, heading)| Choice { value: at.to_string(), label: heading.clone(), chosen: false }).collect(),
        rows,
    }
}

fn cell(judged: &Judged, row: usize, column: usize, text: &str) -> CellView {
    let (mark, due) = match judged.marks.get(&(row, column)) {
        Some(Mark::Right) => ("right", String::new()),
        Some(Mark::Slip(due)) => ("slip", due.clone()),
        None => {
            let heading = judged.grid.headings.get(column).map_or("", String::as_str);
            let is_figure = column != judged.grid.label && PrintedFigure::read(text, heading).is_some();
            (if is_figure { "none" } else { "" }, String::new())
        }
    };
    CellView { text: text.to_owned(), mark, due }
}

/// Every slip as people read it.
pub(super) fn slips(words: Words, judged: &Judged) -> Vec<SlipView> {
    let slip = |(row, slip): (usize, &Slip)| {
        let place =
            |label: &str| if label.is_empty() { words.fill("recheck.row", &[("n", &(row + 1).to_string())]) } else { label.to_owned() };
        let named = |cell: &qunlian_domain::recheck::Cell| {
            if cell.label == slip.label {
                format!("{} {}", cell.column, cell.printed)
            } else {
                format!("{} {} {}", cell.label, cell.column, cell.printed)
            }
        };
        let mut from = slip.from.iter().take(MOST_SOURCES).map(named).collect::<Vec<_>>().join("；");
        if slip.from.len() > MOST_SOURCES {
            from.push_str(&words.fill("recheck.sources", &[("n", &print_count(slip.from.len() as i64))]));
        }
        SlipView {
            row: place(&slip.label),
            column: slip.column.clone(),
            printed: slip.printed.clone(),
            recomputed: slip.recomputed.clone(),
            from,
        }
    };
    judged.examined.iter().filter_map(|one| Some((one.row, one.slip.as_ref()?))).map(slip).collect()
}
