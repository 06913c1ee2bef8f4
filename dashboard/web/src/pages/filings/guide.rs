//! The filling-in guide (填报指南): made from the form's own catalogue, to be read and printed.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use qunlian_domain::filing::{FieldEntry, FieldKind};
use serde::Serialize;

use crate::Shared;
use crate::fault::Fault;
use crate::visit::Visit;
use crate::words::Words;

use super::page;
use super::shown::stage_named;

#[derive(Serialize)]
struct GuideView {
    sections: Vec<SectionView>,
    stages: Vec<String>,
    kinds: String,
    file_mib: u32,
    filing_mib: u32,
    filing_files: u32,
    review_days: u32,
    notice_days: u32,
    office: String,
    phone: String,
    hours: String,
}

#[derive(Serialize)]
struct SectionView {
    title: String,
    rows: Vec<RowView>,
}

#[derive(Serialize)]
struct RowView {
    title: String,
    from: String,
    required: String,
    kind: String,
    hint: String,
    example: String,
}

/// `GET /guide`
pub(crate) async fn show(State(desk): State<Shared>, visit: Visit) -> Result<Response, Fault> {
    let words = visit.words();
    let city = &desk.app.rules.city;
    let mut sections = Vec::new();
    let titled = city.filing.sections.iter().map(|section| (section.id.as_str(), section.title.as_str()));
    for (id, own) in titled.chain([("claim", "")]) {
        let rows: Vec<RowView> =
            city.filing.fields.iter().filter(|entry| entry.section == id).map(|entry| row(words, entry, id == "claim")).collect();
        if !rows.is_empty() {
            sections.push(SectionView { title: words.named("section", id, own), rows });
        }
    }
    let procedure = &city.procedure;
    let view = GuideView {
        sections,
        stages: super::form::stages(words, 0).into_iter().map(|stage| stage.label).collect(),
        kinds: procedure.attachments.kinds.iter().map(|kind| kind.id()).collect::<Vec<_>>().join(words.t("word.list")),
        file_mib: procedure.attachments.file_mib,
        filing_mib: procedure.attachments.filing_mib,
        filing_files: procedure.attachments.filing_files,
        review_days: procedure.review_days,
        notice_days: procedure.notice_days,
        office: procedure.contact.office.clone(),
        phone: procedure.contact.phone.clone(),
        hours: procedure.contact.hours.clone(),
    };
    page(&desk, &visit, StatusCode::OK, words.t("guide.title"), Vec::new(), "guide.html", view).await
}

fn row(words: Words, entry: &FieldEntry, of_claims: bool) -> RowView {
    RowView {
        title: words.named("field", entry.id, &entry.title),
        from: if of_claims { "—".to_owned() } else { stage_named(words, entry.from) },
        required: entry.required_from.map_or_else(|| "—".to_owned(), |stage| stage_named(words, stage)),
        kind: kind_words(words, entry.kind),
        hint: entry.hint.clone(),
        example: entry.example.clone(),
    }
}

fn kind_words(words: Words, kind: FieldKind) -> String {
    let plain = |key: &str| words.named("kind", key, "");
    match kind {
        FieldKind::Text { most } => words.fill("kind.text", &[("most", &most.to_string())]),
        FieldKind::LongText { most } => words.fill("kind.long", &[("most", &most.to_string())]),
        FieldKind::Number { unit } => words.fill("kind.number", &[("unit", &words.named("unit", unit, unit))]),
        FieldKind::Choice(choices) => {
            let names: Vec<&str> = choices.iter().map(|(_, name)| *name).collect();
            words.fill("kind.choice", &[("names", &names.join(words.t("word.list")))])
        }
        FieldKind::Money => plain("money"),
        FieldKind::Day => plain("day"),
        FieldKind::CreditCode => plain("credit_code"),
        FieldKind::Industry => plain("industry"),
        FieldKind::Chain => plain("chain"),
        FieldKind::Segment => plain("segment"),
        FieldKind::Currency => plain("currency"),
        FieldKind::Phone => plain("phone"),
        FieldKind::Person => plain("person"),
        FieldKind::Coordinates => plain("coordinates"),
        FieldKind::Flag => plain("flag"),
    }
}
