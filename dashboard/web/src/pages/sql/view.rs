//! The desk as a page (自助查询页面): statement, parameters, result, failure, estimate, and what can be asked about.

use axum::response::{Html, IntoResponse, Response};
use qunlian_domain::contract::ColumnType;
use qunlian_domain::figures::print_count;
use qunlian_queries::template::Field;
use qunlian_queries::{Answer, Outline, SqlFailure};
use qunlian_registry::secret::new_secret;
use serde::Serialize;

use crate::Shared;
use crate::fault::Fault;
use crate::figure::Twin;
use crate::guard;
use crate::pages::sql::asked::Asked;
use crate::pages::sql::chart::{self, ChartView};
use crate::pages::sql::failed::{self, Trouble};
use crate::pages::sql::schema::{self, SchemaFunction, SchemaTable};
use crate::pages::sql::script_words;
use crate::pages::{query, saved_queries};
use crate::query_string::link;
use crate::reader::Section;
use crate::shell::Shell;
use crate::visit::Visit;
use crate::words::{Lang, Words};

/// Rows of a result that are shown.
pub(crate) const SHOWN: usize = 1_000;

/// What became of a statement.
pub(crate) enum Outcome {
    Nothing,
    Table { answer: Answer, milliseconds: u128 },
    Estimate(Outline),
    Failed(SqlFailure),
}

#[derive(Serialize)]
struct SqlPage<T> {
    lang: &'static str,
    shell: Shell,
    view: SqlView<T>,
}

#[derive(Serialize)]
struct SqlView<T> {
    nonce: String,
    words: String,
    sql: String,
    as_of: String,
    saved: String,
    today: String,
    fields: Vec<FieldView>,
    /// The chart that was chosen, for the next run.
    chart: Vec<(String, String)>,
    share_href: String,
    tabs: T,
    outcome: OutcomeView,
    starters: Vec<Starter>,
    tables: Vec<SchemaTable>,
    functions: Vec<SchemaFunction>,
}

#[derive(Serialize, Default)]
struct OutcomeView {
    result: Option<ResultView>,
    estimate: Option<EstimateView>,
    trouble: Option<Trouble>,
}

#[derive(Serialize)]
struct ResultView {
    table: Twin,
    shown: String,
    took: String,
    generation: u64,
    /// Not all rows are shown.
    cut: bool,
    /// The statement as it ran, for its files and its chart.
    again: Vec<(String, String)>,
    data_href: String,
    /// The same with the chart as drawn, to be saved and pinned under a title.
    pin: Vec<(String, String)>,
    pin_name: String,
    chart: Option<ChartView>,
    as_of: String,
}

