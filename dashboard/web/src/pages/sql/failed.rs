//! A statement that gave no table, told to programs and pages (查询失败).

use axum::http::header::{CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use qunlian_queries::{FailureKind, SqlFailure};
use serde::Serialize;
use serde_json::{Value, json};

use crate::words::{Lang, Words};

/// Seconds to wait when a busy desk names none.
const PATIENCE: u32 = 5;

/// What the page says of a failure.
#[derive(Serialize)]
pub(crate) struct Trouble {
    pub kind: &'static str,
    pub error: String,
    pub hint: String,
}

impl Trouble {
    pub(crate) fn of(words: Words, failure: &SqlFailure) -> Self {
        let error = if words.lang() == Lang::Chinese { &failure.said } else { &failure.error };
        Self { kind: failure.kind.id(), error: error.clone(), hint: failure.hint.clone() }
    }
}

/// `{"ok": false, "kind": "syntax", "error": …, "said": …, "hint": …, "line": 1, "column": 8}`
pub(crate) fn value(failure: &SqlFailure) -> Value {
    json!({
        "ok": false,
        "kind": failure.kind.id(),
        "error": failure.error,
        "said": failure.said,
        "hint": failure.hint,
        "line": failure.place.map(|place| place.line),
        "column": failure.place.map(|place| place.column),
        "retry_after": retry_after(failure),
    })
}

/// A failure for a program; `more` joins its fields.
pub(crate) fn json_response(failure: &SqlFailure, more: Value) -> Response {
    let mut body = value(failure);
    if let (Some(body), Value::Object(more)) = (body.as_object_mut(), more) {
        body.extend(more);
    }
    let mut response = ([(CONTENT_TYPE, HeaderValue::from_static("application/json"))], body.to_string()).into_response();
    *response.status_mut() = status(failure.kind);
    mark(failure, response.headers_mut());
    response
}

/// `Retry-After` where it helps.
pub(crate) fn mark(failure: &SqlFailure, headers: &mut HeaderMap) {
    if let Some(seconds) = retry_after(failure) {
        headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
    }
}

fn retry_after(failure: &SqlFailure) -> Option<u32> {
    (failure.kind == FailureKind::Busy).then(|| failure.retry_after.unwrap_or(PATIENCE))
}

/// The HTTP status of a failure.
pub(crate) fn status(kind: FailureKind) -> StatusCode {
    match kind {
        FailureKind::NotOne
        | FailureKind::Syntax
        | FailureKind::NotReadOnly
        | FailureKind::UnknownTable
        | FailureKind::UnknownColumn
        | FailureKind::Refused => StatusCode::BAD_REQUEST,
        FailureKind::TooLarge | FailureKind::Memory => StatusCode::UNPROCESSABLE_ENTITY,
        FailureKind::Deadline => StatusCode::GATEWAY_TIMEOUT,
        FailureKind::Busy => StatusCode::TOO_MANY_REQUESTS,
        FailureKind::Stopped => StatusCode::CONFLICT,
        FailureKind::NoData => StatusCode::SERVICE_UNAVAILABLE,
        FailureKind::Internal => StatusCode::INTERNAL_SERVER_ERROR,
    }
}
