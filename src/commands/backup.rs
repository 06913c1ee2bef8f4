//! `qunlian backup`: a verified copy of a data folder that may be in use.

use std::path::PathBuf;

use anyhow::Context;
use chrono::Utc;
use qunlian_lake::Layout;
use qunlian_registry::SqliteStore;

use crate::cli::Backup;
use crate::config::Config;
use crate::exit::Unusable;
use crate::terminal::{Bar, print, say};
use crate::work::backup::back_up;

pub fn run(args: &Backup) -> anyhow::Result<()> {
    let layout = Layout::existing(&args.folder.data).map_err(|error| Unusable::new(error.to_string(), "name a data folder with --data"))?;
    let config = Config::of(layout.root())?;
    let store = SqliteStore::open(&layout.books()).context("the books")?;
    let bar = Bar::new("备份");
    let done = back_up(&layout, &store, &config, &target(args), &mut |label, done, total| bar.show(label, done, total));
    bar.clear();
    let done = done?;
    for warning in &done.warnings {
        say(&format!("note: {warning}"));
    }
    let contents = &done.contents;
    let generation = contents.generation.map_or_else(|| "no generation".to_owned(), |number| format!("generation {number}"));
    let head = contents.audit_head.as_deref().unwrap_or("none");
    print(&format!("{}", done.folder.display()))?;
    print(&format!("verified: {} files, {} bytes, {generation}, audit head {head}", contents.files.len(), contents.bytes()))?;
    Ok(())
}

/// The folder to make: the one that was named, or one named by the time inside a folder that exists.
fn target(args: &Backup) -> PathBuf {
    if args.to.is_dir() { args.to.join(format!("qunlian-{}", Utc::now().format("%Y%m%dT%H%M%S%.3fZ"))) } else { args.to.clone() }
}
