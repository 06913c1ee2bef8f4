//! Statements by address (取数接口): `/q.json?sql=…&p.year=2022`, `/q` with an Accept header, or a saved one as
//! `/q/<hash>.json`.

use std::hash::{DefaultHasher, Hash, Hasher};

use axum::extract::{Path, State};
use axum::http::header::{ACCEPT, CACHE_CONTROL, ETAG, VARY};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use qunlian_queries::{Door, FailureKind, Format, SqlFailure, Statement};

use crate::Shared;
use crate::cache::is_known;
use crate::export_log;
use crate::fault::Fault;
use crate::pages::saved_queries;
use crate::pages::sql::{Asked, asker, failed, files};
use crate::visit::Visit;

/// Words in a statement whose answer may change while the generation stays.
const UNSTEADY: [&str; 8] = ["system", "now", "current_date", "current_time", "current_timestamp", "today", "random", "uuid"];

/// `GET /q`: the format is the first that the Accept header names; JSON for those who take anything.
pub(crate) async fn negotiated(desk: State<Shared>, visit: Visit, headers: HeaderMap) -> Result<Response, Fault> {
    let accepted = headers.get(ACCEPT).and_then(|line| line.to_str().ok()).unwrap_or("*/*");
    let format = accepted.split(',').find_map(|kind| format_of(kind.split(';').next().unwrap_or("").trim()));
    let format = format.ok_or_else(|| Fault::bad("bad.format", accepted))?;
    let mut response = answer(desk, visit, headers, format).await?;
    response.headers_mut().insert(VARY, HeaderValue::from_static("accept, accept-encoding, cookie, authorization"));
    Ok(response)
}

/// `GET /q.<format>?sql=…&as_of=…&p.NAME=…&t.NAME=…`: all rows, streamed.
pub(crate) async fn answer(State(desk): State<Shared>, visit: Visit, headers: HeaderMap, format: Format) -> Result<Response, Fault> {
    let asked = Asked::read(visit.query.pairs());
    answered(&desk, &visit, &headers, asked, format, visit.words().t("sql.file")).await
}

/// `GET /q/<hash>.<format>?as_of=…&p.NAME=…&t.NAME=…`: all rows of the saved query of that short name, one's own or shared
/// with one's role; the address may give its parameters and its day other values.
pub(crate) async fn saved(
    State(desk): State<Shared>,
    visit: Visit,
    headers: HeaderMap,
    Path(file): Path<String>,
) -> Result<Response, Fault> {
    let (hash, suffix) = file.rsplit_once('.').ok_or(Fault::NotFound)?;
    let format = Format::from_suffix(suffix).ok_or(Fault::NotFound)?;
    let (title, kept) = saved_queries::pairs_of_hash(&desk, &visit.who, hash).await?;
    let kept = kept.iter().map(|(key, value)| (key.as_str(), value.as_str()));
    let given = visit.query.pairs().filter(|(key, _)| *key == "as_of" || key.starts_with("p.") || key.starts_with("t."));
    answered(&desk, &visit, &headers, Asked::read(kept.chain(given)), format, &title).await
}

async fn answered(desk: &Shared, visit: &Visit, headers: &HeaderMap, asked: Asked, format: Format, title: &str) -> Result<Response, Fault> {
    let asked = asked.with_defaults(desk.today());
    asked.check_length()?;
    let day = asked.day()?;
    let statement = match asked.statement(visit.words(), day, None) {
        Ok(statement) => statement,
        Err(failure) => return Ok(failed::json_response(&failure, serde_json::json!({}))),
    };
    let etag = etag(desk, visit, &statement, format, title);
    if let Some(etag) = etag.as_ref().filter(|etag| is_known(headers, etag)) {
        let mut response = StatusCode::NOT_MODIFIED.into_response();
        keep(response.headers_mut(), etag);
        return Ok(response);
    }
    export_log::statement(desk, visit.who.clone(), "/q", &statement, format.suffix()).await?;
    match files::stream_of(desk, visit, &asker(visit, Door::Rest), statement, format, title).await? {
        Ok(mut response) => {
            if let Some(etag) = &etag {
                keep(response.headers_mut(), etag);
            }
            Ok(response)
        }
        Err(failure) => Ok(refused(&failure)),
    }
}

fn refused(failure: &SqlFailure) -> Response {
    if failure.kind == FailureKind::Internal {
        tracing::error!(%failure, "a statement failed");
    }
    failed::json_response(failure, serde_json::json!({}))
}

fn format_of(media_type: &str) -> Option<Format> {
    let known = [Format::Json, Format::Csv, Format::Arrow, Format::Parquet, Format::Xlsx];
    let is_it = |format: &Format| format.media_type().split(';').next() == Some(media_type);
    match media_type {
        "*/*" | "application/*" => Some(Format::Json),
        "text/*" => Some(Format::Csv),
        _ => known.into_iter().find(is_it),
    }
}

/// Names the generation; the rest tells statement, values, format, title, rows that may be seen and this program apart.
/// Weak, as the compressed copy shares it. `None` for what may change by itself.
fn etag(desk: &Shared, visit: &Visit, statement: &Statement, format: Format, title: &str) -> Option<HeaderValue> {
    let lower = statement.sql.to_lowercase();
    let mut words = lower.split(|c: char| !c.is_alphanumeric() && c != '_');
    if words.any(|word| UNSTEADY.contains(&word)) {
        return None;
    }
    let generation = desk.app.answers.generation()?;
    let mut hasher = DefaultHasher::new();
    (&generation.published_at, &generation.rule_version, &desk.app.build, desk.today()).hash(&mut hasher);
    (&statement.sql, statement.as_of, statement.params.key(), format, title, &visit.who.scope, visit.lang).hash(&mut hasher);
    HeaderValue::from_str(&format!("W/\"g{}-{:016x}\"", generation.number, hasher.finish())).ok()
}

fn keep(headers: &mut HeaderMap, etag: &HeaderValue) {
    headers.insert(ETAG, etag.clone());
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    headers.insert(VARY, HeaderValue::from_static("accept-encoding, cookie, authorization"));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_are_read_from_media_types() {
        let check = |media_type: &str, expect: Option<Format>| assert_eq!(format_of(media_type), expect, "{media_type}");
        check("application/json", Some(Format::Json));
        check("text/csv", Some(Format::Csv));
        check("application/vnd.apache.arrow.stream", Some(Format::Arrow));
        check("application/vnd.apache.parquet", Some(Format::Parquet));
        check("*/*", Some(Format::Json));
        check("image/png", None);
        check("", None);
    }
}
