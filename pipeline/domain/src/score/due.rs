//! The target of an input by the end of a period (序时目标任务), out of a city's targets.

use chrono::NaiveDate;

use super::inputs::{Input, InputUnit};
use super::period::Period;
use crate::target::{Metric, Scope, Target, TargetKey, TargetKind, target_on};

impl Period {
    /// What a carrier's target for an input, as known on `day`, asks for by the end of the period, by the target's own
    /// curve; in projects or yuan. `None` is "-": none was set, or the metric carries no targets.
    pub fn due(self, targets: &[Target], carrier: &str, input: &str, day: NaiveDate) -> Option<i64> {
        let input = Input::parse(input)?;
        let metric = Metric::from_id(input.metric.id)?;
        let kind = if input.metric.unit == InputUnit::Yuan { TargetKind::Amount } else { TargetKind::Count };
        let key = TargetKey { year: self.year, metric, band: input.band, scope: Scope::Carrier, scope_id: carrier, kind };
        let target = target_on(targets, &key, day)?;
        target.value.map(|annual| self.target(annual, &target.curve))
    }
}
