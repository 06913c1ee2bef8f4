//! Rounding as on paper (四舍五入), and the few plain functions of numbers.

use datafusion::arrow::datatypes::DataType::{Float64, Int64};
use qunlian_domain::figures::{round_half_up, round_half_up_to};

use super::function::{Function, Head, of_decimals};

/// Beyond this a decimal place is below what a 64-bit number holds.
const MOST_DECIMALS: i64 = 15;

pub(super) fn functions() -> Vec<Function> {
    let plain = |name: &'static str, syntax: &'static str, description: &'static str, work: fn(f64) -> f64| {
        Function::new(Head { name, syntax, description, takes: vec![vec![Float64]], returns: Float64 }, move |columns| {
            of_decimals(columns.decimals(0)?.iter().map(|number| number.map(work)))
        })
    };
    vec![
        Function::new(
            Head {
                name: "round",
                syntax: "round(number) 或 round(number, decimals)",
                description: "四舍五入，与纸上笔算一致；位数为负时取整到十位、百位等",
                takes: vec![vec![Float64], vec![Float64, Int64]],
                returns: Float64,
            },
            |columns| {
                if columns.count() == 1 {
                    return of_decimals(columns.decimals(0)?.iter().map(|number| number.map(|number| round_half_up(number, 0))));
                }
                let places = columns.ints(1)?;
                of_decimals(columns.decimals(0)?.iter().zip(places).map(|(number, places)| {
                    let (number, places) = (number?, places?.clamp(-MOST_DECIMALS, MOST_DECIMALS));
                    let size = usize::try_from(places.unsigned_abs()).ok()?;
                    Some(if places < 0 { round_half_up_to(number, size) } else { round_half_up(number, size) })
                }))
            },
        ),
        plain("abs", "abs(number)", "绝对值", f64::abs),
        plain("ceil", "ceil(number)", "向上取整", f64::ceil),
        plain("floor", "floor(number)", "向下取整", f64::floor),
        plain("sqrt", "sqrt(number)", "平方根", f64::sqrt),
    ]
}
