//! What can go wrong with the runner itself. A failing job is not an error here: it is a recorded outcome.

use qunlian_registry::RegistryError;

/// An error of the runner.
#[derive(Debug, thiserror::Error)]
pub enum JobsError {
    #[error(transparent)]
    Books(#[from] RegistryError),
    /// A job's cron expression cannot be understood.
    #[error("job {job}: schedule {cron:?}: {problem}")]
    Schedule { job: String, cron: String, problem: String },
    #[error("there is no job {0:?}")]
    UnknownJob(String),
    /// The scheduler crate refused.
    #[error("the bell cannot be started: {0}")]
    Bell(String),
    /// The runtime ended under the runner.
    #[error("the runner has been stopped")]
    Stopped,
}

impl JobsError {
    /// What the reader of the message can do.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Books(error) => error.hint(),
            Self::UnknownJob(_) => Some("`qunlian jobs` lists the jobs"),
            _ => None,
        }
    }
}
