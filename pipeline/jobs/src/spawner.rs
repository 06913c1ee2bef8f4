//! How a run becomes a process.

use std::ffi::OsString;
use std::fmt::Debug;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use chrono::{DateTime, SecondsFormat, Utc};
use tokio::process::Command;

use crate::BusinessDay;

/// What is to be run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunOrder {
    pub job: String,
    pub slot: DateTime<Utc>,
    /// From 1.
    pub attempt: u32,
}

/// Makes the command of a run. The runner itself sets pipes and process group.
pub trait Spawner: Debug + Send + Sync {
    fn command(&self, order: &RunOrder) -> Command;
}

/// Runs `<this program> job NAME --data DIR --slot S --attempt N …`.
#[derive(Debug, Clone)]
pub struct OwnBinary {
    program: PathBuf,
    data: PathBuf,
    further: Vec<OsString>,
    day: Arc<BusinessDay>,
}

impl OwnBinary {
    /// The running program, for a data folder. `further` is added to every command line; so is `--today` while the
    /// business day is not the calendar's.
    pub fn new(data: PathBuf, further: Vec<OsString>, day: Arc<BusinessDay>) -> io::Result<Self> {
        Ok(Self { program: std::env::current_exe()?, data, further, day })
    }
}

impl Spawner for OwnBinary {
    fn command(&self, order: &RunOrder) -> Command {
        let mut command = Command::new(&self.program);
        command.args(["job", order.job.as_str(), "--data"]).arg(&self.data);
        command.args(["--slot", &order.slot.to_rfc3339_opts(SecondsFormat::Millis, true)]);
        command.args(["--attempt", &order.attempt.to_string()]).args(&self.further);
        if let Some(day) = self.day.given() {
            command.args(["--today", &day.to_string()]);
        }
        command
    }
}
