//! Mean time without the event until a horizon.

use super::super::{Interval, Undefined, finite, real};
use super::contrast::SurvivalContrast;
use super::curve::normal_limit;
use super::kaplan_meier;

/// A mean time until a horizon.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RestrictedMean {
    /// The mean, in the unit of the times.
    pub estimate: f64,
    /// Its standard error.
    pub standard_error: f64,
    /// Its limits; `ZeroVariance` when the standard error is 0.
    pub interval: Result<Interval, Undefined>,
}

/// The mean time without the event until a horizon.
///
/// # Method
/// The area under the product-limit estimate; Irwin 1949, Journal of Hygiene 47:188. Variance: over the times with
/// events, the squared area from there on times d / (n (n − d)); Uno and others 2014, Journal of Clinical Oncology
/// 32:2380. Limits of Wald's kind.
///
/// # Input
/// For each subject a time from 0 and whether it ended in the event; a horizon above 0; `level` strictly between 0 and
/// 1.
///
/// # Not estimable
/// `NoData` without subjects, or when the last subject is censored before the horizon; `OutOfRange` when lengths differ,
/// a time is negative or not finite, the horizon is not above 0 and finite, or the level is not a probability.
///
/// # Agrees with
/// R `survRM2::rmst2`, the arms; cases in `fixtures/reference/restricted-mean`.
pub fn restricted_mean(time: &[f64], event: &[bool], horizon: f64, level: f64) -> Result<RestrictedMean, Undefined> {
    let z = normal_limit(level)?;
    if !(horizon.is_finite() && horizon > 0.0) {
        return Err(Undefined::OutOfRange);
    }
    let curve = kaplan_meier(time, event, level)?;
    curve.survival_at(horizon)?;
    let within: Vec<_> = curve.steps.iter().filter(|step| step.time < horizon).collect();
    // From the horizon backwards: the area after each step, and what it adds to the variance.
    let (mut area, mut variance, mut end) = (0.0, 0.0, horizon);
    for step in within.iter().rev() {
        area += step.survival.estimate * (end - step.time);
        end = step.time;
        let (events, risk) = (real(step.events), real(step.at_risk));
        // Nobody is left after: the area is 0.
        if step.events < step.at_risk {
            variance += area * area * events / (risk * (risk - events));
        }
    }
    let estimate = area + end;
    let standard_error = variance.sqrt();
    let distance = z * standard_error;
    let interval = if standard_error > 0.0 {
        Ok(Interval { lower: estimate - distance, upper: estimate + distance })
    } else {
        Err(Undefined::ZeroVariance)
    };
    Ok(RestrictedMean { estimate, standard_error, interval })
}

/// The difference of two restricted means: the first less the second.
///
/// # Method
/// Limits and test of Wald's kind; the arms are independent.
///
/// # Input
/// Two restricted means with the same horizon; `level` strictly between 0 and 1.
///
/// # Not estimable
/// `ZeroVariance` when neither varies; `OutOfRange` when the level is not a probability.
///
/// # Agrees with
/// R `survRM2::rmst2`, `RMST (arm=1)-(arm=0)`; cases in `fixtures/reference/restricted-mean`.
pub fn restricted_mean_difference(
    one: &RestrictedMean,
    two: &RestrictedMean,
    level: f64,
) -> Result<SurvivalContrast, Undefined> {
    let variance = one.standard_error * one.standard_error + two.standard_error * two.standard_error;
    SurvivalContrast::new(one.estimate - two.estimate, variance, level)
}

/// The ratio of two restricted means: the first over the second.
///
/// # Method
/// Limits and test of Wald's kind for the logarithm, by the delta method; `standard_error` and `z` are those of the
/// logarithm.
///
/// # Input
/// Two restricted means with the same horizon; `level` strictly between 0 and 1.
///
/// # Not estimable
/// `ZeroVariance` when neither varies; `OutOfRange` when a mean is 0 or the level is not a probability.
///
/// # Agrees with
/// R `survRM2::rmst2`, `RMST (arm=1)/(arm=0)`; cases in `fixtures/reference/restricted-mean`.
pub fn restricted_mean_ratio(
    one: &RestrictedMean,
    two: &RestrictedMean,
    level: f64,
) -> Result<SurvivalContrast, Undefined> {
    if !(one.estimate > 0.0 && two.estimate > 0.0) {
        return Err(Undefined::OutOfRange);
    }
    let relative = |mean: &RestrictedMean| mean.standard_error / mean.estimate;
    let variance = relative(one) * relative(one) + relative(two) * relative(two);
    let logarithm = SurvivalContrast::new(libm::log(one.estimate / two.estimate), variance, level)?;
    Ok(SurvivalContrast {
        estimate: one.estimate / two.estimate,
        interval: Interval {
            lower: libm::exp(logarithm.interval.lower),
            upper: finite(libm::exp(logarithm.interval.upper))?,
        },
        ..logarithm
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_subjects_on_paper() {
        // Survival 1 until 1, 2/3 until 2, 1/3 until 4: 1 + 2/3 + 2/3 until 4, and 2/3 and 4/3 are the areas after.
        let found = restricted_mean(&[1.0, 2.0, 5.0], &[true, true, false], 4.0, 0.95).unwrap();
        assert!(libm::fabs(found.estimate - 7.0 / 3.0) < 1e-15);
        let variance = 16.0 / 9.0 / 6.0 + 4.0 / 9.0 / 2.0;
        assert!(libm::fabs(found.standard_error * found.standard_error - variance) < 1e-15);
        // All fail before the horizon: the mean of all times.
        let all = restricted_mean(&[1.0, 2.0, 5.0], &[true; 3], 9.0, 0.95).unwrap();
        assert!(libm::fabs(all.estimate - 8.0 / 3.0) < 1e-15);
    }

    #[test]
    fn nothing_to_estimate() {
        let reason = |time: &[f64], event: &[bool], horizon| restricted_mean(time, event, horizon, 0.95).err();
        assert_eq!(reason(&[], &[], 1.0), Some(Undefined::NoData));
        assert_eq!(reason(&[1.0, 2.0], &[true, false], 2.1), Some(Undefined::NoData));
        assert_eq!(reason(&[1.0, 2.0], &[true, false], 2.0), None);
        assert_eq!(reason(&[1.0], &[true], 0.0), Some(Undefined::OutOfRange));
        assert_eq!(reason(&[1.0], &[true], f64::INFINITY), Some(Undefined::OutOfRange));
        assert_eq!(reason(&[1.0], &[], 1.0), Some(Undefined::OutOfRange));
        assert_eq!(restricted_mean(&[1.0], &[true], 1.0, 1.0), Err(Undefined::OutOfRange));
        let sure = restricted_mean(&[1.0, 2.0], &[false; 2], 1.0, 0.95).unwrap();
        assert_eq!((sure.estimate, sure.interval), (1.0, Err(Undefined::ZeroVariance)));
        assert_eq!(restricted_mean_difference(&sure, &sure, 0.95), Err(Undefined::ZeroVariance));
        assert_eq!(restricted_mean_ratio(&sure, &sure, 0.95), Err(Undefined::ZeroVariance));
        let never = restricted_mean(&[0.0], &[true], 1.0, 0.95).unwrap();
        assert_eq!(restricted_mean_ratio(&sure, &never, 0.95), Err(Undefined::OutOfRange));
    }
}
