//! Points by comparison with the group's ends (功效系数).

use super::super::figures::{FigureRow, Index};
use super::super::rules::{Group, Indicator, Measured, Shape};
use super::super::sheet::Evidence;
use super::super::words;
use super::{Desk, Scored};
use crate::figures::completion_rate;

/// The lowest and the highest of a group for one indicator.
pub(in crate::score) struct Spread<'f> {
    least: (f64, &'f FigureRow),
    most: (f64, &'f FigureRow),
}

impl<'f> Spread<'f> {
    /// The group's ends; `None` for other shapes, and when nobody has a value. Who has no target where one is needed
    /// is not among the peers.
    pub fn of(indicator: &Indicator, group: &Group, index: &Index<'f>) -> Option<Self> {
        let Shape::Efficacy { input, measure, .. } = &indicator.shape else { return None };
        let rows = group.members.iter().filter_map(|member| index.row(member, input));
        let valued: Vec<(f64, &FigureRow)> = rows.filter_map(|row| measured(row, *measure).map(|value| (value, row))).collect();
        let least = valued.iter().copied().reduce(|left, right| if right.0 < left.0 { right } else { left })?;
        let most = valued.iter().copied().reduce(|left, right| if right.0 > left.0 { right } else { left })?;
        Some(Self { least, most })
    }
}

fn measured(row: &FigureRow, measure: Measured) -> Option<f64> {
    match measure {
        Measured::Done => Some(row.done as f64),
        Measured::Rate => completion_rate(row.done, row.target),
    }
}

fn print(row: &FigureRow, measure: Measured, value: f64) -> String {
    match measure {
        Measured::Done => words::amount(&row.input, row.done),
        Measured::Rate => words::rate(value),
    }
}

impl Desk<'_> {
    pub(super) fn efficacy(
        &self,
        indicator: &Indicator,
        (input, measure): (&str, Measured),
        (base, span): (f64, f64),
        spread: Option<&Spread<'_>>,
        carrier: &str,
    ) -> Scored {
        let Some(row) = self.index.row(carrier, input) else { return self.without_data(indicator) };
        let (Some(value), Some(spread)) = (measured(row, measure), spread) else { return self.without_target(indicator, row) };
        let ((least, least_row), (most, most_row)) = (spread.least, spread.most);
        let own = match measure {
            Measured::Done => words::amount(input, row.done),
            Measured::Rate => format!("{}（{}）", words::rate(value), words::done_of_target(row)),
        };
        let (coefficient, formula) = if most > least {
            let coefficient = (value - least) / (most - least) * span + base;
            (coefficient, format!("（本值−最低）÷（最高−最低）×{}+{}", words::number(span), words::number(base)))
        } else {
            (base + span, "组内相同，取最高".to_owned())
        };
        let points = coefficient / 100.0 * indicator.weight;
        let text = format!(
            "{} {own}，组内最低{}、最高{} → {formula} = {} × {}% = {}",
            indicator.name,
            print(least_row, measure, least),
            print(most_row, measure, most),
            crate::figures::print(Some(coefficient), self.decimals),
            words::number(indicator.weight),
            self.points(points),
        );
        let mut rows = vec![row];
        for end in [least_row, most_row] {
            if rows.iter().all(|known| known.carrier_id != end.carrier_id) {
                rows.push(end);
            }
        }
        let evidence = rows.into_iter().map(|row| Evidence::of_row(row, self.period)).collect();
        Scored { points: Some(points), text, evidence }
    }
}
