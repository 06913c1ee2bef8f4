//! Agreed investment (协议投资额) and its fixed part, with exactly the bands of the published figures.

use chrono::Days;

use super::signings::reserved;
use super::work::Work;
use super::{Bearer, Corrected, Correction, Plan};
use crate::calendar::{Month, day};
use crate::carriers::CARRIERS;
use crate::draw::Draw;
use crate::places::SourceKind;

/// One 亿元.
const YI: i64 = 100_000_000;
/// Of the signings of January to May 2022: so many of 10–50亿元, besides one above 50亿元 and one that a correction lifts to 10亿元.
const LARGE_2022: usize = 11;
/// The same of 2021.
const LARGE_2021: usize = 10;

/// Sets every amount, and plans the corrections of amounts, dates and names.
pub(super) fn set(plan: &mut Plan) {
    let mut draw = Draw::of(plan.seed, "amounts", [0, 0]);
    for number in 0..plan.projects.len() {
        let yuan = usual(&mut draw);
        set_agreed(plan, &mut draw, number, yuan);
    }
    let free = |plan: &Plan, first: Month, last: Month| -> Vec<usize> {
        let within = |project: &&super::Project| project.signed.is_some_and(|signed| (first..=last).contains(&signed.month));
        plan.projects
            .iter()
            .filter(|project| !project.reserved && project.investor.place.kind != SourceKind::Abroad)
            .filter(within)
            .map(|project| project.number)
            .collect()
    };
    let mut now = free(plan, Month::FIRST_OF_2022, Month::LAST);
    draw.shuffle(&mut now);
    // The largest one goes to a carrier that has a target for its band.
    now.sort_by_key(|number| !matches!(CARRIERS[plan.projects[*number].carrier].id, "suixi" | "gaoxin"));
    let giant = now.remove(0);
    let yuan = draw.between(520, 780) * YI / 10;
    set_agreed(plan, &mut draw, giant, yuan);
    draw.shuffle(&mut now);
    let mut before: Vec<usize> = free(plan, Month::all().next().unwrap_or(Month::LAST), Month::LAST)
        .into_iter()
        .filter(|number| plan.projects[*number].signed.is_some_and(|signed| signed.month < Month::FIRST_OF_2022))
        .collect();
    draw.shuffle(&mut before);
    for number in now.into_iter().take(LARGE_2022).chain(before.into_iter().take(LARGE_2021)) {
        let top = 150 + draw.between(0, 150);
        let yuan = draw.between(100, top) * YI / 10;
        set_agreed(plan, &mut draw, number, yuan);
    }
    set_dollars(plan, &mut draw);
    correct(plan, &mut draw);
}

/// Most are 1–5亿元.
fn usual(draw: &mut Draw) -> i64 {
    let hundredths = match draw.below(100) {
        0..=14 => draw.between(20, 99),
        15..=87 => 100 + draw.between(0, 400).min(draw.between(0, 400)),
        _ => draw.between(500, 960),
    };
    hundredths * (YI / 100)
}

fn set_agreed(plan: &mut Plan, draw: &mut Draw, number: usize, yuan: i64) {
    let project = &mut plan.projects[number];
    project.agreed_yuan = yuan;
    // Whole 100万元, 55–85 % of the agreed sum.
    project.planned_fixed_yuan = yuan * draw.between(55, 85) / 100 / 1_000_000 * 1_000_000;
}

/// Contracts with investors from abroad are often in dollars: 20–60 million, far from every band's bound.
fn set_dollars(plan: &mut Plan, draw: &mut Draw) {
    const NOMINAL_YUAN_PER_DOLLAR: i64 = 65;
    for project in &mut plan.projects {
        if project.investor.place.country.is_empty() || project.signed.is_none() {
            continue;
        }
        let wan = draw.between(20, 60) * 100;
        project.dollars_wan = Some(wan);
        project.agreed_yuan = wan * 10_000 * NOMINAL_YUAN_PER_DOLLAR / 10;
        project.planned_fixed_yuan = 0;
    }
}

/// The corrections that every sample holds.
fn correct(plan: &mut Plan, draw: &mut Draw) {
    // 12.6亿元 was 8.6亿元: from 15 April on one fewer is above 10亿元.
    if let Some(number) = reserved(plan, "suixi", 13) {
        set_agreed(plan, draw, number, 126 * YI / 10);
        plan.projects[number].dollars_wan = None;
        let bearer = Bearer::OwnFile(day(2022, 4, 15));
        plan.corrections.push(Correction { project: number, bearer, corrected: Corrected::Agreed(86 * YI / 10) });
    }
    // 4.8亿元 was 10.8亿元: from 31 May on one more.
    if let Some(number) = reserved(plan, "duji", 14) {
        set_agreed(plan, draw, number, 48 * YI / 10);
        plan.projects[number].dollars_wan = None;
        let bearer = Bearer::Workbook(Month::LAST);
        plan.corrections.push(Correction { project: number, bearer, corrected: Corrected::Agreed(108 * YI / 10) });
    }
    // 32000 typed in a table of 亿元, beside a fixed part of the right size: meant were 3.2亿元.
    if let Some(number) = reserved(plan, "gaoxin", 7)
        && let Some(month) = plan.projects[number].signed.and_then(|signed| signed.month.after(2))
    {
        set_agreed(plan, draw, number, 32 * YI / 10);
        plan.projects[number].agreed_yuan = 32_000 * YI;
        plan.projects[number].dollars_wan = None;
        plan.corrections.push(Correction { project: number, bearer: Bearer::Workbook(month), corrected: Corrected::Agreed(32 * YI / 10) });
    }
    // A day of signing that was wrong by two days.
    if let Some(number) = reserved(plan, "lieshan", 13)
        && let Some(signed) = plan.projects[number].signed
        && let Some(month) = signed.month.after(1)
    {
        let happened = if signed.happened > signed.month.first() + Days::new(2) {
            signed.happened - Days::new(2)
        } else {
            signed.happened + Days::new(2)
        };
        plan.corrections.push(Correction { project: number, bearer: Bearer::Workbook(month), corrected: Corrected::SignedOn(happened) });
    }
    // A new name; rows under the old one stay the same project.
    if let Some(number) = reserved(plan, "meihuagong", 7)
        && let Some(month) = plan.projects[number].signed.and_then(|signed| signed.month.after(2))
    {
        let old = &plan.projects[number].work;
        let renamed = Work { name: format!("{}（更名）", old.name), ..old.clone() };
        plan.corrections.push(Correction {
            project: number,
            bearer: Bearer::Workbook(month),
            corrected: Corrected::Renamed(Box::new(renamed)),
        });
    }
}
