//! `qunlian jobs`: the schedule, what runs, and what ran last.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use qunlian_registry::{JobBoard, JobStatus};

use crate::cli::InFolder;
use crate::service::runner;
use crate::terminal::print;
use crate::workspace::Workspace;

pub fn run(args: &InFolder) -> anyhow::Result<()> {
    let workspace = Workspace::existing(&args.data)?;
    let runner = runner(&workspace, Arc::new(workspace.business_day()?), &[])?;
    print("job\tschedule\tnext\tstate\tlast")?;
    for job in runner.status()? {
        let next = job.next.map_or_else(|| "-".to_owned(), local);
        print(&format!("{}\t{}\t{next}\t{}\t{}", job.name, job.schedule_en, state(&job), last(&job)))?;
    }
    Ok(())
}

fn state(job: &JobStatus) -> String {
    match &job.running {
        Some(slot) => match &slot.progress {
            Some(progress) => format!("running: {} {}/{}", progress.label, progress.done, progress.total),
            None => "running".to_owned(),
        },
        None if job.waiting.is_empty() => "idle".to_owned(),
        None => format!("{} waiting", job.waiting.len()),
    }
}

fn last(job: &JobStatus) -> String {
    let Some(run) = &job.last else { return "never".to_owned() };
    let outcome = run.outcome.map_or("running", |outcome| outcome.id());
    format!("{outcome} {} {}", run.finished.map_or_else(|| "-".to_owned(), local), run.message)
}

fn local(time: DateTime<Utc>) -> String {
    time.with_timezone(&chrono_tz::Asia::Shanghai).format("%Y-%m-%d %H:%M").to_string()
}
