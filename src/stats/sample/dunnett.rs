//! Comparisons of several means with one.

use super::super::describe::{Sum, mean, standard_deviation};
use super::super::distribution::{normal_cdf, normal_sf};
use super::super::{Undefined, finite, size};

/// Comparison of a group with the control.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DunnettComparison {
    /// Mean of the group minus that of the control.
    pub estimate: f64,
    /// Its standard error by the variance pooled over all groups.
    pub standard_error: f64,
    /// Degrees of freedom of that variance.
    pub df: f64,
    /// Estimate over standard error.
    pub t: f64,
    /// Two-sided p-value, adjusted for all the comparisons (single step).
    pub p: f64,
}

/// Where the normal density is below 1e-31.
const END: f64 = 12.0;

/// Terms below this share of the sum are left out.
const SMALL: f64 = 1e-20;

/// Dunnett's comparisons of the means of groups with that of a control.
///
/// # Method
/// Dunnett 1955, JASA 50:1096, two-sided; the variance is that of all groups together, the correlations those of the
/// sizes. See `dunnett_p`.
///
/// # Input
/// Finite values of the control and of each group.
///
/// # Not estimable
/// `NoData` when a group or the control is empty or there are no groups; `TooFew` without degrees of freedom;
/// `ZeroVariance` when no value differs from the others of its group; `OutOfRange` when a value is not finite or a
/// result exceeds the range of a double.
///
/// # Agrees with
/// R `multcomp::glht(lm(y ~ g), mcp(g = "Dunnett"))`, SAS `LSMEANS` with `ADJUST=DUNNETT`; cases in
/// `fixtures/reference/dunnett`.
pub fn dunnett(control: &[f64], groups: &[&[f64]]) -> Result<Vec<DunnettComparison>, Undefined> {
    let base = mean(control)?;
    if groups.is_empty() {
        return Err(Undefined::NoData);
    }
    let estimates = groups.iter().map(|group| finite(mean(group)? - base)).collect::<Result<Vec<f64>, Undefined>>()?;
    let all = || groups.iter().chain([&control]);
    let df = all().map(|group| size(group) - 1.0).sum::<f64>();
    if df < 1.0 {
        return Err(Undefined::TooFew);
    }
    let mut variance = Sum::default();
    for group in all().filter(|group| group.len() > 1) {
        let deviation = standard_deviation(group)?;
        variance.add(deviation * deviation * ((size(group) - 1.0) / df));
    }
    let variance = finite(variance.value())?;
    if variance == 0.0 {
        return Err(Undefined::ZeroVariance);
    }
    let n = size(control);
    let loadings: Vec<f64> = groups.iter().map(|group| (size(group) / (size(group) + n)).sqrt()).collect();
    let compare = |(estimate, group): (&f64, &&[f64])| {
        let standard_error = (variance * (1.0 / size(group) + 1.0 / n)).sqrt();
        let t = finite(estimate / standard_error)?;
        Ok(DunnettComparison { estimate: *estimate, standard_error, df, t, p: dunnett_p(t, &loadings, df)? })
    };
    estimates.iter().zip(groups).map(compare).collect()
}

/// Probability that the largest of several t statistics with a common variance is at least as far from 0 as `t`.
///
/// # Method
/// Given the variance and a standard normal variable in common the statistics are independent; both are integrated over
/// by the trapezoidal rule, which converges exponentially for such functions. Summed as tails, so that a small p-value
/// keeps its digits; only below 1e-25 it loses them, because the common variable ends at 12.
///
/// # Input
/// `t` finite, of either sign; for each statistic its loading, so that the correlation of two is the product of theirs,
/// at least 0 and below 1 (any two statistics of correlation r ≥ 0 have the loadings √r); `df` above 0.
///
/// # Not estimable
/// `NoData` without statistics; `OutOfRange` when an input is outside its domain.
///
/// # Agrees with
/// R `mvtnorm::pmvt` within its error; cases in `fixtures/reference/dunnett`.
pub fn dunnett_p(t: f64, loadings: &[f64], df: f64) -> Result<f64, Undefined> {
    if loadings.is_empty() {
        return Err(Undefined::NoData);
    }
    let possible = df > 0.0 && df <= 1e9;
    if !t.is_finite() || !possible || loadings.iter().any(|own| !(0.0..1.0).contains(own)) {
        return Err(Undefined::OutOfRange);
    }
    let apart: Vec<(f64, f64)> = loadings.iter().map(|own| (*own, ((1.0 - own) * (1.0 + own)).sqrt())).collect();
    // Half the width of the steepest factor.
    let step = apart.iter().fold(0.25, |step: f64, (own, rest)| step.min(0.5 * rest / own.max(1e-3)));
    if step < 1e-4 {
        return Err(Undefined::OutOfRange);
    }
    // Over the logarithm of the standard deviation, from above down to where nothing is left.
    let stride = 0.05_f64.min(0.5 / (2.0 * df).sqrt());
    let log_density = |place: f64| df * (place - 0.5 * libm::expm1(2.0 * place));
    let mut place = stride;
    while log_density(place) > -50.0 {
        place += stride;
    }
    let (mut weights, mut tails) = (Sum::default(), Sum::default());
    loop {
        let weight = libm::exp(log_density(place));
        let tail = weight * outside(libm::fabs(t) * libm::exp(place), &apart, step)?;
        weights.add(weight);
        tails.add(tail);
        if place < 0.0 && weight <= SMALL * weights.value() && tail <= SMALL * tails.value() {
            break;
        }
        place -= stride;
    }
    Ok((tails.value() / weights.value()).min(1.0))
}

