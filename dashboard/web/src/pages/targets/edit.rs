//! Setting a target (下达或调整目标): the center's form, and everything that was entered so far.

use axum::Form;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use qunlian_domain::access::Right;
use qunlian_domain::target::{Metric, SumDifference, Target, TargetKind, joined, sum_differences};
use qunlian_registry::{EnteredTarget, NewTarget, RegistryError};
use serde::Serialize;

use super::entered::{self, EntryView};
use super::form::{self as fields, Choices, Sent};
use super::table::value_text;
use crate::Shared;
use crate::access::see;
use crate::app::Desk;
use crate::fault::Fault;
use crate::form::{self, Troubles, status_of};
use crate::pages::filings::books::{doer, refused, with_books};
use crate::people::People;
use crate::visit::Visit;
use crate::words::Words;

#[derive(Serialize)]
struct EditView {
    troubles: Troubles,
    sent: fields::SentView,
    choices: Choices,
    /// The last entry that is shown below: whoever writes has seen it.
    seen: i64,
    /// What was kept just now; empty before.
    kept: String,
    /// Sums of parts that differ from their whole.
    sums: Vec<String>,
    entries: Vec<EntryView>,
}

/// `GET /targets/edit?year=2022&metric=signed&whom=city:huaibei&kind=count&issuer=…`
pub(crate) async fn show(State(desk): State<Shared>, visit: Visit) -> Result<Response, Fault> {
    let sent = Sent::of_address(&visit);
    page(&desk, &visit, sent, Troubles::default(), StatusCode::OK).await
}

/// `POST /targets/edit`
pub(crate) async fn keep(State(desk): State<Shared>, visit: Visit, Form(pairs): Form<Vec<(String, String)>>) -> Result<Response, Fault> {
    visit.who.require(Right::EditTargets)?;
    let sent = Sent::of_form(pairs);
    let target = match sent.typed().read(&desk.app.rules.city, desk.today()) {
        Ok(target) => target,
        Err(faults) => {
            let mut troubles = Troubles::default();
            for fault in faults {
                troubles.add(fault.field, fault.problem);
            }
            let status = status_of(&troubles);
            return page(&desk, &visit, sent, troubles, status).await;
        }
    };
    let new = NewTarget { target, seen: sent.seen() };
    let by = doer(&desk, &visit.who);
    let kept = with_books(&desk, move |books| match books.enter_target(&new, &by) {
        Err(RegistryError::Conflict { .. }) => Ok(None),
        kept => kept.map(Some).map_err(refused),
    })
    .await?;
    match kept {
        Some(entry) => Ok(see(&format!("/targets/edit?kept={}", entry.id))),
        None => page(&desk, &visit, sent, Troubles::of("value", visit.words().t("targets.conflict")), StatusCode::CONFLICT).await,
    }
}

async fn page(desk: &Shared, visit: &Visit, sent: Sent, troubles: Troubles, status: StatusCode) -> Result<Response, Fault> {
    let (words, asked) = (visit.words(), visit.query.get("kept").and_then(|id| id.parse::<i64>().ok()));
    let (entered, people) =
        with_books(desk, |books| Ok((books.entered_targets().map_err(refused)?, People::read(books).map_err(refused)?))).await?;
    let targets: Vec<Target> = entered.iter().map(|entry| entry.target.clone()).collect();
    let issued: Vec<Target> = joined(&desk.app.rules.city.issued_targets, &targets).into_iter().map(|issued| issued.target).collect();
    let kept = entered.iter().find(|entry| Some(entry.id) == asked);
    let sums = kept.map(|kept| differences(desk, words, kept, &issued)).unwrap_or_default();
    let view = EditView {
        troubles,
        sent: sent.view(desk, &issued),
        choices: Choices::of(desk, words, &issued),
        seen: entered.iter().map(|entry| entry.id).max().unwrap_or(0),
        kept: kept.map(|kept| words.fill("targets.kept", &[("what", &entered::told(desk, words, kept))])).unwrap_or_default(),
        sums,
        entries: entered::entries(desk, words, &people, &entered),
    };
    form::page(desk, visit, "targets_edit.html", words.t("targets.set"), status, view)
}

/// The sums of the entry's year that differ on the day from which it counts.
fn differences(desk: &Desk, words: Words, kept: &EnteredTarget, issued: &[Target]) -> Vec<String> {
    let (year, day) = (kept.target.year, kept.target.known_from);
    let of_year: Vec<Target> = issued.iter().filter(|target| target.year == year).cloned().collect();
    let found = sum_differences(&of_year, &desk.app.rules.city.profile.id, day);
    found.iter().map(|sum| difference(desk, words, sum)).collect()
}

fn difference(desk: &Desk, words: Words, sum: &SumDifference) -> String {
    let kind = if sum.metric == Metric::FixedAssets { TargetKind::Amount } else { TargetKind::Count };
    let metric = entered::metric_name(desk, words, sum.metric, sum.band.as_deref());
    words.fill(
        "targets.sum",
        &[
            ("year", &sum.year.to_string()),
            ("metric", &metric),
            ("issuer", &sum.issuer),
            ("scope", words.t(&format!("targets.scope.{}", sum.scope.id()))),
            ("parts", &value_text(words, kind, sum.parts)),
            ("whole", &value_text(words, kind, sum.whole)),
        ],
    )
}
