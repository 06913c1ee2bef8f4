//! What a filing may repeat (查重): compared with the filings in the books and the projects that are published.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use qunlian_domain::access::RowScope;
use qunlian_domain::claim::State;
use qunlian_domain::duplicate::{Candidate, DuplicateIndex, Finding, Known, Noise, Verdict};
use qunlian_domain::filing::{Matter, Values};
use qunlian_domain::history::{Facts, TextFact};
use qunlian_domain::text::fold;
use qunlian_queries::Params;
use qunlian_registry::{ClaimFilter, FilingFilter, Store};
use serde::Serialize;

use crate::Shared;
use crate::fault::Fault;
use crate::query_string::{encode, link};
use crate::rows::rows;
use crate::visit::Visit;
use crate::who::Who;

use super::books::{carrier_name, refused, with_books};

/// A known project that the filing may repeat.
#[derive(Debug, Serialize)]
pub(super) struct TwinView {
    verdict: String,
    tone: &'static str,
    /// Empty for another carrier's and for confidential ones: their names are not the reader's to know.
    name: String,
    href: String,
    carrier: String,
    reasons: Vec<String>,
}

/// The published projects of one generation, made findable once.
#[derive(Default)]
pub(crate) struct Published {
    pub(crate) index: DuplicateIndex,
    confidential: HashSet<String>,
}

/// What was made of the newest generation.
#[derive(Default)]
pub(crate) struct PublishedOnce(Mutex<Option<(u64, Arc<Published>)>>);

/// Filings and claims that are compared at most.
const MOST: usize = 20_000;
/// Beijing is ahead of UTC by this much.
const AHEAD: TimeDelta = TimeDelta::hours(8);

/// What is looked for.
#[derive(Debug, Default)]
pub(super) struct Sought {
    pub name: String,
    pub investor: String,
    pub credit_code: String,
    pub agreed_yuan: Option<i64>,
}

/// What the facts may repeat, most pressing first.
pub(super) async fn find(desk: &Shared, visit: &Visit, facts: &Facts<'_>, own_number: &str) -> Result<Vec<TwinView>, Fault> {
    let text = |fact: TextFact| facts.text(fact).to_owned();
    let (name, investor, credit_code) = (text(TextFact::Name), text(TextFact::Investor), text(TextFact::CreditCode));
    let sought = Sought { name, investor, credit_code, agreed_yuan: facts.agreed };
    Ok(find_each(desk, visit, vec![sought], own_number).await?.pop().unwrap_or_default())
}

