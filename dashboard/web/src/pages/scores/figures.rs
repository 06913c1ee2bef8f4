//! Figures that no table of the product holds (填报数): typed unit by unit, with targets, from a paper of the unit.

use axum::Form;
use axum::http::StatusCode;
use axum::response::Response;
use qunlian_domain::score::{FigureRow, Input, InputUnit, Level, Source, Supply, TypedFigure};
use qunlian_registry::{NewFigures, TypedRow};
use serde::Serialize;

use super::asked::Asked;
use super::center::{Frame, answer, figure_text, frame, input_name, keep, read_figure, required_line, sent};
use super::supplied::{by_key, counted, level, published, supply};
use crate::access::see;
use crate::fault::Fault;
use crate::figure::{Cell, Column, Twin};
use crate::form::Troubles;
use crate::pages::filings::books::{refused, with_books};
use crate::people::People;
use crate::reader::Reader;

const PATH: &str = "/scores/figures";

#[derive(Serialize)]
struct FiguresView {
    frame: Frame,
    troubles: Troubles,
    action: String,
    /// Every unit, with how many of its figures are missing.
    units: Vec<UnitTab>,
    unit: String,
    rows: Vec<InputRow>,
    /// True where something of the unit is typed.
    is_typed: bool,
    evidence: String,
    table: Twin,
}

#[derive(Serialize)]
struct UnitTab {
    href: String,
    label: String,
    missing: usize,
    current: bool,
}

/// One input of a unit: figure and target, each typed or told.
#[derive(Serialize)]
struct InputRow {
    name: String,
    /// `个` or `万元`.
    unit: &'static str,
    source: String,
    done: Part,
    target: Part,
}

/// A figure: a field where it is typed, else what it is.
#[derive(Serialize)]
struct Part {
    /// Name of the field; empty where nothing is typed.
    field: String,
    /// What the field is for, aloud.
    label: String,
    value: String,
}

/// `GET /scores/figures?level=suixi&year=2022&quarter=1&unit=linhuan-zhen`
pub(crate) async fn show(reader: Reader) -> Result<Response, Fault> {
    let asked = Asked::read(&reader.desk.app.rules.city, &reader.visit.query, reader.desk.today())?;
    page(&reader, &asked, None, Troubles::default(), StatusCode::OK).await
}

/// `POST /scores/figures?level=suixi&year=2022&quarter=1`
pub(crate) async fn add(reader: Reader, Form(pairs): Form<Vec<(String, String)>>) -> Result<Response, Fault> {
    let asked = Asked::read(&reader.desk.app.rules.city, &reader.visit.query, reader.desk.today())?;
    let standing = standing(&typed_rows(&reader, &asked).await?);
    let new = read(&reader, &asked, &pairs, &standing);
    let closed = ("evidence", "本考核期已经关账，不能再填报");
    match keep(&reader, new, |books, new, by| books.type_figures(new, by), closed).await? {
        None => Ok(see(&format!("{}#form", asked.link_with(PATH, &[("unit", sent(&pairs, "unit"))])))),
        Some((troubles, status)) => page(&reader, &asked, Some(&pairs), troubles, status).await,
    }
}

async fn typed_rows(reader: &Reader, asked: &Asked) -> Result<Vec<TypedRow>, Fault> {
    let (level, period) = (asked.level.clone(), asked.period);
    with_books(&reader.desk, move |books| books.typed_figures(&level, period).map_err(refused)).await
}

fn standing(rows: &[TypedRow]) -> Vec<TypedFigure> {
    rows.iter().filter_map(TypedRow::standing).collect()
}

fn find<'t>(typed: &'t [TypedFigure], unit: &str, input: &str) -> Option<&'t TypedFigure> {
    typed.iter().find(|typed| typed.carrier_id == unit && typed.input == input)
}

fn done_field(input: &str) -> String {
    format!("done-{input}")
}

fn target_field(input: &str) -> String {
    format!("target-{input}")
}

/// The figures that differ from what stands, or what is wrong with them.
fn read(reader: &Reader, asked: &Asked, pairs: &[(String, String)], standing: &[TypedFigure]) -> Result<NewFigures, Troubles> {
    let mut troubles = Troubles::default();
    let (unit, supply) = (sent(pairs, "unit"), supply(reader, asked, &[]));
    let Some(supply) = supply.ok().filter(|supply| supply.level.members().any(|known| known == unit)) else {
        return Err(Troubles::of("evidence", "请选择考核单位"));
    };
    let evidence = required_line(pairs, "evidence", "依据（报表期号等）", &mut troubles);
    let mut rows = Vec::new();
    for id in supply.level.inputs() {
        let Some(input) = Input::parse(id) else { continue };
        let mut read = |is_typed: bool, field: String| {
            let raw = if is_typed { sent(pairs, &field) } else { "" };
            read_figure(reader, input.metric.unit, asked.period.year, raw).unwrap_or_else(|problem| {
                troubles.add(field, format!("{}：{problem}", input_name(reader, id)));
                None
            })
        };
        let done = read(supply.source(unit, &input) == Source::Typed, done_field(id));
        let target = read(supply.types_target(unit, &input), target_field(id));
        let before = find(standing, unit, id).map_or((None, None), |typed| (typed.done, typed.target));
        if before != (done, target) {
            rows.push((id.to_owned(), done, target));
        }
    }
    if rows.is_empty() {
        troubles.add("evidence", "没有新的数字");
    }
    if !troubles.is_empty() {
        return Err(troubles);
    }
    Ok(NewFigures { level: asked.level.clone(), period: asked.period, unit: unit.to_owned(), rows, evidence })
}

