//! The books into the lake (备案入湖): recognised claims become landing rows beside the workbooks', with the books' own tables.
//!
//! A landing folder per carrier, named by its content: unchanged carriers keep theirs. Which folders are in force
//! stands in the settings of the books, never in the import ledger: nobody imported them. So do the targets that the
//! center set: a few lines, of no single carrier.

mod targets;

use std::collections::BTreeSet;

use anyhow::Context;
use chrono::{NaiveDate, Utc};
use qunlian_domain::filing::landing::{BOOKS, FILE_PREFIX};
use qunlian_domain::history::Rank;
use qunlian_domain::target::Target;
use qunlian_lake::{Input, LakeLock, landing};
use qunlian_registry::export::{CarrierExport, ExportedSheet, export};
use qunlian_registry::{Settings, TargetBooks};
use qunlian_transform::{BooksPart, Sheet, Source};
use serde::{Deserialize, Serialize};

use self::targets::TargetLine;
use crate::workspace::Workspace;

/// The setting that names what was exported last.
const SETTING: &str = "registry.export";

/// What was exported last.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exported {
    /// The rules' version: landing files of another one are made anew.
    version: String,
    parts: Vec<Part>,
    /// In the order in which they were entered.
    #[serde(default)]
    targets: Vec<TargetLine>,
}

/// One carrier's landing folder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Part {
    carrier: String,
    /// Name of the folder: the hash of all its files.
    blake3: String,
    /// Hash of its recognised rows.
    rows_blake3: String,
    sheets: Vec<PartSheet>,
}

/// The recognised rows of one year of filing numbers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct PartSheet {
    year: i32,
    rows: u64,
    /// ISO; the newest day that a row tells of.
    reported_on: String,
}

/// What an export came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// Hash of everything exported.
    pub hash: String,
    /// False when the books say what they said before.
    pub changed: bool,
    pub carriers: usize,
    /// Recognised rows.
    pub rows: u64,
}

/// Exports the books, while nobody builds.
pub fn run(workspace: &Workspace) -> anyhow::Result<Outcome> {
    let lock = LakeLock::wait(&workspace.layout, "export_registry", None, |holder| tracing::warn!(holder, "waiting for the lake"))?;
    run_held(workspace, &lock)
}

/// As [`run`], for whoever holds the lake already.
pub fn run_held(workspace: &Workspace, _lock: &LakeLock) -> anyhow::Result<Outcome> {
    let before = last(workspace)?;
    let found = export(workspace.store.as_ref(), &workspace.loaded.rules.city).context("read the books")?;
    let mut parts = Vec::with_capacity(found.len());
    for carrier in &found {
        parts.push(place(workspace, carrier)?);
    }
    let targets = workspace.store.entered_targets()?.iter().map(TargetLine::of).collect();
    let now = Exported { version: workspace.loaded.version.clone(), parts, targets };
    let text = serde_json::to_string(&now).context("write the list of what was exported")?;
    if before.as_ref() != Some(&now) {
        workspace.store.put_setting(SETTING, &text, Utc::now())?;
    }
    if let Some(before) = &before {
        remove_old(workspace, before, &now)?;
    }
    Ok(Outcome {
        hash: qunlian_lake::inputs_fingerprint(&now.inputs(), "books", &[]),
        changed: before.map(|before| before.inputs()) != Some(now.inputs()),
        carriers: now.parts.len(),
        rows: now.rows(),
    })
}

fn place(workspace: &Workspace, found: &CarrierExport) -> anyhow::Result<Part> {
    let sheet = |sheet: &ExportedSheet| PartSheet { year: sheet.year, rows: sheet.rows, reported_on: sheet.reported_on.to_string() };
    let sheets = found.sheets.iter().map(sheet).collect();
    let part = Part { carrier: found.carrier.clone(), blake3: found.blake3(), rows_blake3: found.rows_blake3(), sheets };
    if landing::folder_of(&workspace.layout, &part.blake3)?.is_dir() {
        return Ok(part);
    }
    let draft = landing::begin(&workspace.layout, &part.blake3)?;
    for (name, bytes) in &found.files {
        let path = draft.folder().join(name);
        std::fs::write(&path, bytes).with_context(|| path.display().to_string())?;
    }
    draft.place()?;
    Ok(part)
}

