//! Weights and caps that are tried (分值与上限): read from the address, each fault beside its field.

use qunlian_domain::score::{Change, Level, Shape};
use serde::Serialize;

use crate::form::Troubles;
use crate::query_string::QueryString;

/// What stands for a cap that is lifted.
const LIFTED: &str = "无";
/// No weight and no cap is larger.
const MOST: f64 = 1_000.0;

/// What is tried, and what of it cannot be.
pub(super) struct Wanted {
    pub changes: Vec<Change>,
    pub troubles: Troubles,
    /// As typed, by field.
    typed: Vec<(String, String)>,
}

/// A field with what the rules say.
#[derive(Serialize)]
pub(super) struct FieldView {
    field: String,
    name: String,
    value: String,
    /// As the rules have it.
    ruled: String,
    unit: &'static str,
    changed: bool,
}

/// An item with a cap: id, name, cap, unit.
fn capped(level: &Level) -> Vec<(&str, &str, Option<f64>, &'static str)> {
    let of_indicator = |shape: &Shape| match shape {
        Shape::Ratio { cap_percent, .. } | Shape::FloorRatio { cap_percent, .. } => Some(*cap_percent),
        _ => None,
    };
    let mut items: Vec<(&str, &str, Option<f64>, &'static str)> = Vec::new();
    for indicator in &level.indicators {
        if let Some(cap) = of_indicator(&indicator.shape) {
            items.push((&indicator.id, &indicator.name, cap, "%"));
        }
    }
    items.extend(level.bonuses.iter().map(|bonus| (bonus.id.as_str(), bonus.name.as_str(), bonus.most, "分")));
    items.extend(level.deductions.iter().map(|deduction| (deduction.id.as_str(), deduction.name.as_str(), deduction.most, "分")));
    items
}

fn weight_field(id: &str) -> String {
    format!("w-{id}")
}

fn cap_field(id: &str) -> String {
    format!("c-{id}")
}

fn cap_text(cap: Option<f64>) -> String {
    cap.map_or_else(|| LIFTED.to_owned(), |cap| cap.to_string())
}

fn number(text: &str) -> Option<f64> {
    text.parse::<f64>().ok().filter(|value| (0.0..=MOST).contains(value))
}

impl Wanted {
    pub fn read(level: &Level, query: &QueryString) -> Self {
        let mut wanted = Self { changes: Vec::new(), troubles: Troubles::default(), typed: Vec::new() };
        for indicator in &level.indicators {
            let field = weight_field(&indicator.id);
            let Some(text) = query.get(&field).map(str::trim).filter(|text| !text.is_empty()) else { continue };
            match number(text) {
                None => wanted.troubles.add(field.clone(), format!("{}：请填写0至1000的分值", indicator.name)),
                Some(weight) if weight != indicator.weight => {
                    wanted.changes.push(Change::Weight { indicator: indicator.id.clone(), weight });
                }
                Some(_) => {}
            }
            wanted.typed.push((field, short(text)));
        }
        for (id, name, ruled, _) in capped(level) {
            let field = cap_field(id);
            let Some(text) = query.get(&field).map(str::trim).filter(|text| !text.is_empty()) else { continue };
            let read = if matches!(text, LIFTED | "-") { Some(None) } else { number(text).map(Some) };
            match read {
                None => wanted.troubles.add(field.clone(), format!("{name}：请填写0至1000的数，或“无”")),
                Some(most) if most != ruled => wanted.changes.push(Change::Cap { item: id.to_owned(), most }),
                Some(_) => {}
            }
            wanted.typed.push((field, short(text)));
        }
        wanted
    }

    fn value(&self, field: &str, ruled: String) -> String {
        self.typed.iter().find(|(known, _)| known == field).map_or(ruled, |(_, text)| text.clone())
    }

    pub fn weights(&self, level: &Level) -> Vec<FieldView> {
        let view = |(id, name, weight): (&str, &str, f64)| {
            let (field, ruled) = (weight_field(id), weight.to_string());
            let value = self.value(&field, ruled.clone());
            FieldView { changed: value != ruled, field, name: name.to_owned(), value, ruled, unit: "分" }
        };
        level.indicators.iter().map(|one| view((&one.id, &one.name, one.weight))).collect()
    }

    pub fn caps(&self, level: &Level) -> Vec<FieldView> {
        let view = |(id, name, cap, unit): (&str, &str, Option<f64>, &'static str)| {
            let (field, ruled) = (cap_field(id), cap_text(cap));
            let value = self.value(&field, ruled.clone());
            FieldView { changed: value != ruled, field, name: name.to_owned(), value, ruled, unit }
        };
        capped(level).into_iter().map(view).collect()
    }

    /// `新签约项目分值 25 → 30`
    pub fn words(&self, level: &Level) -> Vec<String> {
        let word = |change: &Change| match change {
            Change::Weight { indicator, weight } => {
                let ruled = level.indicators.iter().find(|known| known.id == *indicator)?;
                Some(format!("{}分值 {} → {weight}分", ruled.name, ruled.weight))
            }
            Change::Cap { item, most } => {
                let (_, name, ruled, unit) = capped(level).into_iter().find(|(id, ..)| id == item)?;
                let said = |cap: Option<f64>| cap.map_or_else(|| "不设上限".to_owned(), |cap| format!("{cap}{unit}"));
                Some(format!("{name}上限 {} → {}", said(ruled), said(*most)))
            }
            Change::Move { .. } => None,
        };
        self.changes.iter().filter_map(word).collect()
    }
}

/// What is shown again of a wrong value.
fn short(text: &str) -> String {
    text.chars().take(20).collect()
}
