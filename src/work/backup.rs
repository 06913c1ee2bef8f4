//! Backing a data folder up (备份) while it is in use: books, lake, originals and settings of one moment.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, bail};
use chrono::Utc;
use qunlian_domain::audit::AuditAction;
use qunlian_lake::backup::{Contents, Draft, Source, files_below, generations};
use qunlian_lake::{LakeLock, Layout};
use qunlian_registry::{AuditBooks, SqliteStore, Store};
use serde_json::json;

use crate::config::Config;
use crate::console_log;
use crate::exit::Unusable;
use crate::terminal::say;

const BOOKS: &str = "books.sqlite";

/// A backup that was made and verified.
pub struct Done {
    pub folder: PathBuf,
    pub contents: Contents,
    /// What the administrator must know about it.
    pub warnings: Vec<String>,
}

/// Copies everything that a restored folder needs. Nothing stops meanwhile but building: files in the archive and
/// the attachments lie there before the books name them, so books that are copied first never name a file that is
/// missing.
pub fn back_up(
    layout: &Layout,
    store: &SqliteStore,
    config: &Config,
    target: &Path,
    progress: &mut dyn FnMut(&str, u64, u64),
) -> anyhow::Result<Done> {
    refuse_inside(layout, target)?;
    let mut copying = Copying { draft: Draft::begin(target)?, done: 0, total: 0, progress };
    let mut warnings = Vec::new();
    let inbox = settled(files_below(layout, &layout.inbox())?);
    copying.all("收件箱", inbox, Vanishing::Allowed)?;
    let lock = LakeLock::wait(layout, "backup", None, |holder| say(&format!("waiting for the lake: {holder}")))?;
    let audit_head = copying.books(store, &mut warnings)?;
    let (generation, lake) = generations(&lock)?;
    copying.all("数据湖", lake, Vanishing::Refused)?;
    copying.all("落地数据", files_below(layout, &layout.landing())?, Vanishing::Refused)?;
    drop(lock);
    copying.all("原件", files_below(layout, &layout.archive())?, Vanishing::Refused)?;
    copying.all("附件", files_below(layout, &layout.attachments())?, Vanishing::Refused)?;
    copying.all("通报", files_below(layout, &layout.bulletins())?, Vanishing::Refused)?;
    copying.all("设置", settings(layout, config, &mut warnings)?, Vanishing::Refused)?;
    let contents = Contents::new(Utc::now(), env!("CARGO_PKG_VERSION"), generation, audit_head);
    let Copying { draft, progress, .. } = copying;
    let (folder, contents) = draft.seal(contents, &mut |done, total| progress("核对", done, total))?;
    let detail =
        json!({ "files": contents.files.len(), "bytes": contents.bytes(), "generation": contents.generation, "head": contents.audit_head });
    console_log::record(store, AuditAction::Backup, &folder.display().to_string(), detail)?;
    Ok(Done { folder, contents, warnings })
}

/// What to do about a file that is gone when its turn comes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Vanishing {
    /// It was read in meanwhile and lies in the archive.
    Allowed,
    Refused,
}

struct Copying<'a> {
    draft: Draft,
    done: u64,
    total: u64,
    progress: &'a mut dyn FnMut(&str, u64, u64),
}

impl Copying<'_> {
    fn all(&mut self, label: &str, sources: Vec<Source>, vanishing: Vanishing) -> anyhow::Result<()> {
        let length = |source: &Source| std::fs::metadata(&source.file).map_or(0, |facts| facts.len());
        self.total += sources.iter().map(length).sum::<u64>();
        for source in &sources {
            let bytes = length(source);
            if vanishing == Vanishing::Refused || source.file.exists() {
                self.draft.copy(source)?;
            }
            self.done += bytes;
            (self.progress)(label, self.done, self.total);
        }
        Ok(())
    }

    /// Copies the books and opens the copy, as whoever restores it will. Gives the newest audit record in it.
    fn books(&mut self, store: &SqliteStore, warnings: &mut Vec<String>) -> anyhow::Result<Option<String>> {
        (self.progress)("台账", self.done, self.total);
        let copy = self.draft.place(BOOKS)?;
        store.backup(&copy)?;
        let opened = SqliteStore::open(&copy).context("open the copy of the books")?;
        if let Some(damage) = opened.check()?.first() {
            bail!("the copy of the books is damaged: {damage}");
        }
        let verdict = opened.verify_audit()?;
        // A broken log never heals: it is kept as it is, and said so, rather than left without any backup.
        warnings.extend(verdict.fault.map(|fault| format!("the audit log is broken, here and in the copy: {fault}")));
        let head = opened.audit_head()?.map(|head| head.to_string());
        drop(opened);
        for rest in ["-wal", "-shm"] {
            let path = copy.with_file_name(format!("{BOOKS}{rest}"));
            if path.exists() {
                bail!("the copy of the books was not closed: {} is left", path.display());
            }
        }
        self.draft.keep(BOOKS)?;
        Ok(head)
    }
}

fn refuse_inside(layout: &Layout, target: &Path) -> anyhow::Result<()> {
    let absolute = std::path::absolute(target).with_context(|| target.display().to_string())?;
    let nearest = absolute.ancestors().find_map(|folder| folder.canonicalize().ok());
    if nearest.is_some_and(|folder| folder.starts_with(layout.root())) {
        return Err(Unusable::new(
            format!("{} lies in the data folder itself", target.display()),
            "name a folder on another disk with --to",
        ));
    }
    Ok(())
}

/// Files that have been left alone for a moment: a copy in progress is still growing.
fn settled(files: Vec<Source>) -> Vec<Source> {
    let rests = |source: &Source| {
        let changed = std::fs::metadata(&source.file).and_then(|facts| facts.modified()).ok();
        changed.and_then(|changed| changed.elapsed().ok()).is_some_and(|since| since >= Duration::from_secs(2))
    };
    files.into_iter().filter(rests).collect()
}

/// `qunlian.toml`, and the city's own data when it lies inside the folder.
fn settings(layout: &Layout, config: &Config, warnings: &mut Vec<String>) -> anyhow::Result<Vec<Source>> {
    let mut found = Vec::new();
    let toml = layout.root().join("qunlian.toml");
    if toml.is_file() {
        found.push(Source { file: toml, name: "qunlian.toml".to_owned() });
    }
    let Some(overlay) = &config.data else { return Ok(found) };
    match overlay.canonicalize() {
        Ok(inside) if inside.starts_with(layout.root()) && inside != layout.root() => found.extend(files_below(layout, &inside)?),
        _ => warnings.push(format!("{} lies outside the data folder and is not in the copy", overlay.display())),
    }
    Ok(found)
}
