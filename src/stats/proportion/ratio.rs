//! The ratio of two independent proportions.

use super::super::distribution::normal_quantile;
use super::super::{Undefined, tail};
use super::counts;

/// A ratio of the first group to the second, with its limits. What has no value here exceeds every number.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ratio {
    /// The estimate; none when it is infinite.
    pub estimate: Option<f64>,
    /// Its limits.
    pub interval: RatioInterval,
}

/// Limits of a ratio, the lower not above the upper.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RatioInterval {
    /// Lower limit, 0 or more.
    pub lower: f64,
    /// Upper limit; none when the ratio is unbounded above.
    pub upper: Option<f64>,
}

/// Ratios between which limits are sought: counts up to 2^64 at any level lead to none near these ends, and products
/// with them stay in the range of a double.
pub(in super::super) const RATIOS: [f64; 2] = [1e-100, 1e100];

/// Score interval for a ratio of proportions (risk ratio).
///
/// # Method
/// Miettinen and Nurminen 1985, Statistics in Medicine 4:213: the ratios that the score test does not reject, its
/// variance taken at the constrained maximum of the likelihood (a quadratic equation) and multiplied by N / (N − 1), as
/// for the difference. Without that factor it is the interval of Koopman 1984, Biometrics 40:513. The limits are
/// bisected until no double lies between.
///
/// # Input
/// `x1` successes among `n1` and `x2` among `n2`; `level` strictly between 0 and 1. Without successes in the first
/// group the lower limit is 0; without successes in the second the estimate and the upper limit are infinite.
///
/// # Not estimable
/// `ZeroMargin` without successes in either group; `NoData` when a group is empty; `OutOfRange` when a count exceeds
/// its total or the level is not a probability.
///
/// # Agrees with
/// R `ratesci::scoreci(x1, n1, x2, n2, contrast = "RR", skew = FALSE, bcf = TRUE)`; cases in
/// `fixtures/reference/risk-ratio`.
pub fn risk_ratio(x1: u64, n1: u64, x2: u64, n2: u64, level: f64) -> Result<Ratio, Undefined> {
    let z = -normal_quantile(tail(level)?)?;
    let pair = [counts(x1, n1)?, counts(x2, n2)?];
    if x1 == 0 && x2 == 0 {
        return Err(Undefined::ZeroMargin);
    }
    let estimate = (x2 > 0).then(|| quotient(pair));
    let [least, most] = RATIOS;
    let lower = if x1 == 0 { 0.0 } else { crossing(least, estimate.unwrap_or(most), |ratio| score(pair, ratio) > z) };
    let upper = estimate.map(|estimate| crossing(estimate.max(least), most, |ratio| score(pair, ratio) > -z));
    Ok(Ratio { estimate, interval: RatioInterval { lower, upper } })
}

/// Interval for a ratio of proportions (risk ratio) from the normal approximation of its logarithm.
///
/// # Method
/// Katz, Baptista, Azen and Pike 1978, Biometrics 34:469: the logarithm of the ratio and the square root of
/// 1/x1 − 1/n1 + 1/x2 − 1/n2. No count is altered.
///
/// # Input
/// `x1` successes among `n1` and `x2` among `n2`; `level` strictly between 0 and 1.
///
/// # Not estimable
/// `ZeroMargin` without successes in either group; `Separated` without successes in one of them; `ZeroVariance` when all
/// are successes; `NoData` when a group is empty; `OutOfRange` when a count exceeds its total or the level is not a
/// probability.
///
/// # Agrees with
/// R `DescTools::BinomRatioCI(x1, n1, x2, n2, method = "katz.log")`, except that it replaces counts when all are
/// successes; cases in `fixtures/reference/risk-ratio`.
pub fn risk_ratio_wald(x1: u64, n1: u64, x2: u64, n2: u64, level: f64) -> Result<Ratio, Undefined> {
    let z = -normal_quantile(tail(level)?)?;
    let pair = [counts(x1, n1)?, counts(x2, n2)?];
    if x1 == 0 && x2 == 0 {
        return Err(Undefined::ZeroMargin);
    }
    if x1 == 0 || x2 == 0 {
        return Err(Undefined::Separated);
    }
    // 1/x − 1/n without the cancellation.
    let variance: f64 = pair.iter().map(|(x, n)| (n - x) / n / x).sum();
    if variance <= 0.0 {
        return Err(Undefined::ZeroVariance);
    }
    Ok(about(quotient(pair), z * variance.sqrt()))
}

