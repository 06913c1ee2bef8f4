//! Clearing what killed writers left behind (恢复). Only the holder of the lake's lock may do it.

use std::fs;
use std::path::{Path, PathBuf};

use crate::durable::{remove_file, remove_tree, sync_folder};
use crate::error::at;
use crate::{LakeError, LakeLock, Layout, numbers};

/// What was removed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Recovered {
    /// Staging folders of unfinished publishes.
    pub staging: Vec<PathBuf>,
    /// Generation folders that never got a manifest.
    pub generations: Vec<u64>,
    /// Temporary manifests.
    pub drafts: Vec<PathBuf>,
    /// Generation folders without manifest that no killed writer explains; they were left alone.
    pub unexplained: Vec<u64>,
}

impl Recovered {
    /// True when nothing was removed.
    pub fn is_empty(&self) -> bool {
        self.staging.is_empty() && self.generations.is_empty() && self.drafts.is_empty()
    }
}

/// Removes unfinished staging folders, generation folders without manifest and temporary manifests.
/// [`crate::Publication::begin`] does this itself.
pub fn recover(lock: &LakeLock) -> Result<Recovered, LakeError> {
    let layout = lock.layout();
    let mut recovered = Recovered::default();
    for path in entries_starting_with(&layout.staging(), "lake-")? {
        remove_tree(&path)?;
        recovered.staging.push(path);
    }
    for path in entries_starting_with(&layout.manifests(), ".")? {
        remove_file(&path)?;
        recovered.drafts.push(path);
    }
    let (explained, unexplained) = orphans(layout)?;
    for number in explained {
        remove_tree(&layout.generation(number))?;
        recovered.generations.push(number);
    }
    recovered.unexplained = unexplained;
    if !recovered.is_empty() {
        sync_folder(&layout.generations())?;
        sync_folder(&layout.manifests())?;
    }
    Ok(recovered)
}

/// Generation folders without manifest, split by whether a kill explains them. A killed publish leaves at most
/// one, above everything published; a killed retirement leaves ones whose manifest is among the retired.
/// Anything else means that manifests were lost: deleting the data too would make it worse.
fn orphans(layout: &Layout) -> Result<(Vec<u64>, Vec<u64>), LakeError> {
    let published = numbers::published(layout)?;
    let highest = published.last().copied().unwrap_or(0);
    let mut explained = Vec::new();
    let mut above = Vec::new();
    let mut unexplained = Vec::new();
    for number in numbers::folders(layout)? {
        if published.binary_search(&number).is_ok() {
            continue;
        } else if layout.retired_manifest(number).exists() {
            explained.push(number);
        } else if number > highest {
            above.push(number);
        } else {
            unexplained.push(number);
        }
    }
    if above.len() == 1 {
        explained.extend(above)
    } else {
        unexplained.extend(above)
    }
    Ok((explained, unexplained))
}

fn entries_starting_with(folder: &Path, start: &str) -> Result<Vec<PathBuf>, LakeError> {
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder).map_err(at("list", folder))? {
        let entry = entry.map_err(at("list", folder))?;
        if entry.file_name().to_string_lossy().starts_with(start) {
            paths.push(entry.path());
        }
    }
    paths.sort();
    Ok(paths)
}
