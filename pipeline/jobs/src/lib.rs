//! The jobs (定时任务): what runs when, and the runner that sees to it that every slot has one recorded outcome.
//!
//! The scheduler crate is only the [`bell`]: what is due is computed from the books at each ring. A run is a child
//! process of the same binary, so a job out of memory cannot take the dashboard down. What a child does with files
//! is not here: the command line composes it; what it does with nothing but the books is in [`desk`]. Children speak
//! through [`Reporter`].

mod bell;
mod board;
mod business_day;
pub mod child;
pub mod clock;
pub mod desk;
pub mod error;
mod evaluate;
pub mod holder;
pub mod job;
pub mod list;
mod next_day;
mod plan;
pub mod report;
pub mod runner;
pub mod schedule;
pub mod spawner;
mod watch;

pub use business_day::BusinessDay;
pub use clock::{Clock, ManualClock, SystemClock};
pub use error::JobsError;
pub use job::{FollowUp, Job, Retries};
pub use list::{all, find};
pub use next_day::DAY_SETTING;
pub use report::{ProgressLine, Reporter};
pub use runner::{Finished, Runner, RunnerConfig};
pub use schedule::Schedule;
pub use spawner::{OwnBinary, RunOrder, Spawner};
