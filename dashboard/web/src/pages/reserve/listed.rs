//! What stands on the reserve list: the books' filings, and what workbooks alone tell of, judged by one rule.

use std::collections::HashSet;

use chrono::NaiveDate;
use qunlian_domain::access::RowScope;
use qunlian_domain::chain::ChainScratch;
use qunlian_domain::claim;
use qunlian_domain::classify::classify_values;
use qunlian_domain::filing::Values;
use qunlian_domain::project::{Status, stage_order};
use qunlian_domain::reserve::{Facts, Score, paid_in_yuan};
use qunlian_domain::rules::Rules;
use qunlian_domain::text::fold;
use qunlian_queries::Params;
use qunlian_registry::{ClaimFilter, Filing, FilingFilter, Store, VisitsOf};

use super::super::filings::books::{refused, with_books};
use super::super::filings::shown::stage_of;
use crate::Shared;
use crate::fault::Fault;
use crate::rows::{Row, rows};
use crate::visit::Visit;

/// Filings that are looked at; a city has some thousands.
const MOST: usize = 20_000;

/// A project of the list with all that its brief says.
pub(in crate::pages) struct Reserved {
    pub origin: Origin,
    pub name: String,
    pub investor: String,
    pub carrier_id: String,
    /// By [`stage_order`].
    pub stage: usize,
    /// What is known of it, by the form's fields.
    pub values: Values,
    pub score: Score,
    /// Ids of the catalogue; empty when unknown.
    pub chain: String,
    pub segment: String,
    /// Where the investor comes from, in words.
    pub region: String,
    pub paid_in_yuan: Option<i64>,
}

/// Where the list knows a project from.
pub(in crate::pages) enum Origin {
    Filing {
        id: i64,
        number: String,
    },
    /// From workbooks alone.
    Published {
        project_id: String,
    },
}

/// The projects of the list within the reader's scope, the best first. Confidential ones are on no list.
pub(in crate::pages) async fn listed(desk: &Shared, visit: &Visit) -> Result<Vec<Reserved>, Fault> {
    listed_within(desk, &visit.who.scope).await
}

/// The same within any scope: for counts, which are the same for every reader.
pub(in crate::pages) async fn listed_within(desk: &Shared, scope: &RowScope) -> Result<Vec<Reserved>, Fault> {
    let published = published(desk, scope).await?;
    let (rules, today, scope) = (std::sync::Arc::clone(&desk.app.rules), desk.today(), scope.clone());
    with_books(desk, move |books| {
        let filter = FilingFilter { scope, limit: MOST, ..FilingFilter::default() };
        let mut scratch = ChainScratch::new();
        let mut all = Vec::new();
        // A project that is filed is the filing's, on the list or off it.
        let mut filed = HashSet::new();
        for filing in books.filings(&filter).map_err(refused)? {
            filed.insert((filing.carrier_id.clone(), fold(&filing.name)));
            if !filing.facts.is_empty() && !filing.confidential {
                all.extend(of_filing(books, &rules, filing, today, &mut scratch)?);
            }
        }
        let talks = published.into_iter().filter(|one| !filed.contains(&(one.carrier_id.clone(), fold(&one.name))));
        all.extend(talks.filter_map(|one| of_workbooks(&rules, one, today)));
        let number = |one: &Reserved| match &one.origin {
            Origin::Filing { number, .. } => number.clone(),
            Origin::Published { project_id } => project_id.clone(),
        };
        all.sort_by(|a, b| b.score.total.cmp(&a.score.total).then_with(|| number(a).cmp(&number(b))));
        Ok(all)
    })
    .await
}

/// A filing's place on the list; `None` when it has left it or was never on it.
fn of_filing(
    books: &dyn Store,
    rules: &Rules,
    filing: Filing,
    today: NaiveDate,
    scratch: &mut ChainScratch,
) -> Result<Option<Reserved>, Fault> {
    let visits = books.visits(VisitsOf::Filing(filing.id), 500).map_err(refused)?;
    let days: Vec<NaiveDate> = visits.iter().map(|visit| visit.on).collect();
    let paid_in_yuan = paid_in(books, filing.id)?;
    let found = classify_values(rules, &filing.facts, today, scratch);
    let (chain, segment) = (found.chain.to_owned(), found.segment.to_owned());
    let region = if found.country.is_empty() { found.province.to_owned() } else { found.country.to_owned() };
    let known =
        Known { values: &filing.facts, stage: filing.stage, status: &filing.status, segment: &segment, paid_in_yuan, visits: &days };
    let Some(score) = score(rules, &known, today) else { return Ok(None) };
    Ok(Some(Reserved {
        origin: Origin::Filing { id: filing.id, number: filing.number },
        name: filing.name,
        investor: filing.investor,
        carrier_id: filing.carrier_id,
        stage: filing.stage,
        values: filing.facts,
        score,
        chain,
        segment,
        region,
        paid_in_yuan,
    }))
}

