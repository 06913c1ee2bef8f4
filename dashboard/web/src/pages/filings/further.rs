//! Further claims on a filing (后续申报): progress, a month's investment, a change, a status, a deletion, as they are filled in.

use std::collections::BTreeMap;

use axum::Form;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use chrono::{Datelike, NaiveDate};
use qunlian_domain::filing::{Fault as FieldFault, MISSING_EVIDENCE, Matter};
use qunlian_domain::history::InvestmentKind;
use qunlian_registry::{Filing, NewClaim, Step, Typed};

use crate::Shared;
use crate::access::see;
use crate::fault::Fault;
use crate::visit::Visit;
use crate::words::Words;

use super::books::{carrier_name, doer, refused, require_own, seen_filing, with_books};
use super::claim::proof;
use super::form::{FormView, MonthView};
use super::life::{Matters, open_matters};
use super::list::claims_of;
use super::paper::{FaultView, Paper, claimed};
use super::sent::{Deed, Sent};
use super::shown::matter_name;
use super::{Choice, filing_crumb, list_crumb, page};

/// What the page shows beside the facts that stand.
struct Shown<'a> {
    typed: &'a Typed,
    faults: &'a [FieldFault],
    notice: &'a str,
    status: StatusCode,
}

/// `GET /filings/{number}/claims/new?matter=...`
pub(crate) async fn blank(State(desk): State<Shared>, visit: Visit, Path(number): Path<String>) -> Result<Response, Fault> {
    let asked = visit.query.get("matter").unwrap_or("").to_owned();
    let (filing, matters) = filing_with_matters(&desk, &visit, &number).await?;
    let (matter, month) = chosen_matter(&desk, visit.words(), &asked, "", "")?;
    require_open(&matters, &matter)?;
    further(
        &desk,
        &visit,
        &Further { filing: &filing, matter, month, asked: &asked },
        Shown { typed: &Typed::new(), faults: &[], notice: "", status: StatusCode::OK },
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
    let (matter, month) = chosen_matter(&desk, visit.words(), sent.get("matter"), sent.get("kind"), sent.get("month"))?;
    require_open(&matters, &matter)?;
    let typed = sent.typed();
    let new = Further { filing: &filing, matter, month, asked: sent.get("matter") };
    let nothing = BTreeMap::new();
    let checked = new.paper(&desk, &visit, &typed, &[], &nothing).check();
    // Files are attached to a draft, so what lacks nothing but its proof is kept as one.
    let (proofless, faults): (Vec<_>, Vec<_>) = checked.faults.into_iter().partition(|fault| fault.field == MISSING_EVIDENCE);
    let asked = sent.deed();
    let faults: &[FieldFault] = if matches!(asked, Deed::Check | Deed::Submit) { &faults } else { &[] };
    let deed = if asked == Deed::Submit && !proofless.is_empty() && faults.is_empty() { Deed::Draft } else { asked };
    let bad_month = new.month.as_ref().is_some_and(|month| !month.problem.is_empty());
    let keeps = matches!(deed, Deed::Draft | Deed::Submit);
    if !keeps || bad_month || !faults.is_empty() {
        let status = if keeps { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
        let notice = if deed == Deed::Check && faults.is_empty() && !bad_month { "filing.checked" } else { "" };
        let shown = Shown { typed: &typed, faults, notice, status };
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
    Ok(see(&match (deed, asked) {
        (Deed::Submit, _) => format!("/filings/{number}?done=submitted"),
        (_, Deed::Submit) => format!("/claims/{}?done=proof#files", claim.id),
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
            files: 0,
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
fn chosen_matter(desk: &Shared, words: Words, asked: &str, kind: &str, month: &str) -> Result<(Matter, Option<MonthView>), Fault> {
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
        proof: proof(desk, words, &new.matter),
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
