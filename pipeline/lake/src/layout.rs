//! The folders of a data folder (数据目录); every path in it is spelled here and nowhere else.

use std::fs;
use std::path::{Path, PathBuf};

use crate::LakeError;
use crate::durable::sync_folder;
use crate::error::at;

/// A data folder: `inbox/ archive/ landing/ attachments/ bulletins/ staging/ lake/gen/ lake/manifests/ lake/retired/
/// lake/pins/ desk/ books.sqlite server.lock lake.lock`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layout {
    root: PathBuf,
}

impl Layout {
    /// Opens a data folder, making what is missing; the folders are on disk when this returns.
    pub fn open(root: impl AsRef<Path>) -> Result<Self, LakeError> {
        let root = root.as_ref();
        fs::create_dir_all(root).map_err(at("make the folder", root))?;
        let root = root.canonicalize().map_err(at("find the folder", root))?;
        let layout = Self { root };
        for folder in layout.folders() {
            fs::create_dir_all(&folder).map_err(at("make the folder", &folder))?;
        }
        for folder in layout.folders().iter().chain([&layout.lake(), &layout.root]) {
            sync_folder(folder)?;
        }
        Ok(layout)
    }

    /// Opens a data folder that must exist already and changes nothing in it (for readers).
    pub fn existing(root: impl AsRef<Path>) -> Result<Self, LakeError> {
        let root = root.as_ref();
        let absolute = root.canonicalize().map_err(|_| LakeError::NotADataFolder(root.to_path_buf()))?;
        let layout = Self { root: absolute };
        if layout.manifests().is_dir() { Ok(layout) } else { Err(LakeError::NotADataFolder(layout.root)) }
    }

    /// The data folder itself (absolute).
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Where people and other systems drop workbooks (收件箱).
    pub fn inbox(&self) -> PathBuf {
        self.root.join("inbox")
    }

    /// Original files by their BLAKE3 (原件).
    pub fn archive(&self) -> PathBuf {
        self.root.join("archive")
    }

    /// Typed csv by the BLAKE3 of the file they came from (落地).
    pub fn landing(&self) -> PathBuf {
        self.root.join("landing")
    }

    /// Work in progress; everything here may be thrown away.
    pub fn staging(&self) -> PathBuf {
        self.root.join("staging")
    }

    /// The lake: part paths in a manifest are relative to this folder.
    pub fn lake(&self) -> PathBuf {
        self.root.join("lake")
    }

    /// One folder per generation.
    pub fn generations(&self) -> PathBuf {
        self.root.join("lake/gen")
    }

    /// The folder of one generation.
    pub fn generation(&self, number: u64) -> PathBuf {
        self.generations().join(number.to_string())
    }

    /// One manifest per generation that readers may see.
    pub fn manifests(&self) -> PathBuf {
        self.root.join("lake/manifests")
    }

    /// The manifest of one generation.
    pub fn manifest(&self, number: u64) -> PathBuf {
        self.manifests().join(format!("{number}.json"))
    }

    /// Manifests of generations whose files are gone: the chain of hashes stays whole.
    pub fn retired(&self) -> PathBuf {
        self.root.join("lake/retired")
    }

    /// The manifest of one retired generation.
    pub fn retired_manifest(&self, number: u64) -> PathBuf {
        self.retired().join(format!("{number}.json"))
    }

    /// Reasons why generations are kept for ever.
    pub fn pins(&self) -> PathBuf {
        self.root.join("lake/pins")
    }

    /// The pin of one generation: a text file that holds the reason.
    pub fn pin(&self, number: u64) -> PathBuf {
        self.pins().join(format!("{number}.txt"))
    }

    /// Files that filings carry, by their BLAKE3 (附件).
    pub fn attachments(&self) -> PathBuf {
        self.root.join("attachments")
    }

    /// Bulletins that were made, under names for people (通报); their bytes are attachments.
    pub fn bulletins(&self) -> PathBuf {
        self.root.join("bulletins")
    }

    /// Tables written for those who ask in SQL, and the temporary files of their statements; made anew at each start.
    pub fn desk(&self) -> PathBuf {
        self.root.join("desk")
    }

    /// The books (SQLite).
    pub fn books(&self) -> PathBuf {
        self.root.join("books.sqlite")
    }

    /// Held by the one server of this folder.
    pub fn server_lock(&self) -> PathBuf {
        self.root.join("server.lock")
    }

    /// Held by whichever process builds the lake.
    pub fn lake_lock(&self) -> PathBuf {
        self.root.join("lake.lock")
    }

    /// Bytes that an ordinary process may still write to this folder's disk.
    pub fn free_bytes(&self) -> Result<u64, LakeError> {
        let space = rustix::fs::statvfs(&self.root).map_err(|error| at("measure the free space of", &self.root)(error.into()))?;
        Ok(space.f_bavail.saturating_mul(space.f_frsize))
    }

    fn folders(&self) -> Vec<PathBuf> {
        vec![
            self.inbox(),
            self.archive(),
            self.landing(),
            self.attachments(),
            self.bulletins(),
            self.staging(),
            self.generations(),
            self.manifests(),
            self.retired(),
            self.pins(),
        ]
    }
}
