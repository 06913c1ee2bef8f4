//! Amounts of money (金额): from what people type, with its unit and currency, to integer yuan (元).

mod cell;
mod rates;
mod words;

use crate::text::fold;
use cell::{
    is_placeholder, is_range, leading_currency, leading_decimal, leading_denomination, strip_about, trailing_denomination, trailing_unit,
};
pub use rates::{ExchangeRates, RatesError};
pub use words::{in_words, short};

/// The unit an amount is written in (单位).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Unit {
    /// 元
    Yuan,
    /// 千元
    Thousand,
    /// 万元
    Wan,
    /// 百万元
    Million,
    /// 亿元
    Yi,
}

impl Unit {
    /// How many yuan one of this unit is.
    pub fn yuan(self) -> i64 {
        match self {
            Unit::Yuan => 1,
            Unit::Thousand => 1_000,
            Unit::Wan => 10_000,
            Unit::Million => 1_000_000,
            Unit::Yi => 100_000_000,
        }
    }

    /// The unit's name in Chinese.
    pub fn name(self) -> &'static str {
        match self {
            Unit::Yuan => "元",
            Unit::Thousand => "千元",
            Unit::Wan => "万元",
            Unit::Million => "百万元",
            Unit::Yi => "亿元",
        }
    }
}

/// Unit and currency as a header states them: `协议投资额（万美元）` is ten thousand US dollars.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Denomination {
    pub unit: Unit,
    /// ISO 4217 code, `CNY` for yuan.
    pub currency: &'static str,
}

impl Denomination {
    /// Plain yuan.
    pub const YUAN: Self = Self { unit: Unit::Yuan, currency: "CNY" };

    /// Finds the unit that a header carries in brackets or after a colon or slash
    /// (`总投资（亿元）`, `投资额：万元`, `单位:万美元`). `None` when it names none.
    pub fn in_header(header: &str) -> Option<Self> {
        let folded = fold(header);
        let mut found = None;
        for piece in folded.split(['(', ')', ':', '/', ',', '[', ']', '_', '-']) {
            let piece = piece.strip_prefix("单位").unwrap_or(piece);
            if let Some((denomination, "")) = leading_denomination(piece) {
                found = Some(denomination);
            }
        }
        found.or_else(|| trailing_unit(&folded))
    }
}

/// An amount read from a cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Amount {
    /// Integer yuan, after conversion.
    pub yuan: i64,
    /// True when the cell named its own unit; false when the header's was used.
    pub unit_in_cell: bool,
    /// True for 约, 近, 左右, 不少于: the figure is a statement, not a contract sum.
    pub about: bool,
    /// ISO 4217 code of the currency the cell or header named.
    pub currency: &'static str,
}

/// Why a cell is not an amount.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AmountError {
    #[error("not a number: {0:?}")]
    NotANumber(String),
    #[error("a range, not one amount: {0:?}")]
    Range(String),
    #[error("no unit: neither the cell nor the header says 元, 万元 or 亿元: {0:?}")]
    NoUnit(String),
    #[error("negative: {0:?}")]
    Negative(String),
    #[error("too large to be an amount of yuan: {0:?}")]
    TooLarge(String),
    #[error("no exchange rate for {currency} in {year}")]
    NoRate { currency: &'static str, year: i32 },
}

impl AmountError {
    /// What the sender can do about it, in Chinese.
    pub fn hint(&self) -> String {
        match self {
            Self::NotANumber(_) => "请填写数字，如 30000，单位写在表头（万元）".into(),
            Self::Range(_) => "请填写合同金额，不要填写区间".into(),
            Self::NoUnit(_) => "请在表头注明单位，如 协议投资额（万元）".into(),
            Self::Negative(_) => "金额不能为负数；核减请用更正行".into(),
            Self::TooLarge(_) => "请核对单位：是否把元当成了万元或亿元".into(),
            Self::NoRate { currency, year } => format!("请在汇率表中补充 {year} 年 {currency} 的汇率，或填写人民币金额"),
        }
    }
}

