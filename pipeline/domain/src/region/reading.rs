//! Gathers the names taken from an address one after another, and says which rule they amount to.

use super::finding::{Finding, Rivals};
use super::glyphs::Glyphs;
use super::names::{Form, Rank};
use super::step::Step;
use super::table::{NONE, Place};

/// What has been read so far.
pub(super) struct Reading {
    pub place: Place,
    pub from: usize,
    pub end: usize,
    pub province_named: bool,
    pub city_named: bool,
    pub shortened: bool,
    pub trade_zone: bool,
    pub zone: bool,
    pub former: bool,
    pub rivals: Rivals,
}

impl Reading {
    pub(super) fn starting_at(at: usize) -> Self {
        Self {
            place: Place::NOWHERE,
            from: at,
            end: at,
            province_named: false,
            city_named: false,
            shortened: false,
            trade_zone: false,
            zone: false,
            former: false,
            rivals: Rivals::NONE,
        }
    }

    pub(super) fn take(&mut self, step: &Step, at: usize) {
        if self.place.is_nowhere() {
            self.from = at;
        }
        let (name, before) = (step.name, self.place);
        if step.name.place != self.place || self.place.is_nowhere() {
            self.place = name.place;
            self.zone |= step.zone && name.rank != Rank::Province && before.city == NONE;
            self.former |= matches!(name.form, Form::Former | Form::FormerLately | Form::FormerShort);
            self.shortened |= !(name.form.is_whole() || name.form == Form::Zone);
        }
        self.province_named |= name.rank == Rank::Province;
        self.city_named |= name.rank == Rank::City;
        self.end = step.end;
        self.rivals = step.rivals;
    }

    /// The finding, with the rule that the parts read amount to.
    pub(super) fn conclude<'t>(&self, glyphs: &Glyphs<'t>) -> Option<Finding<'t>> {
        let place = self.place;
        if place.is_nowhere() && self.rivals.all().is_empty() {
            return None;
        }
        let municipality = place.city != NONE && place.city == place.province;
        let (rule, confidence) = if !self.rivals.all().is_empty() {
            ("addr-ambiguous", 50)
        } else if self.trade_zone {
            ("ftz", if place.city == NONE { 80 } else { 95 })
        } else if self.former {
            ("history", 92)
        } else if self.zone {
            ("zone", if self.province_named || self.city_named { 94 } else { 84 })
        } else if place.city == NONE {
            ("addr-province", 80)
        } else if self.province_named && (self.city_named || municipality) {
            ("addr-full", 98)
        } else if self.city_named {
            ("addr-city", 96)
        } else {
            ("addr-county", if self.province_named { 96 } else { 88 })
        };
        let confidence = if self.shortened { confidence - 4 } else { confidence };
        Some(self.finding(glyphs, rule, confidence))
    }

    pub(super) fn finding<'t>(&self, glyphs: &Glyphs<'t>, rule: &'static str, confidence: u8) -> Finding<'t> {
        Finding { place: self.place, rule, confidence, evidence: glyphs.slice(self.from, self.end), rivals: self.rivals }
    }
}
