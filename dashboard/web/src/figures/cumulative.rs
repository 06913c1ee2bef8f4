//! Cumulative lines of a year against pace, target and last year (累计与序时).

use qunlian_charts::{AsOf, CumulativeLines, Curve, CurvePoint, Forecast as Band, ForecastPoint as BandPoint, Size, TargetLine};
use qunlian_domain::forecast::Forecast;
use qunlian_domain::target::Metric;
use qunlian_queries::Answer;

use crate::board::Board;
use crate::fault::Fault;
use crate::figure::{Cell, Column, Drawings, Figure, Named, Twin, head, mark};
use crate::reader::Reader;
use crate::rows::{Row, rows_where};

/// Which rows the lines are made of, and what their links carry.
pub(crate) struct Source<'a> {
    pub id: &'a str,
    pub query: &'a str,
    pub answer: &'a Answer,
    /// Column and value that choose the rows; none for the city.
    pub of: Option<(&'a str, &'a str)>,
    /// `("carrier", "suixi")` for links and files.
    pub filter: &'a [(&'a str, &'a str)],
    pub width: Size,
    /// Where the year will end, when somebody asks; drawn as a band.
    pub forecast: Option<&'a Forecast>,
}

struct Month {
    month: u32,
    done: Option<i64>,
    cumulative: Option<i64>,
    last_year: Option<i64>,
    plan: Option<f64>,
}

/// The lines of one metric.
pub(crate) fn figure(reader: &Reader, board: &Board, metric: Metric, source: &Source<'_>) -> Result<Figure, Fault> {
    let words = reader.words;
    let rows: Vec<Row<'_>> = rows_where(source.answer, "metric", metric.id())
        .filter(|row| source.of.is_none_or(|(column, value)| row.text(column) == value))
        .collect();
    let months: Vec<Month> = rows.iter().filter_map(|row| read(*row)).collect();
    let target = rows.first().and_then(|row| row.int("target"));
    let title = words.fill("cumulative.title", &[("metric", words.metric(metric))]);
    let chart = chart(reader, board, metric, source, &months, target, &title);
    let drawings = Drawings::of(source.width, |size| chart.svg(size))?;
    let named = Named {
        id: source.id,
        title,
        unit: if metric == Metric::FixedAssets { "unit.large" } else { "unit.count" },
        query: source.query,
        params: source.filter,
    };
    Ok(Figure::new(reader, board, &named, drawings, twin(reader, board, metric, source, &months)).unit_is_drawn())
}

fn read(row: Row<'_>) -> Option<Month> {
    let month = u32::try_from(row.int("month")?).ok().filter(|month| (1..=12).contains(month))?;
    Some(Month {
        month,
        done: row.int("done"),
        cumulative: row.int("cumulative"),
        last_year: row.int("last_year_cumulative"),
        plan: row.number("plan"),
    })
}

fn chart(
    reader: &Reader,
    board: &Board,
    metric: Metric,
    source: &Source<'_>,
    months: &[Month],
    target: Option<i64>,
    title: &str,
) -> CumulativeLines {
    let words = reader.words;
    let scale = if metric == Metric::FixedAssets { 1e8 } else { 1.0 };
    let latest = months.iter().rev().find_map(|month| month.cumulative).unwrap_or(0);
    let end = board.months();
    let this_year = months.iter().filter_map(|month| {
        let value = month.cumulative?;
        let at = f64::from(month.month).min(end);
        Some(CurvePoint {
            month: at,
            value: value as f64 / scale,
            link: mark(month_link(board, metric, source, month.month), tip(reader, board, metric, month)),
        })
    });
    let last_year: Vec<CurvePoint> = months
        .iter()
        .filter_map(|month| Some(CurvePoint { month: f64::from(month.month), value: month.last_year? as f64 / scale, link: None }))
        .collect();
    let pace: Vec<CurvePoint> = months
        .iter()
        .filter_map(|month| Some(CurvePoint { month: f64::from(month.month), value: month.plan? / scale, link: None }))
        .collect();
    let desc = words.fill("cumulative.desc", &[("day", &words.day(board.as_of)), ("done", &words.quantity(metric, latest))]);
    CumulativeLines {
        head: head(reader, source.id, title, desc),
        unit: words.fill("chart.unit", &[("unit", words.metric_unit(metric))]),
        months: words.months(),
        this_year: Curve {
            label: words.fill("cumulative.this_year", &[("year", &board.year.to_string()), ("done", &words.bare_quantity(metric, latest))]),
            points: this_year.collect(),
        },
        last_year: (!last_year.is_empty())
            .then(|| Curve { label: words.fill("cumulative.last_year", &[("year", &(board.year - 1).to_string())]), points: last_year }),
        pace: (!pace.is_empty()).then(|| Curve { label: words.t("cumulative.pace").to_owned(), points: pace }),
        target: target.map(|target| TargetLine {
            value: target as f64 / scale,
            label: words.fill("cumulative.target", &[("target", &words.bare_target(metric, Some(target)))]),
        }),
        forecast: source.forecast.map(|found| band(reader, board, metric, found, latest, scale)),
        as_of: Some(AsOf { month: end, label: words.fill("cumulative.as_of", &[("day", &words.day(board.as_of))]) }),
    }
}

