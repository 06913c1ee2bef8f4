//! Hosts of webhooks (机器人主机): a name or a loopback number, with its port.

use std::net::IpAddr;

use super::ReachError;

/// The port of https.
pub(super) const HTTPS: u16 = 443;

/// A host with its port. Brackets of IPv6 belong to the name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Host {
    pub name: String,
    pub port: u16,
}

impl Host {
    /// Reads an entry of the allow-list.
    pub fn of_entry(entry: &str) -> Result<Self, ReachError> {
        let host = Self::read(entry, HTTPS).ok_or_else(|| ReachError::Host(entry.to_owned()))?;
        let names_port = entry.len() > host.name.len();
        match host.number() {
            None => Ok(host),
            Some(number) if number.is_loopback() && names_port => Ok(host),
            Some(_) => Err(ReachError::BareAddress(entry.to_owned())),
        }
    }

    /// `name`, `name:port`, `[::1]:port`; `usual` is the port of one that names none.
    pub fn read(text: &str, usual: u16) -> Option<Self> {
        let end = if text.starts_with('[') { text.find(']')? + 1 } else { text.find(':').unwrap_or(text.len()) };
        let (name, port) = text.split_at(end);
        let port = match port.strip_prefix(':') {
            Some(digits) if digits.bytes().all(|byte| byte.is_ascii_digit()) => digits.parse().ok().filter(|port| *port > 0)?,
            Some(_) => return None,
            None if port.is_empty() => usual,
            None => return None,
        };
        let host = Self { name: name.to_ascii_lowercase(), port };
        (host.number().is_some() || is_host_name(name)).then_some(host)
    }

    fn number(&self) -> Option<IpAddr> {
        self.name.trim_start_matches('[').trim_end_matches(']').parse().ok()
    }

    pub fn is_loopback(&self) -> bool {
        self.number().is_some_and(|number| number.is_loopback())
    }

    /// As an entry of the list.
    pub fn to_text(&self) -> String {
        self.written(HTTPS)
    }

    /// Without a port that is the usual one.
    pub fn written(&self, usual: u16) -> String {
        if self.port == usual { self.name.clone() } else { format!("{}:{}", self.name, self.port) }
    }
}

/// Letters, digits and hyphens between dots; never a number in one of the spellings that resolvers take for one.
pub(super) fn is_host_name(text: &str) -> bool {
    let label = |label: &str| {
        let edges = label.starts_with('-') || label.ends_with('-');
        !label.is_empty() && label.len() <= 63 && !edges && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    let last = text.rsplit('.').next().unwrap_or_default();
    let is_number = last.bytes().all(|byte| byte.is_ascii_digit()) || last.starts_with("0x") || last.starts_with("0X");
    !text.is_empty() && text.len() <= 253 && text.split('.').all(label) && !is_number
}
