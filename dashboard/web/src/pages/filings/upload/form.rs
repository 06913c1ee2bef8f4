//! The upload itself (上传): carrier, file, and what no workbook says of its rows.

use axum::extract::{Multipart, State};
use axum::http::StatusCode;
use axum::response::Response;
use qunlian_domain::audit::clean;
use qunlian_domain::filing::{FieldKind, kind_of};
use qunlian_domain::project::Milestone;
use qunlian_registry::Typed;
use qunlian_registry::secret::new_secret;
use serde::Serialize;
use tokio::sync::Semaphore;

use crate::Shared;
use crate::access::see;
use crate::fault::Fault;
use crate::visit::Visit;
use crate::workbooks::{BookComplaint, ReadBook, ReadRow};

use super::super::books::{own_carriers, require_own};
use super::super::duplicates::{self, Sought};
use super::super::files::broken;
use super::super::sent::Sent;
use super::super::{Choice, list_crumb, page};
use super::kept::{KeptRow, Preview};
use super::rows::values_of;

/// Largest workbook, in MiB: what the reader takes of uploads.
const MOST_MIB: usize = 20;
/// Largest body that is read to its end, though no more than the file's limit is kept: a browser whose body is not
/// read shows a broken connection instead of the answer.
pub(crate) const BODY_LIMIT: usize = (3 * MOST_MIB + 1) << 20;
/// Rows of one workbook.
const MOST_ROWS: usize = 2_000;
/// Complaints that are shown of one.
const MOST_COMPLAINTS: usize = 500;
/// Workbooks on their way in, each in memory; more get 429.
static PLACES: Semaphore = Semaphore::const_new(8);
/// Workbooks being read at once; the others wait.
static READERS: Semaphore = Semaphore::const_new(2);
/// Characters of a file's name that are kept, and bytes of a text beside it.
const NAME: usize = 80;
const TEXT: usize = 2_000;
/// What a filing must state and no workbook does: typed once for all rows.
const FOR_ALL: [&str; 3] = ["class", "lead_person", "lead_phone"];

#[derive(Serialize)]
struct FormView {
    carriers: Vec<Choice>,
    /// The only one there is, by name.
    carrier: String,
    classes: Vec<Choice>,
    limits: String,
    /// Beside the field `carrier` or `file`.
    field: &'static str,
    problem: String,
    hint: String,
}

/// What is wrong with an upload.
struct Trouble {
    field: &'static str,
    problem: String,
    hint: String,
}

/// What was sent.
#[derive(Default)]
struct Upload {
    pairs: Vec<(String, String)>,
    file: Option<(String, Vec<u8>)>,
}

/// `GET /filings/upload`
pub(crate) async fn blank(State(desk): State<Shared>, visit: Visit) -> Result<Response, Fault> {
    ask(&desk, &visit, &Sent::of(Vec::new()), None).await
}

