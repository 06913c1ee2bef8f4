//! The port to whoever runs an analyst's own statement (自助 SQL): the root spawns a limited child.

use chrono::NaiveDate;
use qunlian_queries::BoxFuture;

/// Why a statement gave no table. Both texts are shown to the analyst as they are.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{error}")]
pub struct SqlFailure {
    /// What went wrong, with line and column where known.
    pub error: String,
    /// What can be done about it; may be empty.
    pub hint: String,
}

/// Runs one read-only statement over the published generation.
pub trait SqlRunner: Send + Sync + 'static {
    /// The JSON of `qunlian sql --format json`: `{"ok":true,"generation":n,"as_of":"…","columns":[…],"rows":[[…]],"truncated":false}`.
    fn run<'a>(&'a self, sql: &'a str, as_of: Option<NaiveDate>) -> BoxFuture<'a, Result<Vec<u8>, SqlFailure>>;
}
