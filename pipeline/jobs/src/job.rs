//! What a job is (任务): one plain struct, filled in by one file per job under `list/`.

use chrono::TimeDelta;
use qunlian_registry::{CatchUp, Limits, SlotClock};
use serde_json::Value;

/// One job: its names, its schedule, and what the runner does about misses, failures and excess.
#[derive(Debug, Clone)]
pub struct Job {
    /// Used on the command line and in the books.
    pub name: &'static str,
    pub title: &'static str,
    pub title_en: &'static str,
    /// One Chinese sentence for the jobs page.
    pub about: &'static str,
    /// Minute hour day month weekday, in the time of Shanghai.
    pub cron: &'static str,
    /// The same in Chinese words.
    pub schedule: &'static str,
    pub schedule_en: &'static str,
    pub clock: SlotClock,
    pub catch_up: CatchUp,
    pub limits: Limits,
    pub retries: Retries,
    /// The job to run at once when this one brought something new.
    pub follow_up: Option<FollowUp>,
}

/// How often and how soon a slot is tried again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retries {
    /// Attempts in all, at least 1.
    pub attempts: u32,
    /// Wait after the first failure; each further wait is four times as long.
    pub first_wait: TimeDelta,
    /// No wait is longer.
    pub longest_wait: TimeDelta,
}

impl Retries {
    /// The wait after that many attempts.
    pub fn wait_after(&self, attempts: u32) -> TimeDelta {
        let times = 4_i32.saturating_pow(attempts.saturating_sub(1));
        self.first_wait.checked_mul(times).unwrap_or(self.longest_wait).min(self.longest_wait)
    }
}

/// A job that runs when another brought something new.
#[derive(Debug, Clone, Copy)]
pub struct FollowUp {
    pub job: &'static str,
    /// Judges the result that the child reported.
    pub wanted: fn(&Value) -> bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_to_a_bound() {
        let retries = Retries { attempts: 9, first_wait: TimeDelta::seconds(30), longest_wait: TimeDelta::minutes(15) };
        let waits: Vec<i64> = (1..6).map(|attempts| retries.wait_after(attempts).num_seconds()).collect();
        assert_eq!(waits, [30, 120, 480, 900, 900]);
        assert_eq!(retries.wait_after(40).num_seconds(), 900);
    }
}
