//! Spread relative to the mean, and means of ratios.

use super::super::describe::{compensated, mean, minimum, standard_deviation};
use super::super::distribution::t_quantile;
use super::super::{Interval, Undefined, finite, size, tail};

/// Standard deviation over mean, as a proportion; negative when the mean is.
///
/// # Method
/// The ratio of `standard_deviation` and `mean`.
///
/// # Input
/// Finite values.
///
/// # Not estimable
/// As the standard deviation; `OutOfRange` also when the mean is 0.
///
/// # Agrees with
/// R `sd(x) / mean(x)`, SAS `CV` over 100; cases in `fixtures/reference/geometric`.
pub fn coefficient_of_variation(values: &[f64]) -> Result<f64, Undefined> {
    finite(standard_deviation(values)? / mean(values)?)
}

/// Geometric mean.
///
/// # Method
/// The exponential of the mean logarithm. Logarithms are those of the ratio to the smallest value, of which digits
/// common to all values take nothing.
///
/// # Input
/// Finite values above 0.
///
/// # Not estimable
/// `NoData` without values; `OutOfRange` when a value is not finite or not above 0.
///
/// # Agrees with
/// R `exp(mean(log(x)))`; cases in `fixtures/reference/geometric`.
pub fn geometric_mean(values: &[f64]) -> Result<f64, Undefined> {
    let (least, logs) = logarithms(values)?;
    multiple(least, mean(&logs)?)
}

/// Geometric standard deviation: the factor by which values differ from their geometric mean.
///
/// # Method
/// The exponential of the standard deviation of the logarithms, taken as for `geometric_mean`.
///
/// # Input
/// Finite values above 0. Equal values have a factor of exactly 1.
///
/// # Not estimable
/// `NoData` without values; `TooFew` with one; `OutOfRange` when a value is not finite or not above 0, or the factor
/// exceeds the range of a double.
///
/// # Agrees with
/// R `exp(sd(log(x)))`; cases in `fixtures/reference/geometric`.
pub fn geometric_deviation(values: &[f64]) -> Result<f64, Undefined> {
    let (_, logs) = logarithms(values)?;
    finite(libm::exp(standard_deviation(&logs)?))
}

/// Geometric coefficient of variation, as a proportion.
///
/// # Method
/// √(exp(s²) − 1) with the standard deviation s of the logarithms: the coefficient of variation of a log-normal
/// distribution (Kirkwood 1979, Biometrics 35:908).
///
/// # Input
/// Finite values above 0. Equal values give exactly 0.
///
/// # Not estimable
/// As `geometric_deviation`.
///
/// # Agrees with
/// R `sqrt(exp(var(log(x))) - 1)`; cases in `fixtures/reference/geometric`.
pub fn geometric_cv(values: &[f64]) -> Result<f64, Undefined> {
    let (_, logs) = logarithms(values)?;
    let deviation = standard_deviation(&logs)?;
    finite(libm::expm1(deviation * deviation).sqrt())
}

/// Confidence limits of the geometric mean.
///
/// # Method
/// The exponentials of the t limits of the mean logarithm, taken as for `geometric_mean`.
///
/// # Input
/// Finite values above 0; `level` strictly between 0 and 1. Equal values have limits without width.
///
/// # Not estimable
/// As `geometric_deviation`; `OutOfRange` also when the level is not a probability or a limit exceeds the range of a
/// double.
///
/// # Agrees with
/// R `exp(t.test(log(x), conf.level = level)$conf.int)`; cases in `fixtures/reference/geometric`.
pub fn geometric_interval(values: &[f64], level: f64) -> Result<Interval, Undefined> {
    let outside = tail(level)?;
    let (least, logs) = logarithms(values)?;
    let (centre, deviation, n) = (mean(&logs)?, standard_deviation(&logs)?, size(values));
    let half = -t_quantile(outside, n - 1.0)? * deviation / n.sqrt();
    Ok(Interval { lower: multiple(least, centre - half)?, upper: multiple(least, centre + half)? })
}

