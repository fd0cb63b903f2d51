//! What estimated curves share: limits of a share, and the time at which a curve reaches a height.

use super::super::distribution::normal_quantile;
use super::super::{Interval, Undefined, tail};

/// Heights closer than this are equal: the square root of the distance of 1 to the next double, as in R.
const EQUAL: f64 = 1.0 / 67_108_864.0;

/// An estimated share of all subjects.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Share {
    /// The share.
    pub estimate: f64,
    /// Its standard error; 0 where the share is 0 or 1, and then no measure of precision.
    pub standard_error: f64,
    /// Its limits; `ZeroVariance` where the share is 0 or 1.
    pub interval: Result<Interval, Undefined>,
}

impl Share {
    /// The limits are symmetric for the logarithm of the negative logarithm of the share.
    pub(super) fn new(estimate: f64, variance: f64, z: f64) -> Self {
        let standard_error = variance.sqrt();
        let interval = if estimate > 0.0 && estimate < 1.0 {
            let logarithm = libm::log(estimate);
            let distance = z * standard_error / (estimate * -logarithm);
            let (lower, upper) = (logarithm * libm::exp(distance), logarithm * libm::exp(-distance));
            Ok(Interval { lower: libm::exp(lower), upper: libm::exp(upper) })
        } else {
            Err(Undefined::ZeroVariance)
        };
        Self { estimate, standard_error, interval }
    }
}

/// The standard normal value exceeded with half the probability outside a level.
pub(super) fn normal_limit(level: f64) -> Result<f64, Undefined> {
    Ok(-normal_quantile(tail(level)?)?)
}

/// When a share of the subjects has had the event; no value where follow-up ends before.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TimeQuantile {
    /// The time.
    pub estimate: Option<f64>,
    /// Lower limit of the time.
    pub lower: Option<f64>,
    /// Upper limit of the time.
    pub upper: Option<f64>,
}

/// The time at which a rising step function reaches a height: halfway between the first times at which it is at and
/// above it where it runs level at just that height, or halfway to the end if it stays there.
///
/// `steps` are times with heights, none where the curve has none.
pub(super) fn reached(steps: impl Iterator<Item = (f64, Option<f64>)>, height: f64) -> Option<f64> {
    let mut first = None;
    let mut end = None;
    for (time, own) in steps {
        end = own.filter(|own| libm::fabs(own - height) < EQUAL).map(|_| time);
        let Some(own) = own else { continue };
        if own + EQUAL >= height {
            let level_since = *first.get_or_insert(time);
            if own - EQUAL >= height {
                return Some(f64::midpoint(level_since, time));
            }
        }
    }
    Some(f64::midpoint(first?, end?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn level_stretches_and_ends() {
        let time = |heights: [f64; 4], height| {
            reached((1..).map(f64::from).zip(heights.map(|height| (height >= 0.0).then_some(height))), height)
        };
        let rising = [0.25, 0.5, 0.5, 0.75];
        assert_eq!(time(rising, 0.2), Some(1.0));
        assert_eq!(time(rising, 0.25), Some(1.5));
        assert_eq!(time(rising, 0.5), Some(3.0));
        assert_eq!(time(rising, 0.6), Some(4.0));
        assert_eq!(time(rising, 0.75), Some(4.0));
        assert_eq!(time(rising, 0.8), None);
        assert_eq!(time([0.25, 0.5, 0.5, 0.5], 0.5), Some(3.0));
        // A curve that has no height at its end stays nowhere.
        assert_eq!(time([0.25, 0.5, 0.5, -1.0], 0.5), None);
        assert_eq!(time([-1.0, 0.5, 0.5, -1.0], 0.4), Some(2.0));
    }

    #[test]
    fn limits_on_paper() {
        // At 1/e the logarithm is −1: limits exp(−e^±1) for a distance of 1.
        let share = Share::new(libm::exp(-1.0), libm::exp(-2.0), 1.0);
        let interval = share.interval.unwrap();
        assert!(libm::fabs(interval.lower - libm::exp(-libm::exp(1.0))) < 1e-15);
        assert!(libm::fabs(interval.upper - libm::exp(-libm::exp(-1.0))) < 1e-15);
        for estimate in [0.0, 1.0] {
            assert_eq!(Share::new(estimate, 0.0, 1.0).interval, Err(Undefined::ZeroVariance));
        }
    }
}
