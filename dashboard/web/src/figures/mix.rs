//! Stacked bars (构成): scale bands of the city, chains of each carrier.

use qunlian_charts::{Layer, ShareBars, ShareForm, ShareRow, Size, Stacked, StackedPart, StackedRow};
use qunlian_domain::figures::print_count;
use qunlian_queries::Answer;

use crate::board::Board;
use crate::fault::Fault;
use crate::figure::{Cell, Column, Drawings, Figure, Named, Twin, head, mark};
use crate::reader::Reader;
use crate::rows::{Row, rows};

/// The disjoint scale bands of the year's signings as one strip.
pub(crate) fn bands(reader: &Reader, board: &Board, answer: &Answer, width: Size) -> Result<Figure, Fault> {
    let words = reader.words;
    let title = words.t("bands.title");
    let all: Vec<Row<'_>> = rows(answer).collect();
    let link = |row: Row<'_>| board.link("/projects", &[("milestone", "signed"), ("band", row.text("slice_id"))]);
    let count = |row: Row<'_>| format!("{} {}", print_count(row.count("signed")), words.t("unit.count"));
    let parts = all.iter().filter(|row| row.count("signed") > 0).map(|row| ShareRow {
        name: words.slice(row.text("slice_id"), row.text("slice")),
        share: row.number("share").unwrap_or(0.0) / 100.0,
        share_text: words.percent(row.number("share")),
        value_text: count(*row),
        link: mark(
            link(*row),
            format!("{} · {} · {}", words.slice(row.text("slice_id"), row.text("slice")), count(*row), words.percent(row.number("share"))),
        ),
        ..ShareRow::default()
    });
    let parts: Vec<ShareRow> = parts.collect();
    // Six shades are as many as eyes can tell apart; a city with more bands gets rows.
    let form = if parts.len() > 6 { ShareForm::Rows } else { ShareForm::Strip };
    let chart = ShareBars { head: head(reader, "bands", title, words.t("bands.desc").to_owned()), form, rows: parts };
    let twin = Twin {
        columns: vec![
            Column::text(words.t("table.band")),
            Column::number(words.t("table.signed")),
            Column::number(words.t("table.share")),
            Column::number(words.t("table.agreed_wan")),
        ],
        rows: all
            .iter()
            .map(|row| {
                vec![
                    Cell::text(words.slice(row.text("slice_id"), row.text("slice"))),
                    Cell::number(print_count(row.count("signed"))).rows(link(*row), row.count("signed")),
                    Cell::number(words.percent(row.number("share"))),
                    Cell::number(words.middling(row.int("agreed_yuan"))),
                ]
            })
            .collect(),
    };
    let named = Named { id: "bands", title: title.to_owned(), unit: "unit.count", query: "band_shares", params: &[] };
    Ok(Figure::new(reader, board, &named, Drawings::of(width, |size| chart.svg(size))?, twin))
}

