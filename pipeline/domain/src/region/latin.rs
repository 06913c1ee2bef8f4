//! Reads addresses and names written in Latin letters: the last place named decides (…, Shenzhen, China).

use super::address::AddressReader;
use super::finding::{Finding, Rivals};
use super::glyphs::{fold, is_chinese};
use super::names::{Form, Rank};
use super::table::{NONE, Place};

/// One place name in the text and its byte range.
#[derive(Clone, Copy)]
struct Mention {
    place: Place,
    rank: Rank,
    company_form: bool,
    /// More than one place of this rank has the name (Suzhou).
    shared: bool,
    node: u32,
    from: usize,
    to: usize,
}

/// Whether a text is to be read by this module: a Latin letter comes before any Chinese character.
pub(super) fn is_latin(text: &str) -> bool {
    for character in text.chars() {
        if character.is_ascii_alphabetic() {
            return true;
        }
        if is_chinese(fold(character)) || !character.is_ascii() && character.is_alphabetic() {
            return false;
        }
    }
    false
}

impl AddressReader<'_> {
    /// The place named last. `china` is the index of China in the table of countries.
    pub(super) fn read_latin<'t>(&self, text: &'t str, china: u16) -> Option<Finding<'t>> {
        let mut last: Option<Mention> = None;
        let mut province: Option<Mention> = None;
        let mut city: Option<Mention> = None;
        let mut form: Option<Mention> = None;
        let mut previous = ' ';
        let mut skip_to = 0;
        for (at, character) in text.char_indices() {
            let begins = character.is_alphanumeric() && !previous.is_alphanumeric();
            previous = character;
            if !begins || at < skip_to {
                continue;
            }
            let Some(mention) = self.mention(text, at) else {
                continue;
            };
            skip_to = mention.to;
            if mention.company_form {
                form = Some(mention);
                continue;
            }
            last = Some(mention);
            match mention.rank {
                Rank::Province => province = Some(mention),
                Rank::City | Rank::County => city = Some(mention),
                Rank::Country => {}
            }
        }
        let Some(last) = last else {
            return form.map(|form| abroad(text, form, 50));
        };
        if last.place.country != NONE && last.place.country != china {
            return Some(abroad(text, last, 92));
        }
        self.within_china(text, province, city)
    }

    fn within_china<'t>(&self, text: &'t str, province: Option<Mention>, city: Option<Mention>) -> Option<Finding<'t>> {
        let province_place = province.map_or(Place::NOWHERE, |mention| mention.place);
        let mut fitting = Place::NOWHERE;
        if let Some(city) = city {
            let mut names =
                self.names.names(city.node).iter().filter(|name| name.rank != Rank::Country && name.place.is_within(province_place));
            let only = names.next().filter(|_| names.next().is_none());
            fitting = only.map_or(Place::NOWHERE, |name| name.place);
        }
        let (place, mention) = if fitting.is_nowhere() { (province_place, province?) } else { (fitting, city?) };
        Some(Finding {
            place,
            rule: "addr-latin",
            confidence: if place.city == NONE { 75 } else { 88 },
            evidence: text.get(mention.from..mention.to).unwrap_or(""),
            rivals: Rivals::NONE,
        })
    }

    /// The longest name that begins at byte `at` and ends where a word ends.
    fn mention(&self, text: &str, at: usize) -> Option<Mention> {
        let rest = text.get(at..)?;
        let mut node = None;
        let mut found = None;
        let mut after_space = false;
        for (offset, character) in rest.char_indices() {
            let space = character.is_whitespace();
            if character == '\'' || character == '\u{2019}' || (space && after_space) {
                continue;
            }
            after_space = space;
            let unit = if space { u16::from(b' ') } else { fold(character) };
            let next = match node {
                None => self.names.head(unit),
                Some(node) => self.names.child(node, unit),
            };
            let Some(next) = next else { break };
            node = Some(next);
            let to = offset + character.len_utf8();
            let ends = rest.get(to..).and_then(|tail| tail.chars().next()).is_none_or(|following| !following.is_alphanumeric());
            if ends && !self.names.names(next).is_empty() {
                found = Some((next, at + to));
            }
        }
        let (node, to) = found?;
        let names = self.names.names(node);
        let first = names.iter().min_by_key(|name| name.rank)?;
        Some(Mention {
            place: first.place,
            rank: first.rank,
            company_form: first.form == Form::Incorporation,
            shared: names.len() > 1,
            node,
            from: at,
            to,
        })
    }
}

fn abroad(text: &str, mention: Mention, confidence: u8) -> Finding<'_> {
    Finding {
        place: mention.place,
        rule: "abroad",
        confidence: if mention.shared { confidence - 10 } else { confidence },
        evidence: text.get(mention.from..mention.to).unwrap_or(""),
        rivals: Rivals::NONE,
    }
}
