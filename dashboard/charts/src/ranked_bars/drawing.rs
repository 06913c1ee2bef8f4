//! How ranked bars are drawn: one line a row on the desk, two lines on phones.

use crate::scale::{self, Scale};
use crate::sheet::{Block, Sheet, Type};
use crate::surface::{self, Axes, Frame, GridLines, Mapping};
use crate::text::{self, LABEL, ROW, Weight};
use crate::{ChartError, Light, Size, Tone};

use super::{CHART, KIND, Measure, RankedBars, RankedRow};

/// Completions beyond this are cut, else one of 900 % would flatten all others.
const LONGEST_COMPLETION: f64 = 2.0;
const GAP: f64 = 12.0;

/// Where the columns of a row begin and end, in px.
struct Layout {
    width: f64,
    narrow: bool,
    row_height: f64,
    top: f64,
    bottom: f64,
    name: f64,
    name_room: f64,
    bar: (f64, f64),
    /// Right ends of the three right-aligned columns; the lamp's is its left end.
    done: f64,
    completion: f64,
    lamp: f64,
}

pub(super) fn svg(chart: &RankedBars, size: Size) -> Result<String, ChartError> {
    let layout = Layout::of(chart, size)?;
    let scale = scale_of(chart);
    let rows_height = layout.row_height * chart.rows.len() as f64;
    let height = layout.top + rows_height + layout.bottom;
    let frame = Frame {
        width: layout.width,
        height,
        left: layout.bar.0,
        right: layout.width - layout.bar.1,
        top: layout.top,
        bottom: layout.bottom,
    };
    let axes = Axes {
        x: (scale.low, scale.high),
        y: (0.0, 1.0),
        x_ticks: scale.ticks,
        y_ticks: Vec::new(),
        grid: GridLines::Down,
    };
    let (drawn, mapping) = surface::draw(CHART, &frame, &axes, &[])?;
    let mut sheet = Sheet::new(layout.width, height);
    sheet.put(&drawn);
    for (place, row) in chart.rows.iter().enumerate() {
        let y = layout.top + layout.row_height * place as f64;
        let hit = Block { x: 0.0, y, width: layout.width, height: layout.row_height };
        let tip = format!("{} {} {}", row.name, row.done_text, row.completion_text);
        sheet.mark(row.link.as_ref(), &tip, hit, |sheet| draw_row(sheet, chart, row, &layout, &mapping, y))?;
    }
    pace_line(&mut sheet, chart, &layout, &mapping, layout.top + rows_height)?;
    Ok(sheet.finish(KIND, &chart.head))
}

impl Layout {
    fn of(chart: &RankedBars, size: Size) -> Result<Layout, ChartError> {
        let width = f64::from(size.width());
        let narrow = size.is_narrow();
        let rows = &chart.rows;
        let place = if rows.iter().any(|row| row.place.is_some()) { 24.0 } else { 0.0 };
        let moved = if rows.iter().any(|row| row.moved.is_some()) { 34.0 } else { 0.0 };
        let name = place + moved;
        let names = text::widest(rows.iter().map(|row| row.name.as_str()), ROW, Weight::Bold)?;
        let done = text::widest(rows.iter().map(|row| row.done_text.as_str()), LABEL, Weight::Regular)?;
        let completion = text::widest(rows.iter().map(|row| row.completion_text.as_str()), ROW, Weight::Bold)?;
        let mut lamp = 0.0_f64;
        for shown in rows.iter().filter_map(|row| row.lamp.as_ref()) {
            lamp = lamp.max(text::width(&shown.text(), LABEL, Weight::Regular)?);
        }
        let lamp_start = width - lamp;
        let completion_end = if lamp > 0.0 { lamp_start - GAP } else { width };
        let done_end = completion_end - completion - GAP;
        let figures_start = done_end - done - GAP;
        let name_room = if narrow { figures_start - name } else { names.min(width * 0.28) };
        let top = if chart.pace_line().is_some() { 22.0 } else { 4.0 };
        Ok(Layout {
            width,
            narrow,
            row_height: if narrow { 46.0 } else { 30.0 },
            top,
            bottom: 24.0,
            name,
            name_room: name_room.max(0.0),
            bar: if narrow { (14.0, width - 18.0) } else { (name + name_room + GAP, figures_start.max(name + name_room + 60.0)) },
            done: done_end,
            completion: completion_end,
            lamp: lamp_start,
        })
    }
}

fn scale_of(chart: &RankedBars) -> Scale {
    if chart.measure == Measure::Amount {
        let targets = chart.rows.iter().filter_map(|row| row.target);
        return scale::scale(chart.rows.iter().map(|row| row.done.max(0.0)).chain(targets), 4);
    }
    let mut high = chart.pace_line().map_or(1.0, |pace| pace.share.max(1.0));
    for row in &chart.rows {
        high = high.max(chart.length(row).unwrap_or(0.0));
    }
    let high = high.min(LONGEST_COMPLETION);
    let all = [(0.0, "0%"), (0.5, "50%"), (1.0, "100%"), (1.5, "150%"), (2.0, "200%")];
    let ticks = all.iter().filter(|tick| tick.0 <= high).map(|(at, text)| (*at, (*text).to_owned()));
    Scale { low: 0.0, high, ticks: ticks.collect() }
}

