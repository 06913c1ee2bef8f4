//! The two clocks (系统时钟 业务日期): real time for leases and runs, the business day for what belongs to it.

use std::fmt::Debug;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use chrono::{DateTime, NaiveDate, TimeZone, Utc};
use chrono_tz::Asia::Shanghai;
use qunlian_registry::SlotClock;

/// Where the runner gets its times from.
pub trait Clock: Debug + Send + Sync {
    /// Real time. It may jump, even backwards.
    fn now(&self) -> DateTime<Utc>;

    /// Real time, unless the business day is fixed: then that day at the present time of day in Shanghai.
    fn business_now(&self) -> DateTime<Utc>;

    /// Time since some start; never jumps.
    fn steady(&self) -> Duration;

    /// The time of the clock that a job's slots belong to.
    fn of(&self, clock: SlotClock) -> DateTime<Utc> {
        match clock {
            SlotClock::System => self.now(),
            SlotClock::Business => self.business_now(),
        }
    }
}

/// The machine's clock, with the business day fixed if `--today` says so.
#[derive(Debug)]
pub struct SystemClock {
    today: Option<NaiveDate>,
    started: Instant,
}

impl SystemClock {
    pub fn new(today: Option<NaiveDate>) -> Self {
        Self { today, started: Instant::now() }
    }
}

impl Clock for SystemClock {
    fn now(&self) -> DateTime<Utc> {
        DateTime::from(SystemTime::now())
    }

    fn business_now(&self) -> DateTime<Utc> {
        on_day(self.now(), self.today)
    }

    fn steady(&self) -> Duration {
        self.started.elapsed()
    }
}

/// A clock that stands still until it is set: for tests and rehearsals.
#[derive(Debug)]
pub struct ManualClock {
    state: Mutex<(DateTime<Utc>, Duration)>,
    today: Option<NaiveDate>,
}

impl ManualClock {
    pub fn new(now: DateTime<Utc>) -> Self {
        Self { state: Mutex::new((now, Duration::ZERO)), today: None }
    }

    /// Lets time pass: both clocks move.
    pub fn pass(&self, time: Duration) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.0 += time;
        state.1 += time;
    }

    /// Sets real time, forwards or backwards, as a person or NTP would; the steady clock does not notice.
    pub fn jump_to(&self, now: DateTime<Utc>) {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).0 = now;
    }
}

impl Clock for ManualClock {
    fn now(&self) -> DateTime<Utc> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).0
    }

    fn business_now(&self) -> DateTime<Utc> {
        on_day(self.now(), self.today)
    }

    fn steady(&self) -> Duration {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).1
    }
}

fn on_day(now: DateTime<Utc>, today: Option<NaiveDate>) -> DateTime<Utc> {
    let Some(today) = today else { return now };
    let local = today.and_time(now.with_timezone(&Shanghai).time());
    Shanghai.from_local_datetime(&local).earliest().map_or(now, |at| at.to_utc())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fixed_business_day_keeps_the_time_of_day() {
        let now: DateTime<Utc> = "2026-11-03T18:30:00Z".parse().unwrap();
        let day = NaiveDate::from_ymd_opt(2022, 5, 31);
        // 02:30 of the next day in Shanghai
        assert_eq!(on_day(now, day).to_rfc3339(), "2022-05-30T18:30:00+00:00");
        assert_eq!(on_day(now, None), now);
    }
}
