//! Recognised fixed assets (认定固定资产投资): each carrier's month, shared among the projects that are building.

use super::{Bearer, Corrected, Correction, FixedAmount, Plan, Project};
use crate::calendar::{Month, day};
use crate::carriers::{CARRIERS, Flow, carrier_at, monthly};
use crate::draw::{Draw, apportion};

/// Projects in one carrier's table of one month.
const ROWS: usize = 14;
/// The correction that every sample holds: what was left out of one row of March 2022, in 万元.
const LEFT_OUT_WAN: i64 = 260;

/// Adds the amounts of every carrier and month; they add up to `carriers::CARRIERS` exactly.
pub(super) fn add(plan: &mut Plan) {
    let mut draw = Draw::of(plan.seed, "fixed assets", [0, 0]);
    for carrier in 0..CARRIERS.len() {
        let months = monthly(plan.seed, carrier, Flow::FixedAssets);
        for month in Month::all() {
            let mut building: Vec<usize> = plan
                .projects
                .iter()
                .filter(|project| project.carrier == carrier && is_building(project, month))
                .map(|project| project.number)
                .collect();
            draw.shuffle(&mut building);
            building.truncate(ROWS);
            building.sort_unstable();
            let weights: Vec<u64> = building.iter().map(|number| weight(&plan.projects[*number]) * (50 + draw.below(100))).collect();
            for (number, wan) in building.iter().zip(apportion(months[month.position()], &weights)) {
                if wan > 0 {
                    plan.fixed.push(FixedAmount { project: *number, month, wan: wan as i64 });
                }
            }
        }
    }
    correct(plan);
}

fn is_building(project: &Project, month: Month) -> bool {
    let begun =
        project.building_since_before || project.started.is_some_and(|started| started.month <= month && started.revoked_in.is_none());
    begun && project.completed.is_none_or(|completed| month <= completed.month)
}

/// Bigger projects build more; the biggest do not swallow the table.
fn weight(project: &Project) -> u64 {
    (project.planned_fixed_yuan / 10_000).clamp(2_000, 60_000) as u64
}

fn correct(plan: &mut Plan) {
    let Some(carrier) = carrier_at("gaoxin") else { return };
    let march = Month::of(2022, 3);
    let projects = &plan.projects;
    let largest = plan
        .fixed
        .iter_mut()
        .filter(|amount| Some(amount.month) == march && projects[amount.project].carrier == carrier)
        .max_by_key(|amount| amount.wan);
    if let Some(amount) = largest.filter(|amount| amount.wan > LEFT_OUT_WAN) {
        let right = amount.wan;
        amount.wan -= LEFT_OUT_WAN;
        let corrected = Corrected::Fixed(amount.month, right);
        plan.corrections.push(Correction { project: amount.project, bearer: Bearer::OwnFile(day(2022, 4, 20)), corrected });
    }
}
