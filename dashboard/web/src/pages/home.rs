//! The first screen (首屏): where the city stands, in ten seconds.

use axum::response::Response;
use futures::try_join;
use qunlian_charts::Size;
use qunlian_domain::target::Metric;
use serde::Serialize;

use crate::board::Board;
use crate::change::ChangeOf;
use crate::fault::Fault;
use crate::figure::Figure;
use crate::figures::cards::{self, BandChip, Card, Whose};
use crate::figures::cumulative::{self, Source};
use crate::figures::forecast::Grounds;
use crate::figures::ranking::{self, Ranked};
use crate::figures::regions::{self, Cut};
use crate::panel::{self, Beside, Panel, Waiting};
use crate::reader::{PageHead, Reader, Section};
use crate::rows::rows;
use crate::shell::Crumb;

#[derive(Serialize)]
struct HomeView {
    bulletin: String,
    cards: Vec<Card>,
    cards_sql: String,
    bands: Vec<BandChip>,
    bands_sql: String,
    lines: Vec<Figure>,
    tabs: Vec<Tab>,
    carriers: Figure,
    chains: Figure,
    kinds: Figure,
    groups: Figure,
    places: Figure,
    warnings: Panel,
    waiting: Vec<Panel>,
}

/// A choice of metric above the rankings.
#[derive(Serialize)]
pub(crate) struct Tab {
    pub link: Crumb,
    pub current: bool,
}

/// `GET /`
pub(crate) async fn show(reader: Reader) -> Result<Response, Fault> {
    let board = reader.board()?;
    let metric = chosen_metric(&reader)?;
    let ask = |query: &'static str| reader.ask(query, board.params());
    let (progress, bands, months, carriers, chains) =
        try_join!(ask("city_progress"), ask("band_counts"), ask("monthly_cumulative"), ask("carrier_progress"), ask("chain_progress"))?;
    let (kinds, groups, places, warning_list) =
        try_join!(ask("region_kinds"), ask("region_groups"), ask("region_progress"), ask("warning_list"))?;
    let (flows, passages) = try_join!(ask("flow_months"), ask("stage_passages"))?;
    let grounds = Grounds::read(&reader.desk.app.rules.city.forecast, &board, &flows, &passages);
    let (not_started, not_producing) =
        try_join!(waiting(&reader, &board, Waiting::SignedNotStarted), waiting(&reader, &board, Waiting::StartedNotProducing))?;

    let forecasts = grounds.of_city(&progress);
    let whose = Whose { filter: &[], months: &months, of: None, id: "city", forecasts: &forecasts };
    let mut lines = Vec::new();
    for (metric, id) in LINES {
        let forecast = forecasts.iter().find(|(known, _)| *known == metric).map(|(_, found)| found);
        let source = Source { id, query: "monthly_cumulative", answer: &months, of: None, filter: &[], width: Size::THIRD, forecast };
        lines.push(cumulative::figure(&reader, &board, metric, &source)?);
    }
    let view = HomeView {
        bulletin: cards::bulletin(&reader, &board, &progress),
        cards: cards::cards(&reader, &board, rows(&progress), &whose)?,
        cards_sql: board.link("/queries/city_progress", &[]),
        bands: cards::band_chips(&reader, &board, &bands),
        bands_sql: board.link("/queries/band_counts", &[]),
        lines,
        tabs: tabs(&reader, metric),
        carriers: ranking::figure(&reader, &board, Ranked::Carriers, metric, &carriers, Size::DESK)?,
        chains: ranking::figure(&reader, &board, Ranked::Chains, metric, &chains, Size::DESK)?,
        kinds: regions::figure(&reader, &board, Cut::Kinds, &kinds, Size::DESK, 6)?,
        groups: regions::figure(&reader, &board, Cut::Groups, &groups, Size::DESK, 6)?,
        places: regions::figure(&reader, &board, Cut::Places, &places, Size::DESK, 8)?,
        warnings: panel::warnings(&reader, &board, &warning_list),
        waiting: vec![not_started, not_producing],
    };
    let title = reader.words.fill("home.title", &[("city", &reader.desk.app.city.name)]);
    let exports = board_query(&board);
    reader
        .page("home.html", PageHead::new(title, Section::Home).board(&board).change_of(ChangeOf::All).exports("/city", &exports), view)
        .await
}

/// The three counted metrics and their charts' names.
pub(crate) const LINES: [(Metric, &str); 3] =
    [(Metric::Signed, "cumulative-signed"), (Metric::Started, "cumulative-started"), (Metric::Completed, "cumulative-completed")];

/// `?metric=` of the rankings; signed when nothing is said.
pub(crate) fn chosen_metric(reader: &Reader) -> Result<Metric, Fault> {
    match reader.visit.query.get("metric") {
        None => Ok(Metric::Signed),
        Some(id) => Metric::from_id(id).ok_or_else(|| Fault::bad("bad.metric", id)),
    }
}

/// One tab per metric; the other filters stay.
pub(crate) fn tabs(reader: &Reader, current: Metric) -> Vec<Tab> {
    let tab = |metric: Metric| Tab {
        link: Crumb {
            label: reader.words.metric(metric).to_owned(),
            href: format!("{}#carriers", reader.visit.query.without("lang").with("metric", metric.id()).href(&reader.visit.path)),
        },
        current: metric == current,
    };
    Metric::ALL.map(tab).into()
}

/// Year and day as a query string.
pub(crate) fn board_query(board: &Board) -> crate::query_string::QueryString {
    crate::query_string::QueryString::default().with("year", &board.year.to_string()).with("as_of", &board.as_of.to_string())
}

/// A waiting list over all years: what was signed long ago waits longest.
pub(crate) async fn waiting(reader: &Reader, board: &Board, which: Waiting) -> Result<Panel, Fault> {
    let answer = reader.ask(which.query(), board.params().with("year", 0).with("limit", 10)).await?;
    Ok(panel::waiting(reader, board, which, Beside::Nothing, &answer))
}