fn draw_row(
    sheet: &mut Sheet,
    chart: &RankedBars,
    row: &RankedRow,
    layout: &Layout,
    mapping: &Mapping,
    top: f64,
) -> Result<(), ChartError> {
    let words = if layout.narrow { top + 14.0 } else { top + layout.row_height / 2.0 };
    let bar_middle = if layout.narrow { top + 33.0 } else { words };
    let soft = Type::SOFT;
    if let Some(place) = row.place {
        sheet.text(16.0, words, &place.to_string(), soft.size(ROW).tone(Tone::Ink).bold().end());
    }
    if let Some(moved) = row.moved {
        let (text, light) = match moved {
            0 => ("–".to_owned(), Light::None),
            won if won > 0 => (format!("↑{won}"), Light::Ok),
            lost => (format!("↓{}", lost.unsigned_abs()), Light::Bad),
        };
        sheet.text(layout.name - 34.0, words, &text, soft.tone(light.tone()));
    }
    let name = Type { weight: row.emphasis.weight(), ..soft.size(ROW).tone(Tone::Ink) };
    sheet.fitted(layout.name, words, &row.name, name, layout.name_room)?;
    sheet.text(layout.done, words, &row.done_text, soft.end());
    sheet.text(layout.completion, words, &row.completion_text, soft.size(ROW).tone(Tone::Ink).bold().end());
    if let Some(lamp) = &row.lamp {
        sheet.text(layout.lamp, words, &lamp.text(), soft.tone(lamp.light.tone()));
    }
    draw_bar(sheet, chart, row, layout, mapping, bar_middle);
    Ok(())
}

/// Track up to the target, bar up to what is done, tick at the target.
fn draw_bar(sheet: &mut Sheet, chart: &RankedBars, row: &RankedRow, layout: &Layout, mapping: &Mapping, middle: f64) {
    let half = if layout.narrow { 6.0 } else { 7.0 };
    let start = mapping.x(0.0);
    let strip = |to: f64| Block { x: start, y: middle - half, width: to - start, height: 2.0 * half };
    let target = match chart.measure {
        Measure::Completion => chart.length(row).map(|_| 1.0),
        Measure::Amount => row.target,
    };
    if let (Some(target), Measure::Completion) = (target, chart.measure) {
        sheet.block(strip(mapping.x(target)), 0.0, Tone::Track);
    }
    if let Some(length) = chart.length(row) {
        let end = mapping.x(length).min(layout.bar.1);
        sheet.block(strip(end), 1.0, row.emphasis.tone());
        if mapping.x(length) > layout.bar.1 + 0.5 {
            cut(sheet, end - 12.0, middle, half);
        }
    }
    if let Some(target) = target.filter(|target| *target > 0.0) {
        let x = mapping.x(target);
        sheet.line((x, middle - half - 3.0), (x, middle + half + 3.0), Tone::Surface, 4.0);
        sheet.line((x, middle - half - 3.0), (x, middle + half + 3.0), Tone::Ink, 2.0);
    }
}

/// Slanted gap in a bar that is longer than the scale.
fn cut(sheet: &mut Sheet, x: f64, middle: f64, half: f64) {
    sheet.line((x - 2.0, middle + half + 1.0), (x + 4.0, middle - half - 1.0), Tone::Surface, 3.0);
}

fn pace_line(sheet: &mut Sheet, chart: &RankedBars, layout: &Layout, mapping: &Mapping, bottom: f64) -> Result<(), ChartError> {
    let Some(pace) = chart.pace_line() else {
        return Ok(());
    };
    let x = mapping.x(pace.share.clamp(0.0, LONGEST_COMPLETION)).min(layout.bar.1);
    if layout.narrow {
        // Only through the bars: the words of the rows stand on the same x.
        for place in 0..chart.rows.len() {
            let middle = layout.top + layout.row_height * place as f64 + 33.0;
            sheet.line((x, middle - 10.0), (x, middle + 10.0), Tone::Surface, 3.0);
            sheet.line((x, middle - 10.0), (x, middle + 10.0), Tone::Pace, 1.5);
        }
    } else {
        sheet.line((x, layout.top - 4.0), (x, bottom), Tone::Surface, 3.0);
        sheet.line((x, layout.top - 4.0), (x, bottom), Tone::Pace, 1.5);
    }
    let half = text::width(&pace.label, LABEL, Weight::Regular)? / 2.0;
    let middle = x.max(half).min(layout.width - half);
    sheet.text(middle, 9.0, &pace.label, Type::SOFT.tone(Tone::Pace).middle());
    Ok(())
}