/// `POST /filings/upload`: reads the workbook and sends to its preview.
pub(crate) async fn read(State(desk): State<Shared>, visit: Visit, form: Multipart) -> Result<Response, Fault> {
    let account = visit.who.account.ok_or(Fault::Forbidden)?;
    let _place = PLACES.try_acquire().map_err(|_| Fault::Busy)?;
    let upload = take(form).await?;
    let sent = Sent::of(upload.pairs);
    let words = visit.words();
    let say = |field, key: &str| Trouble { field, problem: words.t(key).to_owned(), hint: words.t(&format!("{key}.hint")).to_owned() };
    let own = own_carriers(&desk, &visit.who);
    let carrier_id = match (sent.get("carrier"), own.as_slice()) {
        (_, []) => return Err(Fault::Forbidden),
        ("", [only]) => only.id.clone(),
        ("", _) => return ask(&desk, &visit, &sent, Some(say("carrier", "upload.no_carrier"))).await,
        (chosen, _) => chosen.to_owned(),
    };
    require_own(&desk, &visit.who, &carrier_id)?;
    let Some((name, bytes)) = upload.file else { return ask(&desk, &visit, &sent, Some(say("file", "upload.no_file"))).await };
    if bytes.len() > MOST_MIB << 20 {
        return ask(&desk, &visit, &sent, Some(say("file", "upload.too_large"))).await;
    }
    let reader = READERS.acquire().await.map_err(|_| Fault::Busy)?;
    let read = desk.app.workbooks.read(bytes, &name, &carrier_id, desk.today()).await;
    drop(reader);
    let book = match read {
        Ok(book) => book,
        Err(refusal) => {
            let trouble = Trouble { field: "file", problem: clean(&refusal.text, 300), hint: clean(&refusal.hint, 300) };
            return ask(&desk, &visit, &sent, Some(trouble)).await;
        }
    };
    if book.rows.len() > MOST_ROWS {
        return ask(&desk, &visit, &sent, Some(say("file", "upload.too_many"))).await;
    }
    let mut for_all = sent.typed();
    for_all.retain(|field, _| FOR_ALL.contains(&field.as_str()));
    let preview = preview(&desk, &visit, account, carrier_id, name, book, &for_all).await?;
    let key = new_secret().map_err(|error| Fault::Internal(error.to_string()))?;
    if !desk.previews.keep(key.clone(), preview) {
        return Err(Fault::Busy);
    }
    Ok(see(&format!("/filings/upload/{key}")))
}

/// Reads every part of the form, of the file no more than just beyond its limit.
async fn take(mut form: Multipart) -> Result<Upload, Fault> {
    let mut upload = Upload::default();
    while let Some(mut part) = form.next_field().await.map_err(broken)? {
        let name = part.name().unwrap_or_default().to_owned();
        let is_file = name == "file" && upload.file.is_none();
        let most = if is_file { MOST_MIB << 20 } else { TEXT };
        let file_name = book_name(part.file_name().unwrap_or_default());
        let mut bytes = Vec::new();
        while let Some(chunk) = part.chunk().await.map_err(broken)? {
            if bytes.len() <= most {
                bytes.extend_from_slice(&chunk);
            }
        }
        if is_file {
            upload.file = (!bytes.is_empty()).then_some((file_name, bytes));
        } else if upload.pairs.len() < 10 && bytes.len() <= most {
            upload.pairs.push((name, String::from_utf8_lossy(&bytes).into_owned()));
        }
    }
    Ok(upload)
}

