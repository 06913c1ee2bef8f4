//! The one door to the books, whatever database keeps them.

use std::path::Path;

use chrono::{DateTime, Utc};

use crate::{
    AccountBooks, AuditBooks, BoardBooks, BulletinBooks, CreditBooks, FilingBooks, ImportBooks, JobBooks, NoticeBooks, OutboxBooks,
    OverrideBooks, RegistryError, SavedQueryBooks, ScoreBooks, ScoreFigureBooks, ScramBooks, StatementBooks, SubscriptionBooks,
    TargetBooks, TripBooks,
};

/// Everything that is recorded. Calls block (for at most 10 s when another process writes); every write is one
/// transaction and is safe on disk when the call returns. Nothing may be cached across calls: other processes
/// write too.
pub trait Store:
    std::fmt::Debug
    + JobBooks
    + ImportBooks
    + OverrideBooks
    + AccountBooks
    + AuditBooks
    + FilingBooks
    + NoticeBooks
    + CreditBooks
    + TripBooks
    + ScoreBooks
    + BulletinBooks
    + SubscriptionBooks
    + OutboxBooks
    + TargetBooks
    + ScoreFigureBooks
    + SavedQueryBooks
    + BoardBooks
    + StatementBooks
    + ScramBooks
    + Settings
{
    /// Looks for damage: every page and index. Empty means whole.
    fn check(&self) -> Result<Vec<String>, RegistryError>;

    /// Writes a consistent copy while others read and write. The target must not exist.
    fn backup(&self, target: &Path) -> Result<(), RegistryError>;
}

/// Facts about the data folder itself.
pub trait Settings: Send + Sync {
    fn setting(&self, name: &str) -> Result<Option<String>, RegistryError>;

    fn put_setting(&self, name: &str, value: &str, now: DateTime<Utc>) -> Result<(), RegistryError>;

    /// The value that stands; `value` is recorded first if nothing stood. All callers get the same answer.
    fn setting_or_put(&self, name: &str, value: &str, now: DateTime<Utc>) -> Result<String, RegistryError>;

    /// When something first happened in this folder, such as its first start; `at` is recorded when it had not.
    fn first_time(&self, name: &str, at: DateTime<Utc>, now: DateTime<Utc>) -> Result<DateTime<Utc>, RegistryError> {
        let text = self.setting_or_put(name, &crate::text::moment(at), now)?;
        crate::text::parse_moment("settings.value", &text)
    }

    /// Records a time under a name, in place of what stood.
    fn put_time(&self, name: &str, at: DateTime<Utc>, now: DateTime<Utc>) -> Result<(), RegistryError> {
        self.put_setting(name, &crate::text::moment(at), now)
    }
}
