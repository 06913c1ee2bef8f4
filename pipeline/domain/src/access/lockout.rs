//! Wrong passwords and sessions (登录失败锁定与会话时限): how many tries, how long a lock, how long a session.

use chrono::{DateTime, TimeDelta, Utc};

/// Limits on logging in and staying in. Source: promises 12; GB/T 22239 8.1.4.1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LoginLimits {
    /// Wrong tries in a row that lock an account.
    pub tries: u32,
    /// How long it stays locked; wrong tries older than this are forgotten.
    pub locked_for: TimeDelta,
    /// A session ends after so long without a request.
    pub idle: TimeDelta,
    /// A session ends after so long in any case.
    pub absolute: TimeDelta,
}

impl Default for LoginLimits {
    fn default() -> Self {
        Self { tries: 5, locked_for: TimeDelta::minutes(15), idle: TimeDelta::minutes(30), absolute: TimeDelta::hours(12) }
    }
}

/// The wrong tries since the last right one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Failures {
    pub count: u32,
    pub last: Option<DateTime<Utc>>,
}

impl Failures {
    /// Until when no password is tried at all; `None` when one may be.
    pub fn locked_until(&self, limits: &LoginLimits, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let until = self.last? + limits.locked_for;
        (self.count >= limits.tries && until > now).then_some(until)
    }

    /// After one more wrong try. Tries that a lock has outlived do not count.
    pub fn failed(self, limits: &LoginLimits, now: DateTime<Utc>) -> Self {
        let forgotten = self.last.is_none_or(|last| last + limits.locked_for <= now);
        Self { count: if forgotten { 1 } else { self.count.saturating_add(1) }, last: Some(now) }
    }
}

/// The times of one session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SessionTimes {
    pub opened: DateTime<Utc>,
    pub seen: DateTime<Utc>,
}

impl SessionTimes {
    /// False from the moment either limit is reached, and for a clock set back before the session's begin.
    pub fn is_alive(&self, limits: &LoginLimits, now: DateTime<Utc>) -> bool {
        now >= self.opened && now < self.seen + limits.idle && now < self.opened + limits.absolute
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minute: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::days(19_000) + TimeDelta::minutes(minute)
    }

    #[test]
    fn five_wrong_tries_lock_for_a_quarter_of_an_hour() {
        let limits = LoginLimits::default();
        let mut failures = Failures::default();
        for minute in 0..5 {
            assert_eq!(failures.locked_until(&limits, at(minute)), None, "try {minute}");
            failures = failures.failed(&limits, at(minute));
        }
        assert_eq!(failures.locked_until(&limits, at(5)), Some(at(19)));
        assert_eq!(failures.locked_until(&limits, at(19)), None);
        assert_eq!(failures.failed(&limits, at(19)).count, 1, "a lock that was sat out gives five new tries");
    }

    #[test]
    fn slow_guessing_is_forgotten_and_fast_guessing_is_not() {
        let limits = LoginLimits::default();
        let slow = (0..40).fold(Failures::default(), |failures, turn| failures.failed(&limits, at(turn * 15)));
        assert_eq!(slow.count, 1);
        let fast = (0..40).fold(Failures::default(), |failures, turn| failures.failed(&limits, at(turn)));
        assert_eq!(fast.count, 40);
    }

    #[test]
    fn sessions_end_idle_or_old() {
        let limits = LoginLimits::default();
        let session = SessionTimes { opened: at(0), seen: at(100) };
        assert!(session.is_alive(&limits, at(129)));
        assert!(!session.is_alive(&limits, at(130)));
        assert!(!session.is_alive(&limits, at(-1)));
        let busy = SessionTimes { opened: at(0), seen: at(719) };
        assert!(busy.is_alive(&limits, at(719)) && !busy.is_alive(&limits, at(720)));
    }
}
