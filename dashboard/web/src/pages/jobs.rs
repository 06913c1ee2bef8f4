//! Jobs (作业): schedule, what runs now, history, and running one by hand.

use std::sync::Arc;

use axum::Form;
use axum::extract::State;
use axum::http::header::LOCATION;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{Html, IntoResponse, Response};
use chrono::{DateTime, Utc};
use qunlian_domain::access::Right;
use qunlian_registry::{BoardError, JobBoard, JobStatus, Run, RunOutcome, Slot};
use serde::{Deserialize, Serialize};

use crate::Shared;
use crate::fault::Fault;
use crate::pages::subscriptions::{DeliveryView, deliveries};
use crate::query_string::encode;
use crate::reader::Section;
use crate::shell::{Shell, clock_time};
use crate::visit::Visit;
use crate::who::Who;
use crate::words::{Lang, Words};

#[derive(Serialize)]
struct JobsPage {
    lang: &'static str,
    shell: Shell,
    view: JobsView,
}

#[derive(Serialize)]
struct JobsView {
    jobs: Vec<JobView>,
    may_run: bool,
    history: Vec<RunView>,
    /// What was sent to subscribers lately.
    deliveries: Vec<DeliveryView>,
    /// Something runs or waits: the page looks again soon.
    live: bool,
    /// A run was just asked for.
    asked: String,
}

#[derive(Serialize)]
struct JobView {
    name: String,
    title: String,
    about: String,
    schedule: String,
    cron: String,
    clock: String,
    catch_up: String,
    limits: String,
    next: String,
    last: Option<RunView>,
    running: Option<ProgressView>,
    waiting: usize,
}

#[derive(Serialize)]
struct ProgressView {
    label: String,
    since: String,
    done: u64,
    total: u64,
    text: String,
}

#[derive(Serialize)]
struct RunView {
    job: String,
    slot: String,
    origin: String,
    attempt: u32,
    started: String,
    seconds: String,
    outcome: String,
    tone: &'static str,
    shape: &'static str,
    message: String,
}

/// Attempts in the history.
const HISTORY: usize = 40;

/// `GET /jobs`
pub(crate) async fn show(State(desk): State<Shared>, visit: Visit) -> Result<Response, Fault> {
    let words = visit.words();
    let asked = visit.query.get("asked").unwrap_or("").to_owned();
    let view = view(&desk, &visit, asked).await?;
    let shell = Shell::live(&desk, &visit, words.t("nav.jobs"), Section::Jobs).await;
    let html = desk.templates.render("jobs.html", JobsPage { lang: visit.lang.id(), shell, view })?;
    Ok(Html(html).into_response())
}

/// `GET /jobs/live`: the part of the page that changes, for the page's script.
pub(crate) async fn live(State(desk): State<Shared>, visit: Visit) -> Result<Response, Fault> {
    #[derive(Serialize)]
    struct Part {
        lang: &'static str,
        view: JobsView,
    }
    let view = view(&desk, &visit, String::new()).await?;
    Ok(Html(desk.templates.render("jobs_live.html", Part { lang: visit.lang.id(), view })?).into_response())
}

/// Which job shall run.
#[derive(Deserialize)]
pub(crate) struct RunForm {
    job: String,
}

/// `POST /jobs/run`
pub(crate) async fn run(State(desk): State<Shared>, who: Who, Form(form): Form<RunForm>) -> Result<Response, Fault> {
    let board = Arc::clone(&desk.app.jobs);
    let job = form.job.clone();
    let asked = blocking(move || board.run_now(&job, &who.name)).await?;
    let mut response = Response::new(axum::body::Body::empty());
    *response.status_mut() = StatusCode::SEE_OTHER;
    let target = format!("/jobs?asked={}", encode(&asked.job));
    response.headers_mut().insert(LOCATION, HeaderValue::from_str(&target).map_err(|error| Fault::Internal(error.to_string()))?);
    Ok(response)
}

/// The books are on disk: their calls run beside the server's threads.
async fn blocking<T: Send + 'static>(call: impl FnOnce() -> Result<T, BoardError> + Send + 'static) -> Result<T, Fault> {
    match tokio::task::spawn_blocking(call).await {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(BoardError::UnknownJob(name))) => Err(Fault::bad("bad.job", &name)),
        Ok(Err(BoardError::Books(error))) => Err(Fault::Internal(error.to_string())),
        Err(error) => Err(Fault::Internal(error.to_string())),
    }
}

