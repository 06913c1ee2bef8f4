//! Pace and calendar (序时 同期 月末 工作日).

use std::sync::Arc;

use chrono::NaiveDate;
use datafusion::arrow::datatypes::DataType::{Date32, Float64, Int64, Utf8View};
use qunlian_domain::pace::MonthlyCurve;
use qunlian_domain::period::{end_of_month, start_of_month, year_earlier};

use super::function::{Function, Head, day, of_dates, of_decimals, of_ints};
use crate::rules::Rules;

pub(super) fn functions(rules: &Arc<Rules>) -> Vec<Function> {
    let for_workdays = Arc::clone(rules);
    vec![
        Function::new(
            Head {
                name: "pace",
                syntax: "pace(day, year) 或 pace(day, year, curve)",
                description: "序时进度（%）：该年到该日末应完成的比例，当月按日；curve 为目标的月度计划（各月份额），空为按月均衡，读不懂的为空",
                takes: vec![vec![Date32, Int64, Utf8View], vec![Date32, Int64]],
                returns: Float64,
            },
            |columns| {
                let days = columns.dates(0)?.iter().zip(columns.ints(1)?);
                if columns.count() == 2 {
                    let linear = MonthlyCurve::linear();
                    return of_decimals(days.map(|(date, year)| Some(linear.on(day(date?)?, i32::try_from(year?).ok()?))));
                }
                let curves = columns.texts(2)?.iter();
                of_decimals(days.zip(curves).map(|((date, year), curve)| {
                    let curve = MonthlyCurve::from_text(curve.unwrap_or_default()).ok()?;
                    Some(curve.on(day(date?)?, i32::try_from(year?).ok()?))
                }))
            },
        ),
        Function::new(
            Head {
                name: "year_earlier",
                syntax: "year_earlier(day)",
                description: "上年同日；2 月 29 日取 28 日",
                takes: vec![vec![Date32]],
                returns: Date32,
            },
            |columns| of_dates(columns.dates(0)?.iter().map(|date| Some(year_earlier(day(date?)?)))),
        ),
        Function::new(
            Head {
                name: "month_earlier",
                syntax: "month_earlier(day)",
                description: "上月同日；月末日取上月末",
                takes: vec![vec![Date32]],
                returns: Date32,
            },
            |columns| of_dates(columns.dates(0)?.iter().map(|date| month_earlier(day(date?)?))),
        ),
        Function::new(
            Head {
                name: "month_start",
                syntax: "month_start(year, month) 或 month_start(day)",
                description: "该月第一天",
                takes: vec![vec![Int64, Int64], vec![Date32]],
                returns: Date32,
            },
            |columns| {
                if columns.count() == 1 {
                    return of_dates(columns.dates(0)?.iter().map(|date| Some(start_of_month(day(date?)?))));
                }
                of_dates(columns.ints(0)?.iter().zip(columns.ints(1)?).map(|(year, month)| first_of(year?, month?)))
            },
        ),
        Function::new(
            Head {
                name: "month_end",
                syntax: "month_end(year, month) 或 month_end(day)",
                description: "该月最后一天",
                takes: vec![vec![Int64, Int64], vec![Date32]],
                returns: Date32,
            },
            |columns| {
                if columns.count() == 1 {
                    return of_dates(columns.dates(0)?.iter().map(|date| Some(end_of_month(day(date?)?))));
                }
                of_dates(columns.ints(0)?.iter().zip(columns.ints(1)?).map(|(year, month)| Some(end_of_month(first_of(year?, month?)?))))
            },
        ),
        Function::new(
            Head {
                name: "days_between",
                syntax: "days_between(from, to)",
                description: "两日之间的自然日数；后者较早时为负",
                takes: vec![vec![Date32, Date32]],
                returns: Int64,
            },
            |columns| of_ints(columns.dates(0)?.iter().zip(columns.dates(1)?).map(|(from, to)| Some(i64::from(to?) - i64::from(from?)))),
        ),
        Function::new(
            Head {
                name: "working_days",
                syntax: "working_days(from, to)",
                description: "两日之间的工作日数（不含首日、含末日），按国务院放假调休安排；后者较早时为负",
                takes: vec![vec![Date32, Date32]],
                returns: Int64,
            },
            move |columns| {
                let ends = columns.dates(1)?;
                of_ints(columns.dates(0)?.iter().zip(ends).map(|(from, to)| Some(for_workdays.workdays.between(day(from?)?, day(to?)?))))
            },
        ),
    ]
}

fn first_of(year: i64, month: i64) -> Option<NaiveDate> {
    NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, u32::try_from(month).ok()?, 1)
}

fn month_earlier(date: NaiveDate) -> Option<NaiveDate> {
    let earlier = date.checked_sub_months(chrono::Months::new(1))?;
    Some(if date == end_of_month(date) { end_of_month(earlier) } else { earlier })
}

#[cfg(test)]
mod tests {
    use super::month_earlier;

    #[test]
    fn a_month_earlier_keeps_month_ends() {
        let check = |from: &str, expect: &str| assert_eq!(month_earlier(from.parse().unwrap()), Some(expect.parse().unwrap()), "{from}");
        check("2022-05-31", "2022-04-30");
        check("2022-04-30", "2022-03-31");
        check("2022-03-30", "2022-02-28");
        check("2022-05-15", "2022-04-15");
        check("2022-01-15", "2021-12-15");
    }
}
