//! `targets-<year>.toml`: the year's targets of the city, its carriers and its chains, checked to add up.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use serde::Deserialize;

use super::files::{Profile, at};
use super::{CatalogueError, dates};
use crate::carriers::Carriers;
use crate::chain::ChainCatalogue;
use crate::scale::Bands;
use crate::target::{Metric, Scope, Target, TargetKey, TargetKind, value_on};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TargetsFile {
    year: i32,
    issuer: String,
    #[serde(deserialize_with = "dates::day")]
    known_from: NaiveDate,
    #[serde(default)]
    city: Vec<CityRow>,
    #[serde(default)]
    carriers: Vec<SharesRow>,
    #[serde(default)]
    chains: Vec<SharesRow>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CityRow {
    metric: String,
    #[serde(default)]
    band: Option<String>,
    kind: String,
    value: Value,
    #[serde(default, deserialize_with = "dates::optional_day")]
    known_from: Option<NaiveDate>,
    #[serde(default, deserialize_with = "dates::optional_day")]
    known_until: Option<NaiveDate>,
    #[serde(default = "yes")]
    documented: bool,
    #[serde(default)]
    note: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SharesRow {
    metric: String,
    #[serde(default)]
    band: Option<String>,
    kind: String,
    /// Carrier or chain id to its value.
    values: BTreeMap<String, Value>,
    #[serde(default, deserialize_with = "dates::optional_day")]
    known_from: Option<NaiveDate>,
    #[serde(default, deserialize_with = "dates::optional_day")]
    known_until: Option<NaiveDate>,
    #[serde(default = "yes")]
    documented: bool,
    #[serde(default)]
    note: String,
}

/// A number, or "-" for a target that was not set.
#[derive(Deserialize)]
#[serde(untagged)]
enum Value {
    Number(i64),
    Mark(String),
}

fn yes() -> bool {
    true
}

/// Turns a year's file into targets and checks ids, values, spans and sums.
pub(super) fn read(
    path: &str,
    file: TargetsFile,
    year: i32,
    profile: &Profile,
    carriers: &Carriers,
    chains: &ChainCatalogue,
    bands: &Bands,
) -> Result<Vec<Target>, CatalogueError> {
    if file.year != year {
        return Err(at(path, "year", format!("is {}", file.year), "write the year of the file's name"));
    }
    let mut targets = Vec::new();
    for row in &file.city {
        let place = place_of("city", &row.metric, row.band.as_deref());
        let blank = blank_target(path, &place, &file, Heading::of_city(row), bands)?;
        let value = value_of(path, &place, &row.value)?;
        targets.push(Target { scope: Scope::City, scope_id: profile.id.clone(), value, ..blank });
    }
    for (scope, rows) in [(Scope::Carrier, &file.carriers), (Scope::Chain, &file.chains)] {
        for row in rows {
            let place = place_of(scope.id(), &row.metric, row.band.as_deref());
            let blank = blank_target(path, &place, &file, Heading::of_shares(row), bands)?;
            check_members(path, &place, row, scope, year, blank.known_from, carriers, chains)?;
            for (id, value) in &row.values {
                let value = value_of(path, &place, value)?;
                targets.push(Target { scope, scope_id: id.clone(), value, ..blank.clone() });
            }
        }
    }
    check_one_at_a_time(path, &targets)?;
    check_sums(path, &targets, &profile.id)?;
    Ok(targets)
}

/// What city rows and rows of shares have in common.
struct Heading<'f> {
    metric: &'f str,
    band: Option<&'f str>,
    kind: &'f str,
    known_from: Option<NaiveDate>,
    known_until: Option<NaiveDate>,
    documented: bool,
    note: &'f str,
}

impl<'f> Heading<'f> {
    fn of_city(row: &'f CityRow) -> Self {
        Self {
            metric: &row.metric,
            band: row.band.as_deref(),
            kind: &row.kind,
            known_from: row.known_from,
            known_until: row.known_until,
            documented: row.documented,
            note: &row.note,
        }
    }

    fn of_shares(row: &'f SharesRow) -> Self {
        Self {
            metric: &row.metric,
            band: row.band.as_deref(),
            kind: &row.kind,
            known_from: row.known_from,
            known_until: row.known_until,
            documented: row.documented,
            note: &row.note,
        }
    }
}

fn place_of(scope: &str, metric: &str, band: Option<&str>) -> String {
    match band {
        Some(band) => format!("{scope} {metric} {band}"),
        None => format!("{scope} {metric}"),
    }
}

fn blank_target(path: &str, place: &str, file: &TargetsFile, heading: Heading<'_>, bands: &Bands) -> Result<Target, CatalogueError> {
    let Some(metric) = Metric::from_id(heading.metric) else {
        let problem = format!("there is no metric {:?}", heading.metric);
        return Err(at(path, place, problem, "write signed, started, completed or fixed_assets"));
    };
    let Some(kind) = TargetKind::from_id(heading.kind) else {
        return Err(at(path, place, format!("there is no kind {:?}", heading.kind), "write count, amount or growth"));
    };
    let in_yuan = metric == Metric::FixedAssets;
    if (kind == TargetKind::Count && in_yuan) || (kind == TargetKind::Amount && !in_yuan) {
        let problem = format!("{} cannot be a target of kind {}", metric.id(), kind.id());
        return Err(at(path, place, problem, "projects are counted, fixed assets are an amount in yuan"));
    }
    if let Some(band) = heading.band.filter(|band| bands.get(band).is_none()) {
        return Err(at(path, place, format!("there is no band {band:?}"), "name one of bands.toml"));
    }
    let known_from = heading.known_from.unwrap_or(file.known_from);
    if heading.known_until.is_some_and(|until| until <= known_from) {
        return Err(at(path, place, "known_until is not after known_from".to_owned(), "write the first day it is no more"));
    }
    Ok(Target {
        year: file.year,
        metric,
        band: heading.band.map(str::to_owned),
        scope: Scope::City,
        scope_id: String::new(),
        kind,
        value: None,
        issuer: file.issuer.clone(),
        known_from,
        known_until: heading.known_until,
        documented: heading.documented,
        note: heading.note.to_owned(),
    })
}

fn value_of(path: &str, place: &str, value: &Value) -> Result<Option<i64>, CatalogueError> {
    match value {
        Value::Number(number) if *number >= 0 => Ok(Some(*number)),
        Value::Mark(mark) if mark == "-" => Ok(None),
        Value::Number(number) => Err(at(path, place, format!("the value {number} is negative"), "write 0 or more")),
        Value::Mark(mark) => Err(at(path, place, format!("the value is {mark:?}"), "write a whole number, or \"-\" for not set")),
    }
}

/// Every assessed carrier, or every chain, of the year must be there once: a missing one would be taken for "-".
#[allow(clippy::too_many_arguments)]
fn check_members(
    path: &str,
    place: &str,
    row: &SharesRow,
    scope: Scope,
    year: i32,
    known_from: NaiveDate,
    carriers: &Carriers,
    chains: &ChainCatalogue,
) -> Result<(), CatalogueError> {
    let new_year = NaiveDate::from_ymd_opt(year, 1, 1).unwrap_or(known_from);
    let day = known_from.max(new_year);
    let due: BTreeSet<&str> = match scope {
        Scope::Carrier => carriers.assessed_on(day).map(|carrier| carrier.id.as_str()).collect(),
        _ => chains.chains_on(day).map(|chain| chain.id.as_str()).collect(),
    };
    let given: BTreeSet<&str> = row.values.keys().map(String::as_str).collect();
    if let Some(stranger) = given.difference(&due).next() {
        let problem = format!("{stranger} is no {} that carries targets on {day}", scope.id());
        return Err(at(path, place, problem, "correct the id, or its dates in the catalogue"));
    }
    if let Some(missing) = due.difference(&given).next() {
        return Err(at(path, place, format!("{missing} is missing"), "give it a value, or \"-\" for not set"));
    }
    Ok(())
}

fn key_of(target: &Target) -> TargetKey<'_> {
    TargetKey {
        year: target.year,
        metric: target.metric,
        band: target.band.as_deref(),
        scope: target.scope,
        scope_id: &target.scope_id,
        kind: target.kind,
    }
}

