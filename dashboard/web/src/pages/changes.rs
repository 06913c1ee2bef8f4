//! Changes between two days (变化清单): what entered, left, moved, was revoked or changed its amount, project by project.

use std::collections::HashMap;

use axum::response::Response;
use chrono::NaiveDate;
use futures::try_join;
use qunlian_domain::change::{Change, ChangeKind, Comparison};
use qunlian_domain::contract::ColumnType;
use qunlian_domain::figures::print_count;
use qunlian_queries::{About, Answer, AnswerColumn, Format, Params, Value};
use serde::Serialize;

use crate::board::Board;
use crate::change::{ChangeOf, TwoDays, compared_day, sentence, usual_days};
use crate::fault::Fault;
use crate::figure::{Cell, Column, Twin};
use crate::panel::Panel;
use crate::query_string::{QueryString, encode, link};
use crate::reader::{PageHead, Reader, Section};
use crate::rows::{Row, rows, rows_where};

#[derive(Serialize)]
struct ChangesView {
    sentence: String,
    list: Panel,
}

/// Lines on the page; the file has all.
const LINES: usize = 300;

/// `GET /changes?as_of=&compare=`, of all the reader's rows or with `carrier=` or `chain=` of one.
pub(crate) async fn show(reader: Reader) -> Result<Response, Fault> {
    let asked = Asked::read(&reader)?;
    let (two_days, names) = try_join!(TwoDays::ask(&reader, &asked.board, asked.day), Names::ask(&reader, &asked.board))?;
    let comparison = two_days.comparison(&asked.of)?;
    let words = reader.words;
    let board = &asked.board;
    let compare = asked.day.to_string();
    let files = asked.pairs(&compare);
    let total = comparison.changes.len();
    let panel = Panel::new(
        &reader,
        board,
        "changes",
        words.t("changes.list"),
        "counted_facts",
        &[],
        table(&reader, &asked, &names.beside(&two_days), &comparison),
    );
    let file = |suffix: &str| board.link(&format!("/changes.{suffix}"), &files);
    let list = Panel { csv_href: file("csv"), xlsx_href: file("xlsx"), ..panel }.empty(words.t("changes.none"));
    let list = if total > LINES {
        Panel { unit: words.fill("changes.some", &[("n", &LINES.to_string()), ("all", &print_count(total as i64))]), ..list }
    } else {
        list
    };
    let view = ChangesView { sentence: sentence(words, &comparison, asked.day, board.as_of), list };
    let exports = files.iter().fold(crate::pages::home::board_query(board), |query, (key, value)| query.with(key, value));
    let head = PageHead::new(words.t("changes.title"), Section::Home)
        .board(board)
        .change_of(ChangeOf::Listed(asked.day))
        .exports("/changes", &exports);
    reader.page("changes.html", head, view).await
}

/// `GET /changes.xlsx` and its like.
pub(crate) async fn file(reader: &Reader, format: Format) -> Result<Response, Fault> {
    let asked = Asked::read(reader)?;
    let (two_days, names) = try_join!(TwoDays::ask(reader, &asked.board, asked.day), Names::ask(reader, &asked.board))?;
    let answer = answer(reader, &asked, &names.beside(&two_days), &two_days.comparison(&asked.of)?);
    let words = reader.words;
    let about = About {
        title: words.fill("changes.file", &[("from", &asked.day.to_string())]),
        definition: reader.definition("counted_facts"),
        source: words.fill("export.source", &[("center", &reader.desk.app.city.center), ("n", &answer.generation.to_string())]),
    };
    reader.export(&answer, format, &about, asked.board.as_of)
}

/// What the address asks for.
struct Asked {
    board: Board,
    day: NaiveDate,
    of: ChangeOf,
}

impl Asked {
    /// A week back when no day is named.
    fn read(reader: &Reader) -> Result<Self, Fault> {
        let board = reader.board()?;
        let query: &QueryString = &reader.visit.query;
        let day = compared_day(query, &board)?.or(usual_days(&board)[0].1).unwrap_or(board.as_of);
        let of = match (query.get("carrier"), query.get("chain")) {
            (Some(id), _) => ChangeOf::Carrier(id.to_owned()),
            (None, Some(id)) => ChangeOf::Chain(id.to_owned()),
            (None, None) => ChangeOf::All,
        };
        Ok(Self { board, day, of })
    }

    /// Everything but year and day, for links to the same list.
    fn pairs<'a>(&'a self, compare: &'a str) -> Vec<(&'static str, &'a str)> {
        let mut pairs = vec![("compare", compare)];
        match &self.of {
            ChangeOf::Carrier(id) => pairs.push(("carrier", id)),
            ChangeOf::Chain(id) => pairs.push(("chain", id)),
            ChangeOf::Nothing | ChangeOf::Listed(_) | ChangeOf::All => {}
        }
        pairs
    }
}

/// Names of carriers and chains.
struct Names {
    carriers: std::sync::Arc<Answer>,
    chains: std::sync::Arc<Answer>,
}

impl Names {
    async fn ask(reader: &Reader, board: &Board) -> Result<Self, Fault> {
        let dated = Params::new().with("as_of", board.as_of);
        let (carriers, chains) = try_join!(reader.ask("carriers_list", dated.clone()), reader.ask("chains_list", dated))?;
        Ok(Self { carriers, chains })
    }

    fn beside<'a>(&'a self, two_days: &'a TwoDays) -> Known<'a> {
        let by_key = |answer: &'a Answer| rows(answer).map(|row| ((row.text("metric"), row.text("project_id")), row)).collect();
        Known { names: self, before: by_key(&two_days.before), after: by_key(&two_days.after) }
    }

