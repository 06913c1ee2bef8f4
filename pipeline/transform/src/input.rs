//! What a build is given: sources, human decisions, past runs, and the parts of the generation before.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use chrono::NaiveDate;
use qunlian_domain::history::{Decision, Rank};
use qunlian_domain::rules::Rules;
use qunlian_domain::target::Target;

/// One imported file, or what the books say of one carrier: its landing folder and what is known of its sheets.
#[derive(Debug, Clone)]
pub struct Source {
    /// Full BLAKE3 of the file, hex; of the books, of their rows.
    pub blake3: String,
    /// The file number that its rows carry.
    pub number: String,
    pub rank: Rank,
    pub name: String,
    pub folder: PathBuf,
    /// Day of the import by the system clock.
    pub imported_on: NaiveDate,
    pub sheets: Vec<Sheet>,
}

/// The file number of an imported file: the first 12 characters of its hash.
pub fn file_number(blake3: &str) -> String {
    blake3.get(..12).unwrap_or(blake3).to_owned()
}

/// What the books exported of one carrier besides its recognised rows: `<table>.csv` for each table of their own.
#[derive(Debug, Clone)]
pub struct BooksPart {
    pub carrier: String,
    pub folder: PathBuf,
}

/// One sheet of an imported file.
#[derive(Debug, Clone)]
pub struct Sheet {
    pub position: i64,
    pub name: String,
    /// Empty when rows name their own carriers.
    pub carrier_id: String,
    pub month: Option<NaiveDate>,
    pub reported_on: Option<NaiveDate>,
    pub header_row: i64,
    pub rows_in: i64,
    pub rows_questioned: i64,
    pub rows_left_out: i64,
}

/// A human decision on one project.
#[derive(Debug, Clone)]
pub struct DecisionRow {
    pub project_id: String,
    pub decision: Decision,
}

/// A finished run of a job, for the table `runs`.
#[derive(Debug, Clone)]
pub struct RunRow {
    pub job: String,
    pub slot: String,
    pub attempt: i64,
    pub started_at: String,
    pub finished_at: String,
    pub outcome: String,
    pub message: String,
}

/// Everything a build depends on.
pub struct BuildInput {
    pub rules: Arc<Rules>,
    /// Hash of rules, contract and code; part of each part's fingerprint.
    pub rule_version: String,
    /// In the order of import; the books come last.
    pub sources: Vec<Source>,
    /// By carrier.
    pub books: Vec<BooksPart>,
    pub decisions: Vec<DecisionRow>,
    /// Targets that the books exported, in the order in which they were entered; their ends are found when joined.
    pub entered_targets: Vec<Target>,
    pub runs: Vec<RunRow>,
    /// Fingerprints of the parts of the generation before, by `table/key`; empty to rebuild everything.
    pub previous: BTreeMap<String, String>,
}

/// How far a build is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress {
    /// What is being done, for people.
    pub label: &'static str,
    pub done: u64,
    pub total: u64,
}
