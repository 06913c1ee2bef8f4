//! Possible courses of the rest of the year (模拟路径).

use super::draw::Draw;
use super::level::{Setting, Year};
use crate::target::Metric;

/// One course: what each month that is left brings on average, and how the months scatter.
#[derive(Debug, Clone, Copy)]
pub(super) struct Path {
    /// Projects or yuan; 0 for what is over.
    pub(super) expected: [f64; 12],
    scatter: f64,
}

/// Draws courses from the settings by their credit.
pub(super) fn expected_paths(year: &Year<'_>, settings: &[Setting], draw: &mut Draw, count: usize) -> Vec<Path> {
    let mut paths = Vec::with_capacity(count);
    let mut credit_up_to = 0.0;
    for setting in settings {
        // Even steps through the credits instead of a draw: the same mixture with less noise.
        credit_up_to += setting.credit;
        let shares = setting.season.mean();
        while (paths.len() as f64 + 0.5) / (count as f64) < credit_up_to {
            paths.push(expected_path(year, setting, &shares, draw));
        }
    }
    paths
}

fn expected_path(year: &Year<'_>, setting: &Setting, shares: &[f64; 12], draw: &mut Draw) -> Path {
    let events = setting.level.events;
    // Log-normal around the filter's mean, with its variance: as likely above as below on the scale of ratios.
    let unsure = (1.0 / events).ln_1p().sqrt();
    let mut total = setting.level.mean() * setting.scatter * (unsure * draw.normal()).exp();
    // What is forgotten in a month is how far the level moves in one, as likely up as down.
    let moves = ((1.0 - setting.memory) / (setting.memory * events.max(0.5))).sqrt();
    let mut expected = [0.0; 12];
    for month in year.calendar.first_left()..12 {
        if moves > 0.0 {
            total *= (moves * draw.normal()).exp();
        }
        expected[month] = total * shares[month] * setting.season.drawn(month, draw) * (1.0 - year.calendar.share_over(month));
    }
    Path { expected, scatter: setting.scatter }
}

/// Pools the courses with the yield of the waiting projects: on the scale of ratios, each by how sure it is;
/// `error` is how far the yield may be off, standard deviation of its logarithm.
pub(super) fn pool(paths: &mut [Path], waiting: &[f64; 12], error: f64, draw: &mut Draw) {
    let waiting_sum: f64 = waiting.iter().sum();
    let logs: Vec<f64> = paths.iter().map(|path| sum_of(path).ln()).collect();
    let mean = logs.iter().sum::<f64>() / logs.len() as f64;
    let flow_variance = logs.iter().map(|log| (log - mean).powi(2)).sum::<f64>() / logs.len() as f64;
    let pipeline_variance = error.powi(2) + 1.0 / waiting_sum.max(1.0);
    let trust = flow_variance / (flow_variance + pipeline_variance);
    for path in paths {
        let off = pipeline_variance.sqrt() * draw.normal();
        let flow_sum = sum_of(path);
        let pooled = ((1.0 - trust) * flow_sum.ln() + trust * (waiting_sum.max(0.05).ln() + off)).exp();
        for (month, expected) in path.expected.iter_mut().enumerate() {
            let share = (1.0 - trust) * *expected / flow_sum + trust * waiting[month] / waiting_sum.max(1e-9);
            *expected = pooled * share;
        }
    }
}

/// What the months bring in each course, by chance around what they bring on average: projects or yuan.
pub(super) fn realised(paths: &[Path], metric: Metric, draw: &mut Draw) -> Vec<[i64; 12]> {
    paths.iter().map(|path| path.expected.map(|expected| realised_month(expected, path.scatter, metric, draw))).collect()
}

fn realised_month(expected: f64, scatter: f64, metric: Metric, draw: &mut Draw) -> i64 {
    if expected <= 0.0 {
        return 0;
    }
    match metric {
        Metric::FixedAssets => (draw.gamma(expected / scatter) * scatter).round() as i64,
        _ if scatter > 1.0 => {
            let excess = scatter - 1.0;
            let mean = draw.gamma(expected / excess) * excess;
            draw.poisson(mean)
        }
        _ => draw.poisson(expected),
    }
}

fn sum_of(path: &Path) -> f64 {
    path.expected.iter().sum::<f64>().max(0.05)
}
