//! Timeline on the desk: to scale, labels as flags that never overlap.

use crate::sheet::{Block, Sheet, Type};
use crate::surface::{self, Axes, Frame, GridLines};
use crate::text::{self, LABEL, ROW, Weight};
use crate::{ChartError, Size, Tone};

use super::{CHART, Event, EventState, KIND, Tick, Timeline};

const LANE: f64 = 38.0;
const TOP: f64 = 4.0;
const BOTTOM: f64 = 34.0;
/// Room between the axis and the lowest flag.
const STEM: f64 = 12.0;

/// What stands on a stem over the axis: a milestone, or the day that is looked at.
enum Flag<'a> {
    Milestone(&'a Event),
    Today(&'a Tick),
}

pub(super) fn svg(chart: &Timeline, size: Size) -> Result<String, ChartError> {
    let width = f64::from(size.width());
    let (first, last) = ends(chart);
    let mut flags: Vec<Flag<'_>> = chart.events.iter().map(Flag::Milestone).collect();
    flags.extend(chart.today.iter().map(Flag::Today));
    flags.sort_by_key(Flag::day);
    let widths = flag_widths(&flags, width)?;
    let right = widths.iter().copied().fold(0.0, f64::max) + 12.0;
    let ticks = text::widest(chart.ticks.iter().map(|tick| tick.label.as_str()), LABEL, Weight::Regular)?;
    let left = (ticks / 2.0 + 2.0).clamp(14.0, width * 0.1);
    let px = |day: i64| left + (width - left - right) * (day as f64 - first) / (last - first);
    let lanes = lanes(&flags.iter().map(|flag| px(flag.day())).collect::<Vec<_>>(), &widths);
    let count = lanes.iter().copied().max().map_or(1, |highest| highest + 1);
    let height = TOP + LANE * count as f64 + STEM + BOTTOM;
    let frame = Frame { width, height, left, right, top: TOP, bottom: BOTTOM };
    let axes = Axes { x: (first, last), y: (0.0, 1.0), x_ticks: tick_labels(chart, &px)?, y_ticks: Vec::new(), grid: GridLines::Across };
    let (drawn, mapping) = surface::draw(CHART, &frame, &axes, &[])?;
    let mut sheet = Sheet::new(width, height);
    sheet.put(&drawn);
    let axis = height - BOTTOM;
    for ((flag, lane), room) in flags.iter().zip(lanes).zip(widths) {
        let x = mapping.x(flag.day() as f64);
        let top = axis - STEM - LANE * (lane + 1) as f64;
        match flag {
            Flag::Milestone(event) => milestone(&mut sheet, event, (x, top), room, axis)?,
            Flag::Today(today) => {
                sheet.line((x, top + 3.0), (x, axis), Tone::Pace, 1.5);
                sheet.fitted(x + 6.0, top + 10.0, &today.label, Type::SOFT.tone(Tone::Pace), room - 6.0)?;
            }
        }
    }
    Ok(sheet.finish(KIND, &chart.head))
}

impl Flag<'_> {
    fn day(&self) -> i64 {
        match self {
            Flag::Milestone(event) => event.day,
            Flag::Today(today) => today.day,
        }
    }
}

/// First and last day of the axis with a little air; never the same.
fn ends(chart: &Timeline) -> (f64, f64) {
    let days = chart.events.iter().map(|event| event.day);
    let others = chart.ticks.iter().chain(&chart.today).map(|tick| tick.day);
    let all: Vec<i64> = days.chain(others).collect();
    let first = all.iter().copied().min().unwrap_or(0) as f64;
    let last = all.iter().copied().max().unwrap_or(0) as f64;
    if last - first < 30.0 { (first - 15.0, last + 15.0) } else { (first, last) }
}

