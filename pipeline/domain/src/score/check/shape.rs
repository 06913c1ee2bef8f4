//! The shape of one indicator or bonus: its inputs, bounds and order.

use super::super::inputs::{Input, check_counted, check_fair, check_input};
use super::super::rules::{BonusShape, Indicator, Level, Measured, RaterClass, Shape, Step, Tier};
use super::{Known, check_amount, check_positive};
use crate::catalogue::DeskFault;

pub(super) fn check_indicator(place: &str, indicator: &Indicator, level: &Level, known: &Known<'_>) -> Result<(), DeskFault> {
    for input in indicator.shape.inputs() {
        check_input(place, input, known.bands)?;
    }
    match &indicator.shape {
        Shape::Ratio { cap_percent, .. } => cap_percent.map_or(Ok(()), |cap| check_positive(place, "cap_percent", cap)),
        Shape::FloorRatio { floor_percent, cap_percent, .. } => {
            check_amount(place, "floor_percent", *floor_percent)?;
            match cap_percent.filter(|cap| cap <= floor_percent) {
                Some(cap) => Err(DeskFault::new(place, format!("cap_percent {cap} is not above the floor"), "write a higher cap")),
                None => cap_percent.map_or(Ok(()), |cap| check_positive(place, "cap_percent", cap)),
            }
        }
        Shape::Steps { rows, measure, .. } => check_steps(place, rows, *measure, indicator.weight),
        Shape::Efficacy { base, span, .. } => {
            check_amount(place, "base", *base)?;
            check_positive(place, "span", *span)
        }
        Shape::MinimumPerBand { rows } => {
            if rows.is_empty() {
                return Err(DeskFault::new(place, "has no rows".to_owned(), "write at least one band"));
            }
            for row in rows {
                check_fair(place, &row.name)?;
                check_counted(place, &row.input, known.bands)?;
                check_positive(place, "each", row.each)?;
                if row.least.is_some_and(|least| least < 1) {
                    return Err(DeskFault::new(place, "least asks for nothing".to_owned(), "write 1 or more, or leave it out"));
                }
            }
            Ok(())
        }
        Shape::PeerRating { full, raters } => {
            check_positive(place, "full", *full)?;
            check_raters(place, raters, level)
        }
    }
}

pub(super) fn check_bonus(place: &str, shape: &BonusShape, known: &Known<'_>) -> Result<(), DeskFault> {
    for input in shape.inputs() {
        check_counted(place, input, known.bands)?;
    }
    match shape {
        BonusShape::Entries { each } | BonusShape::Each { each, .. } | BonusShape::OverTarget { each, .. } => {
            check_positive(place, "each", *each)
        }
        BonusShape::Tiers { rows, .. } => check_tiers(place, rows, known),
    }
}

fn check_steps(place: &str, rows: &[Step], measure: Measured, weight: f64) -> Result<(), DeskFault> {
    let most_from = if measure == Measured::Rate { super::MOST } else { 1e15 };
    let mut before: Option<&Step> = None;
    for row in rows {
        if !(0.0..=most_from).contains(&row.from) || !(0.0..=weight).contains(&row.points) {
            let problem = format!("the step from {} with {} points is out of bounds", row.from, row.points);
            return Err(DeskFault::new(place, problem, "write points from 0 to the weight"));
        }
        if before.is_some_and(|before| row.from <= before.from || row.points < before.points) {
            let problem = format!("the step from {} does not rise", row.from);
            return Err(DeskFault::new(place, problem, "write the lowest step first; more must not earn less"));
        }
        before = Some(row);
    }
    match before {
        Some(_) => Ok(()),
        None => Err(DeskFault::new(place, "has no steps".to_owned(), "write at least one row")),
    }
}

fn check_raters(place: &str, raters: &[RaterClass], level: &Level) -> Result<(), DeskFault> {
    for (at, class) in raters.iter().enumerate() {
        let exists = level.groups.iter().any(|group| group.id == class.group);
        if !exists || raters[..at].iter().any(|earlier| earlier.group == class.group) {
            let problem = format!("group {} is not there, or rates twice", class.group);
            return Err(DeskFault::new(place, problem, "name groups of this level, each once"));
        }
        check_positive(place, "percent", class.percent)?;
    }
    let sum: f64 = raters.iter().map(|class| class.percent).sum();
    if (sum - 100.0).abs() > 1e-6 {
        return Err(DeskFault::new(place, format!("the raters' shares add up to {sum}"), "write shares that add up to 100"));
    }
    Ok(())
}

/// Tiers nest: bands of one metric, each above the one before and worth no less.
fn check_tiers(place: &str, rows: &[Tier], known: &Known<'_>) -> Result<(), DeskFault> {
    let mut before: Option<(&str, i64, f64)> = None;
    for row in rows {
        check_fair(place, &row.name)?;
        check_positive(place, "points", row.points)?;
        let input = Input::parse(&row.input);
        let band = input.and_then(|input| input.band).and_then(|band| known.bands.get(band));
        let (Some(input), Some(band)) = (input, band) else {
            return Err(DeskFault::new(place, format!("{} is of no band", row.input), "write a band, as in signed.ge10"));
        };
        let rises = |(metric, least, points): (&str, i64, f64)| metric == input.metric.id && least < band.least && points <= row.points;
        if before.is_some_and(|before| !rises(before)) {
            let problem = format!("{} does not nest in the one before", row.input);
            return Err(DeskFault::new(place, problem, "write bands of one metric, lowest first, worth no less"));
        }
        before = Some((input.metric.id, band.least, row.points));
    }
    match before {
        Some(_) => Ok(()),
        None => Err(DeskFault::new(place, "has no tiers".to_owned(), "write at least one row")),
    }
}
