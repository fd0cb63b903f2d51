//! Analysis of covariance of ranks.

use super::super::Undefined;
use super::super::linear::{OneWayAnova, one_way_anova};
use super::{count, doubled_midranks};

/// Rank analysis of covariance: test of equal distributions of the response given a covariate.
///
/// # Method
/// Quade 1967, JASA 62:1187: midranks of response and covariate over all groups, residuals from the regression of the
/// one on the other, one-way analysis of variance of the residuals by group. Ranks are whole numbers, so the residuals
/// are taken without rounding, as multiples of a common fraction that the ratio of mean squares does not know.
///
/// # Input
/// Everything in the order of the observations: finite responses and covariates, the number of the group below
/// `groups`. Groups need not all occur. Values that should be tied must be equal.
///
/// # Not estimable
/// `NoData` without observations; `TooFew` with fewer than two groups, or when no group has two observations;
/// `ZeroVariance` when all covariates are equal, or no residual differs from the others of its group; `TooLarge` for
/// more than 2^20 observations; `OutOfRange` when lengths differ, a group is not below `groups` or a value is not
/// finite.
///
/// # Agrees with
/// SAS `PROC RANK`, `PROC REG` and `PROC ANOVA` one after the other; R
/// `oneway.test(resid(lm(rank(y) ~ rank(x))) ~ g, var.equal = TRUE)`; cases in `fixtures/reference/rank-ancova`.
pub fn rank_ancova(
    response: &[f64],
    covariate: &[f64],
    group: &[usize],
    groups: usize,
) -> Result<OneWayAnova, Undefined> {
    let n = response.len();
    if covariate.len() != n || group.len() != n || group.iter().any(|own| *own >= groups) {
        return Err(Undefined::OutOfRange);
    }
    // Twice the distance of the midranks from their mean.
    let distances = |values: &[f64]| -> Result<Vec<i128>, Undefined> {
        let (ranks, _) = doubled_midranks(values)?;
        let mean = i128::from(count(values)) + 1;
        Ok(ranks.into_iter().map(|rank| i128::from(rank) - mean).collect())
    };
    let (y, x) = (distances(response)?, distances(covariate)?);
    let squares: i128 = x.iter().map(|x| x * x).sum();
    let products: i128 = x.iter().zip(&y).map(|(x, y)| x * y).sum();
    if n > 0 && squares == 0 {
        return Err(Undefined::ZeroVariance);
    }
    let mut residuals = vec![Vec::new(); groups];
    for ((x, y), group) in x.iter().zip(&y).zip(group) {
        residuals[*group].push(wide(squares * y - products * x));
    }
    // The order of the observations is not to show in the last digits.
    for group in &mut residuals {
        group.sort_unstable_by(f64::total_cmp);
    }
    one_way_anova(&residuals.iter().map(Vec::as_slice).collect::<Vec<&[f64]>>())
}

#[expect(clippy::cast_precision_loss, reason = "rounded once, after the exact difference")]
fn wide(residual: i128) -> f64 {
    residual as f64
}

#[cfg(test)]
mod tests {
    use super::super::super::distribution::f_sf;
    use super::*;

    #[track_caller]
    fn assert_close(value: f64, expected: f64) {
        assert!(libm::fabs(value - expected) <= 1e-13 * expected, "{value} is not {expected}");
    }

    #[test]
    fn four_observations_on_paper() {
        // Ranks of x −3, −1, 1, 3 and of y −1, −3, 3, 1, doubled and centred: slope 12/20, residuals 4, −12, 12, −4
        // fifths. Groups {4, −12} and {12, −4}: between 4 · 16 = 64 with 1, within 4 · 64 = 256 with 2: F = 1/2.
        let test = rank_ancova(&[2.0, 1.0, 4.0, 3.0], &[10.0, 20.0, 30.0, 40.0], &[0, 0, 1, 1], 2).unwrap();
        assert_close(test.f, 0.5);
        assert_close(test.df1, 1.0);
        assert_close(test.df2, 2.0);
        assert_close(test.p, f_sf(0.5, 1.0, 2.0).unwrap());
    }

    #[test]
    fn only_ranks_count_in_any_order() {
        let response = [5.0, 3.0, 8.0, 1.0, 9.0, 2.0, 7.0];
        let covariate = [2.0, 2.0, 6.0, 1.0, 3.0, 5.0, 4.0];
        let group = [0, 1, 2, 0, 1, 2, 2];
        let here = rank_ancova(&response, &covariate, &group, 3).unwrap();
        assert_eq!(rank_ancova(&response.map(libm::exp), &covariate.map(|x| 7.0 * x - 1.0), &group, 4), Ok(here));
        let turned = |values: [f64; 7]| values.iter().rev().copied().collect::<Vec<f64>>();
        let groups: Vec<usize> = group.iter().rev().copied().collect();
        assert_eq!(rank_ancova(&turned(response), &turned(covariate), &groups, 3), Ok(here));
        let opposite = rank_ancova(&response.map(|y| -y), &covariate, &group, 3).unwrap();
        assert_close(opposite.f, here.f);
    }

    #[test]
    fn what_cannot_be_compared() {
        let reason = |y: &[f64], x: &[f64], group: &[usize]| rank_ancova(y, x, group, 2).err();
        assert_eq!(reason(&[], &[], &[]), Some(Undefined::NoData));
        assert_eq!(reason(&[1.0], &[1.0, 2.0], &[0]), Some(Undefined::OutOfRange));
        assert_eq!(reason(&[1.0], &[1.0], &[2]), Some(Undefined::OutOfRange));
        assert_eq!(reason(&[1.0], &[f64::NAN], &[1]), Some(Undefined::OutOfRange));
        assert_eq!(reason(&[1.0, 2.0, 3.0], &[1.0, 2.0, 4.0], &[0, 0, 0]), Some(Undefined::TooFew));
        assert_eq!(reason(&[1.0, 2.0, 3.0], &[5.0; 3], &[0, 0, 1]), Some(Undefined::ZeroVariance));
        // The response follows the covariate.
        assert_eq!(reason(&[0.1, 0.2, 0.7, 0.9], &[1.0, 2.0, 3.0, 4.0], &[0, 1, 0, 1]), Some(Undefined::ZeroVariance));
    }
}