/// Reads a cell as an amount. `Ok(None)` for an empty cell or a placeholder (`-`, `/`, `无`, `待定`).
///
/// `header` is the column's denomination; a unit in the cell wins over it. `year` chooses the
/// exchange rate (yearly average) for foreign currency.
pub fn parse(cell: &str, header: Option<Denomination>, year: i32, rates: &ExchangeRates) -> Result<Option<Amount>, AmountError> {
    let folded = fold(cell);
    if is_placeholder(&folded) {
        return Ok(None);
    }
    let raw = || cell.trim().to_owned();
    let (mut rest, about_before) = strip_about(&folded);
    let (currency_before, after) = leading_currency(rest);
    rest = after;
    let (number, after) = leading_decimal(rest).ok_or_else(|| AmountError::NotANumber(raw()))?;
    rest = after;
    if is_range(rest) {
        return Err(AmountError::Range(raw()));
    }
    let (unit, currency_after, tail) = trailing_denomination(rest);
    let about_after = matches!(tail, "左右" | "以上" | "余" | "多" | "+");
    if !tail.is_empty() && !about_after {
        return Err(AmountError::NotANumber(raw()));
    }
    if number.negative {
        return Err(AmountError::Negative(raw()));
    }
    let currency = currency_after.or(currency_before).or(header.map(|h| h.currency)).unwrap_or("CNY");
    let scale = match (unit, header) {
        (Some(unit), _) => unit,
        (None, Some(header)) => header.unit,
        (None, None) => return Err(AmountError::NoUnit(raw())),
    };
    let nano = number.nano.checked_mul(i128::from(scale.yuan())).ok_or_else(|| AmountError::TooLarge(raw()))?;
    let nano = if currency == "CNY" {
        nano
    } else {
        let rate = rates.micro_yuan_per_unit(currency, year).ok_or(AmountError::NoRate { currency, year })?;
        nano.checked_mul(rate).ok_or_else(|| AmountError::TooLarge(raw()))? / 1_000_000
    };
    let yuan = (nano + NANO / 2) / NANO;
    // 10 万亿元 is ten times the largest project any city has ever announced.
    if yuan > 10_000_000_000_000 {
        return Err(AmountError::TooLarge(raw()));
    }
    Ok(Some(Amount { yuan: yuan as i64, unit_in_cell: unit.is_some(), about: about_before || about_after, currency }))
}

/// 亿元 as a number, for printing (1–2 decimals are the caller's choice).
pub fn yi(yuan: i64) -> f64 {
    yuan as f64 / 1e8
}

/// 万元 as a number, for printing.
pub fn wan(yuan: i64) -> f64 {
    yuan as f64 / 1e4
}

