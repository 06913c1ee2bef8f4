//! Seeded draws (随机抽取) that stay the same for ever: a library's generator may change between versions.

/// A stream of numbers that depends on nothing but its key (SplitMix64).
#[derive(Debug, Clone)]
pub struct Draw {
    state: u64,
}

impl Draw {
    /// The stream of one purpose: equal seed, purpose and numbers give equal draws, whatever was drawn elsewhere.
    ///
    /// Taking one project out of the plan must not move the oddities of any other.
    pub fn of(seed: u64, purpose: &str, numbers: [u64; 2]) -> Self {
        let mut state = seed ^ 0x9e37_79b9_7f4a_7c15;
        for byte in purpose.bytes() {
            state = mix(state ^ u64::from(byte));
        }
        for number in numbers {
            state = mix(state.wrapping_add(0x9e37_79b9_7f4a_7c15) ^ number);
        }
        Self { state }
    }

    /// The next 64 bits.
    pub fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mix(self.state)
    }

    /// A number in `0..bound`; 0 when the bound is 0.
    pub fn below(&mut self, bound: u64) -> u64 {
        ((u128::from(self.next()) * u128::from(bound)) >> 64) as u64
    }

    /// A position in a list of `length` items.
    pub fn position(&mut self, length: usize) -> usize {
        self.below(length as u64) as usize
    }

    /// A number in `least..=most`.
    pub fn between(&mut self, least: i64, most: i64) -> i64 {
        least + self.below((most - least + 1).max(1) as u64) as i64
    }

    /// True in so many cases of a hundred.
    pub fn percent(&mut self, chance: u64) -> bool {
        self.below(100) < chance
    }

    /// One item of a list that is not empty.
    pub fn pick<T: Copy>(&mut self, items: &[T]) -> T {
        items[self.position(items.len())]
    }

    /// A position in a list of weights, the heavier the likelier.
    pub fn weighted(&mut self, weights: &[u64]) -> usize {
        let mut rest = self.below(weights.iter().sum());
        for (position, weight) in weights.iter().enumerate() {
            if rest < *weight {
                return position;
            }
            rest -= weight;
        }
        0
    }

    /// Puts a list in random order.
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            items.swap(last, self.position(last + 1));
        }
    }
}

/// Splits a whole into shares by weight; the shares add up to it exactly (largest remainder, first wins a tie).
pub fn apportion(whole: u64, weights: &[u64]) -> Vec<u64> {
    let all: u128 = weights.iter().map(|weight| u128::from(*weight)).sum::<u128>().max(1);
    let mut shares = Vec::with_capacity(weights.len());
    let mut remainders = Vec::with_capacity(weights.len());
    for (position, weight) in weights.iter().enumerate() {
        let product = u128::from(whole) * u128::from(*weight);
        shares.push((product / all) as u64);
        remainders.push((std::cmp::Reverse(product % all), position));
    }
    let missing = whole - shares.iter().sum::<u64>();
    remainders.sort_unstable();
    for (_, position) in remainders.into_iter().cycle().take(missing as usize) {
        shares[position] += 1;
    }
    shares
}

fn mix(mut bits: u64) -> u64 {
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ (bits >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streams_depend_on_their_key_alone() {
        let first = |mut draw: Draw| [draw.next(), draw.next()];
        assert_eq!(first(Draw::of(7, "row", [1, 2])), first(Draw::of(7, "row", [1, 2])));
        for other in [Draw::of(8, "row", [1, 2]), Draw::of(7, "col", [1, 2]), Draw::of(7, "row", [2, 1])] {
            assert_ne!(first(Draw::of(7, "row", [1, 2])), first(other));
        }
    }

    #[test]
    fn draws_stay_in_bounds_and_reach_them() {
        let mut draw = Draw::of(1, "bounds", [0, 0]);
        let mut seen = [false; 7];
        for _ in 0..1000 {
            let value = draw.between(-3, 3);
            assert!((-3..=3).contains(&value));
            seen[(value + 3) as usize] = true;
            assert!(draw.weighted(&[0, 5, 0, 1]) % 2 == 1);
        }
        assert!(seen.iter().all(|reached| *reached));
        assert_eq!(draw.below(0), 0);
    }

    #[test]
    fn shares_add_up() {
        let check = |whole: u64, weights: &[u64], expect: &[u64]| assert_eq!(apportion(whole, weights), expect);
        check(10, &[1, 1, 1], &[4, 3, 3]);
        check(7, &[5, 0, 2], &[5, 0, 2]);
        check(0, &[1, 2], &[0, 0]);
        check(634_000, &[1, 999_999], &[1, 633_999]);
    }
}
