//! The difference of two proportions over strata.

use super::super::describe::compensated;
use super::super::distribution::normal_quantile;
use super::super::{Interval, Undefined, real, tail};
use super::difference::{Difference, Pair, Variance, boundary};

/// Two groups in one stratum: `x1` successes among `n1` and `x2` among `n2`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stratum {
    /// Successes of the first group.
    pub x1: u64,
    /// Subjects of the first group.
    pub n1: u64,
    /// Successes of the second group.
    pub x2: u64,
    /// Subjects of the second group.
    pub n2: u64,
}

/// A weighted difference of proportions, the first group minus the second.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AdjustedDifference {
    /// The weighted difference.
    pub estimate: f64,
    /// Its standard error.
    pub standard_error: f64,
    /// Limits of the normal approximation, cut at −1 and 1.
    pub interval: Interval,
}

/// Mantel-Haenszel difference of proportions with the variance of Sato.
///
/// # Method
/// Weights n1 n2 / (n1 + n2). Variance of Sato, Greenland and Robins 1989, Biometrics 45:1323, consistent for few large
/// and for many sparse strata. A stratum without one of the groups has weight 0.
///
/// # Input
/// The strata in any order; `level` strictly between 0 and 1.
///
/// # Not estimable
/// `NoData` without subjects; `NotEstimable` when no stratum has both groups; `ZeroVariance` when the variance is not
/// above 0, as with the same outcome for all; `OutOfRange` when a count exceeds its total or the level is not a
/// probability.
///
/// # Agrees with
/// R `metafor::rma.mh(measure = "RD")` and SAS `PROC FREQ` with `COMMONRISKDIFF(CL=MH)`; cases in
/// `fixtures/reference/stratified-difference`.
pub fn mantel_haenszel_difference(strata: &[Stratum], level: f64) -> Result<AdjustedDifference, Undefined> {
    let z = -normal_quantile(tail(level)?)?;
    let groups = Groups::new(strata)?;
    let estimate = groups.difference();
    let variance = compensated(groups.strata.iter().flat_map(|(pair, _)| {
        let ((x1, n1), (x2, n2)) = (pair.first, pair.second);
        let total = n1 + n2;
        let [share1, share2] = [n1 / total, n2 / total];
        let slope = share1 * share1 * x2 - share2 * share2 * x1 + share1 * share2 * (n2 - n1) / 2.0;
        [estimate * slope, f64::midpoint(x1 * ((n2 - x2) / total), x2 * ((n1 - x1) / total))]
    }));
    adjusted(estimate, variance / groups.total / groups.total, z)
}

/// Difference of proportions over strata with minimum risk weights.
///
/// # Method
/// Mehrotra and Railkar 2000, Statistics in Medicine 19:811: the weights with sum 1 that make variance plus squared bias
/// least, where the bias is the distance from the difference weighted by the share of subjects and both are taken at the
/// observed proportions; Lagrange's equations in closed form. No continuity correction. A weight may be negative.
///
/// # Input
/// The strata in any order; `level` strictly between 0 and 1.
///
/// # Not estimable
/// `NoData` without subjects; `NotEstimable` when a stratum lacks one of the groups; `ZeroVariance` when in a stratum
/// each group has only successes or only failures; `OutOfRange` when a count exceeds its total or the level is not a
/// probability.
///
/// # Agrees with
/// The least of the risk by solving its linear equations with 50 digits; cases in
/// `fixtures/reference/stratified-difference`.
pub fn minimum_risk_difference(strata: &[Stratum], level: f64) -> Result<AdjustedDifference, Undefined> {
    let z = -normal_quantile(tail(level)?)?;
    let groups = Groups::new(strata)?;
    let occupied = strata.iter().filter(|own| own.n1 > 0 || own.n2 > 0).count();
    if groups.strata.len() < occupied {
        return Err(Undefined::NotEstimable);
    }
    let parts: Vec<[f64; 3]> = groups
        .strata
        .iter()
        .map(|(pair, _)| [pair.difference(), observed_variance(pair), pair.first.1 + pair.second.1])
        .collect();
    if parts.iter().any(|[_, variance, _]| *variance <= 0.0) {
        return Err(Undefined::ZeroVariance);
    }
    let subjects = compensated(parts.iter().map(|[_, _, n]| *n));
    let crude = compensated(parts.iter().map(|[d, _, n]| d * (n / subjects)));
    let precision = compensated(parts.iter().map(|[_, variance, _]| 1.0 / variance));
    let centre = compensated(parts.iter().map(|[d, variance, _]| d / variance)) / precision;
    let spread = compensated(parts.iter().map(|[d, variance, _]| (d - centre) * (d - centre) / variance));
    let bias = (centre - crude) / (1.0 + spread);
    let weights: Vec<f64> =
        parts.iter().map(|[d, variance, _]| (1.0 / precision + bias * (centre - d)) / variance).collect();
    let pairs = || weights.iter().zip(&parts);
    let estimate = compensated(pairs().map(|(weight, [d, _, _])| weight * d));
    adjusted(estimate, compensated(pairs().map(|(weight, [_, variance, _])| weight * weight * variance)), z)
}

