//! Rows that stand twice in one sheet (重复行): found by key and content over the last million rows.

use std::collections::HashSet;
use std::hash::{BuildHasherDefault, Hasher};

/// Rows of one generation; two generations are remembered, so memory stays below 20 MB.
const GENERATION: usize = 500_000;

/// What was seen lately.
#[derive(Debug, Default)]
pub struct Repeats {
    young: HashSet<u64, BuildHasherDefault<Mixed>>,
    old: HashSet<u64, BuildHasherDefault<Mixed>>,
}

/// Keys and digests are mixed already: the set needs no hash of its own.
#[derive(Debug, Default)]
struct Mixed(u64);

impl Hasher for Mixed {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }

    fn write_u64(&mut self, word: u64) {
        self.0 ^= word;
    }
}

impl Repeats {
    /// Notes a row by its project key and its landed content; `true` when the same was seen before.
    ///
    /// 64 bits tell a million rows apart from ten million others with a chance of error of one in two million.
    pub fn seen(&mut self, key: u64, content: u64) -> bool {
        let row = mix(key, content);
        if self.old.contains(&row) || !self.young.insert(row) {
            return true;
        }
        if self.young.len() >= GENERATION {
            self.old = std::mem::take(&mut self.young);
        }
        false
    }
}

/// A digest of a record's fields from `from` on, boundaries included. Only compared within one run.
pub fn digest(record: &csv::ByteRecord, from: usize) -> u64 {
    let start = record.range(from).map_or(0, |range| range.start);
    let bytes = record.as_slice().get(start..).unwrap_or(&[]);
    // Two chains, so that one multiplication need not wait for the other.
    let (mut even, mut odd) = (0x9e37_79b9_7f4a_7c15u64, 0xd6e8_feb8_6659_fd93u64);
    let (pairs, rest) = bytes.as_chunks::<16>();
    for pair in pairs {
        let (first, second) = halves(pair);
        even = mix(even, first);
        odd = mix(odd, second);
    }
    let mut last = [0u8; 16];
    last[..rest.len()].copy_from_slice(rest);
    let (first, second) = halves(&last);
    let mut state = mix(mix(even, first), mix(odd, second));
    // Four ends to a word, 16 bits each.
    let mut word = 0u64;
    for index in from..record.len() {
        let end = record.range(index).map_or(0, |range| range.end - start);
        word = (word << 16) | (end as u64 & 0xffff);
        if (index - from) % 4 == 3 {
            state = mix(state, word);
            word = 0;
        }
    }
    mix(state, word)
}

fn halves(pair: &[u8; 16]) -> (u64, u64) {
    let whole = u128::from_le_bytes(*pair);
    (whole as u64, (whole >> 64) as u64)
}

/// Multiply to 128 bits and fold: every bit of both sides reaches every bit of the result.
fn mix(state: u64, word: u64) -> u64 {
    let wide = u128::from(state ^ word ^ 0xa076_1d64_78bd_642f) * u128::from(0xe703_7ed1_a0b4_28dbu64 ^ state.rotate_left(29));
    (wide as u64) ^ ((wide >> 64) as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_and_boundaries_count_but_not_the_row_number() {
        let record = |fields: &[&str]| csv::ByteRecord::from(fields.to_vec());
        let of = |fields: &[&str]| digest(&record(fields), 1);
        assert_eq!(of(&["7", "a", "5", ""]), of(&["123", "a", "5", ""]));
        assert_ne!(of(&["7", "a", "5", ""]), of(&["7", "a", "", "5"]));
        assert_ne!(of(&["7", "a", "5", ""]), of(&["7", "a", "6", ""]));
    }

    #[test]
    fn memory_is_bounded_and_the_near_past_is_known() {
        let mut repeats = Repeats::default();
        for key in 0..(GENERATION as u64 * 2 + 10) {
            assert!(!repeats.seen(key, 1));
        }
        assert!(repeats.young.len() + repeats.old.len() <= GENERATION * 2);
        assert!(repeats.seen(GENERATION as u64 * 2, 1));
    }
}
