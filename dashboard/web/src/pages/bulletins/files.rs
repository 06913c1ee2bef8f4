//! Bulletins as files: of any day on demand, and those that were made, byte for byte.

use std::sync::Arc;

use axum::extract::Path;
use axum::http::HeaderValue;
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use qunlian_bulletins::{Composed, Kind, Part};

use super::{compose, template_of};
use crate::export_log;
use crate::fault::Fault;
use crate::reader::{Reader, attachment};

/// `GET /bulletins.docx` and its like: the bulletin of the address, written now.
pub(crate) async fn wanted(reader: Reader, kind: Kind) -> Result<Response, Fault> {
    let board = reader.board()?;
    let composed = compose(&reader, &board, template_of(&reader)?).await?;
    let (lines, name) = (lines(&composed), format!("{}.{}", composed.file_stem(&reader.desk.app.city.name), kind.suffix()));
    let fonts = reader.desk.app.fonts.clone();
    let written = tokio::task::spawn_blocking(move || composed.file(kind, &fonts)).await;
    let bytes = written.map_err(|error| Fault::Internal(error.to_string()))?.map_err(|error| Fault::Internal(error.to_string()))?;
    send(bytes, kind, &name, lines)
}

/// `GET /bulletins/made/{id}.{suffix}`: a file as it was made.
pub(crate) async fn made(reader: Reader, Path(file): Path<String>) -> Result<Response, Fault> {
    let (id, suffix) = file.split_once('.').ok_or(Fault::NotFound)?;
    let (id, kind): (i64, Kind) = (id.parse().map_err(|_| Fault::NotFound)?, Kind::from_suffix(suffix).ok_or(Fault::NotFound)?);
    let desk = Arc::clone(&reader.desk);
    let read = move || -> Result<_, Fault> {
        let bulletin = desk.app.books.bulletin(id)?.ok_or(Fault::NotFound)?;
        let found = bulletin.files.iter().find(|file| file.kind == kind.suffix()).ok_or(Fault::NotFound)?;
        let bytes = desk.app.attachments.open(&found.blake3).map_err(|error| Fault::Internal(error.to_string()))?;
        Ok((format!("{}_{}_{}_{}.{}", desk.app.city.name, bulletin.name, bulletin.until, bulletin.edition, kind.suffix()), bytes))
    };
    let (name, bytes) = tokio::task::spawn_blocking(read).await.map_err(|error| Fault::Internal(error.to_string()))??;
    send(bytes, kind, &name, 1)
}

fn send(bytes: Vec<u8>, kind: Kind, name: &str, lines: usize) -> Result<Response, Fault> {
    let mut response = bytes.into_response();
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind.media_type()));
    headers.insert(CONTENT_DISPOSITION, attachment(name)?);
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    export_log::mark(headers, lines);
    Ok(response)
}

/// Lines of all its tables, for the record of the export.
fn lines(composed: &Composed) -> usize {
    let of = |part: &Part| if let Part::Table(table) = part { table.rows.len() } else { 0 };
    composed.parts.iter().map(of).sum()
}
