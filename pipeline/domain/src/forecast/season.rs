//! The seasons of a year (季节分布): which share of it each month holds, and how sure that is.

use super::draw::Draw;
use super::gamma_function::ln_gamma;

/// Months of a year without seasons.
pub(super) const FLAT: [f64; 12] = [1.0 / 12.0; 12];

/// However well last year is known, this year's seasons are another draw: last year counts as so many events at most.
/// Assumption, chosen on simulated cities other than those of the back-test.
const YEAR_TO_YEAR: f64 = 120.0;

/// Monthly shares as a Dirichlet distribution: `weights` divided by their sum are the mean.
#[derive(Debug, Clone, Copy)]
pub(super) struct Season {
    weights: [f64; 12],
}

impl Season {
    /// Last year's months in effective events, shrunk towards `base` as if `pull` events had followed it.
    pub(super) fn learn(base: &[f64; 12], pull: f64, last_year: &[f64; 12]) -> Self {
        let sum: f64 = last_year.iter().sum();
        let kept = 1.0 / (1.0 + sum / YEAR_TO_YEAR);
        Self { weights: std::array::from_fn(|month| base[month] * pull + last_year[month] * kept) }
    }

    /// Expected shares; they sum to 1.
    pub(super) fn mean(&self) -> [f64; 12] {
        let sum: f64 = self.weights.iter().sum();
        self.weights.map(|weight| weight / sum)
    }

    /// One possible year's shares; they sum to 1.
    pub(super) fn drawn(&self, draw: &mut Draw) -> [f64; 12] {
        let drawn = self.weights.map(|weight| draw.gamma(weight));
        let sum: f64 = drawn.iter().sum();
        if sum > 0.0 { drawn.map(|value| value / sum) } else { self.mean() }
    }
}

/// How well seasons at that distance from `base` explain last year's months (logarithm, up to a constant).
pub(super) fn explains(base: &[f64; 12], pull: f64, last_year: &[f64; 12]) -> f64 {
    let sum: f64 = last_year.iter().sum();
    let months: f64 = base
        .iter()
        .zip(last_year)
        .map(|(share, events)| ln_gamma(pull * share + events) - ln_gamma(pull * share) - ln_gamma(events + 1.0))
        .sum();
    ln_gamma(pull) - ln_gamma(pull + sum) + ln_gamma(sum + 1.0) + months
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 120 events count as 120 / (1 + 120 / 120) = 60; a flat pull of 60 more halves the distance from flat:
    /// December's share is (60 x 0.5 + 60 / 12) / 120.
    #[test]
    fn last_year_is_shrunk_towards_the_base() {
        let mut last_year = [60.0 / 11.0; 12];
        last_year[11] = 60.0;
        let season = Season::learn(&FLAT, 60.0, &last_year);
        assert!((season.mean()[11] - 35.0 / 120.0).abs() < 1e-12);
        assert!((season.mean().iter().sum::<f64>() - 1.0).abs() < 1e-12);
        let drawn = season.drawn(&mut Draw::of(3));
        assert!((drawn.iter().sum::<f64>() - 1.0).abs() < 1e-12 && drawn[11] != season.mean()[11]);
    }

    /// One event, twelve equally likely months: ln(1/12) whatever the pull. Twelve events in one month speak against a strong pull.
    #[test]
    fn uneven_years_speak_against_a_strong_pull() {
        let mut last_year = [0.0; 12];
        last_year[4] = 1.0;
        for pull in [4.0, 50.0] {
            assert!((explains(&FLAT, pull, &last_year) - (1.0_f64 / 12.0).ln()).abs() < 1e-10);
        }
        last_year[4] = 12.0;
        assert!(explains(&FLAT, 4.0, &last_year) > explains(&FLAT, 50.0, &last_year) + 5.0);
        assert!(explains(&FLAT, 4.0, &[1.0; 12]) < explains(&FLAT, 50.0, &[1.0; 12]));
    }
}
