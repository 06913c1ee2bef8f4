//! The parts of an amount in a cell: number, unit, currency, and words such as 约.

use super::{Denomination, NANO, Unit};

/// A number as it was typed.
pub(super) struct Decimal {
    /// Billionths: enough for an exact yuan in an amount of 亿元.
    pub nano: i128,
    pub negative: bool,
}

pub(super) fn is_placeholder(folded: &str) -> bool {
    matches!(
        folded,
        "" | "-" | "--" | "---" | "/" | "\\" | "." | "无" | "暂无" | "待定" | "未定" | "n/a" | "na" | "null" | "none" | "nil" | "*"
    )
}

pub(super) fn strip_about(folded: &str) -> (&str, bool) {
    for word in ["大约", "约为", "不少于", "不低于", "超过", "预计", "约", "近", "超", "逾", "≈", "~", ">=", "≥"] {
        if let Some(rest) = folded.strip_prefix(word) {
            return (rest, true);
        }
    }
    (folded, false)
}

const CURRENCIES: [(&str, &str); 30] = [
    ("人民币", "CNY"),
    ("rmb", "CNY"),
    ("cny", "CNY"),
    ("¥", "CNY"),
    ("美元", "USD"),
    ("美金", "USD"),
    ("usd", "USD"),
    ("us$", "USD"),
    ("$", "USD"),
    ("欧元", "EUR"),
    ("eur", "EUR"),
    ("€", "EUR"),
    ("港币", "HKD"),
    ("港元", "HKD"),
    ("hkd", "HKD"),
    ("hk$", "HKD"),
    ("日元", "JPY"),
    ("jpy", "JPY"),
    ("英镑", "GBP"),
    ("gbp", "GBP"),
    ("£", "GBP"),
    ("新加坡元", "SGD"),
    ("新元", "SGD"),
    ("sgd", "SGD"),
    ("韩元", "KRW"),
    ("krw", "KRW"),
    ("新台币", "TWD"),
    ("台币", "TWD"),
    ("twd", "TWD"),
    ("瑞士法郎", "CHF"),
];

pub(super) fn leading_currency(text: &str) -> (Option<&'static str>, &str) {
    for (word, code) in CURRENCIES {
        if let Some(rest) = text.strip_prefix(word) {
            return (Some(code), rest.trim_start_matches([':', ' ']));
        }
    }
    (None, text)
}

pub(super) fn leading_unit(text: &str) -> (Option<Unit>, &str) {
    // Longest first; 元 itself is taken off afterwards so that 万美元 and 万元 read alike.
    for (word, unit) in [
        ("亿万", Unit::Yi),
        ("百万", Unit::Million),
        ("亿", Unit::Yi),
        ("万", Unit::Wan),
        ("千", Unit::Thousand),
        ("billion", Unit::Yuan),
        ("million", Unit::Million),
    ] {
        if word == "billion" || word == "亿万" {
            continue;
        }
        if let Some(rest) = text.strip_prefix(word) {
            return (Some(unit), rest);
        }
    }
    (None, text)
}

/// Unit and currency after a number: 万元, 亿, 万美元, 亿人民币, 元.
pub(super) fn trailing_denomination(text: &str) -> (Option<Unit>, Option<&'static str>, &str) {
    let (unit, rest) = leading_unit(text);
    let (currency, rest) = leading_currency(rest);
    let (plain, rest) = match rest.strip_prefix('元') {
        Some(rest) => (true, rest),
        None => (false, rest),
    };
    let (bracketed, rest) = match leading_currency(rest.trim_start_matches('(')) {
        (Some(code), tail) if rest.starts_with('(') => (Some(code), tail.trim_start_matches(')')),
        _ => (None, rest),
    };
    let unit = unit.or((plain || currency.is_some()).then_some(Unit::Yuan));
    (unit, currency.or(bracketed), rest)
}

pub(super) fn leading_denomination(text: &str) -> Option<(Denomination, &str)> {
    let (before, rest) = leading_currency(text);
    let (unit, after, rest) = trailing_denomination(rest);
    let unit = unit.or(before.map(|_| Unit::Yuan))?;
    Some((Denomination { unit, currency: after.or(before).unwrap_or("CNY") }, rest))
}

/// A unit written straight at the end of a header, without brackets: 协议投资额万元.
pub(super) fn trailing_unit(folded: &str) -> Option<Denomination> {
    for (word, unit, currency) in [
        ("万美元", Unit::Wan, "USD"),
        ("亿美元", Unit::Yi, "USD"),
        ("百万元", Unit::Million, "CNY"),
        ("万元", Unit::Wan, "CNY"),
        ("亿元", Unit::Yi, "CNY"),
    ] {
        if folded.ends_with(word) {
            return Some(Denomination { unit, currency });
        }
    }
    None
}

pub(super) fn is_range(rest: &str) -> bool {
    let (_, _, tail) = trailing_denomination(rest);
    let tail = tail.strip_prefix(['-', '~', '至', '到']).unwrap_or("");
    tail.starts_with(|c: char| c.is_ascii_digit())
}

/// Reads `1,234.5`, `-3`, `(3)`-free plain decimals, and `1.2e7` as spreadsheets write them.
pub(super) fn leading_decimal(text: &str) -> Option<(Decimal, &str)> {
    let (negative, body) = match text.strip_prefix('-') {
        Some(body) => (true, body),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let end = body.find(|c: char| !(c.is_ascii_digit() || c == '.' || c == ',')).unwrap_or(body.len());
    let (digits, mut rest) = body.split_at(end);
    let digits = digits.trim_end_matches([',', '.']);
    if digits.is_empty() || digits.matches('.').count() > 1 || !commas_group(digits) {
        return None;
    }
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    if fraction.contains(',') {
        return None;
    }
    let whole: String = whole.chars().filter(char::is_ascii_digit).collect();
    if whole.len() > 18 || (whole.is_empty() && fraction.is_empty()) {
        return None;
    }
    let mut nano: i128 = if whole.is_empty() { 0 } else { whole.parse::<i128>().ok()? * NANO };
    let mut step = NANO / 10;
    for digit in fraction.bytes().take(9) {
        nano += i128::from(digit - b'0') * step;
        step /= 10;
    }
    // Spreadsheet noise such as 0.30000000000000004 or 2.9999999999999996 rounds at the tenth digit.
    if fraction.as_bytes().get(9).is_some_and(|digit| *digit >= b'5') {
        nano += 1;
    }
    if let Some(exponent) = rest.strip_prefix('e') {
        let (sign, exponent) = match exponent.strip_prefix('-') {
            Some(exponent) => (-1i32, exponent),
            None => (1, exponent.strip_prefix('+').unwrap_or(exponent)),
        };
        let end = exponent.find(|c: char| !c.is_ascii_digit()).unwrap_or(exponent.len());
        let power: u32 = exponent[..end].parse().ok().filter(|power| *power <= 15)?;
        let factor = 10i128.checked_pow(power)?;
        nano = if sign > 0 { nano.checked_mul(factor)? } else { nano / factor };
        rest = &exponent[end..];
    }
    Some((Decimal { nano, negative }, rest))
}

/// Commas may only stand between groups of three digits (1,234,567) — or of four (1,0000 as some write 万).
pub(super) fn commas_group(digits: &str) -> bool {
    let whole = digits.split('.').next().unwrap_or(digits);
    let groups: Vec<&str> = whole.split(',').collect();
    if groups.len() == 1 {
        return true;
    }
    !groups[0].is_empty() && groups[0].len() <= 4 && (groups[1..].iter().all(|g| g.len() == 3) || groups[1..].iter().all(|g| g.len() == 4))
}
