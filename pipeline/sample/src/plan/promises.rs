//! What carriers promise (计划开工 计划竣工) and how it slips: half is kept, the rest is late, moved, or never done.
//!
//! Every project's promise follows from its own draws and facts alone, so a change to one project moves no other.

use chrono::{Datelike, Days, Months, NaiveDate};

use super::oddities::choose;
use super::{CellOddity, Plan, Project, SheetKind};
use crate::calendar::Month;
use crate::draw::Draw;
use crate::styles::{Column, PromiseForm, STYLES};

/// What a project promises, as a careful reader must take it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Promise {
    /// In the row of the signing.
    pub start: Option<NaiveDate>,
    pub completion: Option<NaiveDate>,
    /// Later months whose signing sheet lists the project again with another start (and completion).
    pub moves: Vec<Move>,
    /// Restated in the row of the start.
    pub completion_at_start: Option<NaiveDate>,
}

/// A promise that is moved (改期).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Move {
    pub month: Month,
    pub start: NaiveDate,
    pub completion: NaiveDate,
}

impl Promise {
    /// Start and completion as the signing sheet of a month states them.
    pub fn stated_in(&self, month: Month) -> (Option<NaiveDate>, Option<NaiveDate>) {
        let moved = self.moves.iter().rfind(|moved| moved.month <= month);
        moved.map_or((self.start, self.completion), |moved| (Some(moved.start), Some(moved.completion)))
    }
}

/// Adds what cannot be meant: hopes instead of days, a wrong year, a completion before its start.
pub(super) fn add_oddities(plan: &mut Plan) {
    let mut draw = Draw::of(plan.seed, "odd promises", [0, 0]);
    let mut taken: Vec<usize> = plan.oddities.cells.iter().map(|cell| cell.0).collect();
    taken.extend(plan.oddities.extras.iter().filter_map(|extra| extra.project()));
    taken.extend(plan.projects.iter().map(|project| project.number).filter(|number| !plan.promise_of(*number).moves.is_empty()));
    for (oddity, count) in [(CellOddity::PromiseInWords, 2), (CellOddity::PromiseBeforeSigning, 1), (CellOddity::PromiseOrder, 1)] {
        let states = |project: &Project| STYLES[project.carrier].columns_of(SheetKind::Signed).contains(&Column::PlannedStart);
        for project in choose(plan, &mut draw, &mut taken, SheetKind::Signed, count, states) {
            plan.oddities.cells.push((project, SheetKind::Signed, oddity));
        }
    }
}

impl Plan {
    /// What a project promises; nothing for carriers that ask for no plan and for projects signed before the sample.
    pub fn promise_of(&self, number: usize) -> Promise {
        let project = &self.projects[number];
        let form = STYLES[project.carrier].promises;
        let Some(signed) = project.signed.filter(|_| form != PromiseForm::None) else { return Promise::default() };
        let mut draw = Draw::of(self.seed, "promise", [number as u64, 0]);
        let kept = draw.percent(48);
        let start = match project.started {
            Some(started) if kept => started.happened + Days::new(draw.below(45)),
            Some(started) => started.happened - Days::new(draw.below(150) + 3),
            None => signed.happened + Days::new(draw.below(210) + 50),
        };
        // A contract is signed some weeks before anyone promises to build.
        let start = as_written(&mut draw, start.max(signed.happened + Days::new(20)), form);
        let works = Days::new(draw.below(330) + 150);
        let completion = as_written(&mut draw, start + works, form);
        let mut promise = Promise { start: Some(start), completion: Some(completion), ..Promise::default() };
        if self.may_move(project) {
            add_moves(&mut promise, &mut draw, project, signed.month);
        }
        let (_, completion) = promise.stated_in(Month::LAST);
        let restates = STYLES[project.carrier].columns_of(SheetKind::Started).contains(&Column::PlannedCompletion);
        let later = Days::new(draw.below(120) + 45);
        let slips = draw.percent(30);
        let restated = |completion: NaiveDate| if slips { as_written(&mut draw, completion + later, form) } else { completion };
        promise.completion_at_start = completion.filter(|_| restates).map(restated);
        self.spoil(number, &mut promise);
        promise
    }

