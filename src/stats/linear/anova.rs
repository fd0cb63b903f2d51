//! Comparison of several means.

use super::super::describe::mean;
use super::super::distribution::f_sf;
use super::super::total::total;
use super::super::{Undefined, finite, size};

/// One-way analysis of variance.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct OneWayAnova {
    /// Mean square between groups over mean square within.
    pub f: f64,
    /// Degrees of freedom between groups.
    pub df1: f64,
    /// Degrees of freedom within groups.
    pub df2: f64,
    /// Probability of a ratio at least as large.
    pub p: f64,
}

/// One-way analysis of variance: test of equal means in two or more groups.
///
/// # Method
/// F test. All values are first taken from their overall mean, so that digits common to all values are not squared
/// (Simon and Lesage 1989 show what happens otherwise). All sums are exact, so that neither the order of the values nor
/// that of the groups matters to any bit.
///
/// # Input
/// Finite values; groups without values are left out.
///
/// # Not estimable
/// `NoData` without values; `TooFew` with fewer than two groups, or when no group has two values; `ZeroVariance` when
/// no value differs from the others of its group; `OutOfRange` when a value is not finite or the sums of squares exceed
/// the range of a double.
///
/// # Agrees with
/// R `oneway.test(y ~ g, var.equal = TRUE)`; cases in `fixtures/reference/anova`.
pub fn one_way_anova(groups: &[&[f64]]) -> Result<OneWayAnova, Undefined> {
    let all: Vec<f64> = groups.concat();
    let shift = mean(&all)?;
    let groups: Vec<Vec<f64>> = groups
        .iter()
        .filter(|group| !group.is_empty())
        .map(|group| group.iter().map(|value| value - shift).collect())
        .collect();
    let (df1, df2) = (size(&groups) - 1.0, size(&all) - size(&groups));
    if df1 < 1.0 || df2 < 1.0 {
        return Err(Undefined::TooFew);
    }
    // Rounded group means would leave a trace of variance, so equality is asked of the values.
    if groups.iter().flat_map(|group| group.windows(2)).all(|two| two[0].total_cmp(&two[1]).is_eq()) {
        return Err(Undefined::ZeroVariance);
    }
    // The mean is known to one rounding only: what it leaves is the mean of the shifted values.
    let rest = total(groups.iter().flatten().copied()) / size(&all);
    let means: Vec<f64> = groups.iter().map(|group| total(group.iter().copied()) / size(group)).collect();
    let between = total(groups.iter().zip(&means).map(|(group, mean)| {
        let distance = mean - rest;
        size(group) * distance * distance
    }));
    let within = total(
        groups
            .iter()
            .zip(&means)
            .flat_map(|(group, mean)| group.iter().map(move |value| (value - mean) * (value - mean))),
    );
    let f = finite((finite(between)? / df1) / (finite(within)? / df2))?;
    Ok(OneWayAnova { f, df1, df2, p: f_sf(f, df1, df2)? })
}

#[cfg(test)]
mod tests {
    use super::super::super::distribution::t_two_sided_p;
    use super::*;

    #[track_caller]
    fn assert_close(value: f64, expected: f64) {
        assert!(libm::fabs(value - expected) <= 1e-13 * expected, "{value:e} is not {expected:e}");
    }

    #[test]
    fn three_groups_on_paper() {
        // Means 2, 3, 7 about 4: between 3(4 + 1 + 9) = 42 with 2, within 2 + 2 + 2 = 6 with 6 degrees of freedom.
        let test = one_way_anova(&[&[1.0, 2.0, 3.0], &[2.0, 3.0, 4.0], &[6.0, 7.0, 8.0]]).unwrap();
        assert_close(test.f, 21.0);
        assert_close(test.df1, 2.0);
        assert_close(test.df2, 6.0);
        // With two numerator degrees the p-value is (1 + 2f/6)^-3 = 1/512.
        assert_close(test.p, 1.0 / 512.0);
    }

    #[test]
    fn two_groups_are_a_t_test() {
        // Means 2 and 4, pooled variance (2 + 8)/5 = 2, t² = 4 / (2 (1/3 + 1/4)) = 24/7.
        let test = one_way_anova(&[&[1.0, 2.0, 3.0], &[2.0, 4.0, 4.0, 6.0]]).unwrap();
        assert_close(test.f, 24.0 / 7.0);
        assert_close(test.p, t_two_sided_p((24.0_f64 / 7.0).sqrt(), 5.0).unwrap());
    }

    #[test]
    fn neither_order_unit_nor_origin_matters() {
        let f = |groups: &[&[f64]]| one_way_anova(groups).unwrap().f;
        let here = f(&[&[1.0, 2.0, 4.0], &[3.0, 5.0], &[9.0, 7.0]]);
        assert_close(f(&[&[7.0, 9.0], &[4.0, 2.0, 1.0], &[], &[3.0, 5.0]]), here);
        assert_close(f(&[&[8.0, 16.0, 32.0], &[24.0, 40.0], &[72.0, 56.0]]), here);
        assert_close(f(&[&[1e9 + 1.0, 1e9 + 2.0, 1e9 + 4.0], &[1e9 + 3.0, 1e9 + 5.0], &[1e9 + 9.0, 1e9 + 7.0]]), here);
    }

    #[test]
    fn equal_means_are_not_a_problem() {
        let test = one_way_anova(&[&[1.0, 3.0], &[0.0, 4.0]]).unwrap();
        assert_close(test.f + 1.0, 1.0);
        assert_close(test.p, 1.0);
    }

    #[test]
    fn what_cannot_be_compared() {
        let reason = |groups: &[&[f64]]| one_way_anova(groups).err();
        assert_eq!(reason(&[]), Some(Undefined::NoData));
        assert_eq!(reason(&[&[], &[]]), Some(Undefined::NoData));
        assert_eq!(reason(&[&[1.0, 2.0], &[]]), Some(Undefined::TooFew));
        assert_eq!(reason(&[&[1.0], &[2.0]]), Some(Undefined::TooFew));
        assert_eq!(reason(&[&[0.1; 7], &[0.3; 7]]), Some(Undefined::ZeroVariance));
        assert_eq!(reason(&[&[0.1; 7], &[0.1; 3]]), Some(Undefined::ZeroVariance));
        assert_eq!(reason(&[&[1.0, f64::NAN], &[2.0]]), Some(Undefined::OutOfRange));
        assert_eq!(reason(&[&[1e200, -1e200], &[2.0, 3.0]]), Some(Undefined::OutOfRange));
    }
}
