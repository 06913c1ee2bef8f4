//! Timeline of a project (项目时间轴): milestones by date, planned ones hollow.

use serde::{Deserialize, Serialize};

use crate::{ChartError, Head, Link};

/// Milestones on a time axis (时间轴); runs sideways on the desk and downwards on phones.
///
/// Days are counted from any epoch the caller likes (e.g. days since 1970-01-01).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Timeline {
    pub head: Head,
    /// In rising order of `day`.
    pub events: Vec<Event>,
    /// Marks of the axis, e.g. the first day of each quarter.
    pub ticks: Vec<Tick>,
    /// The day that is looked at, e.g. `今天`.
    pub today: Option<Tick>,
}

/// One milestone (里程碑).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Event {
    pub day: i64,
    /// e.g. `新开工`.
    pub label: String,
    /// e.g. `2022-03-18`.
    pub date_text: String,
    pub state: EventState,
    pub link: Option<Link>,
}

/// What is known of a milestone (状态).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EventState {
    /// Happened: a filled dot.
    #[default]
    Done,
    /// Planned: a hollow dot.
    Planned,
    /// Planned and overdue: a red square.
    Overdue,
    /// Revoked: a grey cross.
    Revoked,
}

/// A labelled day of the axis (刻度).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Tick {
    pub day: i64,
    pub label: String,
}
