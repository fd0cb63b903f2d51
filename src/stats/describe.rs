//! Summaries of one sample.

pub use super::quantile::{QuantileRule, quantile};

use super::total::total;
use super::{Interval, Undefined, finite, size};

/// Total of the values.
///
/// # Method
/// The exact total in a fixed-point number as wide as the range of doubles, rounded once (Kulisch and Miranker 1981,
/// Computer Arithmetic in Theory and Practice): the order of the values does not matter to any bit.
///
/// # Input
/// Finite values; the total of none is 0.
///
/// # Not estimable
/// `OutOfRange` when a value is not finite or the total exceeds the range of a double.
///
/// # Agrees with
/// R `sum(x)`; cases in `fixtures/reference/describe`.
pub fn sum(values: &[f64]) -> Result<f64, Undefined> {
    if values.iter().all(|value| value.is_finite()) {
        finite(total(values.iter().copied()))
    } else {
        Err(Undefined::OutOfRange)
    }
}

/// Arithmetic mean.
///
/// # Method
/// The exact total divided by the number of values, never outside their range.
///
/// # Input
/// Finite values.
///
/// # Not estimable
/// `NoData` without values; `OutOfRange` as for the total.
///
/// # Agrees with
/// R `mean(x)`; cases in `fixtures/reference/describe`.
pub fn mean(values: &[f64]) -> Result<f64, Undefined> {
    let (low, high) = (minimum(values)?, maximum(values)?);
    // The bounds undo the last rounding, so that the mean of equal values is that value.
    Ok((sum(values)? / size(values)).clamp(low, high))
}

/// Standard deviation of a sample, with n − 1 in the denominator.
///
/// # Method
/// Two passes, the second about the mean and corrected for its rounding (Chan, Golub and `LeVeque` 1983), in units of
/// the largest deviation, so that neither tiny nor huge values leave the range of a double. Both sums are exact, so that
/// the order of the values does not matter to any bit.
///
/// # Input
/// Finite values. Equal values have a deviation of exactly 0.
///
/// # Not estimable
/// `NoData` without values; `TooFew` with one; `OutOfRange` as for the total.
///
/// # Agrees with
/// R `sd(x)`; cases in `fixtures/reference/describe`.
pub fn standard_deviation(values: &[f64]) -> Result<f64, Undefined> {
    let mean = mean(values)?;
    if values.len() < 2 {
        return Err(Undefined::TooFew);
    }
    let largest = values.iter().fold(0.0_f64, |most, value| most.max(libm::fabs(value - mean)));
    if largest == 0.0 {
        return Ok(0.0);
    }
    finite(largest)?;
    // A power of two, so that scaling is exact.
    let (_, exponent) = libm::frexp(largest);
    let deviations = || values.iter().map(|value| libm::scalbn(value - mean, -exponent));
    let squares = total(deviations().map(|d| d * d));
    let rest = total(deviations());
    let n = size(values);
    let variance = (squares - rest * rest / n) / (n - 1.0);
    finite(libm::scalbn(variance.max(0.0).sqrt(), exponent))
}

/// Smallest value.
///
/// # Method
/// Comparison; a negative zero counts, and is returned, as zero.
///
/// # Input
/// Finite values.
///
/// # Not estimable
/// `NoData` without values; `OutOfRange` when a value is not finite.
///
/// # Agrees with
/// R `min(x)`; cases in `fixtures/reference/describe`.
pub fn minimum(values: &[f64]) -> Result<f64, Undefined> {
    extreme(values, f64::min)
}

/// Largest value.
///
/// # Method
/// Comparison; a negative zero counts, and is returned, as zero.
///
/// # Input
/// Finite values.
///
/// # Not estimable
/// `NoData` without values; `OutOfRange` when a value is not finite.
///
/// # Agrees with
/// R `max(x)`; cases in `fixtures/reference/describe`.
pub fn maximum(values: &[f64]) -> Result<f64, Undefined> {
    extreme(values, f64::max)
}

