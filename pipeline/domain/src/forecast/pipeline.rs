//! What the projects in hand will yield by the year's end (在手项目的转化).

use super::conversion::{ConversionCurve, Fate, Passage, last_whole_month};
use super::draw::Draw;
use super::level::{Year, weigh_settings};
use super::month::MonthNumber;
use super::paths::expected_paths;
use super::rules::{ForecastRules, Pipeline};
use super::{Calendar, Question};
use crate::target::Metric;

/// Expected projects of each month that is left. `None` without passages enough for a curve.
pub(super) fn expected_rest(question: &Question<'_>, year: &Year<'_>, rules: &ForecastRules, draw: &mut Draw) -> Option<[f64; 12]> {
    let (calendar, pipeline) = (&year.calendar, &rules.pipeline);
    let curve = ConversionCurve::estimate(question.passages, question.as_of);
    if curve.steps.iter().map(|step| step.reached).sum::<u32>() < pipeline.reached {
        return None;
    }
    let chances = Chances::of(&curve, pipeline);
    let before = foretold_before(question, &chances, pipeline);
    let mut yielded = from_waiting(question, calendar, &chances);
    let entering = entering(question, rules, calendar, draw);
    for (month, entrants) in entering.iter().enumerate() {
        follow(*entrants, calendar.first_left().max(month), 0, calendar, &chances, &mut yielded);
    }
    let outside = outside(year, &before, &chances);
    for (month, projects) in yielded.iter_mut().enumerate() {
        *projects = *projects * before.seasons[month] * before.mood + outside[month];
    }
    Some(yielded)
}

/// Projects that the passages miss, by month that is left: they entered the stage before too long ago, or never stood in it.
/// They come as often as so far this year, by season, and ever fewer as those of long ago pass on or die.
fn outside(year: &Year<'_>, before: &Before, chances: &Chances) -> [f64; 12] {
    let known: f64 = year.known[..before.whole_months].iter().sum();
    let seasons: f64 = before.seasons[..before.whole_months].iter().sum();
    let rate = (known - before.passed).max(0.0) / seasons.max(0.1);
    let (reach, die) = chances.at(usize::MAX);
    let middle = (before.whole_months as f64 - 1.0) / 2.0;
    std::array::from_fn(|month| {
        let left = 1.0 - year.calendar.share_over(month);
        rate * before.seasons[month] * left * (1.0 - reach - die).max(0.0).powf((month as f64 - middle).max(0.0))
    })
}

/// Chances by months since entering, for projects that live: to pass on, and to die.
struct Chances {
    reach: Vec<f64>,
    die: Vec<f64>,
}

impl Chances {
    fn of(curve: &ConversionCurve, pipeline: &Pipeline) -> Self {
        let smooth = |events: &dyn Fn(usize) -> f64| -> Vec<f64> {
            let alive = |month: usize| f64::from(curve.steps[month].alive);
            (0..curve.steps.len())
                .map(|month| {
                    let around = month.saturating_sub(pipeline.chance_window)..(month + pipeline.chance_window + 1).min(curve.steps.len());
                    let near = around.clone().map(events).sum::<f64>() / around.map(alive).sum::<f64>().max(1.0);
                    ((events(month) + pipeline.chance_pull * near) / (alive(month) + pipeline.chance_pull)).min(1.0)
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
    /// Pulled towards what is usual as if so many had been foretold, and as many as usual of them had come.
    fn ratio(&self, pull: f64, usual: f64) -> f64 {
        (self.actual + pull * usual) / (self.foretold + pull)
    }
}

/// How the curve, which knows no seasons, did before.
struct Before {
    /// Came ÷ foretold in each month of last year.
    seasons: [f64; 12],
    /// Came ÷ foretold, with those seasons, this year so far.
    mood: f64,
    /// Passages of this year's months that are over.
    passed: f64,
    /// Months of this year that are over.
    whole_months: usize,
}

fn foretold_before(question: &Question<'_>, chances: &Chances, pipeline: &Pipeline) -> Before {
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
    let (last_year, this_year) = months.split_at(12);
    let all = |months: &[Compared], value: fn(&Compared) -> f64| months.iter().map(value).sum::<f64>();
    // Most of what the curve was learned from may be winter, so that all of last year came faster than foretold.
    let whole = Compared { foretold: all(last_year, |month| month.foretold), actual: all(last_year, |month| month.actual) };
    let usual = whole.ratio(pipeline.month_pull, 1.0);
    let seasons: [f64; 12] = std::array::from_fn(|month| last_year[month].ratio(pipeline.month_pull, usual));
    // A month that last year had next to nobody waiting has no season to be compared by.
    let sure = |month: usize| last_year[month].foretold / (last_year[month].foretold + pipeline.month_pull);
    let compared = (0..12).fold(Compared::default(), |sum, month| Compared {
        foretold: sum.foretold + sure(month) * seasons[month] * this_year[month].foretold,
        actual: sum.actual + sure(month) * this_year[month].actual,
    });
    let passed = all(this_year, |month| month.actual);
    Before { seasons, mood: compared.ratio(pipeline.year_pull, 1.0), passed, whole_months: usize::try_from(last - 11).unwrap_or(0) }
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
fn entering(question: &Question<'_>, rules: &ForecastRules, calendar: &Calendar, draw: &mut Draw) -> [f64; 12] {
    let (this_year, last_year) = entered(question.passages, calendar.year);
    let year = Year::alone(Metric::Signed, &this_year, &last_year, calendar, rules);
    let paths = expected_paths(&year, &weigh_settings(&year), draw, rules.pipeline.draws);
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
