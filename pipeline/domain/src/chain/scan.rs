//! Reading a project's texts into hits: which terms stand where, and how much each place counts.

use super::ChainClues;
use super::period::{Period, TermKind, filter_form};

/// Where a hit was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Name,
    Content,
    Supplied,
}

/// One term found in one text; `percent` multiplies its weights.
#[derive(Debug, Clone, Copy)]
pub(super) struct Hit {
    pub term: u32,
    pub start: u32,
    pub end: u32,
    pub place: Place,
    pub percent: i32,
}

/// Reads the project's name: terms before a company word describe the firm; the last term of the first
/// product is the head and counts most.
pub(super) fn read_name(period: &Period, name: &str, hits: &mut Vec<Hit>) {
    let scoring = &period.scoring;
    let first = hits.len();
    let mut uses = UseTelling::none();
    let mut after_company = first;
    each_term(period, name, |term, start, end| match period.terms[term as usize].kind {
        TermKind::Company => {
            for hit in &mut hits[first..] {
                hit.percent = scoring.firm_percent;
            }
            after_company = hits.len();
            uses = UseTelling::none();
        }
        TermKind::Usage => uses.begin(end),
        TermKind::Clue => {
            let told = uses.covers(period, name, start);
            let percent = if told { scoring.use_percent } else { scoring.name_percent };
            hits.push(Hit { term, start: start as u32, end: end as u32, place: Place::Name, percent });
        }
    });
    if let Some(head) = head_of(period, name, &hits[after_company..]) {
        hits[after_company + head].percent = scoring.head_percent;
    }
}

/// Reads the content: terms after 用于 in the same sentence tell uses.
pub(super) fn read_content(period: &Period, content: &str, hits: &mut Vec<Hit>) {
    let scoring = &period.scoring;
    let mut uses = UseTelling::none();
    each_term(period, content, |term, start, end| match period.terms[term as usize].kind {
        TermKind::Company => {}
        TermKind::Usage => uses.begin(end),
        TermKind::Clue => {
            let told = uses.covers(period, content, start);
            let percent = if told { scoring.use_percent } else { scoring.content_percent };
            hits.push(Hit { term, start: start as u32, end: end as u32, place: Place::Content, percent });
        }
    });
}

/// Reads a chain text that names no chain exactly, as a text like any other.
pub(super) fn read_supplied(period: &Period, clues: &ChainClues<'_>, hits: &mut Vec<Hit>) {
    each_term(period, clues.chain_given, |term, start, end| {
        if period.terms[term as usize].kind == TermKind::Clue {
            let percent = period.scoring.supplied_percent;
            hits.push(Hit { term, start: start as u32, end: end as u32, place: Place::Supplied, percent });
        }
    });
}

/// The last hit before a joiner (及、和) follows the first product, counted from the first hit.
fn head_of(period: &Period, name: &str, hits: &[Hit]) -> Option<usize> {
    let plain = |hit: &Hit| hit.percent == period.scoring.name_percent;
    let mut head = hits.iter().position(plain)?;
    for (index, hit) in hits.iter().enumerate().skip(head + 1) {
        let between = &name[hits[head].end as usize..hit.start as usize];
        if !plain(hit) || between.contains(&*period.joiners) {
            break;
        }
        head = index;
    }
    Some(head)
}

/// Whether the text is telling uses, and since where.
struct UseTelling {
    since: Option<usize>,
}

impl UseTelling {
    fn none() -> Self {
        Self { since: None }
    }

    fn begin(&mut self, at: usize) {
        self.since = Some(at);
    }

    /// True when `start` lies in the sentence that tells uses; the end of that sentence ends the telling.
    fn covers(&mut self, period: &Period, text: &str, start: usize) -> bool {
        let Some(since) = self.since else { return false };
        if text[since..start].contains(&*period.sentence_ends) {
            self.since = None;
            return false;
        }
        true
    }
}

/// Calls `found` with every term of a text, leftmost-longest, never overlapping: term, start, end.
///
/// The pair filter decides for most characters that no term begins there; only then the automaton is asked.
fn each_term(period: &Period, text: &str, mut found: impl FnMut(u32, usize, usize)) {
    let openings = period.openings();
    let bytes = text.as_bytes();
    let mut at = 0;
    let mut before: Option<(usize, u32)> = None;
    while at < bytes.len() {
        let (c, width) = character_at(bytes, at);
        if let Some((start, first)) = before
            && openings.may_open(first, c)
            && let Some((term, end)) = period.term_at(text, start)
        {
            found(term, start, end);
            at = end;
            before = None;
            continue;
        }
        before = Some((at, c));
        at += width;
    }
}

/// The character at a boundary, in the filter's form, and its width in bytes.
#[inline(always)]
fn character_at(bytes: &[u8], at: usize) -> (u32, usize) {
    let rest = |offset: usize| u32::from(bytes.get(at + offset).copied().unwrap_or(0) & 0x3f);
    match bytes[at] {
        first @ 0..=0x7f => (filter_form(u32::from(first)), 1),
        first @ 0xe0..=0xef => ((u32::from(first & 0x0f) << 12) | (rest(1) << 6) | rest(2), 3),
        first @ 0x80..=0xdf => ((u32::from(first & 0x1f) << 6) | rest(1), 2),
        first => ((u32::from(first & 0x07) << 18) | (rest(1) << 12) | (rest(2) << 6) | rest(3), 4),
    }
}
