//! Tables of a project's page (项目明细表): milestones, amounts, changes, sources.

use qunlian_queries::Answer;

use crate::figure::{Cell, Column, Twin};
use crate::query_string::link;
use crate::rows::{Row, rows};
use crate::words::Words;

fn day_cell(row: Row<'_>, column: &str) -> Cell {
    Cell::text(row.date(column).map_or_else(|| "—".to_owned(), |day| day.to_string()))
}

/// In force, revoked, or replaced by a later version.
fn standing(words: Words, row: Row<'_>) -> Cell {
    if row.is_true("in_force") {
        Cell::text(words.t("standing.in_force")).tone("good")
    } else if row.date("revoked_on").is_some() {
        Cell::text(words.t("standing.revoked")).tone("bad")
    } else {
        Cell::text(words.t("standing.replaced")).tone("soft")
    }
}

pub(super) fn milestones(words: Words, answer: &Answer) -> Twin {
    let columns = ["table.milestone", "table.happened_on", "table.recognised_on", "table.known_from", "table.carrier", "table.standing"];
    let rows = rows(answer).map(|row| {
        vec![
            Cell::text(words.named("milestone", row.text("milestone"), row.text("milestone_name"))),
            day_cell(row, "happened_on"),
            day_cell(row, "recognised_on"),
            day_cell(row, "known_from"),
            Cell::text(row.text("carrier")),
            standing(words, row),
        ]
    });
    Twin { columns: columns.map(|key| Column::text(words.t(key))).into(), rows: rows.collect() }
}

pub(super) fn investments(words: Words, answer: &Answer) -> Twin {
    let columns = vec![
        Column::text(words.t("table.kind")),
        Column::text(words.t("table.month")),
        Column::number(words.t("table.amount_wan")),
        Column::number(words.t("table.cumulative_wan")),
        Column::text(words.t("table.recognised_on")),
        Column::text(words.t("table.standing")),
    ];
    let rows = rows(answer).map(|row| {
        vec![
            Cell::text(words.named("amount_kind", row.text("kind"), row.text("kind_name"))),
            Cell::text(row.date("month").map_or_else(|| "—".to_owned(), |month| month.format("%Y-%m").to_string())),
            Cell::number(words.middling(row.int("amount_yuan"))),
            Cell::number(words.middling(row.int("cumulative_yuan"))),
            day_cell(row, "recognised_on"),
            standing(words, row),
        ]
    });
    Twin { columns, rows: rows.collect() }
}

/// What changed from version to version (变更记录), the newest first.
pub(super) fn versions(words: Words, answer: &Answer) -> Twin {
    let columns = ["project.version", "table.known_from", "table.known_until", "table.changes"];
    let all: Vec<Row<'_>> = rows(answer).collect();
    let mut lines: Vec<Vec<Cell>> = Vec::new();
    for (place, row) in all.iter().enumerate() {
        let before = place.checked_sub(1).and_then(|place| all.get(place));
        lines.push(vec![
            Cell::text(row.count("version").to_string()),
            day_cell(*row, "known_from"),
            Cell::text(row.date("known_until").map_or_else(|| words.t("project.until_now").to_owned(), |day| day.to_string())),
            Cell::text(before.map_or_else(|| words.t("project.first_version").to_owned(), |before| changes(words, *before, *row))),
        ]);
    }
    lines.reverse();
    Twin { columns: columns.map(|key| Column::text(words.t(key))).into(), rows: lines }
}

