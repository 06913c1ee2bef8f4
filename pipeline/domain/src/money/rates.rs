//! Yearly average exchange rates (汇率).

use std::collections::BTreeMap;

/// Yearly average exchange rates (汇率), as units per US dollar.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ExchangeRates {
    per_usd: BTreeMap<(i32, String), f64>,
}

/// A rate file that cannot be read.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("line {line} of the exchange rates: expected `year,currency,units_per_usd`, got {text:?}")]
pub struct RatesError {
    pub line: usize,
    pub text: String,
}

impl ExchangeRates {
    /// Reads `year,currency,units_per_usd` lines, header line first.
    pub fn from_csv(text: &str) -> Result<Self, RatesError> {
        let mut per_usd = BTreeMap::new();
        for (index, row) in text.lines().enumerate().skip(1).filter(|(_, row)| !row.trim().is_empty()) {
            let fault = || RatesError { line: index + 1, text: row.to_owned() };
            let mut cells = row.trim().split(',');
            let (Some(year), Some(currency), Some(rate)) = (cells.next(), cells.next(), cells.next()) else {
                return Err(fault());
            };
            let year: i32 = year.parse().map_err(|_| fault())?;
            let rate: f64 = rate.parse().map_err(|_| fault())?;
            if !(rate.is_finite() && rate > 0.0) {
                return Err(fault());
            }
            per_usd.insert((year, currency.to_owned()), rate);
        }
        Ok(Self { per_usd })
    }

    /// Millionths of a yuan for one unit of `currency`, by the year's average.
    pub(super) fn micro_yuan_per_unit(&self, currency: &str, year: i32) -> Option<i128> {
        let rate = |code: &str| if code == "USD" { Some(1.0) } else { self.per_usd.get(&(year, code.to_owned())).copied() };
        let yuan = rate("CNY")? / rate(currency)?;
        Some((yuan * 1e6).round() as i128)
    }
}
