//! How projects pass from one stage to the next (转化率), by cohort and by months since, with those still waiting counted right.

use chrono::NaiveDate;

use super::month::MonthNumber;
use crate::period::end_of_month;

/// What became of projects after they entered a stage (去向).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// The next stage was reached in this month.
    Reached(MonthNumber),
    /// Lost or abandoned in this month, before the next stage.
    Died(MonthNumber),
    Waiting,
}

/// Projects that entered a stage in the same month and share their fate (同批项目).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Passage {
    /// The month of entering, which names the cohort (批次): the signing month for signed to started.
    pub cohort: MonthNumber,
    pub fate: Fate,
    pub projects: u32,
}

impl Passage {
    /// One project as known on `as_of`: later facts have not happened. A project that reached the next stage counts as
    /// reached, whatever became of it afterwards. `None` when it had not entered the stage yet.
    pub fn of(entered: NaiveDate, reached: Option<NaiveDate>, died: Option<NaiveDate>, as_of: NaiveDate) -> Option<Self> {
        let known = |day: &NaiveDate| *day <= as_of;
        let fate = match (reached.filter(known), died.filter(known)) {
            (Some(day), _) => Fate::Reached(MonthNumber::of(day)),
            (None, Some(day)) => Fate::Died(MonthNumber::of(day)),
            (None, None) => Fate::Waiting,
        };
        known(&entered).then(|| Self { cohort: MonthNumber::of(entered), fate, projects: 1 })
    }

    /// Whole months from entering to the fate; facts dated before the entering count as its own month.
    fn fate_after(&self) -> Option<usize> {
        let (Fate::Reached(month) | Fate::Died(month)) = self.fate else { return None };
        Some(month.since(self.cohort).max(0) as usize)
    }

    fn reached_after(&self) -> Option<usize> {
        matches!(self.fate, Fate::Reached(_)).then(|| self.fate_after()).flatten()
    }

    fn died_after(&self) -> Option<usize> {
        matches!(self.fate, Fate::Died(_)).then(|| self.fate_after()).flatten()
    }
}

/// One month of a conversion curve, `months` after entering the stage (0 is the month of entering itself).
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct ConversionStep {
    pub months: u32,
    /// Projects seen through this whole month that had not reached the next stage before it, dead ones included.
    pub at_risk: u32,
    /// Of those, not dead before it.
    pub alive: u32,
    /// Reached the next stage in it.
    pub reached: u32,
    /// Died in it.
    pub died: u32,
    /// Share of all projects that have reached the next stage by its end, in percent, unrounded.
    pub share: f64,
}

/// Share of projects that reach the next stage within so many months (转化曲线).
///
/// Kaplan and Meier's product of monthly survival: a cohort counts in the months it has been seen through and no
/// further, so young cohorts do not pull the curve down. Dead projects stay in the denominator (domain rule 17).
#[derive(Debug, Clone, PartialEq)]
pub struct ConversionCurve {
    pub steps: Vec<ConversionStep>,
}

impl ConversionCurve {
    /// The curve of all cohorts as of a day. The order of passages does not matter.
    pub fn estimate(passages: &[Passage], as_of: NaiveDate) -> Self {
        let last_whole = last_whole_month(as_of);
        let mut steps: Vec<ConversionStep> = Vec::new();
        for passage in passages {
            let Some(seen) = months_seen(passage.cohort, last_whole) else { continue };
            if steps.len() <= seen {
                steps.resize(seen + 1, ConversionStep::default());
            }
            count_passage(&mut steps[..=seen], passage);
        }
        let mut waiting = 1.0;
        for (months, step) in steps.iter_mut().enumerate() {
            if step.at_risk > 0 {
                waiting *= 1.0 - f64::from(step.reached) / f64::from(step.at_risk);
            }
            step.months = months as u32;
            step.share = (1.0 - waiting) * 100.0;
        }
        Self { steps }
    }

