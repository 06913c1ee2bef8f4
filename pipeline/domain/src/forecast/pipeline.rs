//! What the projects in hand will yield by the year's end (在手项目的转化).

use super::conversion::{ConversionCurve, Fate, Passage, last_whole_month};
use super::draw::Draw;
use super::level::{Year, weigh_settings};
use super::month::MonthNumber;
use super::paths::expected_paths;
use super::{Calendar, Question};

/// Courses drawn for the stage before; only their mean is used.
const UPSTREAM_DRAWS: usize = 200;
/// Passages that reached the next stage; with fewer there is no curve to go by.
const REACHED_NEEDED: u32 = 12;
/// Ratios of few events are pulled towards 1 as if so many had been as foretold: of this year so far, and of one month.
const PULL: f64 = 10.0;
const MONTH_PULL: f64 = 4.0;
/// Monthly chances of few projects are pulled towards those of the months around.
const CHANCE_PULL: f64 = 8.0;
const CHANCE_WINDOW: usize = 3;

/// Expected projects of each month that is left. `None` without passages enough for a curve.
pub(super) fn expected_rest(question: &Question<'_>, year: &Year, calendar: &Calendar, draw: &mut Draw) -> Option<[f64; 12]> {
    let curve = ConversionCurve::estimate(question.passages, question.as_of);
    if curve.steps.iter().map(|step| step.reached).sum::<u32>() < REACHED_NEEDED {
        return None;
    }
    let chances = Chances::of(&curve);
    let before = foretold_before(question, &chances);
    let mut yielded = from_waiting(question, calendar, &chances);
    let entering = entering(question, calendar, draw);
    for (month, entrants) in entering.iter().enumerate() {
        follow(*entrants, calendar.first_left().max(month), 0, calendar, &chances, &mut yielded);
    }
    let so_far: f64 = year.known.iter().sum();
    // Projects that never stood in the stage before are counted by the metric and missed by the passages.
    let outside = ((so_far + PULL) / (before.this_year.actual + PULL)).clamp(0.5, 2.0);
    let mood = before.this_year.ratio(PULL);
    for (month, projects) in yielded.iter_mut().enumerate() {
        *projects *= before.last_year[month].ratio(MONTH_PULL) * mood * outside;
    }
    Some(yielded)
}

/// Chances by months since entering, for projects that live: to pass on, and to die.
struct Chances {
    reach: Vec<f64>,
    die: Vec<f64>,
}

impl Chances {
    fn of(curve: &ConversionCurve) -> Self {
        let smooth = |events: &dyn Fn(usize) -> f64| -> Vec<f64> {
            let alive = |month: usize| f64::from(curve.steps[month].alive);
            (0..curve.steps.len())
                .map(|month| {
                    let around = month.saturating_sub(CHANCE_WINDOW)..(month + CHANCE_WINDOW + 1).min(curve.steps.len());
                    let near = around.clone().map(events).sum::<f64>() / around.map(alive).sum::<f64>().max(1.0);
                    ((events(month) + CHANCE_PULL * near) / (alive(month) + CHANCE_PULL)).min(1.0)
                })
                .collect()
        };
        Self { reach: smooth(&|month| f64::from(curve.steps[month].reached)), die: smooth(&|month| f64::from(curve.steps[month].died)) }
    }

    /// Beyond what was seen the last seen chance holds.
    fn at(&self, months: usize) -> (f64, f64) {
        let pick = |chances: &[f64]| chances.get(months).or(chances.last()).copied().unwrap_or(0.0);
        (pick(&self.reach), pick(&self.die))
    }
}

/// Foretold and actual passages of a time that is over.
#[derive(Debug, Clone, Copy, Default)]
struct Compared {
    foretold: f64,
    actual: f64,
}

impl Compared {
    fn ratio(&self, pull: f64) -> f64 {
        (self.actual + pull) / (self.foretold + pull)
    }
}

/// How the curve, which knows no seasons, did in each month of last year and in this year so far.
struct Before {
    last_year: [Compared; 12],
    this_year: Compared,
}

fn foretold_before(question: &Question<'_>, chances: &Chances) -> Before {
    let mut months = [Compared::default(); 24];
    let first = MonthNumber::new(Calendar::of(question.as_of).year - 1, 1);
    let last = last_whole_month(question.as_of).since(first);
    for passage in question.passages {
        let projects = f64::from(passage.projects);
        let end = match passage.fate {
            Fate::Reached(month) | Fate::Died(month) => month.since(first).max(passage.cohort.since(first)),
            Fate::Waiting => last,
        };
        let begin = passage.cohort.since(first);
        for month in begin.max(0)..=end.min(last) {
            months[month as usize].foretold += projects * chances.at((month - begin) as usize).0;
        }
        if matches!(passage.fate, Fate::Reached(_)) && (0..=last).contains(&end) {
            months[end as usize].actual += projects;
        }
    }
    let mut last_year = [Compared::default(); 12];
    last_year.copy_from_slice(&months[..12]);
    let mut this_year = Compared::default();
    for (month, compared) in months[12..].iter().enumerate() {
        this_year.foretold += compared.foretold * last_year[month].ratio(MONTH_PULL);
        this_year.actual += compared.actual;
    }
    Before { last_year, this_year }
}

