//! One claim (审核办理): everything that is needed to decide on it, on one page.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use qunlian_domain::claim::State as Stage;
use qunlian_domain::filing::Matter;
use qunlian_registry::{Claim, ClaimFilter};
use serde::Serialize;

use super::aside::{self, AttachmentView, EventView, JudgementView, ObjectionView};
use super::credit::{self, CreditView};
use super::due::{self, DueView, Objected};
use super::duplicates::{self, Duplicates};
use super::facts::{self, Read, Remarks, Stated};
use super::queue::WAITING;
use super::{Refusal, blocking, carrier_name, find_claim, moment, page, term};
use crate::Shared;
use crate::app::Desk;
use crate::fault::Fault;
use crate::pages::filings::{Published, published};
use crate::people::People;
use crate::visit::Visit;
use crate::who::Who;
use crate::words::Words;

/// What was typed and could not be taken: it comes back with what is wrong.
#[derive(Default)]
pub(super) struct Typed {
    pub remarks: Remarks,
    /// Of the return as a whole, with what is wrong with it.
    pub whole: (String, String),
    pub contact: Option<(String, String)>,
    pub approval: (String, String),
    /// Reason of a revocation, with what is wrong with it.
    pub revocation: (String, String),
    /// Objection, reason, trouble.
    pub judgement: Option<(i64, String, String)>,
}

#[derive(Serialize)]
pub(super) struct ClaimView {
    id: i64,
    version: i64,
    number: String,
    filing_href: String,
    credit_href: String,
    matter: String,
    state: String,
    shape: &'static str,
    tone: &'static str,
    due: Option<DueView>,
    carrier: String,
    investor: String,
    scale: String,
    confidential: bool,
    first_submitted: String,
    submitted: String,
    noticed: String,
    approvers: String,
    /// What was just done; empty otherwise.
    done: &'static str,
    next_href: String,
    trouble: String,
    stated: Stated,
    hold: HoldView,
    decide: DecideView,
    judgements: Vec<JudgementView>,
    duplicates: Duplicates,
    credit: CreditView,
    attachments: Vec<AttachmentView>,
    objections: Vec<ObjectionView>,
    /// Whoever approved may not judge.
    may_judge: bool,
    /// 撤销认定; nothing where there is nothing to take back.
    revoke: Option<RevokeView>,
    thread: Vec<EventView>,
}

/// Taking a recognition back.
#[derive(Serialize)]
struct RevokeView {
    reason: String,
    trouble: String,
    /// It was tried: the form is open.
    open: bool,
}

/// Who holds it.
#[derive(Serialize)]
struct HoldView {
    /// It waits, so somebody may hold it.
    possible: bool,
    mine: bool,
    /// Name and time, empty when nobody does.
    by: String,
}

/// The forms of a decision.
#[derive(Serialize)]
struct DecideView {
    may_return: bool,
    may_approve: bool,
    /// Why there are no forms; empty when there are.
    why_not: String,
    second: bool,
    /// The city has two reviews and this is the first.
    first_of_two: bool,
    approval: String,
    approval_trouble: String,
    whole: String,
    whole_said: String,
    whole_trouble: String,
    contact: String,
    contact_trouble: String,
    office: String,
}

/// `GET /review/{claim}`
pub(crate) async fn show(State(desk): State<Shared>, visit: Visit, Path(id): Path<String>) -> Result<Response, Fault> {
    answer(&desk, &visit, id, Typed::default(), None).await
}

/// The page of a claim; with a refusal, what was typed comes back with it.
pub(super) async fn answer(desk: &Shared, visit: &Visit, id: String, typed: Typed, refusal: Option<Refusal>) -> Result<Response, Fault> {
    let (words, who) = (visit.words(), visit.who.clone());
    let done = done_word(words, visit.query.get("done").unwrap_or(""));
    let status = refusal.as_ref().map_or(StatusCode::OK, |refusal| refusal.status);
    let trouble = refusal.map(|refusal| refusal.text).unwrap_or_default();
    let known = published(desk).await;
    let (title, mut view) = blocking(desk, move |desk| view(desk, words, &who, &id, &typed, &known)).await?;
    view.trouble = trouble;
    if view.trouble.is_empty() {
        view.done = done;
    }
    page(desk, visit, ("review_claim.html", &title), &[(words.t("nav.review"), "/review")], status, view)
}

fn done_word(words: Words, done: &str) -> &'static str {
    match done {
        "approve" => words.t("review.done.approve"),
        "return" => words.t("review.done.return"),
        "dismiss" => words.t("review.done.dismiss"),
        "uphold" => words.t("review.done.uphold"),
        "revoke" => words.t("review.done.revoke"),
        _ => "",
    }
}

