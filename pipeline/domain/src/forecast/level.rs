//! The level of a year (全年水平): how much this year brings in all, and how freely that may move.

use super::gamma_function::ln_gamma;
use super::season::{FLAT, Season, explains};
use super::{Calendar, Question, YearFlow};
use crate::target::Metric;

/// What the level is learned from.
#[derive(Debug, Clone, Copy)]
pub(super) struct Year {
    pub(super) calendar: Calendar,
    /// Known months of this year, projects or yuan, none below 0.
    pub(super) known: [f64; 12],
    last_year: [f64; 12],
    /// Seasons that few events are shrunk to.
    base: [f64; 12],
    /// Expected total before any month of this year is seen.
    expected: f64,
    /// Relative variance of that expectation.
    expected_variance: f64,
    /// Candidates for the variance of a month as a multiple of its mean.
    scatters: [f64; SCATTERS],
    /// Candidates for how long the level holds.
    memories: [f64; 3],
}

/// One way the year may behave, and how credible it is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Setting {
    pub(super) scatter: f64,
    /// Share of what is known about the level that is still true a month later; 1 for a level that does not move.
    pub(super) memory: f64,
    pub(super) season: Season,
    pub(super) prior: Level,
    /// All settings' credits sum to 1.
    pub(super) credit: f64,
}

/// A gamma distribution of the year's total in effective events: mean `events / exposure`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Level {
    pub(super) events: f64,
    pub(super) exposure: f64,
}

const SCATTERS: usize = 4;
/// Variance of a month's count as a multiple of its mean; 1 is Poisson.
const COUNT_SCATTERS: [f64; SCATTERS] = [1.0, 1.7, 3.0, 5.5];
/// The same for amounts, as a multiple of the mean month: relative scatter of a month 14, 28, 55 and 110 %.
const AMOUNT_SCATTERS: [f64; SCATTERS] = [0.02, 0.08, 0.3, 1.2];
const COUNT_MEMORIES: [f64; 3] = [1.0, 0.92, 0.77];
/// Investment follows the projects that are being built, so its level wanders more than its months scatter.
const AMOUNT_MEMORIES: [f64; 3] = [0.96, 0.8, 0.55];
const PULLS: [f64; 3] = [4.0, 14.0, 50.0];
/// Variance of the logarithm of one year's total against the last, alone and once the city's growth is known. Assumptions.
const GROWTH_VARIANCE: f64 = 0.25;
const GROWTH_VARIANCE_WITHIN_CITY: f64 = 0.12;
/// The pull of a flat year on the city's own seasons, which are many carriers' base.
const CITY_PULL: f64 = 12.0;

impl Year {
    /// Reads the question's months; `last_year` has been found usable.
    pub(super) fn new(question: &Question<'_>, last_year: [i64; 12], calendar: &Calendar) -> Self {
        let last_year = positive(&last_year);
        let known = known_months(&question.flow.this_year, calendar);
        let total: f64 = last_year.iter().sum();
        let (scatters, memories) = match question.metric {
            Metric::FixedAssets => (AMOUNT_SCATTERS.map(|multiple| multiple * total / 12.0), AMOUNT_MEMORIES),
            Metric::Signed | Metric::Started | Metric::Completed => (COUNT_SCATTERS, COUNT_MEMORIES),
        };
        let mut year = Self {
            calendar: *calendar,
            known,
            last_year,
            base: FLAT,
            expected: total.max(1.0),
            expected_variance: GROWTH_VARIANCE,
            scatters,
            memories,
        };
        if let Some(city) = question.city {
            year.lean_on(&city);
        }
        year
    }

    /// A year of projects with nothing behind it but its months: the stage before the asked one.
    pub(super) fn of_counts(this_year: &[i64; 12], last_year: &[i64; 12], calendar: &Calendar) -> Self {
        let last_year = positive(last_year);
        Self {
            calendar: *calendar,
            known: known_months(this_year, calendar),
            last_year,
            base: FLAT,
            expected: last_year.iter().sum::<f64>().max(1.0),
            expected_variance: GROWTH_VARIANCE,
            scatters: COUNT_SCATTERS,
            memories: COUNT_MEMORIES,
        }
    }

    fn lean_on(&mut self, city: &YearFlow) {
        let Some(last_year) = city.last_year.map(|months| positive(&months)) else { return };
        let total: f64 = last_year.iter().sum();
        if total <= 0.0 {
            return;
        }
        let events = last_year.map(|value| value / total * 150.0);
        self.base = Season::learn(&FLAT, CITY_PULL, &events).mean();
        let known: f64 = known_months(&city.this_year, &self.calendar).iter().sum();
        let same_time: f64 = (0..12).map(|month| last_year[month] * self.calendar.share_over(month)).sum();
        // A twentieth of last year on both sides keeps a city's first weeks from promising wonders.
        let growth = (known + total / 20.0) / (same_time + total / 20.0);
        self.expected *= growth;
        self.expected_variance = GROWTH_VARIANCE_WITHIN_CITY;
    }

    fn prior(&self, scatter: f64) -> Level {
        let variance = self.expected_variance + scatter / self.expected;
        let events = 1.0 / variance;
        Level { events, exposure: events * scatter / self.expected }
    }
}

