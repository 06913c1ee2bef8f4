//! Placing the typed csv of one workbook (落地) as a whole: `landing/<blake3>/` appears complete or not at all.

use std::fs;
use std::path::{Path, PathBuf};

use crate::archive::require_hash;
use crate::durable::{remove_tree, sync_file, sync_folder};
use crate::error::at;
use crate::{LakeError, Layout};

/// A landing folder in the making. Dropping it unplaced removes it.
#[derive(Debug)]
pub struct LandingDraft {
    layout: Layout,
    blake3: String,
    folder: PathBuf,
}

/// What placing did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Placed {
    New,
    /// An earlier reading of the same file was replaced (the reading rules have changed since).
    Replaced,
}

/// The landing folder of a file, whether it exists or not.
pub fn folder_of(layout: &Layout, blake3: &str) -> Result<PathBuf, LakeError> {
    require_hash(blake3)?;
    Ok(layout.landing().join(blake3))
}

/// Begins the landing of the file with that hash.
pub fn begin(layout: &Layout, blake3: &str) -> Result<LandingDraft, LakeError> {
    require_hash(blake3)?;
    let folder = layout.staging().join(format!("landing-{blake3}"));
    remove_tree(&folder)?;
    fs::create_dir_all(&folder).map_err(at("make the folder", &folder))?;
    Ok(LandingDraft { layout: layout.clone(), blake3: blake3.to_owned(), folder })
}

impl LandingDraft {
    /// Where to write the csv files.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Flushes the files and moves the folder to its place, replacing an earlier one. A crash between the two
    /// renames of a replacement leaves no landing folder: the ledger still names the file and the next ingest
    /// reads the archived original again.
    pub fn place(self) -> Result<Placed, LakeError> {
        for entry in fs::read_dir(&self.folder).map_err(at("list", &self.folder))? {
            sync_file(&entry.map_err(at("list", &self.folder))?.path())?;
        }
        sync_folder(&self.folder)?;
        let target = self.layout.landing().join(&self.blake3);
        let old = self.layout.staging().join(format!("landing-old-{}", self.blake3));
        let replaced = target.exists();
        if replaced {
            remove_tree(&old)?;
            fs::rename(&target, &old).map_err(at("move away", &target))?;
        }
        fs::rename(&self.folder, &target).map_err(at("rename to", &target))?;
        sync_folder(&self.layout.landing())?;
        remove_tree(&old)?;
        Ok(if replaced { Placed::Replaced } else { Placed::New })
    }
}

impl Drop for LandingDraft {
    fn drop(&mut self) {
        // Gone already when it was placed; the next draft of this file removes a leftover.
        let _ = remove_tree(&self.folder);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn appears_whole_and_replaces_whole() {
        let root = tempfile::tempdir().unwrap();
        let layout = Layout::open(root.path()).unwrap();
        let hash = "a".repeat(64);
        let first = begin(&layout, &hash).unwrap();
        fs::write(first.folder().join("sheet-1.csv"), "one").unwrap();
        assert!(!folder_of(&layout, &hash).unwrap().exists());
        assert_eq!(first.place().unwrap(), Placed::New);
        drop(begin(&layout, &hash).unwrap());
        let second = begin(&layout, &hash).unwrap();
        fs::write(second.folder().join("sheet-2.csv"), "two").unwrap();
        assert_eq!(second.place().unwrap(), Placed::Replaced);
        let folder = folder_of(&layout, &hash).unwrap();
        assert!(folder.join("sheet-2.csv").exists() && !folder.join("sheet-1.csv").exists());
        assert_eq!(fs::read_dir(layout.staging()).unwrap().count(), 0);
        assert!(begin(&layout, "../x").is_err());
    }
}
