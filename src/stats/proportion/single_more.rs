//! One proportion: intervals for comparison with older reports, and narrower ones than the exact.

use super::super::distribution::{beta_lower, beta_quantile, beta_upper_quantile, deviance, normal_quantile};
use super::super::{Interval, Undefined, tail};
use super::counts;
use super::difference::boundary;
use super::ratio::crossing;

/// A positive number below all limits of counts up to 2^64.
const LEAST: f64 = 1e-300;

/// Interval for a proportion from the normal approximation, without continuity correction.
///
/// # Method
/// Laplace 1812: z times the square root of p (1 − p) / n on both sides, cut at 0 and 1.
///
/// # Input
/// `x` successes among `n`; `level` strictly between 0 and 1.
///
/// # Not estimable
/// `ZeroVariance` without successes or without failures, where it would have no width; `NoData` when n is 0;
/// `OutOfRange` when x exceeds n or the level is not a probability.
///
/// # Agrees with
/// R `DescTools::BinomCI(x, n, conf.level = level, method = "wald")`, except that it gives an interval without width;
/// cases in `fixtures/reference/one-proportion`.
pub fn wald_proportion(x: u64, n: u64, level: f64) -> Result<Interval, Undefined> {
    let z = -normal_quantile(tail(level)?)?;
    let (successes, total) = counts(x, n)?;
    if x == 0 || x == n {
        return Err(Undefined::ZeroVariance);
    }
    let share = successes / total;
    let half = z * (share * ((total - successes) / total) / total).sqrt();
    Ok(Interval { lower: (share - half).max(0.0), upper: (share + half).min(1.0) })
}

/// Score interval for a proportion, with continuity correction.
///
/// # Method
/// Newcombe 1998, Statistics in Medicine 17:857, method 4: the proportions that the score test with a correction of
/// 1 / (2n) does not reject. The correction is always whole.
///
/// # Input
/// `x` successes among `n`; `level` strictly between 0 and 1.
///
/// # Not estimable
/// `NoData` when n is 0; `OutOfRange` when x exceeds n or the level is not a probability.
///
/// # Agrees with
/// R `DescTools::BinomCI(x, n, conf.level = level, method = "wilsoncc")` and SAS `PROC FREQ` with
/// `BINOMIAL(CL=WILSON(CORRECT))`. R `prop.test` shortens the correction when x is within one half of n / 2, and then
/// differs; cases in `fixtures/reference/one-proportion`.
pub fn wilson_corrected(x: u64, n: u64, level: f64) -> Result<Interval, Undefined> {
    let z = -normal_quantile(tail(level)?)?;
    let (successes, total) = counts(x, n)?;
    Ok(Interval {
        lower: if x == 0 { 0.0 } else { corrected_lower(successes, total, z) },
        upper: if x == n { 1.0 } else { 1.0 - corrected_lower(total - successes, total, z) },
    })
}

/// The lower root of the corrected score equation, as the quotient of the product of the roots and the larger one, so
/// that nothing cancels when successes are rare.
fn corrected_lower(successes: f64, total: f64, z: f64) -> f64 {
    let square = z * z;
    let reduced = successes - 0.5;
    let half = z * (square / 4.0 + reduced * (1.0 - reduced / total)).max(0.0).sqrt();
    (reduced * reduced / total / (reduced + square / 2.0 + half)).min(successes / total)
}

/// Interval for a proportion of Wald's form about the middle of Wilson's interval.
///
/// # Method
/// Agresti and Coull 1998, The American Statistician 52:119: z² / 2 is added to the successes and to the failures; cut
/// at 0 and 1.
///
/// # Input
/// `x` successes among `n`; `level` strictly between 0 and 1.
///
/// # Not estimable
/// `NoData` when n is 0; `OutOfRange` when x exceeds n or the level is not a probability.
///
/// # Agrees with
/// R `DescTools::BinomCI(x, n, conf.level = level, method = "agresti-coull")`; cases in
/// `fixtures/reference/one-proportion`.
pub fn agresti_coull(x: u64, n: u64, level: f64) -> Result<Interval, Undefined> {
    let z = -normal_quantile(tail(level)?)?;
    let (successes, total) = counts(x, n)?;
    let enlarged = total + z * z;
    let [one, other] = [successes, total - successes].map(|count| (count + z * z / 2.0) / enlarged);
    let half = z * (one * other / enlarged).sqrt();
    Ok(Interval { lower: (one - half).max(0.0), upper: (one + half).min(1.0) })
}

