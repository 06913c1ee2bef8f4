//! One carrier's total (总分): indicators by their weights, bonuses, deductions, then vetoes, grade and promotions.

use super::rules::{NoTarget, Promotion, PromotionMeasure, VetoEffect};
use super::shapes::{Desk, Scored, Spread};
use super::sheet::{CarrierScore, Evidence, FallenVeto, LineKind, ScoreLine};
use super::words;
use crate::figures::{print, round_half_up};

impl Desk<'_> {
    /// Everything about one carrier but its places. `spreads` stand in the order of the indicators.
    pub(super) fn carrier(&self, spreads: &[Option<Spread<'_>>], carrier: &str, name: &str) -> CarrierScore {
        let mut lines = Vec::with_capacity(self.level.indicators.len() + self.level.bonuses.len() + self.level.deductions.len());
        for (indicator, spread) in self.level.indicators.iter().zip(spreads) {
            let scored = self.indicator(indicator, spread.as_ref(), carrier);
            lines.push(line(LineKind::Indicator, (&indicator.id, &indicator.name), Some(indicator.weight), scored, carrier));
        }
        for bonus in &self.level.bonuses {
            lines.push(line(LineKind::Bonus, (&bonus.id, &bonus.name), bonus.most, self.bonus(bonus, carrier), carrier));
        }
        for deduction in &self.level.deductions {
            let scored = self.deduction(deduction, carrier);
            lines.push(line(LineKind::Deduction, (&deduction.id, &deduction.name), deduction.most, scored, carrier));
        }
        let mut score = CarrierScore {
            carrier_id: carrier.to_owned(),
            carrier_name: name.to_owned(),
            lines,
            base: None,
            bonus: 0.0,
            deduction: 0.0,
            total: None,
            place: None,
            grade: None,
            summary: Vec::new(),
            vetoes: self.fallen_vetoes(carrier),
        };
        self.add_up(&mut score);
        self.apply_vetoes(&mut score);
        self.grade(&mut score);
        score
    }

    /// False for who has no total and for whom a veto keeps out of the ranking.
    pub(super) fn is_ranked(&self, score: &CarrierScore) -> bool {
        score.total.is_some() && !self.has_fallen(score, VetoEffect::Unranked)
    }

    fn add_up(&self, score: &mut CarrierScore) {
        let Some(base) = self.base(score) else {
            score.summary.push("没有可计分的指标，不计分不排名".to_owned());
            return;
        };
        let sum = |kind: LineKind, most: Option<f64>| {
            let sum: f64 = score.lines.iter().filter(|line| line.kind == kind).filter_map(|line| line.points).sum();
            most.map_or(sum, |most| sum.min(most))
        };
        let (bonus, deduction) = (sum(LineKind::Bonus, self.level.bonus_most), sum(LineKind::Deduction, self.level.deduction_most));
        let total = base + bonus - deduction;
        let floored = total.max(self.level.least_total);
        let cap = |most: Option<f64>| most.map_or_else(String::new, |most| format!("（合计最多{}分）", words::number(most)));
        let floor = if floored > total { format!("，不低于{}分", words::number(self.level.least_total)) } else { String::new() };
        score.summary.push(format!(
            "总分 {} + 加分{}{} − 扣分{}{}{floor} = {}",
            self.bare(base),
            self.bare(bonus),
            cap(self.level.bonus_most),
            self.bare(deduction),
            cap(self.level.deduction_most),
            words::points(floored, self.decimals)
        ));
        (score.base, score.bonus, score.deduction, score.total) = (Some(base), bonus, deduction, Some(floored));
    }

    /// Points of the indicators by the level's rule for missing targets; notes how they came about.
    fn base(&self, score: &mut CarrierScore) -> Option<f64> {
        let scored = score.lines.iter().filter(|line| line.kind == LineKind::Indicator && line.points.is_some());
        let weight: f64 = scored.clone().filter_map(|line| line.most).sum();
        let points: f64 = scored.filter_map(|line| line.points).sum();
        if weight <= 0.0 {
            return None;
        }
        let full = self.level.full;
        let left_out = full - weight;
        let (base, text) = if left_out < 1e-9 {
            (points, format!("指标得分合计 {}（满分{}分）", words::points(points, self.decimals), words::number(full)))
        } else if self.level.no_target == NoTarget::Zero {
            let words = format!("{}分未计分，按0分", words::number(left_out));
            (points, format!("指标得分合计 {}（满分{}分，其中{words}）", words::points(points, self.decimals), words::number(full)))
        } else {
            let base = points * full / weight;
            let (own, rescaled) = (words::points(points, self.decimals), words::points(base, self.decimals));
            let (full, weight, left_out) = (words::number(full), words::number(weight), words::number(left_out));
            (base, format!("指标得分合计 {own} × {full}/{weight}（{left_out}分未计分，由其余指标折算） = {rescaled}"))
        };
        score.summary.push(text);
        Some(base)
    }

    fn fallen_vetoes(&self, carrier: &str) -> Vec<FallenVeto> {
        let mut fallen = Vec::new();
        for veto in &self.level.vetoes {
            let entries = self.index.entries(carrier, &veto.id);
            if !entries.is_empty() {
                let evidence = entries.iter().map(|entry| Evidence::of_entry(entry)).collect();
                fallen.push(FallenVeto { id: veto.id.clone(), name: veto.name.clone(), evidence });
            }
        }
        fallen
    }

    fn has_fallen(&self, score: &CarrierScore, effect: VetoEffect) -> bool {
        let mut with_effect = self.level.vetoes.iter().filter(|veto| veto.effect == effect);
        with_effect.any(|veto| score.vetoes.iter().any(|fallen| fallen.id == veto.id))
    }

    fn apply_vetoes(&self, score: &mut CarrierScore) {
        for veto in &self.level.vetoes {
            if !score.vetoes.iter().any(|fallen| fallen.id == veto.id) {
                continue;
            }
            let reasons = self.index.entries(&score.carrier_id, &veto.id).iter().map(|entry| words::entry(entry));
            let reasons = reasons.collect::<Vec<String>>().join("；");
            let effect = match veto.effect {
                VetoEffect::Zero => "考核计0分",
                VetoEffect::Unranked => "不参加排名",
                VetoEffect::NoAward => "取消评优",
            };
            score.summary.push(format!("一票否决：{}（{reasons}）→ {effect}", veto.name));
        }
        if self.has_fallen(score, VetoEffect::Zero) {
            score.total = score.total.map(|_| 0.0);
        }
    }

    fn grade(&self, score: &mut CarrierScore) {
        let grades = &self.level.grades;
        let Some(total) = score.total.filter(|_| self.is_ranked(score)) else { return };
        let printed = round_half_up(total, self.decimals);
        let Some(last) = grades.len().checked_sub(1) else { return };
        let earned = grades.iter().position(|grade| printed >= grade.least).unwrap_or(last);
        let mut at = earned;
        if self.has_fallen(score, VetoEffect::Zero) {
            at = last;
        } else if self.has_fallen(score, VetoEffect::NoAward) {
            at = earned.max(1).min(last);
        } else {
            for promotion in &self.level.promotions {
                if let Some(why) = self.promoted(promotion, &score.carrier_id) {
                    let up = at.saturating_sub(promotion.grades);
                    let moved =
                        if up == at { "已是最高等次".to_owned() } else { format!("{}升为{}", grades[at].name, grades[up].name) };
                    score.summary.push(format!("升档：{} {why} → {moved}", promotion.name));
                    at = up;
                }
            }
        }
        score.summary.push(format!("等次 {}", grades[at].name));
        score.grade = Some(grades[at].name.clone());
    }

    /// The figures that promote; `None` when not enough was done.
    fn promoted(&self, promotion: &Promotion, carrier: &str) -> Option<String> {
        let row = self.index.row(carrier, &promotion.input)?;
        let reached = match promotion.measure {
            PromotionMeasure::Done => row.done,
            PromotionMeasure::OverTarget => row.done.saturating_sub(row.target?),
        };
        (reached >= promotion.least).then(|| match promotion.measure {
            PromotionMeasure::Done => words::amount(&row.input, row.done),
            PromotionMeasure::OverTarget => words::done_of_target(row),
        })
    }

    fn bare(&self, points: f64) -> String {
        print(Some(points), self.decimals)
    }
}

/// The derivation ends with who typed what of the carrier's own it was computed from.
fn line(kind: LineKind, (id, name): (&str, &str), most: Option<f64>, scored: Scored, carrier: &str) -> ScoreLine {
    let Scored { points, mut text, evidence } = scored;
    let grounds = evidence.iter().filter_map(|evidence| match evidence {
        Evidence::Figure { grounds, list, .. } if !grounds.is_empty() && list.carrier_id == carrier => Some(grounds.as_str()),
        _ => None,
    });
    let grounds = grounds.collect::<Vec<&str>>().join("；");
    if !grounds.is_empty() {
        text = format!("{text} ｜ {grounds}");
    }
    ScoreLine { kind, id: id.to_owned(), name: name.to_owned(), most, points, place: None, text, evidence }
}
