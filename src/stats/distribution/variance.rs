//! Distributions of ratios to an estimated variance: Student's t and Fisher's F.

use super::super::{Undefined, finite};
use super::beta::{ln_odds_quantile, lower};

/// Probability that a t variable exceeds `t`.
///
/// # Method
/// Half the incomplete beta function of df / (df + t²) with parameters df / 2 and 1/2.
///
/// # Input
/// `t` finite; `df` above 0, not necessarily whole.
///
/// # Not estimable
/// `OutOfRange` outside these.
///
/// # Agrees with
/// R `pt(t, df, lower.tail = FALSE)`; cases in `fixtures/reference/distribution`.
pub fn t_sf(t: f64, df: f64) -> Result<f64, Undefined> {
    let outer = 0.5 * t_two_sided_p(t, df)?;
    Ok(if t > 0.0 { outer } else { 1.0 - outer })
}

/// Probability that a t variable is at least as far from 0 as `t`.
///
/// # Method
/// As `t_sf`.
///
/// # Input
/// As `t_sf`.
///
/// # Not estimable
/// As `t_sf`.
///
/// # Agrees with
/// R `2 * pt(-abs(t), df)`; cases in `fixtures/reference/distribution`.
pub fn t_two_sided_p(t: f64, df: f64) -> Result<f64, Undefined> {
    if !(t.is_finite() && df > 0.0) {
        return Err(Undefined::OutOfRange);
    }
    // The larger of the two numbers is divided, never multiplied, so neither can overflow.
    if libm::fabs(t) > 1.0 { lower(df / 2.0, 0.5, [df / t / t, 1.0]) } else { lower(df / 2.0, 0.5, [df, t * t]) }
}

/// The value that a t variable exceeds with probability 1 − `p`.
///
/// # Method
/// From the quantile of the beta distribution of `t_sf`, on the logarithm of its odds, which are df / t².
///
/// # Input
/// `p` strictly between 0 and 1; `df` above 0, not necessarily whole.
///
/// # Not estimable
/// `OutOfRange` outside these and where the quantile exceeds the range of the calculation (about 1e150).
///
/// # Agrees with
/// R `qt(p, df)`; cases in `fixtures/reference/distribution`.
pub fn t_quantile(p: f64, df: f64) -> Result<f64, Undefined> {
    if !(p > 0.0 && p < 1.0 && df > 0.0) {
        return Err(Undefined::OutOfRange);
    }
    let outer = 2.0 * p.min(1.0 - p);
    let inner = 1.0 - outer;
    if inner == 0.0 {
        return Ok(0.0);
    }
    let ln_odds = ln_odds_quantile([outer, inner], df / 2.0, 0.5)?;
    let distance = finite(df.sqrt() * libm::exp(-0.5 * ln_odds))?;
    Ok(if p < 0.5 { -distance } else { distance })
}

/// Probability that an F variable exceeds `f`.
///
/// # Method
/// Incomplete beta function of df2 / (df2 + df1 f) with parameters df2 / 2 and df1 / 2.
///
/// # Input
/// `f` of any sign, finite; degrees of freedom above 0, not necessarily whole.
///
/// # Not estimable
/// `OutOfRange` outside these; `NotConverged` when both degrees of freedom are beyond about 1e9.
///
/// # Agrees with
/// R `pf(f, df1, df2, lower.tail = FALSE)`; cases in `fixtures/reference/distribution`.
pub fn f_sf(f: f64, df1: f64, df2: f64) -> Result<f64, Undefined> {
    if !(f.is_finite() && df1 > 0.0 && df2 > 0.0) {
        return Err(Undefined::OutOfRange);
    }
    let odds = if f <= 0.0 {
        [1.0, 0.0]
    } else if f > 1.0 {
        [df2 / f, df1]
    } else {
        [df2, df1 * f]
    };
    lower(df2 / 2.0, df1 / 2.0, odds)
}

#[cfg(test)]
mod tests {
    use super::super::{assert_close, normal_quantile};
    use super::*;
    use std::f64::consts::PI;

    #[test]
    fn one_degree_of_freedom_is_the_cauchy_distribution() {
        for t in [0.1, 1.0, 6.313_751_514_675_043, 1e8] {
            assert_close(t_two_sided_p(t, 1.0).unwrap(), 2.0 / PI * libm::atan(1.0 / t), 1e-14);
        }
        assert_close(t_quantile(0.75, 1.0).unwrap(), 1.0, 1e-14);
    }

    #[test]
    fn two_degrees_of_freedom_have_a_closed_form() {
        // P(|T| > t) = 1 − t / √(2 + t²), so the quantile is (2p − 1) / √(2p(1 − p)).
        assert_close(t_two_sided_p(1.0, 2.0).unwrap(), 1.0 - 1.0 / 3.0_f64.sqrt(), 1e-14);
        assert_close(t_quantile(0.9, 2.0).unwrap(), 32.0_f64.sqrt() / 3.0, 1e-14);
    }

    #[test]
    fn signs_and_sides() {
        for df in [0.7, 3.0, 17.3, 1e5] {
            assert_close(t_sf(1.3, df).unwrap() + t_sf(-1.3, df).unwrap(), 1.0, 1e-15);
            assert_close(t_two_sided_p(-1.3, df).unwrap(), t_two_sided_p(1.3, df).unwrap(), 0.0);
            for p in [1e-9, 0.025, 0.25, 0.4, 0.499_999] {
                let t = t_quantile(p, df).unwrap();
                assert_close(t_sf(-t, df).unwrap(), p, 1e-12);
            }
        }
        assert_eq!(t_quantile(0.5, 3.0), Ok(0.0));
    }

    #[test]
    fn many_degrees_of_freedom_approach_the_normal() {
        assert_close(t_quantile(0.975, 1e12).unwrap(), normal_quantile(0.975).unwrap(), 1e-11);
    }

    #[test]
    fn f_with_one_numerator_degree_is_a_squared_t() {
        for t in [0.2, 1.0, 2.5, 40.0] {
            assert_close(f_sf(t * t, 1.0, 12.5).unwrap(), t_two_sided_p(t, 12.5).unwrap(), 1e-14);
        }
    }

    #[test]
    fn f_with_two_numerator_degrees_has_a_closed_form() {
        // (1 + 2f / df2)^(−df2 / 2), here with df2 = 4.
        for f in [0.5, 1.0, 7.0, 1e6] {
            let base = 1.0 + f / 2.0;
            assert_close(f_sf(f, 2.0, 4.0).unwrap(), 1.0 / (base * base), 1e-14);
        }
    }

    #[test]
    fn ends_and_nonsense() {
        assert_close(f_sf(0.0, 2.0, 5.0).unwrap(), 1.0, 0.0);
        assert_close(f_sf(-3.0, 2.0, 5.0).unwrap(), 1.0, 0.0);
        assert_eq!(t_two_sided_p(1e300, 4.0), Ok(0.0));
        for (t, df) in [(f64::NAN, 3.0), (1.0, 0.0), (1.0, f64::NAN), (f64::INFINITY, 3.0)] {
            assert_eq!(t_two_sided_p(t, df), Err(Undefined::OutOfRange));
            assert_eq!(f_sf(t, 1.0, df), Err(Undefined::OutOfRange));
        }
        assert_eq!(t_quantile(0.0, 3.0), Err(Undefined::OutOfRange));
        assert_eq!(t_quantile(1e-300, 0.5), Err(Undefined::OutOfRange));
        assert_close(f_sf(1e308, 1.0, 1.0).unwrap(), 2.0 / PI * 1e-154, 1e-13);
    }
}
