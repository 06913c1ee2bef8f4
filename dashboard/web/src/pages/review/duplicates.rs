//! Possible duplicates of a claim's project (疑似重复) in the books, with who reported first.

use chrono::NaiveDate;
use qunlian_domain::claim::State;
use qunlian_domain::duplicate::{Candidate, DuplicateIndex, Finding, FirstReport, Known, Noise, Report, Verdict, first_report};
use qunlian_domain::filing::{Matter, Values};
use qunlian_domain::project::Milestone;
use qunlian_domain::text::fold;
use qunlian_registry::{Claim, ClaimFilter, ClaimOrder, Filing};
use serde::Serialize;

use super::{carrier_name, local_day, moment};
use crate::app::Desk;
use crate::fault::Fault;
use crate::pages::filings::{Published, address};
use crate::words::Words;

/// Filings that are compared.
const MOST: usize = 20_000;

/// A known filing that a claim's project may be the same as.
#[derive(Serialize)]
pub(super) struct DuplicateView {
    number: String,
    name: String,
    investor: String,
    carrier: String,
    verdict: String,
    shape: &'static str,
    tone: &'static str,
    reasons: Vec<String>,
    first_reported: String,
    /// The claim by which it was filed, for the link.
    href: String,
}

/// Findings, and who holds the first report among those that are certain.
#[derive(Serialize, Default)]
pub(super) struct Duplicates {
    pub found: Vec<DuplicateView>,
    /// Empty when nothing is certain.
    pub first: String,
    /// Several carriers on one day: somebody must decide.
    pub disputed: bool,
}

/// Findings among the filings in the books, then among what workbooks tell and no filing does.
pub(super) fn find(desk: &Desk, words: Words, filing: &Filing, values: &Values, published: &Published) -> Result<Duplicates, Fault> {
    let claims = filed(desk)?;
    let reports = claims.iter().filter_map(|claim| Some((claim, first_day(claim)?)));
    let known = reports.map(|(claim, reported_on)| Known {
        id: claim.filing_number.clone(),
        name: claim.project_name.clone(),
        investor: claim.investor.clone(),
        credit_code: claim.values.text("credit_code").to_owned(),
        agreed_yuan: claim.values.yuan("agreed_yuan"),
        carrier_id: claim.carrier_id.clone(),
        reported_on,
    });
    let index = DuplicateIndex::new(Noise::of(&desk.app.rules.city), known);
    let candidate = Candidate {
        own_id: &filing.number,
        name: values.text("name"),
        investor: values.text("investor"),
        credit_code: values.text("credit_code"),
        agreed_yuan: values.yuan("agreed_yuan"),
    };
    let limits = &desk.app.rules.city.procedure.duplicates;
    let mut duplicates = Duplicates::default();
    let mut same: Vec<&Claim> = claims.iter().filter(|claim| claim.filing == filing.id).collect();
    for finding in index.find(&candidate, limits) {
        let Some(claim) = claims.iter().find(|claim| claim.filing_number == finding.known.id) else { continue };
        if finding.verdict == Verdict::Same {
            same.push(claim);
        }
        let (shape, tone) = lamp(finding.verdict);
        duplicates.found.push(DuplicateView {
            number: claim.filing_number.clone(),
            name: claim.project_name.clone(),
            investor: claim.investor.clone(),
            carrier: carrier_name(desk, &claim.carrier_id),
            verdict: words.named("duplicate", finding.verdict.id(), finding.verdict.name()),
            shape,
            tone,
            reasons: finding.reasons,
            first_reported: claim.first_submitted_at.map(moment).unwrap_or_default(),
            href: format!("/review/{}", claim.id),
        });
    }
    let filed = |known: &Known| {
        let is_it = |claim: &Claim| claim.carrier_id == known.carrier_id && fold(&claim.project_name) == fold(&known.name);
        claims.iter().any(is_it) || (filing.carrier_id == known.carrier_id && fold(values.text("name")) == fold(&known.name))
    };
    for finding in published.index.find(&candidate, limits) {
        if !filed(finding.known) {
            duplicates.found.push(of_workbooks(desk, words, &finding));
        }
    }
    if same.len() > 1 {
        name_first(desk, words, &same, &mut duplicates);
    }
    Ok(duplicates)
}

