//! A table with everything that belongs to it (表格): title, 口径, SQL, files, and how many more there are.

use chrono::NaiveDate;
use qunlian_domain::figures::print_count;
use qunlian_domain::target::Metric;
use qunlian_queries::Answer;
use serde::Serialize;

use crate::board::Board;
use crate::figure::{Cell, Column, Twin};
use crate::reader::Reader;
use crate::rows::{Row, rows};
use crate::words::Words;

/// One table on a page.
#[derive(Debug, Serialize)]
pub(crate) struct Panel {
    pub id: &'static str,
    pub title: String,
    pub unit: String,
    /// Stands beside the title; may be empty.
    pub remark: String,
    pub definition: String,
    pub sql_href: String,
    pub csv_href: String,
    pub xlsx_href: String,
    pub table: Twin,
    /// Shown instead of an empty table.
    pub empty: String,
    /// Rows of other carriers are left out: an empty table does not say that there are none.
    #[serde(skip)]
    pub cut: bool,
    /// Link to all of it; empty when everything is shown.
    pub all_href: String,
    pub all_label: String,
    /// Rows behind that link.
    pub all_count: Option<i64>,
}

impl Panel {
    /// A table of one query with its links.
    pub(crate) fn new(
        reader: &Reader,
        board: &Board,
        id: &'static str,
        title: &str,
        query: &str,
        params: &[(&str, &str)],
        table: Twin,
    ) -> Self {
        let note = reader.cut_note(query);
        let of = |suffix: &str| board.link(&format!("/api/queries/{query}.{suffix}"), params);
        Self {
            id,
            title: title.to_owned(),
            unit: String::new(),
            remark: note.to_owned(),
            definition: reader.definition(query),
            sql_href: board.link(&format!("/queries/{query}"), params),
            csv_href: of("csv"),
            xlsx_href: of("xlsx"),
            table,
            empty: reader.words.t(if note.is_empty() { "table.empty" } else { "scope.none" }).to_owned(),
            cut: !note.is_empty(),
            all_href: String::new(),
            all_label: String::new(),
            all_count: None,
        }
    }

    pub(crate) fn unit(self, unit: &str) -> Self {
        Self { unit: unit.to_owned(), ..self }
    }

    pub(crate) fn remark(self, remark: &str) -> Self {
        Self { remark: remark.to_owned(), ..self }
    }

    pub(crate) fn empty(self, sentence: &str) -> Self {
        if self.cut { self } else { Self { empty: sentence.to_owned(), ..self } }
    }

    pub(crate) fn all(self, href: String, label: String, count: i64) -> Self {
        Self { all_href: href, all_label: label, all_count: Some(count), ..self }
    }
}

/// Which waiting list (卡点清单).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Waiting {
    SignedNotStarted,
    StartedNotProducing,
}

impl Waiting {
    pub(crate) fn query(self) -> &'static str {
        match self {
            Self::SignedNotStarted => "signed_not_started",
            Self::StartedNotProducing => "started_not_producing",
        }
    }
}

/// What stands beside a waiting project.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Beside {
    Nothing,
    /// The day promised for the next step, and by how much it has passed.
    Promises,
}

/// The ten largest projects that wait for their next step.
pub(crate) fn waiting(reader: &Reader, board: &Board, which: Waiting, beside: Beside, answer: &Answer) -> Panel {
    let words = reader.words;
    let title = words.t(&format!("waiting.{}", which.query()));
    let mut columns = vec![
        Column::text(words.t("table.project")),
        Column::text(words.t("table.carrier")),
        Column::text(words.t("table.chain")),
        Column::number(words.t("table.agreed")),
        Column::text(words.t(&format!("waiting.{}.since", which.query()))),
        Column::number(words.t("table.waiting_days")),
    ];
    if beside == Beside::Promises {
        columns.extend(["promise.first", "promise.now"].map(|key| Column::text(words.t(key))));
        columns.push(Column::number(words.t("promise.overdue_days")));
    }
    let line = |row: Row<'_>| {
        let mut cells = waiting_row(reader, board, row);
        if beside == Beside::Promises {
            cells.extend(promise_cells(words, row));
        }
        cells
    };
    let table = Twin { columns, rows: rows(answer).map(line).collect() };
    let total = rows(answer).next().map_or(0, |row| row.count("total"));
    Panel::new(reader, board, which.query(), title, which.query(), &[("year", "0")], table)
        .unit(words.t("unit.middling"))
        .empty(words.t("waiting.none"))
        .all(
            crate::query_string::link("/projects", &[("as_of", &board.as_of.to_string()), ("waiting", which.query()), ("sort", "-agreed")]),
            words.fill("waiting.all", &[("n", &print_count(total))]),
            total,
        )
}

fn waiting_row(reader: &Reader, board: &Board, row: Row<'_>) -> Vec<Cell> {
    let words = reader.words;
    vec![
        Cell::text(row.text("project")).link(project_href(board, row.text("project_id"))),
        Cell::text(row.text("carrier")),
        Cell::text(row.text("chain")),
        Cell::number(words.middling(row.int("agreed_yuan"))),
        Cell::text(row.date("since").map_or_else(|| "—".to_owned(), |day| day.to_string())),
        Cell::number(row.int("waiting_days").map_or_else(|| "—".to_owned(), print_count)),
    ]
}