async fn view(desk: &Shared, visit: &Visit, asked: String) -> Result<JobsView, Fault> {
    let words = visit.words();
    let board: Arc<dyn JobBoard> = Arc::clone(&desk.app.jobs);
    let (status, runs) = blocking(move || Ok((board.status()?, board.runs(None, HISTORY)?))).await?;
    let live = status.iter().any(|job| job.running.is_some() || !job.waiting.is_empty());
    let title = |name: &str| status.iter().find(|job| job.name == name).map_or_else(|| name.to_owned(), |job| job_title(words, job));
    let view = JobsView {
        deliveries: deliveries(desk, visit).await?,
        history: runs.iter().map(|run| run_view(words, run, title(&run.job))).collect(),
        asked: if asked.is_empty() { asked } else { title(&asked) },
        jobs: status.iter().map(|job| job_view(words, job)).collect(),
        live,
        may_run: visit.who.may(Right::RunJobs),
    };
    let tells_all = visit.who.scope.hears_jobs() || visit.who.may(Right::RunJobs);
    Ok(if tells_all { view } else { view.without_words() })
}

impl JobsView {
    /// Without what jobs say: how they ended stays.
    fn without_words(mut self) -> Self {
        self.history.iter_mut().for_each(|run| run.message.clear());
        for job in &mut self.jobs {
            if let Some(last) = &mut job.last {
                last.message.clear();
            }
            if let Some(running) = &mut job.running {
                running.label.clear();
            }
        }
        self
    }
}

fn job_title(words: Words, job: &JobStatus) -> String {
    match words.lang() {
        Lang::Chinese => job.title.clone(),
        Lang::English => job.title_en.clone(),
    }
}

fn job_view(words: Words, job: &JobStatus) -> JobView {
    let megabytes = (job.limits.memory_bytes / (1024 * 1024)).to_string();
    JobView {
        name: job.name.clone(),
        title: job_title(words, job),
        about: if words.lang() == Lang::Chinese { job.about.clone() } else { String::new() },
        schedule: if words.lang() == Lang::Chinese { job.schedule.clone() } else { job.schedule_en.clone() },
        cron: job.cron.clone(),
        clock: words.named("clock", job.clock.id(), job.clock.title()),
        catch_up: words.named("catch_up", job.catch_up.id(), job.catch_up.title()),
        limits: words.fill(
            "jobs.limits",
            &[("memory", &megabytes), ("seconds", &job.limits.seconds.to_string()), ("attempts", &job.attempts.to_string())],
        ),
        next: job.next.map_or_else(|| "—".to_owned(), |next| time(words, next)),
        last: job.last.as_ref().map(|run| run_view(words, run, job_title(words, job))),
        running: job.running.as_ref().map(|slot| progress_view(words, slot)),
        waiting: job.waiting.len(),
    }
}

fn progress_view(words: Words, slot: &Slot) -> ProgressView {
    let progress = slot.progress.clone().unwrap_or_default();
    let text = if progress.total > 0 {
        words.fill("jobs.progress", &[("done", &progress.done.to_string()), ("total", &progress.total.to_string())])
    } else {
        words.t("jobs.running").to_owned()
    };
    ProgressView {
        label: progress.label,
        since: slot.started.map_or_else(|| "—".to_owned(), |started| time(words, started)),
        done: progress.done.min(progress.total),
        total: progress.total,
        text,
    }
}

fn run_view(words: Words, run: &Run, job: String) -> RunView {
    let (outcome, tone, shape) = match run.outcome {
        None => (words.t("jobs.running").to_owned(), "soft", "…"),
        Some(outcome) => {
            let (tone, shape) = match outcome {
                RunOutcome::Done => ("good", "●"),
                RunOutcome::Retried => ("warn", "▲"),
                RunOutcome::Failed => ("bad", "■"),
            };
            (words.named("outcome", outcome.id(), outcome.title()), tone, shape)
        }
    };
    let outcome = match run.cause {
        Some(cause) => format!("{outcome} · {}", words.named("cause", cause.id(), cause.title())),
        None => outcome,
    };
    let seconds = run.finished.map(|finished| (finished - run.started).num_milliseconds() as f64 / 1000.0);
    RunView {
        job,
        slot: time(words, run.slot),
        origin: words.named("origin", run.origin.id(), run.origin.title()),
        attempt: run.attempt,
        started: time(words, run.started),
        seconds: seconds.map_or_else(
            || "—".to_owned(),
            |seconds| words.fill("jobs.seconds", &[("n", &qunlian_domain::figures::print(Some(seconds), 1))]),
        ),
        outcome,
        tone,
        shape,
        message: message(run),
    }
}

/// Why it failed, or what the job says it achieved.
fn message(run: &Run) -> String {
    if !run.message.is_empty() {
        return run.message.clone();
    }
    let said = run.result.as_ref().and_then(|result| result.get("message")).and_then(|message| message.as_str());
    said.unwrap_or("").to_owned()
}

fn time(words: Words, time: DateTime<Utc>) -> String {
    clock_time(&time.to_rfc3339(), words)
}
