//! How fast reviews are (审核时效): by week and by reviewer, what was decided, and what is overdue now.

use std::collections::BTreeMap;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use chrono::{Days, NaiveDate};
use qunlian_domain::access::Right;
use qunlian_domain::claim::State as Stage;
use qunlian_domain::figures::print;
use qunlian_domain::notice::Week;
use qunlian_domain::review::{Move, Round, Said, Turnaround, rounds};
use qunlian_registry::{Claim, ClaimEvent, ClaimFilter};
use serde::Serialize;

use super::due::{self, Objected};
use super::pace_charts::{self, Drawn};
use super::queue::WAITING;
use super::{blocking, carrier_name, page, term};
use crate::Shared;
use crate::app::Desk;
use crate::fault::Fault;
use crate::figure::{Cell, Column, Twin};
use crate::people::People;
use crate::visit::Visit;
use crate::who::Who;
use crate::words::Words;

/// Weeks that are shown, this one included.
const WEEKS: u64 = 12;
/// Days before them in which the submission of a decision is looked for.
const LONGEST_REVIEW: u64 = 400;
/// Decisions listed one by one.
const LISTED: usize = 50;
/// Waiting claims that are looked at.
const MOST_WAITING: usize = 5_000;

#[derive(Serialize)]
struct PaceView {
    summary: String,
    by_week: Vec<Drawn>,
    by_reviewer: Option<Drawn>,
    overdue: Twin,
    overdue_count: usize,
    decided: Twin,
    /// What the list is cut to: a week or a reviewer.
    chip: String,
    incomplete: bool,
    rule: String,
}

/// Decisions of one week, or of one reviewer.
pub(super) struct Group {
    pub id: String,
    pub label: String,
    pub turnaround: Turnaround,
}

/// What the books say.
struct Found {
    groups: (Vec<Group>, Vec<Group>),
    all: Turnaround,
    listed: Vec<(Listed, i64, bool)>,
    overdue: Vec<(Claim, due::DueView)>,
    people: People,
    incomplete: bool,
}

/// A finished round with its claim.
struct Listed {
    claim: Claim,
    submitted_on: NaiveDate,
    decided_on: NaiveDate,
    by: String,
}

/// `GET /review/pace?week=2022-W22&by=reviewer-1`
pub(crate) async fn show(State(desk): State<Shared>, visit: Visit) -> Result<Response, Fault> {
    let words = visit.words();
    let week: Option<Week> = match visit.query.get("week") {
        Some(text) => Some(text.parse().map_err(|_| Fault::bad("bad.review_week", text))?),
        None => None,
    };
    let by = visit.query.get("by").map(str::to_owned);
    let (who, asked_by) = (visit.who.clone(), by.clone());
    let found = blocking(&desk, move |desk| find(desk, words, &who, week, asked_by.as_deref())).await?;
    let chip = match (week, &by) {
        (Some(week), _) => words.fill("review.pace.in_week", &[("week", &week.to_string())]),
        (None, Some(by)) => words.fill("review.pace.by_one", &[("who", &found.people.name(words, by))]),
        (None, None) => String::new(),
    };
    let view = PaceView {
        summary: summary(words, &found.all),
        by_week: pace_charts::by_week(words, &found.groups.0)?,
        by_reviewer: pace_charts::by_reviewer(words, &found.groups.1)?,
        overdue: overdue(&desk, words, &visit.who, &found),
        overdue_count: found.overdue.len(),
        decided: decided(&desk, words, &visit.who, &found),
        chip,
        incomplete: found.incomplete,
        rule: words.fill("review.pace.rule", &[("n", &desk.app.rules.city.procedure.review_days.to_string())]),
    };
    let queue = (words.t("nav.review"), "/review");
    let crumbs: &[(&str, &str)] = if visit.who.may(Right::Review) { &[queue] } else { &[] };
    page(&desk, &visit, ("review_pace.html", words.t("review.pace.title")), crumbs, StatusCode::OK, view)
}

fn find(desk: &Desk, words: Words, who: &Who, week: Option<Week>, by: Option<&str>) -> Result<Found, Fault> {
    let books = &desk.app.books;
    let people = People::read(books.as_ref())?;
    let (term, today) = (term(desk), desk.today());
    let this_week = Week::of(today);
    let first = this_week.monday().checked_sub_days(Days::new(7 * (WEEKS - 1))).unwrap_or(today);
    let from = first.checked_sub_days(Days::new(LONGEST_REVIEW)).unwrap_or(first);
    let events = books.events_between(from, today)?;
    let rounds: Vec<Round<'_>> = rounds(events.iter().filter_map(as_move)).into_iter().filter(|round| round.decided_on >= first).collect();
    let turnaround = |rounds: &[&Round<'_>]| {
        let days: Vec<(NaiveDate, NaiveDate)> = rounds.iter().map(|round| (round.submitted_on, round.decided_on)).collect();
        term.turnaround(&days)
    };
    let mut weeks = Vec::new();
    let mut week_at = Week::of(first);
    while week_at <= this_week {
        let of_week: Vec<&Round<'_>> = rounds.iter().filter(|round| week_at.holds(round.decided_on)).collect();
        let label = week_at.monday().format("%-m/%-d").to_string();
        weeks.push(Group { id: week_at.to_string(), label, turnaround: turnaround(&of_week) });
        week_at = week_at.next();
    }
    let mut reviewers: BTreeMap<&str, Vec<&Round<'_>>> = BTreeMap::new();
    for round in &rounds {
        reviewers.entry(round.by).or_default().push(round);
    }
    let reviewer = |(login, rounds): (&str, Vec<&Round<'_>>)| Group {
        id: login.to_owned(),
        label: people.name(words, login),
        turnaround: turnaround(&rounds),
    };
    let mut reviewers: Vec<Group> = reviewers.into_iter().map(reviewer).collect();
    reviewers.sort_by(|left, right| right.turnaround.count.cmp(&left.turnaround.count).then_with(|| left.id.cmp(&right.id)));
    let asked = |round: &&Round<'_>| week.is_none_or(|week| week.holds(round.decided_on)) && by.is_none_or(|by| round.by == by);
    let mut listed = Vec::new();
    for round in rounds.iter().rev().filter(asked) {
        if listed.len() == LISTED {
            break;
        }
        let Some(claim) = books.find_claim(round.claim)?.filter(|claim| who.scope.holds(&claim.carrier_id)) else { continue };
        let (used, in_time) = (term.used(round.submitted_on, round.decided_on), round.decided_on <= term.due(round.submitted_on).on);
        let listed_round =
            Listed { claim, submitted_on: round.submitted_on, decided_on: round.decided_on, by: people.name(words, round.by) };
        listed.push((listed_round, used, in_time));
    }
    let all = turnaround(&rounds.iter().collect::<Vec<_>>());
    let overdue = overdue_now(desk, words, who)?;
    let announced = |day: NaiveDate| term.due(day).announced;
    let incomplete = rounds.iter().any(|round| !announced(round.submitted_on)) || overdue.iter().any(|(_, due)| due.incomplete);
    Ok(Found { groups: (weeks, reviewers), all, listed, overdue, people, incomplete })
}

