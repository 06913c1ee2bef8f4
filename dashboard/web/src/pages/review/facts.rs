//! What a claim states (申报内容): by section, with units, what changed, and room for a remark beside each field.

use std::collections::BTreeMap;

use qunlian_domain::filing::{FieldEntry, FieldKind, Matter, Values};
use qunlian_domain::privacy::{mask, mask_name, mask_phone};
use qunlian_registry::{Change, Claim, ClaimEvent, Filing};
use serde::Serialize;

use crate::app::Desk;
use crate::words::Words;

/// A part of the form.
#[derive(Serialize)]
pub(super) struct SectionView {
    pub title: String,
    pub rows: Vec<FactRow>,
}

/// One field.
#[derive(Serialize)]
pub(super) struct FactRow {
    pub id: &'static str,
    pub title: String,
    pub text: String,
    pub unit: &'static str,
    /// What stood before, when it changed; `—` when nothing did.
    pub before: Option<String>,
    /// What the last return said of it.
    pub said: String,
    /// What was typed as remark, when the form comes back.
    pub typed: String,
    /// What is wrong with that remark.
    pub trouble: String,
}

/// The claim's form as the reviewer reads it.
#[derive(Serialize)]
pub(super) struct Stated {
    pub sections: Vec<SectionView>,
    /// Fields of the form in which nothing stands.
    pub blank: Vec<FactRow>,
    /// What is known of the project already, for claims that are not about the whole of it.
    pub known: Vec<FactRow>,
    pub changed: usize,
}

/// Remarks as typed and what is wrong with them, by field.
#[derive(Default)]
pub(super) struct Remarks {
    pub typed: BTreeMap<String, String>,
    pub troubles: BTreeMap<String, String>,
}

/// Everything about one claim that its fields are shown with.
pub(super) struct Read<'r> {
    pub claim: &'r Claim,
    pub filing: &'r Filing,
    pub changes: &'r [Change],
    pub events: &'r [ClaimEvent],
    pub remarks: &'r Remarks,
}

/// The fields that a reviewer may remark on: those that the form asks for.
pub(super) fn asked<'d>(desk: &'d Desk, claim: &Claim) -> Vec<&'d FieldEntry> {
    desk.app.rules.city.filing.asked(&claim.matter, claim.stage)
}

pub(super) fn stated(desk: &Desk, words: Words, read: &Read<'_>) -> Stated {
    let catalogue = &desk.app.rules.city.filing;
    let before = before(read);
    let said = last_return(read.events);
    let row = |entry: &FieldEntry, values: &Values| {
        let text = values.text(entry.id);
        let changed = before.get(entry.id).filter(|stood| stood.as_str() != text);
        FactRow {
            id: entry.id,
            title: entry.title.clone(),
            text: shown(desk, words, entry.kind, text),
            unit: if text.is_empty() { "" } else { unit(words, entry.kind) },
            before: changed.map(|stood| if stood.is_empty() { "—".to_owned() } else { shown(desk, words, entry.kind, stood) }),
            said: said.get(entry.id).map(|text| mask(text).into_owned()).unwrap_or_default(),
            typed: read.remarks.typed.get(entry.id).cloned().unwrap_or_default(),
            trouble: read.remarks.troubles.get(entry.id).cloned().unwrap_or_default(),
        }
    };
    let (mut sections, mut blank) = (Vec::<SectionView>::new(), Vec::new());
    for entry in asked(desk, read.claim) {
        let row = row(entry, &read.claim.values);
        let is_needed = row.before.is_some() || !row.said.is_empty() || !row.typed.is_empty();
        if row.text.is_empty() && !is_needed {
            blank.push(row);
            continue;
        }
        let title = catalogue.sections.iter().find(|section| section.id == entry.section).map(|section| section.title.as_str());
        let title = title.unwrap_or_else(|| words.t("review.section.claim"));
        match sections.last_mut().filter(|section| section.title == title) {
            Some(section) => section.rows.push(row),
            None => sections.push(SectionView { title: title.to_owned(), rows: vec![row] }),
        }
    }
    let known = if read.claim.matter == Matter::Project { Vec::new() } else { known(desk, words, read.filing) };
    let changed = sections.iter().flat_map(|section| &section.rows).filter(|row| row.before.is_some()).count();
    Stated { sections, blank, known, changed }
}

/// What stood in the fields that are compared: before the last submission, or else in the facts that were reviewed.
fn before(read: &Read<'_>) -> BTreeMap<String, String> {
    let claim = read.claim;
    let of_last = read.changes.iter().filter(|change| change.claim == Some(claim.id) && Some(change.at) == claim.submitted_at);
    let last: BTreeMap<String, String> = of_last.map(|change| (change.field.clone(), change.before.clone())).collect();
    let waits = claim.standing.state.waits_for_review() && claim.standing.approvers.is_empty();
    if !last.is_empty() || !waits || read.filing.facts.is_empty() {
        return last;
    }
    claim.values.iter().map(|(field, _)| (field.to_owned(), read.filing.facts.text(field).to_owned())).collect()
}

/// Remarks of the last return.
fn last_return(events: &[ClaimEvent]) -> BTreeMap<String, String> {
    let last = events.iter().rev().find(|event| event.action == "return");
    last.map(|event| event.remarks.clone()).unwrap_or_default()
}

/// The reviewed facts of a project, for whoever looks at a further claim on it.
fn known(desk: &Desk, words: Words, filing: &Filing) -> Vec<FactRow> {
    let stands = |entry: &&FieldEntry| !filing.facts.text(entry.id).is_empty();
    let row = |entry: &FieldEntry| FactRow {
        id: entry.id,
        title: entry.title.clone(),
        text: shown(desk, words, entry.kind, filing.facts.text(entry.id)),
        unit: unit(words, entry.kind),
        before: None,
        said: String::new(),
        typed: String::new(),
        trouble: String::new(),
    };
    desk.app.rules.city.filing.fields.iter().filter(stands).map(row).collect()
}

fn unit(words: Words, kind: FieldKind) -> &'static str {
    match kind {
        FieldKind::Money => words.t("unit.middling"),
        kind => kind.unit(),
    }
}

/// A canonical text as people read it. What names or reaches a person is masked.
pub(crate) fn shown(desk: &Desk, words: Words, kind: FieldKind, text: &str) -> String {
    let city = &desk.app.rules.city;
    if text.is_empty() {
        return String::new();
    }
    let found = match kind {
        FieldKind::Money => text.parse().ok().map(|yuan| words.middling(Some(yuan))),
        FieldKind::Choice(choices) => choices.iter().find(|(id, _)| *id == text).map(|(_, name)| (*name).to_owned()),
        FieldKind::Chain => city.chains.chain(text).map(|chain| chain.name.clone()),
        FieldKind::Segment => city.chains.segment(text).map(|(_, segment)| segment.name.clone()),
        FieldKind::Industry => city.industries.get(text).map(|industry| format!("{} {}", industry.code, industry.name)),
        FieldKind::Flag => Some(words.t("review.yes").to_owned()),
        FieldKind::Person => Some(mask_name(text)),
        FieldKind::Phone => Some(mask_phone(text)),
        _ => None,
    };
    found.unwrap_or_else(|| mask(text).into_owned())
}
