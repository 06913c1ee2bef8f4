//! What can go wrong in the lake, each with its place and, where there is one, a hint.

use std::io;
use std::path::{Path, PathBuf};

use crate::Damage;

/// An error of the lake. `Display` says what and where; [`LakeError::hint`] says what to do.
#[derive(Debug, thiserror::Error)]
pub enum LakeError {
    /// A file operation failed.
    #[error("{action} {}: {source}", path.display())]
    Io { action: &'static str, path: PathBuf, source: io::Error },
    /// The disk is full: nothing was published, readers keep the last generation.
    #[error("no space left on the disk: {action} {}", path.display())]
    DiskFull { action: &'static str, path: PathBuf },
    /// A manifest cannot be read as one.
    #[error("manifest {}: {what}", path.display())]
    Manifest { path: PathBuf, what: String },
    /// Files of a generation differ from its manifest.
    #[error("{0}")]
    Damaged(Damage),
    /// There is no such generation.
    #[error("generation {0} does not exist or has been retired")]
    NoGeneration(u64),
    /// A table, key or hash that cannot be a file name.
    #[error("{what} {name:?} cannot be used as a file name")]
    Name { what: &'static str, name: String },
    /// A part for a table that was not declared, or a table declared twice.
    #[error("table {table}: {what}")]
    Table { table: String, what: &'static str },
    /// A part to reuse is not one of the parent's.
    #[error("table {table}: part {path} is not part of the parent generation")]
    NotInParent { table: String, path: String },
    /// The gating checks did not all pass, so nothing was published.
    #[error("{failed} of {all} checks failed, nothing was published")]
    ChecksFailed { failed: u32, all: u32 },
    /// Another process published this number meanwhile.
    #[error("generation {0} has been published by another process")]
    AlreadyPublished(u64),
    /// The manifest is visible but its folder could not be flushed: a power cut may undo it.
    #[error("generation {generation} is visible but not yet safe on disk: {source}")]
    NotDurable { generation: u64, source: io::Error },
    /// A second server on the same folder.
    #[error("another server already uses {}: {holder}", folder.display())]
    ServerRunning { folder: PathBuf, holder: String },
    /// Waiting for the lake's lock took too long.
    #[error("another process is building the lake: {holder}")]
    Busy { holder: String },
    /// A backup that cannot be used; the faults say where.
    #[error("the backup {} is damaged: {}", folder.display(), faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
    BackupDamaged { folder: PathBuf, faults: Vec<crate::backup::Fault> },
    /// A file of the data folder no longer has the content that its name promises.
    #[error("{}: its content does not match the hash in its name", .0.display())]
    SourceDamaged(PathBuf),
    /// A folder that must be new or empty is not.
    #[error("{} is there already and is not empty", .0.display())]
    NotEmpty(PathBuf),
    /// The folder is not a data folder.
    #[error("{} is not a data folder of qunlian", .0.display())]
    NotADataFolder(PathBuf),
}

impl LakeError {
    /// What the reader of the message can do.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::DiskFull { .. } => Some("free space or enlarge the disk, then run the job again"),
            Self::Damaged(_) | Self::Manifest { .. } => {
                Some("the last good generation is served; run `qunlian run build_lake --full` to repair")
            }
            Self::ServerRunning { .. } => Some("stop the other server or name another folder with --data"),
            Self::Busy { .. } => Some("wait for it to end and try again"),
            Self::NotADataFolder(_) => Some("name the folder with --data, or make one with `qunlian demo`"),
            Self::BackupDamaged { .. } => Some("nothing was restored: take an earlier backup, or another copy of this one"),
            Self::SourceDamaged(_) => Some("bring a good copy of that file back, then back up again"),
            Self::NotEmpty(_) => Some("name a folder that does not exist yet"),
            Self::NotDurable { .. } => Some("check the disk, then run `qunlian run build_lake --full`"),
            _ => None,
        }
    }

    /// True when the cause is a full disk (or an exhausted quota).
    pub fn is_disk_full(&self) -> bool {
        matches!(self, Self::DiskFull { .. })
    }

    /// True when a second server was refused.
    pub fn is_server_running(&self) -> bool {
        matches!(self, Self::ServerRunning { .. })
    }
}

/// Turns an io error into one that names its place; a full disk becomes its own kind.
pub(crate) fn at<'a>(action: &'static str, path: &'a Path) -> impl FnOnce(io::Error) -> LakeError + use<'a> {
    move |source| match source.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => LakeError::DiskFull { action, path: path.to_path_buf() },
        _ => LakeError::Io { action, path: path.to_path_buf(), source },
    }
}
