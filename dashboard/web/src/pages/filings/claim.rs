//! Drafts and returned claims (草稿与退回件), and further claims on a filing (进度、投资、变更、状态、删除).

use std::collections::BTreeMap;

use axum::Form;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use chrono::{Datelike, NaiveDate};
use qunlian_domain::claim;
use qunlian_domain::filing::{Fault as FieldFault, Matter, Values};
use qunlian_domain::history::InvestmentKind;
use qunlian_registry::{Attachment, Claim, ClaimEvent, Filing, NewClaim, RegistryError, Step, Store, Typed};

use crate::Shared;
use crate::access::see;
use crate::fault::Fault;
use crate::query_string::encode;
use crate::shell::clock_time;
use crate::visit::Visit;

use super::books::{carrier_name, doer, refused, require_own, seen_claim, seen_filing, with_books};
use super::files;
use super::form::{ConflictView, FormView, MonthView, ReturnedView, stages};
use super::life::{Matters, open_matters};
use super::list::claims_of;
use super::paper::{FaultView, Paper, claimed};
use super::preview;
use super::sent::{Deed, Sent, keep_personal};
use super::shown::{field_title, matter_name, shown, stage_of};
use super::standing::Persons;
use super::{Choice, filing_crumb, list_crumb, page};

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

/// `GET /filings/{number}/claims/new?matter=...`
pub(crate) async fn blank(State(desk): State<Shared>, visit: Visit, Path(number): Path<String>) -> Result<Response, Fault> {
    let asked = visit.query.get("matter").unwrap_or("").to_owned();
    let (filing, matters) = filing_with_matters(&desk, &visit, &number).await?;
    let (matter, month) = chosen_matter(&desk, &visit, &asked, "", "")?;
    require_open(&matters, &matter)?;
    further(
        &desk,
        &visit,
        &Further { filing: &filing, matter, month, asked: &asked },
        Shown {
            typed: &Typed::new(),
            stage: filing.stage,
            faults: &[],
            notice: "",
            conflict: false,
            status: StatusCode::OK,
            file_problem: None,
        },
    )
    .await
}

/// `POST /filings/{number}/claims/new`
pub(crate) async fn create(
    State(desk): State<Shared>,
    visit: Visit,
    Path(number): Path<String>,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Result<Response, Fault> {
    let sent = Sent::of(pairs);
    let (filing, matters) = filing_with_matters(&desk, &visit, &number).await?;
    let (matter, month) = chosen_matter(&desk, &visit, sent.get("matter"), sent.get("kind"), sent.get("month"))?;
    require_open(&matters, &matter)?;
    let typed = sent.typed();
    let new = Further { filing: &filing, matter, month, asked: sent.get("matter") };
    let nothing = BTreeMap::new();
    let checked = new.paper(&desk, &visit, &typed, &[], &nothing).check();
    let deed = sent.deed();
    let faults: &[FieldFault] = if matches!(deed, Deed::Check | Deed::Submit) { &checked.faults } else { &[] };
    let bad_month = new.month.as_ref().is_some_and(|month| !month.problem.is_empty());
    let keeps = matches!(deed, Deed::Draft | Deed::Submit);
    if !keeps || bad_month || !faults.is_empty() {
        let status = if keeps { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
        let notice = if deed == Deed::Check && faults.is_empty() && !bad_month { "filing.checked" } else { "" };
        let shown = Shown { typed: &typed, stage: filing.stage, faults, notice, conflict: false, status, file_problem: None };
        return further(&desk, &visit, &new, shown).await;
    }
    let by = doer(&desk, &visit.who);
    let way = desk.app.rules.city.procedure.way(matter, filing.confidential);
    let values = (deed == Deed::Submit).then(|| claimed(&matter, &filing.facts, checked.values));
    let opening = NewClaim { filing: filing.id, matter, typed: typed.clone(), by: by.clone() };
    let claim = with_books(&desk, move |books| {
        let claim = books.open_claim(&opening).map_err(refused)?;
        match values {
            Some(values) => books.step(claim.id, &Step::Submit { typed, values, way }, &by).map_err(refused),
            None => Ok(claim),
        }
    })
    .await?;
    Ok(see(&match deed {
        Deed::Submit => format!("/filings/{number}?done=submitted"),
        _ => format!("/claims/{}?done=saved", claim.id),
    }))
}

/// A further claim as it is being filled in.
struct Further<'a> {
    filing: &'a Filing,
    matter: Matter,
    month: Option<MonthView>,
    /// As it was asked for: `investment` without a month.
    asked: &'a str,
}

impl<'a> Further<'a> {
    fn paper(
        &self,
        desk: &'a Shared,
        visit: &Visit,
        typed: &'a Typed,
        faults: &'a [FieldFault],
        nothing: &'a BTreeMap<String, String>,
    ) -> Paper<'a> {
        Paper {
            words: visit.words(),
            city: &desk.app.rules.city,
            today: desk.today(),
            matter: self.matter,
            stage: self.matter.stage().unwrap_or(self.filing.stage),
            typed,
            known: &self.filing.facts,
            stored: None,
            faults,
            remarks: nothing,
        }
    }
}

async fn filing_with_matters(desk: &Shared, visit: &Visit, number: &str) -> Result<(Filing, Matters), Fault> {
    let (who, number) = (visit.who.clone(), number.to_owned());
    let (filing, matters) = with_books(desk, move |books| {
        let filing = seen_filing(books, &who, &number)?;
        let claims = claims_of(books, &who, filing.id)?;
        let matters = open_matters(&filing, &claims);
        Ok((filing, matters))
    })
    .await?;
    require_own(desk, &visit.who, &filing.carrier_id)?;
    Ok((filing, matters))
}

