//! Seeded draws from the distributions that a forecast is made of (随机抽样): the same seed, the same draws.

/// A stream of numbers that depends on its seed alone (SplitMix64).
#[derive(Debug, Clone)]
pub(super) struct Draw {
    state: u64,
    /// Normal draws come in pairs; the second waits here.
    spare: Option<f64>,
}

impl Draw {
    pub(super) fn of(seed: u64) -> Self {
        Self { state: seed, spare: None }
    }

    /// Uniform, above 0 and below 1.
    pub(super) fn uniform(&mut self) -> f64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.state;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^= bits >> 31;
        ((bits >> 11) as f64 + 0.5) / (1u64 << 53) as f64
    }

    /// Standard normal (Marsaglia's polar method 1964).
    pub(super) fn normal(&mut self) -> f64 {
        if let Some(spare) = self.spare.take() {
            return spare;
        }
        loop {
            let (x, y) = (2.0 * self.uniform() - 1.0, 2.0 * self.uniform() - 1.0);
            let square = x * x + y * y;
            if square > 0.0 && square < 1.0 {
                let scale = (-2.0 * square.ln() / square).sqrt();
                self.spare = Some(y * scale);
                return x * scale;
            }
        }
    }

    /// Gamma with mean and variance `shape` (Marsaglia and Tsang 2000). 0 when the shape is not positive.
    pub(super) fn gamma(&mut self, shape: f64) -> f64 {
        if shape <= 0.0 {
            return 0.0;
        }
        if shape < 1.0 {
            let lift = self.uniform().powf(1.0 / shape);
            return self.gamma(shape + 1.0) * lift;
        }
        let third = shape - 1.0 / 3.0;
        let width = 1.0 / (9.0 * third).sqrt();
        loop {
            let normal = self.normal();
            let cube = (1.0 + width * normal).powi(3);
            if cube <= 0.0 {
                continue;
            }
            let (uniform, square) = (self.uniform(), normal * normal);
            // Their squeeze: nearly every draw is taken without a logarithm.
            if uniform < 1.0 - 0.0331 * square * square || uniform.ln() < 0.5 * square + third * (1.0 - cube + cube.ln()) {
                return third * cube;
            }
        }
    }

    /// Poisson with the given mean. 0 when the mean is not positive.
    ///
    /// Large means are halved exactly: the k-th arrival comes after a gamma(k) time, the rest splits around it
    /// (Ahrens and Dieter 1974).
    pub(super) fn poisson(&mut self, mean: f64) -> i64 {
        let mut mean = mean;
        let mut counted = 0;
        while mean > 24.0 {
            let arrivals = (mean * 7.0 / 8.0).floor();
            let time = self.gamma(arrivals);
            if time > mean {
                return counted + self.binomial(arrivals as i64 - 1, mean / time);
            }
            counted += arrivals as i64;
            mean -= time;
        }
        let floor = (-mean).exp();
        let mut product = self.uniform();
        while product > floor {
            counted += 1;
            product *= self.uniform();
        }
        counted
    }

    fn binomial(&mut self, trials: i64, chance: f64) -> i64 {
        (0..trials).filter(|_| self.uniform() < chance).count() as i64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moments(count: usize, mut next: impl FnMut() -> f64) -> (f64, f64) {
        let values: Vec<f64> = (0..count).map(|_| next()).collect();
        let mean = values.iter().sum::<f64>() / count as f64;
        (mean, values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / count as f64)
    }

    /// Bounds are five standard errors: of a mean sqrt(variance / n), of a variance about variance x sqrt((2 + excess) / n).
    #[test]
    fn draws_have_the_mean_and_variance_of_their_distribution() {
        const COUNT: usize = 40_000;
        let mut draw = Draw::of(1);
        let mut check = |name: &str, mean: f64, variance: f64, excess: f64, next: &mut dyn FnMut(&mut Draw) -> f64| {
            let (got_mean, got_variance) = moments(COUNT, || next(&mut draw));
            let root = (COUNT as f64).sqrt();
            assert!((got_mean - mean).abs() < 5.0 * variance.sqrt() / root, "{name}: mean {got_mean}, not {mean}");
            let error = 5.0 * variance * (2.0 + excess).sqrt() / root;
            assert!((got_variance - variance).abs() < error, "{name}: variance {got_variance}, not {variance}");
        };
        check("uniform", 0.5, 1.0 / 12.0, 0.0, &mut |draw| draw.uniform());
        check("normal", 0.0, 1.0, 0.0, &mut |draw| draw.normal());
        for shape in [0.3, 1.0, 7.5, 200.0] {
            check("gamma", shape, shape, 6.0 / shape, &mut |draw| draw.gamma(shape));
        }
        for mean in [0.2, 3.0, 23.9, 24.1, 180.0] {
            check("poisson", mean, mean, 1.0 / mean, &mut |draw| draw.poisson(mean) as f64);
        }
        assert_eq!((draw.gamma(0.0), draw.poisson(0.0), draw.poisson(-1.0)), (0.0, 0, 0));
    }

    #[test]
    fn the_seed_decides() {
        let first = |seed: u64| Draw::of(seed).uniform();
        assert_eq!(first(7), first(7));
        assert_ne!(first(7), first(8));
    }
}
