//! The analysts' desk (自助查询): a plain form that works without scripts; its script runs, estimates and stops beside it.

mod asked;
mod chart;
pub(crate) mod failed;
mod files;
pub(crate) mod rest;
pub(crate) mod runs;
pub(crate) mod schema;
mod script_words;
mod view;

use std::time::Instant;

use axum::extract::State;
use axum::http::HeaderValue;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use chrono::NaiveDate;
use qunlian_documents::Chart;
use qunlian_domain::access::Right;
use qunlian_queries::{Answer, Asker, Door, Format, SqlFailure, Statement};

use crate::Shared;
use crate::export_log;
use crate::fault::Fault;
use crate::pages::{saved_queries, sql_history};
use crate::reader::attachment;
use crate::statement_log::{self, Given};
use crate::visit::Visit;
pub(crate) use asked::Asked;
use asked::AskedForm;
pub(crate) use view::size;
use view::{Outcome, SHOWN};

/// Pixels of a png for each pixel of the page.
const PIXELS: f32 = 2.0;

/// `GET /sql`: empty, with what the address says, or with a fork of the named query `?from=`. Nothing runs.
pub(crate) async fn show(State(desk): State<Shared>, visit: Visit) -> Result<Response, Fault> {
    if let Some(kept) = kept(&desk, &visit).await? {
        let asked = Asked::read(kept.iter().map(|(key, value)| (key.as_str(), value.as_str())));
        return view::page(&desk, &visit, asked.with_defaults(desk.today()), Outcome::Nothing).await;
    }
    let asked = match visit.query.get("from") {
        Some(name) => Asked::fork(desk.app.answers.library().get(name).ok_or(Fault::NotFound)?, &visit.query),
        None => Asked::read(visit.query.pairs()),
    };
    view::page(&desk, &visit, asked.with_defaults(desk.today()), Outcome::Nothing).await
}

/// What `?saved=` or `?past=` names, unless the address brings a statement of its own.
async fn kept(desk: &Shared, visit: &Visit) -> Result<Option<Vec<(String, String)>>, Fault> {
    if visit.query.get("sql").is_some() {
        return Ok(None);
    }
    let id = |key: &str| visit.query.get(key).and_then(|id| id.parse::<i64>().ok());
    match (id("saved"), id("past")) {
        (Some(id), _) => saved_queries::pairs_of(desk, &visit.who, id).await.map(Some),
        (None, Some(id)) => sql_history::pairs_of_past(desk, &visit.who, id).await.map(Some),
        (None, None) => Ok(None),
    }
}

/// `POST /sql`: runs, estimates, or hands out a file or a chart, as `format` says.
pub(crate) async fn run(State(desk): State<Shared>, visit: Visit, AskedForm(asked): AskedForm) -> Result<Response, Fault> {
    asked.check_length()?;
    let asked = asked.with_defaults(desk.today());
    let day = asked.day()?;
    let most = Format::from_suffix(&asked.format).is_none().then_some(SHOWN);
    let statement = match asked.statement(visit.words(), day, most) {
        Ok(statement) => statement,
        Err(failure) => return view::page(&desk, &visit, asked, Outcome::Failed(failure)).await,
    };
    let asker = asker(&visit, Door::Page);
    if asked.format == "outline" {
        let outcome = desk.app.sql.outline(&asker, statement).await.map_or_else(Outcome::Failed, Outcome::Estimate);
        return view::page(&desk, &visit, asked, outcome).await;
    }
    export_log::statement(&desk, visit.who.clone(), "/sql", &statement, &asked.format).await?;
    match Format::from_suffix(&asked.format) {
        Some(format) => match files::stream_of(&desk, &visit, &asker, statement, format, visit.words().t("sql.file")).await? {
            Ok(response) => Ok(response),
            Err(failure) => view::page(&desk, &visit, asked, Outcome::Failed(failure)).await,
        },
        None => shown(&desk, &visit, asked, &asker, statement).await,
    }
}

async fn shown(desk: &Shared, visit: &Visit, asked: Asked, asker: &Asker, statement: Statement) -> Result<Response, Fault> {
    let begun = Instant::now();
    let day = statement.as_of.unwrap_or_else(|| desk.today());
    let outcome = answered(desk, visit, asker, statement).await;
    match outcome {
        Ok(answer) if matches!(asked.format.as_str(), "svg" | "png") => drawing(desk, visit, &asked, &answer, day).await,
        Ok(answer) => {
            let milliseconds = begun.elapsed().as_millis();
            view::page(desk, visit, asked, Outcome::Table { answer, milliseconds }).await
        }
        Err(failure) => view::page(desk, visit, asked, Outcome::Failed(failure)).await,
    }
}

/// Runs a statement and writes it into its asker's history.
async fn answered(desk: &Shared, visit: &Visit, asker: &Asker, statement: Statement) -> Result<Answer, SqlFailure> {
    let begun = statement_log::begin(desk, asker, &statement);
    let outcome = desk.app.sql.show(asker, statement).await;
    statement_log::record_run(desk, &visit.who, begun, outcome.as_ref().map(Given::of)).await;
    outcome
}

/// The reader as the desk knows them.
pub(crate) fn asker(visit: &Visit, door: Door) -> Asker {
    Asker { name: visit.who.name.clone(), scope: visit.who.scope.clone(), door, oversees: visit.who.may(Right::RunJobs) }
}

/// The chart as a file of its own.
async fn drawing(desk: &Shared, visit: &Visit, asked: &Asked, answer: &Answer, day: NaiveDate) -> Result<Response, Fault> {
    let (title, svg) = chart::svg(visit.words(), answer, &asked.chart)?.ok_or_else(|| Fault::bad("bad.format", &asked.format))?;
    let svg = qunlian_charts::standalone(&svg);
    let name = attachment(&format!("{}_{day}.{}", crate::reader::file_stem(&title), asked.format))?;
    let rows = answer.rows.len();
    let (kind, bytes) = if asked.format == "svg" {
        ("image/svg+xml", svg.into_bytes())
    } else {
        let (chart, fonts) = (Chart { svg, caption: title, description: String::new() }, desk.app.fonts.clone());
        let drawn = tokio::task::spawn_blocking(move || qunlian_documents::png(&chart, PIXELS, &fonts)).await;
        let pixels = drawn.map_err(|error| Fault::Internal(error.to_string()))?;
        ("image/png", pixels.map_err(|error| Fault::Internal(error.to_string()))?)
    };
    let mut response = ([(CONTENT_TYPE, HeaderValue::from_static(kind)), (CONTENT_DISPOSITION, name)], bytes).into_response();
    export_log::mark(response.headers_mut(), rows);
    Ok(response)
}
