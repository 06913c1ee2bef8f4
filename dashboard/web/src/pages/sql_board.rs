//! The personal board (我的看板): one's pinned queries over the newest generation, each with rights and rows of one's own.
//!
//! A few run at a time, all of them within one deadline, and each fails alone with its words.

use std::time::Duration;

use axum::Form;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use futures::{StreamExt, stream};
use qunlian_charts::Size;
use qunlian_domain::saved_query::{MOST_PINNED, Viewer};
use qunlian_queries::{Answer, Door, Format, SqlFailure, Statement};
use qunlian_registry::{Move, PinSize, PinnedChart, SavedQuery};
use serde::Serialize;
use serde_json::json;
use tokio::time::{Instant, timeout_at};

use super::filings::books::with_books;
use super::query;
use super::saved_queries::{self, Tab, data_address, keeper, refused, rule_words, tabs, viewer};
use super::sql::{self, Asked};
use crate::Shared;
use crate::access::see;
use crate::export_log;
use crate::fault::Fault;
use crate::figure::Twin;
use crate::form;
use crate::query_string::link;
use crate::reader::Section;
use crate::result_chart::{self, ResultChart};
use crate::shell::{Crumb, Shell};
use crate::visit::Visit;
use crate::words::{Lang, Words};

/// Statements of one board that run at a time: others ask too.
const AT_ONCE: usize = 2;
/// Rows of a result that a board fetches.
const ROWS: usize = 400;
/// Rows of a table on a board.
const TABLE_ROWS: usize = 15;
/// Time for a whole board; what has no answer by then says so. Below the time for one request.
const PATIENCE: Duration = Duration::from_secs(40);

#[derive(Serialize)]
struct BoardView<T> {
    tabs: T,
    notice: &'static str,
    cards: Vec<CardView>,
    limit: String,
}

/// One place of the board.
#[derive(Serialize)]
struct CardView {
    id: i64,
    title: String,
    wide: bool,
    first: bool,
    last: bool,
    open_href: String,
    about: String,
    /// What stands behind the figures: statement, day and values.
    sql: String,
    rule: String,
    values: Vec<(String, String)>,
    files: Vec<Crumb>,
    /// Generation, day and rows; empty when there is no answer.
    facts: String,
    chart: Option<ResultChart>,
    table: Option<Twin>,
    /// Why nothing is shown, or why it is a table and no chart.
    trouble: String,
    hint: String,
}

/// `GET /sql/board`
pub(crate) async fn show(State(desk): State<Shared>, visit: Visit) -> Result<Response, Fault> {
    let (words, viewer) = (visit.words(), viewer(&visit.who)?);
    let pinned = pinned(&desk, viewer).await?;
    let deadline = Instant::now() + PATIENCE;
    let last = pinned.len().saturating_sub(1);
    let cards = pinned.into_iter().enumerate().map(|(at, pinned)| card(&desk, &visit, pinned, (at == 0, at == last), deadline));
    let cards: Vec<Result<CardView, Fault>> = stream::iter(cards).buffered(AT_ONCE).collect().await;
    let view = BoardView {
        tabs: tabs(words, Tab::Board),
        notice: notice(words, visit.query.get("done")),
        cards: cards.into_iter().collect::<Result<Vec<CardView>, Fault>>()?,
        limit: words.fill("board.limit", &[("n", &MOST_PINNED.to_string())]),
    };
    let shell = Shell::live(&desk, &visit, words.t("board.title"), Section::Sql).await;
    form::framed(&desk, &visit, shell, "sql_board.html", StatusCode::OK, view)
}

