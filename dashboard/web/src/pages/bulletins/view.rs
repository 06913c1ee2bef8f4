//! The parts of a bulletin as the page shows them: sentences cut at their links, tables, charts in two widths.

use chrono::Datelike;
use minijinja::Value;
use qunlian_bulletins::{Composed, Part, TableOf};
use qunlian_domain::bulletin::Reference;
use qunlian_domain::target::Metric;
use serde::Serialize;

use super::rows_of;
use crate::board::Board;
use crate::figure::{Cell, Column, Twin};
use crate::reader::Reader;

/// One part; the template asks which of the lists is filled.
#[derive(Serialize, Default)]
pub(super) struct PartView {
    /// `heading`, `pieces`, `table` or `chart`.
    kind: &'static str,
    /// Of a heading: 1 to 3.
    level: u8,
    /// Text of a heading; caption of a table or chart.
    text: String,
    pieces: Vec<PieceView>,
    table: Option<Twin>,
    note: String,
    desk: Value,
    phone: Value,
    sql_href: String,
    /// 口径 of the question behind a table or chart.
    definition: String,
}

#[derive(Serialize)]
struct PieceView {
    text: String,
    /// Empty for plain text.
    href: String,
}

pub(super) fn parts(reader: &Reader, board: &Board, composed: &Composed) -> Vec<PartView> {
    composed.parts.iter().filter_map(|part| part_view(reader, board, part)).collect()
}

/// None for what a page has no use for.
fn part_view(reader: &Reader, board: &Board, part: &Part) -> Option<PartView> {
    Some(match part {
        Part::Heading { level, text } => PartView { kind: "heading", level: *level, text: text.clone(), ..PartView::default() },
        Part::Text(text) => {
            PartView { kind: "pieces", pieces: vec![PieceView { text: text.clone(), href: String::new() }], ..PartView::default() }
        }
        Part::Sentence(sentence) => {
            let piece = |(text, to): (&str, Option<&Reference>)| PieceView {
                text: text.to_owned(),
                href: to.map(|to| rows_of(board, to)).unwrap_or_default(),
            };
            PartView { kind: "pieces", pieces: sentence.pieces().into_iter().map(piece).collect(), ..PartView::default() }
        }
        Part::Table(table) => PartView {
            kind: "table",
            text: table.caption.clone(),
            note: table.note.clone().unwrap_or_default(),
            sql_href: board.link(&format!("/queries/{}", table.query), &[]),
            definition: reader.definition(table.query),
            table: Some(twin(board, table)),
            ..PartView::default()
        },
        Part::Chart(chart) => PartView {
            kind: "chart",
            text: chart.print.caption.clone(),
            sql_href: board.link(&format!("/queries/{}", chart.query), &[]),
            definition: reader.definition(chart.query),
            desk: Value::from_safe_string(chart.print.svg.clone()),
            phone: Value::from_safe_string(chart.narrow_svg.clone()),
            ..PartView::default()
        },
        Part::PageBreak => return None,
    })
}

fn twin(board: &Board, table: &TableOf) -> Twin {
    let column = |column: &qunlian_bulletins::Column| {
        let title = match column.unit {
            Some(unit) => format!("{}（{unit}）", column.title),
            None => column.title.clone(),
        };
        if column.is_number { Column::number(title) } else { Column::text(title) }
    };
    let cell = |(cell, column): (&qunlian_bulletins::Cell, &qunlian_bulletins::Column)| {
        let shown = if column.is_number { Cell::number(cell.text.clone()) } else { Cell::text(cell.text.clone()) };
        match &cell.to {
            // Money has no count of rows to be held to; last year's rows are listed as known on that day, not on this one.
            Some(to) if to.metric == Metric::FixedAssets || to.period.to.year() != board.year => shown.link(rows_of(board, to)),
            Some(to) => shown.rows(rows_of(board, to), cell.number.map_or(0, |number| number as i64)),
            None => shown,
        }
    };
    let row = |cells: &Vec<qunlian_bulletins::Cell>| cells.iter().zip(&table.columns).map(cell).collect();
    Twin { columns: table.columns.iter().map(column).collect(), rows: table.rows.iter().map(row).collect() }
}
