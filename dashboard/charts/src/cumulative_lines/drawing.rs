//! How cumulative lines are drawn: layout, plotters' strokes, marks, labels at the line ends.

use crate::label::{self, Area};
use crate::plot;
use crate::scale::{self, Scale};
use crate::sheet::{self, Block, Sheet, Type};
use crate::surface::{self, Axes, Frame, GridLines, Mapping, Stroke};
use crate::text::{self, LABEL, ROW, Weight};
use crate::{ChartError, Size, Tone};

use super::{CHART, CumulativeLines, Curve};

const KIND: &str = "lines";
/// Height of one label with its air.
const LINE: f64 = 17.0;

/// A label that belongs to the end of a line.
struct EndLabel<'a> {
    text: &'a str,
    look: Type,
    /// End of the line in the axes' coordinates.
    month: f64,
    value: f64,
}

pub(super) fn svg(chart: &CumulativeLines, size: Size) -> Result<String, ChartError> {
    let width = f64::from(size.width());
    let height = (width * 0.45).clamp(230.0, 400.0).round();
    let last_year_is_empty = chart.last_year.as_ref().is_none_or(|curve| curve.points.is_empty());
    let nothing_yet = chart.this_year.points.is_empty() && last_year_is_empty;
    if nothing_yet && chart.target.is_none() {
        return sheet::empty(KIND, &chart.head, width, height);
    }
    let scale = scale::scale(chart.values().into_iter(), 4);
    let frame = frame(chart, &scale, width, height)?;
    let (x_ticks, highlighted) = month_labels(chart, &frame)?;
    let axes = Axes { x: (0.0, 12.0), y: (scale.low, scale.high), x_ticks, y_ticks: scale.ticks.clone(), grid: GridLines::Across };
    let (drawn, mapping) = surface::draw(CHART, &frame, &axes, &strokes(chart))?;

    let mut sheet = Sheet::new(width, height);
    sheet.put(&drawn);
    as_of_line(&mut sheet, chart, &frame, &mapping)?;
    if let Some((month, label)) = highlighted {
        let look = Type::SOFT.tone(Tone::Accent).bold().middle();
        sheet.text(mapping.x(month), height - frame.bottom + 12.8, &label, look);
    }
    marks(&mut sheet, chart, &frame, &mapping);
    end_labels(&mut sheet, chart, &frame, &mapping)?;
    if nothing_yet {
        sheet.empty_sentence(&chart.head)?;
    }
    Ok(sheet.finish(KIND, &chart.head))
}

fn frame(chart: &CumulativeLines, scale: &Scale, width: f64, height: f64) -> Result<Frame, ChartError> {
    let mut labels = 0.0_f64;
    for label in labels_of(chart) {
        if label.month > 11.0 {
            labels = labels.max(text::width(label.text, label.look.size, label.look.weight)?);
        }
    }
    plot::lines_frame(scale, labels + 16.0, width, height)
}

/// Month labels that fit side by side, and the looked-at month, which is written apart.
#[expect(clippy::type_complexity, reason = "one tick and the rest of them")]
fn month_labels(chart: &CumulativeLines, frame: &Frame) -> Result<(Vec<(f64, String)>, Option<(f64, String)>), ChartError> {
    let months: Vec<&str> = chart.months.iter().take(12).map(String::as_str).collect();
    let per_month = (frame.width - frame.left - frame.right) / 12.0;
    let widest = text::widest(months.iter().copied(), LABEL, Weight::Bold)? + 6.0;
    let step = [1, 2, 3, 6].into_iter().find(|step| per_month * f64::from(*step) >= widest).unwrap_or(12) as usize;
    let looked_at = chart.as_of.as_ref().map(|as_of| as_of.month.ceil().max(1.0));
    let mut ticks = Vec::new();
    let mut highlighted = None;
    for (place, label) in months.iter().enumerate() {
        let month = place as f64 + 1.0;
        if looked_at == Some(month) {
            highlighted = Some((month, (*label).to_owned()));
        } else {
            let is_crowded = looked_at.is_some_and(|at| (at - month).abs() * per_month < widest);
            let phase = looked_at.map_or(0, |at| at as usize % step);
            if (place + 1) % step == phase && !is_crowded {
                ticks.push((month, (*label).to_owned()));
            }
        }
    }
    Ok((ticks, highlighted))
}

