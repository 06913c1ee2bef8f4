//! What is missing (尚缺): how much more by when brings a target back to its pace, as a sentence.

use chrono::{Datelike, Days, NaiveDate};

use crate::figures::{print_count, shortfall};
use crate::money;
use crate::period::end_of_month;
use crate::target::{Target, TargetKind};

/// How much more is needed by a day (补齐序时尚缺).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Missing {
    /// Projects or yuan; 0 when enough is done for that day already.
    pub amount: i64,
    pub unit: MissingUnit,
    /// Needed by the end of this day.
    pub by: NaiveDate,
    pub now: Standing,
}

/// What is counted (单位).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MissingUnit {
    /// 个
    Projects,
    /// 元, printed in 亿元 or 万元
    Yuan,
}

/// Where a target stands today.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// 低于序时进度
    BehindPace,
    /// 达到序时进度
    OnPace,
}

/// What `done` by `today` still lacks at the end of the next month (下月底前尚缺), in the last month and before the
/// year's last day at the end of the year. `None` when there is nothing to be behind of: no value, a target of
/// growth, another year, or the year's last day itself.
pub fn missing_by_next_month(target: &Target, done: i64, today: NaiveDate) -> Option<Missing> {
    let year_end = NaiveDate::from_ymd_opt(target.year, 12, 31)?;
    if today.year() != target.year || today == year_end {
        return None;
    }
    let next_month = end_of_month(today).checked_add_days(Days::new(1)).map(end_of_month)?;
    missing_by(target, done, today, next_month.min(year_end))
}

/// What `done` by `today` still lacks at the end of the day `by`. `None` without a value and for growth.
pub fn missing_by(target: &Target, done: i64, today: NaiveDate, by: NaiveDate) -> Option<Missing> {
    let unit = match target.kind {
        TargetKind::Count => MissingUnit::Projects,
        TargetKind::Amount => MissingUnit::Yuan,
        TargetKind::Growth => return None,
    };
    let value = target.value?;
    let behind_today = shortfall(done, value, target.pace_on(today)) > 0;
    let now = if behind_today { Standing::BehindPace } else { Standing::OnPace };
    Some(Missing { amount: shortfall(done, value, target.pace_on(by)), unit, by, now })
}

impl Missing {
    /// `还差11个，6月30日前补齐即回到序时`; on pace today `6月30日前再完成5个即保持序时`, or
    /// `已达到6月30日的序时进度`.
    pub fn sentence(&self) -> String {
        let by = format!("{}月{}日", self.by.month(), self.by.day());
        if self.amount == 0 {
            return format!("已达到{by}的序时进度");
        }
        let amount = match self.unit {
            MissingUnit::Projects => format!("{}个", print_count(self.amount)),
            MissingUnit::Yuan => money::in_words(self.amount),
        };
        match self.now {
            Standing::BehindPace => format!("还差{amount}，{by}前补齐即回到序时"),
            Standing::OnPace => format!("{by}前再完成{amount}即保持序时"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::target::Metric;
    use crate::target::fixture::{self, day};
    use proptest::prelude::*;

    fn target(metric: Metric, kind: TargetKind, value: Option<i64>) -> Target {
        Target { metric, kind, ..fixture::target(value) }
    }

    /// Started 92 of 225 in May 2022: half of 225 is 112.5, so 113 by the end of June, 21 more. Signed 188 of 310:
    /// 155 by the end of June are done. Fixed assets 63.4亿元 of 165: 82.5 by then, 19.1亿元 more.
    #[test]
    fn sentences_of_may_2022() {
        let count = |value| target(Metric::Started, TargetKind::Count, value);
        let check = |target: &Target, done: i64, today: &str, expect: Option<&str>| {
            let said = missing_by_next_month(target, done, day(today)).map(|missing| missing.sentence());
            assert_eq!(said.as_deref(), expect, "{done} on {today}");
        };
        check(&count(Some(225)), 92, "2022-05-31", Some("还差21个，6月30日前补齐即回到序时"));
        check(&count(Some(310)), 188, "2022-05-31", Some("已达到6月30日的序时进度"));
        check(&count(Some(225)), 100, "2022-05-31", Some("6月30日前再完成13个即保持序时"));
        check(&count(Some(225)), 92, "2022-05-13", Some("6月30日前再完成21个即保持序时"));
        let fixed = target(Metric::FixedAssets, TargetKind::Amount, Some(16_500_000_000));
        check(&fixed, 6_340_000_000, "2022-05-31", Some("还差19.1亿元，6月30日前补齐即回到序时"));
        check(&fixed, 8_240_000_000, "2022-06-01", Some("7月31日前再完成13.85亿元即保持序时"));
        check(&count(Some(12)), 0, "2022-11-30", Some("还差12个，12月31日前补齐即回到序时"));
        check(&count(Some(12)), 0, "2022-12-30", Some("还差12个，12月31日前补齐即回到序时"));
        check(&count(Some(12)), 0, "2022-12-31", None);
        check(&count(Some(12)), 0, "2021-12-31", None);
        check(&count(None), 0, "2022-05-31", None);
        check(&target(Metric::Signed, TargetKind::Growth, Some(6000)), 0, "2022-05-31", None);
    }

    proptest! {
        /// With what is missing the day's plan is reached, and with one less it is not.
        #[test]
        fn exactly_what_is_missing(done in 0i64..400, value in 1i64..400, offset in 0u64..364) {
            let today = day("2022-01-01") + Days::new(offset);
            let target = target(Metric::Signed, TargetKind::Count, Some(value));
            let missing = missing_by_next_month(&target, done, today).unwrap();
            prop_assert!(missing.by > today);
            let after = |more: i64| shortfall(done + more, value, target.pace_on(missing.by));
            prop_assert_eq!(after(missing.amount), 0);
            if missing.amount > 0 {
                prop_assert_eq!(after(missing.amount - 1), 1);
            }
        }
    }
}
