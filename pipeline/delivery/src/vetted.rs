//! Name resolution that never leads into a private network (防重绑定): what is connected to is what was looked at.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ureq::config::Config;
use ureq::http::Uri;
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::NextTimeout;

/// Resolves as usual, then refuses names of which any address is not public. A loopback number is its own answer: the
/// allow-list had to name it, port and all.
#[derive(Debug, Default)]
pub(crate) struct Vetted {
    usual: DefaultResolver,
}

/// The words of the refusal, for [`is_refusal`].
const REFUSAL: &str = "the name leads into a private network";

impl Resolver for Vetted {
    fn resolve(&self, uri: &Uri, config: &Config, timeout: NextTimeout) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let found = self.usual.resolve(uri, config, timeout)?;
        let host = uri.host().unwrap_or_default().trim_start_matches('[').trim_end_matches(']');
        let number: Option<IpAddr> = host.parse().ok();
        let fits = |address: IpAddr| match number {
            Some(number) => number.is_loopback() && address == number,
            None => is_public(address),
        };
        if found.iter().all(|address| fits(address.ip())) {
            return Ok(found);
        }
        Err(ureq::Error::Io(io::Error::new(io::ErrorKind::PermissionDenied, REFUSAL)))
    }
}

/// True for the error by which a name was refused.
pub(crate) fn is_refusal(error: &ureq::Error) -> bool {
    matches!(error, ureq::Error::Io(inner) if inner.kind() == io::ErrorKind::PermissionDenied && inner.to_string() == REFUSAL)
}

/// True for addresses of the public internet. Source: the special-purpose registries of IANA (RFC 6890 and later).
fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => is_public_v4(v4),
        IpAddr::V6(v6) => is_public_v6(v6),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let shared = a == 100 && (64..128).contains(&b);
    let protocols = a == 192 && b == 0 && c == 0;
    let benchmarks = a == 198 && (18..20).contains(&b);
    let special = address.is_private() || address.is_loopback() || address.is_link_local() || address.is_documentation();
    !(special || shared || protocols || benchmarks || a == 0 || a >= 224)
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let [first, second, ..] = address.segments();
    let [.., high, low] = address.segments();
    let inner = Ipv4Addr::from((u32::from(high) << 16) | u32::from(low));
    if address.to_ipv4_mapped().is_some() || (first == 0x64 && second == 0xff9b) {
        return is_public_v4(inner);
    }
    // Only 2000::/3 is given out; of it tunnels (6to4, Teredo) and documentation are not.
    let given_out = first & 0xe000 == 0x2000;
    given_out && first != 0x2002 && !(first == 0x2001 && (second == 0 || second == 0xdb8)) && first != 0x3fff
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn private_networks_are_not_public() {
        let check = |address: &str, expect: bool| assert_eq!(is_public(address.parse().unwrap()), expect, "{address}");
        for public in
            ["1.1.1.1", "101.91.0.1", "172.15.0.1", "172.32.0.1", "100.63.0.1", "2400:3200::1", "::ffff:1.1.1.1", "64:ff9b::101:101"]
        {
            check(public, true);
        }
        for private in ["127.0.0.1", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "192.0.0.8"] {
            check(private, false);
        }
        for private in ["198.18.0.1", "224.0.0.1", "255.255.255.255", "192.0.2.1", "::1", "::", "fe80::1", "fd00::1", "ff02::1"] {
            check(private, false);
        }
        for private in ["::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "2001:db8::1", "2001:0:1::1", "::7f00:1"]
        {
            check(private, false);
        }
    }

    #[test]
    fn a_name_of_this_machine_is_refused_and_its_number_is_not() {
        let resolve = |uri: &str| Vetted::default().resolve(&uri.parse().unwrap(), &Config::default(), NextTimeout::default());
        assert!(is_refusal(&resolve("https://localhost/x").unwrap_err()), "a name that leads to loopback");
        assert_eq!(resolve("http://127.0.0.1:8099/x").unwrap()[0].to_string(), "127.0.0.1:8099");
        assert_eq!(resolve("http://[::1]:8099/x").unwrap()[0].to_string(), "[::1]:8099");
        assert!(is_refusal(&resolve("https://10.0.0.1/x").unwrap_err()), "a number that is not loopback");
        assert!(is_refusal(&resolve("https://1.1.1.1/x").unwrap_err()), "not even a public one");
    }
}
