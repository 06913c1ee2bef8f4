//! `qunlian sql-tables`: writes a generation's tables for some readers into a folder of their own.

use anyhow::Context;
use qunlian_domain::access::RowScope;
use qunlian_engine::{Rules, write_scope};
use qunlian_lake::verify::Depth;
use qunlian_lake::{LakeError, Layout, snapshot};

use crate::cli::SqlTables;
use crate::config::Config;
use crate::exit::Unusable;
use crate::lake_files::table_files;

pub fn run(args: &SqlTables) -> anyhow::Result<()> {
    qunlian_jobs::child::obey_parent()?;
    let layout = Layout::existing(&args.data)?;
    let config = Config::of(layout.root())?;
    let rules = crate::data::load_rules(&config)?.rules;
    let asked = match snapshot::generation(&layout, args.generation, Depth::Sizes) {
        Err(LakeError::NoGeneration(number)) => {
            return Err(Unusable::new(format!("generation {number} is not kept"), "see system.generations"));
        }
        found => found?,
    };
    // What is confidential is so by the newest generation.
    let today = snapshot::latest(&layout, Depth::Sizes)?.unwrap_or_else(|| asked.clone());
    let scope = match args.carriers.as_slice() {
        [] => RowScope::City,
        carriers => RowScope::Carriers(carriers.iter().cloned().collect()),
    };
    std::fs::create_dir_all(&args.out).with_context(|| format!("make {}", args.out.display()))?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().context("start the engine")?;
    let (asked, today) = (table_files(&asked, None), table_files(&today, None));
    runtime.block_on(write_scope(&asked, &today, &rules.contract, &Rules::of(&rules.city), &scope, &args.out))?;
    Ok(())
}
