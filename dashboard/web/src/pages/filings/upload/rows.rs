//! The preview (报表预览): complaints, and each row with what a filing of it would lack; then what became of them.

use std::collections::BTreeMap;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use qunlian_domain::filing::{Asked, Checked, Values, check};
use serde::Serialize;

use crate::Shared;
use crate::fault::Fault;
use crate::visit::Visit;
use crate::words::Words;
use crate::workbooks::BookComplaint;

use super::super::books::{carrier_name, files_for, require_own};
use super::super::duplicates::TwinView;
use super::super::shown::{shown, stage_named};
use super::super::{list_crumb, page};
use super::kept::{Filed, KeptRow, Preview};

#[derive(Serialize)]
struct PreviewView<'a> {
    key: &'a str,
    file_name: &'a str,
    carrier: String,
    /// Key of a word said at the top; empty for none.
    notice: &'static str,
    rows: Vec<RowView<'a>>,
    /// Rows that are complete, those that would be drafts, and those filed already.
    ready: usize,
    drafts: usize,
    filed: usize,
    complaints: Vec<ComplaintView<'a>>,
    complaint_count: usize,
}

#[derive(Serialize)]
struct RowView<'a> {
    at: usize,
    sheet: &'a str,
    row: u64,
    name: String,
    investor: String,
    amount: String,
    stage: String,
    /// What is missing or wrong; empty for a row that can be submitted.
    faults: Vec<String>,
    twins: &'a [TwinView],
    /// Name of the carrier, when it is not the clerk's own.
    foreign: String,
    /// Address and number of what it became.
    href: String,
    number: String,
    submitted: bool,
}

#[derive(Serialize)]
struct ComplaintView<'a> {
    sheet: &'a str,
    row: &'a str,
    column: &'a str,
    value: &'a str,
    problem: &'a str,
    hint: &'a str,
    severity: String,
}

/// What a filing of the row states, and what it lacks at the row's stage.
pub(super) fn values_of(desk: &Shared, row: &KeptRow) -> Checked {
    check(&Asked::of_project(&desk.app.rules.city, row.stage, &Values::default(), desk.today()), &row.typed)
}

/// `GET /filings/upload/{key}`: the preview, or with `?done=` what became of its rows.
pub(crate) async fn show(State(desk): State<Shared>, visit: Visit, Path(key): Path<String>) -> Result<Response, Fault> {
    let found = desk.previews.find(&key, visit.who.account, desk.now());
    let preview = found.ok_or_else(|| Fault::bad("bad.upload_gone", ""))?;
    require_own(&desk, &visit.who, &preview.carrier_id)?;
    let filed = preview.filed.lock().await.clone();
    let words = visit.words();
    let view = view(&desk, &visit, &key, &preview, &filed);
    let (template, title) = match visit.query.get("done") {
        Some("filed" | "drafts" | "more") if !filed.is_empty() => ("filings_upload_done.html", "upload.done"),
        _ => ("filings_upload_rows.html", "upload.preview"),
    };
    page(&desk, &visit, StatusCode::OK, words.t(title), vec![list_crumb(&visit)], template, view).await
}

fn view<'a>(desk: &Shared, visit: &Visit, key: &'a str, preview: &'a Preview, filed: &BTreeMap<usize, Filed>) -> PreviewView<'a> {
    let words = visit.words();
    let own = files_for(&visit.who, &desk.app.rules.city.carriers, desk.today());
    let row = |(at, row): (usize, &'a KeptRow)| {
        let foreign = if own.contains(&row.carrier_id) { String::new() } else { carrier_name(desk, &row.carrier_id) };
        row_view(desk, words, at, row, foreign, filed.get(&at))
    };
    let rows: Vec<RowView<'a>> = preview.rows.iter().enumerate().map(row).collect();
    let open = || rows.iter().filter(|row| row.foreign.is_empty() && row.number.is_empty());
    PreviewView {
        key,
        file_name: &preview.file_name,
        carrier: carrier_name(desk, &preview.carrier_id),
        notice: match visit.query.get("done") {
            Some("none") => "upload.choose",
            Some("drafts") => "upload.stopped",
            Some("more") => "upload.more",
            _ => "",
        },
        ready: open().filter(|row| row.faults.is_empty()).count(),
        drafts: open().filter(|row| !row.faults.is_empty()).count(),
        filed: filed.len(),
        rows,
        complaints: preview.complaints.iter().map(|complaint| complaint_view(words, complaint)).collect(),
        complaint_count: preview.complaint_count,
    }
}

fn row_view<'a>(desk: &Shared, words: Words, at: usize, row: &'a KeptRow, foreign: String, filed: Option<&Filed>) -> RowView<'a> {
    let city = &desk.app.rules.city;
    let checked = values_of(desk, row);
    let text = |field: &str| {
        let canonical = checked.values.text(field);
        let typed = row.typed.get(field).map_or("", String::as_str);
        shown(words, city, field, if canonical.is_empty() { typed } else { canonical })
    };
    let name = text("name");
    RowView {
        at,
        sheet: &row.sheet,
        row: row.row,
        name: if name.is_empty() { words.t("filing.unnamed").to_owned() } else { name },
        investor: text("investor"),
        amount: text("agreed_yuan"),
        stage: stage_named(words, row.stage),
        faults: checked.faults.iter().map(|fault| shown(words, city, "", &fault.problem)).collect(),
        twins: &row.twins,
        foreign,
        href: filed.map(address).unwrap_or_default(),
        number: filed.map(|filed| filed.number.clone()).unwrap_or_default(),
        submitted: filed.is_some_and(|filed| filed.submitted),
    }
}

/// A draft is gone on with where it is filled in.
fn address(filed: &Filed) -> String {
    if filed.submitted { format!("/filings/{}", filed.number) } else { format!("/claims/{}", filed.claim) }
}

fn complaint_view<'a>(words: Words, complaint: &'a BookComplaint) -> ComplaintView<'a> {
    ComplaintView {
        sheet: &complaint.sheet,
        row: &complaint.row,
        column: &complaint.column,
        value: &complaint.value,
        problem: &complaint.problem,
        hint: &complaint.hint,
        severity: words.named("severity", &complaint.severity, ""),
    }
}
