//! Least squares by orthogonal transformation.

use super::super::describe::compensated;
use super::super::distribution::{t_quantile, t_two_sided_p};
use super::super::{Interval, Undefined, finite, size, tail};
use super::householder::{Triangle, length, representable, turn};

/// Residuals of this share of the fitted values, squared, are rounding and not variation.
const PERFECT: f64 = 1e-28;

/// A linear combination of coefficients with its test against zero.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Contrast {
    /// The combination.
    pub estimate: f64,
    /// Its standard error.
    pub standard_error: f64,
    /// Residual degrees of freedom.
    pub df: f64,
    /// Estimate over standard error.
    pub t: f64,
    /// Two-sided p-value by the t distribution.
    pub p: f64,
    /// Confidence limits by the t distribution.
    pub interval: Interval,
}

impl Contrast {
    /// The t test of an estimate with its standard error.
    pub(in super::super) fn of(estimate: f64, standard_error: f64, df: f64, level: f64) -> Result<Self, Undefined> {
        let outside = tail(level)?;
        let t = finite(estimate / standard_error)?;
        let half = finite(-t_quantile(outside, df)? * standard_error)?;
        Ok(Self {
            estimate,
            standard_error,
            df,
            t,
            p: t_two_sided_p(t, df)?,
            interval: Interval { lower: estimate - half, upper: estimate + half },
        })
    }
}

/// A least-squares fit.
///
/// A column that depends linearly on earlier ones is aliased: it has no coefficient, as in R.
#[derive(Clone, Debug)]
pub struct LeastSquares {
    coefficients: Vec<Option<f64>>,
    triangle: Triangle,
    residual_df: f64,
    residual_squares: f64,
    fitted_squares: f64,
}

impl LeastSquares {
    /// Fits the response `y` by the columns of the design, in their order; an intercept is a column of ones.
    ///
    /// # Method
    /// Householder reflections without exchange of columns, Golub and Van Loan 2013, 5.2 and 5.3.
    ///
    /// # Input
    /// Columns as long as `y`; finite values.
    ///
    /// # Not estimable
    /// `NoData` without observations; `OutOfRange` when lengths differ, a value is not finite, or a column or `y`
    /// has a length (root of its sum of squares) outside 1e-140 to 1e140 without being 0.
    ///
    /// # Agrees with
    /// R `lm.fit(cbind(columns), y)`; cases in `fixtures/reference/least-squares`.
    pub fn fit(columns: &[Vec<f64>], y: &[f64]) -> Result<Self, Undefined> {
        if y.is_empty() {
            return Err(Undefined::NoData);
        }
        if columns.iter().any(|column| column.len() != y.len()) {
            return Err(Undefined::OutOfRange);
        }
        let (triangle, reflections) = Triangle::new(columns)?;
        representable(y)?;
        let turned = turn(y, &reflections);
        let (fitted, residual) = turned.split_at(reflections.len());
        let squares = |part: &[f64]| compensated(part.iter().map(|value| value * value));
        Ok(Self {
            coefficients: triangle.solve(fitted)?,
            residual_df: size(residual),
            residual_squares: squares(residual),
            fitted_squares: squares(fitted),
            triangle,
        })
    }

    /// The coefficients in the order of the columns; none where a column is aliased.
    #[must_use]
    pub fn coefficients(&self) -> &[Option<f64>] {
        &self.coefficients
    }

    /// Observations less independent columns.
    #[must_use]
    pub fn residual_df(&self) -> f64 {
        self.residual_df
    }

    /// Sum of squared residuals over their degrees of freedom.
    ///
    /// # Not estimable
    /// `TooFew` when the columns leave no degrees of freedom.
    pub fn residual_variance(&self) -> Result<f64, Undefined> {
        if self.residual_df > 0.0 { Ok(self.residual_squares / self.residual_df) } else { Err(Undefined::TooFew) }
    }

    /// The coordinates of a combination of the coefficients in an orthonormal basis of the columns.
    pub(super) fn direction(&self, weights: &[f64]) -> Result<Vec<f64>, Undefined> {
        self.triangle.direction(weights)
    }

    /// Sum of squared residuals, unless it is rounding only.
    pub(super) fn residual_squares(&self) -> Result<f64, Undefined> {
        let rounding = self.residual_squares <= PERFECT * self.fitted_squares;
        if rounding { Err(Undefined::ZeroVariance) } else { Ok(self.residual_squares) }
    }

