//! Exports leave a record (导出留痕): whoever takes rows away in a file, from which address, and how many.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use qunlian_domain::audit::AuditAction;
use qunlian_queries::Statement;
use serde_json::json;

use crate::Shared;
use crate::audit::audit;
use crate::fault::Fault;
use crate::pages::query;
use crate::who;

/// Between a handler and this layer only: how many rows the file holds. Kept pages keep it, browsers never see it.
const ROWS: HeaderName = HeaderName::from_static("qunlian-rows");

/// Marks a response as a file of so many rows.
pub(crate) fn mark(headers: &mut HeaderMap, rows: usize) {
    headers.insert(ROWS, HeaderValue::from(rows));
}

/// Marks a response as a file whose rows are not known before it ends.
pub(crate) fn mark_uncounted(headers: &mut HeaderMap) {
    headers.insert(ROWS, HeaderValue::from_static("uncounted"));
}

/// Records every file before it is handed out, kept ones too. What cannot be recorded is not handed out.
pub(crate) async fn record(State(desk): State<Shared>, request: Request, next: Next) -> Response {
    let who = who::of(request.extensions());
    let (method, address) = (request.method().clone(), request.uri().to_string());
    let mut response = next.run(request).await;
    let Some(rows) = response.headers_mut().remove(ROWS) else { return response };
    if method == Method::HEAD || response.status() != StatusCode::OK {
        return response;
    }
    let rows = rows.to_str().ok().and_then(|rows| rows.parse::<u64>().ok());
    let write = move || audit(&desk, &who, AuditAction::Export, &address, json!({ "rows": rows, "method": method.as_str() }));
    match tokio::task::spawn_blocking(write).await {
        Ok(Ok(())) => response,
        Ok(Err(fault)) => {
            tracing::error!(?fault, "an export could not be recorded, so it was not handed out");
            Fault::NotRecorded.into_response()
        }
        Err(error) => Fault::Internal(error.to_string()).into_response(),
    }
}

/// Records a statement of an analyst's own before it runs, so that even one that never ends has left its text.
/// `door` is the address, `values` are the parameters that were bound.
pub(crate) async fn statement(
    desk: &Shared,
    who: Arc<who::Who>,
    door: &'static str,
    statement: &Statement,
    format: &str,
) -> Result<(), Fault> {
    let as_of = statement.as_of.map(|day| day.to_string()).unwrap_or_default();
    let mut detail = json!({ "sql": statement.sql, "as_of": as_of, "format": format });
    let values: BTreeMap<&str, String> = statement.params.iter().map(|(name, value)| (name, query::text(value))).collect();
    if !values.is_empty() {
        detail["values"] = json!(values);
    }
    before_it_runs(desk, who, door, detail).await
}

/// Records what is about to run. What cannot be recorded does not run.
pub(crate) async fn before_it_runs(desk: &Shared, who: Arc<who::Who>, door: &'static str, detail: serde_json::Value) -> Result<(), Fault> {
    let desk = Arc::clone(desk);
    let write = move || audit(&desk, &who, AuditAction::Sql, door, detail);
    match tokio::task::spawn_blocking(write).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(fault)) => {
            tracing::error!(?fault, "a statement could not be recorded, so it did not run");
            Err(Fault::NotRecorded)
        }
        Err(error) => Err(Fault::Internal(error.to_string())),
    }
}