/// `POST /sql/board/{id}/move`: `way` is `up` or `down`.
pub(crate) async fn shift(
    State(desk): State<Shared>,
    visit: Visit,
    Path(id): Path<i64>,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Result<Response, Fault> {
    let viewer = keeper(&visit.who)?;
    let way = if pairs.iter().any(|(key, value)| key == "way" && value == "up") { Move::Up } else { Move::Down };
    with_books(&desk, move |books| books.move_chart(&viewer, id, way).map_err(refused)).await?;
    Ok(see(&format!("/sql/board#card-{id}")))
}

/// `POST /sql/board/{id}/unpin`
pub(crate) async fn unpin(State(desk): State<Shared>, visit: Visit, Path(id): Path<i64>) -> Result<Response, Fault> {
    let viewer = keeper(&visit.who)?;
    with_books(&desk, move |books| books.unpin_chart(&viewer, id).map_err(refused)).await?;
    Ok(see("/sql/board?done=unpinned"))
}

async fn pinned(desk: &Shared, viewer: Viewer) -> Result<Vec<PinnedChart>, Fault> {
    with_books(desk, move |books| books.pinned_charts(&viewer).map_err(refused)).await
}

async fn card(
    desk: &Shared,
    visit: &Visit,
    pinned: PinnedChart,
    (first, last): (bool, bool),
    deadline: Instant,
) -> Result<CardView, Fault> {
    let words = visit.words();
    let wide = pinned.size == PinSize::Full;
    let bare = CardView {
        id: pinned.query,
        title: words.t("board.gone.title").to_owned(),
        wide,
        first,
        last,
        open_href: String::new(),
        about: String::new(),
        sql: String::new(),
        rule: String::new(),
        values: Vec::new(),
        files: Vec::new(),
        facts: String::new(),
        chart: None,
        table: None,
        trouble: String::new(),
        hint: String::new(),
    };
    let Some(saved) = pinned.saved else {
        return Ok(CardView { trouble: words.t("board.gone").to_owned(), ..bare });
    };
    let named = CardView {
        title: saved.draft.title.clone(),
        open_href: link("/sql", &[("saved", &saved.id.to_string())]),
        about: saved.draft.note.clone(),
        sql: saved.draft.sql.clone(),
        rule: rule_words(words, saved.draft.as_of),
        values: saved.draft.parameters.iter().map(|parameter| (parameter.name.clone(), parameter.value.clone())).collect(),
        files: [("Excel", Format::Xlsx), ("CSV", Format::Csv)].map(|(label, format)| file(label, &saved.hash, format)).into(),
        ..bare
    };
    match run(desk, visit, &saved, deadline).await? {
        Ok(answer) => shown(words, &saved, &answer, named),
        Err((trouble, hint)) => Ok(CardView { trouble, hint, ..named }),
    }
}

fn file(label: &str, hash: &str, format: Format) -> Crumb {
    Crumb { label: label.to_owned(), href: data_address(hash, format) }
}

/// What to run for a saved query on a day: as the desk would, with its parameters filled in.
fn statement(words: Words, saved: &SavedQuery, today: chrono::NaiveDate) -> Result<Statement, SqlFailure> {
    let pairs = saved_queries::pairs(&saved.draft, today);
    let asked = Asked::read(pairs.iter().map(|(key, value)| (key.as_str(), value.as_str()))).with_defaults(today);
    asked.statement(words, saved.draft.as_of.day(today), Some(ROWS))
}

/// The answer, or why there is none and what can be done: words for the reader.
async fn run(desk: &Shared, visit: &Visit, saved: &SavedQuery, deadline: Instant) -> Result<Result<Answer, (String, String)>, Fault> {
    let words = visit.words();
    let statement = match statement(words, saved, desk.today()) {
        Ok(statement) => statement,
        Err(failure) => return Ok(Err(told(words, failure))),
    };
    note(desk, visit, saved, &statement).await?;
    let asker = sql::asker(visit, Door::Page);
    Ok(match timeout_at(deadline, desk.app.sql.show(&asker, statement)).await {
        Ok(Ok(answer)) => Ok(answer),
        Ok(Err(failure)) => Err(told(words, failure)),
        Err(_) => Err((words.t("board.late").to_owned(), words.t("board.late.hint").to_owned())),
    })
}

fn told(words: Words, failure: SqlFailure) -> (String, String) {
    if words.lang() == Lang::Chinese { (failure.said, failure.hint) } else { (failure.error, String::new()) }
}

/// Every statement leaves its text before it runs, those of a board too.
async fn note(desk: &Shared, visit: &Visit, saved: &SavedQuery, statement: &Statement) -> Result<(), Fault> {
    let as_of = statement.as_of.map(|day| day.to_string()).unwrap_or_default();
    let detail = json!({ "sql": statement.sql, "as_of": as_of, "query": saved.id, "hash": saved.hash });
    export_log::before_it_runs(desk, visit.who.clone(), "/sql/board", detail).await
}

/// A chart when one was chosen and fits, else the first rows as a table.
fn shown(words: Words, saved: &SavedQuery, answer: &Answer, named: CardView) -> Result<CardView, Fault> {
    let generation = words.fill("footer.generation", &[("n", &answer.generation.to_string())]);
    let day =
        answer.as_of.map_or_else(|| rule_words(words, saved.draft.as_of), |day| words.fill("board.day", &[("day", &day.to_string())]));
    let facts = format!("{} · {generation} · {day}", query::shown(words, answer, TABLE_ROWS.max(answer.rows.len())));
    let card = CardView { facts, ..named };
    let table = || Some(query::table(words, answer, TABLE_ROWS));
    let Some(choice) = &saved.draft.chart else { return Ok(CardView { table: table(), ..card }) };
    let width = if card.wide { Size::FULL } else { Size::DESK };
    Ok(match result_chart::draw(words, answer, choice, &saved.id.to_string(), width)? {
        Ok(chart) => CardView { chart: Some(chart), ..card },
        Err(refusal) => CardView { table: table(), trouble: refusal.say(words), ..card },
    })
}

fn notice(words: Words, done: Option<&str>) -> &'static str {
    match done {
        Some("pinned") => words.t("board.pinned"),
        Some("unpinned") => words.t("board.unpinned"),
        _ => "",
    }
}
