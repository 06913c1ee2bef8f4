//! What a year's targets must keep: their members, one at a time, a reason for each change, and their sums.

use std::collections::BTreeSet;

use chrono::NaiveDate;

use super::super::CatalogueError;
use super::super::files::at;
use super::{Known, place_of};
use crate::target::{Scope, Target, bearers, sum_differences};

/// Every assessed carrier, every chain, or every chain that has a team must be there once: a missing one would be
/// taken for "-".
pub(super) fn members<'i>(
    path: &str,
    place: &str,
    given: impl Iterator<Item = &'i str>,
    scope: Scope,
    known: &Known<'_>,
    day: NaiveDate,
) -> Result<(), CatalogueError> {
    let due: BTreeSet<&str> = bearers(scope, known.carriers, known.chains, day).into_iter().map(|(id, _)| id).collect();
    let given: BTreeSet<&str> = given.collect();
    if let Some(stranger) = given.difference(&due).next() {
        let problem = format!("{stranger} is no {} that carries targets on {day}", scope.id());
        return Err(at(path, place, problem, "correct the id, or its dates in the catalogue"));
    }
    if let Some(missing) = due.difference(&given).next() {
        return Err(at(path, place, format!("{missing} is missing"), "give it a value, or \"-\" for not set"));
    }
    Ok(())
}

/// An issuer sets one value at a time, and says why when it sets another.
pub(super) fn revisions(path: &str, targets: &[Target]) -> Result<(), CatalogueError> {
    for (index, target) in targets.iter().enumerate() {
        let key = target.key();
        let place = || place_of(target.scope.id(), target.metric.id(), target.band.as_deref());
        let others = targets.iter().enumerate().filter(|(at, other)| *at != index && key.fits(other) && other.issuer == target.issuer);
        for (_, other) in others {
            if other.known_on(target.known_from) || target.known_on(other.known_from) {
                let problem = format!("{} has two values on one day", target.scope_id);
                return Err(at(path, &place(), problem, "end the earlier one with known_until, or name another issuer"));
            }
            if other.known_from < target.known_from && target.reason.is_empty() {
                let problem = format!("{} is replaced on {} without a reason", target.scope_id, target.known_from);
                return Err(at(path, &place(), problem, "write reason = \"…\" in the later row"));
            }
        }
    }
    Ok(())
}

/// On every day on which anything changes, the carriers' and the chains' targets of an issuer add up to the city's.
pub(super) fn sums(path: &str, targets: &[Target], city: &str) -> Result<(), CatalogueError> {
    let days: BTreeSet<NaiveDate> = targets.iter().map(|target| target.known_from).collect();
    for day in days {
        if let Some(differs) = sum_differences(targets, city, day).first() {
            let place = place_of(differs.scope.id(), differs.metric.id(), differs.band.as_deref());
            let print = |value: Option<i64>| value.map_or_else(|| "-".to_owned(), |value| value.to_string());
            let problem = format!("adds up to {} but the city's target is {}", print(differs.parts), print(differs.whole));
            return Err(at(path, &place, problem, "correct one of the shares"));
        }
    }
    Ok(())
}
