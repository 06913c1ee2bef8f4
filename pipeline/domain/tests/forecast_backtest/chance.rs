//! The simulator's own chance (随机), apart from the forecast's.

/// Xorshift; the same seed gives the same city.
pub struct Chance(u64);

impl Chance {
    pub fn of(seed: u64, kind: u64) -> Self {
        let mut chance = Self(seed.wrapping_add(1).wrapping_mul(0x2545_f491_4f6c_dd1d) ^ (kind + 1) << 40);
        (0..20).for_each(|_| {
            chance.uniform();
        });
        chance
    }

    pub fn uniform(&mut self) -> f64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        ((self.0 >> 12) as f64 + 0.5) / (1u64 << 52) as f64
    }

    pub fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.uniform()
    }

    pub fn below(&mut self, bound: usize) -> usize {
        (self.uniform() * bound as f64) as usize
    }

    /// Twelve uniforms; tails end at six deviations.
    pub fn normal(&mut self) -> f64 {
        (0..12).map(|_| self.uniform()).sum::<f64>() - 6.0
    }

    /// Mean and variance are `shape`, a multiple of a half: a sum of exponentials and a halved square.
    pub fn gamma(&mut self, shape: f64) -> f64 {
        let whole = shape.floor();
        let sum: f64 = (0..whole as usize).map(|_| -self.uniform().ln()).sum();
        if shape > whole { sum + self.normal().powi(2) / 2.0 } else { sum }
    }

    pub fn poisson(&mut self, mean: f64) -> usize {
        let mut count = 0;
        let mut time = -self.uniform().ln();
        while time < mean {
            count += 1;
            time -= self.uniform().ln();
        }
        count
    }
}
