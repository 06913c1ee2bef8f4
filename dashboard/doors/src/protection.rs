//! Where a door may be opened (监听地址): in plain text only where no other machine can listen.

use std::net::SocketAddr;

/// A door may not be opened where it was to be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the {door} door at {listen} can be reached from other machines, and no certificate is configured")]
pub struct Unprotected {
    door: &'static str,
    listen: SocketAddr,
}

/// Refuses an address that other machines could reach, unless connections to it can be encrypted: `certificate` is whatever
/// they would be encrypted by.
///
/// # Errors
/// It can be reached and there is no certificate.
pub fn require_protection<T>(door: &'static str, listen: SocketAddr, certificate: Option<&T>) -> Result<(), Unprotected> {
    if certificate.is_some() || listen.ip().to_canonical().is_loopback() { Ok(()) } else { Err(Unprotected { door, listen }) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_open_address_needs_a_certificate() {
        let check = |listen: &str, certificate: Option<&()>| require_protection("Flight SQL", listen.parse().unwrap(), certificate);
        for closed in ["127.0.0.1:5433", "[::1]:5433", "[::ffff:127.0.0.1]:5433"] {
            assert!(check(closed, None).is_ok(), "{closed}");
        }
        for open in ["0.0.0.0:5433", "[::]:5433", "192.0.2.1:5433"] {
            assert!(check(open, None).unwrap_err().to_string().contains(&format!("Flight SQL door at {open}")), "{open}");
            assert!(check(open, Some(&())).is_ok(), "{open}");
        }
    }
}
