//! `qunlian check`: every byte of the newest generation, the chain of manifests, the books and the audit log.

use anyhow::bail;
use qunlian_lake::verify::{Depth, verify, verify_chain};
use qunlian_lake::{Damage, snapshot};
use qunlian_registry::{AuditBooks, Store};

use crate::cli::InFolder;
use crate::terminal::print;
use crate::workspace::Workspace;

pub fn run(args: &InFolder) -> anyhow::Result<()> {
    let faults = faults_of(&Workspace::existing(&args.data)?)?;
    for fault in &faults {
        print(fault)?;
    }
    if faults.is_empty() {
        return Ok(print("whole: manifests, parts, books and audit log")?);
    }
    bail!("{} faults found", faults.len())
}

/// Everything wrong with a data folder; says on the way what was looked at.
pub fn faults_of(workspace: &Workspace) -> anyhow::Result<Vec<String>> {
    let mut faults: Vec<String> = verify_chain(&workspace.layout)?.iter().map(Damage::to_string).collect();
    match snapshot::latest(&workspace.layout, Depth::Manifest)? {
        None => print("no generation has been published yet")?,
        Some(current) => {
            faults.extend(verify(&current, Depth::Hashes).iter().map(Damage::to_string));
            let manifest = current.manifest();
            let parts: usize = manifest.tables.iter().map(|table| table.parts.len()).sum();
            let rows: u64 = manifest.tables.iter().map(|table| table.rows).sum();
            print(&format!("generation {}: {parts} parts, {rows} rows, data date {}", manifest.generation, manifest.data_date))?;
        }
    }
    faults.extend(workspace.store.check()?);
    let audit = workspace.store.verify_audit()?;
    print(&format!("audit log: {} records", audit.records))?;
    faults.extend(audit.fault.map(|fault| format!("audit log, {fault}")));
    Ok(faults)
}
