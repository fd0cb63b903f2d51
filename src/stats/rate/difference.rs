//! The difference of two rates, and both contrasts over strata.

use super::super::distribution::normal_quantile;
use super::super::proportion::Difference;
use super::super::{Interval, Undefined, finite, real, tail};
use super::at_risk;

/// Score interval for a difference of rates, the first minus the second.
///
/// # Method
/// Miettinen and Nurminen 1985, Statistics in Medicine 4:213: the differences that the score test does not reject, its
/// variance taken at the constrained maximum of the Poisson likelihood (a quadratic equation). The limits are bisected until
/// no double lies between.
///
/// # Input
/// `x1` events in the time `t1` and `x2` in `t2`, both in the same unit; `level` strictly between 0 and 1. Groups may be
/// without events.
///
/// # Not estimable
/// `NoData` when a time is 0; `OutOfRange` when a time is negative or not finite, when the level is not a probability, and
/// when a limit exceeds the range of a double.
///
/// # Agrees with
/// R `ratesci::scoreci(x1, t1, x2, t2, distrib = "poi", contrast = "RD", skew = FALSE)`; fifty digits; cases in
/// `fixtures/reference/rate`.
pub fn rate_difference(x1: u64, t1: f64, x2: u64, t2: f64, level: f64) -> Result<Difference, Undefined> {
    let z = -normal_quantile(tail(level)?)?;
    let (t1, t2) = (at_risk(t1)?, at_risk(t2)?);
    let (x1, x2) = (real(x1), real(x2));
    let estimate = finite(x1 / t1 - x2 / t2)?;
    let beyond = |difference: f64| {
        let (first, second) = if difference >= 0.0 {
            let second = lower_rate([x1, t1], [x2, t2], difference);
            (second + difference, second)
        } else {
            let first = lower_rate([x2, t2], [x1, t1], -difference);
            (first, first - difference)
        };
        let distance = estimate - difference;
        distance * distance > z * z * (first / t1 + second / t2)
    };
    // A distance of this many events is beyond any limit.
    let far = |count: f64, time: f64| (2.0 * libm::sqrt(count + z * z) * z + 2.0 * z * z + 1.0) / time;
    let reach = finite(far(x1, t1) + far(x2, t2))?;
    let interval = Interval {
        lower: boundary(estimate, finite(estimate - reach)?, beyond),
        upper: boundary(estimate, finite(estimate + reach)?, beyond),
    };
    Ok(Difference { estimate, interval })
}

/// The lower of two rates of highest likelihood when the other one is higher by `difference`: the larger root of
/// (t1 + t2) r² + b r − x2 d, written so that nothing cancels.
fn lower_rate([x1, t1]: [f64; 2], [x2, t2]: [f64; 2], difference: f64) -> f64 {
    let time = t1 + t2;
    let b = time * difference - x1 - x2;
    let apart = time * difference - (x1 - x2);
    let root = libm::sqrt(apart * apart + 4.0 * x1 * x2);
    if b <= 0.0 { (root - b) / (2.0 * time) } else { 2.0 * x2 * difference / (root + b) }
}

/// The point nearest to `inner` from which on, towards `outer`, a condition holds.
fn boundary(mut inner: f64, mut outer: f64, beyond: impl Fn(f64) -> bool) -> f64 {
    loop {
        let middle = f64::midpoint(inner, outer);
        if (middle - inner) * (middle - outer) >= 0.0 {
            return outer;
        }
        if beyond(middle) {
            outer = middle;
        } else {
            inner = middle;
        }
    }
}

/// Events and time of both groups in a stratum.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RateStratum {
    /// Events of the first group.
    pub x1: u64,
    /// Its time at risk.
    pub t1: f64,
    /// Events of the second group.
    pub x2: u64,
    /// Its time at risk.
    pub t2: f64,
}

/// A contrast common to the strata.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct StratifiedRate {
    /// The logarithm of the ratio, or the difference, of the first group to the second.
    pub estimate: f64,
    /// Its standard error.
    pub standard_error: f64,
    /// Its limits.
    pub interval: Interval,
    /// Two-sided p-value that it is 0.
    pub p: f64,
}

/// The logarithm of a ratio of rates common to strata.
///
/// # Method
/// Mantel and Haenszel's estimate, with the variance of Greenland and Robins 1985, Biometrics 41:55; normal limits.
///
/// # Input
/// Strata in a fixed order, with times in the same unit; `level` strictly between 0 and 1. A stratum without events adds
/// nothing.
///
/// # Not estimable
/// `NoData` without strata or when a time is 0; `NoEvents` when a group has none in all strata, so that the ratio is 0, infinite
/// or neither; `OutOfRange` when a time is negative or not finite or the level is not a probability.
///
/// # Agrees with
/// R `metafor::rma.mh(measure = "IRR")`; cases in `fixtures/reference/rate`.
pub fn stratified_rate_ratio(strata: &[RateStratum], level: f64) -> Result<StratifiedRate, Undefined> {
    let (mut first, mut second, mut both) = (0.0, 0.0, 0.0);
    for [x1, t1, x2, t2] in checked(strata)? {
        let time = t1 + t2;
        first += x1 * (t2 / time);
        second += x2 * (t1 / time);
        both += (x1 + x2) * (t1 / time) * (t2 / time);
    }
    if first <= 0.0 || second <= 0.0 {
        return Err(Undefined::NoEvents);
    }
    normal(libm::log(first / second), libm::sqrt(both / first / second), level)
}