/// Score interval for a common difference of proportions over strata.
///
/// # Method
/// Miettinen and Nurminen 1985, Statistics in Medicine 4:213, with the weights of Mantel and Haenszel, n1 n2 / (n1 +
/// n2): the differences that the stratified score test does not reject, each stratum's variance at its constrained
/// maximum of the likelihood times N / (N − 1). At 0 that test is the one of Cochran, Mantel and Haenszel. Bisected
/// until no double lies between. A stratum without one of the groups has weight 0.
///
/// # Input
/// The strata in any order; `level` strictly between 0 and 1. Cells may be empty.
///
/// # Not estimable
/// `NoData` without subjects; `NotEstimable` when no stratum has both groups; `OutOfRange` when a count exceeds its
/// total or the level is not a probability.
///
/// # Agrees with
/// R `ratesci::scoreci(x1, n1, x2, n2, contrast = "RD", stratified = TRUE, skew = FALSE, bcf = TRUE, weighting =
/// "MH")`; cases in `fixtures/reference/stratified-difference`.
pub fn stratified_miettinen_nurminen(strata: &[Stratum], level: f64) -> Result<Difference, Undefined> {
    let z = -normal_quantile(tail(level)?)?;
    let groups = Groups::new(strata)?;
    let estimate = groups.difference();
    let score = |difference: f64| {
        let deviations = groups.strata.iter().map(|(pair, weight)| {
            let deviation = weight / groups.total * pair.deviation(difference, Variance::Unbiased);
            deviation * deviation
        });
        let deviation = deviations.sum::<f64>().sqrt();
        let distance = estimate - difference;
        if deviation > 0.0 { distance / deviation } else { distance * f64::MAX }
    };
    Ok(Difference {
        estimate,
        interval: Interval {
            lower: boundary(-1.0, estimate, |difference| score(difference) > z),
            upper: boundary(estimate, 1.0, |difference| score(difference) > -z),
        },
    })
}

/// Hybrid score interval for a difference of proportions over strata.
///
/// # Method
/// Yan and Su 2010, Statistics in Biopharmaceutical Research 2:301: stratified Wilson limits of both groups, joined as
/// by Newcombe, all with the weights of Mantel and Haenszel; cut at −1 and 1. A stratum without one of the groups has
/// weight 0.
///
/// # Input
/// The strata in any order; `level` strictly between 0 and 1.
///
/// # Not estimable
/// `ZeroVariance` when in one of the groups each stratum has only successes or only failures; `NoData` without
/// subjects; `NotEstimable` when no stratum has both groups; `OutOfRange` when a count exceeds its total or the level is
/// not a probability.
///
/// # Agrees with
/// R `tern::prop_diff_strat_nc(weights_method = "cmh")`, as written again for the reference set; cases in
/// `fixtures/reference/stratified-difference`.
pub fn stratified_newcombe(strata: &[Stratum], level: f64) -> Result<Difference, Undefined> {
    let z = -normal_quantile(tail(level)?)?;
    let groups = Groups::new(strata)?;
    let one = groups.hybrid(|pair| pair.first, z)?;
    let two = groups.hybrid(|pair| pair.second, z)?;
    let estimate = groups.difference();
    let reach =
        |first: f64, second: f64| z * (one.scale * first * (1.0 - first) + two.scale * second * (1.0 - second)).sqrt();
    Ok(Difference {
        estimate,
        interval: Interval {
            lower: (estimate - reach(one.limits.lower, two.limits.upper)).max(-1.0),
            upper: (estimate + reach(one.limits.upper, two.limits.lower)).min(1.0),
        },
    })
}

