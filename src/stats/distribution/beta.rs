//! The regularised incomplete beta function and its inverse.
//!
//! Inside, the argument x is a pair of numbers in the proportion x to 1 − x. Callers know both of them exactly where
//! the quotient would be rounded (df and t², counts of a table), and the far tails need both ends of the unit interval.

use super::super::{Undefined, finite};
use super::gamma::{deviance, stirling_error};

/// ln √(2π).
const LN_SQRT_2PI: f64 = 0.918_938_533_204_672_8;

/// Terms of the continued fraction before it is given up; it needs a few times the root of the smaller parameter.
const TERMS: u32 = 50_000;

/// Newton steps of the inverse before it is given up; a dozen is usual.
const STEPS: u32 = 200;

/// The logarithm of the odds at which x becomes indistinguishable from 0 or 1 as a pair of doubles.
const EDGE: f64 = 700.0;

/// Lower regularised incomplete beta function I(x; a, b): the share of the beta integral below `x`.
///
/// # Method
/// Continued fraction of Didonato and Morris 1992 (ACM TOMS 708, `BFRAC`) on the side of the mean where x lies;
/// prefactor by Loader 2000.
///
/// # Input
/// `x` in [0, 1]; parameters above 0.
///
/// # Not estimable
/// `OutOfRange` outside these; `NotConverged` when both parameters are beyond about 1e9.
///
/// # Agrees with
/// R `pbeta(x, a, b)`; cases in `fixtures/reference/distribution`.
pub fn beta_lower(x: f64, a: f64, b: f64) -> Result<f64, Undefined> {
    if (0.0..=1.0).contains(&x) { lower(a, b, [x, 1.0 - x]) } else { Err(Undefined::OutOfRange) }
}

/// The value that a beta variable exceeds with probability 1 − `p`.
///
/// # Method
/// Newton's iteration for the logarithm of the smaller tail in the logarithm of the odds. There the tail is concave,
/// so the iteration cannot diverge and needs no bracket.
///
/// # Input
/// `p` strictly between 0 and 1; parameters above 0.
///
/// # Not estimable
/// `OutOfRange` outside these and where the quantile is below 1e-300; `NotConverged` as `beta_lower`.
///
/// # Agrees with
/// R `qbeta(p, a, b)`; cases in `fixtures/reference/distribution`.
pub fn beta_quantile(p: f64, a: f64, b: f64) -> Result<f64, Undefined> {
    ln_odds_quantile([p, 1.0 - p], a, b).map(share)
}

/// The value that a beta variable exceeds with probability `q`; a tiny `q` keeps its digits.
pub(in super::super) fn beta_upper_quantile(q: f64, a: f64, b: f64) -> Result<f64, Undefined> {
    ln_odds_quantile([1.0 - q, q], a, b).map(share)
}

/// The probability at given log odds.
fn share(ln_odds: f64) -> f64 {
    1.0 / (1.0 + libm::exp(-ln_odds))
}

/// I(x; a, b) where x and 1 − x are in the proportion of `odds`.
pub(super) fn lower(a: f64, b: f64, odds: [f64; 2]) -> Result<f64, Undefined> {
    let [u, v] = odds;
    if !(a > 0.0 && b > 0.0 && u >= 0.0 && v >= 0.0 && (a + b + u + v).is_finite() && u + v > 0.0) {
        return Err(Undefined::OutOfRange);
    }
    if u == 0.0 {
        return Ok(0.0);
    }
    if v == 0.0 {
        return Ok(1.0);
    }
    let tail = Tail::new(a, b, odds)?;
    let near = finite(libm::exp(tail.ln_kernel + libm::log(tail.factor)))?.min(1.0);
    Ok(if tail.upper { 1.0 - near } else { near })
}

/// The tail on the side of the mean where x lies, as kernel times factor.
struct Tail {
    /// It is the upper tail.
    upper: bool,
    /// ln of x^a (1 − x)^b / B(a, b), which is also the density of the log odds.
    ln_kernel: f64,
    /// The tail divided by the kernel.
    factor: f64,
}

impl Tail {
    fn new(a: f64, b: f64, [u, v]: [f64; 2]) -> Result<Self, Undefined> {
        let n = a + b;
        let (x, y) = (u / (u + v), v / (u + v));
        // n x − a, the distance from the mean in units of a count.
        let excess = difference_of_products(b, u, a, v) / (u + v);
        let ln_kernel = 0.5 * libm::log(a / n * b) - LN_SQRT_2PI + stirling_error(n)
            - stirling_error(a)
            - stirling_error(b)
            - deviance(a, n * x, excess)
            - deviance(b, n * y, -excess);
        // The usual place to change sides, (a + 1) / (a + b + 2): for parameters below 1 the fraction stalls at the mean.
        let upper = excess > y - x;
        let factor = if upper { fraction(b, a, y, x, excess)? } else { fraction(a, b, x, y, -excess)? };
        Ok(Self { upper, ln_kernel, factor })
    }

    /// ln I(x; a, b).
    fn ln_lower(&self) -> f64 {
        let near = self.ln_kernel + libm::log(self.factor);
        if self.upper { libm::log1p(-libm::exp(near)) } else { near }
    }
}

