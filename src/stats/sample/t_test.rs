//! Tests of means by the t distribution.

use super::super::describe::{mean, standard_deviation};
use super::super::distribution::{t_quantile, t_sf, t_two_sided_p};
use super::super::{Interval, Undefined, finite, size, tail};

/// A t test with its interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TTest {
    /// The mean, or the difference of the means: first minus second.
    pub estimate: f64,
    /// Its standard error.
    pub standard_error: f64,
    /// Degrees of freedom; those of Welch are not a whole number.
    pub df: f64,
    /// Estimate less the value tested, over the standard error.
    pub t: f64,
    /// Two-sided p-value.
    pub p: f64,
    /// Against a larger estimate than the value tested.
    pub p_greater: f64,
    /// Against a smaller one.
    pub p_less: f64,
    /// Confidence limits of the estimate.
    pub interval: Interval,
}

/// Standard error of the mean.
///
/// # Method
/// Standard deviation over the root of the number of values.
///
/// # Input
/// Finite values.
///
/// # Not estimable
/// `NoData` without values; `TooFew` with one; `OutOfRange` as for the standard deviation.
///
/// # Agrees with
/// R `sd(x) / sqrt(length(x))`; cases in `fixtures/reference/t-test`.
pub fn standard_error(values: &[f64]) -> Result<f64, Undefined> {
    Ok(standard_deviation(values)? / size(values).sqrt())
}

/// Mean of one sample with its confidence limits, and the t test of a value for it.
///
/// # Method
/// Student 1908, Biometrika 6:1.
///
/// # Input
/// Finite values; `expected`, the mean tested, finite; `level` strictly between 0 and 1.
///
/// # Not estimable
/// `NoData` without values; `TooFew` with one; `ZeroVariance` when all are equal; `OutOfRange` when an input is not
/// finite, the level is not a probability or a result exceeds the range of a double.
///
/// # Agrees with
/// R `t.test(x, mu = expected, conf.level = level)`; cases in `fixtures/reference/t-test`.
pub fn t_test_single(values: &[f64], expected: f64, level: f64) -> Result<TTest, Undefined> {
    let (estimate, error) = (mean(values)?, standard_error(values)?);
    test(estimate, expected, error, size(values) - 1.0, level)
}

/// Mean of the differences within pairs, first less second, with the t test of no difference.
///
/// # Method
/// The test of one sample, of the differences as they are rounded to doubles.
///
/// # Input
/// Both values of each pair, finite; pairs with a missing value are left out before. `level` strictly between 0 and 1.
///
/// # Not estimable
/// As `t_test_single`; `ZeroVariance` when all differences are equal; `OutOfRange` also when lengths differ.
///
/// # Agrees with
/// R `t.test(a, b, paired = TRUE, conf.level = level)`; cases in `fixtures/reference/t-test`.
pub fn t_test_paired(a: &[f64], b: &[f64], level: f64) -> Result<TTest, Undefined> {
    if a.len() != b.len() {
        return Err(Undefined::OutOfRange);
    }
    let differences: Vec<f64> = a.iter().zip(b).map(|(a, b)| a - b).collect();
    t_test_single(&differences, 0.0, level)
}

/// Difference of two means, first less second, when both samples have the same variance.
///
/// # Method
/// Student's test with the pooled variance.
///
/// # Input
/// Finite values; `level` strictly between 0 and 1.
///
/// # Not estimable
/// `NoData` when a sample is empty; `TooFew` when there are two values or fewer in all; `ZeroVariance` when no value
/// differs from the others of its sample; `OutOfRange` as for `t_test_single`.
///
/// # Agrees with
/// R `t.test(a, b, var.equal = TRUE, conf.level = level)`, SAS `PROC TTEST` (pooled); cases in
/// `fixtures/reference/t-test`.
pub fn t_test_pooled(a: &[f64], b: &[f64], level: f64) -> Result<TTest, Undefined> {
    let (estimate, [n1, n2]) = (mean(a)? - mean(b)?, [size(a), size(b)]);
    let df = n1 + n2 - 2.0;
    if df < 1.0 {
        return Err(Undefined::TooFew);
    }
    let [s1, s2] = [spread(a)?, spread(b)?];
    // As lengths, so that no square leaves the range of a double.
    let deviation = libm::hypot(s1 * ((n1 - 1.0) / df).sqrt(), s2 * ((n2 - 1.0) / df).sqrt());
    test(estimate, 0.0, deviation * (1.0 / n1 + 1.0 / n2).sqrt(), df, level)
}

