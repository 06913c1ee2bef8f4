//! Checking a chain catalogue for what its file's shape cannot hold: references, spans, weights, names that mean two things.

use std::collections::{BTreeMap, HashMap, HashSet};

use chrono::NaiveDate;

use super::catalogue::{Chain, ChainCatalogue, Crosswalk};
use crate::industry::Industries;
use crate::text::fold;

/// What is wrong in a catalogue, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {problem}")]
pub struct ChainFault {
    /// `chain lv-ji, rule lv-ji-07`
    pub place: String,
    pub problem: String,
    pub hint: String,
}

impl ChainCatalogue {
    /// Checks what the file's shape cannot: references, spans, weights, names that mean two things.
    pub fn check(&self, industries: &Industries) -> Result<(), ChainFault> {
        self.check_scoring()?;
        self.check_ids()?;
        self.check_names()?;
        for cluster in &self.clusters {
            check_span(&format!("cluster {}", cluster.id), cluster.valid_from, cluster.valid_until)?;
        }
        for chain in &self.chains {
            self.check_chain(chain, industries)?;
        }
        for crosswalk in &self.crosswalks {
            self.check_crosswalk(crosswalk)?;
        }
        for day in self.change_days() {
            let remainders = self.chains_on(day).filter(|chain| chain.remainder).count();
            if remainders != 1 {
                return Err(fault(
                    "chains",
                    format!("{remainders} chains are marked `remainder = true` on {day}"),
                    "mark exactly one, for projects of no other chain",
                ));
            }
        }
        Ok(())
    }

    fn check_scoring(&self) -> Result<(), ChainFault> {
        let s = &self.scoring;
        let figures = [
            ("name_percent", s.name_percent),
            ("head_percent", s.head_percent),
            ("content_percent", s.content_percent),
            ("firm_percent", s.firm_percent),
            ("use_percent", s.use_percent),
            ("supplied_percent", s.supplied_percent),
            ("segment_points", s.segment_points),
            ("least_points", s.least_points),
            ("contradict_points", s.contradict_points),
            ("full_points", s.full_points),
        ];
        for (key, figure) in figures {
            if !(1..=1000).contains(&figure) {
                return Err(fault("scoring", format!("{key} is {figure}"), "write a number from 1 to 1000"));
            }
        }
        Ok(())
    }

    fn check_ids(&self) -> Result<(), ChainFault> {
        let mut ids: Vec<(&str, String)> = Vec::new();
        for cluster in &self.clusters {
            ids.push((&cluster.id, format!("cluster {}", cluster.id)));
        }
        for chain in &self.chains {
            ids.push((&chain.id, format!("chain {}", chain.id)));
            ids.extend(chain.segments.iter().map(|it| (it.id.as_str(), format!("chain {}, segment {}", chain.id, it.id))));
            ids.extend(chain.rules.iter().map(|it| (it.id.as_str(), format!("chain {}, rule {}", chain.id, it.id))));
            ids.extend(chain.codes.iter().map(|it| (it.id.as_str(), format!("chain {}, code {}", chain.id, it.id))));
        }
        let mut seen: HashMap<&str, String> = HashMap::new();
        for (id, place) in ids {
            let clean = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
            if id.is_empty() || !id.bytes().all(clean) {
                return Err(fault(&place, format!("the id {id:?} is not usable"), "use a–z, 0–9 and -"));
            }
            if let Some(other) = seen.insert(id, place.clone()) {
                return Err(fault(&place, format!("the id is already taken by {other}"), "give each its own id"));
            }
        }
        Ok(())
    }

    /// A name or alias must mean one chain or cluster at a time, or filers' texts would be guessed.
    fn check_names(&self) -> Result<(), ChainFault> {
        type Claim<'c> = (String, NaiveDate, Option<NaiveDate>);
        let mut claims: BTreeMap<String, Vec<Claim>> = BTreeMap::new();
        for chain in &self.chains {
            let names: HashSet<String> =
                [&chain.id, &chain.name, &chain.short_name].into_iter().chain(&chain.aliases).map(|name| fold(name)).collect();
            for name in names {
                let claim = (format!("chain {}", chain.id), chain.valid_from, chain.valid_until);
                claims.entry(name).or_default().push(claim);
            }
        }
        for cluster in &self.clusters {
            let names: HashSet<String> = [&cluster.id, &cluster.name].into_iter().chain(&cluster.aliases).map(|name| fold(name)).collect();
            for name in names {
                let claim = (format!("cluster {}", cluster.id), cluster.valid_from, cluster.valid_until);
                claims.entry(name).or_default().push(claim);
            }
        }
        for (name, claims) in claims {
            for (index, (place, from, until)) in claims.iter().enumerate() {
                for (other, other_from, other_until) in &claims[..index] {
                    let apart = until.is_some_and(|until| until <= *other_from) || other_until.is_some_and(|end| end <= *from);
                    if !apart {
                        return Err(fault(place, format!("the name {name:?} also means {other}"), "take it out of one of them"));
                    }
                }
            }
        }
        Ok(())
    }

