//! One project (项目档案): timeline, amounts, classification with its evidence, changes, sources down to the row.

use axum::extract::Path;
use axum::response::Response;
use chrono::{Datelike, NaiveDate};
use futures::try_join;
use minijinja::Value;
use qunlian_charts::{Event, EventState, Size, Tick, Timeline};
use qunlian_queries::{Answer, Params};
use serde::Serialize;

use crate::fault::Fault;
use crate::figure::{Cell, Column, Drawings, Twin, head};
use crate::project_filter::ProjectFilter;
use crate::query_string::{encode, link};
use crate::reader::{PageHead, Reader, Section};
use crate::rows::{Row, first, rows};
use crate::words::Words;

#[derive(Serialize)]
struct ProjectView {
    id: String,
    as_of: String,
    today: String,
    stage: String,
    status: String,
    status_tone: &'static str,
    confidential: bool,
    facts: Vec<Fact>,
    amounts: Vec<Fact>,
    judgements: Vec<Judgement>,
    timeline: Value,
    timeline_phone: Value,
    milestones: Twin,
    investments: Twin,
    versions: Twin,
    sources: Twin,
    sql_href: String,
}

/// A label and what it says.
#[derive(Serialize)]
struct Fact {
    label: &'static str,
    text: String,
    href: String,
    remark: String,
}

/// A classification (归类判定): result, rule, evidence, confidence.
#[derive(Serialize)]
struct Judgement {
    title: &'static str,
    result: String,
    rule: String,
    evidence: String,
    confidence: String,
    overridden: bool,
    conflict: String,
}

/// `GET /projects/{id}`
pub(crate) async fn show(reader: Reader, Path(id): Path<String>) -> Result<Response, Fault> {
    let as_of = ProjectFilter::read(&reader.visit.query.only(&["as_of"]), reader.desk.today())?.as_of;
    let dated = Params::new().with("project_id", id.as_str()).with("as_of", as_of);
    let (card, milestones, investments, versions, sources) = try_join!(
        reader.ask("project_card", dated.clone()),
        reader.ask("project_milestones", dated.clone()),
        reader.ask("project_investments", dated.clone()),
        reader.ask("project_versions", dated.clone()),
        reader.ask("project_sources", dated)
    )?;
    let row = first(&card).ok_or(Fault::NotFound)?;
    let words = reader.words;
    let name = row.text("project").to_owned();
    let chart = timeline(&reader, &name, &milestones, as_of);
    let drawings = Drawings::of(Size::FULL, |size| chart.svg(size))?;
    let (desk, phone) = drawings.into_parts();
    let view = ProjectView {
        as_of: as_of.to_string(),
        today: reader.desk.today().to_string(),
        stage: words.named("stage", row.text("stage"), row.text("stage_name")),
        status: words.named("status", row.text("status"), row.text("status_name")),
        status_tone: if matches!(row.text("status"), "" | "ongoing") { "ok" } else { "warn" },
        confidential: row.is_true("confidential"),
        facts: facts(&reader, row, as_of),
        amounts: amounts(words, row),
        judgements: vec![chain_judgement(words, row), region_judgement(words, row)],
        timeline: desk,
        timeline_phone: phone,
        milestones: milestone_table(words, &milestones),
        investments: investment_table(words, &investments),
        versions: version_table(words, &versions),
        sources: source_table(words, &sources),
        sql_href: link("/queries/project_card", &[("project_id", &id), ("as_of", &as_of.to_string())]),
        id,
    };
    let list = link("/projects", &[("as_of", &as_of.to_string())]);
    let head = PageHead::new(name, Section::Projects).crumb(words.t("nav.projects"), list);
    reader.page("project.html", head, view).await
}

fn facts(reader: &Reader, row: Row<'_>, as_of: NaiveDate) -> Vec<Fact> {
    let words = reader.words;
    let year = as_of.year().to_string();
    let day = as_of.to_string();
    let mut facts = Vec::new();
    let mut add = |key: &str, text: &str, href: String, remark: String| {
        if !text.trim().is_empty() {
            facts.push(Fact { label: words.t(key), text: text.to_owned(), href, remark });
        }
    };
    let carrier = link(&format!("/carriers/{}", encode(row.text("carrier_id"))), &[("year", &year), ("as_of", &day)]);
    let unit = if row.text("unit_id") == row.text("carrier_id") {
        String::new()
    } else {
        words.fill("project.unit", &[("unit", row.text("unit"))])
    };
    add("table.carrier", row.text("carrier"), carrier, unit);
    add("project.content", row.text("content"), String::new(), String::new());
    add("project.address", row.text("address"), String::new(), String::new());
    add("project.investor", row.text("investor"), String::new(), String::new());
    add("project.investor_address", row.text("investor_address"), String::new(), String::new());
    add("project.credit_code", row.text("credit_code"), String::new(), String::new());
    add("project.industry", row.text("industry_code"), String::new(), words.t("project.industry.note").to_owned());
    let known = row.date("known_from").map(|day| day.to_string()).unwrap_or_default();
    let version = words.fill("project.version_value", &[("n", &row.count("version").to_string()), ("day", &known)]);
    add("project.version", &version, "#versions".to_owned(), String::new());
    add("project.inexact", row.text("inexact"), String::new(), String::new());
    facts
}