const NANO: i128 = 1_000_000_000;

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn rates() -> ExchangeRates {
        ExchangeRates::from_csv("year,currency,units_per_usd\n2022,CNY,6.7290\n2022,HKD,7.83\n").unwrap()
    }

    const WAN: Option<Denomination> = Some(Denomination { unit: Unit::Wan, currency: "CNY" });

    fn yuan(cell: &str, header: Option<Denomination>) -> Result<Option<i64>, AmountError> {
        parse(cell, header, 2022, &rates()).map(|amount| amount.map(|a| a.yuan))
    }

    #[test]
    fn reads_what_carriers_type() {
        let check = |cell: &str, expect: i64| assert_eq!(yuan(cell, WAN), Ok(Some(expect)), "{cell}");
        check("3000", 30_000_000);
        check("３０００", 30_000_000);
        check("3,000.5", 30_005_000);
        check("约3亿元", 300_000_000);
        check("3亿", 300_000_000);
        check("1.25 亿元", 125_000_000);
        check("5000万元左右", 50_000_000);
        check("USD 3000万", 201_870_000);
        check("3000万美元", 201_870_000);
        check("美元3000万", 201_870_000);
        check("人民币2亿元", 200_000_000);
        check("30000000元", 30_000_000);
        check("1.2e4", 120_000_000);
        check("0.30000000000000004", 3_000);
        check("2.9999999999999996", 30_000);
        check("2亿元（人民币）", 200_000_000);
        check("不低于10亿元", 1_000_000_000);
        check("0", 0);
        check("1.23456789亿元", 123_456_789);
    }

    #[test]
    fn a_cell_without_its_own_unit_takes_the_headers() {
        let in_yi = Denomination::in_header("总投资（亿元）");
        assert_eq!(yuan("3.5", in_yi), Ok(Some(350_000_000)));
        assert_eq!(yuan("35000万元", in_yi), Ok(Some(350_000_000)));
        assert_eq!(yuan("3", None), Err(AmountError::NoUnit("3".into())));
        assert_eq!(yuan("3万", None), Ok(Some(30_000)));
    }

    #[test]
    fn headers_carry_units() {
        let check = |header: &str, expect: Option<(Unit, &str)>| {
            assert_eq!(Denomination::in_header(header).map(|d| (d.unit, d.currency)), expect, "{header}");
        };
        check("协议投资额（万元）", Some((Unit::Wan, "CNY")));
        check("协议 投资额\n(亿元)", Some((Unit::Yi, "CNY")));
        check("单位：万元", Some((Unit::Wan, "CNY")));
        check("利用外资（万美元）", Some((Unit::Wan, "USD")));
        check("总投资/亿元", Some((Unit::Yi, "CNY")));
        check("总投资亿元", Some((Unit::Yi, "CNY")));
        check("投资额(元)", Some((Unit::Yuan, "CNY")));
        check("协议投资额", None);
        check("亿元以上项目", None);
        check("面积（公顷）", None);
    }

    #[test]
    fn placeholders_are_empty_and_oddities_are_refused() {
        for cell in ["", " ", "-", "—", "/", "无", "待定"] {
            assert_eq!(yuan(cell, WAN), Ok(None), "{cell:?}");
        }
        assert!(matches!(yuan("2-3亿", WAN), Err(AmountError::Range(_))));
        assert!(matches!(yuan("2亿至3亿", WAN), Err(AmountError::Range(_))));
        assert!(matches!(yuan("三亿元", WAN), Err(AmountError::NotANumber(_))));
        assert!(matches!(yuan("-5", WAN), Err(AmountError::Negative(_))));
        assert!(matches!(yuan("13900000000", WAN), Err(AmountError::TooLarge(_))));
        assert!(matches!(yuan("1,23,4", WAN), Err(AmountError::NotANumber(_))));
        assert!(matches!(yuan("1.2.3", WAN), Err(AmountError::NotANumber(_))));
        // A comma after the point was once taken for a digit, and overflowed.
        assert!(matches!(yuan("1.5,000", WAN), Err(AmountError::NotANumber(_))));
        assert!(matches!(yuan(".,0 ", WAN), Err(AmountError::NotANumber(_))));
        assert!(matches!(yuan("20亩", WAN), Err(AmountError::NotANumber(_))));
        assert!(matches!(yuan("100欧元", WAN), Err(AmountError::NoRate { currency: "EUR", year: 2022 })));
    }

    #[test]
    fn about_is_kept() {
        assert!(parse("约3亿元", None, 2022, &rates()).unwrap().unwrap().about);
        assert!(!parse("3亿元", None, 2022, &rates()).unwrap().unwrap().about);
    }

    proptest! {
        #[test]
        fn never_panics(cell in "\\PC{0,24}") {
            let _ = parse(&cell, WAN, 2022, &rates());
            let _ = Denomination::in_header(&cell);
        }

        #[test]
        fn whole_wan_survive_printing(wan in 0i64..1_000_000_000) {
            prop_assert_eq!(yuan(&crate::figures::print_count(wan), WAN), Ok(Some(wan * 10_000)));
        }
    }
}
