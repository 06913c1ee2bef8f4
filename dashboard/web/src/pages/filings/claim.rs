//! Drafts and returned claims (草稿与退回件): shown, saved, submitted, withdrawn.

use std::collections::BTreeMap;

use axum::Form;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use qunlian_domain::claim;
use qunlian_domain::filing::{Fault as FieldFault, Matter, Values};
use qunlian_registry::{Attachment, Claim, ClaimEvent, Filing, RegistryError, Step, Store, Typed};

use crate::Shared;
use crate::access::see;
use crate::fault::Fault;
use crate::people::People;
use crate::query_string::encode;
use crate::shell::clock_time;
use crate::visit::Visit;
use crate::words::Words;

use super::books::{carrier_name, doer, refused, require_own, seen_claim, seen_filing, with_books};
use super::files;
use super::form::{ConflictView, FormView, ReturnedView, stages};
use super::paper::{FaultView, Paper, claimed};
use super::preview;
use super::sent::{Deed, Sent, keep_personal};
use super::shown::{field_title, matter_name, shown, stage_of};
use super::{filing_crumb, list_crumb, page};

/// A claim that is open to its filer, with all that its page needs.
pub(super) struct Opened {
    pub filing: Filing,
    pub claim: Claim,
    pub returned: Option<(ClaimEvent, String)>,
    pub attachments: Vec<Attachment>,
}

/// What the page shows beside the books' own.
pub(super) struct Shown<'a> {
    pub typed: &'a Typed,
    pub stage: usize,
    pub faults: &'a [FieldFault],
    pub notice: &'a str,
    pub conflict: bool,
    pub status: StatusCode,
    pub file_problem: Option<(String, String)>,
}

/// `GET /claims/{id}`: the form while it is open to its filer, else the filing's page.
pub(crate) async fn show(State(desk): State<Shared>, visit: Visit, Path(id): Path<i64>) -> Result<Response, Fault> {
    let opened = look(&desk, &visit, id).await?;
    let closed = !opened.claim.standing.state.is_open_to_filer();
    if closed || require_own(&desk, &visit.who, &opened.claim.carrier_id).is_err() {
        return Ok(see(&format!("/filings/{}#claim-{id}", opened.filing.number)));
    }
    let notice = match visit.query.get("done") {
        Some("saved") => "filing.saved",
        Some("attached") => "filing.attached",
        Some("removed") => "filing.removed",
        Some("proof") => "filing.proof_missing",
        _ => "",
    };
    let shown = Shown {
        typed: &opened.claim.typed,
        stage: opened.claim.stage,
        faults: &[],
        notice,
        conflict: false,
        status: StatusCode::OK,
        file_problem: None,
    };
    render(&desk, &visit, &opened, shown).await
}

