//! How a promise was kept (兑现情况): early, on time, late, overdue or not due, in days and in months.

use chrono::{Datelike, Months, NaiveDate};

use crate::period::end_of_month;

/// What became of a promise by a day (兑现状态).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kept {
    /// 提前: before the month that was promised.
    Early,
    /// 按期: within the month that was promised and not after the day.
    OnTime,
    /// 逾期: after the day.
    Late,
    /// 逾期未办: the day has passed and nothing has happened.
    Overdue,
    /// 未到期: the day has not passed.
    NotDue,
}

impl Kept {
    /// All, in the order in which they are shown.
    pub const ALL: [Self; 5] = [Self::Early, Self::OnTime, Self::Late, Self::Overdue, Self::NotDue];

    /// The name in addresses and SQL.
    pub fn id(self) -> &'static str {
        match self {
            Self::Early => "early",
            Self::OnTime => "on_time",
            Self::Late => "late",
            Self::Overdue => "overdue",
            Self::NotDue => "not_due",
        }
    }

    /// Reads [`Kept::id`].
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kept| kept.id() == id)
    }

    /// The name for people; what has not happened (开工, 竣工) is said by the caller.
    pub fn name(self) -> &'static str {
        match self {
            Self::Early => "提前",
            Self::OnTime => "按期",
            Self::Late => "逾期",
            Self::Overdue => "逾期未办",
            Self::NotDue => "未到期",
        }
    }
}

/// How far a fact, or the day of looking, lies from the promised day (偏差).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Delay {
    pub kept: Kept,
    /// Days after the promised day; negative before it.
    pub days: i64,
    /// Months begun after the promised day; 0 on time; negative whole calendar months when early.
    pub months: i32,
}

/// Judges a promised day by the day of the fact, or by `as_of` while there is none. A fact after `as_of` has not happened.
///
/// A promise that names a month is one for the month's last day, so within its own month nobody is early: early is
/// what happened in an earlier month. Late counts from the day after: one day late is in the first month of being late.
/// A promise for the last day of a month is due at the month's end in every later month too.
pub fn delay(promised: NaiveDate, happened: Option<NaiveDate>, as_of: NaiveDate) -> Delay {
    let happened = happened.filter(|day| *day <= as_of);
    let until = happened.unwrap_or(as_of);
    let days = (until - promised).num_days();
    let months = months(promised, until);
    let kept = match (happened.is_some(), days > 0) {
        (true, true) => Kept::Late,
        (true, false) if months < 0 => Kept::Early,
        (true, false) => Kept::OnTime,
        (false, true) => Kept::Overdue,
        (false, false) => Kept::NotDue,
    };
    Delay { kept, days, months }
}

/// Months begun from the promised day to a later one; whole calendar months back to an earlier one.
fn months(promised: NaiveDate, day: NaiveDate) -> i32 {
    let calendar = (day.year() - promised.year()) * 12 + day.month() as i32 - promised.month() as i32;
    if day <= promised {
        return calendar;
    }
    let due = later(promised, calendar.unsigned_abs());
    if day <= due { calendar } else { calendar + 1 }
}

fn later(promised: NaiveDate, months: u32) -> NaiveDate {
    let same_day = promised.checked_add_months(Months::new(months)).unwrap_or(promised);
    if promised == end_of_month(promised) { end_of_month(same_day) } else { same_day }
}

/// A class of delays in the distribution (偏差分档).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SlipBand {
    pub id: &'static str,
    pub name: &'static str,
    /// Months as in [`Delay::months`], both included.
    pub least: i32,
    pub most: i32,
}

impl SlipBand {
    /// From earliest to latest: they cover every number of months once.
    pub const ALL: [Self; 8] = [
        Self { id: "early3", name: "提前3个月以上", least: i32::MIN, most: -3 },
        Self { id: "early1", name: "提前1—2个月", least: -2, most: -1 },
        Self { id: "on_time", name: "按期", least: 0, most: 0 },
        Self { id: "late1", name: "逾期1个月内", least: 1, most: 1 },
        Self { id: "late3", name: "逾期1—3个月", least: 2, most: 3 },
        Self { id: "late6", name: "逾期3—6个月", least: 4, most: 6 },
        Self { id: "late12", name: "逾期6—12个月", least: 7, most: 12 },
        Self { id: "later", name: "逾期1年以上", least: 13, most: i32::MAX },
    ];

