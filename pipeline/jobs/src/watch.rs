//! Watching over one run: a child process with a deadline, a memory limit, a lease and a voice.

mod hear;

use std::process::ExitStatus;
use std::sync::Arc;
use std::time::Duration;

use qunlian_registry::{Cause, Lease, Limits, Progress};
use rustix::process::{Pid, Signal, kill_process_group};
use serde_json::Value;
use tokio::process::Child;
use tokio::sync::watch::Receiver;
use tokio::task::JoinHandle;
use tokio::time::{Instant, MissedTickBehavior};

use crate::evaluate::{Core, renew};
use crate::{RunOrder, Spawner};
use hear::{Ears, Heard};

/// How a run ended.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Ended {
    /// None: it is done.
    pub cause: Option<Cause>,
    pub message: String,
    pub progress: Option<Progress>,
    pub result: Option<Value>,
}

/// Runs one lease to its end. `beat` is how often progress is recorded and memory measured.
pub(crate) async fn watch(
    core: Arc<Core>,
    spawner: Arc<dyn Spawner>,
    lease: &Lease,
    limits: Limits,
    beat: Duration,
    stop: Receiver<bool>,
) -> Ended {
    let order = RunOrder { job: lease.job.clone(), slot: lease.slot, attempt: lease.attempt };
    let mut child = match start(&*spawner, &order) {
        Ok(child) => child,
        Err(error) => {
            return Ended { cause: Some(Cause::Spawn), message: error.to_string(), ..Ended::default() };
        }
    };
    // Held open for as long as this task lives: the child ends when it closes.
    let stdin = child.stdin.take();
    let ears = Ears::open(&mut child);
    let mut run = Run { core, lease, limits, pid: child.id(), cause: None, detail: String::new() };
    let (status, heard) = run.follow(&mut child, ears, beat, stop).await;
    drop(stdin);
    run.judge(status, heard)
}

struct Run<'a> {
    core: Arc<Core>,
    lease: &'a Lease,
    limits: Limits,
    pid: Option<u32>,
    /// Why this side killed the child.
    cause: Option<Cause>,
    detail: String,
}

impl Run<'_> {
    async fn follow(
        &mut self,
        child: &mut Child,
        mut ears: Ears,
        beat: Duration,
        mut stop: Receiver<bool>,
    ) -> (std::io::Result<ExitStatus>, Heard) {
        let deadline = tokio::time::sleep(Duration::from_secs(self.limits.seconds));
        tokio::pin!(deadline);
        let mut beats = tokio::time::interval(beat);
        beats.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut heard = Heard::default();
        let mut renewal: Option<JoinHandle<Option<bool>>> = None;
        let mut renewed = Instant::now() - self.core.lease;
        let status = loop {
            tokio::select! {
                status = child.wait() => break status,
                Some(line) = ears.lines.recv() => heard.take(line, |progress| {
                    self.core.show_progress(self.lease, progress);
                }),
                _ = beats.tick() => {
                    self.check_memory();
                    let due = heard.unrecorded || renewed.elapsed() >= self.core.lease / 3;
                    if due && renewal.is_none() {
                        heard.unrecorded = false;
                        renewed = Instant::now();
                        renewal = Some(self.renew(heard.progress.clone()));
                    }
                }
                kept = answer(&mut renewal) => {
                    renewal = None;
                    if kept == Some(false) {
                        self.kill(Cause::LostLease, String::new());
                    }
                }
                () = &mut deadline, if self.cause.is_none() => {
                    self.kill(Cause::Deadline, format!("时限 {} 秒", self.limits.seconds));
                }
                _ = stop.wait_for(|stop| *stop), if self.cause.is_none() => {
                    self.kill(Cause::Stopped, String::new());
                }
            }
        };
        if let Some(renewal) = renewal {
            // It must not arrive after the end has been recorded and another attempt begun.
            let _ = renewal.await;
        }
        ears.hear_out(&mut heard).await;
        (status, heard)
    }

    fn judge(self, status: std::io::Result<ExitStatus>, heard: Heard) -> Ended {
        let (cause, how) = match (&status, self.cause) {
            (Ok(status), _) if status.success() => (None, String::new()),
            (_, Some(cause)) => (Some(cause), self.detail),
            (Err(error), None) => (Some(Cause::Killed), error.to_string()),
            (Ok(status), None) => match status.code() {
                Some(2) => (Some(Cause::Unusable), String::new()),
                Some(_) => (Some(Cause::Error), status.to_string()),
                None => (Some(Cause::Killed), status.to_string()),
            },
        };
        let message = if cause.is_some() { heard.message(&how) } else { heard.achieved() };
        Ended { cause, message, progress: heard.progress, result: heard.result }
    }

    fn renew(&self, progress: Option<Progress>) -> JoinHandle<Option<bool>> {
        let (core, lease, pid) = (self.core.clone(), self.lease.clone(), self.pid);
        tokio::task::spawn_blocking(move || renew(&core, &lease, pid, progress))
    }

    fn check_memory(&mut self) {
        let used = self.pid.and_then(resident_bytes).unwrap_or(0);
        if self.cause.is_none() && used > self.limits.memory_bytes {
            let mib = |bytes: u64| bytes >> 20;
            let detail = format!("上限 {} MiB，已用 {} MiB", mib(self.limits.memory_bytes), mib(used));
            self.kill(Cause::Memory, detail);
        }
    }

    /// Kills the child and the processes it started. The child is not reaped yet, so its group is still its own.
    fn kill(&mut self, cause: Cause, detail: String) {
        self.cause = Some(cause);
        self.detail = detail;
        let group = self.pid.and_then(|pid| i32::try_from(pid).ok()).and_then(Pid::from_raw);
        if let Some(group) = group {
            let _ = kill_process_group(group, Signal::KILL);
        }
    }
}

fn start(spawner: &dyn Spawner, order: &RunOrder) -> std::io::Result<Child> {
    use std::process::Stdio;
    let mut command = spawner.command(order);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command.process_group(0).kill_on_drop(true).spawn()
}

/// Waits for the renewal under way; for ever when there is none.
async fn answer(renewal: &mut Option<JoinHandle<Option<bool>>>) -> Option<bool> {
    match renewal {
        Some(renewal) => renewal.await.ok().flatten(),
        None => std::future::pending().await,
    }
}

/// Resident memory of a process; none where the system does not tell.
fn resident_bytes(pid: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kilobytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kilobytes * 1024)
}
