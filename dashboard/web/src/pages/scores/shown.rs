//! A sheet on the page (考核得分表): per group of peers a chart, the ranking, and each carrier's derivation with its rows.

use minijinja::Value;
use qunlian_charts::{Layer, Link, Size, Stacked, StackedPart, StackedRow};
use qunlian_domain::score::{Input, InputUnit, Record, RecordEvidence, RecordRow};
use serde::Serialize;

use super::anchor;
use super::asked::Asked;
use super::standing::Standing;
use crate::fault::Fault;
use crate::figure::{Cell, Column, Drawings, Twin, head};
use crate::reader::Reader;

/// One group of peers.
#[derive(Serialize)]
pub(super) struct GroupView {
    pub id: String,
    pub name: String,
    pub desk: Value,
    pub phone: Value,
    pub table: Twin,
    pub carriers: Vec<CarrierView>,
}

/// How one carrier's points come about.
#[derive(Serialize)]
pub(super) struct CarrierView {
    pub anchor: String,
    pub head: String,
    pub lines: Vec<LineView>,
    pub summary: Vec<String>,
}

#[derive(Default, Serialize)]
pub(super) struct LineView {
    text: String,
    place: String,
    rows: Vec<RowsLink>,
    /// Each rating with who entered it.
    remarks: Vec<String>,
}

impl LineView {
    /// A line without rows behind it.
    pub fn plain(text: &str) -> Self {
        Self { text: text.to_owned(), ..Self::default() }
    }
}

/// A link to what a figure counts; without a count for amounts.
#[derive(Serialize)]
struct RowsLink {
    href: String,
    label: String,
    count: Option<i64>,
}

pub(super) fn groups(reader: &Reader, asked: &Asked, now: &Standing, before: Option<&Standing>) -> Result<Vec<GroupView>, Fault> {
    let totals = || now.record.rows.iter().filter(|row| row.part == "total");
    let mut ids: Vec<(&str, &str)> = Vec::new();
    for row in totals() {
        if !ids.iter().any(|(id, _)| *id == row.group_id) {
            ids.push((&row.group_id, &row.group_name));
        }
    }
    let mut groups = Vec::with_capacity(ids.len());
    for (id, name) in ids {
        let members: Vec<&RecordRow> = totals().filter(|row| row.group_id == id).collect();
        let (desk, phone) = chart(reader, &now.record, id, name, &members)?;
        let carriers = members.iter().map(|total| carrier(reader, asked, now, total)).collect();
        let table = ranking(reader, &now.record, before.map(|before| &before.record), &members);
        groups.push(GroupView { id: id.to_owned(), name: name.to_owned(), desk, phone, table, carriers });
    }
    Ok(groups)
}

/// Points of a sum as printed: `base`, `bonus` or `deduction`.
fn sum<'r>(record: &'r Record, total: &RecordRow, item: &str) -> &'r str {
    let mut of_carrier = record.rows.iter().filter(|row| row.part == "sum" && row.carrier_id == total.carrier_id);
    of_carrier.find(|row| row.item == item).map_or("—", |row| row.points.as_str())
}

fn chart(reader: &Reader, record: &Record, id: &str, name: &str, members: &[&RecordRow]) -> Result<(Value, Value), Fault> {
    let words = reader.words;
    let items = ["base", "bonus", "deduction"];
    let row = |total: &&RecordRow| {
        let link = |tip: String| Some(Link { href: format!("#{}", anchor(&total.group_id, &total.carrier_id)), tip });
        let part = |item: &str| {
            let points = sum(record, total, item);
            let tip = format!("{} {} {points}", total.carrier_name, words.t(&format!("scores.{item}")));
            StackedPart { value: points.parse::<f64>().unwrap_or(0.0).max(0.0), text: points.to_owned(), link: link(tip) }
        };
        let tip = words.fill("scores.tip", &[("name", &total.carrier_name), ("total", &total.points)]);
        StackedRow { name: total.carrier_name.clone(), total_text: total.points.clone(), parts: items.map(part).into(), link: link(tip) }
    };
    let chart = Stacked {
        head: head(reader, &format!("scores-{id}"), name, words.t("scores.desc").to_owned()),
        layers: items.map(|item| Layer { label: words.t(&format!("scores.{item}")).to_owned() }).into(),
        rows: members.iter().map(row).collect(),
    };
    Ok(Drawings::of(Size::FULL, |size| chart.svg(size))?.into_parts())
}

