//! Where a claim stands (办理状态), in words: with whom it is, since when, and when it is due.

use chrono::NaiveDate;
use qunlian_domain::claim::{Claim as OnItsWay, State};
use qunlian_domain::review::ReviewTerm;
use qunlian_registry::Claim;
use serde::Serialize;

use crate::app::Desk;
use crate::people::People;
use crate::shell::clock_time;
use crate::words::Words;

use super::shown::day_text;

/// A claim's state in words.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct StandingView {
    pub id: &'static str,
    pub name: String,
    /// Tone of the lamp, and the shape that says the same without colour.
    pub tone: &'static str,
    pub shape: &'static str,
    /// 示例审核员 办理中 · 应于6月3日前办结, ...
    pub detail: String,
    pub overdue: bool,
}

/// The claim of a filing to speak of: what is under way, else what was done last.
pub(crate) fn leading(claims: &[Claim]) -> Option<&Claim> {
    let under_way = |claim: &&Claim| !matches!(claim.standing.state, State::Recognised | State::Revoked | State::Withdrawn);
    claims.iter().rev().find(under_way).or_else(|| claims.last())
}

/// The lamp of a state.
pub(crate) fn lamp(state: State) -> (&'static str, &'static str) {
    match state {
        State::Draft | State::Withdrawn => ("", "○"),
        State::Submitted | State::SecondReview | State::Approved | State::Noticed => ("", "◐"),
        State::Returned | State::Objected => ("warn", "▲"),
        State::Recognised => ("ok", "●"),
        State::Revoked => ("bad", "■"),
    }
}

/// A claim's state with what is to be known of it today.
pub(crate) fn standing(desk: &Desk, words: Words, claim: &Claim, people: &People) -> StandingView {
    let state = claim.standing.state;
    let (tone, shape) = lamp(state);
    let mut parts = Vec::new();
    if state.waits_for_review() {
        parts.push(match &claim.holder {
            Some(login) => {
                let since = claim.held_since.map(|time| clock_time(&time.to_rfc3339(), words)).unwrap_or_default();
                words.fill("stands.held", &[("person", &people.name(words, login)), ("since", &since)])
            }
            None => words.t("stands.waits").to_owned(),
        });
    }
    let term = term_words(desk, words, claim);
    let overdue = term.as_ref().is_some_and(|(_, overdue)| *overdue);
    parts.extend(term.map(|(text, _)| text));
    parts.extend(further(desk, words, claim));
    StandingView {
        id: state.id(),
        name: words.named("filing_state", state.id(), state.name()),
        tone: if overdue { "bad" } else { tone },
        shape: if overdue { "■" } else { shape },
        detail: parts.join(words.t("stands.and")),
        overdue,
    }
}

/// When the review is due, and whether that day is over.
fn term_words(desk: &Desk, words: Words, claim: &Claim) -> Option<(String, bool)> {
    if !matches!(claim.standing.state, State::Submitted | State::SecondReview) {
        return None;
    }
    let (city, today) = (&desk.app.rules.city, desk.today());
    let term = ReviewTerm::new(&city.workdays, city.procedure.review_days).standing(claim.submitted_on?, today);
    let due = day_text(words, term.due.on, today);
    let text = if term.overdue {
        words.fill("stands.overdue", &[("day", &due), ("days", &(-term.left).max(1).to_string())])
    } else {
        words.fill("stands.due", &[("day", &due)])
    };
    let note = if term.calendar_incomplete { words.t("stands.calendar") } else { "" };
    Some((format!("{text}{note}"), term.overdue))
}

fn further(desk: &Desk, words: Words, claim: &Claim) -> Option<String> {
    let today = desk.today();
    let on = |key: &str, day: Option<NaiveDate>| day.map(|day| words.fill(key, &[("day", &day_text(words, day, today))]));
    match claim.standing.state {
        State::Draft => Some(words.t("stands.draft").to_owned()),
        State::Returned => Some(words.t("stands.returned").to_owned()),
        State::Approved => Some(words.t("stands.approved").to_owned()),
        State::Noticed => {
            let way = desk.app.rules.city.procedure.way(claim.matter, claim.confidential);
            on("stands.noticed", OnItsWay::restore(claim.standing.clone()).notice_ends(&way))
        }
        State::Recognised => on("stands.recognised", claim.standing.recognised_on),
        State::Revoked => on("stands.revoked", claim.revoked_on.or(claim.decided_on)),
        State::Submitted | State::SecondReview | State::Objected | State::Withdrawn => None,
    }
}
