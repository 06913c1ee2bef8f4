//! When no forecast is given (不作预测), and how that is said.

use super::{Calendar, Question};
use crate::target::Metric;

/// Months of the year that must be over: January and February shift with the Spring Festival.
const MONTHS_NEEDED: f64 = 2.0;
/// Projects of last year and this year together.
const PROJECTS_NEEDED: i64 = 12;
/// Months with an amount, of last year and this year together.
const PAID_MONTHS_NEEDED: i64 = 8;

/// Why there is no forecast.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum Refusal {
    #[error("nothing of the year is left to forecast")]
    YearOver,
    #[error("{months_over:.1} months of the year are over, a forecast needs {MONTHS_NEEDED}")]
    TooEarly { months_over: f64 },
    #[error("the months of the year before are not recorded, or nothing happened in them")]
    NoLastYear,
    #[error("{found} projects in this year and the last, a forecast needs {PROJECTS_NEEDED}")]
    TooFewProjects { found: i64 },
    #[error("{found} months with an amount in this year and the last, a forecast needs {PAID_MONTHS_NEEDED}")]
    TooFewPaidMonths { found: i64 },
}

impl Refusal {
    /// What to tell the reader instead of a forecast, in Chinese (说明).
    pub fn words(&self) -> String {
        match self {
            Self::YearOver => "全年已经结束，请以实际完成数为准。".to_owned(),
            Self::TooEarly { .. } => "年初数据受春节影响较大，满两个月后开始预测。".to_owned(),
            Self::NoLastYear => "缺少上年分月数据，无法参照季节分布，暂不预测。".to_owned(),
            Self::TooFewProjects { found } => {
                format!("去年以来仅有{found}个项目，不足{PROJECTS_NEEDED}个，暂不预测。")
            }
            Self::TooFewPaidMonths { found } => {
                format!("去年以来仅有{found}个月有投资入账，不足{PAID_MONTHS_NEEDED}个月，暂不预测。")
            }
        }
    }
}

/// Last year's months when there is enough to go by.
pub(super) fn usable_last_year(question: &Question<'_>, calendar: &Calendar) -> Result<[i64; 12], Refusal> {
    if calendar.months_left() <= 0.0 {
        return Err(Refusal::YearOver);
    }
    if calendar.months_over() < MONTHS_NEEDED {
        return Err(Refusal::TooEarly { months_over: calendar.months_over() });
    }
    let last_year = question.flow.last_year.filter(|months| months.iter().any(|value| *value > 0)).ok_or(Refusal::NoLastYear)?;
    let known = || last_year.iter().chain(&question.flow.this_year[..=calendar.month0]);
    if question.metric == Metric::FixedAssets {
        let found = known().filter(|value| **value > 0).count() as i64;
        return if found < PAID_MONTHS_NEEDED { Err(Refusal::TooFewPaidMonths { found }) } else { Ok(last_year) };
    }
    let found: i64 = known().map(|value| (*value).max(0)).sum();
    if found < PROJECTS_NEEDED { Err(Refusal::TooFewProjects { found }) } else { Ok(last_year) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::forecast::{YearFlow, forecast};

    fn ask(metric: Metric, as_of: &str, this_year: [i64; 12], last_year: Option<[i64; 12]>) -> Option<Refusal> {
        let as_of = as_of.parse().unwrap();
        let flow = YearFlow { this_year, last_year };
        forecast(&Question { metric, as_of, target: None, flow, city: None, passages: &[], seed: 1 }).err()
    }

    #[test]
    fn too_little_is_refused_politely() {
        let busy = Some([2; 12]);
        let check = |got: Option<Refusal>, expect: Refusal, words: &str| {
            assert_eq!(got, Some(expect));
            assert_eq!(expect.words(), words);
        };
        let signed = |as_of: &str, last_year| ask(Metric::Signed, as_of, [1; 12], last_year);
        check(signed("2022-12-31", busy), Refusal::YearOver, "全年已经结束，请以实际完成数为准。");
        // 1 + 14 / 28 months.
        check(signed("2022-02-14", busy), Refusal::TooEarly { months_over: 1.5 }, "年初数据受春节影响较大，满两个月后开始预测。");
        check(signed("2022-05-31", None), Refusal::NoLastYear, "缺少上年分月数据，无法参照季节分布，暂不预测。");
        check(signed("2022-05-31", Some([0; 12])), Refusal::NoLastYear, "缺少上年分月数据，无法参照季节分布，暂不预测。");
        // Five months of one project this year; June is not read. Six of last year: 11.
        let mut few = [0; 12];
        few[3] = 6;
        check(signed("2022-05-31", Some(few)), Refusal::TooFewProjects { found: 11 }, "去年以来仅有11个项目，不足12个，暂不预测。");
        few[3] = 7;
        assert_eq!(signed("2022-05-31", Some(few)), None);
        assert_eq!((signed("2022-02-28", busy), signed("2022-12-30", busy)), (None, None));
        let paid = ask(Metric::FixedAssets, "2022-06-30", [10_000; 12], Some(few));
        check(paid, Refusal::TooFewPaidMonths { found: 7 }, "去年以来仅有7个月有投资入账，不足8个月，暂不预测。");
    }
}
