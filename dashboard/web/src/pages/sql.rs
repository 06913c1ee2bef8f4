//! The SQL page (自助查询): one read-only statement, run by a limited child process; works without scripts.

use std::sync::Arc;

use axum::Form;
use axum::extract::State;
use axum::response::{Html, IntoResponse, Response};
use chrono::NaiveDate;
use qunlian_domain::access::Right;
use qunlian_queries::{About, Answer, Asker, Door, FailureKind, Format, Params, SqlFailure, Statement, Value};
use serde::{Deserialize, Serialize};

use crate::Shared;
use crate::export_log;
use crate::fault::Fault;
use crate::figure::Twin;
use crate::pages::{query, saved_queries, sql_history};
use crate::query_string::{QueryString, link};
use crate::reader::Section;
use crate::shell::{Crumb, Shell};
use crate::sql_literals;
use crate::statement_log::{self, Given};
use crate::visit::Visit;
use crate::words::{Lang, Words};

#[derive(Serialize)]
struct SqlPage<T> {
    lang: &'static str,
    shell: Shell,
    view: SqlView<T>,
}

#[derive(Serialize)]
struct SqlView<T> {
    tabs: T,
    sql: String,
    as_of: String,
    today: String,
    result: Option<ResultView>,
    error: Option<ErrorView>,
    starters: Vec<Starter>,
    tables: Vec<TableView>,
}

#[derive(Serialize)]
struct ResultView {
    table: Twin,
    shown: String,
    generation: u64,
    truncated: bool,
}

#[derive(Serialize)]
struct ErrorView {
    error: String,
    hint: String,
}

/// A statement to begin with.
#[derive(Serialize)]
struct Starter {
    title: String,
    about: String,
    href: String,
}

/// A published table as a reader's aid.
#[derive(Serialize)]
struct TableView {
    name: &'static str,
    title: &'static str,
    example: Crumb,
}

/// The statement and what shall become of its result.
#[derive(Deserialize)]
pub(crate) struct SqlForm {
    #[serde(default)]
    sql: String,
    #[serde(default)]
    as_of: String,
    /// Empty to show, else `csv`, `xlsx` …: a file.
    #[serde(default)]
    format: String,
}

/// Rows of a result that are shown.
const SHOWN: usize = 1_000;
/// Rows of a result that are fetched.
const MOST: usize = 10_000;
/// Longest statement, in bytes.
const LONGEST: usize = 64 * 1024;

const TABLES: [(&str, &str); 10] = [
    ("projects", "sql.table.projects"),
    ("milestones", "sql.table.milestones"),
    ("investments", "sql.table.investments"),
    ("targets", "sql.table.targets"),
    ("carriers", "sql.table.carriers"),
    ("chains", "sql.table.chains"),
    ("regions", "sql.table.regions"),
    ("calendar", "sql.table.calendar"),
    ("complaints", "sql.table.complaints"),
    ("sources", "sql.table.sources"),
];

/// What `?saved=` or `?past=` names.
async fn kept(desk: &Shared, visit: &Visit) -> Result<Option<Vec<(String, String)>>, Fault> {
    let id = |key: &str| visit.query.get(key).and_then(|id| id.parse::<i64>().ok());
    match (id("saved"), id("past")) {
        (Some(id), _) => saved_queries::pairs_of(desk, &visit.who, id).await.map(Some),
        (None, Some(id)) => sql_history::pairs_of_past(desk, &visit.who, id).await.map(Some),
        (None, None) => Ok(None),
    }
}

/// `GET /sql`: empty, with the text of `?sql=`, or with a fork of the named query `?from=`.
pub(crate) async fn show(State(desk): State<Shared>, visit: Visit) -> Result<Response, Fault> {
    if let Some(kept) = kept(&desk, &visit).await? {
        let get = |key: &str| kept.iter().find(|(name, _)| name == key).map(|(_, value)| value.clone()).unwrap_or_default();
        return page(&desk, &visit, get("sql"), get("as_of"), None).await;
    }
    let sql = match (visit.query.get("from"), visit.query.get("sql")) {
        (Some(name), _) => forked(&desk, name, &visit.query)?,
        (None, Some(sql)) => sql.to_owned(),
        (None, None) => String::new(),
    };
    let as_of = visit.query.get("as_of").unwrap_or("").to_owned();
    page(&desk, &visit, sql, as_of, None).await
}

