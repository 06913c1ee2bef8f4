//! Monthly curves (月度计划): what should be reached by each month's end, drawn small, against twelfths in grey.

use qunlian_charts::Sparkline;
use qunlian_domain::figures::{print, round_half_up};
use qunlian_domain::pace::linear_months;
use qunlian_domain::target::Metric;
use qunlian_queries::Answer;

use crate::board::Board;
use crate::fault::Fault;
use crate::figure::{Cell, Column, Drawings, Figure, Named, Twin, head, mark};
use crate::reader::Reader;
use crate::rows::{Row, rows_where};

/// The curve of the city's target for a metric, out of the answer to `monthly_cumulative`; `None` where none was set.
pub(crate) fn figure(reader: &Reader, board: &Board, metric: Metric, months: &Answer) -> Result<Option<Figure>, Fault> {
    let words = reader.words;
    let rows: Vec<Row<'_>> = rows_where(months, "metric", metric.id()).collect();
    let Some(target) = rows.first().and_then(|row| row.int("target")) else { return Ok(None) };
    let paces: Vec<Option<f64>> = rows.iter().map(|row| row.number("pace")).collect();
    let linear: Vec<Option<f64>> = (1..=12).map(|month| Some(linear_months(month))).collect();
    let is_linear =
        paces.iter().zip(&linear).all(|(own, even)| own.map(|own| round_half_up(own, 6)) == even.map(|even| round_half_up(even, 6)));
    let id = format!("curve-{}", metric.id());
    let title = words.fill("curves.title", &[("metric", words.metric(metric))]);
    let goal = format!("{} {}", words.bare_target(metric, Some(target)), words.metric_unit(metric));
    let desc = words.fill("curves.desc", &[("target", &goal), ("pace", &words.percent(paces.get(5).copied().flatten()))]);
    let chart = Sparkline {
        head: head(reader, &id, &title, desc.clone()),
        points: paces,
        before: if is_linear { Vec::new() } else { linear },
        link: mark(board.link("/projects", &[("milestone", metric.id())]), desc.clone()),
    };
    let drawings = Drawings::of(qunlian_charts::Size::THIRD, |_| chart.svg())?;
    let named = Named { id: &id, title, unit: "curves.unit", query: "monthly_cumulative", params: &[] };
    let kind = words.t(if is_linear { "targets.curve.linear" } else { "targets.curve.own" });
    Ok(Some(Figure::new(reader, board, &named, drawings, twin(reader, board, metric, &rows)).note(format!("{kind} · {desc}"))))
}

fn twin(reader: &Reader, board: &Board, metric: Metric, rows: &[Row<'_>]) -> Twin {
    let words = reader.words;
    let scale = if metric == Metric::FixedAssets { 1e8 } else { 1.0 };
    let columns = vec![
        Column::text(words.t("table.month")),
        Column::number(words.t("lights.pace")),
        Column::number(words.t("table.plan")),
        Column::number(words.t("table.cumulative")),
    ];
    let line = |row: &Row<'_>| {
        let month = row.count("month");
        let through = month.to_string();
        let href = board.link("/projects", &[("milestone", metric.id()), ("through", &through)]);
        let done = row.int("cumulative");
        let cell = Cell::number(done.map_or_else(|| "—".to_owned(), |done| words.bare_quantity(metric, done)));
        vec![
            Cell::text(words.month(u32::try_from(month).unwrap_or_default())).whole(),
            Cell::number(words.percent(row.number("pace"))),
            Cell::number(print(row.number("plan").map(|plan| plan / scale), 1)),
            match (metric, done) {
                (_, None | Some(0)) => cell,
                (Metric::FixedAssets, _) => cell.link(href),
                (_, Some(done)) => cell.rows(href, done),
            },
        ]
    };
    Twin { columns, rows: rows.iter().map(line).collect() }
}
