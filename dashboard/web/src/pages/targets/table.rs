//! The tables of the board (目标表): issuers side by side with what is done, and the dated trail of revisions.

use qunlian_domain::access::Right;
use qunlian_domain::figures::{print, print_count};
use qunlian_domain::pace::MonthlyCurve;
use qunlian_domain::target::{Metric, Scope, TargetKind};
use qunlian_queries::Answer;

use super::edit_link;
use crate::board::Board;
use crate::figure::{Cell, Column, Twin};
use crate::query_string::encode;
use crate::reader::Reader;
use crate::rows::{Row, rows};
use crate::words::Words;

/// Which targets are shown.
pub(super) struct Shown {
    pub scope: Scope,
    /// One metric only.
    pub metric: Option<Metric>,
}

impl Shown {
    fn holds(&self, row: Row<'_>) -> bool {
        row.text("scope") == self.scope.id() && self.metric.is_none_or(|metric| row.text("metric") == metric.id())
    }
}

/// One line for each thing that has a target; the issuers' values stand side by side.
pub(super) fn targets(reader: &Reader, board: &Board, shown: &Shown, answer: &Answer) -> Twin {
    let words = reader.words;
    let listed: Vec<Row<'_>> = rows(answer).filter(|row| shown.holds(*row)).collect();
    let mut issuers: Vec<&str> = Vec::new();
    for row in &listed {
        if !issuers.contains(&row.text("issuer")) {
            issuers.push(row.text("issuer"));
        }
    }
    let same = |one: &Row<'_>, other: &Row<'_>| {
        ["scope_id", "metric", "band_id", "kind"].iter().all(|column| one.text(column) == other.text(column))
    };
    let may_edit = reader.who.may(Right::EditTargets);
    let mut columns = Vec::new();
    if shown.scope != Scope::City {
        columns.push(Column::text(words.t("table.who")));
    }
    columns.extend([Column::text(words.t("table.metric")), Column::text(words.t("targets.kind"))]);
    columns.extend(issuers.iter().map(|issuer| Column::number(*issuer)));
    columns.extend(["table.done", "table.completion", "lights.pace", "table.gap_short"].map(|key| Column::number(words.t(key))));
    columns.extend(["table.light", "targets.curve", "table.basis"].map(|key| Column::text(words.t(key))));
    if may_edit {
        columns.push(Column::text(words.t("targets.edit")));
    }
    let lines = listed.chunk_by(same).map(|group| {
        let leading = group.iter().copied().find(|row| row.is_true("leading")).unwrap_or(group[0]);
        let mut cells = Vec::new();
        if shown.scope != Scope::City {
            cells.push(who(board, leading));
        }
        cells.extend([
            Cell::text(metric_name(words, leading)),
            Cell::text(words.t(&format!("targets.kind.{}", leading.text("kind")))).whole(),
        ]);
        for issuer in &issuers {
            let own = group.iter().copied().find(|row| row.text("issuer") == *issuer);
            cells.push(own.map_or_else(|| Cell::number("—"), |row| issued(words, row, group.len())));
        }
        cells.extend(standing(reader, board, leading));
        cells.push(Cell::text(if leading.text("kind") == "growth" { "—".to_owned() } else { curve(words, leading.text("curve")) }));
        cells.push(basis(words, leading));
        if may_edit {
            cells.push(Cell::text(words.t("targets.revise")).link(edit_link(board, leading)));
        }
        cells
    });
    Twin { columns, rows: lines.collect() }
}

/// What each issuer set over time, of those targets that were set more than once or on the page.
pub(super) fn revisions(reader: &Reader, shown: &Shown, answer: &Answer) -> Twin {
    let words = reader.words;
    let mut columns = vec![Column::text(words.t("targets.from"))];
    if shown.scope != Scope::City {
        columns.push(Column::text(words.t("table.who")));
    }
    columns.extend(["table.metric", "targets.kind", "table.issuer"].map(|key| Column::text(words.t(key))));
    columns.push(Column::number(words.t("table.target")));
    columns.extend(["targets.curve", "targets.reason", "targets.until", "targets.source"].map(|key| Column::text(words.t(key))));
    let told = rows(answer).filter(|row| shown.holds(*row) && (row.count("versions") > 1 || row.text("source") == "books"));
    let line = |row: Row<'_>| {
        let from = row.date("known_from").map_or_else(|| "—".to_owned(), |day| day.to_string());
        let until = row.date("known_until").map(|day| day.to_string());
        let mended = until.as_ref() == Some(&from);
        let until = match until {
            _ if mended => Cell::text(words.t("targets.same_day")).tone("soft"),
            Some(day) => Cell::text(day),
            None => Cell::text(words.t("targets.stands")).tone("good"),
        };
        let mut cells = vec![Cell::text(from)];
        if shown.scope != Scope::City {
            cells.push(Cell::text(row.text("name")));
        }
        cells.extend([
            Cell::text(metric_name(words, row)),
            Cell::text(words.t(&format!("targets.kind.{}", row.text("kind")))).whole(),
            Cell::text(row.text("issuer")),
            Cell::number(value(words, row)),
            Cell::text(if row.text("kind") == "growth" { "—".to_owned() } else { curve(words, row.text("curve")) }),
            Cell::text(if row.text("reason").is_empty() { words.t("targets.first") } else { row.text("reason") }),
            until,
            Cell::text(words.t(&format!("targets.source.{}", row.text("source")))),
        ]);
        cells
    };
    Twin { columns, rows: told.map(line).collect() }
}