/// The lower tail divided by its kernel, for x up to about the mean; `shortfall` is a − (a + b) x, above −1.
fn fraction(a: f64, b: f64, x: f64, y: f64, shortfall: f64) -> Result<f64, Undefined> {
    let mut c = f64::INFINITY;
    let mut d = (a + 1.0) / (a * (shortfall + 1.0));
    let mut value = d;
    for term in 1..=TERMS {
        let n = f64::from(term);
        let s = a + 2.0 * n - 1.0;
        let w = n * (b - n) * x;
        let numerator = (a + n - 1.0) / s * ((a + b + n - 1.0) / s) * (w * x);
        let denominator = n + w / s + (a + n) / (a + 1.0 + 2.0 * n) * (shortfall + 1.0 + n * (1.0 + y));
        c = denominator + numerator / c;
        d = 1.0 / (denominator + numerator * d);
        let change = c * d;
        value *= change;
        if libm::fabs(change - 1.0) <= f64::EPSILON {
            return Ok(value);
        }
    }
    Err(Undefined::NotConverged)
}

/// b u − a v without cancellation of the rounding errors (Kahan's method).
fn difference_of_products(b: f64, u: f64, a: f64, v: f64) -> f64 {
    let product = a * v;
    let error = libm::fma(-a, v, product);
    libm::fma(b, u, -product) + error
}

/// ln(x / (1 − x)) at the quantile with `[p, q]` below and above it.
pub(in super::super) fn ln_odds_quantile([p, q]: [f64; 2], a: f64, b: f64) -> Result<f64, Undefined> {
    if !(p > 0.0 && q > 0.0 && a > 0.0 && b > 0.0 && (a + b).is_finite()) {
        return Err(Undefined::OutOfRange);
    }
    if p > q {
        return ln_odds_quantile([q, p], b, a).map(|w| -w);
    }
    let target = libm::log(p);
    let mut w = libm::log(a) - libm::log(b);
    for _ in 0..STEPS {
        if libm::fabs(w) > EDGE {
            return Err(Undefined::OutOfRange);
        }
        let odds = if w < 0.0 { [libm::exp(w), 1.0] } else { [1.0, libm::exp(-w)] };
        let tail = Tail::new(a, b, odds)?;
        let ln_lower = tail.ln_lower();
        let step = (ln_lower - target) / libm::exp(tail.ln_kernel - ln_lower);
        if !step.is_finite() {
            return Err(Undefined::OutOfRange);
        }
        w -= step;
        // Newton squares the error, so a step this small leaves nothing but rounding.
        if libm::fabs(step) <= 1e-10 * (1.0 + libm::fabs(w)) {
            return Ok(w);
        }
    }
    Err(Undefined::NotConverged)
}

#[cfg(test)]
mod tests {
    use super::super::assert_close;
    use super::*;

    #[test]
    fn small_whole_parameters_are_polynomials() {
        // I(x; 2, 3) = P(at least 2 of 4 successes) = 6x²(1−x)² + 4x³(1−x) + x⁴; at x = 1/4 it is 67/256.
        assert_close(beta_lower(0.25, 2.0, 3.0).unwrap(), 67.0 / 256.0, 1e-15);
        assert_close(beta_lower(0.75, 3.0, 2.0).unwrap(), 189.0 / 256.0, 1e-15);
        assert_close(beta_lower(0.3, 1.0, 1.0).unwrap(), 0.3, 1e-15);
        assert_close(beta_lower(0.3, 1.0, 5.0).unwrap(), 1.0 - 0.168_07, 1e-15);
    }

    #[test]
    fn exchanging_the_parameters_turns_the_axis() {
        for (x, a, b) in [(0.25, 0.5, 7.0), (0.5, 30.0, 31.5), (0.75, 400.0, 90.0)] {
            let sum = beta_lower(x, a, b).unwrap() + beta_lower(1.0 - x, b, a).unwrap();
            assert_close(sum, 1.0, 1e-14);
        }
    }

    #[test]
    fn the_quantile_undoes_the_function() {
        for (a, b) in [(1.0, 20.0), (0.5, 0.5), (12_345.0, 87_656.0), (3.0, 0.01)] {
            for p in [1e-12, 0.005, 0.3, 0.5, 0.7, 0.975] {
                let x = beta_quantile(p, a, b).unwrap();
                // Near 1 the quantile itself is coarse: compare the side that is not.
                if x < 0.999 {
                    assert_close(beta_lower(x, a, b).unwrap(), p, 1e-11);
                }
            }
        }
    }

    #[test]
    fn quantiles_with_a_unit_parameter_are_roots() {
        // I(x; n, 1) = x^n and I(x; 1, n) = 1 − (1 − x)^n.
        assert_close(beta_quantile(0.025, 2.0, 1.0).unwrap(), 0.025_f64.sqrt(), 1e-14);
        assert_close(beta_upper_quantile(0.04, 1.0, 2.0).unwrap(), 1.0 - 0.2, 1e-14);
    }

    #[test]
    fn ends_and_nonsense() {
        assert_eq!(beta_lower(0.0, 2.0, 2.0), Ok(0.0));
        assert_close(beta_lower(1.0, 2.0, 2.0).unwrap(), 1.0, 0.0);
        for (x, a, b) in [(-0.1, 1.0, 1.0), (0.5, 0.0, 1.0), (0.5, f64::INFINITY, 1.0), (f64::NAN, 1.0, 1.0)] {
            assert_eq!(beta_lower(x, a, b), Err(Undefined::OutOfRange));
        }
        for p in [0.0, 1.0, f64::NAN] {
            assert_eq!(beta_quantile(p, 2.0, 2.0), Err(Undefined::OutOfRange));
        }
        assert_eq!(beta_quantile(0.1, 1e-9, 1.0), Err(Undefined::OutOfRange));
        assert_eq!(beta_lower(0.5, 1e14, 1e14), Err(Undefined::NotConverged));
    }
}
