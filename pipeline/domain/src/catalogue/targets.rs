//! `targets-<year>.toml`: the year's targets of the city, its carriers, chains and teams, checked to add up.

mod check;
mod rows;

use chrono::NaiveDate;

use self::rows::{Heading, Value};
use super::CatalogueError;
use super::files::{Profile, at};
use crate::carriers::Carriers;
use crate::chain::ChainCatalogue;
use crate::pace::MonthlyCurve;
use crate::scale::Bands;
use crate::target::{Metric, Scope, Target, TargetKind};

pub(super) use self::rows::TargetsFile;

/// The files that targets refer to.
pub(super) struct Known<'c> {
    pub profile: &'c Profile,
    pub carriers: &'c Carriers,
    pub chains: &'c ChainCatalogue,
    pub bands: &'c Bands,
}

/// Turns a year's file into targets, those of its first issuer first, and checks ids, values, spans, curves,
/// reasons and sums.
pub(super) fn read(path: &str, file: TargetsFile, year: i32, known: &Known<'_>) -> Result<Vec<Target>, CatalogueError> {
    if file.year != year {
        return Err(at(path, "year", format!("is {}", file.year), "write the year of the file's name"));
    }
    check_file(path, &file)?;
    let mut targets = Vec::new();
    for row in &file.city {
        let heading = row.heading();
        let place = place_of("city", heading.metric, heading.band);
        let blank = blank_target(path, &place, &file, &heading, known.bands)?;
        let value = value_of(path, &place, &row.value)?;
        targets.push(Target { scope: Scope::City, scope_id: known.profile.id.clone(), value, ..blank });
    }
    let new_year = NaiveDate::from_ymd_opt(year, 1, 1).unwrap_or(file.known_from);
    for (scope, rows) in [(Scope::Carrier, &file.carriers), (Scope::Chain, &file.chains), (Scope::Team, &file.teams)] {
        for row in rows {
            let heading = row.heading();
            let place = place_of(scope.id(), heading.metric, heading.band);
            let blank = blank_target(path, &place, &file, &heading, known.bands)?;
            check::members(path, &place, row.values.keys().map(String::as_str), scope, known, blank.known_from.max(new_year))?;
            for (id, value) in &row.values {
                let value = value_of(path, &place, value)?;
                targets.push(Target { scope, scope_id: id.clone(), value, ..blank.clone() });
            }
        }
    }
    let rank = |target: &Target| file.issuers.iter().position(|issuer| *issuer == target.issuer);
    targets.sort_by_key(rank);
    check::revisions(path, &targets)?;
    check::sums(path, &targets, &known.profile.id)?;
    Ok(targets)
}

/// The issuers and the curves that stand above the rows.
fn check_file(path: &str, file: &TargetsFile) -> Result<(), CatalogueError> {
    for (index, issuer) in file.issuers.iter().enumerate() {
        if issuer.trim().is_empty() || file.issuers[..index].contains(issuer) {
            return Err(at(path, "issuers", format!("{issuer:?} is empty or there twice"), "name each issuer once, the leading one first"));
        }
    }
    check_issuer(path, "issuer", file, &file.issuer)?;
    for (metric, shares) in &file.pace {
        let place = format!("pace {metric}");
        metric_of(path, &place, metric)?;
        curve_of(path, &place, shares)?;
    }
    Ok(())
}

fn check_issuer(path: &str, place: &str, file: &TargetsFile, issuer: &str) -> Result<(), CatalogueError> {
    let only_one = file.issuers.is_empty() && issuer == file.issuer;
    if only_one || file.issuers.iter().any(|named| named == issuer) {
        return Ok(());
    }
    let hint = "list every issuer in issuers = [\"…\"] at the top of the file, the one whose targets lead first";
    Err(at(path, place, format!("{issuer:?} is not among the issuers"), hint))
}

fn place_of(scope: &str, metric: &str, band: Option<&str>) -> String {
    match band {
        Some(band) => format!("{scope} {metric} {band}"),
        None => format!("{scope} {metric}"),
    }
}

fn metric_of(path: &str, place: &str, id: &str) -> Result<Metric, CatalogueError> {
    Metric::from_id(id)
        .ok_or_else(|| at(path, place, format!("there is no metric {id:?}"), "write signed, started, completed or fixed_assets"))
}

fn curve_of(path: &str, place: &str, shares: &[f64]) -> Result<MonthlyCurve, CatalogueError> {
    MonthlyCurve::from_shares(shares)
        .map_err(|error| at(path, place, error.to_string(), "write the share of each month in percent, January first, 100 in all"))
}

fn blank_target(path: &str, place: &str, file: &TargetsFile, heading: &Heading<'_>, bands: &Bands) -> Result<Target, CatalogueError> {
    let metric = metric_of(path, place, heading.metric)?;
    let Some(kind) = TargetKind::from_id(heading.kind) else {
        return Err(at(path, place, format!("there is no kind {:?}", heading.kind), "write count, amount or growth"));
    };
    if !kind.suits(metric) {
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
    if let Some(issuer) = heading.issuer {
        check_issuer(path, place, file, issuer)?;
    }
    let shares = heading.pace.or_else(|| file.pace.get(heading.metric).map(Vec::as_slice));
    let curve = shares.map_or_else(|| Ok(MonthlyCurve::linear()), |shares| curve_of(path, place, shares))?;
    Ok(Target {
        year: file.year,
        metric,
        band: heading.band.map(str::to_owned),
        scope: Scope::City,
        scope_id: String::new(),
        kind,
        value: None,
        issuer: heading.issuer.unwrap_or(&file.issuer).to_owned(),
        known_from,
        known_until: heading.known_until,
        documented: heading.documented,
        note: heading.note.to_owned(),
        reason: heading.reason.to_owned(),
        curve,
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
