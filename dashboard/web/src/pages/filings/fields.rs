//! One field of the form (填报栏目): the right control for its kind, and all that stands beside it.

use qunlian_domain::catalogue::City;
use qunlian_domain::filing::{Fault, FieldEntry, FieldKind};
use qunlian_domain::text::fold;
use serde::Serialize;

use crate::words::Words;

use super::shown::shown;

/// A field with its text, and what is said of it.
#[derive(Debug, Serialize)]
pub(crate) struct FieldView {
    pub id: &'static str,
    pub title: String,
    pub hint: String,
    pub example: String,
    pub unit: String,
    pub required: bool,
    pub value: String,
    /// `line`, `long`, `select` or `flag`.
    pub control: &'static str,
    pub input_type: &'static str,
    /// Which keyboard a phone shows; empty for the usual one.
    pub input_mode: &'static str,
    /// Characters at most.
    pub most: usize,
    pub groups: Vec<OptionGroup>,
    /// What is kept already and not shown: a person's name or number, masked.
    pub kept: String,
    pub problem: String,
    pub mend: String,
    /// The reviewer's remark of the last return.
    pub remark: String,
    /// Takes the whole width of the form.
    pub wide: bool,
}

/// Options under one heading; the heading may be empty.
#[derive(Debug, Serialize)]
pub(crate) struct OptionGroup {
    pub label: String,
    pub options: Vec<super::Choice>,
}

/// What a field's view is made from.
pub(super) struct FieldFacts<'a> {
    pub words: Words,
    pub city: &'a City,
    pub today: chrono::NaiveDate,
    pub entry: &'a FieldEntry,
    pub required: bool,
    /// What stands in the field.
    pub value: &'a str,
    /// What is kept of a person, in full; it is shown masked.
    pub kept: &'a str,
    pub fault: Option<&'a Fault>,
    pub remark: &'a str,
}

pub(super) fn view(facts: &FieldFacts<'_>) -> FieldView {
    let FieldFacts { words, city, entry, .. } = *facts;
    let (control, input_type, input_mode) = control_of(entry.kind, facts.value);
    let unit = entry.kind.unit();
    FieldView {
        id: entry.id,
        title: words.named("field", entry.id, &entry.title),
        hint: entry.hint.clone(),
        example: entry.example.clone(),
        unit: if unit.is_empty() { String::new() } else { words.named("unit", unit, unit) },
        required: facts.required,
        value: facts.value.to_owned(),
        control,
        input_type,
        input_mode,
        most: most_of(entry.kind),
        groups: groups(facts),
        kept: if facts.kept.is_empty() { String::new() } else { shown(words, city, entry.id, facts.kept) },
        problem: facts.fault.map(|fault| fault.problem.clone()).unwrap_or_default(),
        mend: facts.fault.map(|fault| fault.hint.clone()).unwrap_or_default(),
        remark: facts.remark.to_owned(),
        wide: matches!(entry.kind, FieldKind::LongText { .. } | FieldKind::Text { most: 101.. }) || entry.id == "name",
    }
}

fn control_of(kind: FieldKind, value: &str) -> (&'static str, &'static str, &'static str) {
    match kind {
        FieldKind::LongText { .. } => ("long", "text", ""),
        FieldKind::Choice(_) | FieldKind::Chain | FieldKind::Segment => ("select", "text", ""),
        FieldKind::Flag => ("flag", "checkbox", ""),
        // A browser would drop a day that it cannot read: such a text stays to be mended.
        FieldKind::Day if value.is_empty() || value.parse::<chrono::NaiveDate>().is_ok() => ("line", "date", ""),
        FieldKind::Money | FieldKind::Number { .. } => ("line", "text", "decimal"),
        FieldKind::Phone => ("line", "tel", "tel"),
        FieldKind::Industry => ("line", "text", ""),
        _ => ("line", "text", ""),
    }
}

fn most_of(kind: FieldKind) -> usize {
    match kind {
        FieldKind::Text { most } | FieldKind::LongText { most } => most,
        FieldKind::Person => 40,
        FieldKind::CreditCode | FieldKind::Phone => 30,
        FieldKind::Currency => 6,
        _ => 60,
    }
}

fn groups(facts: &FieldFacts<'_>) -> Vec<OptionGroup> {
    let named = |options: Vec<(String, String)>| vec![group(facts, String::new(), options)];
    let mut groups = match facts.entry.kind {
        FieldKind::Choice(choices) => {
            let about = format!("choice.{}", facts.entry.id);
            named(choices.iter().map(|(id, name)| ((*id).to_owned(), facts.words.named(&about, id, name))).collect())
        }
        FieldKind::Chain => {
            let chains = facts.city.chains.chains_on(facts.today).filter(|chain| !chain.remainder);
            named(chains.map(|chain| (chain.id.clone(), chain.name.clone())).collect())
        }
        FieldKind::Segment => {
            let chains = facts.city.chains.chains_on(facts.today).filter(|chain| !chain.segments.is_empty());
            let options = |chain: &qunlian_domain::chain::Chain| {
                chain.segments.iter().map(|segment| (segment.id.clone(), segment.name.clone())).collect()
            };
            chains.map(|chain| group(facts, chain.name.clone(), options(chain))).collect()
        }
        _ => return Vec::new(),
    };
    let chosen = groups.iter().flat_map(|group| &group.options).any(|option| option.chosen);
    // What a list does not know is kept, and told as a fault when it is checked.
    if !chosen && !facts.value.is_empty() {
        let odd = super::Choice { value: facts.value.to_owned(), label: facts.value.to_owned(), chosen: true };
        groups.insert(0, OptionGroup { label: String::new(), options: vec![odd] });
    }
    groups
}

fn group(facts: &FieldFacts<'_>, label: String, options: Vec<(String, String)>) -> OptionGroup {
    let folded = fold(facts.value);
    let is_chosen = |value: &str, name: &str| !facts.value.is_empty() && (value == facts.value || fold(name) == folded);
    let options = options.into_iter().map(|(value, label)| super::Choice { chosen: is_chosen(&value, &label), value, label });
    OptionGroup { label, options: options.collect() }
}
