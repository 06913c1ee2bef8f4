//! The import ledger (导入台账): every file that came in, once per content, with what became of it.
//!
//! A corrected file supersedes rows, not files (`domain::history`), so an accepted file stays accepted.

use chrono::{DateTime, Utc};
use serde_json::Value;

use crate::RegistryError;
use crate::text::vocabulary;

/// Files by the BLAKE3 of their bytes.
pub trait ImportBooks: Send + Sync {
    /// Records a file that was read for the first time. The same bytes again change nothing but leave a sighting.
    fn record_import(&self, import: &Import) -> Result<Recorded, RegistryError>;

    /// Replaces what reading a known file gave, after the reading rules changed; the time it was received stays.
    fn record_reading(&self, import: &Import) -> Result<(), RegistryError>;

    fn import(&self, blake3: &str) -> Result<Option<Import>, RegistryError>;

    /// Newest first; all outcomes when none is named.
    fn imports(&self, outcome: Option<ImportOutcome>, limit: usize) -> Result<Vec<Import>, RegistryError>;

    /// How often, under which names and when the same bytes came again: (file name, time), oldest first.
    fn sightings(&self, blake3: &str) -> Result<Vec<(String, DateTime<Utc>)>, RegistryError>;
}

vocabulary! {
    ImportOutcome {
        /// Its rows (perhaps with complaints) go into the lake.
        Accepted = "accepted", "已接收";
        /// Nothing could be read; `refusal` and `hint` say why.
        Refused = "refused", "已退回";
    }
}

/// One file.
#[derive(Debug, Clone, PartialEq)]
pub struct Import {
    /// 64 lower-case hex digits.
    pub blake3: String,
    pub file_name: String,
    pub received_at: DateTime<Utc>,
    /// When it was last read.
    pub read_at: DateTime<Utc>,
    pub bytes: u64,
    pub outcome: ImportOutcome,
    /// What is wrong with a refused file.
    pub refusal: Option<String>,
    /// How to mend it.
    pub hint: Option<String>,
    pub rows: u64,
    pub complaints: u64,
    /// The reader's full report (sheets, header rows, unknown columns ...).
    pub report: Value,
}

/// What recording a file found.
#[derive(Debug, Clone, PartialEq)]
pub enum Recorded {
    New,
    /// The same bytes were recorded before, as this.
    Known(Box<Import>),
}
