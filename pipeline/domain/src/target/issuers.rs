//! Several issuers of one target (下达单位): side by side, by name, in their order, and revised in time.

use chrono::NaiveDate;

use super::{Target, TargetKey};

/// All targets that answer `key` as known on `day`, one of each issuer, in the order of `targets`.
pub fn side_by_side<'t>(targets: &'t [Target], key: &TargetKey<'_>, day: NaiveDate) -> impl Iterator<Item = &'t Target> {
    targets.iter().filter(move |target| key.fits(target) && target.known_on(day))
}

/// The target that `issuer` set for `key`, as known on `day`. A row whose value is `None` is its "-".
pub fn target_by<'t>(targets: &'t [Target], key: &TargetKey<'_>, issuer: &str, day: NaiveDate) -> Option<&'t Target> {
    side_by_side(targets, key, day).find(|target| target.issuer == issuer)
}

/// What `issuer` set for `key` over time (目标调整), earliest first; each after the first says its reason.
pub fn revisions<'t>(targets: &'t [Target], key: &TargetKey<'_>, issuer: &str) -> Vec<&'t Target> {
    let mut versions: Vec<&Target> = targets.iter().filter(|target| key.fits(target) && target.issuer == issuer).collect();
    versions.sort_by_key(|target| target.known_from);
    versions
}

/// One target at a time: of several issuers' targets for the same thing the first in `targets` leads, and a later
/// one keeps only the days on which none before it is known. A value goes before any "-".
pub fn leading(targets: &[Target]) -> Vec<Target> {
    let mut led = Vec::with_capacity(targets.len());
    for (place, target) in targets.iter().enumerate() {
        let before = |other_place: usize, other: &Target| (other.value.is_none(), other_place) < (target.value.is_none(), place);
        let mut spans = vec![(target.known_from, target.known_until)];
        for (_, other) in targets.iter().enumerate().filter(|(at, other)| before(*at, other) && target.key().fits(other)) {
            spans = spans.into_iter().flat_map(|span| without(span, (other.known_from, other.known_until))).collect();
        }
        led.extend(spans.into_iter().map(|(known_from, known_until)| Target { known_from, known_until, ..target.clone() }));
    }
    led
}

/// From its first day to before its last; without a last it goes on.
type Span = (NaiveDate, Option<NaiveDate>);

/// What is left of `span` outside `taken`: nothing, one piece or two.
fn without(span: Span, taken: Span) -> impl Iterator<Item = Span> {
    let (from, until) = span;
    let starts_before_end = |day: NaiveDate| until.is_none_or(|until| day < until);
    let head = (from < taken.0).then(|| (from, Some(until.map_or(taken.0, |until| until.min(taken.0)))));
    let tail = taken.1.filter(|end| starts_before_end(*end)).map(|end| (from.max(end), until));
    head.into_iter().chain(tail)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::target::fixture::{KEY, by, day};
    use crate::target::target_on;
    use proptest::prelude::*;

    /// The province sets 300 from March to August; the city 310 all year: the province leads in between.
    #[test]
    fn the_first_issuer_leads_while_it_is_known() {
        let province = by("省", Some(300), day("2022-03-01"), Some(day("2022-09-01")));
        let city = by("市", Some(310), day("2022-01-01"), None);
        let issued = [province.clone(), city.clone()];
        let spans: Vec<_> = leading(&issued).into_iter().map(|t| (t.value, t.known_from, t.known_until)).collect();
        let expect = [
            (Some(300), day("2022-03-01"), Some(day("2022-09-01"))),
            (Some(310), day("2022-01-01"), Some(day("2022-03-01"))),
            (Some(310), day("2022-09-01"), None),
        ];
        assert_eq!(spans, expect);
        assert_eq!(target_on(&issued, &KEY, day("2022-05-31")), Some(&province));
        assert_eq!(target_by(&issued, &KEY, "市", day("2022-05-31")), Some(&city));
        assert_eq!(target_by(&issued, &KEY, "县", day("2022-05-31")), None);
        assert_eq!(side_by_side(&issued, &KEY, day("2022-05-31")).count(), 2);
        let silent = [by("省", None, day("2022-01-01"), None), city];
        assert_eq!(leading(&silent), [silent[1].clone()], "a dash leads nobody");
        assert_eq!(target_on(&silent, &KEY, day("2022-05-31")), Some(&silent[1]));
    }

    #[test]
    fn revisions_stand_in_time() {
        let july = day("2022-07-01");
        let issued = [by("市", Some(310), july, None), by("市", Some(300), day("2022-01-01"), Some(july)), by("省", Some(1), july, None)];
        let values: Vec<_> = revisions(&issued, &KEY, "市").into_iter().map(|target| target.value).collect();
        assert_eq!(values, [Some(300), Some(310)]);
    }

    proptest! {
        /// On any day exactly one target leads if any is known, and it is the one a lookup among all prefers.
        #[test]
        fn one_leads_on_each_day(rows in prop::collection::vec((prop::option::of(1i64..9), 0u64..60, prop::option::of(1u64..60)), 0..6), on in 0u64..130) {
            let at = |days: u64| day("2022-01-01") + chrono::Days::new(days);
            let issued: Vec<Target> = rows
                .iter()
                .enumerate()
                .map(|(place, (value, from, length))| by(&place.to_string(), *value, at(*from), length.map(|length| at(from + length))))
                .collect();
            let led = leading(&issued);
            let known: Vec<&Target> = side_by_side(&led, &KEY, at(on)).collect();
            prop_assert!(known.len() <= 1);
            let preferred = target_on(&issued, &KEY, at(on)).map(|target| target.issuer.as_str());
            prop_assert_eq!(known.first().map(|target| target.issuer.as_str()), preferred);
        }
    }
}
