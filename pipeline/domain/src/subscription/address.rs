//! Where a subscription goes (收件地址): kept whole, shown masked, never in a log.

use std::fmt;

use super::Channel;

/// A mail address or a robot's webhook. What prints it prints the mask; [`Address::exposed`] is for sending only.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Address {
    channel: Channel,
    text: String,
}

/// Characters of a webhook's end that stay readable, when there are enough before them.
const SHOWN_END: usize = 4;
/// A path and query shorter than this keep nothing.
const LONG_ENOUGH: usize = 24;

impl Address {
    /// An address as the books keep it; [`super::Reach::check`] is the door for those that people type.
    pub fn kept(channel: Channel, text: &str) -> Self {
        Self { channel, text: text.to_owned() }
    }

    pub fn channel(&self) -> Channel {
        self.channel
    }

    /// The whole text, secret part and all.
    pub fn exposed(&self) -> &str {
        &self.text
    }

    /// The domain of a mail address; host and port of a webhook, as written. Empty when there is none.
    pub fn host(&self) -> &str {
        if self.channel == Channel::Mail {
            return self.text.rsplit_once('@').map_or("", |(_, domain)| domain);
        }
        let rest = self.text.split_once("://").map_or("", |(_, rest)| rest);
        rest.split(['/', '?', '#']).next().unwrap_or_default()
    }

    /// `z***@huaibei.example`; `qyapi.weixin.qq.com …9f3a`.
    pub fn masked(&self) -> String {
        if self.channel == Channel::Mail {
            let first = self.text.chars().next().filter(|first| *first != '@').map(String::from).unwrap_or_default();
            return format!("{first}***@{}", self.host());
        }
        let secret = self.text.split_once(self.host()).map_or("", |(_, rest)| rest);
        let characters: Vec<char> = secret.chars().collect();
        let end: String = match characters.len() {
            length if length >= LONG_ENOUGH => characters[length - SHOWN_END..].iter().collect(),
            _ => String::new(),
        };
        format!("{} …{end}", self.host())
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}:{}", self.channel.id(), self.masked())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shown_sends_nothing() {
        let check = |channel: Channel, text: &str, host: &str, masked: &str| {
            let address = Address::kept(channel, text);
            assert_eq!((address.host(), address.masked().as_str()), (host, masked));
            assert_eq!(format!("{address:?}"), format!("{}:{masked}", channel.id()));
        };
        check(Channel::Mail, "zhang.san@huaibei.example", "huaibei.example", "z***@huaibei.example");
        check(Channel::Mail, "张@b", "b", "张***@b");
        check(
            Channel::WeCom,
            "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=693a91f6-0000-4bc4-97a0-0ec2sifa5aaa",
            "qyapi.weixin.qq.com",
            "qyapi.weixin.qq.com …5aaa",
        );
        check(Channel::Feishu, "http://127.0.0.1:8099/hook/abc", "127.0.0.1:8099", "127.0.0.1:8099 …");
        check(Channel::DingTalk, "", "", " …");
    }
}
