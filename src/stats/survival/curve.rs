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

/// The scale on which limits of a share are symmetric.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scale {
    /// The share itself; limits beyond 0 and 1 are cut.
    Plain,
    /// Its logarithm; limits beyond 1 are cut.
    Log,
    /// The logarithm of its negative logarithm.
    LogLog,
    /// The logarithm of its odds.
    Logit,
    /// The arc sine of its square root; limits beyond 0 and 1 are cut.
    ArcSine,
}

impl Share {
    /// Limits of the share, symmetric on a scale.
    ///
    /// # Method
    /// The delta method on the scale; Borgan and Liestøl 1990, Scandinavian Journal of Statistics 17:35. `LogLog` is the
    /// scale of `interval`.
    ///
    /// # Input
    /// A `level` strictly between 0 and 1.
    ///
    /// # Not estimable
    /// `ZeroVariance` where the share is 0 or 1; `OutOfRange` when the level is not a probability.
    ///
    /// # Agrees with
    /// R `survfit(…, conf.type = "plain")`, `"log"`, `"log-log"`, `"logit"` and `"arcsin"`; cases in
    /// `fixtures/reference/survival-limits`.
    pub fn limits_on(self, scale: Scale, level: f64) -> Result<Interval, Undefined> {
        let z = normal_limit(level)?;
        let (share, error) = (self.estimate, self.standard_error);
        if !(share > 0.0 && share < 1.0) {
            return Err(Undefined::ZeroVariance);
        }
        let variation = share * (1.0 - share);
        Ok(match scale {
            Scale::Plain => {
                let distance = z * error;
                Interval { lower: (share - distance).max(0.0), upper: (share + distance).min(1.0) }
            }
            Scale::Log => {
                let distance = z * error / share;
                Interval { lower: share * libm::exp(-distance), upper: (share * libm::exp(distance)).min(1.0) }
            }
            Scale::LogLog => return Self::new(share, error * error, z).interval,
            Scale::Logit => {
                let (odds, distance) = (share / (1.0 - share), z * error / variation);
                let back = |factor: f64| 1.0 / (1.0 + 1.0 / (odds * factor));
                Interval { lower: back(libm::exp(-distance)), upper: back(libm::exp(distance)) }
            }
            Scale::ArcSine => {
                let (middle, distance) = (libm::asin(share.sqrt()), z * error / (2.0 * variation.sqrt()));
                let back = |angle: f64| {
                    let sine = libm::sin(angle);
                    sine * sine
                };
                let lower = back((middle - distance).max(0.0));
                let upper = back((middle + distance).min(core::f64::consts::FRAC_PI_2));
                Interval { lower, upper }
            }
        })
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
    fn limits_are_cut_and_need_a_share_inside() {
        let wide = Share::new(0.9, 0.25, 1.0);
        for scale in [Scale::Plain, Scale::Log, Scale::ArcSine] {
            assert_eq!(wide.limits_on(scale, 0.95).map(|limits| limits.upper), Ok(1.0));
        }
        let low = Share::new(0.1, 0.25, 1.0).limits_on(Scale::Plain, 0.95);
        assert_eq!(low.map(|limits| limits.lower), Ok(0.0));
        for scale in [Scale::Plain, Scale::Log, Scale::LogLog, Scale::Logit, Scale::ArcSine] {
            for share in [0.0, 1.0] {
                assert_eq!(Share::new(share, 0.0, 1.0).limits_on(scale, 0.95), Err(Undefined::ZeroVariance));
            }
            assert_eq!(wide.limits_on(scale, 1.0), Err(Undefined::OutOfRange));
            let found = wide.limits_on(scale, 0.5).unwrap();
            assert!(found.lower < 0.9 && found.upper > 0.9);
        }
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