/// What each of them may repeat: the books are read once.
pub(super) async fn find_each(desk: &Shared, visit: &Visit, all: Vec<Sought>, own_number: &str) -> Result<Vec<Vec<TwinView>>, Fault> {
    if all.iter().all(|sought| sought.name.is_empty()) {
        return Ok(all.iter().map(|_| Vec::new()).collect());
    }
    let published = published(desk).await;
    let noise = Noise::of(&desk.app.rules.city);
    let limits = desk.app.rules.city.procedure.duplicates;
    let (own_number, who, own_desk) = (own_number.to_owned(), visit.who.clone(), Shared::clone(desk));
    let words = visit.words();
    with_books(desk, move |books| {
        let filed = filed(books, &who, noise)?;
        let own_id = format!("f:{own_number}");
        let twins = |sought: &Sought| -> Result<Vec<TwinView>, Fault> {
            if sought.name.is_empty() {
                return Ok(Vec::new());
            }
            let candidate = Candidate {
                own_id: &own_id,
                name: &sought.name,
                investor: &sought.investor,
                credit_code: &sought.credit_code,
                agreed_yuan: sought.agreed_yuan,
            };
            let mut findings: Vec<(Finding<'_>, bool)> = Vec::new();
            findings.extend(filed.index.find(&candidate, &limits).into_iter().map(|finding| {
                let confidential = filed.confidential.contains(&finding.known.id);
                (finding, confidential)
            }));
            for finding in published.index.find(&candidate, &limits) {
                // Its filing was found already.
                let same = |known: &Known| fold(&known.name) == fold(&finding.known.name) && known.carrier_id == finding.known.carrier_id;
                if !findings.iter().any(|(found, _)| same(found.known)) && !same_own(books, &own_number, finding.known)? {
                    let confidential = published.confidential.contains(&finding.known.id);
                    findings.push((finding, confidential));
                }
            }
            findings.sort_by(|(left, _), (right, _)| left.verdict.cmp(&right.verdict).then(right.score.total_cmp(&left.score)));
            findings.truncate(limits.most_shown);
            let view = |(finding, confidential): &(Finding<'_>, bool)| {
                let known = finding.known;
                let open = who.scope.holds(&known.carrier_id) && !confidential;
                TwinView {
                    verdict: words.named("verdict", finding.verdict.id(), finding.verdict.name()),
                    tone: if finding.verdict == Verdict::Same { "bad" } else { "warn" },
                    name: if open { known.name.clone() } else { String::new() },
                    href: if open { address(&known.id) } else { String::new() },
                    carrier: carrier_name(&own_desk, &known.carrier_id),
                    reasons: finding.reasons.clone(),
                }
            };
            Ok(findings.iter().map(view).collect())
        };
        all.iter().map(twins).collect()
    })
    .await
}

/// True when a published project is the filing itself, which was recognised before.
fn same_own(books: &dyn Store, own_number: &str, known: &Known) -> Result<bool, Fault> {
    let Some(own) = books.filing_numbered(own_number).map_err(refused)?.filter(|own| !own.facts.is_empty()) else { return Ok(false) };
    Ok(own.carrier_id == known.carrier_id && fold(&own.name) == fold(&known.name))
}

/// The page of a known project: `f:` and a filing's number, or `p:` and a published project's.
pub(crate) fn address(id: &str) -> String {
    match id.split_once(':') {
        Some(("f", number)) => format!("/filings/{}", encode(number)),
        Some((_, project)) => link(&format!("/projects/{}", encode(project)), &[]),
        None => String::new(),
    }
}

/// The filings of the whole city that were submitted, and the reader's own drafts.
fn filed(books: &dyn Store, who: &Who, noise: Noise) -> Result<Published, Fault> {
    let filter = FilingFilter { scope: RowScope::City, limit: MOST, ..FilingFilter::default() };
    let pending = ClaimFilter {
        scope: RowScope::City,
        states: State::ALL.into_iter().filter(|state| !matches!(state, State::Draft | State::Recognised | State::Withdrawn)).collect(),
        limit: MOST,
        ..ClaimFilter::default()
    };
    let claims = books.claims(&pending).map_err(refused)?;
    let stated: HashMap<i64, &Values> =
        claims.iter().filter(|claim| claim.matter == Matter::Project).map(|claim| (claim.filing, &claim.values)).collect();
    let mut confidential = HashSet::new();
    let mut known = Vec::new();
    for filing in books.filings(&filter).map_err(refused)? {
        if filing.first_submitted_at.is_none() && !who.scope.holds(&filing.carrier_id) {
            continue;
        }
        let facts = if filing.facts.is_empty() { stated.get(&filing.id).copied().unwrap_or(&filing.facts) } else { &filing.facts };
        let id = format!("f:{}", filing.number);
        if filing.confidential {
            confidential.insert(id.clone());
        }
        known.push(Known {
            id,
            credit_code: facts.text("credit_code").to_owned(),
            agreed_yuan: facts.yuan("agreed_yuan"),
            reported_on: reported_on(filing.first_submitted_at, filing.opened_on),
            name: filing.name,
            investor: filing.investor,
            carrier_id: filing.carrier_id,
        });
    }
    Ok(Published { index: DuplicateIndex::new(noise, known), confidential })
}

fn reported_on(submitted: Option<DateTime<Utc>>, opened: NaiveDate) -> NaiveDate {
    submitted.map_or(opened, |time| (time + AHEAD).date_naive())
}

/// The published projects. Without them the books alone are compared: a warning is better than no form.
pub(crate) async fn published(desk: &Shared) -> Arc<Published> {
    let Some(generation) = desk.app.answers.generation() else { return Arc::default() };
    let kept = desk.published.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
    if let Some((_, made)) = kept.filter(|(number, _)| *number == generation.number) {
        return made;
    }
    let params = Params::new().with("as_of", desk.today());
    let answer = match desk.app.answers.ask("known_projects", params, &RowScope::City).await {
        Ok(answer) => answer,
        Err(error) => {
            tracing::warn!(%error, "published projects could not be compared");
            return Arc::default();
        }
    };
    let noise = Noise::of(&desk.app.rules.city);
    let made = tokio::task::spawn_blocking(move || {
        let id = |row: crate::rows::Row<'_>| format!("p:{}", row.text("project_id"));
        let confidential = rows(&answer).filter(|row| row.is_true("confidential")).map(id).collect();
        let known = rows(&answer).map(|row| Known {
            id: id(row),
            name: row.text("project").to_owned(),
            investor: row.text("investor").to_owned(),
            credit_code: row.text("credit_code").to_owned(),
            agreed_yuan: row.int("agreed_yuan"),
            carrier_id: row.text("carrier_id").to_owned(),
            reported_on: row.date("first_known").unwrap_or_default(),
        });
        Arc::new(Published { index: DuplicateIndex::new(noise, known), confidential })
    })
    .await
    .unwrap_or_default();
    *desk.published.0.lock().unwrap_or_else(PoisonError::into_inner) = Some((generation.number, Arc::clone(&made)));
    made
}
