//! The last steps of a publish, in the order that makes a crash between any two harmless.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::{Facts, Part, Publication, sealed};
use crate::LakeError;
use crate::damage::{Damage, DamageKind};
use crate::durable::{hash_file, in_parallel, remove_file, sync_file, sync_folder};
use crate::error::at;
use crate::fault::{Faults, Step};
use crate::snapshot::Snapshot;

impl Publication<'_> {
    /// Hashes and flushes every new part, then every folder of the staged generation.
    pub(super) fn flush_parts(&mut self) -> Result<(), LakeError> {
        let paths: Vec<PathBuf> = self
            .tables
            .values()
            .flat_map(|draft| &draft.parts)
            .filter(|draft| !draft.reused)
            .map(|draft| self.staging.join(&draft.part.path))
            .collect();
        let faults = &*self.faults;
        let flushed = in_parallel(&paths, |path| flush_part(faults, path));
        let mut flushed = flushed.into_iter();
        let fresh = self.tables.values_mut().flat_map(|draft| &mut draft.parts).filter(|draft| !draft.reused);
        for (draft, answer) in fresh.zip(&mut flushed) {
            (draft.part.bytes, draft.part.blake3) = answer?;
        }
        for table in self.tables.keys() {
            self.reach(Step::SyncStaging)?;
            sync_folder(&self.folder().join(table))?;
        }
        self.reach(Step::SyncStaging)?;
        sync_folder(&self.folder())
    }

    /// Re-opens every part, new and reused, and compares its bytes with the hash that the manifest will state.
    pub(super) fn verify_parts(&self) -> Result<(), LakeError> {
        self.reach(Step::VerifyParts)?;
        let parts: Vec<&Part> = self.tables.values().flat_map(|draft| draft.parts.iter().map(|draft| &draft.part)).collect();
        let findings = in_parallel(&parts, |part| hash_file(&self.staging.join(&part.path)));
        for (part, found) in parts.into_iter().zip(findings) {
            let (bytes, hash) = found?;
            if bytes != part.bytes || hash != part.blake3 {
                let path = part.path.clone();
                let kind = DamageKind::Content;
                return Err(LakeError::Damaged(Damage { generation: self.generation, path, kind }));
            }
        }
        Ok(())
    }

    /// Moves the staged generation to its place. Readers still do not see it: it has no manifest.
    pub(super) fn place_folder(&self) -> Result<(), LakeError> {
        let target = self.layout().generation(self.generation);
        if target.exists() {
            return Err(LakeError::AlreadyPublished(self.generation));
        }
        self.reach(Step::RenameGeneration)?;
        fs::rename(self.folder(), &target).map_err(at("rename to", &target))?;
        self.reach(Step::SyncGenerations)?;
        sync_folder(&self.layout().generations())
    }

    /// Writes the manifest under a temporary name, then links it to its own: the instant of publication.
    pub(super) fn place_manifest(&self, facts: &Facts) -> Result<Snapshot, LakeError> {
        let manifest = self.manifest(facts);
        let (bytes, hash) = sealed(&manifest)?;
        let layout = self.layout();
        let draft = layout.manifests().join(format!(".{}.tmp", self.generation));
        let target = layout.manifest(self.generation);
        self.reach(Step::WriteManifest)?;
        remove_file(&draft)?;
        File::create_new(&draft).and_then(|mut file| file.write_all(&bytes)).map_err(at("write the manifest", &draft))?;
        self.reach(Step::SyncManifest)?;
        sync_file(&draft)?;
        self.reach(Step::LinkManifest)?;
        self.link_manifest(&draft, &target)?;
        self.flush_manifests()?;
        let _ = self.faults.reach(Step::Published);
        // The temporary name is a second link to the same file; a leftover is removed by the next writer.
        let _ = remove_file(&draft);
        Ok(Snapshot::new(manifest, hash, layout.lake()))
    }

    fn link_manifest(&self, draft: &Path, target: &Path) -> Result<(), LakeError> {
        match fs::hard_link(draft, target) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(LakeError::AlreadyPublished(self.generation)),
            other => other.map_err(at("link the manifest", target)),
        }
    }

    /// The manifest is visible by now, so a failure here is not "nothing happened".
    fn flush_manifests(&self) -> Result<(), LakeError> {
        let flushed = self.reach(Step::SyncManifests).and_then(|()| sync_folder(&self.layout().manifests()));
        flushed.map_err(|error| {
            let source = match error {
                LakeError::Io { source, .. } => source,
                other => io::Error::other(other.to_string()),
            };
            LakeError::NotDurable { generation: self.generation, source }
        })
    }
}

fn flush_part(faults: &dyn Faults, path: &Path) -> Result<(u64, String), LakeError> {
    let hashed = hash_file(path)?;
    faults.reach(Step::SyncPart).map_err(at(Step::SyncPart.name(), path))?;
    sync_file(path)?;
    Ok(hashed)
}