/// The file's name without folders and without what no file system takes. Titles in it tell the reader the month.
fn book_name(raw: &str) -> String {
    let last = raw.rsplit(['/', '\\']).next().unwrap_or_default();
    let kept: String = last.chars().filter(|c| !r#":*?"<>|"#.contains(*c)).collect();
    let kept = clean(&kept, NAME);
    let kept = kept.trim_matches(['.', ' ', '-']);
    if kept.is_empty() { "报表".to_owned() } else { kept.to_owned() }
}

async fn preview(
    desk: &Shared,
    visit: &Visit,
    account: i64,
    carrier_id: String,
    file_name: String,
    book: ReadBook,
    for_all: &Typed,
) -> Result<Preview, Fault> {
    let mut rows: Vec<KeptRow> = book.rows.into_iter().map(|row| kept_row(row, for_all)).collect();
    let sought = rows.iter().map(|row| {
        let values = values_of(desk, row).values;
        let text = |field: &str| values.text(field).to_owned();
        Sought { name: text("name"), investor: text("investor"), credit_code: text("credit_code"), agreed_yuan: values.yuan("agreed_yuan") }
    });
    let twins = duplicates::find_each(desk, visit, sought.collect(), "").await?;
    for (row, twins) in rows.iter_mut().zip(twins) {
        row.twins = twins;
    }
    Ok(Preview {
        account,
        made_at: desk.now(),
        carrier_id,
        file_name,
        rows,
        complaint_count: book.complaint_count.max(book.complaints.len()),
        complaints: book.complaints.into_iter().take(MOST_COMPLAINTS).map(cleaned).collect(),
        filed: tokio::sync::Mutex::default(),
    })
}

/// A row with harmless characters only, known fields only, and what was typed for all rows where it says nothing.
fn kept_row(row: ReadRow, for_all: &Typed) -> KeptRow {
    let mut typed = Sent::of(row.typed.into_iter().collect()).typed();
    for (field, text) in for_all {
        typed.entry(field.clone()).or_insert_with(|| text.clone());
    }
    let stage = Milestone::ALL.iter().rposition(|milestone| typed.contains_key(&format!("{}_on", milestone.id())));
    KeptRow {
        sheet: clean(&row.sheet, 60),
        row: row.row,
        carrier_id: row.carrier_id,
        typed,
        stage: stage.map_or(0, |at| at + 1),
        twins: Vec::new(),
    }
}

fn cleaned(complaint: BookComplaint) -> BookComplaint {
    let text = |text: &str| clean(&qunlian_domain::privacy::mask(text), 200);
    BookComplaint {
        sheet: text(&complaint.sheet),
        row: text(&complaint.row),
        column: text(&complaint.column),
        value: text(&complaint.value),
        problem: text(&complaint.problem),
        hint: text(&complaint.hint),
        severity: complaint.severity,
    }
}

/// The form, blank or with what is wrong.
async fn ask(desk: &Shared, visit: &Visit, sent: &Sent, trouble: Option<Trouble>) -> Result<Response, Fault> {
    let words = visit.words();
    let own = own_carriers(desk, &visit.who);
    if own.is_empty() {
        return Err(Fault::Forbidden);
    }
    let chosen = match (sent.get("carrier"), visit.who.carriers.as_slice()) {
        ("", [only]) => only,
        (chosen, _) => chosen,
    };
    let choice =
        |value: &str, label: &str, chosen: &str| Choice { chosen: value == chosen, value: value.to_owned(), label: label.to_owned() };
    let choose = chosen.is_empty().then(|| choice("", words.t("filing.carrier.choose"), ""));
    let only = if let [only] = own.as_slice() { only.name.clone() } else { String::new() };
    let listed = choose.into_iter().chain(own.iter().map(|carrier| choice(&carrier.id, &carrier.name, chosen)));
    let classes = match kind_of("class") {
        Some(FieldKind::Choice(classes)) => classes,
        _ => &[],
    };
    let classes = classes.iter().map(|(id, name)| choice(id, &words.named("choice.class", id, name), sent.get("class")));
    let status = if trouble.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let trouble = trouble.unwrap_or(Trouble { field: "", problem: String::new(), hint: String::new() });
    let view = FormView {
        carriers: if only.is_empty() { listed.collect() } else { Vec::new() },
        carrier: only,
        classes: classes.collect(),
        limits: words.fill("upload.limits", &[("mib", &MOST_MIB.to_string()), ("rows", &MOST_ROWS.to_string())]),
        field: trouble.field,
        problem: trouble.problem,
        hint: trouble.hint,
    };
    page(desk, visit, status, words.t("upload.title"), vec![list_crumb(visit)], "filings_upload.html", view).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_keep_what_is_harmless() {
        let check = |raw: &str, expect: &str| assert_eq!(book_name(raw), expect, "{raw:?}");
        check("濉溪县2022年5月.xlsx", "濉溪县2022年5月.xlsx");
        check("C:\\fakepath\\五月.xlsx", "五月.xlsx");
        check("../../etc/passwd", "passwd");
        check("--operator", "operator");
        check("", "报表");
    }

    #[test]
    fn the_last_milestone_that_is_dated_is_the_stage() {
        let row = |fields: &[&str]| ReadRow {
            typed: fields.iter().map(|field| ((*field).to_owned(), "2022-05-01".to_owned())).collect(),
            ..ReadRow::default()
        };
        for (fields, stage) in [(&["name"][..], 0), (&["signed_on"], 1), (&["started_on", "signed_on"], 3), (&["at_capacity_on"], 7)] {
            assert_eq!(kept_row(row(fields), &Typed::new()).stage, stage, "{fields:?}");
        }
        let for_all: Typed = [("class".to_owned(), "industry".to_owned())].into();
        assert_eq!(kept_row(row(&["name"]), &for_all).typed["class"], "industry");
    }
}