/// Bayesian interval for a proportion with equal tails under the prior of Jeffreys.
///
/// # Method
/// Brown, Cai and `DasGupta` 2001, Statistical Science 16:101: quantiles of the beta distribution with parameters
/// x + 1/2 and n − x + 1/2; the lower limit is 0 without successes and the upper one 1 without failures.
///
/// # Input
/// `x` successes among `n`; `level` strictly between 0 and 1.
///
/// # Not estimable
/// `NoData` when n is 0; `OutOfRange` when x exceeds n or the level is not a probability.
///
/// # Agrees with
/// R `DescTools::BinomCI(x, n, conf.level = level, method = "jeffreys")` and SAS `PROC FREQ` with
/// `BINOMIAL(CL=JEFFREYS)`; cases in `fixtures/reference/one-proportion`.
pub fn jeffreys(x: u64, n: u64, level: f64) -> Result<Interval, Undefined> {
    let outside = tail(level)?;
    let (successes, total) = counts(x, n)?;
    let (a, b) = (successes + 0.5, total - successes + 0.5);
    // At low levels a tail may end on the wrong side of the observed proportion.
    let share = successes / total;
    Ok(Interval {
        lower: if x == 0 { 0.0 } else { beta_quantile(outside, a, b)?.min(share) },
        upper: if x == n { 1.0 } else { beta_upper_quantile(outside, a, b)?.max(share) },
    })
}

/// Interval for a proportion that counts half of the observed number's probability in each tail.
///
/// # Method
/// Lancaster 1961, JASA 56:223: as the exact interval, with mid-p-values. Bisected until no double lies between.
///
/// # Input
/// `x` successes among `n`; `level` strictly between 0 and 1.
///
/// # Not estimable
/// `NoData` when n is 0; `OutOfRange` when x exceeds n or the level is not a probability; `NotConverged` for more than
/// about 1e9 subjects.
///
/// # Agrees with
/// R `DescTools::BinomCI(x, n, conf.level = level, method = "midp")` to the five digits of its search; cases in
/// `fixtures/reference/one-proportion`.
pub fn mid_p_proportion(x: u64, n: u64, level: f64) -> Result<Interval, Undefined> {
    let outside = tail(level)?;
    let (successes, total) = counts(x, n)?;
    let failures = total - successes;
    let share = successes / total;
    // Whether the distribution works for counts of this size, asked once.
    above(share, successes, failures)?;
    let lower = || crossing(LEAST, share, |p| above(p, successes, failures).is_ok_and(|found| found < outside));
    let upper =
        || crossing(share.max(LEAST), 1.0, |p| above(p, successes, failures).is_ok_and(|own| own < 1.0 - outside));
    Ok(Interval { lower: if x == 0 { 0.0 } else { lower() }, upper: if x == n { 1.0 } else { upper() } })
}

/// Probability of more successes, and half that of as many.
fn above(p: f64, successes: f64, failures: f64) -> Result<f64, Undefined> {
    let more = if failures == 0.0 { 0.0 } else { beta_lower(p, successes + 1.0, failures)? };
    let not_less = if successes == 0.0 { 1.0 } else { beta_lower(p, successes, failures + 1.0)? };
    Ok(f64::midpoint(more, not_less))
}

/// Likelihood-ratio interval for a proportion.
///
/// # Method
/// The proportions that the likelihood-ratio test with one degree of freedom does not reject (Wilks 1938, Annals of
/// Mathematical Statistics 9:60). Bisected until no double lies between.
///
/// # Input
/// `x` successes among `n`; `level` strictly between 0 and 1.
///
/// # Not estimable
/// `NoData` when n is 0; `OutOfRange` when x exceeds n or the level is not a probability.
///
/// # Agrees with
/// R `DescTools::BinomCI(x, n, conf.level = level, method = "lik")` and SAS `PROC FREQ` with `BINOMIAL(CL=LR)`; cases
/// in `fixtures/reference/one-proportion`.
pub fn likelihood_proportion(x: u64, n: u64, level: f64) -> Result<Interval, Undefined> {
    let z = -normal_quantile(tail(level)?)?;
    let (successes, total) = counts(x, n)?;
    let failures = total - successes;
    let share = successes / total;
    let rejected = |p: f64| {
        let own = |count: f64, mean: f64, excess: f64| if count == 0.0 { mean } else { deviance(count, mean, excess) };
        let excess = total * (p - share);
        2.0 * (own(successes, total * p, excess) + own(failures, total * (1.0 - p), -excess)) > z * z
    };
    Ok(Interval {
        lower: if x == 0 { 0.0 } else { crossing(LEAST, share, rejected) },
        upper: if x == n { 1.0 } else { boundary(share, 1.0, |p| !rejected(p)) },
    })
}

