//! How often one address may object (异议限流): kept in memory only, never in the books.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use qunlian_domain::procedure::ObjectionLimits;

/// Addresses that are remembered; beyond them nobody new is admitted until some are a day old.
const REMEMBERED: usize = 10_000;

/// When each address objected within the last day.
#[derive(Debug, Default)]
pub(crate) struct Objectors {
    times: Mutex<HashMap<Option<IpAddr>, Vec<DateTime<Utc>>>>,
}

impl Objectors {
    /// True, and noted, while the address stays within the limits of an hour and of a day.
    pub(crate) fn admits(&self, address: Option<IpAddr>, limits: &ObjectionLimits, now: DateTime<Utc>) -> bool {
        let address = address.map(household);
        let mut all = self.times.lock().unwrap_or_else(PoisonError::into_inner);
        let is_recent = |time: &DateTime<Utc>, span: TimeDelta| now - *time < span;
        if all.len() >= REMEMBERED && !all.contains_key(&address) {
            all.retain(|_, times| times.iter().any(|time| is_recent(time, TimeDelta::days(1))));
            if all.len() >= REMEMBERED {
                return false;
            }
        }
        let times = all.entry(address).or_default();
        times.retain(|time| is_recent(time, TimeDelta::days(1)));
        let of_the_hour = times.iter().filter(|time| is_recent(time, TimeDelta::hours(1))).count();
        if of_the_hour >= limits.per_hour as usize || times.len() >= limits.per_day as usize {
            return false;
        }
        times.push(now);
        true
    }
}

/// One line of a provider's customer: an IPv4 address, or an IPv6 network of 64 bits.
fn household(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: ObjectionLimits =
        ObjectionLimits { least_characters: 10, most_characters: 2_000, per_hour: 3, per_day: 5, open_per_project: 50 };

    fn at(minutes: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::minutes(minutes)
    }

    #[test]
    fn an_hour_and_a_day_have_their_limits() {
        let objectors = Objectors::default();
        let one = Some(IpAddr::from([192, 0, 2, 1]));
        let admitted = |minutes: i64| objectors.admits(one, &LIMITS, at(minutes));
        assert!(admitted(0) && admitted(1) && admitted(2) && !admitted(3));
        assert!(objectors.admits(Some(IpAddr::from([192, 0, 2, 2])), &LIMITS, at(3)), "others are not held up");
        assert!(admitted(60) && admitted(61) && !admitted(200), "five a day");
        assert!(admitted(24 * 60), "the first is a day old");
    }

    #[test]
    fn an_ipv6_network_is_one_sender_and_memory_is_bounded() {
        let objectors = Objectors::default();
        let v6 = |host: u16, network: u16| Some(IpAddr::from([0x2001, 0xdb8, 0, network, 0, 0, 0, host]));
        assert!((0..3).all(|host| objectors.admits(v6(host, 1), &LIMITS, at(0))));
        assert!(!objectors.admits(v6(9, 1), &LIMITS, at(0)) && objectors.admits(v6(9, 2), &LIMITS, at(0)));
        for number in 0..10_050 {
            objectors.admits(v6(0, number), &LIMITS, at(0));
        }
        assert_eq!(objectors.times.lock().unwrap().len(), REMEMBERED);
    }
}
