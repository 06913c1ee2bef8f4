//! Pace (序时进度): what share of the year's target should have been reached by a day.

use chrono::{Datelike, NaiveDate};

/// Linear pace after whole months, in percent: month / 12.
pub fn linear_months(months: u32) -> f64 {
    f64::from(months.min(12)) / 12.0 * 100.0
}

/// Pace (序时进度) of `year` at the end of `day`, in percent, unrounded: linear by month and
/// day-exact within the month. Before the year it is 0, after it 100. Source: domain rule 5.
pub fn linear_on(day: NaiveDate, year: i32) -> f64 {
    MonthlyCurve::linear().on(day, year)
}

/// A pace curve: the share of the year's target planned for each month. Shares sum to 100 %.
#[derive(Debug, Clone, PartialEq)]
pub struct MonthlyCurve {
    shares: [f64; 12],
}

/// Shares are finite once the curve is made, so that it equals itself.
impl Eq for MonthlyCurve {}

/// A curve that cannot be used.
#[derive(Debug, thiserror::Error, PartialEq)]
pub enum CurveError {
    #[error("a pace curve needs 12 monthly shares, got {0}")]
    Length(usize),
    #[error("share of month {month} is {share}: shares are percentages of 0 or more")]
    Share { month: usize, share: f64 },
    #[error("monthly shares sum to {0}, not to 100")]
    Sum(f64),
    #[error("{0:?} is no monthly share in percent")]
    Number(String),
}

impl MonthlyCurve {
    /// One twelfth each month.
    pub fn linear() -> Self {
        Self { shares: [100.0 / 12.0; 12] }
    }

    /// A city's own shares in percent, January first.
    pub fn from_shares(shares: &[f64]) -> Result<Self, CurveError> {
        let shares: [f64; 12] = shares.try_into().map_err(|_| CurveError::Length(shares.len()))?;
        for (index, share) in shares.iter().enumerate() {
            if !share.is_finite() || *share < 0.0 {
                return Err(CurveError::Share { month: index + 1, share: *share });
            }
        }
        let sum: f64 = shares.iter().sum();
        if (sum - 100.0).abs() > 1e-6 {
            return Err(CurveError::Sum(sum));
        }
        Ok(Self { shares })
    }

    /// The twelve shares in percent as they were given, January first (各月份额).
    pub fn shares(&self) -> [f64; 12] {
        self.shares
    }

    /// True for one twelfth each month (按月均衡).
    pub fn is_linear(&self) -> bool {
        *self == Self::linear()
    }

    /// As the lake and the books keep it: empty for one twelfth each month, else `5,5,5,10,…`, exactly.
    pub fn to_text(&self) -> String {
        if self.is_linear() { String::new() } else { self.shares.map(|share| share.to_string()).join(",") }
    }

    /// Reads [`MonthlyCurve::to_text`].
    ///
    /// # Errors
    /// As [`MonthlyCurve::from_shares`], and for what is no number.
    pub fn from_text(text: &str) -> Result<Self, CurveError> {
        if text.is_empty() {
            return Ok(Self::linear());
        }
        let share = |part: &str| part.parse().map_err(|_| CurveError::Number(part.chars().take(20).collect()));
        let shares = text.split(',').map(share).collect::<Result<Vec<f64>, _>>()?;
        Self::from_shares(&shares)
    }

    /// Shares in percent that are reached at the end of each month, January first: `[8.3…, 16.6…, …, 100]`.
    pub fn cumulative(&self) -> [f64; 12] {
        let mut reached = 0.0;
        let mut months = self.shares.map(|share| {
            reached += share;
            reached
        });
        months[11] = 100.0;
        months
    }

    /// Planned share reached at the end of `day`, in percent.
    pub fn on(&self, day: NaiveDate, year: i32) -> f64 {
        if day.year() < year {
            return 0.0;
        }
        if day.year() > year {
            return 100.0;
        }
        let month = day.month0() as usize;
        let before: f64 = self.shares[..month].iter().sum();
        let within = f64::from(day.day()) / f64::from(days_in_month(day));
        if month == 11 && within >= 1.0 { 100.0 } else { before + self.shares[month] * within }
    }
}

