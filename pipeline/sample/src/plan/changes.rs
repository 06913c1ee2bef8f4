//! Applies the changes that tests ask for (变动) to a finished plan.

use super::oddities::CellOddity;
use super::work::Work;
use super::{Bearer, Corrected, Correction, Makers, Plan, SheetKind};
use crate::calendar::{Month, day};
use crate::carriers::carrier_at;
use crate::change::{Change, CorrectedField};
use crate::draw::Draw;
use crate::error::SampleError;
use crate::products::{CHAINS, chain_at};
use crate::styles::STYLES;

/// Applies one change.
pub(super) fn apply(plan: &mut Plan, makers: &mut Makers, change: &Change) -> Result<(), SampleError> {
    match *change {
        Change::DropSigning { index } => drop_signing(plan, signing(plan, index)?),
        Change::Carrier { index, to } => {
            let project = signing(plan, index)?;
            let carrier = carrier_at(to).ok_or_else(|| SampleError::NoSuchCarrier { id: to.to_owned() })?;
            move_to(plan, project, carrier);
        }
        Change::Chain { index, to } => {
            let project = signing(plan, index)?;
            let chain = chain_named(to)?;
            let mut draw = Draw::of(plan.seed, "chain changed", [project as u64, chain as u64]);
            let work = Work::draw(&mut draw, chain, &mut makers.names);
            let changed = &mut plan.projects[project];
            changed.investor = changed.investor.retraded(&mut draw, &CHAINS[chain]);
            changed.work = work;
        }
        Change::Unit { index } => change_unit(plan, index)?,
        Change::Correction { index, on, ref field } => correct(plan, makers, index, on, field)?,
    }
    Ok(())
}

fn signing(plan: &Plan, index: usize) -> Result<usize, SampleError> {
    let count = plan.signings_2022.len();
    plan.signings_2022.get(index).copied().ok_or(SampleError::NoSuchSigning { index, count })
}

fn chain_named(id: &str) -> Result<usize, SampleError> {
    chain_at(id).ok_or_else(|| SampleError::NoSuchChain { id: id.to_owned() })
}

fn drop_signing(plan: &mut Plan, project: usize) {
    plan.projects[project].signed = None;
    plan.oddities.forget(project, SheetKind::Signed);
    plan.oddities.cells.retain(|cell| !(cell.0 == project && cell.2 == CellOddity::StartBeforeSigning));
    plan.oddities.extras.retain(|extra| extra.project() != Some(project));
    plan.corrections.retain(|correction| correction.project != project || matches!(correction.corrected, Corrected::Fixed(..)));
}

fn move_to(plan: &mut Plan, project: usize, carrier: usize) {
    let moved = &mut plan.projects[project];
    moved.carrier = carrier;
    if STYLES[carrier].states_recognition() {
        return;
    }
    // The new carrier states no recognition dates: its workbooks' closing days stand for them.
    for fact in [&mut moved.signed, &mut moved.started, &mut moved.completed].into_iter().flatten() {
        fact.recognised = fact.month.last();
    }
}

fn change_unit(plan: &mut Plan, index: usize) -> Result<(), SampleError> {
    let project = signing(plan, index)?;
    if plan.projects[project].dollars_wan.is_some() {
        return Err(SampleError::Unfit { index, reason: "its amount is in dollars" });
    }
    // 10 万亿元 is as far as an amount may go.
    if plan.projects[project].agreed_yuan > 1_000_000_000 {
        return Err(SampleError::Unfit { index, reason: "its amount would be beyond 10 万亿元" });
    }
    plan.projects[project].agreed_yuan *= 10_000;
    plan.oddities.cells.retain(|cell| !(cell.0 == project && cell.2 == CellOddity::About));
    plan.oddities.cells.push((project, SheetKind::Signed, CellOddity::UnitChanged));
    Ok(())
}

fn correct(plan: &mut Plan, makers: &mut Makers, index: usize, on: chrono::NaiveDate, field: &CorrectedField) -> Result<(), SampleError> {
    let project = signing(plan, index)?;
    let signed = plan.projects[project].signed;
    if signed.is_none_or(|signed| on <= signed.recognised) || on > day(2022, 5, 31) {
        return Err(SampleError::Unfit { index, reason: "a correction comes after the signing and by 2022-05-31" });
    }
    if plan.corrections.iter().any(|correction| correction.project == project) {
        return Err(SampleError::Unfit { index, reason: "the sample corrects it already" });
    }
    let corrected = match *field {
        CorrectedField::Agreed { yuan } => Corrected::Agreed(yuan),
        CorrectedField::SignedOn { day } => Corrected::SignedOn(day),
        CorrectedField::Chain { to } => {
            let chain = chain_named(to)?;
            let mut draw = Draw::of(plan.seed, "chain corrected", [project as u64, chain as u64]);
            Corrected::Renamed(Box::new(Work::draw(&mut draw, chain, &mut makers.names)))
        }
        CorrectedField::Revoked => {
            let last = Month::containing(on).filter(|month| month.last() == on);
            let Some(month) = last else {
                return Err(SampleError::Unfit { index, reason: "a revocation stands in a month's workbook: give the month's last day" });
            };
            if let Some(fact) = &mut plan.projects[project].signed {
                fact.revoked_in = Some(month);
            }
            return Ok(());
        }
    };
    plan.corrections.push(Correction { project, bearer: Bearer::OwnFile(on), corrected });
    Ok(())
}
