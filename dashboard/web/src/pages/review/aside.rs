//! What stands beside a claim (参考信息): classification with its reason, attachments, the thread, objections.

use qunlian_domain::chain::ChainScratch;
use qunlian_domain::claim::State;
use qunlian_domain::classify::{Classified, Decided, classify};
use qunlian_domain::filing::Values;
use qunlian_domain::history::{Facts, TextFact};
use qunlian_domain::privacy::mask;
use qunlian_registry::{Attachment, Claim, ClaimEvent, Objection, ObjectionState};
use serde::Serialize;

use super::moment;
use crate::app::Desk;
use crate::people::People;
use crate::words::Words;

/// A classification as it would be by the rules of today.
#[derive(Serialize)]
pub(super) struct JudgementView {
    title: &'static str,
    result: String,
    reason: String,
    evidence: String,
    confidence: String,
    conflict: String,
}

/// Chain and source region of the values, each with its reason.
pub(super) fn judgements(desk: &Desk, words: Words, values: &Values) -> Vec<JudgementView> {
    let city = &desk.app.rules.city;
    // The form keeps ids; the rules read what people write.
    let chain = city.chains.chain(values.text("chain_given")).map_or("", |chain| chain.name.as_str());
    let segment = city.chains.segment(values.text("segment_given")).map_or("", |(_, segment)| segment.name.as_str());
    let mut facts = Facts::default();
    let texts = [
        (TextFact::Name, values.text("name")),
        (TextFact::Content, values.text("content")),
        (TextFact::Address, values.text("address")),
        (TextFact::ChainGiven, chain),
        (TextFact::SegmentGiven, segment),
        (TextFact::IndustryCode, values.text("industry_code")),
        (TextFact::Investor, values.text("investor")),
        (TextFact::InvestorAddress, values.text("investor_address")),
        (TextFact::CreditCode, values.text("credit_code")),
        (TextFact::CountryGiven, values.text("country_given")),
    ];
    for (fact, text) in texts {
        facts.texts[fact as usize] = text;
    }
    let mut scratch = ChainScratch::new();
    let found = classify(&desk.app.rules, &facts, Decided::default(), desk.today(), &mut scratch);
    vec![of_chain(desk, words, &found), of_region(words, &found)]
}

fn of_chain(desk: &Desk, words: Words, found: &Classified<'_>) -> JudgementView {
    let chains = &desk.app.rules.city.chains;
    let chain = chains.chain(found.chain);
    let cluster = chain.and_then(|chain| chains.cluster(&chain.cluster)).map_or("", |cluster| cluster.name.as_str());
    let segment = chains.segment(found.segment).map_or("", |(_, segment)| segment.name.as_str());
    let result = joined(&[cluster, chain.map_or("", |chain| chain.name.as_str()), segment]);
    JudgementView {
        title: words.t("judgement.chain"),
        result: if result.is_empty() { words.t("judgement.unclassified").to_owned() } else { result },
        reason: reason(words, "chain", found.chain_rule),
        evidence: found.chain_evidence.to_owned(),
        confidence: format!("{}%", found.chain_confidence),
        conflict: String::new(),
    }
}

fn of_region(words: Words, found: &Classified<'_>) -> JudgementView {
    let kind = words.region_kind(found.region_kind, "");
    let city = if found.city == found.province { "" } else { found.city };
    JudgementView {
        title: words.t("judgement.region"),
        result: joined(&[kind.as_str(), found.country, found.province, city]),
        reason: reason(words, "region", found.region_rule),
        evidence: found.region_evidence.to_owned(),
        confidence: format!("{}%", found.region_confidence),
        conflict: found.region_conflict.clone(),
    }
}

/// The rule in words, or a catalogue rule by its id.
fn reason(words: Words, what: &str, rule: &str) -> String {
    words.find(&format!("rule.{what}.{rule}")).map_or_else(|| words.fill("review.rule", &[("rule", rule)]), str::to_owned)
}

fn joined(parts: &[&str]) -> String {
    let parts: Vec<&str> = parts.iter().copied().filter(|part| !part.is_empty()).collect();
    parts.join(" › ")
}

/// An attachment.
#[derive(Serialize)]
pub(super) struct AttachmentView {
    href: String,
    name: String,
    kind: String,
    size: String,
    by: String,
    at: String,
    /// It came with this claim, not with an earlier one of the filing.
    own: bool,
}

