//! The audit log (审计日志) for the audit administrator: newest first, filtered, verified on demand.

use std::sync::Arc;

use axum::extract::State;
use axum::http::HeaderValue;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{Html, IntoResponse, Response};
use chrono::NaiveDate;
use qunlian_domain::audit::AuditAction;
use qunlian_domain::figures::print_count;
use qunlian_queries::{About, Format};
use qunlian_registry::{AuditFilter, AuditRecord, AuditVerdict, RegistryError, Store};
use serde::Serialize;

use crate::Shared;
use crate::export_log;
use crate::fault::Fault;
use crate::pages::audit_rows::{self, RecordView, action_name};
use crate::query_string::QueryString;
use crate::reader::{Section, attachment};
use crate::shell::{Crumb, Shell};
use crate::visit::Visit;
use crate::words::Words;

/// Records on a page.
const ON_PAGE: usize = 50;
/// Records in a file.
const IN_FILE: usize = 50_000;
/// Characters of a text to look for.
const LONGEST_TEXT: usize = 100;
const PATH: &str = "/audit";
const FILTERS: [&str; 5] = ["action", "actor", "subject", "from", "until"];
/// The files the log can be had as.
pub(crate) const FORMATS: [Format; 2] = [Format::Xlsx, Format::Csv];

#[derive(Serialize)]
struct AuditPage {
    lang: &'static str,
    shell: Shell,
    view: AuditView,
}

#[derive(Serialize)]
struct AuditView {
    fields: Fields,
    /// Some filter is set.
    filtered: bool,
    records: Vec<RecordView>,
    verdict: Option<VerdictView>,
    verify_href: String,
    older: String,
    newest: String,
    file_limit: String,
}

#[derive(Serialize)]
struct Fields {
    actions: Vec<Choice>,
    actor: String,
    subject: String,
    from: String,
    until: String,
    today: String,
}

#[derive(Serialize)]
struct Choice {
    value: &'static str,
    label: String,
    chosen: bool,
}

#[derive(Serialize)]
struct VerdictView {
    whole: bool,
    text: String,
    hint: &'static str,
}

/// `GET /audit`
pub(crate) async fn show(State(desk): State<Shared>, visit: Visit) -> Result<Response, Fault> {
    let words = visit.words();
    let filter = read_filter(&visit.query)?;
    let before = read_before(&visit.query)?;
    let verifies = visit.query.get("verify").is_some();
    let (records, verdict) = {
        let filter = filter.clone();
        blocking(&desk, move |books| {
            let verdict = if verifies { Some(books.verify_audit()?) } else { None };
            Ok((books.audit_page(&filter, before, ON_PAGE)?, verdict))
        })
        .await?
    };
    let kept = visit.query.only(&FILTERS);
    let view = AuditView {
        fields: fields(words, &filter, &visit.query, desk.today()),
        filtered: kept.pairs().next().is_some(),
        older: older(&records, &kept),
        newest: if before.is_some() { kept.href(PATH) } else { String::new() },
        verify_href: kept.with("verify", "1").href(PATH),
        verdict: verdict.map(|verdict| verdict_view(words, &verdict)),
        records: records.iter().map(|record| audit_rows::view(words, record)).collect(),
        file_limit: words.fill("audit.file.limit", &[("n", &print_count(IN_FILE as i64))]),
    };
    let mut shell = Shell::live(&desk, &visit, words.t("audit.title"), Section::Audit).await;
    let file = |format: Format| Crumb { label: format.suffix().to_owned(), href: kept.href(&format!("{PATH}.{}", format.suffix())) };
    shell.exports = FORMATS.map(file).into();
    Ok(Html(desk.templates.render("audit.html", AuditPage { lang: visit.lang.id(), shell, view })?).into_response())
}