/// The ends of the whiskers of a box plot: the least and the largest value that are not far outside.
///
/// # Method
/// Tukey 1977, Exploratory Data Analysis: values up to one and a half times the distance of the quartiles beyond them.
/// A value that misses that fence only by the rounding of the quartiles counts as inside. With interpolated quartiles
/// a whisker may end inside the box, when all values beyond a quartile are far outside.
///
/// # Input
/// Finite values in any order; `rule` for the quartiles.
///
/// # Not estimable
/// `NoData` without values; `OutOfRange` when a value is not finite.
///
/// # Agrees with
/// `NumPy` `quantile` by both rules, and its comparisons; cases in `fixtures/reference/describe`.
pub fn whiskers(values: &[f64], rule: QuantileRule) -> Result<Interval, Undefined> {
    let (first, third) = (quantile(values, 0.25, rule)?, quantile(values, 0.75, rule)?);
    let reach = 1.5 * (third - first);
    let slack = 8.0 * f64::EPSILON * libm::fabs(first).max(libm::fabs(third));
    let inside = |value: &f64| *value >= first - reach - slack && *value <= third + reach + slack;
    let kept: Vec<f64> = values.iter().copied().filter(inside).collect();
    Ok(Interval { lower: minimum(&kept)?, upper: maximum(&kept)? })
}

fn extreme(values: &[f64], of_two: fn(f64, f64) -> f64) -> Result<f64, Undefined> {
    if values.iter().any(|value| !value.is_finite()) {
        return Err(Undefined::OutOfRange);
    }
    let most = values.iter().copied().reduce(of_two);
    most.map(|value| value + 0.0).ok_or(Undefined::NoData)
}

/// Neumaier's running sum; not finite once a partial sum exceeds the range of a double.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Sum {
    sum: f64,
    lost: f64,
}

impl Sum {
    pub(super) fn add(&mut self, value: f64) {
        let next = self.sum + value;
        self.lost += if libm::fabs(self.sum) >= libm::fabs(value) {
            (self.sum - next) + value
        } else {
            (value - next) + self.sum
        };
        self.sum = next;
    }

    pub(super) fn value(self) -> f64 {
        self.sum + self.lost
    }
}

/// The compensated sum of all values.
pub(super) fn compensated(values: impl Iterator<Item = f64>) -> f64 {
    let mut sum = Sum::default();
    values.for_each(|value| sum.add(value));
    sum.value()
}

#[cfg(test)]
mod tests {
    use super::QuantileRule::{AveragedSteps, Interpolated};
    use super::*;

    /// Eight values with mean 5, squared deviations 9+1+1+1+0+0+4+16 = 32.
    const EIGHT: [f64; 8] = [2.0, 4.0, 4.0, 4.0, 5.0, 5.0, 7.0, 9.0];

    #[track_caller]
    fn assert_close(value: Result<f64, Undefined>, expected: f64) {
        let value = value.unwrap();
        let error = libm::fabs(value - expected);
        assert!(error <= 1e-15 * libm::fabs(expected), "{value:e} is not {expected:e}");
    }

    #[test]
    fn eight_values_on_paper() {
        assert_close(sum(&EIGHT), 40.0);
        assert_close(mean(&EIGHT), 5.0);
        assert_close(standard_deviation(&EIGHT), (32.0_f64 / 7.0).sqrt());
        assert_close(minimum(&EIGHT), 2.0);
        assert_close(maximum(&EIGHT), 9.0);
    }

