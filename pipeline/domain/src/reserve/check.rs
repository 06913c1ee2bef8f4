//! Checking the rules of the reserve list for what their file's shape cannot hold: bounds, order, references.

use super::{ByAmount, Reserve};
use crate::catalogue::DeskFault;
use crate::chain::ChainCatalogue;
use crate::filing::field::FIELDS;
use crate::project::{Status, stage_name};

/// No rule gives or takes more than this, so that sums cannot overflow.
const MOST_POINTS: i32 = 1_000;
/// No file has more rules of a kind than this.
const MOST_RULES: usize = 100;

impl Reserve {
    /// Checks bounds, order, and that stages, statuses, fields and segments exist.
    pub fn check(&self, chains: &ChainCatalogue) -> Result<(), DeskFault> {
        self.check_weights()?;
        self.check_ids()?;
        for (kind, rules) in [("paid_in", &self.paid_in), ("agreed", &self.agreed), ("capital", &self.capital)] {
            check_amounts(kind, rules)?;
        }
        for rule in &self.visits {
            let place = format!("visits of {} days", rule.within_days);
            if rule.within_days == 0 || rule.within_days > 3_650 || rule.least == 0 {
                return Err(DeskFault::new(&place, "counts nothing".to_owned(), "write 1 to 3650 for within_days and 1 or more for least"));
            }
            check_points(&place, rule.points, &rule.reason)?;
        }
        check_points("contact", self.contact.points, &self.contact.reason)?;
        check_points("contact", self.contact.unknown_points, &self.contact.unknown_reason)?;
        if self.contact.points > 0 || self.contact.unknown_points > 0 {
            return Err(DeskFault::new("contact", "earns points for silence".to_owned(), "write 0 or a negative number"));
        }
        self.check_gap(chains)?;
        self.check_grades()
    }

    fn check_weights(&self) -> Result<(), DeskFault> {
        if !(1..=MOST_POINTS).contains(&self.most) {
            return Err(DeskFault::new("most", format!("{} is out of bounds", self.most), "write a number from 1 to 1000"));
        }
        let (maturity, scale) = (self.maturity_percent, self.scale_percent);
        if !(0..=100).contains(&maturity) || !(0..=100).contains(&scale) || maturity + scale != 100 {
            let problem = format!("maturity_percent {maturity} and scale_percent {scale} do not add up to 100");
            return Err(DeskFault::new("maturity_percent", problem, "write two numbers from 0 to 100 that add up to 100"));
        }
        Ok(())
    }

    fn check_ids(&self) -> Result<(), DeskFault> {
        if self.stages.is_empty() {
            return Err(DeskFault::new("stage", "there is none".to_owned(), "name at least one stage, like negotiating"));
        }
        let stages = self.stages.iter().map(|rule| ("stage", rule.id.as_str(), rule.points, rule.reason.as_str()));
        let stated = self.stated.iter().map(|rule| ("stated", rule.field.as_str(), rule.points, rule.reason.as_str()));
        let statuses = self.statuses.iter().map(|rule| ("status", rule.id.as_str(), rule.points, rule.reason.as_str()));
        let all: Vec<_> = stages.chain(stated).chain(statuses).collect();
        for (at, (kind, id, points, reason)) in all.iter().enumerate() {
            let place = format!("{kind} {id}");
            let (exists, hint) = match *kind {
                "stage" => (stage_name(id).is_some(), "write a stage: negotiating, signed, registered"),
                "stated" => (FIELDS.iter().any(|(field, _)| field == id), "write the id of a field of filing.toml"),
                _ => (Status::from_id(id).is_some_and(|status| !status.is_gone()), "write delayed or dormant"),
            };
            if !exists {
                return Err(DeskFault::new(&place, format!("there is no {kind} {id:?} on the list"), hint));
            }
            if all[..at].iter().any(|(other, known, ..)| other == kind && known == id) {
                return Err(DeskFault::new(&place, "is there twice".to_owned(), "write each once"));
            }
            check_points(&place, *points, reason)?;
        }
        Ok(())
    }

    fn check_gap(&self, chains: &ChainCatalogue) -> Result<(), DeskFault> {
        check_points("gap", self.gap.points, &self.gap.reason)?;
        let exists = |id: &str| chains.chains.iter().any(|chain| chain.segments.iter().any(|segment| segment.id == id));
        match self.gap.segments.iter().find(|id| !exists(id)) {
            Some(id) => Err(DeskFault::new("gap", format!("there is no segment {id:?}"), "write ids of segments in chains.toml")),
            None => Ok(()),
        }
    }

    fn check_grades(&self) -> Result<(), DeskFault> {
        let last = self.grades.last().is_some_and(|grade| grade.least_maturity <= 0 && grade.least_scale <= 0);
        if !last {
            let problem = "the last one does not take all the rest".to_owned();
            return Err(DeskFault::new("grade", problem, "end with a grade of least_maturity = 0 and least_scale = 0"));
        }
        for (at, grade) in self.grades.iter().enumerate() {
            let place = format!("grade {}", grade.id);
            if self.grades[..at].iter().any(|earlier| earlier.id == grade.id) {
                return Err(DeskFault::new(&place, "is there twice".to_owned(), "give each grade its own id"));
            }
            let hidden =
                |earlier: &&super::Grade| earlier.least_maturity <= grade.least_maturity && earlier.least_scale <= grade.least_scale;
            if let Some(earlier) = self.grades[..at].iter().find(hidden) {
                let problem = format!("can never be reached: {} stands before it and asks for no more", earlier.id);
                return Err(DeskFault::new(&place, problem, "write the grade that asks for most first"));
            }
        }
        Ok(())
    }
}

fn check_amounts(kind: &str, rules: &[ByAmount]) -> Result<(), DeskFault> {
    if rules.len() > MOST_RULES {
        return Err(DeskFault::new(kind, format!("has {} rows", rules.len()), "write at most 100"));
    }
    let mut before = 0;
    for rule in rules {
        let place = format!("{kind} from {}", rule.least);
        if rule.least <= before {
            return Err(DeskFault::new(&place, format!("{} is not above {before}", rule.least), "write `least` in yuan, lowest first"));
        }
        before = rule.least;
        check_points(&place, rule.points, &rule.reason)?;
    }
    Ok(())
}

fn check_points(place: &str, points: i32, reason: &str) -> Result<(), DeskFault> {
    if !(-MOST_POINTS..=MOST_POINTS).contains(&points) {
        return Err(DeskFault::new(place, format!("{points} points are out of bounds"), "write a number from -1000 to 1000"));
    }
    if reason.trim().is_empty() || reason.chars().any(char::is_control) {
        return Err(DeskFault::new(place, "gives no reason".to_owned(), "write one line in `reason`"));
    }
    Ok(())
}
