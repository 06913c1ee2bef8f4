//! A city hall in miniature: books in a temporary folder, a clock to set by hand, shell scripts as children.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use qunlian_jobs::{Job, ManualClock, Retries, RunOrder, Runner, RunnerConfig, Spawner};
use qunlian_registry::{CatchUp, JobBooks, Limits, SlotClock, SqliteStore};
use tokio::process::Command;

/// Runs `sh -c <script of the job>` with `$LOG` (a file to append to), `$SLOT` and `$ATTEMPT`.
#[derive(Debug, Clone)]
pub struct Scripts {
    pub log: PathBuf,
    pub scripts: HashMap<&'static str, String>,
}

impl Spawner for Scripts {
    fn command(&self, order: &RunOrder) -> Command {
        let mut command = Command::new("sh");
        let script = self.scripts.get(order.job.as_str()).cloned().unwrap_or_default();
        command.arg("-c").arg(script).env("LOG", &self.log);
        command.env("SLOT", order.slot.to_rfc3339()).env("ATTEMPT", order.attempt.to_string());
        command
    }
}

pub struct Hall {
    pub folder: tempfile::TempDir,
    pub clock: Arc<ManualClock>,
    pub scripts: Scripts,
    pub jobs: Vec<Job>,
    pub lease: Duration,
}

/// Writes the slot it ran for into the log.
pub const RECORD: &str = r#"echo "$SLOT" >> "$LOG"; echo '{"result":{"generation":1}}'"#;

pub fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

pub fn job(name: &'static str, cron: &'static str, catch_up: CatchUp) -> Job {
    Job {
        name,
        title: "试验",
        title_en: "trial",
        about: "",
        cron,
        schedule: "",
        schedule_en: "",
        clock: SlotClock::System,
        catch_up,
        limits: Limits { memory_bytes: 1 << 30, seconds: 30 },
        retries: Retries { attempts: 3, first_wait: TimeDelta::seconds(30), longest_wait: TimeDelta::minutes(5) },
        follow_up: None,
    }
}

impl Hall {
    pub fn new(now: &str, jobs: Vec<Job>, script: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let scripts = jobs.iter().map(|job| (job.name, script.to_owned())).collect();
        let scripts = Scripts { log: folder.path().join("log"), scripts };
        let clock = Arc::new(ManualClock::new(at(now)));
        Self { folder, clock, scripts, jobs, lease: Duration::from_secs(60) }
    }

    /// A connection of its own, as another process would have.
    pub fn store(&self) -> SqliteStore {
        SqliteStore::open(&self.folder.path().join("books.sqlite")).unwrap()
    }

    /// A runner with books, name and live children of its own, as another process would have.
    pub fn runner(&self) -> Runner {
        let spawner = Arc::new(self.scripts.clone());
        let mut config = RunnerConfig::new(Arc::new(self.store()), self.clock.clone(), spawner);
        config.jobs = self.jobs.clone();
        config.beat = Duration::from_millis(50);
        config.lease = self.lease;
        Runner::new(config).unwrap()
    }

    pub fn pass(&self, minutes: i64) {
        self.clock.pass(TimeDelta::minutes(minutes).to_std().unwrap());
    }

    /// Lines of the children's log.
    pub fn log(&self) -> Vec<String> {
        read_lines(&self.scripts.log)
    }

    /// Recorded slots of a job, oldest first: `hh:mm outcome` in UTC.
    pub fn slots(&self, job: &str) -> Vec<String> {
        let mut slots = self.store().slots(Some(job), 100_000).unwrap();
        slots.reverse();
        let outcome = |slot: &qunlian_registry::Slot| slot.outcome.map_or(slot.state.id(), |outcome| outcome.id());
        slots.iter().map(|slot| format!("{} {}", slot.slot.format("%H:%M"), outcome(slot))).collect()
    }

    /// Attempts of a job, oldest first: `attempt outcome cause`.
    pub fn runs(&self, job: &str) -> Vec<String> {
        let mut runs = self.store().runs(Some(job), 100_000).unwrap();
        runs.reverse();
        let words = |run: &qunlian_registry::Run| {
            let outcome = run.outcome.map_or("running", |outcome| outcome.id());
            let cause = run.cause.map_or("-", |cause| cause.id());
            format!("{} {outcome} {cause}", run.attempt)
        };
        runs.iter().map(words).collect()
    }
}

/// One ring, and its children run to their ends.
pub async fn ring(runner: &Runner) -> usize {
    let started = runner.tick().await.unwrap();
    runner.settle().await;
    started
}

pub fn read_lines(path: &Path) -> Vec<String> {
    std::fs::read_to_string(path).unwrap_or_default().lines().map(str::to_owned).collect()
}
