//! The difference of two independent proportions: intervals and a test beside the recommended ones.

use super::super::distribution::{normal_quantile, normal_sf};
use super::super::{Interval, Undefined, real, tail};
use super::difference::{Difference, Pair, Variance};
use super::{counts, wilson_corrected};

/// Interval for a difference of proportions from the normal approximation.
///
/// # Method
/// z times the square root of p1 (1 − p1) / n1 + p2 (1 − p2) / n2 on both sides, cut at −1 and 1.
///
/// # Input
/// `x1` successes among `n1` and `x2` among `n2`; `level` strictly between 0 and 1.
///
/// # Not estimable
/// `ZeroVariance` when each group has only successes or only failures, where it would have no width; `NoData` when a
/// group is empty; `OutOfRange` when a count exceeds its total or the level is not a probability.
///
/// # Agrees with
/// R `DescTools::BinomDiffCI(x1, n1, x2, n2, method = "wald")`, except that it gives an interval without width; cases
/// in `fixtures/reference/two-proportions`.
pub fn wald_difference(x1: u64, n1: u64, x2: u64, n2: u64, level: f64) -> Result<Difference, Undefined> {
    let z = -normal_quantile(tail(level)?)?;
    let variance = [counts(x1, n1)?, counts(x2, n2)?].map(|(x, n)| x / n * ((n - x) / n) / n).iter().sum::<f64>();
    if variance <= 0.0 {
        return Err(Undefined::ZeroVariance);
    }
    let estimate = real(x1) / real(n1) - real(x2) / real(n2);
    let half = z * variance.sqrt();
    let interval = Interval { lower: (estimate - half).max(-1.0), upper: (estimate + half).min(1.0) };
    Ok(Difference { estimate, interval })
}

/// Interval for a difference of proportions of Wald's form, with a success and a failure added to each group.
///
/// # Method
/// Agresti and Caffo 2000, The American Statistician 54:280; cut at −1 and 1. The estimate is the observed difference;
/// the interval is about another, so with hardly any subjects or at a low level it need not hold the estimate.
///
/// # Input
/// `x1` successes among `n1` and `x2` among `n2`; `level` strictly between 0 and 1.
///
/// # Not estimable
/// `NoData` when a group is empty; `OutOfRange` when a count exceeds its total or the level is not a probability.
///
/// # Agrees with
/// R `DescTools::BinomDiffCI(x1, n1, x2, n2, method = "ac")`; cases in `fixtures/reference/two-proportions`.
pub fn agresti_caffo_difference(x1: u64, n1: u64, x2: u64, n2: u64, level: f64) -> Result<Difference, Undefined> {
    let z = -normal_quantile(tail(level)?)?;
    let enlarged = [counts(x1, n1)?, counts(x2, n2)?].map(|(x, n)| (x + 1.0, n + 2.0));
    let [middle1, middle2] = enlarged.map(|(x, n)| x / n);
    let half = z * enlarged.map(|(x, n)| x / n * ((n - x) / n) / n).iter().sum::<f64>().sqrt();
    let middle = middle1 - middle2;
    Ok(Difference {
        estimate: real(x1) / real(n1) - real(x2) / real(n2),
        interval: Interval { lower: (middle - half).max(-1.0), upper: (middle + half).min(1.0) },
    })
}

/// Hybrid score interval for a difference of proportions, with continuity correction.
///
/// # Method
/// Newcombe 1998, Statistics in Medicine 17:873, method 11: as method 10, from the corrected score limits of the two
/// proportions; cut at −1 and 1.
///
/// # Input
/// `x1` successes among `n1` and `x2` among `n2`; `level` strictly between 0 and 1.
///
/// # Not estimable
/// `NoData` when a group is empty; `OutOfRange` when a count exceeds its total or the level is not a probability.
///
/// # Agrees with
/// R `DescTools::BinomDiffCI(x1, n1, x2, n2, method = "scorecc")`; cases in `fixtures/reference/two-proportions`.
pub fn newcombe_corrected_difference(x1: u64, n1: u64, x2: u64, n2: u64, level: f64) -> Result<Difference, Undefined> {
    let (one, two) = (wilson_corrected(x1, n1, level)?, wilson_corrected(x2, n2, level)?);
    let (p1, p2) = (real(x1) / real(n1), real(x2) / real(n2));
    let estimate = p1 - p2;
    Ok(Difference {
        estimate,
        interval: Interval {
            lower: (estimate - libm::hypot(p1 - one.lower, two.upper - p2)).max(-1.0),
            upper: (estimate + libm::hypot(one.upper - p1, p2 - two.lower)).min(1.0),
        },
    })
}

