//! Forward migrations of the books: numbered SQL files, applied whole or not at all.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, TransactionBehavior};

use crate::RegistryError;

/// Migration n brings the books from version n-1 to n.
pub(super) const MIGRATIONS: &[&str] = &[
    include_str!("../../migrations/0001_books.sql"),
    include_str!("../../migrations/0002_accounts.sql"),
    include_str!("../../migrations/0003_audit.sql"),
    include_str!("../../migrations/0004_filings.sql"),
    include_str!("../../migrations/0005_credit.sql"),
    include_str!("../../migrations/0006_token_scopes.sql"),
    include_str!("../../migrations/0007_trips.sql"),
    include_str!("../../migrations/0008_several_carriers.sql"),
    include_str!("../../migrations/0009_scores.sql"),
    include_str!("../../migrations/0010_bulletins.sql"),
    include_str!("../../migrations/0011_subscriptions.sql"),
    include_str!("../../migrations/0012_targets.sql"),
    include_str!("../../migrations/0013_score_figures.sql"),
    include_str!("../../migrations/0014_saved_queries.sql"),
    include_str!("../../migrations/0015_token_scram.sql"),
];

/// Brings the books to the newest version in one transaction, after putting a copy of older ones aside.
pub(super) fn migrate(connection: &mut Connection, path: &Path, migrations: &[&str]) -> Result<(), RegistryError> {
    let of = |error| RegistryError::of("upgrade the books", error);
    let known = migrations.len() as i64;
    let found = version(connection)?;
    if found == known {
        return Ok(());
    }
    refuse_newer(found, known)?;
    if found > 0 {
        put_aside(connection, path, found)?;
    }
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(of)?;
    // Another process may have upgraded while this one waited for the lock.
    let found = version(&transaction)?;
    refuse_newer(found, known)?;
    for migration in migrations.iter().skip(found as usize) {
        transaction.execute_batch(migration).map_err(of)?;
    }
    transaction.pragma_update(None, "user_version", known).map_err(of)?;
    transaction.commit().map_err(of)
}

/// Where the copy of an older version lies: `books.sqlite.v1`.
pub(super) fn copy_of(path: &Path, version: i64) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(format!(".v{version}"));
    PathBuf::from(name)
}

fn version(connection: &Connection) -> Result<i64, RegistryError> {
    connection
        .pragma_query_value(None, "user_version", |row| row.get(0))
        .map_err(|error| RegistryError::of("read the version of the books", error))
}

fn refuse_newer(found: i64, known: i64) -> Result<(), RegistryError> {
    if found > known { Err(RegistryError::Newer { found, known }) } else { Ok(()) }
}

/// A copy left by an upgrade that was killed is written anew: the books have not changed version since.
fn put_aside(connection: &Connection, path: &Path, version: i64) -> Result<(), RegistryError> {
    let copy = copy_of(path, version);
    let io = |doing| {
        let path = copy.clone();
        move |source| RegistryError::Io { doing, path, source }
    };
    match fs::remove_file(&copy) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(io("remove")(error)),
        _ => {}
    }
    connection
        .execute("vacuum into ?1", [copy.to_string_lossy()])
        .map_err(|error| RegistryError::of("copy the books before their upgrade", error))?;
    File::open(&copy).and_then(|file| file.sync_all()).map_err(io("flush"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SqliteStore;

    const SECOND: &str = "create table added (id integer primary key) strict;";
    const ONE: &[&str] = &[MIGRATIONS[0]];
    const TWO: &[&str] = &[MIGRATIONS[0], SECOND];
    const BROKEN: &[&str] = &[MIGRATIONS[0], SECOND, "create table half (id integer); create nonsense;"];

    fn version_of(path: &Path) -> i64 {
        version(&Connection::open(path).unwrap()).unwrap()
    }

    #[test]
    fn an_upgrade_keeps_a_copy_and_a_failed_one_changes_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("books.sqlite");
        drop(SqliteStore::open_with(&path, ONE).unwrap());
        assert_eq!(version_of(&path), 1);
        assert!(!copy_of(&path, 0).exists(), "new books need no copy");
        assert!(SqliteStore::open_with(&path, BROKEN).is_err());
        assert_eq!(version_of(&path), 1, "a broken upgrade leaves the old version");
        drop(SqliteStore::open_with(&path, TWO).unwrap());
        assert_eq!(version_of(&path), 2);
        assert_eq!(version_of(&copy_of(&path, 1)), 1);
        let refused = SqliteStore::open_with(&path, ONE).unwrap_err();
        assert_eq!(refused.to_string(), "the books are of version 2, this program knows up to 1");
        assert!(refused.hint().is_some());
    }

    #[test]
    fn many_openers_of_new_books_agree() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("books.sqlite");
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| SqliteStore::open_with(&path, TWO).unwrap());
            }
        });
        assert_eq!(version_of(&path), 2);
    }

    #[test]
    fn a_file_that_is_no_database_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("books.sqlite");
        fs::write(&path, "not a database, but long enough to be read as the header of one".repeat(20)).unwrap();
        assert!(matches!(SqliteStore::open(&path), Err(RegistryError::Damaged { .. })));
    }
}
