//! The demonstration's next day (演示次日): a button on every page moves the business day on; this page shows what it led to.

use std::sync::{Arc, PoisonError};

use axum::Form;
use axum::extract::State;
use axum::response::{Html, IntoResponse, Response};
use chrono::{DateTime, Datelike, NaiveDate, SubsecRound, Utc};
use qunlian_domain::audit::AuditAction;
use qunlian_registry::{BoardError, JobStatus, Origin, Run, RunOutcome, Slot, SlotClock};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::set::is_local;
use crate::Shared;
use crate::access::see;
use crate::audit::audit;
use crate::fault::Fault;
use crate::query_string::link;
use crate::shell::Shell;
use crate::visit::Visit;
use crate::who::Who;
use crate::words::{Lang, Words};

/// Runs that are looked through: a day has a handful.
const RUNS: usize = 40;

#[derive(Serialize)]
struct DayView {
    day: String,
    /// Something runs or is about to: the page looks again soon.
    live: bool,
    lines: Vec<LineView>,
    /// What happened, once nothing runs any more.
    sentence: String,
    /// Why the day did not move.
    waited: String,
    back: String,
    /// Where the script asks for the part that changes.
    live_address: String,
}

#[derive(Serialize)]
struct LineView {
    title: String,
    text: String,
    running: bool,
}

/// Where to go on.
#[derive(Deserialize)]
pub(crate) struct DayForm {
    #[serde(default)]
    back: String,
}

/// `POST /demo/next-day`, in demo mode only.
pub(crate) async fn pass(State(desk): State<Shared>, who: Who, Form(form): Form<DayForm>) -> Result<Response, Fault> {
    let next_day = desk.app.next_day.clone().ok_or(Fault::NotFound)?;
    let back = if is_local(&form.back) && !form.back.starts_with("/demo/") { form.back.as_str() } else { "" };
    // The books keep milliseconds: a run of this very one began after it.
    let began = desk.now().trunc_subsecs(3);
    let Some(reached) = next_day().await.map_err(Fault::Internal)? else {
        return Ok(see(&link("/demo/day", &[("back", back), ("waited", "1")])));
    };
    record(&desk, who, reached).await?;
    *desk.day_passed_at.lock().unwrap_or_else(PoisonError::into_inner) = Some(began);
    Ok(see(&link("/demo/day", &[("back", back)])))
}

async fn record(desk: &Shared, who: Who, reached: NaiveDate) -> Result<(), Fault> {
    let desk = Arc::clone(desk);
    let recording = tokio::task::spawn_blocking(move || audit(&desk, &who, AuditAction::DemoNextDay, &reached.to_string(), json!({})));
    recording.await.map_err(|error| Fault::Internal(error.to_string()))?
}

/// `GET /demo/day?back=/review`
pub(crate) async fn show(State(desk): State<Shared>, visit: Visit) -> Result<Response, Fault> {
    #[derive(Serialize)]
    struct Page {
        lang: &'static str,
        shell: Shell,
        view: DayView,
    }
    let view = view(&desk, &visit).await?;
    let shell = Shell::bare(&desk, &visit, visit.words().t("demo.day.title"));
    Ok(Html(desk.templates.render("demo_day.html", Page { lang: visit.lang.id(), shell, view })?).into_response())
}

/// `GET /demo/day/live`: the part of the page that changes, for the page's script.
pub(crate) async fn live(State(desk): State<Shared>, visit: Visit) -> Result<Response, Fault> {
    #[derive(Serialize)]
    struct Part {
        lang: &'static str,
        view: DayView,
    }
    let view = view(&desk, &visit).await?;
    Ok(Html(desk.templates.render("demo_day_live.html", Part { lang: visit.lang.id(), view })?).into_response())
}