    /// True when a month's signing sheet lists the project again because its promise is moved.
    pub fn moves_in(&self, number: usize, month: Month) -> bool {
        self.promise_of(number).moves.iter().any(|moved| moved.month == month)
    }

    /// A row that is odd, repeated or corrected is odd enough without a second promise.
    fn may_move(&self, project: &Project) -> bool {
        let revoked = project.signed.is_some_and(|signed| signed.revoked_in.is_some());
        !project.reserved
            && !revoked
            && self.oddities.of(project.number, SheetKind::Signed).next().is_none()
            && !self.oddities.extras.iter().any(|extra| extra.project() == Some(project.number))
            && !self.corrections.iter().any(|correction| correction.project == project.number)
    }

    /// What a reader must not believe is no promise.
    fn spoil(&self, number: usize, promise: &mut Promise) {
        for oddity in self.oddities.of(number, SheetKind::Signed) {
            match oddity {
                CellOddity::PromiseInWords | CellOddity::PromiseBeforeSigning => promise.start = None,
                CellOddity::PromiseOrder => promise.completion = promise.start.map(|start| closing(start - Months::new(2))),
                _ => {}
            }
        }
    }
}

/// When the day has passed and nothing has begun, four in ten promise another one, some of them twice.
fn add_moves(promise: &mut Promise, draw: &mut Draw, project: &Project, signed: Month) {
    let form = STYLES[project.carrier].promises;
    let (Some(mut start), Some(mut completion)) = (promise.start, promise.completion) else { return };
    for _ in 0..2 {
        let due = Month::containing(start).and_then(|month| month.after(1)).filter(|month| *month > signed);
        let Some(month) = due.filter(|_| draw.percent(40)) else { return };
        if project.started.is_some_and(|started| started.month <= month) {
            return;
        }
        let later = draw.below(120) + 60;
        start = as_written(draw, start + Days::new(later), form);
        completion = as_written(draw, completion + Days::new(later), form).max(start + Days::new(31));
        completion = if form == PromiseForm::Day { completion } else { closing(completion) };
        promise.moves.push(Move { month, start, completion });
    }
}

/// Plans are made for months more than for days; a carrier that writes months means their last day.
fn as_written(draw: &mut Draw, day: NaiveDate, form: PromiseForm) -> NaiveDate {
    let whole_month = draw.percent(70);
    if whole_month || form != PromiseForm::Day { closing(day) } else { day }
}

/// The last day of a month.
fn closing(day: NaiveDate) -> NaiveDate {
    let first = day.with_day(1).unwrap_or(day);
    first + Months::new(1) - Days::new(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn promises_follow_the_signing_and_moves_go_forward() {
        for seed in 0..10 {
            let plan = Plan::new(seed, &[]).unwrap();
            let (mut promised, mut moved, mut overdue) = (0, 0, 0);
            for project in &plan.projects {
                let promise = plan.promise_of(project.number);
                let Some(signed) = project.signed else {
                    assert_eq!(promise, Promise::default());
                    continue;
                };
                let mut last = promise.start;
                promised += usize::from(last.is_some());
                assert!(promise.start.is_none_or(|start| start > signed.happened));
                for step in &promise.moves {
                    assert!(Some(step.start) > last && step.completion > step.start && step.month > signed.month);
                    assert!(project.started.is_none_or(|started| started.month > step.month));
                    last = Some(step.start);
                    moved += 1;
                }
                overdue += usize::from(project.started.is_none() && promise.start.is_some_and(|start| start < Month::LAST.last()));
            }
            assert!(promised > 250 && moved >= 20 && overdue >= 40, "seed {seed}: {promised} promised, {moved} moved, {overdue} overdue");
        }
    }

    #[test]
    fn a_month_ends_on_its_last_day() {
        assert_eq!(closing(crate::calendar::day(2022, 2, 3)), crate::calendar::day(2022, 2, 28));
        assert_eq!(closing(crate::calendar::day(2022, 12, 31)), crate::calendar::day(2022, 12, 31));
    }
}