/// Folders that the last export named and this one does not. A crash before this leaves them for good: a few
/// kilobytes that nothing reads.
fn remove_old(workspace: &Workspace, before: &Exported, now: &Exported) -> anyhow::Result<()> {
    let kept: BTreeSet<&str> = now.parts.iter().map(|part| part.blake3.as_str()).collect();
    for part in before.parts.iter().filter(|part| !kept.contains(part.blake3.as_str())) {
        let folder = landing::folder_of(&workspace.layout, &part.blake3)?;
        match std::fs::remove_dir_all(&folder) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(error).with_context(|| format!("remove {}", folder.display()));
            }
            _ => {}
        }
    }
    Ok(())
}

/// What was exported last; `None` before the first export.
fn last(workspace: &Workspace) -> anyhow::Result<Option<Exported>> {
    let Some(text) = workspace.store.setting(SETTING)? else { return Ok(None) };
    // Written by another version of the program in a form that this one does not know: exported anew.
    Ok(serde_json::from_str(&text).ok())
}

/// What a build takes from the books. Landing files that are missing or of other rules are made anew first; books
/// that were never exported are left alone.
pub fn for_build(workspace: &Workspace, lock: &LakeLock, again: bool) -> anyhow::Result<Option<Exported>> {
    if workspace.store.setting(SETTING)?.is_none() {
        return Ok(None);
    }
    let whole =
        |exported: &Exported| exported.version == workspace.loaded.version && exported.parts.iter().all(|part| part.is_placed(workspace));
    match last(workspace)?.filter(|exported| !again && whole(exported)) {
        Some(exported) => Ok(Some(exported)),
        None => {
            run_held(workspace, lock)?;
            last(workspace)
        }
    }
}

impl Part {
    fn is_placed(&self, workspace: &Workspace) -> bool {
        landing::folder_of(&workspace.layout, &self.blake3).is_ok_and(|folder| folder.is_dir())
    }

    fn rows(&self) -> u64 {
        self.sheets.iter().map(|sheet| sheet.rows).sum()
    }
}

impl Exported {
    fn rows(&self) -> u64 {
        self.parts.iter().map(Part::rows).sum()
    }

    /// As the manifest names them.
    pub fn inputs(&self) -> Vec<Input> {
        let input = |part: &Part| Input { blake3: part.blake3.clone(), name: format!("{BOOKS}（{}）", part.carrier), rows: part.rows() };
        self.parts.iter().map(input).chain(targets::input(&self.targets)).collect()
    }

    /// Recognised rows, one source for each carrier that has some.
    pub fn sources(&self, workspace: &Workspace) -> anyhow::Result<Vec<Source>> {
        let mut sources = Vec::new();
        for part in self.parts.iter().filter(|part| !part.sheets.is_empty()) {
            let newest = part.sheets.iter().filter_map(PartSheet::day).max().unwrap_or_default();
            sources.push(Source {
                blake3: part.rows_blake3.clone(),
                number: format!("{FILE_PREFIX}{}", part.carrier),
                rank: Rank::Books,
                name: BOOKS.to_owned(),
                folder: landing::folder_of(&workspace.layout, &part.blake3)?,
                imported_on: newest,
                sheets: part.sheets.iter().map(|sheet| sheet_of(part, sheet)).collect(),
            });
        }
        Ok(sources)
    }

    /// The targets that the center set, in the order in which they were entered.
    pub fn targets(&self) -> anyhow::Result<Vec<Target>> {
        self.targets.iter().map(TargetLine::target).collect()
    }

    /// The books' own tables.
    pub fn tables(&self, workspace: &Workspace) -> anyhow::Result<Vec<BooksPart>> {
        let part = |part: &Part| -> anyhow::Result<BooksPart> {
            Ok(BooksPart { carrier: part.carrier.clone(), folder: landing::folder_of(&workspace.layout, &part.blake3)? })
        };
        self.parts.iter().map(part).collect()
    }
}

impl PartSheet {
    fn day(&self) -> Option<NaiveDate> {
        self.reported_on.parse().ok()
    }
}

fn sheet_of(part: &Part, sheet: &PartSheet) -> Sheet {
    Sheet {
        position: i64::from(sheet.year),
        name: format!("{} 年备案", sheet.year),
        carrier_id: part.carrier.clone(),
        month: None,
        reported_on: sheet.day(),
        header_row: 1,
        rows_in: sheet.rows.cast_signed(),
        rows_questioned: 0,
        rows_left_out: 0,
    }
}