/// Every way the year may behave, weighed by how well it explains last year and would have foretold this year's months.
pub(super) fn weigh_settings(year: &Year) -> Vec<Setting> {
    let mut settings = Vec::with_capacity(SCATTERS * year.memories.len() * PULLS.len());
    for scatter in year.scatters {
        let last_year = year.last_year.map(|value| value / scatter);
        let prior = year.prior(scatter);
        for pull in PULLS {
            let season = Season::learn(&year.base, pull, &last_year);
            let fits = explains(&year.base, pull, &last_year) - 11.0 * scatter.ln();
            for memory in year.memories {
                let setting = Setting { scatter, memory, season, prior, credit: 0.0 };
                settings.push(Setting { credit: fits + foretells(year, &setting), ..setting });
            }
        }
    }
    let best = settings.iter().map(|setting| setting.credit).fold(f64::NEG_INFINITY, f64::max);
    settings.iter_mut().for_each(|setting| setting.credit = (setting.credit - best).exp());
    let sum: f64 = settings.iter().map(|setting| setting.credit).sum();
    settings.iter_mut().for_each(|setting| setting.credit /= sum);
    settings
}

/// What is known of the level at the as-of day when the seasons are `shares`.
pub(super) fn level_now(year: &Year, setting: &Setting, shares: &[f64; 12]) -> Level {
    let mut level = setting.prior;
    walk(year, setting, shares, &mut level, |_, _, _| {});
    level
}

/// Logarithm of the chance of this year's months, each foretold from those before it.
fn foretells(year: &Year, setting: &Setting) -> f64 {
    let shares = setting.season.mean();
    let mut level = setting.prior;
    let mut sum = 0.0;
    walk(year, setting, &shares, &mut level, |before, events, share| {
        sum += ln_gamma(before.events + events) - ln_gamma(before.events) - ln_gamma(events + 1.0)
            + before.events * (before.exposure / (before.exposure + share)).ln()
            + events * (share / (before.exposure + share)).ln()
            - setting.scatter.ln();
    });
    sum
}

/// Discounted gamma–Poisson filter (Harvey and Fernandes 1989): forget a little, then learn from the month.
fn walk(year: &Year, setting: &Setting, shares: &[f64; 12], level: &mut Level, mut each: impl FnMut(&Level, f64, f64)) {
    for (month, share) in shares.iter().enumerate().take(year.calendar.month0 + 1) {
        if month > 0 {
            level.events *= setting.memory;
            level.exposure *= setting.memory;
        }
        let share = (share * year.calendar.share_over(month)).max(1e-9);
        let events = year.known[month] / setting.scatter;
        each(level, events, share);
        level.events += events;
        level.exposure += share;
    }
}

fn known_months(this_year: &[i64; 12], calendar: &Calendar) -> [f64; 12] {
    let mut known = positive(this_year);
    known[calendar.month0 + 1..].fill(0.0);
    known
}

/// A month of corrections alone may be negative; the model knows flows only.
fn positive(months: &[i64; 12]) -> [f64; 12] {
    months.map(|value| value.max(0) as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn year(this_year: [i64; 12]) -> Year {
        Year::of_counts(&this_year, &[10; 12], &Calendar::of("2022-03-31".parse().unwrap()))
    }

    /// Prior of 2 events in an exposure of 0.02 (a year of 100), seasons flat, months of 12, 15 and 9.
    /// Without forgetting: 2 + 36 = 38 events in 0.02 + 0.25. With half forgotten between months:
    /// ((2 + 12) / 2 + 15) / 2 + 9 = 20 events in ((0.02 + 1/12) / 2 + 1/12) / 2 + 1/12.
    #[test]
    fn the_filter_learns_and_forgets() {
        let year = year([12, 15, 9, 99, 99, 99, 99, 99, 99, 99, 99, 99]);
        let prior = Level { events: 2.0, exposure: 0.02 };
        let season = Season::learn(&FLAT, 10.0, &[0.0; 12]);
        let check = |memory: f64, events: f64, exposure: f64| {
            let setting = Setting { scatter: 1.0, memory, season, prior, credit: 1.0 };
            let level = level_now(&year, &setting, &FLAT);
            assert!((level.events - events).abs() < 1e-9 && (level.exposure - exposure).abs() < 1e-9, "{level:?}");
        };
        check(1.0, 38.0, 0.27);
        check(0.5, 20.0, ((0.02 + 1.0 / 12.0) / 2.0 + 1.0 / 12.0) / 2.0 + 1.0 / 12.0);
    }

    #[test]
    fn steady_months_speak_for_a_steady_level_and_wild_ones_for_scatter() {
        let credit = |this_year: [i64; 12], choose: &dyn Fn(&Setting) -> bool| {
            weigh_settings(&year(this_year)).iter().filter(|setting| choose(setting)).map(|setting| setting.credit).sum::<f64>()
        };
        let mut steady = [0; 12];
        steady[..3].copy_from_slice(&[10, 10, 10]);
        let mut wild = [0; 12];
        wild[..3].copy_from_slice(&[1, 38, 2]);
        assert!((credit(wild, &|_| true) - 1.0).abs() < 1e-9);
        let scattered = |setting: &Setting| setting.scatter > 2.0;
        assert!(credit(wild, &scattered) > 2.0 * credit(steady, &scattered));
    }

    /// City: 120 last year, 30 by March; 60 by March now. Growth (60 + 6) / (30 + 6); the carrier's 120 are expected to follow.
    #[test]
    fn a_carrier_leans_on_its_city() {
        let mut carrier = year([10; 12]);
        carrier.lean_on(&YearFlow { this_year: [20; 12], last_year: Some([10; 12]) });
        assert!((carrier.expected - 120.0 * 66.0 / 36.0).abs() < 1e-9, "{}", carrier.expected);
        assert_eq!(carrier.expected_variance, GROWTH_VARIANCE_WITHIN_CITY);
    }
}
