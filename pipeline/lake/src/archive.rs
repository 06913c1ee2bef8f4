//! Original files as received (原件归档), kept for ever under the BLAKE3 of their bytes.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use crate::durable::{remove_file, sync_folder};
use crate::error::at;
use crate::{LakeError, Layout};

/// A file in the archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Archived {
    /// Lower-case hex, 64 digits.
    pub blake3: String,
    pub path: PathBuf,
    pub bytes: u64,
    /// True when the same bytes were there before: nothing was written.
    pub already_there: bool,
}

/// Copies a file into the archive; when this returns the copy is safe on disk and the original may go.
/// The archived name keeps the ending (`.xlsx`), which tells readers the format.
pub fn keep(layout: &Layout, file: &Path) -> Result<Archived, LakeError> {
    let draft = layout.staging().join(format!("archive-{}-{:?}", std::process::id(), thread_id()));
    let copied = copy_hashing(file, &draft);
    let (bytes, blake3) = match copied {
        Ok(copied) => copied,
        Err(error) => {
            let _ = remove_file(&draft);
            return Err(error);
        }
    };
    let path = path_of(layout, &blake3, &file.to_string_lossy())?;
    let linked = fs::hard_link(&draft, &path);
    let _ = remove_file(&draft);
    let already_there = match linked {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => true,
        other => other.map(|()| false).map_err(at("archive as", &path))?,
    };
    sync_folder(&layout.archive())?;
    Ok(Archived { blake3, path, bytes, already_there })
}

/// Where a file of that hash and name lies (or would lie).
pub fn path_of(layout: &Layout, blake3: &str, name: &str) -> Result<PathBuf, LakeError> {
    require_hash(blake3)?;
    let ending = Path::new(name).extension().and_then(|ending| ending.to_str()).unwrap_or_default();
    let plain = !ending.is_empty() && ending.len() <= 8 && ending.bytes().all(|b| b.is_ascii_alphanumeric());
    let file = if plain { format!("{blake3}.{}", ending.to_ascii_lowercase()) } else { blake3.to_owned() };
    Ok(layout.archive().join(file))
}

/// Length and BLAKE3 of a file, to ask the import ledger before doing any work.
pub fn hash(file: &Path) -> Result<(u64, String), LakeError> {
    crate::durable::hash_file(file)
}

/// Refuses anything but 64 lower-case hex digits as a hash that becomes a file name.
pub(crate) fn require_hash(blake3: &str) -> Result<(), LakeError> {
    let plain = blake3.len() == 64 && blake3.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    if plain { Ok(()) } else { Err(LakeError::Name { what: "hash", name: blake3.to_owned() }) }
}

fn thread_id() -> std::thread::ThreadId {
    std::thread::current().id()
}

pub(crate) fn copy_hashing(from: &Path, to: &Path) -> Result<(u64, String), LakeError> {
    let mut source = File::open(from).map_err(at("open", from))?;
    let mut target = File::create(to).map_err(at("write", to))?;
    let mut hasher = blake3::Hasher::new();
    let mut buffer = vec![0_u8; 256 * 1024];
    let mut bytes = 0_u64;
    loop {
        let read = source.read(&mut buffer).map_err(at("read", from))?;
        if read == 0 {
            break;
        }
        hasher.update(&buffer[..read]);
        target.write_all(&buffer[..read]).map_err(at("write", to))?;
        bytes += read as u64;
    }
    target.sync_all().map_err(at("flush", to))?;
    Ok((bytes, hasher.finalize().to_hex().to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn same_bytes_are_kept_once() {
        let folder = tempfile::tempdir().unwrap();
        let layout = Layout::open(folder.path()).unwrap();
        let file = layout.inbox().join("濉溪县 2022年5月.XLSX");
        fs::write(&file, b"workbook").unwrap();
        let first = keep(&layout, &file).unwrap();
        assert!(!first.already_there);
        assert_eq!(first.bytes, 8);
        assert_eq!(first.path.extension().unwrap(), "xlsx");
        assert_eq!(fs::read(&first.path).unwrap(), b"workbook");
        assert_eq!(hash(&file).unwrap(), (8, first.blake3.clone()));
        let second = keep(&layout, &file).unwrap();
        assert_eq!(second, Archived { already_there: true, ..first });
        assert_eq!(fs::read_dir(layout.staging()).unwrap().count(), 0);
        assert!(path_of(&layout, "../../etc", "x.csv").is_err());
    }
}