fn view(desk: &Desk, words: Words, who: &Who, id: &str, typed: &Typed, published: &Published) -> Result<(String, ClaimView), Fault> {
    let claim = find_claim(desk, who, id)?;
    // Drafts are their filer's own until they are submitted.
    if claim.submitted_at.is_none() {
        return Err(Fault::NotFound);
    }
    let books = &desk.app.books;
    let filing = books.filing(claim.filing)?.ok_or(Fault::NotFound)?;
    let people = People::read(books.as_ref())?;
    let (changes, events) = (books.changes_of(filing.id)?, books.claim_events(claim.id)?);
    let objections = books.objections(Some(claim.id))?;
    let attachments = books.attachments_of(filing.id)?;
    let values = filing.facts.with(&claim.values);
    let read = Read { claim: &claim, filing: &filing, changes: &changes, events: &events, remarks: &typed.remarks };
    let standing = Objected::of(&objections).standing(&term(desk), &claim, desk.today());
    let state = claim.standing.state;
    let (shape, tone) = due::state_lamp(state);
    let scale = if matches!(claim.matter, Matter::Investment(..)) { claim.values.yuan("yuan") } else { values.yuan("agreed_yuan") };
    let approvers: Vec<String> = claim.standing.approvers.iter().map(|by| people.name(words, by)).collect();
    let filing_page = format!("/filings/{}", filing.number);
    let view = ClaimView {
        id: claim.id,
        version: claim.version,
        number: filing.number.clone(),
        filing_href: if desk.access.opens(who, "/filings/{number}") { filing_page } else { String::new() },
        credit_href: format!("/review/filings/{}/credit", filing.number),
        matter: claim.matter.name(),
        state: words.named("claim_state", state.id(), state.name()),
        shape,
        tone,
        due: standing.map(|standing| due::view(words, &standing)),
        carrier: carrier_name(desk, &claim.carrier_id),
        investor: claim.investor.clone(),
        scale: words.amount(scale),
        confidential: claim.confidential,
        first_submitted: claim.first_submitted_at.map(moment).unwrap_or_default(),
        submitted: claim.submitted_at.map(moment).unwrap_or_default(),
        noticed: claim.notice.clone().unwrap_or_default(),
        approvers: approvers.join("、"),
        done: "",
        next_href: next(desk, who, claim.id)?,
        trouble: String::new(),
        stated: facts::stated(desk, words, &read),
        hold: hold(desk, words, who, &people, &claim),
        decide: decide(desk, words, who, &people, &claim, &read, typed),
        judgements: aside::judgements(desk, words, &values),
        duplicates: duplicates::find(desk, words, &filing, &values, published)?,
        credit: credit::credit_of(desk, words, &filing)?,
        attachments: aside::attachments(words, &people, &claim, &attachments),
        objections: aside::objections(words, &people, &objections, typed.judgement.as_ref()),
        may_judge: !claim.standing.approvers.contains(&who.name),
        revoke: (state == Stage::Recognised && claim.matter.counts()).then(|| RevokeView {
            reason: typed.revocation.0.clone(),
            trouble: typed.revocation.1.clone(),
            open: !typed.revocation.1.is_empty(),
        }),
        thread: aside::thread(desk, words, &people, &events),
    };
    let title = if claim.project_name.is_empty() { filing.number } else { claim.project_name };
    Ok((title, view))
}

/// The first in the queue besides this one that nobody else holds.
fn next(desk: &Desk, who: &Who, id: i64) -> Result<String, Fault> {
    let filter = ClaimFilter { scope: who.scope.clone(), states: WAITING.to_vec(), limit: 50, ..ClaimFilter::default() };
    let waiting = desk.app.books.claims(&filter)?;
    let free = |claim: &&Claim| claim.id != id && claim.holder.as_ref().is_none_or(|holder| *holder == who.name);
    Ok(waiting.iter().find(free).map(|claim| format!("/review/{}", claim.id)).unwrap_or_default())
}

fn hold(desk: &Desk, words: Words, who: &Who, people: &People, claim: &Claim) -> HoldView {
    let by = match (&claim.holder, claim.held_since) {
        (Some(holder), Some(since)) => format!("{} · {}", people.name(words, holder), due::span(words, since, desk.now())),
        _ => String::new(),
    };
    HoldView { possible: claim.standing.state.waits_for_review(), mine: claim.holder.as_deref() == Some(who.name.as_str()), by }
}

/// Why somebody may not decide on a claim now; `None` when they may.
pub(super) fn hindrance(words: Words, people: &str, who: &Who, claim: &Claim) -> Option<String> {
    let waits = matches!(claim.standing.state, Stage::Submitted | Stage::SecondReview | Stage::Objected);
    if !waits {
        return Some(words.t("review.not_now.state").to_owned());
    }
    let held = claim.holder.as_ref().is_some_and(|holder| *holder != who.name);
    held.then(|| words.fill("review.held_by_other", &[("who", people)]))
}

fn decide(desk: &Desk, words: Words, who: &Who, people: &People, claim: &Claim, read: &Read<'_>, typed: &Typed) -> DecideView {
    let procedure = &desk.app.rules.city.procedure;
    let state = claim.standing.state;
    let holder = claim.holder.as_deref().map(|holder| people.name(words, holder)).unwrap_or_default();
    let why_not = hindrance(words, &holder, who, claim);
    let reviews = matches!(state, Stage::Submitted | Stage::SecondReview) && why_not.is_none();
    let same = state == Stage::SecondReview && claim.standing.approvers.contains(&who.name);
    let last = read.events.iter().rev().find(|event| event.action == "return");
    let contact = typed.contact.clone().unwrap_or_else(|| (procedure.contact.phone.clone(), String::new()));
    DecideView {
        may_return: reviews,
        may_approve: reviews && !same,
        why_not: match why_not {
            _ if state == Stage::Objected => String::new(),
            Some(why) => why,
            None if same => words.t("review.not_now.same_reviewer").to_owned(),
            None => String::new(),
        },
        second: state == Stage::SecondReview,
        first_of_two: state == Stage::Submitted && procedure.way(claim.matter, claim.confidential).two_reviews,
        approval: typed.approval.0.clone(),
        approval_trouble: typed.approval.1.clone(),
        whole: typed.whole.0.clone(),
        whole_said: last.and_then(|event| event.remarks.get("")).cloned().unwrap_or_default(),
        whole_trouble: typed.whole.1.clone(),
        contact: contact.0,
        contact_trouble: contact.1,
        office: procedure.contact.office.clone(),
    }
}
