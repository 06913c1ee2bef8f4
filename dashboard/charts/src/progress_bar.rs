//! Progress bar of a card (目标进度条): done against target, with a tick where the pace says to be.

use serde::{Deserialize, Serialize};

use crate::scale::checked;
use crate::sheet::{Block, Sheet};
use crate::{ChartError, Head, Light, Link, Tone};

const CHART: &str = "progress bar";
const WIDTH: f64 = 240.0;
const HEIGHT: f64 = 28.0;
const BAR_TOP: f64 = 8.0;
const BAR_HEIGHT: f64 = 12.0;

/// Text-free bar of 240 x 28 px for a card (目标进度条).
///
/// `done`, `target` and `pace` share one unit (个 or 亿元).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ProgressBar {
    pub head: Head,
    pub done: f64,
    /// None: no target was set; the bar then has neither scale nor tick.
    pub target: Option<f64>,
    /// What the pace asks for by now, in the same unit as `done` (not a share).
    pub pace: Option<f64>,
    /// Colours the stretch that is missing up to the pace; the card says the word.
    pub light: Light,
    pub link: Option<Link>,
}

impl ProgressBar {
    /// Draws the bar; more than the target fills it and moves the target's notch to the left.
    ///
    /// # Errors
    /// [`ChartError::Value`] when a number is not finite.
    pub fn svg(&self) -> Result<String, ChartError> {
        let done = checked(CHART, "done", self.done)?.max(0.0);
        let target = self.target.map(|target| checked(CHART, "target", target)).transpose()?;
        let pace = self.pace.map(|pace| checked(CHART, "pace", pace)).transpose()?;
        let mut sheet = Sheet::new(WIDTH, HEIGHT);
        let whole = Block { x: 0.0, y: 0.0, width: WIDTH, height: HEIGHT };
        sheet.mark(self.link.as_ref(), &self.head.title, whole, |sheet| {
            sheet.block(bar(0.0, WIDTH), 2.0, Tone::Track);
            let Some(target) = target.filter(|target| *target > 0.0) else {
                return;
            };
            let px = |value: f64| WIDTH * (value / target.max(done)).clamp(0.0, 1.0);
            sheet.block(bar(0.0, px(done)), 2.0, Tone::Accent);
            if done > target {
                notch(sheet, px(target));
            }
            if let Some(pace) = pace {
                self.pace_tick(sheet, px(done), px(pace));
            }
        });
        Ok(sheet.finish("progress", &self.head))
    }

    /// Tick at the pace, and a thread from the bar's end to it when the pace is missed.
    fn pace_tick(&self, sheet: &mut Sheet, done: f64, pace: f64) {
        let middle = BAR_TOP + BAR_HEIGHT / 2.0;
        if pace > done {
            sheet.line((done, middle), (pace, middle), self.light.tone(), 3.0);
        }
        let x = pace.clamp(1.5, WIDTH - 1.5);
        sheet.line((x, 2.0), (x, HEIGHT - 2.0), Tone::Surface, 5.0);
        sheet.line((x, 2.0), (x, HEIGHT - 2.0), Tone::Ink, 2.0);
    }
}

fn bar(from: f64, to: f64) -> Block {
    Block { x: from, y: BAR_TOP, width: to - from, height: BAR_HEIGHT }
}

fn notch(sheet: &mut Sheet, x: f64) {
    sheet.line((x, BAR_TOP), (x, BAR_TOP + BAR_HEIGHT), Tone::Surface, 2.0);
}
