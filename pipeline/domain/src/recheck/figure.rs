//! One printed figure: its value, its decimals, and between which bounds the unrounded value lies.

use crate::figures::{print, round_half_up};
use crate::text::fold;

/// Millionths: figures are compared as integers, six decimals fine.
const SCALE: i64 = 1_000_000;

/// A figure as printed (公布的数字).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PrintedFigure {
    /// In millionths of its own unit.
    value: i64,
    /// Half a step of the last printed decimal, likewise; 0 for a count.
    slack: i64,
    decimals: usize,
    /// What the cell's own 亿 or 万 multiplies by, else 1.
    unit: i64,
}

impl PrintedFigure {
    /// Reads `60.6%`, `1,204`, `-0.8`, `＋19.0`, `增长208.2%`, `下降3.1%`, `低于序时0.8个百分点`, `持平`, `63.4亿元`.
    /// `None` for an empty cell, a dash, and anything that is not one number.
    ///
    /// A number without decimals is an exact count unless it or its `heading` says 元 or `%`: those are rounded.
    pub fn read(text: &str, heading: &str) -> Option<Self> {
        let folded = fold(text);
        if matches!(folded.as_str(), "持平" | "与去年同期持平" | "与序时进度持平") {
            return Some(Self { value: 0, slack: SCALE / 20, decimals: 1, unit: 1 });
        }
        let start = folded.find(|c: char| c.is_ascii_digit())?;
        let (before, rest) = folded.split_at(start);
        let end = rest.find(|c: char| !(c.is_ascii_digit() || c == '.' || c == ',')).unwrap_or(rest.len());
        let (digits, after) = rest.split_at(end);
        if after.contains(|c: char| c.is_ascii_digit()) {
            return None;
        }
        let unit: i64 = match after {
            _ if after.starts_with('亿') => 100_000_000,
            _ if after.starts_with('万') => 10_000,
            _ => 1,
        };
        let (magnitude, decimals) = decimal(digits)?;
        let negative_words = ["下降", "低于", "减少", "慢于", "落后", "回落"];
        let is_negative = before.ends_with('-') || negative_words.iter().any(|word| before.contains(word));
        let is_exact = decimals == 0 && unit == 1 && !rounded_unit(after) && !rounded_unit(&fold(heading));
        let slack = if is_exact { 0 } else { SCALE.checked_div(10i64.checked_pow(decimals as u32)?)? / 2 };
        // Both bounds must have room in the plain unit.
        magnitude.checked_add(slack)?.checked_mul(unit)?;
        Some(Self { value: if is_negative { -magnitude } else { magnitude }, slack, decimals, unit })
    }

    /// Printed decimals: 1 for `60.6`.
    pub fn decimals(self) -> usize {
        self.decimals
    }

    /// The least and most that the unrounded value may be, 亿 and 万 multiplied out.
    pub fn bounds(self) -> (f64, f64) {
        (self.least() as f64 / SCALE as f64, self.most() as f64 / SCALE as f64)
    }

    /// In millionths.
    pub(super) fn least(self) -> i64 {
        (self.value - self.slack) * self.unit
    }

    pub(super) fn most(self) -> i64 {
        (self.value + self.slack) * self.unit
    }

    /// True when a value from `least` to `most` prints as this.
    pub(super) fn is_rounded_from(self, least: f64, most: f64) -> bool {
        let steps = |value: f64| (round_half_up(value / self.unit as f64, self.decimals) * SCALE as f64).round() as i64;
        (steps(least)..=steps(most)).contains(&self.value)
    }

    /// How `value` would be printed in this figure's place: with its decimals, in its unit.
    pub(super) fn print_like(self, value: f64) -> String {
        print(Some(value / self.unit as f64), self.decimals)
    }
}

/// Amounts and rates are rounded even where no decimals are printed.
fn rounded_unit(text: &str) -> bool {
    (text.contains('元') && !text.contains("元以上")) || text.contains('%')
}

/// `1,204.5` in millionths and its decimals; `None` beyond six decimals or with misplaced commas.
fn decimal(digits: &str) -> Option<(i64, usize)> {
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let groups: Vec<&str> = whole.split(',').collect();
    let well_grouped = groups.len() == 1 || (groups[0].len() <= 3 && groups[1..].iter().all(|group| group.len() == 3));
    let fraction_is_plain = fraction.bytes().all(|digit| digit.is_ascii_digit()) && fraction.len() <= 6;
    if !well_grouped || !fraction_is_plain || (digits.contains('.') && fraction.is_empty()) {
        return None;
    }
    let padded = format!("{fraction:0<6}");
    let value = groups.concat().parse::<i64>().ok()?.checked_mul(SCALE)?.checked_add(padded.parse().ok()?)?;
    Some((value, fraction.len()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn printed_figures_are_read() {
        let check = |text: &str, heading: &str, expect: Option<(f64, f64, usize)>| {
            let read = PrintedFigure::read(text, heading).map(|figure| (figure.bounds().0, figure.bounds().1, figure.decimals()));
            assert_eq!(read, expect, "{text} under {heading}");
        };
        check("188", "完成数", Some((188.0, 188.0, 0)));
        check("188个", "完成数", Some((188.0, 188.0, 0)));
        check("1,204", "完成数", Some((1204.0, 1204.0, 0)));
        check("60.6%", "完成率", Some((60.55, 60.65, 1)));
        check("56", "完成率（%）", Some((55.5, 56.5, 0)));
        check("６０．６％", "完成率", Some((60.55, 60.65, 1)));
        check("-0.8", "差距", Some((-0.85, -0.75, 1)));
        check("−0.8", "差距", Some((-0.85, -0.75, 1)));
        check("＋19.0", "差距", Some((18.95, 19.05, 1)));
        check("下降3.1%", "同比", Some((-3.15, -3.05, 1)));
        check("低于序时0.8个百分点", "差距", Some((-0.85, -0.75, 1)));
        check("持平", "同比", Some((-0.05, 0.05, 1)));
        check("63.4亿元", "固定资产投资", Some((6_335_000_000.0, 6_345_000_000.0, 1)));
        check("165", "固定资产投资（亿元）", Some((164.5, 165.5, 0)));
        check("12", "10亿元以上项目数", Some((12.0, 12.0, 0)));
        for nothing in ["", "-", "—", "无", "1,23", "1.2.3", "12月3日", "3."] {
            check(nothing, "完成数", None);
        }
    }

    proptest! {
        #[test]
        fn never_panics(text in "\\PC{0,24}") {
            let _ = PrintedFigure::read(&text, "完成数");
        }

        #[test]
        fn what_is_printed_is_rounded_from_its_value(value in -1e6f64..1e6, decimals in 0usize..4) {
            let figure = PrintedFigure::read(&crate::figures::print(Some(value), decimals), "%").unwrap();
            prop_assert!(figure.is_rounded_from(value, value));
            let (least, most) = figure.bounds();
            prop_assert!(least - 1e-9 <= value && value <= most + 1e-9);
        }
    }
}
