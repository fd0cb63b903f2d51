//! Two arms compared at one time.

use super::super::distribution::normal_sf;
use super::super::{Interval, Undefined, finite};
use super::KaplanMeier;
use super::curve::{Share, normal_limit};

/// A comparison of two arms.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SurvivalContrast {
    /// The difference or the ratio.
    pub estimate: f64,
    /// Standard error, of a ratio that of its logarithm.
    pub standard_error: f64,
    /// Its limits.
    pub interval: Interval,
    /// Difference, or logarithm of the ratio, over standard error.
    pub z: f64,
    /// Two-sided p-value of no difference.
    pub p: f64,
}

impl SurvivalContrast {
    /// Limits and test of Wald's kind.
    pub(super) fn new(estimate: f64, variance: f64, level: f64) -> Result<Self, Undefined> {
        let normal = normal_limit(level)?;
        if variance.is_nan() || variance <= 0.0 {
            return Err(Undefined::ZeroVariance);
        }
        let standard_error = finite(variance)?.sqrt();
        let distance = normal * standard_error;
        let z = finite(estimate / standard_error)?;
        let interval = Interval { lower: estimate - distance, upper: estimate + distance };
        Ok(Self { estimate, standard_error, interval, z, p: (2.0 * normal_sf(libm::fabs(z))?).min(1.0) })
    }
}

/// The difference of the shares without event at a time: the first curve less the second.
///
/// # Method
/// Greenwood's variances of independent arms; limits and test of Wald's kind. An arm at 0 or 1 adds no variance: limits
/// are then too narrow, and with both there are none.
///
/// # Input
/// Two curves, a time they both reach, and a `level` strictly between 0 and 1.
///
/// # Not estimable
/// `NoData` after the last time of a curve on which somebody survives; `ZeroVariance` when both are 0 or 1;
/// `OutOfRange` when the time is not a number or the level is not a probability.
///
/// # Agrees with
/// R `summary(survfit(Surv(time, event) ~ arm), times = time)`, the difference of the estimates and the squares of their
/// standard errors; cases in `fixtures/reference/survival-difference`.
pub fn survival_difference(
    one: &KaplanMeier,
    two: &KaplanMeier,
    time: f64,
    level: f64,
) -> Result<SurvivalContrast, Undefined> {
    let (one, two) = (one.survival_at(time)?, two.survival_at(time)?);
    let variance = one.standard_error * one.standard_error + two.standard_error * two.standard_error;
    SurvivalContrast::new(one.estimate - two.estimate, variance, level)
}

/// The milestone test: the ratio of the cumulative hazards −log S of two curves at a time, the first over the second.
///
/// # Method
/// Klein, Logan, Harhoff and Andersen 2007, Statistics in Medicine 26:4505, the complementary log-log transformation,
/// which they recommend for small samples: log(−log S) has variance (standard error / (S log S))². `standard_error` and
/// `z` are those of the logarithm. Under proportional hazards it is the hazard ratio.
///
/// # Input
/// Two curves, a time they both reach, and a `level` strictly between 0 and 1.
///
/// # Not estimable
/// `NoData` after the last time of a curve on which somebody survives; `ZeroVariance` when a curve is 0 or 1 there;
/// `OutOfRange` when the time is not a number, the level is not a probability or a limit is beyond the range of a
/// double.
///
/// # Agrees with
/// An own script of high precision, from the estimates of R; cases in `fixtures/reference/survival-difference`.
pub fn milestone_test(
    one: &KaplanMeier,
    two: &KaplanMeier,
    time: f64,
    level: f64,
) -> Result<SurvivalContrast, Undefined> {
    let hazard = |share: Share| {
        if share.estimate > 0.0 && share.estimate < 1.0 {
            let logarithm = -libm::log(share.estimate);
            let relative = share.standard_error / (share.estimate * logarithm);
            Ok((logarithm, relative * relative))
        } else {
            Err(Undefined::ZeroVariance)
        }
    };
    let (one, two) = (one.survival_at(time)?, two.survival_at(time)?);
    let ((one, first), (two, second)) = (hazard(one)?, hazard(two)?);
    let logarithm = SurvivalContrast::new(libm::log(one / two), first + second, level)?;
    let interval =
        Interval { lower: libm::exp(logarithm.interval.lower), upper: finite(libm::exp(logarithm.interval.upper))? };
    Ok(SurvivalContrast { estimate: one / two, interval, ..logarithm })
}

#[cfg(test)]
mod tests {
    use super::super::kaplan_meier;
    use super::*;

    #[test]
    fn two_halves_and_a_quarter() {
        let half = kaplan_meier(&[1.0, 2.0], &[true, false], 0.95).unwrap();
        let quarter = kaplan_meier(&[1.0, 1.0, 1.0, 2.0], &[true, true, true, false], 0.95).unwrap();
        let found = survival_difference(&half, &quarter, 1.5, 0.95).unwrap();
        assert!(libm::fabs(found.estimate - 0.25) < 1e-15);
        // 1/8 and 3/64.
        assert!(libm::fabs(found.standard_error * found.standard_error - 11.0 / 64.0) < 1e-15);
        let ratio = milestone_test(&half, &quarter, 1.5, 0.95).unwrap();
        assert!(libm::fabs(ratio.estimate - 0.5) < 1e-15);
        let back = milestone_test(&quarter, &half, 1.5, 0.95).unwrap();
        assert!(libm::fabs(back.estimate - 2.0) < 1e-15 && libm::fabs(back.z + ratio.z) < 1e-15);
    }

    #[test]
    fn nothing_to_compare() {
        let half = kaplan_meier(&[1.0, 2.0], &[true, false], 0.95).unwrap();
        for compare in [survival_difference, milestone_test] {
            assert_eq!(compare(&half, &half, 0.5, 0.95), Err(Undefined::ZeroVariance));
            assert_eq!(compare(&half, &half, 2.5, 0.95), Err(Undefined::NoData));
            assert_eq!(compare(&half, &half, f64::NAN, 0.95), Err(Undefined::OutOfRange));
            assert_eq!(compare(&half, &half, 1.0, 1.0), Err(Undefined::OutOfRange));
        }
        let none = kaplan_meier(&[1.0, 1.0], &[true; 2], 0.95).unwrap();
        assert_eq!(milestone_test(&half, &none, 1.0, 0.95), Err(Undefined::ZeroVariance));
        assert!(survival_difference(&half, &none, 1.0, 0.95).is_ok());
    }
}
