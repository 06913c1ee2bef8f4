//! What the pages share on which the center enters something (考核录入): tabs, period, and the reading of fields.

use axum::http::StatusCode;
use axum::response::Response;
use qunlian_domain::money::{self, Denomination, Unit};
use qunlian_domain::privacy::holds_phone;
use qunlian_domain::score::{Input, InputUnit, Level};
use qunlian_domain::text::fold;
use qunlian_registry::{Doer, RegistryError, Store};
use serde::Serialize;

use super::Choice;
use super::asked::Asked;
use super::period_form::PeriodForm;
use crate::fault::Fault;
use crate::form::{self, Troubles};
use crate::pages::filings::books::{doer, refused, with_books};
use crate::reader::Reader;

/// Characters of a reason, and of what it rests on.
pub(super) const LONGEST: usize = 200;

/// Path and word of each page.
const TABS: [(&str, &str); 4] = [
    ("/scores/entries", "scoring.entries"),
    ("/scores/ratings", "scoring.ratings"),
    ("/scores/figures", "scoring.figures"),
    ("/scores/checks", "scoring.checks"),
];

/// What stands over each of the forms.
#[derive(Serialize)]
pub(super) struct Frame {
    tabs: Vec<Tab>,
    period: PeriodForm,
    /// `县区、园区 · 2022年第一季度`
    of: String,
    sheet_href: String,
    is_closed: bool,
}

#[derive(Serialize)]
struct Tab {
    href: String,
    label: &'static str,
    current: bool,
}

type Pairs = [(String, String)];

/// The frame of the page at `path`.
pub(super) async fn frame(reader: &Reader, asked: &Asked, path: &'static str) -> Result<Frame, Fault> {
    let (level_id, period) = (asked.level.clone(), asked.period);
    let closed = with_books(&reader.desk, move |books| books.closed_sheet(&level_id, period).map_err(refused)).await?;
    let level = super::supplied::level(reader, asked)?;
    let tab = |(to, word): (&str, &str)| Tab { href: asked.link(to), label: reader.words.t(word), current: to == path };
    Ok(Frame {
        tabs: TABS.map(tab).into(),
        period: PeriodForm::new(reader, asked, path),
        of: format!("{} · {}", level.name, asked.period.name()),
        sheet_href: asked.link("/scores"),
        is_closed: closed.is_some(),
    })
}

/// The page, with the status of its faults.
pub(super) fn answer(reader: &Reader, template: &str, status: StatusCode, view: impl Serialize) -> Result<Response, Fault> {
    form::page(&reader.desk, &reader.visit, template, reader.words.t("scoring.title"), status, view)
}

/// Keeps what a form says. What is wrong with it otherwise, with the status to answer: its own troubles, or that the books have
/// moved on since it was shown (`moved_on`: field and text).
pub(super) async fn keep<New: Send + 'static>(
    reader: &Reader,
    read: Result<New, Troubles>,
    write: impl FnOnce(&dyn Store, &New, &Doer) -> Result<(), RegistryError> + Send + 'static,
    moved_on: (&'static str, &str),
) -> Result<Option<(Troubles, StatusCode)>, Fault> {
    let new = match read {
        Ok(new) => new,
        Err(troubles) => return Ok(Some((troubles, StatusCode::UNPROCESSABLE_ENTITY))),
    };
    let by = doer(&reader.desk, &reader.who);
    let kept = with_books(&reader.desk, move |books| match write(books, &new, &by) {
        Err(RegistryError::Conflict { .. }) => Ok(false),
        kept => kept.map(|()| true).map_err(refused),
    })
    .await?;
    Ok((!kept).then(|| (Troubles::of(moved_on.0, moved_on.1), StatusCode::CONFLICT)))
}

/// What was sent for a field, without blanks around it.
pub(super) fn sent<'p>(pairs: &'p Pairs, name: &str) -> &'p str {
    pairs.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value.trim())
}

/// A line that must be there.
pub(super) fn required_line(pairs: &Pairs, field: &'static str, what: &str, troubles: &mut Troubles) -> String {
    let raw = sent(pairs, field);
    if holds_phone(raw) {
        troubles.add(field, format!("{what}中请勿填写电话和身份证号码"));
    }
    form::line(raw, LONGEST).unwrap_or_else(|| {
        troubles.add(field, format!("请填写{what}，至多{LONGEST}字"));
        String::new()
    })
}

/// All units of a level to choose from.
pub(super) fn units(level: &Level, chosen: &str) -> Vec<Choice> {
    level.members().map(|id| Choice { value: id.to_owned(), label: level.name_of(id).to_owned(), chosen: id == chosen }).collect()
}

/// `新签约项目`, `新签约项目 10亿元以上`
pub(super) fn input_name(reader: &Reader, id: &str) -> String {
    let Some(input) = Input::parse(id) else { return id.to_owned() };
    let band = input.band.and_then(|band| reader.desk.app.rules.city.bands.get(band));
    band.map_or_else(|| input.metric.name.to_owned(), |band| format!("{} {}", input.metric.name, band.name))
}

/// Reads a figure of an input: things, or an amount in 万元 unless it names its own unit. `Ok(None)` when nothing is there.
pub(super) fn read_figure(reader: &Reader, unit: InputUnit, year: i32, raw: &str) -> Result<Option<i64>, String> {
    if raw.is_empty() {
        return Ok(None);
    }
    match unit {
        InputUnit::Count => match fold(raw).replace(',', "").parse::<i64>() {
            Ok(count) if (0..=1_000_000).contains(&count) => Ok(Some(count)),
            _ => Err("请填写0以上的整数".to_owned()),
        },
        InputUnit::Yuan => {
            let wan = Denomination { unit: Unit::Wan, currency: "CNY" };
            let read = money::parse(raw, Some(wan), year, &reader.desk.app.rules.city.exchange);
            read.map(|amount| amount.map(|amount| amount.yuan)).map_err(|error| error.hint())
        }
    }
}

/// How a figure stands in its field: things, or 万元 without zeros at its end.
pub(super) fn figure_text(unit: InputUnit, value: i64) -> String {
    match unit {
        InputUnit::Count => value.to_string(),
        InputUnit::Yuan if value % 10_000 == 0 => (value / 10_000).to_string(),
        InputUnit::Yuan => format!("{}.{:04}", value / 10_000, value % 10_000).trim_end_matches('0').to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_stand_in_ten_thousands() {
        let check = |yuan: i64, expect: &str| assert_eq!(figure_text(InputUnit::Yuan, yuan), expect);
        check(120_000_000, "12000");
        check(12_345, "1.2345");
        check(1_000, "0.1");
        check(0, "0");
        assert_eq!(figure_text(InputUnit::Count, 12), "12");
    }
}
