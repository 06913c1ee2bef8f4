//! What readers open (快照): one generation, chosen once, verified before use.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::damage::{Damage, DamageKind};
use crate::manifest::{self, Manifest, Part, Table};
use crate::verify::{Depth, chain_damage, verify};
use crate::{LakeError, Layout, numbers};

/// One generation and where its files lie. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Snapshot {
    manifest: Arc<Manifest>,
    /// BLAKE3 of the manifest's bytes; empty for a preview that is not published yet.
    manifest_blake3: String,
    /// Part paths are relative to this folder.
    root: PathBuf,
}

impl Snapshot {
    pub(crate) fn new(manifest: Manifest, manifest_blake3: String, root: PathBuf) -> Self {
        Self { manifest: Arc::new(manifest), manifest_blake3, root }
    }

    /// The number of the generation.
    pub fn generation(&self) -> u64 {
        self.manifest.generation
    }

    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// BLAKE3 of the manifest's bytes, hex; it names the published content beyond doubt.
    pub fn manifest_blake3(&self) -> &str {
        &self.manifest_blake3
    }

    /// Short name for ETags and logs: generation and the first 12 digits of the manifest's hash.
    pub fn id(&self) -> String {
        let hash: String = self.manifest_blake3.chars().take(12).collect();
        format!("{}-{hash}", self.manifest.generation)
    }

    /// The table of that name.
    pub fn table(&self, name: &str) -> Option<&Table> {
        self.manifest.table(name)
    }

    /// Absolute path of one part.
    pub fn part_file(&self, part: &Part) -> PathBuf {
        self.root.join(&part.path)
    }

    /// Absolute paths of a table's parts, in the manifest's order; none for an unknown table.
    pub fn files(&self, table: &str) -> Vec<PathBuf> {
        let parts = self.table(table).map_or(&[][..], |table| table.parts.as_slice());
        parts.iter().map(|part| self.part_file(part)).collect()
    }

    /// The folder that part paths are relative to.
    pub fn root(&self) -> &Path {
        &self.root
    }
}

/// What a look at the lake found: the newest good generation, and everything wrong on the way.
#[derive(Debug, Clone, Default)]
pub struct Survey {
    /// The newest generation that passed; none when nothing good is published.
    pub good: Option<Snapshot>,
    /// Damage of newer generations and breaks in the chain of hashes: what the red banner says.
    pub damaged: Vec<Damage>,
}

impl Survey {
    /// True when an older generation has to be served because the newest one is damaged.
    pub fn is_fallback(&self) -> bool {
        let served = self.good.as_ref().map_or(0, Snapshot::generation);
        self.damaged.iter().any(|damage| damage.generation > served)
    }
}

/// Looks for the newest generation that is whole to the given depth; damaged ones are reported and passed over.
pub fn survey(layout: &Layout, depth: Depth) -> Result<Survey, LakeError> {
    let mut found = Survey::default();
    for number in numbers::published(layout)?.into_iter().rev() {
        match open(layout, number)? {
            Opened::Gone => {}
            Opened::Bad(damage) => found.damaged.push(damage),
            Opened::Read(snapshot) => {
                let damage = verify(&snapshot, depth);
                if damage.is_empty() {
                    found.damaged.extend(chain_damage(layout, &snapshot)?);
                    found.good = Some(snapshot);
                    return Ok(found);
                }
                found.damaged.extend(damage);
            }
        }
    }
    Ok(found)
}

/// The newest generation that is whole to the given depth.
pub fn latest(layout: &Layout, depth: Depth) -> Result<Option<Snapshot>, LakeError> {
    Ok(survey(layout, depth)?.good)
}

/// The number of the newest manifest, good or not: a folder listing, cheap enough for each second.
pub fn newest_number(layout: &Layout) -> Result<Option<u64>, LakeError> {
    Ok(numbers::published(layout)?.last().copied())
}

/// The numbers of all generations that are kept, ascending.
pub fn kept(layout: &Layout) -> Result<Vec<u64>, LakeError> {
    numbers::published(layout)
}

/// One generation by number; an error when it is retired, unknown or damaged.
pub fn generation(layout: &Layout, number: u64, depth: Depth) -> Result<Snapshot, LakeError> {
    match open(layout, number)? {
        Opened::Gone => Err(LakeError::NoGeneration(number)),
        Opened::Bad(damage) => Err(LakeError::Damaged(damage)),
        Opened::Read(snapshot) => match verify(&snapshot, depth).into_iter().next() {
            Some(damage) => Err(LakeError::Damaged(damage)),
            None => Ok(snapshot),
        },
    }
}

pub(crate) enum Opened {
    Gone,
    Bad(Damage),
    Read(Snapshot),
}

/// Reads a manifest; damage of the manifest itself is an answer, not an error.
pub(crate) fn open(layout: &Layout, number: u64) -> Result<Opened, LakeError> {
    let bad = |kind| Damage { generation: number, path: format!("manifests/{number}.json"), kind };
    let read = match manifest::read(&layout.manifest(number)) {
        Ok(None) => return Ok(Opened::Gone),
        Ok(Some(read)) => read,
        Err(LakeError::Manifest { what, .. }) => return Ok(Opened::Bad(bad(DamageKind::Manifest(what)))),
        Err(LakeError::Io { source, .. }) => {
            return Ok(Opened::Bad(bad(DamageKind::Unreadable(source.to_string()))));
        }
        Err(error) => return Err(error),
    };
    let (content, hash) = read;
    if content.generation != number {
        let what = format!("it says generation {}", content.generation);
        return Ok(Opened::Bad(bad(DamageKind::Manifest(what))));
    }
    Ok(Opened::Read(Snapshot::new(content, hash, layout.lake())))
}
