//! How columns are drawn: slots side by side in each category, texts where they fit.

use crate::key::Key;
use crate::plot;
use crate::scale::{self, Scale};
use crate::sheet::{self, Block, Sheet, Type};
use crate::surface::{self, Frame, Mapping};
use crate::text::{self, LABEL, Weight};
use crate::{ChartError, Size, Tone};

use super::{CHART, Column, Columns};

const KIND: &str = "columns";
/// Share of a category that its columns fill.
const FILLED: f64 = 0.74;

pub(super) fn svg(chart: &Columns, size: Size) -> Result<String, ChartError> {
    let width = f64::from(size.width());
    let height = (width * 0.42).clamp(210.0, 360.0).round();
    if chart.categories.is_empty() || chart.columns().next().is_none() {
        return sheet::empty(KIND, &chart.head, width, height);
    }
    let key = key(chart, width)?;
    let scale = scale::scale(chart.columns().map(|(_, _, column)| column.value), 4);
    let frame = frame(&scale, &key, width, height)?;
    let axes = plot::category_axes(&chart.categories, &scale, &frame)?;
    let (drawn, mapping) = surface::draw(CHART, &frame, &axes, &[])?;
    let mut sheet = Sheet::new(width, height);
    sheet.put(&drawn);
    sheet.fitted(0.0, 9.0, &chart.unit, Type::SOFT, unit_room(width))?;
    key.draw(&mut sheet, 0.0, width)?;
    let slots = Slots::of(chart, &frame)?;
    for (series, category, column) in chart.columns() {
        draw_column(&mut sheet, chart, &slots, &frame, &mapping, (series, category, column));
    }
    plot::zero_line(&mut sheet, &scale, &frame, &mapping);
    Ok(sheet.finish(KIND, &chart.head))
}

/// The key stands at the right end of the unit's line; one series needs none.
fn key(chart: &Columns, width: f64) -> Result<Key<'_>, ChartError> {
    let left = text::width(&chart.unit, LABEL, Weight::Regular)?.min(unit_room(width)) + 20.0;
    let shown = if chart.series.len() > 1 { chart.series.as_slice() } else { &[] };
    Key::flow(shown.iter().map(|series| (series.tone, series.label.as_str())), left, width - left)
}

fn unit_room(width: f64) -> f64 {
    width * 0.4
}

fn frame(scale: &Scale, key: &Key<'_>, width: f64, height: f64) -> Result<Frame, ChartError> {
    Ok(Frame { width, height, left: plot::left_room(scale, width)?, right: 4.0, top: key.height().max(20.0) + 16.0, bottom: 26.0 })
}

/// Widths of categories and of the columns in them, in px.
struct Slots {
    category: f64,
    column: f64,
    /// For each series: whether all its texts fit above their columns.
    shows_text: Vec<bool>,
}

impl Slots {
    fn of(chart: &Columns, frame: &Frame) -> Result<Slots, ChartError> {
        let category = (frame.width - frame.left - frame.right) / chart.categories.len() as f64;
        let column = (category * FILLED / chart.series.len() as f64).min(46.0);
        let room = if chart.series.len() == 1 { category - 4.0 } else { column - 3.0 };
        let mut shows_text = Vec::new();
        for series in &chart.series {
            let texts = series.values.iter().flatten().map(|column| column.text.as_str());
            shows_text.push(text::widest(texts, LABEL, Weight::Regular)? <= room);
        }
        Ok(Slots { category, column, shows_text })
    }
}

fn draw_column(
    sheet: &mut Sheet,
    chart: &Columns,
    slots: &Slots,
    frame: &Frame,
    mapping: &Mapping,
    (series_place, category, column): (usize, usize, &Column),
) {
    let series = &chart.series[series_place];
    let count = chart.series.len() as f64;
    let middle = mapping.x(category as f64 + 0.5);
    let left = middle + slots.column * (series_place as f64 - count / 2.0);
    let hit_width = if chart.series.len() == 1 { slots.category } else { slots.column };
    let hit = Block {
        x: left + (slots.column - hit_width) / 2.0,
        y: frame.top,
        width: hit_width,
        height: frame.height - frame.top - frame.bottom,
    };
    let tip = format!("{} {} {}", chart.categories[category], series.label, column.text);
    sheet.mark(column.link.as_ref(), &tip, hit, |sheet| {
        let (zero, end) = (mapping.y(0.0), mapping.y(column.value));
        let bar = Block { x: left + 1.0, y: zero.min(end), width: slots.column - 2.0, height: (zero - end).abs() };
        sheet.block(bar, 1.0, series.tone);
        if slots.shows_text.get(series_place).copied().unwrap_or(false) {
            sheet.text(left + slots.column / 2.0, zero.min(end) - 9.0, &column.text, Type::SOFT.tone(Tone::Ink).middle());
        }
    });
}
