//! The desk's script asks here (脚本接口): run, estimate, parameters, what runs, and stop.

use std::time::Instant;

use axum::Json;
use axum::extract::State;
use axum::response::{Html, IntoResponse, Response};
use qunlian_queries::{Answer, Door, FailureKind, Outline, Run, SqlFailure, Value};
use serde_json::{Value as JsonValue, json};

use crate::Shared;
use crate::access::see;
use crate::export_log;
use crate::fault::Fault;
use crate::pages::sql::asked::AskedForm;
use crate::pages::sql::failed;
use crate::pages::sql::view::{self, Outcome, SHOWN};
use crate::pages::sql::{Asked, answered, asker};
use crate::pages::statements::is_alive;
use crate::query_string::QueryString;
use crate::visit::Visit;

/// `POST /sql/run`: the result as values or, with `shown=yes`, as the page shows it.
pub(crate) async fn run(State(desk): State<Shared>, visit: Visit, AskedForm(asked): AskedForm) -> Result<Response, Fault> {
    asked.check_length()?;
    let (words, asked) = (visit.words(), asked.with_defaults(desk.today()));
    let day = asked.day()?;
    let begun = Instant::now();
    let outcome = match asked.statement(words, day, Some(SHOWN)) {
        Err(failure) => Err(failure),
        Ok(statement) => {
            export_log::statement(&desk, visit.who.clone(), "/sql", &statement, "").await?;
            answered(&desk, &visit, &asker(&visit, Door::Page), statement).await
        }
    };
    match outcome {
        Ok(answer) if asked.shown => {
            let milliseconds = begun.elapsed().as_millis();
            let table = Outcome::Table { answer, milliseconds };
            let html = view::fragment(&desk, words, &asked, &table)?;
            Ok(Json(json!({ "ok": true, "html": html, "address": asked.address() })).into_response())
        }
        Ok(answer) => Ok(Json(values(&answer)).into_response()),
        Err(failure) => failure_response(&desk, &visit, &asked, failure),
    }
}

/// `POST /sql/outline`: what the statement would read, and its plan. Nothing runs.
pub(crate) async fn outline(State(desk): State<Shared>, visit: Visit, AskedForm(asked): AskedForm) -> Result<Response, Fault> {
    asked.check_length()?;
    let (words, asked) = (visit.words(), asked.with_defaults(desk.today()));
    let day = asked.day()?;
    let outcome = match asked.statement(words, day, None) {
        Err(failure) => Err(failure),
        Ok(statement) => desk.app.sql.outline(&asker(&visit, Door::Page), statement).await,
    };
    match outcome {
        Ok(outline) => {
            let mut body = outline_values(&outline);
            if asked.shown {
                body["html"] = json!(view::fragment(&desk, words, &asked, &Outcome::Estimate(outline))?);
            }
            Ok(Json(body).into_response())
        }
        Err(failure) => failure_response(&desk, &visit, &asked, failure),
    }
}

/// `POST /sql/fields`: the fields for the statement's parameters, as the page has them.
pub(crate) async fn fields(State(desk): State<Shared>, visit: Visit, AskedForm(asked): AskedForm) -> Result<Html<String>, Fault> {
    asked.check_length()?;
    let asked = asked.with_defaults(desk.today());
    Ok(Html(view::fields_fragment(&desk, visit.words(), &asked)?))
}

/// `GET /sql/runs.json?ticket=`: one's own statements, newest first; with a ticket only that one.
pub(crate) async fn list(State(desk): State<Shared>, visit: Visit) -> Response {
    let asker = asker(&visit, Door::Page);
    let ticket = visit.query.get("ticket");
    let runs = desk.app.sql.runs(&asker).into_iter().filter(|run| run.asker == asker.name);
    let runs = runs.filter(|run| ticket.is_none_or(|ticket| run.ticket == ticket)).take(100);
    let runs: Vec<JsonValue> = runs.map(|run| run_values(&run, desk.app.sql.ahead(&asker, run.id))).collect();
    Json(json!({ "ok": true, "runs": runs })).into_response()
}

/// `POST /sql/stop` with `ticket` or `id`: ends a statement of one's own, or of anybody's for an overseer. With
/// `back=history` the answer is that page, for a form without a script.
pub(crate) async fn stop(State(desk): State<Shared>, visit: Visit, body: String) -> Response {
    let form = QueryString::read(&body);
    let asker = asker(&visit, Door::Page);
    let by_ticket = |ticket: &str| {
        let alive = |run: &Run| run.asker == asker.name && run.ticket == ticket && is_alive(run);
        desk.app.sql.runs(&asker).into_iter().find(alive).map(|run| run.id)
    };
    let id = form.get("id").and_then(|id| id.parse().ok()).or_else(|| form.get("ticket").and_then(by_ticket));
    let stopped = id.is_some_and(|id| desk.app.sql.stop(&asker, id));
    if form.get("back") == Some("history") {
        return see(if stopped { "/sql/history?done=stopped" } else { "/sql/history?done=over" });
    }
    Json(json!({ "ok": true, "stopped": stopped })).into_response()
}

fn failure_response(desk: &Shared, visit: &Visit, asked: &Asked, failure: SqlFailure) -> Result<Response, Fault> {
    if failure.kind == FailureKind::Internal {
        tracing::error!(%failure, "a statement failed");
    }
    let more = if asked.shown {
        json!({ "html": view::fragment(desk, visit.words(), asked, &Outcome::Failed(failure.clone()))? })
    } else {
        json!({})
    };
    Ok(failed::json_response(&failure, more))
}

/// An answer as JSON: typed columns and rows of plain values.
fn values(answer: &Answer) -> JsonValue {
    let columns = answer
        .columns
        .iter()
        .map(|column| json!({ "name": column.name, "type": column.kind.id(), "title": column.title, "unit": column.unit }));
    let rows = answer.rows.iter().map(|row| row.iter().map(plain).collect::<Vec<_>>());
    json!({
        "ok": true,
        "generation": answer.generation,
        "as_of": answer.as_of.map(|day| day.to_string()),
        "truncated": answer.truncated,
        "columns": columns.collect::<Vec<_>>(),
        "rows": rows.collect::<Vec<_>>(),
    })
}

fn plain(value: &Value) -> JsonValue {
    match value {
        Value::Null => JsonValue::Null,
        Value::Int(number) => json!(number),
        Value::Decimal(number) => json!(number),
        Value::Text(text) => json!(text),
        Value::Date(day) => json!(day.to_string()),
        Value::Bool(yes) => json!(yes),
    }
}

fn outline_values(outline: &Outline) -> JsonValue {
    let columns = outline.columns.iter().map(|column| json!({ "name": column.name, "kind": column.kind }));
    json!({
        "ok": true,
        "generation": outline.generation,
        "files": outline.files,
        "row_groups": outline.row_groups,
        "bytes": outline.bytes,
        "plan": outline.plan,
        "columns": columns.collect::<Vec<_>>(),
    })
}

fn run_values(run: &Run, ahead: Option<u32>) -> JsonValue {
    json!({
        "id": run.id,
        "ticket": run.ticket,
        "door": run.door.id(),
        "sql": run.sql,
        "asked_at": run.asked_at,
        "state": run.state,
        "ahead": ahead,
        "waited_ms": run.waited_ms,
        "planned_ms": run.planned_ms,
        "ran_ms": run.ran_ms,
        "read": run.read,
        "rows": run.rows,
        "bytes": run.bytes,
        "memory": run.memory,
        "generation": run.generation,
        "error": run.error,
    })
}
