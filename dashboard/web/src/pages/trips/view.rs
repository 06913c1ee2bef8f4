//! Trips and what came of them (出访记录): the list, one trip, its visits.

use axum::Form;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use qunlian_registry::{NewVisit, Trip, VisitsOf};
use serde::Serialize;

use crate::Shared;
use crate::access::see;
use crate::fault::Fault;
use crate::form::{self, Troubles, status_of};
use crate::pages::filings::books::{doer, refused, with_books};
use crate::visit::Visit;

/// Trips on the page.
const SHOWN: usize = 200;
/// Characters of a result and of a next step.
const MOST: usize = 1_000;

#[derive(Serialize)]
struct ListView {
    trips: Vec<TripView>,
    may_plan: bool,
}

#[derive(Serialize)]
struct TripView {
    id: i64,
    version: i64,
    destination: String,
    days: String,
    leaders: String,
    firms: Vec<FirmView>,
    note: String,
    planned_by: String,
    off: bool,
}

#[derive(Serialize)]
struct FirmView {
    name: String,
    visits: usize,
}

#[derive(Serialize)]
struct ShowView {
    troubles: Troubles,
    trip: TripView,
    visits: Vec<VisitView>,
    may_plan: bool,
    firm: String,
    on: String,
    result: String,
    next_step: String,
}

#[derive(Serialize)]
struct VisitView {
    on: String,
    firm: String,
    result: String,
    next_step: String,
    by: String,
}

/// `GET /trips`
pub(crate) async fn list(State(desk): State<Shared>, visit: Visit) -> Result<Response, Fault> {
    let trips = with_books(&desk, |books| books.trips(SHOWN).map_err(refused)).await?;
    let view = ListView { trips: trips.iter().map(|trip| view_of(trip, &[])).collect(), may_plan: may_plan(&desk, &visit) };
    form::page(&desk, &visit, "trips.html", visit.words().t("nav.trips"), StatusCode::OK, view)
}

fn may_plan(desk: &Shared, visit: &Visit) -> bool {
    desk.access.opens(&visit.who, "/trips/new")
}

fn view_of(trip: &Trip, visits: &[qunlian_registry::Visit]) -> TripView {
    let firm = |name: &String| FirmView { visits: visits.iter().filter(|visit| visit.firm == *name).count(), name: name.clone() };
    TripView {
        id: trip.id,
        version: trip.version,
        destination: trip.plan.destination.clone(),
        days: format!("{} — {}", trip.plan.from, trip.plan.until),
        leaders: trip.plan.leaders.join("、"),
        firms: trip.plan.firms.iter().map(firm).collect(),
        note: trip.note.clone(),
        planned_by: trip.planned_by.clone(),
        off: trip.called_off_on.is_some(),
    }
}

/// `GET /trips/{id}`
pub(crate) async fn show(State(desk): State<Shared>, visit: Visit, Path(id): Path<i64>) -> Result<Response, Fault> {
    page(&desk, &visit, id, Troubles::default(), &[]).await
}

/// `POST /trips/{id}/visits`
pub(crate) async fn record(
    State(desk): State<Shared>,
    visit: Visit,
    Path(id): Path<i64>,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Result<Response, Fault> {
    let get = |name: &str| pairs.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value.trim());
    let mut troubles = Troubles::default();
    let firm = form::line(get("firm"), 60);
    if firm.is_none() {
        troubles.add("firm", "请填写拜访的企业");
    }
    let on = get("on").parse().ok().filter(|day| *day <= desk.today());
    if on.is_none() {
        troubles.add("on", "请填写已经发生的日期，如 2022-06-14");
    }
    let text = |name: &str| qunlian_domain::text::lines(get(name)).chars().take(MOST + 1).collect::<String>();
    let (result, next_step) = (text("result"), text("next_step"));
    if result.is_empty() || result.chars().count() > MOST {
        troubles.add("result", format!("请填写会谈结果，至多{MOST}字"));
    }
    for (name, text) in [("result", &result), ("next_step", &next_step)] {
        if qunlian_domain::privacy::holds_phone(text) {
            troubles.add(name, "请勿填写电话和身份证号码");
        }
    }
    let (Some(firm), Some(on), true) = (firm, on, troubles.is_empty()) else {
        return page(&desk, &visit, id, troubles, &pairs).await;
    };
    let by = doer(&desk, &visit.who);
    with_books(&desk, move |books| {
        let trip = books.trip(id).map_err(refused)?.ok_or(Fault::NotFound)?;
        let filing = trip.plan.firms.iter().position(|known| *known == firm).and_then(|at| trip.filings.get(at).copied().flatten());
        books.record_visit(&NewVisit { trip: Some(id), filing, firm, on, result, next_step }, &by).map_err(refused)
    })
    .await?;
    Ok(see(&format!("/trips/{id}#visits")))
}

async fn page(desk: &Shared, visit: &Visit, id: i64, troubles: Troubles, typed: &[(String, String)]) -> Result<Response, Fault> {
    let (trip, visits) = with_books(desk, move |books| {
        let trip = books.trip(id).map_err(refused)?.ok_or(Fault::NotFound)?;
        Ok((trip, books.visits(VisitsOf::Trip(id), 500).map_err(refused)?))
    })
    .await?;
    let get = |name: &str| typed.iter().find(|(known, _)| known == name).map_or_else(String::new, |(_, value)| value.trim().to_owned());
    let seen = |seen: &qunlian_registry::Visit| VisitView {
        on: seen.on.to_string(),
        firm: seen.firm.clone(),
        result: seen.result.clone(),
        next_step: seen.next_step.clone(),
        by: seen.by.clone(),
    };
    let status = status_of(&troubles);
    let view = ShowView {
        troubles,
        trip: view_of(&trip, &visits),
        visits: visits.iter().map(seen).collect(),
        may_plan: may_plan(desk, visit),
        firm: get("firm"),
        on: get("on"),
        result: get("result"),
        next_step: get("next_step"),
    };
    form::page(desk, visit, "trip.html", &format!("{} · {}", visit.words().t("trips.one"), trip.plan.destination), status, view)
}
