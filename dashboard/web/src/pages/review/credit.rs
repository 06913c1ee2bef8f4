//! First report and credit of a filing (首报与成果分配): what was decided, who is credited with how much, and the forms for both.

use std::collections::BTreeSet;

use axum::Form;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use chrono::NaiveDate;
use qunlian_domain::access::Right;
use qunlian_domain::allocation::{Allocation, Allocations, Shares, percent, read_percent};
use qunlian_registry::{Arbitration, CreditShare, Filing, NewArbitration, NewShare, OtherSide, Ruling, credit_on};
use serde::Serialize;

use super::{Refusal, blocking, carrier_name, doer, moment, page, remark};
use crate::Shared;
use crate::access::see;
use crate::app::Desk;
use crate::fault::Fault;
use crate::people::People;
use crate::visit::Visit;
use crate::who::Who;
use crate::words::Words;

/// Carriers that may share.
const MOST_PARTIES: usize = 4;
/// Characters of a reason.
const MOST_OF_REASON: usize = 500;
/// Characters of an outside claim.
const MOST_OF_OUTSIDE: usize = 200;

/// Credit and disputes of one filing, for its page and the reviewer's.
#[derive(Serialize)]
pub(crate) struct CreditView {
    /// Who is credited today.
    pub current: Vec<PartView>,
    /// True while nothing is agreed: the whole is the carrier's that filed.
    pub sole: bool,
    pub history: Vec<SpanView>,
    pub disputes: Vec<DisputeView>,
}

/// One carrier's part.
#[derive(Serialize)]
pub(crate) struct PartView {
    pub carrier: String,
    /// `33.33%`
    pub share: String,
}

/// An agreement.
#[derive(Serialize)]
pub(crate) struct SpanView {
    pub from: String,
    pub until: String,
    pub parts: Vec<PartView>,
    pub reason: String,
    pub by: String,
    pub at: String,
    pub holds: bool,
}

/// A decided dispute.
#[derive(Serialize)]
pub(crate) struct DisputeView {
    pub on: String,
    /// The other filing's number, with the link to its credit; or the outside claim.
    pub against: String,
    pub href: String,
    pub parties: String,
    pub ruling: String,
    pub reason: String,
    pub by: String,
}

/// Everything about the credit for a filing. Blocks: call it where books may be read.
pub(crate) fn credit_of(desk: &Desk, words: Words, filing: &Filing) -> Result<CreditView, Fault> {
    let books = &desk.app.books;
    let people = People::read(books.as_ref())?;
    let (shares, disputes, today) = (books.shares_of(filing.id)?, books.arbitrations_of(filing.id)?, desk.today());
    let current = credit_on(&shares, &filing.carrier_id, today);
    let span = |share: &CreditShare| SpanView {
        from: share.allocation.from.to_string(),
        until: share.allocation.until.map(|day| day.to_string()).unwrap_or_default(),
        parts: parts(desk, &share.allocation.shares),
        reason: share.reason.clone(),
        by: people.name(words, &share.by),
        at: moment(share.at),
        holds: share.allocation.holds_on(today),
    };
    Ok(CreditView {
        current: parts(desk, &current),
        sole: !shares.iter().any(|share| share.allocation.holds_on(today)),
        history: shares.iter().rev().map(span).collect(),
        disputes: disputes.iter().rev().map(|dispute| dispute_view(desk, words, &people, filing, dispute)).collect(),
    })
}

fn parts(desk: &Desk, shares: &Shares) -> Vec<PartView> {
    let part = |(carrier, points): &(String, u32)| PartView {
        carrier: carrier_name(desk, carrier),
        share: format!("{}%", percent(u64::from(*points))),
    };
    shares.parts().iter().map(part).collect()
}