    /// The linear combination of the coefficients with the given weights, one for each column.
    ///
    /// # Method
    /// t test with the residual variance; Searle 1971, Linear Models, 5.5. With aliased columns the combination is
    /// checked to be the same for all solutions.
    ///
    /// # Input
    /// A weight for each column, aliased ones included; `level` strictly between 0 and 1.
    ///
    /// # Not estimable
    /// `NotEstimable` when the combination differs between solutions; `TooFew` without residual degrees of freedom;
    /// `ZeroVariance` when the fit is perfect or all weights are 0; `OutOfRange` when the number of weights is not that
    /// of the columns, a weight is not finite or the level is not a probability.
    ///
    /// # Agrees with
    /// R `coef(summary(lm))` for a single coefficient, `emmeans::contrast` for others; cases in
    /// `fixtures/reference/least-squares` and `ancova`.
    pub fn contrast(&self, weights: &[f64], level: f64) -> Result<Contrast, Undefined> {
        tail(level)?;
        if weights.len() != self.coefficients.len() || weights.iter().any(|weight| !weight.is_finite()) {
            return Err(Undefined::OutOfRange);
        }
        let direction = self.triangle.direction(weights)?;
        let df = self.residual_df;
        let variance = self.residual_variance()?;
        if self.residual_squares <= PERFECT * self.fitted_squares {
            return Err(Undefined::ZeroVariance);
        }
        let standard_error = finite(variance.sqrt() * length(&direction))?;
        if standard_error == 0.0 {
            return Err(Undefined::ZeroVariance);
        }
        let terms = weights.iter().zip(&self.coefficients);
        let estimate = finite(compensated(terms.map(|(weight, value)| weight * value.unwrap_or(0.0))))?;
        Contrast::of(estimate, standard_error, df, level)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn assert_close(value: f64, expected: f64) {
        let error = libm::fabs(value - expected);
        assert!(error <= 1e-14 * (1.0 + libm::fabs(expected)), "{value:e} is not {expected:e}");
    }

    fn ones(n: usize) -> Vec<f64> {
        vec![1.0; n]
    }

    /// Intercept and both indicators of two groups with means 2 and 6: one column too many.
    fn two_groups() -> LeastSquares {
        let first = vec![1.0, 1.0, 1.0, 0.0, 0.0];
        let second = first.iter().map(|value| 1.0 - value).collect();
        LeastSquares::fit(&[ones(5), first, second], &[1.0, 2.0, 3.0, 5.0, 7.0]).unwrap()
    }

    #[test]
    fn a_straight_line_on_paper() {
        // Sxx = 5, Sxy = 7, Syy = 14: slope 7/5, residual 14 − 49/5 = 21/5 with 2 degrees of freedom.
        let fit = LeastSquares::fit(&[ones(4), vec![0.0, 1.0, 2.0, 3.0]], &[1.0, 3.0, 2.0, 6.0]).unwrap();
        assert_close(fit.coefficients()[0].unwrap(), 0.9);
        assert_close(fit.coefficients()[1].unwrap(), 1.4);
        assert_close(fit.residual_df(), 2.0);
        assert_close(fit.residual_variance().unwrap(), 2.1);
        let slope = fit.contrast(&[0.0, 1.0], 0.95).unwrap();
        assert_close(slope.standard_error, 0.42_f64.sqrt());
        // With two degrees of freedom p = 1 − t / √(2 + t²), and t² = 14/3; the limit is 0.95 √(2 / 0.0975).
        assert_close(slope.t, (14.0_f64 / 3.0).sqrt());
        assert_close(slope.p, 1.0 - 0.7_f64.sqrt());
        let half = 0.95 * (2.0_f64 / 0.0975).sqrt() * 0.42_f64.sqrt();
        assert_close(slope.interval.lower, 1.4 - half);
        assert_close(slope.interval.upper, 1.4 + half);
    }

    #[test]
    fn a_limit_touches_zero_where_the_test_says_so() {
        let fit = two_groups();
        let p = fit.contrast(&[0.0, 1.0, -1.0], 0.5).unwrap().p;
        let interval = fit.contrast(&[0.0, 1.0, -1.0], 1.0 - p).unwrap().interval;
        assert!(libm::fabs(interval.upper) < 1e-13);
    }

    #[test]
    fn a_dependent_column_has_no_coefficient() {
        let fit = two_groups();
        assert_close(fit.coefficients()[0].unwrap(), 6.0);
        assert_close(fit.coefficients()[1].unwrap(), -4.0);
        assert_eq!(fit.coefficients()[2], None);
        // Residual squares 1 + 0 + 1 + 1 + 1 = 4 with 3 degrees of freedom.
        assert_close(fit.residual_variance().unwrap(), 4.0 / 3.0);
    }

    #[test]
    fn only_what_all_solutions_share_is_estimable() {
        let fit = two_groups();
        for (weights, estimate, variance) in [
            ([1.0, 1.0, 0.0], 2.0, 4.0 / 9.0),
            ([1.0, 0.0, 1.0], 6.0, 4.0 / 6.0),
            ([0.0, 1.0, -1.0], -4.0, 10.0 / 9.0),
            ([0.0, -1.0, 1.0], 4.0, 10.0 / 9.0),
            ([2.0, 1.0, 1.0], 8.0, 10.0 / 9.0),
        ] {
            let contrast = fit.contrast(&weights, 0.95).unwrap();
            assert_close(contrast.estimate, estimate);
            assert_close(contrast.standard_error, libm::sqrt(variance));
        }
        for weights in [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0], [0.0, 1.0, 1.0]] {
            assert_eq!(fit.contrast(&weights, 0.95), Err(Undefined::NotEstimable));
        }
    }

