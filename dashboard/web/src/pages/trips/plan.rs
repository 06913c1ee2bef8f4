//! Planning a trip (出访计划): destination, dates, leaders, firms; from the reserve list or by hand.

use axum::Form;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use chrono::NaiveDate;
use qunlian_domain::access::RowScope;
use qunlian_domain::text;
use qunlian_domain::trip::Trip as Plan;
use qunlian_registry::{FilingFilter, NewTrip, RegistryError, Store};
use serde::Serialize;

use crate::Shared;
use crate::access::see;
use crate::fault::Fault;
use crate::form::{self, Troubles, status_of};
use crate::pages::filings::books::{doer, refused, with_books};
use crate::visit::Visit;

/// Characters of a note.
const NOTE: usize = 500;

#[derive(Serialize)]
struct FormView {
    troubles: Troubles,
    action: String,
    version: i64,
    destination: String,
    from: String,
    until: String,
    /// One a line.
    leaders: String,
    firms: String,
    note: String,
}

/// What was sent.
struct Sent(Vec<(String, String)>);

impl Sent {
    fn get(&self, name: &str) -> &str {
        self.0.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value.trim())
    }

    fn lines(&self, name: &str) -> Vec<String> {
        let line = |line: &str| form::line(line, 200);
        self.get(name).lines().filter_map(line).collect()
    }

    fn plan(&self) -> Result<Plan, Troubles> {
        let mut troubles = Troubles::default();
        let day = |name: &'static str, troubles: &mut Troubles| -> NaiveDate {
            self.get(name).parse().unwrap_or_else(|_| {
                troubles.add(name, "请填写日期，如 2022-06-13");
                NaiveDate::default()
            })
        };
        let plan = Plan {
            destination: form::line(self.get("destination"), 200).unwrap_or_default(),
            from: day("from", &mut troubles),
            until: day("until", &mut troubles),
            leaders: self.lines("leaders"),
            firms: self.lines("firms"),
        };
        for fault in plan.faults() {
            troubles.add(fault.field, fault.problem);
        }
        if self.get("note").chars().count() > NOTE {
            troubles.add("note", format!("备注最多{NOTE}个字"));
        }
        if troubles.is_empty() { Ok(plan) } else { Err(troubles) }
    }

    fn view(&self, troubles: Troubles, action: &str, version: i64) -> FormView {
        let text = |name: &str| self.get(name).to_owned();
        FormView {
            troubles,
            action: action.to_owned(),
            version,
            destination: text("destination"),
            from: text("from"),
            until: text("until"),
            leaders: text("leaders"),
            firms: text("firms"),
            note: text("note"),
        }
    }
}

/// `GET /trips/new?filing=3&filing=7&firm=...`
pub(crate) async fn blank(State(desk): State<Shared>, visit: Visit) -> Result<Response, Fault> {
    let chosen: Vec<i64> = visit.query.pairs().filter(|(key, _)| *key == "filing").filter_map(|(_, id)| id.parse().ok()).take(40).collect();
    let named = visit.query.pairs().filter(|(key, _)| *key == "firm").filter_map(|(_, firm)| form::line(firm, 200)).take(40);
    let (named, who): (Vec<String>, _) = (named.collect(), visit.who.clone());
    let firms = with_books(&desk, move |books| {
        let mut firms: Vec<String> = Vec::new();
        for id in chosen {
            let filing = books.filing(id).map_err(refused)?.filter(|filing| who.scope.holds(&filing.carrier_id) && !filing.confidential);
            firms.extend(filing.map(|filing| filing.investor).filter(|firm| !firm.is_empty() && !firms.contains(firm)));
        }
        for firm in named {
            if !firms.contains(&firm) {
                firms.push(firm);
            }
        }
        Ok(firms.join("\n"))
    })
    .await?;
    let sent = Sent(vec![("firms".to_owned(), firms)]);
    page(&desk, &visit, StatusCode::OK, sent.view(Troubles::default(), "/trips", 0))
}

