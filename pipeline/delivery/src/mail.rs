//! Mail by SMTP (邮件): encrypted except on loopback, one connection for each message.

use std::io;
use std::net::IpAddr;
use std::time::{Duration, SystemTime};

use lettre::message::header::{ContentTransferEncoding, ContentType, HeaderName, HeaderValue};
use lettre::message::{Attachment, Body, Mailbox, MultiPart, SinglePart};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use lettre::{Message, SmtpTransport, Transport};
use qunlian_domain::subscription::{Address, Blame, Undelivered};

use crate::courier::{Attached, Parcel};
use crate::scrub::scrub;

/// For each step of the conversation with the server.
const PATIENCE: Duration = Duration::from_secs(12);
/// Replies that will be the same next time: no such mailbox, too large, not allowed, an odd address.
const FOR_GOOD: [u16; 6] = [501, 550, 551, 552, 553, 555];
/// Replies about us and not about the message: closing down, authentication wanted or failed, encryption wanted.
const ABOUT_US: [u16; 7] = [421, 454, 530, 532, 534, 535, 538];

/// How the connection is protected (加密方式).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MailTls {
    /// Plain at first, then encrypted, or nothing is sent. Usually port 587.
    StartTls,
    /// Encrypted from the start. Usually port 465.
    Tls,
    /// Not at all: to a server on this machine only.
    NoneOnLoopback,
}

/// The server that takes our mail.
#[derive(Clone, PartialEq, Eq)]
pub struct MailSettings {
    pub host: String,
    pub port: u16,
    pub tls: MailTls,
    /// `no-reply@huaibei.example` or `群链 <no-reply@huaibei.example>`.
    pub from: String,
    /// User and password.
    pub login: Option<(String, String)>,
    /// PEM of an authority that is trusted beside the public ones.
    pub authority: Option<Vec<u8>>,
}

impl std::fmt::Debug for MailSettings {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "mail by {}:{} ({:?}) from {}", self.host, self.port, self.tls, self.from)
    }
}

/// Settings that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum MailFault {
    #[error("mail without encryption to {0}: only a server on this machine may be written to in plain text")]
    PlainToOthers(String),
    #[error("sender {0:?} is no mail address")]
    Sender(String),
    #[error("certificate authority of the mail server: {0}")]
    Authority(String),
    #[error("mail server {host}: {problem}")]
    Tls { host: String, problem: String },
}

impl MailFault {
    /// What the administrator can do.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::PlainToOthers(_) => "set tls = \"starttls\" or \"tls\"",
            Self::Sender(_) => "write from = \"群链 <no-reply@your.domain>\"",
            Self::Authority(_) => "name a PEM file",
            Self::Tls { .. } => "write the name that stands in the server's certificate",
        }
    }
}

/// A mail server that is ready to be written to.
#[derive(Debug)]
pub(crate) struct MailServer {
    transport: SmtpTransport,
    from: Mailbox,
}

impl MailServer {
    pub(crate) fn new(settings: MailSettings) -> Result<Self, MailFault> {
        let from: Mailbox = settings.from.parse().map_err(|_| MailFault::Sender(settings.from.clone()))?;
        let mut builder = SmtpTransport::builder_dangerous(settings.host.as_str())
            .port(settings.port)
            .tls(tls_of(&settings)?)
            .hello_name(ClientId::Domain(from.email.domain().to_owned()))
            .timeout(Some(PATIENCE));
        if let Some((user, password)) = settings.login {
            builder = builder.credentials(Credentials::new(user, password));
        }
        Ok(Self { transport: builder.build(), from })
    }

    /// Sends a letter; the address has been held against the allow-list.
    pub(crate) fn send(&self, address: &Address, parcel: &Parcel<'_>) -> Result<(), Undelivered> {
        let message = self.message(address, parcel)?;
        self.transport.send(&message).map(drop).map_err(|error| failed(&error, address))
    }

    fn message(&self, address: &Address, parcel: &Parcel<'_>) -> Result<Message, Undelivered> {
        let unfit = |what: &str| Undelivered::new(Blame::ForGood, format!("邮件无法生成（{what}）"));
        let to: lettre::Address = address.exposed().parse().map_err(|_| unfit("收件地址"))?;
        let automatic = HeaderName::new_from_ascii_str("Auto-Submitted");
        let builder = Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, to))
            .subject(parcel.letter.subject())
            .date(SystemTime::from(parcel.now))
            .message_id(Some(format!("<{}@{}>", parcel.key, self.from.email.domain())))
            .raw_header(HeaderValue::new(automatic, "auto-generated".to_owned()));
        let text = SinglePart::plain(parcel.letter.text().to_owned());
        let message = if parcel.attachments.is_empty() {
            builder.singlepart(text)
        } else {
            let parts = MultiPart::mixed().singlepart(text);
            builder.multipart(parcel.attachments.iter().fold(parts, |parts, attached| parts.singlepart(part_of(attached))))
        };
        message.map_err(|error| unfit(&error.to_string()))
    }
}

fn tls_of(settings: &MailSettings) -> Result<Tls, MailFault> {
    let host = settings.host.as_str();
    if settings.tls == MailTls::NoneOnLoopback {
        let is_here = host == "localhost" || host.parse::<IpAddr>().is_ok_and(|number| number.is_loopback());
        return if is_here { Ok(Tls::None) } else { Err(MailFault::PlainToOthers(host.to_owned())) };
    }
    let mut parameters = TlsParameters::builder(host.to_owned());
    if let Some(pem) = &settings.authority {
        parameters = parameters.add_root_certificate(authority(pem)?);
    }
    let parameters = parameters.build().map_err(|error| MailFault::Tls { host: host.to_owned(), problem: error.to_string() })?;
    Ok(if settings.tls == MailTls::Tls { Tls::Wrapper(parameters) } else { Tls::Required(parameters) })
}

