//! The difference of two independent proportions.

use super::super::distribution::normal_quantile;
use super::super::{Interval, Undefined, real, tail};
use super::{counts, wilson};

/// A difference of two proportions, the first minus the second, with its limits.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Difference {
    /// The observed difference.
    pub estimate: f64,
    /// Its limits, within [−1, 1].
    pub interval: Interval,
}

/// Score interval for a difference of proportions.
///
/// # Method
/// Miettinen and Nurminen 1985, Statistics in Medicine 4:213: the differences that the score test does not reject, its
/// variance taken at the constrained maximum of the likelihood (closed form of the cubic, appendix 1) and multiplied by
/// N / (N − 1). The limits are bisected until no double lies between.
///
/// # Input
/// `x1` successes among `n1` and `x2` among `n2`; `level` strictly between 0 and 1. Cells may be empty.
///
/// # Not estimable
/// `NoData` when a group is empty; `OutOfRange` when a count exceeds its total or the level is not a probability.
///
/// # Agrees with
/// R `ratesci::scoreci(x1, n1, x2, n2, contrast = "RD", skew = FALSE, bcf = TRUE)`; cases in
/// `fixtures/reference/miettinen-nurminen`.
pub fn miettinen_nurminen_difference(x1: u64, n1: u64, x2: u64, n2: u64, level: f64) -> Result<Difference, Undefined> {
    let z = -normal_quantile(tail(level)?)?;
    let pair = Pair { first: counts(x1, n1)?, second: counts(x2, n2)? };
    Ok(pair.score_interval(z, Variance::Unbiased))
}

/// Hybrid score interval for a difference of proportions, without continuity correction.
///
/// # Method
/// Newcombe 1998, Statistics in Medicine 17:873, method 10: the distances of the Wilson limits from the two
/// proportions, joined as the legs of a triangle.
///
/// # Input
/// `x1` successes among `n1` and `x2` among `n2`; `level` strictly between 0 and 1.
///
/// # Not estimable
/// `NoData` when a group is empty; `OutOfRange` when a count exceeds its total or the level is not a probability.
///
/// # Agrees with
/// R `DescTools::BinomDiffCI(x1, n1, x2, n2, method = "score")`; cases in `fixtures/reference/newcombe`.
pub fn newcombe_difference(x1: u64, n1: u64, x2: u64, n2: u64, level: f64) -> Result<Difference, Undefined> {
    let (one, two) = (wilson(x1, n1, level)?, wilson(x2, n2, level)?);
    let (p1, p2) = (real(x1) / real(n1), real(x2) / real(n2));
    let estimate = p1 - p2;
    Ok(Difference {
        estimate,
        interval: Interval {
            lower: estimate - libm::hypot(p1 - one.lower, two.upper - p2),
            upper: estimate + libm::hypot(one.upper - p1, p2 - two.lower),
        },
    })
}

/// Where a decreasing condition ceases to hold between `low` and `high`.
pub(super) fn boundary(mut low: f64, mut high: f64, holds: impl Fn(f64) -> bool) -> f64 {
    loop {
        let middle = f64::midpoint(low, high);
        if middle <= low || middle >= high {
            return middle;
        }
        if holds(middle) {
            low = middle;
        } else {
            high = middle;
        }
    }
}

/// Two groups as (successes, total).
pub(super) struct Pair {
    pub(super) first: (f64, f64),
    pub(super) second: (f64, f64),
}

/// The variance of a score statistic: as it is, or times N / (N − 1).
#[derive(Clone, Copy)]
pub(super) enum Variance {
    Plain,
    Unbiased,
}

impl Pair {
    pub(super) fn difference(&self) -> f64 {
        self.first.0 / self.first.1 - self.second.0 / self.second.1
    }

    /// The differences that the score test does not reject.
    pub(super) fn score_interval(&self, z: f64, variance: Variance) -> Difference {
        let estimate = self.difference();
        Difference {
            estimate,
            interval: Interval {
                lower: boundary(-1.0, estimate, |difference| self.score(difference, variance) > z),
                upper: boundary(estimate, 1.0, |difference| self.score(difference, variance) > -z),
            },
        }
    }

    /// The standard error of the difference when it is truly `difference`.
    pub(super) fn deviation(&self, difference: f64, variance: Variance) -> f64 {
        let (n1, n2) = (self.first.1, self.second.1);
        let p2 = self.constrained(difference);
        let p1 = (p2 + difference).clamp(0.0, 1.0);
        let plain = p1 * (1.0 - p1) / n1 + p2 * (1.0 - p2) / n2;
        let total = n1 + n2;
        match variance {
            Variance::Plain => plain.sqrt(),
            Variance::Unbiased => (plain * total / (total - 1.0)).sqrt(),
        }
    }

    /// The signed root of the score statistic for a true `difference`.
    fn score(&self, difference: f64, variance: Variance) -> f64 {
        let distance = self.difference() - difference;
        let deviation = self.deviation(difference, variance);
        if deviation > 0.0 {
            distance / deviation
        } else {
            // Both proportions at an end of the scale leave no variance: any distance is then beyond all limits.
            distance * f64::MAX
        }
    }

