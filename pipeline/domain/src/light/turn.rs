//! Lights that turned (亮灯变化): what is shown now against what was told last.

use std::collections::BTreeMap;

use super::Light;
use crate::target::{Metric, Scope};

/// How one target of the year stands on a day, with the light that is shown for it.
#[derive(Debug, Clone, PartialEq)]
pub struct LightFact {
    pub scope: Scope,
    /// Id of the carrier or chain; empty for the city.
    pub id: String,
    /// 全市, 濉溪县, 铝基高端金属材料
    pub name: String,
    pub metric: Metric,
    /// As shown: a yellow that has lasted too long is red. `None` without a target.
    pub light: Option<Light>,
    /// Projects or yuan since the year's first day.
    pub done: i64,
    pub target: Option<i64>,
    /// Percent, unrounded.
    pub pace: f64,
    /// Projects or yuan to be back on pace by the end of the month; 0 when nothing is missing.
    pub missing: i64,
    /// Months of yellow or red in a row, this one too.
    pub months_lit: i64,
}

/// A light as subscribers were last told of it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ToldLight {
    /// A new year begins anew: its targets are others.
    pub year: i32,
    pub carrier_id: String,
    pub metric: Metric,
    pub light: Light,
}

/// A light that is another one than was told.
#[derive(Debug, Clone, PartialEq)]
pub struct Turn<'a> {
    pub fact: &'a LightFact,
    pub from: Light,
    pub to: Light,
}

/// The carriers' lights as they are to be told from now on.
pub fn told_lights(year: i32, facts: &[LightFact]) -> Vec<ToldLight> {
    let told = |fact: &LightFact| {
        Some(ToldLight {
            year,
            carrier_id: fact.id.clone(),
            metric: fact.metric,
            light: fact.light.filter(|_| fact.scope == Scope::Carrier)?,
        })
    };
    facts.iter().filter_map(told).collect()
}

/// The carriers' lights that turned since they were told, the worst first. What was not told before in this year is no
/// turn: it is the first word.
pub fn turns<'a>(told: &[ToldLight], year: i32, facts: &'a [LightFact]) -> Vec<Turn<'a>> {
    let told: BTreeMap<(&str, Metric), Light> =
        told.iter().filter(|told| told.year == year).map(|told| ((told.carrier_id.as_str(), told.metric), told.light)).collect();
    let turn = |fact: &'a LightFact| {
        let to = fact.light.filter(|_| fact.scope == Scope::Carrier)?;
        let from = *told.get(&(fact.id.as_str(), fact.metric))?;
        (from != to).then_some(Turn { fact, from, to })
    };
    let mut turns: Vec<Turn<'a>> = facts.iter().filter_map(turn).collect();
    turns.sort_by_key(|turn| std::cmp::Reverse(turn.to));
    turns
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use Light::{Green, Red, Yellow};

    pub(crate) fn fact(id: &str, name: &str, metric: Metric, light: Option<Light>) -> LightFact {
        LightFact {
            scope: if id.is_empty() { Scope::City } else { Scope::Carrier },
            id: id.into(),
            name: name.into(),
            metric,
            light,
            done: 12,
            target: Some(46),
            pace: 500.0 / 12.0,
            missing: 8,
            months_lit: 1,
        }
    }

    pub(crate) fn told(id: &str, metric: Metric, light: Light) -> ToldLight {
        ToldLight { year: 2022, carrier_id: id.into(), metric, light }
    }

    #[test]
    fn only_what_differs_from_what_was_told_is_a_turn() {
        let facts = [
            fact("", "全市", Metric::Started, Some(Red)),
            fact("duji", "杜集区", Metric::Started, Some(Green)),
            fact("suixi", "濉溪县", Metric::Started, Some(Yellow)),
            fact("lieshan", "烈山区", Metric::Started, Some(Red)),
            fact("xiangshan", "相山区", Metric::Started, None),
            fact("gaoxin", "市高新区", Metric::Started, Some(Red)),
        ];
        let before = [
            told("duji", Metric::Started, Red),
            told("suixi", Metric::Started, Green),
            told("lieshan", Metric::Started, Red),
            told("xiangshan", Metric::Started, Red),
        ];
        let said = |told: &[ToldLight], year: i32| -> Vec<(String, Light, Light)> {
            turns(told, year, &facts).iter().map(|turn| (turn.fact.id.clone(), turn.from, turn.to)).collect()
        };
        assert_eq!(said(&before, 2022), [("suixi".to_owned(), Green, Yellow), ("duji".to_owned(), Red, Green)]);
        assert_eq!(said(&[], 2022), []);
        assert_eq!(said(&before, 2023), [], "another year's lights are no turn");
        let now = told_lights(2022, &facts);
        assert_eq!(now.len(), 4, "without a target there is no light, and the city's is not the carriers'");
        assert_eq!(said(&now, 2022), [], "told once, it has not turned again");
    }
}
