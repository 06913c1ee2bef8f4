//! The brief of a trip (出访手册): one page per firm, with project, contact's duty, chain gap and talking points.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use qunlian_domain::trip::{Facts, Promise, missing_approvals, talking_points};
use qunlian_registry::VisitsOf;
use serde::Serialize;

use crate::Shared;
use crate::fault::Fault;
use crate::form;
use crate::pages::filings::books::{carrier_name, refused, with_books};
use crate::pages::filings::shown::stage_of;
use crate::pages::reserve::{Origin, Reserved, listed};
use crate::visit::Visit;

#[derive(Serialize)]
struct BriefView {
    id: i64,
    destination: String,
    days: String,
    leaders: String,
    firms: Vec<FirmView>,
    made_on: String,
}

#[derive(Serialize)]
struct FirmView {
    firm: String,
    /// False when no filing names the firm.
    known: bool,
    project: String,
    number: String,
    carrier: String,
    content: String,
    chain: String,
    gap: String,
    region: String,
    stage: &'static str,
    amount: String,
    grade: String,
    derivation: String,
    /// Who answers for it in the carrier: the duty, no telephone.
    duty: String,
    points: Vec<String>,
    visits: Vec<(String, String, String)>,
}

/// `GET /trips/{id}/brief`
pub(crate) async fn show(State(desk): State<Shared>, visit: Visit, Path(id): Path<i64>) -> Result<Response, Fault> {
    let reserve = listed(&desk, &visit).await?;
    let (trip, visits) = with_books(&desk, move |books| {
        let trip = books.trip(id).map_err(refused)?.ok_or(Fault::NotFound)?;
        Ok((trip, books.visits(VisitsOf::All, 2_000).map_err(refused)?))
    })
    .await?;
    let firms = trip.plan.firms.iter().zip(&trip.filings).map(|(firm, filing)| {
        let of_firm: Vec<_> = visits.iter().filter(|visit| visit.firm == *firm).collect();
        firm_view(&desk, &visit, firm, of_firm_or_filing(&reserve, firm, *filing), &of_firm)
    });
    let view = BriefView {
        id,
        destination: trip.plan.destination.clone(),
        days: format!("{} — {}", trip.plan.from, trip.plan.until),
        leaders: trip.plan.leaders.join("、"),
        firms: firms.collect(),
        made_on: desk.today().to_string(),
    };
    form::page(
        &desk,
        &visit,
        "trip_brief.html",
        &format!("{} · {}", visit.words().t("trips.brief"), view.destination),
        StatusCode::OK,
        &view,
    )
}

/// What the reserve list says of a firm: the filing that the plan named, else its best project.
fn of_firm_or_filing<'r>(reserve: &'r [Reserved], firm: &str, filing: Option<i64>) -> Option<&'r Reserved> {
    let named = |one: &&Reserved| matches!(&one.origin, Origin::Filing { id, .. } if Some(*id) == filing);
    reserve.iter().find(named).or_else(|| reserve.iter().find(|one| one.investor == firm))
}

fn firm_view(desk: &Shared, visit: &Visit, firm: &str, reserved: Option<&Reserved>, visits: &[&qunlian_registry::Visit]) -> FirmView {
    let (words, city) = (visit.words(), &desk.app.rules.city);
    let seen = visits.iter().map(|seen| (seen.on.to_string(), seen.result.clone(), seen.next_step.clone())).collect();
    let chain = reserved.and_then(|one| city.chains.chain(&one.chain)).map_or("", |chain| chain.name.as_str());
    let gap = reserved.filter(|one| city.reserve.is_gap(&one.segment)).and_then(|one| city.chains.segment(&one.segment));
    let gap = gap.map_or("", |(_, segment)| segment.name.as_str());
    let values = reserved.map(|one| &one.values);
    let text = |field: &str| values.map_or("", |values| values.text(field));
    // Workbooks do not tell of approvals and promises: of them nothing can be missing.
    let filed = reserved.filter(|one| matches!(one.origin, Origin::Filing { .. })).map(|one| &one.values);
    let missing = filed.map(missing_approvals).unwrap_or_default();
    let promises: Vec<Promise<'_>> = filed.and_then(Promise::of_start).into_iter().collect();
    let stage = reserved.map_or("", |one| stage_of(one.stage).1);
    let last = visits.iter().max_by_key(|seen| (seen.on, seen.id));
    let points = talking_points(&Facts {
        today: desk.today(),
        stage,
        chain,
        gap,
        agreed_yuan: values.and_then(|values| values.yuan("agreed_yuan")),
        paid_in_yuan: reserved.and_then(|one| one.paid_in_yuan),
        last_contact: last.map(|seen| seen.on),
        contact_after_days: city.reserve.contact.after_days,
        missing_approvals: &missing,
        promises: &promises,
        next_step: last.map_or("", |seen| seen.next_step.as_str()),
    });
    FirmView {
        known: reserved.is_some(),
        project: text("name").to_owned(),
        number: match reserved.map(|one| &one.origin) {
            Some(Origin::Filing { number, .. }) => number.clone(),
            Some(Origin::Published { .. }) | None => String::new(),
        },
        carrier: reserved.map(|one| carrier_name(desk, &one.carrier_id)).unwrap_or_default(),
        content: text("content").to_owned(),
        chain: chain.to_owned(),
        gap: gap.to_owned(),
        region: reserved.map(|one| one.region.clone()).unwrap_or_default(),
        stage,
        amount: values.map(|values| words.amount(values.yuan("agreed_yuan"))).unwrap_or_default(),
        grade: reserved.and_then(|one| city.reserve.grade(&one.score)).map(|grade| grade.name.clone()).unwrap_or_default(),
        derivation: reserved.map(|one| city.reserve.derivation(&one.score)).unwrap_or_default(),
        duty: reserved.map(|one| format!("{}负责人", carrier_name(desk, &one.carrier_id))).unwrap_or_default(),
        points,
        visits: seen,
        firm: firm.to_owned(),
    }
}
