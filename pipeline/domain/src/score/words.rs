//! How figures stand in a derivation line (推导用语): amounts with their unit, rates with one decimal, points as the city prints them.

use super::figures::{Entry, FigureRow, Made};
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

/// `（审核员2022-04-08录入，依据：通报第3号）`; empty where nobody entered it.
pub(super) fn made(made: Option<&Made>) -> String {
    let Some(made) = made else { return String::new() };
    let evidence = if made.evidence.is_empty() { String::new() } else { format!("，依据：{}", made.evidence) };
    format!("（{}{}录入{evidence}）", made.by, made.on)
}

/// `2022-02-18 报表迟报1天 ×2（…）`
pub(super) fn entry(entry: &Entry) -> String {
    let times = if entry.quantity == 1 { String::new() } else { format!(" ×{}", entry.quantity) };
    format!("{} {}{times}{}", entry.on, entry.reason, made(entry.made.as_ref()))
}

/// Where a figure is not simply counted: who typed it or its target, and what was taken out of it. Empty otherwise.
pub(super) fn grounds(row: &FigureRow) -> String {
    let mut parts = Vec::new();
    if row.made.is_some() {
        parts.push(format!("完成数{}", made(row.made.as_ref())));
    }
    if row.target_made.is_some() {
        parts.push(format!("目标数{}", made(row.target_made.as_ref())));
    }
    for less in &row.less {
        parts.push(format!("核减{}：{}{}", amount(&row.input, less.amount), less.why, made(Some(&less.made))));
    }
    parts.join("；")
}
