//! `qunlian restore`: a data folder from a backup, verified before, while and after it is made.

use anyhow::{Context, bail};
use chrono::Utc;
use qunlian_domain::audit::{AuditAction, Via};
use qunlian_lake::{LakeError, backup};
use qunlian_registry::{AuditBooks, AuditEntry};
use serde_json::json;

use crate::cli::Restore;
use crate::commands::check::faults_of;
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
    workspace.store.append(&entry(&args.from.display().to_string(), &contents))?;
    print(&format!("{}", folder.display()))?;
    print(&format!("restored: {} files, {} bytes, as of {}", contents.files.len(), contents.bytes(), contents.made_at.to_rfc3339()))?;
    say("sessions and tokens are those of the backup: end them if the copy has been out of your hands");
    match faults.len() {
        0 => Ok(()),
        count => bail!("{count} faults found; they were in the folder when it was backed up"),
    }
}

/// What happened before the log's records of today: whoever reads it must know that it was put back.
fn entry(from: &str, contents: &backup::Contents) -> AuditEntry {
    AuditEntry {
        at: Utc::now(),
        account: None,
        actor: "console".to_owned(),
        via: Via::Console,
        action: AuditAction::Restore,
        subject: from.to_owned(),
        detail: json!({ "made_at": contents.made_at.to_rfc3339(), "generation": contents.generation, "head": contents.audit_head }),
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
