//! Who may be written to (收件白名单): domains of mail addresses and hosts of webhooks, exactly as configured.

use std::collections::BTreeSet;

use super::host::{HTTPS, Host, is_host_name};
use super::{Address, Channel};

/// The allow-list. Nothing that is not on it is ever written to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Reach {
    mail_domains: BTreeSet<String>,
    webhooks: BTreeSet<Host>,
}

/// An entry of the list that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReachError {
    #[error("{0:?} is no domain of mail addresses")]
    Domain(String),
    #[error("{0:?} is no host of webhooks")]
    Host(String),
    #[error("{0:?} is an address of this machine or of a network without its port")]
    BareAddress(String),
}

impl ReachError {
    /// What the administrator can do.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Domain(_) => "write what stands behind the @, such as huaibei.example",
            Self::Host(_) => "write the host alone, such as qyapi.weixin.qq.com, with :port where it is not 443",
            Self::BareAddress(_) => "numbers are allowed for loopback only, with a port: 127.0.0.1:8099",
        }
    }
}

/// Why an address is not written to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AddressFault {
    /// Not of the form, too long, or with characters that addresses do not have.
    NotAnAddress,
    /// Its domain or host is not on the list.
    Foreign(String),
    /// Plain http to another machine.
    NotHttps,
    /// A name or password before the host.
    UserInfo,
    /// The host is on the list, the port is not.
    Port(u16),
    /// The channel is not configured at all.
    NoChannel,
}

impl AddressFault {
    /// The word under which pages keep a sentence for it.
    pub fn id(&self) -> &'static str {
        match self {
            Self::NotAnAddress => "not_an_address",
            Self::Foreign(_) => "foreign",
            Self::NotHttps => "not_https",
            Self::UserInfo => "user_info",
            Self::Port(_) => "port",
            Self::NoChannel => "no_channel",
        }
    }
}

const LONGEST_MAIL: usize = 200;
const LONGEST_WEBHOOK: usize = 600;

