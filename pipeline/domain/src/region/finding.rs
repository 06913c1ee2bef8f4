//! What one clue says: a place with its evidence, or several places of one name.

use super::table::Place;

/// Where a clue points, and why.
#[derive(Clone, Copy, Debug)]
pub(super) struct Finding<'t> {
    pub place: Place,
    pub rule: &'static str,
    pub confidence: u8,
    pub evidence: &'t str,
    /// Places that carry the same name when the text alone cannot decide (鼓楼区).
    pub rivals: Rivals,
}

const MAX_RIVALS: usize = 6;

/// Up to six places of one name.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rivals {
    places: [Place; MAX_RIVALS],
    count: usize,
}

impl Rivals {
    pub(super) const NONE: Self = Self { places: [Place::NOWHERE; MAX_RIVALS], count: 0 };

    pub(super) fn add(&mut self, place: Place) {
        if !self.all().contains(&place)
            && let Some(slot) = self.places.get_mut(self.count)
        {
            *slot = place;
            self.count += 1;
        }
    }

    pub(super) fn all(&self) -> &[Place] {
        self.places.get(..self.count).unwrap_or(&[])
    }
}
