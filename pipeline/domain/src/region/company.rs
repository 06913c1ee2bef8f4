//! Reads the place out of a company's name: 某某（上海）有限公司, 江苏某某, 某某集团安徽有限公司.

use super::address::AddressReader;
use super::finding::{Finding, Rivals};
use super::follow::is_street;
use super::glyphs::{CLOSE, Glyphs, OPEN, is_chinese};
use super::names::{Form, Name, Rank};
use super::table::{NONE, Place};

impl AddressReader<'_> {
    /// The place a Chinese company name states, `None` when it states none.
    ///
    /// A bracket wins over the head of the name: by the naming rules the division of registration
    /// stands in brackets when a brand or a parent's place comes first.
    pub(super) fn read_company<'t>(&self, glyphs: &Glyphs<'t>) -> Option<Finding<'t>> {
        self.read_bracket(glyphs).or_else(|| self.read_head(glyphs)).or_else(|| self.read_middle(glyphs))
    }

    fn read_bracket<'t>(&self, glyphs: &Glyphs<'t>) -> Option<Finding<'t>> {
        for at in 0..glyphs.len() {
            if glyphs.at(at) != OPEN {
                continue;
            }
            let Some((end, place, whole)) = self.read_chain(glyphs, at + 1, CLOSE) else {
                continue;
            };
            let rule = if place.country == NONE { "name-paren" } else { "abroad" };
            return Some(Finding {
                place,
                rule,
                confidence: if whole { 88 } else { 85 },
                evidence: glyphs.slice(at + 1, end),
                rivals: Rivals::NONE,
            });
        }
        None
    }

    /// Names that follow one another from `at` up to `closing` with nothing between (安徽淮北).
    fn read_chain(&self, glyphs: &Glyphs<'_>, at: usize, closing: u16) -> Option<(usize, Place, bool)> {
        let mut place = Place::NOWHERE;
        let mut whole = true;
        let mut end = at;
        for _ in 0..3 {
            let (next, name) = self.chain_link(glyphs, place, end)?;
            place = name.place;
            whole &= name.form == Form::Full;
            end = next;
            if glyphs.at(end) == closing {
                return Some((end, place, whole));
            }
        }
        None
    }

    fn chain_link(&self, glyphs: &Glyphs<'_>, known: Place, at: usize) -> Option<(usize, Name)> {
        for (end, node) in self.names.walk(glyphs.units(), at).longest_first() {
            let fitting = |name: &&Name| name.form != Form::Incorporation && (known.province == NONE || name.place.is_within(known));
            let mut names = self.names.names(node).iter().filter(fitting);
            let Some(first) = names.next() else { continue };
            let best = names.fold(first, |best, name| if name.rank < best.rank { name } else { best });
            let mut twins = self.names.names(node).iter().filter(fitting);
            let unique = !twins.any(|name| name.rank == best.rank && name.place != best.place && name.form == best.form);
            if unique {
                return Some((end, *best));
            }
        }
        None
    }

    fn read_head<'t>(&self, glyphs: &Glyphs<'t>) -> Option<Finding<'t>> {
        let start = (0..glyphs.len()).find(|at| is_chinese(glyphs.at(*at)))?;
        let (mut end, mut name) = self.head_name(glyphs, Place::NOWHERE, start)?;
        let weak = name.rank == Rank::County && name.form != Form::Full;
        let mut whole = name.form == Form::Full;
        while name.place.county == NONE && name.rank != Rank::Country {
            let Some((next, inner)) = self.head_name(glyphs, name.place, end) else {
                break;
            };
            if inner.place == name.place {
                break;
            }
            whole &= inner.form == Form::Full;
            (end, name) = (next, inner);
        }
        let (rule, confidence) = match name.rank {
            Rank::Country => ("abroad", 85),
            _ if weak => ("name-prefix", 50),
            _ if whole => ("name-prefix", 86),
            _ => ("name-prefix", 78),
        };
        Some(Finding { place: name.place, rule, confidence, evidence: glyphs.slice(start, end), rivals: Rivals::NONE })
    }

    /// The name at the head of a company name that fits inside `known`.
    fn head_name(&self, glyphs: &Glyphs<'_>, known: Place, at: usize) -> Option<(usize, Name)> {
        for (end, node) in self.names.walk(glyphs.units(), at).longest_first() {
            let mut best: Option<Name> = None;
            let mut twins = false;
            let names = self.names.names(node);
            // 朝阳 is a word first, of the county no less than of the city.
            let word = names.iter().any(|name| name.form == Form::OrdinaryShort);
            for name in names {
                let county_of_word = word && name.rank == Rank::County;
                if county_of_word || !believed_at_head(glyphs, known, name, end) {
                    continue;
                }
                match best {
                    Some(kept) if kept.rank == name.rank => twins = true,
                    Some(kept) if kept.rank < name.rank => {}
                    _ => (best, twins) = (Some(*name), false),
                }
            }
            if let Some(name) = best
                && !twins
            {
                return Some((end, name));
            }
        }
        None
    }

    /// A whole province or city inside the name (国网安徽省电力), or any place right before the
    /// company's form (某某集团安徽有限公司).
    fn read_middle<'t>(&self, glyphs: &Glyphs<'t>) -> Option<Finding<'t>> {
        for at in 1..glyphs.len() {
            let hits = self.names.walk(glyphs.units(), at);
            for (end, node) in hits.longest_first() {
                let mut names = self.names.names(node).iter().filter(|name| {
                    let whole = name.form == Form::Full && name.length > 2;
                    let ranked = matches!(name.rank, Rank::Province | Rank::City);
                    ranked && ((whole && name.length > 2) || (name.form == Form::Short && before_company_form(glyphs, end)))
                });
                if let (Some(name), None) = (names.next(), names.next()) {
                    return Some(Finding {
                        place: name.place,
                        rule: "name-inside",
                        confidence: 70,
                        evidence: glyphs.slice(at, end),
                        rivals: Rivals::NONE,
                    });
                }
            }
        }
        None
    }
}

fn believed_at_head(glyphs: &Glyphs<'_>, known: Place, name: &Name, end: usize) -> bool {
    if known.province != NONE && !name.place.is_within(known) {
        return false;
    }
    let next = glyphs.at(end);
    match name.form {
        Form::Incorporation | Form::OrdinaryShort | Form::Zone | Form::Alias => false,
        Form::Full | Form::Former | Form::FormerLately => name.length > 2 || name.rank == Rank::Country,
        Form::FormerShort => name.rank != Rank::County && !is_street(glyphs, end),
        Form::Short => {
            // 中山大学, 北京路: named after the place, standing elsewhere.
            let school = next == u('大') && glyphs.at(end + 1) == u('学');
            // Districts' short names are words first (中原, 天山, 江南); towns' are names.
            let district = name.rank == Rank::County && known.city == NONE && name.district;
            !school && !district && !is_street(glyphs, end)
        }
    }
}

fn before_company_form(glyphs: &Glyphs<'_>, at: usize) -> bool {
    const FORMS: [[u16; 2]; 5] = [[u('有'), u('限')], [u('股'), u('份')], [u('分'), u('公')], [u('分'), u('行')], [u('公'), u('司')]];
    FORMS.iter().any(|form| glyphs.starts_with(at, form))
}

const fn u(character: char) -> u16 {
    character as u32 as u16
}
