//! Promises against facts (承诺与实际): how a promised day was kept, and by how much it was missed.

use datafusion::arrow::datatypes::DataType::{Date32, Int64, Utf8View};
use qunlian_domain::promise::{Delay, Kept, SlipBand, delay};

use super::function::{Columns, Function, Head, day, of_ints, of_texts};

pub(super) fn functions() -> Vec<Function> {
    let takes = || vec![vec![Date32, Date32, Date32]];
    vec![
        Function::new(
            Head {
                name: "promise_kept",
                syntax: "promise_kept(promised, happened, as_of)",
                description: "承诺兑现状态：early 提前 · on_time 按期 · late 逾期 · overdue 到期未办 · not_due 未到期；截至日之后的事实视为尚未发生",
                takes: takes(),
                returns: Utf8View,
            },
            |columns| of_texts(delays(columns)?.map(|found| found.map(|delay| delay.kept.id()))),
        ),
        Function::new(
            Head {
                name: "promise_days",
                syntax: "promise_days(promised, happened, as_of)",
                description: "晚于承诺日的天数，提前或未到期为负；未办的算到截至日",
                takes: takes(),
                returns: Int64,
            },
            |columns| of_ints(delays(columns)?.map(|found| found.map(|delay| delay.days))),
        ),
        Function::new(
            Head {
                name: "promise_months",
                syntax: "promise_months(promised, happened, as_of)",
                description: "晚于承诺日的月数，不足一个月计一个月，按期为 0，提前为负的整月数；未办的算到截至日",
                takes: takes(),
                returns: Int64,
            },
            |columns| of_ints(delays(columns)?.map(|found| found.map(|delay| i64::from(delay.months)))),
        ),
        Function::new(
            Head {
                name: "kept_name",
                syntax: "kept_name(kept)",
                description: "承诺兑现状态的中文名称，如 late 为逾期",
                takes: vec![vec![Utf8View]],
                returns: Utf8View,
            },
            |columns| of_texts(columns.texts(0)?.iter().map(|id| id.map(|id| Kept::from_id(id).map_or(id, |kept| kept.name())))),
        ),
        Function::new(
            Head {
                name: "slip_band",
                syntax: "slip_band(months)",
                description: "偏差月数所在的分档编号，如 late3 为逾期 1—3 个月；各档互不相交",
                takes: vec![vec![Int64]],
                returns: Utf8View,
            },
            |columns| of_texts(columns.ints(0)?.iter().map(|months| band_of(months?).map(|(_, band)| band.id))),
        ),
        Function::new(
            Head {
                name: "slip_order",
                syntax: "slip_order(months)",
                description: "偏差分档从早到晚的顺序，从 0 起",
                takes: vec![vec![Int64]],
                returns: Int64,
            },
            |columns| of_ints(columns.ints(0)?.iter().map(|months| band_of(months?).map(|(place, _)| place as i64))),
        ),
        Function::new(
            Head {
                name: "slip_name",
                syntax: "slip_name(slip_band)",
                description: "偏差分档的中文名称",
                takes: vec![vec![Utf8View]],
                returns: Utf8View,
            },
            |columns| of_texts(columns.texts(0)?.iter().map(|id| id.map(|id| SlipBand::from_id(id).map_or(id, |band| band.name)))),
        ),
    ]
}

/// The delay of each row; nothing where no day is promised or none is given to look from.
fn delays<'a>(columns: &'a Columns) -> datafusion::common::Result<impl Iterator<Item = Option<Delay>> + 'a> {
    let (promised, happened, as_of) = (columns.dates(0)?, columns.dates(1)?, columns.dates(2)?);
    let rows = promised.iter().zip(happened).zip(as_of);
    Ok(rows.map(|((promised, happened), as_of)| Some(delay(day(promised?)?, happened.and_then(day), day(as_of?)?))))
}

fn band_of(months: i64) -> Option<(usize, SlipBand)> {
    let band = SlipBand::of(i32::try_from(months).ok()?)?;
    SlipBand::ALL.iter().position(|known| known.id == band.id).map(|place| (place, band))
}
