//! The level of a year (全年水平): how much this year brings in all, and how freely that may move.

use super::gamma_function::ln_gamma;
use super::rules::{Behaviour, ForecastRules};
use super::season::{FLAT, Season, explains};
use super::{Calendar, Question, YearFlow};
use crate::target::Metric;

/// What the level is learned from.
#[derive(Debug, Clone)]
pub(super) struct Year<'r> {
    pub(super) calendar: Calendar,
    /// Known months of this year, projects or yuan, none below 0.
    pub(super) known: [f64; 12],
    last_year: [f64; 12],
    /// Seasons that few events are shrunk to.
    base: [f64; 12],
    /// Expected total before any month of this year is seen: as likely to be passed as not.
    expected: f64,
    /// Variance of that expectation's logarithm.
    expected_variance: f64,
    behaviour: &'r Behaviour,
    /// What scatters are multiples of.
    scatter_unit: f64,
}

/// One way the year may behave, what it makes of the months known so far, and how credible it is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Setting {
    pub(super) scatter: f64,
    /// Share of what is known about the level that is still true a month later; 1 for a level that does not move.
    pub(super) memory: f64,
    pub(super) season: Season,
    /// At the as-of day.
    pub(super) level: Level,
    /// All settings' credits sum to 1.
    pub(super) credit: f64,
}

/// A distribution of the year's total in effective events (gamma, once months are known): mean `events / exposure`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Level {
    pub(super) events: f64,
    pub(super) exposure: f64,
}

impl<'r> Year<'r> {
    /// Reads the question's months; `last_year` has been found usable.
    pub(super) fn new(question: &Question<'_>, last_year: &[i64; 12], calendar: &Calendar, rules: &'r ForecastRules) -> Self {
        let mut year = Self::alone(question.metric, &question.flow.this_year, last_year, calendar, rules);
        if let Some(city) = question.city {
            year.lean_on(question.metric, &city, rules);
        }
        year
    }

    /// A year with nothing behind it but its months.
    pub(super) fn alone(
        metric: Metric,
        this_year: &[i64; 12],
        last_year: &[i64; 12],
        calendar: &Calendar,
        rules: &'r ForecastRules,
    ) -> Self {
        let last_year = positive(last_year);
        let total: f64 = last_year.iter().sum();
        let (behaviour, scatter_unit) = match metric {
            Metric::FixedAssets => (&rules.amounts, (total / 12.0).max(1.0)),
            Metric::Signed | Metric::Started | Metric::Completed => (&rules.counts, 1.0),
        };
        Self {
            calendar: *calendar,
            known: known_months(this_year, calendar),
            last_year,
            base: FLAT,
            expected: total.max(1.0),
            expected_variance: rules.growth.alone.powi(2),
            behaviour,
            scatter_unit,
        }
    }

    /// The city's seasons are the carrier's base, the city's growth is what its total is expected to grow by.
    fn lean_on(&mut self, metric: Metric, city: &YearFlow, rules: &'r ForecastRules) {
        let Some(last_year) = city.last_year else { return };
        let total: f64 = positive(&last_year).iter().sum();
        if total <= 0.0 {
            return;
        }
        let events = positive(&last_year).map(|value| value / total * rules.seasons.city_projects);
        self.base = Season::learn(&FLAT, rules.seasons.city_pull, &events, f64::INFINITY).mean();
        let whole = Year::alone(metric, &city.this_year, &last_year, &self.calendar, rules);
        let (mean, square) = weigh_settings(&whole).iter().fold((0.0, 0.0), |(mean, square), setting| {
            let total = setting.level.mean() * setting.scatter;
            (mean + setting.credit * total, square + setting.credit * total * total * (1.0 + 1.0 / setting.level.events))
        });
        let variance = (square / (mean * mean)).ln().max(0.0);
        self.expected *= mean / total * (-variance / 2.0).exp();
        self.expected_variance = rules.growth.within_city.powi(2) + variance;
    }

