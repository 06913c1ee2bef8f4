//! How strips are drawn: names, cells, and the months under them.

use crate::sheet::{self, Block, Sheet, Type};
use crate::surface::{self, Axes, Frame, GridLines, Mapping};
use crate::text::{self, LABEL, ROW, Weight};
use crate::{ChartError, Light, Size, Tone};

use super::{CHART, LightStrip, StripCell, StripRow};

const KIND: &str = "lights";
const GAP: f64 = 12.0;
const BOTTOM: f64 = 24.0;
/// Between two cells of a row.
const BETWEEN: f64 = 2.0;

struct Layout {
    narrow: bool,
    name_room: f64,
    left: f64,
    row_height: f64,
    /// From the top of a row to its cells, and how high they are.
    cell: (f64, f64),
}

pub(super) fn svg(chart: &LightStrip, size: Size) -> Result<String, ChartError> {
    let width = f64::from(size.width());
    if chart.rows.is_empty() || chart.months.is_empty() {
        return sheet::empty(KIND, &chart.head, width, 120.0);
    }
    let layout = layout(chart, size)?;
    let height = layout.row_height * chart.rows.len() as f64 + BOTTOM;
    let frame = Frame { width, height, left: layout.left, right: 0.0, top: 0.0, bottom: BOTTOM };
    let labels = chart.months.iter().enumerate().map(|(place, label)| (place as f64 + 0.5, label.clone()));
    let axes = Axes {
        x: (0.0, chart.months.len() as f64),
        y: (0.0, 1.0),
        x_ticks: thinned(labels.collect(), (width - layout.left) / chart.months.len() as f64)?,
        y_ticks: Vec::new(),
        grid: GridLines::Across,
    };
    let (drawn, mapping) = surface::draw(CHART, &frame, &axes, &[])?;
    let mut sheet = Sheet::new(width, height);
    sheet.put(&drawn);
    for (place, row) in chart.rows.iter().enumerate() {
        draw_row(&mut sheet, chart, row, &layout, &mapping, layout.row_height * place as f64)?;
    }
    Ok(sheet.finish(KIND, &chart.head))
}

fn layout(chart: &LightStrip, size: Size) -> Result<Layout, ChartError> {
    let width = f64::from(size.width());
    if size.is_narrow() {
        return Ok(Layout { narrow: true, name_room: width, left: 0.0, row_height: 66.0, cell: (22.0, 38.0) });
    }
    let names = text::widest(chart.rows.iter().map(|row| row.name.as_str()), ROW, Weight::Bold)?;
    let name_room = names.min(width * 0.26);
    Ok(Layout { narrow: false, name_room, left: name_room + GAP, row_height: 32.0, cell: (2.0, 28.0) })
}

/// The labels that have room: all, or every second, third, fourth or sixth.
fn thinned(labels: Vec<(f64, String)>, room: f64) -> Result<Vec<(f64, String)>, ChartError> {
    let widest = text::widest(labels.iter().map(|label| label.1.as_str()), LABEL, Weight::Regular)? + 2.0;
    let least = (widest / room).ceil().max(1.0) as usize;
    let step = [1, 2, 3, 4, 6].into_iter().find(|step| *step >= least).unwrap_or(12);
    labels.into_iter().step_by(step).map(|(at, label)| Ok((at, text::fit(&label, LABEL, Weight::Regular, room * step as f64)?))).collect()
}

fn draw_row(sheet: &mut Sheet, chart: &LightStrip, row: &StripRow, layout: &Layout, mapping: &Mapping, top: f64) -> Result<(), ChartError> {
    let name = Type { weight: row.emphasis.weight(), ..Type::SOFT.size(ROW).tone(Tone::Ink) };
    let middle = if layout.narrow { top + 12.0 } else { top + layout.row_height / 2.0 };
    sheet.fitted(0.0, middle, &row.name, name, layout.name_room)?;
    for (place, month) in chart.months.iter().enumerate() {
        let (start, end) = (mapping.x(place as f64), mapping.x(place as f64 + 1.0));
        let (down, height) = layout.cell;
        let block = Block { x: start + BETWEEN / 2.0, y: top + down, width: end - start - BETWEEN, height };
        let Some(cell) = row.cells.get(place) else {
            sheet.block(block, 3.0, Tone::Track);
            continue;
        };
        let tip = format!("{} {month} {}", row.name, cell.letter);
        sheet.mark(cell.link.as_ref(), &tip, block, |sheet| draw_cell(sheet, cell, layout, block))?;
    }
    Ok(())
}

/// Yellow and red are filled, so that they are seen first; green and unlit cells are outlined.
fn draw_cell(sheet: &mut Sheet, cell: &StripCell, layout: &Layout, block: Block) -> Result<(), ChartError> {
    let filled = matches!(cell.light, Light::Warn | Light::Bad);
    sheet.block(block, 3.0, if filled { cell.light.tone() } else { Tone::Grid });
    if !filled {
        let inner = Block { x: block.x + 1.0, y: block.y + 1.0, width: block.width - 2.0, height: block.height - 2.0 };
        sheet.block(inner, 2.0, Tone::Surface);
    }
    let tone = if filled { Tone::Surface } else { cell.light.tone() };
    let look = Type::SOFT.tone(tone).bold().middle();
    let (centre, middle) = (block.x + block.width / 2.0, block.y + block.height / 2.0);
    let shape = cell.light.shape();
    if shape.is_empty() {
        return sheet.fitted(centre, middle, &cell.letter, look, block.width);
    }
    if layout.narrow {
        sheet.text(centre, middle - 9.0, shape, look);
        return sheet.fitted(centre, middle + 9.0, &cell.letter, look, block.width);
    }
    sheet.fitted(centre, middle, &format!("{shape}{}", cell.letter), look, block.width)
}