fn lamp(verdict: Verdict) -> (&'static str, &'static str) {
    match verdict {
        Verdict::Same => ("■", "bad"),
        Verdict::Likely => ("▲", "warn"),
        Verdict::OtherPhase => ("◇", "none"),
    }
}

fn of_workbooks(desk: &Desk, words: Words, finding: &Finding<'_>) -> DuplicateView {
    let (shape, tone) = lamp(finding.verdict);
    let known = finding.known;
    DuplicateView {
        number: words.t("review.duplicates.published").to_owned(),
        name: known.name.clone(),
        investor: known.investor.clone(),
        carrier: carrier_name(desk, &known.carrier_id),
        verdict: words.named("duplicate", finding.verdict.id(), finding.verdict.name()),
        shape,
        tone,
        reasons: finding.reasons.clone(),
        first_reported: known.reported_on.to_string(),
        href: address(&known.id),
    }
}

/// Claims by which projects were filed, submitted at least once and not withdrawn.
fn filed(desk: &Desk) -> Result<Vec<Claim>, Fault> {
    let states = State::ALL.into_iter().filter(|state| !matches!(state, State::Draft | State::Withdrawn)).collect();
    let scope = qunlian_domain::access::RowScope::City;
    let filter = ClaimFilter { scope, states, order: ClaimOrder::FirstCome, limit: MOST, ..ClaimFilter::default() };
    let claims = desk.app.books.claims(&filter)?;
    Ok(claims.into_iter().filter(|claim| claim.matter == Matter::Project).collect())
}

fn name_first(desk: &Desk, words: Words, same: &[&Claim], duplicates: &mut Duplicates) {
    let reported: Vec<NaiveDate> = same.iter().filter_map(|claim| first_day(claim)).collect();
    let reports: Vec<Report<'_>> = same.iter().copied().filter_map(|claim| report(claim, &reported)).collect();
    match first_report(&reports, desk.app.rules.city.procedure.lead_validity_days) {
        FirstReport::Nobody => {}
        FirstReport::Held(first) => {
            let (carrier, day) = (carrier_name(desk, first.carrier_id), first.reported_on.to_string());
            duplicates.first = words.fill("review.first.held", &[("carrier", &carrier), ("day", &day)]);
        }
        FirstReport::Disputed(several) => {
            let names: Vec<String> = several.iter().map(|report| carrier_name(desk, report.carrier_id)).collect();
            duplicates.first = words.fill("review.first.disputed", &[("carriers", &names.join("、"))]);
            duplicates.disputed = true;
        }
    }
}

/// A claim as a report of its project. Progress keeps a lead alive only when it was made before somebody else reported.
fn report<'c>(claim: &'c Claim, reported: &[NaiveDate]) -> Option<Report<'c>> {
    let reported_on = first_day(claim)?;
    let next = reported.iter().copied().filter(|day| *day > reported_on).min();
    let days = Milestone::ALL.into_iter().filter_map(|milestone| claim.values.day(&format!("{}_on", milestone.id())));
    let progress_on = days.filter(|day| next.is_none_or(|next| *day <= next)).max().unwrap_or(reported_on).max(reported_on);
    Some(Report { carrier_id: &claim.carrier_id, reported_on, progress_on })
}

/// The day of the first submission: the business day while there was but one, else that of the clock.
fn first_day(claim: &Claim) -> Option<NaiveDate> {
    let first = claim.first_submitted_at?;
    let only = claim.submitted_at == Some(first);
    claim.submitted_on.filter(|_| only).or_else(|| Some(local_day(first)))
}
