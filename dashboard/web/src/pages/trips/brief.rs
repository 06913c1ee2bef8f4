//! The brief of a trip (出访手册): one page per firm, with project, contact's duty, chain gap and talking points.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use qunlian_domain::chain::ChainScratch;
use qunlian_domain::trip::{Facts, Promise, talking_points};
use qunlian_registry::VisitsOf;
use serde::Serialize;

use crate::Shared;
use crate::fault::Fault;
use crate::form;
use crate::pages::filings::books::{carrier_name, refused, with_books};
use crate::pages::reserve::{Reserved, judge, stage_of};
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

const APPROVALS: [(&str, &str); 4] =
    [("approval_project", "立项"), ("approval_environment", "环评"), ("approval_planning", "规划"), ("approval_land", "土地")];

/// `GET /trips/{id}/brief`
pub(crate) async fn show(State(desk): State<Shared>, visit: Visit, Path(id): Path<i64>) -> Result<Response, Fault> {
    let (rules, today, scope) = (std::sync::Arc::clone(&desk.app.rules), desk.today(), visit.who.scope.clone());
    let (trip, firms) = with_books(&desk, move |books| {
        let trip = books.trip(id).map_err(refused)?.ok_or(Fault::NotFound)?;
        let all = books.visits(VisitsOf::All, 2_000).map_err(refused)?;
        let mut scratch = ChainScratch::new();
        let mut firms = Vec::new();
        for (firm, filing) in trip.plan.firms.iter().zip(&trip.filings) {
            let filing = match filing {
                Some(filing) => {
                    books.filing(*filing).map_err(refused)?.filter(|filing| scope.holds(&filing.carrier_id) && !filing.confidential)
                }
                None => None,
            };
            let reserved = match filing {
                Some(filing) if !filing.facts.is_empty() => judge(books, &rules, filing, today, &mut scratch)?,
                _ => None,
            };
            let of_firm: Vec<_> = all.iter().filter(|visit| visit.firm == *firm).cloned().collect();
            firms.push((firm.clone(), reserved, of_firm));
        }
        Ok((trip, firms))
    })
    .await?;
    let view = BriefView {
        id,
        destination: trip.plan.destination.clone(),
        days: format!("{} — {}", trip.plan.from, trip.plan.until),
        leaders: trip.plan.leaders.join("、"),
        firms: firms.into_iter().map(|(firm, reserved, visits)| firm_view(&desk, &visit, firm, reserved, &visits)).collect(),
        made_on: today.to_string(),
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

fn firm_view(desk: &Shared, visit: &Visit, firm: String, reserved: Option<Reserved>, visits: &[qunlian_registry::Visit]) -> FirmView {
    let (words, city) = (visit.words(), &desk.app.rules.city);
    let seen = visits.iter().map(|seen| (seen.on.to_string(), seen.result.clone(), seen.next_step.clone())).collect();
    let chain = reserved.as_ref().and_then(|one| city.chains.chain(&one.chain)).map_or("", |chain| chain.name.as_str());
    let gap = reserved.as_ref().filter(|one| city.reserve.is_gap(&one.segment)).and_then(|one| city.chains.segment(&one.segment));
    let gap = gap.map_or("", |(_, segment)| segment.name.as_str());
    let values = reserved.as_ref().map(|one| &one.filing.facts);
    let text = |field: &str| values.map_or("", |values| values.text(field));
    let missing: Vec<&str> =
        APPROVALS.iter().filter(|(field, _)| values.is_some() && text(field).is_empty()).map(|(_, name)| *name).collect();
    let promises: Vec<Promise<'_>> = values
        .and_then(|values| values.day("planned_start_on"))
        .map(|by| Promise { what: "开工建设", by, ours: false, kept: !text("started_on").is_empty() })
        .into_iter()
        .collect();
    let stage = reserved.as_ref().map_or("", |one| stage_of(one.filing.stage).1);
    let last = visits.iter().max_by_key(|seen| (seen.on, seen.id));
    let points = talking_points(&Facts {
        today: desk.today(),
        stage,
        chain,
        gap,
        agreed_yuan: values.and_then(|values| values.yuan("agreed_yuan")),
        paid_in_yuan: reserved.as_ref().and_then(|one| one.paid_in_yuan),
        last_contact: last.map(|seen| seen.on),
        contact_after_days: city.reserve.contact.after_days,
        missing_approvals: &missing,
        promises: &promises,
        next_step: last.map_or("", |seen| seen.next_step.as_str()),
    });
    FirmView {
        known: reserved.is_some(),
        project: text("name").to_owned(),
        number: reserved.as_ref().map(|one| one.filing.number.clone()).unwrap_or_default(),
        carrier: reserved.as_ref().map(|one| carrier_name(desk, &one.filing.carrier_id)).unwrap_or_default(),
        content: text("content").to_owned(),
        chain: chain.to_owned(),
        gap: gap.to_owned(),
        region: reserved.as_ref().map(|one| one.region.clone()).unwrap_or_default(),
        stage,
        amount: values.map(|values| words.amount(values.yuan("agreed_yuan"))).unwrap_or_default(),
        grade: reserved.as_ref().and_then(|one| city.reserve.grade(&one.score)).map(|grade| grade.name.clone()).unwrap_or_default(),
        derivation: reserved.as_ref().map(|one| city.reserve.derivation(&one.score)).unwrap_or_default(),
        duty: reserved.as_ref().map(|one| format!("{}负责人", carrier_name(desk, &one.filing.carrier_id))).unwrap_or_default(),
        points,
        visits: seen,
        firm,
    }
}
