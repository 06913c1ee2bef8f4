//! Data quality (数据质量): what was questioned, whether sums add up, which files came in, which targets hold.

use axum::response::Response;
use futures::try_join;
use qunlian_domain::figures::print_count;
use qunlian_domain::target::Metric;
use qunlian_queries::{Answer, Params};
use serde::Serialize;

use crate::board::Board;
use crate::fault::Fault;
use crate::figure::{Cell, Column, Twin};
use crate::paging::{Listing, Pages, pages};
use crate::panel::Panel;
use crate::project_filter;
use crate::query_string::{QueryString, link};
use crate::reader::{PageHead, Reader, Section};
use crate::rows::{Row, first, rows, rows_where};
use crate::shell::Crumb;
use crate::words::Words;

#[derive(Serialize)]
struct QualityView {
    summary: Twin,
    /// Stands beside the summary and the list when they are cut to the reader's carriers.
    cut: &'static str,
    q: String,
    kept: Vec<(String, String)>,
    chips: Vec<Crumb>,
    complaints: Twin,
    total: i64,
    pages: Pages,
    reconciliation: Panel,
    sources: Panel,
    targets: Panel,
    definition: String,
    sql_href: String,
}

const FILTERS: [&str; 5] = ["problem", "severity", "file", "carrier", "q"];

/// Complaints on a page.
const ROWS: i64 = 50;

/// `GET /quality`
pub(crate) async fn show(reader: Reader) -> Result<Response, Fault> {
    let board = reader.board()?;
    let query = reader.visit.query.without("lang");
    let page = project_filter::page(&query)?;
    let params = list_params(&query, (page - 1) * ROWS, ROWS);
    let carrier = project_filter::several(&query, "carrier");
    let (list, summary, reconciliation, sources, targets) = try_join!(
        reader.ask("complaints_list", params),
        reader.ask("complaints_summary", Params::new()),
        reader.ask("reconciliation", board.params()),
        reader.ask("sources_list", Params::new().with("carrier", carrier.as_str()).with("limit", SOURCES)),
        reader.ask("targets_list", board.params())
    )?;
    let words = reader.words;
    let total = match first(&list) {
        Some(row) => row.count("total"),
        None => 0,
    };
    let checks: Vec<bool> = rows(&reconciliation).map(|row| row.is_true("ok")).collect();
    let passed = checks.iter().filter(|ok| **ok).count();
    let view = QualityView {
        summary: summary_table(words, &query, &summary),
        cut: reader.cut_note("complaints_list"),
        q: query.get("q").unwrap_or("").to_owned(),
        kept: query
            .pairs()
            .filter(|(key, _)| !matches!(*key, "q" | "page"))
            .map(|(key, value)| (key.to_owned(), value.to_owned()))
            .collect(),
        chips: chips(words, &query, &list),
        complaints: complaint_table(words, &list),
        total,
        pages: pages(words, &query, &Listing { path: "/quality", unit: "unit.lines", page, size: ROWS, total }),
        reconciliation: Panel::new(
            &reader,
            &board,
            "reconciliation",
            words.t("reconciliation.title"),
            "reconciliation",
            &[],
            reconciliation_table(words, &reconciliation),
        )
        .remark(&words.fill("reconciliation.passed", &[("passed", &passed.to_string()), ("all", &checks.len().to_string())])),
        sources: sources_panel(&reader, &board, &carrier, &sources),
        targets: targets_panel(&reader, &board, &targets),
        definition: reader.definition("complaints_list"),
        sql_href: query.without("page").href("/queries/complaints_list"),
    };
    let files = query.only(&FILTERS);
    let head = PageHead::new(words.t("nav.quality"), Section::Quality).board(&board).exports("/quality", &files);
    reader.page("quality.html", head, view).await
}

/// Source sheets that the page lists, the newest first; the query has them all.
const SOURCES: i64 = 20;

fn sources_panel(reader: &Reader, board: &Board, carrier: &str, answer: &Answer) -> Panel {
    let words = reader.words;
    let panel = Panel::new(
        reader,
        board,
        "sources",
        words.t("sources.title"),
        "sources_list",
        &[("carrier", carrier)],
        source_table(words, answer),
    );
    let total = first(answer).map_or(0, |row| row.count("total"));
    if total <= SOURCES {
        return panel;
    }
    let href = panel.sql_href.clone();
    Panel { all_href: href, all_label: words.fill("sources.all", &[("n", &print_count(total))]), ..panel }
}