    /// As likely above `expected` as below: on the scale of ratios, a year twice the last is as usual as one half of it.
    fn prior(&self, scatter: f64) -> Level {
        let variance = self.expected_variance + scatter / self.expected;
        let events = 1.0 / variance.exp_m1();
        Level { events, exposure: events * scatter / (self.expected * (variance / 2.0).exp()) }
    }
}

impl Level {
    pub(super) fn mean(&self) -> f64 {
        self.events / self.exposure
    }
}

/// Every way the year may behave, weighed by how well it explains last year and would have foretold this year's months.
pub(super) fn weigh_settings(year: &Year<'_>) -> Vec<Setting> {
    let mut settings = Vec::new();
    for multiple in &year.behaviour.scatters {
        let scatter = multiple * year.scatter_unit;
        let last_year = year.last_year.map(|value| value / scatter);
        for pull in &year.behaviour.pulls {
            let fits = explains(&year.base, *pull, &last_year) - 11.0 * scatter.ln();
            for most in &year.behaviour.year_to_year {
                let season = Season::learn(&year.base, *pull, &last_year, *most);
                for memory in &year.behaviour.memories {
                    let (level, foretold) = follow(year, &season, scatter, *memory);
                    settings.push(Setting { scatter, memory: *memory, season, level, credit: fits + foretold });
                }
            }
        }
    }
    let best = settings.iter().map(|setting| setting.credit).fold(f64::NEG_INFINITY, f64::max);
    settings.iter_mut().for_each(|setting| setting.credit = (setting.credit - best).exp());
    let sum: f64 = settings.iter().map(|setting| setting.credit).sum();
    settings.iter_mut().for_each(|setting| setting.credit /= sum);
    settings
}

/// Discounted gamma–Poisson filter (Harvey and Fernandes 1989): forget a little, then learn from the month. A month whose
/// season is unsure teaches less: it counts as the share of its variance that is not the season's. Also the logarithm
/// of the chance of this year's months, each foretold from those before it.
fn follow(year: &Year<'_>, season: &Season, scatter: f64, memory: f64) -> (Level, f64) {
    let shares = season.mean();
    let mut level = year.prior(scatter);
    let mut foretold = 0.0;
    for (month, share) in shares.iter().enumerate().take(year.calendar.month0 + 1) {
        if month > 0 {
            level.events *= memory;
            level.exposure *= memory;
        }
        let share = (share * year.calendar.share_over(month)).max(1e-9);
        let trust = 1.0 / (1.0 + level.mean() * share * season.unsureness(month));
        let (events, share) = (trust * year.known[month] / scatter, trust * share);
        foretold += chance_of(&level, events, share) + (trust / scatter).ln();
        level.events += events;
        level.exposure += share;
    }
    (level, foretold)
}

