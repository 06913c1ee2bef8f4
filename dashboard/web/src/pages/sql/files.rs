//! Results as files (查询结果下载): run again without a cap and handed out part by part, never collected.

use axum::body::Body;
use axum::http::HeaderValue;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::Response;
use chrono::NaiveDate;
use futures::{StreamExt, stream};
use qunlian_queries::{About, Asker, Format, Parts, SqlFailure, Statement};

use crate::Shared;
use crate::export_log;
use crate::fault::Fault;
use crate::reader::{attachment, file_stem};
use crate::statement_log::{self, Given};
use crate::visit::Visit;

/// Runs a statement into a response. The first part is awaited, so that what fails at once is a refusal and not a
/// broken file; a failure after it breaks the transfer off. `title` heads the file and its name. The history tells that it was begun: how long it becomes is
/// known when it has been taken away.
pub(crate) async fn stream_of(
    desk: &Shared,
    visit: &Visit,
    asker: &Asker,
    statement: Statement,
    format: Format,
    title: &str,
) -> Result<Result<Response, SqlFailure>, Fault> {
    let begun = statement_log::begin(desk, asker, &statement);
    let outcome = streamed(desk, asker, statement, format, title).await?;
    statement_log::record_run(desk, &visit.who, begun, outcome.as_ref().map(|_| Given::default())).await;
    Ok(outcome)
}

async fn streamed(
    desk: &Shared,
    asker: &Asker,
    statement: Statement,
    format: Format,
    title: &str,
) -> Result<Result<Response, SqlFailure>, Fault> {
    let day = statement.as_of.unwrap_or_else(|| desk.today());
    let about = About { title: title.to_owned(), definition: String::new(), source: desk.app.city.center.clone() };
    let mut parts = match desk.app.sql.file(asker, statement, format, about).await {
        Ok(parts) => parts,
        Err(failure) => return Ok(Err(failure)),
    };
    let first = match parts.next().await {
        Some(Err(failure)) => return Ok(Err(failure)),
        Some(Ok(first)) => Some(first),
        None => None,
    };
    // Fused: what compresses a body asks it once more after its end.
    let mut response = Response::new(Body::from_stream(stream::unfold((first, Some(parts)), next).fuse()));
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(format.media_type()));
    if format != Format::Json {
        response.headers_mut().insert(CONTENT_DISPOSITION, attachment(&file_name(title, day, format.suffix()))?);
    }
    export_log::mark_uncounted(response.headers_mut());
    Ok(Ok(response))
}

/// `查询结果_2022-05-31.csv`
fn file_name(title: &str, day: NaiveDate, suffix: &str) -> String {
    format!("{}_{day}.{suffix}", file_stem(title))
}

type Left = (Option<Vec<u8>>, Option<Box<dyn Parts>>);

async fn next((first, parts): Left) -> Option<(Result<Vec<u8>, SqlFailure>, Left)> {
    if let Some(first) = first {
        return Some((Ok(first), (None, parts)));
    }
    let mut parts = parts?;
    match parts.next().await? {
        Ok(part) => Some((Ok(part), (None, Some(parts)))),
        Err(failure) => {
            // Not its words: a fault may name a value.
            tracing::warn!(kind = failure.kind.id(), "a download was broken off");
            Some((Err(failure), (None, None)))
        }
    }
}