fn flag_widths(flags: &[Flag<'_>], width: f64) -> Result<Vec<f64>, ChartError> {
    let mut widths = Vec::with_capacity(flags.len());
    for flag in flags {
        let text = match flag {
            Flag::Milestone(event) => {
                text::width(&event.label, ROW, Weight::Bold)?.max(text::width(&event.date_text, LABEL, Weight::Regular)?)
            }
            Flag::Today(today) => text::width(&today.label, LABEL, Weight::Regular)?,
        };
        widths.push((text + 8.0).min(width * 0.3));
    }
    Ok(widths)
}

/// A flag hangs to the right of its stem, so going from right to left no stem crosses a flag:
/// everything placed before starts further right.
fn lanes(stems: &[f64], widths: &[f64]) -> Vec<usize> {
    let mut lanes = vec![0; stems.len()];
    let mut starts: Vec<f64> = Vec::new();
    for place in (0..stems.len()).rev() {
        let end = stems[place] + widths[place] + 4.0;
        let free = starts.iter().position(|start| end <= *start);
        let lane = free.unwrap_or(starts.len());
        if lane == starts.len() {
            starts.push(stems[place]);
        }
        // The stem comes down through all lower lanes, so they are taken from here on as well.
        starts[..=lane].fill(stems[place]);
        lanes[place] = lane;
    }
    lanes
}

/// Ticks whose labels do not touch each other.
fn tick_labels(chart: &Timeline, px: &dyn Fn(i64) -> f64) -> Result<Vec<(f64, String)>, ChartError> {
    let mut kept = Vec::new();
    let mut free_from = f64::NEG_INFINITY;
    let mut ticks: Vec<_> = chart.ticks.iter().collect();
    ticks.sort_by_key(|tick| tick.day);
    for tick in ticks {
        let half = text::width(&tick.label, LABEL, Weight::Regular)? / 2.0 + 4.0;
        if px(tick.day) - half >= free_from {
            free_from = px(tick.day) + half;
            kept.push((tick.day as f64, tick.label.clone()));
        }
    }
    Ok(kept)
}

fn milestone(sheet: &mut Sheet, event: &Event, (x, top): (f64, f64), room: f64, axis: f64) -> Result<(), ChartError> {
    let hit = Block { x: x - 4.0, y: top, width: room + 4.0, height: LANE - 2.0 };
    let tip = format!("{} {}", event.label, event.date_text);
    sheet.mark(event.link.as_ref(), &tip, hit, |sheet| {
        sheet.hit(Block { x: x - 9.0, y: axis - 10.0, width: 18.0, height: 20.0 });
        sheet.line((x, top + 3.0), (x, axis), Tone::Axis, 1.0);
        event.state.draw(sheet, (x, axis));
        let weight = if event.state == EventState::Done { Weight::Bold } else { Weight::Regular };
        let tone = if event.state == EventState::Overdue { event.state.tone() } else { Tone::Ink };
        let label = Type { weight, ..Type::SOFT.size(ROW).tone(tone) };
        sheet.fitted(x + 6.0, top + 10.0, &event.label, label, room - 6.0)?;
        sheet.fitted(x + 6.0, top + 26.0, &event.date_text, Type::SOFT, room - 6.0)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn flags_never_overlap_and_no_stem_crosses_one(
            raw in prop::collection::vec((0.0..600.0_f64, 20.0..120.0_f64), 1..15)
        ) {
            let mut flags = raw;
            flags.sort_by(|one, other| one.0.total_cmp(&other.0));
            let stems: Vec<f64> = flags.iter().map(|flag| flag.0).collect();
            let widths: Vec<f64> = flags.iter().map(|flag| flag.1).collect();
            let lanes = lanes(&stems, &widths);
            for one in 0..stems.len() {
                for other in one + 1..stems.len() {
                    if lanes[one] == lanes[other] {
                        prop_assert!(stems[one] + widths[one] <= stems[other]);
                    }
                    // The right one's stem crosses the left one's flag only when that hangs lower.
                    if lanes[other] > lanes[one] {
                        prop_assert!(stems[one] + widths[one] <= stems[other]);
                    }
                }
            }
        }
    }
}