fn dispute_view(desk: &Desk, words: Words, people: &People, filing: &Filing, dispute: &Arbitration) -> DisputeView {
    let seen_from_here = dispute.filing == filing.id;
    let number = if seen_from_here { &dispute.other_number } else { &dispute.number };
    let against = match &dispute.other {
        OtherSide::Outside(text) => text.clone(),
        OtherSide::Filing(_) => number.clone(),
    };
    // What is ours from the one side is theirs from the other.
    let ruling = match dispute.ruling {
        Ruling::FirstHere if !seen_from_here => Ruling::FirstElsewhere,
        Ruling::FirstElsewhere if !seen_from_here => Ruling::FirstHere,
        ruling => ruling,
    };
    let parties: Vec<String> = dispute.parties.iter().map(|carrier| carrier_name(desk, carrier)).collect();
    DisputeView {
        on: dispute.on.to_string(),
        href: if number.is_empty() { String::new() } else { format!("/review/filings/{number}/credit") },
        against,
        parties: parties.join("、"),
        ruling: words.named("ruling", ruling.id(), ruling.title()),
        reason: dispute.reason.clone(),
        by: people.name(words, &dispute.by),
    }
}

#[derive(Serialize)]
struct PageView {
    number: String,
    name: String,
    carrier: String,
    credit: CreditView,
    carriers: Vec<CarrierChoice>,
    share: ShareForm,
    dispute: DisputeForm,
    done: &'static str,
    trouble: String,
}

#[derive(Serialize)]
struct CarrierChoice {
    id: String,
    name: String,
}

/// The form of an agreement as typed.
#[derive(Serialize, Default)]
struct ShareForm {
    rows: Vec<(String, String)>,
    from: String,
    until: String,
    reason: String,
    trouble: String,
}

/// The form of a decision as typed.
#[derive(Serialize, Default)]
struct DisputeForm {
    other: String,
    outside: String,
    parties: BTreeSet<String>,
    rulings: Vec<(&'static str, String)>,
    ruling: String,
    reason: String,
    trouble: String,
}

type Pairs = Vec<(String, String)>;

fn value<'p>(pairs: &'p [(String, String)], name: &str) -> &'p str {
    pairs.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value.trim())
}

/// `GET /review/filings/{number}/credit`
pub(crate) async fn show(State(desk): State<Shared>, visit: Visit, Path(number): Path<String>) -> Result<Response, Fault> {
    answer(&desk, &visit, number, None, None, None).await
}

/// `POST /review/filings/{number}/credit`: agrees on shares.
pub(crate) async fn share(
    State(desk): State<Shared>,
    visit: Visit,
    Path(number): Path<String>,
    Form(form): Form<Pairs>,
) -> Result<Response, Fault> {
    visit.who.require(Right::Review)?;
    let words = visit.words();
    let mut typed = share_typed(&form);
    let read = read_share(words, &typed);
    let (who, asked) = (visit.who.clone(), number.clone());
    let refused = match read {
        Err(problem) => Some(Refusal::wrong(problem)),
        Ok((allocation, reason)) => blocking(&desk, move |desk| agree(desk, words, &who, &asked, allocation, reason)).await?,
    };
    match refused {
        None => Ok(see(&format!("/review/filings/{}/credit?done=shared", crate::query_string::encode(&number)))),
        Some(refusal) => {
            typed.trouble.clone_from(&refusal.text);
            answer(&desk, &visit, number, Some(typed), None, Some(refusal)).await
        }
    }
}

/// `POST /review/filings/{number}/arbitration`: records how a dispute was decided.
pub(crate) async fn arbitrate(
    State(desk): State<Shared>,
    visit: Visit,
    Path(number): Path<String>,
    Form(form): Form<Pairs>,
) -> Result<Response, Fault> {
    visit.who.require(Right::Review)?;
    let words = visit.words();
    let mut typed = dispute_typed(&form);
    let (who, asked) = (visit.who.clone(), number.clone());
    let refused = match read_dispute(words, &typed) {
        Err(problem) => Some(Refusal::wrong(problem)),
        Ok(read) => blocking(&desk, move |desk| decide(desk, words, &who, &asked, read)).await?,
    };
    match refused {
        None => Ok(see(&format!("/review/filings/{}/credit?done=decided", crate::query_string::encode(&number)))),
        Some(refusal) => {
            typed.trouble.clone_from(&refusal.text);
            answer(&desk, &visit, number, None, Some(typed), Some(refusal)).await
        }
    }
}

