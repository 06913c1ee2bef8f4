//! The scheduler's books (任务台账): one row per slot, one row per attempt, leases between processes.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::RegistryError;
use crate::text::vocabulary;

/// Slots, leases and runs. A slot is one planned or asked-for execution of a job; a run is one attempt at it.
pub trait JobBooks: Send + Sync {
    /// Records slots that will not run, each with its outcome. Slots already recorded are left as they are.
    /// Returns how many were new.
    fn close_missed(
        &self,
        job: &str,
        slots: &[DateTime<Utc>],
        outcome: SlotOutcome,
        message: &str,
        now: DateTime<Utc>,
    ) -> Result<usize, RegistryError>;

    /// Asks for a run outside the schedule. If one that has not begun yet is waiting already, that one answers.
    fn enqueue(&self, order: &Order) -> Result<Slot, RegistryError>;

    /// Takes the right to run a slot. At most one slot of a job runs at a time, whoever asks.
    fn claim(&self, claim: &Claim) -> Result<Claimed, RegistryError>;

    /// Renews a lease and records progress. False: the lease is lost and the child must be stopped.
    fn renew(&self, lease: &Lease, beat: &Beat) -> Result<bool, RegistryError>;

    /// Ends a run. False: the lease was lost, nothing was recorded.
    fn finish(&self, lease: &Lease, end: &End) -> Result<bool, RegistryError>;

    /// Ends the run of a holder that no longer lives. `seen` is the slot as it was when found dead: if it has
    /// renewed since, nothing happens and the answer is false.
    fn expire(&self, seen: &Slot, end: &End) -> Result<bool, RegistryError>;

    /// Closes every waiting slot of the job as superseded by `into`. Returns how many.
    fn absorb(&self, job: &str, into: DateTime<Utc>, now: DateTime<Utc>) -> Result<usize, RegistryError>;

    /// Everything running, of all jobs.
    fn running(&self) -> Result<Vec<Slot>, RegistryError>;

    /// Slots of a job that wait for their first run or for a retry, oldest first.
    fn waiting(&self, job: &str) -> Result<Vec<Slot>, RegistryError>;

    /// Everything that runs or waits, of all jobs, as it stood at one moment: while jobs follow one another there is
    /// always one of them. [`Self::running`] and then [`Self::waiting`] may miss a slot that begins in between.
    fn open(&self) -> Result<Vec<Slot>, RegistryError>;

    /// The newest recorded slot of the schedule that is not after the given time.
    fn last_scheduled(&self, job: &str, until: DateTime<Utc>) -> Result<Option<DateTime<Utc>>, RegistryError>;

    fn slot(&self, job: &str, slot: DateTime<Utc>) -> Result<Option<Slot>, RegistryError>;

    /// Newest first; of all jobs when none is named.
    fn slots(&self, job: Option<&str>, limit: usize) -> Result<Vec<Slot>, RegistryError>;

    /// Newest first; of all jobs when none is named.
    fn runs(&self, job: Option<&str>, limit: usize) -> Result<Vec<Run>, RegistryError>;

    /// Forgets closed slots and ended runs from before that day, but never the newest slot of a job, from which
    /// what is due is reckoned. Returns how many rows went.
    fn forget_before(&self, day: DateTime<Utc>) -> Result<usize, RegistryError>;
}

vocabulary! {
    /// Why a slot exists.
    Origin {
        Schedule = "schedule", "按计划";
        /// A person asked.
        Manual = "manual", "人工触发";
        /// Another job brought something new.
        FollowUp = "follow_up", "前序任务触发";
    }
}

vocabulary! {
    SlotState {
        Waiting = "waiting", "等待";
        Running = "running", "运行中";
        Closed = "closed", "已结束";
    }
}

vocabulary! {
    /// The one recorded outcome of a slot.
    SlotOutcome {
        Done = "done", "完成";
        Failed = "failed", "失败";
        /// Missed while the program was down, and the job does not catch up.
        SkippedByPolicy = "skipped_by_policy", "按规则跳过";
        /// A later slot did its work.
        Superseded = "superseded", "由后一次代替";
    }
}