/// `POST /claims/{id}`
pub(crate) async fn save(
    State(desk): State<Shared>,
    visit: Visit,
    Path(id): Path<i64>,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Result<Response, Fault> {
    let sent = Sent::of(pairs);
    let opened = look(&desk, &visit, id).await?;
    require_own(&desk, &visit.who, &opened.claim.carrier_id)?;
    if !opened.claim.standing.state.is_open_to_filer() {
        return Err(Fault::bad("bad.filing_state", ""));
    }
    let is_project = opened.claim.matter == Matter::Project;
    let stage = if is_project { sent.stage() } else { opened.claim.stage };
    let mut typed = sent.typed();
    keep_personal(&mut typed, &opened.claim.typed);
    if is_project {
        typed.insert("stage".to_owned(), stage_of(stage).0.to_owned());
    }
    let nothing = BTreeMap::new();
    let checked = paper(&desk, &visit, &opened, &typed, stage, &[], &nothing).check();
    let deed = sent.deed();
    let faults: &[FieldFault] = if matches!(deed, Deed::Check | Deed::Submit) { &checked.faults } else { &[] };
    let shown = Shown { typed: &typed, stage, faults, notice: "", conflict: false, status: StatusCode::OK, file_problem: None };
    match deed {
        Deed::Stage => return render(&desk, &visit, &opened, shown).await,
        Deed::Check => {
            let notice = if faults.is_empty() { "filing.checked" } else { "" };
            return render(&desk, &visit, &opened, Shown { notice, ..shown }).await;
        }
        Deed::Submit if !faults.is_empty() => {
            return render(&desk, &visit, &opened, Shown { status: StatusCode::UNPROCESSABLE_ENTITY, ..shown }).await;
        }
        Deed::Draft | Deed::Submit => {}
    }
    let version = sent.get("version").parse().unwrap_or(-1);
    let submitted = (deed == Deed::Submit).then(|| claimed(&opened.claim.matter, &opened.filing.facts, checked.values));
    if keep(&desk, &visit, &opened.claim, version, typed.clone(), submitted).await? {
        let done = if deed == Deed::Submit { "submitted" } else { "saved" };
        let address = if deed == Deed::Submit { format!("/filings/{}", opened.filing.number) } else { format!("/claims/{id}") };
        return Ok(see(&format!("{address}?done={done}")));
    }
    // Somebody else was faster: both texts are shown, and saving again takes the reader's own.
    let now = look(&desk, &visit, id).await?;
    let shown = Shown { typed: &typed, stage, faults: &[], notice: "", conflict: true, status: StatusCode::CONFLICT, file_problem: None };
    render(&desk, &visit, &now, shown).await
}

/// Keeps what was typed and, given values, submits it. False when the claim has moved on meanwhile.
async fn keep(desk: &Shared, visit: &Visit, claim: &Claim, version: i64, typed: Typed, submitted: Option<Values>) -> Result<bool, Fault> {
    let by = doer(desk, &visit.who);
    let procedure = desk.app.rules.city.procedure.clone();
    let (id, matter, confidential) = (claim.id, claim.matter, claim.confidential);
    with_books(desk, move |books| {
        match books.save_draft(id, version, &typed, &by) {
            Ok(_) => {}
            Err(RegistryError::Conflict { .. }) => return Ok(false),
            Err(error) => return Err(refused(error)),
        }
        if let Some(values) = submitted {
            let confidential = if matter == Matter::Project { values.flag("confidential") } else { confidential };
            let way = procedure.way(matter, confidential);
            books.step(id, &Step::Submit { typed, values, way }, &by).map_err(refused)?;
        }
        Ok(true)
    })
    .await
}

/// `POST /claims/{id}/withdraw`
pub(crate) async fn withdraw(
    State(desk): State<Shared>,
    visit: Visit,
    Path(id): Path<i64>,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Result<Response, Fault> {
    let reason = Sent::of(pairs).line("reason", 200);
    let (who, by) = (visit.who.clone(), doer(&desk, &visit.who));
    let own_desk = Shared::clone(&desk);
    let number = with_books(&desk, move |books| {
        let claim = seen_claim(books, &who, id)?;
        require_own(&own_desk, &who, &claim.carrier_id)?;
        books.step(id, &Step::Withdraw { reason }, &by).map_err(refused)?;
        Ok(claim.filing_number)
    })
    .await?;
    Ok(see(&format!("/filings/{number}?done=withdrawn")))
}

/// A claim with its filing, its last return and its files, if the reader may see it.
pub(super) async fn look(desk: &Shared, visit: &Visit, id: i64) -> Result<Opened, Fault> {
    let (who, words) = (visit.who.clone(), visit.words());
    with_books(desk, move |books| {
        let claim = seen_claim(books, &who, id)?;
        let filing = seen_filing(books, &who, &claim.filing_number)?;
        let returned = last_return(books, words, &claim)?;
        let attachments = books.attachments_of(filing.id).map_err(refused)?;
        Ok(Opened { filing, claim, returned, attachments })
    })
    .await
}

fn last_return(books: &dyn Store, words: Words, claim: &Claim) -> Result<Option<(ClaimEvent, String)>, Fault> {
    if claim.standing.state != claim::State::Returned {
        return Ok(None);
    }
    let events = books.claim_events(claim.id).map_err(refused)?;
    let Some(event) = events.into_iter().rev().find(|event| event.action == "return") else { return Ok(None) };
    let person = People::read(books)?.name(words, &event.by);
    Ok(Some((event, person)))
}

fn paper<'a>(
    desk: &'a Shared,
    visit: &Visit,
    opened: &'a Opened,
    typed: &'a Typed,
    stage: usize,
    faults: &'a [FieldFault],
    remarks: &'a BTreeMap<String, String>,
) -> Paper<'a> {
    Paper {
        words: visit.words(),
        city: &desk.app.rules.city,
        today: desk.today(),
        matter: opened.claim.matter,
        stage,
        typed,
        known: &opened.filing.facts,
        files: opened.attachments.iter().filter(|file| file.claim == opened.claim.id).count(),
        stored: Some(&opened.claim.typed),
        faults,
        remarks,
    }
}

