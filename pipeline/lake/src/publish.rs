//! Publishing one generation (发布): stage, flush, verify, rename, then link the manifest.
//!
//! Readers see nothing before the manifest's hard link and everything after it. A writer killed anywhere
//! leaves at most a staging folder or a generation folder without manifest; the next writer removes both.

mod seal;

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};

use crate::durable::remove_tree;
use crate::error::at;
use crate::fault::{self, Faults, Step};
use crate::manifest::{self, Checks, Column, FORMAT, Input, Manifest, Parent, Part, Table, is_plain_name};
use crate::recover::recover;
use crate::snapshot::Snapshot;
use crate::{LakeError, LakeLock, Layout, numbers};

/// What is said about a generation besides its files.
#[derive(Debug, Clone, PartialEq)]
pub struct Facts {
    /// System clock.
    pub published_at: DateTime<Utc>,
    /// Latest business day the data speaks of.
    pub data_date: NaiveDate,
    /// Lower-case hex.
    pub rule_version: String,
    pub inputs: Vec<Input>,
    /// See [`crate::inputs_fingerprint`].
    pub inputs_fingerprint: String,
    /// All must have passed, else sealing is refused.
    pub checks: Checks,
    /// Keeps the generation for ever, with the reason.
    pub pinned: Option<String>,
}

/// A generation in the making. Dropping it unsealed removes everything it staged.
#[derive(Debug)]
pub struct Publication<'lock> {
    lock: &'lock mut LakeLock,
    generation: u64,
    parent: Option<Snapshot>,
    /// `staging/lake-<n>`; the generation grows in `gen/<n>` below it, as it will lie in the lake.
    staging: PathBuf,
    tables: BTreeMap<String, Draft>,
    faults: Arc<dyn Faults>,
}

/// Where one new part is to be written; handed back to [`Publication::add_part`] once it is.
#[derive(Debug)]
pub struct PartSlot {
    table: String,
    key: Option<String>,
    relative: String,
    path: PathBuf,
    fingerprint: String,
}

impl PartSlot {
    /// Notes what the part is made from, see [`Part::fingerprint`].
    pub fn made_from(self, fingerprint: &str) -> Self {
        Self { fingerprint: fingerprint.to_owned(), ..self }
    }

    /// Absolute path of the file to write. Its folder exists; the file does not.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

#[derive(Debug)]
struct Draft {
    schema: Vec<Column>,
    parts: Vec<DraftPart>,
    slots: usize,
}

#[derive(Debug)]
struct DraftPart {
    part: Part,
    /// A part of the parent: its hash is known already and its bytes are on disk.
    reused: bool,
}

impl<'lock> Publication<'lock> {
    /// Begins the next generation upon `parent` (the newest good one, found with [`crate::latest`]), after
    /// removing what killed writers left.
    pub fn begin(lock: &'lock mut LakeLock, parent: Option<Snapshot>) -> Result<Self, LakeError> {
        Self::begin_with(lock, parent, fault::from_environment())
    }

    /// As [`Publication::begin`], with faults injected by a test.
    pub fn begin_with(lock: &'lock mut LakeLock, parent: Option<Snapshot>, faults: Arc<dyn Faults>) -> Result<Self, LakeError> {
        recover(lock)?;
        let generation = numbers::next(lock.layout())?;
        let staging = lock.layout().staging().join(format!("lake-{generation}"));
        let publication = Self { lock, generation, parent, staging, tables: BTreeMap::new(), faults };
        publication.reach(Step::MakeStaging)?;
        let folder = publication.folder();
        fs::create_dir_all(&folder).map_err(at("make the folder", &folder))?;
        Ok(publication)
    }

    /// The number this generation will have.
    pub fn generation(&self) -> u64 {
        self.generation
    }

    /// The generation it is built upon.
    pub fn parent(&self) -> Option<&Snapshot> {
        self.parent.as_ref()
    }

    /// The staged generation's folder: one folder per table.
    pub fn folder(&self) -> PathBuf {
        self.staging.join(format!("gen/{}", self.generation))
    }

    /// Declares a table; a table without parts is published empty.
    pub fn table(&mut self, name: &str, schema: Vec<Column>) -> Result<(), LakeError> {
        require_plain("table", name)?;
        if self.tables.contains_key(name) {
            return Err(LakeError::Table { table: name.to_owned(), what: "declared twice" });
        }
        let folder = self.folder().join(name);
        fs::create_dir_all(&folder).map_err(at("make the folder", &folder))?;
        self.tables.insert(name.to_owned(), Draft { schema, parts: Vec::new(), slots: 0 });
        Ok(())
    }

    /// Names the file for one new part. `key` says what it holds (such as a carrier id); several parts may
    /// share one.
    pub fn new_part(&mut self, table: &str, key: Option<&str>) -> Result<PartSlot, LakeError> {
        if let Some(key) = key {
            require_plain("key", key)?;
        }
        let draft = draft_of(&mut self.tables, table)?;
        let name = match key {
            Some(key) => format!("part-{key}-{}.parquet", draft.slots),
            None => format!("part-{}.parquet", draft.slots),
        };
        draft.slots += 1;
        let relative = format!("gen/{}/{table}/{name}", self.generation);
        let path = self.staging.join(&relative);
        Ok(PartSlot { table: table.to_owned(), key: key.map(str::to_owned), relative, path, fingerprint: String::new() })
    }