/// Score interval for a difference of proportions, without the correction of its variance.
///
/// # Method
/// Mee 1984, Biometrics 40:1175: as `miettinen_nurminen_difference` without the factor N / (N − 1): the differences
/// that the test of Farrington and Manning does not reject.
///
/// # Input
/// `x1` successes among `n1` and `x2` among `n2`; `level` strictly between 0 and 1. Cells may be empty.
///
/// # Not estimable
/// `NoData` when a group is empty; `OutOfRange` when a count exceeds its total or the level is not a probability.
///
/// # Agrees with
/// R `ratesci::scoreci(x1, n1, x2, n2, contrast = "RD", skew = FALSE, bcf = FALSE)` and
/// `DescTools::BinomDiffCI(method = "mee")`; cases in `fixtures/reference/two-proportions`.
pub fn mee_difference(x1: u64, n1: u64, x2: u64, n2: u64, level: f64) -> Result<Difference, Undefined> {
    let z = -normal_quantile(tail(level)?)?;
    let pair = Pair { first: counts(x1, n1)?, second: counts(x2, n2)? };
    Ok(pair.score_interval(z, Variance::Plain))
}

/// Score test of a difference of proportions against a margin.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MarginTest {
    /// Distance of the observed difference from the margin over its standard error under the margin.
    pub z: f64,
    /// Two-sided p-value.
    pub p: f64,
    /// Against a difference above the margin.
    pub p_greater: f64,
    /// Against a difference below the margin.
    pub p_less: f64,
}

/// Test that the difference of two proportions, the first minus the second, is a given margin.
///
/// # Method
/// Farrington and Manning 1990, Statistics in Medicine 9:1447: score test, the variance at the constrained maximum of
/// the likelihood. With margin 0 the square of z is Pearson's chi-square.
///
/// # Input
/// `x1` successes among `n1` and `x2` among `n2`; `margin` strictly between −1 and 1, negative for non-inferiority of
/// the first group when successes are good.
///
/// # Not estimable
/// `ZeroVariance` when the hypothesis leaves none (margin 0 and only successes or only failures in both groups);
/// `NoData` when a group is empty; `OutOfRange` when a count exceeds its total or the margin is not inside (−1, 1).
///
/// # Agrees with
/// R `ratesci::scoreci(x1, n1, x2, n2, contrast = "RD", skew = FALSE, bcf = FALSE, theta0 = margin)$pval`; cases in
/// `fixtures/reference/two-proportions`.
pub fn farrington_manning(x1: u64, n1: u64, x2: u64, n2: u64, margin: f64) -> Result<MarginTest, Undefined> {
    let pair = Pair { first: counts(x1, n1)?, second: counts(x2, n2)? };
    if !(margin > -1.0 && margin < 1.0) {
        return Err(Undefined::OutOfRange);
    }
    let deviation = pair.deviation(margin, Variance::Plain);
    if deviation <= 0.0 {
        return Err(Undefined::ZeroVariance);
    }
    let z = (pair.difference() - margin) / deviation;
    let p_greater = normal_sf(z)?;
    let p_less = normal_sf(-z)?;
    Ok(MarginTest { z, p: (2.0 * p_greater.min(p_less)).min(1.0), p_greater, p_less })
}

#[cfg(test)]
mod tests {
    use super::super::super::contingency::pearson_chi_square;
    use super::super::super::distribution::normal_sf;
    use super::*;

    type TwoGroups = fn(u64, u64, u64, u64, f64) -> Result<Difference, Undefined>;
    const DIFFERENCES: [TwoGroups; 4] =
        [wald_difference, agresti_caffo_difference, newcombe_corrected_difference, mee_difference];

    #[track_caller]
    fn assert_limits(interval: Interval, lower: f64, upper: f64) {
        let error = libm::fabs(interval.lower - lower).max(libm::fabs(interval.upper - upper));
        assert!(error < 1e-14, "{interval:?} is not {lower} to {upper}");
    }