/// 新签约 · 10亿元以上
fn metric_name(words: Words, row: Row<'_>) -> String {
    let metric = Metric::from_id(row.text("metric")).map_or_else(|| row.text("metric_name"), |metric| words.metric(metric));
    if row.text("band_id").is_empty() {
        return metric.to_owned();
    }
    format!("{metric} · {}", words.band(row.text("band"), row.count("at_least_yuan")))
}

fn who(board: &Board, row: Row<'_>) -> Cell {
    let page = if row.text("scope") == "carrier" { "/carriers" } else { "/chains" };
    Cell::text(row.text("name")).link(board.link(&format!("{page}/{}", encode(row.text("scope_id"))), &[]))
}

/// The value of one issuer; where several set the same, the one that leads says so.
fn issued(words: Words, row: Row<'_>, issuers: usize) -> Cell {
    let text = value(words, row);
    let leads = issuers > 1 && row.is_true("leading") && row.int("value").is_some();
    let text = if leads { words.fill("targets.leading", &[("value", &text)]) } else { text };
    Cell::number(text).tone(if row.int("value").is_none() { "soft" } else { "" })
}

fn value(words: Words, row: Row<'_>) -> String {
    let kind = TargetKind::from_id(row.text("kind")).unwrap_or(TargetKind::Count);
    value_text(words, kind, row.int("value"))
}

/// `310 个`, `165 亿元`, `增长 60%`, `-`.
pub(super) fn value_text(words: Words, kind: TargetKind, value: Option<i64>) -> String {
    match (kind, value) {
        (_, None) => "-".to_owned(),
        (TargetKind::Count, Some(count)) => format!("{} {}", print_count(count), words.t("unit.count")),
        (TargetKind::Amount, Some(yuan)) => format!("{} {}", words.large_short(yuan), words.t("unit.large")),
        (TargetKind::Growth, Some(points)) => {
            let percent = print(Some(points as f64 / 100.0), 2);
            words.fill("targets.growth", &[("percent", percent.trim_end_matches('0').trim_end_matches('.'))])
        }
    }
}

/// 按月均衡; 自定：3月末 15%，6月末 45%，9月末 75%
pub(super) fn curve(words: Words, text: &str) -> String {
    let own = MonthlyCurve::from_text(text).ok().filter(|curve| !curve.is_linear());
    let Some(own) = own else { return words.t("targets.curve.linear").to_owned() };
    let reached = own.cumulative();
    let [first, half, third] = [2, 5, 8].map(|month: usize| words.percent(Some(reached[month])));
    words.fill("targets.curve.own_short", &[("first", &first), ("half", &half), ("third", &third)])
}

/// Done, completion, pace, gap and light. Of a growth: the growth so far and how far it is from what is asked.
fn standing(reader: &Reader, board: &Board, row: Row<'_>) -> Vec<Cell> {
    let words = reader.words;
    let metric = Metric::from_id(row.text("metric")).unwrap_or(Metric::Signed);
    let (done, is_growth) = (row.count("done"), row.text("kind") == "growth");
    let mut pairs = vec![("milestone", metric.id())];
    match row.text("scope") {
        "carrier" => pairs.push(("carrier", row.text("scope_id"))),
        "chain" | "team" => pairs.push(("chain", row.text("scope_id"))),
        _ => {}
    }
    if !row.text("band_id").is_empty() {
        pairs.push(("band", row.text("band_id")));
    }
    let href = board.link("/projects", &pairs);
    let text = if is_growth { words.growth(row.number("growth")) } else { words.bare_quantity(metric, done) };
    let cell = Cell::number(text);
    let lamp = words.lamp(&reader.desk.app.city.light, row.text("light"), row.number("gap_points"));
    vec![
        match metric {
            _ if done == 0 => cell,
            Metric::FixedAssets => cell.link(href),
            _ if is_growth => cell.link(href),
            _ => cell.rows(href, done),
        },
        Cell::number(words.percent(row.number("completion"))),
        Cell::number(words.percent(row.number("pace"))),
        Cell::number(words.signed(row.number("gap_points"))),
        if is_growth { Cell::text("—") } else { Cell::text(lamp.text()).whole().tone(lamp.cell_tone()) },
    ]
}

fn basis(words: Words, row: Row<'_>) -> Cell {
    if row.text("source") == "books" {
        return Cell::text(words.t("targets.source.books"));
    }
    let documented = row.is_true("documented");
    Cell::text(words.t(if documented { "basis.public" } else { "basis.example" })).tone(if documented { "" } else { "soft" })
}