/// The form of a claim.
pub(super) async fn render(desk: &Shared, visit: &Visit, opened: &Opened, shown: Shown<'_>) -> Result<Response, Fault> {
    let words = visit.words();
    let Opened { filing, claim, returned, attachments } = opened;
    let nothing = BTreeMap::new();
    let remarks = returned.as_ref().map_or(&nothing, |(event, _)| &event.remarks);
    let paper = paper(desk, visit, opened, shown.typed, shown.stage, shown.faults, remarks);
    let is_project = claim.matter == Matter::Project;
    let preview = match is_project {
        true => Some(preview::make(desk, visit, shown.typed, shown.stage, &filing.number).await?),
        false => None,
    };
    let heading = matter_name(words, &claim.matter);
    let view = FormView {
        action: format!("/claims/{}", claim.id),
        heading: heading.clone(),
        number: filing.number.clone(),
        carrier: carrier_name(desk, &claim.carrier_id),
        carriers: Vec::new(),
        carrier_problem: String::new(),
        stages: if is_project { stages(words, shown.stage) } else { Vec::new() },
        matter: String::new(),
        month: None,
        version: claim.version,
        once: String::new(),
        sections: paper.sections(),
        faults: paper.fault_views(),
        notice: shown.notice.to_owned(),
        conflict: if shown.conflict { conflicts(desk, visit, &claim.typed, shown.typed) } else { Vec::new() },
        returned: returned.as_ref().map(|(event, person)| return_view(desk, visit, event, person)),
        preview,
        files: Some(files::view(desk, visit, claim, attachments, shown.file_problem)),
        proof: proof(desk, words, &claim.matter),
        back: format!("/filings/{}", encode(&filing.number)),
        withdraw: format!("/claims/{}/withdraw", claim.id),
    };
    let crumbs = vec![list_crumb(visit), filing_crumb(&filing.number)];
    page(desk, visit, shown.status, &heading, crumbs, "filing_form.html", view).await
}

/// What the filer must attach, in words; empty when nothing must be.
pub(super) fn proof(desk: &Shared, words: Words, matter: &Matter) -> String {
    let asked = desk.app.rules.city.procedure.evidence_of(matter);
    asked.map(|proof| words.fill("filing.proof", &[("proof", proof)])).unwrap_or_default()
}

/// Field by field what the books hold and what was typed, where they differ.
fn conflicts(desk: &Shared, visit: &Visit, theirs: &Typed, yours: &Typed) -> Vec<ConflictView> {
    let (words, city) = (visit.words(), &desk.app.rules.city);
    let fields: std::collections::BTreeSet<&String> = theirs.keys().chain(yours.keys()).filter(|field| *field != "stage").collect();
    let text = |typed: &Typed, field: &str| typed.get(field).cloned().unwrap_or_default();
    let differing = fields.into_iter().filter(|field| text(theirs, field) != text(yours, field));
    let view = |field: &String| ConflictView {
        field: field.clone(),
        title: field_title(words, city, field),
        // As it was typed: canonical values are not made of what may be wrong. Persons stay masked.
        theirs: shown(words, city, field, &text(theirs, field)),
        yours: shown(words, city, field, &text(yours, field)),
    };
    differing.map(view).collect()
}

fn return_view(desk: &Shared, visit: &Visit, event: &ClaimEvent, person: &str) -> ReturnedView {
    let (words, city) = (visit.words(), &desk.app.rules.city);
    let remark = |(field, text): (&String, &String)| FaultView {
        field: field.clone(),
        title: field_title(words, city, field),
        problem: text.clone(),
        hint: String::new(),
    };
    ReturnedView {
        by: person.to_owned(),
        at: clock_time(&event.at.to_rfc3339(), words),
        whole: event.remarks.get("").cloned().unwrap_or_default(),
        contact: event.contact.clone(),
        fields: event.remarks.iter().filter(|(field, _)| !field.is_empty()).map(remark).collect(),
    }
}
