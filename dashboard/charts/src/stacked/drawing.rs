//! How stacked bars are drawn: a key, then one bar a row, each part a mark.

use crate::key::Key;
use crate::scale::{self, Scale};
use crate::sheet::{self, Block, Sheet, Type};
use crate::surface::{self, Axes, Frame, GridLines, Mapping};
use crate::text::{self, LABEL, ROW, Weight};
use crate::tone::SHADES;
use crate::{ChartError, Size, Tone};

use super::{CHART, Stacked, StackedRow};

const KIND: &str = "stacked";
const GAP: f64 = 12.0;
const BOTTOM: f64 = 24.0;
const HALF_BAR: f64 = 8.0;

struct Layout {
    width: f64,
    narrow: bool,
    top: f64,
    row_height: f64,
    name_room: f64,
    total_room: f64,
    bar: (f64, f64),
}

pub(super) fn svg(chart: &Stacked, size: Size) -> Result<String, ChartError> {
    let width = f64::from(size.width());
    if chart.rows.is_empty() || chart.layers.is_empty() {
        return sheet::empty(KIND, &chart.head, width, 120.0);
    }
    let shown = chart.layers.iter().enumerate().map(|(place, layer)| (shade(chart, place).0, layer.label.as_str()));
    let key = Key::flow(shown, 0.0, width)?;
    let sums = chart.rows.iter().map(|row| row.parts.iter().map(|part| part.value).sum::<f64>());
    let scale = scale::scale(sums, if size.is_narrow() { 3 } else { 4 });
    let layout = layout(chart, size, key.height() + 6.0, &scale)?;
    let height = layout.top + layout.row_height * chart.rows.len() as f64 + BOTTOM;
    let frame = Frame { width, height, left: layout.bar.0, right: width - layout.bar.1, top: layout.top, bottom: BOTTOM };
    let axes = Axes { x: (0.0, scale.high), y: (0.0, 1.0), x_ticks: scale.ticks, y_ticks: Vec::new(), grid: GridLines::Down };
    let (drawn, mapping) = surface::draw(CHART, &frame, &axes, &[])?;
    let mut sheet = Sheet::new(width, height);
    sheet.put(&drawn);
    key.draw(&mut sheet, 0.0, width)?;
    for (place, row) in chart.rows.iter().enumerate() {
        draw_row(&mut sheet, chart, row, &layout, &mapping, layout.top + layout.row_height * place as f64)?;
    }
    Ok(sheet.finish(KIND, &chart.head))
}

/// The layers are spread over the shades, so that few layers differ strongly.
fn shade(chart: &Stacked, layer: usize) -> (Tone, Tone) {
    let last = SHADES.len() - 1;
    let spread = match chart.layers.len() {
        0 | 1 => last / 2,
        count => layer * last / (count - 1),
    };
    SHADES[spread.min(last)]
}

fn layout(chart: &Stacked, size: Size, top: f64, scale: &Scale) -> Result<Layout, ChartError> {
    let width = f64::from(size.width());
    let narrow = size.is_narrow();
    let last_tick = scale.ticks.last().map_or("", |tick| tick.1.as_str());
    let last_tick = text::width(last_tick, LABEL, Weight::Regular)? / 2.0;
    let names = text::widest(chart.rows.iter().map(|row| row.name.as_str()), ROW, Weight::Regular)?;
    let texts = chart.rows.iter().map(|row| row.total_text.as_str());
    let totals = text::column_width(texts, ROW, Weight::Bold, width * 0.25)?;
    let name_room = if narrow { width - totals - GAP } else { names.min(width * 0.28) };
    let bar = if narrow { (10.0, width - last_tick - 2.0) } else { (name_room + GAP, (width - totals - GAP).max(name_room + GAP + 60.0)) };
    Ok(Layout { width, narrow, total_room: totals, top, row_height: if narrow { 50.0 } else { 30.0 }, name_room, bar })
}

fn draw_row(sheet: &mut Sheet, chart: &Stacked, row: &StackedRow, layout: &Layout, mapping: &Mapping, top: f64) -> Result<(), ChartError> {
    let words = if layout.narrow { top + 13.0 } else { top + layout.row_height / 2.0 };
    let bar_middle = if layout.narrow { top + 32.0 } else { words };
    let name_height = if layout.narrow { 24.0 } else { layout.row_height };
    let name = Type::SOFT.size(ROW).tone(Tone::Ink);
    let name = if layout.narrow { name.over_lines() } else { name };
    if row.link.is_some() {
        let hit = Block { x: 0.0, y: top, width: layout.name_room + 4.0, height: name_height };
        let tip = format!("{} {}", row.name, row.total_text);
        sheet.mark(row.link.as_ref(), &tip, hit, |sheet| sheet.fitted(0.0, words, &row.name, name, layout.name_room))?;
    } else {
        sheet.fitted(0.0, words, &row.name, name, layout.name_room)?;
    }
    sheet.fitted(layout.width, words, &row.total_text, name.bold().end(), layout.total_room)?;
    let mut sum = 0.0;
    for (place, part) in row.parts.iter().enumerate().filter(|(_, part)| part.value > 0.0) {
        let (start, end) = (mapping.x(sum), mapping.x(sum + part.value));
        sum += part.value;
        let (fill, on_fill) = shade(chart, place);
        let height = if layout.narrow { 22.0 } else { layout.row_height };
        let hit = Block { x: start, y: bar_middle - height / 2.0, width: end - start, height };
        let tip = format!("{} {} {}", row.name, chart.layers[place].label, part.text);
        sheet.mark(part.link.as_ref(), &tip, hit, |sheet| -> Result<(), ChartError> {
            let inner = (end - start - 1.0).max(1.0);
            let bar = Block { x: start, y: bar_middle - HALF_BAR, width: inner, height: 2.0 * HALF_BAR };
            sheet.block(bar, 0.0, fill);
            if text::width(&part.text, LABEL, Weight::Regular)? <= inner - 6.0 {
                sheet.text(start + inner / 2.0, bar_middle, &part.text, Type::SOFT.tone(on_fill).middle());
            }
            Ok(())
        })?;
    }
    Ok(())
}
