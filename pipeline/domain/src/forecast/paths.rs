//! Possible courses of the rest of the year (模拟路径).

use super::draw::Draw;
use super::level::{Setting, Year, level_now};
use crate::target::Metric;

/// So many courses are drawn for one forecast: a quantile then errs by about one part in a hundred of the band.
pub(super) const DRAWS: usize = 2000;
/// How far the waiting projects' expected yield may be off, standard deviation of its logarithm. Assumption.
const PIPELINE_ERROR: f64 = 0.16;

/// One course: what each month that is left brings on average, and how the months scatter.
#[derive(Debug, Clone, Copy)]
pub(super) struct Path {
    /// Projects or yuan; 0 for what is over.
    pub(super) expected: [f64; 12],
    scatter: f64,
}

/// Draws courses from the settings by their credit.
pub(super) fn expected_paths(year: &Year, settings: &[Setting], draw: &mut Draw, count: usize) -> Vec<Path> {
    let mut paths = Vec::with_capacity(count);
    let mut chosen = 0;
    let mut credit_up_to = settings.first().map_or(1.0, |setting| setting.credit);
    for number in 0..count {
        // Even steps through the credits instead of a draw: the same mixture with less noise.
        let place = (number as f64 + 0.5) / count as f64;
        while place > credit_up_to && chosen + 1 < settings.len() {
            chosen += 1;
            credit_up_to += settings[chosen].credit;
        }
        if let Some(setting) = settings.get(chosen) {
            paths.push(expected_path(year, setting, draw));
        }
    }
    paths
}

fn expected_path(year: &Year, setting: &Setting, draw: &mut Draw) -> Path {
    let shares = setting.season.drawn(draw);
    let level = level_now(year, setting, &shares);
    let mut events = level.events;
    // Log-normal with the mean and variance of the gamma level: levels that differ by ratios have no heavy lower tail.
    let variance = (1.0 / events).ln_1p();
    let mut total = events / level.exposure * setting.scatter * ratio(variance, draw);
    let mut expected = [0.0; 12];
    for month in year.calendar.first_left()..12 {
        if setting.memory < 1.0 {
            let variance = (1.0 - setting.memory) / (setting.memory * events.max(0.5));
            total *= ratio(variance, draw);
            events *= setting.memory;
        }
        expected[month] = total * shares[month] * (1.0 - year.calendar.share_over(month));
    }
    Path { expected, scatter: setting.scatter }
}

/// A log-normal ratio with mean 1; `variance` is that of its logarithm.
fn ratio(variance: f64, draw: &mut Draw) -> f64 {
    (variance.sqrt() * draw.normal() - variance / 2.0).exp()
}

/// Pools the courses with the yield of the waiting projects: on the scale of ratios, each by how sure it is.
pub(super) fn pool(paths: &mut [Path], waiting: &[f64; 12], draw: &mut Draw) {
    let waiting_sum: f64 = waiting.iter().sum();
    let logs: Vec<f64> = paths.iter().map(|path| sum_of(path).ln()).collect();
    let mean = logs.iter().sum::<f64>() / logs.len() as f64;
    let flow_variance = logs.iter().map(|log| (log - mean).powi(2)).sum::<f64>() / logs.len() as f64;
    let pipeline_variance = PIPELINE_ERROR.powi(2) + 1.0 / waiting_sum.max(1.0);
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