/// A difference of rates common to strata.
///
/// # Method
/// Weights of Mantel and Haenszel, with the variance of Greenland and Robins 1985, Biometrics 41:55; normal limits.
///
/// # Input
/// As [`stratified_rate_ratio`].
///
/// # Not estimable
/// `NoData` without strata or when a time is 0; `NoEvents` without any event, where the variance is 0; `OutOfRange` when a time is
/// negative or not finite or the level is not a probability.
///
/// # Agrees with
/// R `metafor::rma.mh(measure = "IRD")`; cases in `fixtures/reference/rate`.
pub fn stratified_rate_difference(strata: &[RateStratum], level: f64) -> Result<StratifiedRate, Undefined> {
    let (mut sum, mut weights, mut variance) = (0.0, 0.0, 0.0);
    for [x1, t1, x2, t2] in checked(strata)? {
        let time = t1 + t2;
        let (one, two) = (t1 / time, t2 / time);
        sum += x1 * two - x2 * one;
        weights += t1 * two;
        variance += x1 * two * two + x2 * one * one;
    }
    if variance <= 0.0 {
        return Err(Undefined::NoEvents);
    }
    normal(sum / weights, libm::sqrt(variance) / weights, level)
}

fn checked(strata: &[RateStratum]) -> Result<Vec<[f64; 4]>, Undefined> {
    if strata.is_empty() {
        return Err(Undefined::NoData);
    }
    strata.iter().map(|own| Ok([real(own.x1), at_risk(own.t1)?, real(own.x2), at_risk(own.t2)?])).collect()
}

fn normal(estimate: f64, standard_error: f64, level: f64) -> Result<StratifiedRate, Undefined> {
    let half = finite(-normal_quantile(tail(level)?)? * standard_error)?;
    let estimate = finite(estimate)?;
    let p = 2.0 * super::super::distribution::normal_sf(finite(libm::fabs(estimate / standard_error))?)?;
    let interval = Interval { lower: estimate - half, upper: estimate + half };
    Ok(StratifiedRate { estimate, standard_error, interval, p })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_events_on_paper() {
        // The variance is then d / t of the group with the higher rate: limits −z²/t2 and z²/t1.
        let z = normal_quantile(0.975).unwrap();
        let found = rate_difference(0, 4.0, 0, 5.0, 0.95).unwrap();
        assert!(libm::fabs(found.interval.upper - z * z / 4.0) < 1e-14);
        assert!(libm::fabs(found.interval.lower + z * z / 5.0) < 1e-14);
    }

    #[test]
    fn exchanging_the_groups_turns_the_interval() {
        for (x1, t1, x2, t2) in [(5, 40.25, 12, 38.5), (0, 40.0, 3, 41.5), (1, 3.0, 900, 2.0), (7, 1.0, 7, 1.0)] {
            let (here, there) =
                (rate_difference(x1, t1, x2, t2, 0.9).unwrap(), rate_difference(x2, t2, x1, t1, 0.9).unwrap());
            let size = 1e-12 * (1.0 + libm::fabs(here.interval.lower) + libm::fabs(here.interval.upper));
            assert!(libm::fabs(here.interval.lower + there.interval.upper) < size, "{here:?} {there:?}");
            assert!(here.interval.lower < here.estimate && here.estimate < here.interval.upper);
            let wide = rate_difference(x1, t1, x2, t2, 0.99).unwrap().interval;
            assert!(wide.lower < here.interval.lower && here.interval.upper < wide.upper);
        }
    }

    #[test]
    fn one_stratum_is_the_plain_contrast() {
        let one = [RateStratum { x1: 8, t1: 2.0, x2: 2, t2: 4.0 }];
        let ratio = stratified_rate_ratio(&one, 0.95).unwrap();
        assert!(libm::fabs(ratio.estimate - libm::log(8.0)) < 1e-15);
        assert!(libm::fabs(ratio.standard_error - libm::sqrt(1.0 / 8.0 + 1.0 / 2.0)) < 1e-15);
        let difference = stratified_rate_difference(&one, 0.95).unwrap();
        assert!(libm::fabs(difference.estimate - 3.5) < 1e-15);
        assert!(libm::fabs(difference.standard_error - libm::sqrt(8.0 / 4.0 + 2.0 / 16.0)) < 1e-15);
    }

    #[test]
    fn what_has_no_contrast() {
        let stratum = |x1, t1, x2, t2| [RateStratum { x1, t1, x2, t2 }];
        assert_eq!(rate_difference(1, 0.0, 1, 1.0, 0.95), Err(Undefined::NoData));
        assert_eq!(rate_difference(1, -1.0, 1, 1.0, 0.95), Err(Undefined::OutOfRange));
        assert_eq!(rate_difference(1, 1.0, 1, 1.0, 1.0), Err(Undefined::OutOfRange));
        assert_eq!(rate_difference(1, 1e-320, 1, 1.0, 0.95), Err(Undefined::OutOfRange));
        for contrast in [stratified_rate_ratio, stratified_rate_difference] {
            assert_eq!(contrast(&[], 0.95), Err(Undefined::NoData));
            assert_eq!(contrast(&stratum(1, 0.0, 1, 1.0), 0.95), Err(Undefined::NoData));
            assert_eq!(contrast(&stratum(0, 1.0, 0, 1.0), 0.95), Err(Undefined::NoEvents));
            assert_eq!(contrast(&stratum(1, f64::NAN, 1, 1.0), 0.95), Err(Undefined::OutOfRange));
            assert_eq!(contrast(&stratum(1, 1.0, 1, 1.0), 0.0), Err(Undefined::OutOfRange));
        }
        assert_eq!(stratified_rate_ratio(&stratum(0, 1.0, 4, 1.0), 0.95), Err(Undefined::NoEvents));
        assert!(stratified_rate_difference(&stratum(0, 1.0, 4, 1.0), 0.95).is_ok());
    }
}
