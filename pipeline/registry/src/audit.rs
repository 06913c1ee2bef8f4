//! The audit log (审计日志): who did what, when and through which door; every record holds the hash of the one before.

mod chain;

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Utc};
use qunlian_domain::audit::{ACTOR_CHARACTERS, AuditAction, DETAIL_BYTES, SUBJECT_CHARACTERS, Via, clean, escape_unseen};
use serde_json::{Value, json};

use crate::text::{moment, vocabulary};
use crate::{RegistryError, text};

use chain::GENESIS;
pub(crate) use chain::{Sealed, Verifier};

/// China's clocks, all year.
const AHEAD_OF_UTC: TimeDelta = TimeDelta::hours(8);
/// A longer detail is kept as its beginning and its hash; quoted again the beginning can double.
const BEGINNING_BYTES: usize = DETAIL_BYTES / 2 - 200;

/// Records are never changed and never removed, so they are kept for longer than any rule demands (183 days).
pub trait AuditBooks: Send + Sync {
    /// Adds one record at the end. Texts are cleaned and cut to their bounds first: a record is never refused
    /// for what somebody typed.
    fn append(&self, entry: &AuditEntry) -> Result<AuditRecord, RegistryError>;

    /// Newest first; only records before that number, when one is given.
    fn audit_page(&self, filter: &AuditFilter, before: Option<i64>, limit: usize) -> Result<Vec<AuditRecord>, RegistryError>;

    fn audit_record(&self, seq: i64) -> Result<Option<AuditRecord>, RegistryError>;

    /// Number and hash of the newest record, to be written down elsewhere.
    fn audit_head(&self) -> Result<Option<AuditHead>, RegistryError>;

    /// Computes the whole chain again.
    fn verify_audit(&self) -> Result<AuditVerdict, RegistryError>;
}

/// Something to record.
#[derive(Debug, Clone, PartialEq)]
pub struct AuditEntry {
    pub at: DateTime<Utc>,
    /// None: nobody logged in, such as a wrong name or the public.
    pub account: Option<i64>,
    /// The login name, or who acted without one: a job's name, `console`.
    pub actor: String,
    pub via: Via,
    pub action: AuditAction,
    /// What it was done to: a filing's number, an account's name, an address.
    pub subject: String,
    /// Further facts; never a secret, never a whole telephone number.
    pub detail: Value,
}

/// A record as it stands in the books: texts, so that even a spoilt one can be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditRecord {
    pub seq: i64,
    pub at: String,
    pub account: Option<i64>,
    pub actor: String,
    pub via: String,
    pub action: String,
    pub subject: String,
    /// JSON.
    pub detail: String,
    pub previous: String,
    pub hash: String,
}

impl AuditRecord {
    /// The record of an entry behind `head`.
    pub(crate) fn of(entry: &AuditEntry, head: Option<&AuditHead>) -> Self {
        let mut record = Self {
            seq: head.map_or(1, |head| head.seq.saturating_add(1)),
            at: moment(entry.at),
            account: entry.account,
            actor: clean(&entry.actor, ACTOR_CHARACTERS),
            via: entry.via.id().to_owned(),
            action: entry.action.id().to_owned(),
            subject: clean(&entry.subject, SUBJECT_CHARACTERS),
            detail: bounded(&entry.detail),
            previous: head.map_or_else(|| GENESIS.to_owned(), |head| head.hash.clone()),
            hash: String::new(),
        };
        record.hash = record.sealed().hash();
        record
    }

    /// When it happened; `None` when the text is no time.
    pub fn time(&self) -> Option<DateTime<Utc>> {
        text::parse_moment("audit_log.at", &self.at).ok()
    }

    /// The act's name for people; the word itself when it is not known.
    pub fn action_name(&self) -> &str {
        AuditAction::from_id(&self.action).map_or(self.action.as_str(), |action| action.name())
    }

    /// The door's name for people; the word itself when it is not known.
    pub fn via_name(&self) -> &str {
        Via::from_id(&self.via).map_or(self.via.as_str(), |via| via.name())
    }

    pub fn head(&self) -> AuditHead {
        AuditHead { seq: self.seq, hash: self.hash.clone() }
    }

    fn sealed(&self) -> Sealed<'_> {
        Sealed {
            seq: self.seq,
            account: self.account,
            texts: [&self.at, &self.actor, &self.via, &self.action, &self.subject, &self.detail, &self.previous]
                .map(|text| text.as_bytes()),
        }
    }
}

/// Which records a page shows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AuditFilter {
    pub action: Option<AuditAction>,
    /// Part of the actor.
    pub actor: Option<String>,
    /// Part of the subject.
    pub subject: Option<String>,
    pub from: Option<DateTime<Utc>>,
    /// Not included.
    pub until: Option<DateTime<Utc>>,
}

impl AuditFilter {
    /// Keeps to days of the city, both included.
    pub fn within(self, from: Option<NaiveDate>, until: Option<NaiveDate>) -> Self {
        let begins = |day: NaiveDate| day.and_time(NaiveTime::MIN).and_utc() - AHEAD_OF_UTC;
        Self { from: from.map(begins), until: until.and_then(|day| day.succ_opt()).map(begins), ..self }
    }
}

