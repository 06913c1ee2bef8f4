//! Visits, deductions and vetoes (加分、扣分、否决事项): entered with reason and paper, corrected by a further entry.

use axum::Form;
use axum::http::StatusCode;
use axum::response::Response;
use chrono::{Datelike, NaiveDate};
use qunlian_domain::score::{BonusShape, DeductionShape, Level};
use qunlian_registry::{NewScoreEntry, ScoreEntry};
use serde::Serialize;

use super::Choice;
use super::asked::Asked;
use super::center::{Frame, answer, frame, keep, required_line, sent, units};
use super::supplied::level;
use crate::access::see;
use crate::fault::Fault;
use crate::figure::{Cell, Column, Twin};
use crate::form::Troubles;
use crate::pages::filings::books::{refused, with_books};
use crate::people::People;
use crate::reader::Reader;

const PATH: &str = "/scores/entries";
/// How often something is entered at once.
const MOST_TIMES: i64 = 99;

#[derive(Serialize)]
struct EntriesView {
    frame: Frame,
    troubles: Troubles,
    action: String,
    /// Which entry is corrected, in words; empty for a new one.
    correcting: String,
    correct: String,
    cancel_href: String,
    items: Vec<Choice>,
    units: Vec<Choice>,
    quantity: String,
    reason: String,
    evidence: String,
    on: String,
    first_day: String,
    last_day: String,
    table: Twin,
}

/// What an entry says, as typed.
#[derive(Default)]
struct Typed {
    item: String,
    unit: String,
    quantity: String,
    reason: String,
    evidence: String,
    on: String,
    /// Id of the entry that is corrected.
    correct: Option<i64>,
}

/// `GET /scores/entries?level=city&year=2022&quarter=1&correct=7`
pub(crate) async fn show(reader: Reader) -> Result<Response, Fault> {
    let asked = Asked::read(&reader.desk.app.rules.city, &reader.visit.query, reader.desk.today())?;
    let correct = reader.visit.query.get("correct").and_then(|id| id.parse().ok());
    let typed = match correct {
        None => Typed { quantity: "1".to_owned(), ..Typed::default() },
        Some(id) => as_it_stands(&standing(&reader, &asked, id).await?),
    };
    page(&reader, &asked, typed, Troubles::default(), StatusCode::OK).await
}

/// `POST /scores/entries?level=city&year=2022&quarter=1`
pub(crate) async fn add(reader: Reader, Form(pairs): Form<Vec<(String, String)>>) -> Result<Response, Fault> {
    let asked = Asked::read(&reader.desk.app.rules.city, &reader.visit.query, reader.desk.today())?;
    let text = |name: &str| sent(&pairs, name).to_owned();
    let mut typed = Typed {
        item: text("item"),
        unit: text("unit"),
        quantity: text("quantity"),
        reason: text("reason"),
        evidence: text("evidence"),
        on: text("on"),
        correct: sent(&pairs, "correct").parse().ok(),
    };
    if let Some(id) = typed.correct {
        let found = standing(&reader, &asked, id).await?;
        (typed.item, typed.unit) = (found.item, found.carrier_id);
    }
    let new = read(&reader, &asked, &typed, &pairs);
    let corrected = ("quantity", "该条录入已被更正，请刷新后重试");
    match keep(&reader, new, |books, new, by| books.enter_score(new, by).map(drop), corrected).await? {
        None => Ok(see(&format!("{}#entered", asked.link(PATH)))),
        Some((troubles, status)) => page(&reader, &asked, typed, troubles, status).await,
    }
}

/// Ids and names of what people enter, with the kind.
fn items(level: &Level) -> Vec<(&str, String)> {
    let mut items = Vec::new();
    let bonuses = level.bonuses.iter().filter(|bonus| matches!(bonus.shape, BonusShape::Entries { .. }));
    items.extend(bonuses.map(|bonus| (bonus.id.as_str(), format!("加分 · {}", bonus.name))));
    let deductions = level.deductions.iter().filter(|deduction| matches!(deduction.shape, DeductionShape::Entries { .. }));
    items.extend(deductions.map(|deduction| (deduction.id.as_str(), format!("扣分 · {}", deduction.name))));
    items.extend(level.vetoes.iter().map(|veto| (veto.id.as_str(), format!("否决 · {}", veto.name))));
    items
}

fn name_of(items: &[(&str, String)], id: &str) -> String {
    items.iter().find(|(known, _)| *known == id).map_or_else(|| id.to_owned(), |(_, name)| name.clone())
}

