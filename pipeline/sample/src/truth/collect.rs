//! Gathers the truth: the plan's own figures, then the place of every oddity as the tables are laid out.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::known::{counts, fact_of, known_on};
use super::{
    AmountCell, CountCell, EarlierAmount, EarlierChain, FaultTruth, FileTruth, InvestmentTruth, MilestoneTruth, ProjectTruth, PromiseTruth,
    RegionTruth, SheetTruth, SigningTruth, Truth,
};
use crate::calendar::{Month, day};
use crate::carriers::CARRIERS;
use crate::plan::{CellOddity, Corrected, Plan, Severity, SheetKind};
use crate::products::CHAINS;
use crate::sheets::{Draft, Mark, Odd, Workbook};

/// Collects the truth of one sample.
#[derive(Debug)]
pub struct Collector {
    truth: Truth,
}

const MILESTONES: [(SheetKind, &str); 3] =
    [(SheetKind::Signed, "signed"), (SheetKind::Started, "started"), (SheetKind::Completed, "completed")];

impl Collector {
    /// Everything that follows from the plan alone.
    pub fn new(plan: &Plan) -> Self {
        let last = Month::LAST.last();
        let mut days: Vec<NaiveDate> = Month::all().map(Month::last).collect();
        // Around the corrections of April.
        days.extend([day(2022, 4, 14), day(2022, 4, 15), day(2022, 4, 19), day(2022, 4, 20)]);
        days.extend(plan.corrections.iter().flat_map(|correction| {
            let known = correction.bearer.known_from();
            [known, known.pred_opt().unwrap_or(known)]
        }));
        days.sort_unstable();
        days.dedup();
        Self {
            truth: Truth {
                label: "synthetic sample, all of it made up (示例数据，全部虚构)",
                seed: plan.seed,
                known_on: last,
                cells: cells(plan, last),
                fixed_assets: fixed_assets(plan, last),
                totals: days.into_iter().map(|day| known_on(plan, day)).collect(),
                signings_2022: signings(plan, last),
                projects: projects(plan, last),
                milestones: milestones(plan, last),
                investments: investments(plan, last),
                promises: promises(plan),
                faults: Vec::new(),
                files: Vec::new(),
            },
        }
    }

    /// Takes in a laid-out file: its sheets and the places of its oddities.
    pub fn add(&mut self, workbook: &Workbook, draft: &Draft) {
        let mut sheets = Vec::new();
        for (kind, table) in &draft.tables {
            sheets.push(SheetTruth {
                sheet: table.name.clone(),
                kind: kind.map(kind_id),
                header_row: table.header_rows.end,
                good_rows: table.good_rows,
            });
            for mark in &table.marks {
                self.truth.faults.push(fault(&draft.name, &table.name, mark));
            }
        }
        self.truth.files.push(FileTruth {
            file: draft.name.clone(),
            carrier: CARRIERS[workbook.carrier].id,
            month: workbook.month.first(),
            reported_on: workbook.reported_on,
            corrects: workbook.corrects,
            sheets,
        });
    }

    /// The whole truth.
    pub fn finish(self) -> Truth {
        self.truth
    }
}

fn kind_id(kind: SheetKind) -> &'static str {
    match kind {
        SheetKind::Signed => "signed",
        SheetKind::Started => "started",
        SheetKind::Completed => "completed",
        SheetKind::FixedAssets => "fixed_assets",
    }
}

fn cells(plan: &Plan, last: NaiveDate) -> Vec<CountCell> {
    let mut counted: BTreeMap<(&str, NaiveDate, &str, &str, &str), u32> = BTreeMap::new();
    for project in &plan.projects {
        for (kind, milestone) in MILESTONES {
            let Some(fact) = fact_of(project, kind) else { continue };
            if !counts(project, kind, fact.recognised, last) {
                continue;
            }
            let month = Month::containing(fact.recognised).unwrap_or(fact.month).first();
            let chain = CHAINS[plan.work_on(project.number, last).chain].id;
            let key = (milestone, month, CARRIERS[project.carrier].id, chain, project.investor.place.region());
            *counted.entry(key).or_default() += 1;
        }
    }
    counted
        .into_iter()
        .map(|((milestone, month, carrier, chain, region), count)| CountCell { milestone, month, carrier, chain, region, count })
        .collect()
}