#[derive(Serialize)]
struct EstimateView {
    files: String,
    row_groups: String,
    bytes: String,
    generation: u64,
    plan: String,
    /// Name, type.
    columns: Vec<(String, &'static str)>,
}

#[derive(Serialize)]
pub(crate) struct FieldView {
    name: String,
    kind: &'static str,
    input: &'static str,
    value: String,
    optional: bool,
    kinds: Vec<(&'static str, &'static str)>,
}

/// A statement to begin with.
#[derive(Serialize)]
struct Starter {
    title: String,
    about: String,
    href: String,
}

/// The whole page. A busy desk says so in its status, too.
pub(crate) async fn page(desk: &Shared, visit: &Visit, asked: Asked, outcome: Outcome) -> Result<Response, Fault> {
    let words = visit.words();
    let nonce = new_secret().map_err(|error| Fault::Internal(error.to_string()))?;
    let failure = if let Outcome::Failed(failure) = &outcome { Some(failure.clone()) } else { None };
    let view = SqlView {
        nonce: nonce.clone(),
        words: script_words::json(words),
        fields: fields(words, asked.fields()),
        chart: asked.chart.pairs(),
        share_href: if asked.sql.trim().is_empty() { String::new() } else { asked.address() },
        tabs: saved_queries::tabs(words, saved_queries::Tab::Desk),
        outcome: outcome_view(words, &asked, &outcome)?,
        starters: starters(desk, words),
        tables: schema::tables(desk, words),
        functions: schema::functions(desk),
        sql: asked.sql,
        as_of: asked.as_of,
        saved: asked.saved,
        today: desk.today().to_string(),
    };
    let shell = Shell::live(desk, visit, words.t("nav.sql"), Section::Sql).await;
    let html = desk.templates.render("sql.html", SqlPage { lang: visit.lang.id(), shell, view })?;
    let mut response = Html(html).into_response();
    guard::protect_with_styles(response.headers_mut(), &nonce);
    if let Some(failure) = failure.filter(|failure| failure.kind == qunlian_queries::FailureKind::Busy) {
        *response.status_mut() = failed::status(failure.kind);
        failed::mark(&failure, response.headers_mut());
    }
    Ok(response)
}

/// The part of the page that tells what became of a statement, for the script.
pub(crate) fn fragment(desk: &Shared, words: Words, asked: &Asked, outcome: &Outcome) -> Result<String, Fault> {
    #[derive(Serialize)]
    struct Fragment {
        lang: &'static str,
        outcome: OutcomeView,
    }
    let outcome = outcome_view(words, asked, outcome)?;
    Ok(desk.templates.render("_sql_outcome.html", Fragment { lang: words.lang().id(), outcome })?)
}

/// The fields of a statement's parameters, for the script.
pub(crate) fn fields_fragment(desk: &Shared, words: Words, asked: &Asked) -> Result<String, Fault> {
    #[derive(Serialize)]
    struct Fragment {
        lang: &'static str,
        fields: Vec<FieldView>,
    }
    let fields = fields(words, asked.fields());
    Ok(desk.templates.render("_sql_fields.html", Fragment { lang: words.lang().id(), fields })?)
}

fn outcome_view(words: Words, asked: &Asked, outcome: &Outcome) -> Result<OutcomeView, Fault> {
    Ok(match outcome {
        Outcome::Nothing => OutcomeView::default(),
        Outcome::Failed(failure) => OutcomeView { trouble: Some(Trouble::of(words, failure)), ..OutcomeView::default() },
        Outcome::Estimate(outline) => OutcomeView { estimate: Some(estimate(words, outline)), ..OutcomeView::default() },
        Outcome::Table { answer, milliseconds } => {
            OutcomeView { result: Some(result(words, asked, answer, *milliseconds)?), ..OutcomeView::default() }
        }
    })
}

fn result(words: Words, asked: &Asked, answer: &Answer, milliseconds: u128) -> Result<ResultView, Fault> {
    let rows = answer.rows.len().min(SHOWN);
    let cut = answer.truncated || answer.rows.len() > SHOWN;
    let chart = chart::view(words, answer, &asked.chart)?;
    let drawn = chart.as_ref().filter(|chart| chart.drawn);
    let key = if cut { "sql.shown_some" } else { "query.shown_all" };
    Ok(ResultView {
        table: query::table(words, answer, SHOWN),
        shown: words.fill(key, &[("n", &print_count(rows as i64))]),
        took: words.fill("sql.took", &[("seconds", &format!("{:.2}", milliseconds as f64 / 1_000.0))]),
        generation: answer.generation,
        cut,
        again: asked.desk_pairs(),
        data_href: asked.data_address(),
        pin: asked.desk_pairs().into_iter().chain(drawn.map(|_| asked.chart.pairs()).unwrap_or_default()).collect(),
        pin_name: drawn.map(|chart| chart.title.clone()).unwrap_or_default(),
        chart,
        as_of: asked.as_of.clone(),
    })
}

fn estimate(words: Words, outline: &Outline) -> EstimateView {
    let count = |number: u64| print_count(i64::try_from(number).unwrap_or(i64::MAX));
    EstimateView {
        files: count(outline.files),
        row_groups: count(outline.row_groups),
        bytes: size(outline.bytes),
        generation: outline.generation,
        plan: outline.plan.clone(),
        columns: outline.columns.iter().map(|column| (column.name.clone(), schema::engine_type_word(words, &column.kind))).collect(),
    }
}

/// `120.6 KiB`
pub(crate) fn size(bytes: u64) -> String {
    let mut size = bytes as f64;
    for unit in ["B", "KiB", "MiB"] {
        if size < 1_024.0 {
            return if unit == "B" { format!("{bytes} B") } else { format!("{size:.1} {unit}") };
        }
        size /= 1_024.0;
    }
    format!("{size:.1} GiB")
}

fn fields(words: Words, fields: Vec<Field>) -> Vec<FieldView> {
    use ColumnType::{Date, Decimal, Int, Text};
    let field = |field: Field| FieldView {
        kind: field.kind.id(),
        input: match field.kind.id() {
            "date" => "date",
            _ => "text",
        },
        name: field.name,
        value: field.value,
        optional: field.optional,
        kinds: [Text, Int, Decimal, Date].map(|kind| (kind.id(), schema::type_word(words, kind))).into(),
    };
    fields.into_iter().map(field).collect()
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

#[cfg(test)]
mod tests {
    use super::size;

    #[test]
    fn sizes_are_read_at_a_glance() {
        let check = |bytes: u64, expect: &str| assert_eq!(size(bytes), expect);
        check(0, "0 B");
        check(1_023, "1023 B");
        // 123,456 / 1,024 = 120.5625
        check(123_456, "120.6 KiB");
        check(5 << 20, "5.0 MiB");
        check(3 << 40, "3072.0 GiB");
    }
}
