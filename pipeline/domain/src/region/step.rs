//! Takes one name from a text: which of those that begin here fits what is known and what follows.

use super::address::AddressReader;
use super::finding::Rivals;
use super::follow::{After, after, is_street};
use super::glyphs::Glyphs;
use super::names::{Form, Name, Rank};
use super::table::{NONE, Place};

/// One name taken from the text.
#[derive(Clone, Copy)]
pub(super) struct Step {
    pub end: usize,
    pub name: Name,
    /// A zone behind the name confirms it, or the name is a zone's.
    pub zone: bool,
    pub rivals: Rivals,
}

impl AddressReader<'_> {
    /// The best name at `at` that fits what is known already.
    pub(super) fn step(&self, glyphs: &Glyphs<'_>, known: Place, at: usize) -> Option<Step> {
        for (end, node) in self.names.walk(glyphs.units(), at).longest_first() {
            let mut best: Option<(u8, Step)> = None;
            for name in self.names.names(node) {
                let Some((weight, zone)) = self.weigh(glyphs, known, *name, end) else {
                    continue;
                };
                let step = Step { end, name: *name, zone, rivals: Rivals::NONE };
                match &mut best {
                    Some((heaviest, kept)) if *heaviest == weight => {
                        kept.rivals.add(kept.name.place);
                        kept.rivals.add(name.place);
                    }
                    Some((heaviest, _)) if *heaviest > weight => {}
                    _ => best = Some((weight, step)),
                }
            }
            if let Some((_, step)) = best {
                if step.rivals.all().is_empty() {
                    return Some(step.doubted_if_orphan_district(known));
                }
                // Several places of one whole name: kept for the other clues to decide.
                let whole = step.name.form.is_whole();
                return whole.then(|| step.with_common_place());
            }
        }
        None
    }

    /// How well a name fits here (0–9, more is better) and whether a zone confirms it; `None` refuses it.
    fn weigh(&self, glyphs: &Glyphs<'_>, known: Place, name: Name, end: usize) -> Option<(u8, bool)> {
        if known.province != NONE && !name.place.is_within(known) {
            return None;
        }
        let repeated = name.place == known;
        match name.form {
            Form::Incorporation => None,
            Form::Full | Form::Alias | Form::FormerLately | Form::Former => {
                let generic = name.rank == Rank::County && name.length == 2 && ends_in_district(glyphs, end);
                if (generic && known.city == NONE) || is_market(glyphs, end) {
                    return None;
                }
                if name.rank == Rank::Country && after(glyphs, end) == After::Landmark {
                    return None;
                }
                Some((if name.form == Form::Former { 6 } else { 9 }, false))
            }
            Form::Zone => {
                let street = is_street(glyphs, end);
                (!street).then_some((7, true))
            }
            Form::Short | Form::OrdinaryShort | Form::FormerShort => self.weigh_short(glyphs, known, name, end, repeated),
        }
    }

    fn weigh_short(&self, glyphs: &Glyphs<'_>, known: Place, name: Name, end: usize, repeated: bool) -> Option<(u8, bool)> {
        let after = after(glyphs, end);
        let zone = after == After::Zone;
        let followed_by_part = || self.division_within(glyphs, name.place, end);
        let free = match after {
            After::Boundary | After::Zone => true,
            After::Other => name.form == Form::Short || known.province != NONE || followed_by_part(),
            After::Landmark => followed_by_part(),
        };
        if !free {
            return None;
        }
        let orphan_county = name.rank == Rank::County && known.province == NONE;
        if orphan_county && !zone && after != After::Boundary && !followed_by_part() {
            return None;
        }
        let weight = match name.rank {
            Rank::Country => 0,
            _ if repeated => 1,
            // 吉林经济技术开发区 lies in the city of Jilin, 吉林昌邑区 does not say so.
            Rank::Province if zone && !followed_by_part() => 4,
            Rank::Province => 6,
            Rank::City => 5,
            Rank::County if name.form == Form::FormerShort => 2,
            Rank::County => 3,
        };
        Some((weight, zone))
    }

    /// Whether the name of some division inside `outer` begins at `at`.
    fn division_within(&self, glyphs: &Glyphs<'_>, outer: Place, at: usize) -> bool {
        let hits = self.names.walk(glyphs.units(), at);
        hits.longest_first().any(|(_, node)| {
            let names = self.names.names(node).iter();
            names.filter(|name| name.form != Form::Incorporation).any(|name| name.place != outer && name.place.is_within(outer))
        })
    }
}

impl Step {
    /// 龙湖高新区 with nothing before it: districts' short names are words that many cities' zones
    /// bear, so the only district of that name is a candidate for other clues to confirm.
    fn doubted_if_orphan_district(mut self, known: Place) -> Self {
        let orphan = known.province == NONE && self.name.rank == Rank::County;
        if orphan && self.name.district && self.name.form == Form::Short {
            self.rivals.add(self.name.place);
            self.name.place = Place::NOWHERE;
        }
        self
    }

    /// Replaces the place by what all rivals share: the province, or nothing.
    fn with_common_place(mut self) -> Self {
        let places = self.rivals.all();
        let first = places.first().copied().unwrap_or(Place::NOWHERE);
        let share = |part: fn(&Place) -> u16| places.iter().all(|place| part(place) == part(&first));
        let mut common = first;
        common.county = NONE;
        if !share(|place| place.city) {
            common.city = NONE;
        }
        if !share(|place| place.province) {
            common = Place::NOWHERE;
        }
        self.name.place = common;
        self
    }
}

/// 市 that belongs to 市场 is no city.
fn is_market(glyphs: &Glyphs<'_>, end: usize) -> bool {
    glyphs.at(end) == u('场') && glyphs.at(end.wrapping_sub(1)) == u('市')
}

fn ends_in_district(glyphs: &Glyphs<'_>, end: usize) -> bool {
    glyphs.at(end.wrapping_sub(1)) == u('区')
}

const fn u(character: char) -> u16 {
    character as u32 as u16
}