/// Number and hash of a record: whoever keeps them elsewhere can prove that nothing before was changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditHead {
    pub seq: i64,
    pub hash: String,
}

impl fmt::Display for AuditHead {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}:{}", self.seq, self.hash)
    }
}

impl FromStr for AuditHead {
    type Err = RegistryError;

    fn from_str(text: &str) -> Result<Self, RegistryError> {
        let bad = || RegistryError::Value { column: "audit head", value: text.to_owned(), expected: "SEQ:HASH" };
        let (seq, hash) = text.trim().split_once(':').ok_or_else(bad)?;
        let is_hash = hash.len() == 64 && hash.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        let seq = seq.parse().ok().filter(|seq| *seq > 0 && is_hash).ok_or_else(bad)?;
        Ok(Self { seq, hash: hash.to_owned() })
    }
}

/// What verifying found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditVerdict {
    /// Records looked at.
    pub records: u64,
    /// The newest record there is.
    pub head: Option<AuditHead>,
    /// The first fault; records behind it prove nothing.
    pub fault: Option<AuditFault>,
}

impl AuditVerdict {
    pub fn is_whole(&self) -> bool {
        self.fault.is_none()
    }
}

/// Where a chain breaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AuditFault {
    pub seq: i64,
    pub flaw: AuditFlaw,
}

impl fmt::Display for AuditFault {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "record {}: {}", self.seq, self.flaw.why())
    }
}

vocabulary! {
    /// What is wrong with a record.
    AuditFlaw {
        Missing = "missing", "记录缺失";
        Changed = "changed", "记录被改动";
        Unlinked = "unlinked", "与上一条记录不衔接";
        CutOff = "cut_off", "末尾记录缺失";
        HeadLost = "head_lost", "末条记录与登记的末条哈希不符";
    }
}

impl AuditFlaw {
    /// For the command line.
    pub fn why(self) -> &'static str {
        match self {
            Self::Missing => "it is missing, though a later one is there",
            Self::Changed => "its content does not match its hash",
            Self::Unlinked => "it does not hold the hash of the record before it",
            Self::CutOff => "it and all later ones are missing from the end",
            Self::HeadLost => "the newest number and hash, kept in the settings, are not this record's",
        }
    }
}

/// A detail as text within its bound; a longer one keeps its beginning, its length and its hash.
fn bounded(detail: &Value) -> String {
    let text = escape_unseen(&detail.to_string());
    if text.len() <= DETAIL_BYTES {
        return text;
    }
    let end = (0..=BEGINNING_BYTES).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(0);
    json!({ "cut": true, "bytes": text.len(), "blake3": blake3::hash(text.as_bytes()).to_hex().as_str(), "begins": &text[..end] })
        .to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn details_stay_within_their_bound() {
        let check = |text: String| {
            let kept = bounded(&json!({ "sql": text }));
            assert!(kept.len() <= DETAIL_BYTES, "{}", kept.len());
            assert!(serde_json::from_str::<Value>(&kept).is_ok());
            kept
        };
        assert_eq!(check("select 1".into()), r#"{"sql":"select 1"}"#);
        for letter in ["\"", "\\", "\u{1}", "字", "\u{202e}", "\u{1f600}"] {
            let kept: Value = serde_json::from_str(&check(letter.repeat(60_000))).unwrap();
            assert_eq!(kept["cut"], true, "{letter:?}");
        }
    }

    #[test]
    fn days_are_those_of_the_city() {
        let day = NaiveDate::from_ymd_opt(2022, 5, 31);
        let filter = AuditFilter::default().within(day, day);
        assert_eq!(filter.from.map(moment).as_deref(), Some("2022-05-30T16:00:00.000Z"));
        assert_eq!(filter.until.map(moment).as_deref(), Some("2022-05-31T16:00:00.000Z"));
        assert_eq!(AuditFilter::default().within(None, Some(NaiveDate::MAX)), AuditFilter::default());
    }

    #[test]
    fn a_head_is_read_back_and_nothing_else_is() {
        let head = AuditHead { seq: 12, hash: "ab".repeat(32) };
        assert_eq!(head.to_string().parse::<AuditHead>().unwrap(), head);
        for bad in ["", "12", "12:", ":ab", "0:", "-1:", &format!("0:{}", head.hash), &format!("12:{}", head.hash.to_uppercase())] {
            assert!(bad.parse::<AuditHead>().is_err(), "{bad:?}");
        }
    }

    #[test]
    fn the_encoding_keeps_fields_apart() {
        let of = |actor: &str, subject: &str, account| AuditRecord {
            seq: 1,
            at: "2022-05-31T00:00:00.000Z".into(),
            account,
            actor: actor.into(),
            via: "web".into(),
            action: "login".into(),
            subject: subject.into(),
            detail: "{}".into(),
            previous: GENESIS.into(),
            hash: String::new(),
        };
        let hash = |record: AuditRecord| record.sealed().hash();
        assert_ne!(hash(of("ab", "c", None)), hash(of("a", "bc", None)));
        assert_ne!(hash(of("a", "b", None)), hash(of("a", "b", Some(0))));
        // Written down: records of earlier versions must verify for ever.
        assert_eq!(hash(of("chen.jia", "", Some(7))), "0774633a2353457045f69cd0f378c37ba023acbd2e1196caac8cd18d512bcd5e");
    }
}