pub(super) fn attachments(words: Words, people: &People, claim: &Claim, all: &[Attachment]) -> Vec<AttachmentView> {
    let one = |file: &Attachment| AttachmentView {
        href: format!("/files/{}", file.id),
        name: file.file_name.clone(),
        kind: file.kind.clone(),
        size: size(file.bytes),
        by: people.name(words, &file.by),
        at: moment(file.at),
        own: file.claim == claim.id,
    };
    let mut views: Vec<AttachmentView> = all.iter().map(one).collect();
    views.sort_by_key(|file| !file.own);
    views
}

/// `812 KiB`, `2.5 MiB`.
fn size(bytes: u64) -> String {
    let kib = bytes.div_ceil(1024);
    if kib < 1024 { format!("{kib} KiB") } else { format!("{:.1} MiB", bytes as f64 / f64::from(1u32 << 20)) }
}

/// One entry of the thread.
#[derive(Serialize)]
pub(super) struct EventView {
    action: String,
    state: String,
    by: String,
    at: String,
    remarks: Vec<RemarkView>,
    contact: String,
}

/// A remark on a field; without a title on the whole.
#[derive(Serialize)]
struct RemarkView {
    title: String,
    text: String,
}

/// The thread, newest first.
pub(super) fn thread(desk: &Desk, words: Words, people: &People, events: &[ClaimEvent]) -> Vec<EventView> {
    let catalogue = &desk.app.rules.city.filing;
    let one = |event: &ClaimEvent| EventView {
        action: words.named("claim_action", &event.action, ""),
        state: State::from_id(&event.state).map_or_else(String::new, |state| words.named("claim_state", state.id(), state.name())),
        by: people.name(words, &event.by),
        at: moment(event.at),
        remarks: event
            .remarks
            .iter()
            .map(|(field, text)| RemarkView { title: catalogue.title(field).to_owned(), text: mask(text).into_owned() })
            .collect(),
        contact: event.contact.clone(),
    };
    events.iter().rev().map(one).collect()
}

/// An objection.
#[derive(Serialize)]
pub(super) struct ObjectionView {
    pub id: i64,
    pub open: bool,
    pub state: String,
    pub shape: &'static str,
    pub tone: &'static str,
    pub reason: String,
    pub objector: String,
    pub contact: String,
    pub on: String,
    pub notice: String,
    pub judged: String,
    pub judgement: String,
    /// The reason as typed, when the form comes back.
    pub typed: String,
    pub trouble: String,
}

/// Open ones first. `typed`: the objection that was just judged, its reason and what is wrong with it.
pub(super) fn objections(words: Words, people: &People, all: &[Objection], typed: Option<&(i64, String, String)>) -> Vec<ObjectionView> {
    let one = |objection: &Objection| {
        let (shape, tone) = match objection.state {
            ObjectionState::Open => ("▲", "warn"),
            ObjectionState::Dismissed => ("●", "ok"),
            ObjectionState::Upheld => ("■", "bad"),
        };
        let typed = typed.filter(|(id, ..)| *id == objection.id);
        let by = objection.judged_by.as_deref().map(|by| people.name(words, by));
        let judged = [by, objection.judged_on.map(|day| day.to_string())];
        ObjectionView {
            id: objection.id,
            open: objection.state == ObjectionState::Open,
            state: words.named("objection_state", objection.state.id(), objection.state.name()),
            shape,
            tone,
            reason: mask(&objection.reason).into_owned(),
            objector: objection.objector.clone(),
            contact: mask(&objection.contact_masked).into_owned(),
            on: objection.on.to_string(),
            notice: objection.notice.clone(),
            judged: judged.into_iter().flatten().collect::<Vec<_>>().join(" "),
            judgement: objection.judgement.clone(),
            typed: typed.map(|(_, reason, _)| reason.clone()).unwrap_or_default(),
            trouble: typed.map(|(.., trouble)| trouble.clone()).unwrap_or_default(),
        }
    };
    all.iter().map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_short() {
        assert_eq!([size(0), size(1), size(831_000), size(2_621_440)], ["0 KiB", "1 KiB", "812 KiB", "2.5 MiB"]);
    }
}