async fn view(desk: &Shared, visit: &Visit) -> Result<DayView, Fault> {
    let words = visit.words();
    let since = *desk.day_passed_at.lock().unwrap_or_else(PoisonError::into_inner);
    let board = Arc::clone(&desk.app.jobs);
    let reading = tokio::task::spawn_blocking(move || Ok::<_, BoardError>((board.status()?, board.runs(None, RUNS)?)));
    let (jobs, runs) =
        reading.await.map_err(|error| Fault::Internal(error.to_string()))?.map_err(|error| Fault::Internal(error.to_string()))?;
    let now = desk.now();
    let live = since.is_some() && jobs.iter().any(|job| is_at_work(job, now));
    let mut of_day: Vec<&Run> = runs.iter().filter(|run| belongs(run, &jobs, since)).collect();
    of_day.reverse();
    let lines = of_day.iter().map(|run| line(words, run, &jobs)).collect();
    let back = visit.query.get("back").filter(|back| is_local(back)).unwrap_or("/");
    let weekday = words.t(&format!("demo.weekday.{}", desk.today().weekday().num_days_from_monday()));
    Ok(DayView {
        day: format!("{} {weekday}", desk.today()),
        live,
        lines,
        sentence: if live || since.is_none() { String::new() } else { sentence(words, &of_day) },
        waited: if visit.query.get("waited").is_some() { words.t("demo.day.wait").to_owned() } else { String::new() },
        live_address: link("/demo/day/live", &[("back", back)]),
        back: back.to_owned(),
    })
}

/// True while a task of the business day, or what follows from one, runs or may begin.
fn is_at_work(job: &JobStatus, now: DateTime<Utc>) -> bool {
    let belongs = |slot: &Slot| match slot.origin {
        Origin::Schedule => job.clock == SlotClock::Business,
        Origin::FollowUp => true,
        Origin::Manual => false,
    };
    let may_begin = |slot: &Slot| slot.not_before.is_none_or(|time| time <= now);
    job.running.as_ref().is_some_and(belongs) || job.waiting.iter().any(|slot| belongs(slot) && may_begin(slot))
}

fn belongs(run: &Run, jobs: &[JobStatus], since: Option<DateTime<Utc>>) -> bool {
    let is_business = jobs.iter().any(|job| job.name == run.job && job.clock == SlotClock::Business);
    since.is_some_and(|since| run.started >= since) && (is_business || run.origin == Origin::FollowUp)
}

fn line(words: Words, run: &Run, jobs: &[JobStatus]) -> LineView {
    let job = jobs.iter().find(|job| job.name == run.job);
    let title = job.map(|job| if words.lang() == Lang::Chinese { job.title.clone() } else { job.title_en.clone() });
    let running = run.outcome.is_none();
    let label = job.and_then(|job| job.running.as_ref()).and_then(|slot| slot.progress.as_ref()).map(|progress| progress.label.clone());
    let text = match (running, label) {
        (true, Some(label)) => format!("{} {label}", words.t("jobs.running")),
        (true, None) => words.t("jobs.running").to_owned(),
        (false, _) => said(run),
    };
    LineView { title: title.unwrap_or_else(|| run.job.clone()), text, running }
}

/// What a run says of itself, or why it failed.
fn said(run: &Run) -> String {
    let result = run.result.as_ref().and_then(|result| result.get("message")).and_then(|message| message.as_str());
    if run.message.is_empty() { result.unwrap_or("").to_owned() } else { run.message.clone() }
}

/// `2022-W22 公示 3 项；认定 1 项。`
fn sentence(words: Words, runs: &[&Run]) -> String {
    let is_quiet = |run: &Run| run.result.as_ref().and_then(|result| result.get("quiet")).and_then(|quiet| quiet.as_bool()) == Some(true);
    let told = runs.iter().filter(|run| !is_quiet(run) && run.outcome != Some(RunOutcome::Retried));
    let parts: Vec<String> = told.map(|run| said(run)).filter(|text| !text.is_empty()).collect();
    if parts.is_empty() { words.t("demo.day.nothing").to_owned() } else { format!("{}。", parts.join("；")) }
}
