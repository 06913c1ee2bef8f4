//! The preview (预览): where a filing would be classified and why, its source region, its scale, what it may repeat.

use axum::Form;
use axum::extract::State;
use axum::response::{Html, IntoResponse, Response};
use qunlian_domain::chain::ChainScratch;
use qunlian_domain::classify::{Classified, Decided, chain_clues, classify};
use qunlian_domain::filing::{Asked, Values, check};
use qunlian_domain::history::{Facts, TextFact};
use qunlian_domain::region::RegionKind;
use qunlian_domain::rules::Rules;
use qunlian_registry::Typed;
use serde::Serialize;

use crate::Shared;
use crate::fault::Fault;
use crate::visit::Visit;
use crate::words::Words;

use super::duplicates::{self, TwinView};
use super::sent::Sent;

/// What would become of the filing.
#[derive(Debug, Serialize)]
pub(super) struct PreviewView {
    /// False while nothing is typed that could be judged.
    ready: bool,
    chain: String,
    segment: String,
    chain_reason: String,
    /// The filer's own chain, where the text speaks for another.
    region: String,
    region_reason: String,
    region_conflict: String,
    band: String,
    agreed: String,
    twins: Vec<TwinView>,
}

/// `POST /filings/preview`: the fragment alone, for the form's script.
pub(crate) async fn fragment(
    State(desk): State<Shared>,
    visit: Visit,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Result<Response, Fault> {
    #[derive(Serialize)]
    struct Part {
        lang: &'static str,
        preview: PreviewView,
    }
    let sent = Sent::of(pairs);
    let number: String = sent.get("number").chars().take(20).collect();
    let preview = make(&desk, &visit, &sent.typed(), sent.stage(), &number).await?;
    let html = desk.templates.render("filing_preview.html", Part { lang: visit.lang.id(), preview })?;
    Ok(Html(html).into_response())
}

/// Judges what was typed, right or wrong. `own_number`: the filing that is not its own duplicate.
pub(super) async fn make(desk: &Shared, visit: &Visit, typed: &Typed, stage: usize, own_number: &str) -> Result<PreviewView, Fault> {
    let (words, today) = (visit.words(), desk.today());
    let rules = std::sync::Arc::clone(&desk.app.rules);
    let values = canonical(&rules, typed, stage, today);
    let text = |field: &str| {
        let canonical = values.text(field);
        if canonical.is_empty() { typed.get(field).map_or("", String::as_str).to_owned() } else { canonical.to_owned() }
    };
    let chain_given = rules.city.chains.chain(&text("chain_given")).map_or_else(|| text("chain_given"), |chain| chain.name.clone());
    let segment_given = text("segment_given");
    let segment_given = rules.city.chains.segment(&segment_given).map_or(segment_given.clone(), |(_, segment)| segment.name.clone());
    let named = [
        (TextFact::Name, text("name")),
        (TextFact::Content, text("content")),
        (TextFact::ChainGiven, chain_given),
        (TextFact::SegmentGiven, segment_given),
        (TextFact::IndustryCode, text("industry_code")),
        (TextFact::Investor, text("investor")),
        (TextFact::InvestorAddress, text("investor_address")),
        (TextFact::CreditCode, text("credit_code")),
        (TextFact::CountryGiven, text("country_given")),
    ];
    let mut facts = Facts { agreed: values.yuan("agreed_yuan"), planned_fixed: values.yuan("planned_fixed_yuan"), ..Facts::default() };
    for (fact, text) in &named {
        facts.texts[*fact as usize] = text.as_str();
    }
    let mut scratch = ChainScratch::new();
    let classified = classify(&rules, &facts, Decided::default(), today, &mut scratch);
    let found_in = field_of_evidence(&rules, &facts, today, &classified, &mut scratch);
    let twins = duplicates::find(desk, visit, &facts, own_number).await?;
    let yuan = rules.city.profile.band_basis.amount(facts.agreed, facts.planned_fixed);
    let ready = !facts.text(TextFact::Name).is_empty() || !facts.text(TextFact::Content).is_empty();
    Ok(PreviewView {
        ready,
        chain: chain_words(words, &rules, &classified),
        segment: rules.city.chains.segment(classified.segment).map(|(_, segment)| segment.name.clone()).unwrap_or_default(),
        chain_reason: chain_reason(words, &classified, found_in),
        region: region_words(words, &classified),
        region_reason: region_reason(words, &classified),
        region_conflict: classified.region_conflict.clone(),
        band: yuan
            .map(|yuan| match rules.city.bands.band_of(yuan) {
                Some(band) => words.band(&band.name, band.least),
                None => rules.city.bands.slice_of(yuan).map(|slice| words.slice(&slice.id, &slice.name)).unwrap_or_default(),
            })
            .unwrap_or_default(),
        agreed: facts.agreed.map(|yuan| words.amount(Some(yuan))).unwrap_or_default(),
        twins,
    })
}

/// The values of what is right in the form.
fn canonical(rules: &Rules, typed: &Typed, stage: usize, today: chrono::NaiveDate) -> Values {
    check(&Asked::of_project(&rules.city, stage, &Values::default(), today), typed).values
}

/// In which field the deciding word stands: 建设内容, 项目名称, ...
fn field_of_evidence(
    rules: &Rules,
    facts: &Facts<'_>,
    today: chrono::NaiveDate,
    classified: &Classified<'_>,
    scratch: &mut ChainScratch,
) -> &'static str {
    let clues = chain_clues(facts, today);
    let explained = rules.chains.explain(&clues, scratch);
    let hit = explained.hits.iter().find(|hit| hit.rule_id == classified.chain_rule && hit.chain == classified.chain);
    hit.map_or("", |hit| hit.field.name())
}