/// Two groups as (successes, total).
type Pair = [(f64, f64); 2];

fn quotient([(x1, n1), (x2, n2)]: Pair) -> f64 {
    x1 / n1 / (x2 / n2)
}

/// Limits at the same `distance` from the logarithm of the estimate.
pub(in super::super) fn about(estimate: f64, distance: f64) -> Ratio {
    let interval =
        RatioInterval { lower: estimate * libm::exp(-distance), upper: Some(estimate * libm::exp(distance)) };
    Ratio { estimate: Some(estimate), interval }
}

/// Where a decreasing condition ceases to hold between two positive numbers.
///
/// The bits of positive doubles are in the order of the doubles: halving between them takes the same 64 steps at every
/// scale.
pub(in super::super) fn crossing(low: f64, high: f64, holds: impl Fn(f64) -> bool) -> f64 {
    let (mut low, mut high) = (low.to_bits(), high.to_bits());
    while low + 1 < high {
        let middle = u64::midpoint(low, high);
        if holds(f64::from_bits(middle)) {
            low = middle;
        } else {
            high = middle;
        }
    }
    f64::from_bits(high)
}

/// The signed root of the score statistic for a true `ratio`.
fn score([(x1, n1), (x2, n2)]: Pair, ratio: f64) -> f64 {
    let distance = x1 / n1 - ratio * (x2 / n2);
    // The second proportion of highest likelihood is the smaller root of N r q² − (r (n1 + x2) + n2 + x1) q + x1 + x2;
    // written like this nothing cancels.
    let (one, two) = (ratio * (n1 + x2), n2 + x1);
    let spread = ((one - two) * (one - two) + 4.0 * ratio * (n1 - x1) * (n2 - x2)).sqrt();
    let p2 = (2.0 * (x1 + x2) / (one + two + spread)).min(1.0);
    let p1 = (ratio * p2).min(1.0);
    let variance = p1 * (1.0 - p1) / n1 + ratio * ratio * p2 * (1.0 - p2) / n2;
    let total = n1 + n2;
    let deviation = (variance * total / (total - 1.0)).sqrt();
    // Both proportions at an end of the scale leave no variance: any distance is then beyond all limits.
    if deviation > 0.0 { distance / deviation } else { distance * f64::MAX }
}

#[cfg(test)]
mod tests {
    use super::super::super::contingency::pearson_chi_square;
    use super::super::super::distribution::{chi_square_sf, normal_sf};
    use super::*;

    type TwoGroups = fn(u64, u64, u64, u64, f64) -> Result<Ratio, Undefined>;
    const RATIO_INTERVALS: [TwoGroups; 2] = [risk_ratio, risk_ratio_wald];

    #[track_caller]
    fn assert_close(value: f64, expected: f64) {
        assert!(libm::fabs(value - expected) <= 1e-13 * expected, "{value:e} is not {expected:e}");
    }

    #[test]
    fn all_successes_on_paper() {
        // Below 1 the constrained proportions are r and 1: z² = (1 − r)² n / (r (1 − r)) · (2n − 1) / 2n, and with z =
        // 1 and n = 7 the limit is 13/15.
        let level = 1.0 - 2.0 * normal_sf(1.0).unwrap();
        let Ratio { estimate, interval } = risk_ratio(7, 7, 7, 7, level).unwrap();
        assert_eq!(estimate, Some(1.0));
        assert_close(interval.lower, 13.0 / 15.0);
        assert_close(interval.upper.unwrap(), 15.0 / 13.0);
    }

