//! Columns by month (逐月): signed, started and completed of one carrier or chain side by side.

use qunlian_charts::{Column as ChartColumn, ColumnSeries, Columns, Size, Tone};
use qunlian_domain::figures::print_count;
use qunlian_domain::target::Metric;
use qunlian_queries::Answer;

use crate::board::Board;
use crate::fault::Fault;
use crate::figure::{Cell, Column, Drawings, Figure, Named, Twin, head, mark};
use crate::reader::Reader;
use crate::rows::rows_where;

/// The three counted metrics, each in its own shade.
const SERIES: [(Metric, Tone); 3] = [(Metric::Signed, Tone::Accent), (Metric::Started, Tone::Shade1), (Metric::Completed, Tone::Shade5)];

/// What the columns are of: the id column and its value, and the filter of the links.
pub(crate) struct Of<'a> {
    pub query: &'a str,
    pub column: &'a str,
    pub value: &'a str,
    pub filter: &'a str,
}

/// Done by month, up to the month of the board's day.
pub(crate) fn figure(reader: &Reader, board: &Board, of: &Of<'_>, answer: &Answer, width: Size) -> Result<Figure, Fault> {
    let words = reader.words;
    let title = words.t("monthly.title");
    let link = |metric: Metric, month: u32| {
        board.link("/projects", &[("milestone", metric.id()), ("month", &month.to_string()), (of.filter, of.value)])
    };
    let done = |metric: Metric| {
        let mut months: [Option<i64>; 12] = [None; 12];
        for row in rows_where(answer, "metric", metric.id()).filter(|row| row.text(of.column) == of.value) {
            if let Some(place) = row.int("month").and_then(|month| usize::try_from(month - 1).ok()).filter(|place| *place < 12) {
                months[place] = row.int("done");
            }
        }
        months
    };
    let column = |metric: Metric, month: u32, value: i64| ChartColumn {
        value: value as f64,
        text: if value == 0 { String::new() } else { value.to_string() },
        link: if value == 0 {
            None
        } else {
            mark(link(metric, month), format!("{} · {} {}", words.month(month), words.metric(metric), words.quantity(metric, value)))
        },
    };
    let series = SERIES.map(|(metric, tone)| ColumnSeries {
        label: words.metric(metric).to_owned(),
        tone,
        values: (1..=12u32).zip(done(metric)).map(|(month, value)| value.map(|value| column(metric, month, value))).collect(),
    });
    let chart = Columns {
        head: head(reader, "months", title, words.fill("monthly.desc", &[("day", &words.day(board.as_of))])),
        unit: words.fill("chart.unit", &[("unit", words.t("unit.count"))]),
        categories: words.months(),
        series: series.into(),
    };
    let mut columns = vec![Column::text(words.t("table.month"))];
    columns.extend(SERIES.map(|(metric, _)| Column::number(words.metric(metric))));
    let by_metric = SERIES.map(|(metric, _)| (metric, done(metric)));
    let months = (1..=board.month()).map(|month| {
        let mut cells = vec![Cell::text(words.month(month))];
        for (metric, values) in &by_metric {
            let value = values[month as usize - 1].unwrap_or(0);
            cells.push(Cell::number(print_count(value)).rows(link(*metric, month), value));
        }
        cells
    });
    let twin = Twin { columns, rows: months.collect() };
    let named = Named { id: "months", title: title.to_owned(), unit: "unit.count", query: of.query, params: &[(of.filter, of.value)] };
    Ok(Figure::new(reader, board, &named, Drawings::of(width, |size| chart.svg(size))?, twin).unit_is_drawn())
}