/// Difference of two means, first less second, when the variances may differ.
///
/// # Method
/// Welch 1947, Biometrika 34:28, with the degrees of freedom of Satterthwaite 1946, Biometrics Bulletin 2:110.
///
/// # Input
/// Finite values; `level` strictly between 0 and 1. One of the samples may consist of equal values.
///
/// # Not estimable
/// `NoData` when a sample is empty; `TooFew` when one has a single value; `ZeroVariance` when no value differs from the
/// others of its sample; `OutOfRange` as for `t_test_single`.
///
/// # Agrees with
/// R `t.test(a, b, conf.level = level)`, SAS `PROC TTEST` (Satterthwaite); cases in `fixtures/reference/t-test`.
pub fn t_test_welch(a: &[f64], b: &[f64], level: f64) -> Result<TTest, Undefined> {
    let estimate = finite(mean(a)? - mean(b)?)?;
    let [e1, e2] = [standard_error(a)?, standard_error(b)?];
    let error = libm::hypot(e1, e2);
    if error == 0.0 {
        return Err(Undefined::ZeroVariance);
    }
    let part = |share: f64, n: f64| share * share * share * share / (n - 1.0);
    let df = 1.0 / (part(e1 / error, size(a)) + part(e2 / error, size(b)));
    test(estimate, 0.0, error, df, level)
}

/// The standard deviation, of a single value 0.
fn spread(values: &[f64]) -> Result<f64, Undefined> {
    if values.len() == 1 { Ok(0.0) } else { standard_deviation(values) }
}

