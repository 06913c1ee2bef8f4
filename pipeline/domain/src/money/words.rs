//! Amounts as sentences print them (金额表述): 亿元 from one 亿 on, 万元 below, at most two decimals.

use super::Unit;
use crate::figures::print;

/// `165亿元`, `12.35亿元`, `5,000万元`, `1.5万元`, `800元`: integer yuan, rounded half up to two decimals of its
/// unit, without needless zeros.
pub fn in_words(yuan: i64) -> String {
    let unit = match yuan.unsigned_abs() {
        100_000_000.. => Unit::Yi,
        10_000.. => Unit::Wan,
        _ => Unit::Yuan,
    };
    format!("{}{}", short(yuan, unit), unit.name())
}

/// An amount in `unit` with at most two decimals and no needless zeros, without the unit's name: `12.35`, `165`.
pub fn short(yuan: i64, unit: Unit) -> String {
    let digits = print(Some(yuan as f64 / unit.yuan() as f64), 2);
    digits.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_said_in_their_size() {
        let check = |yuan: i64, expect: &str| assert_eq!(in_words(yuan), expect, "{yuan}");
        check(16_500_000_000, "165亿元");
        check(1_234_567_890, "12.35亿元");
        check(100_000_000, "1亿元");
        check(99_999_999, "10,000万元");
        check(50_000_000, "5,000万元");
        check(15_000, "1.5万元");
        check(9_999, "9,999元");
        check(0, "0元");
        check(-350_000_000, "-3.5亿元");
        check(100_000_000_000, "1,000亿元");
    }
}
