//! Completion rate, growth, gap, share, plan and light (完成率 增长 差距 占比 计划 亮灯).

use std::sync::Arc;

use datafusion::arrow::datatypes::DataType::{Float64, Int64, Utf8View};
use qunlian_domain::figures;
use qunlian_domain::light::Light;

use super::function::{Columns, Function, Head, of_decimals, of_ints, of_texts};
use crate::rules::Rules;

pub(super) fn functions(rules: &Arc<Rules>) -> Vec<Function> {
    let (for_light, for_escalation) = (Arc::clone(rules), Arc::clone(rules));
    vec![
        Function::new(
            Head {
                name: "completion_rate",
                syntax: "completion_rate(done, target)",
                description: "完成率（%，未四舍五入）；未下达目标或目标为零时为空",
                takes: vec![vec![Int64, Int64]],
                returns: Float64,
            },
            |columns| of_decimals(int_pairs(columns)?.map(|(done, target)| figures::completion_rate(done?, target))),
        ),
        Function::new(
            Head {
                name: "growth",
                syntax: "growth(now, base)",
                description: "同比增长（%，未四舍五入）；基数为零或没有时为空",
                takes: vec![vec![Int64, Int64]],
                returns: Float64,
            },
            |columns| of_decimals(int_pairs(columns)?.map(|(now, base)| figures::growth(now?, base))),
        ),
        Function::new(
            Head {
                name: "share",
                syntax: "share(part, whole)",
                description: "占比（%，未四舍五入）；整体为零时为空",
                takes: vec![vec![Int64, Int64]],
                returns: Float64,
            },
            |columns| of_decimals(int_pairs(columns)?.map(|(part, whole)| figures::ratio_percent(part?, whole?))),
        ),
        Function::new(
            Head {
                name: "gap_points",
                syntax: "gap_points(completion, pace)",
                description: "与序时进度的差距（个百分点，未四舍五入）：完成率减序时",
                takes: vec![vec![Float64, Float64]],
                returns: Float64,
            },
            |columns| of_decimals(decimal_pairs(columns)?.map(|(rate, pace)| figures::gap_points(rate, pace?))),
        ),
        Function::new(
            Head {
                name: "planned",
                syntax: "planned(target, pace)",
                description: "按序时应完成的数：目标×序时",
                takes: vec![vec![Int64, Float64]],
                returns: Float64,
            },
            |columns| {
                let paces = columns.decimals(1)?;
                of_decimals(columns.ints(0)?.iter().zip(paces).map(|(target, pace)| Some(figures::planned(target?, pace?))))
            },
        ),
        Function::new(
            Head {
                name: "shortfall",
                syntax: "shortfall(done, target, pace)",
                description: "补齐序时尚缺的整数个（元）；已达序时为零，未下达目标为空",
                takes: vec![vec![Int64, Int64, Float64]],
                returns: Int64,
            },
            |columns| {
                let paces = columns.decimals(2)?;
                of_ints(int_pairs(columns)?.zip(paces).map(|((done, target), pace)| Some(figures::shortfall(done?, target?, pace?))))
            },
        ),
        Function::new(
            Head {
                name: "light",
                syntax: "light(gap_points) 或 light(completion, pace)",
                description: "亮灯 green、yellow、red，按本市规则；没有目标时为空",
                takes: vec![vec![Float64, Float64], vec![Float64]],
                returns: Utf8View,
            },
            move |columns| {
                let rule = &for_light.light;
                if columns.count() == 1 {
                    return of_texts(columns.decimals(0)?.iter().map(|gap| rule.light(gap).map(Light::id)));
                }
                of_texts(decimal_pairs(columns)?.map(|(rate, pace)| rule.light_by_rule(rate, pace?).map(Light::id)))
            },
        ),
        Function::new(
            Head {
                name: "escalated",
                syntax: "escalated(light, months_behind)",
                description: "升级后的亮灯：连续落后达到规定月数的黄灯变为红灯",
                takes: vec![vec![Utf8View, Int64]],
                returns: Utf8View,
            },
            move |columns| {
                let rule = &for_escalation.light;
                let months = columns.ints(1)?;
                of_texts(columns.texts(0)?.iter().zip(months).map(|(light, months)| {
                    let light = Light::from_id(light?)?;
                    let run = usize::try_from(months.unwrap_or(1)).unwrap_or(1).clamp(1, 120);
                    rule.escalated(&vec![Some(light); run]).map(Light::id)
                }))
            },
        ),
    ]
}

fn int_pairs(columns: &Columns) -> datafusion::common::Result<impl Iterator<Item = (Option<i64>, Option<i64>)> + '_> {
    Ok(columns.ints(0)?.iter().zip(columns.ints(1)?))
}

fn decimal_pairs(columns: &Columns) -> datafusion::common::Result<impl Iterator<Item = (Option<f64>, Option<f64>)> + '_> {
    Ok(columns.decimals(0)?.iter().zip(columns.decimals(1)?))
}
