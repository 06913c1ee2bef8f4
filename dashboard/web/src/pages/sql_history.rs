//! One's own history of free SQL (查询历史): what runs now, and what has: when, by which door, what became of it, and the
//! way back into the desk.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use qunlian_domain::figures::{print, print_count};
use qunlian_domain::saved_query::{AsOfRule, HISTORY_DAYS, HISTORY_ROWS};
use qunlian_queries::{Door, Run};
use qunlian_registry::{HistoryFilter, PastStatement, QueryDraft, StatementOutcome};
use serde::Serialize;

use super::filings::books::with_books;
use super::saved_queries::{Tab, pairs, tabs, viewer};
use super::sql::asker;
use super::statements::{is_alive, state};
use crate::Shared;
use crate::fault::Fault;
use crate::form;
use crate::query_string::link;
use crate::shell::{clock_time, full_time};
use crate::visit::Visit;
use crate::who::Who;
use crate::words::Words;

/// Statements on one page.
const SHOWN: usize = 50;
/// Characters of a statement's first line.
const FIRST_LINE: usize = 120;

#[derive(Serialize)]
struct HistoryView<T> {
    tabs: T,
    notice: &'static str,
    /// The page's own address without what has just been done.
    here: String,
    running: Vec<RunView>,
    q: String,
    outcomes: Vec<OutcomeChoice>,
    filtered: bool,
    lines: Vec<LineView>,
    /// Older ones; empty when there are none.
    next_href: String,
    /// How long it is kept.
    kept: String,
}

#[derive(Serialize)]
struct OutcomeChoice {
    id: &'static str,
    label: String,
    chosen: bool,
}

/// A statement that waits or runs, whichever way it came in.
#[derive(Serialize)]
struct RunView {
    id: u64,
    at: String,
    door: &'static str,
    first_line: String,
    state: String,
    rows: String,
    /// How long it has waited, or run.
    took: String,
}

#[derive(Serialize)]
struct LineView {
    at: String,
    door: &'static str,
    first_line: String,
    /// There is more of it than its first line.
    more: String,
    open_href: String,
    outcome: String,
    tone: &'static str,
    shape: &'static str,
    error: String,
    rows: String,
    took: String,
    as_of: String,
    generation: u64,
}

/// `GET /sql/history`: `?outcome=`, `?q=`, `?before=`.
pub(crate) async fn show(State(desk): State<Shared>, visit: Visit) -> Result<Response, Fault> {
    let (words, account) = (visit.words(), viewer(&visit.who)?.account);
    let outcome = visit.query.get("outcome").and_then(StatementOutcome::from_id);
    let q: String = visit.query.get("q").unwrap_or("").trim().chars().take(200).collect();
    let before = visit.query.get("before").and_then(|text| text.parse::<i64>().ok());
    let filter = HistoryFilter { outcome, text: q.clone() };
    let mut found = with_books(&desk, move |books| Ok(books.statement_history(account, &filter, before, SHOWN + 1)?)).await?;
    let is_more = found.len() > SHOWN;
    found.truncate(SHOWN);
    let oldest = found.last().map(|past| past.id.to_string()).filter(|_| is_more);
    let kept = visit.query.only(&["outcome", "q", "before"]);
    let choice = |one: &StatementOutcome| OutcomeChoice { id: one.id(), label: outcome_words(words, *one), chosen: Some(*one) == outcome };
    let view = HistoryView {
        tabs: tabs(words, Tab::History),
        notice: notice(words, visit.query.get("done")),
        here: kept.href("/sql/history"),
        running: running(&desk, &visit),
        outcomes: StatementOutcome::ALL.iter().map(choice).collect(),
        filtered: outcome.is_some() || !q.is_empty(),
        q,
        lines: found.iter().map(|past| line(words, past)).collect(),
        next_href: oldest.map(|id| kept.with("before", &id).href("/sql/history")).unwrap_or_default(),
        kept: words.fill("history.kept", &[("rows", &HISTORY_ROWS.to_string()), ("days", &HISTORY_DAYS.to_string())]),
    };
    form::page(&desk, &visit, "sql_history.html", words.t("history.title"), StatusCode::OK, view)
}

/// `GET /sql/history/live`: what runs alone, for the page's script.
pub(crate) async fn live(State(desk): State<Shared>, visit: Visit) -> Result<Response, Fault> {
    #[derive(Serialize)]
    struct Running {
        running: Vec<RunView>,
    }
    #[derive(Serialize)]
    struct Part {
        lang: &'static str,
        view: Running,
    }
    let part = Part { lang: visit.lang.id(), view: Running { running: running(&desk, &visit) } };
    Ok(Html(desk.templates.render("sql_history_live.html", part)?).into_response())
}

