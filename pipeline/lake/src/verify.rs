//! Checking a generation against its manifest (校验), and the chain of manifests against itself.

use std::fs;
use std::io;

use crate::damage::{Damage, DamageKind};
use crate::durable::{hash_file, in_parallel};
use crate::manifest::{Part, hash_bytes, read_bytes};
use crate::snapshot::{Opened, Snapshot, open};
use crate::{LakeError, Layout, numbers};

/// How far a check goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Depth {
    /// The manifest's own seal and names.
    Manifest,
    /// Also that every part is there with its length.
    Sizes,
    /// Also the BLAKE3 of every part (reads everything, on several threads).
    Hashes,
}

/// Everything in which the generation's files differ from its manifest; empty means whole.
pub fn verify(snapshot: &Snapshot, depth: Depth) -> Vec<Damage> {
    if depth == Depth::Manifest {
        return Vec::new();
    }
    let parts: Vec<&Part> = snapshot.manifest().tables.iter().flat_map(|table| &table.parts).collect();
    let findings = in_parallel(&parts, |part| check_part(snapshot, part, depth));
    let name = |(part, kind): (&Part, Option<DamageKind>)| {
        kind.map(|kind| Damage { generation: snapshot.generation(), path: part.path.clone(), kind })
    };
    parts.into_iter().zip(findings).filter_map(name).collect()
}

/// Checks every manifest that still exists, current and retired: seals, and that each parent's bytes are the
/// ones its child was bound to.
pub fn verify_chain(layout: &Layout) -> Result<Vec<Damage>, LakeError> {
    let mut damage = Vec::new();
    for number in numbers::published(layout)? {
        match open(layout, number)? {
            Opened::Gone => {}
            Opened::Bad(finding) => damage.push(finding),
            Opened::Read(snapshot) => damage.extend(chain_damage(layout, &snapshot)?),
        }
    }
    damage.extend(retired_damage(layout)?);
    damage.sort_by(|a, b| (a.generation, &a.path).cmp(&(b.generation, &b.path)));
    damage.dedup();
    Ok(damage)
}

/// Breaks between this generation and its parent's manifest. They do not spoil this generation.
pub(crate) fn chain_damage(layout: &Layout, snapshot: &Snapshot) -> Result<Vec<Damage>, LakeError> {
    let Some(parent) = &snapshot.manifest().parent else { return Ok(Vec::new()) };
    let number = parent.generation;
    let finding = |folder: &str, kind| vec![Damage { generation: number, path: format!("{folder}/{number}.json"), kind }];
    for (folder, path) in [("manifests", layout.manifest(number)), ("retired", layout.retired_manifest(number))] {
        let Some(bytes) = read_bytes(&path)? else { continue };
        if hash_bytes(&bytes) == parent.blake3 {
            return Ok(Vec::new());
        }
        let by_child = snapshot.generation();
        return Ok(finding(folder, DamageKind::Replaced { by_child }));
    }
    Ok(finding("manifests", DamageKind::Missing))
}

fn retired_damage(layout: &Layout) -> Result<Vec<Damage>, LakeError> {
    let folder = layout.retired();
    let mut damage = Vec::new();
    let names = fs::read_dir(&folder).map_err(crate::error::at("list", &folder))?;
    for name in names.flatten().filter_map(|entry| entry.file_name().into_string().ok()) {
        let Some(number) = name.strip_suffix(".json").and_then(|text| text.parse::<u64>().ok()) else {
            continue;
        };
        let path = format!("retired/{number}.json");
        match crate::manifest::read(&layout.retired_manifest(number)) {
            Ok(None) => {}
            Ok(Some((manifest, hash))) => {
                let snapshot = Snapshot::new(manifest, hash, layout.lake());
                damage.extend(chain_damage(layout, &snapshot)?);
            }
            Err(LakeError::Manifest { what, .. }) => {
                damage.push(Damage { generation: number, path, kind: DamageKind::Manifest(what) });
            }
            Err(error) => return Err(error),
        }
    }
    Ok(damage)
}

fn check_part(snapshot: &Snapshot, part: &Part, depth: Depth) -> Option<DamageKind> {
    let file = snapshot.part_file(part);
    let found = match fs::metadata(&file) {
        Ok(metadata) => metadata.len(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Some(DamageKind::Missing),
        Err(error) => return Some(DamageKind::Unreadable(error.to_string())),
    };
    if found != part.bytes {
        return Some(DamageKind::Length { expected: part.bytes, found });
    }
    if depth != Depth::Hashes {
        return None;
    }
    match hash_file(&file) {
        Ok((_, hash)) if hash == part.blake3 => None,
        Ok(_) => Some(DamageKind::Content),
        Err(error) => Some(DamageKind::Unreadable(error.to_string())),
    }
}
