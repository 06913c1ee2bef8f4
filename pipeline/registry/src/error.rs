//! What can go wrong with the books, each with its place and, where there is one, a hint.

use std::io;
use std::path::PathBuf;

/// An error of the books. `Display` says what and where; [`RegistryError::hint`] says what to do.
#[derive(Debug, thiserror::Error)]
pub enum RegistryError {
    /// SQLite refused.
    #[error("{doing}: {source}")]
    Sqlite { doing: &'static str, source: rusqlite::Error },
    /// Another process held the books longer than the 10 seconds that we wait.
    #[error("{doing}: the books are busy")]
    Busy { doing: &'static str },
    /// The disk is full: the books can be read, nothing can be recorded.
    #[error("{doing}: no space left on the disk")]
    DiskFull { doing: &'static str },
    /// The database file is not one, or a page of it is damaged.
    #[error("{doing}: the books are damaged: {what}")]
    Damaged { doing: &'static str, what: String },
    /// The books were written by a newer version of the program.
    #[error("the books are of version {found}, this program knows up to {known}")]
    Newer { found: i64, known: i64 },
    /// A file beside the books could not be handled.
    #[error("{doing} {}: {source}", path.display())]
    Io { doing: &'static str, path: PathBuf, source: io::Error },
    /// A stored text is not what its column promises.
    #[error("column {column} holds {value:?}, which is no {expected}")]
    Value { column: &'static str, value: String, expected: &'static str },
    /// Text given by a caller cannot be recorded.
    #[error("{what}: {problem}")]
    Refused { what: &'static str, problem: String },
    /// Somebody else changed it since the caller looked.
    #[error("{what} has changed meanwhile")]
    Conflict { what: &'static str },
    /// A step that the rules of the way refuse.
    #[error("{what}: {why}")]
    NotNow { what: &'static str, why: qunlian_domain::claim::Refused },
    /// There is no such thing in the books.
    #[error("there is no such {what}")]
    Unknown { what: &'static str },
    /// The writer thread has ended.
    #[error("the books are closed")]
    Closed,
}

impl RegistryError {
    /// What the reader of the message can do.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Busy { .. } => Some("another process is writing; try again"),
            Self::DiskFull { .. } => Some("free space or enlarge the disk"),
            Self::Damaged { .. } => Some("restore the last backup; the lake itself is not touched"),
            Self::Newer { .. } => Some("start the newer program, or restore the copy made before its upgrade"),
            _ => None,
        }
    }

    /// True when the cause is a full disk.
    pub fn is_disk_full(&self) -> bool {
        matches!(self, Self::DiskFull { .. })
    }

    /// Sorts a SQLite error into the kinds that people must tell apart.
    pub(crate) fn of(doing: &'static str, source: rusqlite::Error) -> Self {
        use rusqlite::ErrorCode::{DatabaseBusy, DatabaseCorrupt, DatabaseLocked, DiskFull, NotADatabase};
        match source.sqlite_error_code() {
            Some(DatabaseBusy | DatabaseLocked) => Self::Busy { doing },
            Some(DiskFull) => Self::DiskFull { doing },
            Some(DatabaseCorrupt | NotADatabase) => Self::Damaged { doing, what: source.to_string() },
            _ => Self::Sqlite { doing, source },
        }
    }
}
