//! Projects that are tried with another carrier (试算移动): the rows behind a carrier's scores, and what each of them counts in.

use std::collections::BTreeMap;

use qunlian_domain::money::in_words;
use qunlian_domain::score::{Change, Input, InputUnit, Level, Source};
use qunlian_queries::Params;
use serde::Serialize;

use super::super::Choice;
use super::super::asked::Asked;
use super::super::supplied::{level, supply};
use crate::fault::Fault;
use crate::form::Troubles;
use crate::query_string::QueryString;
use crate::reader::Reader;
use crate::rows::{Row, rows};

/// Projects that move at once.
const MOST_MOVES: usize = 20;
/// Rows that are looked through for one figure.
const MOST_ROWS: i64 = 5_000;
/// Stands between the parts of a move in the address.
const BETWEEN: char = '~';

/// A project behind a carrier's scores.
pub(super) struct Behind {
    id: String,
    name: String,
    agreed_yuan: Option<i64>,
    /// Input and what the project adds to it.
    adds: Vec<(String, i64)>,
}

/// A project that is tried elsewhere.
pub(super) struct Taken {
    project: Behind,
    from: String,
    to: String,
}

/// A move as it stands in the form.
#[derive(Serialize)]
pub(super) struct MoveView {
    value: String,
    label: String,
}

impl Behind {
    pub fn choice(&self, reader: &Reader) -> Choice {
        let names: Vec<String> = self.adds.iter().map(|(input, _)| super::super::center::input_name(reader, input)).collect();
        let amount = self.agreed_yuan.map_or_else(String::new, |yuan| format!(" {}", in_words(yuan)));
        Choice { value: self.id.clone(), label: format!("{}{amount}（{}）", self.name, names.join("、")), chosen: false }
    }
}

impl Taken {
    pub fn changes(&self) -> Vec<Change> {
        let change = |(input, done): &(String, i64)| Change::Move {
            inputs: vec![input.clone()],
            from: self.from.clone(),
            to: self.to.clone(),
            done: *done,
        };
        self.project.adds.iter().map(change).collect()
    }

    /// `某项目 濉溪 → 杜集`
    pub fn words(&self, level: &Level) -> String {
        format!("{} {} → {}", self.project.name, level.name_of(&self.from), level.name_of(&self.to))
    }

    pub fn view(&self, level: &Level) -> MoveView {
        MoveView { value: format!("{}{BETWEEN}{}{BETWEEN}{}", self.project.id, self.from, self.to), label: self.words(level) }
    }
}

/// True for members of the level whose figures the tables count.
pub(super) fn has_projects(reader: &Reader, asked: &Asked, unit: &str) -> bool {
    let Some(signed) = Input::parse("signed") else { return false };
    supply(reader, asked, &[])
        .is_ok_and(|supply| supply.level.members().any(|known| known == unit) && supply.source(unit, &signed) == Source::Published)
}

/// The moves of the address: those that were tried before, and the one that was just chosen.
pub(super) async fn read(reader: &Reader, asked: &Asked, query: &QueryString, troubles: &mut Troubles) -> Result<Vec<Taken>, Fault> {
    let given = |key: &str| query.get(key).unwrap_or_default().trim().to_owned();
    let mut moves: Vec<(String, String, String)> = Vec::new();
    for (_, text) in query.pairs().filter(|(key, _)| *key == "move") {
        let mut parts = text.split(BETWEEN).map(str::to_owned);
        match (parts.next(), parts.next(), parts.next(), parts.next()) {
            (Some(project), Some(from), Some(to), None) => moves.push((project, from, to)),
            _ => troubles.add("moves", "移动的项目无法识别，请重新选择"),
        }
    }
    let (take, from, to) = (given("take"), given("from"), given("to"));
    if !take.is_empty() && to.is_empty() {
        troubles.add("to", "请选择移到哪个单位");
    } else if !take.is_empty() {
        moves.push((take, from, to));
    }
    moves.dedup();
    if moves.len() > MOST_MOVES {
        troubles.add("moves", format!("一次至多移动{MOST_MOVES}个项目"));
        moves.truncate(MOST_MOVES);
    }
    let mut taken: Vec<Taken> = Vec::new();
    for (project, from, to) in moves {
        if !has_projects(reader, asked, &from) || !has_projects(reader, asked, &to) {
            troubles.add("moves", "没有要移动的单位");
        } else if from == to {
            troubles.add("to", "移到的单位与原单位相同");
        } else if taken.iter().any(|known| known.project.id == project) {
            troubles.add("moves", "同一项目只能移动一次");
        } else {
            match behind(reader, asked, &from).await?.into_iter().find(|known| known.id == project) {
                Some(project) => taken.push(Taken { project, from, to }),
                None => troubles.add("moves", "该单位本期得分中没有这个项目"),
            }
        }
    }
    Ok(taken)
}

