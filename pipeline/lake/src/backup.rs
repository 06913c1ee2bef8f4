//! A copy of a data folder (备份): a plain folder with a sealed list of what it holds, renamed into place once whole.

mod list;
mod source;

use std::fs;
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use crate::LakeError;
use crate::archive::copy_hashing;
use crate::damage::DamageKind;
use crate::durable::{hash_file, remove_tree, sync_folder};
use crate::error::at;

pub use list::{Contents, Fault, Kept, LIST};
pub use source::{Source, files_below, generations};

/// Told how many bytes of how many are done.
pub type OnBytes<'a> = &'a mut dyn FnMut(u64, u64);

/// A folder in the making beside its target. Dropped before it is sealed, it is removed.
#[derive(Debug)]
pub struct Draft {
    /// Beside the target and hidden, so that renaming it is one step.
    folder: PathBuf,
    target: PathBuf,
    files: Vec<Kept>,
}

impl Draft {
    /// Begins a copy that will stand at `target`, which must not exist or be an empty folder. What a killed copy
    /// to the same target left is removed.
    pub fn begin(target: &Path) -> Result<Self, LakeError> {
        let occupied = match fs::read_dir(target) {
            Ok(mut entries) => entries.next().is_some(),
            Err(error) => error.kind() != io::ErrorKind::NotFound,
        };
        if occupied {
            return Err(LakeError::NotEmpty(target.to_path_buf()));
        }
        let name = target.file_name().ok_or_else(|| LakeError::NotEmpty(target.to_path_buf()))?;
        let parent = match target.parent() {
            Some(parent) if parent != Path::new("") => parent,
            _ => Path::new("."),
        };
        fs::create_dir_all(parent).map_err(at("make the folder", parent))?;
        let parent = parent.canonicalize().map_err(at("find the folder", parent))?;
        let folder = parent.join(format!(".{}.partial", name.to_string_lossy()));
        remove_tree(&folder)?;
        // Password hashes and contacts are in it: nobody else's to read.
        fs::DirBuilder::new().mode(0o700).create(&folder).map_err(at("make the folder", &folder))?;
        Ok(Self { folder, target: parent.join(name), files: Vec::new() })
    }

    /// Where a file of that name lies while the copy is made; its folders are there when this returns.
    pub fn place(&self, name: &str) -> Result<PathBuf, LakeError> {
        list::require_inside(name)?;
        let path = self.folder.join(name);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).map_err(at("make the folder", parent))?;
        }
        Ok(path)
    }

    /// Copies a file. A name that is a hash must be the hash of what was copied.
    pub fn copy(&mut self, source: &Source) -> Result<(), LakeError> {
        let (bytes, blake3) = copy_hashing(&source.file, &self.place(&source.name)?)?;
        if promised_hash(&source.name).is_some_and(|promised| promised != blake3) {
            return Err(LakeError::SourceDamaged(source.file.clone()));
        }
        self.files.push(Kept { path: source.name.clone(), bytes, blake3 });
        Ok(())
    }

    /// Takes a file into the list that was written at its [`place`](Self::place).
    pub fn keep(&mut self, name: &str) -> Result<(), LakeError> {
        let path = self.place(name)?;
        crate::durable::sync_file(&path)?;
        let (bytes, blake3) = hash_file(&path)?;
        self.files.push(Kept { path: name.to_owned(), bytes, blake3 });
        Ok(())
    }

    /// Writes the list, reads everything back against it, and gives the folder its name. The contents' files are
    /// those of this copy, whatever was given.
    pub fn seal(mut self, mut contents: Contents, progress: OnBytes<'_>) -> Result<(PathBuf, Contents), LakeError> {
        self.files.sort_by(|a, b| a.path.cmp(&b.path));
        contents.files = std::mem::take(&mut self.files);
        list::write(&self.folder, &contents)?;
        let faults = verify(&self.folder, &list::read(&self.folder)?, progress);
        if !faults.is_empty() {
            return Err(LakeError::BackupDamaged { folder: self.folder.clone(), faults });
        }
        self.publish()?;
        Ok((self.target.clone(), contents))
    }

    fn publish(&self) -> Result<(), LakeError> {
        sync_folders(&self.folder)?;
        // An empty folder of that name gives way, a full one refuses.
        fs::rename(&self.folder, &self.target).map_err(at("put in place", &self.target))?;
        self.target.parent().map_or(Ok(()), sync_folder)
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        // After publishing nothing is there any more.
        let _ = remove_tree(&self.folder);
    }
}

/// Reads the list of a backup; one that is damaged is refused.
pub fn read(folder: &Path) -> Result<Contents, LakeError> {
    list::read(folder)
}

/// Everything in which a backup differs from its list.
pub fn verify(folder: &Path, contents: &Contents, progress: OnBytes<'_>) -> Vec<Fault> {
    let total = contents.bytes();
    let mut done = 0;
    let mut faults = Vec::new();
    for file in &contents.files {
        let kind = match hash_file(&folder.join(&file.path)) {
            Ok((bytes, blake3)) if bytes == file.bytes && blake3 == file.blake3 => None,
            Ok((found, _)) if found != file.bytes => Some(DamageKind::Length { expected: file.bytes, found }),
            Ok(_) => Some(DamageKind::Content),
            Err(LakeError::Io { source, .. }) if source.kind() == io::ErrorKind::NotFound => Some(DamageKind::Missing),
            Err(error) => Some(DamageKind::Unreadable(error.to_string())),
        };
        faults.extend(kind.map(|kind| Fault { path: file.path.clone(), kind }));
        done += file.bytes;
        progress(done, total);
    }
    faults
}

/// Makes a data folder from a backup. Every byte is held against the list before anything is written, and again
/// while it is copied; files that are not in the list stay behind.
pub fn restore(from: &Path, target: &Path, progress: OnBytes<'_>) -> Result<(PathBuf, Contents), LakeError> {
    let contents = read(from)?;
    let mut draft = Draft::begin(target)?;
    let faults = verify(from, &contents, &mut |done, total| progress(done, 2 * total));
    if !faults.is_empty() {
        return Err(LakeError::BackupDamaged { folder: from.to_path_buf(), faults });
    }
    let total = contents.bytes();
    let mut done = total;
    for kept in &contents.files {
        draft.copy(&Source { file: from.join(&kept.path), name: kept.path.clone() })?;
        if draft.files.last() != Some(kept) {
            let faults = vec![Fault { path: kept.path.clone(), kind: DamageKind::Content }];
            return Err(LakeError::BackupDamaged { folder: from.to_path_buf(), faults });
        }
        done += kept.bytes;
        progress(done, 2 * total);
    }
    draft.publish()?;
    Ok((draft.target.clone(), contents))
}

/// The hash that a file under `archive/` or `attachments/` is named by.
fn promised_hash(name: &str) -> Option<&str> {
    let by_hash = name.starts_with("archive/") || name.starts_with("attachments/");
    let stem = Path::new(name).file_name()?.to_str()?.split('.').next()?;
    (by_hash && crate::archive::require_hash(stem).is_ok()).then_some(stem)
}

fn sync_folders(folder: &Path) -> Result<(), LakeError> {
    for entry in fs::read_dir(folder).map_err(at("list", folder))? {
        let entry = entry.map_err(at("list", folder))?;
        if entry.file_type().map_err(at("look at", folder))?.is_dir() {
            sync_folders(&entry.path())?;
        }
    }
    sync_folder(folder)
}