fn check_one_at_a_time(path: &str, targets: &[Target]) -> Result<(), CatalogueError> {
    for (index, target) in targets.iter().enumerate() {
        let key = key_of(target);
        let earlier = targets[..index].iter().filter(|other| key.fits(other));
        for other in earlier {
            if other.known_on(target.known_from) || target.known_on(other.known_from) {
                let place = place_of(target.scope.id(), target.metric.id(), target.band.as_deref());
                let problem = format!("{} has two values on one day", target.scope_id);
                return Err(at(path, &place, problem, "end the earlier one with known_until"));
            }
        }
    }
    Ok(())
}

/// On every day on which anything changes, the carriers' and the chains' targets add up to the city's.
/// Growth is not added; "-" adds nothing.
fn check_sums(path: &str, targets: &[Target], city: &str) -> Result<(), CatalogueError> {
    let days: BTreeSet<NaiveDate> = targets.iter().map(|target| target.known_from).collect();
    for day in days {
        for scope in [Scope::Carrier, Scope::Chain] {
            let mut sums: BTreeMap<(Metric, Option<&str>, TargetKind), Option<i64>> = BTreeMap::new();
            for target in targets.iter().filter(|target| target.scope == scope && target.known_on(day)) {
                let sum = sums.entry((target.metric, target.band.as_deref(), target.kind)).or_default();
                if let Some(value) = target.value {
                    *sum = Some(sum.unwrap_or(0) + value);
                }
            }
            for ((metric, band, kind), sum) in sums {
                let year = targets[0].year;
                let key = TargetKey { year, metric, band, scope: Scope::City, scope_id: city, kind };
                let whole = value_on(targets, &key, day);
                if kind != TargetKind::Growth && sum != whole {
                    let place = place_of(scope.id(), metric.id(), band);
                    let print = |value: Option<i64>| value.map_or_else(|| "-".to_owned(), |value| value.to_string());
                    let problem = format!("adds up to {} but the city's target is {}", print(sum), print(whole));
                    return Err(at(path, &place, problem, "correct one of the shares"));
                }
            }
        }
    }
    Ok(())
}
