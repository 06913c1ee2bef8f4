//! `qunlian audit`: verifying the log's chain, its head to be written down elsewhere, and its records.

use anyhow::{Context, bail};
use qunlian_domain::audit::{AuditAction, clean};
use qunlian_domain::privacy::mask;
use qunlian_lake::Layout;
use qunlian_registry::{AuditBooks, AuditFilter, AuditHead, AuditRecord, SqliteStore};

use crate::cli::{Audit, AuditCommand, AuditList, AuditVerify, InFolder};
use crate::exit::Unusable;
use crate::terminal::{print, say};

pub fn run(args: &Audit) -> anyhow::Result<()> {
    match &args.command {
        AuditCommand::Verify(args) => verify(args),
        AuditCommand::Head(folder) => head(folder),
        AuditCommand::List(args) => list(args),
    }
}

/// The books alone: the log must be readable even when the city's rules are not.
fn books(folder: &InFolder) -> anyhow::Result<SqliteStore> {
    let layout = Layout::existing(&folder.data).map_err(|error| Unusable::new(error.to_string(), "name a data folder with --data"))?;
    SqliteStore::open(&layout.books()).context("the books")
}

fn verify(args: &AuditVerify) -> anyhow::Result<()> {
    let written_down = args.head.as_deref().map(str::parse::<AuditHead>).transpose();
    let written_down = written_down.map_err(|error| Unusable::new(error.to_string(), "write what `qunlian audit head` printed"))?;
    let store = books(&args.folder)?;
    let verdict = store.verify_audit()?;
    if let Some(fault) = verdict.fault {
        bail!("audit log, {fault}");
    }
    if let Some(head) = &written_down {
        hold_against(head, store.audit_record(head.seq)?.as_ref())?;
    }
    match verdict.head {
        Some(head) => print(&format!("whole: {} records, head {head}", verdict.records))?,
        None => print("whole: nothing has been recorded yet")?,
    }
    Ok(())
}

/// A chain that was computed anew from some record on is whole in itself, but no longer has the old hash.
fn hold_against(head: &AuditHead, record: Option<&AuditRecord>) -> anyhow::Result<()> {
    match record {
        Some(record) if record.hash == head.hash => Ok(()),
        Some(record) => bail!("record {} has the hash {}, not the one written down: the log was rewritten", head.seq, record.hash),
        None => bail!("record {} is not there: the log was shortened or replaced", head.seq),
    }
}

fn head(folder: &InFolder) -> anyhow::Result<()> {
    match books(folder)?.audit_head()? {
        Some(head) => Ok(print(&head.to_string())?),
        None => Err(Unusable::new("nothing has been recorded yet", "ask again after the first login")),
    }
}

fn list(args: &AuditList) -> anyhow::Result<()> {
    let action = args.action.as_deref().map(known_action).transpose()?;
    let filter = AuditFilter { action, actor: args.actor.clone(), subject: args.subject.clone(), ..AuditFilter::default() };
    let records = books(&args.folder)?.audit_page(&filter.within(args.from, args.until), args.before, args.limit)?;
    for record in &records {
        print(&line(record))?;
    }
    if records.len() == args.limit {
        say(&format!("older ones: --before {}", records.last().map_or(0, |record| record.seq)));
    }
    Ok(())
}

fn known_action(word: &str) -> anyhow::Result<AuditAction> {
    AuditAction::from_id(word).ok_or_else(|| {
        let words: Vec<&str> = AuditAction::ALL.iter().map(|action| action.id()).collect();
        Unusable::new(format!("{word:?} is no action of the log"), format!("actions are {}", words.join(", ")))
    })
}

/// Cleaned and masked: a record that a hand in the file spoilt must not write to the terminal, either.
fn line(record: &AuditRecord) -> String {
    let account = record.account.map_or_else(|| "-".to_owned(), |account| account.to_string());
    let fields = [&record.at, &record.via, &record.action, &account, &record.actor, &record.subject, &record.detail];
    let shown: Vec<String> = fields.iter().map(|text| mask(&clean(text, 10_000)).into_owned()).collect();
    format!("{}\t{}", record.seq, shown.join("\t"))
}