/// What is to be kept, or what is wrong with it.
fn read(reader: &Reader, asked: &Asked, typed: &Typed, pairs: &[(String, String)]) -> Result<NewScoreEntry, Troubles> {
    let mut troubles = Troubles::default();
    let Ok(level) = level(reader, asked) else { return Err(Troubles::of("item", "没有这个考核层级")) };
    if !level.members().any(|unit| unit == typed.unit) {
        troubles.add("unit", "请选择考核单位");
    }
    if !items(level).iter().any(|(id, _)| *id == typed.item) {
        troubles.add("item", "请选择加分、扣分或否决事项");
    }
    let least = if typed.correct.is_some() { 0 } else { 1 };
    let quantity = typed.quantity.parse::<i64>().ok().filter(|times| (least..=MOST_TIMES).contains(times));
    if quantity.is_none() {
        let withdraw = if least == 0 { "；0 为撤销" } else { "" };
        troubles.add("quantity", format!("请填写{least}至{MOST_TIMES}的整数{withdraw}"));
    }
    let on = typed.on.parse::<NaiveDate>().ok().filter(|day| day.year() == asked.period.year && *day <= reader.desk.today());
    if on.is_none() {
        troubles.add("on", format!("请填写{}年内已经发生的日期，如 {}-02-18", asked.period.year, asked.period.year));
    }
    let reason = required_line(pairs, "reason", "事由", &mut troubles);
    let evidence = required_line(pairs, "evidence", "依据（文号、表号等）", &mut troubles);
    match (quantity, on) {
        (Some(quantity), Some(on)) if troubles.is_empty() => Ok(NewScoreEntry {
            level: asked.level.clone(),
            carrier_id: typed.unit.clone(),
            item: typed.item.clone(),
            quantity,
            reason,
            evidence,
            on,
            supersedes: typed.correct,
        }),
        _ => Err(troubles),
    }
}

/// An entry of the level and year that was not superseded.
async fn standing(reader: &Reader, asked: &Asked, id: i64) -> Result<ScoreEntry, Fault> {
    let (level, year) = (asked.level.clone(), asked.period.year);
    let entries = with_books(&reader.desk, move |books| books.score_entries(&level, year).map_err(refused)).await?;
    entries.into_iter().find(|entry| entry.id == id && entry.standing().is_some()).ok_or(Fault::NotFound)
}

fn as_it_stands(entry: &ScoreEntry) -> Typed {
    Typed {
        item: entry.item.clone(),
        unit: entry.carrier_id.clone(),
        quantity: entry.quantity.to_string(),
        reason: entry.reason.clone(),
        evidence: entry.evidence.clone(),
        on: entry.on.to_string(),
        correct: Some(entry.id),
    }
}

async fn page(reader: &Reader, asked: &Asked, typed: Typed, troubles: Troubles, status: StatusCode) -> Result<Response, Fault> {
    let level = level(reader, asked)?;
    let items = items(level);
    let correcting = typed.correct.map_or_else(String::new, |id| {
        let (id, item, unit) = (id.to_string(), name_of(&items, &typed.item), level.name_of(&typed.unit));
        reader.words.fill("scoring.correcting", &[("id", &id), ("what", &format!("{unit} {item}"))])
    });
    let whole_year = qunlian_domain::score::Period { quarter: None, ..asked.period };
    let view = EntriesView {
        frame: frame(reader, asked, PATH).await?,
        troubles,
        action: asked.link(PATH),
        correcting,
        correct: typed.correct.map_or_else(String::new, |id| id.to_string()),
        cancel_href: asked.link(PATH),
        units: units(level, &typed.unit),
        quantity: typed.quantity,
        reason: typed.reason,
        evidence: typed.evidence,
        on: typed.on,
        first_day: asked.period.first_day().to_string(),
        last_day: whole_year.last_day().min(reader.desk.today()).to_string(),
        table: table(reader, asked, level, &items).await?,
        items: items
            .iter()
            .map(|(id, label)| Choice { value: (*id).to_owned(), label: label.clone(), chosen: *id == typed.item })
            .collect(),
    };
    answer(reader, "score_entries.html", status, view)
}

/// Everything that was entered for the level and year, newest first.
async fn table(reader: &Reader, asked: &Asked, level: &Level, items: &[(&str, String)]) -> Result<Twin, Fault> {
    let (words, level_id, year) = (reader.words, asked.level.clone(), asked.period.year);
    let (entries, people) =
        with_books(&reader.desk, move |books| Ok((books.score_entries(&level_id, year).map_err(refused)?, People::read(books)?))).await?;
    let mut columns = vec![Column::number(words.t("scoring.number"))];
    columns.extend(["scoring.on", "scores.unit", "scoring.item"].map(|key| Column::text(words.t(key))));
    columns.push(Column::number(words.t("scoring.quantity")));
    columns.extend(["scoring.reason", "scoring.evidence", "scoring.by", "scoring.state"].map(|key| Column::text(words.t(key))));
    let row = |entry: &ScoreEntry| {
        let (id, corrects) = (entry.id.to_string(), entry.supersedes.map(|id| id.to_string()));
        let reason = corrects.map_or_else(
            || entry.reason.clone(),
            |earlier| format!("{}（{}）", entry.reason, words.fill("scoring.corrects", &[("id", &earlier)])),
        );
        let state = match entry.superseded_by {
            Some(later) => Cell::text(words.fill("scoring.superseded", &[("id", &later.to_string())])).tone("soft"),
            None if entry.quantity == 0 => Cell::text(words.t("scoring.withdrawn")).tone("soft"),
            None => Cell::text(words.t("scoring.correct")).link(format!("{}#form", asked.link_with(PATH, &[("correct", &id)]))).whole(),
        };
        vec![
            Cell::number(&id),
            Cell::text(entry.on.to_string()),
            Cell::text(level.name_of(&entry.carrier_id)),
            Cell::text(name_of(items, &entry.item)),
            Cell::number(entry.quantity.to_string()),
            Cell::text(reason),
            Cell::text(&entry.evidence),
            Cell::text(format!("{} {}", people.name(words, &entry.by), entry.made_on)),
            state,
        ]
    };
    Ok(Twin { columns, rows: entries.iter().rev().map(row).collect() })
}