/// Lines from back to front.
fn strokes(chart: &CumulativeLines) -> Vec<Stroke> {
    let mut strokes = Vec::new();
    if let Some(forecast) = chart.forecast.as_ref().filter(|forecast| forecast.points.len() > 1) {
        let mut outline: Vec<(f64, f64)> = forecast.points.iter().map(|point| (point.month, point.high)).collect();
        outline.extend(forecast.points.iter().rev().map(|point| (point.month, point.low)));
        strokes.push(Stroke::Band { outline, tone: Tone::AccentSoft });
        let points = forecast.points.iter().map(|point| (point.month, point.middle)).collect();
        strokes.push(Stroke::Line { points, tone: Tone::Forecast, width: 2 });
    }
    if let Some(target) = &chart.target {
        let points = vec![(0.0, target.value), (12.0, target.value)];
        strokes.push(Stroke::Line { points, tone: Tone::InkSoft, width: 1 });
    }
    let pace = chart.pace.iter().map(|curve| (curve, Tone::Pace, 1));
    let last_year = chart.last_year.iter().map(|curve| (curve, Tone::Muted, 2));
    let this_year = std::iter::once((&chart.this_year, Tone::Accent, 3));
    for (curve, tone, width) in pace.chain(last_year).chain(this_year) {
        if !curve.points.is_empty() {
            strokes.push(Stroke::Line { points: path(curve), tone, width });
        }
    }
    strokes
}

/// The curve from the year's start, where everything is zero.
fn path(curve: &Curve) -> Vec<(f64, f64)> {
    let mut points = Vec::with_capacity(curve.points.len() + 1);
    if curve.points.first().is_some_and(|first| first.month > 0.0) {
        points.push((0.0, 0.0));
    }
    points.extend(curve.points.iter().map(|point| (point.month, point.value)));
    points
}

fn as_of_line(sheet: &mut Sheet, chart: &CumulativeLines, frame: &Frame, mapping: &Mapping) -> Result<(), ChartError> {
    let unit = text::fit(&chart.unit, LABEL, Weight::Regular, frame.width * 0.4)?;
    sheet.text(0.0, 9.0, &unit, Type::SOFT);
    let Some(as_of) = &chart.as_of else {
        return Ok(());
    };
    let x = mapping.x(as_of.month);
    sheet.line((x, frame.top - 8.0), (x, frame.height - frame.bottom), Tone::Axis, 1.0);
    let label = text::fit(&as_of.label, LABEL, Weight::Bold, frame.width * 0.5)?;
    let half = text::width(&label, LABEL, Weight::Bold)? / 2.0;
    let least = text::width(&unit, LABEL, Weight::Regular)? + 10.0 + half;
    let middle = x.min(frame.width - half).max(least);
    sheet.text(middle, 9.0, &label, Type::SOFT.tone(Tone::Ink).bold().middle());
    Ok(())
}

/// Marks of this year (bands as high as the plot, so that a finger meets them) and of last year.
fn marks(sheet: &mut Sheet, chart: &CumulativeLines, frame: &Frame, mapping: &Mapping) {
    let (top, bottom) = (frame.top, frame.height - frame.bottom);
    let points = &chart.this_year.points;
    for (place, point) in points.iter().enumerate() {
        let x = mapping.x(point.month);
        let half_way =
            |other: Option<&super::CurvePoint>, otherwise: f64| other.map_or(otherwise, |other| f64::midpoint(x, mapping.x(other.month)));
        let before = place.checked_sub(1).and_then(|before| points.get(before));
        let left = half_way(before, x - 10.0).max(frame.left);
        let right = half_way(points.get(place + 1), x + 10.0).min(frame.width - 1.0);
        let hit = Block { x: left, y: top, width: right - left, height: bottom - top };
        let tip = format!("{} {}", chart.this_year.label, point.value);
        sheet.mark(point.link.as_ref(), &tip, hit, |sheet| {
            let radius = if place + 1 == points.len() { 5.0 } else { 3.5 };
            sheet.dot((x, mapping.y(point.value)), radius, Tone::Accent, Tone::Surface);
        });
    }
    let Some(last_year) = &chart.last_year else {
        return;
    };
    for point in &last_year.points {
        let (x, y) = (mapping.x(point.month), mapping.y(point.value));
        let hit = Block { x: x - 9.0, y: y - 9.0, width: 18.0, height: 18.0 };
        let tip = format!("{} {}", last_year.label, point.value);
        sheet.mark(point.link.as_ref(), &tip, hit, |sheet| sheet.dot((x, y), 2.5, Tone::Muted, Tone::Surface));
    }
}

