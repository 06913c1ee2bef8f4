//! Timeline on phones: one line a milestone, not to scale.

use crate::sheet::{Block, Sheet, Type};
use crate::text::{self, LABEL, ROW, Weight};
use crate::{ChartError, Size, Tone};

use super::{Event, EventState, KIND, Timeline};

const ROW_HEIGHT: f64 = 42.0;
const TODAY_HEIGHT: f64 = 30.0;
const RAIL: f64 = 12.0;

pub(super) fn svg(chart: &Timeline, size: Size) -> Result<String, ChartError> {
    let width = f64::from(size.width());
    let today_height = if chart.today.is_some() { TODAY_HEIGHT } else { 0.0 };
    let height = ROW_HEIGHT * chart.events.len() as f64 + today_height;
    let mut sheet = Sheet::new(width, height);
    sheet.line((RAIL, ROW_HEIGHT / 2.0), (RAIL, height - ROW_HEIGHT / 2.0), Tone::Axis, 1.5);
    let mut top = 0.0;
    let mut waiting = chart.today.as_ref();
    for event in &chart.events {
        if let Some(today) = waiting.filter(|today| today.day < event.day) {
            today_line(&mut sheet, &today.label, width, top)?;
            top += TODAY_HEIGHT;
            waiting = None;
        }
        line(&mut sheet, event, width, top)?;
        top += ROW_HEIGHT;
    }
    if let Some(today) = waiting {
        today_line(&mut sheet, &today.label, width, top)?;
    }
    Ok(sheet.finish(KIND, &chart.head))
}

fn today_line(sheet: &mut Sheet, label: &str, width: f64, top: f64) -> Result<(), ChartError> {
    let middle = top + TODAY_HEIGHT / 2.0;
    let label = text::fit(label, LABEL, Weight::Regular, width * 0.6)?;
    let room = text::width(&label, LABEL, Weight::Regular)?;
    sheet.text(width, middle, &label, Type::SOFT.tone(Tone::Pace).end());
    sheet.line((0.0, middle), ((width - room - 8.0).max(0.0), middle), Tone::Pace, 1.5);
    Ok(())
}

fn line(sheet: &mut Sheet, event: &Event, width: f64, top: f64) -> Result<(), ChartError> {
    let middle = top + ROW_HEIGHT / 2.0;
    let tip = format!("{} {}", event.label, event.date_text);
    sheet.mark(event.link.as_ref(), &tip, Block { x: 0.0, y: top, width, height: ROW_HEIGHT }, |sheet| {
        event.state.draw(sheet, (RAIL, middle));
        let date = text::width(&event.date_text, LABEL, Weight::Regular)?.min(width * 0.4);
        sheet.fitted(width, middle, &event.date_text, Type::SOFT.end(), date)?;
        let weight = if event.state == EventState::Done { Weight::Bold } else { Weight::Regular };
        let tone = if event.state == EventState::Overdue { event.state.tone() } else { Tone::Ink };
        let label = Type { weight, ..Type::SOFT.size(ROW).tone(tone) };
        sheet.fitted(30.0, middle, &event.label, label, width - date - 42.0)
    })
}
