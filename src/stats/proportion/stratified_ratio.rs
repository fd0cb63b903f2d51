//! Ratios of proportions and of odds over strata, by Mantel and Haenszel.

use super::super::describe::compensated;
use super::super::distribution::normal_quantile;
use super::super::{Undefined, real, tail};
use super::ratio::{Ratio, about};
use super::stratified::Stratum;

/// Common odds ratio of Mantel and Haenszel.
///
/// # Method
/// Mantel and Haenszel 1959, JNCI 22:719: the sum of x1 (n2 − x2) / N over that of x2 (n1 − x1) / N. Limits of the normal
/// approximation of its logarithm, with the variance of Robins, Breslow and Greenland 1986, Biometrics 42:311, consistent
/// for few large and for many sparse strata. No count is altered; a stratum that lacks a group, successes or failures
/// adds nothing.
///
/// # Input
/// The strata in any order; `level` strictly between 0 and 1.
///
/// # Not estimable
/// `NoData` without subjects; `NotEstimable` when no stratum has both groups; `ZeroMargin` when both sums are 0; `Separated`
/// when one of them is; `OutOfRange` when a count exceeds its total or the level is not a probability.
///
/// # Agrees with
/// R `mantelhaen.test(tables)` and `metafor::rma.mh(measure = "OR")`; SAS `PROC FREQ` with `CMH`; cases in
/// `fixtures/reference/stratified-ratio`.
pub fn mantel_haenszel_odds_ratio(strata: &[Stratum], level: f64) -> Result<Ratio, Undefined> {
    let z = -normal_quantile(tail(level)?)?;
    let strata = both_groups(strata)?;
    let parts: Vec<[f64; 4]> = strata
        .iter()
        .map(|[x1, n1, x2, n2]| {
            let total = n1 + n2;
            let (agreeing, other) = (x1 + (n2 - x2), x2 + (n1 - x1));
            [agreeing / total, other / total, x1 * ((n2 - x2) / total), x2 * ((n1 - x1) / total)]
        })
        .collect();
    let sum = |of: fn(&[f64; 4]) -> f64| compensated(parts.iter().map(of));
    let (above, below) = (sum(|part| part[2]), sum(|part| part[3]));
    check(above, below)?;
    let variance = sum(|[p, _, r, _]| p * r) / above / above
        + sum(|[p, q, r, s]| p * s + q * r) / above / below
        + sum(|[_, q, _, s]| q * s) / below / below;
    Ok(about(above / below, z * (variance / 2.0).sqrt()))
}

/// Common ratio of proportions (risk ratio) of Mantel and Haenszel.
///
/// # Method
/// The sum of x1 n2 / N over that of x2 n1 / N. Limits of the normal approximation of its logarithm, with the variance of
/// Greenland and Robins 1985, Biometrics 41:55, consistent for few large and for many sparse strata. No count is altered;
/// a stratum that lacks a group or successes adds nothing.
///
/// # Input
/// The strata in any order; `level` strictly between 0 and 1.
///
/// # Not estimable
/// `NoData` without subjects; `NotEstimable` when no stratum has both groups; `ZeroMargin` without successes; `Separated`
/// without successes in one of the groups; `ZeroVariance` when each stratum has only successes or none; `OutOfRange` when
/// a count exceeds its total or the level is not a probability.
///
/// # Agrees with
/// R `metafor::rma.mh(measure = "RR")`; SAS `PROC FREQ` with `CMH`; cases in `fixtures/reference/stratified-ratio`.
pub fn mantel_haenszel_risk_ratio(strata: &[Stratum], level: f64) -> Result<Ratio, Undefined> {
    let z = -normal_quantile(tail(level)?)?;
    let strata = both_groups(strata)?;
    let sum = |of: fn(&[f64; 4]) -> f64| compensated(strata.iter().map(of));
    let (above, below) = (sum(|[x1, n1, _, n2]| x1 * (n2 / (n1 + n2))), sum(|[_, n1, x2, n2]| x2 * (n1 / (n1 + n2))));
    check(above, below)?;
    // n1 n2 (x1 + x2) − x1 x2 N without the cancellation.
    let spread = sum(|[x1, n1, x2, n2]| {
        let total = n1 + n2;
        (n1 / total) * ((n2 - x2) / total) * x1 + (n2 / total) * ((n1 - x1) / total) * x2
    });
    if spread <= 0.0 {
        return Err(Undefined::ZeroVariance);
    }
    Ok(about(above / below, z * (spread / above / below).sqrt()))
}

