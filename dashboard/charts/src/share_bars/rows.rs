//! Shares as one bar a row.

use crate::scale::{self, Scale};
use crate::sheet::{Block, Sheet, Type};
use crate::surface::{self, Axes, Frame, GridLines, Mapping};
use crate::text::{self, LABEL, ROW, Weight};
use crate::{ChartError, Size, Tone};

use super::{CHART, KIND, ShareBars, ShareRow};

const GAP: f64 = 12.0;
const TOP: f64 = 4.0;
const BOTTOM: f64 = 24.0;

struct Layout {
    name_room: f64,
    bar: (f64, f64),
    /// Right end and room of the figures.
    share: (f64, f64),
    value: (f64, f64),
    row_height: f64,
}

pub(super) fn svg(chart: &ShareBars, size: Size) -> Result<String, ChartError> {
    let width = f64::from(size.width());
    let layout = layout(chart, size)?;
    let height = TOP + layout.row_height * chart.rows.len() as f64 + BOTTOM;
    let frame = Frame { width, height, left: layout.bar.0, right: width - layout.bar.1, top: TOP, bottom: BOTTOM };
    let scale = percent_scale(chart, layout.bar.1 - layout.bar.0);
    let axes = Axes { x: (0.0, scale.high), y: (0.0, 1.0), x_ticks: scale.ticks, y_ticks: Vec::new(), grid: GridLines::Down };
    let (drawn, mapping) = surface::draw(CHART, &frame, &axes, &[])?;
    let mut sheet = Sheet::new(width, height);
    sheet.put(&drawn);
    for (place, row) in chart.rows.iter().enumerate() {
        let y = TOP + layout.row_height * place as f64;
        let hit = Block { x: 0.0, y, width, height: layout.row_height };
        let tip = format!("{} {} {}", row.name, row.value_text, row.share_text);
        sheet.mark(row.link.as_ref(), &tip, hit, |sheet| draw_row(sheet, row, &layout, &mapping, y + layout.row_height / 2.0))?;
    }
    Ok(sheet.finish(KIND, &chart.head))
}

fn layout(chart: &ShareBars, size: Size) -> Result<Layout, ChartError> {
    let width = f64::from(size.width());
    let rows = &chart.rows;
    let names = text::widest(rows.iter().map(|row| row.name.as_str()), ROW, Weight::Bold)?;
    let texts = rows.iter().map(|row| row.share_text.as_str());
    let shares = text::column_width(texts, ROW, Weight::Bold, width * 0.2)?;
    let texts = rows.iter().map(|row| row.value_text.as_str());
    let values = text::column_width(texts, LABEL, Weight::Regular, width * 0.2)?;
    let share = if values > 0.0 { width - values - GAP } else { width };
    let name_room = names.min(width * 0.3);
    let left = name_room + GAP;
    Ok(Layout {
        name_room,
        bar: (left, (share - shares - GAP - 4.0).max(left + 40.0)),
        share: (share, shares),
        value: (width, values),
        row_height: if size.is_narrow() { 34.0 } else { 28.0 },
    })
}

/// Ticks in whole percent, as many as have room.
fn percent_scale(chart: &ShareBars, room: f64) -> Scale {
    let steps = if room < 240.0 { 2 } else { 4 };
    let percent = scale::scale(chart.rows.iter().map(|row| row.share * 100.0), steps);
    let ticks = percent.ticks.into_iter().map(|(at, text)| (at / 100.0, text + "%")).collect();
    Scale { low: 0.0, high: percent.high / 100.0, ticks }
}

fn draw_row(sheet: &mut Sheet, row: &ShareRow, layout: &Layout, mapping: &Mapping, middle: f64) -> Result<(), ChartError> {
    let name = Type { weight: row.emphasis.weight(), ..Type::SOFT.size(ROW).tone(Tone::Ink) };
    sheet.fitted(0.0, middle, &row.name, name, layout.name_room)?;
    let start = mapping.x(0.0);
    let bar = Block { x: start, y: middle - 7.0, width: mapping.x(row.share) - start, height: 14.0 };
    sheet.block(bar, 1.0, row.emphasis.tone());
    let figure = Type::SOFT.size(ROW).tone(Tone::Ink).bold().end();
    sheet.fitted(layout.share.0, middle, &row.share_text, figure, layout.share.1)?;
    sheet.fitted(layout.value.0, middle, &row.value_text, Type::SOFT.end(), layout.value.1)
}