/// The city's own targets; those of carriers and chains are one press away.
fn targets_panel(reader: &Reader, board: &Board, answer: &Answer) -> Panel {
    let words = reader.words;
    let panel = Panel::new(reader, board, "targets", words.t("targets.title"), "targets_list", &[], target_table(words, answer));
    let href = panel.sql_href.clone();
    Panel { all_href: href, all_label: words.fill("warnings.all", &[("n", &print_count(answer.rows.len() as i64))]), ..panel }
}

/// Parameters of `complaints_list` from the address.
pub(crate) fn list_params(query: &QueryString, offset: i64, limit: i64) -> Params {
    let mut params = Params::new().with("offset", offset).with("limit", limit);
    for key in FILTERS {
        params = params.with(key, if key == "q" { query.get("q").unwrap_or("").to_owned() } else { project_filter::several(query, key) });
    }
    params
}

fn chips(words: Words, query: &QueryString, list: &Answer) -> Vec<Crumb> {
    let mut chips = Vec::new();
    for key in FILTERS {
        let Some(value) = query.get(key) else { continue };
        let row = first(list);
        let label = match (key, row) {
            ("file", Some(row)) => row.text("file_name").to_owned(),
            ("severity", row) => words.named("severity", value, row.map_or("", |row| row.text("severity_name"))),
            ("problem", _) => words.named("problem", value, value),
            ("carrier", Some(row)) => row.text("carrier").to_owned(),
            _ => value.to_owned(),
        };
        let title = words.t(&format!("quality.{key}"));
        chips.push(Crumb {
            label: format!("{title}{}{label}", words.t("filter.colon")),
            href: query.without(key).without("page").href("/quality"),
        });
    }
    chips
}

fn summary_table(words: Words, query: &QueryString, answer: &Answer) -> Twin {
    let columns = vec![
        Column::text(words.t("table.problem")),
        Column::text(words.t("table.severity")),
        Column::number(words.t("table.count")),
        Column::number(words.t("table.files")),
    ];
    let base = query.only(&["year", "as_of"]);
    let rows = rows(answer).map(|row| {
        let href = base.with("problem", row.text("problem")).with("severity", row.text("severity")).href("/quality");
        vec![
            Cell::text(words.named("problem", row.text("problem"), row.text("problem"))),
            severity_cell(words, row),
            Cell::number(print_count(row.count("count"))).rows(href, row.count("count")),
            Cell::number(print_count(row.count("files"))),
        ]
    });
    Twin { columns, rows: rows.collect() }
}

fn severity_cell(words: Words, row: Row<'_>) -> Cell {
    let tone = match row.text("severity") {
        "row_left_out" => "bad",
        "cell_left_out" => "warn",
        _ => "soft",
    };
    Cell::text(words.named("severity", row.text("severity"), row.text("severity_name"))).tone(tone)
}

fn complaint_table(words: Words, answer: &Answer) -> Twin {
    let columns = vec![
        Column::text(words.t("table.file")),
        Column::text(words.t("table.sheet")),
        Column::number(words.t("table.row")),
        Column::text(words.t("table.column")),
        Column::text(words.t("table.value")),
        Column::text(words.t("table.message")),
        Column::text(words.t("table.hint")),
        Column::text(words.t("table.severity")),
    ];
    let rows = rows(answer).map(|row| {
        vec![
            Cell::text(row.text("file_name")).link(link("/quality", &[("file", row.text("file"))])),
            Cell::text(row.text("sheet")),
            Cell::number(row.int("row").map_or_else(|| "—".to_owned(), |row| row.to_string())),
            Cell::text(row.text("column")),
            Cell::text(row.text("value")),
            Cell::text(row.text("message")),
            Cell::text(row.text("hint")),
            severity_cell(words, row),
        ]
    });
    Twin { columns, rows: rows.collect() }
}

