//! Sending (推送): mail by SMTP, and the group robots of 企业微信, 钉钉 and 飞书.
//!
//! The only crate that names a mail or http client. It sends what it is given to an address that the allow-list holds,
//! and says in words without secrets why it could not. What is sent when, and how often it is tried, is not its business.

mod courier;
mod cut;
mod mail;
mod robots;
mod scrub;
mod secret_file;
mod sign;
mod vetted;
mod webhook;

pub use courier::{Attached, Courier, Parcel};
pub use mail::{MailFault, MailSettings, MailTls};
pub use secret_file::{SecretFileError, read_secret};
