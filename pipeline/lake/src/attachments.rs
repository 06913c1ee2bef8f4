//! Attachments of filings (附件), kept under the BLAKE3 of their bytes: `attachments/ab/abcd…`.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use crate::archive::require_hash;
use crate::durable::{remove_file, sync_folder};
use crate::error::at;
use crate::{LakeError, Layout};

/// Tells drafts of one process apart.
static DRAFTS: AtomicU64 = AtomicU64::new(0);

/// Keeps bytes and gives their hash; when this returns they are safe on disk. Equal bytes are kept once.
pub fn keep(layout: &Layout, bytes: &[u8]) -> Result<String, LakeError> {
    let blake3 = blake3::hash(bytes).to_hex().to_string();
    let path = path_of(layout, &blake3)?;
    let number = DRAFTS.fetch_add(1, Ordering::Relaxed);
    let draft = layout.staging().join(format!("attachment-{}-{number}", std::process::id()));
    if let Err(error) = write(&draft, bytes).and_then(|()| place(layout, &draft, &path)) {
        let _ = remove_file(&draft);
        return Err(error);
    }
    Ok(blake3)
}

/// The bytes of a hash, checked against it.
pub fn open(layout: &Layout, blake3: &str) -> Result<Vec<u8>, LakeError> {
    let path = path_of(layout, blake3)?;
    let bytes = fs::read(&path).map_err(at("read", &path))?;
    if blake3::hash(&bytes).to_hex().as_str() == blake3 { Ok(bytes) } else { Err(LakeError::SourceDamaged(path)) }
}

/// Where the bytes of a hash lie (or would lie).
pub fn path_of(layout: &Layout, blake3: &str) -> Result<PathBuf, LakeError> {
    require_hash(blake3)?;
    Ok(layout.attachments().join(&blake3[..2]).join(blake3))
}

fn write(draft: &Path, bytes: &[u8]) -> Result<(), LakeError> {
    let mut file = File::create(draft).map_err(at("write", draft))?;
    file.write_all(bytes).map_err(at("write", draft))?;
    // After a failed flush the draft is dropped, never flushed again.
    file.sync_all().map_err(at("flush", draft))
}

/// Renamed over what may be there: equal bytes, or damaged ones that are thereby healed.
fn place(layout: &Layout, draft: &Path, path: &Path) -> Result<(), LakeError> {
    let Some(folder) = path.parent() else { return Ok(()) };
    fs::create_dir_all(folder).map_err(at("make the folder", folder))?;
    fs::rename(draft, path).map_err(at("keep as", path))?;
    sync_folder(folder)?;
    sync_folder(&layout.attachments())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_bytes_are_kept_once_and_damage_is_found_and_healed() {
        let folder = tempfile::tempdir().unwrap();
        let layout = Layout::open(folder.path()).unwrap();
        let first = keep(&layout, b"%PDF-1.7 contract").unwrap();
        assert_eq!(keep(&layout, b"%PDF-1.7 contract").unwrap(), first);
        assert_eq!(open(&layout, &first).unwrap(), b"%PDF-1.7 contract");
        assert_eq!(fs::read_dir(layout.staging()).unwrap().count(), 0);
        let path = path_of(&layout, &first).unwrap();
        assert!(path.ends_with(format!("{}/{first}", &first[..2])), "{}", path.display());
        fs::write(&path, b"%PDF-1.7 contrakt").unwrap();
        assert!(matches!(open(&layout, &first), Err(LakeError::SourceDamaged(_))));
        keep(&layout, b"%PDF-1.7 contract").unwrap();
        assert!(open(&layout, &first).is_ok());
    }

    #[test]
    fn only_hashes_become_names() {
        let folder = tempfile::tempdir().unwrap();
        let layout = Layout::open(folder.path()).unwrap();
        for name in ["", "../../etc/passwd", "ab", &"A".repeat(64), &"g".repeat(64)] {
            assert!(open(&layout, name).is_err(), "{name}");
        }
    }
}