/// `POST /trips`
pub(crate) async fn create(State(desk): State<Shared>, visit: Visit, Form(pairs): Form<Vec<(String, String)>>) -> Result<Response, Fault> {
    keep(&desk, &visit, Sent(pairs), None).await
}

/// `GET /trips/{id}/edit`
pub(crate) async fn edit(State(desk): State<Shared>, visit: Visit, Path(id): Path<i64>) -> Result<Response, Fault> {
    let trip = with_books(&desk, move |books| books.trip(id).map_err(refused)?.ok_or(Fault::NotFound)).await?;
    let view = FormView {
        troubles: Troubles::default(),
        action: format!("/trips/{id}/edit"),
        version: trip.version,
        destination: trip.plan.destination.clone(),
        from: trip.plan.from.to_string(),
        until: trip.plan.until.to_string(),
        leaders: trip.plan.leaders.join("\n"),
        firms: trip.plan.firms.join("\n"),
        note: trip.note,
    };
    page(&desk, &visit, StatusCode::OK, view)
}

/// `POST /trips/{id}/edit`
pub(crate) async fn change(
    State(desk): State<Shared>,
    visit: Visit,
    Path(id): Path<i64>,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Result<Response, Fault> {
    keep(&desk, &visit, Sent(pairs), Some(id)).await
}

/// `POST /trips/{id}/off`
pub(crate) async fn call_off(
    State(desk): State<Shared>,
    visit: Visit,
    Path(id): Path<i64>,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Result<Response, Fault> {
    let by = doer(&desk, &visit.who);
    let version = Sent(pairs).get("version").parse().unwrap_or_default();
    with_books(&desk, move |books| books.call_off_trip(id, version, &by).map_err(refused)).await?;
    Ok(see(&format!("/trips/{id}")))
}

async fn keep(desk: &Shared, visit: &Visit, sent: Sent, id: Option<i64>) -> Result<Response, Fault> {
    let action = id.map_or_else(|| "/trips".to_owned(), |id| format!("/trips/{id}/edit"));
    let version = sent.get("version").parse().unwrap_or_default();
    let plan = match sent.plan() {
        Ok(plan) => plan,
        Err(troubles) => return page(desk, visit, status_of(&troubles), sent.view(troubles, &action, version)),
    };
    let (by, note, scope) = (doer(desk, &visit.who), text::lines(sent.get("note")), visit.who.scope.clone());
    let kept = with_books(desk, move |books| {
        let filings = filings_of(books, &plan, scope)?;
        let new = NewTrip { plan, filings, note };
        let kept = match id {
            None => books.plan_trip(&new, &by),
            Some(id) => books.change_trip(id, version, &new, &by),
        };
        match kept {
            Err(RegistryError::Conflict { .. }) => Ok(None),
            kept => kept.map(Some).map_err(refused),
        }
    })
    .await?;
    match kept {
        Some(trip) => Ok(see(&format!("/trips/{}", trip.id))),
        None => {
            let troubles = Troubles::of("destination", visit.words().t("trips.conflict"));
            page(desk, visit, StatusCode::CONFLICT, sent.view(troubles, &action, version))
        }
    }
}

/// The latest filing of each firm, by the investor's name.
fn filings_of(books: &dyn Store, plan: &Plan, scope: RowScope) -> Result<Vec<Option<i64>>, Fault> {
    let mut found = Vec::with_capacity(plan.firms.len());
    for firm in &plan.firms {
        let filter = FilingFilter { scope: scope.clone(), text: Some(firm.clone()), limit: 20, ..FilingFilter::default() };
        let filings = books.filings(&filter).map_err(refused)?;
        let same = |investor: &str| qunlian_domain::text::fold(investor) == qunlian_domain::text::fold(firm);
        found.push(filings.into_iter().find(|filing| same(&filing.investor) && !filing.confidential).map(|filing| filing.id));
    }
    Ok(found)
}

fn page(desk: &Shared, visit: &Visit, status: StatusCode, view: FormView) -> Result<Response, Fault> {
    form::page(desk, visit, "trip_form.html", visit.words().t("trips.new"), status, view)
}
