//! How pages see the jobs (任务看板): plain data and one object-safe trait; no runner, no engine.

use chrono::{DateTime, Utc};

use crate::text::vocabulary;
use crate::{RegistryError, Run, Slot};

/// The jobs as `/jobs` and the command line show them. Calls block briefly.
pub trait JobBoard: Send + Sync {
    /// Every job, in the order of the list.
    fn status(&self) -> Result<Vec<JobStatus>, BoardError>;

    /// Recorded slots, newest first; of all jobs when none is named.
    fn slots(&self, job: Option<&str>, limit: usize) -> Result<Vec<Slot>, BoardError>;

    /// Attempts, newest first; of all jobs when none is named.
    fn runs(&self, job: Option<&str>, limit: usize) -> Result<Vec<Run>, BoardError>;

    /// Asks for a run now. Returns the waiting slot at once; asking twice before it begins is asking once.
    fn run_now(&self, job: &str, by: &str) -> Result<Slot, BoardError>;
}

vocabulary! {
    /// Which clock the slots of a job belong to.
    SlotClock {
        /// Real time.
        System = "system", "系统时钟";
        /// The business day of Asia/Shanghai, which `--today` can fix.
        Business = "business", "业务日期";
    }
}

vocabulary! {
    /// What becomes of slots missed while the program was down.
    CatchUp {
        /// The newest runs, earlier ones are superseded by it.
        RunOnceLatest = "run_once_latest", "只补最近一次";
        /// All run, oldest first.
        RunAll = "run_all", "逐次补办";
        /// None runs.
        Skip = "skip", "不补";
    }
}

/// Bounds of one run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    pub memory_bytes: u64,
    pub seconds: u64,
}

/// One job as it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct JobStatus {
    pub name: String,
    /// Chinese title.
    pub title: String,
    pub title_en: String,
    /// One Chinese sentence: what it does.
    pub about: String,
    pub cron: String,
    /// The schedule in Chinese words.
    pub schedule: String,
    pub schedule_en: String,
    pub clock: SlotClock,
    pub catch_up: CatchUp,
    pub limits: Limits,
    /// How often a slot is tried.
    pub attempts: u32,
    /// When the schedule rings next.
    pub next: Option<DateTime<Utc>>,
    /// What runs now, with live progress, whichever process runs it.
    pub running: Option<Slot>,
    pub waiting: Vec<Slot>,
    /// The newest attempt that ended.
    pub last: Option<Run>,
}

/// Why the board cannot answer.
#[derive(Debug, thiserror::Error)]
pub enum BoardError {
    #[error("there is no job {0:?}")]
    UnknownJob(String),
    #[error(transparent)]
    Books(#[from] RegistryError),
}
