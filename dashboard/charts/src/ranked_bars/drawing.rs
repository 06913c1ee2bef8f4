//! How ranked bars are drawn: one line a row on the desk, two lines on phones.

use crate::scale::{self, Scale};
use crate::sheet::{Block, Sheet, Type};
use crate::surface::{self, Axes, Frame, GridLines, Mapping};
use crate::text::{self, LABEL, ROW, Weight};
use crate::{ChartError, Lamp, Light, Size, Tone};

use super::{CHART, KIND, Measure, RankedBars, RankedRow};

/// Completions beyond this are cut, else one of 900 % would flatten all others.
const LONGEST_COMPLETION: f64 = 2.0;
const GAP: f64 = 12.0;
/// Middles of words and bar in the two lines of a narrow row.
const NARROW_WORDS: f64 = 14.0;
const NARROW_BAR: f64 = 32.0;

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
    /// Right end and room of the figures; left end and room of the lamp.
    done: (f64, f64),
    completion: (f64, f64),
    lamp: (f64, f64),
}

pub(super) fn svg(chart: &RankedBars, size: Size) -> Result<String, ChartError> {
    let scale = scale_of(chart);
    let layout = Layout::of(chart, &scale, size)?;
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
    let axes = Axes { x: (scale.low, scale.high), y: (0.0, 1.0), x_ticks: scale.ticks, y_ticks: Vec::new(), grid: GridLines::Down };
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
    fn of(chart: &RankedBars, scale: &Scale, size: Size) -> Result<Layout, ChartError> {
        let width = f64::from(size.width());
        let narrow = size.is_narrow();
        let rows = &chart.rows;
        let last_tick = scale.ticks.last().map_or("", |tick| tick.1.as_str());
        let last_tick = text::width(last_tick, LABEL, Weight::Regular)? / 2.0;
        let place = if rows.iter().any(|row| row.place.is_some()) { 24.0 } else { 0.0 };
        let moved = if rows.iter().any(|row| row.moved.is_some()) { 34.0 } else { 0.0 };
        let name = place + moved;
        let column = |text_of: &dyn Fn(&RankedRow) -> String, size: f64, weight: Weight, cap: f64| {
            let texts: Vec<String> = rows.iter().map(text_of).collect();
            text::column_width(texts.iter().map(String::as_str), size, weight, width * cap)
        };
        let names = column(&|row| row.name.clone(), ROW, Weight::Bold, 0.28)?;
        let done = column(&|row| row.done_text.clone(), LABEL, Weight::Regular, 0.25)?;
        let completion = column(&|row| row.completion_text.clone(), ROW, Weight::Bold, 0.17)?;
        let lamp = column(&lamp_text, LABEL, Weight::Regular, 0.17)?;
        let lamp_start = width - lamp;
        let completion_end = if lamp > 0.0 { lamp_start - GAP } else { width };
        let done_end = completion_end - completion - GAP;
        let figures_start = done_end - done - GAP;
        let name_room = if narrow { figures_start - name } else { names };
        let top = if chart.pace_line().is_some() { 22.0 } else { 4.0 };
        Ok(Layout {
            width,
            narrow,
            row_height: if narrow { 50.0 } else { 30.0 },
            top,
            bottom: 24.0,
            name,
            name_room: name_room.max(0.0),
            bar: if narrow {
                (14.0, width - last_tick - 2.0)
            } else {
                (name + name_room + GAP, figures_start.max(name + name_room + 60.0))
            },
            done: (done_end, done),
            completion: (completion_end, completion),
            lamp: (lamp_start, lamp),
        })
    }
}

fn lamp_text(row: &RankedRow) -> String {
    row.lamp.as_ref().map(Lamp::text).unwrap_or_default()
}

fn scale_of(chart: &RankedBars) -> Scale {
    if chart.measure == Measure::Amount {
        let targets = chart.rows.iter().filter_map(|row| row.target).map(|target| target.max(0.0));
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
    let words = if layout.narrow { top + NARROW_WORDS } else { top + layout.row_height / 2.0 };
    let bar_middle = if layout.narrow { top + NARROW_BAR } else { words };
    // On phones the words stand on the grid lines, on the desk beside them.
    let soft = if layout.narrow { Type::SOFT.over_lines() } else { Type::SOFT };
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
    sheet.fitted(layout.done.0, words, &row.done_text, soft.end(), layout.done.1)?;
    let figure = soft.size(ROW).tone(Tone::Ink).bold().end();
    sheet.fitted(layout.completion.0, words, &row.completion_text, figure, layout.completion.1)?;
    let light = row.lamp.as_ref().map_or(Light::None, |lamp| lamp.light);
    sheet.fitted(layout.lamp.0, words, &lamp_text(row), soft.tone(light.tone()), layout.lamp.1)?;
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
    if let Some(target) = target.filter(|target| *target > 0.0) {
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
        let has_bar = |(_, row): &(usize, &RankedRow)| chart.length(row).is_some();
        for (place, _) in chart.rows.iter().enumerate().filter(has_bar) {
            let middle = layout.top + layout.row_height * place as f64 + NARROW_BAR;
            sheet.line((x, middle - 10.0), (x, middle + 10.0), Tone::Surface, 3.0);
            sheet.line((x, middle - 10.0), (x, middle + 10.0), Tone::Pace, 1.5);
        }
    } else {
        sheet.line((x, layout.top - 4.0), (x, bottom), Tone::Surface, 3.0);
        sheet.line((x, layout.top - 4.0), (x, bottom), Tone::Pace, 1.5);
    }
    let label = text::fit(&pace.label, LABEL, Weight::Regular, layout.width * 0.6)?;
    let half = text::width(&label, LABEL, Weight::Regular)? / 2.0;
    let middle = x.min(layout.width - half).max(half);
    sheet.text(middle, 9.0, &label, Type::SOFT.tone(Tone::Pace).middle());
    Ok(())
}