    #[test]
    fn whiskers_on_paper() {
        // Quartiles 2 and 4: fences at −1 and 7; the value on a fence is inside.
        let values = [2.0, 2.0, 2.0, 3.0, 4.0, 4.0, 4.0, 4.0, 7.0, 7.5, -1.0, -1.1];
        assert_eq!(whiskers(&values, AveragedSteps), Ok(Interval { lower: -1.0, upper: 7.0 }));
        // Positions 2.75 and 8.25 count from 0: the same quartiles.
        assert_eq!(whiskers(&values, Interpolated), Ok(Interval { lower: -1.0, upper: 7.0 }));
        assert_eq!(whiskers(&[3.0], Interpolated), Ok(Interval { lower: 3.0, upper: 3.0 }));
        assert_eq!(whiskers(&[], AveragedSteps), Err(Undefined::NoData));
        assert_eq!(whiskers(&[1.0, f64::INFINITY], AveragedSteps), Err(Undefined::OutOfRange));
        assert_eq!(whiskers(&[-f64::MAX, f64::MAX], Interpolated).map(|both| both.upper), Ok(f64::MAX));
    }

    #[test]
    fn a_value_on_the_fence_is_inside_in_spite_of_rounding() {
        // Quartiles 1.1 and 1.3: 1.3 + 1.5 (1.3 − 1.1) is 1.5999999999999999 in doubles.
        let values = [1.1, 1.1, 1.1, 1.2, 1.3, 1.3, 1.3, 1.6];
        assert_eq!(whiskers(&values, AveragedSteps), Ok(Interval { lower: 1.1, upper: 1.6 }));
    }

    #[test]
    fn the_order_of_the_rows_does_not_matter() {
        let mut turned = EIGHT;
        turned.reverse();
        assert_eq!(mean(&turned), mean(&EIGHT));
        assert_eq!(standard_deviation(&turned), standard_deviation(&EIGHT));
        assert_eq!(quantile(&turned, 0.3, Interpolated), quantile(&EIGHT, 0.3, Interpolated));
    }

    #[test]
    fn what_summation_usually_loses() {
        assert_close(sum(&[1.0, 1e100, 1.0, -1e100]), 2.0);
        assert_close(standard_deviation(&[1e9 + 1.0, 1e9 + 2.0, 1e9 + 3.0]), 1.0);
        assert_close(standard_deviation(&[1e-300, 2e-300, 3e-300]), 1e-300);
        assert_close(standard_deviation(&[1e300, 2e300, 3e300]), 1e300);
    }

    #[test]
    fn equal_values_do_not_vary_at_all() {
        assert_eq!(mean(&[4.2; 7]), Ok(4.2));
        assert_eq!(standard_deviation(&[4.2; 7]), Ok(0.0));
    }

    #[test]
    fn a_negative_zero_is_zero() {
        for values in [[0.0, -0.0], [-0.0, 0.0]] {
            assert!(minimum(&values).unwrap().is_sign_positive());
            assert!(quantile(&values, 0.0, Interpolated).unwrap().is_sign_positive());
        }
    }

    #[test]
    fn nothing_one_value_and_nonsense() {
        assert_eq!(sum(&[]), Ok(0.0));
        for statistic in [mean, standard_deviation, minimum, maximum] {
            assert_eq!(statistic(&[]), Err(Undefined::NoData));
            assert_eq!(statistic(&[1.0, f64::NAN]), Err(Undefined::OutOfRange));
        }
        assert_eq!(quantile(&[], 0.5, AveragedSteps), Err(Undefined::NoData));
        assert_eq!(mean(&[3.5]), Ok(3.5));
        assert_eq!(standard_deviation(&[3.5]), Err(Undefined::TooFew));
        assert_eq!(quantile(&[3.5], 0.9, AveragedSteps), Ok(3.5));
        for p in [-0.1, 1.1, f64::NAN] {
            assert_eq!(quantile(&EIGHT, p, Interpolated), Err(Undefined::OutOfRange));
        }
        assert_eq!(sum(&[f64::MAX, f64::MAX]), Err(Undefined::OutOfRange));
        assert_eq!(standard_deviation(&[f64::MAX, -f64::MAX]), Err(Undefined::OutOfRange));
    }
}