/// Probability that one of the variables is at least as far from 0 as the bound, when the deviation is known.
fn outside(bound: f64, apart: &[(f64, f64)], step: f64) -> Result<f64, Undefined> {
    let (mut weights, mut tails) = (Sum::default(), Sum::default());
    let mut z = -END;
    while z <= END {
        let weight = libm::exp(-0.5 * z * z);
        let mut log_inside = 0.0;
        for (own, rest) in apart {
            let beyond = normal_cdf((own * z - bound) / rest)? + normal_sf((own * z + bound) / rest)?;
            log_inside += libm::log1p(-beyond.min(1.0));
        }
        weights.add(weight);
        tails.add(-weight * libm::expm1(log_inside));
        z += step;
    }
    Ok(tails.value() / weights.value())
}

#[cfg(test)]
mod tests {
    use super::super::super::distribution::t_two_sided_p;
    use super::super::t_test_pooled;
    use super::*;

    #[track_caller]
    fn assert_close(value: f64, expected: f64) {
        assert!(libm::fabs(value - expected) <= 1e-12 * libm::fabs(expected), "{value} is not {expected}");
    }

    #[test]
    fn one_statistic_is_the_t_test() {
        for df in [1.0, 2.5, 9.0, 68.0, 4000.0] {
            for t in [0.1, 1.0, -2.3, 7.0, 30.0] {
                let p = t_two_sided_p(t, df).unwrap();
                if p > 1e-25 {
                    assert_close(dunnett_p(t, &[0.7], df).unwrap(), p);
                }
            }
        }
        let (a, b) = ([5.0, 7.0, 6.5], [4.0, 4.5, 3.0, 5.0]);
        let (several, two) = (dunnett(&b, &[&a]).unwrap()[0], t_test_pooled(&a, &b, 0.9).unwrap());
        assert_close(several.t, two.t);
        assert_close(several.p, two.p);
    }

    #[test]
    fn bounds_signs_and_order() {
        let p = dunnett_p(2.0, &[0.5, 0.8, 0.6], 20.0).unwrap();
        let one = t_two_sided_p(2.0, 20.0).unwrap();
        assert!(p > one && p < 3.0 * one);
        assert_close(dunnett_p(-2.0, &[0.8, 0.6, 0.5], 20.0).unwrap(), p);
        assert_close(dunnett_p(0.0, &[0.5, 0.5], 20.0).unwrap(), 1.0);
    }

    #[test]
    fn what_cannot_be_compared() {
        assert_eq!(dunnett(&[1.0, 2.0], &[]), Err(Undefined::NoData));
        assert_eq!(dunnett(&[], &[&[1.0]]), Err(Undefined::NoData));
        assert_eq!(dunnett(&[1.0], &[&[]]), Err(Undefined::NoData));
        assert_eq!(dunnett(&[1.0], &[&[2.0]]), Err(Undefined::TooFew));
        assert_eq!(dunnett(&[1.0; 3], &[&[2.0; 2]]), Err(Undefined::ZeroVariance));
        assert_eq!(dunnett(&[1.0, f64::NAN], &[&[2.0]]), Err(Undefined::OutOfRange));
        assert_eq!(dunnett_p(1.0, &[], 5.0), Err(Undefined::NoData));
        for (t, loading, df) in [(f64::NAN, 0.5, 5.0), (1.0, 1.0, 5.0), (1.0, -0.1, 5.0), (1.0, 0.5, 0.0)] {
            assert_eq!(dunnett_p(t, &[loading], df), Err(Undefined::OutOfRange));
        }
    }
}
