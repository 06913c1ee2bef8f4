//! Carrying a retention plan out, and pinning generations against it.

use std::fs;
use std::io::Write;
use std::path::Path;

use chrono::{DateTime, Utc};

use super::{Policy, Verdict, entries, plan};
use crate::durable::{remove_file, remove_tree, sync_file, sync_folder};
use crate::error::at;
use crate::recover::recover;
use crate::snapshot::survey;
use crate::verify::Depth;
use crate::{LakeError, LakeLock};

/// What a retention run did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Retired {
    pub kept: Vec<u64>,
    pub retired: Vec<u64>,
    /// Bytes given back to the disk; a part that a kept generation shares by hard link counts nothing.
    pub bytes_freed: u64,
}

/// Retires what the policy no longer keeps. The manifests move to `lake/retired`, so that the chain of hashes
/// stays whole; the files go. The current generation is the newest one whose every byte is good; nothing
/// happens when there is none.
pub fn retire(lock: &mut LakeLock, policy: &Policy, now: DateTime<Utc>) -> Result<Retired, LakeError> {
    recover(lock)?;
    let layout = lock.layout();
    let Some(current) = survey(layout, Depth::Hashes)?.good else { return Ok(Retired::default()) };
    let entries = entries(layout)?;
    let verdicts = plan(&entries, current.generation(), policy, now);
    let mut done = Retired::default();
    for (entry, verdict) in entries.iter().zip(verdicts) {
        if verdict != Verdict::Retire {
            done.kept.push(entry.generation);
            continue;
        }
        done.bytes_freed += retire_one(lock, entry.generation)?;
        done.retired.push(entry.generation);
    }
    Ok(done)
}

/// Keeps a generation for ever, with the reason (closed periods 已结账期).
pub fn pin(lock: &mut LakeLock, generation: u64, reason: &str) -> Result<(), LakeError> {
    let layout = lock.layout();
    if !layout.manifest(generation).exists() {
        return Err(LakeError::NoGeneration(generation));
    }
    let path = layout.pin(generation);
    let mut file = fs::File::create(&path).map_err(at("write the pin", &path))?;
    file.write_all(reason.as_bytes()).map_err(at("write the pin", &path))?;
    drop(file);
    sync_file(&path)?;
    sync_folder(&layout.pins())
}

/// Lets retention decide again; a reason stated in the manifest itself stays.
pub fn unpin(lock: &mut LakeLock, generation: u64) -> Result<(), LakeError> {
    let layout = lock.layout();
    remove_file(&layout.pin(generation))?;
    sync_folder(&layout.pins())
}

/// The manifest goes first: a crash in between leaves a folder without manifest, which recovery removes.
fn retire_one(lock: &LakeLock, generation: u64) -> Result<u64, LakeError> {
    let layout = lock.layout();
    let retired = layout.retired_manifest(generation);
    fs::rename(layout.manifest(generation), &retired).map_err(at("retire the manifest to", &retired))?;
    sync_folder(&layout.retired())?;
    sync_folder(&layout.manifests())?;
    let folder = layout.generation(generation);
    let freed = bytes_only_here(&folder)?;
    remove_tree(&folder)?;
    Ok(freed)
}

/// Bytes of the files that have no other name.
fn bytes_only_here(folder: &Path) -> Result<u64, LakeError> {
    use std::os::unix::fs::MetadataExt;
    let mut bytes = 0;
    let listing = match fs::read_dir(folder) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(0),
        other => other.map_err(at("list", folder))?,
    };
    for entry in listing {
        let entry = entry.map_err(at("list", folder))?;
        let metadata = entry.metadata().map_err(at("measure", folder))?;
        if metadata.is_dir() {
            bytes += bytes_only_here(&entry.path())?;
        } else if metadata.nlink() == 1 {
            bytes += metadata.len();
        }
    }
    Ok(bytes)
}
