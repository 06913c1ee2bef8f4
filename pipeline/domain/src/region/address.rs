//! Reads a Chinese address from its head: province, city, county, zone, in any of the ways people leave parts out.

use super::finding::Finding;
use super::follow::is_street;
use super::glyphs::{CLOSE, Glyphs, HEAD, OPEN, WINDOW, is_chinese};
use super::names::{Form, Name, NameIndex, Rank};
use super::reading::Reading;
use super::table::{NONE, Place};

/// Finds places in texts by their names.
pub(super) struct AddressReader<'c> {
    pub names: &'c NameIndex,
}

impl AddressReader<'_> {
    /// The place a Chinese address names, `None` when it names none.
    pub(super) fn read_chinese<'t>(&self, address: &'t str) -> Option<Finding<'t>> {
        let head = Glyphs::of(address, HEAD);
        let found = self.read(&head);
        let settled = found.as_ref().is_some_and(|found| !needs_city(found.place) || !found.rivals.all().is_empty());
        if settled || head.len() < HEAD {
            return found;
        }
        self.read(&Glyphs::of(address, WINDOW))
    }

    fn read<'t>(&self, glyphs: &Glyphs<'t>) -> Option<Finding<'t>> {
        let start = skip_marks(glyphs, 0);
        let mut reading = Reading::starting_at(start);
        let start = skip_word(glyphs, start, &CHINA_FULL).unwrap_or(start);
        let start = skip_word(glyphs, start, &CHINA).unwrap_or(start);
        reading.end = self.read_trade_zone(glyphs, start, &mut reading).unwrap_or(start);
        self.read_steps(glyphs, &mut reading);
        if reading.place.country != NONE {
            return Some(reading.finding(glyphs, "abroad", 95));
        }
        if reading.rivals.all().is_empty() && needs_city(reading.place) {
            let before = reading.place;
            if let Some(found) = self.scan(glyphs, &mut reading) {
                return Some(found);
            }
            reading.place = before;
        }
        reading.conclude(glyphs)
    }

    /// 中国（四川）自由贸易试验区…: the bracket holds the province or city, the rest goes on as usual.
    fn read_trade_zone(&self, glyphs: &Glyphs<'_>, at: usize, reading: &mut Reading) -> Option<usize> {
        if glyphs.at(at) != OPEN {
            return None;
        }
        let (end, name) = self.whole_name(glyphs, at + 1, CLOSE)?;
        let mut after_zone = end + 1;
        for word in TRADE_ZONE_WORDS {
            if let Some(next) = skip_word(glyphs, after_zone, word) {
                after_zone = next;
                reading.trade_zone = true;
                break;
            }
        }
        reading.place = name.place;
        reading.province_named = name.rank == Rank::Province;
        reading.city_named = name.rank == Rank::City;
        Some(after_zone)
    }

    /// The name that fills the text from `at` up to `closing` exactly; provinces before cities before counties.
    pub(super) fn whole_name(&self, glyphs: &Glyphs<'_>, at: usize, closing: u16) -> Option<(usize, Name)> {
        for (end, node) in self.names.walk(glyphs.units(), at).longest_first() {
            if glyphs.at(end) == closing {
                let name = self.names.names(node).iter().min_by_key(|name| name.rank)?;
                return Some((end, *name));
            }
        }
        None
    }

    fn read_steps(&self, glyphs: &Glyphs<'_>, reading: &mut Reading) {
        for _ in 0..6 {
            let at = skip_noise(glyphs, reading.end);
            let Some(step) = self.step(glyphs, reading.place, at) else {
                break;
            };
            reading.take(&step, at);
            if !step.rivals.all().is_empty() || step.name.rank == Rank::Country {
                return;
            }
            if reading.place.county != NONE {
                break;
            }
        }
        self.read_county_after_former_prefecture(glyphs, reading);
    }

    /// 安徽省巢湖市含山县: once a prefecture, now a county-level city; the county decides.
    fn read_county_after_former_prefecture(&self, glyphs: &Glyphs<'_>, reading: &mut Reading) {
        let county_city = reading.place.county != NONE && glyphs.at(reading.end.wrapping_sub(1)) == u('市');
        if !county_city && !reading.former {
            return;
        }
        let province = Place { city: NONE, county: NONE, ..reading.place };
        let step = self.step(glyphs, province, reading.end);
        let county = step.filter(|step| step.name.rank == Rank::County && step.name.form.is_whole() && step.rivals.all().is_empty());
        if let Some(step) = county {
            reading.take(&step, reading.end);
            reading.place = step.name.place;
        }
    }

    /// Looks further along for a whole name, or a short one that a zone follows; then for a street
    /// named after a county right behind the province (浙江省新昌大道).
    fn scan<'t>(&self, glyphs: &Glyphs<'t>, reading: &mut Reading) -> Option<Finding<'t>> {
        const REACH: usize = 40;
        let known = reading.place;
        let start = skip_noise(glyphs, reading.end);
        for at in start..glyphs.len().min(start + REACH) {
            if !is_chinese(glyphs.at(at)) {
                continue;
            }
            let Some(step) = self.step(glyphs, known, at) else {
                continue;
            };
            let whole = step.name.form.is_whole() && step.name.length > 2;
            let named = whole || step.zone;
            let useful = step.name.place != known && step.name.rank != Rank::Country;
            if !named || !useful || !step.rivals.all().is_empty() {
                continue;
            }
            let from = if known.province == NONE { at } else { reading.from };
            reading.take(&step, at);
            reading.from = from;
            self.read_steps(glyphs, reading);
            let confidence = if known.province == NONE { 60 } else { 75 };
            return Some(reading.finding(glyphs, "addr-scan", confidence));
        }
        if known.province == NONE {
            return None;
        }
        self.scan_street(glyphs, reading, start)
    }

    fn scan_street<'t>(&self, glyphs: &Glyphs<'t>, reading: &mut Reading, at: usize) -> Option<Finding<'t>> {
        for (end, node) in self.names.walk(glyphs.units(), at).longest_first() {
            let mut counties = self
                .names
                .names(node)
                .iter()
                .filter(|name| name.rank == Rank::County && name.form == Form::Short && name.place.is_within(reading.place));
            if let (Some(county), None) = (counties.next(), counties.next())
                && is_street(glyphs, end)
            {
                reading.place = county.place;
                reading.end = end;
                return Some(reading.finding(glyphs, "addr-street", 45));
            }
        }
        None
    }
}