fn fixed_assets(plan: &Plan, last: NaiveDate) -> Vec<AmountCell> {
    let mut summed: BTreeMap<(NaiveDate, &str), i64> = BTreeMap::new();
    for amount in &plan.fixed {
        let carrier = CARRIERS[plan.projects[amount.project].carrier].id;
        *summed.entry((amount.month.first(), carrier)).or_default() += plan.fixed_on(amount, last) * 10_000;
    }
    summed.into_iter().map(|((month, carrier), yuan)| AmountCell { month, carrier, yuan }).collect()
}

fn signings(plan: &Plan, last: NaiveDate) -> Vec<SigningTruth> {
    let mut signings = Vec::new();
    for (index, number) in plan.signings_2022.iter().enumerate() {
        let project = &plan.projects[*number];
        let Some(signed) = project.signed else { continue };
        let later = project.started.is_some() || project.completed.is_some();
        let builds = plan.fixed.iter().any(|amount| amount.project == *number);
        let corrected = plan.corrections.iter().any(|correction| correction.project == *number);
        let odd = plan.oddities.extras.iter().any(|extra| extra.project() == Some(*number));
        signings.push(SigningTruth {
            index,
            project: *number,
            carrier: CARRIERS[project.carrier].id,
            chain: CHAINS[plan.work_on(*number, last).chain].id,
            region: project.investor.place.region(),
            recognised_on: signed.recognised,
            agreed_yuan: plan.agreed_on(*number, last),
            alone: !(later || builds || corrected || odd || !plan.promise_of(*number).moves.is_empty()),
        });
    }
    signings
}

fn projects(plan: &Plan, last: NaiveDate) -> Vec<ProjectTruth> {
    plan.projects
        .iter()
        .map(|project| {
            let work = plan.work_on(project.number, last);
            let place = &project.investor.place;
            let mut truth = ProjectTruth {
                project: project.number,
                carrier: CARRIERS[project.carrier].id,
                name: work.name.clone(),
                previous_names: Vec::new(),
                investor: project.investor.name(),
                credit_code: project.investor.credit_code.clone(),
                product: work.product,
                chain: CHAINS[work.chain].id,
                region: RegionTruth {
                    kind: place.kind,
                    province_code: place.province_code,
                    city_code: place.city_code,
                    country: place.country,
                },
                agreed_yuan: plan.agreed_on(project.number, last),
                dollars_wan: project.dollars_wan,
                earlier_agreed: Vec::new(),
                earlier_chains: Vec::new(),
            };
            for correction in plan.corrections.iter().filter(|correction| correction.project == project.number) {
                let known_until = correction.bearer.known_from();
                match &correction.corrected {
                    Corrected::Agreed(_) => truth.earlier_agreed.push(EarlierAmount { yuan: project.agreed_yuan, known_until }),
                    Corrected::Renamed(_) => {
                        truth.previous_names.push(project.work.name.clone());
                        truth.earlier_chains.push(EarlierChain { chain: CHAINS[project.work.chain].id, known_until });
                    }
                    Corrected::SignedOn(_) | Corrected::Fixed(..) => {}
                }
            }
            truth
        })
        .collect()
}

fn milestones(plan: &Plan, last: NaiveDate) -> Vec<MilestoneTruth> {
    let mut milestones = Vec::new();
    for project in &plan.projects {
        for (kind, milestone) in MILESTONES {
            let Some(fact) = fact_of(project, kind) else { continue };
            let happened = match kind {
                SheetKind::Signed => plan.signed_on(project.number, last),
                SheetKind::Started => plan.started_on(project.number),
                _ => Some(fact.happened),
            };
            let happened = happened.unwrap_or(fact.happened);
            let month_only = plan.oddities.of(project.number, kind).any(|oddity| oddity == CellOddity::MonthOnly);
            milestones.push(MilestoneTruth {
                project: project.number,
                milestone,
                happened_on: if month_only { chrono::Datelike::with_day(&happened, 1).unwrap_or(happened) } else { happened },
                month_only,
                recognised_on: fact.recognised,
                revoked_on: fact.revoked_on(),
            });
        }
        if let (Some(happened_on), Some(completed)) = (project.in_production, project.completed) {
            milestones.push(MilestoneTruth {
                project: project.number,
                milestone: "in_production",
                happened_on,
                month_only: false,
                recognised_on: completed.recognised,
                revoked_on: None,
            });
        }
    }
    milestones
}

