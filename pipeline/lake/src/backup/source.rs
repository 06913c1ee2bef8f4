//! Which files of a data folder belong into a backup.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::error::at;
use crate::snapshot::{Opened, open, survey};
use crate::verify::{Depth, verify};
use crate::{LakeError, LakeLock, Layout, Snapshot, numbers};

/// A file to copy, and its name in the backup.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Source {
    pub file: PathBuf,
    /// Relative to the data folder.
    pub name: String,
}

/// The newest generation whose every byte is good and those kept for ever, with their manifests; manifests of all
/// others as retired ones, so that the chain of hashes stays whole. The lock keeps builds and retirement away
/// while the files are copied.
pub fn generations(lock: &LakeLock) -> Result<(Option<u64>, Vec<Source>), LakeError> {
    let layout = lock.layout();
    // By name: a retirement that was killed leaves a manifest in two places.
    let mut sources: BTreeMap<String, Source> = BTreeMap::new();
    let mut add = |source: Source| sources.insert(source.name.clone(), source);
    files_below(layout, &layout.retired())?.into_iter().for_each(|source| drop(add(source)));
    let current = survey(layout, Depth::Hashes)?.good;
    let newest = current.as_ref().map(Snapshot::generation);
    for number in numbers::published(layout)? {
        let Opened::Read(snapshot) = open(layout, number)? else { continue };
        let pinned = layout.pin(number).exists() || snapshot.manifest().pinned.is_some();
        let whole = || verify(&snapshot, Depth::Hashes).is_empty();
        if Some(number) == newest || (pinned && whole()) {
            let parts = snapshot.manifest().tables.iter().flat_map(|table| &table.parts).map(|part| snapshot.part_file(part));
            for file in parts.chain([layout.manifest(number)]) {
                add(named(layout, file)?);
            }
            if layout.pin(number).exists() {
                add(named(layout, layout.pin(number))?);
            }
        } else if newest.is_some_and(|newest| number < newest) {
            let name = named(layout, layout.retired_manifest(number))?.name;
            add(Source { file: layout.manifest(number), name });
        }
    }
    Ok((newest, sources.into_values().collect()))
}

/// Every plain file below a folder of the data folder, by name; none when there is no such folder. Links are not
/// followed: what they point at is not part of the data folder.
pub fn files_below(layout: &Layout, folder: &Path) -> Result<Vec<Source>, LakeError> {
    let mut found = Vec::new();
    collect(layout, folder, &mut found)?;
    found.sort();
    Ok(found)
}

fn collect(layout: &Layout, folder: &Path, found: &mut Vec<Source>) -> Result<(), LakeError> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        other => other.map_err(at("list", folder))?,
    };
    for entry in entries {
        let entry = entry.map_err(at("list", folder))?;
        let kind = entry.file_type().map_err(at("look at", folder))?;
        if kind.is_dir() {
            collect(layout, &entry.path(), found)?;
        } else if kind.is_file() {
            found.push(named(layout, entry.path())?);
        }
    }
    Ok(())
}

fn named(layout: &Layout, file: PathBuf) -> Result<Source, LakeError> {
    let inside = file.strip_prefix(layout.root()).ok().and_then(Path::to_str).map(str::to_owned);
    match inside {
        Some(name) => Ok(Source { file, name }),
        None => Err(LakeError::Name { what: "path", name: file.to_string_lossy().into_owned() }),
    }
}
