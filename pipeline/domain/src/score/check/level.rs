//! One level's rules: who is assessed in which group, weights that add up, and each item by itself.

use std::collections::{HashMap, HashSet};

use super::super::inputs::{check_counted, check_fair, check_input};
use super::super::rules::{DeductionShape, Level};
use super::{Known, check_amount, check_line, check_optional, check_positive, shape};
use crate::catalogue::DeskFault;

pub(super) fn check(place: &str, level: &Level, known: &Known<'_>) -> Result<(), DeskFault> {
    check_line(place, &level.name)?;
    check_members(place, level, known)?;
    check_ids(level)?;
    for (what, most) in [("bonus_most", level.bonus_most), ("deduction_most", level.deduction_most)] {
        check_optional(place, what, most)?;
    }
    check_amount(place, "least_total", level.least_total)?;
    check_weights(place, level)?;
    for indicator in &level.indicators {
        let place = format!("indicator {}", indicator.id);
        check_fair(&place, &indicator.name)?;
        shape::check_indicator(&place, indicator, level, known)?;
    }
    for bonus in &level.bonuses {
        let place = format!("bonus {}", bonus.id);
        check_fair(&place, &bonus.name)?;
        check_optional(&place, "most", bonus.most)?;
        shape::check_bonus(&place, &bonus.shape, known)?;
    }
    for deduction in &level.deductions {
        let place = format!("deduction {}", deduction.id);
        check_optional(&place, "most", deduction.most)?;
        match &deduction.shape {
            DeductionShape::Entries { each } => check_positive(&place, "each", *each)?,
            DeductionShape::Missing { input, each } => {
                check_counted(&place, input, known.bands)?;
                check_positive(&place, "each", *each)?;
            }
        }
    }
    for promotion in &level.promotions {
        let place = format!("promotion {}", promotion.id);
        check_fair(&place, &promotion.name)?;
        check_input(&place, &promotion.input, known.bands)?;
        if promotion.least < 1 || promotion.grades == 0 {
            let problem = "promotes for nothing, or to nowhere".to_owned();
            return Err(DeskFault::new(&place, problem, "write 1 or more for `least` and `grades`"));
        }
    }
    check_grades(level)
}

/// Everyone stands in one group; the city's level holds every assessed carrier.
fn check_members(place: &str, level: &Level, known: &Known<'_>) -> Result<(), DeskFault> {
    let is_city = level.of == known.carriers.city();
    if !is_city && known.carrier_name(&level.of).is_none() {
        return Err(DeskFault::new(place, format!("there is no carrier {:?}", level.of), "name the city or a carrier in `of`"));
    }
    let mut units: HashSet<&str> = HashSet::new();
    for unit in &level.units {
        check_line(place, &unit.name)?;
        if !units.insert(&unit.id) || known.carrier_name(&unit.id).is_some() {
            return Err(DeskFault::new(place, format!("unit {} is known already", unit.id), "write units that are no carriers, each once"));
        }
    }
    let mut groups: HashMap<&str, &str> = HashMap::new();
    let mut group_ids: HashSet<&str> = HashSet::new();
    for group in &level.groups {
        let place = format!("group {}", group.id);
        check_line(&place, &group.name)?;
        if group.members.is_empty() || !group_ids.insert(&group.id) {
            return Err(DeskFault::new(&place, "is empty, or is there twice".to_owned(), "give each group its own id, and members"));
        }
        for member in &group.members {
            if let Some(other) = groups.insert(member, &group.id) {
                let problem = format!("{member} stands in {other} already");
                return Err(DeskFault::new(&place, problem, "write each member once: groups are ranked apart"));
            }
            if !units.contains(member.as_str()) && known.carrier_name(member).is_none() {
                return Err(DeskFault::new(&place, format!("there is no carrier {member:?}"), "correct the id, or add a [[level.unit]]"));
            }
        }
    }
    if let Some(stranger) = units.iter().find(|unit| !groups.contains_key(*unit)) {
        return Err(DeskFault::new(place, format!("unit {stranger} stands in no group"), "add it to the members of a group"));
    }
    let missing = known.carriers.assessed_on(known.first_day).find(|carrier| is_city && !groups.contains_key(carrier.id.as_str()));
    match missing {
        Some(carrier) => {
            Err(DeskFault::new(place, format!("{} stands in no group", carrier.id), "add every assessed carrier to the members of a group"))
        }
        None if groups.is_empty() => Err(DeskFault::new(place, "has no group".to_owned(), "write at least one [[level.group]]")),
        None => Ok(()),
    }
}

/// Ids are one space, since entries name any of them.
fn check_ids(level: &Level) -> Result<(), DeskFault> {
    let indicators = level.indicators.iter().map(|item| ("indicator", &item.id, &item.name));
    let bonuses = level.bonuses.iter().map(|item| ("bonus", &item.id, &item.name));
    let deductions = level.deductions.iter().map(|item| ("deduction", &item.id, &item.name));
    let vetoes = level.vetoes.iter().map(|item| ("veto", &item.id, &item.name));
    let promotions = level.promotions.iter().map(|item| ("promotion", &item.id, &item.name));
    let mut seen: HashSet<&str> = HashSet::new();
    for (kind, id, name) in indicators.chain(bonuses).chain(deductions).chain(vetoes).chain(promotions) {
        let place = format!("{kind} {id}");
        if id.trim().is_empty() || !seen.insert(id) {
            return Err(DeskFault::new(&place, "its id is empty, or taken".to_owned(), "give each item of a level its own id"));
        }
        check_line(&place, name)?;
    }
    Ok(())
}

fn check_weights(place: &str, level: &Level) -> Result<(), DeskFault> {
    check_positive(place, "full", level.full)?;
    for indicator in &level.indicators {
        check_positive(&format!("indicator {}", indicator.id), "weight", indicator.weight)?;
    }
    let sum: f64 = level.indicators.iter().map(|indicator| indicator.weight).sum();
    if (sum - level.full).abs() > 1e-6 {
        let problem = format!("the weights add up to {sum}, not to {}", level.full);
        return Err(DeskFault::new(place, problem, "correct a weight, or `full`"));
    }
    Ok(())
}

fn check_grades(level: &Level) -> Result<(), DeskFault> {
    for (at, grade) in level.grades.iter().enumerate() {
        let place = format!("grade {}", grade.id);
        check_line(&place, &grade.name)?;
        check_amount(&place, "least", grade.least)?;
        if level.grades[..at].iter().any(|earlier| earlier.id == grade.id || earlier.least <= grade.least) {
            return Err(DeskFault::new(&place, "is there twice, or can never be reached".to_owned(), "write the best grade first"));
        }
    }
    match level.grades.last().filter(|last| last.least > 0.0) {
        Some(last) => {
            let place = format!("grade {}", last.id);
            Err(DeskFault::new(&place, "does not take all the rest".to_owned(), "end with a grade of least = 0"))
        }
        None => Ok(()),
    }
}
