//! The density of the score where no bound was crossed yet, on a grid that integrates it to the precision of a double.

use super::super::Undefined;
use super::super::distribution::normal_sf;

/// Nodes and weights of Gauss and Legendre on (−1, 1), the positive half of sixteen.
const NODES: [(f64, f64); 8] = [
    (0.095_012_509_837_637_44, 0.189_450_610_455_068_5),
    (0.281_603_550_779_258_9, 0.182_603_415_044_923_6),
    (0.458_016_777_657_227_4, 0.169_156_519_395_002_53),
    (0.617_876_244_402_643_7, 0.149_595_988_816_576_73),
    (0.755_404_408_355_003, 0.124_628_971_255_533_87),
    (0.865_631_202_387_831_7, 0.095_158_511_682_492_78),
    (0.944_575_023_073_232_6, 0.062_253_523_938_647_89),
    (0.989_400_934_991_649_9, 0.027_152_459_411_754_096),
];

/// Standard deviations beyond which nothing is left.
const REACH: f64 = 9.0;

/// The score after a look: points with the probability around them.
#[derive(Clone, Debug)]
pub(super) struct Density {
    points: Vec<(f64, f64)>,
    information: f64,
}

impl Density {
    /// Before the first look.
    pub(super) fn start() -> Self {
        Self { points: vec![(0.0, 1.0)], information: 0.0 }
    }

    /// The probability that the score lies above a bound on Z at a look, no bound having been crossed before.
    pub(super) fn above(&self, bound: f64, information: f64, drift: f64) -> Result<f64, Undefined> {
        let (step, deviation) = self.step(information);
        let score = bound * libm::sqrt(information);
        let mut sum = 0.0;
        for (point, mass) in &self.points {
            sum += mass * normal_sf((score - point - drift * step) / deviation)?;
        }
        Ok(sum)
    }

    /// The probability that it lies below a bound.
    pub(super) fn below(&self, bound: f64, information: f64, drift: f64) -> Result<f64, Undefined> {
        self.mirrored().above(-bound, information, -drift)
    }

    /// The density at a look between two bounds on Z; none is infinitely far. `next` is the information of the look that
    /// follows, which the grid must be fine enough for.
    pub(super) fn advanced(&self, bounds: (Option<f64>, Option<f64>), information: f64, next: f64, drift: f64) -> Self {
        let (step, deviation) = self.step(information);
        let root = libm::sqrt(information);
        let (middle, reach) = (drift * information, REACH * root);
        let low = bounds.0.map_or(middle - reach, |bound| (bound * root).max(middle - reach));
        let high = bounds.1.map_or(middle + reach, |bound| (bound * root).min(middle + reach));
        let width = 0.75 * deviation.min(libm::sqrt(next - information));
        let mut points = Vec::new();
        if high > low {
            let panels = libm::ceil((high - low) / width).max(1.0);
            let half = (high - low) / panels / 2.0;
            let mut centre = low + half;
            while centre < high {
                for (node, weight) in NODES.iter().rev().map(|(x, w)| (-x, *w)).chain(NODES) {
                    let point = centre + half * node;
                    points.push((point, half * weight * self.density(point, step, deviation, drift)));
                }
                centre += 2.0 * half;
            }
        }
        Self { points, information }
    }

    fn density(&self, at: f64, step: f64, deviation: f64, drift: f64) -> f64 {
        const NORMAL: f64 = 0.398_942_280_401_432_7;
        let mut sum = 0.0;
        for (point, mass) in &self.points {
            let z = (at - point - drift * step) / deviation;
            if z * z < REACH * REACH * 2.0 {
                sum += mass * libm::exp(-0.5 * z * z);
            }
        }
        sum * NORMAL / deviation
    }

    fn step(&self, information: f64) -> (f64, f64) {
        let step = information - self.information;
        (step, libm::sqrt(step))
    }

    fn mirrored(&self) -> Self {
        let points = self.points.iter().rev().map(|(point, mass)| (-point, *mass)).collect();
        Self { points, information: self.information }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_bounds_the_score_is_normal() {
        let first = Density::start().advanced((None, None), 0.3, 1.0, 1.5);
        let found = first.above(1.0, 1.0, 1.5).unwrap();
        let expected = normal_sf(1.0 - 1.5).unwrap();
        assert!(libm::fabs(found - expected) < 1e-15, "{found} {expected}");
        let below = first.below(1.0, 1.0, 1.5).unwrap();
        assert!(libm::fabs(found + below - 1.0) < 1e-15);
    }
}