/// The smallest value, and the logarithms of the ratios of all to it.
fn logarithms(values: &[f64]) -> Result<(f64, Vec<f64>), Undefined> {
    let least = minimum(values)?;
    if least <= 0.0 {
        return Err(Undefined::OutOfRange);
    }
    let ratio = |value: &f64| {
        let excess = (value - least) / least;
        if excess.is_finite() { libm::log1p(excess) } else { libm::log(*value) - libm::log(least) }
    };
    Ok((least, values.iter().map(ratio).collect()))
}

/// The value times the exponential, which need not be in the range of a double itself.
fn multiple(value: f64, log: f64) -> Result<f64, Undefined> {
    let factor = libm::exp(log);
    let direct = value * factor;
    if factor.is_normal() && direct.is_normal() {
        return Ok(direct);
    }
    finite(libm::exp(compensated([libm::log(value), log].into_iter())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn assert_close(value: Result<f64, Undefined>, expected: f64) {
        let value = value.unwrap();
        assert!(libm::fabs(value - expected) <= 1e-15 * libm::fabs(expected), "{value:e} is not {expected:e}");
    }

    #[test]
    fn powers_of_two_on_paper() {
        // Logarithms 0, 1, 2 in units of log 2: mean 1, deviation 1.
        let values = [1.0, 4.0, 2.0];
        assert_close(geometric_mean(&values), 2.0);
        assert_close(geometric_deviation(&values), 2.0);
        let log = std::f64::consts::LN_2;
        assert_close(geometric_cv(&values), libm::expm1(log * log).sqrt());
        // With two degrees of freedom the quantile is 0.95 √(2 / 0.0975).
        let half = 0.95 * (2.0_f64 / 0.0975).sqrt() * log / 3.0_f64.sqrt();
        let limits = geometric_interval(&values, 0.95).unwrap();
        assert!(libm::fabs(limits.lower - 2.0 * libm::exp(-half)) < 1e-14);
        assert!(libm::fabs(limits.upper - 2.0 * libm::exp(half)) < 1e-13);
        assert_close(coefficient_of_variation(&[1.0, 2.0, 3.0]), 0.5);
        assert_close(coefficient_of_variation(&[-1.0, -2.0, -3.0]), -0.5);
    }

    #[test]
    fn equal_values_and_extreme_ones() {
        assert_eq!(geometric_mean(&[4.2; 7]), Ok(4.2));
        assert_eq!(geometric_deviation(&[4.2; 7]), Ok(1.0));
        assert_eq!(geometric_cv(&[4.2; 7]), Ok(0.0));
        assert_eq!(geometric_interval(&[4.2; 7], 0.9), Ok(Interval { lower: 4.2, upper: 4.2 }));
        assert_eq!(geometric_mean(&[3.5]), Ok(3.5));
        let wide = geometric_mean(&[1e-300, 1e300]).unwrap();
        assert!(libm::fabs(wide - 1.0) < 1e-12, "{wide}");
        assert_eq!(geometric_deviation(&[1e-300, 1e300]), Err(Undefined::OutOfRange));
    }

    #[test]
    fn nothing_one_value_and_nonsense() {
        for statistic in [geometric_mean, geometric_deviation, geometric_cv] {
            assert_eq!(statistic(&[]), Err(Undefined::NoData));
            assert_eq!(statistic(&[1.0, 0.0]), Err(Undefined::OutOfRange));
            assert_eq!(statistic(&[1.0, -2.0]), Err(Undefined::OutOfRange));
            assert_eq!(statistic(&[1.0, f64::NAN]), Err(Undefined::OutOfRange));
        }
        assert_eq!(geometric_deviation(&[2.0]), Err(Undefined::TooFew));
        assert_eq!(geometric_interval(&[2.0], 0.95), Err(Undefined::TooFew));
        assert_eq!(geometric_interval(&[2.0, 3.0], 1.0), Err(Undefined::OutOfRange));
        assert_eq!(coefficient_of_variation(&[-1.0, 1.0]), Err(Undefined::OutOfRange));
        assert_eq!(coefficient_of_variation(&[1.0]), Err(Undefined::TooFew));
    }
}
