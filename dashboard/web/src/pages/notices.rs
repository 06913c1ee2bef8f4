//! Notices (公示): the list and each week's notice, for everybody, without names of staff or contacts.

mod document;
pub(crate) mod objections;
mod read;
mod workbook;

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::{Html, IntoResponse, Response};
use chrono::{Datelike, NaiveDate};
use qunlian_domain::claim::State as ClaimState;
use qunlian_domain::notice::{Week, public_text};
use qunlian_registry::{Notice, ObjectionState};
use serde::Serialize;

use crate::Shared;
use crate::fault::Fault;
use crate::reader::{Section, attachment};
use crate::shell::Shell;
use crate::visit::Visit;
use crate::words::{Lang, Words};
use read::{Line, Shown};

/// Notices in the list: ten years of Mondays.
const LISTED: usize = 520;

/// Crawlers are not invited: a notice is for the days of its period.
const ROBOTS: HeaderName = HeaderName::from_static("x-robots-tag");

#[derive(Serialize)]
struct ListView {
    notices: Vec<ListedView>,
    contact: ContactView,
}

#[derive(Serialize)]
struct ListedView {
    href: String,
    title: String,
    period: String,
    published_on: String,
    late: bool,
    open: bool,
}

#[derive(Serialize)]
struct NoticeView {
    id: String,
    title: String,
    lead: String,
    period: String,
    published_on: String,
    late: bool,
    open: bool,
    lines: Vec<LineView>,
    contact: ContactView,
}

#[derive(Serialize)]
struct LineView {
    number: usize,
    carrier: String,
    project: String,
    matter: String,
    scale: String,
    chain: String,
    state: String,
    tone: &'static str,
    shape: &'static str,
    /// What was decided about objections, and why.
    judged: Vec<String>,
    /// Where to object; empty when it is too late.
    object: String,
}

#[derive(Serialize)]
struct ContactView {
    office: String,
    phone: String,
    hours: String,
}

/// `GET /notices`
pub(crate) async fn list(State(desk): State<Shared>, visit: Visit) -> Result<Response, Fault> {
    let words = visit.words();
    let notices = with_books(&desk, |desk| Ok(desk.app.books.notices(LISTED)?)).await?;
    let today = desk.today();
    let listed = notices.iter().map(|notice| ListedView {
        href: format!("/notices/{}", notice.id),
        title: title(words, notice),
        period: period(words, notice),
        published_on: long_day(words, notice.published_on),
        late: notice.late,
        open: today <= notice.objections_until,
    });
    let view = ListView { notices: listed.collect(), contact: contact(&desk) };
    page(&desk, &visit, "notices.html", words.t("notices.title"), StatusCode::OK, view)
}

/// `GET /notices/2022-W22`, `.xlsx`, `.docx`
pub(crate) async fn show(State(desk): State<Shared>, visit: Visit, Path(id): Path<String>) -> Result<Response, Fault> {
    let (id, format) = match id.rsplit_once('.') {
        None => (id.as_str(), ""),
        Some((stem, format @ ("xlsx" | "docx"))) => (stem, format),
        Some(_) => return Err(Fault::NotFound),
    };
    let shown = find(&desk, id).await?;
    match format {
        "xlsx" => file(&shown, "xlsx", workbook::TYPE, workbook::write(&desk, &shown)?),
        "docx" => file(&shown, "docx", document::TYPE, document::write(&desk, &shown)?),
        _ => {
            let words = visit.words();
            let title = title(words, &shown.notice);
            let view = notice_view(&desk, words, &shown);
            page(&desk, &visit, "notice.html", &title, StatusCode::OK, view)
        }
    }
}

/// A notice by its week's number, with where each line stands now.
async fn find(desk: &Shared, id: &str) -> Result<Shown, Fault> {
    let week: Week = id.parse().map_err(|_| Fault::NotFound)?;
    with_books(desk, move |desk| read::shown(desk.app.books.as_ref(), &week.to_string())).await?.ok_or(Fault::NotFound)
}

/// Reads the books beside the server's threads; more readers at once than there are places get 429.
async fn with_books<T: Send + 'static>(desk: &Shared, call: impl FnOnce(&Shared) -> Result<T, Fault> + Send + 'static) -> Result<T, Fault> {
    let _place = desk.places.try_acquire().map_err(|_| Fault::Busy)?;
    let desk = Arc::clone(desk);
    tokio::task::spawn_blocking(move || call(&desk)).await.map_err(|error| Fault::Internal(error.to_string()))?
}

