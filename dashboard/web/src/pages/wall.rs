//! The wall screen (大屏): boards that take turns at 1920x1080 and refresh themselves, without scripts.

use axum::response::Response;
use futures::try_join;
use qunlian_charts::Size;
use qunlian_domain::target::Metric;
use serde::Serialize;

use crate::board::Board;
use crate::fault::Fault;
use crate::figure::Figure;
use crate::figures::cards::{self, BandChip, Card, Whose};
use crate::figures::cumulative::{self, Source};
use crate::figures::ranking::{self, Ranked};
use crate::figures::regions::{self, Cut};
use crate::pages::home::{LINES, waiting};
use crate::panel::{self, Panel, Waiting};
use crate::query_string::QueryString;
use crate::reader::{PageHead, Reader, Section};
use crate::rows::rows;

#[derive(Serialize)]
struct WallView {
    board: u32,
    boards: u32,
    next: String,
    seconds: u32,
    heading: String,
    day: String,
    bulletin: String,
    cards: Vec<Card>,
    bands: Vec<BandChip>,
    figures: Vec<Figure>,
    panels: Vec<Panel>,
}

const BOARDS: u32 = 4;

/// Lines of the red and yellow list on the screen.
const WARNINGS: usize = 6;

/// `GET /wall?board=1&every=20`
pub(crate) async fn show(reader: Reader) -> Result<Response, Fault> {
    let board = reader.board()?;
    let query = &reader.visit.query;
    let turn = whole(query, "board", 1, 1..=BOARDS)?;
    let seconds = whole(query, "every", 20, 5..=3_600)?;
    let words = reader.words;
    let progress = reader.ask("city_progress", board.params()).await?;
    let mut view = WallView {
        board: turn,
        boards: BOARDS,
        next: query.with("board", &(turn % BOARDS + 1).to_string()).href("/wall"),
        seconds,
        heading: words.t(&format!("wall.{turn}")).to_owned(),
        day: words.fill("wall.day", &[("day", &board.as_of.to_string()), ("year", &board.year.to_string())]),
        bulletin: cards::bulletin(&reader, &board, &progress),
        cards: Vec::new(),
        bands: Vec::new(),
        figures: Vec::new(),
        panels: Vec::new(),
    };
    match turn {
        1 => city(&reader, &board, &mut view).await?,
        2 => ranking_board(&reader, &board, Ranked::Carriers, &mut view).await?,
        3 => origins(&reader, &board, &mut view).await?,
        _ => attention(&reader, &board, &mut view).await?,
    }
    let title = words.fill("home.title", &[("city", &reader.desk.app.city.name)]);
    reader.page("wall.html", PageHead::new(title, Section::Home).board(&board), view).await
}

fn whole(query: &QueryString, key: &'static str, default: u32, range: std::ops::RangeInclusive<u32>) -> Result<u32, Fault> {
    match query.get(key) {
        None => Ok(default),
        Some(text) => text.parse().ok().filter(|number| range.contains(number)).ok_or_else(|| Fault::bad("bad.wall", text)),
    }
}

async fn city(reader: &Reader, board: &Board, view: &mut WallView) -> Result<(), Fault> {
    let (progress, months, bands) = try_join!(
        reader.ask("city_progress", board.params()),
        reader.ask("monthly_cumulative", board.params()),
        reader.ask("band_counts", board.params())
    )?;
    let whose = Whose { filter: &[], months: &months, of: None, id: "city", forecasts: &[] };
    view.cards = cards::cards(reader, board, rows(&progress), &whose)?;
    view.bands = cards::band_chips(reader, board, &bands);
    for (metric, id) in LINES {
        let source = Source { id, query: "monthly_cumulative", answer: &months, of: None, filter: &[], width: Size::THIRD, forecast: None };
        view.figures.push(cumulative::figure(reader, board, metric, &source)?);
    }
    Ok(())
}

async fn ranking_board(reader: &Reader, board: &Board, ranked: Ranked, view: &mut WallView) -> Result<(), Fault> {
    let progress = reader.ask("carrier_progress", board.params()).await?;
    for metric in Metric::ALL {
        view.figures.push(ranking::figure(reader, board, ranked, metric, &progress, Size::DESK)?);
    }
    Ok(())
}

async fn origins(reader: &Reader, board: &Board, view: &mut WallView) -> Result<(), Fault> {
    let (chains, kinds, groups, places) = try_join!(
        reader.ask("chain_progress", board.params()),
        reader.ask("region_kinds", board.params()),
        reader.ask("region_groups", board.params()),
        reader.ask("region_progress", board.params())
    )?;
    view.figures = vec![
        ranking::figure(reader, board, Ranked::Chains, Metric::Signed, &chains, Size::DESK)?,
        regions::figure(reader, board, Cut::Kinds, &kinds, Size::DESK, 6)?,
        regions::figure(reader, board, Cut::Places, &places, Size::DESK, 8)?,
        regions::figure(reader, board, Cut::Groups, &groups, Size::DESK, 5)?,
    ];
    Ok(())
}

async fn attention(reader: &Reader, board: &Board, view: &mut WallView) -> Result<(), Fault> {
    let (list, not_started, not_producing) = try_join!(
        reader.ask("warning_list", board.params()),
        waiting(reader, board, Waiting::SignedNotStarted),
        waiting(reader, board, Waiting::StartedNotProducing)
    )?;
    let mut warnings = panel::warnings(reader, board, &list);
    // The screen does not scroll: the worst must fit above the two lists.
    warnings.table.rows.truncate(WARNINGS);
    view.panels = vec![warnings, not_started, not_producing];
    Ok(())
}