/// Counts of the strata with both groups.
fn both_groups(strata: &[Stratum]) -> Result<Vec<[f64; 4]>, Undefined> {
    if strata.iter().any(|own| own.x1 > own.n1 || own.x2 > own.n2) {
        return Err(Undefined::OutOfRange);
    }
    if strata.iter().all(|own| own.n1 == 0 && own.n2 == 0) {
        return Err(Undefined::NoData);
    }
    let both = strata.iter().filter(|own| own.n1 > 0 && own.n2 > 0);
    let both: Vec<[f64; 4]> = both.map(|own| [own.x1, own.n1, own.x2, own.n2].map(real)).collect();
    if both.is_empty() { Err(Undefined::NotEstimable) } else { Ok(both) }
}

/// A ratio needs something on both sides.
fn check(above: f64, below: f64) -> Result<(), Undefined> {
    match (above > 0.0, below > 0.0) {
        (true, true) => Ok(()),
        (false, false) => Err(Undefined::ZeroMargin),
        _ => Err(Undefined::Separated),
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::contingency::odds_ratio_wald;
    use super::super::risk_ratio_wald;
    use super::*;

    type OfStrata = fn(&[Stratum], f64) -> Result<Ratio, Undefined>;
    const RATIOS: [OfStrata; 2] = [mantel_haenszel_odds_ratio, mantel_haenszel_risk_ratio];

    fn strata(rows: &[[u64; 4]]) -> Vec<Stratum> {
        rows.iter().map(|[x1, n1, x2, n2]| Stratum { x1: *x1, n1: *n1, x2: *x2, n2: *n2 }).collect()
    }

    #[track_caller]
    fn assert_same(here: Ratio, there: Ratio) {
        let numbers = |own: Ratio| [own.estimate.unwrap(), own.interval.lower, own.interval.upper.unwrap()];
        for (one, two) in numbers(here).into_iter().zip(numbers(there)) {
            assert!(libm::fabs(one / two - 1.0) < 1e-13, "{here:?} is not {there:?}");
        }
    }

    #[test]
    fn one_stratum_is_the_table() {
        for [x1, n1, x2, n2] in [[15, 20, 8, 20], [1, 9, 3, 40], [7, 2500, 19, 2400]] {
            let one = strata(&[[x1, n1, x2, n2]]);
            assert_same(mantel_haenszel_odds_ratio(&one, 0.9).unwrap(), odds_ratio_wald(x1, n1, x2, n2, 0.9).unwrap());
            assert_same(mantel_haenszel_risk_ratio(&one, 0.9).unwrap(), risk_ratio_wald(x1, n1, x2, n2, 0.9).unwrap());
        }
    }

    #[test]
    fn strata_that_tell_nothing_leave_no_trace_and_groups_turn() {
        let here = strata(&[[8, 12, 4, 11], [5, 10, 3, 10]]);
        let there = strata(&[[5, 10, 3, 10], [3, 7, 0, 0], [0, 4, 0, 5], [8, 12, 4, 11], [0, 0, 0, 0]]);
        let turned = strata(&[[4, 11, 8, 12], [3, 10, 5, 10]]);
        for of in RATIOS {
            let found = of(&here, 0.95).unwrap();
            assert_same(found, of(&there, 0.95).unwrap());
            let turned = of(&turned, 0.95).unwrap();
            assert!(libm::fabs(found.estimate.unwrap() * turned.estimate.unwrap() - 1.0) < 1e-14);
            assert!(libm::fabs(found.interval.lower * turned.interval.upper.unwrap() - 1.0) < 1e-14);
        }
    }

    #[test]
    fn what_has_no_ratio() {
        for of in RATIOS {
            assert_eq!(of(&[], 0.95), Err(Undefined::NoData));
            assert_eq!(of(&strata(&[[1, 2, 0, 0]]), 0.95), Err(Undefined::NotEstimable));
            assert_eq!(of(&strata(&[[3, 2, 1, 2]]), 0.95), Err(Undefined::OutOfRange));
            assert_eq!(of(&strata(&[[1, 2, 1, 2]]), 0.0), Err(Undefined::OutOfRange));
            assert_eq!(of(&strata(&[[0, 2, 0, 2]]), 0.95), Err(Undefined::ZeroMargin));
            assert_eq!(of(&strata(&[[1, 2, 0, 2]]), 0.95), Err(Undefined::Separated));
        }
        let all = strata(&[[2, 2, 3, 3], [0, 4, 0, 1]]);
        assert_eq!(mantel_haenszel_risk_ratio(&all, 0.95), Err(Undefined::ZeroVariance));
        assert_eq!(mantel_haenszel_odds_ratio(&all, 0.95), Err(Undefined::ZeroMargin));
    }
}
