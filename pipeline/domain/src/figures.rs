//! The figures printed on cards and in bulletins: completion rate (完成率), growth (增长), gaps, rounding.

/// Completion rate (完成率) in percent, unrounded. `None` when no target was set ("-") or it is zero.
/// Source: domain rules 5 and 7.
pub fn completion_rate(done: i64, target: Option<i64>) -> Option<f64> {
    ratio_percent(done, target?)
}

/// Growth (同比增长) in percent, unrounded. `None` on a base of zero or none: it prints "—".
pub fn growth(now: i64, base: Option<i64>) -> Option<f64> {
    let base = base?;
    (base > 0).then(|| (now as f64 / base as f64 - 1.0) * 100.0)
}

/// Share (占比) of a part in a whole in percent, unrounded. `None` when the whole is zero or negative.
pub fn ratio_percent(part: i64, whole: i64) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64 * 100.0)
}

/// Distance to pace (序时差距) in percentage points (个百分点), unrounded: completion minus pace.
pub fn gap_points(completion: Option<f64>, pace: f64) -> Option<f64> {
    completion.map(|rate| rate - pace)
}

/// What should be done by now (序时应完成): `target` at `pace` percent, in the target's unit.
pub fn planned(target: i64, pace: f64) -> f64 {
    target as f64 * pace / 100.0
}

/// Whole projects or yuan missing from the pace (补齐序时尚缺), never negative.
///
/// A plan of 3.0000000000000004 projects is three: the noise of division must not ask for a fourth.
pub fn shortfall(done: i64, target: i64, pace: f64) -> i64 {
    let whole = (planned(target, pace) * (1.0 - 8.0 * f64::EPSILON)).ceil() as i64;
    whole.saturating_sub(done).max(0)
}

/// Rounds half away from zero to `decimals` places, once, at the very end (四舍五入).
///
/// Works on the shortest decimal form of the number, so 0.125 -> 0.13 and 2.675 -> 2.68
/// as a person with pencil and paper would round them.
pub fn round_half_up(value: f64, decimals: usize) -> f64 {
    if !value.is_finite() {
        return value;
    }
    let scale = 10f64.powi(decimals as i32);
    let scaled = value.abs() * scale;
    if scaled >= WHOLE {
        return value;
    }
    // A relative nudge far below any printed digit lifts 267.49999999999994 to 267.5.
    let nudged = if scaled < NUDGED { scaled * (1.0 + 4.0 * f64::EPSILON) } else { scaled };
    let rounded = nudged.round() / scale;
    if value < 0.0 && rounded != 0.0 { -rounded } else { rounded }
}

/// Up to here a number's noise is less than what it is nudged by, and that is less than the half it is rounded by.
const NUDGED: f64 = (1_u64 << 45) as f64;
/// From here on a number has nothing behind the place it is rounded to.
const WHOLE: f64 = (1_u64 << 52) as f64;

/// The same before the point (取整到十、百、千位): `round_half_up_to(123_456.0, 3)` -> 123,000. Up to 18 places.
pub fn round_half_up_to(value: f64, places: usize) -> f64 {
    let unit = 10f64.powi(places.min(18) as i32);
    round_half_up(value / unit, 0) * unit
}

/// Prints a figure with a fixed number of decimals and thousands separators; `None` prints "—".
pub fn print(value: Option<f64>, decimals: usize) -> String {
    match value {
        Some(number) if number.is_finite() => group_thousands(&format!("{:.decimals$}", round_half_up(number, decimals))),
        _ => "—".to_owned(),
    }
}

/// `60.6%`; `None` prints "—".
pub fn print_percent(value: Option<f64>) -> String {
    match value {
        Some(number) if number.is_finite() => format!("{}%", print(value, 1)),
        _ => "—".to_owned(),
    }
}

/// A gap in points with its sign, one decimal: `+19.0`, `−0.8`, `0.0`; `None` prints "—".
pub fn print_signed(value: Option<f64>) -> String {
    let Some(number) = value.filter(|number| number.is_finite()).map(|number| round_half_up(number, 1)) else {
        return "—".to_owned();
    };
    let sign = match number {
        ahead if ahead > 0.0 => "+",
        behind if behind < 0.0 => "−",
        _ => "",
    };
    format!("{sign}{}", print(Some(number.abs()), 1))
}

