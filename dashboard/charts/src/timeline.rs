//! Timeline of a project (项目时间轴): milestones by date, planned ones hollow.

mod across;
mod down;

use serde::{Deserialize, Serialize};

use crate::sheet::{Sheet, empty};
use crate::{ChartError, Head, Link, Size, Tone};

const CHART: &str = "timeline";
const KIND: &str = "timeline";
/// Days beyond this are no dates (2.7 million years).
const LAST_DAY: u64 = 1_000_000_000;

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

impl Timeline {
    /// Draws the milestones.
    ///
    /// # Errors
    /// [`ChartError::Shape`] when days do not rise or are no dates.
    pub fn svg(&self, size: Size) -> Result<String, ChartError> {
        self.check()?;
        if self.events.is_empty() {
            return empty(KIND, &self.head, f64::from(size.width()), 120.0);
        }
        if size.is_narrow() { down::svg(self, size) } else { across::svg(self, size) }
    }

    fn check(&self) -> Result<(), ChartError> {
        let days = self.events.iter().map(|event| event.day);
        let others = self.ticks.iter().chain(&self.today).map(|tick| tick.day);
        let is_absurd = days.clone().chain(others).any(|day| day.unsigned_abs() > LAST_DAY);
        if is_absurd || !days.is_sorted() {
            let problem = "days do not rise or are no dates".to_owned();
            return Err(ChartError::Shape { chart: CHART, problem, hint: "sort the events, count days since one epoch" });
        }
        Ok(())
    }
}

impl EventState {
    fn tone(self) -> Tone {
        match self {
            EventState::Done | EventState::Planned => Tone::Accent,
            EventState::Overdue => Tone::Bad,
            EventState::Revoked => Tone::Muted,
        }
    }

    /// A shape of its own for each state.
    fn draw(self, sheet: &mut Sheet, (x, y): (f64, f64)) {
        match self {
            EventState::Done => sheet.dot((x, y), 5.5, Tone::Accent, Tone::Surface),
            EventState::Planned => {
                sheet.dot((x, y), 5.5, Tone::Surface, Tone::Surface);
                sheet.dot((x, y), 4.5, Tone::Surface, Tone::Accent);
            }
            EventState::Overdue => {
                sheet.polygon(&[(x - 5.0, y - 5.0), (x + 5.0, y - 5.0), (x + 5.0, y + 5.0), (x - 5.0, y + 5.0)], Tone::Bad);
            }
            EventState::Revoked => {
                sheet.dot((x, y), 6.0, Tone::Surface, Tone::Surface);
                sheet.line((x - 4.0, y - 4.0), (x + 4.0, y + 4.0), Tone::Muted, 2.5);
                sheet.line((x - 4.0, y + 4.0), (x + 4.0, y - 4.0), Tone::Muted, 2.5);
            }
        }
    }
}