/// `GET /audit.csv` and its like, with the page's own filters.
pub(crate) async fn file(State(desk): State<Shared>, visit: Visit, format: Format) -> Result<Response, Fault> {
    let words = visit.words();
    let (filter, before) = (read_filter(&visit.query)?, read_before(&visit.query)?);
    let records = blocking(&desk, move |books| books.audit_page(&filter, before, IN_FILE)).await?;
    let about = About { title: words.t("audit.file").to_owned(), source: desk.app.city.center.clone(), ..About::default() };
    let answer = audit_rows::answer(words, &records, desk.today());
    let mut response = desk.app.answers.encode(&answer, format, &about)?.into_response();
    let name = format!("{}_{}.{}", about.title, desk.today(), format.suffix());
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(format.media_type()));
    response.headers_mut().insert(CONTENT_DISPOSITION, attachment(&name)?);
    export_log::mark(response.headers_mut(), records.len());
    Ok(response)
}

async fn blocking<T: Send + 'static>(
    desk: &Shared,
    ask: impl FnOnce(&dyn Store) -> Result<T, RegistryError> + Send + 'static,
) -> Result<T, Fault> {
    let books = Arc::clone(&desk.app.books);
    let asked = tokio::task::spawn_blocking(move || ask(books.as_ref())).await;
    Ok(asked.map_err(|error| Fault::Internal(error.to_string()))??)
}

fn read_filter(query: &QueryString) -> Result<AuditFilter, Fault> {
    let day = |key: &str| -> Result<Option<NaiveDate>, Fault> {
        query.get(key).map(|text| text.parse().map_err(|_| Fault::bad("bad.audit_day", text))).transpose()
    };
    let text = |key: &str| -> Result<Option<String>, Fault> {
        match query.get(key) {
            Some(text) if text.chars().count() > LONGEST_TEXT => Err(Fault::bad("bad.audit_text", text)),
            text => Ok(text.map(str::to_owned)),
        }
    };
    let action = query.get("action");
    let action = action.map(|word| AuditAction::from_id(word).ok_or_else(|| Fault::bad("bad.audit_action", word))).transpose()?;
    let filter = AuditFilter { action, actor: text("actor")?, subject: text("subject")?, ..AuditFilter::default() };
    Ok(filter.within(day("from")?, day("until")?))
}

fn read_before(query: &QueryString) -> Result<Option<i64>, Fault> {
    query.get("before").map(|text| text.parse().map_err(|_| Fault::bad("bad.audit_before", text))).transpose()
}

fn fields(words: Words, filter: &AuditFilter, query: &QueryString, today: NaiveDate) -> Fields {
    let any = Choice { value: "", label: words.t("audit.action.any").to_owned(), chosen: filter.action.is_none() };
    let choice = |action: &AuditAction| Choice {
        value: action.id(),
        label: action_name(words, action.id()),
        chosen: filter.action == Some(*action),
    };
    let typed = |key: &str| query.get(key).unwrap_or("").to_owned();
    Fields {
        actions: std::iter::once(any).chain(AuditAction::ALL.iter().map(choice)).collect(),
        actor: typed("actor"),
        subject: typed("subject"),
        from: typed("from"),
        until: typed("until"),
        today: today.to_string(),
    }
}

fn older(records: &[AuditRecord], kept: &QueryString) -> String {
    match records.last() {
        Some(last) if records.len() == ON_PAGE && last.seq > 1 => kept.with("before", &last.seq.to_string()).href(PATH),
        _ => String::new(),
    }
}

fn verdict_view(words: Words, verdict: &AuditVerdict) -> VerdictView {
    match verdict.fault {
        None => {
            let head = verdict.head.as_ref().map_or_else(|| "—".to_owned(), ToString::to_string);
            let text = words.fill("audit.whole", &[("n", &print_count(verdict.records as i64)), ("head", &head)]);
            VerdictView { whole: true, text, hint: words.t("audit.whole.hint") }
        }
        Some(fault) => {
            let why = words.t(&format!("audit.flaw.{}", fault.flaw.id()));
            let text = words.fill("audit.broken", &[("seq", &fault.seq.to_string()), ("why", why)]);
            VerdictView { whole: false, text, hint: words.t("audit.broken.hint") }
        }
    }
}
