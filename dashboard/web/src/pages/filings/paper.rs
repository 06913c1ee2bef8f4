//! The form as a sheet of paper (填报表): its sections with their fields, the faults at the top, the reviewer's remarks.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use qunlian_domain::catalogue::City;
use qunlian_domain::filing::{Asked, Checked, Fault, FieldEntry, Matter, Values, check};
use qunlian_registry::Typed;
use serde::Serialize;

use crate::words::Words;

use super::fields::{self, FieldFacts, FieldView};
use super::shown::{editable, field_title};

/// A form to fill in: what it is about, and what stands in it.
pub(super) struct Paper<'a> {
    pub words: Words,
    pub city: &'a City,
    pub today: NaiveDate,
    pub matter: Matter,
    /// By [`qunlian_domain::project::stage_order`].
    pub stage: usize,
    pub typed: &'a Typed,
    /// Facts of the filing that stand already.
    pub known: &'a Values,
    /// Files attached to the claim.
    pub files: usize,
    /// What the books keep of persons in this claim: shown masked, sent again only when typed anew.
    pub stored: Option<&'a Typed>,
    pub faults: &'a [Fault],
    /// By field.
    pub remarks: &'a BTreeMap<String, String>,
}

/// A part of the form.
#[derive(Debug, Serialize)]
pub(super) struct SectionView {
    pub id: String,
    pub title: String,
    pub fields: Vec<FieldView>,
}

/// A fault in the list at the top.
#[derive(Debug, Serialize)]
pub(super) struct FaultView {
    /// The field to go to; empty for the form as a whole.
    pub field: String,
    pub title: String,
    pub problem: String,
    pub hint: String,
}

impl Paper<'_> {
    pub(super) fn sections(&self) -> Vec<SectionView> {
        let asked = self.city.filing.asked(&self.matter, self.stage);
        let mut sections: Vec<SectionView> = Vec::new();
        let titled = self.city.filing.sections.iter().map(|section| (section.id.as_str(), section.title.as_str()));
        for (id, own) in titled.chain([("claim", "")]) {
            let of_section = asked.iter().filter(|entry| entry.section == id);
            let fields: Vec<FieldView> = of_section.map(|entry| self.field(entry)).collect();
            if !fields.is_empty() {
                sections.push(SectionView { id: id.to_owned(), title: self.words.named("section", id, own), fields });
            }
        }
        sections
    }

    fn field(&self, entry: &FieldEntry) -> FieldView {
        let personal = entry.kind.is_personal();
        let typed = self.typed.get(entry.id).map_or("", String::as_str);
        let stored = self.stored.and_then(|stored| stored.get(entry.id)).map_or("", String::as_str);
        let standing = self.known.text(entry.id);
        let of_change = if self.matter == Matter::Change && typed.is_empty() { editable(entry, standing) } else { String::new() };
        // What is kept of a person is not sent to the page: neither the draft's own nor the filing's.
        let value = if personal && typed == stored { "" } else { typed };
        let kept = match (personal, stored.is_empty()) {
            (false, _) => "",
            (true, false) => stored,
            (true, true) if self.matter == Matter::Change => standing,
            (true, true) => "",
        };
        fields::view(&FieldFacts {
            words: self.words,
            city: self.city,
            today: self.today,
            entry,
            required: self.city.filing.requires(entry, &self.matter, self.stage),
            value: if value.is_empty() { &of_change } else { value },
            kept,
            fault: self.faults.iter().find(|fault| fault.field == entry.id),
            remark: self.remarks.get(entry.id).map_or("", String::as_str),
        })
    }

    /// The faults in the order of the form.
    pub(super) fn fault_views(&self) -> Vec<FaultView> {
        let order: Vec<&str> = self.city.filing.asked(&self.matter, self.stage).iter().map(|entry| entry.id).collect();
        let place = |fault: &Fault| order.iter().position(|id| *id == fault.field).unwrap_or(usize::MAX);
        let mut faults: Vec<&Fault> = self.faults.iter().collect();
        faults.sort_by_key(|fault| place(fault));
        let view = |fault: &Fault| FaultView {
            field: fault.field.to_owned(),
            title: if fault.field.is_empty() { String::new() } else { field_title(self.words, self.city, fault.field) },
            problem: fault.problem.clone(),
            hint: fault.hint.clone(),
        };
        faults.into_iter().map(view).collect()
    }

    /// Canonical values, and what is wrong.
    pub(super) fn check(&self) -> Checked {
        let asked =
            Asked { city: self.city, matter: self.matter, stage: self.stage, known: self.known, files: self.files, today: self.today };
        check(&asked, self.typed)
    }
}

/// Of a change only what differs is claimed, beside its reason.
pub(super) fn claimed(matter: &Matter, known: &Values, values: Values) -> Values {
    if *matter != Matter::Change {
        return values;
    }
    let differs = |(field, text): &(&str, &str)| *field == "reason" || known.text(field) != *text;
    values.iter().filter(differs).map(|(field, text)| (field.to_owned(), text.to_owned())).collect()
}
