//! One project (项目档案): timeline, amounts, classification with its evidence, changes, sources down to the row.

use axum::extract::Path;
use axum::response::Response;
use chrono::{Datelike, NaiveDate};
use futures::try_join;
use minijinja::Value;
use qunlian_charts::{Event, EventState, Size, Tick, Timeline};
use qunlian_domain::access::Right;
use qunlian_queries::{Answer, Params};
use serde::Serialize;

use crate::fault::Fault;
use crate::figure::{Drawings, Twin, head};
use crate::pages::{project_promises, project_tables};
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
    /// One sentence for each kind of promise.
    outcomes: Vec<String>,
    promises: Twin,
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
    /// In words, when the rule is none of the catalogue's.
    reason: &'static str,
    rule: String,
    evidence: String,
    confidence: String,
    overridden: bool,
    conflict: String,
}

/// True for those who may open the page of a filing.
fn opens_filings(reader: &Reader) -> bool {
    [Right::File, Right::Review, Right::PlanTrips].into_iter().any(|right| reader.who.may(right))
}

/// `GET /projects/{id}`
pub(crate) async fn show(reader: Reader, Path(id): Path<String>) -> Result<Response, Fault> {
    let as_of = ProjectFilter::read(&reader.visit.query.only(&["as_of"]), reader.desk.today())?.as_of;
    let dated = Params::new().with("project_id", id.as_str()).with("as_of", as_of);
    let (card, milestones, investments, promises, versions, sources) = try_join!(
        reader.ask("project_card", dated.clone()),
        reader.ask("project_milestones", dated.clone()),
        reader.ask("project_investments", dated.clone()),
        reader.ask("project_promises", dated.clone()),
        reader.ask("project_versions", dated.clone()),
        reader.ask("project_sources", dated)
    )?;
    let row = first(&card).ok_or(Fault::NotFound)?;
    let words = reader.words;
    let name = row.text("project").to_owned();
    let chart = timeline(&reader, &name, &milestones, &promises, as_of);
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
        milestones: project_tables::milestones(words, &milestones),
        investments: project_tables::investments(words, &investments),
        outcomes: project_promises::outcomes(words, &promises),
        promises: project_promises::table(words, &promises),
        versions: project_tables::versions(words, &versions),
        sources: project_tables::sources(words, &sources, opens_filings(&reader)),
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
        reason: reason(words, "chain", row.text("chain_rule")),
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
        reason: reason(words, "region", row.text("region_rule")),
        rule: row.text("region_rule").to_owned(),
        evidence: row.text("region_evidence").to_owned(),
        confidence: row.int("region_confidence").map_or_else(|| "—".to_owned(), |percent| format!("{percent}%")),
        overridden: row.is_true("region_overridden"),
        conflict: row.text("region_conflict").to_owned(),
    }
}

fn reason(words: Words, what: &str, rule: &str) -> &'static str {
    words.find(&format!("rule.{what}.{rule}")).unwrap_or_default()
}

fn joined(parts: &[&str], nothing: &str) -> String {
    let parts: Vec<&str> = parts.iter().copied().filter(|part| !part.is_empty()).collect();
    if parts.is_empty() { nothing.to_owned() } else { parts.join(" › ") }
}

fn timeline(reader: &Reader, name: &str, milestones: &Answer, promises: &Answer, as_of: NaiveDate) -> Timeline {
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
    events.extend(project_promises::awaited(words, promises).into_iter().map(|(day, label)| {
        (day, Event { day: days(day), label: label.to_owned(), date_text: day.to_string(), state: EventState::Planned, link: None })
    }));
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
