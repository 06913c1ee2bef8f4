//! Scale bands and amounts of money (规模档 金额).

use std::sync::Arc;

use datafusion::arrow::datatypes::DataType::{Boolean, Float64, Int64, Utf8View};
use qunlian_domain::money;
use qunlian_domain::scale::{Bands, Slice};

use super::function::{Function, Head, of_bools, of_decimals, of_ints, of_texts};
use crate::rules::Rules;

pub(super) fn functions(rules: &Arc<Rules>) -> Vec<Function> {
    let shared = || Arc::clone(rules);
    let (highest, nested, chosen, slice, named, ordered) = (shared(), shared(), shared(), shared(), shared(), shared());
    let basis = rules.band_basis;
    vec![
        Function::new(
            Head {
                name: "band_yuan",
                syntax: "band_yuan(agreed_yuan, planned_fixed_yuan)",
                description: "本市用来衡量规模档的金额：协议投资额或计划固定资产投资",
                takes: vec![vec![Int64, Int64]],
                returns: Int64,
            },
            move |columns| {
                let planned = columns.ints(1)?;
                of_ints(columns.ints(0)?.iter().zip(planned).map(|(agreed, planned)| basis.amount(agreed, planned)))
            },
        ),
        Function::new(
            Head {
                name: "band_of",
                syntax: "band_of(yuan)",
                description: "金额达到的最高规模档编号，如 ge10；不到最低档时为空",
                takes: vec![vec![Int64]],
                returns: Utf8View,
            },
            move |columns| of_texts(columns.ints(0)?.iter().map(|yuan| highest.bands.band_of(yuan?).map(|band| band.id.as_str()))),
        ),
        Function::new(
            Head {
                name: "in_band",
                syntax: "in_band(yuan, band_id)",
                description: "金额是否计入该规模档（“以上”含本数，各档相互包含）",
                takes: vec![vec![Int64, Utf8View]],
                returns: Boolean,
            },
            move |columns| {
                let bands = columns.texts(1)?;
                of_bools(
                    columns
                        .ints(0)?
                        .iter()
                        .zip(bands)
                        .map(|(yuan, band)| Some(yuan.is_some_and(|yuan| nested.bands.reaches(band.unwrap_or(""), yuan)))),
                )
            },
        ),
        Function::new(
            Head {
                name: "in_bands",
                syntax: "in_bands(yuan, list)",
                description: "金额是否属于列出的任一规模档（ge10）或规模段（only-ge10、unknown）；列表为空时恒为真",
                takes: vec![vec![Int64, Utf8View]],
                returns: Boolean,
            },
            move |columns| {
                let lists = columns.texts(1)?;
                of_bools(columns.ints(0)?.iter().zip(lists).map(|(yuan, list)| Some(in_any(&chosen.bands, yuan, list.unwrap_or("")))))
            },
        ),
        Function::new(
            Head {
                name: "slice_of",
                syntax: "slice_of(yuan)",
                description: "金额所在的规模段编号（互不相交），如 only-ge10 为 10 亿元以上、未到下一档",
                takes: vec![vec![Int64]],
                returns: Utf8View,
            },
            move |columns| of_texts(columns.ints(0)?.iter().map(|yuan| slice.bands.slice_of(yuan?).map(slice_id))),
        ),
        Function::new(
            Head {
                name: "slice_name",
                syntax: "slice_name(yuan)",
                description: "金额所在的规模段名称，如 10亿—50亿元",
                takes: vec![vec![Int64]],
                returns: Utf8View,
            },
            move |columns| of_texts(columns.ints(0)?.iter().map(|yuan| named.bands.slice_of(yuan?).map(|slice| slice.name.as_str()))),
        ),
        Function::new(
            Head {
                name: "slice_order",
                syntax: "slice_order(yuan)",
                description: "规模段从小到大的顺序，从 0 起",
                takes: vec![vec![Int64]],
                returns: Int64,
            },
            move |columns| of_ints(columns.ints(0)?.iter().map(|yuan| i64::try_from(ordered.bands.met(yuan?).len()).ok())),
        ),
        Function::new(
            Head { name: "yi", syntax: "yi(yuan)", description: "元换算为亿元", takes: vec![vec![Int64]], returns: Float64 },
            |columns| of_decimals(columns.ints(0)?.iter().map(|yuan| yuan.map(money::yi))),
        ),
        Function::new(
            Head { name: "wan", syntax: "wan(yuan)", description: "元换算为万元", takes: vec![vec![Int64]], returns: Float64 },
            |columns| of_decimals(columns.ints(0)?.iter().map(|yuan| yuan.map(money::wan))),
        ),
    ]
}

/// The id of a disjoint slice. It must differ from the nested band's that opens it, because both are
/// offered as filters: `ge10` counts 60亿, `only-ge10` does not.
fn slice_id(slice: &Slice) -> String {
    if slice.least == i64::MIN { slice.id.clone() } else { format!("only-{}", slice.id) }
}

fn in_any(bands: &Bands, yuan: Option<i64>, list: &str) -> bool {
    if list.is_empty() {
        return true;
    }
    list.split(',').map(str::trim).any(|wanted| match yuan {
        None => wanted == "unknown",
        Some(yuan) => bands.reaches(wanted, yuan) || bands.slice_of(yuan).is_some_and(|slice| slice_id(slice) == wanted),
    })
}

#[cfg(test)]
mod tests {
    use super::in_any;
    use qunlian_domain::scale::{Band, Bands};

    #[test]
    fn bands_and_slices_are_both_filters() {
        let yi = 100_000_000;
        let band = |id: &str, least: i64| Band { id: id.into(), name: id.into(), least: least * yi };
        let bands = Bands::new(vec![band("ge1", 1), band("ge10", 10), band("ge50", 50)]).unwrap();
        let check = |yuan: Option<i64>, list: &str, expect: bool| {
            assert_eq!(in_any(&bands, yuan.map(|amount| amount * yi), list), expect, "{yuan:?} {list}")
        };
        check(Some(60), "", true);
        check(Some(60), "ge10", true);
        check(Some(60), "only-ge10", false);
        check(Some(60), "only-ge10, ge50", true);
        check(Some(10), "only-ge10", true);
        check(Some(0), "lt-ge1", true);
        check(Some(0), "ge1", false);
        check(None, "unknown", true);
        check(None, "ge1", false);
        check(Some(60), "' or 1=1 --", false);
    }
}
