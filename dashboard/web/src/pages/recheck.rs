//! Re-checking a published table (数据复核): pasted or uploaded, computed again, shown back; nothing of it is kept.

mod files;
mod grid;
mod judge;
mod sent;
mod view;

use axum::extract::{Multipart, State};
use axum::http::StatusCode;
use axum::response::Response;
use qunlian_queries::Format;
use tokio::sync::Semaphore;

use crate::Shared;
use crate::fault::Fault;
use crate::form;
use crate::visit::Visit;
pub(crate) use files::FORMATS;
use judge::Judged;
use sent::{Refused, Sent};

/// Largest body: the file, the text, and what surrounds them.
pub(crate) const BODY_LIMIT: usize = (sent::MOST_MIB + 3) << 20;
/// Tables being checked at once.
static PLACES: Semaphore = Semaphore::const_new(4);

/// `GET /recheck`
pub(crate) async fn blank(State(desk): State<Shared>, visit: Visit) -> Result<Response, Fault> {
    page(&desk, &visit, &Sent::default(), Ok(None))
}

/// `POST /recheck`: the table back, with every figure marked that was computed again.
pub(crate) async fn show(State(desk): State<Shared>, visit: Visit, form: Multipart) -> Result<Response, Fault> {
    let _place = PLACES.try_acquire().map_err(|_| Fault::Busy)?;
    let mut sent = Sent::take(form).await?;
    let judged = judged(&desk, &mut sent).await?;
    page(&desk, &visit, &sent, judged.map(Some))
}

/// `POST /recheck.xlsx` and its like: the slips as a file.
pub(crate) async fn file(State(desk): State<Shared>, visit: Visit, form: Multipart, format: Format) -> Result<Response, Fault> {
    let _place = PLACES.try_acquire().map_err(|_| Fault::Busy)?;
    let mut sent = Sent::take(form).await?;
    match judged(&desk, &mut sent).await? {
        Ok(judged) => files::response(&desk, visit.words(), &judged, format),
        Err(refused) => page(&desk, &visit, &sent, Err(refused)),
    }
}

/// Reads what was sent and computes it again, off the threads that answer.
async fn judged(desk: &Shared, sent: &mut Sent) -> Result<Result<Judged, Refused>, Fault> {
    if let Err(refused) = sent.read_file(desk.app.workbooks.as_ref()).await {
        return Ok(Err(refused));
    }
    let sent = sent.clone();
    tokio::task::spawn_blocking(move || judge::judge(&sent)).await.map_err(|error| Fault::Internal(error.to_string()))
}

fn page(desk: &Shared, visit: &Visit, sent: &Sent, judged: Result<Option<Judged>, Refused>) -> Result<Response, Fault> {
    let status = if judged.is_ok() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let words = visit.words();
    let view = view::view(words, sent, judged);
    form::page(desk, visit, "recheck.html", words.t("nav.recheck"), status, view)
}
