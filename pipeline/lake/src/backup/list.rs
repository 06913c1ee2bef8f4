//! The list of a backup (`backup.json`): what it holds, each file with its length and hash, sealed.

use std::collections::BTreeSet;
use std::fmt;
use std::fs::File;
use std::io::Write;
use std::path::{Component, Path};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::LakeError;
use crate::damage::DamageKind;
use crate::durable::sync_file;
use crate::error::at;
use crate::manifest::{read_bytes, sealed, sealed_body};

/// The list's file name.
pub const LIST: &str = "backup.json";
const FORMAT: u32 = 1;

/// What a backup holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Contents {
    format: u32,
    #[serde(with = "crate::time_text::moment")]
    pub made_at: DateTime<Utc>,
    /// Version of the program that made it.
    pub program: String,
    /// The newest generation in it; none when nothing was published.
    pub generation: Option<u64>,
    /// `SEQ:HASH` of the newest audit record in it.
    pub audit_head: Option<String>,
    /// By path.
    pub files: Vec<Kept>,
}

/// One file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Kept {
    /// Relative to the data folder.
    pub path: String,
    pub bytes: u64,
    pub blake3: String,
}

impl Contents {
    /// Facts of a copy whose files are not known yet.
    pub fn new(made_at: DateTime<Utc>, program: &str, generation: Option<u64>, audit_head: Option<String>) -> Self {
        Self { format: FORMAT, made_at, program: program.to_owned(), generation, audit_head, files: Vec::new() }
    }

    /// Bytes of all files.
    pub fn bytes(&self) -> u64 {
        self.files.iter().map(|file| file.bytes).sum()
    }
}

/// A file that is not as the list says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    pub path: String,
    pub kind: DamageKind,
}

impl fmt::Display for Fault {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}: ", self.path)?;
        match &self.kind {
            DamageKind::Missing => out.write_str("the file is missing"),
            DamageKind::Unreadable(why) => write!(out, "the file cannot be read: {why}"),
            DamageKind::Length { expected, found } => write!(out, "{expected} bytes were kept, {found} are there"),
            DamageKind::Content | DamageKind::Replaced { .. } => out.write_str("the content differs from what was kept"),
            DamageKind::Manifest(why) => out.write_str(why),
        }
    }
}

/// Refuses names that would lead out of the folder, or that are the list's own.
pub(super) fn require_inside(name: &str) -> Result<(), LakeError> {
    let inside = Path::new(name).components().all(|part| matches!(part, Component::Normal(_))) && !name.is_empty();
    if inside && name != LIST { Ok(()) } else { Err(LakeError::Name { what: "path", name: name.to_owned() }) }
}

pub(super) fn write(folder: &Path, contents: &Contents) -> Result<(), LakeError> {
    let path = folder.join(LIST);
    let text = serde_json::to_string_pretty(contents).map_err(|error| damaged(folder, error.to_string()))?;
    let mut file = File::create(&path).map_err(at("write", &path))?;
    file.write_all(&sealed(&text)).map_err(at("write", &path))?;
    drop(file);
    sync_file(&path)
}

pub(super) fn read(folder: &Path) -> Result<Contents, LakeError> {
    let bytes = read_bytes(&folder.join(LIST))?.ok_or_else(|| damaged(folder, "it is missing: this is no backup".to_owned()))?;
    let body = sealed_body(&bytes).map_err(|what| damaged(folder, what.to_owned()))?;
    let contents: Contents = serde_json::from_str(&format!("{body}\n}}")).map_err(|error| damaged(folder, error.to_string()))?;
    if contents.format != FORMAT {
        return Err(damaged(folder, format!("format {} is not known to this version", contents.format)));
    }
    let mut names = BTreeSet::new();
    for file in &contents.files {
        require_inside(&file.path)?;
        if !names.insert(&file.path) {
            return Err(damaged(folder, format!("{} is listed twice", file.path)));
        }
    }
    Ok(contents)
}

fn damaged(folder: &Path, what: String) -> LakeError {
    LakeError::BackupDamaged {
        folder: folder.to_path_buf(),
        faults: vec![Fault { path: LIST.to_owned(), kind: DamageKind::Manifest(what) }],
    }
}
