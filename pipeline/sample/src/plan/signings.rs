//! Signings (新签约) of the seventeen months, and the few of them that are kept aside for corrections and revocations.

use chrono::Days;

use super::work::Work;
use super::{Fact, Makers, Plan, Project};
use crate::calendar::{Month, weekday_between};
use crate::carriers::{CARRIERS, Flow, carrier_at, monthly};
use crate::draw::Draw;
use crate::places::{Place, draw_places};
use crate::products::CHAINS;
use crate::styles::STYLES;

/// Signings that will be revoked: carrier, month of the signing, month of the revocation. They come on top.
const REVOKED: [(&str, u8, u8); 2] = [("duji", 2, 5), ("gaoxin", 13, 15)];

/// Adds every signing, month by month.
pub(super) fn add(plan: &mut Plan, makers: &mut Makers) {
    let counts: Vec<[u64; 17]> = (0..CARRIERS.len()).map(|carrier| monthly(plan.seed, carrier, Flow::Signed)).collect();
    let mut draw = Draw::of(plan.seed, "signings", [0, 0]);
    let mut waiting: Vec<Place> = Vec::new();
    for month in Month::all() {
        if matches!(month.position(), 0 | 5 | 12) {
            let next = if month.position() == 0 {
                0..5
            } else if month.position() == 5 {
                5..12
            } else {
                12..17
            };
            let count: u64 = next.map(|position| counts.iter().map(|months| months[position]).sum::<u64>()).sum();
            waiting = draw_places(&mut draw, count as usize);
        }
        for (carrier, months) in counts.iter().enumerate() {
            for _ in 0..months[month.position()] {
                let Some(place) = waiting.pop() else { continue };
                let project = sign(plan, makers, &mut draw, carrier, month, place);
                plan.projects.push(project);
            }
        }
        for (id, signed, revoked) in REVOKED {
            if usize::from(signed) == month.position()
                && let Some(carrier) = carrier_at(id)
                && let Some(place) = draw_places(&mut draw, 1).pop()
            {
                let mut project = sign(plan, makers, &mut draw, carrier, month, place);
                project.reserved = true;
                if let Some(fact) = &mut project.signed {
                    fact.revoked_in = month.after(revoked - signed);
                }
                plan.projects.push(project);
            }
        }
    }
}

/// Positions of signings kept without later rows, by carrier and month; used by corrections and odd rows.
const RESERVED: [(&str, u8); 6] = [("suixi", 13), ("duji", 14), ("lieshan", 13), ("meihuagong", 7), ("gaoxin", 7), ("suixi", 8)];

/// Keeps the first free signing of each of [`RESERVED`] aside.
pub(super) fn reserve(plan: &mut Plan) {
    for (id, month) in RESERVED {
        let free = |project: &&mut Project| {
            !project.reserved
                && CARRIERS[project.carrier].id == id
                && project.signed.is_some_and(|signed| signed.month.position() >= usize::from(month))
        };
        if let Some(project) = plan.projects.iter_mut().find(free) {
            project.reserved = true;
        }
    }
}

/// The reserved signing of a carrier nearest after a month, of those not revoked.
pub(super) fn reserved(plan: &Plan, id: &str, month: u8) -> Option<usize> {
    let fits = |project: &&Project| {
        project.reserved
            && CARRIERS[project.carrier].id == id
            && project.signed.is_some_and(|signed| signed.revoked_in.is_none() && signed.month.position() >= usize::from(month))
    };
    plan.projects.iter().find(fits).map(|project| project.number)
}

fn sign(plan: &Plan, makers: &mut Makers, draw: &mut Draw, carrier: usize, month: Month, place: Place) -> Project {
    let mut project = blank(plan, makers, draw, carrier, place);
    let recognised = recognised_in(draw, carrier, month);
    let happened = if STYLES[carrier].states_recognition() {
        recognised - Days::new(draw.below(17) + 4)
    } else {
        weekday_between(draw, month.first(), month.last())
    };
    project.signed = Some(Fact { month, happened, recognised, revoked_in: None });
    project
}

/// A project with nothing but its identity.
pub(super) fn blank(plan: &Plan, makers: &mut Makers, draw: &mut Draw, carrier: usize, place: Place) -> Project {
    let chain = draw.weighted(&CARRIERS[carrier].chain_weights);
    Project {
        number: plan.projects.len(),
        carrier,
        work: Work::draw(draw, chain, &mut makers.names),
        investor: makers.registry.draw(draw, place, &CHAINS[chain]),
        agreed_yuan: 0,
        dollars_wan: None,
        planned_fixed_yuan: 0,
        signed: None,
        started: None,
        completed: None,
        in_production: None,
        reserved: false,
        building_since_before: false,
    }
}

/// A recognition date in a month: the row's own, or the workbook's closing day.
pub(super) fn recognised_in(draw: &mut Draw, carrier: usize, month: Month) -> chrono::NaiveDate {
    if !STYLES[carrier].states_recognition() {
        return month.last();
    }
    weekday_between(draw, month.first() + Days::new(4), month.last())
}
