//! What was entered so far (登记记录): every entry with who made it, when, why, and whether it stands.

use chrono::NaiveDate;
use qunlian_domain::target::{Metric, Scope, Target, ends};
use qunlian_registry::EnteredTarget;
use serde::Serialize;

use super::table::{curve, value_text};
use crate::app::Desk;
use crate::people::People;
use crate::shell::full_time;
use crate::words::Words;

/// One entry.
#[derive(Serialize)]
pub(super) struct EntryView {
    at: String,
    by: String,
    what: String,
    issuer: String,
    value: String,
    curve: String,
    from: String,
    reason: String,
    standing: String,
    stands: bool,
}

/// Newest first.
pub(super) fn entries(desk: &Desk, words: Words, people: &People, entered: &[EnteredTarget]) -> Vec<EntryView> {
    let targets: Vec<Target> = entered.iter().map(|entry| entry.target.clone()).collect();
    let view = |(entry, end): (&EnteredTarget, Option<NaiveDate>)| {
        let target = &entry.target;
        let (standing, stands) = standing(desk, words, target, end);
        EntryView {
            at: full_time(entry.at),
            by: people.name(words, &entry.by),
            what: what(desk, words, target),
            issuer: target.issuer.clone(),
            value: value_text(words, target.kind, target.value),
            curve: curve(words, &target.curve.to_text()),
            from: target.known_from.to_string(),
            reason: target.reason.clone(),
            standing,
            stands,
        }
    };
    entered.iter().zip(ends(&targets)).rev().map(view).collect()
}

/// `2022年全市新开工目标 240 个（淮北市人民政府，2022-06-01起）` in parts.
pub(super) fn told(desk: &Desk, words: Words, entry: &EnteredTarget) -> String {
    let target = &entry.target;
    let value = value_text(words, target.kind, target.value);
    let from = words.fill("targets.entered.later", &[("day", &target.known_from.to_string())]);
    format!("{} · {value} · {} · {from}", what(desk, words, target), target.issuer)
}

/// 2022 · 全市 · 新签约 · 10亿元以上
fn what(desk: &Desk, words: Words, target: &Target) -> String {
    let metric = metric_name(desk, words, target.metric, target.band.as_deref());
    format!("{} · {} · {metric}", target.year, whom(desk, words, target.scope, &target.scope_id))
}

pub(super) fn metric_name(desk: &Desk, words: Words, metric: Metric, band: Option<&str>) -> String {
    let band = band.and_then(|band| desk.app.city.bands.get(band));
    band.map_or_else(
        || words.metric(metric).to_owned(),
        |band| format!("{} · {}", words.metric(metric), words.band(&band.name, band.least)),
    )
}

/// 全市, 濉溪县, 铝基高端金属材料, 铝基高端金属材料专班; the id of what the catalogue does not know.
fn whom(desk: &Desk, words: Words, scope: Scope, id: &str) -> String {
    let city = &desk.app.rules.city;
    let name = match scope {
        Scope::City => Some(words.t("targets.scope.city")),
        Scope::Carrier => city.carriers.rows().iter().find(|carrier| carrier.id == id).map(|carrier| carrier.name.as_str()),
        Scope::Chain | Scope::Team => city.chains.chain(id).map(|chain| chain.name.as_str()),
    };
    let name = name.unwrap_or(id);
    if scope == Scope::Team { words.fill("targets.team", &[("chain", name)]) } else { name.to_owned() }
}

/// In words, and whether it stands today.
fn standing(desk: &Desk, words: Words, target: &Target, end: Option<NaiveDate>) -> (String, bool) {
    let today = desk.today();
    if end.is_some_and(|end| end <= today || end == target.known_from) {
        return (words.t("targets.entered.replaced").to_owned(), false);
    }
    if target.known_from > today {
        return (words.fill("targets.entered.later", &[("day", &target.known_from.to_string())]), false);
    }
    (words.t("targets.stands").to_owned(), true)
}
