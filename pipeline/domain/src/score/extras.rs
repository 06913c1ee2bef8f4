//! Bonuses and deductions of one carrier (加分与扣分), each under its cap.

use super::figures::FigureRow;
use super::rules::{Bonus, BonusShape, Counting, Deduction, DeductionShape, Tier};
use super::shapes::{Desk, Scored};
use super::sheet::Evidence;
use super::words;

impl Desk<'_> {
    /// Points that a bonus gives; `None` where it needs a target and none was set.
    pub(super) fn bonus(&self, bonus: &Bonus, carrier: &str) -> Scored {
        let earned = match &bonus.shape {
            BonusShape::Entries { each } => self.by_entries(&bonus.id, *each, carrier),
            BonusShape::Each { input, each } => self.by_row(input, carrier, |row| {
                (row.done as f64 * each, format!("{} × {}分", words::amount(input, row.done), words::number(*each)))
            }),
            BonusShape::OverTarget { input, each } => self.by_target(input, *each, carrier, Side::Over),
            BonusShape::Tiers { counting, rows } => self.by_tiers(*counting, rows, carrier),
        };
        self.capped(&bonus.name, bonus.most, "加", earned)
    }

    /// Points that a deduction takes, 0 or more.
    pub(super) fn deduction(&self, deduction: &Deduction, carrier: &str) -> Scored {
        let lost = match &deduction.shape {
            DeductionShape::Entries { each } => self.by_entries(&deduction.id, *each, carrier),
            DeductionShape::Missing { input, each } => self.by_target(input, *each, carrier, Side::Under),
        };
        self.capped(&deduction.name, deduction.most, "扣", lost)
    }

    fn capped(&self, name: &str, most: Option<f64>, verb: &str, raw: Scored) -> Scored {
        let Some(points) = raw.points else { return Scored { text: format!("{name} {}", raw.text), ..raw } };
        let counted = most.map_or(points, |most| points.min(most));
        let cap = if counted < points { format!("，最多{verb}{}分", words::number(counted)) } else { String::new() };
        let text = format!("{name} {}{cap} = {verb}{}", raw.text, words::points(counted, self.decimals));
        Scored { points: Some(counted), text, evidence: raw.evidence }
    }

    fn by_entries(&self, item: &str, each: f64, carrier: &str) -> Scored {
        let entries = self.index.entries(carrier, item);
        let times = entries.iter().fold(0i64, |sum, entry| sum.saturating_add(entry.quantity));
        let listed = entries.iter().map(|entry| words::entry(entry)).collect::<Vec<String>>().join("；");
        let reasons = if listed.is_empty() { String::new() } else { format!("（{listed}）") };
        Scored {
            points: Some(times as f64 * each),
            text: format!("{times}次{reasons} × {}分", words::number(each)),
            evidence: entries.iter().map(|entry| Evidence::of_entry(entry)).collect(),
        }
    }

    /// A missing row is named, not taken for nothing done.
    fn by_row(&self, input: &str, carrier: &str, score: impl Fn(&FigureRow) -> (f64, String)) -> Scored {
        match self.index.row(carrier, input) {
            Some(row) => {
                let (points, text) = score(row);
                Scored { points: Some(points), text, evidence: vec![Evidence::of_row(row, self.period)] }
            }
            None => Scored { points: None, text: "缺数据，不计".to_owned(), evidence: Vec::new() },
        }
    }

    /// What lies over, or is missing from, the target.
    fn by_target(&self, input: &str, each: f64, carrier: &str, side: Side) -> Scored {
        let Some(row) = self.index.row(carrier, input) else { return self.by_row(input, carrier, |_| (0.0, String::new())) };
        let evidence = vec![Evidence::of_row(row, self.period)];
        let Some(target) = row.target else {
            return Scored { points: None, text: format!("{} → 未下达目标，不计", words::done_of_target(row)), evidence };
        };
        let (count, verb) = match side {
            Side::Over => (row.done.saturating_sub(target).max(0), "超"),
            Side::Under => (target.saturating_sub(row.done).max(0), "缺"),
        };
        let text = format!("{} {verb}{} × {}分", words::done_of_target(row), words::amount(input, count), words::number(each));
        Scored { points: Some(count as f64 * each), text, evidence }
    }

    /// Bands nest: what a higher band counts is taken out of the lower one, so that nothing counts twice.
    fn by_tiers(&self, counting: Counting, rows: &[Tier], carrier: &str) -> Scored {
        let found: Vec<(&Tier, Option<&FigureRow>)> = rows.iter().map(|tier| (tier, self.index.row(carrier, &tier.input))).collect();
        if found.iter().any(|(_, row)| row.is_none()) {
            return Scored { points: None, text: "缺数据，不计".to_owned(), evidence: Vec::new() };
        }
        let mut parts = Vec::new();
        let mut points = 0.0;
        let mut above = 0;
        for (tier, row) in found.iter().rev() {
            let reached = row.map_or(0, |row| row.done).max(above);
            let own = match counting {
                Counting::Each => reached - above,
                Counting::Once => i64::from(reached > 0 && above == 0),
            };
            above = reached;
            points += own as f64 * tier.points;
            if own > 0 {
                parts.push(format!("{}{own}个 × {}分", tier.name, words::number(tier.points)));
            }
        }
        let text = if parts.is_empty() { "0个".to_owned() } else { parts.join(" + ") };
        let evidence = found.iter().filter_map(|(_, row)| row.map(|row| Evidence::of_row(row, self.period))).collect();
        Scored { points: Some(points), text, evidence }
    }
}

/// Which side of the target is counted.
#[derive(Clone, Copy)]
enum Side {
    Over,
    Under,
}
