//! Opening SQLite connections with the settings that durability and sharing need.

use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

use crate::RegistryError;

/// How long a write waits for another process.
const PATIENCE: Duration = Duration::from_secs(10);
/// Switching to WAL ignores the busy handler, so it is tried again by hand.
const WAL_TRIES: u32 = 100;

/// The writing connection: WAL, flushed at every commit.
pub(super) fn open_writer(path: &Path) -> Result<Connection, RegistryError> {
    let doing = "open the books";
    let connection =
        open(path, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE).map_err(|error| RegistryError::of(doing, error))?;
    use_wal(&connection)?;
    for (pragma, value) in [("synchronous", "full"), ("foreign_keys", "on")] {
        connection.pragma_update(None, pragma, value).map_err(|error| RegistryError::of(doing, error))?;
    }
    Ok(connection)
}

/// A connection that cannot write.
pub(super) fn open_reader(path: &Path) -> Result<Connection, RegistryError> {
    let of = |error| RegistryError::of("open the books for reading", error);
    let connection = open(path, OpenFlags::SQLITE_OPEN_READ_WRITE).map_err(of)?;
    connection.pragma_update(None, "query_only", "on").map_err(of)?;
    Ok(connection)
}

fn open(path: &Path, flags: OpenFlags) -> rusqlite::Result<Connection> {
    let flags = flags | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(PATIENCE)?;
    // No memory map: a damaged page must be an error, not a crash. Cell sizes are checked for the same reason.
    connection.pragma_update(None, "mmap_size", 0)?;
    connection.pragma_update(None, "cell_size_check", "on")?;
    connection.pragma_update(None, "trusted_schema", "off")?;
    Ok(connection)
}

fn use_wal(connection: &Connection) -> Result<(), RegistryError> {
    let mut tries = 0;
    loop {
        let switched = connection.pragma_update_and_check(None, "journal_mode", "wal", |row| row.get::<_, String>(0));
        match switched.map_err(|error| RegistryError::of("open the books", error)) {
            Ok(mode) if mode == "wal" => return Ok(()),
            Ok(mode) => {
                let what = format!("the file system does not allow a write-ahead log (mode {mode})");
                return Err(RegistryError::Damaged { doing: "open the books", what });
            }
            Err(RegistryError::Busy { .. }) if tries < WAL_TRIES => {
                tries += 1;
                std::thread::sleep(PATIENCE / WAL_TRIES);
            }
            Err(error) => return Err(error),
        }
    }
}