async fn page(
    reader: &Reader,
    asked: &Asked,
    pairs: Option<&[(String, String)]>,
    troubles: Troubles,
    status: StatusCode,
) -> Result<Response, Fault> {
    let supply = supply(reader, asked, &[])?;
    let (all, answered) = (typed_rows(reader, asked).await?, published(reader, asked).await?);
    let typed = standing(&all);
    let figures = supply.rows(&by_key(&answered), &counted(reader, asked).await?, &typed, &[]);
    let missing = |unit: &str| {
        let has = |input: &&str| figures.iter().any(|row| row.carrier_id == unit && row.input == **input);
        supply.level.inputs().iter().filter(|input| !has(input)).count()
    };
    let members: Vec<&str> = supply.level.members().collect();
    let chosen = pairs.map_or_else(|| reader.visit.query.get("unit").unwrap_or_default(), |pairs| sent(pairs, "unit"));
    let unit = members.iter().find(|unit| **unit == chosen).or_else(|| members.iter().find(|unit| missing(unit) > 0));
    let unit = unit.or(members.first()).copied().unwrap_or_default();
    let tab = |id: &&str| UnitTab {
        href: asked.link_with(PATH, &[("unit", id)]),
        label: supply.level.name_of(id).to_owned(),
        missing: missing(id),
        current: *id == unit,
    };
    let input_rows: Vec<InputRow> =
        supply.level.inputs().into_iter().filter_map(|id| input_row(reader, &supply, unit, id, (&figures, &typed, pairs))).collect();
    let view = FiguresView {
        frame: frame(reader, asked, PATH).await?,
        troubles,
        action: asked.link(PATH),
        units: members.iter().map(tab).collect(),
        unit: unit.to_owned(),
        is_typed: input_rows.iter().any(|row| !row.done.field.is_empty() || !row.target.field.is_empty()),
        rows: input_rows,
        evidence: pairs.map_or_else(String::new, |pairs| sent(pairs, "evidence").to_owned()),
        table: table(reader, level(reader, asked)?, &all).await?,
    };
    answer(reader, "score_figures.html", status, view)
}

/// What there is to fill in a form from: figures, what was typed before, and what was sent.
type Known<'k> = (&'k [FigureRow], &'k [TypedFigure], Option<&'k [(String, String)]>);

fn input_row(reader: &Reader, supply: &Supply<'_>, unit: &str, id: &str, (figures, typed, pairs): Known<'_>) -> Option<InputRow> {
    let input = Input::parse(id)?;
    let (source, kind) = (supply.source(unit, &input), input.metric.unit);
    let row = figures.iter().find(|row| row.carrier_id == unit && row.input == id);
    let before = find(typed, unit, id);
    let name = input_name(reader, id);
    let words = reader.words;
    let part = |is_typed: bool, field: String, word: &str, typed: Option<i64>, counted: Option<i64>| {
        let value = match pairs {
            _ if !is_typed => counted.map_or_else(|| "-".to_owned(), |value| figure_text(kind, value)),
            Some(pairs) => sent(pairs, &field).to_owned(),
            None => typed.map_or_else(String::new, |value| figure_text(kind, value)),
        };
        Part { label: format!("{name} {}", words.t(word)), field: if is_typed { field } else { String::new() }, value }
    };
    let done = part(source == Source::Typed, done_field(id), "scoring.done", before.and_then(|typed| typed.done), row.map(|row| row.done));
    let target = part(
        supply.types_target(unit, &input),
        target_field(id),
        "scoring.target",
        before.and_then(|typed| typed.target),
        row.and_then(|row| row.target),
    );
    let source = match source {
        Source::Published => words.t("scoring.source.published"),
        Source::Books => words.t("scoring.source.books"),
        Source::Typed => words.t("scoring.source.typed"),
    };
    let unit = words.t(if kind == InputUnit::Count { "scoring.count" } else { "scoring.wan" });
    Some(InputRow { name, unit, source: source.to_owned(), done, target })
}

/// Everything that was typed for the period, newest first.
async fn table(reader: &Reader, level: &Level, all: &[TypedRow]) -> Result<Twin, Fault> {
    let words = reader.words;
    let people = with_books(&reader.desk, |books| Ok(People::read(books)?)).await?;
    let mut columns: Vec<Column> = ["scores.unit", "scoring.input"].map(|key| Column::text(words.t(key))).into();
    columns.extend(["scoring.done", "scoring.target"].map(|key| Column::number(words.t(key))));
    columns.extend(["scoring.evidence", "scoring.by", "scoring.state"].map(|key| Column::text(words.t(key))));
    let row = |row: &TypedRow| {
        let kind = Input::parse(&row.input).map_or(InputUnit::Count, |input| input.metric.unit);
        let unit = if kind == InputUnit::Yuan { words.t("scoring.wan") } else { "" };
        let figure =
            |value: Option<i64>| Cell::number(value.map_or_else(|| "-".to_owned(), |value| format!("{}{unit}", figure_text(kind, value))));
        let state = match (row.superseded, row.done.or(row.target)) {
            (true, _) => Cell::text(words.t("scoring.replaced")).tone("soft"),
            (false, None) => Cell::text(words.t("scoring.withdrawn")).tone("soft"),
            (false, Some(_)) => Cell::text(words.t("scoring.stands")),
        };
        vec![
            Cell::text(level.name_of(&row.unit)),
            Cell::text(input_name(reader, &row.input)),
            figure(row.done),
            figure(row.target),
            Cell::text(&row.evidence),
            Cell::text(format!("{} {}", people.name(words, &row.by), row.made_on)),
            state,
        ]
    };
    Ok(Twin { columns, rows: all.iter().rev().map(row).collect() })
}
