//! The weight less what is missing from each band's minimum (分档保底扣分).

use super::super::rules::{Indicator, Minimum};
use super::super::sheet::Evidence;
use super::super::words;
use super::{Desk, Scored};

impl Desk<'_> {
    /// A band without a minimum of its own and without a target asks for nothing; when no band asks, it is not scored.
    pub(super) fn minimum(&self, indicator: &Indicator, rows: &[Minimum], carrier: &str) -> Scored {
        let mut evidence = Vec::new();
        let mut asked: Vec<String> = Vec::new();
        let mut unasked: Vec<String> = Vec::new();
        let mut lost = 0.0;
        for band in rows {
            let Some(row) = self.index.row(carrier, &band.input) else { return self.without_data(indicator) };
            evidence.push(Evidence::of_row(row, self.period));
            let done = words::amount(&band.input, row.done);
            let Some(least) = band.least.or(row.target) else {
                unasked.push(format!("{} {done}/-", band.name));
                continue;
            };
            let missing = (least - row.done).max(0);
            lost += missing as f64 * band.each;
            let words = format!("{} {done}/{}", band.name, words::amount(&band.input, least));
            let points = words::number(missing as f64 * band.each);
            asked.push(if missing > 0 { format!("{words}缺{missing}扣{points}分") } else { words });
        }
        if asked.is_empty() {
            let text = format!("{} {} → 未下达目标，{}", indicator.name, unasked.join("、"), self.unscored(indicator));
            return Scored { points: None, text, evidence };
        }
        let points = (indicator.weight - lost).max(0.0);
        let floor = if lost > indicator.weight { "，扣完为止" } else { "" };
        asked.append(&mut unasked);
        let text = format!(
            "{} {} → {}分 − {}分{floor} = {}",
            indicator.name,
            asked.join("、"),
            words::number(indicator.weight),
            words::number(lost),
            self.points(points)
        );
        Scored { points: Some(points), text, evidence }
    }
}
