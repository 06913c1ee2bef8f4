//! Filings of the reader's carriers (备案列表): number, project, stage, and where the claim under way stands.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use qunlian_domain::claim;
use qunlian_registry::{ClaimFilter, ClaimOrder, Filing, FilingFilter, Store};
use serde::Serialize;

use crate::Shared;
use crate::app::Desk;
use crate::fault::Fault;
use crate::paging::{Listing, Pages, pages};
use crate::people::People;
use crate::query_string::link;
use crate::visit::Visit;
use crate::who::Who;
use crate::words::Words;

use super::books::{carrier_name, files_for, refused, with_books};
use super::shown::{matter_name, stage_named, status_named};
use super::standing::{StandingView, leading, standing};
use super::{Choice, page};

#[derive(Serialize)]
struct ListView {
    rows: Vec<RowView>,
    pages: Pages,
    q: String,
    states: Vec<Choice>,
    filtered: bool,
    may_file: bool,
}

#[derive(Serialize)]
struct RowView {
    href: String,
    number: String,
    name: String,
    investor: String,
    carrier: String,
    stage: String,
    status: String,
    matter: String,
    standing: Option<StandingView>,
    confidential: bool,
}

/// Filings on one page.
const SIZE: i64 = 50;
/// Claims of one filing that are looked at.
pub(super) const MOST_CLAIMS: usize = 500;

/// `GET /filings`
pub(crate) async fn show(State(desk): State<Shared>, visit: Visit) -> Result<Response, Fault> {
    let words = visit.words();
    let at = match visit.query.get("page") {
        None => 1,
        Some(text) => text.parse::<i64>().ok().filter(|page| (1..=1_000_000).contains(page)).ok_or_else(|| Fault::bad("bad.page", text))?,
    };
    let wanted = match visit.query.get("state") {
        None => None,
        Some(id) => Some(claim::State::from_id(id).ok_or_else(|| Fault::bad("bad.claim_state", id))?),
    };
    let q: String = visit.query.get("q").unwrap_or("").chars().take(100).collect();
    let filter = FilingFilter {
        scope: visit.who.scope.clone(),
        text: (!q.is_empty()).then(|| q.clone()),
        states: wanted.into_iter().collect(),
        deleted: wanted.is_some(),
        limit: usize::try_from(SIZE).unwrap_or_default(),
        offset: usize::try_from((at - 1) * SIZE).unwrap_or_default(),
        ..FilingFilter::default()
    };
    let view_desk = Shared::clone(&desk);
    let who = visit.who.clone();
    let (rows, total) = with_books(&desk, move |books| {
        let found = books.filings(&filter).map_err(refused)?;
        let total = books.count_filings(&filter).map_err(refused)?;
        let people = People::read(books)?;
        let rows: Result<Vec<RowView>, Fault> = found.iter().map(|filing| row(&view_desk, books, words, &who, filing, &people)).collect();
        Ok((rows?, i64::try_from(total).unwrap_or(i64::MAX)))
    })
    .await?;
    let may_file = !files_for(&visit.who, &desk.app.rules.city.carriers, desk.today()).is_empty();
    let view = ListView {
        rows,
        pages: pages(words, &visit.query, &Listing { path: "/filings", unit: "unit.filings", page: at, size: SIZE, total }),
        filtered: !q.is_empty() || wanted.is_some(),
        q,
        states: states(words, wanted),
        may_file,
    };
    page(&desk, &visit, StatusCode::OK, words.t("nav.filings"), Vec::new(), "filings.html", view).await
}

fn states(words: Words, wanted: Option<claim::State>) -> Vec<Choice> {
    let all = Choice { value: String::new(), label: words.t("filings.state.all").to_owned(), chosen: wanted.is_none() };
    let each = claim::State::ALL.map(|state| Choice {
        value: state.id().to_owned(),
        label: words.named("filing_state", state.id(), state.name()),
        chosen: Some(state) == wanted,
    });
    std::iter::once(all).chain(each).collect()
}

fn row(desk: &Shared, books: &dyn Store, words: Words, who: &Who, filing: &Filing, people: &People) -> Result<RowView, Fault> {
    let claims = claims_of(books, who, filing.id)?;
    let leading = leading(&claims);
    let place: &Desk = desk;
    Ok(RowView {
        href: link(&format!("/filings/{}", filing.number), &[]),
        number: filing.number.clone(),
        name: if filing.name.is_empty() { words.t("filing.unnamed").to_owned() } else { filing.name.clone() },
        investor: filing.investor.clone(),
        carrier: carrier_name(desk, &filing.carrier_id),
        stage: stage_named(words, filing.stage),
        status: if filing.deleted_on.is_some() {
            words.t("filing.deleted").to_owned()
        } else if filing.status == "ongoing" {
            String::new()
        } else {
            status_named(words, &filing.status)
        },
        matter: leading.map(|claim| matter_name(words, &claim.matter)).unwrap_or_default(),
        standing: leading.map(|claim| standing(place, words, claim, people)),
        confidential: filing.confidential,
    })
}

/// Every claim of a filing, in the order of opening.
pub(super) fn claims_of(books: &dyn Store, who: &Who, filing: i64) -> Result<Vec<qunlian_registry::Claim>, Fault> {
    let filter = ClaimFilter {
        scope: who.scope.clone(),
        filing: Some(filing),
        order: ClaimOrder::Newest,
        limit: MOST_CLAIMS,
        ..ClaimFilter::default()
    };
    let mut claims = books.claims(&filter).map_err(refused)?;
    claims.sort_by_key(|claim| claim.id);
    Ok(claims)
}