fn running(desk: &Shared, visit: &Visit) -> Vec<RunView> {
    let (words, asker) = (visit.words(), asker(visit, Door::Page));
    let own = desk.app.sql.runs(&asker).into_iter().filter(|run| run.asker == asker.name && is_alive(run));
    let view = |run: Run| RunView {
        id: run.id,
        at: clock_time(&run.asked_at, words),
        door: words.t(&format!("history.door.{}", run.door.id())),
        first_line: shortened(&run.sql).0,
        state: state(words, &run, desk.app.sql.ahead(&asker, run.id)),
        rows: count(run.rows),
        took: took(words, if run.state == "waiting" { run.waited_ms } else { run.ran_ms }),
    };
    own.map(view).collect()
}

fn notice(words: Words, done: Option<&str>) -> &'static str {
    match done {
        Some("stopped") => words.t("history.stopped"),
        Some("over") => words.t("statements.over"),
        _ => "",
    }
}

fn count(number: u64) -> String {
    print_count(i64::try_from(number).unwrap_or(i64::MAX))
}

/// What the desk's form holds for `/sql?past=ID`, as [`pairs`].
///
/// # Errors
/// [`Fault::NotFound`] when it is not the reader's own.
pub(crate) async fn pairs_of_past(desk: &Shared, who: &Who, id: i64) -> Result<Vec<(String, String)>, Fault> {
    let account = viewer(who)?.account;
    let past = with_books(desk, move |books| books.past_statement(account, id)?.ok_or(Fault::NotFound)).await?;
    let draft = QueryDraft {
        title: String::new(),
        note: String::new(),
        sql: past.ran.sql,
        as_of: past.ran.as_of.map_or(AsOfRule::Newest, AsOfRule::Day),
        parameters: past.ran.parameters,
        chart: None,
    };
    Ok(pairs(&draft, desk.today()))
}

fn line(words: Words, past: &PastStatement) -> LineView {
    let ran = &past.ran;
    let (first_line, more) = shortened(&ran.sql);
    let (tone, shape) = match ran.outcome {
        StatementOutcome::Done => ("good", "●"),
        StatementOutcome::Failed => ("bad", "■"),
        StatementOutcome::Stopped => ("soft", "○"),
        StatementOutcome::TimedOut => ("warn", "▲"),
    };
    let millis = ran.waited_ms.saturating_add(ran.planned_ms).saturating_add(ran.ran_ms);
    LineView {
        at: full_time(ran.asked_at),
        door: words.t(&format!("history.door.{}", ran.door)),
        first_line,
        more,
        open_href: link("/sql", &[("past", &past.id.to_string())]),
        outcome: outcome_words(words, ran.outcome),
        tone,
        shape,
        error: ran.error.clone(),
        rows: if ran.outcome == StatementOutcome::Done { count(ran.rows) } else { "—".to_owned() },
        took: took(words, millis),
        as_of: ran.as_of.map(|day| day.to_string()).unwrap_or_default(),
        generation: ran.generation,
    }
}

fn outcome_words(words: Words, outcome: StatementOutcome) -> String {
    words.named("statement_outcome", outcome.id(), outcome.title())
}

/// The first line that says something, and the whole text when that was not all of it.
fn shortened(sql: &str) -> (String, String) {
    let first = sql.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or("");
    let cut: String = first.chars().take(FIRST_LINE).collect();
    let is_whole = cut == sql.trim();
    (if cut.len() < first.len() { format!("{cut}…") } else { cut }, if is_whole { String::new() } else { sql.trim().to_owned() })
}

/// `320 毫秒`, `1.25 秒`
pub(crate) fn took(words: Words, millis: u64) -> String {
    if millis < 1_000 {
        return words.fill("history.millis", &[("n", &millis.to_string())]);
    }
    words.fill("history.seconds", &[("n", &print(Some(millis as f64 / 1_000.0), 2))])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_statement_is_known_by_its_first_line() {
        let check = |sql: &str, first: &str, more: &str| assert_eq!(shortened(sql), (first.to_owned(), more.to_owned()), "{sql:?}");
        check("select 1", "select 1", "");
        check("\n  select 1\n", "select 1", "");
        check("-- 各载体\nselect 2", "-- 各载体", "-- 各载体\nselect 2");
        let long = "长".repeat(121);
        check(&long, &format!("{}…", "长".repeat(120)), &long);
        check("", "", "");
    }

    #[test]
    fn short_times_are_milliseconds() {
        let say = |millis: u64| took(Words::of(crate::words::Lang::Chinese), millis);
        assert_eq!([say(0), say(999), say(1_000), say(12_345)], ["0 毫秒", "999 毫秒", "1.00 秒", "12.35 秒"]);
    }
}
