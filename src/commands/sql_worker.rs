//! `qunlian sql-worker`: fences itself, then answers statements from stdin over the folders it was given.

use std::path::Path;

use anyhow::Context;
use chrono::NaiveDate;
use qunlian_engine::{Masking, Sandbox, Spill, SqlLimits, read_scope};

use crate::cli::SqlWorker;
use crate::config::Config;
use crate::fences::{self, Reach};
use crate::limits::{self, ChildLimits};

/// Files that a worker may have open: parts of tables, temporary files and pipes.
const OPEN_FILES: u64 = 1_024;
/// How much lower than the pages' a worker's priority is.
const LOWER_PRIORITY: i32 = 5;
/// Processor seconds of the small statements that a worker answers before it is replaced; one long one comes on top.
const SMALL_STATEMENTS_SECONDS: u64 = 1_000;
/// Parts of the address space that the engine's pool may fill; code, stacks and small tables need the rest.
const POOL_SHARE: u64 = 3;

pub fn run(args: &SqlWorker) -> anyhow::Result<()> {
    let config = Config::of(&args.data)?;
    let bounds = &config.limits;
    let loaded = crate::data::load_rules(&config)?;
    let limits = SqlLimits {
        memory_bytes: usize::try_from((bounds.sql_mib << 20) / POOL_SHARE)?,
        partitions: bounds.sql_threads.max(1),
        ..SqlLimits::default()
    };
    // The server ends a statement long before; this is for a worker whose server does not.
    let cpu_seconds = SMALL_STATEMENTS_SECONDS + bounds.sql_file_seconds.max(bounds.sql_seconds) * u64::try_from(limits.partitions)?;
    // From here on nothing of the machine is needed but the folders: fences first, then the first thread.
    rustix::process::nice(LOWER_PRIORITY).context("lower the priority")?;
    limits::set(ChildLimits {
        memory_bytes: Some(bounds.sql_mib << 20),
        cpu_seconds: Some(cpu_seconds),
        file_bytes: Some(limits.spill_bytes),
        open_files: Some(OPEN_FILES),
    })?;
    let read: Vec<&Path> = args.folders.iter().map(AsRef::as_ref).collect();
    let mut fences = fences::raise(&Reach { read: &read, write: &args.spill })?;
    fences.push(format!("memory: {} MiB of address space", bounds.sql_mib));
    fences.push(format!("processor: {cpu_seconds} s"));
    // No network, so no driver for it either.
    let threads = limits.partitions;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(threads).enable_time().build().context("start the engine")?;
    let mut folders = args.folders.iter().map(|folder| read_scope(folder));
    let served = folders.next().context("no folder")??;
    let earlier = folders.collect::<Result<Vec<_>, _>>()?;
    let (contract, rules) = loaded.for_sql(served.generation.data_date.unwrap_or(NaiveDate::MAX))?;
    let spill = Spill::Folder(args.spill.clone());
    let sandbox = runtime.block_on(Sandbox::open(&contract, rules, served, earlier, Masking::Done, spill))?;
    let served = qunlian_statements::serve(sandbox, limits, fences, &runtime);
    // Work that does not yield must not hold up the end.
    runtime.shutdown_background();
    Ok(served?)
}