impl Reach {
    /// Reads the lists of the configuration. A webhook host is a name, with `:port` where it is not 443; a number is
    /// allowed for loopback only and needs its port.
    pub fn new<'a>(
        mail_domains: impl IntoIterator<Item = &'a str>,
        webhook_hosts: impl IntoIterator<Item = &'a str>,
    ) -> Result<Self, ReachError> {
        let mut reach = Self::default();
        for domain in mail_domains {
            if !is_host_name(domain) {
                return Err(ReachError::Domain(domain.to_owned()));
            }
            reach.mail_domains.insert(domain.to_ascii_lowercase());
        }
        for entry in webhook_hosts {
            reach.webhooks.insert(Host::of_entry(entry)?);
        }
        Ok(reach)
    }

    /// Channels by which anything can be sent.
    pub fn channels(&self) -> Vec<Channel> {
        let open = |channel: &Channel| match channel {
            Channel::Mail => !self.mail_domains.is_empty(),
            Channel::WeCom | Channel::DingTalk | Channel::Feishu => !self.webhooks.is_empty(),
        };
        Channel::ALL.into_iter().filter(open).collect()
    }

    /// Domains and hosts, for people who want to know where they may subscribe to.
    pub fn listed(&self, channel: Channel) -> Vec<String> {
        match channel {
            Channel::Mail => self.mail_domains.iter().cloned().collect(),
            _ => self.webhooks.iter().map(Host::to_text).collect(),
        }
    }

    /// The address that somebody typed, if it may be written to.
    pub fn check(&self, channel: Channel, text: &str) -> Result<Address, AddressFault> {
        if !self.channels().contains(&channel) {
            return Err(AddressFault::NoChannel);
        }
        match channel {
            Channel::Mail => self.check_mail(text.trim()),
            _ => self.check_webhook(channel, text.trim()),
        }
    }

    fn check_mail(&self, text: &str) -> Result<Address, AddressFault> {
        let (name, domain) = text.rsplit_once('@').ok_or(AddressFault::NotAnAddress)?;
        let sign = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '%' | '+' | '-');
        let dots = name.starts_with('.') || name.ends_with('.') || name.contains("..");
        if name.is_empty() || name.len() > 64 || text.len() > LONGEST_MAIL || dots || !name.chars().all(sign) || !is_host_name(domain) {
            return Err(AddressFault::NotAnAddress);
        }
        let domain = domain.to_ascii_lowercase();
        if !self.mail_domains.contains(&domain) {
            return Err(AddressFault::Foreign(domain));
        }
        Ok(Address::kept(Channel::Mail, &format!("{name}@{domain}")))
    }

    fn check_webhook(&self, channel: Channel, text: &str) -> Result<Address, AddressFault> {
        // No backslash, no fragment, nothing that two parsers could read in two ways.
        let sign = |c: char| c.is_ascii_alphanumeric() || "-._~:/?[]@!$&'()*+,;=%".contains(c);
        let (scheme, rest) = text.split_once("://").ok_or(AddressFault::NotAnAddress)?;
        let split = rest.find(['/', '?']).unwrap_or(rest.len());
        let (authority, path) = rest.split_at(split);
        if text.len() > LONGEST_WEBHOOK || !text.chars().all(sign) || !path.starts_with('/') || path.contains(['@', '[', ']']) {
            return Err(AddressFault::NotAnAddress);
        }
        if authority.contains('@') {
            return Err(AddressFault::UserInfo);
        }
        let usual = match scheme {
            "https" => HTTPS,
            "http" => 80,
            _ => return Err(AddressFault::NotHttps),
        };
        let host = Host::read(authority, usual).ok_or(AddressFault::NotAnAddress)?;
        if !self.webhooks.contains(&host) {
            return Err(match self.webhooks.iter().any(|known| known.name == host.name) {
                true => AddressFault::Port(host.port),
                false => AddressFault::Foreign(host.name),
            });
        }
        if scheme != "https" && !host.is_loopback() {
            return Err(AddressFault::NotHttps);
        }
        Ok(Address::kept(channel, &format!("{scheme}://{}{path}", host.written(usual))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn reach() -> Reach {
        Reach::new(["Huaibei.example"], ["qyapi.weixin.qq.com", "wx.huaibei.example:8443", "127.0.0.1:8099", "[::1]:8099"]).unwrap()
    }

    #[test]
    fn mail_goes_to_listed_domains_only() {
        let check = |text: &str, expect: Result<&str, AddressFault>| {
            let found = reach().check(Channel::Mail, text).map(|address| address.exposed().to_owned());
            assert_eq!(found, expect.map(str::to_owned), "{text}");
        };
        check(" zhang.san@HUAIBEI.example ", Ok("zhang.san@huaibei.example"));
        check("a+b_c@huaibei.example", Ok("a+b_c@huaibei.example"));
        for bad in ["zhang", "@huaibei.example", "a b@huaibei.example", "a@b@huaibei.example", "a@huaibei.example\r\nBcc: x@y.example"] {
            check(bad, Err(AddressFault::NotAnAddress));
        }
        for bad in
            [".a@huaibei.example", "a..b@huaibei.example", "\"a\"@huaibei.example", "张@huaibei.example", "a@[10.0.0.1]", "a@10.0.0.1"]
        {
            check(bad, Err(AddressFault::NotAnAddress));
        }
        check("a@mail.huaibei.example", Err(AddressFault::Foreign("mail.huaibei.example".into())));
        check("a@huaibei.example.evil.example", Err(AddressFault::Foreign("huaibei.example.evil.example".into())));
    }

    #[test]
    fn webhooks_go_to_listed_hosts_by_https() {
        let check = |text: &str, expect: Result<&str, AddressFault>| {
            let found = reach().check(Channel::WeCom, text).map(|address| address.exposed().to_owned());
            assert_eq!(found, expect.map(str::to_owned), "{text}");
        };
        let path = "/cgi-bin/webhook/send?key=693a91f6";
        let good = format!("https://qyapi.weixin.qq.com{path}");
        check(&good, Ok(&good));
        check(&format!("https://QYAPI.weixin.qq.com:443{path}"), Ok(&good));
        check("https://wx.huaibei.example:8443/hook", Ok("https://wx.huaibei.example:8443/hook"));
        check("http://127.0.0.1:8099/hook", Ok("http://127.0.0.1:8099/hook"));
        check("http://[::1]:8099/hook", Ok("http://[::1]:8099/hook"));
        check("https://wx.huaibei.example/hook", Err(AddressFault::Port(443)));
        check("https://qyapi.weixin.qq.com:8443/x", Err(AddressFault::Port(8443)));
        check("http://qyapi.weixin.qq.com:443/x", Err(AddressFault::NotHttps));
        check("ftp://qyapi.weixin.qq.com/x", Err(AddressFault::NotHttps));
        check("https://a:b@qyapi.weixin.qq.com/x", Err(AddressFault::UserInfo));
        check("https://qyapi.weixin.qq.com@evil.example/x", Err(AddressFault::UserInfo));
        check("https://evil.example/qyapi.weixin.qq.com", Err(AddressFault::Foreign("evil.example".into())));
        check("https://qyapi.weixin.qq.com.evil.example/x", Err(AddressFault::Foreign("qyapi.weixin.qq.com.evil.example".into())));
        check("https://127.0.0.1/x", Err(AddressFault::Port(443)));
        check("http://10.0.0.1:8099/x", Err(AddressFault::Foreign("10.0.0.1".into())));
        for bad in ["https://qyapi.weixin.qq.com\\@evil.example/x", "https://qyapi.weixin.qq.com/x#y", "https://qyapi.weixin.qq.com/a b"] {
            check(bad, Err(AddressFault::NotAnAddress));
        }
        for bad in ["qyapi.weixin.qq.com/x", "https://qyapi.weixin.qq.com", "https://qyapi.weixin.qq.com?key=1", "https://2130706433/x"] {
            check(bad, Err(AddressFault::NotAnAddress));
        }
        for bad in
            ["https://0x7f.1/x", "https://qyapi.weixin.qq.com:0/x", "https://qyapi.weixin.qq.com:x/x", "https:///x", "https://密.cn/x"]
        {
            assert!(reach().check(Channel::WeCom, bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn lists_are_read_or_refused() {
        let entry = |host: &str| Reach::new([], [host]).map(|reach| reach.listed(Channel::Feishu));
        assert_eq!(entry("open.feishu.cn"), Ok(vec!["open.feishu.cn".to_owned()]));
        assert_eq!(entry("127.0.0.1:8099"), Ok(vec!["127.0.0.1:8099".to_owned()]));
        assert!(matches!(entry("127.0.0.1"), Err(ReachError::BareAddress(_))));
        assert!(matches!(entry("10.0.0.1:80"), Err(ReachError::BareAddress(_))));
        for bad in ["https://open.feishu.cn", "*.feishu.cn", "open.feishu.cn/", "", "a:b"] {
            assert!(matches!(entry(bad), Err(ReachError::Host(_))), "{bad}");
        }
        assert!(matches!(Reach::new(["@x.example"], []), Err(ReachError::Domain(_))));
        assert_eq!(Reach::default().channels(), []);
        assert_eq!(Reach::default().check(Channel::Mail, "a@b.example"), Err(AddressFault::NoChannel));
        assert_eq!(Reach::new(["b.example"], []).unwrap().channels(), [Channel::Mail]);
    }

    proptest! {
        /// Whatever is typed: what passes has no line break, and its host is on the list.
        #[test]
        fn what_passes_is_on_the_list(text in "(https?://)?[a-z0-9.@:\\\\\\[\\]/?#%\r\n]{0,30}(qyapi.weixin.qq.com|127.0.0.1:8099)?[/@:?a-z\r\n ]{0,12}") {
            if let Ok(address) = reach().check(Channel::DingTalk, &text) {
                prop_assert!(["qyapi.weixin.qq.com", "127.0.0.1:8099"].contains(&address.host()), "{}", address.exposed());
                prop_assert!(!address.exposed().contains(|c: char| c.is_control() || c == ' ' || c == '@'));
            }
        }
    }
}
