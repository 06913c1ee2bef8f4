//! Targets set in the books (登记的目标) beside those of the city's files: one rule of precedence, dated.

use chrono::NaiveDate;

use super::{Target, leading};

/// Where a target is written down (目标来源).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TargetSource {
    /// `targets-<year>.toml` of the city.
    File,
    /// Entered by the center, on the page.
    Books,
}

impl TargetSource {
    /// `file` or `books`, as stored in the lake.
    pub fn id(self) -> &'static str {
        match self {
            TargetSource::File => "file",
            TargetSource::Books => "books",
        }
    }
}

/// A target as it was issued, and where it is written down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IssuedTarget {
    pub target: Target,
    pub source: TargetSource,
}

/// Joins the files' targets with those of the books, several issuers side by side.
///
/// The rule: for the same thing by the same issuer, a revision in the books outranks the file's from its first day
/// on, whatever the file says of later days; until that day the file stands. A revision in the books stands until
/// the next one; of two from the same day the later entry stands, and the earlier keeps its row with equal bounds,
/// so that no day sees it. `entered` come in the order in which they were entered; their ends are found here.
/// Issuers keep the order of the year's file; those that only the books know follow in the order of their entries.
pub fn joined(filed: &[Target], entered: &[Target]) -> Vec<IssuedTarget> {
    let mut all: Vec<IssuedTarget> = Vec::with_capacity(filed.len() + entered.len());
    for target in filed {
        let first = entered.iter().filter(|revision| same(revision, target)).map(|revision| revision.known_from).min();
        if first.is_some_and(|first| target.known_from >= first) {
            continue;
        }
        let known_until = target.known_until.into_iter().chain(first).min();
        all.push(IssuedTarget { target: Target { known_until, ..target.clone() }, source: TargetSource::File });
    }
    for (revision, known_until) in entered.iter().zip(ends(entered)) {
        all.push(IssuedTarget { target: Target { known_until, ..revision.clone() }, source: TargetSource::Books });
    }
    let mut issuers: Vec<(i32, &str)> = Vec::new();
    for target in filed.iter().chain(entered) {
        let named = (target.year, target.issuer.as_str());
        if !issuers.contains(&named) {
            issuers.push(named);
        }
    }
    let rank = |target: &Target| issuers.iter().position(|named| *named == (target.year, target.issuer.as_str()));
    all.sort_by_key(|issued| (issued.target.year, rank(&issued.target)));
    all
}

/// The first day on which each entry stands no more, in the order of the entries; its own first day where it was
/// mended on the same day.
pub fn ends(entered: &[Target]) -> Vec<Option<NaiveDate>> {
    let end = |(place, revision): (usize, &Target)| {
        let later = |(at, other): &(usize, &Target)| (other.known_from, *at) > (revision.known_from, place) && same(other, revision);
        entered.iter().enumerate().filter(later).map(|(_, other)| other.known_from).min()
    };
    entered.iter().enumerate().map(end).collect()
}

fn same(one: &Target, other: &Target) -> bool {
    one.key() == other.key() && one.issuer == other.issuer
}

