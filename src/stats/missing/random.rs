//! Random numbers that a seed and a number determine.

use super::super::random::{STEP, SplitMix64, mixed};

/// A stream of `SplitMix64`, Steele, Lea and Flood 2014.
pub(super) struct Stream {
    generator: SplitMix64,
    /// The second normal of a pair.
    spare: Option<f64>,
}

impl Stream {
    /// The stream of a number under a seed; streams start at scattered places of the cycle of 2^64.
    pub(super) fn new(seed: u64, number: u64) -> Self {
        let start = mixed(mixed(seed.wrapping_add(STEP)).wrapping_add(number));
        Self { generator: SplitMix64(start), spare: None }
    }

    /// Uniform, strictly between 0 and 1: the middles of 2^53 equal parts but for rounding at the upper end.
    #[expect(clippy::cast_precision_loss, reason = "52 bits are exact")]
    fn uniform(&mut self) -> f64 {
        ((self.generator.next() >> 12) as f64 + 0.5) / 4_503_599_627_370_496.0
    }

    /// Standard normal, by Box and Muller 1958.
    pub(super) fn normal(&mut self) -> f64 {
        if let Some(spare) = self.spare.take() {
            return spare;
        }
        let radius = libm::sqrt(-2.0 * libm::log(self.uniform()));
        let angle = std::f64::consts::TAU * self.uniform();
        self.spare = Some(radius * libm::sin(angle));
        radius * libm::cos(angle)
    }

    pub(super) fn normals(&mut self, count: usize) -> Vec<f64> {
        (0..count).map(|_| self.normal()).collect()
    }

    /// Chi-square with whole degrees of freedom: what it is, a sum of squares.
    pub(super) fn chi_square(&mut self, df: usize) -> f64 {
        (0..df).map(|_| self.normal()).map(|own| own * own).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_of_the_normal_and_of_chi_square() {
        // Sums of powers over 200 000 draws: 0, 1, 0, 3 within five standard errors (1, 2, 15 and 96 over n).
        let mut stream = Stream::new(1, 0);
        let draws = stream.normals(200_000);
        let moment = |power: i32| draws.iter().map(|own| (0..power).map(|_| own).product::<f64>()).sum::<f64>() / 2e5;
        for (power, expected, variance) in [(1, 0.0, 1.0), (2, 1.0, 2.0), (3, 0.0, 15.0), (4, 3.0, 96.0)] {
            let error = libm::fabs(moment(power) - expected);
            assert!(error < 5.0 * libm::sqrt(variance / 2e5), "{power}: {error}");
        }
        let beside = draws.windows(2).map(|pair| pair[0] * pair[1]).sum::<f64>() / 2e5;
        assert!(libm::fabs(beside) < 5.0 / libm::sqrt(2e5));
        let squares: Vec<f64> = (0..20_000).map(|_| stream.chi_square(7)).collect();
        let mean = squares.iter().sum::<f64>() / 2e4;
        let variance = squares.iter().map(|own| (own - 7.0) * (own - 7.0)).sum::<f64>() / 2e4;
        assert!(libm::fabs(mean - 7.0) < 5.0 * libm::sqrt(14.0 / 2e4) && libm::fabs(variance - 14.0) < 1.2);
    }

    #[test]
    fn streams_repeat_and_differ() {
        let draw = |seed, number| Stream::new(seed, number).normal().to_bits();
        assert_eq!(draw(7, 3), draw(7, 3));
        assert_ne!(draw(7, 3), draw(7, 4));
        assert_ne!(draw(7, 3), draw(8, 3));
        assert_ne!(draw(7, 8), draw(8, 7));
    }
}