fn investments(plan: &Plan, last: NaiveDate) -> Vec<InvestmentTruth> {
    plan.fixed
        .iter()
        .map(|amount| {
            let is_its = |month: Month| month == amount.month;
            let correction = plan.corrections.iter().find(|correction| {
                correction.project == amount.project && matches!(correction.corrected, Corrected::Fixed(month, _) if is_its(month))
            });
            InvestmentTruth {
                project: amount.project,
                month: amount.month.first(),
                recognised_on: amount.month.last(),
                yuan: plan.fixed_on(amount, last) * 10_000,
                earlier: correction
                    .map(|correction| EarlierAmount { yuan: amount.wan * 10_000, known_until: correction.bearer.known_from() }),
            }
        })
        .collect()
}

/// What is promised at the end of the sample, what was promised first, how often it was moved in between.
fn promises(plan: &Plan) -> Vec<PromiseTruth> {
    let mut promises = Vec::new();
    for project in &plan.projects {
        let promise = plan.promise_of(project.number);
        let starts = promise.start.into_iter().chain(promise.moves.iter().map(|moved| moved.start));
        let restated = promise.completion_at_start.filter(|_| project.started.is_some());
        let completions = promise.completion.into_iter().chain(promise.moves.iter().map(|moved| moved.completion)).chain(restated);
        let told: [(&str, Vec<NaiveDate>); 2] = [("start", starts.collect()), ("completion", completions.collect())];
        for (promised, days) in told {
            let (Some(first), Some(last)) = (days.first(), days.last()) else { continue };
            let moved = days.windows(2).filter(|pair| pair[0] != pair[1]).count();
            promises.push(PromiseTruth { project: project.number, promised, first_on: *first, planned_on: *last, moved });
        }
    }
    promises
}

fn fault(file: &str, sheet: &str, mark: &Mark) -> FaultTruth {
    let (kind, expected) = expectation(&mark.odd);
    FaultTruth {
        file: file.to_owned(),
        sheet: sheet.to_owned(),
        row: mark.row,
        column: mark.column,
        header: mark.header.clone(),
        value: mark.value.clone(),
        kind,
        problem: expected.map(|(problem, _)| problem),
        severity: expected.map(|(_, severity)| severity),
    }
}

/// What was done, and the complaint that a careful reader makes about it.
fn expectation(odd: &Odd) -> (&'static str, Option<(&'static str, Severity)>) {
    match odd {
        Odd::Cell(oddity) => (oddity.id(), oddity.problem()),
        Odd::UnitUnseen => ("unit_changed", None),
        Odd::RepeatedRow => ("repeated_row", Some(("repeated_row", Severity::RowLeftOut))),
        Odd::RepeatedNextMonth => ("repeated_next_month", None),
        Odd::Postponed => ("postponed", None),
        Odd::Shifted => ("shifted_row", Some(("column_shifted", Severity::Questioned))),
        Odd::Nameless => ("nameless_row", Some(("name_missing", Severity::RowLeftOut))),
        Odd::NameOnly => ("name_only_row", Some(("row_nearly_empty", Severity::RowLeftOut))),
        Odd::WithoutDate => ("without_date", Some(("milestone_date_missing", Severity::Questioned))),
        Odd::UnknownColumn => ("unknown_column", Some(("column_unknown", Severity::Questioned))),
        Odd::Instructions => ("instructions", Some(("sheet_not_read", Severity::Questioned))),
        Odd::RepeatedHeader => ("repeated_header", None),
        Odd::HiddenEmptyRow => ("hidden_empty_row", None),
        Odd::TotalRow => ("total_row", None),
        Odd::GroupRow => ("group_row", None),
        Odd::Corrected => ("corrected_row", None),
        Odd::Revoked => ("revoked_row", None),
    }
}