    fn carrier<'a>(&'a self, id: &'a str) -> &'a str {
        rows_where(&self.carriers, "carrier_id", id).next().map_or(id, |row| row.text("carrier"))
    }

    fn chain<'a>(&'a self, id: &'a str) -> &'a str {
        rows_where(&self.chains, "chain_id", id).next().map_or(if id == "none" { "" } else { id }, |row| row.text("chain"))
    }
}

/// The rows of both days by metric and project.
struct Known<'a> {
    names: &'a Names,
    before: HashMap<(&'a str, &'a str), Row<'a>>,
    after: HashMap<(&'a str, &'a str), Row<'a>>,
}

/// One change in words.
struct Line<'a> {
    kind: &'static str,
    project: &'a str,
    carrier: &'a str,
    chain: &'a str,
    from: String,
    to: String,
    amount: Option<i64>,
    /// On which day the project's page surely knows it.
    on: NaiveDate,
}

impl<'a> Known<'a> {
    fn line(&'a self, reader: &Reader, asked: &Asked, change: &Change<'a>) -> Option<Line<'a>> {
        let words = reader.words;
        let key = (change.metric.id(), change.project);
        let (before, after) = (self.before.get(&key).copied(), self.after.get(&key).copied());
        let row = after.or(before)?;
        let amount = |yuan: Option<i64>| words.amount(yuan);
        let (kind, from, to) = match change.kind {
            ChangeKind::Entered => ("changes.entered", String::new(), String::new()),
            ChangeKind::Left => ("changes.left", String::new(), String::new()),
            ChangeKind::Revoked => ("changes.revoked", String::new(), String::new()),
            ChangeKind::Carrier { from, to } => ("changes.carrier", self.names.carrier(from).to_owned(), self.names.carrier(to).to_owned()),
            ChangeKind::Chain { from, to } => ("changes.chain", self.chain_name(reader, from), self.chain_name(reader, to)),
            ChangeKind::Amount { from, to } => ("changes.amount", amount(from), amount(to)),
        };
        Some(Line {
            kind,
            project: row.text("project"),
            carrier: self.names.carrier(row.text("carrier_id")),
            chain: self.names.chain(row.text("chain_id")),
            from,
            to,
            amount: row.int("amount_yuan"),
            on: if after.is_some() { asked.board.as_of } else { asked.day },
        })
    }

    fn chain_name(&self, reader: &Reader, id: &str) -> String {
        match self.names.chain(id) {
            "" => reader.words.t("filter.none").to_owned(),
            name => name.to_owned(),
        }
    }
}

fn table(reader: &Reader, asked: &Asked, known: &Known<'_>, comparison: &Comparison<'_>) -> Twin {
    let words = reader.words;
    let columns = vec![
        Column::text(words.t("changes.kind")),
        Column::text(words.t("table.metric")),
        Column::text(words.t("table.project")),
        Column::text(words.t("table.carrier")),
        Column::text(words.t("table.chain")),
        Column::text(words.t("changes.from_to")),
        Column::number(words.t("table.amount_wan")),
    ];
    let cells = |change: &Change<'_>| {
        let line = known.line(reader, asked, change)?;
        let tone = match change.kind {
            ChangeKind::Entered => "good",
            ChangeKind::Left | ChangeKind::Revoked => "bad",
            _ => "",
        };
        let moved = if line.from.is_empty() { "—".to_owned() } else { format!("{} → {}", line.from, line.to) };
        let page = link(&format!("/projects/{}", encode(change.project)), &[("as_of", &line.on.to_string())]);
        Some(vec![
            Cell::text(words.t(line.kind)).whole().tone(tone),
            Cell::text(words.metric(change.metric)).whole(),
            Cell::text(if line.project.is_empty() { change.project } else { line.project }).link(page),
            Cell::text(line.carrier),
            Cell::text(line.chain),
            Cell::text(moved),
            Cell::number(words.middling(line.amount)),
        ])
    };
    Twin { columns, rows: comparison.changes.iter().filter_map(cells).take(LINES).collect() }
}

/// Names, kinds, titles and units of the file's columns, in their order.
const COLUMNS: [(&str, ColumnType, &str, &str); 9] = [
    ("change", ColumnType::Text, "changes.kind", ""),
    ("metric", ColumnType::Text, "table.metric", ""),
    ("project_id", ColumnType::Text, "changes.project_id", ""),
    ("project", ColumnType::Text, "table.project", ""),
    ("carrier", ColumnType::Text, "table.carrier", ""),
    ("chain", ColumnType::Text, "table.chain", ""),
    ("before", ColumnType::Text, "changes.from", ""),
    ("after", ColumnType::Text, "changes.to", ""),
    ("amount_yuan", ColumnType::Int, "changes.yuan", "元"),
];

fn answer(reader: &Reader, asked: &Asked, known: &Known<'_>, comparison: &Comparison<'_>) -> Answer {
    let words = reader.words;
    let columns = COLUMNS.map(|(name, kind, title, unit)| AnswerColumn {
        name: name.to_owned(),
        kind,
        title: words.t(title).to_owned(),
        unit: unit.to_owned(),
    });
    let text = |text: &str| Value::Text(text.to_owned());
    let row = |change: &Change<'_>| {
        let line = known.line(reader, asked, change)?;
        Some(vec![
            text(words.t(line.kind)),
            text(words.metric(change.metric)),
            text(change.project),
            text(line.project),
            text(line.carrier),
            text(line.chain),
            text(&line.from),
            text(&line.to),
            line.amount.map_or(Value::Null, Value::Int),
        ])
    };
    Answer {
        columns: columns.into(),
        rows: comparison.changes.iter().filter_map(row).collect(),
        generation: reader.generation.number,
        as_of: Some(asked.board.as_of),
        truncated: false,
    }
}
