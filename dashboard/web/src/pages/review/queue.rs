//! The review queue (审核队列): first come, first served, with due times in working days.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use qunlian_domain::claim::State as Stage;
use qunlian_domain::figures::print_count;
use qunlian_domain::filing::Matter;
use qunlian_registry::{Claim, ClaimFilter, ClaimOrder};
use serde::Serialize;

use super::due::{self, Objected};
use super::{blocking, carrier_name, moment, page, term};
use crate::Shared;
use crate::app::Desk;
use crate::fault::Fault;
use crate::figure::{Cell, Column, Twin};
use crate::paging::{Listing, Pages, pages};
use crate::people::People;
use crate::query_string::QueryString;
use crate::visit::Visit;
use crate::words::Words;

/// Claims on one page.
const SIZE: usize = 50;
/// Waiting claims that are looked at; a city has some hundreds.
const MOST_WAITING: usize = 5_000;
/// What waits for the office.
pub(super) const WAITING: [Stage; 3] = [Stage::Submitted, Stage::SecondReview, Stage::Objected];

/// Which part of the queue (栏目).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Tab {
    /// 全部待办
    All,
    /// In one state.
    In(Stage),
    /// 超期
    Overdue,
}

impl Tab {
    const ALL: [Self; 7] = [
        Self::All,
        Self::In(Stage::Submitted),
        Self::In(Stage::SecondReview),
        Self::In(Stage::Objected),
        Self::Overdue,
        Self::In(Stage::Returned),
        Self::In(Stage::Approved),
    ];

    fn id(self) -> &'static str {
        match self {
            Self::All => "",
            Self::Overdue => "overdue",
            Self::In(state) => state.id(),
        }
    }

    /// True while the office must do something.
    fn waits(self) -> bool {
        !matches!(self, Self::In(Stage::Returned | Stage::Approved))
    }
}

#[derive(Serialize)]
struct QueueView {
    tabs: Vec<TabView>,
    carriers: Vec<Choice>,
    /// The tab, to go along with the filter.
    tab: &'static str,
    table: Twin,
    pages: Pages,
    /// Some day was counted through a year without announced holidays.
    incomplete: bool,
    /// The office's promise in working days.
    promise: String,
}

#[derive(Serialize)]
struct TabView {
    href: String,
    label: String,
    count: String,
    current: bool,
    alarming: bool,
}

#[derive(Serialize)]
struct Choice {
    value: String,
    label: String,
    chosen: bool,
}

/// What the books say.
struct Found {
    counts: Vec<usize>,
    rows: Vec<Claim>,
    total: usize,
    objected: Objected,
    people: People,
    /// 投资规模 by claim.
    scales: Vec<Option<i64>>,
}

/// `GET /review?tab=overdue&carrier=suixi&page=2`
pub(crate) async fn show(State(desk): State<Shared>, visit: Visit) -> Result<Response, Fault> {
    let words = visit.words();
    let tab = visit.query.get("tab").unwrap_or("");
    let tab = Tab::ALL.into_iter().find(|known| known.id() == tab).ok_or_else(|| Fault::bad("bad.review_tab", tab))?;
    let carrier = visit.query.get("carrier").map(str::to_owned);
    if let Some(id) = &carrier
        && desk.app.rules.city.carriers.get(id, desk.today()).is_none()
    {
        return Err(Fault::bad("bad.review_carrier", id));
    }
    let number: usize = match visit.query.get("page") {
        Some(text) => text.parse().ok().filter(|page| (1..=100_000).contains(page)).ok_or_else(|| Fault::bad("bad.page", text))?,
        None => 1,
    };
    let scope = visit.who.scope.clone();
    let filter = ClaimFilter { scope, carrier_id: carrier.clone(), ..ClaimFilter::default() };
    let found = blocking(&desk, move |desk| find(desk, filter, tab, number)).await?;
    let kept = visit.query.only(&["tab", "carrier", "page"]);
    let carriers = &desk.app.rules.city.carriers;
    let choice = |value: &str, label: &str| Choice {
        value: value.to_owned(),
        label: label.to_owned(),
        chosen: carrier.as_deref().unwrap_or("") == value,
    };
    let mut choices = vec![choice("", words.t("review.all_carriers"))];
    choices.extend(carriers.on(desk.today()).map(|carrier| choice(&carrier.id, &carrier.name)));
    let listing = Listing {
        path: "/review",
        unit: "unit.件",
        page: i64::try_from(number).unwrap_or(1),
        size: SIZE as i64,
        total: i64::try_from(found.total).unwrap_or(i64::MAX),
    };
    let (table, incomplete) = table(&desk, words, tab, &found);
    let view = QueueView {
        tabs: tabs(words, &kept, tab, &found.counts),
        carriers: choices,
        tab: tab.id(),
        table,
        pages: pages(words, &kept, &listing),
        incomplete,
        promise: words.fill("review.promise", &[("n", &desk.app.rules.city.procedure.review_days.to_string())]),
    };
    page(&desk, &visit, ("review.html", words.t("nav.review")), &[], StatusCode::OK, view)
}