fn test(estimate: f64, expected: f64, standard_error: f64, df: f64, level: f64) -> Result<TTest, Undefined> {
    let outside = tail(level)?;
    finite(estimate - expected)?;
    if standard_error == 0.0 {
        return Err(Undefined::ZeroVariance);
    }
    let t = finite((estimate - expected) / standard_error)?;
    let half = -t_quantile(outside, df)? * standard_error;
    Ok(TTest {
        estimate,
        standard_error,
        df,
        t,
        p: t_two_sided_p(t, df)?,
        p_greater: t_sf(t, df)?,
        p_less: t_sf(-t, df)?,
        interval: Interval { lower: finite(estimate - half)?, upper: finite(estimate + half)? },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn assert_close(value: f64, expected: f64) {
        assert!(libm::fabs(value - expected) <= 1e-14 * (1.0 + libm::fabs(expected)), "{value} is not {expected}");
    }

    #[test]
    fn three_values_on_paper() {
        // Mean 2, deviation 1; with two degrees of freedom p = 1 − t / √(2 + t²), t² = 12.
        let test = t_test_single(&[1.0, 2.0, 3.0], 0.0, 0.95).unwrap();
        assert_close(test.standard_error, 1.0 / 3.0_f64.sqrt());
        assert_close(test.t, 12.0_f64.sqrt());
        assert_close(test.p, 1.0 - libm::sqrt(12.0 / 14.0));
        assert_close(test.p_greater, 0.5 * test.p);
        assert_close(test.p_less, 1.0 - 0.5 * test.p);
        assert_close(test.interval.upper, 2.0 + 0.95 * (2.0_f64 / 0.0975).sqrt() / 3.0_f64.sqrt());
        assert_close(t_test_single(&[1.0, 2.0, 3.0], 2.0, 0.95).unwrap().p, 1.0);
        assert_eq!(t_test_paired(&[5.0, 7.0, 4.0], &[4.0, 5.0, 1.0], 0.95), Ok(test));
    }

    #[test]
    fn two_samples_on_paper() {
        // Means 2 and 4, sums of squares 2 and 8: pooled 2 · 7/12; apart 1/3 + 2/3, df 1 / (1/18 + 4/27).
        let (a, b) = ([1.0, 2.0, 3.0], [2.0, 4.0, 4.0, 6.0]);
        let pooled = t_test_pooled(&a, &b, 0.95).unwrap();
        assert_close(pooled.estimate, -2.0);
        assert_close(pooled.standard_error, libm::sqrt(7.0 / 6.0));
        assert_close(pooled.df, 5.0);
        let apart = t_test_welch(&a, &b, 0.95).unwrap();
        assert_close(apart.standard_error, 1.0);
        assert_close(apart.df, 1.0 / (1.0 / 18.0 + 4.0 / 27.0));
        let turned = t_test_welch(&b, &a, 0.95).unwrap();
        assert_close(turned.t, -apart.t);
        assert_close(turned.interval.lower, -apart.interval.upper);
        assert_close(turned.p_greater, apart.p_less);
    }

    #[test]
    fn unit_and_origin_do_not_matter() {
        let (a, b) = ([1e200, 2e200, 3e200], [2e200, 4e200, 4e200, 6e200]);
        assert_close(t_test_pooled(&a, &b, 0.9).unwrap().t, -2.0 / libm::sqrt(7.0 / 6.0));
        assert_close(t_test_welch(&a, &b, 0.9).unwrap().t, -2.0);
        let (a, b) = ([1e9 + 1.0, 1e9 + 2.0, 1e9 + 3.0], [1e9 + 2.0, 1e9 + 4.0, 1e9 + 4.0, 1e9 + 6.0]);
        assert_close(t_test_welch(&a, &b, 0.9).unwrap().t, -2.0);
    }

    #[test]
    fn a_sample_without_spread_or_with_one_value() {
        assert_close(t_test_welch(&[2.0, 2.0], &[1.0, 2.0, 3.0], 0.9).unwrap().df, 2.0);
        assert_close(t_test_pooled(&[4.0], &[1.0, 2.0, 3.0], 0.9).unwrap().standard_error, libm::sqrt(4.0 / 3.0));
        assert_eq!(t_test_welch(&[4.0], &[1.0, 2.0, 3.0], 0.9), Err(Undefined::TooFew));
    }

    #[test]
    fn what_cannot_be_tested() {
        for test in [t_test_pooled, t_test_welch] {
            assert_eq!(test(&[], &[1.0, 2.0], 0.9), Err(Undefined::NoData));
            assert_eq!(test(&[1.0], &[2.0], 0.9), Err(Undefined::TooFew));
            assert_eq!(test(&[0.1; 7], &[0.3; 7], 0.9), Err(Undefined::ZeroVariance));
            assert_eq!(test(&[1.0, 2.0], &[3.0, f64::NAN], 0.9), Err(Undefined::OutOfRange));
            assert_eq!(test(&[1.0, 2.0], &[3.0, 4.0], 1.0), Err(Undefined::OutOfRange));
            assert_eq!(test(&[f64::MAX; 2], &[-f64::MAX; 2], 0.9), Err(Undefined::OutOfRange));
        }
        assert_eq!(t_test_paired(&[1.0], &[1.0, 2.0], 0.9), Err(Undefined::OutOfRange));
        assert_eq!(t_test_paired(&[], &[], 0.9), Err(Undefined::NoData));
        assert_eq!(t_test_paired(&[1.0], &[2.0], 0.9), Err(Undefined::TooFew));
        assert_eq!(t_test_paired(&[1.0, 2.0], &[2.0, 3.0], 0.9), Err(Undefined::ZeroVariance));
        assert_eq!(t_test_single(&[1.0, 2.0], f64::NAN, 0.9), Err(Undefined::OutOfRange));
        assert_eq!(standard_error(&[1.0]), Err(Undefined::TooFew));
    }
}
