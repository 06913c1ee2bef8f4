//! The known projects, findable by bigrams, so that one check looks at thousands of them in milliseconds.

use std::collections::{BTreeMap, HashMap};

use chrono::Datelike;

use super::essence::{self, Essence, Noise};
use super::likeness::{Amounts, Bigram, Pair, bigrams, investor_likeness, name_likeness};
use super::{Candidate, Finding, Known, Verdict};
use crate::credit_code::CreditCode;
use crate::procedure::DuplicateLimits;
use crate::project;
use crate::text::fold;

/// All known projects of a city, kept in memory beside the books.
#[derive(Debug, Default)]
pub struct DuplicateIndex {
    noise: Noise,
    entries: Vec<Entry>,
    by_id: HashMap<String, u32>,
    /// Both keys of [`project::keys`].
    by_key: HashMap<u64, Vec<u32>>,
    by_code: HashMap<String, Vec<u32>>,
    names: HashMap<Bigram, Vec<u32>>,
    investors: HashMap<Bigram, Vec<u32>>,
}

#[derive(Debug)]
struct Entry {
    known: Known,
    traits: Traits,
    /// False when it was replaced or removed: it is then skipped.
    stands: bool,
}

/// What is compared of a project, computed once.
#[derive(Debug)]
struct Traits {
    folded_name: String,
    folded_investor: String,
    name: Essence,
    investor: String,
    name_pairs: Vec<Bigram>,
    investor_pairs: Vec<Bigram>,
    /// Normalised; empty when missing or wrong.
    code: String,
    keys: project::ProjectKeys,
}

/// Bigrams that a candidate shares with an entry.
#[derive(Debug, Clone, Copy, Default)]
struct Shared {
    names: u16,
    investors: u16,
    /// Found by key or code, whatever the names are like.
    certain: bool,
}

/// Names less alike than this are not looked at, unless code or investor point at them.
const LEAST_NAME_LIKENESS: f64 = 0.2;

impl DuplicateIndex {
    /// Takes all known projects. Of two with one id the later one stands.
    pub fn new(noise: Noise, known: impl IntoIterator<Item = Known>) -> Self {
        let mut index = Self { noise, ..Self::default() };
        for project in known {
            index.insert(project);
        }
        index
    }

    /// Number of projects that stand.
    pub fn len(&self) -> usize {
        self.by_id.len()
    }

    pub fn is_empty(&self) -> bool {
        self.by_id.is_empty()
    }

    /// Puts a project in, in place of the one with its id.
    pub fn insert(&mut self, known: Known) {
        self.remove(&known.id);
        let traits = Traits::of(&known.name, &known.investor, &known.credit_code, &self.noise);
        let Ok(at) = u32::try_from(self.entries.len()) else { return };
        for pair in &traits.name_pairs {
            self.names.entry(*pair).or_default().push(at);
        }
        for pair in &traits.investor_pairs {
            self.investors.entry(*pair).or_default().push(at);
        }
        self.by_key.entry(traits.keys.by_name).or_default().push(at);
        if let Some(key) = traits.keys.by_code {
            self.by_key.entry(key).or_default().push(at);
        }
        if !traits.code.is_empty() {
            self.by_code.entry(traits.code.clone()).or_default().push(at);
        }
        self.by_id.insert(known.id.clone(), at);
        self.entries.push(Entry { known, traits, stands: true });
    }

    /// Takes a project out; nothing happens when it is not there.
    pub fn remove(&mut self, id: &str) {
        let Some(at) = self.by_id.remove(id) else { return };
        if let Some(entry) = self.entries.get_mut(at as usize) {
            entry.stands = false;
        }
    }