fn ranking(reader: &Reader, record: &Record, before: Option<&Record>, members: &[&RecordRow]) -> Twin {
    let words = reader.words;
    let numbers = ["scores.total", "scores.base", "scores.bonus", "scores.deduction"];
    let mut columns = vec![Column::number(words.t("table.place")), Column::text(words.t("scores.unit"))];
    columns.extend(numbers.map(|key| Column::number(words.t(key))));
    columns.extend(["scores.grade", "scores.moved"].map(|key| Column::text(words.t(key))));
    let row = |total: &&RecordRow| {
        let then = before.and_then(|record| record.rows.iter().find(|row| row.part == "total" && row.carrier_id == total.carrier_id));
        let moved = match (then.and_then(|row| row.place), total.place) {
            (Some(then), Some(now)) if then > now => words.fill("scores.up", &[("n", &(then - now).to_string())]),
            (Some(then), Some(now)) if then < now => words.fill("scores.down", &[("n", &(now - then).to_string())]),
            (Some(_), Some(_)) => words.t("scores.same").to_owned(),
            _ => "—".to_owned(),
        };
        vec![
            Cell::number(total.place.map_or_else(|| "—".to_owned(), |place| place.to_string())),
            Cell::text(&total.carrier_name).link(format!("#{}", anchor(&total.group_id, &total.carrier_id))),
            Cell::number(&total.points),
            Cell::number(sum(record, total, "base")),
            Cell::number(sum(record, total, "bonus")),
            Cell::number(sum(record, total, "deduction")),
            Cell::text(&total.name),
            Cell::text(moved).whole(),
        ]
    };
    Twin { columns, rows: members.iter().map(row).collect() }
}

fn carrier(reader: &Reader, asked: &Asked, now: &Standing, total: &RecordRow) -> CarrierView {
    let words = reader.words;
    let own: Vec<&RecordRow> = now.record.rows.iter().filter(|row| row.carrier_id == total.carrier_id).collect();
    let line = |row: &&RecordRow| {
        let evidence: Vec<&RecordEvidence> =
            now.record.evidence.iter().filter(|found| found.carrier_id == total.carrier_id && found.item == row.item).collect();
        LineView {
            remarks: evidence.iter().filter(|found| found.kind == "rating").map(|rating| rating_text(reader, asked, rating)).collect(),
            text: row.text.clone(),
            place: row.place.map_or_else(String::new, |place| words.fill("scores.line_place", &[("n", &place.to_string())])),
            rows: evidence.into_iter().filter_map(|evidence| rows_link(reader, asked, now, evidence)).collect(),
        }
    };
    CarrierView {
        anchor: anchor(&total.group_id, &total.carrier_id),
        head: words.fill("scores.tip", &[("name", &total.carrier_name), ("total", &total.points)]),
        lines: own.iter().filter(|row| matches!(row.part.as_str(), "indicator" | "bonus" | "deduction")).map(line).collect(),
        summary: own.iter().filter(|row| row.part == "summary").map(|row| row.text.clone()).collect(),
    }
}

/// `濉溪经开区：88（审核员2022-04-08录入，依据：互评表第3号）`
fn rating_text(reader: &Reader, asked: &Asked, rating: &RecordEvidence) -> String {
    let rules = reader.desk.app.rules.city.scoring_of(asked.period.year).and_then(|rules| rules.level(&asked.level));
    let rater = rules.map_or(rating.of.as_str(), |level| level.name_of(&rating.of));
    format!("{rater}：{}{}", rating.value, rating.what)
}

/// The list that a figure counts; nothing for a zero, and for what no filter of the list tells apart.
fn rows_link(reader: &Reader, asked: &Asked, now: &Standing, evidence: &RecordEvidence) -> Option<RowsLink> {
    let input = Input::parse(&evidence.what).filter(|_| evidence.kind == "figure" && evidence.value != "0")?;
    let (milestone, region_kind) = match input.metric.id {
        "reserve" | "trips" | "leads" => return books_link(reader, evidence, &input),
        "started_of_signed" => ("started_of_signed", ""),
        "agreed" => ("signed", ""),
        "paid_in_foreign" => ("paid_in", "abroad"),
        "paid_in_outside" => ("paid_in", "outside"),
        "fixed_assets" | "paid_in" => (input.metric.id, ""),
        id => (qunlian_domain::project::Milestone::from_id(id)?.id(), ""),
    };
    let pairs =
        [("milestone", milestone), ("carrier", &evidence.of), ("band", input.band.unwrap_or_default()), ("region_kind", region_kind)];
    let filled: Vec<(&str, &str)> = pairs.into_iter().filter(|(_, value)| !value.is_empty()).collect();
    let city = &reader.desk.app.rules.city;
    let own = if evidence.of == evidence.carrier_id {
        ""
    } else {
        city.scoring_of(asked.period.year)?.level(&asked.level)?.name_of(&evidence.of)
    };
    let band = input.band.and_then(|band| city.bands.get(band)).map_or("", |band| band.name.as_str());
    // Behind a closed sheet stand the rows of today, which may be others than those that were counted.
    let is_exact = now.closed.is_none() && input.metric.unit == InputUnit::Count;
    Some(RowsLink {
        href: asked.rows_link("/projects", &filled),
        label: format!("{own}{}{band}", input.metric.name),
        count: evidence.value.parse().ok().filter(|_| is_exact),
    })
}

/// Where the books list what they count, for those who may see it there.
fn books_link(reader: &Reader, evidence: &RecordEvidence, input: &Input<'_>) -> Option<RowsLink> {
    let path = match input.metric.id {
        "reserve" => "/reserve",
        "trips" => "/trips",
        _ => "/filings",
    };
    let pairs: &[(&str, &str)] = if input.metric.id == "trips" { &[] } else { &[("carrier", &evidence.of)] };
    reader.desk.access.opens(&reader.who, path).then(|| RowsLink {
        href: crate::query_string::link(path, pairs),
        label: input.metric.name.to_owned(),
        count: None,
    })
}
