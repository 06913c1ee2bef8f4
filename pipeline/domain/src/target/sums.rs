//! Whether targets add up (目标分解): the parts of carriers and chains against the city's whole.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::{Metric, Scope, Target, TargetKey, TargetKind, target_by, value_on};

/// Parts that do not add up to their whole (分解不平), in projects or yuan; `None` is "-".
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SumDifference {
    pub year: i32,
    /// Carriers or chains.
    pub scope: Scope,
    pub metric: Metric,
    pub band: Option<String>,
    pub issuer: String,
    pub parts: Option<i64>,
    pub whole: Option<i64>,
}

/// The sums that differ on `day`: the carriers' and the chains' targets of an issuer add up to the city's, to its own
/// or to the one that leads where it set none. Growth is not added; "-" adds nothing. Teams are not added up: a
/// project counts for its team and its carrier, and teams may be set more than the whole. `city` is the city's id.
pub fn sum_differences(targets: &[Target], city: &str, day: NaiveDate) -> Vec<SumDifference> {
    let mut differences = Vec::new();
    for scope in [Scope::Carrier, Scope::Chain] {
        for ((year, metric, band, kind, issuer), parts) in sums_on(targets, scope, day) {
            let key = TargetKey { year, metric, band, scope: Scope::City, scope_id: city, kind };
            let whole = target_by(targets, &key, issuer, day).map_or_else(|| value_on(targets, &key, day), |own| own.value);
            if parts != whole {
                let (band, issuer) = (band.map(str::to_owned), issuer.to_owned());
                differences.push(SumDifference { year, scope, metric, band, issuer, parts, whole });
            }
        }
    }
    differences
}

type Sums<'t> = BTreeMap<(i32, Metric, Option<&'t str>, TargetKind, &'t str), Option<i64>>;

fn sums_on(targets: &[Target], scope: Scope, day: NaiveDate) -> Sums<'_> {
    let mut sums = Sums::new();
    let added = |target: &&Target| target.scope == scope && target.kind != TargetKind::Growth && target.known_on(day);
    for target in targets.iter().filter(added) {
        let key = (target.year, target.metric, target.band.as_deref(), target.kind, target.issuer.as_str());
        let sum = sums.entry(key).or_default();
        if let Some(value) = target.value {
            *sum = Some(sum.unwrap_or(0) + value);
        }
    }
    sums
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::target::fixture;

    fn target(scope: Scope, scope_id: &str, value: Option<i64>, issuer: &str) -> Target {
        Target { scope, scope_id: scope_id.into(), issuer: issuer.into(), ..fixture::target(value) }
    }

    /// 12 + 8 of a city's 24 lack 4; with 4 more they add up. The province's city target has no parts: no sum.
    #[test]
    fn parts_that_lack_something_are_named() {
        let day = "2022-05-31".parse().unwrap();
        let mut targets = vec![
            target(Scope::City, "huaibei", Some(24), "市"),
            target(Scope::City, "huaibei", Some(20), "省"),
            target(Scope::Carrier, "suixi", Some(12), "市"),
            target(Scope::Carrier, "xiangshan", Some(8), "市"),
            target(Scope::Carrier, "gaoxin", None, "市"),
        ];
        let found = sum_differences(&targets, "huaibei", day);
        let told: Vec<_> = found.iter().map(|sum| (sum.scope, sum.issuer.as_str(), sum.parts, sum.whole)).collect();
        assert_eq!(told, [(Scope::Carrier, "市", Some(20), Some(24))]);
        targets[4].value = Some(4);
        assert_eq!(sum_differences(&targets, "huaibei", day), []);
        assert_eq!(sum_differences(&targets, "huaibei", "2021-12-31".parse().unwrap()), []);
    }
}
