//! When a job is due: cron expressions in the time of Shanghai.

use chrono::{DateTime, SubsecRound, Utc};
use chrono_tz::Asia::Shanghai;
use croner::Cron;
use croner::parser::CronParser;

use crate::JobsError;

/// A cron expression (minute hour day month weekday), read in Asia/Shanghai. China has had no daylight saving
/// time since 1991.
#[derive(Debug, Clone)]
pub struct Schedule {
    cron: Cron,
}

impl Schedule {
    /// Reads the expression of the named job.
    pub fn parse(job: &str, cron: &str) -> Result<Self, JobsError> {
        match CronParser::new().parse(cron) {
            Ok(cron) => Ok(Self { cron }),
            Err(error) => Err(JobsError::Schedule { job: job.to_owned(), cron: cron.to_owned(), problem: error.to_string() }),
        }
    }

    /// The first slot after the given time; none when the expression names no day that exists.
    pub fn next(&self, after: DateTime<Utc>) -> Option<DateTime<Utc>> {
        // croner carries fractions of a second of the start into its answer
        let after = after.with_timezone(&Shanghai).trunc_subsecs(0);
        self.cron.find_next_occurrence(&after, false).ok().map(|slot| slot.to_utc())
    }

    /// Slots after `after` and not after `until`, oldest first, at most `most`.
    pub fn due(&self, after: DateTime<Utc>, until: DateTime<Utc>, most: usize) -> Vec<DateTime<Utc>> {
        let mut slots = Vec::new();
        let mut last = after;
        while slots.len() < most {
            match self.next(last) {
                Some(slot) if slot <= until => {
                    slots.push(slot);
                    last = slot;
                }
                _ => break,
            }
        }
        slots
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn check(cron: &str, after: &str, expect: &str) {
        let schedule = Schedule::parse("job", cron).unwrap();
        assert_eq!(schedule.next(at(after)), Some(at(expect)), "{cron} after {after}");
    }

    #[test]
    fn next_slot_is_in_the_time_of_shanghai() {
        check("*/5 * * * *", "2022-05-31T02:00:00Z", "2022-05-31T02:05:00Z");
        check("*/5 * * * *", "2022-05-31T02:04:59.999Z", "2022-05-31T02:05:00Z");
        check("*/5 * * * *", "2022-05-31T02:05:00.001Z", "2022-05-31T02:10:00Z");
        check("10 * * * *", "2022-05-31T02:10:00Z", "2022-05-31T03:10:00Z");
        // 03:30 in Shanghai is 19:30 UTC of the day before
        check("30 3 * * *", "2022-05-31T02:00:00Z", "2022-05-31T19:30:00Z");
        // Monday 08:00
        check("0 8 * * 1", "2022-05-31T02:00:00Z", "2022-06-06T00:00:00Z");
    }

    #[test]
    fn a_year_of_nights_is_24_hours_apart() {
        let schedule = Schedule::parse("job", "30 3 * * *").unwrap();
        let slots = schedule.due(at("2022-01-01T00:00:00Z"), at("2023-01-01T00:00:00Z"), 1_000);
        assert_eq!(slots.len(), 365);
        assert!(slots.windows(2).all(|pair| pair[1] - pair[0] == TimeDelta::hours(24)));
    }

    #[test]
    fn due_is_bounded() {
        let schedule = Schedule::parse("job", "* * * * *").unwrap();
        assert_eq!(schedule.due(at("2022-01-01T00:00:00Z"), at("2099-01-01T00:00:00Z"), 50).len(), 50);
        assert!(schedule.due(at("2022-01-01T00:00:00Z"), at("2021-01-01T00:00:00Z"), 50).is_empty());
        assert!(Schedule::parse("job", "every now and then").is_err());
    }
}
