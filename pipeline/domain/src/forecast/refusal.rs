//! When no forecast is given (不作预测), and how that is said.

use super::rules::Enough;
use super::{Calendar, Question};
use crate::target::Metric;

/// Why there is no forecast, each with what it would take (不作预测的原因).
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum Refusal {
    #[error("nothing of the year is left to forecast")]
    YearOver,
    #[error("{months_over:.1} months of the year are over, a forecast needs {needed}")]
    TooEarly { months_over: f64, needed: f64 },
    #[error("the months of the year before are not recorded")]
    NoLastYear,
    #[error("nothing happened in the year before")]
    EmptyLastYear,
    #[error("{found} projects in this year and the last, a forecast needs {needed}")]
    TooFewProjects { found: i64, needed: i64 },
    #[error("{found} months with an amount in this year and the last, a forecast needs {needed}")]
    TooFewPaidMonths { found: i64, needed: i64 },
}

impl Refusal {
    /// What to tell the reader instead of a forecast, in Chinese (说明).
    pub fn words(&self) -> String {
        match self {
            Self::YearOver => "全年已经结束，请以实际完成数为准。".to_owned(),
            Self::TooEarly { needed, .. } => {
                let months = crate::figures::print(Some(*needed), 1);
                format!("年初数据受春节影响较大，满{}个月后开始预测。", months.strip_suffix(".0").unwrap_or(&months))
            }
            Self::NoLastYear => "缺少上年分月数据，无法参照季节分布，暂不预测。".to_owned(),
            Self::EmptyLastYear => "上年全年为零，没有可参照的季节分布，暂不预测。".to_owned(),
            Self::TooFewProjects { found, needed } => format!("去年以来仅有{found}个项目，不足{needed}个，暂不预测。"),
            Self::TooFewPaidMonths { found, needed } => format!("去年以来仅有{found}个月有投资入账，不足{needed}个月，暂不预测。"),
        }
    }
}

/// Last year's months when there is enough to go by. Asked in this order: is anything left, is it too early, is last year
/// there, did enough happen.
pub(super) fn usable_last_year(question: &Question<'_>, calendar: &Calendar, enough: &Enough) -> Result<[i64; 12], Refusal> {
    if calendar.months_left() <= 0.0 {
        return Err(Refusal::YearOver);
    }
    if calendar.months_over() < enough.months_over {
        return Err(Refusal::TooEarly { months_over: calendar.months_over(), needed: enough.months_over });
    }
    let last_year = question.flow.last_year.ok_or(Refusal::NoLastYear)?;
    if last_year.iter().all(|value| *value <= 0) {
        return Err(Refusal::EmptyLastYear);
    }
    let known = || last_year.iter().chain(&question.flow.this_year[..=calendar.month0]);
    if question.metric == Metric::FixedAssets {
        let (found, needed) = (known().filter(|value| **value > 0).count() as i64, enough.months_with_amount);
        return if found < needed { Err(Refusal::TooFewPaidMonths { found, needed }) } else { Ok(last_year) };
    }
    let (found, needed) = (known().map(|value| (*value).max(0)).sum(), enough.projects);
    if found < needed { Err(Refusal::TooFewProjects { found, needed }) } else { Ok(last_year) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::forecast::rules::shipped;
    use crate::forecast::{YearFlow, forecast};

    fn ask(metric: Metric, as_of: &str, this_year: [i64; 12], last_year: Option<[i64; 12]>) -> Option<Refusal> {
        let as_of = as_of.parse().unwrap();
        let flow = YearFlow { this_year, last_year };
        forecast(&Question { metric, as_of, target: None, flow, city: None, passages: &[], seed: 1 }, &shipped()).err()
    }

    fn check(got: Option<Refusal>, expect: Refusal, words: &str) {
        assert_eq!(got, Some(expect));
        assert_eq!(expect.words(), words);
    }

    /// Two months must be over: 1 + 14 / 28 months are not, the end of February is; the last day of the year is too late.
    #[test]
    fn the_first_weeks_and_a_finished_year_are_refused() {
        let signed = |as_of: &str| ask(Metric::Signed, as_of, [1; 12], Some([2; 12]));
        let early = |months_over: f64| Refusal::TooEarly { months_over, needed: 2.0 };
        check(signed("2022-01-31"), early(1.0), "年初数据受春节影响较大，满2个月后开始预测。");
        check(signed("2022-02-14"), early(1.5), "年初数据受春节影响较大，满2个月后开始预测。");
        assert_eq!(Refusal::TooEarly { months_over: 1.0, needed: 2.5 }.words(), "年初数据受春节影响较大，满2.5个月后开始预测。");
        check(signed("2022-12-31"), Refusal::YearOver, "全年已经结束，请以实际完成数为准。");
        assert_eq!((signed("2022-02-28"), signed("2022-12-30")), (None, None));
    }

    #[test]
    fn a_year_without_a_last_year_is_refused() {
        let signed = |last_year| ask(Metric::Signed, "2022-05-31", [9; 12], last_year);
        check(signed(None), Refusal::NoLastYear, "缺少上年分月数据，无法参照季节分布，暂不预测。");
        check(signed(Some([0; 12])), Refusal::EmptyLastYear, "上年全年为零，没有可参照的季节分布，暂不预测。");
    }

    /// Five months of one project this year (June is not read) and six projects of last year are 11, one too few.
    #[test]
    fn few_projects_and_few_months_are_refused() {
        let mut few = [0; 12];
        few[3] = 6;
        let signed = |last_year| ask(Metric::Signed, "2022-05-31", [1; 12], Some(last_year));
        check(signed(few), Refusal::TooFewProjects { found: 11, needed: 12 }, "去年以来仅有11个项目，不足12个，暂不预测。");
        few[3] = 7;
        assert_eq!(signed(few), None);
        let paid = |as_of: &str| ask(Metric::FixedAssets, as_of, [10_000; 12], Some(few));
        let expect = Refusal::TooFewPaidMonths { found: 7, needed: 8 };
        check(paid("2022-06-30"), expect, "去年以来仅有7个月有投资入账，不足8个月，暂不预测。");
        assert_eq!(paid("2022-07-31"), None);
    }
}