/// Logarithm of the negative-binomial chance of so many events in a share of the year.
fn chance_of(level: &Level, events: f64, share: f64) -> f64 {
    ln_gamma(level.events + events) - ln_gamma(level.events) - ln_gamma(events + 1.0)
        + level.events * (level.exposure / (level.exposure + share)).ln()
        + events * (share / (level.exposure + share)).ln()
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
    use crate::forecast::rules::shipped;

    fn year<'r>(rules: &'r ForecastRules, this_year: [i64; 12], as_of: &str) -> Year<'r> {
        Year::alone(Metric::Signed, &this_year, &[10; 12], &Calendar::of(as_of.parse().unwrap()), rules)
    }

    /// A flat season so sure that every month counts in full.
    fn sure() -> Season {
        Season::learn(&FLAT, 1e12, &[0.0; 12], f64::INFINITY)
    }

    /// 120 last year, growth with a deviation of 0.5: the logarithm's variance is 0.25 + 1 / 120, half of all years above 120.
    #[test]
    fn half_of_all_years_bring_more_than_the_last() {
        let rules = shipped();
        let mut wide = rules.clone();
        wide.growth.alone = 0.5;
        let prior = year(&wide, [0; 12], "2022-03-31").prior(1.0);
        let variance: f64 = 0.25 + 1.0 / 120.0;
        assert!((prior.events - 1.0 / (variance.exp() - 1.0)).abs() < 1e-9, "{prior:?}");
        assert!((prior.mean() - 120.0 * (variance / 2.0).exp()).abs() < 1e-9, "{prior:?}");
    }

    /// Prior of a events in an exposure of b; months of 12, 15 and 9, a twelfth of the year each.
    /// Without forgetting: a + 36 events in b + 1/4. With half forgotten between months:
    /// ((a + 12) / 2 + 15) / 2 + 9 = a / 4 + 19.5 events in b / 4 + (1/4 + 1/2 + 1) / 12.
    #[test]
    fn the_filter_learns_and_forgets() {
        let rules = shipped();
        let year = year(&rules, [12, 15, 9, 99, 99, 99, 99, 99, 99, 99, 99, 99], "2022-03-31");
        let prior = year.prior(1.0);
        let check = |memory: f64, events: f64, exposure: f64| {
            let (level, _) = follow(&year, &sure(), 1.0, memory);
            assert!((level.events - events).abs() < 1e-6 && (level.exposure - exposure).abs() < 1e-6, "{level:?}");
        };
        check(1.0, prior.events + 36.0, prior.exposure + 0.25);
        check(0.5, prior.events / 4.0 + 19.5, prior.exposure / 4.0 + 1.75 / 12.0);
    }

    /// January's share has a relative variance of 1/10 (120 pulled events, 10 a month): foretold m projects, it counts 1 / (1 + m / 10).
    #[test]
    fn a_month_of_unsure_season_teaches_less() {
        let rules = shipped();
        let year = year(&rules, [12; 12], "2022-01-31");
        let prior = year.prior(1.0);
        let trust = 1.0 / (1.0 + prior.mean() / 12.0 / 10.0);
        let (level, _) = follow(&year, &Season::learn(&FLAT, 120.0, &[0.0; 12], f64::INFINITY), 1.0, 1.0);
        assert!((level.events - prior.events - 12.0 * trust).abs() < 1e-9, "{level:?}");
        assert!((level.exposure - prior.exposure - trust / 12.0).abs() < 1e-9, "{level:?}");
    }

    #[test]
    fn steady_months_speak_for_a_steady_level_and_wild_ones_for_scatter() {
        let rules = shipped();
        let credit = |this_year: [i64; 12], choose: &dyn Fn(&Setting) -> bool| {
            let settings = weigh_settings(&year(&rules, this_year, "2022-03-31"));
            settings.iter().filter(|setting| choose(setting)).map(|setting| setting.credit).sum::<f64>()
        };
        let mut steady = [0; 12];
        steady[..3].copy_from_slice(&[10, 10, 10]);
        let mut wild = [0; 12];
        wild[..3].copy_from_slice(&[1, 38, 2]);
        assert!((credit(wild, &|_| true) - 1.0).abs() < 1e-9);
        let scattered = |setting: &Setting| setting.scatter > 2.0;
        assert!(credit(wild, &scattered) > 2.0 * credit(steady, &scattered));
    }

    /// The city brings in March what it brought last year, or twice as much: the carrier, with the same 120, is expected to follow.
    #[test]
    fn a_carrier_leans_on_its_city() {
        let rules = shipped();
        let led_by = |months: i64| {
            let mut carrier = year(&rules, [10; 12], "2022-03-31");
            carrier.lean_on(Metric::Signed, &YearFlow { this_year: [months; 12], last_year: Some([100; 12]) }, &rules);
            carrier
        };
        let (same, twice) = (led_by(100), led_by(200));
        assert!((110.0..130.0).contains(&same.expected), "{}", same.expected);
        assert!((190.0..250.0).contains(&twice.expected), "{}", twice.expected);
        let own = rules.growth.within_city.powi(2);
        assert!(same.expected_variance > own && same.expected_variance < own + rules.growth.alone.powi(2), "{}", same.expected_variance);
    }
}