/// Prints a whole number with thousands separators.
pub fn print_count(value: i64) -> String {
    group_thousands(&value.to_string())
}

fn group_thousands(digits: &str) -> String {
    let (sign, rest) = match digits.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", digits),
    };
    let (whole, fraction) = match rest.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (rest, None),
    };
    let mut out = String::from(sign);
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    if let Some(fraction) = fraction {
        out.push('.');
        out.push_str(fraction);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounds_as_on_paper() {
        let check = |value: f64, decimals: usize, expect: f64| assert_eq!(round_half_up(value, decimals), expect, "{value}");
        check(60.645_161_29, 1, 60.6);
        check(2.675, 2, 2.68);
        check(0.125, 2, 0.13);
        check(-0.05, 1, -0.1);
        check(-0.04, 1, 0.0);
        check(18.978_494, 1, 19.0);
        check(1.005, 2, 1.01);
        assert!(round_half_up(-0.04, 1).is_sign_positive(), "no minus zero");
        check(100_000.0, 10, 100_000.0);
        check(6.0, 15, 6.0);
        check(6e12, 2, 6e12);
        check(1e300, 15, 1e300);
        assert_eq!([round_half_up_to(123_500.0, 3), round_half_up_to(-55.0, 1), round_half_up_to(4.0, 1)], [124_000.0, -60.0, 0.0]);
    }

    #[test]
    fn prints_figures() {
        assert_eq!(print(Some(1_234_567.891), 1), "1,234,567.9");
        assert_eq!(print(Some(-1234.0), 0), "-1,234");
        assert_eq!(print(None, 1), "—");
        assert_eq!(print(Some(f64::NAN), 1), "—");
        assert_eq!(print_count(1_204), "1,204");
    }

    #[test]
    fn no_target_and_no_base_print_nothing() {
        assert_eq!(completion_rate(5, None), None);
        assert_eq!(completion_rate(5, Some(0)), None);
        assert_eq!(growth(5, Some(0)), None);
        assert_eq!(growth(5, None), None);
    }

    /// 淮北日报 2022-07-06: January to May 2022.
    #[test]
    fn reproduces_the_published_huaibei_figures() {
        let check = |done: i64, target: i64, last_year: i64, completion: f64, grown: f64, gap: f64| {
            let rate = completion_rate(done, Some(target));
            assert_eq!(rate.map(|r| round_half_up(r, 1)), Some(completion));
            assert_eq!(growth(done, Some(last_year)).map(|g| round_half_up(g, 1)), Some(grown));
            let pace = crate::pace::linear_months(5);
            assert_eq!(gap_points(rate, pace).map(|g| round_half_up(g, 1)), Some(gap));
        };
        check(188, 310, 61, 60.6, 208.2, 19.0);
        check(92, 225, 39, 40.9, 135.9, -0.8);
        check(98, 175, 28, 56.0, 250.0, 14.3);
    }

    /// 六安市 January to September 2022: every printed start rate recomputes from its two counts.
    #[test]
    fn reproduces_the_published_luan_start_rates() {
        let rows = [
            (46, 43, 93.5),
            (19, 17, 89.5),
            (39, 34, 87.2),
            (52, 45, 86.5),
            (44, 37, 84.1),
            (47, 36, 76.6),
            (45, 34, 75.6),
            (52, 39, 75.0),
        ];
        for (signed, started, published) in rows {
            assert_eq!(ratio_percent(started, signed).map(|r| round_half_up(r, 1)), Some(published));
        }
        assert_eq!(rows.iter().map(|r| r.0).sum::<i64>(), 344);
        assert_eq!(rows.iter().map(|r| r.1).sum::<i64>(), 285);
    }

    #[test]
    fn what_is_missing_is_whole_and_never_negative() {
        let check = |done: i64, target: i64, months: u32, expect: i64| {
            assert_eq!(shortfall(done, target, crate::pace::linear_months(months)), expect, "{done}/{target}")
        };
        check(92, 225, 5, 2);
        check(188, 310, 5, 0);
        check(0, 12, 3, 3);
        check(0, 36, 1, 3);
        check(0, 120, 7, 70);
        check(5, 0, 5, 0);
        check(0, 16_500_000_000, 12, 16_500_000_000);
    }
}