/// The strata with both groups and their weights.
pub(super) struct Groups {
    pub(super) strata: Vec<(Pair, f64)>,
    pub(super) total: f64,
}

/// What the hybrid interval needs of one group.
struct Hybrid {
    limits: Interval,
    /// Sum of squared weights over subjects.
    scale: f64,
}

impl Groups {
    pub(super) fn new(strata: &[Stratum]) -> Result<Self, Undefined> {
        if strata.iter().any(|own| own.x1 > own.n1 || own.x2 > own.n2) {
            return Err(Undefined::OutOfRange);
        }
        if strata.iter().all(|own| own.n1 == 0 && own.n2 == 0) {
            return Err(Undefined::NoData);
        }
        let both = strata.iter().filter(|own| own.n1 > 0 && own.n2 > 0);
        let strata: Vec<(Pair, f64)> = both
            .map(|own| {
                let (n1, n2) = (real(own.n1), real(own.n2));
                (Pair { first: (real(own.x1), n1), second: (real(own.x2), n2) }, n1 * (n2 / (n1 + n2)))
            })
            .collect();
        let total = compensated(strata.iter().map(|(_, weight)| *weight));
        if strata.is_empty() { Err(Undefined::NotEstimable) } else { Ok(Self { strata, total }) }
    }

    pub(super) fn difference(&self) -> f64 {
        let difference = compensated(self.strata.iter().map(|(pair, weight)| weight * pair.difference())) / self.total;
        difference.clamp(-1.0, 1.0)
    }

    fn hybrid(&self, of: impl Fn(&Pair) -> (f64, f64), z: f64) -> Result<Hybrid, Undefined> {
        let parts: Vec<[f64; 3]> = self
            .strata
            .iter()
            .map(|(pair, weight)| {
                let (x, n) = of(pair);
                [x, n, weight / self.total]
            })
            .collect();
        let deviation = |[x, n, weight]: &[f64; 3]| weight * (x / n * ((n - x) / n) / n).sqrt();
        let length = compensated(parts.iter().map(|part| deviation(part) * deviation(part))).sqrt();
        let sum = compensated(parts.iter().map(deviation));
        if sum <= 0.0 {
            return Err(Undefined::ZeroVariance);
        }
        let reduced = z * (length / sum);
        let square = reduced * reduced;
        let limit = |sign: f64| {
            compensated(parts.iter().map(|[x, n, weight]| {
                let half = reduced * (x * ((n - x) / n) + square / 4.0).sqrt();
                weight * ((x + square / 2.0 + sign * half) / (n + square))
            }))
        };
        let limits = Interval { lower: limit(-1.0).max(0.0), upper: limit(1.0).min(1.0) };
        Ok(Hybrid { limits, scale: compensated(parts.iter().map(|[_, n, weight]| weight * weight / n)) })
    }
}

pub(super) fn observed_variance(pair: &Pair) -> f64 {
    [pair.first, pair.second].iter().map(|(x, n)| x / n * ((n - x) / n) / n).sum()
}

pub(super) fn adjusted(estimate: f64, variance: f64, z: f64) -> Result<AdjustedDifference, Undefined> {
    if variance <= 0.0 {
        return Err(Undefined::ZeroVariance);
    }
    let standard_error = variance.sqrt();
    let half = z * standard_error;
    let interval = Interval { lower: (estimate - half).max(-1.0), upper: (estimate + half).min(1.0) };
    Ok(AdjustedDifference { estimate, standard_error, interval })
}

#[cfg(test)]
mod tests {
    use super::super::{miettinen_nurminen_difference, newcombe_difference, wald_difference};
    use super::*;