    /// Takes a written part into the generation. `rows` is what the writer counted.
    pub fn add_part(&mut self, slot: PartSlot, rows: u64) -> Result<(), LakeError> {
        let bytes = fs::metadata(&slot.path).map_err(at("find the part", &slot.path))?.len();
        let part = Part { path: slot.relative, rows, bytes, blake3: String::new(), key: slot.key, fingerprint: slot.fingerprint };
        draft_of(&mut self.tables, &slot.table)?.parts.push(DraftPart { part, reused: false });
        Ok(())
    }

    /// Takes an unchanged part of the parent over by hard link (by copy where the disk has no hard links).
    pub fn reuse(&mut self, table: &str, part: &Part) -> Result<(), LakeError> {
        let source = self.parent_file(table, part)?;
        let name = source.file_name().and_then(|name| name.to_str()).unwrap_or_default().to_owned();
        let taken = |draft: &Draft, name: &str| draft.parts.iter().any(|other| other.part.path.rsplit('/').next() == Some(name));
        let draft = draft_of(&mut self.tables, table)?;
        let mut name = name;
        if taken(draft, &name) || self.staging.join(format!("gen/{}/{table}/{name}", self.generation)).exists() {
            let stem = part.key.as_deref().unwrap_or("0");
            name = format!("part-{stem}-r{}.parquet", draft.slots);
        }
        draft.slots += 1;
        let relative = format!("gen/{}/{table}/{name}", self.generation);
        let target = self.staging.join(&relative);
        self.reach(Step::LinkPart)?;
        if let Err(error) = fs::hard_link(&source, &target) {
            copy_instead(&source, &target, error)?;
        }
        let part = Part { path: relative, ..part.clone() };
        draft_of(&mut self.tables, table)?.parts.push(DraftPart { part, reused: true });
        Ok(())
    }

    /// The staged generation as a reader would open it, for the gating checks. Its new parts carry no hashes
    /// yet and it ends when the publication is sealed or dropped.
    pub fn preview(&self, facts: &Facts) -> Snapshot {
        Snapshot::new(self.manifest(facts), String::new(), self.staging.clone())
    }

    /// Publishes: flushes and verifies every file, renames the folder into place, links the manifest.
    /// On an error nothing is published, except for [`LakeError::NotDurable`].
    pub fn seal(mut self, facts: Facts) -> Result<Snapshot, LakeError> {
        let checks = &facts.checks;
        if checks.passed != checks.all {
            let failed = checks.all.saturating_sub(checks.passed);
            return Err(LakeError::ChecksFailed { failed, all: checks.all });
        }
        self.flush_parts()?;
        self.verify_parts()?;
        self.place_folder()?;
        self.place_manifest(&facts)
    }

    fn manifest(&self, facts: &Facts) -> Manifest {
        let parent =
            self.parent.as_ref().map(|parent| Parent { generation: parent.generation(), blake3: parent.manifest_blake3().to_owned() });
        let table = |(name, draft): (&String, &Draft)| {
            let mut parts: Vec<Part> = draft.parts.iter().map(|draft| draft.part.clone()).collect();
            parts.sort_by(|a, b| (&a.key, &a.path).cmp(&(&b.key, &b.path)));
            let rows = parts.iter().map(|part| part.rows).sum();
            Table { name: name.clone(), schema: draft.schema.clone(), rows, parts }
        };
        Manifest {
            format: FORMAT,
            generation: self.generation,
            parent,
            published_at: facts.published_at,
            data_date: facts.data_date,
            rule_version: facts.rule_version.clone(),
            inputs: facts.inputs.clone(),
            inputs_fingerprint: facts.inputs_fingerprint.clone(),
            tables: self.tables.iter().map(table).collect(),
            checks: facts.checks.clone(),
            pinned: facts.pinned.clone(),
        }
    }

    fn layout(&self) -> &Layout {
        self.lock.layout()
    }

    fn reach(&self, step: Step) -> Result<(), LakeError> {
        self.faults.reach(step).map_err(at(step.name(), &self.staging))
    }

    fn parent_file(&self, table: &str, part: &Part) -> Result<PathBuf, LakeError> {
        let foreign = || LakeError::NotInParent { table: table.to_owned(), path: part.path.clone() };
        let parent = self.parent.as_ref().ok_or_else(foreign)?;
        let known = parent.table(table).is_some_and(|table| table.parts.contains(part));
        if known { Ok(parent.part_file(part)) } else { Err(foreign()) }
    }
}

impl Drop for Publication<'_> {
    fn drop(&mut self) {
        // What stays behind is removed by the next writer.
        let _ = remove_tree(&self.staging);
    }
}

fn draft_of<'a>(tables: &'a mut BTreeMap<String, Draft>, table: &str) -> Result<&'a mut Draft, LakeError> {
    tables.get_mut(table).ok_or_else(|| LakeError::Table { table: table.to_owned(), what: "not declared before its parts" })
}

fn require_plain(what: &'static str, name: &str) -> Result<(), LakeError> {
    if is_plain_name(name) { Ok(()) } else { Err(LakeError::Name { what, name: name.to_owned() }) }
}

fn copy_instead(source: &Path, target: &Path, error: io::Error) -> Result<(), LakeError> {
    let hopeless = [io::ErrorKind::NotFound, io::ErrorKind::StorageFull, io::ErrorKind::QuotaExceeded];
    if hopeless.contains(&error.kind()) {
        return Err(at("link", source)(error));
    }
    fs::copy(source, target).map_err(at("copy", source))?;
    crate::durable::sync_file(target)
}

/// The text of a manifest's file and its hash.
fn sealed(manifest: &Manifest) -> Result<(Vec<u8>, String), LakeError> {
    let bytes = manifest.to_bytes()?;
    let hash = manifest::hash_bytes(&bytes);
    Ok((bytes, hash))
}
