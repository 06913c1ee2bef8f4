//! Results as files (查询结果下载): run again without a cap and handed out part by part, never collected.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::body::Body;
use axum::http::HeaderValue;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::Response;
use chrono::NaiveDate;
use futures::{StreamExt, stream};
use qunlian_queries::{About, Asker, FailureKind, Format, Parts, SqlFailure, Statement};
use tokio::runtime::Handle;

use crate::Shared;
use crate::export_log;
use crate::fault::Fault;
use crate::reader::{attachment, file_stem};
use crate::statement_log::{self, Begun, Given};
use crate::visit::Visit;
use crate::who::Who;

/// Runs a statement into a response. The first part is awaited, so that what fails at once is a refusal and not a
/// broken file; a failure after it breaks the transfer off. `title` heads the file and its name. The history is written when
/// the file has ended, whichever way.
pub(crate) async fn stream_of(
    desk: &Shared,
    visit: &Visit,
    asker: &Asker,
    statement: Statement,
    format: Format,
    title: &str,
) -> Result<Result<Response, SqlFailure>, Fault> {
    let statement = with_ticket(statement);
    let record = Record { desk: Arc::clone(desk), who: Arc::clone(&visit.who), begun: Some(statement_log::begin(desk, asker, &statement)) };
    let day = statement.as_of.unwrap_or_else(|| desk.today());
    let about = About { title: title.to_owned(), definition: String::new(), source: desk.app.city.center.clone() };
    let mut parts = match desk.app.sql.file(asker, statement, format, about).await {
        Ok(parts) => parts,
        Err(failure) => return Ok(Err(record.failed(failure).await)),
    };
    let first = match parts.next().await {
        Some(Err(failure)) => return Ok(Err(record.failed(failure).await)),
        Some(Ok(first)) => Some(first),
        None => None,
    };
    // Fused: what compresses a body asks it once more after its end.
    let left = Left { first, parts, record };
    let mut response = Response::new(Body::from_stream(stream::unfold(Some(left), next).fuse()));
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(format.media_type()));
    if format != Format::Json {
        response.headers_mut().insert(CONTENT_DISPOSITION, attachment(&file_name(title, day, format.suffix()))?);
    }
    export_log::mark_uncounted(response.headers_mut());
    Ok(Ok(response))
}

/// Without a ticket the desk could not tell afterwards what became of the statement.
fn with_ticket(statement: Statement) -> Statement {
    static NUMBER: AtomicU64 = AtomicU64::new(0);
    if !statement.ticket.is_empty() {
        return statement;
    }
    Statement { ticket: format!("file {}", NUMBER.fetch_add(1, Ordering::Relaxed)), ..statement }
}

/// `查询结果_2022-05-31.csv`
fn file_name(title: &str, day: NaiveDate, suffix: &str) -> String {
    format!("{}_{day}.{suffix}", file_stem(title))
}

/// The line of the history that is still to be written.
struct Record {
    desk: Shared,
    who: Arc<Who>,
    begun: Option<Begun>,
}

impl Record {
    async fn failed(mut self, failure: SqlFailure) -> SqlFailure {
        self.write(Err(&failure)).await;
        failure
    }

    async fn write(&mut self, outcome: Result<Given, &SqlFailure>) {
        if let Some(begun) = self.begun.take() {
            statement_log::record_run(&self.desk, &self.who, begun, outcome).await;
        }
    }
}

impl Drop for Record {
    /// Whoever took the file away did not wait for its end.
    fn drop(&mut self) {
        let (Some(begun), Ok(runtime)) = (self.begun.take(), Handle::try_current()) else { return };
        let (desk, who) = (Arc::clone(&self.desk), Arc::clone(&self.who));
        runtime.spawn(async move {
            let left = SqlFailure::new(FailureKind::Stopped, "the download was broken off", "下载已中断", "");
            statement_log::record_run(&desk, &who, begun, Err(&left)).await;
        });
    }
}

/// What is still to be handed out.
struct Left {
    first: Option<Vec<u8>>,
    parts: Box<dyn Parts>,
    record: Record,
}

async fn next(left: Option<Left>) -> Option<(Result<Vec<u8>, SqlFailure>, Option<Left>)> {
    let mut left = left?;
    if let Some(first) = left.first.take() {
        return Some((Ok(first), Some(left)));
    }
    match left.parts.next().await {
        Some(Ok(part)) => Some((Ok(part), Some(left))),
        Some(Err(failure)) => {
            // Not its words: a fault may name a value.
            tracing::warn!(kind = failure.kind.id(), "a download was broken off");
            Some((Err(left.record.failed(failure).await), None))
        }
        None => {
            left.record.write(Ok(Given::default())).await;
            None
        }
    }
}
