//! Which keys may occur more than once, in two bits of memory per slot instead of a set of all keys.
//!
//! Most rows are the only one of their project. Sorting millions of them to find the few that are not would be
//! most of the work; here every key that occurs twice is found, with a few others that share its slot.

/// Slots for each key, so that about one lone key in sixteen shares its slot with another.
const SLOTS_PER_KEY: usize = 16;

pub(super) struct Twice {
    once: Vec<u64>,
    again: Vec<u64>,
    /// Keys are well mixed: their upper bits choose the slot.
    shift: u32,
}

impl Twice {
    pub(super) fn of(keys: impl Iterator<Item = u64> + Clone) -> Self {
        let slots = (keys.clone().count() * SLOTS_PER_KEY).next_power_of_two().max(64);
        let mut twice = Self { once: vec![0; slots / 64], again: vec![0; slots / 64], shift: 64 - slots.trailing_zeros() };
        for key in keys {
            let (word, bit) = twice.place(key);
            twice.again[word] |= twice.once[word] & bit;
            twice.once[word] |= bit;
        }
        twice
    }

    /// True for every key that occurred more than once, and for some others.
    pub(super) fn perhaps(&self, key: u64) -> bool {
        let (word, bit) = self.place(key);
        self.again[word] & bit != 0
    }

    fn place(&self, key: u64) -> (usize, u64) {
        let slot = key >> self.shift;
        ((slot / 64) as usize, 1 << (slot % 64))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(number: u64) -> u64 {
        number.wrapping_mul(0x9e37_79b9_7f4a_7c15)
    }

    #[test]
    fn every_repeated_key_is_found_and_few_others() {
        let keys: Vec<u64> = (0..10_000).map(key).chain((0..100).map(|number| key(number * 97))).collect();
        let twice = Twice::of(keys.iter().copied());
        assert!((0..100).all(|number| twice.perhaps(key(number * 97))));
        let found = (0..10_000).filter(|number| twice.perhaps(key(*number))).count();
        assert!((100..1_500).contains(&found), "{found}");
    }

    #[test]
    fn no_key_and_one_key_are_fine() {
        assert!(!Twice::of([].into_iter()).perhaps(u64::MAX));
        assert!(!Twice::of([u64::MAX].into_iter()).perhaps(u64::MAX));
        assert!(Twice::of([5, 5].into_iter()).perhaps(5));
    }
}
