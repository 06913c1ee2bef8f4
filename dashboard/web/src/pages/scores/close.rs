//! Closing a period (关账): what the reviewer saw is kept, and printed ever after.

use axum::Form;
use axum::http::StatusCode;
use axum::response::Response;
use qunlian_registry::RegistryError;

use super::asked::Asked;
use super::standing::standing;
use crate::access::see;
use crate::fault::Fault;
use crate::pages::filings::books::{doer, refused, with_books};
use crate::reader::Reader;

/// `POST /scores/close?level=city&year=2022&quarter=1`
pub(crate) async fn close(reader: Reader, Form(pairs): Form<Vec<(String, String)>>) -> Result<Response, Fault> {
    let sent = |name: &str| pairs.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value.trim());
    let asked = Asked::read(&reader.desk.app.rules.city, &reader.visit.query, reader.desk.today())?;
    let now = standing(&reader, &asked).await?;
    let why = if now.closed.is_some() {
        "scores.refused.closed"
    } else if !asked.has_ended() {
        "scores.refused.running"
    } else if !now.complaints.is_empty() {
        "scores.refused.complaints"
    } else if sent("sure") != "yes" {
        "scores.refused.sure"
    } else if sent("seen") != super::seen(&now)? {
        "scores.refused.changed"
    } else {
        ""
    };
    if !why.is_empty() {
        return refuse(&reader, why).await;
    }
    let (by, record) = (doer(&reader.desk, &reader.who), now.record);
    let kept = with_books(&reader.desk, move |books| match books.close_sheet(&record, &by) {
        Err(RegistryError::Conflict { .. }) => Ok(false),
        kept => kept.map(|_| true).map_err(refused),
    })
    .await?;
    if kept { Ok(see(&asked.link("/scores"))) } else { refuse(&reader, "scores.refused.closed").await }
}

async fn refuse(reader: &Reader, why: &str) -> Result<Response, Fault> {
    let mut response = super::page(reader, reader.words.t(why)).await?;
    *response.status_mut() = StatusCode::CONFLICT;
    Ok(response)
}
