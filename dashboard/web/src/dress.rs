//! Dressing a fault (错误页): the page, or the JSON, that says what went wrong and what to do.

use axum::body::Body;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{Html, IntoResponse, Response};
use serde::Serialize;

use crate::Shared;
use crate::fault::Fault;
use crate::shell::Shell;
use crate::visit::Visit;

#[derive(Serialize)]
struct FaultView {
    lang: &'static str,
    shell: Shell,
    status: u16,
    message: String,
    hint: String,
    /// Seconds after which the page looks again by itself; 0 when that would not help.
    again: u32,
}

/// A page that refreshes itself does so after this many seconds.
const AGAIN_SECONDS: u32 = 5;

/// Turns a response that carries a [`Fault`] into one for people or programs; others pass unchanged.
pub(crate) fn dress(desk: &Shared, visit: &Visit, mut response: Response) -> Response {
    let status = response.status();
    let Some(fault) = response.extensions_mut().remove::<Fault>().or_else(|| bare_fault(status, &response)) else {
        return response;
    };
    if let Fault::Internal(problem) = &fault {
        tracing::error!(path = %visit.path, %problem, "a page could not be shown");
    }
    let mut dressed = if wants_json(&visit.path) { json(&fault, visit) } else { page(desk, &fault, visit) };
    *dressed.status_mut() = fault.status();
    dressed.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if matches!(fault, Fault::NotLoggedIn) {
        dressed.headers_mut().insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    if matches!(fault, Fault::NothingPublished | Fault::Busy | Fault::Swapped) {
        dressed.headers_mut().insert(RETRY_AFTER, HeaderValue::from(AGAIN_SECONDS));
    }
    dressed
}

/// Refusals of the framework itself: wrong method, body too large, time out.
fn bare_fault(status: StatusCode, response: &Response) -> Option<Fault> {
    if response.headers().contains_key(CONTENT_TYPE) && status != StatusCode::PAYLOAD_TOO_LARGE {
        return None;
    }
    match status {
        StatusCode::METHOD_NOT_ALLOWED => Some(Fault::MethodNotAllowed),
        StatusCode::PAYLOAD_TOO_LARGE => Some(Fault::TooLarge),
        StatusCode::GATEWAY_TIMEOUT => Some(Fault::Deadline),
        _ => None,
    }
}

/// True for what programs read: refusals are JSON there.
pub(crate) fn wants_json(path: &str) -> bool {
    path.starts_with("/api/")
        || matches!(path, "/healthz" | "/q" | "/sql/run" | "/sql/outline" | "/sql/stop")
        || [".json", ".csv", ".xlsx", ".parquet", ".arrow"].iter().any(|suffix| path.ends_with(suffix))
}

fn json(fault: &Fault, visit: &Visit) -> Response {
    let words = visit.words();
    let body = serde_json::json!({ "ok": false, "error": fault.message(words), "hint": fault.hint(words) });
    ([(CONTENT_TYPE, HeaderValue::from_static("application/json"))], body.to_string()).into_response()
}

fn page(desk: &Shared, fault: &Fault, visit: &Visit) -> Response {
    let words = visit.words();
    let again = if matches!(fault, Fault::NothingPublished | Fault::Busy | Fault::Swapped) { AGAIN_SECONDS } else { 0 };
    let view = FaultView {
        lang: visit.lang.id(),
        shell: Shell::bare(desk, visit, words.t("fault.title")),
        status: fault.status().as_u16(),
        message: fault.message(words),
        hint: fault.hint(words),
        again,
    };
    match desk.templates.render("fault.html", &view) {
        Ok(html) => Html(html).into_response(),
        Err(error) => {
            tracing::error!(%error, "the error page itself could not be shown");
            Response::new(Body::from(format!("{} {}", view.status, view.message)))
        }
    }
}