/// Of joined targets one at a time for each thing and day, as [`leading`] chooses; rows that no day sees are left out.
pub fn leading_of(issued: &[IssuedTarget]) -> Vec<IssuedTarget> {
    let seen: Vec<&IssuedTarget> = issued.iter().filter(|issued| issued.target.known_until != Some(issued.target.known_from)).collect();
    let targets: Vec<Target> = seen.iter().map(|issued| issued.target.clone()).collect();
    let led = leading(&targets).into_iter();
    led.map(|target| {
        let from_books = seen.iter().any(|issued| {
            issued.source == TargetSource::Books
                && issued.target.key() == target.key()
                && issued.target.issuer == target.issuer
                && issued.target.known_on(target.known_from)
        });
        IssuedTarget { target, source: if from_books { TargetSource::Books } else { TargetSource::File } }
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::target::fixture::{KEY, by, day};
    use crate::target::{target_by, target_on};

    fn told(issued: &[IssuedTarget]) -> Vec<(&str, Option<i64>, &'static str, String, String)> {
        let until = |target: &Target| target.known_until.map(|day| day.to_string()).unwrap_or_default();
        issued
            .iter()
            .map(|one| {
                let target = &one.target;
                (target.issuer.as_str(), target.value, one.source.id(), target.known_from.to_string(), until(target))
            })
            .collect()
    }

    /// The file says 310, from September 330. The center enters 320 from June, mends it to 325 the same day, and the
    /// province's 300 from July, which no file names: the file's September is outranked, the city's issuer leads.
    #[test]
    fn the_books_outrank_the_file_from_their_day_on() {
        let filed = [by("市", Some(310), day("2022-01-01"), Some(day("2022-09-01"))), by("市", Some(330), day("2022-09-01"), None)];
        let june = day("2022-06-01");
        let entered = [by("市", Some(320), june, None), by("省", Some(300), day("2022-07-01"), None), by("市", Some(325), june, None)];
        let all = joined(&filed, &entered);
        let text = |text: &str| text.to_owned();
        let expect = [
            ("市", Some(310), "file", text("2022-01-01"), text("2022-06-01")),
            ("市", Some(320), "books", text("2022-06-01"), text("2022-06-01")),
            ("市", Some(325), "books", text("2022-06-01"), text("")),
            ("省", Some(300), "books", text("2022-07-01"), text("")),
        ];
        assert_eq!(told(&all), expect);
        let expect = [expect[0].clone(), expect[2].clone()];
        assert_eq!(told(&leading_of(&all)), expect);
    }

    #[test]
    fn without_entries_nothing_changes() {
        let filed = [by("省", Some(1), day("2022-03-01"), Some(day("2022-09-01"))), by("市", Some(2), day("2022-01-01"), None)];
        let all = joined(&filed, &[]);
        assert_eq!(all.iter().map(|issued| issued.target.clone()).collect::<Vec<_>>(), filed);
        let led: Vec<Target> = leading_of(&all).into_iter().map(|issued| issued.target).collect();
        assert_eq!(led, leading(&filed));
    }

    proptest! {
        /// On any day an issuer's target is the last entry in force, else the file's; and one target leads.
        #[test]
        fn the_last_entry_in_force_stands(
            files in prop::collection::vec((0usize..2, 0u64..40), 0..3),
            entries in prop::collection::vec((0usize..3, 0u64..60), 0..6),
            on in 0u64..80,
        ) {
            const ISSUERS: [&str; 3] = ["省", "市", "县"];
            let at = |days: u64| day("2022-01-01") + chrono::Days::new(days);
            let mut filed: Vec<Target> = Vec::new();
            for (place, (issuer, from)) in files.iter().enumerate() {
                // One at a time, as the catalogue demands.
                if filed.iter().all(|target| target.issuer != ISSUERS[*issuer]) {
                    filed.push(by(ISSUERS[*issuer], Some(place as i64), at(*from), None));
                }
            }
            let entered: Vec<Target> =
                entries.iter().enumerate().map(|(place, (issuer, from))| by(ISSUERS[*issuer], Some(100 + place as i64), at(*from), None)).collect();
            let all: Vec<Target> = joined(&filed, &entered).into_iter().map(|issued| issued.target).collect();
            for issuer in ISSUERS {
                let own = entered.iter().enumerate().filter(|(_, target)| target.issuer == issuer && target.known_from <= at(on));
                let last = own.max_by_key(|(place, target)| (target.known_from, *place)).and_then(|(_, target)| target.value);
                let expect = last.or_else(|| target_by(&filed, &KEY, issuer, at(on)).and_then(|target| target.value));
                prop_assert_eq!(target_by(&all, &KEY, issuer, at(on)).and_then(|target| target.value), expect);
            }
            let led: Vec<Target> = leading_of(&joined(&filed, &entered)).into_iter().map(|issued| issued.target).collect();
            prop_assert!(led.iter().filter(|target| target.known_on(at(on))).count() <= 1);
            prop_assert_eq!(target_on(&led, &KEY, at(on)).map(|t| t.value), target_on(&all, &KEY, at(on)).map(|t| t.value));
        }
    }
}
