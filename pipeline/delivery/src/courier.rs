//! The courier (投递): one parcel to one address, once.

use chrono::{DateTime, Utc};
use qunlian_domain::subscription::{Address, Blame, Channel, Letter, Reach, Undelivered};

use crate::mail::{MailFault, MailServer, MailSettings};
use crate::webhook::Webhooks;

/// What is to be sent.
#[derive(Debug, Clone)]
pub struct Parcel<'a> {
    pub address: &'a Address,
    /// What a robot's messages are signed with.
    pub signing_secret: Option<&'a str>,
    pub letter: &'a Letter,
    /// The same for every try: a reader's mailbox can tell that it has the message already. Letters, digits, `.-_`.
    pub key: &'a str,
    /// By mail only: robots' messages say that the files lie in the system.
    pub attachments: &'a [Attached],
    pub now: DateTime<Utc>,
}

/// A file that goes along.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attached {
    pub name: String,
    pub bytes: Vec<u8>,
}

/// Sends parcels. Calls block, for at most about half a minute each.
#[derive(Debug)]
pub struct Courier {
    reach: Reach,
    mail: Option<MailServer>,
    webhooks: Webhooks,
}

impl Courier {
    /// A courier for the allow-list; without a mail server, mail is refused.
    ///
    /// # Errors
    /// When the mail server's settings cannot be used.
    pub fn new(reach: Reach, mail: Option<MailSettings>) -> Result<Self, MailFault> {
        Ok(Self { reach, mail: mail.map(MailServer::new).transpose()?, webhooks: Webhooks::new() })
    }

    /// Sends one parcel.
    ///
    /// # Errors
    /// Says why it did not arrive. An address that is not on the list (any more) is never tried.
    pub fn deliver(&self, parcel: &Parcel<'_>) -> Result<(), Undelivered> {
        let channel = parcel.address.channel();
        let checked = self.reach.check(channel, parcel.address.exposed());
        let address = checked.map_err(|_| Undelivered::new(Blame::ForGood, "收件地址不在允许的名单内"))?;
        match (channel, &self.mail) {
            (Channel::Mail, Some(server)) => server.send(&address, parcel),
            (Channel::Mail, None) => Err(Undelivered::new(Blame::ForGood, "没有配置邮件服务器")),
            _ => self.webhooks.send(&address, parcel),
        }
    }
}
