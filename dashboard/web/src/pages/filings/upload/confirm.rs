//! The clerk's word (确认导入): chosen rows become filings, each once; complete ones are submitted, others stay drafts.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use axum::Form;
use axum::extract::State;
use axum::response::Response;
use qunlian_registry::{NewFiling, Typed};

use crate::Shared;
use crate::access::see;
use crate::fault::Fault;
use crate::visit::Visit;

use super::super::books::{doer, files_for, require_own};
use super::super::form::keep;
use super::super::shown::stage_of;
use super::kept::{Filed, KeptRow};
use super::rows::values_of;

/// How long one word files rows; it may be given again for the rest. Two thousand take some twelve seconds.
const AT_ONCE: Duration = Duration::from_secs(20);

/// `POST /filings/upload/confirm`
pub(crate) async fn run(State(desk): State<Shared>, visit: Visit, Form(pairs): Form<Vec<(String, String)>>) -> Result<Response, Fault> {
    let key = pairs.iter().find(|(name, _)| name == "preview").map_or("", |(_, key)| key.as_str());
    let chosen: BTreeSet<usize> = pairs.iter().filter(|(name, _)| name == "row").filter_map(|(_, at)| at.parse().ok()).collect();
    let found = desk.previews.find(key, visit.who.account, desk.now());
    let preview = found.ok_or_else(|| Fault::bad("bad.upload_gone", ""))?;
    require_own(&desk, &visit.who, &preview.carrier_id)?;
    let own = files_for(&visit.who, &desk.app.rules.city.carriers, desk.today());
    let chosen: Vec<(usize, &KeptRow)> = chosen.into_iter().filter_map(|at| Some((at, preview.rows.get(at)?))).collect();
    if chosen.iter().any(|(_, row)| !own.contains(&row.carrier_id)) {
        return Err(Fault::Forbidden);
    }
    let page = |done: &str| see(&format!("/filings/upload/{key}?done={done}"));
    if chosen.is_empty() {
        return Ok(page("none"));
    }
    let mut filed = preview.filed.lock().await;
    let (began, mut full) = (Instant::now(), None);
    let open: Vec<_> = chosen.into_iter().filter(|(at, _)| !filed.contains_key(at)).collect();
    for (at, row) in open {
        if began.elapsed() > AT_ONCE {
            return Ok(page("more"));
        }
        match file(&desk, &visit, key, at, row).await {
            Ok(done) => drop(filed.insert(at, done)),
            // No draft finds a place any more; complete rows do.
            Err(fault @ Fault::Bad { key: "bad.drafts", .. }) => full = Some(fault),
            Err(fault) => return Err(fault),
        }
    }
    match full {
        None => Ok(page("filed")),
        Some(fault) if filed.is_empty() => Err(fault),
        Some(_) => Ok(page("drafts")),
    }
}

/// Files one row. The key of its preview and its place there keep it from being filed again.
async fn file(desk: &Shared, visit: &Visit, key: &str, at: usize, row: &KeptRow) -> Result<Filed, Fault> {
    let checked = values_of(desk, row);
    let submitted = checked.faults.is_empty();
    let mut typed: Typed = row.typed.clone();
    typed.insert("stage".to_owned(), stage_of(row.stage).0.to_owned());
    let body = serde_json::json!({ "carrier": row.carrier_id, "typed": typed }).to_string();
    let once = Some((format!("upload:{key}:{at}"), blake3::hash(body.as_bytes()).to_hex().to_string()));
    let new = NewFiling { carrier_id: row.carrier_id.clone(), stage: row.stage, typed, once, by: doer(desk, &visit.who) };
    let opened = keep(desk, new, submitted.then_some(checked.values)).await?;
    let opened = opened.ok_or_else(|| Fault::bad("bad.filing_conflict", ""))?;
    Ok(Filed { number: opened.filing.number, claim: opened.claim.id, submitted })
}