vocabulary! {
    /// The outcome of one attempt.
    RunOutcome {
        Done = "done", "完成";
        Failed = "failed", "失败";
        /// It failed or was killed, and the slot is tried again.
        Retried = "retried", "将重试";
    }
}

vocabulary! {
    /// Why an attempt did not succeed.
    Cause {
        /// The child ended with an error.
        Error = "error", "运行出错";
        /// The child found its input unusable (exit code 2): trying again cannot help.
        Unusable = "unusable", "输入无法使用";
        Deadline = "deadline", "超过时限";
        Memory = "memory", "超过内存上限";
        /// A signal ended the child.
        Killed = "killed", "被强制终止";
        /// The process that watched over the child is gone.
        HolderDied = "holder_died", "所属进程已退出";
        /// Another process took the slot over.
        LostLease = "lost_lease", "租约丢失";
        /// The child could not be started.
        Spawn = "spawn", "无法启动";
        /// The program was shut down.
        Stopped = "stopped", "服务停止";
    }
}

/// How far a run has come, in steps of its own; `total` 0 means unknown.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Progress {
    pub done: u64,
    pub total: u64,
    pub label: String,
}

/// One planned or asked-for execution.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slot {
    pub job: String,
    pub slot: DateTime<Utc>,
    pub origin: Origin,
    /// Who asked, for slots outside the schedule.
    pub asked_by: Option<String>,
    pub state: SlotState,
    /// Attempts begun so far.
    pub attempt: u32,
    pub holder: Option<String>,
    pub lease_until: Option<DateTime<Utc>>,
    /// A waiting slot does not begin before this time.
    pub not_before: Option<DateTime<Utc>>,
    pub outcome: Option<SlotOutcome>,
    pub message: String,
    pub progress: Option<Progress>,
    pub started: Option<DateTime<Utc>>,
    pub finished: Option<DateTime<Utc>>,
}

impl Slot {
    /// The lease of the run in progress, if it is running.
    pub fn lease(&self) -> Option<Lease> {
        let holder = self.holder.clone().filter(|_| self.state == SlotState::Running)?;
        Some(Lease { job: self.job.clone(), slot: self.slot, attempt: self.attempt, holder })
    }
}

/// One attempt at a slot.
#[derive(Debug, Clone, PartialEq)]
pub struct Run {
    pub job: String,
    pub slot: DateTime<Utc>,
    pub attempt: u32,
    pub origin: Origin,
    pub holder: String,
    pub pid: Option<u32>,
    pub started: DateTime<Utc>,
    pub finished: Option<DateTime<Utc>>,
    /// None while it runs.
    pub outcome: Option<RunOutcome>,
    pub cause: Option<Cause>,
    pub message: String,
    pub progress: Option<Progress>,
    /// What the child said it achieved.
    pub result: Option<Value>,
}

/// A wish for a run outside the schedule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    pub job: String,
    pub origin: Origin,
    pub by: String,
    pub now: DateTime<Utc>,
}

/// A bid for a slot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    pub job: String,
    pub slot: DateTime<Utc>,
    /// Used when the slot is not recorded yet.
    pub origin: Origin,
    pub holder: String,
    pub now: DateTime<Utc>,
    pub lease_until: DateTime<Utc>,
}

/// The answer to a bid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Claimed {
    Won(Lease),
    /// A slot of this job is running, perhaps this very one.
    Busy(Box<Slot>),
    /// The slot has its outcome already.
    Closed(SlotOutcome),
}

/// The right to run one attempt; every later record must show it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Lease {
    pub job: String,
    pub slot: DateTime<Utc>,
    pub attempt: u32,
    pub holder: String,
}

/// A sign of life.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Beat {
    pub lease_until: DateTime<Utc>,
    pub pid: Option<u32>,
    pub progress: Option<Progress>,
}

/// How an attempt ended.
#[derive(Debug, Clone, PartialEq)]
pub struct End {
    pub now: DateTime<Utc>,
    pub ending: Ending,
    pub cause: Option<Cause>,
    pub message: String,
    pub progress: Option<Progress>,
    pub result: Option<Value>,
}

/// What becomes of the slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    Done,
    Failed,
    /// Tried again, not before this time.
    Retry {
        not_before: DateTime<Utc>,
    },
}
