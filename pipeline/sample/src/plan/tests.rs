//! The plan keeps to the published figures for every seed, and its lives make sense.

use super::*;
use crate::carriers::CARRIERS;

#[test]
fn lives_run_forward() {
    for seed in 0..20 {
        let plan = Plan::new(seed, &[]).unwrap();
        for project in &plan.projects {
            let days: Vec<NaiveDate> =
                [project.signed, project.started, project.completed].into_iter().flatten().map(|fact| fact.happened).collect();
            assert!(days.is_sorted(), "seed {seed}: {project:?}");
            for fact in [project.signed, project.started, project.completed].into_iter().flatten() {
                assert!(fact.happened <= fact.recognised && fact.recognised <= fact.month.last(), "seed {seed}: {fact:?}");
                assert!(fact.recognised >= fact.month.first(), "seed {seed}: {fact:?}");
            }
            if let (Some(running), Some(completed)) = (project.in_production, project.completed) {
                assert!(running >= completed.happened && running <= completed.month.last());
            }
        }
    }
}

#[test]
fn numbers_are_positions_and_names_never_repeat() {
    let plan = Plan::new(7, &[]).unwrap();
    let mut names = BTreeSet::new();
    for (position, project) in plan.projects.iter().enumerate() {
        assert_eq!(project.number, position);
        assert!(names.insert(project.work.name.as_str()));
        assert!(names.insert(Box::leak(project.investor.name().into_boxed_str())));
    }
}

#[test]
fn every_sample_holds_its_corrections_and_revocations() {
    for seed in 0..20 {
        let plan = Plan::new(seed, &[]).unwrap();
        assert_eq!(plan.corrections.len(), 6, "seed {seed}: {:?}", plan.corrections);
        let revoked = |fact: Option<Fact>| fact.is_some_and(|fact| fact.revoked_in.is_some());
        assert_eq!(plan.projects.iter().filter(|project| revoked(project.signed)).count(), 2);
        assert_eq!(plan.projects.iter().filter(|project| revoked(project.started)).count(), 1);
        for correction in &plan.corrections {
            let project = &plan.projects[correction.project];
            let begins = project.signed.map_or(NaiveDate::MIN, |signed| signed.recognised);
            assert!(correction.bearer.known_from() > begins || matches!(correction.corrected, Corrected::Fixed(..)));
        }
    }
}

#[test]
fn every_oddity_finds_its_place() {
    for seed in 0..20 {
        let plan = Plan::new(seed, &[]).unwrap();
        for wanted in [
            CellOddity::MonthOnly,
            CellOddity::ChineseDate,
            CellOddity::FullWidth,
            CellOddity::About,
            CellOddity::UnitSlip,
            CellOddity::PhoneInContent,
            CellOddity::WrongCreditCode,
            CellOddity::FutureProduction,
            CellOddity::StartBeforeSigning,
            CellOddity::PlannedInWords,
            CellOddity::PlannedRange,
            CellOddity::PlannedFormulaError,
            CellOddity::ProductionNoSuchDay,
            CellOddity::ProductionInWords,
            CellOddity::ProductionSentinel,
            CellOddity::PromiseInWords,
            CellOddity::PromiseBeforeSigning,
            CellOddity::PromiseOrder,
        ] {
            assert!(plan.oddities.cells.iter().any(|cell| cell.2 == wanted), "seed {seed}: no {wanted:?}");
        }
        let dollars = plan.projects.iter().filter(|project| project.dollars_wan.is_some()).count();
        assert!(dollars >= 2, "seed {seed}: {dollars} contracts in dollars");
        assert_eq!(plan.oddities.extras.len(), 16, "seed {seed}: {:?}", plan.oddities.extras);
    }
}

#[test]
fn waiting_and_building_projects_remain() {
    let plan = Plan::new(7, &[]).unwrap();
    let waiting = plan.projects.iter().filter(|project| project.signed.is_some() && project.started.is_none()).count();
    let building = plan.projects.iter().filter(|project| project.started.is_some() && project.in_production.is_none()).count();
    assert!(waiting > 100 && building > 60, "{waiting} waiting, {building} building");
    for carrier in 0..CARRIERS.len() {
        assert!(plan.fixed.iter().any(|amount| plan.projects[amount.project].carrier == carrier));
    }
}