fn reconciliation_table(words: Words, answer: &Answer) -> Twin {
    let columns = vec![
        Column::text(words.t("table.check")),
        Column::number(words.t("table.left")),
        Column::number(words.t("table.right")),
        Column::number(words.t("table.difference")),
        Column::text(words.t("table.verdict")),
    ];
    let number = |row: Row<'_>, column: &str| {
        row.int(column)
            .map_or_else(|| "—".to_owned(), |value| if row.text("unit") == "元" { words.middling(Some(value)) } else { print_count(value) })
    };
    let rows = rows(answer).map(|row| {
        let ok = row.is_true("ok");
        let unit = if row.text("unit") == "元" {
            words.t("unit.middling").to_owned()
        } else {
            words.named("unit", row.text("unit"), row.text("unit"))
        };
        vec![
            Cell::text(if unit.is_empty() {
                row.text("title").to_owned()
            } else {
                words.fill("table.with_unit", &[("what", row.text("title")), ("unit", &unit)])
            }),
            Cell::number(number(row, "left_value")),
            Cell::number(number(row, "right_value")),
            // A part that is smaller than its whole agrees too: its difference says nothing.
            Cell::number(if ok && row.count("difference") != 0 { "—".to_owned() } else { number(row, "difference") }).tone(if ok {
                ""
            } else {
                "bad"
            }),
            Cell::text(words.t(if ok { "verdict.ok" } else { "verdict.bad" })).tone(if ok { "good" } else { "bad" }),
        ]
    });
    Twin { columns, rows: rows.collect() }
}

fn source_table(words: Words, answer: &Answer) -> Twin {
    let columns = vec![
        Column::text(words.t("table.file")),
        Column::text(words.t("table.sheet")),
        Column::text(words.t("table.carrier")),
        Column::text(words.t("table.reported_on")),
        Column::number(words.t("table.rows_in")),
        Column::number(words.t("table.rows_questioned")),
        Column::number(words.t("table.rows_left_out")),
        Column::text(words.t("table.imported_on")),
    ];
    let day = |row: Row<'_>, column: &str| Cell::text(row.date(column).map_or_else(|| "—".to_owned(), |day| day.to_string()));
    let rows = rows(answer).map(|row| {
        vec![
            Cell::text(row.text("file_name")).link(link("/quality", &[("file", row.text("file"))])),
            Cell::text(row.text("sheet_name")),
            Cell::text(row.text("carrier")),
            day(row, "reported_on"),
            Cell::number(print_count(row.count("rows_in"))),
            Cell::number(print_count(row.count("rows_questioned"))),
            Cell::number(print_count(row.count("rows_left_out"))),
            day(row, "imported_on"),
        ]
    });
    Twin { columns, rows: rows.collect() }
}

fn target_table(words: Words, answer: &Answer) -> Twin {
    let columns = vec![
        Column::text(words.t("table.who")),
        Column::text(words.t("table.metric")),
        Column::text(words.t("table.band")),
        Column::number(words.t("table.target")),
        Column::text(words.t("table.issuer")),
        Column::text(words.t("table.basis")),
    ];
    let rows = rows_where(answer, "scope", "city").map(|row| {
        let metric = Metric::from_id(row.text("metric"));
        let value = match (row.text("kind"), row.int("value")) {
            (_, None) => words.t("targets.none").to_owned(),
            ("growth", Some(points)) => {
                words.fill("targets.growth", &[("percent", &qunlian_domain::figures::print(Some(points as f64 / 100.0), 1))])
            }
            ("amount", Some(yuan)) => format!("{} {}", words.large_short(yuan), words.t("unit.large")),
            (_, Some(count)) => format!("{} {}", print_count(count), words.t("unit.count")),
        };
        let documented = row.is_true("documented");
        vec![
            Cell::text(row.text("name")),
            Cell::text(metric.map_or_else(|| row.text("metric_name"), |metric| words.metric(metric))),
            Cell::text(row.text("band")),
            Cell::number(value),
            Cell::text(row.text("issuer")),
            Cell::text(words.t(if documented { "basis.public" } else { "basis.example" })).tone(if documented { "" } else { "soft" }),
        ]
    });
    Twin { columns, rows: rows.collect() }
}