    #[test]
    fn wald_forms_on_paper() {
        let level = 1.0 - 2.0 * normal_sf(1.0).unwrap();
        // Two variances of 1/32, of 4 in 8 or of 3 + 1 in 6 + 2.
        assert_limits(wald_difference(4, 8, 4, 8, level).unwrap().interval, -0.25, 0.25);
        assert_limits(agresti_caffo_difference(3, 6, 3, 6, level).unwrap().interval, -0.25, 0.25);
        // Without successes the constrained variance is d(1 − d)/n, and the limit 1/(n + 1).
        assert_limits(mee_difference(0, 7, 0, 7, level).unwrap().interval, -1.0 / 8.0, 1.0 / 8.0);
    }

    #[test]
    fn without_a_margin_the_test_is_pearsons() {
        for [x1, n1, x2, n2] in [[15, 20, 8, 20], [3, 7, 1, 9], [1, 20, 7, 2500]] {
            let z = farrington_manning(x1, n1, x2, n2, 0.0).unwrap().z;
            let chi = pearson_chi_square(&[vec![x1, n1 - x1], vec![x2, n2 - x2]]).unwrap().statistic;
            assert!(libm::fabs(z * z - chi) <= 1e-13 * chi);
        }
    }

    #[test]
    fn the_test_turns_with_the_groups_and_mees_limits_are_its_margins() {
        for [x1, n1, x2, n2] in [[15, 20, 8, 20], [0, 20, 5, 30], [20, 20, 12, 20]] {
            for margin in [-0.2, -0.1, 0.1] {
                let here = farrington_manning(x1, n1, x2, n2, margin).unwrap();
                let there = farrington_manning(x2, n2, x1, n1, -margin).unwrap();
                assert!(libm::fabs(here.z + there.z) < 1e-12 && libm::fabs(here.p_less - there.p_greater) < 1e-12);
            }
            let limits = mee_difference(x1, n1, x2, n2, 0.95).unwrap().interval;
            let p = farrington_manning(x1, n1, x2, n2, limits.lower).unwrap().p_greater;
            assert!(libm::fabs(p - 0.025) < 1e-12);
        }
    }

    #[test]
    fn limits_hold_the_estimate_stay_on_the_scale_and_turn() {
        for (n1, n2) in (1..=6).flat_map(|n1| (1..=6).map(move |n2| (n1, n2))) {
            for (x1, x2) in (0..=n1).flat_map(|x1| (0..=n2).map(move |x2| (x1, x2))) {
                for (place, difference) in DIFFERENCES.into_iter().enumerate() {
                    let Ok(Difference { estimate, interval }) = difference(x1, n1, x2, n2, 0.95) else {
                        assert!(place == 0 && (x1 == 0 || x1 == n1) && (x2 == 0 || x2 == n2));
                        continue;
                    };
                    assert!(-1.0 <= interval.lower && interval.upper <= 1.0 && interval.lower <= interval.upper);
                    assert!(interval.lower <= estimate && estimate <= interval.upper, "{place} {x1}/{n1} {x2}/{n2}");
                    let there = difference(x2, n2, x1, n1, 0.95).unwrap().interval;
                    assert_limits(interval, -there.upper, -there.lower);
                }
            }
        }
    }

    #[test]
    fn no_subjects_too_many_successes_and_odd_levels() {
        for difference in DIFFERENCES {
            assert_eq!(difference(1, 5, 0, 0, 0.95), Err(Undefined::NoData));
            assert_eq!(difference(6, 5, 1, 5, 0.95), Err(Undefined::OutOfRange));
            assert_eq!(difference(1, 5, 1, 5, 1.0), Err(Undefined::OutOfRange));
        }
        assert_eq!(wald_difference(5, 5, 0, 5, 0.95), Err(Undefined::ZeroVariance));
        assert_eq!(farrington_manning(5, 5, 4, 4, 0.0), Err(Undefined::ZeroVariance));
        assert_eq!(farrington_manning(5, 5, 4, 4, 1.0), Err(Undefined::OutOfRange));
        assert_eq!(farrington_manning(1, 5, 0, 0, f64::NAN), Err(Undefined::NoData));
    }
}