/// Which way the crossing of carriers and chains is cut (交叉).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Crossing<'a> {
    /// All carriers, stacked by chain.
    All,
    /// The chains of one carrier.
    Carrier(&'a str),
    /// The carriers of one chain.
    Chain(&'a str),
}

/// Signings by carrier and chain.
pub(crate) fn crossing(reader: &Reader, board: &Board, crossing: Crossing<'_>, answer: &Answer, width: Size) -> Result<Figure, Fault> {
    match crossing {
        Crossing::All => all_carriers(reader, board, answer, width),
        Crossing::Carrier(id) => {
            one_way(reader, board, rows(answer).filter(|row| row.text("carrier_id") == id).collect(), ("carrier", id), width)
        }
        Crossing::Chain(id) => {
            one_way(reader, board, rows(answer).filter(|row| row.text("chain_id") == id).collect(), ("chain", id), width)
        }
    }
}

fn cell_link(board: &Board, row: Row<'_>) -> String {
    board.link("/projects", &[("milestone", "signed"), ("carrier", row.text("carrier_id")), ("chain", row.text("chain_id"))])
}

/// Bars of the other side of `own`: chains of a carrier, or carriers of a chain.
fn one_way(reader: &Reader, board: &Board, mut cells: Vec<Row<'_>>, own: (&str, &str), width: Size) -> Result<Figure, Fault> {
    let words = reader.words;
    let other = if own.0 == "carrier" { "chain" } else { "carrier" };
    cells.sort_by_key(|row| std::cmp::Reverse(row.count("signed")));
    let total: i64 = cells.iter().map(|row| row.count("signed")).sum();
    let id = if other == "chain" { "chains-of-carrier" } else { "carriers-of-chain" };
    let title = words.t(if other == "chain" { "crossing.chains" } else { "crossing.carriers" });
    let share = |row: Row<'_>| if total > 0 { row.count("signed") as f64 / total as f64 } else { 0.0 };
    let chart = ShareBars {
        head: head(reader, id, title, words.fill("regions.desc", &[("day", &words.day(board.as_of)), ("n", &print_count(total))])),
        form: ShareForm::Rows,
        rows: cells
            .iter()
            .map(|row| {
                let count = format!("{} {}", print_count(row.count("signed")), words.t("unit.count"));
                let percent = words.percent(Some(share(*row) * 100.0));
                ShareRow {
                    name: row.text(other).to_owned(),
                    share: share(*row),
                    link: mark(cell_link(board, *row), format!("{} · {count} · {percent}", row.text(other))),
                    share_text: percent,
                    value_text: count,
                    ..ShareRow::default()
                }
            })
            .collect(),
    };
    let twin = Twin {
        columns: vec![
            Column::text(words.t(&format!("table.{other}"))),
            Column::number(words.t("table.signed")),
            Column::number(words.t("table.share")),
            Column::number(words.t("table.agreed_wan")),
        ],
        rows: cells
            .iter()
            .map(|row| {
                vec![
                    Cell::text(row.text(other)),
                    Cell::number(print_count(row.count("signed"))).rows(cell_link(board, *row), row.count("signed")),
                    Cell::number(words.percent(Some(share(*row) * 100.0))),
                    Cell::number(words.middling(row.int("agreed_yuan"))),
                ]
            })
            .collect(),
    };
    let named = Named { id, title: title.to_owned(), unit: "unit.count", query: "carrier_chains", params: &[own] };
    Ok(Figure::new(reader, board, &named, Drawings::of(width, |size| chart.svg(size))?, twin))
}

/// Every carrier's bar, cut into the five strongest chains and all others.
fn all_carriers(reader: &Reader, board: &Board, answer: &Answer, width: Size) -> Result<Figure, Fault> {
    const NAMED_CHAINS: usize = 5;
    let words = reader.words;
    let cells: Vec<Row<'_>> = rows(answer).collect();
    let chains = totals(&cells, "chain_id", "chain");
    let (strong, weak) = chains.split_at(chains.len().min(NAMED_CHAINS));
    let mut carriers = totals(&cells, "carrier_id", "carrier");
    carriers.sort_by_key(|(id, ..)| cells.iter().find(|row| row.text("carrier_id") == *id).map_or(0, |row| row.count("carrier_sort")));
    let mut layers: Vec<Layer> = strong.iter().map(|(_, name, _)| Layer { label: (*name).to_owned() }).collect();
    if !weak.is_empty() {
        layers.push(Layer { label: words.t("crossing.others").to_owned() });
    }
    let signed = |carrier: &str, chain: &str| {
        cells
            .iter()
            .filter(|row| row.text("carrier_id") == carrier && row.text("chain_id") == chain)
            .map(|row| row.count("signed"))
            .sum::<i64>()
    };
    let bar = |carrier: &(&str, &str, i64)| {
        let (id, name, total) = *carrier;
        let part = |label: &str, chains: String, value: i64| StackedPart {
            value: value as f64,
            text: value.to_string(),
            link: mark(
                board.link("/projects", &[("milestone", "signed"), ("carrier", id), ("chain", &chains)]),
                format!("{name} · {label} · {} {}", print_count(value), words.t("unit.count")),
            ),
        };
        let mut parts: Vec<StackedPart> =
            strong.iter().map(|(chain, label, _)| part(label, (*chain).to_owned(), signed(id, chain))).collect();
        if !weak.is_empty() {
            let others: Vec<&str> = weak.iter().map(|(chain, ..)| *chain).collect();
            let value = others.iter().map(|chain| signed(id, chain)).sum();
            parts.push(part(words.t("crossing.others"), others.join(","), value));
        }
        StackedRow {
            name: name.to_owned(),
            total_text: format!("{} {}", print_count(total), words.t("unit.count")),
            parts,
            link: mark(board.link("/projects", &[("milestone", "signed"), ("carrier", id)]), format!("{name} · {}", print_count(total))),
        }
    };
    let title = words.t("crossing.title");
    let chart = Stacked {
        head: head(reader, "carrier-chains", title, words.t("crossing.desc").to_owned()),
        layers,
        rows: carriers.iter().map(bar).collect(),
    };
    let twin = crossing_table(reader, board, &cells);
    let named = Named { id: "carrier-chains", title: title.to_owned(), unit: "unit.count", query: "carrier_chains", params: &[] };
    Ok(Figure::new(reader, board, &named, Drawings::of(width, |size| chart.svg(size))?, twin))
}

/// Id, name and total of each thing, the largest first.
fn totals<'a>(cells: &[Row<'a>], id: &str, name: &str) -> Vec<(&'a str, &'a str, i64)> {
    let mut totals: Vec<(&str, &str, i64)> = Vec::new();
    for row in cells {
        match totals.iter_mut().find(|(known, ..)| *known == row.text(id)) {
            Some((_, _, total)) => *total += row.count("signed"),
            None => totals.push((row.text(id), row.text(name), row.count("signed"))),
        }
    }
    totals.sort_by_key(|(_, _, total)| std::cmp::Reverse(*total));
    totals
}

fn crossing_table(reader: &Reader, board: &Board, cells: &[Row<'_>]) -> Twin {
    let words = reader.words;
    Twin {
        columns: vec![
            Column::text(words.t("table.carrier")),
            Column::text(words.t("table.chain")),
            Column::number(words.t("table.signed")),
            Column::number(words.t("table.agreed_wan")),
        ],
        rows: cells
            .iter()
            .map(|row| {
                vec![
                    Cell::text(row.text("carrier")),
                    Cell::text(row.text("chain")),
                    Cell::number(print_count(row.count("signed"))).rows(cell_link(board, *row), row.count("signed")),
                    Cell::number(words.middling(row.int("agreed_yuan"))),
                ]
            })
            .collect(),
    }
}
