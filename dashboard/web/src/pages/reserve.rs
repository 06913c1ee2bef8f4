//! The reserve list (储备项目): ripe and large projects for leaders' trips, each point with its reason.

mod listed;

use std::collections::BTreeMap;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use qunlian_domain::reserve::Axis;
use serde::Serialize;

pub(super) use listed::{Origin, Reserved, listed, listed_within};

use super::filings::books::carrier_name;
use super::filings::shown::stage_of;
use crate::Shared;
use crate::fault::Fault;
use crate::form;
use crate::query_string::encode;
use crate::visit::Visit;

/// Rows on the page.
const SHOWN: usize = 200;

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
    /// By which a trip takes it up: `filing` and its id, or `firm` and the investor.
    pick: &'static str,
    picked: String,
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
    let carriers = choices(all.iter().map(|one| (one.carrier_id.clone(), carrier_name(&desk, &one.carrier_id))), &carrier);
    let regions = choices(all.iter().map(|one| (one.region.clone(), one.region.clone())), &region);
    let fits = |asked: &str, value: &str| asked.is_empty() || asked == value;
    let kept: Vec<&Reserved> =
        all.iter().filter(|one| fits(&chain, &one.chain) && fits(&carrier, &one.carrier_id) && fits(&region, &one.region)).collect();
    let opens_filings = desk.access.opens(&visit.who, "/filings/{number}");
    let view = ReserveView {
        total: kept.len(),
        rows: kept.into_iter().take(SHOWN).map(|one| row(&desk, words, one, &chain_name, opens_filings)).collect(),
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

fn row(desk: &Shared, words: crate::words::Words, one: &Reserved, chain_name: &dyn Fn(&str) -> String, opens_filings: bool) -> RowView {
    let rules = &desk.app.rules.city.reserve;
    let point = |point: &qunlian_domain::reserve::Point| PointView {
        axis: if point.axis == Axis::Maturity { words.t("reserve.maturity") } else { words.t("reserve.scale") },
        points: point.points,
        reason: point.reason.clone(),
    };
    let (pick, picked, href) = match &one.origin {
        Origin::Filing { id, number } => {
            ("filing", id.to_string(), if opens_filings { format!("/filings/{number}") } else { String::new() })
        }
        Origin::Published { project_id } => ("firm", one.investor.clone(), format!("/projects/{}", encode(project_id))),
    };
    RowView {
        pick,
        picked,
        href,
        name: one.name.clone(),
        investor: one.investor.clone(),
        carrier: carrier_name(desk, &one.carrier_id),
        chain: chain_name(&one.chain),
        region: one.region.clone(),
        stage: stage_of(one.stage).1,
        amount: words.amount(one.values.yuan("agreed_yuan")),
        grade: rules.grade(&one.score).map_or_else(String::new, |grade| grade.name.clone()),
        total: one.score.total,
        maturity: one.score.maturity,
        scale: one.score.scale,
        derivation: rules.derivation(&one.score),
        points: one.score.points.iter().map(point).collect(),
    }
}