/// The band from what is known to the year's end.
fn band(reader: &Reader, board: &Board, metric: Metric, found: &Forecast, latest: i64, scale: f64) -> Band {
    let value = |amount: i64| amount as f64 / scale;
    let now = BandPoint { month: board.months(), low: value(latest), middle: value(latest), high: value(latest) };
    let to_come = found.band.iter().map(|end| BandPoint {
        month: f64::from(end.month),
        low: value(end.low),
        middle: value(end.middle),
        high: value(end.high),
    });
    Band {
        label: reader.words.fill("forecast.label", &[("n", &reader.words.bare_quantity(metric, found.year_end.p50))]),
        points: std::iter::once(now).chain(to_come.filter(|end| end.month > board.months())).collect(),
    }
}

fn tip(reader: &Reader, board: &Board, metric: Metric, month: &Month) -> String {
    let words = reader.words;
    words.fill(
        "cumulative.tip",
        &[
            ("year", &board.year.to_string()),
            ("month", &words.month(month.month)),
            ("done", &words.quantity(metric, month.done.unwrap_or(0))),
            ("cumulative", &words.quantity(metric, month.cumulative.unwrap_or(0))),
        ],
    )
}

/// The projects of one month: the mark says how many it added.
fn month_link(board: &Board, metric: Metric, source: &Source<'_>, month: u32) -> String {
    let month = month.to_string();
    let mut pairs = vec![("milestone", metric.id()), ("month", month.as_str())];
    pairs.extend_from_slice(source.filter);
    board.link("/projects", &pairs)
}

fn twin(reader: &Reader, board: &Board, metric: Metric, source: &Source<'_>, months: &[Month]) -> Twin {
    let words = reader.words;
    let number = |value: Option<i64>| value.map_or_else(|| "—".to_owned(), |value| words.bare_quantity(metric, value));
    let scale = if metric == Metric::FixedAssets { 1e8 } else { 1.0 };
    let columns = vec![
        Column::text(words.t("table.month")),
        Column::number(words.t("table.month_done")),
        Column::number(words.t("table.cumulative")),
        Column::number(words.t("table.last_year_cumulative")),
        Column::number(words.t("table.plan")),
    ];
    let rows = months.iter().map(|month| {
        let done = Cell::number(number(month.done));
        let href = month_link(board, metric, source, month.month);
        vec![
            Cell::text(words.month(month.month)),
            match (metric, month.done) {
                (Metric::FixedAssets, Some(done_yuan)) if done_yuan > 0 => done.link(href),
                (Metric::FixedAssets, _) => done,
                (_, count) => done.rows(href, count.unwrap_or(0)),
            },
            Cell::number(number(month.cumulative)),
            Cell::number(number(month.last_year)),
            Cell::number(qunlian_domain::figures::print(month.plan.map(|plan| plan / scale), 1)),
        ]
    });
    Twin { columns, rows: rows.collect() }
}
