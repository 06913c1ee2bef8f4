//! The reserve list (储备项目): ripe and large projects for leaders' trips, each point with its reason.

use std::collections::BTreeMap;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use chrono::NaiveDate;
use qunlian_domain::chain::{ChainClues, ChainScratch};
use qunlian_domain::claim;
use qunlian_domain::filing::{Matter, Values};
use qunlian_domain::history::InvestmentKind;
use qunlian_domain::project::{Status, stage_after};
use qunlian_domain::region::RegionClues;
use qunlian_domain::reserve::{Axis, Facts, Score};
use qunlian_domain::rules::Rules;
use qunlian_registry::{ClaimFilter, Filing, FilingFilter, Store, VisitsOf};
use serde::Serialize;

use super::filings::books::{carrier_name, refused, with_books};
use crate::Shared;
use crate::fault::Fault;
use crate::form;
use crate::query_string::link;
use crate::visit::Visit;

/// Filings that are looked at; a city has some thousands.
const MOST: usize = 20_000;
/// Rows on the page.
const SHOWN: usize = 200;

/// A project of the list with all that its brief says.
pub(super) struct Reserved {
    pub filing: Filing,
    pub score: Score,
    /// Ids of the catalogue; empty when unknown.
    pub chain: String,
    pub segment: String,
    /// Where the investor comes from, in words.
    pub region: String,
    pub paid_in_yuan: Option<i64>,
}

#[derive(Serialize)]
struct ReserveView {
    rows: Vec<RowView>,
    chains: Vec<Choice>,
    carriers: Vec<Choice>,
    regions: Vec<Choice>,
    total: usize,
    example: bool,
    may_plan: bool,
}

#[derive(Serialize)]
struct Choice {
    value: String,
    label: String,
    chosen: bool,
}

#[derive(Serialize)]
struct RowView {
    id: i64,
    href: String,
    name: String,
    investor: String,
    carrier: String,
    chain: String,
    region: String,
    stage: &'static str,
    amount: String,
    grade: String,
    total: i32,
    maturity: i32,
    scale: i32,
    derivation: String,
    points: Vec<PointView>,
}

#[derive(Serialize)]
struct PointView {
    axis: &'static str,
    points: i32,
    reason: String,
}

/// `GET /reserve`
pub(crate) async fn show(State(desk): State<Shared>, visit: Visit) -> Result<Response, Fault> {
    let words = visit.words();
    let all = listed(&desk, &visit).await?;
    let asked = |key: &str| visit.query.get(key).unwrap_or("").to_owned();
    let (chain, carrier, region) = (asked("chain"), asked("carrier"), asked("region"));
    let city = &desk.app.rules.city;
    let chain_name = |id: &str| city.chains.chain(id).map_or_else(|| words.t("reserve.unknown").to_owned(), |chain| chain.name.clone());
    let chains = choices(all.iter().map(|one| (one.chain.clone(), chain_name(&one.chain))), &chain);
    let carriers = choices(all.iter().map(|one| (one.filing.carrier_id.clone(), carrier_name(&desk, &one.filing.carrier_id))), &carrier);
    let regions = choices(all.iter().map(|one| (one.region.clone(), one.region.clone())), &region);
    let fits = |asked: &str, value: &str| asked.is_empty() || asked == value;
    let kept: Vec<&Reserved> =
        all.iter().filter(|one| fits(&chain, &one.chain) && fits(&carrier, &one.filing.carrier_id) && fits(&region, &one.region)).collect();
    let opens = desk.access.opens(&visit.who, "/filings/{number}");
    let view = ReserveView {
        total: kept.len(),
        rows: kept.into_iter().take(SHOWN).map(|one| row(&desk, words, one, &chain_name, opens)).collect(),
        chains,
        carriers,
        regions,
        example: !city.reserve.documented,
        may_plan: desk.access.opens(&visit.who, "/trips/new"),
    };
    form::page(&desk, &visit, "reserve.html", words.t("nav.reserve"), StatusCode::OK, view)
}

fn choices(pairs: impl Iterator<Item = (String, String)>, asked: &str) -> Vec<Choice> {
    let distinct: BTreeMap<String, String> = pairs.filter(|(value, _)| !value.is_empty()).collect();
    distinct.into_iter().map(|(value, label)| Choice { chosen: value == asked, value, label }).collect()
}

