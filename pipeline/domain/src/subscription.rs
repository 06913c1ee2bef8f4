//! Subscriptions (订阅推送): which news go out, by which channel, to which addresses, and of whose rows they may tell.

mod address;
mod host;
mod message;
mod outcome;
mod reach;

use chrono::{Datelike, NaiveDate};

pub use address::Address;
pub use message::{Letter, LetterFault, MessageRows, Readership, SUBJECT_CHARACTERS};
pub use outcome::{Blame, Undelivered};
pub use reach::{AddressFault, Reach, ReachError};

/// By what a message travels (推送方式).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Channel {
    /// 邮件, by SMTP.
    Mail,
    /// 企业微信群机器人.
    WeCom,
    /// 钉钉群机器人.
    DingTalk,
    /// 飞书群机器人.
    Feishu,
}

impl Channel {
    pub const ALL: [Self; 4] = [Self::Mail, Self::WeCom, Self::DingTalk, Self::Feishu];

    /// The word in the books and in forms.
    pub fn id(self) -> &'static str {
        match self {
            Self::Mail => "mail",
            Self::WeCom => "wecom",
            Self::DingTalk => "dingtalk",
            Self::Feishu => "feishu",
        }
    }

    /// The name for people.
    pub fn name(self) -> &'static str {
        match self {
            Self::Mail => "邮件",
            Self::WeCom => "企业微信",
            Self::DingTalk => "钉钉",
            Self::Feishu => "飞书",
        }
    }

    /// Reads [`Channel::id`].
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|channel| channel.id() == id)
    }

    /// True where the group's robot can ask for a signature (加签).
    pub fn can_sign(self) -> bool {
        matches!(self, Self::DingTalk | Self::Feishu)
    }
}

/// What is told (订阅内容).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Topic {
    /// 红黄清单, each Monday.
    WeeklyLights,
    /// 亮灯变化, when a light turns.
    LightTurns,
    /// 月度通报.
    MonthlyBulletin,
    /// 季度通报.
    QuarterlyBulletin,
}

impl Topic {
    pub const ALL: [Self; 4] = [Self::WeeklyLights, Self::LightTurns, Self::MonthlyBulletin, Self::QuarterlyBulletin];

    /// True for a bulletin of the period that ends on that day.
    pub fn covers(self, period_end: NaiveDate) -> bool {
        match self {
            Self::MonthlyBulletin => true,
            Self::QuarterlyBulletin => period_end.month().is_multiple_of(3),
            Self::WeeklyLights | Self::LightTurns => false,
        }
    }

    /// The word in the books and in forms.
    pub fn id(self) -> &'static str {
        match self {
            Self::WeeklyLights => "weekly_lights",
            Self::LightTurns => "light_turns",
            Self::MonthlyBulletin => "monthly_bulletin",
            Self::QuarterlyBulletin => "quarterly_bulletin",
        }
    }

    /// The name for people.
    pub fn name(self) -> &'static str {
        match self {
            Self::WeeklyLights => "每周红黄清单",
            Self::LightTurns => "亮灯变化",
            Self::MonthlyBulletin => "月度通报",
            Self::QuarterlyBulletin => "季度通报",
        }
    }

    /// Reads [`Topic::id`].
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|topic| topic.id() == id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_read_back() {
        for channel in Channel::ALL {
            assert_eq!(Channel::from_id(channel.id()), Some(channel));
        }
        for topic in Topic::ALL {
            assert_eq!(Topic::from_id(topic.id()), Some(topic));
        }
        assert_eq!((Channel::from_id("fax"), Topic::from_id("gossip")), (None, None));
        assert!(!Channel::Mail.can_sign() && !Channel::WeCom.can_sign() && Channel::Feishu.can_sign());
    }
}
