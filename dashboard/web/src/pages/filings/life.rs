//! The life of a filing (项目历程): its milestones with their days, what counts of them, and what may be claimed next.

use chrono::NaiveDate;
use qunlian_domain::claim::State;
use qunlian_domain::filing::Matter;
use qunlian_domain::project::Milestone;
use qunlian_registry::{Claim, Filing};
use serde::Serialize;

use crate::words::Words;

use super::shown::day_text;
use super::standing::lamp;

/// One milestone of the line.
#[derive(Debug, Serialize)]
pub(super) struct LifeView {
    pub label: String,
    /// Empty while it has not been stated.
    pub day: String,
    /// 已认定 6月11日, 待审核, 未到
    pub state: String,
    pub tone: &'static str,
    pub shape: &'static str,
}

/// What may be claimed now.
#[derive(Debug, Default)]
pub(super) struct Matters {
    pub milestones: Vec<Milestone>,
    pub investment: bool,
    pub change: bool,
    pub status: bool,
    pub deletion: bool,
}

impl Matters {
    pub(super) fn allow(&self, matter: &Matter) -> bool {
        match matter {
            Matter::Project => false,
            Matter::Milestone(milestone) => self.milestones.contains(milestone),
            Matter::Investment(..) => self.investment,
            Matter::Change => self.change,
            Matter::Status => self.status,
            Matter::Deletion => self.deletion,
        }
    }
}

/// What may be claimed of a filing: nothing before its own review, nothing twice at a time, no milestone again.
pub(super) fn open_matters(filing: &Filing, claims: &[Claim]) -> Matters {
    if filing.deleted_on.is_some() || filing.facts.is_empty() {
        return Matters::default();
    }
    let is_under_way = |matter: &Matter| claims.iter().any(|claim| claim.matter == *matter && is_under_way(claim.standing.state));
    let is_stated = |milestone: Milestone| filing.facts.day(&date_field(milestone)).is_some();
    Matters {
        milestones: Milestone::ALL
            .into_iter()
            .filter(|milestone| !is_stated(*milestone) && !is_under_way(&Matter::Milestone(*milestone)))
            .collect(),
        investment: true,
        change: !is_under_way(&Matter::Change),
        status: !is_under_way(&Matter::Status),
        deletion: !is_under_way(&Matter::Deletion),
    }
}

fn is_under_way(state: State) -> bool {
    !matches!(state, State::Recognised | State::Revoked | State::Withdrawn)
}

fn date_field(milestone: Milestone) -> String {
    format!("{}_on", milestone.id())
}

/// The line from signing to capacity.
pub(super) fn line(words: Words, filing: &Filing, claims: &[Claim], today: NaiveDate) -> Vec<LifeView> {
    Milestone::ALL.into_iter().map(|milestone| one(words, filing, claims, milestone, today)).collect()
}

fn one(words: Words, filing: &Filing, claims: &[Claim], milestone: Milestone, today: NaiveDate) -> LifeView {
    let field = date_field(milestone);
    let speaks = |claim: &&Claim| {
        let submitted = !matches!(claim.standing.state, State::Withdrawn | State::Draft);
        submitted && (claim.matter == Matter::Milestone(milestone) || claim.matter == Matter::Project) && claim.values.day(&field).is_some()
    };
    // What counts goes before what is under way, and the later before the earlier.
    let claim = claims.iter().filter(speaks).max_by_key(|claim| (claim.standing.state == State::Recognised, claim.id));
    let label = words.named("stage", milestone.id(), milestone.name());
    let Some(claim) = claim else {
        return LifeView { label, day: String::new(), state: words.t("life.ahead").to_owned(), tone: "ahead", shape: "○" };
    };
    let day = claim.values.day(&field).or_else(|| filing.facts.day(&field));
    let state = claim.standing.state;
    let (tone, shape) = lamp(state);
    let text = match claim.standing.recognised_on {
        Some(on) => words.fill("life.recognised", &[("day", &day_text(words, on, today))]),
        None => words.named("filing_state", state.id(), state.name()),
    };
    LifeView { label, day: day.map(|day| day_text(words, day, today)).unwrap_or_default(), state: text, tone, shape }
}
