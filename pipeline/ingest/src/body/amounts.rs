//! Amounts of a row (金额): the common plain number by a short way, everything else by `domain::money`.

use qunlian_domain::money::{self, Denomination, ExchangeRates};

use crate::problem::Problem;
use crate::row::{Cell, Kind};

/// An amount in integer yuan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Yuan {
    pub yuan: i64,
    /// 约, 左右: a statement, not a contract sum.
    pub about: bool,
    /// ISO 4217 code of what the cell or header named.
    pub currency: &'static str,
}

/// Reads a cell; `Ok(None)` when it says nothing.
pub fn read(cell: Cell<'_>, unit: Option<Denomination>, year: i32, rates: &ExchangeRates) -> Result<Option<Yuan>, (Problem, String)> {
    if cell.is_blank() {
        return Ok(None);
    }
    match cell.kind {
        Kind::Error => return Err((Problem::FormulaError, String::new())),
        Kind::Date => return Err((Problem::AmountIsADate, String::new())),
        Kind::Truth => return Err((Problem::AmountNotANumber, String::new())),
        Kind::Text | Kind::Number => (),
    }
    if let Some(unit) = unit.filter(|unit| unit.currency == "CNY")
        && let Some(yuan) = plain(cell.text, unit.unit.yuan())
    {
        return Ok(Some(Yuan { yuan, about: false, currency: "CNY" }));
    }
    match money::parse(cell.text, unit, year, rates) {
        Ok(amount) => Ok(amount.map(|amount| Yuan { yuan: amount.yuan, about: amount.about, currency: amount.currency })),
        Err(error) => {
            let detail = match &error {
                money::AmountError::NoRate { currency, year } => format!("{year} 年 {currency}"),
                _ => String::new(),
            };
            Err((Problem::from(&error), detail))
        }
    }
}

/// `30000` and `3.25` in a unit of `scale` yuan, rounded half up; anything else goes the long way.
fn plain(text: &str, scale: i64) -> Option<i64> {
    let bytes = text.as_bytes();
    if bytes.is_empty() || bytes.len() > 16 {
        return None;
    }
    let mut digits: i64 = 0;
    let mut decimals: Option<u32> = None;
    for byte in bytes {
        match byte {
            b'0'..=b'9' => {
                digits = digits * 10 + i64::from(byte - b'0');
                decimals = decimals.map(|count| count + 1);
            }
            b'.' if decimals.is_none() => decimals = Some(0),
            _ => return None,
        }
    }
    // `.5` and `5.` are left to the long way; so is all that may be too large.
    if decimals == Some(0) || bytes[0] == b'.' || decimals.unwrap_or(0) > 9 || digits > 1_000_000_000_000_000 {
        return None;
    }
    let divisor = 10i128.pow(decimals.unwrap_or(0));
    let yuan = (i128::from(digits) * i128::from(scale) * 2 + divisor) / (divisor * 2);
    (yuan <= 1_000_000_000_000).then_some(yuan as i64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use qunlian_domain::money::Unit;

    const WAN: Option<Denomination> = Some(Denomination { unit: Unit::Wan, currency: "CNY" });

    fn rates() -> ExchangeRates {
        ExchangeRates::from_csv("year,currency,units_per_usd\n2022,CNY,6.7\n").unwrap()
    }

    fn read_text(text: &str, kind: Kind) -> Result<Option<i64>, Problem> {
        read(Cell { kind, text }, WAN, 2022, &rates()).map(|amount| amount.map(|amount| amount.yuan)).map_err(|(problem, _)| problem)
    }

    #[test]
    fn cells_become_yuan_or_problems() {
        let check = |text: &str, expect: Result<Option<i64>, Problem>| assert_eq!(read_text(text, Kind::Text), expect, "{text}");
        check("30000", Ok(Some(300_000_000)));
        check("3.25", Ok(Some(32_500)));
        check("３００", Ok(Some(3_000_000)));
        check("约3亿元", Ok(Some(300_000_000)));
        check("USD 3000万", Ok(Some(201_000_000)));
        check("-", Ok(None));
        check("", Ok(None));
        check("2-3亿", Err(Problem::AmountRange));
        check("12%", Err(Problem::AmountNotANumber));
        check("-5", Err(Problem::AmountNegative));
        check("100欧元", Err(Problem::NoExchangeRate));
        assert_eq!(read_text("#REF!", Kind::Error), Err(Problem::FormulaError));
        assert_eq!(read_text("2022-03-05", Kind::Date), Err(Problem::AmountIsADate));
    }

    proptest! {
        #[test]
        fn the_short_way_gives_what_the_long_way_gives(whole in 0u64..2_000_000_000, fraction in "(\\.[0-9]{1,10})?", unit in 0usize..5) {
            let unit = [Unit::Yuan, Unit::Thousand, Unit::Wan, Unit::Million, Unit::Yi][unit];
            let text = format!("{whole}{fraction}");
            if let Some(yuan) = plain(&text, unit.yuan()) {
                let long = money::parse(&text, Some(Denomination { unit, currency: "CNY" }), 2022, &rates());
                prop_assert_eq!(long.unwrap().unwrap().yuan, yuan);
            }
        }

        #[test]
        fn never_panics(text in "\\PC{0,20}") {
            let _ = read_text(text.trim(), Kind::Text);
        }
    }
}
