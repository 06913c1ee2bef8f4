//! All carriers (载体单位): ranked by each metric, and what each brings to which chain.

use axum::response::Response;
use futures::try_join;
use qunlian_charts::Size;
use qunlian_domain::target::Metric;
use serde::Serialize;

use crate::change::ChangeOf;
use crate::fault::Fault;
use crate::figure::{Cell, Column, Figure, Twin};
use crate::figures::mix::{self, Crossing};
use crate::figures::ranking::{self, Ranked};
use crate::pages::home::board_query;
use crate::panel::Panel;
use crate::query_string::encode;
use crate::reader::{PageHead, Reader, Section};
use crate::rows::{Row, rows};

#[derive(Serialize)]
struct CarriersView {
    overview: Panel,
    rankings: Vec<Figure>,
    crossing: Figure,
}

/// `GET /carriers`
pub(crate) async fn show(reader: Reader) -> Result<Response, Fault> {
    let board = reader.board()?;
    let (progress, chains) = try_join!(reader.ask("carrier_progress", board.params()), reader.ask("carrier_chains", board.params()))?;
    let mut rankings = Vec::new();
    for metric in Metric::ALL {
        rankings.push(ranking::figure(&reader, &board, Ranked::Carriers, metric, &progress, Size::DESK)?);
    }
    let words = reader.words;
    let all: Vec<Row<'_>> = rows(&progress).collect();
    let table = overview(&reader, &all, "carrier", |id| board.link(&format!("/carriers/{}", encode(id)), &[]));
    let view = CarriersView {
        overview: Panel::new(&reader, &board, "overview", words.t("carriers.overview"), "carrier_progress", &[], table),
        rankings,
        crossing: mix::crossing(&reader, &board, Crossing::All, &chains, Size::FULL)?,
    };
    let head = PageHead::new(words.t("nav.carriers"), Section::Carriers)
        .board(&board)
        .change_of(ChangeOf::All)
        .exports("/carriers", &board_query(&board));
    reader.page("carriers.html", head, view).await
}

/// One row per carrier or chain: done of target and the light for each metric.
pub(crate) fn overview(reader: &Reader, all: &[Row<'_>], thing: &str, href: impl Fn(&str) -> String) -> Twin {
    let words = reader.words;
    let id_column = format!("{thing}_id");
    let mut columns = vec![Column::text(words.t(&format!("table.{thing}")))];
    for metric in Metric::ALL {
        columns.push(Column::number(words.metric(metric)));
        columns.push(Column::number(words.t("table.completion")));
    }
    let mut names: Vec<(&str, &str)> = Vec::new();
    for row in all {
        let pair = (row.text(&id_column), row.text(thing));
        if !names.contains(&pair) {
            names.push(pair);
        }
    }
    let cells = names.iter().map(|(id, name)| {
        let named = Cell::text(*name);
        let mut cells = vec![if *id == "none" { named } else { named.link(href(id)) }];
        for metric in Metric::ALL {
            let row = all.iter().find(|row| row.text(&id_column) == *id && row.text("metric") == metric.id());
            let Some(row) = row else {
                cells.extend([Cell::number("—"), Cell::number("—")]);
                continue;
            };
            let lamp = words.lamp(&reader.desk.app.city.light, row.text("light"), row.number("gap_points"));
            let target = words.bare_target(metric, row.int("target"));
            cells.push(Cell::number(format!("{}/{target}", words.bare_quantity(metric, row.count("done")))));
            let completion = words.percent(row.number("completion"));
            let shown = if lamp.shape.is_empty() { completion } else { format!("{} {completion}", lamp.shape) };
            cells.push(Cell::number(shown).tone(lamp.cell_tone()));
        }
        cells
    });
    let rows = cells.collect();
    Twin { columns, rows }
}
