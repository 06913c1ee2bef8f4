//! How figures stand in a derivation line (推导用语): amounts with their unit, rates with one decimal, points as the city prints them.

use super::figures::FigureRow;
use super::inputs::{Input, InputUnit};
use crate::figures::{print, print_count};
use crate::notice::scale_text;

/// `18.19分`
pub(super) fn points(value: f64, decimals: usize) -> String {
    format!("{}分", print(Some(value), decimals))
}

/// A number of the rules or an entry, without zeros at its end: `30`, `0.5`.
pub(super) fn number(value: f64) -> String {
    let printed = print(Some(value), 4);
    if printed.contains('.') { printed.trim_end_matches('0').trim_end_matches('.').to_owned() } else { printed }
}

/// `60.6%`
pub(super) fn rate(value: f64) -> String {
    format!("{}%", print(Some(value), 1))
}

/// `188`, or `12.5亿元` for a metric in yuan.
pub(super) fn amount(input: &str, value: i64) -> String {
    match Input::parse(input).map(|input| input.metric.unit) {
        Some(InputUnit::Yuan) => scale_text(value),
        _ => print_count(value),
    }
}

/// `188/310`; `3/-` where no target was set.
pub(super) fn done_of_target(row: &FigureRow) -> String {
    let target = row.target.map_or_else(|| "-".to_owned(), |target| amount(&row.input, target));
    format!("{}/{target}", amount(&row.input, row.done))
}
