//! Source regions (投资来源区域) and scale bands (规模档) of the year's signings.

use axum::response::Response;
use futures::try_join;
use qunlian_charts::Size;
use qunlian_domain::figures::print_count;
use serde::Serialize;

use crate::change::ChangeOf;
use crate::fault::Fault;
use crate::figure::{Cell, Column, Figure, Twin};
use crate::figures::mix;
use crate::figures::regions::{self, Cut};
use crate::pages::home::board_query;
use crate::panel::Panel;
use crate::reader::{PageHead, Reader, Section};
use crate::rows::rows;

#[derive(Serialize)]
struct RegionsView {
    kinds: Figure,
    bands: Figure,
    groups: Figure,
    places: Figure,
    nested: Panel,
}

/// `GET /regions`
pub(crate) async fn show(reader: Reader) -> Result<Response, Fault> {
    let board = reader.board()?;
    let ask = |query: &'static str| reader.ask(query, board.params());
    let (kinds, groups, places, shares, counts) =
        try_join!(ask("region_kinds"), ask("region_groups"), ask("region_progress"), ask("band_shares"), ask("band_counts"))?;
    let words = reader.words;
    let columns = vec![
        Column::text(words.t("table.band")),
        Column::number(words.t("table.signed")),
        Column::number(words.t("table.target")),
        Column::number(words.t("table.completion")),
        Column::number(words.t("table.last_year")),
        Column::number(words.t("table.growth")),
        Column::number(words.t("table.agreed_wan")),
    ];
    let nested = rows(&counts).map(|row| {
        let done = row.count("done");
        let href = board.link("/projects", &[("milestone", "signed"), ("band", row.text("band_id"))]);
        vec![
            Cell::text(words.band(row.text("band"), row.count("at_least_yuan"))),
            Cell::number(print_count(done)).rows(href, done),
            Cell::number(row.int("target").map_or_else(|| "—".to_owned(), print_count)),
            Cell::number(words.percent(row.number("completion"))),
            Cell::number(row.int("last_year").map_or_else(|| "—".to_owned(), print_count)),
            Cell::number(words.growth(row.number("growth"))),
            Cell::number(words.middling(row.int("agreed_yuan"))),
        ]
    });
    let view = RegionsView {
        kinds: regions::figure(&reader, &board, Cut::Kinds, &kinds, Size::DESK, 6)?,
        bands: mix::bands(&reader, &board, &shares, Size::DESK)?,
        groups: regions::figure(&reader, &board, Cut::Groups, &groups, Size::DESK, 12)?,
        places: regions::figure(&reader, &board, Cut::Places, &places, Size::DESK, 24)?,
        nested: Panel::new(
            &reader,
            &board,
            "nested",
            words.t("bands.nested"),
            "band_counts",
            &[],
            Twin { columns, rows: nested.collect() },
        ),
    };
    let head = PageHead::new(words.t("regions.title"), Section::Regions)
        .board(&board)
        .change_of(ChangeOf::All)
        .exports("/regions", &board_query(&board));
    reader.page("regions.html", head, view).await
}