/// The projects that a carrier's figures count, as far as the reader sees them, the largest first.
pub(super) async fn behind(reader: &Reader, asked: &Asked, carrier: &str) -> Result<Vec<Behind>, Fault> {
    let level = level(reader, asked)?;
    let inputs: Vec<Input<'_>> =
        level.inputs().into_iter().filter_map(Input::parse).filter(|input| input.metric.source == Source::Published).collect();
    let mut found: BTreeMap<String, Behind> = BTreeMap::new();
    let mut asked_already: Vec<&str> = Vec::new();
    for input in &inputs {
        if asked_already.contains(&input.metric.id) {
            continue;
        }
        asked_already.push(input.metric.id);
        let (milestone, region_kind) = listed_as(input.metric.id);
        let params = Params::new()
            .with("year", asked.period.year)
            .with("as_of", asked.known_on())
            .with("milestone", milestone)
            .with("region_kind", region_kind)
            .with("carrier", carrier)
            .with("offset", 0)
            .with("limit", MOST_ROWS);
        let answer = reader.ask("projects_list", params).await?;
        let own: Vec<&Input<'_>> = inputs.iter().filter(|other| other.metric.id == input.metric.id).collect();
        for row in rows(&answer) {
            add(reader, &own, row, &mut found);
        }
    }
    let mut all: Vec<Behind> = found.into_values().collect();
    all.sort_by(|one, other| other.agreed_yuan.cmp(&one.agreed_yuan).then_with(|| one.id.cmp(&other.id)));
    Ok(all)
}

/// Milestone and kind of region under which the list of projects shows a metric's rows.
fn listed_as(metric: &'static str) -> (&'static str, &'static str) {
    match metric {
        "agreed" => ("signed", ""),
        "paid_in_foreign" => ("paid_in", "abroad"),
        "paid_in_outside" => ("paid_in", "outside"),
        other => (other, ""),
    }
}

/// A row of the list adds to every input of its metric whose band holds it.
fn add(reader: &Reader, own: &[&Input<'_>], row: Row<'_>, found: &mut BTreeMap<String, Behind>) {
    let bands = &reader.desk.app.rules.city.bands;
    let least = |id: &str| bands.get(id).map(|band| band.least);
    let size = least(row.text("band_id"));
    let id = row.text("project_id").to_owned();
    let project = found.entry(id.clone()).or_insert_with(|| Behind {
        id,
        name: row.text("project").to_owned(),
        agreed_yuan: row.int("agreed_yuan"),
        adds: Vec::new(),
    });
    for input in own {
        let is_held = input.band.is_none_or(|band| size.is_some() && size >= least(band));
        let amount = match (input.metric.unit, input.metric.id) {
            (InputUnit::Count, _) => 1,
            (InputUnit::Yuan, "agreed") => row.count("agreed_yuan"),
            (InputUnit::Yuan, _) => row.count("amount_yuan"),
        };
        let key = input.band.map_or_else(|| input.metric.id.to_owned(), |band| format!("{}.{band}", input.metric.id));
        if !is_held || amount <= 0 {
            continue;
        }
        match project.adds.iter_mut().find(|(known, _)| *known == key) {
            Some((_, done)) => *done += amount,
            None => project.adds.push((key, amount)),
        }
    }
}