async fn answer(
    desk: &Shared,
    visit: &Visit,
    number: String,
    share: Option<ShareForm>,
    dispute: Option<DisputeForm>,
    refusal: Option<Refusal>,
) -> Result<Response, Fault> {
    let (words, who) = (visit.words(), visit.who.clone());
    let status = refusal.as_ref().map_or(StatusCode::OK, |refusal| refusal.status);
    let done = match visit.query.get("done") {
        Some("shared") if refusal.is_none() => words.t("credit.done.shared"),
        Some("decided") if refusal.is_none() => words.t("credit.done.decided"),
        _ => "",
    };
    let trouble = refusal.map(|refusal| refusal.text).unwrap_or_default();
    let view = blocking(desk, move |desk| {
        let filing = find_filing(desk, &who, &number)?;
        let carriers = desk.app.rules.city.carriers.on(desk.today());
        let mut dispute = dispute.unwrap_or_default();
        if dispute.parties.is_empty() {
            dispute.parties.insert(filing.carrier_id.clone());
        }
        dispute.rulings = Ruling::ALL.iter().map(|ruling| (ruling.id(), words.named("ruling", ruling.id(), ruling.title()))).collect();
        Ok(PageView {
            credit: credit_of(desk, words, &filing)?,
            carriers: carriers.map(|carrier| CarrierChoice { id: carrier.id.clone(), name: carrier.name.clone() }).collect(),
            share: share.unwrap_or_else(|| suggested(desk, &filing)),
            dispute,
            carrier: carrier_name(desk, &filing.carrier_id),
            number: filing.number,
            name: filing.name,
            done,
            trouble,
        })
    })
    .await?;
    let title = words.fill("credit.title", &[("number", &view.number)]);
    page(desk, visit, ("review_credit.html", &title), &[(words.t("nav.review"), "/review")], status, view)
}

fn find_filing(desk: &Desk, who: &Who, number: &str) -> Result<Filing, Fault> {
    let filing = desk.app.books.filing_numbered(number)?.ok_or(Fault::NotFound)?;
    if who.scope.holds(&filing.carrier_id) { Ok(filing) } else { Err(Fault::NotFound) }
}

/// What the city's rule for projects between districts (跨区域流转) would be, to be completed.
fn suggested(desk: &Desk, filing: &Filing) -> ShareForm {
    let rule = desk.app.rules.city.procedure.cross_district;
    let host = percent(u64::from(rule.host_basis_points));
    let other = percent(u64::from(qunlian_domain::allocation::WHOLE.saturating_sub(rule.host_basis_points)));
    let from = desk.today();
    let until = from.checked_add_months(chrono::Months::new(rule.years.saturating_mul(12)));
    ShareForm {
        rows: filled(vec![(filing.carrier_id.clone(), host), (String::new(), other)]),
        from: from.to_string(),
        until: until.map(|day| day.to_string()).unwrap_or_default(),
        ..ShareForm::default()
    }
}

/// As many rows as the form has.
fn filled(mut rows: Vec<(String, String)>) -> Vec<(String, String)> {
    rows.resize(MOST_PARTIES, (String::new(), String::new()));
    rows
}

fn share_typed(form: &[(String, String)]) -> ShareForm {
    let row = |at: usize| (value(form, &format!("carrier{at}")).to_owned(), value(form, &format!("share{at}")).to_owned());
    ShareForm {
        rows: (1..=MOST_PARTIES).map(row).collect(),
        from: value(form, "from").to_owned(),
        until: value(form, "until").to_owned(),
        reason: value(form, "reason").to_owned(),
        trouble: String::new(),
    }
}

/// The agreement that was typed, or what is wrong with it.
fn read_share(words: Words, typed: &ShareForm) -> Result<(Allocation, String), String> {
    let mut parts = Vec::new();
    for (carrier, share) in typed.rows.iter().filter(|(carrier, _)| !carrier.is_empty()) {
        let points = read_percent(share).ok_or_else(|| words.fill("credit.bad_share", &[("share", &short(share))]))?;
        parts.push((carrier.clone(), points));
    }
    let shares = Shares::new(parts).map_err(|error| error.hint())?;
    let day = |text: &str| text.parse::<NaiveDate>().map_err(|_| words.fill("credit.bad_day", &[("day", &short(text))]));
    let until = if typed.until.is_empty() { None } else { Some(day(&typed.until)?) };
    let allocation = Allocation::new(shares, day(&typed.from)?, until).map_err(|error| error.hint())?;
    let reason = remark(words, &typed.reason, MOST_OF_REASON)?;
    if reason.is_empty() { Err(words.t("review.reason_missing").to_owned()) } else { Ok((allocation, reason)) }
}