fn days_in_month(day: NaiveDate) -> u32 {
    let (year, month) = (day.year(), day.month());
    let next = if month == 12 { NaiveDate::from_ymd_opt(year + 1, 1, 1) } else { NaiveDate::from_ymd_opt(year, month + 1, 1) };
    next.and_then(|first| first.pred_opt()).map_or(31, |last| last.day())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figures::round_half_up;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn linear_pace_is_exact_to_the_day() {
        let check = |date: &str, expect: f64| {
            assert_eq!(round_half_up(linear_on(day(date), 2022), 1), expect, "{date}");
        };
        check("2022-05-31", 41.7);
        check("2022-01-31", 8.3);
        check("2022-12-31", 100.0);
        check("2022-02-14", 12.5);
        check("2021-12-31", 0.0);
        check("2023-01-01", 100.0);
    }

    #[test]
    fn own_shares_are_checked() {
        assert_eq!(MonthlyCurve::from_shares(&[50.0, 50.0]), Err(CurveError::Length(2)));
        let mut shares = [0.0; 12];
        shares[11] = 100.0;
        let late = MonthlyCurve::from_shares(&shares).unwrap();
        assert_eq!(late.on(day("2022-11-30"), 2022), 0.0);
        assert_eq!(late.on(day("2022-12-31"), 2022), 100.0);
        shares[0] = 1.0;
        assert_eq!(MonthlyCurve::from_shares(&shares), Err(CurveError::Sum(101.0)));
        shares[0] = -1.0;
        assert!(matches!(MonthlyCurve::from_shares(&shares), Err(CurveError::Share { month: 1, .. })));
    }

    /// A city that plans by quarter, 15 % + 30 % + 30 % + 25 %: by half a year 45 %, by 15 April 15 + 10 / 2 = 20 %.
    #[test]
    fn own_shares_are_exact_to_the_day() {
        let quarters = [5.0, 5.0, 5.0, 10.0, 10.0, 10.0, 10.0, 10.0, 10.0, 9.0, 8.0, 8.0];
        let curve = MonthlyCurve::from_shares(&quarters).unwrap();
        let check = |date: &str, expect: f64| assert_eq!(round_half_up(curve.on(day(date), 2022), 6), expect, "{date}");
        check("2022-03-31", 15.0);
        check("2022-04-15", 20.0);
        check("2022-06-30", 45.0);
        check("2022-12-31", 100.0);
        assert_eq!(curve.cumulative(), [5.0, 10.0, 15.0, 25.0, 35.0, 45.0, 55.0, 65.0, 75.0, 84.0, 92.0, 100.0]);
    }

    #[test]
    fn curves_come_back_from_their_text() {
        assert_eq!(MonthlyCurve::linear().to_text(), "");
        assert_eq!(MonthlyCurve::from_text(""), Ok(MonthlyCurve::linear()));
        let quarters = "5,5,5,10,10,10,10,10,10,9,8,8";
        assert_eq!(MonthlyCurve::from_text(quarters).unwrap().to_text(), quarters);
        assert_eq!(MonthlyCurve::from_text("50,50"), Err(CurveError::Length(2)));
        assert_eq!(MonthlyCurve::from_text("a,50"), Err(CurveError::Number("a".into())));
        assert!(MonthlyCurve::from_text("NaN,0,0,0,0,0,0,0,0,0,0,100").is_err());
    }

    proptest::proptest! {
        /// Not a digit is lost on the way into the lake: the pace of every day is the same.
        #[test]
        fn no_digit_is_lost(weights in proptest::array::uniform12(0u32..1000), on in 0u64..365) {
            let sum: u32 = weights.iter().sum();
            proptest::prop_assume!(sum > 0);
            let curve = MonthlyCurve::from_shares(&weights.map(|weight| f64::from(weight) / f64::from(sum) * 100.0)).unwrap();
            let read = MonthlyCurve::from_text(&curve.to_text()).unwrap();
            let on = day("2022-01-01") + chrono::Days::new(on);
            proptest::prop_assert_eq!(read.on(on, 2022).to_bits(), curve.on(on, 2022).to_bits());
        }
    }

    #[test]
    fn pace_never_falls_within_a_year() {
        let mut last = 0.0;
        for date in day("2024-01-01").iter_days().take(366) {
            let now = linear_on(date, 2024);
            assert!(now > last, "{date}: {now} after {last}");
            last = now;
        }
        assert_eq!(last, 100.0);
    }
}