fn needs_city(place: Place) -> bool {
    place.country == NONE && place.city == NONE
}

/// Skips digits, punctuation and closing brackets before a name: postal codes, dashes, commas.
fn skip_marks(glyphs: &Glyphs<'_>, from: usize) -> usize {
    let mut at = from;
    while at < glyphs.len() {
        let unit = glyphs.at(at);
        if is_chinese(unit) || (0x61..=0x7a).contains(&unit) || unit == OPEN {
            break;
        }
        at += 1;
    }
    at
}

/// The same, one opening bracket (广东省（深圳市）) and the fillers of tables.
fn skip_noise(glyphs: &Glyphs<'_>, from: usize) -> usize {
    let at = skip_marks(glyphs, from);
    let at = if glyphs.at(at) == OPEN { skip_marks(glyphs, at + 1) } else { at };
    FILLERS.iter().find_map(|word| skip_word(glyphs, at, word)).unwrap_or(at)
}

fn skip_word(glyphs: &Glyphs<'_>, at: usize, word: &[u16]) -> Option<usize> {
    glyphs.starts_with(at, word).then_some(at + word.len())
}

const fn u(character: char) -> u16 {
    character as u32 as u16
}

const CHINA: [u16; 2] = [u('中'), u('国')];
const CHINA_FULL: [u16; 7] = [u('中'), u('华'), u('人'), u('民'), u('共'), u('和'), u('国')];
/// What tables put where a level is missing.
const FILLERS: [&[u16]; 3] = [
    &[u('市'), u('辖'), u('区')],
    &[u('省'), u('直'), u('辖'), u('县'), u('级'), u('行'), u('政'), u('区'), u('划')],
    &[u('自'), u('治'), u('区'), u('直'), u('辖'), u('县'), u('级'), u('行'), u('政'), u('区'), u('划')],
];
const TRADE_ZONE_WORDS: [&[u16]; 4] = [
    &[u('自'), u('由'), u('贸'), u('易'), u('试'), u('验'), u('区')],
    &[u('自'), u('贸'), u('试'), u('验'), u('区')],
    &[u('自'), u('由'), u('贸'), u('易'), u('港')],
    &[u('自'), u('贸'), u('区')],
];