fn row(desk: &Shared, words: crate::words::Words, one: &Reserved, chain_name: &dyn Fn(&str) -> String, opens: bool) -> RowView {
    let rules = &desk.app.rules.city.reserve;
    let point = |point: &qunlian_domain::reserve::Point| PointView {
        axis: if point.axis == Axis::Maturity { words.t("reserve.maturity") } else { words.t("reserve.scale") },
        points: point.points,
        reason: point.reason.clone(),
    };
    RowView {
        id: one.filing.id,
        href: if opens { link(&format!("/filings/{}", one.filing.number), &[]) } else { String::new() },
        name: one.filing.name.clone(),
        investor: one.filing.investor.clone(),
        carrier: carrier_name(desk, &one.filing.carrier_id),
        chain: chain_name(&one.chain),
        region: one.region.clone(),
        stage: stage_of(one.filing.stage).1,
        amount: words.amount(one.filing.facts.yuan("agreed_yuan")),
        grade: rules.grade(&one.score).map_or_else(String::new, |grade| grade.name.clone()),
        total: one.score.total,
        maturity: one.score.maturity,
        scale: one.score.scale,
        derivation: rules.derivation(&one.score),
        points: one.score.points.iter().map(point).collect(),
    }
}

pub(super) fn stage_of(order: usize) -> (&'static str, &'static str) {
    stage_after(order.checked_sub(1).and_then(|at| qunlian_domain::project::Milestone::ALL.get(at)).copied())
}

/// The projects of the list within the reader's scope, the best first. Confidential ones are on no list.
pub(super) async fn listed(desk: &Shared, visit: &Visit) -> Result<Vec<Reserved>, Fault> {
    let (rules, today, scope) = (std::sync::Arc::clone(&desk.app.rules), desk.today(), visit.who.scope.clone());
    with_books(desk, move |books| {
        let filter = FilingFilter { scope, limit: MOST, ..FilingFilter::default() };
        let mut scratch = ChainScratch::new();
        let mut all = Vec::new();
        for filing in books.filings(&filter).map_err(refused)? {
            if filing.facts.is_empty() || filing.confidential {
                continue;
            }
            all.extend(judge(books, &rules, filing, today, &mut scratch)?);
        }
        all.sort_by(|a, b| b.score.total.cmp(&a.score.total).then_with(|| a.filing.number.cmp(&b.filing.number)));
        Ok(all)
    })
    .await
}

/// One project's place on the list; `None` when it has left it or was never on it.
pub(super) fn judge(
    books: &dyn Store,
    rules: &Rules,
    filing: Filing,
    today: NaiveDate,
    scratch: &mut ChainScratch,
) -> Result<Option<Reserved>, Fault> {
    let values = &filing.facts;
    let clues = ChainClues {
        name: values.text("name"),
        content: values.text("content"),
        chain_given: values.text("chain_given"),
        segment_given: values.text("segment_given"),
        industry_code: values.text("industry_code"),
        on: today,
    };
    let found = rules.chains.classify(&clues, scratch);
    let (chain, segment) = (found.chain.to_owned(), found.segment.to_owned());
    let visits = books.visits(VisitsOf::Filing(filing.id), 500).map_err(refused)?;
    let days: Vec<NaiveDate> = visits.iter().map(|visit| visit.on).collect();
    let paid_in_yuan = paid_in(books, filing.id)?;
    let stated = |field: &str| !values.text(field).is_empty();
    let facts = Facts {
        today,
        stage: stage_of(filing.stage).0,
        status: Status::from_id(&filing.status).unwrap_or_default(),
        stated: &stated,
        segment: &segment,
        agreed_yuan: values.yuan("agreed_yuan"),
        paid_in_yuan,
        capital_yuan: values.yuan("registered_capital_yuan"),
        visits: &days,
        last_contact: days.iter().max().copied(),
    };
    let score = rules.city.reserve.score(&facts);
    let region = region_of(rules, values);
    Ok(score.map(|score| Reserved { score, chain, segment, region, paid_in_yuan, filing }))
}

/// Paid-in funds that are recognised, in yuan; `None` without any.
fn paid_in(books: &dyn Store, filing: i64) -> Result<Option<i64>, Fault> {
    let filter = ClaimFilter {
        scope: qunlian_domain::access::RowScope::City,
        states: vec![claim::State::Recognised],
        filing: Some(filing),
        limit: 500,
        ..ClaimFilter::default()
    };
    let months: Vec<i64> = books
        .claims(&filter)
        .map_err(refused)?
        .iter()
        .filter(|claim| matches!(claim.matter, Matter::Investment(InvestmentKind::PaidIn, _)))
        .filter_map(|claim| claim.values.yuan("yuan"))
        .collect();
    Ok((!months.is_empty()).then(|| months.iter().sum()))
}

/// Province and city, or the country; empty when no clue names a place.
fn region_of(rules: &Rules, values: &Values) -> String {
    let region = rules.regions.classify(&RegionClues {
        address: values.text("investor_address"),
        company: values.text("investor"),
        credit_code: values.text("credit_code"),
        supplied: values.text("country_given"),
    });
    if region.country.is_empty() { region.province.to_owned() } else { region.country.to_owned() }
}
