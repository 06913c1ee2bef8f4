//! What a project promised and how it moved (项目承诺), for its page.

use chrono::NaiveDate;
use qunlian_domain::figures::print_count;
use qunlian_domain::promise::{Kept, Promised};
use qunlian_queries::Answer;

use crate::figure::{Cell, Column, Twin};
use crate::figures::promises::what;
use crate::rows::{Row, rows, rows_where};
use crate::words::Words;

/// One line for each day that was promised: for what, the day, since when it is known, how it was kept.
pub(super) fn table(words: Words, answer: &Answer) -> Twin {
    let columns = ["promise.what", "promise.said", "promise.said_on", "promise.outcome"];
    let line = |row: Row<'_>| {
        let promised = Promised::from_id(row.text("promised"));
        let is_first = row.date("promised_on") == row.date("first_on");
        let outcome = promised.filter(|_| is_first).map(|promised| outcome(words, promised, row));
        let moved_since = row.date("promised_on") != row.date("now_on");
        let standing = outcome.unwrap_or_else(|| if moved_since { words.t("promise.replaced").to_owned() } else { String::new() });
        vec![
            Cell::text(promised.map_or("—", |promised| planned(words, promised))),
            Cell::text(day_text(row, "promised_on")),
            Cell::text(day_text(row, "said_on")),
            Cell::text(if standing.is_empty() { words.t("promise.now").to_owned() } else { standing }).tone(tone(row, is_first)),
        ]
    };
    Twin { columns: columns.map(|key| Column::text(words.t(key))).into(), rows: rows(answer).map(line).collect() }
}

/// `计划开工：首次承诺2022-06-30，现承诺2022-09-30（改期1次）；逾期未开工，已31天`
pub(super) fn outcomes(words: Words, answer: &Answer) -> Vec<String> {
    let of = |promised: Promised| {
        let row = rows_where(answer, "promised", promised.id()).last()?;
        let moved = row.count("moved");
        let now = day_text(row, "now_on");
        let now = if moved == 0 { now } else { words.fill("promise.moved_times", &[("day", &now), ("n", &print_count(moved))]) };
        let fills = [
            ("planned", planned(words, promised)),
            ("first", &day_text(row, "first_on")),
            ("now", &now),
            ("outcome", &outcome(words, promised, row)),
        ];
        Some(words.fill(if moved == 0 { "promise.sentence" } else { "promise.sentence.moved" }, &fills))
    };
    Promised::ALL.into_iter().filter_map(of).collect()
}

/// Days that are promised now for what has not happened, with their labels, for the timeline.
pub(super) fn awaited(words: Words, answer: &Answer) -> Vec<(NaiveDate, &'static str)> {
    let of = |promised: Promised| {
        let row = rows_where(answer, "promised", promised.id()).last().filter(|row| row.date("happened_on").is_none())?;
        row.date("now_on").map(|day| (day, planned(words, promised)))
    };
    Promised::ALL.into_iter().filter_map(of).collect()
}

fn planned(words: Words, promised: Promised) -> &'static str {
    words.t(match promised {
        Promised::Start => "promise.start.planned",
        Promised::Completion => "promise.completion.planned",
    })
}

fn outcome(words: Words, promised: Promised, row: Row<'_>) -> String {
    let days = print_count(row.count("days").abs());
    let happened = day_text(row, "happened_on");
    let fills = [("what", what(words, promised)), ("days", days.as_str()), ("happened", happened.as_str())];
    words.fill(&format!("promise.stands.{}", row.text("kept")), &fills)
}

fn tone(row: Row<'_>, is_first: bool) -> &'static str {
    match Kept::from_id(row.text("kept")).filter(|_| is_first) {
        Some(Kept::Late | Kept::Overdue) => "warn",
        Some(Kept::Early | Kept::OnTime) => "good",
        Some(Kept::NotDue) | None => "",
    }
}

fn day_text(row: Row<'_>, column: &str) -> String {
    row.date(column).map_or_else(|| "—".to_owned(), |day| day.to_string())
}