/// What both kinds of projects are judged by.
struct Known<'k> {
    values: &'k Values,
    stage: usize,
    status: &'k str,
    segment: &'k str,
    paid_in_yuan: Option<i64>,
    visits: &'k [NaiveDate],
}

fn score(rules: &Rules, known: &Known<'_>, today: NaiveDate) -> Option<Score> {
    let stated = |field: &str| !known.values.text(field).is_empty();
    rules.city.reserve.score(&Facts {
        today,
        stage: stage_of(known.stage).0,
        status: Status::from_id(known.status).unwrap_or_default(),
        stated: &stated,
        segment: known.segment,
        agreed_yuan: known.values.yuan("agreed_yuan"),
        paid_in_yuan: known.paid_in_yuan,
        capital_yuan: known.values.yuan("registered_capital_yuan"),
        visits: known.visits,
        last_contact: known.visits.iter().max().copied(),
    })
}

/// Paid-in funds of a filing that are recognised, in yuan; `None` without any.
fn paid_in(books: &dyn Store, filing: i64) -> Result<Option<i64>, Fault> {
    let states = vec![claim::State::Recognised];
    let filter = ClaimFilter { scope: RowScope::City, states, filing: Some(filing), limit: 500, ..ClaimFilter::default() };
    let claims = books.claims(&filter).map_err(refused)?;
    Ok(paid_in_yuan(claims.iter().map(|claim| (claim.matter, &claim.values))))
}

/// A project that only workbooks tell of, as it was published.
struct Talk {
    project_id: String,
    name: String,
    investor: String,
    carrier_id: String,
    stage: usize,
    status: String,
    chain: String,
    segment: String,
    region: String,
    paid_in_yuan: Option<i64>,
    values: Values,
}

/// What the newest generation holds of them; nothing before the first.
async fn published(desk: &Shared, scope: &RowScope) -> Result<Vec<Talk>, Fault> {
    if desk.app.answers.generation().is_none() {
        return Ok(Vec::new());
    }
    let answer = desk.app.answers.ask("reserve_projects", Params::new().with("as_of", desk.today()), scope).await?;
    Ok(rows(&answer).map(talk).collect())
}

fn talk(row: Row<'_>) -> Talk {
    let text = |column: &str| row.text(column).to_owned();
    let agreed = row.int("agreed_yuan").map(|yuan| yuan.to_string()).unwrap_or_default();
    let stated = [
        ("name", text("project")),
        ("investor", text("investor")),
        ("investor_address", text("investor_address")),
        ("credit_code", text("credit_code")),
        ("content", text("content")),
        ("agreed_yuan", agreed),
    ];
    Talk {
        project_id: text("project_id"),
        name: text("project"),
        investor: text("investor"),
        carrier_id: text("carrier_id"),
        stage: stage_order(row.text("stage")).unwrap_or_default(),
        status: text("status"),
        chain: text("chain_id"),
        segment: text("segment_id"),
        region: text("region"),
        paid_in_yuan: row.int("paid_in_yuan"),
        values: stated.into_iter().filter(|(_, text)| !text.is_empty()).map(|(field, text)| (field.to_owned(), text)).collect(),
    }
}

fn of_workbooks(rules: &Rules, talk: Talk, today: NaiveDate) -> Option<Reserved> {
    let known = Known {
        values: &talk.values,
        stage: talk.stage,
        status: &talk.status,
        segment: &talk.segment,
        paid_in_yuan: talk.paid_in_yuan,
        visits: &[],
    };
    let score = score(rules, &known, today)?;
    Some(Reserved {
        origin: Origin::Published { project_id: talk.project_id },
        name: talk.name,
        investor: talk.investor,
        carrier_id: talk.carrier_id,
        stage: talk.stage,
        values: talk.values,
        score,
        chain: talk.chain,
        segment: talk.segment,
        region: talk.region,
        paid_in_yuan: talk.paid_in_yuan,
    })
}
