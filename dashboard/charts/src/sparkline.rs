//! Monthly trend of a card (月度走势): twelve points, no axis, no text.

use serde::{Deserialize, Serialize};

use crate::scale::checked;
use crate::sheet::{Block, Sheet};
use crate::{ChartError, Head, Link, Tone};

const CHART: &str = "sparkline";
const WIDTH: f64 = 120.0;
const HEIGHT: f64 = 28.0;
const EDGE: f64 = 4.0;

/// Tiny trend of 120 x 28 px (月度走势); the last known point carries a dot.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Sparkline {
    pub head: Head,
    /// One per month in order; None leaves a gap.
    pub points: Vec<Option<f64>>,
    /// Same months of last year, drawn in grey behind; may be empty.
    pub before: Vec<Option<f64>>,
    pub link: Option<Link>,
}

impl Sparkline {
    /// Draws the trend from zero to the highest value of both years.
    ///
    /// # Errors
    /// [`ChartError::Value`] when a number is not finite.
    pub fn svg(&self) -> Result<String, ChartError> {
        let (mut low, mut high) = (0.0_f64, 0.0_f64);
        for (name, series) in [("points", &self.points), ("before", &self.before)] {
            for (place, value) in series.iter().enumerate() {
                let value = checked(CHART, &format!("{name}, {}", place + 1), value.unwrap_or(0.0))?;
                low = low.min(value);
                high = high.max(value);
            }
        }
        let span = (high - low).max(1e-9);
        let steps = self.points.len().max(self.before.len()).saturating_sub(1).max(1) as f64;
        let px = |place: usize, value: f64| {
            let x = EDGE + (WIDTH - 2.0 * EDGE) * place as f64 / steps;
            (x, HEIGHT - EDGE - (HEIGHT - 2.0 * EDGE) * (value - low) / span)
        };
        let mut sheet = Sheet::new(WIDTH, HEIGHT);
        let whole = Block { x: 0.0, y: 0.0, width: WIDTH, height: HEIGHT };
        sheet.mark(self.link.as_ref(), &self.head.title, whole, |sheet| {
            draw_runs(sheet, &self.before, Tone::Muted, 1.5, &px);
            draw_runs(sheet, &self.points, Tone::Accent, 2.0, &px);
            let last = self.points.iter().enumerate().rev().find_map(|(place, value)| value.map(|value| (place, value)));
            if let Some((place, value)) = last {
                sheet.dot(px(place, value), 3.0, Tone::Accent, Tone::Surface);
            }
        });
        Ok(sheet.finish("spark", &self.head))
    }
}

/// Draws each unbroken run of values as a line, a lonely value as a small dot.
fn draw_runs(sheet: &mut Sheet, values: &[Option<f64>], tone: Tone, width: f64, px: &dyn Fn(usize, f64) -> (f64, f64)) {
    let mut run: Vec<(f64, f64)> = Vec::new();
    for (place, value) in values.iter().chain(std::iter::once(&None)).enumerate() {
        if let Some(value) = value {
            run.push(px(place, *value));
            continue;
        }
        match run.as_slice() {
            [] => {}
            [lonely] => sheet.dot(*lonely, 2.0, tone, Tone::Surface),
            _ => sheet.polyline(&run, tone, width),
        }
        run.clear();
    }
}
