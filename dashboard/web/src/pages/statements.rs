//! Everybody's statements (查询管理): what runs, what has run and what it took, for whoever may stop it. What was asked stays
//! its asker's: it may name projects.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use qunlian_domain::audit::AuditAction;
use qunlian_domain::figures::print_count;
use qunlian_queries::{Door, Run};
use serde::Serialize;
use serde_json::json;

use super::sql::{asker, size};
use super::sql_history::took;
use crate::Shared;
use crate::access::see;
use crate::audit::audit;
use crate::fault::Fault;
use crate::form;
use crate::shell::clock_time;
use crate::visit::Visit;
use crate::who::Via;
use crate::words::Words;

/// Ended statements that are listed, the newest.
const SHOWN: usize = 200;
/// What a statement can have come to.
const ENDS: [&str; 3] = ["done", "failed", "stopped"];

#[derive(Serialize)]
struct StatementsView {
    notice: &'static str,
    running: Vec<LineView>,
    past: Vec<LineView>,
    who: String,
    ends: Vec<EndChoice>,
    filtered: bool,
    /// How many are remembered, and since when.
    kept: String,
    /// The page's own address without what has just been done.
    here: String,
    live_href: String,
}

#[derive(Serialize)]
struct EndChoice {
    id: &'static str,
    label: &'static str,
    chosen: bool,
}

#[derive(Serialize)]
struct LineView {
    id: u64,
    who: String,
    door: &'static str,
    at: String,
    state: String,
    tone: &'static str,
    shape: &'static str,
    waited: String,
    planned: String,
    ran: String,
    rows: String,
    bytes: String,
    memory: String,
    generation: String,
    /// Why it was stopped; empty otherwise.
    why: &'static str,
}

/// `GET /statements`: `?who=` part of a login name, `?state=` one of `done`, `failed`, `stopped`.
pub(crate) async fn show(State(desk): State<Shared>, visit: Visit) -> Result<Response, Fault> {
    let view = view(&desk, &visit);
    form::page(&desk, &visit, "statements.html", visit.words().t("statements.title"), StatusCode::OK, view)
}

/// `GET /statements/live`: the lists alone, for the page's script.
pub(crate) async fn live(State(desk): State<Shared>, visit: Visit) -> Result<Response, Fault> {
    #[derive(Serialize)]
    struct Part {
        lang: &'static str,
        view: StatementsView,
    }
    let part = Part { lang: visit.lang.id(), view: view(&desk, &visit) };
    Ok(Html(desk.templates.render("statements_live.html", part)?).into_response())
}

/// `POST /statements/{id}/stop`: ends a statement, whoever asked it. Recorded before it is done; a person does it, never a
/// program's token.
pub(crate) async fn stop(State(desk): State<Shared>, visit: Visit, Path(id): Path<u64>) -> Result<Response, Fault> {
    if !matches!(visit.who.via, Via::Session { .. } | Via::Demo) {
        return Err(Fault::Forbidden);
    }
    let asker = asker(&visit, Door::Page);
    let Some(run) = desk.app.sql.runs(&asker).into_iter().find(|run| run.id == id && is_alive(run)) else {
        return Ok(see("/statements?done=over"));
    };
    let (books, who) = (desk.clone(), visit.who.clone());
    let detail = json!({ "statement": id, "door": run.door.id(), "asked_at": run.asked_at, "ran_ms": run.ran_ms, "rows": run.rows });
    let write = move || audit(&books, &who, AuditAction::StatementStopped, &run.asker, detail);
    tokio::task::spawn_blocking(write).await.map_err(|error| Fault::Internal(error.to_string()))??;
    let done = if desk.app.sql.stop(&asker, id) { "stopped" } else { "over" };
    Ok(see(&format!("/statements?done={done}")))
}

/// True for what waits or runs.
pub(crate) fn is_alive(run: &Run) -> bool {
    matches!(run.state, "waiting" | "running")
}

fn view(desk: &Shared, visit: &Visit) -> StatementsView {
    let words = visit.words();
    let asker = asker(visit, Door::Page);
    let who: String = visit.query.get("who").unwrap_or("").trim().chars().take(80).collect();
    let state = visit.query.get("state").and_then(|state| ENDS.into_iter().find(|end| *end == state));
    let wanted = who.to_lowercase();
    let runs = desk.app.sql.runs(&asker).into_iter().filter(|run| run.asker.to_lowercase().contains(&wanted));
    let (running, past): (Vec<Run>, Vec<Run>) = runs.partition(is_alive);
    let past = past.iter().filter(|run| state.is_none_or(|state| run.state == state));
    let past: Vec<LineView> = past.take(SHOWN).map(|run| line(words, run, None)).collect();
    let end = |id: &'static str| EndChoice { id, label: state_words(words, id), chosen: state == Some(id) };
    let kept = visit.query.only(&["who", "state"]);
    StatementsView {
        notice: notice(words, visit.query.get("done")),
        running: running.iter().map(|run| line(words, run, desk.app.sql.ahead(&asker, run.id))).collect(),
        past,
        filtered: !who.is_empty() || state.is_some(),
        who,
        ends: ENDS.map(end).into(),
        kept: words.fill("statements.kept", &[("n", &SHOWN.to_string())]),
        here: kept.href("/statements"),
        live_href: kept.href("/statements/live"),
    }
}

fn line(words: Words, run: &Run, ahead: Option<u32>) -> LineView {
    let (tone, shape) = match run.state {
        "waiting" => ("soft", "…"),
        "running" => ("", "▶"),
        "done" => ("good", "●"),
        "failed" => ("bad", "■"),
        _ => ("soft", "○"),
    };
    let count = |number: u64| print_count(i64::try_from(number).unwrap_or(i64::MAX));
    LineView {
        id: run.id,
        who: run.asker.clone(),
        door: words.t(&format!("history.door.{}", run.door.id())),
        at: clock_time(&run.asked_at, words),
        state: state(words, run, ahead),
        tone,
        shape,
        waited: took(words, run.waited_ms),
        planned: took(words, run.planned_ms),
        ran: took(words, run.ran_ms),
        rows: count(run.rows),
        bytes: size(run.bytes),
        memory: if run.memory == 0 { "—".to_owned() } else { size(run.memory) },
        generation: if run.generation == 0 { "—".to_owned() } else { run.generation.to_string() },
        why: if run.error == BY_ADMINISTRATOR { words.t("statements.by_administrator") } else { "" },
    }
}

/// What the desk says of a statement that its owner did not stop.
const BY_ADMINISTRATOR: &str = "stopped by an administrator";

/// `运行`, `排队，前面 2 条`
pub(crate) fn state(words: Words, run: &Run, ahead: Option<u32>) -> String {
    ahead.map_or_else(|| state_words(words, run.state).to_owned(), |n| words.fill("statements.ahead", &[("n", &n.to_string())]))
}

fn state_words(words: Words, state: &str) -> &'static str {
    words.t(match state {
        "waiting" => "statements.state.waiting",
        "running" => "statements.state.running",
        "done" => "statements.state.done",
        "failed" => "statements.state.failed",
        _ => "statements.state.stopped",
    })
}

fn notice(words: Words, done: Option<&str>) -> &'static str {
    match done {
        Some("stopped") => words.t("statements.stopped"),
        Some("over") => words.t("statements.over"),
        _ => "",
    }
}
