//! The form of a joint check: parts with their papers, the offices, what they confirmed.

use chrono::{Datelike, NaiveDate};
use qunlian_domain::score::InputUnit;
use qunlian_domain::score::recognition::{ClaimedPart, InvestmentClaim, JointCheck, Part, Proof, RecognitionRule};
use qunlian_registry::InvestmentCheck;
use serde::Serialize;

use super::super::center::{figure_text, read_figure, sent};
use super::listed::Project;
use crate::form::{Troubles, line};
use crate::reader::Reader;

/// Offices of one check.
const MOST_OFFICES: usize = 20;

/// The form as it is shown.
#[derive(Serialize)]
pub(super) struct FormView {
    project: String,
    name: String,
    carrier: String,
    /// In 万元.
    counted: String,
    correct: String,
    withdrawn: bool,
    on: String,
    parts: Vec<PartView>,
    offices: String,
    confirmed: String,
    evidence: String,
}

#[derive(Serialize)]
struct PartView {
    id: &'static str,
    name: &'static str,
    counts: bool,
    yuan: String,
    fiscal: String,
    proofs: Vec<ProofView>,
}

#[derive(Serialize)]
struct ProofView {
    id: &'static str,
    name: &'static str,
    checked: bool,
}

/// What was typed.
pub(super) struct Typed {
    pairs: Vec<(String, String)>,
    /// Id of the check that is corrected.
    pub correct: Option<i64>,
    pub withdrawn: bool,
}

impl Typed {
    pub fn sent(pairs: &[(String, String)]) -> Self {
        Self { pairs: pairs.to_vec(), correct: sent(pairs, "correct").parse().ok(), withdrawn: sent(pairs, "withdrawn") == "yes" }
    }

    /// A check as it stands, to be corrected; else an empty form of today.
    pub fn of(check: Option<&InvestmentCheck>, today: NaiveDate) -> Self {
        let Some(check) = check else {
            return Self { pairs: vec![("on".to_owned(), today.to_string())], correct: None, withdrawn: false };
        };
        let mut pairs = vec![("on".to_owned(), check.on.to_string()), ("evidence".to_owned(), check.evidence.clone())];
        for part in &check.parts {
            let id = part.part.id();
            pairs.push((format!("yuan-{id}"), figure_text(InputUnit::Yuan, part.yuan)));
            pairs.push((format!("fiscal-{id}"), figure_text(InputUnit::Yuan, part.fiscal_yuan)));
            pairs.extend(part.proofs.iter().map(|proof| (format!("proof-{id}"), proof.id().to_owned())));
        }
        if let Some(held) = &check.joint_check {
            pairs.push(("offices".to_owned(), held.offices.join("\n")));
            pairs.push(("confirmed".to_owned(), figure_text(InputUnit::Yuan, held.confirmed_yuan)));
        }
        Self { pairs, correct: Some(check.id), withdrawn: false }
    }

    fn get(&self, name: &str) -> &str {
        sent(&self.pairs, name)
    }

    fn proofs(&self, part: Part) -> Vec<Proof> {
        let name = format!("proof-{}", part.id());
        Proof::ALL.into_iter().filter(|proof| self.pairs.iter().any(|(key, value)| *key == name && value == proof.id())).collect()
    }

    pub fn view(&self, rule: Option<&RecognitionRule>, project: &Project) -> FormView {
        let ruled = |part: Part| rule.and_then(|rule| rule.parts.iter().find(|ruled| ruled.part == part));
        let part = |part: Part| {
            let shown = self.proofs(part);
            let proof = |proof: &Proof| ProofView { id: proof.id(), name: proof.name(), checked: shown.contains(proof) };
            PartView {
                id: part.id(),
                name: part.name(),
                counts: ruled(part).is_some_and(|ruled| ruled.counts),
                yuan: self.get(&format!("yuan-{}", part.id())).to_owned(),
                fiscal: self.get(&format!("fiscal-{}", part.id())).to_owned(),
                proofs: ruled(part).map_or_else(Vec::new, |ruled| ruled.proofs.iter().map(proof).collect()),
            }
        };
        FormView {
            project: project.id.clone(),
            name: project.name.clone(),
            carrier: project.carrier.clone(),
            counted: figure_text(InputUnit::Yuan, project.counted_yuan),
            correct: self.correct.map_or_else(String::new, |id| id.to_string()),
            withdrawn: self.withdrawn,
            on: self.get("on").to_owned(),
            parts: Part::ALL.map(part).into(),
            offices: self.get("offices").to_owned(),
            confirmed: self.get("confirmed").to_owned(),
            evidence: self.get("evidence").to_owned(),
        }
    }
}

/// The day of the check, within the year and not to come.
pub(super) fn read_day(typed: &Typed, year: i32, today: NaiveDate, troubles: &mut Troubles) -> NaiveDate {
    let read = typed.get("on").parse::<NaiveDate>().ok().filter(|day| day.year() == year && *day <= today);
    read.unwrap_or_else(|| {
        troubles.add("on", format!("请填写{year}年内已经发生的日期，如 {year}-03-20"));
        super::no_day()
    })
}

/// The claim with the check, as far as one was held.
pub(super) fn read_claim(reader: &Reader, year: i32, typed: &Typed, on: NaiveDate, troubles: &mut Troubles) -> InvestmentClaim {
    let mut parts = Vec::new();
    for part in Part::ALL {
        let mut amount = |name: String| {
            read_figure(reader, InputUnit::Yuan, year, typed.get(&name)).unwrap_or_else(|problem| {
                troubles.add(name, problem);
                None
            })
        };
        let (yuan, fiscal) = (amount(format!("yuan-{}", part.id())), amount(format!("fiscal-{}", part.id())));
        if yuan.unwrap_or(0) > 0 || fiscal.unwrap_or(0) > 0 {
            let (yuan, fiscal_yuan) = (yuan.unwrap_or(0), fiscal.unwrap_or(0));
            parts.push(ClaimedPart { part, yuan, fiscal_yuan, proofs: typed.proofs(part) });
        }
    }
    if parts.is_empty() {
        troubles.add("yuan-works", "请至少填写一项申报金额");
    }
    InvestmentClaim { parts, joint_check: read_check(reader, year, typed, on, troubles) }
}

/// Offices and what they confirmed go together: without both no check was held.
fn read_check(reader: &Reader, year: i32, typed: &Typed, on: NaiveDate, troubles: &mut Troubles) -> Option<JointCheck> {
    let offices: Vec<String> = typed.get("offices").lines().filter_map(|office| line(office, 60)).collect();
    let confirmed = read_figure(reader, InputUnit::Yuan, year, typed.get("confirmed")).unwrap_or_else(|problem| {
        troubles.add("confirmed", problem);
        None
    });
    if offices.len() > MOST_OFFICES {
        troubles.add("offices", format!("参加部门至多{MOST_OFFICES}个"));
    }
    match confirmed {
        None if offices.is_empty() => None,
        None => {
            troubles.add("confirmed", "请填写联合核查确认的金额");
            None
        }
        Some(_) if offices.is_empty() => {
            troubles.add("offices", "请填写参加核查的部门，一行一个");
            None
        }
        Some(confirmed_yuan) => Some(JointCheck { on, offices, confirmed_yuan }),
    }
}
