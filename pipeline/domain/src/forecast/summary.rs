//! From possible courses to quantiles, the chance of the target, and the band (汇总).

use super::{BandPoint, Basis, Calendar, Forecast, Quantiles, Question, words};

/// Sums courses up. `ends` holds what each month that is left brings in each course.
pub(super) fn summarise(question: &Question<'_>, calendar: &Calendar, done: i64, ends: Vec<[i64; 12]>, basis: Basis) -> Forecast {
    let mut standing = vec![done; ends.len()];
    let mut band = Vec::new();
    for month in calendar.first_left()..12 {
        standing.iter_mut().zip(&ends).for_each(|(sum, months)| *sum = sum.saturating_add(months[month]));
        let mut sorted = standing.clone();
        sorted.sort_unstable();
        band.push(BandPoint {
            month: month as u32 + 1,
            low: quantile(&sorted, 0.1),
            middle: quantile(&sorted, 0.5),
            high: quantile(&sorted, 0.9),
        });
    }
    standing.sort_unstable();
    let year_end = Quantiles {
        p10: quantile(&standing, 0.1),
        p25: quantile(&standing, 0.25),
        p50: quantile(&standing, 0.5),
        p75: quantile(&standing, 0.75),
        p90: quantile(&standing, 0.9),
    };
    let mean = standing.iter().map(|value| *value as f64).sum::<f64>() / standing.len().max(1) as f64;
    let months_left = calendar.months_left();
    let mut forecast = Forecast {
        done,
        year_end,
        mean,
        chance: question.target.map(|target| chance(&standing, done, target)),
        months_left,
        needed_per_month: question.target.map(|target| target.saturating_sub(done).max(0) as f64 / months_left),
        so_far_per_month: done as f64 / calendar.months_over(),
        band,
        basis,
        sentences: Default::default(),
    };
    forecast.sentences = words::sentences(question, &forecast);
    forecast
}

/// The smallest value that at least `share` of the sorted values do not exceed.
fn quantile(sorted: &[i64], share: f64) -> i64 {
    let rank = (sorted.len() as f64 * share).ceil() as usize;
    sorted.get(rank.saturating_sub(1)).copied().unwrap_or_default()
}

/// In percent. What is reached is sure; what no course reached, or every one, is never called impossible or sure.
fn chance(sorted: &[i64], done: i64, target: i64) -> f64 {
    if done >= target {
        return 100.0;
    }
    let missed = sorted.partition_point(|value| *value < target);
    ((sorted.len() - missed) as f64 + 0.5) / (sorted.len() as f64 + 1.0) * 100.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_and_chances_count() {
        let sorted: Vec<i64> = (1..=10).collect();
        let check = |share: f64, expect: i64| assert_eq!(quantile(&sorted, share), expect, "{share}");
        check(0.1, 1);
        check(0.25, 3);
        check(0.5, 5);
        check(0.9, 9);
        // Values 8, 9, 10 reach 8: (3 + 0.5) / 11.
        assert_eq!(chance(&sorted, 0, 8), 3.5 / 11.0 * 100.0);
        assert_eq!(chance(&sorted, 0, 11), 0.5 / 11.0 * 100.0);
        assert_eq!(chance(&sorted, 8, 8), 100.0);
    }
}
