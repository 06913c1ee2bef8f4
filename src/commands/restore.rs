//! `qunlian restore`: a data folder from a backup, verified before, while and after it is made.

use anyhow::{Context, bail};
use qunlian_domain::audit::AuditAction;
use qunlian_lake::{LakeError, backup};
use qunlian_registry::AuditBooks;
use serde_json::json;

use crate::cli::Restore;
use crate::commands::check::faults_of;
use crate::console_log;
use crate::exit::Unusable;
use crate::terminal::{Bar, print, say};
use crate::workspace::Workspace;

pub fn run(args: &Restore) -> anyhow::Result<()> {
    let bar = Bar::new("恢复");
    let restored = backup::restore(&args.from, &args.data, &mut |done, total| bar.show("恢复", done, total));
    bar.clear();
    let (folder, contents) = restored.map_err(in_words)?;
    let workspace = Workspace::open(&folder).context("open the restored folder")?;
    let head = workspace.store.audit_head()?.map(|head| head.to_string());
    if head != contents.audit_head {
        bail!("the restored audit log ends at {head:?}, the backup was made at {:?}", contents.audit_head);
    }
    let faults = faults_of(&workspace)?;
    for fault in &faults {
        say(fault);
    }
    // Whoever reads the log must know that it was put back.
    let detail = json!({ "made_at": contents.made_at.to_rfc3339(), "generation": contents.generation, "head": contents.audit_head });
    console_log::record(workspace.store.as_ref(), AuditAction::Restore, &args.from.display().to_string(), detail)?;
    print(&format!("{}", folder.display()))?;
    print(&format!("restored: {} files, {} bytes, as of {}", contents.files.len(), contents.bytes(), contents.made_at.to_rfc3339()))?;
    say("sessions and tokens are those of the backup: end them if the copy has been out of your hands");
    match faults.len() {
        0 => Ok(()),
        count => bail!("{count} faults found; they were in the folder when it was backed up"),
    }
}

/// Damage and a wrong folder are the caller's to mend; a failing disk is not.
fn in_words(error: LakeError) -> anyhow::Error {
    match (&error, error.hint()) {
        (LakeError::BackupDamaged { .. } | LakeError::NotEmpty(_) | LakeError::Name { .. }, hint) => {
            Unusable::new(error.to_string(), hint.unwrap_or("take another copy of the backup"))
        }
        _ => error.into(),
    }
}