/// `POST /sql`
pub(crate) async fn run(State(desk): State<Shared>, visit: Visit, Form(form): Form<SqlForm>) -> Result<Response, Fault> {
    if form.sql.len() > LONGEST {
        return Err(Fault::bad("bad.sql_long", &form.sql.len().to_string()));
    }
    let as_of = match form.as_of.trim() {
        "" => None,
        text => Some(text.parse::<NaiveDate>().map_err(|_| Fault::bad("bad.as_of", text))?),
    };
    let outcome = if form.sql.trim().is_empty() {
        let words = visit.words();
        Err(SqlFailure::new(FailureKind::NotOne, words.t("sql.nothing"), words.t("sql.nothing"), words.t("sql.nothing.hint")))
    } else {
        export_log::statement(&desk, Arc::clone(&visit.who), &form.sql, &form.as_of, &form.format).await?;
        let statement = Statement { sql: form.sql.clone(), as_of, params: Params::new(), most: Some(MOST), ticket: String::new() };
        let asker = asker(&visit, Door::Page);
        let begun = statement_log::begin(&desk, &asker, &statement);
        let outcome = desk.app.sql.show(&asker, statement).await;
        statement_log::record_run(&desk, &visit.who, begun, outcome.as_ref().map(Given::of)).await;
        outcome
    };
    match (Format::from_suffix(&form.format), &outcome) {
        (Some(format), Ok(answer)) => file(&desk, &visit, answer, format),
        _ => page(&desk, &visit, form.sql, form.as_of, Some(outcome)).await,
    }
}

/// The reader as the desk knows them.
fn asker(visit: &Visit, door: Door) -> Asker {
    Asker { name: visit.who.name.clone(), scope: visit.who.scope.clone(), door, oversees: visit.who.may(Right::RunJobs) }
}

fn file(desk: &Shared, visit: &Visit, answer: &Answer, format: Format) -> Result<Response, Fault> {
    let words = visit.words();
    let about = About { title: words.t("sql.file").to_owned(), definition: String::new(), source: desk.app.city.center.clone() };
    let bytes = desk.app.answers.encode(answer, format, &about)?;
    let mut response = bytes.into_response();
    let name = format!("{}_{}.{}", about.title, answer.as_of.unwrap_or_else(|| desk.today()), format.suffix());
    response.headers_mut().insert(axum::http::header::CONTENT_TYPE, axum::http::HeaderValue::from_static(format.media_type()));
    response.headers_mut().insert(axum::http::header::CONTENT_DISPOSITION, crate::reader::attachment(&name)?);
    export_log::mark(response.headers_mut(), answer.rows.len());
    Ok(response)
}

async fn page(
    desk: &Shared,
    visit: &Visit,
    sql: String,
    as_of: String,
    outcome: Option<Result<Answer, SqlFailure>>,
) -> Result<Response, Fault> {
    let words = visit.words();
    let (result, error) = match outcome {
        None => (None, None),
        Some(Ok(answer)) => (
            Some(ResultView {
                table: query::table(words, &answer, SHOWN),
                shown: query::shown(words, &answer, SHOWN),
                generation: answer.generation,
                truncated: answer.truncated,
            }),
            None,
        ),
        Some(Err(failure)) => (None, Some(error_view(words, failure))),
    };
    let view = SqlView {
        tabs: saved_queries::tabs(words, saved_queries::Tab::Desk),
        sql,
        as_of,
        today: desk.today().to_string(),
        result,
        error,
        starters: starters(desk, words),
        tables: tables(words),
    };
    let shell = Shell::live(desk, visit, words.t("nav.sql"), Section::Sql).await;
    let html = desk.templates.render("sql.html", SqlPage { lang: visit.lang.id(), shell, view })?;
    Ok(Html(html).into_response())
}

fn error_view(words: Words, failure: SqlFailure) -> ErrorView {
    let error = if words.lang() == Lang::Chinese { failure.said } else { failure.error };
    ErrorView { error, hint: failure.hint }
}

fn starters(desk: &Shared, words: Words) -> Vec<Starter> {
    let queries = desk.app.answers.library().folder("explore");
    let starter = |query: &qunlian_queries::Query| Starter {
        title: if words.lang() == Lang::Chinese { query.about.title.clone() } else { query.about.name.replace('_', " ") },
        about: if words.lang() == Lang::Chinese { query.about.definition.clone() } else { String::new() },
        href: link("/sql", &[("from", &query.about.name)]),
    };
    queries.map(starter).collect()
}

fn tables(words: Words) -> Vec<TableView> {
    let table = |(name, title): (&'static str, &'static str)| TableView {
        name,
        title: words.t(title),
        example: Crumb { label: name.to_owned(), href: link("/sql", &[("sql", &format!("select *\nfrom {name}\nlimit 20"))]) },
    };
    TABLES.map(table).into()
}

/// The SQL of a named query with its parameters written out, for an analyst to change and run.
fn forked(desk: &Shared, name: &str, address: &QueryString) -> Result<String, Fault> {
    let query = desk.app.answers.library().get(name).ok_or(Fault::NotFound)?;
    let today = desk.today();
    let mut values: Vec<(&str, Value)> = Vec::new();
    for spec in &query.about.params {
        let given = address.get(&spec.name).or(spec.default.as_deref()).unwrap_or("");
        let fallback = match spec.name.as_str() {
            "year" if given.is_empty() => today.format("%Y").to_string(),
            "as_of" if given.is_empty() => today.to_string(),
            _ => given.to_owned(),
        };
        values.push((&spec.name, sql_literals::typed(spec.kind, &fallback)));
    }
    Ok(sql_literals::written_out(query.sql.trim(), &values))
}