    /// Share in percent that has reached the next stage `months` after entering; `None` beyond what was seen.
    pub fn share_after(&self, months: u32) -> Option<f64> {
        self.steps.get(months as usize).map(|step| step.share)
    }
}

/// One cohort's own line (批次转化): how many have reached the next stage by the end of each month since.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CohortLine {
    pub cohort: MonthNumber,
    /// All that entered, dead ones included.
    pub projects: u32,
    /// Dead without having reached the next stage.
    pub died: u32,
    /// Index is months since entering; the last is the as-of month, which may not be over.
    pub reached_by: Vec<u32>,
}

/// The lines of all cohorts, oldest first. Cohorts after the as-of month are left out.
pub fn cohort_lines(passages: &[Passage], as_of: NaiveDate) -> Vec<CohortLine> {
    let now = MonthNumber::of(as_of);
    let mut lines: std::collections::BTreeMap<MonthNumber, CohortLine> = std::collections::BTreeMap::new();
    for passage in passages {
        let Some(seen) = months_seen(passage.cohort, now) else { continue };
        let line = lines.entry(passage.cohort).or_insert_with(|| CohortLine {
            cohort: passage.cohort,
            projects: 0,
            died: 0,
            reached_by: vec![0; seen + 1],
        });
        line.projects += passage.projects;
        if passage.died_after().is_some_and(|after| after <= seen) {
            line.died += passage.projects;
        }
        if let Some(after) = passage.reached_after() {
            line.reached_by.iter_mut().skip(after).for_each(|count| *count += passage.projects);
        }
    }
    lines.into_values().collect()
}

fn count_passage(seen: &mut [ConversionStep], passage: &Passage) {
    let reached = passage.reached_after();
    let died = passage.died_after();
    for (months, step) in seen.iter_mut().enumerate() {
        if reached.is_some_and(|after| after < months) {
            return;
        }
        step.at_risk += passage.projects;
        if died.is_none_or(|after| after >= months) {
            step.alive += passage.projects;
        }
        if reached == Some(months) {
            step.reached += passage.projects;
        }
        if died == Some(months) {
            step.died += passage.projects;
        }
    }
}

/// The last month that is over on a day.
pub(super) fn last_whole_month(as_of: NaiveDate) -> MonthNumber {
    let month = MonthNumber::of(as_of);
    if as_of == end_of_month(as_of) { month } else { month.later(-1) }
}