    fn check_chain(&self, chain: &Chain, industries: &Industries) -> Result<(), ChainFault> {
        let place = format!("chain {}", chain.id);
        check_span(&place, chain.valid_from, chain.valid_until)?;
        if !chain.cluster.is_empty() && self.cluster(&chain.cluster).is_none() {
            return Err(fault(&place, format!("the cluster {} does not exist", chain.cluster), "name one of the [[cluster]] ids"));
        }
        let mut terms: HashMap<String, &str> = HashMap::new();
        for rule in &chain.rules {
            let place = format!("{place}, rule {}", rule.id);
            check_segment(&place, chain, &rule.segment)?;
            check_span(&place, rule.valid_from.unwrap_or(chain.valid_from), rule.valid_until)?;
            if rule.weight == 0 || rule.weight.abs() > 100 {
                return Err(fault(&place, format!("its weight is {}", rule.weight), "write −100 to 100, not 0"));
            }
            for term in &rule.terms {
                self.check_term(&place, term)?;
                if let Some(other) = terms.insert(fold(term), &rule.id) {
                    return Err(fault(&place, format!("the term {term} is also in rule {other}"), "keep it in one rule of the chain"));
                }
            }
        }
        for code in &chain.codes {
            let place = format!("{place}, code {}", code.id);
            check_segment(&place, chain, &code.segment)?;
            if !(1..=200).contains(&code.weight) {
                return Err(fault(&place, format!("its weight is {}", code.weight), "write 1 to 200"));
            }
            for prefix in &code.prefixes {
                if industries.get(prefix).is_none() || !prefix.bytes().all(|byte| byte.is_ascii_digit()) {
                    let problem = format!("the prefix {prefix} is not in the industry table");
                    return Err(fault(&place, problem, "write 2 to 4 digits of GB/T 4754-2017"));
                }
            }
        }
        Ok(())
    }

    fn check_term(&self, place: &str, term: &str) -> Result<(), ChainFault> {
        if term.chars().count() < 2 || term.chars().any(char::is_whitespace) {
            return Err(fault(place, format!("the term {term:?} is too short or has a space"), "write 2 or more characters"));
        }
        let steering = self.reading.company_words.iter().chain(&self.reading.usage_words);
        if steering.into_iter().any(|word| word == term) {
            return Err(fault(place, format!("the term {term} is also a word of [reading]"), "keep it in one of them"));
        }
        Ok(())
    }

    fn check_crosswalk(&self, crosswalk: &Crosswalk) -> Result<(), ChainFault> {
        let place = format!("crosswalk {}", crosswalk.id);
        check_span(&place, crosswalk.valid_from, crosswalk.valid_until)?;
        let mut seen: HashMap<&str, &str> = HashMap::new();
        for group in &crosswalk.groups {
            for chain in &group.chains {
                if self.chain(chain).is_none() {
                    return Err(fault(&place, format!("group {}: there is no chain {chain}", group.id), "name one of the [[chain]] ids"));
                }
            }
            for segment in &group.segments {
                if self.segment(segment).is_none() {
                    let problem = format!("group {}: there is no segment {segment}", group.id);
                    return Err(fault(&place, problem, "name one of the [[chain.segment]] ids"));
                }
            }
            for id in group.chains.iter().chain(&group.segments) {
                if let Some(other) = seen.insert(id, &group.id) {
                    let problem = format!("{id} is in the groups {other} and {}", group.id);
                    return Err(fault(&place, problem, "keep it in one, or totals would count it twice"));
                }
            }
        }
        Ok(())
    }
}

fn check_segment(place: &str, chain: &Chain, segment: &str) -> Result<(), ChainFault> {
    if segment.is_empty() || chain.segments.iter().any(|known| known.id == segment) {
        return Ok(());
    }
    Err(fault(place, format!("the segment {segment} is not one of this chain"), "name one of its [[chain.segment]] ids"))
}

fn check_span(place: &str, from: NaiveDate, until: Option<NaiveDate>) -> Result<(), ChainFault> {
    if until.is_some_and(|until| until <= from) {
        return Err(fault(place, "valid_until is not after valid_from".into(), "write the first day on which it is valid no more"));
    }
    Ok(())
}

fn fault(place: &str, problem: String, hint: &str) -> ChainFault {
    ChainFault { place: place.to_owned(), problem, hint: hint.to_owned() }
}
