//! The logarithm of the gamma function (伽玛函数), which counts the ways of getting a count.

/// ln Γ(x) for x > 0: shifted upwards, then Stirling's series. Exact to 12 digits.
pub(super) fn ln_gamma(x: f64) -> f64 {
    let mut shifted = x;
    let mut product = 1.0;
    while shifted < 9.0 {
        product *= shifted;
        shifted += 1.0;
    }
    let inverse = 1.0 / shifted;
    let square = inverse * inverse;
    let series = inverse * (1.0 / 12.0 - square * (1.0 / 360.0 - square * (1.0 / 1260.0 - square / 1680.0)));
    (shifted - 0.5) * shifted.ln() - shifted + 0.5 * std::f64::consts::TAU.ln() + series - product.ln()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Γ(n) = (n − 1)!, Γ(1/2) = √π, Γ(3/2) = √π / 2.
    #[test]
    fn agrees_with_factorials_and_halves() {
        let root = std::f64::consts::PI.sqrt();
        for (x, expect) in [(1.0, 1.0_f64), (2.0, 1.0), (5.0, 24.0), (11.0, 3_628_800.0), (0.5, root), (1.5, root / 2.0)] {
            let expect = expect.ln();
            assert!((ln_gamma(x) - expect).abs() < 1e-11, "{x}: {} not {expect}", ln_gamma(x));
        }
    }
}