fn find(desk: &Desk, filter: ClaimFilter, tab: Tab, number: usize) -> Result<Found, Fault> {
    let books = &desk.app.books;
    let waiting = books.claims(&ClaimFilter { states: WAITING.to_vec(), limit: MOST_WAITING, ..filter.clone() })?;
    let objected = Objected::of(&if waiting.iter().any(|claim| claim.standing.state == Stage::Objected) {
        books.objections(None)?
    } else {
        Vec::new()
    });
    let (term, today) = (term(desk), desk.today());
    let belongs = |claim: &Claim, tab: Tab| match tab {
        Tab::All => true,
        Tab::In(state) => claim.standing.state == state,
        Tab::Overdue => objected.standing(&term, claim, today).is_some_and(|standing| standing.overdue),
    };
    let mut counts = Vec::with_capacity(Tab::ALL.len());
    for tab in Tab::ALL {
        counts.push(match tab {
            Tab::In(state) if !tab.waits() => books.count_claims(&ClaimFilter { states: vec![state], ..filter.clone() })?,
            tab => waiting.iter().filter(|claim| belongs(claim, tab)).count(),
        });
    }
    let skipped = (number - 1) * SIZE;
    let total = Tab::ALL.iter().position(|known| *known == tab).map_or(0, |at| counts[at]);
    let rows: Vec<Claim> = match tab {
        Tab::In(state) if !tab.waits() => {
            let order = ClaimOrder::Newest;
            books.claims(&ClaimFilter { states: vec![state], order, limit: SIZE, offset: skipped, ..filter })?
        }
        tab => waiting.into_iter().filter(|claim| belongs(claim, tab)).skip(skipped).take(SIZE).collect(),
    };
    let mut scales = Vec::with_capacity(rows.len());
    for claim in &rows {
        scales.push(scale(desk, claim)?);
    }
    Ok(Found { counts, rows, total, objected, people: People::read(books.as_ref())?, scales })
}

/// The amount by which a claim's weight is judged: what it states itself, else what its filing states.
fn scale(desk: &Desk, claim: &Claim) -> Result<Option<i64>, Fault> {
    let own = match claim.matter {
        Matter::Investment(..) => claim.values.yuan("yuan"),
        _ => claim.values.yuan("agreed_yuan"),
    };
    if own.is_some() {
        return Ok(own);
    }
    Ok(desk.app.books.filing(claim.filing)?.and_then(|filing| filing.facts.yuan("agreed_yuan")))
}

fn tabs(words: Words, kept: &QueryString, current: Tab, counts: &[usize]) -> Vec<TabView> {
    let one = |(tab, count): (Tab, &usize)| TabView {
        href: kept.without("page").with("tab", tab.id()).href("/review"),
        label: match tab {
            Tab::All => words.t("review.tab.all").to_owned(),
            Tab::Overdue => words.t("review.tab.overdue").to_owned(),
            Tab::In(state) => words.named("claim_state", state.id(), state.name()),
        },
        count: print_count(i64::try_from(*count).unwrap_or(i64::MAX)),
        current: tab == current,
        alarming: *count > 0 && tab == Tab::Overdue,
    };
    Tab::ALL.into_iter().zip(counts).map(one).collect()
}

fn table(desk: &Desk, words: Words, tab: Tab, found: &Found) -> (Twin, bool) {
    let mut incomplete = false;
    let (term, today, now) = (term(desk), desk.today(), desk.now());
    let mut columns = vec![Column::text(words.t("table.project"))];
    columns.push(Column::text(words.t(if tab.waits() { "review.due" } else { "review.decided_on" })));
    for key in ["review.matter", "review.state", "table.carrier"] {
        columns.push(Column::text(words.t(key)));
    }
    columns.push(Column::number(words.t("review.scale")));
    columns.push(Column::text(words.t("review.submitted")));
    columns.push(Column::text(words.t("review.holder")));
    let mut rows = Vec::with_capacity(found.rows.len());
    for (claim, scale) in found.rows.iter().zip(&found.scales) {
        let name = if claim.project_name.is_empty() { claim.filing_number.as_str() } else { claim.project_name.as_str() };
        let mut row = vec![Cell::text(name).link(format!("/review/{}", claim.id))];
        row.push(if tab.waits() {
            match found.objected.standing(&term, claim, today).map(|standing| due::view(words, &standing)) {
                Some(due) => {
                    incomplete |= due.incomplete;
                    Cell::text(due.text(words)).whole().tone(due.cell_tone())
                }
                None => Cell::text("—"),
            }
        } else {
            Cell::text(claim.decided_on.map(|day| day.to_string()).unwrap_or_default())
        });
        let state = claim.standing.state;
        row.push(Cell::text(claim.matter.name()).whole());
        let (shape, tone) = due::state_lamp(state);
        let word = format!("{shape} {}", words.named("claim_state", state.id(), state.name()));
        row.push(Cell::text(word).whole().tone(if tone == "ok" {
            "good"
        } else if tone == "none" {
            ""
        } else {
            tone
        }));
        row.push(Cell::text(carrier_name(desk, &claim.carrier_id)));
        row.push(Cell::number(words.amount(*scale)));
        row.push(Cell::text(claim.submitted_at.map(moment).unwrap_or_default()).whole());
        row.push(match (&claim.holder, claim.held_since) {
            (Some(holder), Some(since)) => Cell::text(format!("{} · {}", found.people.name(words, holder), due::span(words, since, now))),
            _ => Cell::text(words.t("review.nobody")).tone("soft"),
        });
        rows.push(row);
    }
    (Twin { columns, rows }, incomplete)
}
