//! `qunlian run JOB`: runs a job now, with what it asks for in turn, and shows how far it is.

use std::sync::Arc;

use anyhow::{Context, bail};
use qunlian_jobs::{BusinessDay, Finished, Runner};
use qunlian_registry::Slot;

use crate::cli::Run;
use crate::exit::Unusable;
use crate::service::runner;
use crate::terminal::{Bar, print};
use crate::workspace::Workspace;

pub fn run(args: &Run) -> anyhow::Result<()> {
    if qunlian_jobs::find(&args.job).is_none() {
        let names: Vec<&str> = qunlian_jobs::all().iter().map(|job| job.name).collect();
        return Err(Unusable::new(format!("there is no job {:?}", args.job), format!("jobs are {}", names.join(", "))));
    }
    let workspace = Workspace::open(&args.folder.data)?;
    let further: &[&str] = if args.full { &["--full"] } else { &[] };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().context("start")?;
    runtime.block_on(async {
        let day = args.today.map_or_else(|| workspace.business_day(), |day| Ok(BusinessDay::fixed(Some(day))))?;
        let runner = runner(&workspace, Arc::new(day), further)?;
        for finished in run_job(&runner, &args.job).await? {
            print(&format!("{}\t{}", finished.slot.job, words(&finished)))?;
        }
        Ok(())
    })
}

/// Runs a job to its end and shows its progress; one that failed is an error with its message.
pub async fn run_job(runner: &Runner, job: &str) -> anyhow::Result<Vec<Finished>> {
    let bar = Bar::new(job);
    let listen = |slot: &Slot| {
        if let Some(progress) = &slot.progress {
            bar.show(&format!("{} {}", slot.job, progress.label), progress.done, progress.total);
        }
    };
    let finished = runner.run_to_end(job, "command line", listen).await?;
    bar.clear();
    for end in &finished {
        if !end.is_done() {
            bail!("{} did not succeed: {}", end.slot.job, end.slot.message);
        }
    }
    Ok(finished)
}

fn words(finished: &Finished) -> String {
    let said = finished.result().and_then(|result| result.get("message")).and_then(|message| message.as_str());
    said.map_or_else(|| finished.slot.message.clone(), str::to_owned)
}
