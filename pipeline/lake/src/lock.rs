//! The two locks of a data folder: one builder (`lake.lock`), one server (`server.lock`).
//!
//! Both are advisory locks of the operating system: a killed holder frees them at once.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::time::{Duration, Instant};

use crate::error::at;
use crate::{LakeError, Layout};

/// How often a waiting process asks again.
const ASK_AGAIN: Duration = Duration::from_millis(100);

/// The right to publish, recover and retire in one data folder; freed when dropped or when the process ends.
#[derive(Debug)]
pub struct LakeLock {
    layout: Layout,
    _file: File,
}

impl LakeLock {
    /// Takes the lock if it is free. `doing` is what others read while they wait, such as `build_lake`.
    pub fn try_take(layout: &Layout, doing: &str) -> Result<Option<Self>, LakeError> {
        let file = try_lock(&layout.lake_lock(), doing)?;
        Ok(file.map(|file| Self { layout: layout.clone(), _file: file }))
    }

    /// Waits for the lock; `on_wait` is told once, with the holder's words, when it is not free.
    /// With a limit the wait ends in [`LakeError::Busy`].
    pub fn wait(layout: &Layout, doing: &str, limit: Option<Duration>, mut on_wait: impl FnMut(&str)) -> Result<Self, LakeError> {
        let started = Instant::now();
        let mut told = false;
        loop {
            if let Some(lock) = Self::try_take(layout, doing)? {
                return Ok(lock);
            }
            let holder = read_holder(&layout.lake_lock());
            if !told {
                on_wait(&holder);
                told = true;
            }
            if limit.is_some_and(|limit| started.elapsed() >= limit) {
                return Err(LakeError::Busy { holder });
            }
            std::thread::sleep(ASK_AGAIN);
        }
    }

    /// The data folder this lock guards.
    pub fn layout(&self) -> &Layout {
        &self.layout
    }
}

/// The right to serve one data folder; freed when dropped or when the process ends.
#[derive(Debug)]
pub struct ServerLock {
    _file: File,
}

impl ServerLock {
    /// Takes the lock or says who has it. `doing` is shown to the second server, such as `serving 127.0.0.1:8080`.
    pub fn take(layout: &Layout, doing: &str) -> Result<Self, LakeError> {
        let path = layout.server_lock();
        match try_lock(&path, doing)? {
            Some(file) => Ok(Self { _file: file }),
            None => Err(LakeError::ServerRunning { folder: layout.root().to_path_buf(), holder: read_holder(&path) }),
        }
    }
}

fn try_lock(path: &Path, doing: &str) -> Result<Option<File>, LakeError> {
    let mut file = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path).map_err(at("open", path))?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => return Ok(None),
        Err(TryLockError::Error(error)) => return Err(at("lock", path)(error)),
    }
    let words = format!("process {}, {doing}\n", std::process::id());
    let written = file.set_len(0).and_then(|()| file.seek(SeekFrom::Start(0))).and_then(|_| file.write_all(words.as_bytes()));
    // The words are for people; a full disk must not keep anybody from reading the lake.
    drop(written);
    Ok(Some(file))
}

fn read_holder(path: &Path) -> String {
    let mut words = String::new();
    let read = File::open(path).and_then(|file| file.take(512).read_to_string(&mut words));
    match read {
        Ok(length) if length > 0 => words.trim().to_owned(),
        _ => "an unknown process".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn second_server_is_refused_and_told_why() {
        let folder = tempfile::tempdir().unwrap();
        let layout = Layout::open(folder.path()).unwrap();
        let first = ServerLock::take(&layout, "serving 127.0.0.1:8080").unwrap();
        let error = ServerLock::take(&layout, "serving 127.0.0.1:9090").unwrap_err();
        assert!(error.is_server_running());
        assert!(error.to_string().contains("127.0.0.1:8080"), "{error}");
        assert!(error.to_string().contains(&std::process::id().to_string()), "{error}");
        drop(first);
        ServerLock::take(&layout, "again").unwrap();
    }

    #[test]
    fn waiting_builder_is_told_once_and_then_gets_the_lock() {
        let folder = tempfile::tempdir().unwrap();
        let layout = Layout::open(folder.path()).unwrap();
        let held = LakeLock::try_take(&layout, "build_lake").unwrap().unwrap();
        assert!(LakeLock::try_take(&layout, "x").unwrap().is_none());
        let limit = Some(Duration::from_millis(10));
        let busy = LakeLock::wait(&layout, "x", limit, |_| {}).unwrap_err();
        assert!(matches!(busy, LakeError::Busy { .. }), "{busy}");
        let other = layout.clone();
        let (tell, told) = std::sync::mpsc::channel();
        let waiter =
            std::thread::spawn(move || LakeLock::wait(&other, "retain_lake", None, |holder| tell.send(holder.to_owned()).unwrap()).is_ok());
        let holder = told.recv().unwrap();
        assert!(holder.contains("build_lake"), "{holder}");
        // It looks again and again, and says so once.
        std::thread::sleep(Duration::from_millis(300));
        drop(held);
        assert!(waiter.join().unwrap());
        assert_eq!(told.iter().count(), 0);
    }
}