/// First promise, promise now, days overdue.
fn promise_cells(words: Words, row: Row<'_>) -> [Cell; 3] {
    let first = row.date("promised_on").map_or_else(|| "—".to_owned(), |day| day.to_string());
    let overdue = row.int("overdue_days");
    let days = Cell::number(overdue.map_or_else(|| "—".to_owned(), print_count));
    [
        Cell::text(first),
        promised_cell(words, row.date("promised_now"), row.count("moved")),
        if overdue.is_some() { days.tone("warn") } else { days },
    ]
}

/// The day promised now, and how often it was moved.
pub(crate) fn promised_cell(words: Words, now: Option<NaiveDate>, moved: i64) -> Cell {
    let Some(day) = now.map(|day| day.to_string()) else { return Cell::text("—") };
    if moved == 0 {
        return Cell::text(day);
    }
    Cell::text(words.fill("promise.moved_times", &[("day", &day), ("n", &print_count(moved))])).whole()
}

/// The page of a project as known on the board's day.
pub(crate) fn project_href(board: &Board, id: &str) -> String {
    crate::query_string::link(&format!("/projects/{}", crate::query_string::encode(id)), &[("as_of", &board.as_of.to_string())])
}

/// The red and yellow list (红黄清单): who is behind, by how much, and what is missing by when.
pub(crate) fn warnings(reader: &Reader, board: &Board, answer: &Answer) -> Panel {
    let words = reader.words;
    let end = qunlian_domain::period::end_of_month(board.as_of);
    let columns = vec![
        Column::text(words.t("table.light")),
        Column::text(words.t("table.who")),
        Column::text(words.t("table.metric")),
        Column::number(words.t("table.done_of_target")),
        Column::number(words.t("table.gap_short")),
        Column::number(words.fill("table.missing", &[("day", &words.day(end))])),
        Column::number(words.t("table.months_behind")),
    ];
    let all: Vec<Vec<Cell>> = rows(answer).filter_map(|row| warning_row(reader, board, row)).collect();
    let total = all.len();
    let table = Twin { columns, rows: all.into_iter().take(WARNINGS).collect() };
    let panel =
        Panel::new(reader, board, "warnings", words.t("warnings.title"), "warning_list", &[], table).empty(words.t("warnings.none"));
    if total <= WARNINGS {
        return panel;
    }
    let href = panel.sql_href.clone();
    Panel { all_href: href, all_label: words.fill("warnings.all", &[("n", &total.to_string())]), ..panel }
}

/// Lines of the list on a board, the worst first; the rest is one press away.
const WARNINGS: usize = 12;

fn warning_row(reader: &Reader, board: &Board, row: Row<'_>) -> Option<Vec<Cell>> {
    let words = reader.words;
    let metric = Metric::from_id(row.text("metric"))?;
    let mut cells = warning_cells(reader, board, row, metric);
    let missing = row.int("missing").filter(|missing| *missing > 0);
    cells.push(Cell::number(missing.map_or_else(|| "—".to_owned(), |missing| words.quantity(metric, missing))));
    cells.push(Cell::number(row.int("months_behind").map_or_else(|| "—".to_owned(), print_count)));
    Some(cells)
}

/// Light, name, metric, done of target and gap of one line of `warning_list`.
pub(crate) fn warning_cells(reader: &Reader, board: &Board, row: Row<'_>, metric: Metric) -> Vec<Cell> {
    let words = reader.words;
    let gap = row.number("gap_points");
    let escalated = row.text("escalated");
    let shown = if escalated.is_empty() { row.text("light") } else { escalated };
    let lamp = words.lamp(&reader.desk.app.city.light, shown, gap);
    let raised = shown != row.text("light");
    let word = if raised { words.fill("warnings.raised", &[("light", &lamp.text())]) } else { lamp.text() };
    let id = crate::query_string::encode(row.text("scope_id"));
    let href = match row.text("scope") {
        "carrier" => board.link(&format!("/carriers/{id}"), &[]),
        "chain" | "team" => board.link(&format!("/chains/{id}"), &[]),
        _ => board.link("/", &[]),
    };
    let done = format!("{}/{}", words.bare_quantity(metric, row.count("done")), words.bare_target(metric, row.int("target")));
    vec![
        Cell::text(word).whole().tone(lamp.cell_tone()),
        Cell::text(row.text("name")).link(href),
        Cell::text(words.metric(metric)).whole(),
        Cell::number(done),
        Cell::number(words.signed(gap)),
    ]
}

/// A short list of projects on the page of a carrier or chain.
pub(crate) fn project_rows(reader: &Reader, board: &Board, answer: &Answer, beside: &'static str) -> Twin {
    let words = reader.words;
    let columns = vec![
        Column::text(words.t("table.project")),
        Column::text(words.t(&format!("table.{beside}"))),
        Column::text(words.t("table.region")),
        Column::number(words.t("table.agreed")),
        Column::text(words.t("table.stage")),
        Column::text(words.t("table.recognised_on")),
    ];
    let table = rows(answer).map(|row| {
        vec![
            Cell::text(row.text("project")).link(project_href(board, row.text("project_id"))),
            Cell::text(row.text(beside)),
            Cell::text(row.text("region")),
            Cell::number(words.middling(row.int("agreed_yuan"))),
            Cell::text(words.named("stage", row.text("stage"), row.text("stage_name"))),
            Cell::text(row.date("recognised_on").map_or_else(|| "—".to_owned(), |day| day.to_string())),
        ]
    });
    Twin { columns, rows: table.collect() }
}
