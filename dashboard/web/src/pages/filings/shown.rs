//! Facts of filings as they are shown (展示): names for ids, 万元 for yuan, and nobody's name or number in full.

use chrono::{Datelike, NaiveDate};
use qunlian_domain::catalogue::City;
use qunlian_domain::filing::{FieldEntry, FieldKind, Matter, kind_of};
use qunlian_domain::history::InvestmentKind;
use qunlian_domain::privacy::{mask, mask_name, mask_phone};
use qunlian_domain::project::{Milestone, Status, stage_after};

use crate::words::{Lang, Words};

/// Yuan per 万元.
const WAN: i64 = 10_000;

/// A canonical value, or whatever was typed, as the page shows it: persons masked.
pub(crate) fn shown(words: Words, city: &City, field: &str, text: &str) -> String {
    match kind_of(field) {
        _ if text.is_empty() => String::new(),
        Some(FieldKind::Person) => mask_name(text),
        Some(FieldKind::Phone) => mask_phone(text),
        _ => mask(&named(words, city, field, text)).into_owned(),
    }
}

/// As [`shown`], with names and numbers in full: only where somebody has given a reason to see them.
pub(crate) fn in_full(words: Words, city: &City, field: &str, text: &str) -> String {
    named(words, city, field, text)
}

fn named(words: Words, city: &City, field: &str, text: &str) -> String {
    match kind_of(field) {
        Some(FieldKind::Money) => text.parse().map_or_else(|_| text.to_owned(), |yuan| words.amount(Some(yuan))),
        Some(FieldKind::Number { unit }) => format!("{text} {}", words.named("unit", unit, unit)),
        Some(FieldKind::Choice(choices)) => {
            let own = choices.iter().find(|(id, _)| *id == text).map_or("", |(_, name)| name);
            words.named(&format!("choice.{field}"), text, own)
        }
        Some(FieldKind::Chain) => city.chains.chain(text).map_or_else(|| text.to_owned(), |chain| chain.name.clone()),
        Some(FieldKind::Segment) => city.chains.segment(text).map_or_else(|| text.to_owned(), |(_, segment)| segment.name.clone()),
        Some(FieldKind::Industry) => {
            let known = city.industries.resolve(text);
            known.map_or_else(|| text.to_owned(), |industry| format!("{} {}", industry.code, industry.name))
        }
        Some(FieldKind::Flag) => words.t(if text == "1" || text == "on" { "word.yes" } else { "word.no" }).to_owned(),
        _ => text.to_owned(),
    }
}

/// A canonical value as it stands in a field of the form.
pub(super) fn editable(entry: &FieldEntry, canonical: &str) -> String {
    match entry.kind {
        FieldKind::Money => canonical.parse().map_or_else(|_| canonical.to_owned(), wan),
        FieldKind::Phone | FieldKind::Person => String::new(),
        _ => canonical.to_owned(),
    }
}

/// Yuan in 万元 with as many decimals as it needs.
fn wan(yuan: i64) -> String {
    let part = format!("{:04}", (yuan % WAN).abs());
    let part = part.trim_end_matches('0');
    if part.is_empty() { (yuan / WAN).to_string() } else { format!("{}.{part}", yuan / WAN) }
}

/// 项目备案, 开工申报, 2022年5月固定资产投资, ...
pub(crate) fn matter_name(words: Words, matter: &Matter) -> String {
    match (words.lang(), matter) {
        (Lang::Chinese, matter) => matter.name(),
        (Lang::English, Matter::Milestone(milestone)) => words.fill("matter.milestone", &[("stage", &stage_word(words, *milestone))]),
        (Lang::English, Matter::Investment(kind, month)) => {
            let key = if *kind == InvestmentKind::FixedAssets { "matter.fixed_assets" } else { "matter.paid_in" };
            words.fill(key, &[("month", &format!("{}-{:02}", month.year(), month.month()))])
        }
        (Lang::English, other) => words.named("matter", &other.id(), ""),
    }
}

fn stage_word(words: Words, milestone: Milestone) -> String {
    words.named("stage", milestone.id(), milestone.name())
}

/// The name of a stage by its order: 在谈, 签约, ...
pub(crate) fn stage_named(words: Words, order: usize) -> String {
    let (id, name) = stage_of(order);
    words.named("stage", id, name)
}

/// Id and Chinese name of a stage by its order.
pub(crate) fn stage_of(order: usize) -> (&'static str, &'static str) {
    stage_after(order.checked_sub(1).and_then(|at| Milestone::ALL.get(at)).copied())
}

/// 正常, 滞后, ...
pub(crate) fn status_named(words: Words, id: &str) -> String {
    let own = Status::ALL.into_iter().find(|status| status.id() == id).map_or("", |status| status.name());
    words.named("status", id, own)
}

/// The title of a field; the catalogue's own in Chinese.
pub(crate) fn field_title(words: Words, city: &City, field: &str) -> String {
    let own = city.filing.field(field).map_or("", |entry| entry.title.as_str());
    words.named("field", field, own)
}

/// A day with its year where it is not this one.
pub(crate) fn day_text(words: Words, day: NaiveDate, today: NaiveDate) -> String {
    if day.year() == today.year() { words.day(day) } else { day.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn yuan_go_back_into_the_form_as_they_are_typed() {
        for (yuan, expect) in [(1_200_000_000, "120000"), (35_000_500, "3500.05"), (1, "0.0001"), (0, "0")] {
            assert_eq!(wan(yuan), expect);
        }
    }

    #[test]
    fn stages_have_their_names() {
        let words = Words::of(Lang::Chinese);
        assert_eq!(stage_named(words, 0), "在谈");
        assert_eq!(stage_named(words, 3), "开工");
        assert_eq!(stage_of(7).0, "at_capacity");
    }
}
