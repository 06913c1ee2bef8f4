//! Unit slips (单位错位): amounts 1,000 times or more off their column's median or their sister amount.

use crate::field::Field;
use crate::problem::Problem;

/// Rows whose amounts are kept until the medians are known. Larger sheets are judged by these first rows.
const SAMPLE: usize = 4_096;
/// Values that a median needs.
const FEWEST: usize = 8;
/// How many times off is a slip: between 元, 千元, 万元 and 亿元 lie at least 10^3 (domain rule 10).
const TIMES: i64 = 1_000;

/// The amounts of one landed row.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Amounts {
    pub row: u64,
    /// In the order of [`Field::AMOUNTS`].
    pub yuan: [Option<i64>; 4],
    /// What the cells say; only filled while a sample is gathered.
    pub raw: [String; 4],
    pub carrier: String,
    /// The row carries a question already.
    pub questioned: bool,
}

/// A suspicion about one cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slip {
    pub row: u64,
    pub field: Field,
    pub raw: String,
    pub problem: Problem,
    pub detail: String,
    pub carrier: String,
    /// The first question about its row.
    pub first: bool,
}

/// Watches the amounts of one table.
#[derive(Debug, Default)]
pub struct Slips {
    sample: Vec<Amounts>,
    medians: Option<[Option<i64>; 4]>,
}

impl Slips {
    /// Takes a row's amounts; gives the suspicions that are ripe.
    pub fn see(&mut self, amounts: Amounts) -> Vec<Slip> {
        if let Some(medians) = &self.medians {
            return judge(&amounts, medians);
        }
        self.sample.push(amounts);
        if self.sample.len() < SAMPLE { Vec::new() } else { self.finish() }
    }

    /// Quick look without keeping anything: `false` when the row can be passed over.
    pub fn is_odd(&self, yuan: &[Option<i64>; 4]) -> bool {
        self.medians.as_ref().is_none_or(|medians| {
            yuan.iter().zip(medians).any(|(yuan, median)| matches!((yuan, median), (Some(yuan), Some(median)) if far_apart(*yuan, *median)))
                || sisters(yuan).is_some()
        })
    }

    /// Judges what is kept; at the end of the table, or when the sample is full.
    pub fn finish(&mut self) -> Vec<Slip> {
        let mut medians = [None; 4];
        for (index, median) in medians.iter_mut().enumerate() {
            let mut values: Vec<i64> = self.sample.iter().filter_map(|amounts| amounts.yuan[index]).filter(|yuan| *yuan > 0).collect();
            if values.len() >= FEWEST {
                values.sort_unstable();
                *median = Some(values[values.len() / 2]);
            }
        }
        let slips = self.sample.iter().flat_map(|amounts| judge(amounts, &medians)).collect();
        self.sample = Vec::new();
        self.medians = Some(medians);
        slips
    }
}

fn judge(amounts: &Amounts, medians: &[Option<i64>; 4]) -> Vec<Slip> {
    let mut slips: Vec<Slip> = Vec::new();
    let mut slip = |index: usize, detail: String| {
        let first = !amounts.questioned && slips.is_empty();
        slips.push(Slip {
            row: amounts.row,
            field: Field::AMOUNTS[index],
            raw: amounts.raw[index].clone(),
            problem: Problem::UnitSlip,
            detail,
            carrier: amounts.carrier.clone(),
            first,
        });
    };
    let mut any = false;
    for (index, (yuan, median)) in amounts.yuan.iter().zip(medians).enumerate() {
        if let (Some(yuan), Some(median)) = (yuan, median)
            && far_apart(*yuan, *median)
        {
            slip(index, format!("{}，本列中位数为 {}", wan(*yuan), wan(*median)));
            any = true;
        }
    }
    if let (false, Some((index, other))) = (any, sisters(&amounts.yuan)) {
        let (own, sister) = (amounts.yuan[index].unwrap_or(0), amounts.yuan[other].unwrap_or(0));
        slip(index, format!("{}，而{}为 {}", wan(own), Field::AMOUNTS[other].name(), wan(sister)));
    }
    slips
}

/// Two amounts of one row that cannot both be in the right unit: agreed against planned fixed assets.
fn sisters(yuan: &[Option<i64>; 4]) -> Option<(usize, usize)> {
    match yuan {
        [Some(agreed), Some(planned), ..] if far_apart(*agreed, *planned) => Some((0, 1)),
        _ => None,
    }
}

fn far_apart(one: i64, other: i64) -> bool {
    one > 0 && other > 0 && (one / TIMES >= other || other / TIMES >= one)
}

fn wan(yuan: i64) -> String {
    format!("{} 万元", yuan as f64 / 10_000.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(rows: &[[Option<i64>; 4]]) -> Vec<(u64, Field)> {
        let mut slips = Slips::default();
        let mut found = Vec::new();
        for (index, yuan) in rows.iter().enumerate() {
            if slips.is_odd(yuan) {
                found.extend(slips.see(Amounts { row: index as u64, yuan: *yuan, ..Amounts::default() }));
            }
        }
        found.extend(slips.finish());
        found.into_iter().map(|slip| (slip.row, slip.field)).collect()
    }

    #[test]
    fn values_far_off_the_median_are_questioned() {
        let usual = |yuan: i64| [Some(yuan), None, None, None];
        let mut rows: Vec<_> = (1..=8).map(|n| usual(n * 100_000_000)).collect();
        assert_eq!(run(&rows), []);
        rows.push(usual(30_000));
        assert_eq!(run(&rows), [(8, Field::Agreed)]);
        // Seven values make no median.
        let few: Vec<_> = rows[2..8].iter().copied().chain([usual(30_000)]).collect();
        assert_eq!(run(&few), []);
    }

    #[test]
    fn sister_amounts_are_compared_when_no_median_tells() {
        assert_eq!(run(&[[Some(30_000), Some(200_000_000), None, None]]), [(0, Field::Agreed)]);
        assert_eq!(run(&[[Some(300_000_000), Some(200_000_000), None, None]]), []);
        let mut rows = vec![[Some(300_000_000), Some(200_000_000), None, None]; 8];
        rows.push([Some(300_000_000), Some(20_000), None, None]);
        assert_eq!(run(&rows), [(8, Field::PlannedFixed)]);
    }

    #[test]
    fn large_tables_are_judged_by_their_first_rows() {
        let mut rows = vec![[Some(300_000_000), None, None, None]; SAMPLE + 10];
        rows[5] = [Some(30_000), None, None, None];
        rows[SAMPLE + 3] = [Some(30_000), None, None, None];
        assert_eq!(run(&rows), [(5, Field::Agreed), (SAMPLE as u64 + 3, Field::Agreed)]);
    }
}
