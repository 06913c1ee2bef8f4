//! What becomes of the signings (开工, 竣工, 投产), and the older projects that the sample meets half-way.

use chrono::{Days, NaiveDate};

use super::signings::{blank, recognised_in};
use super::{Fact, Makers, Plan};
use crate::calendar::{Month, weekday_between};
use crate::carriers::{CARRIERS, Flow, carrier_at, monthly};
use crate::draw::Draw;
use crate::places::draw_places;
use crate::styles::STYLES;

/// A start that will be revoked, on top of the others: carrier, month of the start, months until the revocation.
const REVOKED_START: (&str, u8, u8) = ("suixi", 14, 2);

/// Adds starts and completions, month by month, and a few projects that only build.
pub(super) fn add(plan: &mut Plan, makers: &mut Makers) {
    let mut draw = Draw::of(plan.seed, "lives", [0, 0]);
    for carrier in 0..CARRIERS.len() {
        for _ in 0..3 {
            let older = older_project(plan, makers, &mut draw, carrier);
            plan.projects[older].building_since_before = true;
            plan.projects[older].reserved = true;
        }
        let starts = monthly(plan.seed, carrier, Flow::Started);
        let completions = monthly(plan.seed, carrier, Flow::Completed);
        for month in Month::all() {
            for _ in 0..starts[month.position()] {
                start_one(plan, makers, &mut draw, carrier, month);
            }
            if carrier_at(REVOKED_START.0) == Some(carrier) && usize::from(REVOKED_START.1) == month.position() {
                let project = start_one(plan, makers, &mut draw, carrier, month);
                plan.projects[project].reserved = true;
                if let Some(fact) = &mut plan.projects[project].started {
                    fact.revoked_in = month.after(REVOKED_START.2);
                }
            }
            for _ in 0..completions[month.position()] {
                complete_one(plan, makers, &mut draw, carrier, month);
            }
        }
    }
}

fn start_one(plan: &mut Plan, makers: &mut Makers, draw: &mut Draw, carrier: usize, month: Month) -> usize {
    let older_percent = match month.position() {
        0..=4 => 70,
        5..=11 => 40,
        _ => 10,
    };
    let waiting: Vec<usize> = plan
        .projects
        .iter()
        .filter(|project| project.carrier == carrier && project.started.is_none() && !project.reserved)
        .filter(|project| project.signed.is_some_and(|signed| signed.month < month))
        .map(|project| project.number)
        .collect();
    let project = if waiting.is_empty() || draw.percent(older_percent) {
        older_project(plan, makers, draw, carrier)
    } else {
        // Of two, the one that waits longer: projects start in about the order of their signing.
        waiting[draw.position(waiting.len()).min(draw.position(waiting.len()))]
    };
    let after = plan.projects[project].signed.map(|signed| signed.happened);
    plan.projects[project].started = Some(fact(draw, carrier, month, after));
    project
}

fn complete_one(plan: &mut Plan, makers: &mut Makers, draw: &mut Draw, carrier: usize, month: Month) {
    let older_percent = match month.position() {
        0..=5 => 100,
        6..=11 => 55,
        _ => 20,
    };
    let building: Vec<usize> = plan
        .projects
        .iter()
        .filter(|project| project.carrier == carrier && project.completed.is_none() && !project.reserved)
        .filter(|project| project.started.and_then(|started| started.month.after(5)).is_some_and(|ready| ready <= month))
        .map(|project| project.number)
        .collect();
    let project = if building.is_empty() || draw.percent(older_percent) {
        let older = older_project(plan, makers, draw, carrier);
        plan.projects[older].building_since_before = true;
        older
    } else {
        draw.pick(&building)
    };
    let after = plan.projects[project].started.map(|started| started.happened);
    let completed = fact(draw, carrier, month, after);
    plan.projects[project].completed = Some(completed);
    if draw.percent(45) {
        let running = weekday_between(draw, completed.happened, month.last());
        plan.projects[project].in_production = Some(running);
    }
}

/// A project signed before the sample begins.
fn older_project(plan: &mut Plan, makers: &mut Makers, draw: &mut Draw, carrier: usize) -> usize {
    if makers.places.is_empty() {
        makers.places = draw_places(draw, 200);
    }
    let number = plan.projects.len();
    if let Some(place) = makers.places.pop() {
        let project = blank(plan, makers, draw, carrier, place);
        plan.projects.push(project);
    }
    number
}

/// A milestone reported in a month, never before the one it follows.
fn fact(draw: &mut Draw, carrier: usize, month: Month, after: Option<NaiveDate>) -> Fact {
    let recognised = recognised_in(draw, carrier, month);
    let happened = if STYLES[carrier].states_recognition() {
        recognised - Days::new(draw.below(15) + 3)
    } else {
        weekday_between(draw, month.first(), month.last())
    };
    let happened = after.map_or(happened, |after| happened.max(after + Days::new(6))).min(recognised);
    Fact { month, happened, recognised, revoked_in: None }
}
