//! `qunlian demo`: an empty folder becomes a sample city with its jobs run, then is served.

mod books;

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use anyhow::{Context, bail};
use chrono::NaiveDate;
use qunlian_jobs::Runner;
use qunlian_lake::snapshot;
use qunlian_web::Mode;

use crate::cli::Demo;
use crate::commands::run::run_job;
use crate::service::{Start, require_loopback, serve};
use crate::terminal::{Bar, say};
use crate::workspace::Workspace;

/// The seed of the sample that everybody sees.
const SEED: u64 = 7;

pub fn run(args: &Demo) -> anyhow::Result<()> {
    require_loopback(args.listen)?;
    if args.with_parent {
        qunlian_jobs::child::obey_parent()?;
    }
    let today = NaiveDate::from_ymd_opt(2022, 5, 31).context("the demonstration's day")?;
    let start = Start { listen: args.listen, today: Some(today), mode: Mode::Demo };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().context("start")?;
    runtime.block_on(serve(args.data.clone(), start, move |workspace, runner| prepare(workspace, runner, today)))
}

/// Makes the sample once: a folder that has a generation is served as it is.
async fn prepare(workspace: Arc<Workspace>, runner: Runner, day: NaiveDate) -> anyhow::Result<()> {
    let carriers = &workspace.loaded.rules.city.carriers;
    qunlian_web::open_demo_accounts(workspace.store.as_ref(), carriers, day, chrono::Utc::now())?;
    if snapshot::newest_number(&workspace.layout)?.is_some() {
        return Ok(());
    }
    say("making a sample city (示例数据, all of it made up)");
    let inbox = workspace.layout.inbox();
    tokio::task::spawn_blocking(move || write_sample(&inbox)).await??;
    let filled = Arc::clone(&workspace);
    tokio::task::spawn_blocking(move || books::fill(&filled, day)).await??;
    run_job(&runner, "ingest_inbox").await?;
    run_job(&runner, "export_registry").await?;
    run_job(&runner, "build_lake").await?;
    if snapshot::newest_number(&workspace.layout)?.is_none() {
        bail!("the jobs ran, but nothing was published; see `qunlian jobs --data {}`", workspace.layout.root().display());
    }
    Ok(())
}

fn write_sample(inbox: &Path) -> anyhow::Result<()> {
    let bar = Bar::new("生成示例工作簿");
    let options = qunlian_sample::Options { seed: SEED, out: inbox.to_path_buf(), changes: Vec::new() };
    qunlian_sample::write(&options, |step| bar.show("生成示例工作簿", step.done, step.total))?;
    bar.clear();
    // They are complete: the inbox need not wait for them to settle.
    let settled = SystemTime::now() - Duration::from_secs(60);
    for entry in std::fs::read_dir(inbox)? {
        std::fs::File::options().write(true).open(entry?.path())?.set_modified(settled)?;
    }
    Ok(())
}
