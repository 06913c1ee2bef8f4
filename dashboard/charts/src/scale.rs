//! Axis ticks (刻度): round steps, thousands separators, never a NaN.

/// Largest absolute value that a chart accepts.
const LIMIT: f64 = 1e18;

use crate::ChartError;

/// Ends and ticks of an axis.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Scale {
    pub(crate) low: f64,
    pub(crate) high: f64,
    pub(crate) ticks: Vec<(f64, String)>,
}

/// Refuses NaN, infinities and absurd sizes, naming the place.
pub(crate) fn checked(chart: &'static str, place: &str, value: f64) -> Result<f64, ChartError> {
    if value.is_finite() && value.abs() < LIMIT {
        return Ok(value);
    }
    Err(ChartError::Value { chart, place: place.to_owned(), value: value.to_string() })
}

/// A scale from zero (or the lowest value below it) to a round number above the highest value,
/// with about `steps` steps of 1, 2 or 5 times a power of ten; whole numbers get whole steps.
pub(crate) fn scale(values: impl Iterator<Item = f64>, steps: u32) -> Scale {
    let (mut lowest, mut highest, mut whole) = (0.0_f64, 0.0_f64, true);
    for value in values {
        lowest = lowest.min(value);
        highest = highest.max(value);
        whole &= value.fract() == 0.0;
    }
    if highest - lowest < 1e-9 {
        highest = lowest + 1.0;
        whole = true;
    }
    let mut step = round_step((highest - lowest) / f64::from(steps.max(1)));
    if whole {
        step = step.max(1.0);
    }
    let first = (lowest / step).floor() as i64;
    let last = (highest / step).ceil() as i64;
    let ticks = (first..=last).map(|count| count as f64 * step).map(|tick| (tick, tick_text(tick, step)));
    Scale { low: first as f64 * step, high: last as f64 * step, ticks: ticks.collect() }
}

fn round_step(rough: f64) -> f64 {
    let power = 10f64.powi(rough.log10().floor() as i32);
    let factor = rough / power;
    let round = if factor <= 1.0 {
        1.0
    } else if factor <= 2.0 {
        2.0
    } else if factor <= 5.0 {
        5.0
    } else {
        10.0
    };
    round * power
}

/// `12,000`, `0.5`; from 10^6 upward in 万, from 10^8 in 亿, from 10^16 as a power of ten.
fn tick_text(tick: f64, step: f64) -> String {
    if tick.abs() >= 1e16 {
        return format!("{tick:.0e}");
    }
    if tick.abs() >= 1e8 {
        return tick_text(tick / 1e8, step / 1e8) + "亿";
    }
    if tick.abs() >= 1e6 {
        return tick_text(tick / 1e4, step / 1e4) + "万";
    }
    let decimals = (-step.log10()).ceil().clamp(0.0, 9.0) as usize;
    let text = format!("{:.decimals$}", tick.abs());
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let mut grouped = String::new();
    for (place, digit) in whole.chars().enumerate() {
        if place > 0 && (whole.len() - place) % 3 == 0 {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    if !fraction.is_empty() {
        grouped.push('.');
        grouped.push_str(fraction);
    }
    if tick < 0.0 { format!("−{grouped}") } else { grouped }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round_and_written_for_readers() {
        fn check(values: &[f64], expect: &str) {
            let scale = scale(values.iter().copied(), 4);
            let texts: Vec<&str> = scale.ticks.iter().map(|tick| tick.1.as_str()).collect();
            assert_eq!(texts.join(" "), expect, "{values:?}");
            assert!(values.iter().all(|value| scale.low <= *value && *value <= scale.high));
        }
        check(&[188.0, 310.0], "0 100 200 300 400");
        check(&[1.0, 2.0], "0 1 2");
        check(&[], "0 1");
        check(&[0.0], "0 1");
        check(&[0.0, 0.3], "0.0 0.1 0.2 0.3");
        check(&[63.4, 165.0], "0 50 100 150 200");
        check(&[12_000.0, 43_000.0], "0 20,000 40,000 60,000");
        check(&[-5.0, 10.0], "−5 0 5 10");
        check(&[2e9, 7.5e9], "0 20亿 40亿 60亿 80亿");
        check(&[-1.5e7, 3e7], "−2,000万 0 2,000万 4,000万");
        check(&[9e17], "0 5e17 1e18");
        check(&[1e-300], "0 1");
    }

    #[test]
    fn what_cannot_be_drawn_is_refused_with_its_place() {
        for value in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 1e18, -1e300] {
            let error = checked("columns", "2022年, 5月", value).unwrap_err();
            assert!(error.to_string().starts_with("columns, 2022年, 5月: not a drawable number"), "{error}");
        }
        assert_eq!(checked("columns", "", -1e17).unwrap(), -1e17);
    }
}