fn require_open(matters: &Matters, matter: &Matter) -> Result<(), Fault> {
    if matters.allow(matter) { Ok(()) } else { Err(Fault::bad("bad.matter_closed", &matter.name())) }
}

/// The matter that is asked for; an investment's month is chosen in the form.
fn chosen_matter(desk: &Shared, visit: &Visit, asked: &str, kind: &str, month: &str) -> Result<(Matter, Option<MonthView>), Fault> {
    let words = visit.words();
    if asked != "investment" {
        let matter = Matter::from_id(asked).filter(|matter| !matches!(matter, Matter::Project | Matter::Investment(..)));
        return matter.map(|matter| (matter, None)).ok_or_else(|| Fault::bad("bad.matter", asked));
    }
    let today = desk.today();
    let this_month = first_of(today);
    let read: Option<NaiveDate> = format!("{month}-01").parse().ok();
    let problem = match read {
        _ if month.is_empty() => "",
        Some(day) if day <= this_month && day.year() >= 2000 => "",
        Some(_) => words.t("filing.month.range"),
        None => words.t("filing.month.missing"),
    };
    let day = read.filter(|_| problem.is_empty()).unwrap_or(this_month);
    let kinds = [InvestmentKind::FixedAssets, InvestmentKind::PaidIn];
    let chosen = InvestmentKind::from_id(kind).unwrap_or(InvestmentKind::FixedAssets);
    let view = MonthView {
        kinds: kinds
            .map(|kind| Choice {
                value: kind.id().to_owned(),
                label: words.named("investment", kind.id(), kind.name()),
                chosen: kind == chosen,
            })
            .into(),
        month: if month.is_empty() { this_month.format("%Y-%m").to_string() } else { month.chars().take(10).collect() },
        latest: this_month.format("%Y-%m").to_string(),
        problem: problem.to_owned(),
    };
    Ok((Matter::Investment(chosen, day), Some(view)))
}

fn first_of(day: NaiveDate) -> NaiveDate {
    day.with_day(1).unwrap_or(day)
}

async fn further(desk: &Shared, visit: &Visit, new: &Further<'_>, shown: Shown<'_>) -> Result<Response, Fault> {
    let words = visit.words();
    let nothing = BTreeMap::new();
    let paper = new.paper(desk, visit, shown.typed, shown.faults, &nothing);
    let number = &new.filing.number;
    let mut faults = paper.fault_views();
    if let Some(problem) = new.month.as_ref().map(|month| &month.problem).filter(|problem| !problem.is_empty()) {
        let (field, title) = ("month".to_owned(), words.t("filing.month").to_owned());
        faults.insert(0, FaultView { field, title, problem: problem.clone(), hint: String::new() });
    }
    let heading = match new.month {
        Some(_) => words.t("filing.investment").to_owned(),
        None => matter_name(words, &new.matter),
    };
    let view = FormView {
        action: format!("/filings/{number}/claims/new"),
        heading: heading.clone(),
        number: number.clone(),
        carrier: carrier_name(desk, &new.filing.carrier_id),
        carriers: Vec::new(),
        carrier_problem: String::new(),
        stages: Vec::new(),
        matter: new.asked.to_owned(),
        month: new.month.as_ref().map(MonthView::copy),
        version: 0,
        once: String::new(),
        sections: paper.sections(),
        faults,
        notice: shown.notice.to_owned(),
        conflict: Vec::new(),
        returned: None,
        preview: None,
        files: None,
        back: format!("/filings/{number}"),
        withdraw: String::new(),
    };
    let crumbs = vec![list_crumb(visit), filing_crumb(number)];
    page(desk, visit, shown.status, &heading, crumbs, "filing_form.html", view).await
}

impl MonthView {
    fn copy(&self) -> Self {
        Self { kinds: self.kinds.clone(), month: self.month.clone(), latest: self.latest.clone(), problem: self.problem.clone() }
    }
}

/// A claim with its filing, its last return and its files, if the reader may see it.
pub(super) async fn look(desk: &Shared, visit: &Visit, id: i64) -> Result<Opened, Fault> {
    let who = visit.who.clone();
    with_books(desk, move |books| {
        let claim = seen_claim(books, &who, id)?;
        let filing = seen_filing(books, &who, &claim.filing_number)?;
        let returned = last_return(books, &claim)?;
        let attachments = books.attachments_of(filing.id).map_err(refused)?;
        Ok(Opened { filing, claim, returned, attachments })
    })
    .await
}

fn last_return(books: &dyn Store, claim: &Claim) -> Result<Option<(ClaimEvent, String)>, Fault> {
    if claim.standing.state != claim::State::Returned {
        return Ok(None);
    }
    let events = books.claim_events(claim.id).map_err(refused)?;
    let Some(event) = events.into_iter().rev().find(|event| event.action == "return") else { return Ok(None) };
    let person = Persons::default().of(books, &event.by)?;
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
        back: format!("/filings/{}", encode(&filing.number)),
        withdraw: format!("/claims/{}/withdraw", claim.id),
    };
    let crumbs = vec![list_crumb(visit), filing_crumb(&filing.number)];
    page(desk, visit, shown.status, &heading, crumbs, "filing_form.html", view).await
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
