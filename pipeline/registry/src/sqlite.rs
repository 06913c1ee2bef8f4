//! The books on embedded SQLite: one writer thread, a few readers, full durability.

mod accounts;
mod audit;
mod boards;
mod bulletins;
mod claim_rows;
mod connection;
mod credit;
mod filings;
mod imports;
mod job_reads;
mod job_writes;
mod migrate;
mod notices;
mod outbox;
mod overrides;
mod saved_queries;
mod score_figures;
mod scores;
mod scram;
mod settings;
mod statement_history;
mod steps;
mod subscriptions;
mod targets;
mod trips;

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Mutex, PoisonError};
use std::thread::JoinHandle;

use rusqlite::{Connection, Transaction, TransactionBehavior};

use crate::{RegistryError, Store};

/// More idle readers than this are closed again.
const IDLE_READERS: usize = 4;

type Work = Box<dyn FnOnce(&mut Connection) + Send>;

/// The implementation of [`Store`] on one SQLite file that several processes may share.
#[derive(Debug)]
pub struct SqliteStore {
    path: PathBuf,
    /// None only while dropping.
    work: Option<Sender<Work>>,
    writer: Option<JoinHandle<()>>,
    readers: Mutex<Vec<Connection>>,
}

impl SqliteStore {
    /// Opens the books, making or upgrading them as needed. Before an upgrade a copy is put beside the file as
    /// `<name>.v<version>`; an upgrade killed half-way leaves the old version. Newer books are refused.
    pub fn open(path: &Path) -> Result<Self, RegistryError> {
        Self::open_with(path, migrate::MIGRATIONS)
    }

    fn open_with(path: &Path, migrations: &'static [&'static str]) -> Result<Self, RegistryError> {
        let mut connection = connection::open_writer(path)?;
        migrate::migrate(&mut connection, path, migrations)?;
        let (work, inbox) = channel::<Work>();
        let write = move || {
            while let Ok(work) = inbox.recv() {
                work(&mut connection);
            }
        };
        let writer = std::thread::Builder::new().name("books-writer".into()).spawn(write).map_err(|source| RegistryError::Io {
            doing: "start the writer of",
            path: path.to_path_buf(),
            source,
        })?;
        let readers = Mutex::new(Vec::new());
        Ok(Self { path: path.to_path_buf(), work: Some(work), writer: Some(writer), readers })
    }

    /// Runs one transaction on the writer thread, `BEGIN IMMEDIATE`; on an error nothing of it stays.
    fn write<T: Send + 'static>(
        &self,
        doing: &'static str,
        change: impl FnOnce(&Transaction<'_>) -> Result<T, Trouble> + Send + 'static,
    ) -> Result<T, RegistryError> {
        let (reply, answer) = channel();
        let work: Work = Box::new(move |connection| {
            // A caller that stopped waiting does not care.
            let _ = reply.send(transact(connection, change).map_err(|trouble| trouble.named(doing)));
        });
        let sender = self.work.as_ref().ok_or(RegistryError::Closed)?;
        sender.send(work).map_err(|_| RegistryError::Closed)?;
        answer.recv().map_err(|_| RegistryError::Closed)?
    }

    /// Runs a read on a connection of its own; it sees one consistent state per statement.
    fn read<T>(&self, doing: &'static str, ask: impl FnOnce(&Connection) -> Result<T, Trouble>) -> Result<T, RegistryError> {
        let idle = self.readers.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let connection = match idle {
            Some(connection) => connection,
            None => connection::open_reader(&self.path)?,
        };
        let answer = ask(&connection).map_err(|trouble| trouble.named(doing));
        let mut readers = self.readers.lock().unwrap_or_else(PoisonError::into_inner);
        if readers.len() < IDLE_READERS {
            readers.push(connection);
        }
        answer
    }
}

impl Store for SqliteStore {
    fn check(&self) -> Result<Vec<String>, RegistryError> {
        let found = self.read("check the books", |connection| {
            let mut ask = connection.prepare("pragma integrity_check(20)")?;
            let lines = ask.query_map([], |row| row.get::<_, String>(0))?;
            Ok(lines.collect::<Result<Vec<_>, _>>()?)
        });
        match found {
            Ok(lines) if lines == ["ok"] => Ok(Vec::new()),
            Err(RegistryError::Damaged { what, .. }) => Ok(vec![what]),
            other => other,
        }
    }

    fn backup(&self, target: &Path) -> Result<(), RegistryError> {
        let io = |doing| {
            let path = target.to_path_buf();
            move |source| RegistryError::Io { doing, path, source }
        };
        if target.exists() {
            return Err(io("write the copy")(std::io::ErrorKind::AlreadyExists.into()));
        }
        // A connection of its own: copying may take long and must not keep the writer from its work.
        connection::open_writer(&self.path)?
            .execute("vacuum into ?1", [target.to_string_lossy()])
            .map_err(|error| RegistryError::of("copy the books", error))?;
        File::open(target).and_then(|file| file.sync_all()).map_err(io("flush the copy"))
    }
}

impl Drop for SqliteStore {
    fn drop(&mut self) {
        self.readers.lock().unwrap_or_else(PoisonError::into_inner).clear();
        self.work = None;
        if let Some(writer) = self.writer.take() {
            let _ = writer.join();
        }
    }
}

fn transact<T>(connection: &mut Connection, change: impl FnOnce(&Transaction<'_>) -> Result<T, Trouble>) -> Result<T, Trouble> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let answer = change(&transaction)?;
    transaction.commit()?;
    Ok(answer)
}

/// An error inside a transaction, before it is known what the transaction was for.
enum Trouble {
    Sqlite(rusqlite::Error),
    Registry(RegistryError),
}

impl Trouble {
    fn named(self, doing: &'static str) -> RegistryError {
        match self {
            Self::Sqlite(source) => RegistryError::of(doing, source),
            Self::Registry(error) => error,
        }
    }
}

impl From<rusqlite::Error> for Trouble {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sqlite(error)
    }
}

impl From<RegistryError> for Trouble {
    fn from(error: RegistryError) -> Self {
        Self::Registry(error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passes_the_suite() {
        let folder = tempfile::tempdir().unwrap();
        let next = std::sync::atomic::AtomicUsize::new(0);
        let make = || {
            let number = next.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            SqliteStore::open(&folder.path().join(format!("books-{number}.sqlite"))).unwrap()
        };
        crate::conformance::store_suite(make, |store: &SqliteStore| SqliteStore::open(&store.path).unwrap());
    }
}
