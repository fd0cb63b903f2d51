//! One proportion.

use super::super::distribution::{beta_quantile, beta_upper_quantile, normal_quantile};
use super::super::{Interval, Undefined, tail};
use super::counts;

/// Exact interval for a proportion.
///
/// # Method
/// Quantiles of the beta distribution, Clopper and Pearson 1934, Biometrika 26:404; each limit leaves half the error.
///
/// # Input
/// `x` successes among `n`; `level` strictly between 0 and 1.
///
/// # Not estimable
/// `NoData` when n is 0; `OutOfRange` when x exceeds n or the level is not a probability.
///
/// # Agrees with
/// R `binom.test(x, n, conf.level = level)$conf.int`; cases in `fixtures/reference/clopper-pearson`.
pub fn clopper_pearson(x: u64, n: u64, level: f64) -> Result<Interval, Undefined> {
    let outside = tail(level)?;
    let (successes, total) = counts(x, n)?;
    let failures = total - successes;
    let lower = if x == 0 { 0.0 } else { beta_quantile(outside, successes, failures + 1.0)? };
    let upper = if x == n { 1.0 } else { beta_upper_quantile(outside, successes + 1.0, failures)? };
    Ok(Interval { lower, upper })
}

/// Score interval for a proportion, without continuity correction.
///
/// # Method
/// Wilson 1927, JASA 22:209. The lower limit comes from the product of the two roots, because their difference cancels
/// when successes are rare.
///
/// # Input
/// `x` successes among `n`; `level` strictly between 0 and 1.
///
/// # Not estimable
/// `NoData` when n is 0; `OutOfRange` when x exceeds n or the level is not a probability.
///
/// # Agrees with
/// R `prop.test(x, n, conf.level = level, correct = FALSE)$conf.int`; cases in `fixtures/reference/wilson`.
pub fn wilson(x: u64, n: u64, level: f64) -> Result<Interval, Undefined> {
    let z = -normal_quantile(tail(level)?)?;
    let (successes, total) = counts(x, n)?;
    let square = z * z;
    let share = successes / total;
    let half = z * (successes * (1.0 - share) + square / 4.0).sqrt();
    let upper = (successes + square / 2.0 + half) / (total + square);
    let lower = share * successes / (successes + square / 2.0 + half);
    // At an end of the scale a limit is that end; elsewhere rounding must not carry a limit past the proportion.
    Ok(Interval {
        lower: if x == 0 { 0.0 } else { lower.min(share) },
        upper: if x == n { 1.0 } else { upper.clamp(share, 1.0) },
    })
}

#[cfg(test)]
mod tests {
    use super::super::super::distribution::normal_sf;
    use super::*;

    #[track_caller]
    fn assert_limits(interval: Interval, lower: f64, upper: f64) {
        let error = libm::fabs(interval.lower - lower).max(libm::fabs(interval.upper - upper));
        assert!(error < 1e-14, "{interval:?} is not {lower} to {upper}");
    }

    /// The level whose normal quantile is 1, at which score limits are fractions.
    fn one_sigma() -> f64 {
        1.0 - 2.0 * normal_sf(1.0).unwrap()
    }

    #[test]
    fn exact_limits_on_paper() {
        // One success in two: (1 − p)² = 0.975 and p² = 0.975.
        let root = 0.975_f64.sqrt();
        assert_limits(clopper_pearson(1, 2, 0.95).unwrap(), 1.0 - root, root);
        assert_limits(clopper_pearson(0, 1, 0.95).unwrap(), 0.0, 0.975);
        assert_limits(clopper_pearson(3, 3, 0.5).unwrap(), libm::cbrt(0.25), 1.0);
    }

    #[test]
    fn score_limits_on_paper() {
        // (x + 1/2 ± √(x(n − x)/n + 1/4)) / (n + 1): roots of 9/4.
        assert_limits(wilson(4, 8, one_sigma()).unwrap(), 1.0 / 3.0, 2.0 / 3.0);
        assert_limits(wilson(3, 9, one_sigma()).unwrap(), 1.0 / 5.0, 1.0 / 2.0);
        assert_limits(wilson(0, 8, one_sigma()).unwrap(), 0.0, 1.0 / 9.0);
    }

    #[test]
    fn exchanging_success_and_failure_turns_the_interval() {
        for limits in [clopper_pearson, wilson] {
            for x in 0..=7 {
                let (here, there) = (limits(x, 7, 0.9).unwrap(), limits(7 - x, 7, 0.9).unwrap());
                assert_limits(here, 1.0 - there.upper, 1.0 - there.lower);
            }
        }
    }

    #[test]
    fn no_subjects_too_many_successes_and_odd_levels() {
        for limits in [clopper_pearson, wilson] {
            assert_eq!(limits(0, 0, 0.95), Err(Undefined::NoData));
            assert_eq!(limits(3, 2, 0.95), Err(Undefined::OutOfRange));
            for level in [0.0, 1.0, -1.0, 95.0, f64::NAN] {
                assert_eq!(limits(1, 2, level), Err(Undefined::OutOfRange));
            }
            let huge = limits(u64::MAX, u64::MAX, 0.95).unwrap();
            assert!(huge.lower <= huge.upper && huge.upper <= 1.0);
        }
    }
}
