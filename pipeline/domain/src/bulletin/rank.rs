//! Who stands first and last by completion, and whose lights are lit.

use std::cmp::Ordering;

use super::progress::gap_words;
use super::sentence::Sentence;
use super::{CarrierFigures, Reference, Told};
use crate::figures::{completion_rate, gap_points, print};
use crate::light::{Light, LightWords};

impl Told<'_> {
    /// `新签约工业项目完成率排名前三位的是濉溪县（66.7%）、…；后三位的是…。` Who has no target is not ranked, a tie is named
    /// together, and with fewer than six fewer are named: nobody stands in both halves. `None` with fewer than two.
    pub(super) fn rank(&self) -> Option<Sentence> {
        let mut ranked: Vec<&CarrierFigures> = self.section.carriers.iter().filter(|carrier| completion(carrier).is_some()).collect();
        ranked.sort_by(|one, other| by_completion(other, one));
        let (first, last) = (ranked.first()?, ranked.last()?);
        if ranked.len() < 2 {
            return None;
        }
        let mut sentence = Sentence::default();
        sentence.say(&format!("{}完成率", self.subject()));
        if by_completion(first, last) == Ordering::Equal {
            sentence.say(&format!("各单位均为{}。", percent(first)));
            return Some(sentence);
        }
        let named = (ranked.len() / 2).min(3);
        let (front, back) = ends(&ranked, named);
        let ahead = match named {
            1 => "排名第一位的是",
            2 => "排名前两位的是",
            _ => "排名前三位的是",
        };
        // A tie among the first may leave fewer for the end.
        let behind = match named.min(back.len()) {
            1 => "最后一位的是",
            2 => "后两位的是",
            _ => "后三位的是",
        };
        sentence.say(ahead);
        self.name_by_place(&mut sentence, &front);
        if !back.is_empty() {
            sentence.say("；");
            sentence.say(behind);
            self.name_by_place(&mut sentence, &back);
        }
        sentence.say("。");
        Some(sentence)
    }

    fn name_by_place(&self, sentence: &mut Sentence, carriers: &[&CarrierFigures]) {
        let ties = carriers.chunk_by(|one, other| by_completion(one, other) == Ordering::Equal);
        for (index, tie) in ties.enumerate() {
            sentence.say(if index > 0 { "、" } else { "" });
            for (place, carrier) in tie.iter().enumerate() {
                sentence.say(if place > 0 { "、" } else { "" });
                sentence.link(&carrier.name, self.of_carrier(carrier));
            }
            let together = if tie.len() > 1 { "并列，" } else { "" };
            let rate = tie.first().map(|carrier| percent(carrier)).unwrap_or_default();
            sentence.say(&format!("（{together}{rate}）"));
        }
    }

    /// `新签约工业项目进度：亮红灯的单位1个：烈山区（低于序时进度35.2个百分点）；亮黄灯的单位2个：…。`, or
    /// `…：各单位均未亮红灯、黄灯。` `None` when nobody has a light.
    pub(super) fn lights(&self, words: &LightWords) -> Option<Sentence> {
        let lit = |light| self.section.carriers.iter().filter(move |carrier| carrier.light == Some(light));
        if self.section.carriers.iter().all(|carrier| carrier.light.is_none()) {
            return None;
        }
        let mut sentence = Sentence::default();
        sentence.say(&format!("{}进度：", self.subject()));
        let mut clauses = 0;
        for (light, word) in [(Light::Red, &words.red), (Light::Yellow, &words.yellow)] {
            let count = lit(light).count();
            if count == 0 {
                continue;
            }
            sentence.say(if clauses > 0 { "；" } else { "" });
            sentence.say(&format!("亮{word}的单位{count}个："));
            clauses += 1;
            for (index, carrier) in lit(light).enumerate() {
                sentence.say(if index > 0 { "、" } else { "" });
                sentence.link(&carrier.name, self.of_carrier(carrier));
                if let Some(gap) = gap_points(completion(carrier), carrier.figures.pace) {
                    sentence.say(&format!("（{}）", gap_words(gap)));
                }
            }
        }
        if clauses == 0 {
            sentence.say(&format!("各单位均未亮{}、{}", words.red, words.yellow));
        }
        sentence.say("。");
        Some(sentence)
    }

    fn of_carrier(&self, carrier: &CarrierFigures) -> Reference {
        Reference { carrier: Some(carrier.id.clone()), ..self.reference() }
    }
}

/// Those with fewer than `named` better than them, and of the rest those with fewer than `named` worse.
fn ends<'c>(ranked: &[&'c CarrierFigures], named: usize) -> (Vec<&'c CarrierFigures>, Vec<&'c CarrierFigures>) {
    let placed = |carrier: &CarrierFigures, order| ranked.iter().filter(|other| by_completion(other, carrier) == order).count();
    let (front, rest): (Vec<_>, Vec<_>) = ranked.iter().copied().partition(|carrier| placed(carrier, Ordering::Greater) < named);
    let back = rest.into_iter().filter(|carrier| placed(carrier, Ordering::Less) < named).collect();
    (front, back)
}

fn completion(carrier: &CarrierFigures) -> Option<f64> {
    completion_rate(carrier.figures.done, carrier.figures.target)
}

fn percent(carrier: &CarrierFigures) -> String {
    format!("{}%", print(completion(carrier), 1))
}

/// Compares by cross multiplication: 1 of 3 and 2 of 6 are a tie, not a matter of the last bit. Only for carriers
/// with a target.
fn by_completion(one: &CarrierFigures, other: &CarrierFigures) -> Ordering {
    let crossed = |done: i64, target: Option<i64>| i128::from(done) * i128::from(target.unwrap_or(1));
    crossed(one.figures.done, other.figures.target).cmp(&crossed(other.figures.done, one.figures.target))
}
