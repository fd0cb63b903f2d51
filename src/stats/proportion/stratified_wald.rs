//! The difference of two proportions over strata with the variance of fixed strata.

use super::super::describe::compensated;
use super::super::distribution::normal_quantile;
use super::super::{Undefined, tail};
use super::stratified::{AdjustedDifference, Groups, Stratum, adjusted, observed_variance};

/// Mantel-Haenszel difference of proportions with the variance of Greenland and Robins.
///
/// # Method
/// Weights n1 n2 / (n1 + n2), as `mantel_haenszel_difference`; the variance is the sum of squared weights times the
/// binomial variances of the strata, Greenland and Robins 1985, Biometrics 41:55: for few large strata only. A stratum
/// without one of the groups has weight 0.
///
/// # Input
/// The strata in any order; `level` strictly between 0 and 1.
///
/// # Not estimable
/// `NoData` without subjects; `NotEstimable` when no stratum has both groups; `ZeroVariance` when in each stratum each
/// group has only successes or only failures; `OutOfRange` when a count exceeds its total or the level is not a
/// probability.
///
/// # Agrees with
/// R `tern::prop_diff_cmh` by its method: cases in `fixtures/reference/stratified-difference` are its formula in R and in
/// fractions.
pub fn cmh_weighted_difference(strata: &[Stratum], level: f64) -> Result<AdjustedDifference, Undefined> {
    let z = -normal_quantile(tail(level)?)?;
    let groups = Groups::new(strata)?;
    let variance = compensated(groups.strata.iter().map(|(pair, weight)| {
        let share = weight / groups.total;
        share * share * observed_variance(pair)
    }));
    adjusted(groups.difference(), variance, z)
}

#[cfg(test)]
mod tests {
    use super::super::{mantel_haenszel_difference, wald_difference};
    use super::*;

    fn strata(rows: &[[u64; 4]]) -> Vec<Stratum> {
        rows.iter().map(|[x1, n1, x2, n2]| Stratum { x1: *x1, n1: *n1, x2: *x2, n2: *n2 }).collect()
    }

    #[test]
    fn one_stratum_is_wald_and_more_have_the_estimate_of_mantel_and_haenszel() {
        let one = cmh_weighted_difference(&strata(&[[15, 20, 8, 20]]), 0.95).unwrap();
        let plain = wald_difference(15, 20, 8, 20, 0.95).unwrap();
        assert!(libm::fabs(one.interval.lower - plain.interval.lower) < 1e-15);
        let two = strata(&[[8, 12, 4, 11], [3, 3, 0, 0], [5, 10, 3, 10]]);
        let here = cmh_weighted_difference(&two, 0.95).unwrap();
        let there = mantel_haenszel_difference(&two, 0.95).unwrap();
        assert!(libm::fabs(here.estimate - there.estimate) < 1e-15 && here.standard_error < there.standard_error);
    }

    #[test]
    fn what_has_no_difference() {
        let of = |rows: &[[u64; 4]], level: f64| cmh_weighted_difference(&strata(rows), level);
        assert_eq!(of(&[], 0.95), Err(Undefined::NoData));
        assert_eq!(of(&[[1, 2, 0, 0]], 0.95), Err(Undefined::NotEstimable));
        assert_eq!(of(&[[2, 2, 0, 3], [0, 1, 4, 4]], 0.95), Err(Undefined::ZeroVariance));
        assert_eq!(of(&[[3, 2, 0, 3]], 0.95), Err(Undefined::OutOfRange));
        assert_eq!(of(&[[1, 2, 0, 3]], 1.0), Err(Undefined::OutOfRange));
    }
}
