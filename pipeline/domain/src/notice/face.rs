//! From a project's facts to what the public sees of it (公示内容): carrier, scale and chain by the city's rules.

use chrono::NaiveDate;

use super::{Candidate, Entry, entry};
use crate::chain::ChainScratch;
use crate::classify::classify_values;
use crate::filing::Values;
use crate::rules::Rules;

/// What a notice shows of a project on a day; `None` for a confidential one. The scale is the amount that the
/// city's scale bands are read from.
pub fn entry_of(
    rules: &Rules,
    carrier_id: &str,
    facts: &Values,
    confidential: bool,
    on: NaiveDate,
    scratch: &mut ChainScratch,
) -> Option<Entry> {
    let city = &rules.city;
    let chain = classify_values(rules, facts, on, scratch).chain;
    let carriers = &city.carriers;
    let carrier = carriers.get(carrier_id, on).or_else(|| carriers.rows().iter().find(|row| row.id == carrier_id));
    entry(&Candidate {
        carrier: carrier.map_or(carrier_id, |carrier| &carrier.name),
        project: facts.text("name"),
        scale_yuan: city.profile.band_basis.amount(facts.yuan("agreed_yuan"), facts.yuan("planned_fixed_yuan")),
        chain: city.chains.chain(chain).map_or("", |chain| &chain.name),
        confidential: confidential || facts.flag("confidential"),
    })
}