fn from_waiting(question: &Question<'_>, calendar: &Calendar, chances: &Chances) -> [f64; 12] {
    let mut yielded = [0.0; 12];
    let january = MonthNumber::new(calendar.year, 1);
    for passage in question.passages.iter().filter(|passage| passage.fate == Fate::Waiting) {
        let first = calendar.first_left();
        let age = (first as i32 - passage.cohort.since(january)).max(0) as usize;
        follow(f64::from(passage.projects), first, age, calendar, chances, &mut yielded);
    }
    yielded
}

/// Follows living projects through the months that are left, from month `first` on, when they are `age` months old.
fn follow(projects: f64, first: usize, age: usize, calendar: &Calendar, chances: &Chances, yielded: &mut [f64; 12]) {
    let mut alive = projects;
    for (passed, month) in (first..12).enumerate() {
        let left = 1.0 - calendar.share_over(month);
        let (reach, die) = chances.at(age + passed);
        yielded[month] += alive * reach * left;
        alive *= (1.0 - (reach + die) * left).max(0.0);
    }
}

/// Projects that will still enter the stage before this year, by month.
fn entering(question: &Question<'_>, calendar: &Calendar, draw: &mut Draw) -> [f64; 12] {
    let (this_year, last_year) = entered(question.passages, calendar.year);
    let year = Year::of_counts(&this_year, &last_year, calendar);
    let paths = expected_paths(&year, &weigh_settings(&year), draw, UPSTREAM_DRAWS);
    let mut mean = [0.0; 12];
    for path in &paths {
        for (month, projects) in mean.iter_mut().enumerate() {
            *projects += path.expected[month] / paths.len() as f64;
        }
    }
    mean
}

fn entered(passages: &[Passage], year: i32) -> ([i64; 12], [i64; 12]) {
    let mut this_year = [0; 12];
    let mut last_year = [0; 12];
    for passage in passages {
        let months = match year - passage.cohort.year() {
            0 => &mut this_year,
            1 => &mut last_year,
            _ => continue,
        };
        months[passage.cohort.month() as usize - 1] += i64::from(passage.projects);
    }
    (this_year, last_year)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn calendar(as_of: &str) -> Calendar {
        Calendar::of(as_of.parse().unwrap())
    }

    /// A tenth passes on and a tenth dies each month. 100 projects at the end of October:
    /// November 100 x 0.1 = 10; December 80 x 0.1 = 8. In the middle of November: half of it 5, then 90 x 0.1 = 9.
    #[test]
    fn waiting_projects_pass_on_or_die() {
        let chances = Chances { reach: vec![0.1], die: vec![0.1] };
        let check = |as_of: &str, expect: [f64; 2]| {
            let calendar = calendar(as_of);
            let mut yielded = [0.0; 12];
            follow(100.0, calendar.first_left(), 0, &calendar, &chances, &mut yielded);
            assert!((yielded[10] - expect[0]).abs() < 1e-9 && (yielded[11] - expect[1]).abs() < 1e-9, "{as_of}: {yielded:?}");
            assert_eq!(yielded[..10], [0.0; 10]);
        };
        check("2022-10-31", [10.0, 8.0]);
        check("2022-11-15", [5.0, 9.0]);
    }

    #[test]
    fn chances_hold_beyond_what_was_seen() {
        let chances = Chances { reach: vec![0.0, 0.2], die: vec![0.1, 0.0] };
        assert_eq!((chances.at(0), chances.at(1), chances.at(30)), ((0.0, 0.1), (0.2, 0.0), (0.2, 0.0)));
    }

    /// Cohorts of 2021 and 2022 by their month of entering, all fates together; older ones are not of either year.
    #[test]
    fn entrants_are_counted_by_year() {
        let of = |year, month, fate, projects| Passage { cohort: MonthNumber::new(year, month), fate, projects };
        let reached = Fate::Reached(MonthNumber::new(2022, 4));
        let passages = [of(2022, 3, Fate::Waiting, 4), of(2022, 3, reached, 2), of(2021, 12, Fate::Waiting, 5), of(2020, 12, reached, 9)];
        let (this_year, last_year) = entered(&passages, 2022);
        assert_eq!((this_year[2], this_year.iter().sum::<i64>()), (6, 6));
        assert_eq!((last_year[11], last_year.iter().sum::<i64>()), (5, 5));
    }
}