    /// The second proportion of highest likelihood when the first one is higher by `difference`.
    fn constrained(&self, difference: f64) -> f64 {
        let ((x1, n1), (x2, n2)) = (self.first, self.second);
        let total = n1 + n2;
        let l2 = (n1 + 2.0 * n2) * difference - total - x1 - x2;
        let l1 = (n2 * difference - total - 2.0 * x2) * difference + x1 + x2;
        let l0 = x2 * difference * (1.0 - difference);
        let third = l2 / (3.0 * total);
        let q = third * third * third - l1 * third / (2.0 * total) + l0 / (2.0 * total);
        let spread = (third * third - l1 / (3.0 * total)).max(0.0).sqrt();
        let p = if q < 0.0 { -spread } else { spread };
        let cosine = if p == 0.0 { 0.0 } else { (q / (p * p * p)).clamp(-1.0, 1.0) };
        let angle = (std::f64::consts::PI + libm::acos(cosine)) / 3.0;
        let root = 2.0 * p * libm::cos(angle) - third;
        self.polished(root, difference)
    }

    /// One Newton step on the likelihood: the closed form is a difference of numbers near 1, which leaves rare events
    /// few digits (7 of 2500 against 19 of 2500).
    fn polished(&self, root: f64, difference: f64) -> f64 {
        let range = (-difference).max(0.0)..=(1.0 - difference).min(1.0);
        let root = root.clamp(*range.start(), *range.end());
        let (mut slope, mut curvature) = (0.0, 0.0);
        for ((successes, total), p) in [(self.first, root + difference), (self.second, root)] {
            for (count, share) in [(successes, p), (total - successes, p - 1.0)] {
                if count > 0.0 {
                    slope += count / share;
                    curvature += count / share / share;
                }
            }
        }
        let step = slope / curvature;
        if step.is_finite() { (root + step).clamp(*range.start(), *range.end()) } else { root }
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::contingency::pearson_chi_square;
    use super::super::super::distribution::{chi_square_sf, normal_sf};
    use super::*;

    type TwoGroups = fn(u64, u64, u64, u64, f64) -> Result<Difference, Undefined>;
    const DIFFERENCES: [TwoGroups; 2] = [miettinen_nurminen_difference, newcombe_difference];

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
    fn newcombe_on_paper() {
        // Proportions 1/3 (1/5 to 1/2) and 1/2 (1/3 to 2/3).
        let difference = newcombe_difference(3, 9, 4, 8, one_sigma()).unwrap();
        let (lower, upper) = (41.0_f64.sqrt() / 30.0, 2.0_f64.sqrt() / 6.0);
        assert_limits(difference.interval, -1.0 / 6.0 - lower, -1.0 / 6.0 + upper);
    }

    #[test]
    fn miettinen_nurminen_without_successes_on_paper() {
        // The variance is then d(1 − d)/n · 2n/(2n − 1), and the limit 2/(2n + 1).
        let difference = miettinen_nurminen_difference(0, 7, 0, 7, one_sigma()).unwrap();
        assert_limits(difference.interval, -2.0 / 15.0, 2.0 / 15.0);
    }

    #[test]
    fn the_score_limit_is_zero_where_the_test_says_so() {
        let table = [vec![15, 5], vec![8, 12]];
        let statistic = pearson_chi_square(&table).unwrap().statistic * 39.0 / 40.0;
        let level = 1.0 - chi_square_sf(statistic, 1.0).unwrap();
        let difference = miettinen_nurminen_difference(15, 20, 8, 20, level).unwrap();
        assert!(libm::fabs(difference.interval.lower) < 1e-14);
    }

    #[test]
    fn exchanging_the_groups_turns_the_interval() {
        for [x1, n1, x2, n2] in [[15, 20, 8, 20], [0, 20, 5, 30], [20, 20, 0, 20], [7, 2500, 19, 2400]] {
            for difference in DIFFERENCES {
                let here = difference(x1, n1, x2, n2, 0.95).unwrap();
                let there = difference(x2, n2, x1, n1, 0.95).unwrap();
                assert_limits(here.interval, -there.interval.upper, -there.interval.lower);
                let failures = difference(n1 - x1, n1, n2 - x2, n2, 0.95).unwrap();
                assert_limits(failures.interval, -here.interval.upper, -here.interval.lower);
            }
        }
    }

    #[test]
    fn limits_hold_the_estimate_and_stay_on_the_scale() {
        for n1 in 1..=6 {
            for n2 in 1..=6 {
                for (x1, x2) in (0..=n1).flat_map(|x1| (0..=n2).map(move |x2| (x1, x2))) {
                    for difference in DIFFERENCES {
                        let Difference { estimate, interval } = difference(x1, n1, x2, n2, 0.95).unwrap();
                        assert!(-1.0 <= interval.lower && interval.lower <= estimate);
                        assert!(estimate <= interval.upper && interval.upper <= 1.0);
                    }
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
    }
}
