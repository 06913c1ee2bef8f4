//! What plots over a value axis share (绘图框架): the room around them, axes over categories, the line at zero.

use crate::scale::Scale;
use crate::sheet::Sheet;
use crate::surface::{Axes, Frame, GridLines, Mapping};
use crate::text::{self, LABEL, Weight};
use crate::{ChartError, Tone};

/// A label that is longer takes no more room than this from its neighbours, in px.
const LONGEST_LABEL: f64 = 84.0;

/// Room in px on the left, for the words of the value axis.
pub(crate) fn left_room(scale: &Scale, width: f64) -> Result<f64, ChartError> {
    let ticks = text::widest(scale.ticks.iter().map(|tick| tick.1.as_str()), LABEL, Weight::Regular)?;
    Ok((ticks + 14.0).min(width * 0.3).round())
}

/// The frame of lines: their names, `names` px wide with their air, stand on the right.
pub(crate) fn lines_frame(scale: &Scale, names: f64, width: f64, height: f64) -> Result<Frame, ChartError> {
    let right = names.clamp(18.0, width * 0.32).round();
    Ok(Frame { width, height, left: left_room(scale, width)?, right, top: 28.0, bottom: 26.0 })
}

/// Axes over categories, each one unit wide.
pub(crate) fn category_axes(categories: &[String], scale: &Scale, frame: &Frame) -> Result<Axes, ChartError> {
    Ok(Axes {
        x: (0.0, categories.len() as f64),
        y: (scale.low, scale.high),
        x_ticks: category_labels(categories, frame)?,
        y_ticks: scale.ticks.clone(),
        grid: GridLines::Across,
    })
}

/// A line at zero, where there are values below it.
pub(crate) fn zero_line(sheet: &mut Sheet, scale: &Scale, frame: &Frame, mapping: &Mapping) {
    if scale.low < 0.0 {
        let zero = mapping.y(0.0);
        sheet.line((frame.left, zero), (frame.width - frame.right, zero), Tone::Axis, 1.0);
    }
}

/// Labels in the middle of their category, as many as fit, inside the picture; long names are shortened.
fn category_labels(categories: &[String], frame: &Frame) -> Result<Vec<(f64, String)>, ChartError> {
    let per_category = (frame.width - frame.left - frame.right) / categories.len() as f64;
    let widest = text::widest(categories.iter().map(String::as_str), LABEL, Weight::Regular)?.min(LONGEST_LABEL) + 6.0;
    let step = (widest / per_category).ceil().max(1.0) as usize;
    let step = if categories.len() == 12 && step > 1 { [2, 3, 4, 6, 12].into_iter().find(|fit| *fit >= step).unwrap_or(12) } else { step };
    let mut labels = Vec::new();
    for (place, label) in categories.iter().enumerate().step_by(step) {
        let middle = frame.left + per_category * (place as f64 + 0.5);
        let room = (per_category * step as f64).min(2.0 * middle).min(2.0 * (frame.width - middle));
        labels.push((place as f64 + 0.5, text::fit(label, LABEL, Weight::Regular, room)?));
    }
    Ok(labels)
}