fn changes(words: Words, before: Row<'_>, now: Row<'_>) -> String {
    const TEXTS: [(&str, &str); 7] = [
        ("project", "table.project"),
        ("carrier", "table.carrier"),
        ("chain", "table.chain"),
        ("segment", "table.segment"),
        ("region", "table.region"),
        ("stage_name", "table.stage"),
        ("status_name", "table.status"),
    ];
    let dash = |text: &str| if text.is_empty() { "—".to_owned() } else { text.to_owned() };
    let mut changes = Vec::new();
    for (column, key) in TEXTS {
        if before.text(column) != now.text(column) {
            let pair = [("what", words.t(key)), ("from", &dash(before.text(column))), ("to", &dash(now.text(column)))];
            changes.push(words.fill("project.change", &pair));
        }
    }
    for (column, key) in [("agreed_yuan", "amount.agreed"), ("planned_fixed_yuan", "amount.planned_fixed")] {
        if before.int(column) != now.int(column) {
            let pair = [("what", words.t(key)), ("from", &words.amount(before.int(column))), ("to", &words.amount(now.int(column)))];
            changes.push(words.fill("project.change", &pair));
        }
    }
    for (column, key) in [("planned_start_on", "promise.start.planned"), ("planned_completion_on", "promise.completion.planned")] {
        if before.date(column) != now.date(column) {
            let day = |row: Row<'_>| row.date(column).map_or_else(|| "—".to_owned(), |day| day.to_string());
            changes.push(words.fill("project.change", &[("what", words.t(key)), ("from", &day(before)), ("to", &day(now))]));
        }
    }
    if changes.is_empty() { words.t("project.other_change").to_owned() } else { changes.join(words.t("bulletin.between")) }
}

/// Where each record comes from: file, sheet and row of a workbook, or the filing in the books.
pub(super) fn sources(words: Words, answer: &Answer, opens_filings: bool) -> Twin {
    let columns = vec![
        Column::text(words.t("table.what")),
        Column::text(words.t("table.file")),
        Column::text(words.t("table.sheet")),
        Column::number(words.t("table.row")),
        Column::text(words.t("table.carrier")),
        Column::text(words.t("table.reported_on")),
    ];
    let rows = rows(answer).map(|row| {
        let what = Cell::text(words.named("what", row.text("what"), row.text("what")));
        let [file, sheet, line] = place(row, opens_filings);
        vec![what, file, sheet, line, Cell::text(row.text("carrier")), day_cell(row, "reported_on")]
    });
    Twin { columns, rows: rows.collect() }
}

fn place(row: Row<'_>, opens_filings: bool) -> [Cell; 3] {
    let number = row.text("number");
    if !number.is_empty() {
        let filing = Cell::text(format!("{} · {number}", row.text("file_name"))).whole();
        let filing = if opens_filings { filing.link(format!("/filings/{number}")) } else { filing };
        return [filing, Cell::text("—"), Cell::number("—")];
    }
    let (file, shown) = (row.text("file"), Cell::text(row.text("file_name")));
    let line = row.int("row").map_or_else(|| "—".to_owned(), |row| row.to_string());
    let shown = if file.is_empty() { shown } else { shown.link(link("/quality", &[("file", file)])) };
    [shown, Cell::text(row.text("sheet_name")), Cell::number(line)]
}

#[cfg(test)]
mod tests {
    use qunlian_domain::contract::ColumnType;
    use qunlian_queries::{AnswerColumn, Value};

    use super::*;

    fn shown(number: &str, opens_filings: bool) -> serde_json::Value {
        let cells = [("file", "books-suixi"), ("file_name", "备案登记簿"), ("sheet_name", "2022 年备案"), ("number", number)];
        let column = |name: &str| AnswerColumn { name: name.into(), kind: ColumnType::Text, title: name.into(), unit: String::new() };
        let answer = Answer {
            columns: cells.iter().map(|(name, _)| column(name)).collect(),
            rows: vec![cells.iter().map(|(_, text)| Value::Text((*text).to_owned())).collect()],
            generation: 1,
            as_of: None,
            truncated: false,
        };
        let row = rows(&answer).next().unwrap();
        serde_json::to_value(place(row, opens_filings)).unwrap()
    }

    #[test]
    fn a_record_of_the_books_leads_to_its_filing() {
        let cells = shown("2022-00017", true);
        assert_eq!((cells[0]["text"].as_str(), cells[0]["href"].as_str()), (Some("备案登记簿 · 2022-00017"), Some("/filings/2022-00017")));
        assert_eq!(cells[1]["text"], "—");
        assert_ne!(shown("2022-00017", false)[0]["href"], "/filings/2022-00017", "who may not open it is not sent there");
        assert_eq!(shown("", true)[1]["text"], "2022 年备案");
    }
}
