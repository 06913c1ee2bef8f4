//! Which generations stay (保留策略): the newest ones, the first of each recent day, the pinned ones.

mod remove;

use chrono::{DateTime, FixedOffset, NaiveDate, Offset, TimeDelta, Utc};

use crate::snapshot::{Opened, open};
use crate::{LakeError, Layout, numbers};

pub use remove::{Retired, pin, retire, unpin};

/// How much to keep.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Policy {
    /// The newest generations, by number; at least 1 is kept whatever is asked.
    pub keep_last: usize,
    /// For so many days back from today, the first generation of each day.
    pub daily_days: u32,
    /// Where a day begins: Asia/Shanghai is UTC+8 all year.
    pub offset: FixedOffset,
}

impl Default for Policy {
    /// The last 10 generations and the first of each of 30 days, by Chinese time.
    fn default() -> Self {
        let offset = FixedOffset::east_opt(8 * 3600).unwrap_or_else(|| Utc.fix());
        Self { keep_last: 10, daily_days: 30, offset }
    }
}

/// One generation, as far as retention cares.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    pub generation: u64,
    /// None when its manifest cannot be read.
    pub published_at: Option<DateTime<Utc>>,
    pub parent: Option<u64>,
    pub pinned: bool,
}

/// Why a generation stays, or that it goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// The newest good one, which is served.
    Current,
    /// What the current one was built upon.
    ParentOfCurrent,
    /// A closed period or a person wants it for ever.
    Pinned,
    /// Among the newest.
    Recent,
    /// The first one of its day.
    FirstOfDay,
    /// Older than any reason to keep it.
    Retire,
}

/// Decides for each generation, in the order given. `current` is the generation being served. Damaged ones
/// (without a time) stay while they are newer than `current`, as evidence, and go once repaired.
pub fn plan(entries: &[Entry], current: u64, policy: &Policy, now: DateTime<Utc>) -> Vec<Verdict> {
    let parent = entries.iter().find(|entry| entry.generation == current).and_then(|entry| entry.parent);
    let mut newest: Vec<u64> = entries.iter().map(|entry| entry.generation).collect();
    newest.sort_unstable_by(|a, b| b.cmp(a));
    newest.truncate(policy.keep_last.max(1));
    let first_day = day_of(now, policy) - TimeDelta::days(i64::from(policy.daily_days));
    let verdict = |entry: &Entry| {
        if entry.generation == current {
            Verdict::Current
        } else if Some(entry.generation) == parent {
            Verdict::ParentOfCurrent
        } else if entry.pinned {
            Verdict::Pinned
        } else if entry.published_at.is_none() {
            if entry.generation > current { Verdict::Recent } else { Verdict::Retire }
        } else if newest.contains(&entry.generation) {
            Verdict::Recent
        } else if is_first_of_recent_day(entry, entries, first_day, policy) {
            Verdict::FirstOfDay
        } else {
            Verdict::Retire
        }
    };
    entries.iter().map(verdict).collect()
}

/// The generations of a lake as retention sees them, ascending.
pub fn entries(layout: &Layout) -> Result<Vec<Entry>, LakeError> {
    let mut entries = Vec::new();
    for generation in numbers::published(layout)? {
        let pin = layout.pin(generation).exists();
        match open(layout, generation)? {
            Opened::Gone => {}
            Opened::Bad(_) => {
                entries.push(Entry { generation, published_at: None, parent: None, pinned: pin });
            }
            Opened::Read(snapshot) => {
                let manifest = snapshot.manifest();
                entries.push(Entry {
                    generation,
                    published_at: Some(manifest.published_at),
                    parent: manifest.parent.as_ref().map(|parent| parent.generation),
                    pinned: pin || manifest.pinned.is_some(),
                });
            }
        }
    }
    Ok(entries)
}

fn day_of(at: DateTime<Utc>, policy: &Policy) -> NaiveDate {
    at.with_timezone(&policy.offset).date_naive()
}

fn is_first_of_recent_day(entry: &Entry, all: &[Entry], first_day: NaiveDate, policy: &Policy) -> bool {
    let day = entry.published_at.map(|at| day_of(at, policy));
    if day.is_none_or(|day| day < first_day) {
        return false;
    }
    let same_day = |other: &&Entry| other.published_at.map(|at| day_of(at, policy)) == day;
    all.iter().filter(same_day).map(|other| other.generation).min() == Some(entry.generation)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        DateTime::parse_from_rfc3339(text).unwrap().to_utc()
    }

    fn entry(generation: u64, published: &str) -> Entry {
        let parent = generation.checked_sub(1).filter(|parent| *parent > 0);
        Entry { generation, published_at: Some(at(published)), parent, pinned: false }
    }

    fn check(entries: &[Entry], current: u64, keep_last: usize, days: u32, expect: &[Verdict]) {
        let policy = Policy { keep_last, daily_days: days, ..Policy::default() };
        assert_eq!(plan(entries, current, &policy, at("2022-06-10T04:00:00Z")), expect);
    }

    use Verdict::*;

    #[test]
    fn keeps_newest_first_of_day_and_pinned() {
        let mut all = vec![
            entry(1, "2022-06-01T01:00:00Z"),
            entry(2, "2022-06-08T02:00:00Z"),
            entry(3, "2022-06-08T03:00:00Z"),
            // 00:30 on the 9th in China, still the 8th in UTC
            entry(4, "2022-06-08T16:30:00Z"),
            entry(5, "2022-06-09T03:00:00Z"),
            entry(6, "2022-06-10T01:00:00Z"),
            entry(7, "2022-06-10T02:00:00Z"),
            entry(8, "2022-06-10T03:00:00Z"),
        ];
        let expect = [Retire, FirstOfDay, Retire, FirstOfDay, Retire, FirstOfDay, ParentOfCurrent, Current];
        check(&all, 8, 1, 3, &expect);
        all[0].pinned = true;
        all[2].pinned = true;
        let expect = [Pinned, FirstOfDay, Pinned, FirstOfDay, Retire, Recent, ParentOfCurrent, Current];
        check(&all, 8, 3, 3, &expect);
    }

    #[test]
    fn never_the_current_or_its_parent() {
        let all = [entry(1, "2020-01-01T00:00:00Z"), entry(2, "2020-01-02T00:00:00Z")];
        check(&all, 2, 0, 0, &[ParentOfCurrent, Current]);
        check(&all[..1], 1, 0, 0, &[Current]);
    }

    #[test]
    fn damaged_ones_are_kept_until_repaired() {
        let broken = |generation| Entry { generation, published_at: None, parent: None, pinned: false };
        let all = [entry(1, "2022-06-10T01:00:00Z"), broken(2), broken(3)];
        check(&all, 1, 1, 0, &[Current, Recent, Recent]);
        let mut repaired = all.to_vec();
        repaired.push(Entry { parent: Some(1), ..entry(4, "2022-06-10T02:00:00Z") });
        check(&repaired, 4, 10, 30, &[ParentOfCurrent, Retire, Retire, Current]);
    }
}