#[cfg(test)]
mod tests {
    use super::super::super::distribution::{chi_square_sf, normal_sf};
    use super::*;

    type OneGroup = fn(u64, u64, f64) -> Result<Interval, Undefined>;
    const ALWAYS: [OneGroup; 5] = [wilson_corrected, agresti_coull, jeffreys, mid_p_proportion, likelihood_proportion];

    #[track_caller]
    fn assert_limits(interval: Interval, lower: f64, upper: f64) {
        let error = libm::fabs(interval.lower - lower).max(libm::fabs(interval.upper - upper));
        assert!(error < 1e-14, "{interval:?} is not {lower} to {upper}");
    }

    /// The level whose normal quantile is 1.
    fn one_sigma() -> f64 {
        1.0 - 2.0 * normal_sf(1.0).unwrap()
    }

    #[test]
    fn closed_forms_on_paper() {
        assert_limits(wald_proportion(8, 16, one_sigma()).unwrap(), 3.0 / 8.0, 5.0 / 8.0);
        // One half added on both sides: 4.5 of 9 and a standard error of 1/6.
        assert_limits(agresti_coull(4, 8, one_sigma()).unwrap(), 1.0 / 3.0, 2.0 / 3.0);
        // (3.5 − 8p)² = 8p(1 − p), that is 72p² − 64p + 12.25 = 0.
        let lower = (64.0 - 568.0_f64.sqrt()) / 144.0;
        assert_limits(wilson_corrected(4, 8, one_sigma()).unwrap(), lower, 1.0 - lower);
        // Half of (1 − p)² is 0.025, and n ln(1 − p) is −z²/2.
        assert_limits(mid_p_proportion(0, 2, 0.95).unwrap(), 0.0, 1.0 - 0.05_f64.sqrt());
        assert_limits(likelihood_proportion(0, 8, one_sigma()).unwrap(), 0.0, 1.0 - libm::exp(-1.0 / 16.0));
    }

    #[test]
    fn likelihood_limits_are_where_the_test_has_its_level() {
        let limits = likelihood_proportion(7, 20, 0.9).unwrap();
        for p in [limits.lower, limits.upper] {
            let statistic = 2.0 * (7.0 * libm::log(0.35 / p) + 13.0 * libm::log(0.65 / (1.0 - p)));
            assert!(libm::fabs(chi_square_sf(statistic, 1.0).unwrap() - 0.1) < 1e-13);
        }
    }

    #[test]
    fn limits_hold_the_estimate_turn_and_nest() {
        for n in 1..=15 {
            for x in 0..=n {
                for (place, limits) in ALWAYS.into_iter().chain([wald_proportion as OneGroup]).enumerate() {
                    let Ok(here) = limits(x, n, 0.95) else {
                        assert!(place == ALWAYS.len() && (x == 0 || x == n));
                        continue;
                    };
                    let there = limits(n - x, n, 0.95).unwrap();
                    assert_limits(here, 1.0 - there.upper, 1.0 - there.lower);
                    let share = super::super::super::real(x) / super::super::super::real(n);
                    assert!(0.0 <= here.lower && here.lower <= share && share <= here.upper && here.upper <= 1.0);
                    let wide = limits(x, n, 0.99).unwrap();
                    assert!(wide.lower <= here.lower && here.upper <= wide.upper);
                }
            }
        }
    }

    #[test]
    fn no_subjects_too_many_successes_and_odd_levels() {
        for limits in ALWAYS.into_iter().chain([wald_proportion as OneGroup]) {
            assert_eq!(limits(0, 0, 0.95), Err(Undefined::NoData));
            assert_eq!(limits(3, 2, 0.95), Err(Undefined::OutOfRange));
            for level in [0.0, 1.0, 95.0, f64::NAN] {
                assert_eq!(limits(1, 2, level), Err(Undefined::OutOfRange));
            }
        }
        for x in [0, 7] {
            assert_eq!(wald_proportion(x, 7, 0.95), Err(Undefined::ZeroVariance));
        }
    }
}
