//! One filing (备案详情): facts, life, claims with their threads, attachments, changes; contacts masked.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use chrono::NaiveDate;
use qunlian_domain::access::Right;
use qunlian_domain::claim;
use qunlian_domain::filing::{Matter, kind_of};
use qunlian_domain::project::Milestone;
use qunlian_registry::{Attachment, Change, Claim, ClaimEvent, Filing, Typed};
use serde::Serialize;

use crate::Shared;
use crate::fault::Fault;
use crate::people::People;
use crate::query_string::link;
use crate::shell::{Crumb, clock_time};
use crate::visit::Visit;
use crate::words::Words;

use super::books::{carrier_name, files_for, refused, seen_filing, with_books};
use super::files::{FileView, file_view};
use super::life::{LifeView, Matters, line, open_matters};
use super::list::claims_of;
use super::shown::{day_text, field_title, matter_name, shown, stage_named, status_named};
use super::standing::{StandingView, lamp, standing};
use super::{list_crumb, page};

#[derive(Serialize)]
struct ShowView {
    number: String,
    name: String,
    carrier: String,
    stage: String,
    status: String,
    status_tone: &'static str,
    confidential: bool,
    deleted: String,
    opened: String,
    /// Said once, after something was done; empty for none.
    notice: String,
    life: Vec<LifeView>,
    sections: Vec<FactSection>,
    /// The facts are what was submitted, not yet what was approved.
    pending: bool,
    claims: Vec<ClaimView>,
    files: Vec<FileView>,
    changes: Vec<ChangeView>,
    more_changes: bool,
    actions: Vec<Crumb>,
    unmask: Option<UnmaskView>,
}

#[derive(Serialize)]
struct FactSection {
    title: String,
    facts: Vec<FactView>,
}

#[derive(Serialize)]
struct FactView {
    label: String,
    text: String,
}

#[derive(Serialize)]
struct ClaimView {
    id: i64,
    matter: String,
    standing: StandingView,
    /// Where it is mended; empty when it is not the reader's to mend.
    mend: String,
    withdraw: String,
    /// What it states, beyond the project's own facts.
    facts: Vec<FactView>,
    events: Vec<EventView>,
}

#[derive(Serialize)]
struct EventView {
    at: String,
    by: String,
    what: String,
    tone: &'static str,
    shape: &'static str,
    whole: String,
    remarks: Vec<FactView>,
    contact: String,
}

#[derive(Serialize)]
struct ChangeView {
    at: String,
    field: String,
    before: String,
    after: String,
    by: String,
}

/// Contacts, behind a reason.
#[derive(Debug, Serialize)]
pub(super) struct UnmaskView {
    pub action: String,
    /// In full, once; empty until a reason was given.
    pub contacts: Vec<(String, String)>,
    pub reason: String,
    pub problem: String,
}

/// Changes shown at most, newest first.
const MOST_CHANGES: usize = 200;

/// A filing with everything around it.
pub(super) struct Whole {
    pub filing: Filing,
    claims: Vec<(Claim, StandingView, Vec<EventView>)>,
    pub typed: Typed,
    attachments: Vec<(Attachment, String)>,
    changes: Vec<ChangeView>,
    more_changes: bool,
    matters: Matters,
    life: Vec<LifeView>,
}

/// `GET /filings/{number}`
pub(crate) async fn show(State(desk): State<Shared>, visit: Visit, Path(number): Path<String>) -> Result<Response, Fault> {
    let whole = look(&desk, &visit, number).await?;
    render(&desk, &visit, whole, StatusCode::OK, None).await
}

/// Reads all of it; another carrier's is not there.
pub(super) async fn look(desk: &Shared, visit: &Visit, number: String) -> Result<Whole, Fault> {
    let (own, words, who) = (Shared::clone(desk), visit.words(), visit.who.clone());
    with_books(desk, move |books| {
        let filing = seen_filing(books, &who, &number)?;
        let claims = claims_of(books, &who, filing.id)?;
        let people = People::read(books)?;
        let files = books.attachments_of(filing.id).map_err(refused)?;
        let attachments = files
            .into_iter()
            .map(|file| {
                let person = people.name(words, &file.by);
                (file, person)
            })
            .collect();
        let mut log = books.changes_of(filing.id).map_err(refused)?;
        log.reverse();
        let more_changes = log.len() > MOST_CHANGES;
        log.truncate(MOST_CHANGES);
        let changes = log.iter().map(|change| change_view(&own, words, change, &people)).collect();
        let matters = open_matters(&filing, &claims);
        let life = line(words, &filing, &claims, own.today());
        let typed = claims.iter().find(|claim| claim.matter == Matter::Project).map(|claim| claim.typed.clone()).unwrap_or_default();
        let mut shown = Vec::with_capacity(claims.len());
        for claim in claims.into_iter().rev() {
            let stands = standing(&own, words, &claim, &people);
            let events = books.claim_events(claim.id).map_err(refused)?;
            let events = events.iter().map(|event| event_view(&own, words, event, &people)).collect();
            shown.push((claim, stands, events));
        }
        Ok(Whole { filing, claims: shown, typed, attachments, changes, more_changes, matters, life })
    })
    .await
}

