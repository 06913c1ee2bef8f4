//! Bringing files in (入库): keep the original, read it in a limited child, place its landing, record it.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context;
use chrono::{NaiveDate, Utc};
use qunlian_ingest::Report;
use qunlian_lake::{archive, landing};
use qunlian_registry::{Import, ImportBooks, ImportOutcome, Recorded};
use serde_json::{Value, json};

use crate::child;
use crate::work::OnProgress;
use crate::workspace::Workspace;

/// How files are to be read.
#[derive(Debug, Clone, Default)]
pub struct Reading {
    pub today: NaiveDate,
    /// Carrier of all rows.
    pub carrier: Option<String>,
    /// Text of a mapping.
    pub mapping: Option<String>,
    /// Files that an operator named may be larger than uploads.
    pub operator: bool,
}

/// What became of one file.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    Accepted {
        rows: u64,
        left_out: u64,
        complaints: u64,
    },
    /// The same bytes came before.
    Known {
        name: String,
    },
    Refused {
        refusal: String,
        hint: String,
    },
}

/// Brings one file in. Only trouble with the data folder itself is an error; whatever is wrong with the file is an outcome.
pub fn bring_in(workspace: &Workspace, file: &Path, reading: &Reading, progress: OnProgress<'_>) -> anyhow::Result<Outcome> {
    let name = file.file_name().map_or_else(|| "unnamed".to_owned(), |name| name.to_string_lossy().into_owned());
    let kept = archive::keep(&workspace.layout, file).with_context(|| format!("keep {name}"))?;
    if let Some(known) = workspace.store.import(&kept.blake3)? {
        let again = Import { file_name: name.clone(), received_at: Utc::now(), ..known };
        if let Recorded::Known(known) = workspace.store.record_import(&again)? {
            if !is_told_more(&known, reading) {
                return Ok(Outcome::Known { name: known.file_name });
            }
            let read = read_kept(workspace, &kept.path, &kept.blake3, &name, reading, progress)?;
            workspace.store.record_reading(&entry(&kept.blake3, &name, kept.bytes, &read))?;
            return Ok(outcome(read));
        }
    }
    let read = read_kept(workspace, &kept.path, &kept.blake3, &name, reading, progress)?;
    let import = entry(&kept.blake3, &name, kept.bytes, &read);
    workspace.store.record_import(&import)?;
    Ok(outcome(read))
}

/// True for a file that was refused and comes with another mapping or carrier now: it deserves another look.
fn is_told_more(known: &Import, reading: &Reading) -> bool {
    let before = |key: &str| known.report.get(key).and_then(Value::as_str);
    let same = before("given_carrier") == reading.carrier.as_deref() && before("given_mapping") == reading.mapping.as_deref();
    known.outcome == ImportOutcome::Refused && !same
}

/// Reads a file of the archive again, after the reading rules changed. How it was read at first is remembered.
pub fn read_again(workspace: &Workspace, import: &Import, today: NaiveDate, progress: OnProgress<'_>) -> anyhow::Result<Outcome> {
    let path = archive::path_of(&workspace.layout, &import.blake3, &import.file_name)?;
    let text = |key: &str| import.report.get(key).and_then(Value::as_str).map(str::to_owned);
    let reading = Reading { today, carrier: text("given_carrier"), mapping: text("given_mapping"), operator: true };
    let read = read_kept(workspace, &path, &import.blake3, &import.file_name, &reading, progress)?;
    workspace.store.record_reading(&entry(&import.blake3, &import.file_name, import.bytes, &read))?;
    Ok(outcome(read))
}

/// The result of the child: the report with how it was read, or the refusal.
enum Read {
    Report { report: Box<Report>, told: Value },
    Refused { refusal: String, hint: String, told: Value },
}

