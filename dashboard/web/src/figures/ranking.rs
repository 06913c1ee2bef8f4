//! Ranked bars of carriers or chains (排名): done against target, with place, change and light.

use qunlian_charts::{Emphasis, Measure, PaceMark, RankedBars, RankedRow, Size};
use qunlian_domain::target::Metric;
use qunlian_queries::Answer;

use crate::board::Board;
use crate::fault::Fault;
use crate::figure::{Cell, Column, Drawings, Figure, Named, Twin, head, mark};
use crate::reader::Reader;
use crate::rows::Row;

/// Who is ranked (排名对象).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ranked {
    Carriers,
    Chains,
}

impl Ranked {
    fn query(self) -> &'static str {
        match self {
            Self::Carriers => "carrier_progress",
            Self::Chains => "chain_progress",
        }
    }

    /// Key of the filter on `/projects`, and the start of the id and name columns.
    fn filter(self) -> &'static str {
        match self {
            Self::Carriers => "carrier",
            Self::Chains => "chain",
        }
    }

    fn id_column(self) -> &'static str {
        match self {
            Self::Carriers => "carrier_id",
            Self::Chains => "chain_id",
        }
    }

    fn page(self) -> &'static str {
        match self {
            Self::Carriers => "/carriers",
            Self::Chains => "/chains",
        }
    }
}

/// Bars of one metric, best completion first, those without a target last.
pub(crate) fn figure(
    reader: &Reader,
    board: &Board,
    ranked: Ranked,
    metric: Metric,
    answer: &Answer,
    width: Size,
) -> Result<Figure, Fault> {
    let words = reader.words;
    let rows = crate::rows::ranked(answer, metric.id());
    let pace = shared_pace(&rows);
    let title = words.fill(&format!("ranking.{}", ranked.filter()), &[("metric", words.metric(metric))]);
    let id = format!("{}-{}", ranked.filter(), metric.id());
    let chart = RankedBars {
        head: head(reader, &id, &title, words.fill("ranking.desc", &[("day", &words.day(board.as_of)), ("n", &rows.len().to_string())])),
        measure: Measure::Completion,
        pace: pace.map(|pace| PaceMark { share: pace / 100.0, label: words.fill("ranking.pace", &[("pace", &words.percent(Some(pace)))]) }),
        rows: rows.iter().map(|row| bar(reader, board, ranked, metric, *row)).collect(),
    };
    let drawings = Drawings::of(width, |size| chart.svg(size))?;
    let unit = if metric == Metric::FixedAssets { "unit.large" } else { "unit.count" };
    let named = Named { id: &id, title, unit, query: ranked.query(), params: &[] };
    Ok(Figure::new(reader, board, &named, drawings, twin(reader, board, ranked, metric, &rows)))
}

/// The pace of all that have a target; `None` where targets have curves of their own and no one line is true.
fn shared_pace(rows: &[Row<'_>]) -> Option<f64> {
    let mut paces = rows.iter().filter(|row| row.int("target").is_some()).filter_map(|row| row.number("pace"));
    let Some(first) = paces.next() else { return Some(rows.iter().find_map(|row| row.number("pace")).unwrap_or(0.0)) };
    paces.all(|pace| pace == first).then_some(first)
}

fn bar(reader: &Reader, board: &Board, ranked: Ranked, metric: Metric, row: Row<'_>) -> RankedRow {
    let words = reader.words;
    let (done, target) = (row.count("done"), row.int("target"));
    let gap = row.number("gap_points");
    let lamp = words.lamp(&reader.desk.app.city.light, row.text("light"), gap);
    let completion = words.percent(row.number("completion"));
    let name = row.text(ranked.filter()).to_owned();
    let done_text = format!("{}/{}", words.bare_quantity(metric, done), words.bare_target(metric, target));
    let with_unit = format!("{done_text} {}", words.metric_unit(metric));
    let tip = words.fill(
        "ranking.tip",
        &[("name", &name), ("done", &with_unit), ("completion", &completion), ("gap", &words.gap(gap)), ("light", &lamp.word)],
    );
    let place = |column: &str| row.int(column).and_then(|place| u32::try_from(place).ok());
    let moved = match (row.int("place_before"), row.int("place")) {
        (Some(before), Some(now)) => i32::try_from(before - now).ok(),
        _ => None,
    };
    RankedRow {
        done: done as f64,
        target: target.map(|target| target as f64),
        done_text,
        completion_text: completion,
        place: place("place"),
        moved,
        lamp: lamp.of_chart_in(words),
        emphasis: if row.text(ranked.id_column()) == "none" { Emphasis::Quiet } else { Emphasis::Plain },
        link: (done != 0).then(|| link(board, ranked, metric, row)).and_then(|href| mark(href, tip)),
        name,
    }
}

fn link(board: &Board, ranked: Ranked, metric: Metric, row: Row<'_>) -> String {
    board.link("/projects", &[("milestone", metric.id()), (ranked.filter(), row.text(ranked.id_column()))])
}

fn twin(reader: &Reader, board: &Board, ranked: Ranked, metric: Metric, rows: &[Row<'_>]) -> Twin {
    let words = reader.words;
    let mut columns = vec![
        Column::text(words.t(&format!("table.{}", ranked.filter()))),
        Column::number(words.t("table.done")),
        Column::number(words.t("table.target")),
        Column::number(words.t("table.completion")),
        Column::number(words.t("table.gap")),
        Column::number(words.t("table.last_year")),
        Column::number(words.t("table.growth")),
        Column::text(words.t("table.light")),
    ];
    if ranked == Ranked::Carriers {
        columns.insert(0, Column::number(words.t("table.place")));
    }
    let rows = rows.iter().map(|row| {
        let done = row.count("done");
        let cell = Cell::number(words.bare_quantity(metric, done));
        let href = link(board, ranked, metric, *row);
        let lamp = words.lamp(&reader.desk.app.city.light, row.text("light"), row.number("gap_points"));
        let name = Cell::text(row.text(ranked.filter()));
        let id = row.text(ranked.id_column());
        let mut cells = vec![
            if id == "none" { name } else { name.link(board.link(&format!("{}/{}", ranked.page(), crate::query_string::encode(id)), &[])) },
            match metric {
                Metric::FixedAssets if done != 0 => cell.link(href),
                Metric::FixedAssets => cell,
                _ => cell.rows(href, done),
            },
            Cell::number(words.bare_target(metric, row.int("target"))),
            Cell::number(words.percent(row.number("completion"))),
            Cell::number(words.signed(row.number("gap_points"))),
            Cell::number(row.int("last_year").map_or_else(|| "—".to_owned(), |value| words.bare_quantity(metric, value))),
            Cell::number(words.growth(row.number("growth"))),
            Cell::text(lamp.text()).tone(lamp.cell_tone()),
        ];
        if ranked == Ranked::Carriers {
            cells.insert(0, Cell::number(row.int("place").map_or_else(|| "—".to_owned(), |place| place.to_string())));
        }
        cells
    });
    Twin { columns, rows: rows.collect() }
}