/// The page; `revealed` holds the contacts in full after a reason was given.
pub(super) async fn render(
    desk: &Shared,
    visit: &Visit,
    whole: Whole,
    status: StatusCode,
    revealed: Option<UnmaskView>,
) -> Result<Response, Fault> {
    let (words, city, today) = (visit.words(), &desk.app.rules.city, desk.today());
    let Whole { filing, claims, typed, attachments, changes, more_changes, matters, life } = whole;
    let is_filer = files_for(&visit.who, &city.carriers, today).contains(&filing.carrier_id);
    let project = claims.iter().find(|(claim, ..)| claim.matter == Matter::Project).map(|(claim, ..)| claim);
    let pending = filing.facts.is_empty();
    let stated: Vec<(String, String)> = match (pending, project) {
        (false, _) => pairs(filing.facts.iter()),
        (true, Some(claim)) if !claim.values.is_empty() => pairs(claim.values.iter()),
        // A draft is its carrier's own until it is submitted.
        (true, _) if is_filer => pairs(typed.iter().map(|(field, text)| (field.as_str(), text.as_str()))),
        (true, _) => Vec::new(),
    };
    let typed_only = pending && project.is_some_and(|claim| claim.values.is_empty());
    let sections = fact_sections(desk, words, &stated, typed_only);
    let has_contacts = stated.iter().any(|(field, _)| kind_of(field).is_some_and(|kind| kind.is_personal()));
    let action = format!("/filings/{}/unmask", filing.number);
    let empty = UnmaskView { action: action.clone(), contacts: Vec::new(), reason: String::new(), problem: String::new() };
    let title = if filing.name.is_empty() { words.t("filing.unnamed").to_owned() } else { filing.name.clone() };
    let view = ShowView {
        name: title.clone(),
        carrier: carrier_name(desk, &filing.carrier_id),
        stage: stage_named(words, filing.stage),
        status: status_named(words, &filing.status),
        status_tone: if filing.status == "ongoing" { "ok" } else { "warn" },
        confidential: filing.confidential,
        deleted: filing.deleted_on.map(|day| words.fill("filing.deleted_on", &[("day", &day.to_string())])).unwrap_or_default(),
        opened: opened_words(words, &filing, today),
        notice: notice(visit).to_owned(),
        life,
        sections,
        pending,
        claims: claims.into_iter().map(|claim| claim_view(desk, words, claim, is_filer)).collect(),
        files: attachments.iter().map(|(file, person)| file_view(words, file, person)).collect(),
        changes,
        more_changes,
        actions: if is_filer { actions(words, &filing.number, &matters) } else { Vec::new() },
        unmask: (has_contacts && visit.who.may(Right::Unmask)).then(|| revealed.unwrap_or(empty)),
        number: filing.number,
    };
    page(desk, visit, status, &title, vec![list_crumb(visit)], "filing.html", view).await
}

fn pairs<'a>(facts: impl Iterator<Item = (&'a str, &'a str)>) -> Vec<(String, String)> {
    facts.map(|(field, text)| (field.to_owned(), text.to_owned())).collect()
}

fn notice(visit: &Visit) -> &'static str {
    match visit.query.get("done") {
        Some("submitted") => "filing.submitted",
        Some("withdrawn") => "filing.withdrawn",
        _ => "",
    }
}

fn opened_words(words: Words, filing: &Filing, today: NaiveDate) -> String {
    let day = day_text(words, filing.opened_on, today);
    match filing.first_submitted_at {
        Some(time) => words.fill("filing.first_report", &[("time", &clock_time(&time.to_rfc3339(), words))]),
        None => words.fill("filing.opened", &[("day", &day)]),
    }
}

