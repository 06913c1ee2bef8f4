//! The ranking that stands beside the one that would be (前后名次对照): drawn, as a table, and with every new derivation.

use minijinja::Value;
use qunlian_charts::{Emphasis, Link, Measure, RankedBars, RankedRow, Size};
use qunlian_domain::figures::{print, round_half_up};
use qunlian_domain::score::{CarrierScore, GroupSheet, Sheet};

use super::super::anchor;
use super::super::shown::{CarrierView, GroupView, LineView};
use crate::fault::Fault;
use crate::figure::{Cell, Column, Drawings, Twin, head};
use crate::reader::Reader;

/// One carrier before and after.
struct Pair<'s> {
    before: &'s CarrierScore,
    after: &'s CarrierScore,
    decimals: usize,
}

impl Pair<'_> {
    /// Places won (positive) or lost.
    fn moved(&self) -> Option<i32> {
        let (then, now) = (self.before.place?, self.after.place?);
        Some(i32::try_from(then).ok()? - i32::try_from(now).ok()?)
    }

    /// The difference of what is printed, so that it can be checked by eye.
    fn gained(&self) -> Option<f64> {
        let printed = |total: Option<f64>| total.map(|total| round_half_up(total, self.decimals));
        Some(printed(self.after.total)? - printed(self.before.total)?)
    }

    fn total(&self, score: &CarrierScore) -> String {
        print(score.total, self.decimals)
    }

    /// `+1.20`, `-0.35`, `0.00`; a dash where either is not scored.
    fn gained_text(&self) -> String {
        let Some(gained) = self.gained() else { return "—".to_owned() };
        let sign = if gained > 0.0 { "+" } else { "" };
        format!("{sign}{}", print(Some(gained), self.decimals))
    }
}

/// Group by group; without a second sheet the first stands on both sides.
pub(super) fn groups(reader: &Reader, before: &Sheet, after: Option<&Sheet>) -> Result<Vec<GroupView>, Fault> {
    let after = after.unwrap_or(before);
    after.groups.iter().map(|group| group_view(reader, before, after, group)).collect()
}

fn group_view(reader: &Reader, before: &Sheet, after: &Sheet, group: &GroupSheet) -> Result<GroupView, Fault> {
    let words = reader.words;
    let mut pairs: Vec<Pair<'_>> = Vec::with_capacity(group.carriers.len());
    for score in &group.carriers {
        if let Some(then) = before.of(&score.carrier_id) {
            pairs.push(Pair { before: then, after: score, decimals: after.decimals });
        }
    }
    let (desk, phone) = chart(reader, group, &pairs)?;
    let carrier = |pair: &Pair<'_>| {
        let score = pair.after;
        CarrierView {
            anchor: anchor(&group.id, &score.carrier_id),
            head: words.fill("scores.tip", &[("name", &score.carrier_name), ("total", &pair.total(score))]),
            lines: score.lines.iter().map(|line| LineView::plain(&line.text)).collect(),
            summary: score.summary.clone(),
        }
    };
    Ok(GroupView {
        id: group.id.clone(),
        name: group.name.clone(),
        desk,
        phone,
        table: table(reader, group, &pairs),
        carriers: pairs.iter().map(carrier).collect(),
    })
}

/// Bars are the new totals, the tick on each is the total that stands.
fn chart(reader: &Reader, group: &GroupSheet, pairs: &[Pair<'_>]) -> Result<(Value, Value), Fault> {
    let words = reader.words;
    let row = |pair: &Pair<'_>| {
        let score = pair.after;
        let (then, now) = (pair.total(pair.before), pair.total(score));
        let fills = [("name", score.carrier_name.as_str()), ("then", &then), ("now", &now)];
        RankedRow {
            name: score.carrier_name.clone(),
            done: score.total.unwrap_or(0.0),
            target: pair.before.total,
            done_text: format!("{then}→{now}"),
            completion_text: pair.gained_text(),
            place: score.place.and_then(|place| u32::try_from(place).ok()),
            moved: pair.moved(),
            lamp: None,
            emphasis: if pair.moved().is_some_and(|moved| moved != 0) { Emphasis::Strong } else { Emphasis::Plain },
            link: Some(Link { href: format!("#{}", anchor(&group.id, &score.carrier_id)), tip: words.fill("what_if.tip", &fills) }),
        }
    };
    let chart = RankedBars {
        head: head(reader, &format!("what-if-{}", group.id), &group.name, words.t("what_if.desc").to_owned()),
        measure: Measure::Amount,
        pace: None,
        rows: pairs.iter().map(row).collect(),
    };
    Ok(Drawings::of(Size::FULL, |size| chart.svg(size))?.into_parts())
}

fn table(reader: &Reader, group: &GroupSheet, pairs: &[Pair<'_>]) -> Twin {
    let words = reader.words;
    let mut columns = vec![Column::text(words.t("scores.unit"))];
    columns.extend(["what_if.place_before", "what_if.place_after"].map(|key| Column::number(words.t(key))));
    columns.push(Column::text(words.t("what_if.moved")));
    columns.extend(["what_if.total_before", "what_if.total_after", "what_if.gained"].map(|key| Column::number(words.t(key))));
    columns.push(Column::text(words.t("scores.grade")));
    let place = |place: Option<usize>| Cell::number(place.map_or_else(|| "—".to_owned(), |place| place.to_string()));
    let row = |pair: &Pair<'_>| {
        let moved = match pair.moved() {
            Some(won) if won > 0 => Cell::text(words.fill("scores.up", &[("n", &won.to_string())])).tone("good"),
            Some(lost) if lost < 0 => Cell::text(words.fill("scores.down", &[("n", &lost.abs().to_string())])).tone("bad"),
            Some(_) => Cell::text(words.t("scores.same")),
            None => Cell::text("—"),
        };
        let grades = [pair.before, pair.after].map(|score| score.grade.as_deref().unwrap_or("—"));
        let grade = if grades[0] == grades[1] { grades[0].to_owned() } else { format!("{} → {}", grades[0], grades[1]) };
        vec![
            Cell::text(&pair.after.carrier_name).link(format!("#{}", anchor(&group.id, &pair.after.carrier_id))),
            place(pair.before.place),
            place(pair.after.place),
            moved.whole(),
            Cell::number(pair.total(pair.before)),
            Cell::number(pair.total(pair.after)),
            Cell::number(pair.gained_text()),
            Cell::text(grade),
        ]
    };
    Twin { columns, rows: pairs.iter().map(row).collect() }
}