fn authority(pem: &[u8]) -> Result<Certificate, MailFault> {
    let text = String::from_utf8_lossy(pem);
    if !text.contains("-----BEGIN CERTIFICATE-----") {
        return Err(MailFault::Authority("it holds no certificate".to_owned()));
    }
    Certificate::from_pem(pem).map_err(|error| MailFault::Authority(error.to_string()))
}

fn part_of(attached: &Attached) -> SinglePart {
    let kind = match attached.name.rsplit_once('.').map(|(_, ending)| ending) {
        Some("pdf") => "application/pdf",
        Some("docx") => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        Some("xlsx") => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        Some("png") => "image/png",
        _ => "application/octet-stream",
    };
    let kind = ContentType::parse(kind).unwrap_or(ContentType::TEXT_PLAIN);
    // Always in base64: whatever else a file looks like, not a byte of it may change on its way.
    let body = Body::new_with_encoding(attached.bytes.clone(), ContentTransferEncoding::Base64).unwrap_or_else(Body::new);
    Attachment::new(attached.name.clone()).body(body, kind)
}

fn failed(error: &lettre::transport::smtp::Error, address: &Address) -> Undelivered {
    let source = std::error::Error::source(error).map(|source| scrub(&source.to_string(), address)).unwrap_or_default();
    let Some(code) = error.status().map(u16::from) else {
        let words = match (is_timeout(error), error.is_tls()) {
            (true, _) => "邮件服务器超时未答复".to_owned(),
            (_, true) => format!("邮件服务器加密连接失败（{source}）"),
            _ => format!("邮件服务器无法使用（{source}）"),
        };
        return Undelivered::new(Blame::Server, words);
    };
    let blame = match code {
        code if ABOUT_US.contains(&code) => Blame::Server,
        code if FOR_GOOD.contains(&code) => Blame::ForGood,
        _ => Blame::Message,
    };
    Undelivered::new(blame, format!("邮件服务器答复 {code}：{source}"))
}

/// A read that waited too long ends as "would block" on some systems, which the library does not take for a timeout.
fn is_timeout(error: &lettre::transport::smtp::Error) -> bool {
    let mut cause = std::error::Error::source(error);
    while let Some(inner) = cause {
        if inner
            .downcast_ref::<io::Error>()
            .is_some_and(|inner| matches!(inner.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut))
        {
            return true;
        }
        cause = inner.source();
    }
    false
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use qunlian_domain::subscription::{Channel, Letter};

    use super::*;

    fn settings() -> MailSettings {
        MailSettings {
            host: "127.0.0.1".into(),
            port: 1025,
            tls: MailTls::NoneOnLoopback,
            from: "群链 <no-reply@huaibei.example>".into(),
            login: Some(("user".into(), "correct horse".into())),
            authority: None,
        }
    }

    #[test]
    fn settings_are_checked() {
        let fault = |settings: MailSettings| MailServer::new(settings).map(drop).unwrap_err();
        assert!(MailServer::new(settings()).is_ok());
        for host in ["10.0.0.1", "mail.huaibei.example", "localhost.evil.example"] {
            assert!(matches!(fault(MailSettings { host: host.into(), ..settings() }), MailFault::PlainToOthers(_)), "{host}");
        }
        for from in ["", "nobody", "a@b.example\r\nBcc: c@d.example"] {
            assert!(matches!(fault(MailSettings { from: from.into(), ..settings() }), MailFault::Sender(_)), "{from:?}");
        }
        let odd = MailSettings { tls: MailTls::Tls, authority: Some(b"no pem".to_vec()), ..settings() };
        assert!(matches!(fault(odd), MailFault::Authority(_)));
        assert!(MailServer::new(MailSettings { tls: MailTls::StartTls, host: "mail.huaibei.example".into(), ..settings() }).is_ok());
        assert!(!format!("{:?}", settings()).contains("horse"), "a password is never printed");
        assert!(!format!("{:?}", MailServer::new(settings()).unwrap()).contains("horse"), "nor by what holds it");
    }

    #[test]
    fn a_mail_is_whole() {
        let address = Address::kept(Channel::Mail, "z@huaibei.example");
        let letter = Letter::new("亮灯变化：濉溪县", "第一行\n第二行").unwrap();
        let files = [Attached { name: "通报.pdf".into(), bytes: b"%PDF-1.7".to_vec() }];
        let now = DateTime::from_timestamp(1_653_958_800, 0).unwrap();
        let parcel =
            Parcel { address: &address, signing_secret: None, letter: &letter, key: "weekly_lights.2022-W22.s7", attachments: &files, now };
        let message = MailServer::new(settings()).unwrap().message(&address, &parcel).unwrap();
        let text = String::from_utf8(message.formatted()).unwrap();
        for line in [
            "To: z@huaibei.example",
            "Date: Tue, 31 May 2022 01:00:00 +0000",
            "Message-ID: <weekly_lights.2022-W22.s7@huaibei.example>",
            "Auto-Submitted: auto-generated",
            "Content-Type: application/pdf",
            // %PDF-1.7 in base64
            "JVBERi0xLjc=",
        ] {
            assert!(text.contains(line), "{line} is missing: {text}");
        }
        assert!(text.contains("Subject: =?utf-8?b?") && text.contains("multipart/mixed"), "{text}");
        let plain = Parcel { attachments: &[], ..parcel };
        let text = String::from_utf8(MailServer::new(settings()).unwrap().message(&address, &plain).unwrap().formatted()).unwrap();
        // The two lines in base64, with the line break of mails between them.
        assert!(text.contains("56ys5LiA6KGMDQrnrKzkuozooYw="), "{text}");
    }
}