fn as_move(event: &ClaimEvent) -> Option<Move<'_>> {
    let said = Said::of(&event.action, Stage::from_id(&event.state)?)?;
    Some(Move { claim: event.claim, said, on: event.on, by: &event.by })
}

fn overdue_now(desk: &Desk, words: Words, who: &Who) -> Result<Vec<(Claim, due::DueView)>, Fault> {
    let filter = ClaimFilter { scope: who.scope.clone(), states: WAITING.to_vec(), limit: MOST_WAITING, ..ClaimFilter::default() };
    let waiting = desk.app.books.claims(&filter)?;
    let objected = Objected::of(&desk.app.books.objections(None)?);
    let (term, today) = (term(desk), desk.today());
    let mut overdue = Vec::new();
    for claim in waiting {
        let Some(standing) = objected.standing(&term, &claim, today).filter(|standing| standing.overdue) else { continue };
        overdue.push((claim, due::view(words, &standing)));
    }
    overdue.sort_by(|left, right| left.1.on.cmp(&right.1.on));
    Ok(overdue)
}

fn summary(words: Words, all: &Turnaround) -> String {
    if all.count == 0 {
        return words.t("review.pace.none").to_owned();
    }
    let fills = [
        ("weeks", WEEKS.to_string()),
        ("count", all.count.to_string()),
        ("median", median(all)),
        ("share", words.percent(all.in_time_percent())),
        ("in_time", all.in_time.to_string()),
    ];
    words.fill("review.pace.summary", &fills.each_ref().map(|(name, value)| (*name, value.as_str())))
}

/// `2`, `2.5`, `—`.
pub(super) fn median(turnaround: &Turnaround) -> String {
    let text = print(turnaround.median_days, 1);
    text.strip_suffix(".0").map_or(text.clone(), str::to_owned)
}

/// A project's name, hidden from all but reviewers when it is confidential; the link is theirs too.
fn project(words: Words, who: &Who, claim: &Claim) -> Cell {
    if who.may(Right::Review) {
        return Cell::text(&claim.project_name).link(format!("/review/{}", claim.id));
    }
    Cell::text(if claim.confidential { words.t("review.confidential_name") } else { claim.project_name.as_str() })
}

fn overdue(desk: &Desk, words: Words, who: &Who, found: &Found) -> Twin {
    let titles = ["table.project", "review.matter", "table.carrier", "review.due", "review.due_on", "review.holder"];
    let now = desk.now();
    let row = |(claim, due): &(Claim, due::DueView)| {
        let holder = match (&claim.holder, claim.held_since) {
            (Some(holder), Some(since)) => format!("{} · {}", found.people.name(words, holder), due::span(words, since, now)),
            _ => words.t("review.nobody").to_owned(),
        };
        vec![
            project(words, who, claim),
            Cell::text(claim.matter.name()),
            Cell::text(carrier_name(desk, &claim.carrier_id)),
            Cell::text(due.text(words)).whole().tone(due.cell_tone()),
            Cell::text(&due.on),
            Cell::text(holder),
        ]
    };
    Twin { columns: titles.map(|key| Column::text(words.t(key))).into(), rows: found.overdue.iter().map(row).collect() }
}

fn decided(desk: &Desk, words: Words, who: &Who, found: &Found) -> Twin {
    let titles = ["table.project", "review.matter", "table.carrier", "review.submitted_on", "review.decided_on"];
    let mut columns: Vec<Column> = titles.map(|key| Column::text(words.t(key))).into();
    columns.push(Column::number(words.t("review.pace.days")));
    columns.extend(["review.pace.in_time", "review.pace.reviewer"].map(|key| Column::text(words.t(key))));
    let row = |(round, used, in_time): &(Listed, i64, bool)| {
        let (mark, tone) = if *in_time { ("review.pace.yes", "good") } else { ("review.pace.no", "bad") };
        vec![
            project(words, who, &round.claim),
            Cell::text(round.claim.matter.name()),
            Cell::text(carrier_name(desk, &round.claim.carrier_id)),
            Cell::text(round.submitted_on.to_string()),
            Cell::text(round.decided_on.to_string()),
            Cell::number(used.to_string()),
            Cell::text(words.t(mark)).whole().tone(tone),
            Cell::text(&round.by),
        ]
    };
    Twin { columns, rows: found.listed.iter().map(row).collect() }
}
