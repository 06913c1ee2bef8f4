//! Done, completion, pace and growth of the whole, and how each of these figures is worded.

use super::Told;
use super::sentence::Sentence;
use crate::figures::{completion_rate, gap_points, growth, print, print_count, round_half_up};
use crate::money::{self, Unit};
use crate::target::Metric;

impl Told<'_> {
    /// `1—5月，全市新签约工业项目188个，完成年度目标任务310个的60.6%，高于序时进度19.0个百分点；同比增长208.2%。`
    pub(super) fn progress(&self) -> Sentence {
        let (metric, figures) = (self.section.metric, self.section.figures);
        let verb = if metric == Metric::FixedAssets { "完成" } else { "" };
        let mut sentence = Sentence::default();
        sentence.say(&format!("{}，{}{verb}{}", self.period.words(), self.whole, self.subject()));
        sentence.link(&quantity(metric, figures.done), self.reference());
        let completion = completion_words(metric, figures.done, figures.target, figures.pace);
        if let Some(completion) = &completion {
            sentence.say("，");
            sentence.say(completion);
        }
        if let Some(grown) = growth_words(figures.done, figures.before) {
            sentence.say(if completion.is_some() { "；" } else { "，" });
            sentence.link(&grown, self.reference().year_earlier());
        }
        sentence.say("。");
        sentence
    }
}

/// `92个，完成年度目标任务225个的40.9%，低于序时进度0.8个百分点`; without a target the quantity alone.
pub fn standing_words(metric: Metric, done: i64, target: Option<i64>, pace: f64) -> String {
    let completion = completion_words(metric, done, target, pace);
    let quantity = quantity(metric, done);
    completion.map_or_else(|| quantity.clone(), |words| format!("{quantity}，{words}"))
}

/// `188个`, `63.4亿元`: amounts from 10亿元 on with one decimal, below with two, and 万元 where 亿元 would print nothing.
pub(super) fn quantity(metric: Metric, value: i64) -> String {
    const TEN_YI: i64 = 1_000_000_000;
    match metric {
        Metric::FixedAssets if is_too_small_for_yi(value) => money::in_words(value),
        Metric::FixedAssets => format!("{}亿元", print(Some(money::yi(value)), if value < TEN_YI { 2 } else { 1 })),
        _ => format!("{}个", print_count(value)),
    }
}

/// A target is printed without needless decimals: `165亿元`.
fn target_words(metric: Metric, value: i64) -> String {
    match metric {
        Metric::FixedAssets if is_too_small_for_yi(value) => money::in_words(value),
        Metric::FixedAssets => format!("{}亿元", money::short(value, Unit::Yi)),
        _ => format!("{}个", print_count(value)),
    }
}

/// Below 0.01亿元.
fn is_too_small_for_yi(yuan: i64) -> bool {
    (1..1_000_000).contains(&yuan)
}

/// `完成年度目标任务310个的60.6%，高于序时进度19.0个百分点`; `None` without a target.
fn completion_words(metric: Metric, done: i64, target: Option<i64>, pace: f64) -> Option<String> {
    let rate = completion_rate(done, target)?;
    let target = target_words(metric, target?);
    let gap = gap_words(gap_points(Some(rate), pace)?);
    Some(format!("完成年度目标任务{target}的{}%，{gap}", print(Some(rate), 1)))
}

/// `高于序时进度19.0个百分点`, `低于序时进度0.8个百分点`, `与序时进度持平`.
pub(super) fn gap_words(gap: f64) -> String {
    points_words(gap, "高于序时进度", "低于序时进度").unwrap_or_else(|| "与序时进度持平".to_owned())
}

/// A difference of rates with its word; `None` when it prints as zero.
pub(super) fn points_words(points: f64, more: &str, less: &str) -> Option<String> {
    let rounded = round_half_up(points, 1);
    let word = if rounded > 0.0 { more } else { less };
    (rounded != 0.0).then(|| format!("{word}{}个百分点", print(Some(rounded.abs()), 1)))
}

/// `同比增长208.2%`, `同比下降3.1%`, `与去年同期持平`, `去年同期无`; `None` when last year is unknown.
/// Source: domain rule 7: no growth on a base of zero.
fn growth_words(now: i64, before: Option<i64>) -> Option<String> {
    let base = before?;
    let Some(grown) = growth(now, Some(base)) else { return Some("去年同期无".to_owned()) };
    let rounded = round_half_up(grown, 1);
    let size = print(Some(rounded.abs()), 1);
    Some(match rounded {
        _ if now == base => "与去年同期持平".to_owned(),
        0.0 => "与去年同期基本持平".to_owned(),
        up if up > 0.0 => format!("同比增长{size}%"),
        _ => format!("同比下降{size}%"),
    })
}