fn agree(desk: &Desk, words: Words, who: &Who, number: &str, allocation: Allocation, reason: String) -> Result<Option<Refusal>, Fault> {
    let filing = find_filing(desk, who, number)?;
    if let Some(unknown) = unknown_carrier(desk, allocation.shares.parts().iter().map(|(carrier, _)| carrier)) {
        return Ok(Some(Refusal::wrong(words.fill("credit.bad_carrier", &[("carrier", &short(&unknown))]))));
    }
    let stand = desk.app.books.shares_of(filing.id)?.into_iter().map(|share| share.allocation).collect();
    if let Err(error) = Allocations::new(stand).and_then(|agreed| agreed.then(allocation.clone())) {
        return Ok(Some(Refusal::conflict(error.hint())));
    }
    match desk.app.books.share_credit(&NewShare { filing: filing.id, allocation, reason }, &doer(desk, who)) {
        Ok(_) => Ok(None),
        Err(error) => Refusal::of(words, error).map(Some),
    }
}

fn unknown_carrier<'c>(desk: &Desk, mut ids: impl Iterator<Item = &'c String>) -> Option<String> {
    let carriers = &desk.app.rules.city.carriers;
    ids.find(|id| carriers.get(id, desk.today()).is_none()).cloned()
}

fn dispute_typed(form: &[(String, String)]) -> DisputeForm {
    DisputeForm {
        other: value(form, "other").to_owned(),
        outside: value(form, "outside").to_owned(),
        parties: form.iter().filter(|(name, _)| name == "party").map(|(_, id)| id.clone()).take(20).collect(),
        ruling: value(form, "ruling").to_owned(),
        reason: value(form, "reason").to_owned(),
        ..DisputeForm::default()
    }
}

/// What was read of a dispute's form.
struct ReadDispute {
    other: String,
    outside: String,
    parties: BTreeSet<String>,
    ruling: Ruling,
    reason: String,
}

fn read_dispute(words: Words, typed: &DisputeForm) -> Result<ReadDispute, String> {
    let outside = remark(words, &typed.outside, MOST_OF_OUTSIDE)?;
    if typed.other.is_empty() == outside.is_empty() {
        return Err(words.t("credit.one_other").to_owned());
    }
    if typed.parties.is_empty() {
        return Err(words.t("credit.no_party").to_owned());
    }
    let ruling = Ruling::from_id(&typed.ruling).ok_or_else(|| words.t("credit.no_ruling").to_owned())?;
    let reason = remark(words, &typed.reason, MOST_OF_REASON)?;
    if reason.is_empty() {
        return Err(words.t("review.reason_missing").to_owned());
    }
    Ok(ReadDispute { other: typed.other.clone(), outside, parties: typed.parties.clone(), ruling, reason })
}

fn decide(desk: &Desk, words: Words, who: &Who, number: &str, read: ReadDispute) -> Result<Option<Refusal>, Fault> {
    let filing = find_filing(desk, who, number)?;
    if let Some(unknown) = unknown_carrier(desk, read.parties.iter()) {
        return Ok(Some(Refusal::wrong(words.fill("credit.bad_carrier", &[("carrier", &short(&unknown))]))));
    }
    let other = if read.other.is_empty() {
        OtherSide::Outside(read.outside)
    } else {
        match desk.app.books.filing_numbered(&read.other)? {
            Some(other) if other.id != filing.id => OtherSide::Filing(other.id),
            _ => return Ok(Some(Refusal::wrong(words.fill("credit.bad_other", &[("number", &short(&read.other))])))),
        }
    };
    let new = NewArbitration { filing: filing.id, other, parties: read.parties, ruling: read.ruling, reason: read.reason };
    match desk.app.books.arbitrate(&new, &doer(desk, who)) {
        Ok(_) => Ok(None),
        Err(error) => Refusal::of(words, error).map(Some),
    }
}

/// The beginning of what was typed, for a message.
fn short(text: &str) -> String {
    text.chars().take(30).collect()
}
