//! Shares as one strip with a key below.

use crate::sheet::{Block, Sheet, Type};
use crate::text::{self, LABEL, ROW, Weight};
use crate::tone::SHADES;
use crate::{ChartError, Emphasis, Size, Tone};

use super::{KIND, ShareBars, ShareRow};

const STRIP_TOP: f64 = 2.0;
const STRIP_HEIGHT: f64 = 30.0;
const KEY_TOP: f64 = 44.0;
const KEY_HEIGHT: f64 = 26.0;
const SWATCH: f64 = 12.0;

pub(super) fn svg(chart: &ShareBars, size: Size) -> Result<String, ChartError> {
    let width = f64::from(size.width());
    let columns = if size.is_narrow() { 1 } else { 2 };
    let lines = chart.rows.len().div_ceil(columns);
    let column_width = width / columns as f64;
    let whole = chart.rows.iter().map(|row| row.share).sum::<f64>().max(1.0);
    let mut sheet = Sheet::new(width, KEY_TOP + KEY_HEIGHT * lines as f64);
    sheet.block(Block { x: 0.0, y: STRIP_TOP, width, height: STRIP_HEIGHT }, 0.0, Tone::Track);
    let mut start = 0.0;
    for (place, row) in chart.rows.iter().enumerate() {
        let part = width * row.share / whole;
        let key = Block {
            x: column_width * (place / lines) as f64,
            y: KEY_TOP + KEY_HEIGHT * (place % lines) as f64,
            width: column_width - 16.0 * (columns - 1) as f64,
            height: KEY_HEIGHT,
        };
        let strip = Block { x: start, y: STRIP_TOP, width: part, height: STRIP_HEIGHT };
        draw_part(&mut sheet, row, place, strip, key)?;
        start += part;
    }
    Ok(sheet.finish(KIND, &chart.head))
}

/// One mark: its line of the key is the hit area, and the part of the strip leads there too.
fn draw_part(sheet: &mut Sheet, row: &ShareRow, place: usize, strip: Block, key: Block) -> Result<(), ChartError> {
    let (fill, on_fill) = match row.emphasis {
        Emphasis::Quiet => (Tone::Muted, Tone::OnShade1),
        // From the darkest shade for the first part down to the lightest.
        Emphasis::Plain | Emphasis::Strong => SHADES[SHADES.len() - 1 - place],
    };
    let tip = format!("{} {} {}", row.name, row.value_text, row.share_text);
    sheet.mark(row.link.as_ref(), &tip, key, |sheet| {
        sheet.hit(strip);
        sheet.block(Block { width: strip.width - 1.5, ..strip }, 0.0, fill);
        let room = strip.width - 8.0;
        if text::width(&row.share_text, LABEL, Weight::Bold)? <= room {
            let middle = (strip.x + strip.width / 2.0, strip.y + strip.height / 2.0);
            sheet.text(middle.0, middle.1, &row.share_text, Type::SOFT.tone(on_fill).bold().middle());
        }
        draw_key(sheet, row, fill, key)
    })
}

fn draw_key(sheet: &mut Sheet, row: &ShareRow, fill: Tone, key: Block) -> Result<(), ChartError> {
    let middle = key.y + key.height / 2.0;
    let end = key.x + key.width;
    let swatch = Block { x: key.x + 1.0, y: middle - SWATCH / 2.0, width: SWATCH, height: SWATCH };
    sheet.block(swatch, 2.0, fill);
    let share = text::width(&row.share_text, ROW, Weight::Bold)?.min(key.width * 0.25);
    let value = text::width(&row.value_text, LABEL, Weight::Regular)?.min(key.width * 0.3);
    let value_end = end - share.max(48.0) - 10.0;
    let figure = Type::SOFT.size(ROW).tone(Tone::Ink).bold().end();
    sheet.fitted(end - 2.0, middle, &row.share_text, figure, share)?;
    sheet.fitted(value_end, middle, &row.value_text, Type::SOFT.end(), value)?;
    let name = Type { weight: row.emphasis.weight(), ..Type::SOFT.size(ROW).tone(Tone::Ink) };
    let name_start = key.x + SWATCH + 9.0;
    sheet.fitted(name_start, middle, &row.name, name, (value_end - value - 8.0 - name_start).max(0.0))
}
