//! What the whole is made of: the largest chains, and the shares of source regions with their change.

use super::progress::{points_words, quantity};
use super::sentence::Sentence;
use super::{ChainFigures, Reference, RegionFigures, Told};
use crate::figures::{print, ratio_percent};

impl Told<'_> {
    /// `新签约工业项目按产业链分，居前三位的是铝基高端金属材料35个（占18.6%）、…。` A tie is named together. `None` when no
    /// chain has anything.
    pub(super) fn chains(&self) -> Option<Sentence> {
        let whole = self.section.figures.done;
        let mut chains: Vec<&ChainFigures> = self.section.chains.iter().filter(|chain| chain.done > 0).collect();
        chains.sort_by_key(|chain| std::cmp::Reverse(chain.done));
        let named = chains.len().min(3);
        let larger = |chain: &ChainFigures| chains.iter().filter(|other| other.done > chain.done).count();
        let front: Vec<&ChainFigures> = chains.iter().copied().filter(|chain| larger(chain) < named).collect();
        let heading = match named {
            0 => return None,
            1 => "仅有",
            2 => "居前两位的是",
            _ => "居前三位的是",
        };
        let mut sentence = Sentence::default();
        sentence.say(&format!("{}按产业链分，{heading}", self.subject()));
        for (index, tie) in front.chunk_by(|one, other| one.done == other.done).enumerate() {
            sentence.say(if index > 0 { "、" } else { "" });
            for (place, chain) in tie.iter().enumerate() {
                sentence.say(if place > 0 { "、" } else { "" });
                sentence.link(&chain.name, Reference { chain: Some(chain.id.clone()), ..self.reference() });
            }
            let done = tie.first().map_or(0, |chain| chain.done);
            let each = if tie.len() > 1 { "各" } else { "" };
            let share = ratio_percent(done, whole).map(|share| format!("（{each}占{}%）", print(Some(share), 1)));
            sentence.say(&format!("{each}{}{}", quantity(self.section.metric, done), share.unwrap_or_default()));
        }
        sentence.say("。");
        Some(sentence)
    }

    /// `新签约工业项目中，来自沪苏浙的120个，占63.8%，比去年同期提高5.2个百分点；…。` `None` without groups or with nothing
    /// in the whole.
    pub(super) fn regions(&self) -> Option<Sentence> {
        let whole = self.section.figures.done;
        if self.section.regions.is_empty() || whole <= 0 {
            return None;
        }
        let mut sentence = Sentence::default();
        sentence.say(&format!("{}中，", self.subject()));
        for (index, region) in self.section.regions.iter().enumerate() {
            sentence.say(if index > 0 { "；" } else { "" });
            sentence.say(&format!("来自{}的", region.name));
            let rows = Reference { region_group: Some(region.id.clone()), ..self.reference() };
            sentence.link(&quantity(self.section.metric, region.done), rows.clone());
            let share = ratio_percent(region.done, whole);
            sentence.say(&format!("，占{}%", print(share, 1)));
            if let Some(change) = share_change_words(share, region) {
                sentence.say("，");
                sentence.link(&change, rows.year_earlier());
            }
        }
        sentence.say("。");
        Some(sentence)
    }
}

/// `比去年同期提高5.2个百分点`, `比去年同期回落…`, `与去年同期持平`: a difference of shares is no growth. `None` when there
/// was nothing last year to have a share in.
fn share_change_words(share: Option<f64>, region: &RegionFigures) -> Option<String> {
    let before = region.before.and_then(|before| ratio_percent(before.part, before.whole))?;
    let change = share? - before;
    Some(points_words(change, "比去年同期提高", "比去年同期回落").unwrap_or_else(|| "与去年同期持平".to_owned()))
}
