//! Subscriptions (订阅推送) and the outbox (发件箱): who is told what, and how far each message is.

use chrono::{DateTime, Utc};
use qunlian_domain::light::ToldLight;
use qunlian_domain::subscription::{Address, Channel, Letter, MessageRows, Topic};

use crate::text::vocabulary;
use crate::{Doer, RegistryError};

/// Live subscriptions of one account, at most.
pub const MOST_LIVE: usize = 10;
/// Subscriptions that one account may make within a day, at most.
pub const MOST_A_DAY: usize = 20;
/// Test messages that one account may ask for within an hour, at most.
pub const MOST_TESTS_AN_HOUR: usize = 5;
/// Keys of test messages begin so.
pub const TEST_KEY: &str = "test.";

/// Who is told what. Addresses are whole here; whoever shows or logs them takes [`Address::masked`].
pub trait SubscriptionBooks: Send + Sync {
    /// Keeps a subscription and records it in the audit log, its address masked. A conflict when the account has the same
    /// one already; refused beyond [`MOST_LIVE`] and [`MOST_A_DAY`].
    fn subscribe(&self, new: &NewSubscription, by: &Doer) -> Result<Subscription, RegistryError>;

    /// Stops a subscription, records it, gives its waiting messages up and forgets address and secret. False when it was
    /// stopped already.
    fn stop_subscription(&self, id: i64, by: &Doer) -> Result<bool, RegistryError>;

    fn subscription(&self, id: i64) -> Result<Option<Subscription>, RegistryError>;

    /// Of one account, or all; live ones first, newest first.
    fn subscriptions(&self, owner: Option<i64>) -> Result<Vec<Subscription>, RegistryError>;

    /// Live ones of a topic, oldest first.
    fn subscribers(&self, topic: Topic) -> Result<Vec<Subscription>, RegistryError>;
}

/// What is under way.
pub trait OutboxBooks: Send + Sync {
    /// Puts messages into the outbox, all or none. One whose subscription has its key already, or was stopped, is passed
    /// over. Gives how many are new. Test messages beyond [`MOST_TESTS_AN_HOUR`] of their owner are refused.
    fn queue_messages(&self, messages: &[NewMessage], now: DateTime<Utc>) -> Result<usize, RegistryError>;

    /// Puts messages about lights into the outbox and remembers these lights as told, all in one.
    fn tell_lights(&self, told: &[ToldLight], messages: &[NewMessage], now: DateTime<Utc>) -> Result<usize, RegistryError>;

    /// The lights as they were told last.
    fn told_lights(&self) -> Result<Vec<ToldLight>, RegistryError>;

    /// Waiting messages whose time has come, oldest first, at most `limit`.
    fn due_messages(&self, now: DateTime<Utc>, limit: usize) -> Result<Vec<Message>, RegistryError>;

    /// Counts a try before it is made; if nothing more is heard of it, the next is not before `again`. Gives the tries so
    /// far; `None` when the message does not wait any more.
    fn begin_attempt(&self, message: i64, again: DateTime<Utc>) -> Result<Option<u32>, RegistryError>;

    /// Records how a try ended. What was sent is recorded in the audit log, its address masked. False when the message
    /// had ended meanwhile.
    fn end_attempt(&self, message: i64, end: &AttemptEnd, by: &Doer) -> Result<bool, RegistryError>;

    /// Newest first, of one account or all, at most `limit`.
    fn messages(&self, owner: Option<i64>, limit: usize) -> Result<Vec<Message>, RegistryError>;

    /// Removes messages that ended before a time. Gives how many.
    fn forget_messages_before(&self, before: DateTime<Utc>) -> Result<usize, RegistryError>;
}

/// A subscription to keep.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewSubscription {
    /// Account.
    pub owner: i64,
    pub address: Address,
    pub secret: Option<SigningSecret>,
    pub topic: Topic,
}

/// A subscription.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subscription {
    pub id: i64,
    pub owner: i64,
    /// Login name.
    pub owner_name: String,
    /// Of a stopped one only the mask is left.
    pub address: Address,
    pub secret: Option<SigningSecret>,
    pub topic: Topic,
    pub created_at: DateTime<Utc>,
    pub stopped_at: Option<DateTime<Utc>>,
}

impl Subscription {
    pub fn channel(&self) -> Channel {
        self.address.channel()
    }

    pub fn is_live(&self) -> bool {
        self.stopped_at.is_none()
    }

    /// The address as it may be shown.
    pub fn masked(&self) -> String {
        if self.is_live() { self.address.masked() } else { self.address.exposed().to_owned() }
    }
}

/// What a robot's messages are signed with (加签密钥). Never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct SigningSecret(String);

impl SigningSecret {
    pub fn new(secret: &str) -> Self {
        Self(secret.to_owned())
    }

    pub fn exposed(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for SigningSecret {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("***")
    }
}

/// A message to send to one subscriber.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewMessage {
    pub subscription: i64,
    /// Names the news: `2022-W22`. Letters, digits, `.`, `-` and `_`, at most 80.
    pub key: String,
    pub rows: MessageRows,
    pub letter: Letter,
    /// Paths below the data folder, such as `bulletins/2022-05/通报.docx`; never absolute, never with `..`.
    pub attachments: Vec<String>,
}

/// A message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    pub id: i64,
    pub subscription: Subscription,
    pub key: String,
    pub rows: MessageRows,
    pub letter: Letter,
    pub attachments: Vec<String>,
    pub state: MessageState,
    /// Tries so far.
    pub attempts: u32,
    pub created_at: DateTime<Utc>,
    /// Not before; `None` when it is over.
    pub next_at: Option<DateTime<Utc>>,
    pub ended_at: Option<DateTime<Utc>>,
    /// Why the last try failed, addresses masked; empty when none did.
    pub error: String,
}

impl Message {
    /// True for what the button of the subscriptions' page asks for.
    pub fn is_test(&self) -> bool {
        self.key.starts_with(TEST_KEY)
    }
}

vocabulary! {
    /// How far a message is (推送状态).
    MessageState {
        Queued = "queued", "待发";
        Sent = "sent", "已送达";
        /// Tried, and to be tried again.
        Failed = "failed", "失败待重试";
        GivenUp = "given_up", "已放弃";
    }
}

/// How a try ended. Words are for people, addresses in them masked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AttemptEnd {
    Sent,
    /// To be tried again.
    Failed {
        error: String,
        again: DateTime<Utc>,
    },
    GivenUp {
        error: String,
    },
}