fn months_seen(cohort: MonthNumber, last: MonthNumber) -> Option<usize> {
    usize::try_from(last.since(cohort)).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn passage(cohort: (i32, u32), fate: Fate, projects: u32) -> Passage {
        Passage { cohort: MonthNumber::new(cohort.0, cohort.1), fate, projects }
    }

    /// Two cohorts seen to the end of March 2022.
    /// January: 10 signed, 2 started in January, 4 in March, 1 died in February, 3 wait. February: 5 signed, 1 started in March, 4 wait.
    fn two_cohorts() -> Vec<Passage> {
        let month = |month| MonthNumber::new(2022, month);
        vec![
            passage((2022, 1), Fate::Reached(month(1)), 2),
            passage((2022, 1), Fate::Reached(month(3)), 4),
            passage((2022, 1), Fate::Died(month(2)), 1),
            passage((2022, 1), Fate::Waiting, 3),
            passage((2022, 2), Fate::Reached(month(3)), 1),
            passage((2022, 2), Fate::Waiting, 4),
        ]
    }

    /// By hand. Month 0: 15 at risk, 2 reached: 13/15 wait. Month 1: 8 + 5 = 13 at risk, 1 reached: 13/15 x 12/13 = 12/15 wait.
    /// Month 2: January's 8 alone, the dead one among them, 4 reached: 12/15 x 4/8 = 0.4 wait.
    #[test]
    fn young_cohorts_leave_and_dead_projects_stay() {
        let curve = ConversionCurve::estimate(&two_cohorts(), day("2022-03-31"));
        let counts: Vec<_> = curve.steps.iter().map(|step| (step.months, step.at_risk, step.alive, step.reached, step.died)).collect();
        assert_eq!(counts, [(0, 15, 15, 2, 0), (1, 13, 13, 1, 1), (2, 8, 7, 4, 0)]);
        let check = |months: u32, expect: f64| assert!((curve.share_after(months).unwrap() - expect).abs() < 1e-9, "{months}");
        check(0, 200.0 / 15.0);
        check(1, 20.0);
        check(2, 60.0);
        assert_eq!(curve.share_after(3), None);
    }

    /// On 30 March, March is not over: January is seen through month 1, February through month 0.
    #[test]
    fn a_month_that_is_not_over_does_not_count() {
        let curve = ConversionCurve::estimate(&two_cohorts(), day("2022-03-30"));
        let counts: Vec<_> = curve.steps.iter().map(|step| (step.at_risk, step.reached)).collect();
        assert_eq!(counts, [(15, 2), (8, 0)]);
    }

    #[test]
    fn cohorts_keep_their_own_lines() {
        let lines = cohort_lines(&two_cohorts(), day("2022-03-30"));
        let january = CohortLine { cohort: MonthNumber::new(2022, 1), projects: 10, died: 1, reached_by: vec![2, 2, 6] };
        let february = CohortLine { cohort: MonthNumber::new(2022, 2), projects: 5, died: 0, reached_by: vec![0, 1] };
        assert_eq!(lines, [january, february]);
    }

    #[test]
    fn one_project_is_told_as_known_on_the_day() {
        let told = |entered: &str, reached: Option<&str>, died: Option<&str>| {
            Passage::of(day(entered), reached.map(day), died.map(day), day("2022-05-31")).map(|passage| passage.fate)
        };
        let month = |month| MonthNumber::new(2022, month);
        assert_eq!(told("2022-01-10", Some("2022-05-31"), None), Some(Fate::Reached(month(5))));
        assert_eq!(told("2022-01-10", Some("2022-06-01"), None), Some(Fate::Waiting));
        assert_eq!(told("2022-01-10", Some("2022-06-01"), Some("2022-04-01")), Some(Fate::Died(month(4))));
        assert_eq!(told("2022-01-10", Some("2022-03-01"), Some("2022-04-01")), Some(Fate::Reached(month(3))));
        assert_eq!(told("2022-06-01", None, None), None);
        assert_eq!((MonthNumber::new(2022, 1).since(MonthNumber::new(2021, 11)), month(12).month(), month(12).year()), (2, 12, 2022));
    }

    fn any_passage() -> impl Strategy<Value = Passage> {
        (0i32..24, 0u8..3, 0i32..24, 1u32..9).prop_map(|(entered, kind, after, projects)| {
            let cohort = MonthNumber::new(2021, 1).later(entered);
            let month = cohort.later(after).min(MonthNumber::new(2022, 12));
            let fate = match kind {
                0 => Fate::Reached(month),
                1 => Fate::Died(month),
                _ => Fate::Waiting,
            };
            Passage { cohort, fate, projects }
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn shares_never_fall_and_order_does_not_matter(passages in prop::collection::vec(any_passage(), 0..40)) {
            let as_of = day("2022-12-31");
            let curve = ConversionCurve::estimate(&passages, as_of);
            let mut last = 0.0;
            for step in &curve.steps {
                prop_assert!(step.share >= last && step.share <= 100.0);
                prop_assert!(step.alive <= step.at_risk && step.reached + step.died <= step.alive);
                last = step.share;
            }
            let reversed: Vec<Passage> = passages.iter().rev().copied().collect();
            prop_assert_eq!(ConversionCurve::estimate(&reversed, as_of), curve);
            prop_assert_eq!(cohort_lines(&reversed, as_of), cohort_lines(&passages, as_of));
        }
    }
}