fn chain_words(words: Words, rules: &Rules, classified: &Classified<'_>) -> String {
    let chain = rules.city.chains.chain(classified.chain);
    chain.filter(|chain| !chain.remainder).map_or_else(|| words.t("judgement.unclassified").to_owned(), |chain| chain.name.clone())
}

/// 因为建设内容含“铝箔”（规则 al-07，把握 92%）
fn chain_reason(words: Words, classified: &Classified<'_>, found_in: &str) -> String {
    let confidence = classified.chain_confidence.to_string();
    if let Some(rule) = words.find(&format!("rule.chain.{}", classified.chain_rule)) {
        return words.fill("preview.because_rule", &[("rule", rule), ("confidence", &confidence)]);
    }
    let field = if found_in.is_empty() { String::new() } else { words.named("clue", found_in, found_in) };
    let fills = [
        ("field", field.as_str()),
        ("evidence", classified.chain_evidence),
        ("rule", classified.chain_rule),
        ("confidence", confidence.as_str()),
    ];
    words.fill("preview.because", &fills)
}

fn region_words(words: Words, classified: &Classified<'_>) -> String {
    let own = [RegionKind::Abroad, RegionKind::OutsideProvince, RegionKind::InProvince, RegionKind::Local, RegionKind::Unknown]
        .into_iter()
        .find(|kind| kind.id() == classified.region_kind)
        .map_or("", RegionKind::title);
    let city = if classified.city == classified.province { "" } else { classified.city };
    let kind = words.region_kind(classified.region_kind, own);
    let parts = [kind.as_str(), classified.country, classified.province, city];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" › ")
}

fn region_reason(words: Words, classified: &Classified<'_>) -> String {
    let rule = words.find(&format!("rule.region.{}", classified.region_rule)).unwrap_or(classified.region_rule);
    let confidence = classified.region_confidence.to_string();
    let key = if classified.region_evidence.is_empty() { "preview.region_bare" } else { "preview.region" };
    words.fill(key, &[("rule", rule), ("evidence", classified.region_evidence), ("confidence", &confidence)])
}