fn read_kept(
    workspace: &Workspace,
    path: &Path,
    blake3: &str,
    name: &str,
    reading: &Reading,
    progress: OnProgress<'_>,
) -> anyhow::Result<Read> {
    let draft = landing::begin(&workspace.layout, blake3)?;
    let mapping = reading.mapping.as_ref().map(|text| write_mapping(draft.folder(), text)).transpose()?;
    let today = reading.today.to_string();
    let mut args: Vec<&OsStr> = vec!["parse".as_ref(), path.as_os_str(), "--out".as_ref(), draft.folder().as_os_str()];
    args.extend::<[&OsStr; 6]>([
        "--name".as_ref(),
        name.as_ref(),
        "--today".as_ref(),
        today.as_ref(),
        "--data".as_ref(),
        workspace.layout.root().as_os_str(),
    ]);
    if let Some(carrier) = &reading.carrier {
        args.extend::<[&OsStr; 2]>(["--carrier".as_ref(), carrier.as_ref()]);
    }
    if let Some(mapping) = &mapping {
        args.extend::<[&OsStr; 2]>(["--mapping".as_ref(), mapping.as_os_str()]);
    }
    if reading.operator {
        args.push("--operator".as_ref());
    }
    let seconds = if reading.operator { 3_600 } else { workspace.config.limits.parse_seconds };
    let ended = child::run(&args, Duration::from_secs(seconds), |said| {
        let number = |key: &str| said.get(key).and_then(Value::as_u64).unwrap_or(0);
        progress(name, number("done"), number("total"));
    })?;
    if let Some(mapping) = mapping {
        std::fs::remove_file(&mapping).with_context(|| mapping.display().to_string())?;
    }
    let told = json!({"given_carrier": reading.carrier, "given_mapping": reading.mapping, "reading_version": workspace.loaded.version});
    let refused = |refusal: String, hint: &str| Read::Refused { refusal, hint: hint.to_owned(), told: told.clone() };
    let Some(last) = ended.last else {
        let why = if ended.overdue {
            format!("not read within {seconds} s")
        } else {
            format!("the reading process ended with {} {}", ended.status, ended.stderr)
        };
        return Ok(refused(why, "文件过于复杂或已损坏，未能在限定的时间和内存内读完。请另存为 .xlsx 或拆分后重新报送"));
    };
    if let Some(refusal) = last.get("refusal").and_then(Value::as_str) {
        return Ok(refused(refusal.to_owned(), last.get("hint").and_then(Value::as_str).unwrap_or("")));
    }
    let report: Report =
        serde_json::from_value(last.get("report").cloned().unwrap_or_default()).context("the report of the reading process")?;
    draft.place()?;
    Ok(Read::Report { report: Box::new(report), told })
}

fn write_mapping(folder: &Path, text: &str) -> anyhow::Result<PathBuf> {
    let path = folder.join("mapping.toml");
    std::fs::write(&path, text).with_context(|| path.display().to_string())?;
    Ok(path)
}

fn entry(blake3: &str, name: &str, bytes: u64, read: &Read) -> Import {
    let now = Utc::now();
    let base = Import {
        blake3: blake3.to_owned(),
        file_name: name.to_owned(),
        received_at: now,
        read_at: now,
        bytes,
        outcome: ImportOutcome::Accepted,
        refusal: None,
        hint: None,
        rows: 0,
        complaints: 0,
        report: Value::Null,
    };
    match read {
        Read::Report { report, told } => {
            let mut told = told.clone();
            told["report"] = serde_json::to_value(report).unwrap_or_default();
            Import { rows: report.rows_in(), complaints: report.complaints, report: told, ..base }
        }
        Read::Refused { refusal, hint, told } => Import {
            outcome: ImportOutcome::Refused,
            refusal: Some(refusal.clone()),
            hint: Some(hint.clone()),
            report: told.clone(),
            ..base
        },
    }
}

fn outcome(read: Read) -> Outcome {
    match read {
        Read::Report { report, .. } => {
            Outcome::Accepted { rows: report.rows_in(), left_out: report.rows_left_out(), complaints: report.complaints }
        }
        Read::Refused { refusal, hint, .. } => Outcome::Refused { refusal, hint },
    }
}

/// What a run of the inbox did.
#[derive(Debug, Default, Clone, Copy)]
pub struct InboxReport {
    pub accepted: u64,
    pub known: u64,
    pub refused: u64,
    pub rows: u64,
}

/// Brings in every file of the inbox, oldest first; each leaves the inbox once it is recorded.
pub fn inbox(workspace: &Workspace, today: NaiveDate, progress: OnProgress<'_>) -> anyhow::Result<InboxReport> {
    let files = waiting(&workspace.layout.inbox())?;
    let total = files.len() as u64;
    let mut report = InboxReport::default();
    for (done, file) in files.iter().enumerate() {
        progress(&file.file_name().unwrap_or_default().to_string_lossy(), done as u64, total);
        let reading = Reading { today, ..Reading::default() };
        match bring_in(workspace, file, &reading, &mut |_, _, _| {})? {
            Outcome::Accepted { rows, .. } => {
                report.accepted += 1;
                report.rows += rows;
            }
            Outcome::Known { .. } => report.known += 1,
            Outcome::Refused { refusal, .. } => {
                tracing::warn!(file = %file.display(), refusal, "refused");
                report.refused += 1;
            }
        }
        // The original is safe in the archive.
        std::fs::remove_file(file).with_context(|| format!("take {} out of the inbox", file.display()))?;
    }
    progress("", total, total);
    Ok(report)
}

/// Files that have been left alone for a moment (a copy in progress is still growing), by name.
fn waiting(inbox: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let settled = Duration::from_secs(2);
    let mut files = Vec::new();
    for entry in std::fs::read_dir(inbox).with_context(|| inbox.display().to_string())? {
        let entry = entry?;
        let facts = entry.metadata()?;
        let hidden = entry.file_name().to_string_lossy().starts_with(['.', '~']);
        let resting = facts.modified().ok().and_then(|changed| changed.elapsed().ok()).is_none_or(|since| since >= settled);
        if facts.is_file() && !hidden && resting {
            files.push(entry.path());
        }
    }
    files.sort();
    Ok(files)
}
