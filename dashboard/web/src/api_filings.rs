//! Filing by programs (备案接口): one call files a project or says what is wrong with it, field by field.

pub(crate) mod describe;

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use qunlian_domain::filing::field::static_id;
use qunlian_domain::filing::{Asked, Values, check};
use qunlian_domain::project::stage_order;
use qunlian_registry::{ClaimFilter, ClaimOrder, NewFiling, Typed};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::Shared;
use crate::fault::Fault;
use crate::pages::filings::books::{doer, refused, require_own, seen_filing, with_books};
use crate::pages::filings::form::keep;
use crate::visit::Visit;

/// A longer key is none.
const LONGEST_KEY: usize = 100;

/// What a program sends.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Sent {
    /// Id of the carrier to file for.
    carrier: String,
    /// `negotiating`, `signed`, ...
    stage: String,
    /// False keeps a draft, right or wrong.
    #[serde(default = "yes")]
    submit: bool,
    /// By field id: texts, numbers (amounts in 万元) and yes or no.
    fields: BTreeMap<String, Value>,
}

fn yes() -> bool {
    true
}

/// `POST /api/filings`
pub(crate) async fn file(
    State(desk): State<Shared>,
    visit: Visit,
    headers: HeaderMap,
    body: Result<Json<Sent>, JsonRejection>,
) -> Result<Response, Fault> {
    let sent = match body {
        Ok(Json(sent)) => sent,
        Err(rejection) => return Ok(refusal(vec![fault("", "", &rejection.body_text(), "格式见 /api/filings 的说明")])),
    };
    let mut faults = Vec::new();
    let Some(stage) = stage_order(&sent.stage) else {
        return Ok(refusal(vec![fault(
            "stage",
            "阶段",
            &format!("没有这个阶段：{}", short(&sent.stage)),
            "如 negotiating、signed、started",
        )]));
    };
    require_own(&desk, &visit.who, &sent.carrier)?;
    let mut typed = Typed::new();
    for (field, value) in &sent.fields {
        match (static_id(field), text_of(value)) {
            (Some(id), Some(text)) => drop(typed.insert(id.to_owned(), text)),
            (None, _) => faults.push(fault(&short(field), "", "没有这个字段", "字段见 /api/filings 的说明")),
            (_, None) => faults.push(fault(field, desk.app.rules.city.filing.title(field), "不是文字、数字或是否", "请传一个值")),
        }
    }
    typed.insert("stage".to_owned(), sent.stage.clone());
    let city = &desk.app.rules.city;
    let checked = check(&Asked::of_project(city, stage, &Values::default(), desk.today()), &typed);
    if sent.submit {
        let found = checked.faults.iter().map(|found| fault(found.field, city.filing.title(found.field), &found.problem, &found.hint));
        faults.extend(found);
    }
    if !faults.is_empty() {
        return Ok(refusal(faults));
    }
    let once = match key_of(&headers, &sent.carrier, &typed) {
        Ok(once) => once,
        Err(problem) => return Ok(refusal(vec![fault("Idempotency-Key", "", problem, "1 到 100 个可见字符")])),
    };
    let new = NewFiling { carrier_id: sent.carrier, stage, typed, once, by: doer(&desk, &visit.who) };
    let Some(opened) = keep(&desk, new, sent.submit.then_some(checked.values)).await? else {
        let body = json!({"ok": false, "error": "该 Idempotency-Key 已用于另一份内容", "hint": "换一个键，或原样重发"});
        return Ok((StatusCode::CONFLICT, Json(body)).into_response());
    };
    let state = opened.claim.standing.state;
    let body = json!({
        "ok": true, "number": opened.filing.number, "claim": opened.claim.id, "state": state.id(), "state_name": state.name(),
        "href": format!("/filings/{}", opened.filing.number), "again": opened.again,
    });
    let status = if opened.again { StatusCode::OK } else { StatusCode::CREATED };
    Ok((status, Json(body)).into_response())
}

/// `GET /api/filings/{number}`: where its claims stand. No contact leaves the books this way.
pub(crate) async fn status(State(desk): State<Shared>, visit: Visit, Path(number): Path<String>) -> Result<Response, Fault> {
    let who = visit.who.clone();
    let body = with_books(&desk, move |books| {
        let filing = seen_filing(books, &who, &number)?;
        let filter = ClaimFilter {
            scope: who.scope.clone(),
            filing: Some(filing.id),
            order: ClaimOrder::FirstCome,
            limit: 500,
            ..Default::default()
        };
        let claims: Vec<Value> = books
            .claims(&filter)
            .map_err(refused)?
            .iter()
            .map(|claim| {
                let standing = &claim.standing;
                json!({
                    "claim": claim.id, "matter": claim.matter.id(), "matter_name": claim.matter.name(), "state": standing.state.id(),
                    "state_name": standing.state.name(), "submitted_on": claim.submitted_on.map(|day| day.to_string()),
                    "noticed_on": standing.noticed_on.map(|day| day.to_string()),
                    "recognised_on": standing.recognised_on.map(|day| day.to_string()),
                    "revoked_on": claim.revoked_on.map(|day| day.to_string()),
                })
            })
            .collect();
        Ok(json!({"ok": true, "number": filing.number, "carrier": filing.carrier_id, "name": filing.name, "claims": claims}))
    })
    .await?;
    Ok(Json(body).into_response())
}

fn text_of(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(true) => Some("是".to_owned()),
        Value::Bool(false) | Value::Null => Some(String::new()),
        Value::Array(_) | Value::Object(_) => None,
    }
}

/// The key with the hash of what it stands for.
fn key_of(headers: &HeaderMap, carrier: &str, typed: &Typed) -> Result<Option<(String, String)>, &'static str> {
    let Some(key) = headers.get("idempotency-key") else { return Ok(None) };
    let key = key.to_str().ok().filter(|key| !key.is_empty() && key.len() <= LONGEST_KEY).ok_or("这个键不能用")?;
    let body = json!({ "carrier": carrier, "typed": typed }).to_string();
    Ok(Some((format!("api:{key}"), blake3::hash(body.as_bytes()).to_hex().to_string())))
}

fn fault(field: &str, title: &str, problem: &str, hint: &str) -> Value {
    json!({"field": field, "title": title, "problem": problem, "hint": hint})
}

fn refusal(faults: Vec<Value>) -> Response {
    let body = json!({"ok": false, "error": format!("有 {} 处需要修改，未备案", faults.len()), "faults": faults});
    (StatusCode::UNPROCESSABLE_ENTITY, Json(body)).into_response()
}

fn short(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(40).collect()
}
