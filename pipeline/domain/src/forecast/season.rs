//! The seasons of a year (季节分布): which share of it each month holds, and how sure that is.

use super::draw::Draw;
use super::gamma_function::ln_gamma;

/// Months of a year without seasons.
pub(super) const FLAT: [f64; 12] = [1.0 / 12.0; 12];

/// Monthly shares as independent gammas: `weights` divided by their sum are the mean, a month's own weight is how sure it is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Season {
    weights: [f64; 12],
}

impl Season {
    /// Last year's months in effective events, shrunk towards `base` as if `pull` events had followed it. However well that
    /// is known, this year's seasons are another draw: both together count as `most` events at most.
    pub(super) fn learn(base: &[f64; 12], pull: f64, last_year: &[f64; 12], most: f64) -> Self {
        let sum: f64 = pull + last_year.iter().sum::<f64>();
        let kept = 1.0 / (1.0 + sum / most);
        Self { weights: std::array::from_fn(|month| (base[month] * pull + last_year[month]) * kept) }
    }

    /// Expected shares; they sum to 1.
    pub(super) fn mean(&self) -> [f64; 12] {
        let sum: f64 = self.weights.iter().sum();
        self.weights.map(|weight| weight / sum)
    }

    /// Relative variance of a month's share.
    pub(super) fn unsureness(&self, month: usize) -> f64 {
        1.0 / self.weights[month].max(1e-3)
    }

    /// How many times its expected share a month may hold; 1 on average.
    pub(super) fn drawn(&self, month: usize, draw: &mut Draw) -> f64 {
        let weight = self.weights[month].max(1e-3);
        draw.gamma(weight) / weight
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

    /// 60 events, half of them in December, and a flat pull of 60 more: December's share is (30 + 60 / 12) / 120. The 120 count
    /// as 120 / (1 + 120 / 120) = 60, so December weighs 17.5.
    #[test]
    fn last_year_is_shrunk_towards_the_base() {
        let mut last_year = [30.0 / 11.0; 12];
        last_year[11] = 30.0;
        let season = Season::learn(&FLAT, 60.0, &last_year, 120.0);
        assert!((season.mean()[11] - 35.0 / 120.0).abs() < 1e-12);
        assert!((season.mean().iter().sum::<f64>() - 1.0).abs() < 1e-12);
        assert!((season.unsureness(11) - 1.0 / 17.5).abs() < 1e-12);
        let mut draw = Draw::of(3);
        let drawn: Vec<f64> = (0..4_000).map(|_| season.drawn(11, &mut draw)).collect();
        let mean = drawn.iter().sum::<f64>() / 4_000.0;
        // Five standard errors of 1 / sqrt(17.5 x 4000).
        assert!((mean - 1.0).abs() < 5.0 / (17.5_f64 * 4_000.0).sqrt(), "{mean}");
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
