//! Will the year's targets be met (年底预测): the band on the cumulative line, the chance, and what it takes.

use axum::response::Response;
use futures::try_join;
use qunlian_charts::Size;
use qunlian_domain::figures::print_count;
use qunlian_domain::forecast::{Basis, Forecast, Refusal};
use qunlian_domain::target::Metric;
use serde::Serialize;

use super::home::{Tab, board_query, chosen_metric, tabs};
use crate::board::Board;
use crate::fault::Fault;
use crate::figure::{Cell, Column, Figure, Twin};
use crate::figures::cumulative::{self, Source};
use crate::figures::forecast::{Grounds, chance_words};
use crate::panel::Panel;
use crate::reader::{PageHead, Reader, Section};
use crate::rows::{Row, rows, rows_where};

#[derive(Serialize)]
struct ForecastView {
    tabs: Vec<Tab>,
    figure: Figure,
    /// What the band says, in words; the reason when there is no forecast.
    sentences: Vec<String>,
    refused: bool,
    basis: String,
    metrics: Panel,
    carriers: Panel,
}

/// `GET /forecast`
pub(crate) async fn show(reader: Reader) -> Result<Response, Fault> {
    let board = reader.board()?;
    let metric = chosen_metric(&reader)?;
    let ask = |query: &'static str| reader.ask(query, board.params());
    let (progress, carriers, months, flows, passages) =
        try_join!(ask("city_progress"), ask("carrier_progress"), ask("monthly_cumulative"), ask("flow_months"), ask("stage_passages"))?;
    let words = reader.words;
    let grounds = Grounds::read(&reader.desk.app.rules.city.forecast, &board, &flows, &passages);
    let target = |metric: Metric| rows_where(&progress, "metric", metric.id()).next().and_then(|row| row.int("target"));
    let city = grounds.forecast(metric, None, target(metric));
    let source = Source {
        id: id_of(metric),
        query: "monthly_cumulative",
        answer: &months,
        of: None,
        filter: &[],
        width: Size::FULL,
        forecast: city.as_ref().ok(),
    };
    let all = rows(&progress).filter_map(|row| Some((row, Metric::from_id(row.text("metric"))?)));
    let of_metrics = all.map(|(row, metric)| {
        let name = Cell::text(words.metric(metric)).link(reader.visit.query.without("lang").with("metric", metric.id()).href("/forecast"));
        line(&reader, metric, name, row, &grounds.forecast(metric, None, row.int("target")))
    });
    let of_carriers = rows_where(&carriers, "metric", metric.id()).map(|row| {
        let id = row.text("carrier_id");
        let name = Cell::text(row.text("carrier")).link(board.link(&format!("/carriers/{id}"), &[]));
        line(&reader, metric, name, row, &grounds.forecast(metric, Some(id), row.int("target")))
    });
    let panel = |id: &'static str, title: &str, rows: Vec<Vec<Cell>>| {
        Panel::new(&reader, &board, id, title, "flow_months", &[], Twin { columns: columns(&reader, id), rows })
    };
    let view = ForecastView {
        tabs: tabs(&reader, metric),
        figure: cumulative::figure(&reader, &board, metric, &source)?,
        refused: city.is_err(),
        basis: city.as_ref().map(|forecast| basis(&reader, forecast.basis)).unwrap_or_default(),
        sentences: match &city {
            Ok(forecast) => forecast.sentences.to_vec(),
            Err(refusal) => vec![refusal.words()],
        },
        metrics: panel("forecast-metrics", words.t("forecast.metrics"), of_metrics.collect()),
        carriers: panel("forecast-carriers", &words.fill("forecast.carriers", &[("metric", words.metric(metric))]), of_carriers.collect()),
    };
    let head = PageHead::new(words.t("forecast.title"), Section::Forecast).board(&board).exports("/city", &board_query(&board));
    reader.page("forecast.html", head, view).await
}

fn basis(reader: &Reader, basis: Basis) -> String {
    let key = match basis {
        Basis::FlowAndPipeline => "forecast.basis.pipeline",
        Basis::Flow => "forecast.basis.flow",
    };
    reader.words.fill(key, &[("n", &print_count(reader.desk.app.rules.city.forecast.draws as i64))])
}

fn id_of(metric: Metric) -> &'static str {
    match metric {
        Metric::Signed => "forecast-signed",
        Metric::Started => "forecast-started",
        Metric::Completed => "forecast-completed",
        Metric::FixedAssets => "forecast-fixed_assets",
    }
}

/// The chart of a metric for `/charts/forecast-signed.svg`.
pub(crate) async fn chart(reader: &Reader, board: &Board, metric: Metric) -> Result<Figure, Fault> {
    let ask = |query: &'static str| reader.ask(query, board.params());
    let (progress, months, flows, passages) =
        try_join!(ask("city_progress"), ask("monthly_cumulative"), ask("flow_months"), ask("stage_passages"))?;
    let target = rows_where(&progress, "metric", metric.id()).next().and_then(|row| row.int("target"));
    let city = Grounds::read(&reader.desk.app.rules.city.forecast, board, &flows, &passages).forecast(metric, None, target).ok();
    let source = Source {
        id: id_of(metric),
        query: "monthly_cumulative",
        answer: &months,
        of: None,
        filter: &[],
        width: Size::DESK,
        forecast: city.as_ref(),
    };
    cumulative::figure(reader, board, metric, &source)
}

fn columns(reader: &Reader, id: &str) -> Vec<Column> {
    let words = reader.words;
    let first = if id == "forecast-metrics" { "table.metric" } else { "table.carrier" };
    let numbers =
        ["table.done", "table.target", "forecast.middle", "forecast.range", "forecast.chance", "forecast.needed", "forecast.so_far"];
    let numbers = numbers.into_iter().map(|key| Column::number(words.t(key)));
    std::iter::once(Column::text(words.t(first))).chain(numbers).collect()
}

fn line(reader: &Reader, metric: Metric, name: Cell, row: Row<'_>, found: &Result<Forecast, Refusal>) -> Vec<Cell> {
    let words = reader.words;
    let quantity = |value: i64| words.bare_quantity(metric, value);
    let mut cells = vec![name, Cell::number(quantity(row.count("done"))), Cell::number(words.bare_target(metric, row.int("target")))];
    let Ok(forecast) = found else {
        let why = found.as_ref().err().map(Refusal::words).unwrap_or_default();
        cells.extend([Cell::text(why).tone("soft"), Cell::default(), Cell::default(), Cell::default(), Cell::default()]);
        return cells;
    };
    let scale = if metric == Metric::FixedAssets { 1e8 } else { 1.0 };
    let rate = |value: f64| qunlian_domain::figures::print(Some(value / scale), if metric == Metric::FixedAssets { 2 } else { 1 });
    let (chance, tone) = match forecast.chance {
        None => ("—".to_owned(), ""),
        Some(chance) => (
            chance_words(chance),
            if chance < 20.0 {
                "bad"
            } else if chance < 50.0 {
                "warn"
            } else {
                ""
            },
        ),
    };
    let end = &forecast.year_end;
    cells.extend([
        Cell::number(quantity(end.p50)),
        Cell::number(format!("{}—{}", quantity(end.p10), quantity(end.p90))).whole(),
        Cell::number(chance).tone(tone),
        Cell::number(forecast.needed_per_month.map_or_else(|| "—".to_owned(), rate)),
        Cell::number(rate(forecast.so_far_per_month)),
    ]);
    cells
}
