//! One carrier (载体单位): its cards, months, chains, and the projects that wait.

use axum::extract::Path;
use axum::response::Response;
use futures::try_join;
use qunlian_charts::Size;
use qunlian_domain::figures::print_count;
use qunlian_queries::Params;
use serde::Serialize;

use crate::board::Board;
use crate::change::ChangeOf;
use crate::fault::Fault;
use crate::figure::Figure;
use crate::figures::cards::{self, Card, Whose};
use crate::figures::mix::{self, Crossing};
use crate::figures::monthly;
use crate::panel::{self, Panel, Waiting};
use crate::query_string::link;
use crate::reader::{PageHead, Reader, Section};
use crate::rows::{Row, rows_where};
use crate::shell::Crumb;

#[derive(Serialize)]
struct CarrierView {
    /// The assessed unit that a park belongs to.
    unit: Option<Crumb>,
    /// The parks that belong to it.
    parks: Vec<Crumb>,
    cards: Vec<Card>,
    figures: Vec<Figure>,
    waiting: Vec<Panel>,
    projects: Panel,
}

/// `GET /carriers/{id}`
pub(crate) async fn show(reader: Reader, Path(id): Path<String>) -> Result<Response, Fault> {
    let board = reader.board()?;
    let carriers = reader.ask("carriers_list", Params::new().with("as_of", board.as_of)).await?;
    let row = rows_where(&carriers, "carrier_id", &id).next().ok_or(Fault::NotFound)?;
    let name = row.text("carrier").to_owned();
    let ask = |query: &'static str| reader.ask(query, board.params());
    let (progress, months, chains) = try_join!(ask("carrier_progress"), ask("carrier_months"), ask("carrier_chains"))?;
    let (not_started, not_producing, projects) = try_join!(
        waiting(&reader, &board, &id, Waiting::SignedNotStarted),
        waiting(&reader, &board, &id, Waiting::StartedNotProducing),
        projects(&reader, &board, ("carrier", &id), "chain")
    )?;
    let filter = [("carrier", id.as_str())];
    let whose = Whose { filter: &filter, months: &months, of: Some(("carrier_id", &id)), id: "carrier", forecasts: &[] };
    let cards = cards::cards(&reader, &board, rows_where(&progress, "carrier_id", &id), &whose)?;
    let mut figures = Vec::new();
    if row.is_true("assessed") {
        let of = monthly::Of { query: "carrier_months", column: "carrier_id", value: &id, filter: "carrier" };
        figures.push(monthly::figure(&reader, &board, &of, &months, Size::DESK)?);
        figures.push(mix::crossing(&reader, &board, Crossing::Carrier(&id), &chains, Size::DESK)?);
    }
    let parks = rows_where(&carriers, "unit_id", &id).filter(|park| park.text("carrier_id") != id);
    let view = CarrierView {
        unit: (row.text("unit_id") != id).then(|| crumb(&board, row, "unit_id", "unit")),
        parks: parks.map(|park| crumb(&board, park, "carrier_id", "carrier")).collect(),
        cards,
        figures,
        waiting: vec![not_started, not_producing],
        projects,
    };
    let list = board.link("/carriers", &[]);
    let head = PageHead::new(&name, Section::Carriers)
        .board(&board)
        .change_of(ChangeOf::Carrier(id.clone()))
        .crumb(reader.words.t("nav.carriers"), list);
    reader.page("carrier.html", head, view).await
}

fn crumb(board: &Board, row: Row<'_>, id: &str, name: &str) -> Crumb {
    Crumb { label: row.text(name).to_owned(), href: board.link(&format!("/carriers/{}", crate::query_string::encode(row.text(id))), &[]) }
}

/// The carrier's ten largest projects that wait for their next step.
async fn waiting(reader: &Reader, board: &Board, id: &str, which: Waiting) -> Result<Panel, Fault> {
    let words = reader.words;
    let params = Params::new()
        .with("as_of", board.as_of)
        .with("carrier", id)
        .with("waiting", which.query())
        .with("sort", "-agreed")
        .with("limit", 10);
    let answer = reader.ask("projects_list", params).await?;
    let table = panel::project_rows(reader, board, &answer, "chain");
    let total = crate::rows::first(&answer).map_or(0, |row| row.count("total"));
    let as_of = board.as_of.to_string();
    let pairs = [("as_of", as_of.as_str()), ("carrier", id), ("waiting", which.query()), ("sort", "-agreed")];
    let title = words.t(&format!("waiting.{}", which.query()));
    let panel_id = which.query();
    Ok(Panel::new(reader, board, panel_id, title, "projects_list", &pairs[1..], table)
        .unit(words.t("unit.middling"))
        .empty(words.t("waiting.none"))
        .all(link("/projects", &pairs), words.fill("waiting.all", &[("n", &print_count(total))]), total))
}

/// The ten projects recognised last, of a carrier or a chain.
pub(super) async fn projects(reader: &Reader, board: &Board, filter: (&'static str, &str), beside: &'static str) -> Result<Panel, Fault> {
    let words = reader.words;
    let params = Params::new().with("as_of", board.as_of).with(filter.0, filter.1).with("limit", 10);
    let answer = reader.ask("projects_list", params).await?;
    let total = crate::rows::first(&answer).map_or(0, |row| row.count("total"));
    let as_of = board.as_of.to_string();
    let href = link("/projects", &[("as_of", &as_of), filter]);
    let table = panel::project_rows(reader, board, &answer, beside);
    Ok(Panel::new(reader, board, "projects", words.t("projects.latest"), "projects_list", &[filter], table)
        .unit(words.t("unit.middling"))
        .all(href, words.fill("waiting.all", &[("n", &print_count(total))]), total))
}
