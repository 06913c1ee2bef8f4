//! The chain itself: what a record's hash covers, and following the hashes from the first record to the last.

use super::{AuditFault, AuditFlaw, AuditHead, AuditVerdict};

/// What stands before the first record.
pub(super) const GENESIS: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// What the hash of a record covers, as bytes: a spoilt text need not be UTF-8.
pub(crate) struct Sealed<'a> {
    pub seq: i64,
    pub account: Option<i64>,
    /// at, actor, via, action, subject, detail, previous.
    pub texts: [&'a [u8]; 7],
}

impl Sealed<'_> {
    /// BLAKE3 in hex over `qunlian audit 1\n`, the number, the account (0, or 1 and its number), then each text
    /// with its length before it. Numbers and lengths are 8 bytes, little-endian.
    pub fn hash(&self) -> String {
        let mut hasher = blake3::Hasher::new();
        hasher.update(b"qunlian audit 1\n");
        hasher.update(&self.seq.to_le_bytes());
        hasher.update(&[u8::from(self.account.is_some())]);
        hasher.update(&self.account.unwrap_or_default().to_le_bytes());
        for text in self.texts {
            hasher.update(&(text.len() as u64).to_le_bytes());
            hasher.update(text);
        }
        hasher.finalize().to_hex().to_string()
    }
}

/// Follows a chain record by record.
#[derive(Debug, Default)]
pub(crate) struct Verifier {
    records: u64,
    last: Option<AuditHead>,
    fault: Option<AuditFault>,
}

impl Verifier {
    /// Looks at the next record; false when there is no need to go on.
    pub fn follow(&mut self, record: &Sealed<'_>, hash: &[u8]) -> bool {
        self.records += 1;
        let expected = self.last.as_ref().map_or(1, |last| last.seq.saturating_add(1));
        let previous = self.last.as_ref().map_or(GENESIS, |last| last.hash.as_str());
        let computed = record.hash();
        let flaw = if record.seq != expected {
            Some((expected, AuditFlaw::Missing))
        } else if computed.as_bytes() != hash {
            Some((record.seq, AuditFlaw::Changed))
        } else if record.texts[6] != previous.as_bytes() {
            Some((record.seq, AuditFlaw::Unlinked))
        } else {
            None
        };
        self.fault = flaw.map(|(seq, flaw)| AuditFault { seq, flaw });
        self.last = Some(AuditHead { seq: record.seq, hash: computed });
        self.fault.is_none()
    }

    /// A record that cannot be read as one.
    pub fn unreadable(&mut self) {
        let seq = self.last.as_ref().map_or(1, |last| last.seq.saturating_add(1));
        self.records += 1;
        self.fault = Some(AuditFault { seq, flaw: AuditFlaw::Changed });
    }

    /// Holds the end against the head kept in the settings.
    pub fn end(self, kept: Option<&str>) -> AuditVerdict {
        let kept_head = kept.map(str::parse::<AuditHead>);
        let fault = self.fault.or(match (&self.last, kept_head) {
            (None, None) => None,
            (Some(last), Some(Ok(kept))) if *last == kept => None,
            (last, Some(Ok(kept))) if last.as_ref().is_none_or(|last| last.seq < kept.seq) => {
                Some(AuditFault { seq: last.as_ref().map_or(1, |last| last.seq.saturating_add(1)), flaw: AuditFlaw::CutOff })
            }
            (last, _) => Some(AuditFault { seq: last.as_ref().map_or(0, |last| last.seq), flaw: AuditFlaw::HeadLost }),
        });
        AuditVerdict { records: self.records, head: self.last, fault }
    }
}