/// Facts by the form's sections. `typed_only`: they were never checked, so they are shown as typed.
fn fact_sections(desk: &Shared, words: Words, stated: &[(String, String)], typed_only: bool) -> Vec<FactSection> {
    let city = &desk.app.rules.city;
    let mut sections = Vec::new();
    let titled = city.filing.sections.iter().map(|section| (section.id.as_str(), section.title.as_str()));
    for (id, own) in titled.chain([("claim", "")]) {
        let of_section = city.filing.fields.iter().filter(|entry| entry.section == id);
        let facts: Vec<FactView> = of_section
            .filter_map(|entry| {
                let (_, text) = stated.iter().find(|(field, _)| field == entry.id)?;
                Some(fact(desk, words, entry.id, text, typed_only))
            })
            .collect();
        if !facts.is_empty() {
            sections.push(FactSection { title: words.named("section", id, own), facts });
        }
    }
    sections
}

fn fact(desk: &Shared, words: Words, field: &str, text: &str, typed_only: bool) -> FactView {
    let city = &desk.app.rules.city;
    let is_money = kind_of(field) == Some(qunlian_domain::filing::FieldKind::Money);
    // What was typed for an amount is in 万元 or names its unit: it is not yuan yet.
    let text = if typed_only && is_money { qunlian_domain::privacy::mask(text).into_owned() } else { shown(words, city, field, text) };
    FactView { label: field_title(words, city, field), text }
}

fn claim_view(desk: &Shared, words: Words, (claim, standing, events): (Claim, StandingView, Vec<EventView>), is_filer: bool) -> ClaimView {
    let open = is_filer && claim.standing.state.is_open_to_filer();
    let withdrawable = is_filer
        && matches!(
            claim.standing.state,
            claim::State::Draft | claim::State::Submitted | claim::State::SecondReview | claim::State::Returned | claim::State::Approved
        );
    let facts = match claim.matter {
        Matter::Project => Vec::new(),
        _ => claim.values.iter().map(|(field, text)| fact(desk, words, field, text, false)).collect(),
    };
    ClaimView {
        id: claim.id,
        matter: matter_name(words, &claim.matter),
        standing,
        mend: if open { format!("/claims/{}", claim.id) } else { String::new() },
        withdraw: if withdrawable { format!("/claims/{}/withdraw", claim.id) } else { String::new() },
        facts,
        events,
    }
}

fn event_view(desk: &Shared, words: Words, event: &ClaimEvent, people: &People) -> EventView {
    let city = &desk.app.rules.city;
    let state = claim::State::from_id(&event.state);
    let (tone, shape) = state.map_or(("", "○"), lamp);
    let remark = |(field, text): (&String, &String)| FactView { label: field_title(words, city, field), text: text.clone() };
    EventView {
        at: clock_time(&event.at.to_rfc3339(), words),
        by: people.name(words, &event.by),
        what: words.named("event", &event.action, ""),
        tone,
        shape,
        whole: event.remarks.get("").cloned().unwrap_or_default(),
        remarks: event.remarks.iter().filter(|(field, _)| !field.is_empty()).map(remark).collect(),
        contact: event.contact.clone(),
    }
}

fn change_view(desk: &Shared, words: Words, change: &Change, people: &People) -> ChangeView {
    let city = &desk.app.rules.city;
    ChangeView {
        at: clock_time(&change.at.to_rfc3339(), words),
        field: field_title(words, city, &change.field),
        before: shown(words, city, &change.field, &change.before),
        after: shown(words, city, &change.field, &change.after),
        by: people.name(words, &change.by),
    }
}

/// Buttons for what may be claimed now.
fn actions(words: Words, number: &str, matters: &Matters) -> Vec<Crumb> {
    let path = format!("/filings/{number}/claims/new");
    let action = |matter: &str, label: String| Crumb { href: link(&path, &[("matter", matter)]), label };
    let milestone = |milestone: &Milestone| {
        let matter = Matter::Milestone(*milestone);
        action(&matter.id(), matter_name(words, &matter))
    };
    let mut actions: Vec<Crumb> = matters.milestones.iter().map(milestone).collect();
    let further = [
        (matters.investment, "investment", words.t("filing.investment").to_owned()),
        (matters.change, "change", matter_name(words, &Matter::Change)),
        (matters.status, "status", matter_name(words, &Matter::Status)),
        (matters.deletion, "deletion", matter_name(words, &Matter::Deletion)),
    ];
    actions.extend(further.into_iter().filter(|(open, ..)| *open).map(|(_, matter, label)| action(matter, label)));
    actions
}