fn labels_of(chart: &CumulativeLines) -> Vec<EndLabel<'_>> {
    let soft = Type::SOFT;
    let mut labels = Vec::new();
    // The target first: where pace and target end together, the horizontal line's word is on top.
    if let Some(target) = &chart.target {
        let look = soft.tone(Tone::Ink);
        labels.push(EndLabel { text: &target.label, look, month: 12.0, value: target.value });
    }
    let curves = [
        (Some(&chart.this_year), soft.size(ROW).tone(Tone::Accent).bold()),
        (chart.last_year.as_ref(), soft),
        (chart.pace.as_ref(), soft.tone(Tone::Pace)),
    ];
    for (curve, look) in curves {
        let Some(curve) = curve else { continue };
        if let Some(end) = curve.points.last() {
            labels.push(EndLabel { text: &curve.label, look, month: end.month, value: end.value });
        }
    }
    let forecast_end = chart.forecast.as_ref().and_then(|forecast| Some((forecast, forecast.points.last()?)));
    if let Some((forecast, end)) = forecast_end {
        let look = soft.tone(Tone::Accent);
        labels.push(EndLabel { text: &forecast.label, look, month: end.month, value: end.middle });
    }
    labels.retain(|label| !text::clean(label.text).trim().is_empty());
    labels
}

/// Labels of lines that end inside the plot stand beside their end, all others in a column to the
/// right of the plot. The two never meet, and neither overlaps within itself.
fn end_labels(sheet: &mut Sheet, chart: &CumulativeLines, frame: &Frame, mapping: &Mapping) -> Result<(), ChartError> {
    let bounds =
        Area { left: frame.left + 2.0, top: frame.top, right: frame.width - frame.right, bottom: frame.height - frame.bottom - 2.0 };
    let lines = lines_in_px(chart, mapping);
    let mut taken: Vec<Area> = Vec::new();
    let mut column: Vec<EndLabel<'_>> = Vec::new();
    for label in labels_of(chart) {
        let (x, y) = (mapping.x(label.month), mapping.y(label.value));
        let width = text::width(label.text, label.look.size, label.look.weight)?;
        let beside = |left: f64, middle: f64| Area { left, top: middle - LINE / 2.0, right: left + width, bottom: middle + LINE / 2.0 };
        let wishes = [beside(x + 9.0, y), beside(x - 9.0 - width, y - 12.0), beside(x - width / 2.0, y - 18.0)];
        let inside = if label.month > 11.0 { None } else { label::place(&wishes, &taken, &lines, &bounds) };
        let Some(area) = inside else {
            column.push(label);
            continue;
        };
        sheet.text(area.left, f64::midpoint(area.top, area.bottom), label.text, label.look.over_lines());
        taken.push(area);
    }
    let ends: Vec<f64> = column.iter().map(|label| mapping.y(label.value)).collect();
    let middles = label::column(&ends, LINE, bounds.top - 8.0, bounds.bottom);
    for ((label, end), middle) in column.iter().zip(ends).zip(middles) {
        if (middle - end).abs() > LINE * 0.75 {
            sheet.line((bounds.right + 1.0, end), (bounds.right + 9.0, middle), Tone::Axis, 1.0);
        }
        let look = Type { halo: false, ..label.look };
        sheet.fitted(bounds.right + 11.0, middle, label.text, look, frame.right - 11.0)?;
    }
    Ok(())
}

fn lines_in_px(chart: &CumulativeLines, mapping: &Mapping) -> Vec<Vec<(f64, f64)>> {
    let mut lines: Vec<Vec<(f64, f64)>> = chart.curves().into_iter().map(|(_, curve)| path(curve)).collect();
    if let Some(forecast) = &chart.forecast {
        lines.push(forecast.points.iter().map(|point| (point.month, point.middle)).collect());
    }
    if let Some(target) = &chart.target {
        lines.push(vec![(0.0, target.value), (12.0, target.value)]);
    }
    for line in &mut lines {
        for point in line.iter_mut() {
            *point = (mapping.x(point.0), mapping.y(point.1));
        }
    }
    lines
}