    /// What a candidate may be a duplicate of: certain ones first, then by likeness, then by first report.
    pub fn find(&self, candidate: &Candidate<'_>, limits: &DuplicateLimits) -> Vec<Finding<'_>> {
        let traits = Traits::of(candidate.name, candidate.investor, candidate.credit_code, &self.noise);
        let likely = f64::from(limits.likely_percent) / 100.0;
        let mut findings: Vec<Finding<'_>> = Vec::new();
        for (at, shared) in self.shared(&traits) {
            let Some(entry) = self.entries.get(at as usize) else { continue };
            if !entry.stands || (!candidate.own_id.is_empty() && entry.known.id == candidate.own_id) {
                continue;
            }
            findings.extend(judge(candidate, &traits, entry, shared, likely));
        }
        findings.sort_by(|left, right| {
            let pressing = left.verdict.cmp(&right.verdict).then(right.score.total_cmp(&left.score));
            pressing.then_with(|| (left.known.reported_on, &left.known.id).cmp(&(right.known.reported_on, &right.known.id)))
        });
        findings.truncate(limits.most_shown);
        findings
    }

    /// Every entry that has anything in common with a candidate.
    fn shared(&self, traits: &Traits) -> BTreeMap<u32, Shared> {
        let mut counts = vec![Shared::default(); self.entries.len()];
        let mut certain = |postings: Option<&Vec<u32>>| {
            for at in postings.into_iter().flatten() {
                counts[*at as usize].certain = true;
            }
        };
        certain(self.by_key.get(&traits.keys.by_name));
        certain(traits.keys.by_code.and_then(|key| self.by_key.get(&key)));
        certain(self.by_code.get(&traits.code));
        for pair in &traits.name_pairs {
            for at in self.names.get(pair).into_iter().flatten() {
                counts[*at as usize].names += 1;
            }
        }
        for pair in &traits.investor_pairs {
            for at in self.investors.get(pair).into_iter().flatten() {
                counts[*at as usize].investors += 1;
            }
        }
        let worth = |at: usize, shared: &Shared| {
            let pairs = self.entries[at].traits.name_pairs.len();
            shared.certain || name_likeness(usize::from(shared.names), traits.name_pairs.len(), pairs) >= LEAST_NAME_LIKENESS
        };
        let found = counts.into_iter().enumerate().filter(|(at, shared)| worth(*at, shared));
        found.filter_map(|(at, shared)| Some((u32::try_from(at).ok()?, shared))).collect()
    }
}

impl Traits {
    fn of(name: &str, investor: &str, credit_code: &str, noise: &Noise) -> Self {
        let code = CreditCode::parse(credit_code).map(|code| code.as_str().to_owned()).unwrap_or_default();
        let essence = essence::of_project(name, noise);
        let firm = essence::of_investor(investor, noise);
        // No name is so long that its pairs do not fit: forms bound it, and what is beyond tells nothing.
        let pairs = |text: &str| bigrams(text).into_iter().take(usize::from(u16::MAX)).collect::<Vec<_>>();
        Self {
            folded_name: fold(name),
            folded_investor: fold(investor),
            name_pairs: pairs(&essence.text),
            investor_pairs: pairs(&firm),
            keys: project::keys(name, investor, &code, &mut String::new()),
            name: essence,
            investor: firm,
            code,
        }
    }
}

fn judge<'k>(candidate: &Candidate<'_>, asked: &Traits, entry: &'k Entry, shared: Shared, likely: f64) -> Option<Finding<'k>> {
    let held = &entry.traits;
    let yuan = (candidate.agreed_yuan, entry.known.agreed_yuan);
    let both_say = !asked.investor.is_empty() && !held.investor.is_empty();
    let pair = Pair {
        name: name_likeness(usize::from(shared.names), asked.name_pairs.len(), held.name_pairs.len()),
        investor: both_say.then(|| {
            let shared = usize::from(shared.investors);
            investor_likeness(&asked.investor, &held.investor, shared, asked.investor_pairs.len(), held.investor_pairs.len())
        }),
        same_folded_name: asked.folded_name == held.folded_name,
        same_folded_investor: both_say && asked.folded_investor == held.folded_investor,
        same_code: (!asked.code.is_empty() && !held.code.is_empty()).then(|| asked.code == held.code),
        amounts: Amounts::of(yuan.0, yuan.1),
        phases: (asked.name.phase, held.name.phase),
        yuan,
    };
    // By the folded texts, not by their 64-bit keys alone: a collision must accuse nobody.
    let same = pair.same_folded_name && (pair.same_code == Some(true) || asked.folded_investor == held.folded_investor);
    let score = if same { 1.0 } else { pair.score() };
    let verdict = match () {
        () if asked.folded_name.is_empty() => return None,
        () if same => Verdict::Same,
        () if pair.other_phase() => Verdict::OtherPhase,
        () if score >= likely => Verdict::Likely,
        () => return None,
    };
    let mut reasons = pair.reasons();
    let first = entry.known.reported_on;
    reasons.push(match verdict {
        Verdict::OtherPhase => "同一合同内的后续期次不重复计算签约".to_owned(),
        _ => format!("已于{}年{}月{}日首报", first.year(), first.month(), first.day()),
    });
    Some(Finding { known: &entry.known, verdict, score, reasons })
}