    #[test]
    fn neither_the_order_of_rows_nor_the_unit_matters() {
        let x = [3.0, 1.0, 4.0, 1.5, 9.0, 2.6];
        let y = [2.0, 7.0, 1.0, 8.0, 2.5, 8.0];
        let slope = |order: [usize; 6], unit: f64| {
            let x = order.map(|row| x[row] * unit).to_vec();
            let y = order.map(|row| y[row]);
            let fit = LeastSquares::fit(&[ones(6), x], &y).unwrap();
            fit.contrast(&[0.0, unit], 0.9).unwrap()
        };
        let here = slope([0, 1, 2, 3, 4, 5], 1.0);
        for there in [slope([5, 0, 3, 1, 4, 2], 1.0), slope([0, 1, 2, 3, 4, 5], 1000.0)] {
            assert_close(there.estimate, here.estimate);
            assert_close(there.p, here.p);
        }
    }

    #[test]
    fn no_degrees_of_freedom_and_no_variation() {
        let saturated = LeastSquares::fit(&[ones(2), vec![0.0, 1.0]], &[1.0, 2.0]).unwrap();
        assert_close(saturated.coefficients()[1].unwrap(), 1.0);
        assert_eq!(saturated.residual_variance(), Err(Undefined::TooFew));
        assert_eq!(saturated.contrast(&[0.0, 1.0], 0.95), Err(Undefined::TooFew));
        let perfect = LeastSquares::fit(&[ones(3), vec![0.1, 0.2, 0.3]], &[0.1, 0.2, 0.3]).unwrap();
        assert_eq!(perfect.contrast(&[0.0, 1.0], 0.95), Err(Undefined::ZeroVariance));
        let zero = LeastSquares::fit(&[ones(3), vec![0.0; 3]], &[0.0; 3]).unwrap();
        assert_eq!(zero.coefficients()[1], None);
        assert_eq!(zero.contrast(&[1.0, 0.0], 0.95), Err(Undefined::ZeroVariance));
        let wide = LeastSquares::fit(&[ones(1), vec![2.0], vec![3.0]], &[5.0]).unwrap();
        assert_eq!(wide.coefficients(), [Some(5.0), None, None]);
    }

    #[test]
    fn nothing_and_nonsense() {
        let reason = |columns: &[Vec<f64>], y: &[f64]| LeastSquares::fit(columns, y).err();
        assert_eq!(reason(&[], &[]), Some(Undefined::NoData));
        assert_eq!(reason(&[ones(2)], &[1.0]), Some(Undefined::OutOfRange));
        assert_eq!(reason(&[ones(2)], &[1.0, f64::NAN]), Some(Undefined::OutOfRange));
        assert_eq!(reason(&[vec![f64::INFINITY, 1.0]], &[1.0, 2.0]), Some(Undefined::OutOfRange));
        assert_eq!(reason(&[vec![1e300, 1.0]], &[1.0, 2.0]), Some(Undefined::OutOfRange));
        assert_eq!(reason(&[ones(2)], &[1e300, 2.0]), Some(Undefined::OutOfRange));
        let fit = two_groups();
        assert_eq!(fit.contrast(&[1.0], 0.95), Err(Undefined::OutOfRange));
        assert_eq!(fit.contrast(&[1.0, f64::NAN, 0.0], 0.95), Err(Undefined::OutOfRange));
        assert_eq!(fit.contrast(&[1.0, 1.0, 0.0], 1.0), Err(Undefined::OutOfRange));
        assert_eq!(fit.contrast(&[0.0; 3], 0.95), Err(Undefined::ZeroVariance));
        let empty = LeastSquares::fit(&[], &[3.0, 4.0]).unwrap();
        assert_close(empty.residual_variance().unwrap(), 12.5);
    }
}
