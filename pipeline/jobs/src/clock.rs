//! The two clocks (系统时钟 业务日期): real time for leases and runs, the business day for what belongs to it.

use std::fmt::Debug;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use chrono::{DateTime, Utc};
use qunlian_registry::SlotClock;

use crate::BusinessDay;

/// Where the runner gets its times from.
pub trait Clock: Debug + Send + Sync {
    /// Real time. It may jump, even backwards.
    fn now(&self) -> DateTime<Utc>;

    /// Real time, unless the business day is another: see [`BusinessDay::time`].
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

/// The machine's clock, with the business day that everybody else has.
#[derive(Debug)]
pub struct SystemClock {
    day: Arc<BusinessDay>,
    started: Instant,
}

impl SystemClock {
    pub fn new(day: Arc<BusinessDay>) -> Self {
        Self { day, started: Instant::now() }
    }
}

impl Clock for SystemClock {
    fn now(&self) -> DateTime<Utc> {
        DateTime::from(SystemTime::now())
    }

    fn business_now(&self) -> DateTime<Utc> {
        self.day.time(self.now())
    }

    fn steady(&self) -> Duration {
        self.started.elapsed()
    }
}

/// A clock that stands still until it is set: for tests and rehearsals.
#[derive(Debug)]
pub struct ManualClock {
    state: Mutex<(DateTime<Utc>, Duration)>,
    day: Arc<BusinessDay>,
}

impl ManualClock {
    pub fn new(now: DateTime<Utc>) -> Self {
        Self::on_day(now, Arc::new(BusinessDay::real()))
    }

    /// With a business day of its own.
    pub fn on_day(now: DateTime<Utc>, day: Arc<BusinessDay>) -> Self {
        Self { state: Mutex::new((now, Duration::ZERO)), day }
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
        self.day.time(self.now())
    }

    fn steady(&self) -> Duration {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).1
    }
}