    /// The class of so many months.
    pub fn of(months: i32) -> Option<Self> {
        Self::ALL.into_iter().find(|band| (band.least..=band.most).contains(&months))
    }

    /// Reads [`SlipBand::id`].
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|band| band.id == id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeDelta;
    use proptest::prelude::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn delays_by_hand() {
        let check = |promised: &str, happened: &str, kept: Kept, days: i64, months: i32| {
            let happened = (!happened.is_empty()).then(|| day(happened));
            assert_eq!(delay(day(promised), happened, day("2022-05-31")), Delay { kept, days, months }, "{promised} {happened:?}");
        };
        // Promised for March, that is for the 31st: any day of March is on time.
        check("2022-03-31", "2022-03-31", Kept::OnTime, 0, 0);
        check("2022-03-31", "2022-03-01", Kept::OnTime, -30, 0);
        check("2022-03-31", "2022-02-28", Kept::Early, -31, -1);
        check("2022-03-31", "2021-12-15", Kept::Early, -106, -3);
        // April is the first month late, to its last day; the 1st of May begins the second.
        check("2022-03-31", "2022-04-01", Kept::Late, 1, 1);
        check("2022-03-31", "2022-04-30", Kept::Late, 30, 1);
        check("2022-03-31", "2022-05-01", Kept::Late, 31, 2);
        // A promise for the end of February is due at the end of March in its second month, not on the 28th.
        check("2022-02-28", "2022-03-31", Kept::Late, 31, 1);
        // Promised for a day inside a month: late in the same month already.
        check("2022-03-10", "2022-03-28", Kept::Late, 18, 1);
        check("2022-03-10", "2022-04-10", Kept::Late, 31, 1);
        check("2022-03-10", "2022-04-11", Kept::Late, 32, 2);
        // Nothing has happened: overdue after the day, not due on it; what happens later has not happened.
        check("2022-05-30", "", Kept::Overdue, 1, 1);
        check("2022-05-31", "", Kept::NotDue, 0, 0);
        check("2022-08-31", "", Kept::NotDue, -92, -3);
        check("2022-04-30", "2022-06-01", Kept::Overdue, 31, 1);
    }

    #[test]
    fn bands_cover_every_month_once() {
        for months in -40..40 {
            assert_eq!(SlipBand::ALL.iter().filter(|band| (band.least..=band.most).contains(&months)).count(), 1, "{months}");
        }
        let ids: Vec<_> = [-3, -2, 0, 1, 2, 6, 7, 12, 13].iter().filter_map(|months| SlipBand::of(*months)).map(|band| band.id).collect();
        assert_eq!(ids, ["early3", "early1", "on_time", "late1", "late3", "late6", "late12", "late12", "later"]);
    }

    proptest! {
        #[test]
        fn a_later_fact_is_never_less_late(promised in 0i64..4_000, happened in 0i64..4_000, more in 0i64..400) {
            let on = |days: i64| day("2018-01-01") + TimeDelta::days(days);
            let far = day("2100-01-01");
            let (one, other) = (delay(on(promised), Some(on(happened)), far), delay(on(promised), Some(on(happened + more)), far));
            prop_assert!(one.months <= other.months && one.days <= other.days);
            prop_assert_eq!(one.days > 0, one.months > 0);
            prop_assert_eq!(one.kept == Kept::Late, one.days > 0);
            // A month has at most 31 days and at least 28.
            prop_assert!(one.days <= 31 * i64::from(one.months.max(0)));
            prop_assert!(one.months <= 1 || one.days > 28 * i64::from(one.months - 1));
        }

        #[test]
        fn overdue_turns_late_without_a_jump(promised in 0i64..4_000, looked in 0i64..4_000) {
            let on = |days: i64| day("2018-01-01") + TimeDelta::days(days);
            let (waiting, done) = (delay(on(promised), None, on(looked)), delay(on(promised), Some(on(looked)), on(looked)));
            prop_assert_eq!((waiting.days, waiting.months), (done.days, done.months));
            prop_assert_eq!(waiting.kept == Kept::Overdue, done.kept == Kept::Late);
        }
    }
}