    fn plain(strata: &[Stratum], level: f64, of: usize) -> Result<Difference, Undefined> {
        let adjusted = |found: AdjustedDifference| Difference { estimate: found.estimate, interval: found.interval };
        match of {
            0 => mantel_haenszel_difference(strata, level).map(adjusted),
            1 => minimum_risk_difference(strata, level).map(adjusted),
            2 => stratified_miettinen_nurminen(strata, level),
            _ => stratified_newcombe(strata, level),
        }
    }

    fn strata(rows: &[[u64; 4]]) -> Vec<Stratum> {
        rows.iter().map(|[x1, n1, x2, n2]| Stratum { x1: *x1, n1: *n1, x2: *x2, n2: *n2 }).collect()
    }

    #[track_caller]
    fn assert_same(here: Difference, there: Difference) {
        for (one, two) in [
            (here.estimate, there.estimate),
            (here.interval.lower, there.interval.lower),
            (here.interval.upper, there.interval.upper),
        ] {
            assert!(libm::fabs(one - two) < 1e-13, "{here:?} is not {there:?}");
        }
    }

    #[test]
    fn one_stratum_is_the_difference_without_strata() {
        let one = strata(&[[15, 20, 8, 20]]);
        assert_same(plain(&one, 0.95, 1).unwrap(), wald_difference(15, 20, 8, 20, 0.95).unwrap());
        assert_same(plain(&one, 0.95, 2).unwrap(), miettinen_nurminen_difference(15, 20, 8, 20, 0.95).unwrap());
        assert_same(plain(&one, 0.95, 3).unwrap(), newcombe_difference(15, 20, 8, 20, 0.95).unwrap());
    }

    #[test]
    fn a_stratum_with_one_group_leaves_no_trace_and_order_does_not_matter() {
        let here = strata(&[[8, 12, 4, 11], [5, 10, 3, 10]]);
        let there = strata(&[[5, 10, 3, 10], [3, 7, 0, 0], [8, 12, 4, 11], [0, 0, 0, 0]]);
        for of in [0, 2, 3] {
            assert_same(plain(&here, 0.9, of).unwrap(), plain(&there, 0.9, of).unwrap());
        }
        assert_eq!(plain(&there, 0.9, 1), Err(Undefined::NotEstimable));
    }

    #[test]
    fn limits_hold_the_estimate_and_turn_with_the_groups() {
        let cells = || (0..=2).flat_map(|x1| (0..=2).map(move |x2| [x1, 2, x2, 2]));
        for (first, second) in cells().flat_map(|first| cells().map(move |second| (first, second))) {
            let here = strata(&[first, second]);
            let there = strata(&[first, second].map(|[x1, n1, x2, n2]| [x2, n2, x1, n1]));
            for of in 0..4 {
                let (here, there) = (plain(&here, 0.95, of), plain(&there, 0.95, of));
                let (Ok(here), Ok(there)) = (here, there) else {
                    assert!(here == Err(Undefined::ZeroVariance) && there == here && of != 2);
                    continue;
                };
                assert!(here.interval.lower <= here.estimate && here.estimate <= here.interval.upper);
                let turned = Interval { lower: -there.interval.upper, upper: -there.interval.lower };
                assert_same(here, Difference { estimate: -there.estimate, interval: turned });
            }
        }
    }

    #[test]
    fn no_subjects_too_many_successes_and_odd_levels() {
        for of in 0..4 {
            assert_eq!(plain(&[], 0.95, of), Err(Undefined::NoData));
            assert_eq!(plain(&strata(&[[1, 2, 0, 0]]), 0.95, of), Err(Undefined::NotEstimable));
            assert_eq!(plain(&strata(&[[3, 2, 1, 2]]), 0.95, of), Err(Undefined::OutOfRange));
            assert_eq!(plain(&strata(&[[1, 2, 1, 2]]), 1.0, of), Err(Undefined::OutOfRange));
        }
        for of in [0, 1, 3] {
            assert_eq!(plain(&strata(&[[0, 2, 0, 3]]), 0.95, of), Err(Undefined::ZeroVariance));
        }
    }
}
