//! `qunlian check`: every byte of the newest generation, the chain of manifests, and the books.

use anyhow::bail;
use qunlian_lake::verify::{Depth, verify, verify_chain};
use qunlian_lake::{Damage, snapshot};
use qunlian_registry::Store;

use crate::cli::InFolder;
use crate::terminal::print;
use crate::workspace::Workspace;

pub fn run(args: &InFolder) -> anyhow::Result<()> {
    let workspace = Workspace::existing(&args.data)?;
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
    for fault in &faults {
        print(fault)?;
    }
    if faults.is_empty() {
        return Ok(print("whole: manifests, parts and books")?);
    }
    bail!("{} faults found", faults.len())
}