/// The four amounts, apart from each other.
fn amounts(words: Words, row: Row<'_>) -> Vec<Fact> {
    let fact = |key: &str, column: &str, remark: String| Fact {
        label: words.t(key),
        text: words.amount(row.int(column)),
        href: String::new(),
        remark,
    };
    let band = row.text("band").to_owned();
    let currency = row.text("currency");
    let remark = if currency.is_empty() { band } else { format!("{band} {}", words.fill("project.currency", &[("currency", currency)])) };
    vec![
        fact("amount.agreed", "agreed_yuan", remark.trim().to_owned()),
        fact("amount.planned_fixed", "planned_fixed_yuan", String::new()),
        fact("amount.paid_in", "paid_in_yuan", String::new()),
        fact("amount.fixed", "fixed_yuan", String::new()),
    ]
}

fn chain_judgement(words: Words, row: Row<'_>) -> Judgement {
    let result = [row.text("cluster"), row.text("chain"), row.text("segment")];
    Judgement {
        title: words.t("judgement.chain"),
        result: joined(&result, words.t("judgement.unclassified")),
        rule: row.text("chain_rule").to_owned(),
        evidence: row.text("chain_evidence").to_owned(),
        confidence: row.int("chain_confidence").map_or_else(|| "—".to_owned(), |percent| format!("{percent}%")),
        overridden: row.is_true("chain_overridden"),
        conflict: String::new(),
    }
}

fn region_judgement(words: Words, row: Row<'_>) -> Judgement {
    let kind = words.region_kind(row.text("region_kind"), row.text("region_kind_name"));
    let city = if row.text("city") == row.text("province") { "" } else { row.text("city") };
    let result = [kind.as_str(), row.text("country"), row.text("province"), city];
    Judgement {
        title: words.t("judgement.region"),
        result: joined(&result, words.t("filter.unknown")),
        rule: row.text("region_rule").to_owned(),
        evidence: row.text("region_evidence").to_owned(),
        confidence: row.int("region_confidence").map_or_else(|| "—".to_owned(), |percent| format!("{percent}%")),
        overridden: row.is_true("region_overridden"),
        conflict: row.text("region_conflict").to_owned(),
    }
}

fn joined(parts: &[&str], nothing: &str) -> String {
    let parts: Vec<&str> = parts.iter().copied().filter(|part| !part.is_empty()).collect();
    if parts.is_empty() { nothing.to_owned() } else { parts.join(" › ") }
}

fn timeline(reader: &Reader, name: &str, milestones: &Answer, as_of: NaiveDate) -> Timeline {
    let words = reader.words;
    let mut events: Vec<(NaiveDate, Event)> = Vec::new();
    for row in rows(milestones) {
        let revoked = row.date("revoked_on").is_some_and(|day| day <= as_of);
        if !row.is_true("in_force") && !revoked {
            continue;
        }
        let Some(day) = row.date("happened_on").or_else(|| row.date("recognised_on")) else { continue };
        let event = Event {
            day: days(day),
            label: words.named("milestone", row.text("milestone"), row.text("milestone_name")),
            date_text: day.to_string(),
            state: if revoked { EventState::Revoked } else { EventState::Done },
            link: None,
        };
        events.push((day, event));
    }
    events.sort_by_key(|(day, _)| *day);
    let first = events.first().map_or(as_of, |(day, _)| *day);
    let last = events.last().map_or(as_of, |(day, _)| (*day).max(as_of));
    Timeline {
        head: head(reader, "timeline", &words.fill("project.timeline", &[("name", name)]), words.t("project.timeline.desc").to_owned()),
        events: events.into_iter().map(|(_, event)| event).collect(),
        ticks: ticks(first, last),
        today: Some(Tick { day: days(as_of), label: words.fill("cumulative.as_of", &[("day", &words.day(as_of))]) }),
    }
}

fn days(day: NaiveDate) -> i64 {
    i64::from(day.num_days_from_ce())
}

/// First days of quarters, or of years when the span is long.
fn ticks(first: NaiveDate, last: NaiveDate) -> Vec<Tick> {
    let long = (last - first).num_days() > 900;
    let mut ticks = Vec::new();
    for year in first.year()..=last.year() {
        let months: &[u32] = if long { &[1] } else { &[1, 4, 7, 10] };
        for month in months {
            if let Some(day) = NaiveDate::from_ymd_opt(year, *month, 1).filter(|day| *day >= first && *day <= last) {
                ticks.push(Tick { day: days(day), label: day.format("%Y-%m").to_string() });
            }
        }
    }
    ticks
}

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

fn milestone_table(words: Words, answer: &Answer) -> Twin {
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

fn investment_table(words: Words, answer: &Answer) -> Twin {
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
fn version_table(words: Words, answer: &Answer) -> Twin {
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
    if changes.is_empty() { words.t("project.other_change").to_owned() } else { changes.join(words.t("bulletin.between")) }
}

fn source_table(words: Words, answer: &Answer) -> Twin {
    let columns = vec![
        Column::text(words.t("table.what")),
        Column::text(words.t("table.file")),
        Column::text(words.t("table.sheet")),
        Column::number(words.t("table.row")),
        Column::text(words.t("table.carrier")),
        Column::text(words.t("table.reported_on")),
    ];
    let rows = rows(answer).map(|row| {
        let file = row.text("file");
        let shown = Cell::text(row.text("file_name"));
        vec![
            Cell::text(words.named("what", row.text("what"), row.text("what"))),
            if file.is_empty() { shown } else { shown.link(link("/quality", &[("file", file)])) },
            Cell::text(row.text("sheet_name")),
            Cell::number(row.int("row").map_or_else(|| "—".to_owned(), |row| row.to_string())),
            Cell::text(row.text("carrier")),
            day_cell(row, "reported_on"),
        ]
    });
    Twin { columns, rows: rows.collect() }
}