    #[test]
    fn the_score_limit_is_one_where_the_test_says_so() {
        let statistic = pearson_chi_square(&[vec![15, 5], vec![8, 12]]).unwrap().statistic * 39.0 / 40.0;
        let level = 1.0 - chi_square_sf(statistic, 1.0).unwrap();
        assert_close(risk_ratio(15, 20, 8, 20, level).unwrap().interval.lower, 1.0);
    }

    #[test]
    fn the_wald_interval_on_paper() {
        // Ratio 2, variance 1/4 − 1/8 + 1/2 − 1/8 = 1/2.
        let level = 1.0 - 2.0 * normal_sf(1.0).unwrap();
        let Ratio { estimate, interval } = risk_ratio_wald(4, 8, 2, 8, level).unwrap();
        assert_eq!(estimate, Some(2.0));
        assert_close(interval.lower, 2.0 * libm::exp(-(0.5_f64.sqrt())));
        assert_close(interval.upper.unwrap(), 2.0 * libm::exp(0.5_f64.sqrt()));
    }

    #[test]
    fn exchanging_the_groups_inverts_the_interval() {
        for [x1, n1, x2, n2] in [[15, 20, 8, 20], [20, 20, 5, 30], [20, 20, 1, 20], [7, 2500, 19, 2400]] {
            for ratio in RATIO_INTERVALS {
                let (here, there) = (ratio(x1, n1, x2, n2, 0.95).unwrap(), ratio(x2, n2, x1, n1, 0.95).unwrap());
                assert_close(here.estimate.unwrap(), 1.0 / there.estimate.unwrap());
                assert_close(here.interval.lower, 1.0 / there.interval.upper.unwrap());
            }
        }
    }

    #[test]
    fn an_empty_cell_leaves_one_side_open() {
        let none_in_first = risk_ratio(0, 20, 5, 20, 0.95).unwrap();
        assert_eq!(none_in_first.estimate, Some(0.0));
        assert_eq!(none_in_first.interval.lower.to_bits(), 0);
        let none_in_second = risk_ratio(5, 20, 0, 20, 0.95).unwrap();
        assert_eq!((none_in_second.estimate, none_in_second.interval.upper), (None, None));
        assert_close(none_in_second.interval.lower, 1.0 / none_in_first.interval.upper.unwrap());
    }

    #[test]
    fn limits_hold_the_estimate() {
        for n1 in 1..=6 {
            for n2 in 1..=6 {
                for (x1, x2) in (0..=n1).flat_map(|x1| (0..=n2).map(move |x2| (x1, x2))).skip(1) {
                    let Ratio { estimate, interval } = risk_ratio(x1, n1, x2, n2, 0.95).unwrap();
                    let infinite = f64::INFINITY;
                    assert!(interval.lower <= estimate.unwrap_or(infinite));
                    assert!(estimate.unwrap_or(infinite) <= interval.upper.unwrap_or(infinite));
                }
            }
        }
    }

    #[test]
    fn what_has_no_ratio() {
        for ratio in RATIO_INTERVALS {
            assert_eq!(ratio(0, 5, 0, 5, 0.95), Err(Undefined::ZeroMargin));
            assert_eq!(ratio(1, 5, 0, 0, 0.95), Err(Undefined::NoData));
            assert_eq!(ratio(6, 5, 1, 5, 0.95), Err(Undefined::OutOfRange));
            assert_eq!(ratio(1, 5, 1, 5, 1.0), Err(Undefined::OutOfRange));
            let huge = ratio(1, u64::MAX, u64::MAX, u64::MAX, 0.95).unwrap();
            assert!(huge.interval.lower > 0.0 && huge.interval.upper.unwrap() < 1.0);
        }
        assert_eq!(risk_ratio_wald(0, 5, 1, 5, 0.95), Err(Undefined::Separated));
        assert_eq!(risk_ratio_wald(1, 5, 0, 5, 0.95), Err(Undefined::Separated));
        assert_eq!(risk_ratio_wald(5, 5, 4, 4, 0.95), Err(Undefined::ZeroVariance));
    }
}
