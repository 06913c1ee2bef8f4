//! How lines over categories are drawn: strokes broken where nothing is known, a name at each line's end.

use crate::label;
use crate::plot;
use crate::scale::{self, Scale};
use crate::sheet::{self, Block, Sheet, Type};
use crate::surface::{self, Frame, Mapping, Stroke};
use crate::text::{self, LABEL, Weight};
use crate::{ChartError, Size, Tone};

use super::{CHART, TONES, TrendLines, TrendPoint};

const KIND: &str = "trend";
/// Height of one name with its air.
const LINE: f64 = 17.0;
/// Points of one line that still get a dot each.
const DOTTED: usize = 31;
/// Points of a chart that still get a tooltip each; beyond it the table says the values.
const MARKED: usize = 600;

pub(super) fn svg(chart: &TrendLines, size: Size) -> Result<String, ChartError> {
    let width = f64::from(size.width());
    let height = (width * 0.42).clamp(210.0, 360.0).round();
    if chart.points().next().is_none() {
        return sheet::empty(KIND, &chart.head, width, height);
    }
    let scale = scale::scale(chart.points().map(|(_, _, point)| point.value), 4);
    let frame = frame(chart, &scale, width, height)?;
    let axes = plot::category_axes(&chart.categories, &scale, &frame)?;
    let (drawn, mapping) = surface::draw(CHART, &frame, &axes, &strokes(chart))?;
    let mut sheet = Sheet::new(width, height);
    sheet.put(&drawn);
    sheet.fitted(0.0, 9.0, &chart.unit, Type::SOFT, width * 0.6)?;
    plot::zero_line(&mut sheet, &scale, &frame, &mapping);
    marks(&mut sheet, chart, &mapping);
    names(&mut sheet, chart, &frame, &mapping)?;
    Ok(sheet.finish(KIND, &chart.head))
}

fn frame(chart: &TrendLines, scale: &Scale, width: f64, height: f64) -> Result<Frame, ChartError> {
    let names = text::widest(chart.series.iter().map(|series| series.label.as_str()), LABEL, Weight::Regular)?;
    plot::lines_frame(scale, names + 18.0, width, height)
}

/// The first series lies on top of all others.
fn strokes(chart: &TrendLines) -> Vec<Stroke> {
    let mut strokes = Vec::new();
    for (series, tone) in chart.series.iter().zip(TONES).rev() {
        let width = if tone == Tone::Accent { 3 } else { 2 };
        for run in runs(&series.points) {
            strokes.push(Stroke::Line { points: run, tone, width });
        }
    }
    strokes
}

/// Stretches of at least two neighbouring points; a lone point is a dot only.
fn runs(points: &[Option<TrendPoint>]) -> Vec<Vec<(f64, f64)>> {
    let mut runs = vec![Vec::new()];
    for (category, point) in points.iter().enumerate() {
        match (point, runs.last_mut()) {
            (Some(point), Some(run)) => run.push((category as f64 + 0.5, point.value)),
            _ => runs.push(Vec::new()),
        }
    }
    runs.retain(|run| run.len() > 1);
    runs
}

fn marks(sheet: &mut Sheet, chart: &TrendLines, mapping: &Mapping) {
    let is_marked = chart.points().count() <= MARKED;
    for (place, category, point) in chart.points() {
        let series = &chart.series[place];
        let known = |at: Option<usize>| at.and_then(|at| series.points.get(at)).is_some_and(Option::is_some);
        let is_alone = !known(category.checked_sub(1)) && !known(category.checked_add(1));
        let has_dot = is_alone || chart.categories.len() <= DOTTED;
        if !is_marked && !is_alone {
            continue;
        }
        let (x, y) = (mapping.x(category as f64 + 0.5), mapping.y(point.value));
        let hit = Block { x: x - 9.0, y: y - 9.0, width: 18.0, height: 18.0 };
        let tip = format!("{} {} {}", chart.categories[category], series.label, point.text);
        sheet.mark(point.link.as_ref(), &tip, hit, |sheet| {
            if has_dot {
                sheet.dot((x, y), 3.0, TONES[place], Tone::Surface);
            }
        });
    }
}

/// Names in a column beside the plot, each led to by a short line of its own series; they never overlap.
fn names(sheet: &mut Sheet, chart: &TrendLines, frame: &Frame, mapping: &Mapping) -> Result<(), ChartError> {
    let last = |points: &[Option<TrendPoint>]| points.iter().rev().flatten().next().map(|point| point.value);
    let named: Vec<(&str, f64, Tone)> = chart
        .series
        .iter()
        .zip(TONES)
        .filter_map(|(series, tone)| Some((series.label.as_str(), mapping.y(last(&series.points)?), tone)))
        .filter(|(label, ..)| !text::clean(label).trim().is_empty())
        .collect();
    let right = frame.width - frame.right;
    let ends: Vec<f64> = named.iter().map(|(_, end, _)| *end).collect();
    let middles = label::column(&ends, LINE, frame.top - 8.0, frame.height - frame.bottom);
    for ((label, end, tone), middle) in named.into_iter().zip(middles) {
        sheet.line((right + 1.0, end), (right + 9.0, middle), tone, 2.0);
        sheet.fitted(right + 12.0, middle, label, Type::SOFT.tone(Tone::Ink), frame.right - 12.0)?;
    }
    Ok(())
}