/// A page for everybody.
fn page(desk: &Shared, visit: &Visit, template: &str, title: &str, status: StatusCode, view: impl Serialize) -> Result<Response, Fault> {
    #[derive(Serialize)]
    struct Page<V> {
        lang: &'static str,
        shell: Shell,
        view: V,
    }
    let page = Page { lang: visit.lang.id(), shell: Shell::of(desk, visit, title, Some(Section::Notices)), view };
    let mut response = Html(desk.templates.render(template, page)?).into_response();
    *response.status_mut() = status;
    Ok(for_everybody(response))
}

fn for_everybody(mut response: Response) -> Response {
    response.headers_mut().insert(ROBOTS, HeaderValue::from_static("noindex, nofollow"));
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

fn file(shown: &Shown, suffix: &str, kind: &'static str, bytes: Vec<u8>) -> Result<Response, Fault> {
    let name = format!("{}.{suffix}", title(Words::of(Lang::Chinese), &shown.notice));
    let mut response = Response::new(Body::from(bytes));
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    response.headers_mut().insert(CONTENT_DISPOSITION, attachment(&name)?);
    Ok(for_everybody(response))
}

fn notice_view(desk: &Shared, words: Words, shown: &Shown) -> NoticeView {
    let notice = &shown.notice;
    let (from, until) = (long_day(words, notice.from), long_day(words, notice.until));
    NoticeView {
        id: notice.id.clone(),
        title: title(words, notice),
        lead: words.fill("notices.lead", &[("from", &from), ("until", &until)]),
        period: period(words, notice),
        published_on: long_day(words, notice.published_on),
        late: notice.late,
        open: desk.today() <= notice.objections_until,
        lines: shown.lines.iter().map(|line| line_view(desk, words, notice, line)).collect(),
        contact: contact(desk),
    }
}

fn line_view(desk: &Shared, words: Words, notice: &Notice, line: &Line) -> LineView {
    let (tone, shape) = tone_of(line.state);
    let face = &line.face;
    let judged = line.judged.iter().map(|objection| {
        let key = if objection.state == ObjectionState::Upheld { "notices.upheld" } else { "notices.dismissed" };
        let day = objection.judged_on.map_or_else(|| "—".to_owned(), |day| long_day(words, day));
        words.fill(key, &[("day", &day), ("reason", &public_text(&objection.judgement))])
    });
    LineView {
        number: line.number,
        carrier: face.carrier.clone(),
        project: face.project.clone(),
        matter: face.matter.clone(),
        scale: face.scale.clone(),
        chain: face.chain.clone(),
        state: state_words(words, desk.today(), notice, line),
        tone,
        shape,
        judged: judged.collect(),
        object: match objections::hindrance(desk, notice, line) {
            None => format!("/notices/{}/objections/new?item={}", notice.id, line.claim),
            Some(_) => String::new(),
        },
    }
}

/// Where a line stands, in words for everybody.
fn state_words(words: Words, today: NaiveDate, notice: &Notice, line: &Line) -> String {
    match line.state {
        ClaimState::Noticed if today <= notice.objections_until => words.t("notices.state.open").to_owned(),
        ClaimState::Noticed => words.t("notices.state.over").to_owned(),
        ClaimState::Objected => words.t("notices.state.objected").to_owned(),
        ClaimState::Recognised => {
            let day = line.recognised_on.map_or_else(|| "—".to_owned(), |day| long_day(words, day));
            words.fill("notices.state.recognised", &[("day", &day)])
        }
        ClaimState::Revoked => words.t("notices.state.revoked").to_owned(),
        _ => words.t("notices.state.gone").to_owned(),
    }
}

fn tone_of(state: ClaimState) -> (&'static str, &'static str) {
    match state {
        ClaimState::Noticed => ("soft", "○"),
        ClaimState::Objected => ("warn", "▲"),
        ClaimState::Recognised => ("good", "●"),
        _ => ("bad", "■"),
    }
}

/// 关于2022年第22周招商引资项目备案的公示
fn title(words: Words, notice: &Notice) -> String {
    let iso = notice.from.iso_week();
    words.fill("notices.of_week", &[("year", &iso.year().to_string()), ("week", &iso.week().to_string())])
}

fn period(words: Words, notice: &Notice) -> String {
    let (from, until) = (long_day(words, notice.published_on), long_day(words, notice.objections_until));
    words.fill("notices.period", &[("from", &from), ("until", &until)])
}

/// `2022年6月6日`, `6 Jun 2022`
fn long_day(words: Words, day: NaiveDate) -> String {
    match words.lang() {
        Lang::Chinese => format!("{}年{}", day.year(), words.day(day)),
        Lang::English => format!("{} {}", words.day(day), day.year()),
    }
}

fn contact(desk: &Shared) -> ContactView {
    let contact = &desk.app.rules.city.procedure.contact;
    ContactView { office: contact.office.clone(), phone: contact.phone.clone(), hours: contact.hours.clone() }
}
